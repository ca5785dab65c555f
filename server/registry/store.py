"""Entries and rows in SQL: one definition for SQLite and PostgreSQL, which `databases` opens. A store belongs to one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from carrel.ledger.state import ROWS, Row
from carrel.ledger.storage import Batch, Head, Record
from carrel.server.errors import StorageError
from carrel.server.registry import tables
from carrel.server.registry.errors import AnotherWriter, Damaged, OtherFormat
from carrel.server.storage.database import storage_error

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

CHUNK: Final = 1000
"""Rows asked for or written at once."""
_NO_HEAD: Final = Head(0, 0, b"", b"")
SIFTED: Final = 2000
"""Entries of a history that one question looks through."""
_INSERTS: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_pack: Final = msgspec.msgpack.Encoder(order="sorted")
_unpack: Final = {kind.table: msgspec.msgpack.Decoder(kind) for kind in ROWS}


class SqlStore:
    """A `Store`. Raises StorageError when the database fails, AnotherWriter when somebody else wrote."""

    def __init__(
        self,
        run: Callable[[Work[Any]], Any],
        dialect: sa.Dialect,
        close: Callable[[], None],
        claim: Callable[[], None] = lambda: None,
        backfill: Callable[[], None] = lambda: None,
    ) -> None:
        self._run = run
        self._dialect = dialect
        self._claim = claim
        self._backfill = backfill
        self.close = close
        upsert = _INSERTS[dialect.name](tables.rows)
        self._insert_entry = _prepared(sa.insert(tables.entries), dialect)
        self._insert_subject = _prepared(sa.insert(tables.subjects), dialect)
        self._insert_row = _prepared(
            upsert.on_conflict_do_update(index_elements=["kind", "id"], set_={"value": upsert.excluded.value}), dialect
        )
        self._update_head = _prepared(
            sa.update(tables.head).where(tables.head.c.size == sa.bindparam("before")).values(_head_values(_NO_HEAD)),
            dialect,
        )
        self._select_row = _prepared(
            sa.select(tables.rows.c.value).where(
                tables.rows.c.kind == sa.bindparam("kind"), tables.rows.c.id == sa.bindparam("id")
            ),
            dialect,
        )
        self._held: sa.Connection | None = None
        self._select_known: dict[int, str] = {}
        """By how many ids are looked for."""
        self._transact(lambda connection: tables.metadata.create_all(connection))

    def claim(self) -> None:
        """Be the one writer until closed; of SQLite the log's folder is locked already. Raises AnotherWriter, StorageError.

        Raises ConfigurationError for a database that forgets what it confirmed.
        """
        try:
            self._claim()
        except (SQLAlchemyError, self._dialect.loaded_dbapi.Error, OSError) as error:
            raise storage_error(error) from error

    def backfill(self) -> None:
        """Take what SQLite's write-ahead log has into the database, so that no commit has to. On any thread, once claimed. Raises StorageError."""
        try:
            self._backfill()
        except (self._dialect.loaded_dbapi.Error, OSError) as error:
            raise storage_error(error) from error

    def settle(self) -> None:
        """What an earlier process committed is on the disk when this returns: SQLite shows it even if that process died before its sync."""
        if self._dialect.name != "sqlite":
            return
        busy = self._transact(lambda connection: connection.exec_driver_sql("PRAGMA wal_checkpoint(FULL)").scalar_one())
        if busy:
            raise StorageError("Another program keeps reading the ledger's database. End it, then start again.")

    def head(self) -> Head | None:
        """Raises OtherFormat when the rows are not of this code's, Damaged when it is not as it was written."""
        rows = self._all(sa.select(tables.head))
        if not rows:
            return None
        row = rows[0]
        if row.format != tables.FORMAT:
            raise OtherFormat(
                "The ledger's rows were written by another Carrel. Make them anew: carrel ledger rebuild."
            )
        head = Head(row.size, row.clock_ms, row.digest, row.seal)
        # SQLite keeps any type in any column.
        if (
            len(rows) > 1
            or [type(value) for value in head] != [int, int, bytes, bytes]
            or head.size < 0
            or head.clock_ms < 0
        ):
            raise Damaged("The ledger's head row is damaged. Make the rows anew: carrel ledger rebuild.")
        return head

    def together(self, ask: Callable[[], T]) -> T:
        """Everything that `ask` asks of this store, in one transaction."""

        def work(connection: sa.Connection) -> T:
            self._held = connection
            try:
                return ask()
            finally:
                self._held = None

        return self._transact(work)

    def append(self, batch: Batch) -> None:
        entries = [_entry_values(record) for record in batch.records]
        # in the order of their indexes, so that each page is looked for once
        subjects = sorted({(subject_key(name), record.index) for record in batch.records for name in record.subjects})
        rows = sorted(row_values(row) for row in batch.rows)

        def work(connection: sa.Connection) -> None:
            self._move_head(connection, batch.before, batch.head)
            cursor = _cursor(connection)
            cursor.executemany(self._insert_entry, entries)
            cursor.executemany(self._insert_subject, subjects)
            if rows:  # a statement told to run for no row wants values all the same
                cursor.executemany(self._insert_row, rows)

        self._transact(work)

    def records(self, start: int, end: int) -> Iterator[Record]:
        """By ascending index, from `start` to before `end`, however many are said to be there: it ends soon after the first that is missing."""
        for first in range(start, end, CHUNK):
            last = min(first + CHUNK, end)
            chosen = sa.select(tables.entries).where(tables.entries.c.index >= first, tables.entries.c.index < last)
            found = self._records(chosen.order_by(tables.entries.c.index))
            yield from found
            if len(found) < last - first:
                return

    def known(self, ids: Sequence[bytes]) -> Mapping[bytes, Record]:
        def work(connection: sa.Connection) -> list[Record]:
            found: list[Record] = []
            cursor = _cursor(connection)
            for some in _chunks(ids):
                some += some[:1] * (_more(len(some)) - len(some))  # so that there are few statements
                cursor.execute(self._known_words(len(some)), tuple(some))
                found += map(_record, cursor.fetchall())
            return found

        return {one.id: one for one in self._transact(work)}

    def _known_words(self, count: int) -> str:
        if count not in self._select_known:
            chosen = sa.select(tables.entries).where(tables.entries.c.id.in_([b""] * count))
            self._select_known[count] = _prepared(chosen, self._dialect)
        return self._select_known[count]

    def by_hash(self, digest: bytes) -> Record | None:
        """The entry with this id (32,)."""
        chosen = self._about(digest.hex()).where(tables.entries.c.hash == digest)
        return next(iter(self._records(chosen)), None)

    def latest(self, before: int, limit: int, kind: str | None = None) -> list[Record]:
        """By descending index, from before `before`."""
        chosen = sa.select(tables.entries).where(tables.entries.c.index < before)
        if kind is not None:
            chosen = chosen.where(tables.entries.c.kind == kind)
        return list(self._records(chosen.order_by(tables.entries.c.index.desc()).limit(limit)))

    def history(self, subject: str, before: int, limit: int) -> list[Record]:
        """Entries about an account or a work, by descending index, from before `before`."""
        chosen = self._about(subject).where(tables.subjects.c.index < before)
        return list(self._records(chosen.order_by(tables.subjects.c.index.desc()).limit(limit)))

    def sift(self, subject: str, before: int, limit: int, kinds: Sequence[str]) -> tuple[list[Record], int | None]:
        """Of its history, those of these kinds, and the `before` to go on from, None at the end. A long history is sifted in parts of `SIFTED`."""
        column = tables.subjects.c
        part = sa.select(column.index).where(column.subject == subject_key(subject), column.index < before)
        part = part.order_by(column.index.desc()).limit(SIFTED)
        looked = part.subquery()
        chosen = sa.select(tables.entries).join(looked, looked.c.index == tables.entries.c.index)
        chosen = chosen.where(tables.entries.c.kind.in_(kinds)).order_by(tables.entries.c.index.desc())
        found = self._records(chosen.limit(limit))
        if len(found) == limit:
            return found, found[-1].index
        asked: Any = sa.select(sa.func.count(), sa.func.min(looked.c.index))
        count, oldest = tuple(self._all(asked)[0])
        return found, oldest if count == SIFTED else None

    def _about(self, subject: str) -> sa.Select[Any]:
        joined = tables.entries.join(tables.subjects, tables.subjects.c.index == tables.entries.c.index)
        return sa.select(tables.entries).select_from(joined).where(tables.subjects.c.subject == subject_key(subject))

    def rows(self) -> Iterator[Row]:
        """Raises Damaged at the first that is not as it was written."""
        return (_row(*one) for one in self.stored_rows())

    def stored_rows(self) -> Iterator[tuple[str, str, bytes]]:
        """(kind, id, value) as they lie there, whatever that is, in the order of the first two."""
        chosen = sa.select(tables.rows).order_by(tables.rows.c.kind, tables.rows.c.id).limit(CHUNK)
        following = chosen
        while True:
            found = self._all(following)
            yield from ((one.kind, one.id, one.value) for one in found)
            if len(found) < CHUNK:
                return
            place = sa.tuple_(tables.rows.c.kind, tables.rows.c.id)
            following = chosen.where(place > (found[-1].kind, found[-1].id))

    def row(self, kind: type[Row], key: str) -> Row | None:
        return next(iter(self.found([(kind, key)])), None)

    def found(self, places: Iterable[tuple[type[Row], str]]) -> list[Row]:
        """Those of the rows that there are."""

        def work(connection: sa.Connection) -> list[Row]:
            cursor, there = _cursor(connection), []
            for kind, key in places:
                cursor.execute(self._select_row, (kind.table, key))
                there += [_row(kind.table, key, value) for (value,) in cursor.fetchall()]
            return there

        return self._transact(work)

    def stored_subjects(self) -> Iterator[tuple[bytes, int]]:
        """(`subject_key`, index of an entry about it), in that order."""
        chosen = sa.select(tables.subjects).order_by(*tables.subjects.primary_key).limit(CHUNK)
        following = chosen
        while True:
            found: list[Any] = [tuple(one) for one in self._all(following)]
            yield from found
            if len(found) < CHUNK:
                return
            following = chosen.where(sa.tuple_(tables.subjects.c.subject, tables.subjects.c.index) > found[-1])

    def renew(self) -> None:
        """Empty tables of this code's format for all that is made from the entries. Until `replace_rows` the head is of no format at all."""

        def work(connection: sa.Connection) -> None:
            tables.metadata.drop_all(connection, [tables.rows, tables.subjects])
            tables.metadata.create_all(connection)

        # SQLite does not undo the second, should it be cut short.
        self._transact(lambda connection: connection.execute(sa.update(tables.head).values(format=0)))
        self._transact(work)

    def replace_subjects(self, subjects: Iterable[tuple[bytes, int]]) -> None:
        """All of them at once, made from the entries."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(tables.subjects))
            for some in _chunks(subjects):
                connection.exec_driver_sql(self._insert_subject, some)

        self._transact(work)

    def replace_rows(self, rows: Iterable[Row], head: Head) -> None:
        """All rows and the head at once, made from the entries."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(tables.rows))
            connection.execute(sa.delete(tables.head))
            for some in _chunks(rows):
                connection.exec_driver_sql(self._insert_row, [row_values(row) for row in some])
            connection.execute(sa.insert(tables.head), _head_values(head))

        self._transact(work)

    def _move_head(self, connection: sa.Connection, before: int, head: Head) -> None:
        """The step that only one writer can take: from the size that it thought, to the new one."""
        cursor = _cursor(connection)
        cursor.execute(self._update_head, (*_head_values(head).values(), before))
        if cursor.rowcount == 0:
            there = connection.execute(sa.select(tables.head.c.size)).scalar_one_or_none()
            if there is not None or before != 0:
                raise AnotherWriter(
                    f"Another server wrote to this log: it has {there} entries, and this one thought {before}. Stop one of them."
                )
            connection.execute(sa.insert(tables.head), _head_values(head))

    def _records(self, chosen: sa.Select[Any]) -> list[Record]:
        return [_record(one) for one in self._all(chosen)]

    def _all(self, chosen: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        return self._transact(lambda connection: connection.execute(chosen).all())

    def _transact(self, work: Work[T]) -> T:
        if self._held is not None:
            return work(self._held)
        try:
            result: T = self._run(work)
        except (SQLAlchemyError, self._dialect.loaded_dbapi.Error, OSError) as error:
            raise storage_error(error) from error
        return result


def _row(kind: str, key: str, value: bytes) -> Row:
    try:
        row: Row = _unpack[kind].decode(value)
    except (KeyError, TypeError, UnicodeDecodeError, RecursionError, msgspec.DecodeError) as error:
        raise _damaged(kind, key) from error
    if row.id != key:
        raise _damaged(kind, key)
    return row


def _damaged(kind: str, key: str) -> Damaged:
    return Damaged(
        f"The row {key[:80]!r} of the ledger's {kind[:16]!r} is damaged. Make the rows anew: carrel ledger rebuild."
    )


def _cursor(connection: sa.Connection) -> Any:
    """The driver's own, for prepared words: SQLAlchemy's way takes 30 µs a statement."""
    return connection.connection.cursor()


def _record(row: Sequence[Any]) -> Record:
    index, logged_ms, key, digest, leaf_hash, kind, leaf = row
    return Record(index, logged_ms, key, digest, leaf_hash, leaf, kind, ())


def subject_key(name: str) -> bytes:
    """A key, an entry id or "issuer", as the table has it."""
    return bytes.fromhex(name[: 2 * tables.SUBJECT_BYTES]) if len(name) == 64 else name.encode()


def row_values(row: Row) -> tuple[str, str, bytes]:
    """(kind, id, value)."""
    return row.table, row.id, _pack.encode(row)


def _head_values(head: Head) -> dict[str, object]:
    return {"id": 1, "format": tables.FORMAT, **head._asdict()}


def _entry_values(record: Record) -> tuple[object, ...]:
    return record.index, record.logged_ms, record.id, record.hash, record.leaf_hash, record.kind, record.leaf


def _prepared(statement: sa.ClauseElement, dialect: sa.Dialect) -> str:
    """The statement's words, for tuples of values in the order of their places: most of SQLAlchemy's time is spent on making words and preparing values."""
    return str(statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))


def _more(count: int) -> int:
    """The next power of two."""
    return 1 << (count - 1).bit_length()


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    items = iter(items)
    while some := list(islice(items, CHUNK)):
        yield some
