"""What readers ask of a log, answered as plain values for JSON. Each thread has a connection of its own; nobody waits for the writer.

Rows are read from the database, so that an answer is made of what is committed. Lists are paged by index, newest first: `before` is exclusive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Lock, local
from typing import Any, Final

import msgspec

from carrel.ledger.checkpoint import Checkpoint, Note, NoteVerifier, parse_checkpoint
from carrel.ledger.entry import decode_leaf
from carrel.ledger.errors import BadProof, BadTile
from carrel.ledger.merkle import inclusion_proof, leaf_hash, verify_inclusion
from carrel.ledger.proof import TlogProof
from carrel.ledger.state import ISSUER, AccountRow, KeyRow, Row, RuleRow, WorkRow
from carrel.ledger.storage import Files, Record
from carrel.ledger.tiles import TILE_WIDTH, TileReader, entries_path, read_bundle
from carrel.server.errors import NotFound, StorageError
from carrel.server.registry.databases import open_store
from carrel.server.registry.errors import Damaged
from carrel.server.registry.recovery import check_record
from carrel.server.registry.store import SqlStore

MOST: Final = 100
"""Entries or rows of one page."""
_ACQUIRED: Final = ("work.register", "work.derive", "work.transfer", "work.decision")
"""Types of entries by which an account may come to hold a work."""
END: Final = 1 << 62
"""`before` of those who begin at the newest."""
Page = dict[str, Any]


class Queries:
    def __init__(
        self, verifier: NoteVerifier, url: str, files: Files, store: Callable[[str], SqlStore] = open_store
    ) -> None:
        self.verifier = verifier
        self._url = url
        self._files = files
        self._open = store
        self._here = local()
        self._stores: list[SqlStore] = []
        self._turn = Lock()
        self._tiles = TileReader(files.read, 0)

    def close(self) -> None:
        for store in self._stores:
            store.close()

    def file(self, path: str) -> bytes:
        """A public file; the path was checked. Raises FileNotFoundError."""
        return self._files.read(path)

    # --- entries ---

    def entry(self, name: str) -> dict[str, Any]:
        """By index or entry id. Raises NotFound."""
        record = self._store.by_hash(bytes.fromhex(name)) if len(name) == 64 else self._by_index(int(name))
        if record is None:
            raise NotFound(f"There is no entry {name} in this log.")
        return described(record)

    def entries(self, before: int, limit: int, kind: str | None) -> Page:
        return _page("entries", self._store.latest(before, limit + 1, kind), limit)

    def proof(self, note: Note, index: int) -> bytes:
        """A .tlog-proof under this checkpoint, with the entry's leaf in it. Raises NotFound, Damaged."""
        checkpoint = parse_checkpoint(note.text)
        if index >= checkpoint.size:
            raise NotFound(
                f"Entry {index} is not under the published checkpoint, which has {checkpoint.size}.",
                retry_after_ms=1000,
            )
        record = self._by_index(index)
        if record is None:
            raise Damaged(f"Entry {index} is missing from the database.")
        path = self._path(record, checkpoint)
        return TlogProof(index, tuple(path), note, record.leaf).encode()

    def _path(self, record: Record, checkpoint: Checkpoint) -> list[bytes]:
        """Checked before anybody gets it: damage is the log's to find."""
        try:
            with self._turn:
                path = inclusion_proof(record.index, checkpoint.size, self._tiles.at(checkpoint.size).node)
            verify_inclusion(leaf_hash(record.leaf), record.index, checkpoint.size, path, checkpoint.root)
        except (BadTile, BadProof) as error:
            raise Damaged(f"Entry {record.index} in the database or its tiles were changed: {error}") from error
        return path

    # --- works and accounts ---

    def work(self, work_id: str, before: int, limit: int, derived_before: int) -> Page:
        """Its row, its history, the works that were made from it. Raises NotFound."""
        row = self._store.row(WorkRow, work_id)
        if row is None:
            raise NotFound(f"There is no work {work_id} in this log.")
        made, more = self._store.sift(work_id, derived_before, limit, ("work.derive",))
        return {
            "row": _plain(row),
            "sources": self._rows(WorkRow, row.sources) if isinstance(row, WorkRow) else [],
            "derived": self._rows(WorkRow, [name for one in made if (name := one.hash.hex()) != work_id]),
            "derived_before": more,
            **_page("history", self._store.history(work_id, before, limit + 1), limit),
        }

    def account(self, key: str, before: int, limit: int, works_before: int) -> Page:
        """The account that the key is or was of. Raises NotFound."""
        known = self._store.row(KeyRow, key)
        row = self._store.row(AccountRow, known.account if isinstance(known, KeyRow) else key)
        if not isinstance(row, AccountRow) or row.id == ISSUER:
            raise NotFound(f"There is no key {key} in this log.")
        acquired, more = self._store.sift(row.id, works_before, limit, _ACQUIRED)
        works = self._rows(WorkRow, dict.fromkeys(_work_of(one) for one in acquired))
        return {
            "account": row.id,
            "role": row.role,
            "since": row.since,
            "head": row.head,
            "recovery": row.recovery,
            "keys": self._rows(KeyRow, self._keys(row)),
            "balance": {
                "posted": row.balance,
                "pending": row.credits_pending - row.debits_pending,
                "available": row.available,
            },
            "works": [one for one in works if one["holder"] == row.id],
            "works_before": more,
            **_page("history", self._store.history(row.id, before, limit + 1), limit),
        }

    def _keys(self, row: AccountRow) -> list[str]:
        """Those that may sign, then those that ended, as far as the newest part of its history names them."""
        about_keys, _ = self._store.sift(row.id, END, MOST, ("key.register", "key.rotate", "key.recover"))
        named = [body["key"] for one in about_keys if "key" in (body := _body(one))]
        return list(dict.fromkeys([*row.keys, *named, row.id]))

    # --- the economy ---

    def rules(self, in_force: int = MOST) -> dict[str, Any]:
        """Every published version, the newest first."""
        records = self._store.latest(END, in_force, "rule.publish")
        rows = self._rows(RuleRow, [one.hash.hex() for one in records])
        return {"rule": rows[0]["id"] if rows else None, "rules": rows}

    def supply(self) -> dict[str, Any]:
        row = self._store.row(AccountRow, ISSUER)
        issuer = row if isinstance(row, AccountRow) else AccountRow(id=ISSUER, since=0)
        newest = self.rules(1)["rules"]
        return {
            "supply": -issuer.balance,
            "issued": issuer.debits_posted,
            "returned": issuer.credits_posted,
            "supply_most": newest[0]["rules"]["supply_most"] if newest else 0,
            "rule": newest[0]["id"] if newest else None,
        }

    def library(self) -> str | None:
        """The account that entry 0 registered."""
        first = self._by_index(0)
        return None if first is None else str(_body(first)["by"])

    # --- looking through ---

    def check(self, checkpoint: Checkpoint, number: int) -> int:
        """Entries of bundle `number` that are the same in database, bundle and tile. Raises Damaged at the first that is not."""
        start = number * TILE_WIDTH
        end = min(start + TILE_WIDTH, checkpoint.size)
        records = list(self._store.records(start, end))
        tiles = TileReader(self._files.read, checkpoint.size)  # as they are on the disk now
        try:
            leaves = read_bundle(self._files.read, number, end - start)
            hashes = [tiles.leaf_hash(index) for index in range(start, end)]
            root = tiles.root()
        except BadTile as error:
            raise Damaged(f"The log's tiles are damaged: {error}") from error
        except OSError as error:
            raise StorageError(f"The log's tiles cannot be read just now: {error.strerror}.") from error
        if root != checkpoint.root:
            raise Damaged("The log's tiles lead to another root than was signed.")
        for index, leaf, digest in zip(range(start, end), leaves, hashes, strict=True):
            record = records[index - start] if index - start < len(records) else None
            if record is None or record.index != index:
                raise Damaged(f"Entry {index} is missing from the database.")
            check_record(record)
            if record.leaf_hash != digest:
                raise Damaged(f"Entry {index} in the database is not the one in the tiles: one of the two was changed.")
            if record.leaf != leaf:
                raise Damaged(f"Entry {index} in {entries_path(number, len(leaves))} was changed.")
        return end - start

    @property
    def _store(self) -> SqlStore:
        found: SqlStore | None = getattr(self._here, "store", None)
        if found is None:
            found = self._here.store = self._open(self._url)
            self._stores.append(found)
        return found

    def _by_index(self, index: int) -> Record | None:
        return next(self._store.records(index, index + 1), None)

    def _rows(self, kind: type[Row], keys: Iterable[str]) -> list[dict[str, Any]]:
        return [_plain(row) for key in keys if (row := self._store.row(kind, key)) is not None]


