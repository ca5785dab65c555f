"""Sessions over HTTP, for the hall and for native clients; the pages have forms of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

import segno
from aiohttp import web
from msgspec import Meta, Struct

from carrel.server.accounts.cookies import SESSION_COOKIE, clear_session_cookie, set_session_cookie
from carrel.server.accounts.model import Identity, Role
from carrel.server.accounts.service import Accounts
from carrel.server.errors import NotSignedIn
from carrel.server.requests import Language, address_of, is_secure, json_answer, json_body, language_of
from carrel.server.settings import Settings


class OpenSession(Struct, frozen=True, forbid_unknown_fields=True):
    """POST /api/session: a guest's session. Without a name one is given."""

    name: Annotated[str, Meta(max_length=200)] | None = None
    language: Language | None = None


class SessionAnswer(Struct, frozen=True):
    """Who the session speaks for."""

    name: str
    role: Role
    guest: bool
    permissions: list[str]
    language: str


class PairingAnswer(Struct, frozen=True):
    """POST /api/pairing: what a headset types at `url`, until `expires_unix_ms`. `svg` is a QR code of `url`: paths on no ground."""

    code: str
    url: str
    expires_unix_ms: int
    svg: str


Handler = Callable[[Accounts, Settings, web.Request], Awaitable[web.StreamResponse]]


def routes(accounts: Accounts, settings: Settings) -> list[web.RouteDef]:
    def bound(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        return partial(handler, accounts, settings)

    return [
        web.get("/api/session", bound(who)),
        web.post("/api/session", bound(open_session)),
        web.post("/api/session/end", bound(end_session)),
        web.post("/api/pairing", bound(pair)),
    ]


async def who(accounts: Accounts, settings: Settings, request: web.Request) -> web.StreamResponse:
    identity = await accounts.identify(request)
    if identity is None:
        raise NotSignedIn("There is no session yet.")
    return json_answer(described(identity))


async def open_session(accounts: Accounts, settings: Settings, request: web.Request) -> web.StreamResponse:
    wish = await json_body(request, OpenSession)
    language = wish.language or language_of(request, settings.default_language)
    old_token = request.cookies.get(SESSION_COOKIE)
    opened = await accounts.open_guest(wish.name, language, address_of(request, settings), old_token)
    response = json_answer(described(opened.identity))
    set_session_cookie(response, opened, is_secure(request, settings))
    return response


async def end_session(accounts: Accounts, settings: Settings, request: web.Request) -> web.StreamResponse:
    await accounts.sign_out(request.cookies.get(SESSION_COOKIE, ""))
    response = json_answer({"ended": True})
    clear_session_cookie(response, is_secure(request, settings))
    return response


async def pair(accounts: Accounts, settings: Settings, request: web.Request) -> web.StreamResponse:
    identity = await accounts.identify(request)
    if identity is None:
        raise NotSignedIn("Walk in first; then a headset can join you.")
    pairing = await accounts.pairing_code(identity, address_of(request, settings))
    url = f"{request_base(request, settings)}/h"
    drawn = segno.make(url, error="m").svg_inline(border=3, omitsize=True)
    return json_answer(PairingAnswer(pairing.code, url, pairing.expires_ms, drawn))


def request_base(request: web.BaseRequest, settings: Settings) -> str:
    """The address under which this reader reached us."""
    scheme = "https" if is_secure(request, settings) else "http"
    return settings.public_url.rstrip("/") or f"{scheme}://{request.host}"


def described(identity: Identity) -> SessionAnswer:
    return SessionAnswer(
        identity.name, identity.badge, "guest" in identity.roles, sorted(identity.permissions), identity.language
    )
