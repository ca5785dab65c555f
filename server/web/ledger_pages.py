"""The ledger as pages that need no script: entries, works, accounts, rules, witnesses, and the page where a reader makes keys.

They say what the server says. What the reader's own browser has checked is added by the script, from the same files that anybody can fetch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import web

from carrel.ledger.checkpoint import parse_checkpoint
from carrel.server.errors import BadRequest, NotFound
from carrel.server.registry.errors import LogStopped
from carrel.server.registry.queries import END, Queries
from carrel.server.registry.service import Registry
from carrel.server.web.ledger_graph import graph
from carrel.server.web.ledger_words import TYPES, detail, facts, licence, short
from carrel.server.web.network import network_base
from carrel.server.web.view import View

T = TypeVar("T")

LEDGER_ENTRY: Final = "src/ledger/page/main.ts"
PAGE_ENTRIES: Final = 30
KINDS: Final = frozenset(kind for group in TYPES.values() for kind in group)
HASH: Final = re.compile(r"[0-9a-f]{64}")
INDEX: Final = re.compile(r"0|[1-9][0-9]{0,14}")


def routes(view: View, registry: Registry) -> list[web.RouteDef]:
    pages = LedgerPages(view, registry)
    shown = {
        "/ledger": pages.entries,
        "/ledger/find": pages.find,
        "/ledger/entries/{which}": pages.entry,
        "/ledger/works/{work:[0-9a-f]{64}}": pages.work,
        "/ledger/accounts/{key:[0-9a-f]{64}}": pages.account,
        "/ledger/rules": pages.rules,
        "/ledger/witnesses": pages.witnesses,
        "/ledger/keys": pages.keys,
    }
    return [web.get(path, pages.or_stopped(page)) for path, page in shown.items()]


Page = Callable[[web.Request], Any]


class LedgerPages:
    def __init__(self, view: View, registry: Registry) -> None:
        self._view = view
        self._registry = registry

    def or_stopped(self, page: Page) -> Page:
        """A log that stopped says so on a page of its own; what its operator has to know is in the server's log."""

        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                found: web.StreamResponse = await page(request)
            except LogStopped:
                return await self._view.page(request, "ledger_stopped.html", status=503)
            return found

        return answer

    async def entries(self, request: web.Request) -> web.StreamResponse:
        kind = request.query.get("type") or None
        if kind is not None and kind not in KINDS:
            raise BadRequest("There is no such type of entry.")
        before = _before(request)
        found = await self._ask(lambda queries: queries.entries(before, PAGE_ENTRIES, kind))
        older = _address("/ledger", type=kind, before=found["before"])
        newest = _address("/ledger", type=kind) if before < END else None
        return await self._page(
            request, "ledger.html", entries=_read(found["entries"]), types=TYPES, kind=kind, older=older, newest=newest
        )

    async def find(self, request: web.Request) -> web.StreamResponse:
        """A number, an entry's id or a key, in one field. Raises NotFound."""
        wanted = re.sub(r"[\s,#]", "", request.query.get("q", "")[:200]).lower()
        if INDEX.fullmatch(wanted):
            raise web.HTTPSeeOther(f"/ledger/entries/{wanted}")
        if not HASH.fullmatch(wanted):
            raise NotFound("Entries are found by their number, or by an id or key of 64 characters.")
        try:
            await self._ask(lambda queries: queries.entry(wanted))
        except NotFound:
            raise web.HTTPSeeOther(f"/ledger/accounts/{wanted}") from None
        raise web.HTTPSeeOther(f"/ledger/entries/{wanted}")

    async def entry(self, request: web.Request) -> web.StreamResponse:
        which = request.match_info["which"]
        if not INDEX.fullmatch(which) and not HASH.fullmatch(which):
            raise NotFound("Entries are found by their number, or by an id of 64 characters.")
        told = await self._ask(lambda queries: queries.entry(which))
        (found,) = _read([told])
        return await self._page(request, "ledger_entry.html", found=found, facts=facts(found["body"]), raw=told["body"])

    async def work(self, request: web.Request) -> web.StreamResponse:
        work, before = request.match_info["work"], _before(request)
        found = await self._ask(lambda queries: queries.work(work, before, PAGE_ENTRIES, END))
        history = sorted(_read(found["history"]), key=lambda one: int(one["index"]))
        # A drawing of a part would show a work without its beginning.
        drawn = graph(work, found["row"]["sources"], history) if found["before"] is None and before == END else None
        older = _address(f"/ledger/works/{work}", before=found["before"])
        return await self._page(
            request, "ledger_work.html", work=work, row=found["row"], history=history, graph=drawn, older=older
        )

    async def account(self, request: web.Request) -> web.StreamResponse:
        key, before, works_before = request.match_info["key"], _before(request), _before(request, "works_before")
        found = await self._ask(lambda queries: queries.account(key, before, PAGE_ENTRIES, works_before))
        found["history"] = _read(found["history"])
        older = _address(f"/ledger/accounts/{key}", before=found.pop("before"))
        more_works = _address(f"/ledger/accounts/{key}", works_before=found.pop("works_before"))
        return await self._page(request, "ledger_account.html", older=older, more_works=more_works, **found)

    async def rules(self, request: web.Request) -> web.StreamResponse:
        rules = await self._ask(lambda queries: queries.rules())
        return await self._page(request, "ledger_rules.html", rules=rules["rules"])

    async def witnesses(self, request: web.Request) -> web.StreamResponse:
        base = network_base(request, self._view.settings)
        address = base or str(request.url.origin())
        standings = {one.name: one for one in self._registry.standings()}
        late_s = await self._registry.late_ms() // 1000
        return await self._page(request, "ledger_witnesses.html", address=address, standings=standings, late_s=late_s)

    async def keys(self, request: web.Request) -> web.StreamResponse:
        identity = await self._view.accounts.identify(request)
        sessions = [] if identity is None else await self._view.accounts.sessions_of(identity)
        return await self._page(request, "ledger_keys.html", shared=any(one.current and one.shared for one in sessions))

    async def _ask(self, question: Callable[[Queries], T]) -> T:
        return await self._registry.read(question)

    async def _page(self, request: web.Request, template: str, **values: Any) -> web.StreamResponse:
        checkpoint = parse_checkpoint(self._registry.published.text)
        verifier, supply = await self._ask(lambda queries: (queries.verifier, queries.supply()))
        log = {
            "origin": checkpoint.origin,
            "vkey": verifier.vkey,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
            "pending": self._registry.size - checkpoint.size,
            "witnesses": [{"name": one.name, "vkey": one.key.vkey} for one in self._registry.policy.witnesses],
            "policy": self._registry.policy.encode().decode("utf-8", "replace"),
        }
        return await self._view.page(
            request,
            template,
            entry=LEDGER_ENTRY,
            log=log,
            supply=supply,
            detail=detail,
            licence=licence,
            short=short,
            **values,
        )


def _before(request: web.Request, name: str = "before") -> int:
    """Raises BadRequest."""
    text = request.query.get(name, str(END))
    if text != str(END) and not INDEX.fullmatch(text):
        raise BadRequest("Entries are counted from 0.")
    return int(text)


def _read(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries with their bodies' members instead of their text."""
    return [{**one, "body": msgspec.json.decode(one["body"])} for one in entries]


def _address(path: str, **query: object) -> str | None:
    """None when the index to page on from is None: there is no such page."""
    if any(value is None for name, value in query.items() if name.endswith("before")):
        return None
    chosen = "&".join(f"{name}={value}" for name, value in query.items() if value is not None)
    return f"{path}?{chosen}" if chosen else path
