"""The library's own accent colour: a style sheet, since pages carry no inline styles, and the icon of its tab."""

from __future__ import annotations

from typing import Final

import msgspec
from aiohttp import web

from carrel.server.settings import Settings

LOOK: Final = """\
:root {{ --accent: {0}; --accent-hover: color-mix(in oklab, {0}, black 25%); --accent-ink: color-mix(in oklab, {0}, black 15%);
  --accent-soft: color-mix(in oklab, {0}, white 86%); }}
@media (prefers-color-scheme: dark) {{ :root:not([data-theme]) {{ --accent: color-mix(in oklab, {0}, white 62%);
  --accent-hover: color-mix(in oklab, {0}, white 74%); --accent-ink: color-mix(in oklab, {0}, white 74%);
  --accent-soft: color-mix(in oklab, {0}, black 45%); }} }}
"""


ICON: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 34 38"><path d="M3 37V17a14 14 0 0 1 28 0v20" fill="{0}"/>\
<path d="M6.5 37V17a10.5 10.5 0 0 1 21 0v20Z" fill="#fffdf8"/><path d="M10 36V20.5h3.6V36ZM14.6 36V15h4V36Z" fill="{0}"/>\
<path d="m19.8 17.6 3.2-.9 3.4 18.5-3.300.7Z" fill="#a27829"/><path d="M1 37h32" stroke="{0}" stroke-width="2"/></svg>
"""


def look_routes(settings: Settings) -> list[web.RouteDef]:
    """`/look.css`, empty while the accent is Carrel's own, whose shades were chosen by hand; `/icon.svg`."""
    own = {field.name: field.default for field in msgspec.structs.fields(Settings)}["accent"]
    sheet = "" if settings.accent == own else LOOK.format(settings.accent)

    async def look(_: web.Request) -> web.StreamResponse:
        return web.Response(text=sheet, content_type="text/css", headers={"Cache-Control": "no-cache"})

    async def tab_icon(_: web.Request) -> web.StreamResponse:
        text = ICON.format(settings.accent)
        return web.Response(text=text, content_type="image/svg+xml", headers={"Cache-Control": "no-cache"})

    return [web.get("/look.css", look), web.get("/icon.svg", tab_icon)]
