"""A log of every type of entry, ways to tamper with it, and everybody who looks: what each of them has to notice is in the tables."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from carrel.ledger import ed25519
from carrel.ledger.audit import Audit, check
from carrel.ledger.checkpoint import open_checkpoint, parse_note
from carrel.ledger.entry import Entry
from carrel.ledger.errors import Invalid
from carrel.ledger.merkle import consistency_proof
from carrel.ledger.policy import Policy
from carrel.ledger.tiles import TILE_WIDTH, TileReader, decode_bundle, encode_bundle, parse_path, right_edge
from carrel.ledger.witness import AddCheckpoint, Remembered, consider
from carrel.server.errors import LocalError
from carrel.server.registry.databases import sqlite_url
from carrel.server.registry.files import FolderFiles
from carrel.server.registry.queries import Queries
from carrel.server.registry.reading import check_since, read_log
from carrel.server.registry.rebuild import rebuild
from carrel.server.registry.recovery import create_log, open_log
from tests.server.registry.crash.process import ORIGIN, SEED, START_MS
from tests.server.registry.crash.recorded import SIGNER

Files = dict[str, bytes]
KEY: Final = SIGNER.verifier()


@dataclass(frozen=True)
class Specimen:
    """`folder`: the closed log, its last entries not yet sealed; `files`: its public ones under the latest checkpoint, `narrower`: partial ones of earlier.

    `earlier`: the note of a checkpoint that a reader kept, `then`: a copy of that time.
    """

    folder: Path
    then: Path
    earlier: bytes
    sealed_size: int
    size: int
    files: Files
    narrower: Files

    def copy(self, to: Path) -> Path:
        return shutil.copytree(self.folder, to)


def make_specimen(at: Path, entries: list[Entry], sealed: tuple[int, int], size: int) -> Specimen:
    folder, then = at / "ledger", at / "then"
    create_log(folder, ORIGIN, SEED)
    log = open_log(folder)
    earlier = b""
    for end in (*sealed, size):
        log.append(entries[log.size : end], START_MS + end)
        if end != size:
            note = log.seal()
            assert note
            log.publish(note)
        if end == sealed[0]:
            earlier = log.sealed
            log.close()
            shutil.copytree(folder, then)
            log = open_log(folder)
    log.close()
    public = folder / "public"
    files = {str(one.relative_to(public)): one.read_bytes() for one in public.rglob("*") if one.is_file()}
    now = {path for path in files if "/" not in path or parse_path(path).width == TILE_WIDTH} | set(
        right_edge(sealed[-1])
    )
    under = {path: data for path, data in files.items() if path in now}
    narrower = {path: data for path, data in files.items() if path not in now}
    return Specimen(folder, then, earlier, sealed[-1], size, under, narrower)


# --- who looks ---


class Known:
    """Signatures that were good once need no second look: what changed has another signature, or another text."""

    def __init__(self) -> None:
        self._good: set[tuple[bytes, bytes, bytes]] = set()

    def verify(self, key: bytes, message: bytes, signature: bytes) -> None:
        if (key, message, signature) not in self._good:
            ed25519.verify(key, message, signature)
            self._good.add((key, message, signature))


def by_audit(files: Mapping[str, bytes], known: Known) -> str | None:
    """Whoever has the public files and the log's key. What is wrong, if anything is."""
    try:
        whole = Audit(open_checkpoint(files.get("checkpoint", b""), KEY, ORIGIN), files.__getitem__)
        for bundle in whole.bundles():
            whole.add(bundle, check(bundle, known.verify))
        whole.finish()
    except Invalid as error:
        return str(error)
    return None


def by_open(folder: Path) -> str | None:
    """The log's next start."""
    try:
        open_log(folder).close()
    except LocalError as error:
        return str(error)
    return None


