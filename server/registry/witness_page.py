"""What a witness has seen, for people (`/`, in both languages) and for machines (`/witness.json`)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from carrel.ledger.checkpoint import COSIGNATURE
from carrel.server.requests import json_answer, language_of
from carrel.server.web.words import TAGS, words

if TYPE_CHECKING:
    from carrel.server.registry.witness_server import Witness

SAFE: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Language",
}


def page_routes(witness: Witness) -> list[web.RouteDef]:
    from carrel.server.web.view import TEMPLATES

    template = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("witness.html")

    async def page(request: web.Request) -> web.StreamResponse:
        t = words(language_of(request))
        seen = await asyncio.to_thread(described, witness)
        text = template.render(t=t, tag=TAGS[t.language], **seen)
        return web.Response(text=text, content_type="text/html", headers=SAFE)

    async def machine(_: web.Request) -> web.StreamResponse:
        return json_answer(await asyncio.to_thread(described, witness))

    return [web.get("/", page), web.get("/witness.json", machine)]


def described(witness: Witness) -> dict[str, Any]:
    """`forks` and `unproven`: notes, each with the one that was remembered below it."""
    logs = []
    for origin, keys in witness.logs.items():
        latest = witness.memory.latest(origin)
        logs.append(
            {
                "origin": origin,
                "keys": [key.vkey for key in keys],
                "size": latest.size if latest else 0,
                "root": latest.root.hex() if latest else None,
                "checkpoint": latest.note.decode() if latest else None,
                "forks": witness.memory.kept("forks", origin),
                "unproven": witness.memory.kept("unproven", origin),
            }
        )
    return {
        "name": witness.signer.name,
        "vkey": witness.signer.verifier(COSIGNATURE).vkey,
        "stopped": witness.stopped or None,
        "logs": logs,
    }
