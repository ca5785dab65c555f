"""The ledger as pages that need no script: entries, works, accounts, rules, witnesses, and the page where a reader makes keys.

They say what the server says. What the reader's own browser has checked is added by the script, from the same files that anybody can fetch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from aiohttp import web

from carrel.ledger.canonical import plain_form
from carrel.server.errors import BadRequest, NotFound
from carrel.server.web.ledger_graph import graph
from carrel.server.web.ledger_words import TYPES, detail, facts, licence, short
from carrel.server.web.view import View

LEDGER_ENTRY: Final = "src/ledger/page/main.ts"
PAGE_ENTRIES: Final = 30
KINDS: Final = frozenset(kind for group in TYPES.values() for kind in group)
HASH: Final = re.compile(r"[0-9a-f]{64}")
INDEX: Final = re.compile(r"0|[1-9][0-9]{0,15}")

Told = Mapping[str, Any]
"""What the JSON API tells, as docs/reference/ledger-api.md has it."""


class LedgerReader(Protocol):
    """What the pages ask of the ledger's service. Each raises NotFound for what is not in the log."""

    async def status(self) -> Told: ...

    async def entries(self, before: int | None, limit: int, kind: str | None) -> Sequence[Told]: ...

    async def entry(self, which: str) -> Told: ...

    async def work(self, entry_id: str) -> Told: ...

    async def account(self, key: str) -> Told: ...

    async def rules(self) -> Told: ...

    async def supply(self) -> Told: ...


def routes(view: View, ledger: LedgerReader) -> list[web.RouteDef]:
    pages = LedgerPages(view, ledger)
    return [
        web.get("/ledger", pages.entries),
        web.get("/ledger/find", pages.find),
        web.get("/ledger/entries/{which:[0-9a-f]{1,64}}", pages.entry),
        web.get("/ledger/works/{work:[0-9a-f]{64}}", pages.work),
        web.get("/ledger/accounts/{key:[0-9a-f]{64}}", pages.account),
        web.get("/ledger/rules", pages.rules),
        web.get("/ledger/witnesses", pages.witnesses),
        web.get("/ledger/keys", pages.keys),
    ]


class LedgerPages:
    def __init__(self, view: View, ledger: LedgerReader) -> None:
        self._view = view
        self._ledger = ledger

    async def entries(self, request: web.Request) -> web.StreamResponse:
        kind = request.query.get("type") or None
        if kind is not None and kind not in KINDS:
            raise BadRequest("There is no such type of entry.")
        before = _number(request.query.get("before"))
        found = await self._ledger.entries(before, PAGE_ENTRIES + 1, kind)
        shown = found[:PAGE_ENTRIES]
        older = shown[-1]["index"] if len(found) > PAGE_ENTRIES else None
        return await self._page(request, "ledger.html", entries=shown, types=TYPES, kind=kind, before=before, older=older)

    async def find(self, request: web.Request) -> web.StreamResponse:
        """A number, an entry's id, a work's or a key, in one field. Raises NotFound."""
        wanted = re.sub(r"[\s,#]", "", request.query.get("q", "")).lower()
        if INDEX.fullmatch(wanted):
            raise web.HTTPSeeOther(f"/ledger/entries/{wanted}")
        if not HASH.fullmatch(wanted):
            raise NotFound("Entries are found by their number, or by an id or key of 64 characters.")
        try:
            await self._ledger.entry(wanted)
        except NotFound:
            raise web.HTTPSeeOther(f"/ledger/accounts/{wanted}") from None
        raise web.HTTPSeeOther(f"/ledger/entries/{wanted}")

    async def entry(self, request: web.Request) -> web.StreamResponse:
        which = request.match_info["which"]
        if not INDEX.fullmatch(which) and not HASH.fullmatch(which):
            raise NotFound("Entries are found by their number, or by an id of 64 characters.")
        found = await self._ledger.entry(which)
        return await self._page(
            request,
            "ledger_entry.html",
            found=found,
            facts=facts(found["body"]),
            raw=plain_form(found["body"]).decode(),
        )

    async def work(self, request: web.Request) -> web.StreamResponse:
        work = request.match_info["work"]
        found = await self._ledger.work(work)
        history = sorted(found["history"], key=lambda one: int(one["index"]))
        drawn = graph(work, found["row"].get("sources", ()), history)
        return await self._page(
            request, "ledger_work.html", work=work, row=found["row"], history=history, graph=drawn
        )

    async def account(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        return await self._page(request, "ledger_account.html", account=key, **await self._ledger.account(key))

    async def rules(self, request: web.Request) -> web.StreamResponse:
        rules, supply = await self._ledger.rules(), await self._ledger.supply()
        return await self._page(request, "ledger_rules.html", rules=rules, supply=supply)

    async def witnesses(self, request: web.Request) -> web.StreamResponse:
        return await self._page(request, "ledger_witnesses.html")

    async def keys(self, request: web.Request) -> web.StreamResponse:
        identity = await self._view.accounts.identify(request)
        sessions = [] if identity is None else await self._view.accounts.sessions_of(identity)
        shared = any(one.current and one.shared for one in sessions)
        return await self._page(request, "ledger_keys.html", shared=shared)

    async def _page(self, request: web.Request, template: str, **values: Any) -> web.StreamResponse:
        return await self._view.page(
            request,
            template,
            entry=LEDGER_ENTRY,
            log=await self._ledger.status(),
            detail=detail,
            licence=licence,
            short=short,
            **values,
        )


def _number(text: str | None) -> int | None:
    """Raises BadRequest."""
    if text is None:
        return None
    if not INDEX.fullmatch(text):
        raise BadRequest("Entries are counted from 0.")
    return int(text)
