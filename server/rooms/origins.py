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
    try:
        parts = urlsplit(settings.public_url or origin)
    except ValueError:
        parts = urlsplit("")
    # Behind a proxy the scheme that pages were fetched by is known from `public_url` alone.
    own = f"{parts.scheme}://{parts.netloc}" if settings.public_url else f"{parts.scheme}://{request.host}"
    if origin != own or parts.scheme not in ("http", "https"):
        raise WrongOrigin("This page belongs to another site. Open the library's own page.")
