"""The moderators' page: reports, bans that hold, and everything that was done."""

from __future__ import annotations

from aiohttp import web

from carrel.server.accounts.model import Identity, Permission
from carrel.server.errors import Forbidden, NotFound, NotSignedIn
from carrel.server.moderation import Moderation
from carrel.server.web.forms import read_form
from carrel.server.web.view import View

PAGE = "/admin/moderation"
LARGEST_ID = 2**31 - 1


def routes(view: View, moderation: Moderation) -> list[web.RouteDef]:
    pages = StaffPages(view, moderation)
    return [
        web.get(PAGE, pages.moderation),
        web.post(PAGE + "/bans/{id:[0-9]{1,10}}/lift", pages.lift),
        web.post(PAGE + "/reports/{id:[0-9]{1,10}}/close", pages.close),
    ]


class StaffPages:
    def __init__(self, view: View, moderation: Moderation) -> None:
        self._view = view
        self._moderation = moderation

    async def moderation(self, request: web.Request) -> web.StreamResponse:
        """Raises NotSignedIn, Forbidden."""
        identity = await self._allowed(request, "staff_pages")
        return self._view.render(
            request,
            "moderation.html",
            identity,
            reports=await self._moderation.reports(),
            bans=await self._moderation.bans(),
            acts=await self._moderation.acts(),
            may_lift="ban" in identity.permissions,
        )

    async def lift(self, request: web.Request) -> web.StreamResponse:
        """Who may ban may undo it. Raises NotSignedIn, Forbidden, NotFound."""
        identity = await self._allowed(request, "ban")
        await read_form(self._view.accounts, request, identity)
        await self._moderation.lift(_number(request), identity)
        return _back()

    async def close(self, request: web.Request) -> web.StreamResponse:
        """Raises NotSignedIn, Forbidden, NotFound."""
        identity = await self._allowed(request, "moderate")
        await read_form(self._view.accounts, request, identity)
        await self._moderation.close_report(_number(request), identity)
        return _back()

    async def _allowed(self, request: web.Request, permission: Permission) -> Identity:
        identity = await self._view.accounts.identify(request)
        if identity is None:
            raise NotSignedIn("Sign in first.")
        if permission not in identity.permissions:
            raise Forbidden("This page is for the library's staff.")
        return identity


def _number(request: web.Request) -> int:
    number = int(request.match_info["id"])
    if number > LARGEST_ID:
        raise NotFound("There is no such entry.")
    return number


def _back() -> web.Response:
    return web.Response(status=303, headers={"Location": PAGE, "Cache-Control": "no-store"})
