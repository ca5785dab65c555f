"""What every route reads of a request: a bounded JSON body, an address for rate limits, a language."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, Literal, TypeVar, get_args

import msgspec
from aiohttp import web

from carrel.server.errors import BadRequest, ConfigurationError, TooLarge
from carrel.server.settings import Settings

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
LANGUAGE_COOKIE: Final = "carrel_language"
BODY_TIMEOUT_S: Final = 30.0
"""For a whole body: nobody keeps a request open by sending it drop by drop."""

T = TypeVar("T")


async def json_body(request: web.Request, kind: type[T], limit_bytes: int = 8192) -> T:
    """The body as `kind`; an empty one as `{}`. Raises TooLarge, BadRequest naming the field."""
    body = await body_bytes(request, limit_bytes)
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"Not what is asked for here: {error}") from error


async def body_bytes(request: web.Request, limit_bytes: int) -> bytes:
    """Raises TooLarge before more than the limit was read, BadRequest for one that is sent too slowly."""
    if (request.content_length or 0) > limit_bytes:
        raise TooLarge(f"At most {limit_bytes} bytes.")
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for part in request.content.iter_any():
                size += len(part)
                if size > limit_bytes:
                    raise TooLarge(f"At most {limit_bytes} bytes.")
                parts.append(part)
    except TimeoutError:
        raise BadRequest(f"It did not arrive within {BODY_TIMEOUT_S:.0f} seconds. Try again.") from None
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
    if request.secure:
        return True
    forwarded = ",".join(request.headers.getall("X-Forwarded-Proto", ())).split(",")
    return forwarded[-1].strip().lower() == "https" and _is_trusted(_address(request.remote or ""), settings)


def address_of(request: web.BaseRequest, settings: Settings) -> str:
    """Whom rate limits count: the peer, or who a trusted proxy says it is; IPv6 by its /64, since one home has all of that."""
    address = _address(request.remote or "")
    # Each proxy adds whom it heard from, some on a line of their own: read all lines from the end, as far as they are trusted.
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    while forwarded and _is_trusted(address, settings):
        before = _address(forwarded.pop().strip())
        if before is None:
            break
        address = before
    if address is None:
        return "unknown"
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


@lru_cache(maxsize=8)
def networks(texts: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Raises ConfigurationError for one that is none."""
    try:
        return tuple(ip_network(text, strict=False) for text in texts)
    except ValueError as error:
        raise ConfigurationError(f"trusted_proxies is not right: {error}. Write networks like 10.0.0.0/8.") from error


def _is_trusted(address: IPv4Address | IPv6Address | None, settings: Settings) -> bool:
    return address is not None and any(address in network for network in networks(settings.trusted_proxies))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address without its zone; IPv4 behind an IPv6 socket is IPv4, else all of it would be one network."""
    try:
        known = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return known.ipv4_mapped or known if isinstance(known, IPv6Address) else known


def language_of(request: web.BaseRequest, default: str = "en") -> str:
    """`?lang=`, then the cookie, then what the browser asks for."""
    for wanted in (request.query.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, "")):
        if (short := wanted[:2].lower()) in LANGUAGES:
            return short
    for part in request.headers.get("Accept-Language", "")[:256].split(","):
        if (short := part.strip()[:2].lower()) in LANGUAGES:
            return short
    return default
