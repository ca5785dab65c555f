"""What every route reads of a request: a bounded JSON body, an address for rate limits, a language."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import web

from carrel.server.errors import BadRequest, TooLarge
from carrel.server.settings import Settings

LANGUAGES: Final = ("en", "zh")
LANGUAGE_COOKIE: Final = "carrel_language"

T = TypeVar("T")


async def json_body(request: web.Request, kind: type[T], limit_bytes: int = 8192) -> T:
    """The body as `kind`; an empty one as `{}`. Raises TooLarge, BadRequest naming the field."""
    body = await body_bytes(request, limit_bytes)
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"Not what is asked for here: {error}") from error


async def body_bytes(request: web.Request, limit_bytes: int) -> bytes:
    """Raises TooLarge before more than the limit was read."""
    if (request.content_length or 0) > limit_bytes:
        raise TooLarge(f"At most {limit_bytes} bytes.")
    parts, size = [], 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > limit_bytes:
            raise TooLarge(f"At most {limit_bytes} bytes.")
        parts.append(part)
    return b"".join(parts)


def json_answer(value: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def is_secure(request: web.BaseRequest, settings: Settings) -> bool:
    """True when the reader's browser speaks HTTPS, to us or to the proxy before us."""
    if settings.public_url:
        return settings.public_url.startswith("https://")
    return request.secure


def address_of(request: web.BaseRequest, settings: Settings) -> str:
    """Whom rate limits count: the peer, or who a trusted proxy says it is; IPv6 by its /64, since one home has all of that."""
    address = request.remote or ""
    if settings.trusted_proxies and _trusted(address, settings):
        forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        address = next((part for part in reversed(forwarded) if not _trusted(part, settings)), address)
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else str(known)


def _trusted(address: str, settings: Settings) -> bool:
    try:
        return any(ip_address(address) in ip_network(network, strict=False) for network in settings.trusted_proxies)
    except ValueError:
        return False


def language_of(request: web.BaseRequest, default: str = "en") -> str:
    """`?lang=`, then the cookie, then what the browser asks for."""
    for wanted in (request.query.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, "")):
        if (short := wanted[:2].lower()) in LANGUAGES:
            return short
    for part in request.headers.get("Accept-Language", "")[:256].split(","):
        if (short := part.strip()[:2].lower()) in LANGUAGES:
            return short
    return default
