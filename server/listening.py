"""How an application listens, the library's and a witness's alike."""

from __future__ import annotations

from aiohttp import web


def runner_of(app: web.Application) -> web.AppRunner:
    """Bodies are taken as they are sent: unpacking them (Content-Encoding) would let a few bytes become gigabytes before any check."""
    return web.AppRunner(app, access_log=None, handle_signals=False, auto_decompress=False)
