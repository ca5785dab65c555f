"""Signing in and out, one's own sessions, a headset's code, the staff link."""

from __future__ import annotations

from aiohttp import web

from carrel.server.accounts.cookies import SESSION_COOKIE, clear_session_cookie, set_session_cookie
from carrel.server.accounts.model import Identity
from carrel.server.accounts.service import Opened
from carrel.server.errors import Gone, NotSignedIn, PeerError, TooManyRequests
from carrel.server.requests import address_of, is_secure, language_of
from carrel.server.web.forms import read_form, safe_path
from carrel.server.web.view import View


def routes(view: View) -> list[web.RouteDef]:
    pages = AccountPages(view)
    return [
        web.get("/login", pages.login),
        web.post("/login", pages.sign_in),
        web.get("/logout", pages.leave),
        web.post("/logout", pages.sign_out),
        web.get("/account", pages.account),
        web.post("/account/everywhere", pages.sign_out_everywhere),
        web.get("/h", pages.headset),
        web.post("/h", pages.pair),
        web.get("/staff/{secret}", pages.staff_door),
        web.post("/staff/{secret}", pages.become_staff),
    ]


class AccountPages:
    def __init__(self, view: View) -> None:
        self._view = view
        self._accounts = view.accounts

    # --- in ---

    async def login(self, request: web.Request) -> web.StreamResponse:
        return await self._view.page(
            request, "login.html", next=request.query.get("next", ""), name="", shared=False, wrong=""
        )

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        identity = await self._accounts.identify(request)
        fields = await read_form(self._accounts, request, identity)
        name, shared, wanted = fields.get("name", ""), "shared" in fields, fields.get("next", "")
        try:
            opened = await self._accounts.sign_in(
                name[:200],
                fields.get("password", "")[:1024],
                shared,
                self._language(request),
                address_of(request, self._view.settings),
                request.cookies.get(SESSION_COOKIE) if identity else None,
            )
        except (NotSignedIn, TooManyRequests) as error:
            return await self._again(request, "login.html", error, next=wanted, name=name, shared=shared)
        return self._welcomed(request, opened, safe_path(wanted, "/account"))

    # --- out ---

    async def leave(self, request: web.Request) -> web.StreamResponse:
        return await self._view.page(request, "logout.html")

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        identity = await self._accounts.identify(request)
        await read_form(self._accounts, request, identity)
        clear = await self._is_shared(identity)
        await self._accounts.sign_out(request.cookies.get(SESSION_COOKIE, ""))
        return self._ended(request, clear)

    async def sign_out_everywhere(self, request: web.Request) -> web.StreamResponse:
        identity = await self._accounts.identify(request)
        await read_form(self._accounts, request, identity)
        clear = await self._is_shared(identity)
        if identity is not None and identity.account_id is not None:
            await self._accounts.sign_out_everywhere(identity.account_id)
        else:
            await self._accounts.sign_out(request.cookies.get(SESSION_COOKIE, ""))
        return self._ended(request, clear)

    # --- oneself ---

    async def account(self, request: web.Request) -> web.StreamResponse:
        identity = await self._accounts.identify(request)
        if identity is not None and request.query.get("lang") == self._language(request) != identity.language:
            await self._accounts.set_language(identity, self._language(request))
        sessions = await self._accounts.sessions_of(identity) if identity else []
        return self._view.render(request, "account.html", identity, sessions=sessions)

    # --- a headset ---

    async def headset(self, request: web.Request) -> web.StreamResponse:
        minutes = self._view.settings.pairing_minutes
        return await self._view.page(request, "headset.html", wrong="", minutes=minutes)

    async def pair(self, request: web.Request) -> web.StreamResponse:
        """Types the code; goes straight into the hall as the same person."""
        identity = await self._accounts.identify(request)
        fields = await read_form(self._accounts, request, identity)
        address = address_of(request, self._view.settings)
        try:
            opened = await self._accounts.use_pairing_code(
                fields.get("code", "")[:64], address, self._language(request)
            )
        except (Gone, TooManyRequests) as error:
            minutes = self._view.settings.pairing_minutes
            return await self._again(request, "headset.html", error, minutes=minutes)
        return self._welcomed(request, opened, f"/halls/{self._view.main_room()}")

    # --- the first librarian ---

    async def staff_door(self, request: web.Request) -> web.StreamResponse:
        """Asks first: programs that only look at links would use it up."""
        return await self._view.page(request, "staff_door.html")

    async def become_staff(self, request: web.Request) -> web.StreamResponse:
        identity = await self._accounts.identify(request)
        await read_form(self._accounts, request, identity)
        opened = await self._accounts.use_staff_link(request.match_info["secret"], self._language(request))
        if identity is not None:
            await self._accounts.sign_out(request.cookies.get(SESSION_COOKIE, ""))
        return self._welcomed(request, opened, "/account?welcome=staff")

    # --- inside ---

    def _language(self, request: web.Request) -> str:
        return language_of(request, self._view.settings.default_language)

    async def _again(
        self, request: web.Request, template: str, error: PeerError, **values: object
    ) -> web.StreamResponse:
        """The same form with the reason above it, in the reader's language."""
        wrong = f"{template.removesuffix('.html')}.{error.code}"
        answer = await self._view.page(request, template, status=error.status, wrong=wrong, **values)
        if error.retry_after_ms is not None:
            answer.headers["Retry-After"] = str(-(-error.retry_after_ms // 1000))
        return answer

    def _welcomed(self, request: web.Request, opened: Opened, path: str) -> web.StreamResponse:
        response = _see_other(path)
        set_session_cookie(response, opened, is_secure(request, self._view.settings))
        return response

    async def _is_shared(self, identity: Identity | None) -> bool:
        """Whether others may sit at this browser next: nobody with an account said that it is theirs."""
        if identity is None or identity.account_id is None:
            return True
        return any(one.shared for one in await self._accounts.sessions_of(identity) if one.current)

    def _ended(self, request: web.Request, clear: bool) -> web.StreamResponse:
        response = _see_other("/logout")
        clear_session_cookie(response, is_secure(request, self._view.settings))
        if clear:
            # Nothing stays behind. On one's own computer it does: keys that sign cannot be made again.
            response.headers["Clear-Site-Data"] = '"storage"'
        return response


def _see_other(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})
