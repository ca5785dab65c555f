"""The address at which other devices find this library, and its picture for cameras."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import segno
from aiohttp import web
from markupsafe import Markup

from carrel.server.accounts.routes import request_base
from carrel.server.settings import Settings
from carrel.server.tls import local_addresses


def network_base(request: web.BaseRequest, settings: Settings) -> str | None:
    """Scheme, host and port for a headset on the same network; None while the library listens to this machine only."""
    base = request_base(request, settings)
    parts = urlsplit(base)
    if not _is_loopback(parts.hostname or ""):
        return base
    if settings.public_url or _is_loopback(settings.host):
        return None
    outer = next((one for one in local_addresses() if not _is_loopback(one)), None)
    if outer is None:
        return None
    host = f"[{outer}]" if ":" in outer else outer
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}"


def qr_code(address: str) -> Markup:
    """Inline SVG, black on white in every theme, for cameras."""
    drawn = segno.make(address, error="m").svg_inline(scale=4, border=3, dark="#000", light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704 - segno draws a path; the text is not in it


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
