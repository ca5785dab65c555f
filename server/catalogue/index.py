"""The words of records in the database's own index: FTS5 in SQLite, `tsvector` in PostgreSQL. Both are given finished tokens and find the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncConnection

from carrel.server.catalogue.model import Record
from carrel.server.catalogue.query import COLUMNS, Term, number_token
from carrel.server.catalogue.tokens import pinyin, tokens

TOKENS: Final = 4_000
"""Of one column; what stands behind is not found by."""
_WEIGHTS: Final = {"title": 10.0, "creator": 6.0, "subject": 4.0, "other": 1.0, "pinyin": 2.0, "number": 4.0}

words: Final = sa.table("catalogue_index", sa.column("rowid", sa.Integer), *(sa.column(name) for name in COLUMNS))


def columns_of(record: Record) -> dict[str, list[str]]:
    """The tokens of each column."""
    names = [text for one in (*record.creators, *record.contributors) for text in (one.text, one.original)]
    titles = [one.text for one in record.titles]
    people = [pinyin(one.original or one.text) for one in record.creators]
    # as people write them: Cao Xueqin, caoxueqin
    joined = ["".join(name[first:]) for name in people for first in (0, 1) if len(name) - first > 1]
    numbers = [*record.isbn, *(one.text for one in record.call_numbers), *(one.item for one in record.holdings)]
    return {
        "title": _all(titles),
        "creator": _all(names),
        "subject": _all(record.subjects),
        "other": _all([record.publisher, record.place, *record.dates, *record.notes]),
        "pinyin": [*pinyin(record.title), *(syllable for name in people for syllable in name), *joined][:TOKENS],
        "number": [number_token(text) for text in numbers if text][:TOKENS],
    }


async def put(connection: AsyncConnection, rows: Sequence[tuple[int, dict[str, list[str]]]]) -> None:
    """Words of records (their number first) that are not there yet."""
    if not rows:
        return
    sqlite = connection.dialect.name == "sqlite"
    write = " ".join if sqlite else _tsvector
    values = [{"rowid": number} | {name: write(found) for name, found in columns.items()} for number, columns in rows]
    statement = sa.insert(words) if sqlite else sa.insert(_typed())
    await connection.execute(statement, values)


async def take_out(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    if numbers:
        await connection.execute(sa.delete(words).where(words.c.rowid.in_(numbers)))


def found(dialect: str, terms: Sequence[Term]) -> sa.ColumnElement[bool]:
    """The condition on `words` that all terms are in it; there is one at least."""
    if dialect == "sqlite":
        match = " AND ".join(_match(one) for one in terms)
        return sa.literal_column("catalogue_index").op("MATCH", is_comparison=True)(match)
    return sa.and_(
        *(
            sa.or_(
                *(
                    words.c[name].op("@@", is_comparison=True)(sa.cast(_tsquery(way, one.prefix), TSQUERY))
                    for way in (one.tokens, *one.otherwise)
                    for name in one.columns
                )
            )
            for one in terms
        )
    )


def rank(dialect: str) -> sa.ColumnElement[Any]:
    """Lower is better, among records that are found."""
    if dialect == "sqlite":
        return sa.literal_column(f"bm25(catalogue_index, {', '.join(str(_WEIGHTS[name]) for name in COLUMNS)})")
    return words.c.rowid


def _match(term: Term) -> str:
    star = " *" if term.prefix else ""
    ways = " OR ".join(" + ".join(f'"{token}"' for token in way) + star for way in (term.tokens, *term.otherwise))
    return f"{{{' '.join(term.columns)}}} : ({ways})"


def _tsquery(way: Sequence[str], prefix: bool) -> str:
    return " <-> ".join(f"'{token}'" for token in way) + (":*" if prefix else "")


def _tsvector(found: Sequence[str]) -> str:
    return " ".join(f"'{token}':{place}" for place, token in enumerate(found, 1))


def _typed() -> sa.TableClause:
    return sa.table("catalogue_index", sa.column("rowid", sa.Integer), *(sa.column(name, TSVECTOR) for name in COLUMNS))


def _all(texts: Sequence[str]) -> list[str]:
    return [token for text in texts for token in tokens(text)][:TOKENS]
