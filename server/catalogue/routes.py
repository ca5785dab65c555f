"""The catalogue for programs: GET /api/search and /api/records/<id>."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from msgspec import Struct

from carrel.server.catalogue.model import Record
from carrel.server.catalogue.search import Answer, Catalogue
from carrel.server.catalogue.store import FACETS
from carrel.server.errors import BadRequest
from carrel.server.requests import json_answer

WANTED: Final = 8
"""Facets chosen at once."""


class Hit(Struct, frozen=True):
    """GET /api/records/<id>, and one of a search. `title` is in the work's own script where the record has it."""

    id: str
    title: str
    url: str
    record: Record


class Value(Struct, frozen=True):
    """Of a facet: how many of the records found have it."""

    value: str
    count: int


class SearchAnswer(Struct, frozen=True):
    """GET /api/search. `read_as` is "typed", or "pinyin" when nothing had the words as they are. A page has at most 20 records."""

    query: str
    read_as: str
    total: int
    page: int
    pages: int
    records: list[Hit]
    facets: dict[str, list[Value]]


def shown(record: Record) -> Hit:
    return Hit(record.id, record.title, f"/records/{record.id}", record)


def routes(catalogue: Catalogue) -> list[web.RouteDef]:
    async def search(request: web.Request) -> web.StreamResponse:
        found = await answer(catalogue, request)
        facets = {
            name: [Value(value, count) for value, count in values] for name, values in found.facets.items() if values
        }
        hits = [shown(one) for one in found.records]
        return json_answer(SearchAnswer(found.query, found.read_as, found.total, found.page, found.pages, hits, facets))

    async def record(request: web.Request) -> web.StreamResponse:
        return json_answer(shown(await catalogue.record(request.match_info["record"])))

    return [
        web.get("/api/search", search),
        web.get("/api/records/{record:[0-9a-f]{16}}", record),
    ]


async def answer(catalogue: Catalogue, request: web.Request) -> Answer:
    """`?q=…&page=2&language=chi&subject=…`. Raises BadRequest."""
    return await catalogue.search(request.query.get("q", ""), chosen(request), page_of(request))


def chosen(request: web.Request) -> list[tuple[str, str]]:
    """(facet, value) of the address, each once. Raises BadRequest."""
    found = [(facet, value) for facet in FACETS for value in dict.fromkeys(request.query.getall(facet, ())) if value]
    if len(found) > WANTED:
        raise BadRequest(f"At most {WANTED} facets at once.")
    return found


def page_of(request: web.Request) -> int:
    """Raises BadRequest."""
    text = request.query.get("page", "1")
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise BadRequest("Pages are counted from 1.")
    return int(text)
