"""Records in the library's database, each with the words it is found by and what it is sorted out by, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from carrel.server.catalogue import index
from carrel.server.catalogue.model import Record, packed, unpacked
from carrel.server.catalogue.query import Term
from carrel.server.catalogue.tokens import key
from carrel.server.errors import StorageError
from carrel.server.storage.database import Database
from carrel.server.storage.tables import catalogue_facets, catalogue_records

FACETS: Final = ("form", "language", "subject", "period", "place")
FACET_VALUES: Final = 10
"""Of each facet with a search; and at most so many subjects of one record are counted."""
HITS: Final = 20


class Brought(NamedTuple):
    """How many records are new, other than before, and as they were."""

    added: int = 0
    changed: int = 0
    same: int = 0


class Found(NamedTuple):
    """One page of records, how many there are in all, and of each facet its commonest values."""

    total: int
    records: list[Record]
    facets: dict[str, list[tuple[str, int]]]


class CatalogueStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = database.engine.dialect.name

    async def bring(self, records: Sequence[Record], now_ms: int) -> Brought:
        """Each once (by its id). Raises StorageError."""
        documents = {one.id: (one, packed(one)) for one in records}
        hashes = {name: hashlib.sha256(data).digest() for name, (_, data) in documents.items()}
        table = catalogue_records.c
        try:
            async with self._database.begin() as connection:
                rows = await connection.execute(
                    sa.select(table.id, table.number, table.hash).where(table.id.in_(documents))
                )
                there = {row.id: (row.number, row.hash) for row in rows}
                last = (await connection.execute(sa.select(sa.func.max(table.number)))).scalar() or 0
                numbers = {name: there[name][0] for name in documents if name in there}
                new = [name for name in documents if name not in there]
                numbers |= {name: last + at for at, name in enumerate(new, 1)}
                changed = [name for name in documents if name in there and there[name][1] != hashes[name]]
                touched = [*new, *changed]
                values = {
                    name: {
                        "number": numbers[name],
                        "id": name,
                        "hash": hashes[name],
                        "title_keys": title_keys(documents[name][0]),
                        "document": documents[name][1],
                        "changed_ms": now_ms,
                    }
                    for name in touched
                }
                if changed:
                    old = [numbers[name] for name in changed]
                    await index.take_out(connection, old)
                    await connection.execute(sa.delete(catalogue_facets).where(catalogue_facets.c.record.in_(old)))
                    await connection.execute(sa.delete(catalogue_records).where(table.number.in_(old)))
                if touched:
                    await connection.execute(sa.insert(catalogue_records), list(values.values()))
                    await index.put(
                        connection,
                        sorted(((numbers[name], index.columns_of(documents[name][0])) for name in touched), key=_first),
                    )
                    facets = [
                        {"record": numbers[name], "facet": facet, "value": value}
                        for name in touched
                        for facet, value in facets_of(documents[name][0])
                    ]
                    if facets:
                        await connection.execute(sa.insert(catalogue_facets), facets)
        except IntegrityError as error:
            raise StorageError("Somebody else is bringing in records just now. Try again when that is done.") from error
        return Brought(len(new), len(changed), len(documents) - len(touched))

    async def record(self, name: str) -> Record | None:
        query = sa.select(catalogue_records.c.document).where(catalogue_records.c.id == name)
        async with self._database.read() as connection:
            data = (await connection.execute(query)).scalar()
        return None if data is None else _record(data)

    async def count(self) -> int:
        async with self._database.read() as connection:
            return (await connection.execute(sa.select(sa.func.count()).select_from(catalogue_records))).scalar() or 0

    async def search(self, terms: Sequence[Term], wanted: Sequence[tuple[str, str]], title: str, skip: int) -> Found:
        """Records with all terms and all wanted (facet, value). `title` is the key of a title that comes first."""
        matched = sa.select(index.words.c.rowid).where(index.found(self._dialect, terms), *self._chosen(wanted))
        keys = catalogue_records.c.title_keys
        order = sa.case(
            (keys.contains(f"\n{title}\n", autoescape=True), 0),
            (keys.startswith(f"\n{title}", autoescape=True), 1),
            else_=2,
        )
        hits = (
            sa.select(catalogue_records.c.document)
            .select_from(index.words)
            .join(catalogue_records, catalogue_records.c.number == index.words.c.rowid)
            .where(index.found(self._dialect, terms), *self._chosen(wanted))
            .order_by(order, index.rank(self._dialect), index.words.c.rowid)
            .limit(HITS)
            .offset(skip)
        )
        facet, value = catalogue_facets.c.facet, catalogue_facets.c.value
        counted = (
            sa.select(facet, value, sa.func.count().label("count"))
            .where(catalogue_facets.c.record.in_(matched))
            .group_by(facet, value)
        )
        async with self._database.read() as connection:
            total = (await connection.execute(sa.select(sa.func.count()).select_from(matched.subquery()))).scalar() or 0
            records = [_record(row.document) for row in await connection.execute(hits)]
            counts = (await connection.execute(counted)).all() if total else []
        facets: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
        for row in sorted(counts, key=lambda one: (-one[2], one[1])):
            if len(facets[row[0]]) < FACET_VALUES:
                facets[row[0]].append((row[1], row[2]))
        return Found(total, records, facets)

    def _chosen(self, wanted: Sequence[tuple[str, str]]) -> list[sa.ColumnElement[bool]]:
        facets = catalogue_facets.c
        return [
            index.words.c.rowid.in_(sa.select(facets.record).where(facets.facet == facet, facets.value == value))
            for facet, value in wanted
        ]


def title_keys(record: Record) -> str:
    """Every title's key between line ends; the shown one first."""
    keys = dict.fromkeys(key(text) for text in (record.title, *(one.text for one in record.titles)))
    return "\n" + "\n".join(keys) + "\n"


def facets_of(record: Record) -> list[tuple[str, str]]:
    """(facet, value), each once."""
    period = [f"{record.year // 10 * 10}"] if record.year else []
    values: dict[str, list[str]] = {
        "form": [record.form],
        "language": record.languages,
        "subject": record.subjects[:FACET_VALUES],
        "period": period,
        "place": [record.place] if record.place else [],
    }
    return list(dict.fromkeys((facet, value[:200]) for facet in FACETS for value in values[facet]))


def _record(data: bytes) -> Record:
    try:
        return unpacked(data)
    except msgspec.MsgspecError as error:
        raise StorageError("A record of the catalogue cannot be read: put back the last backup.") from error


def _first(row: tuple[int, object]) -> int:
    return row[0]
