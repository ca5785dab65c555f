"""Searching the collection and looking at a record, as pages that need no script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from carrel.server.catalogue.model import Record
from carrel.server.catalogue.query import QUERY_CHARACTERS
from carrel.server.catalogue.routes import answer, chosen
from carrel.server.catalogue.search import Catalogue
from carrel.server.requests import language_of
from carrel.server.web.view import View
from carrel.server.web.words import words

_NAMED: Final = frozenset({"form", "language"})
"""Facets whose values are codes, with words of ours for the commonest."""


def routes(view: View, catalogue: Catalogue) -> list[web.RouteDef]:
    pages = CataloguePages(view, catalogue)
    return [web.get("/search", pages.search), web.get("/records/{record:[0-9a-f]{16}}", pages.record)]


class CataloguePages:
    def __init__(self, view: View, catalogue: Catalogue) -> None:
        self._view = view
        self._catalogue = catalogue

    async def search(self, request: web.Request) -> web.StreamResponse:
        found, wanted = await answer(self._catalogue, request), chosen(request)
        say = words(language_of(request, self._view.settings.default_language))

        def named(facet: str, value: str) -> str:
            key = f"catalogue.{facet}.{value}"
            if facet == "period":
                return say("catalogue.decade", year=value)
            return say(key) if facet in _NAMED and key in say else value

        facets = [
            {
                "name": facet,
                "values": [
                    {
                        "text": named(facet, value),
                        "count": count,
                        "href": _address(found.query, [*wanted, (facet, value)]),
                    }
                    for value, count in values
                    if (facet, value) not in wanted
                ],
            }
            for facet, values in found.facets.items()
        ]
        return await self._view.page(
            request,
            "search.html",
            found=found,
            records=[_card(one) for one in found.records],
            facets=[one for one in facets if one["values"]],
            wanted=[
                {
                    "text": named(*one),
                    "name": one[0],
                    "href": _address(found.query, [other for other in wanted if other != one]),
                }
                for one in wanted
            ],
            earlier=_address(found.query, wanted, found.page - 1) if found.page > 1 else None,
            later=_address(found.query, wanted, found.page + 1) if found.page < found.pages else None,
            longest=QUERY_CHARACTERS,
            empty=not found.total and not await self._catalogue.store.count(),
        )

    async def record(self, request: web.Request) -> web.StreamResponse:
        """Raises NotFound."""
        found = await self._catalogue.record(request.match_info["record"])
        say = words(language_of(request, self._view.settings.default_language))
        languages = [say(key) if (key := f"catalogue.language.{one}") in say else one for one in found.languages]
        return await self._view.page(
            request,
            "record.html",
            record=found,
            card=_card(found),
            other_titles=[one.text for one in found.titles if one.text != found.title],
            written_in=languages,
            subjects=[(one, _address(f'subject:"{_plain(one)}"', [])) for one in found.subjects],
            people=[
                (one, _address(f'author:"{_plain(one.original or one.text)}"', []))
                for one in (*found.creators, *found.contributors)
            ],
        )


def _card(record: Record) -> dict[str, Any]:
    """What a list shows of a record. `latin` is the title in Latin letters where the shown one has others."""
    latin = next((one.text for one in record.titles if one.kind == "transliteration" and one.text != record.title), "")
    return {
        "href": f"/records/{record.id}",
        "title": record.title,
        "latin": latin,
        "people": ", ".join(one.original or one.text for one in record.creators),
        "published": ", ".join(part for part in (record.publisher, next(iter(record.dates), "")) if part),
        "form": record.form,
        "call_number": next((one.text for one in record.call_numbers), ""),
        "holdings": len(record.holdings),
    }


def _plain(text: str) -> str:
    return " ".join(text.replace('"', " ").split())[: QUERY_CHARACTERS - 20]


def _address(query: str, wanted: Sequence[tuple[str, str]], page: int = 1) -> str:
    return "/search?" + urlencode([("q", query), *wanted, *([("page", str(page))] if page > 1 else [])])
