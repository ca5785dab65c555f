"""The page that says kindly what went wrong, by wire code."""

from __future__ import annotations

import structlog
from aiohttp import web

from carrel.server.errors import CarrelError
from carrel.server.requests import language_of
from carrel.server.web.middleware import ErrorPage
from carrel.server.web.view import View
from carrel.server.web.words import words

log = structlog.get_logger("carrel.web")


def error_page(view: View) -> ErrorPage:
    """Shown to whoever asks without asking the database who that is: it may be what failed."""

    def page(request: web.Request, code: str, status: int) -> web.Response:
        t = words(language_of(request, view.settings.default_language))
        known = code if f"error.{code}" in t else "internal"
        try:
            return view.render(request, "error.html", None, status=status, code=known)
        except CarrelError as error:
            # Without a built client there is no style sheet either: say it in plain words.
            log.error("page_failed", path=request.path[:200], error=str(error))
            return web.Response(text=f"{t(f'error.{known}.title')}. {t(f'error.{known}')}\n", status=status)

    return page
