"""Which pages may open a channel here. Browsers always say their origin on WebSockets and posts; other programs say none and are let in with their session."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from carrel.server.errors import WrongOrigin
from carrel.server.settings import Settings


def check_origin(request: web.BaseRequest, settings: Settings) -> None:
    """Raises WrongOrigin for a page of another site."""
    origin = request.headers.get("Origin")
    if origin is None or origin in settings.allowed_origins:
        return
    public = settings.public_url
    own = origin == _origin_of(public) if public else urlsplit(origin).netloc == request.host and origin != "null"
    if not own:
        raise WrongOrigin("This page belongs to another site. Open the library's own page.")


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
