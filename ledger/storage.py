"""What the ledger needs of the world: a store for entries and rows, files that everybody may read, and one place for the latest checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from carrel.ledger.state import Row


class Record(Struct, frozen=True, gc=False):
    """One entry as it is kept. `id` (16,), `hash` the entry's id (32,), `leaf_hash` (32,), `leaf` the leaf's data."""

    index: int
    logged_ms: int
    id: bytes
    hash: bytes
    leaf_hash: bytes
    leaf: bytes
    kind: str
    subjects: tuple[str, ...]


class Head(NamedTuple):
    """Where a log stands. `digest` (32,) sums up every row; `seal` (32,) is its authentication under the log's key."""

    size: int
    clock_ms: int
    digest: bytes
    seal: bytes


class Batch(NamedTuple):
    """What one durable commit adds. `before`: the size that it adds to."""

    before: int
    records: Sequence[Record]
    rows: Sequence[Row]
    head: Head


class Store(Protocol):
    """Entries in their order, and rows. One writer at a time: `append` refuses a batch whose `before` is not the store's size."""

    def head(self) -> Head | None: ...
    def append(self, batch: Batch) -> None: ...
    def records(self, start: int, end: int) -> Iterator[Record]: ...
    def known(self, ids: Sequence[bytes]) -> Mapping[bytes, Record]: ...
    def rows(self) -> Iterator[Row]: ...
    def row(self, kind: type[Row], key: str) -> Row | None: ...
    def found(self, places: Iterable[tuple[type[Row], str]]) -> list[Row]: ...
    def replace_rows(self, rows: Iterable[Row], head: Head) -> None: ...


class Files(Protocol):
    """Public files by path. `write` returns when all of them would survive a power cut; each is whole or not there. `read` raises FileNotFoundError."""

    def read(self, path: str) -> bytes: ...
    def write(self, files: Mapping[str, bytes]) -> None: ...
    def remove(self, paths: Iterable[str]) -> None: ...


class Place(Protocol):
    """Holds one value, apart from what backups bring back. `swap` is durable when it returns, and raises Forked if another value than `expected` is there."""

    def read(self) -> bytes | None: ...
    def swap(self, expected: bytes | None, value: bytes) -> None: ...
