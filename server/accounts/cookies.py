"""The session cookie, set and taken away in one way only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from carrel.server.accounts.service import Opened

SESSION_COOKIE: Final = "carrel_session"


def set_session_cookie(response: web.StreamResponse, opened: Opened, secure: bool) -> None:
    response.set_cookie(
        SESSION_COOKIE, opened.token, max_age=opened.max_age_s, path="/", httponly=True, samesite="Lax", secure=secure
    )


def clear_session_cookie(response: web.StreamResponse, secure: bool) -> None:
    response.del_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="Lax", secure=secure)
