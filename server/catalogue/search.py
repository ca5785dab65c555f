"""Searching: as it was typed; if nothing is found, as pinyin, and the answer says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from carrel.server.catalogue.model import Record
from carrel.server.catalogue.query import as_pinyin, parse
from carrel.server.catalogue.store import FACETS, HITS, CatalogueStore, Found
from carrel.server.catalogue.tokens import key
from carrel.server.errors import BadRequest, NotFound

PAGES: Final = 50
"""A reader who turned so many wants another search."""


class Answer(Struct, frozen=True):
    """`read_as` is "typed", or "pinyin" when the words were found as syllables of Chinese titles and names."""

    query: str
    read_as: str
    total: int
    page: int
    pages: int
    records: list[Record]
    facets: dict[str, list[tuple[str, int]]]


class Catalogue:
    """What pages and programs ask."""

    def __init__(self, store: CatalogueStore) -> None:
        self.store = store

    async def search(self, query: str, wanted: Sequence[tuple[str, str]] = (), page: int = 1) -> Answer:
        """`page` from 1. Raises BadRequest."""
        if not 1 <= page <= PAGES:
            raise BadRequest(f"There are at most {PAGES} pages of a search. Narrow it instead.")
        for facet, value in wanted:
            if facet not in FACETS or len(value) > 200:
                raise BadRequest("There is no such facet.")
        terms = parse(query)
        if not terms:
            return Answer(query, "typed", 0, 1, 0, [], {})
        title, skip = key(query), (page - 1) * HITS
        found: Found = await self.store.search(terms, wanted, title, skip)
        read_as = "typed"
        if not found.total and (other := as_pinyin(terms)) != terms:
            found = await self.store.search(other, wanted, title, skip)
            read_as = "pinyin" if found.total else "typed"
        pages = min(PAGES, -(-found.total // HITS))
        return Answer(query, read_as, found.total, page, pages, found.records, found.facets)

    async def record(self, name: str) -> Record:
        """Raises NotFound."""
        found = await self.store.record(name)
        if found is None:
            raise NotFound("There is no such record in the catalogue.")
        return found
