"""Replay: every entry of the database is checked and admitted again, and what is kept beside the entries is compared with what they amount to.

This is the proof behind the quick looks at each start (a seal, a sum of rows): it believes nothing but signatures and the signed root. With `write` what
differs is made anew from the entries: rows, subjects, head and public files. Entries themselves are never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, NamedTuple

from carrel.ledger.admission import admit
from carrel.ledger.audit import check_balance
from carrel.ledger.checkpoint import Checkpoint, NoteSigner
from carrel.ledger.entry import Entry, open_leaf
from carrel.ledger.errors import BadEntry, Forked, Invalid, Refused
from carrel.ledger.merkle import EMPTY, HASH_BYTES
from carrel.ledger.sequencer import row_digest, sealed_head, subjects
from carrel.ledger.state import ROWS, Row, State
from carrel.ledger.storage import Files, Head, Record
from carrel.ledger.tiles import (
    TILE_WIDTH,
    TileWriter,
    decode_bundle,
    encode_bundle,
    entries_path,
    parse_path,
    right_edge,
    tile_path,
)
from carrel.server.registry.databases import open_store
from carrel.server.registry.errors import Damaged, OtherFormat, RolledBack
from carrel.server.registry.files import locked
from carrel.server.registry.recovery import (
    LOCK,
    check_record,
    database_of,
    files_of,
    open_sealed,
    place_of,
    read_about,
    read_signer,
    seal_key_of,
)
from carrel.server.registry.store import SqlStore, row_values, subject_key

CHUNK: Final = 4 * TILE_WIDTH
END: Final = 1 << 62


class Difference(NamedTuple):
    """`where` is a table or "files", `key` the row or path in it, `what`: missing, surplus or other."""

    where: str
    key: str
    what: str


class Rebuilt(NamedTuple):
    entries: int
    rows: int
    files: int
    differences: list[Difference]


def rebuild(
    folder: Path,
    *,
    passphrase: str | None = None,
    write: bool = False,
    advance: Callable[[int], None] = lambda done: None,
) -> Rebuilt:
    """Of a log that nobody has open. `advance(entries done)`. Raises BadEntry at an entry that does not belong, Forked, RolledBack, and as `open_log`."""
    about = read_about(folder)
    with ExitStack() as held:
        held.enter_context(locked(folder / LOCK))
        signer = read_signer(folder, about, passphrase)
        store = open_store(database_of(about, folder))
        held.callback(store.close)
        store.claim()
        checkpoint = open_sealed(signer, place_of(about, folder).read())
        return _Replay(signer, store, files_of(about, folder), checkpoint, write).run(advance)


class _Replay:
    def __init__(self, signer: NoteSigner, store: SqlStore, files: Files, checkpoint: Checkpoint, write: bool) -> None:
        self._signer = signer
        self._store = store
        self._files = files
        self._checkpoint = checkpoint
        self._write = write
        self._state = State(signer.name)
        self._writer = TileWriter()
        self._tree = EMPTY
        self._found: list[Difference] = []
        self._subjects: set[tuple[bytes, int]] = set()
        self._ids: set[bytes] = set()
        self._file_count = 0
        self._renewed = False

    def run(self, advance: Callable[[int], None]) -> Rebuilt:
        newest = self._store.latest(END, 1)
        total = newest[0].index + 1 if newest else 0
        if total < self._checkpoint.size:
            raise RolledBack(f"{self._checkpoint.size} entries were signed and the database has {total}.")
        if self._write:
            self._renew()
        for start in range(0, total, CHUNK):
            self._chunk(start, min(start + CHUNK, total))
            advance(self._state.size)
        if self._writer.root() != self._checkpoint.root:
            raise Forked(f"The database's first {self._checkpoint.size} entries are not those that were signed.")
        check_balance(self._state)
        self._compare_narrower()
        self._compare_subjects()
        rows = self._compare_rows()
        return Rebuilt(total, rows, self._file_count, self._found)

    def _chunk(self, start: int, end: int) -> None:
        records = list(self._store.records(start, end))
        for index, record in zip(range(start, end), [*records, *[None] * (end - start - len(records))], strict=True):
            if record is None or record.index != index:
                raise BadEntry(f"Entry {index} is missing from the database.")
            entry, entry_id = self._admit(record)
            self._subjects.update((subject_key(one), index) for one in subjects(self._state, entry.body, entry_id))
        self._tree = self._tree.extend([record.leaf_hash for record in records])
        signed = records[: max(0, self._checkpoint.size - start)]
        if signed:
            self._compare_files(signed)

    def _admit(self, record: Record) -> tuple[Entry, str]:
        try:
            check_record(record)
            logged_ms, entry = open_leaf(record.leaf)
            if logged_ms < self._state.clock_ms:
                raise BadEntry("It was logged before the one in front of it.")
            if record.id in self._ids:
                raise BadEntry(f"Its `id` {record.id.hex()} was used before.")
            entry_id = admit(self._state, entry, logged_ms)
        except (Damaged, Invalid, Refused) as error:
            raise BadEntry(f"Entry {record.index}: {error}") from error
        self._state.drop_changes()
        self._ids.add(record.id)
        return entry, entry_id

    def _renew(self) -> None:
        """Of another format there is nothing to compare with."""
        try:
            self._store.head()
        except OtherFormat:
            self._store.renew()
            self._renewed = True
            self._found.append(Difference("head", "format", "other"))
        except Damaged:
            pass

    def _compare_subjects(self) -> None:
        if self._renewed:
            self._store.replace_subjects(sorted(self._subjects))
            return
        there = set(self._store.stored_subjects())
        differing = self._subjects ^ there
        for name, index in sorted(differing, key=repr):
            what = "surplus" if (name, index) in there else "missing"
            key = name.hex() if isinstance(name, bytes) else repr(name)  # whoever changed it may have changed its type
            self._found.append(Difference("subjects", f"{key} {index!r}", what))
        if self._write and differing:
            self._store.replace_subjects(sorted(self._subjects))

    def _compare_files(self, records: list[Record]) -> None:
        self._writer, made = self._writer.grow([one.leaf for one in records], [one.leaf_hash for one in records])
        edge = set(right_edge(self._checkpoint.size))
        wanted = {path: data for path, data in made.items() if parse_path(path).width == TILE_WIDTH or path in edge}
        self._file_count += len(wanted)
        wrong = {path: data for path, data in wanted.items() if self._differs(path, data)}
        if self._write and wrong:
            self._files.write(wrong)

    def _compare_narrower(self) -> None:
        """Partial files of earlier checkpoints, where they are still there, hold the beginning of what the right edge holds."""
        wrong = {}
        leaves = decode_bundle(self._writer.bundle, self._checkpoint.size % TILE_WIDTH)
        for edge in right_edge(self._checkpoint.size):
            level, number, width = parse_path(edge)
            for part in range(1, width):
                if level is None:
                    path, data = entries_path(number, part), encode_bundle(leaves[:part])
                else:
                    path, data = tile_path(level, number, part), self._writer.tiles[level][: part * HASH_BYTES]
                with suppress(OSError):  # most sizes were never published
                    if self._files.read(path) != data:
                        self._found.append(Difference("files", path, "other"))
                        wrong[path] = data
        if self._write and wrong:
            self._files.write(wrong)

    def _differs(self, path: str, data: bytes) -> bool:
        try:
            if self._files.read(path) == data:
                return False
            self._found.append(Difference("files", path, "other"))
        except OSError:
            self._found.append(Difference("files", path, "missing"))
        return True

    def _compare_rows(self) -> int:
        rows = {(kind.table, row.id): row for kind in ROWS for row in self._state.rows(kind)}
        digest = sum(map(row_digest, rows.values())) % (1 << 256)
        head = sealed_head(self._tree, self._state.clock_ms, digest, seal_key_of(self._signer))
        if not self._renewed:
            self._look_at_rows(rows, head)
        if self._write and any(one.where not in ("files", "subjects") for one in self._found):
            self._store.replace_rows(rows.values(), head)
        return len(rows)

    def _look_at_rows(self, rows: Mapping[tuple[str, str], Row], head: Head) -> None:
        seen = set()
        for kind, key, value in self._store.stored_rows():
            row = rows.get((kind, key))
            if row is None:
                self._found.append(Difference(kind, key, "surplus"))
            elif row_values(row)[2] != value:
                self._found.append(Difference(kind, key, "other"))
            seen.add((kind, key))
        self._found += [Difference(kind, key, "missing") for kind, key in sorted(rows.keys() - seen)]
        if self._head() != head:
            self._found.append(Difference("head", str(self._state.size), "other"))

    def _head(self) -> Head | None:
        try:
            return self._store.head() or sealed_head(EMPTY, 0, 0, seal_key_of(self._signer))
        except Damaged:
            return None  # of another format


def summed_up(found: Rebuilt, most: int = 20) -> Iterator[str]:
    """Sentences for a person."""
    yield f"{found.entries} entries replayed; {found.rows} rows and {found.files} files compared."
    if not found.differences:
        yield "Everything is as the entries say."
        return
    yield f"{len(found.differences)} differ:"
    for where, key, what in found.differences[:most]:
        yield f"  {where} {key}: {what}"
    if len(found.differences) > most:
        yield f"  … and {len(found.differences) - most} more"