def by_scrub(folder: Path) -> str | None:
    """What the service looks through after its start: everything under the latest checkpoint."""
    try:
        sealed = open_checkpoint((folder / "latest" / "checkpoint").read_bytes(), KEY, ORIGIN)
    except (Invalid, OSError) as error:
        return str(error)
    queries = Queries(KEY, sqlite_url(folder), FolderFiles(folder / "public"))
    try:
        for number in range(-(-sealed.size // 256)):
            queries.check(sealed, number)
    except LocalError as error:
        return str(error)
    finally:
        queries.close()
    return None


def by_rebuild(folder: Path) -> str | None:
    """`carrel ledger rebuild`."""
    try:
        found = rebuild(folder).differences
    except (LocalError, Invalid) as error:
        return str(error)
    return "; ".join(" ".join(map(str, one)) for one in found) or None


class _Shown(NamedTuple):
    """A source that shows these files."""

    name: str
    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]


def by_since(files: Mapping[str, bytes], earlier: bytes) -> str | None:
    """A reader who kept an earlier checkpoint: `carrel ledger verify --since`."""
    try:
        check_since(read_log(_Shown("the log", files), KEY, Policy()), earlier)
    except Invalid as error:
        return str(error)
    return None


def by_witness(seen: bytes, files: Mapping[str, bytes]) -> str | None:
    """A witness who cosigned `seen`, asked for the log's checkpoint of now with the best proof that these tiles give. Its answer, if it is no cosignature."""
    old, note = open_checkpoint(seen, KEY, ORIGIN), parse_note(files["checkpoint"])
    new = open_checkpoint(files["checkpoint"], KEY, ORIGIN)
    tree = TileReader(files.__getitem__, new.size)
    proof = consistency_proof(old.size, new.size, tree.node) if old.size <= new.size else []
    request = AddCheckpoint.of(min(old.size, new.size), proof, note)
    decision = consider(Remembered(ORIGIN, old.size, old.root, seen), request, {ORIGIN: [KEY]})
    return None if decision.status == 200 else f"{decision.status} {decision.body}"


FOLDER_LOOKS: Final[dict[str, Callable[[Path], str | None]]] = {
    "open": by_open,
    "scrub": by_scrub,
    "rebuild": by_rebuild,
}


# --- public files ---


def _changed_byte(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + bytes((data[at] ^ random.randrange(1, 256),)) + data[at + 1 :]


def change_byte(files: Files, random: Random) -> None:
    path = random.choice(sorted(files))
    files[path] = _changed_byte(random, files[path])


def cut_short(files: Files, random: Random) -> None:
    path = random.choice(sorted(files))
    files[path] = files[path][: random.randrange(len(files[path]))]


def make_longer(files: Files, random: Random) -> None:
    files[random.choice(sorted(files))] += random.randbytes(random.randint(1, 64))


def take_away(files: Files, random: Random) -> None:
    del files[random.choice(sorted(files))]


def exchange(files: Files, random: Random) -> None:
    one, other = random.sample(sorted(files), 2)
    files[one], files[other] = files[other], files[one]


def _edit_bundle(files: Files, random: Random, edit: Callable[[list[bytes]], None]) -> None:
    path = random.choice([one for one in sorted(files) if one.startswith("tile/entries/")])
    leaves = decode_bundle(files[path], parse_path(path).width)
    edit(leaves)
    files[path] = encode_bundle(leaves)


def drop_entry(files: Files, random: Random) -> None:
    _edit_bundle(files, random, lambda leaves: leaves.pop(random.randrange(len(leaves))) and None)


def double_entry(files: Files, random: Random) -> None:
    def edit(leaves: list[bytes]) -> None:
        one, other = random.sample(range(len(leaves)), 2)
        if random.random() < 0.5:
            leaves[one] = leaves[other]
        else:
            leaves.insert(one, leaves[other])

    _edit_bundle(files, random, edit)


def reorder_entries(files: Files, random: Random) -> None:
    def edit(leaves: list[bytes]) -> None:
        one, other = random.sample(range(len(leaves)), 2)
        leaves[one], leaves[other] = leaves[other], leaves[one]

    _edit_bundle(files, random, edit)


def change_entry(files: Files, random: Random) -> None:
    def edit(leaves: list[bytes]) -> None:
        at = random.randrange(len(leaves))
        leaves[at] = _changed_byte(random, leaves[at])

    _edit_bundle(files, random, edit)


FILE_WAYS: Final[tuple[Callable[[Files, Random], None], ...]] = (
    change_byte, change_byte, change_byte, cut_short, make_longer, take_away, exchange, drop_entry, double_entry, reorder_entries, change_entry,
)  # fmt: skip
"""The audit notices each; so do scrub and rebuild, which know what the files should be, and the next start or the next seal makes new ones."""


# --- the database ---

COLUMNS: Final = {
    "ledger_head": ("format", "size", "clock_ms", "digest", "seal"),
    "ledger_entries": ("index", "logged_ms", "id", "hash", "leaf_hash", "kind", "leaf"),
    "ledger_subjects": ("subject", "index"),
    "ledger_rows": ("kind", "id", "value"),
}
NOTICED_BY: Final = {
    "ledger_head": ("open",),
    "ledger_rows": ("open", "rebuild"),
    "ledger_subjects": ("rebuild",),
    "sealed entries": ("scrub", "rebuild"),
    "pending entries": ("open", "rebuild"),
}
"""Who has to notice, of those who look. Any one of them is enough to stop; a service looks with `open` and then `scrub`, an operator with `rebuild`."""


def _another(value: Any, random: Random) -> Any:
    """Of the same type, or now and then of one that has no business there."""
    if random.random() < 0.1:
        return random.choice([b"\x00", "x", -1, 1 << 62, 0.5, "", b"", "9" * 30])
    if isinstance(value, int):
        return value + random.choice((-1, 1, random.randrange(2, 1000), -value))
    if isinstance(value, str):
        at = random.randrange(len(value))
        return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
    if random.random() < 0.2:
        return value[:-1]
    return _changed_byte(random, value)


def tamper_with(database: sqlite3.Connection, specimen: Specimen, random: Random) -> tuple[str, str] | None:
    """What was done and a name of `NOTICED_BY`; None if SQLite would not have it, or nothing is different."""
    table = random.choice(sorted(COLUMNS))
    columns = COLUMNS[table]
    names = ", ".join(f'"{one}"' for one in columns)
    rows = database.execute(f"SELECT {names} FROM {table}").fetchall()
    row = random.choice(rows)
    here = " AND ".join(f'"{one}" = ?' for one in columns)
    index = row[0] if table == "ledger_entries" else -1
    what = random.choice(("change", "change", "change", "delete", "double", "exchange"))
    values: list[Any] = list(row)
    try:
        if what == "delete":
            database.execute(f"DELETE FROM {table} WHERE {here}", row)
        elif what == "change":
            at = random.randrange(len(columns))
            values[at] = _another(values[at], random)
            if values == list(row):
                return None
            database.execute(f'UPDATE {table} SET "{columns[at]}" = ? WHERE {here}', (values[at], *row))
            what = f"change {columns[at]} to {values[at]!r:.40}"
        elif what == "double":
            at = random.randrange(len(columns))
            values[at] = _another(values[at], random)
            marks = ", ".join("?" * len(columns))
            database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
            index = values[0] if table == "ledger_entries" else -1
        else:
            # Everything but its place goes to another row's place.
            other = random.choice(rows)
            if other == row or len(columns) < 3 or table == "ledger_head":
                return None
            kept = 2 if table == "ledger_rows" else 1
            if other[kept:] == row[kept:]:
                return None
            database.execute("PRAGMA ignore_check_constraints=ON")
            database.execute(f"DELETE FROM {table} WHERE {here}", row)
            database.execute(f"DELETE FROM {table} WHERE {here}", other)
            marks = ", ".join("?" * len(columns))
            for one, two in ((row, other), (other, row)):
                database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", (*one[:kept], *two[kept:]))
            if table == "ledger_entries":
                index = min(row[0], other[0])
    except (sqlite3.IntegrityError, OverflowError):
        database.rollback()
        return None
    if database.execute(f"SELECT {names} FROM {table}").fetchall() == rows:
        return None  # the column's affinity turned it back
    database.commit()
    if table != "ledger_entries":
        return f"{table}: {what}", table
    sealed = isinstance(index, int) and 0 <= index < specimen.sealed_size
    return f"{table} {index}: {what}", "sealed entries" if sealed else "pending entries"


def tampered_copy(specimen: Specimen, to: Path, random: Random) -> tuple[str, str]:
    specimen.copy(to)
    database = sqlite3.connect(to / "ledger.db")
    try:
        while (done := tamper_with(database, specimen, random)) is None:
            pass
    finally:
        database.close()
    return done