def described(record: Record) -> dict[str, Any]:
    """An entry as the API tells it: `body` is the very text that was signed."""
    parts = decode_leaf(record.leaf)
    return {
        "index": record.index,
        "entry": record.hash.hex(),
        "type": record.kind,
        "logged_ms": record.logged_ms,
        "leaf_hash": record.leaf_hash.hex(),
        "body": parts.raw.decode(),
        "signatures": [{"key": one.key.hex(), "signature": one.signature.hex()} for one in parts.signatures],
    }


def _page(name: str, records: Sequence[Record], limit: int) -> Page:
    return {name: [described(one) for one in records[:limit]], "before": _next(records, limit)}


def _next(records: Sequence[Record], limit: int) -> int | None:
    """What asks for the next page; None on the last. One record more than `limit` was looked for."""
    return records[limit - 1].index if len(records) > limit else None


def _plain(row: Row) -> dict[str, Any]:
    """Every member of a row, those at their defaults too."""
    return {name: _plain_value(getattr(row, name)) for name in row.__struct_fields__}


def _plain_value(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return {name: _plain_value(getattr(value, name)) for name in value.__struct_fields__}
    return [_plain_value(one) for one in value] if isinstance(value, tuple) else value


def _body(record: Record) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(decode_leaf(record.leaf).raw)
    return body


def _work_of(record: Record) -> str:
    return str(_body(record).get("work", record.hash.hex()))
