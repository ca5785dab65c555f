"""What a witness has seen, for people (`/`, in both languages) and for machines (`/witness.json`)."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from carrel.ledger.checkpoint import COSIGNATURE
from carrel.server.requests import json_answer, language_of

if TYPE_CHECKING:
    from carrel.server.registry.witness_server import Witness

SAFE: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Language",
}


# Read here and not by the library's pages: importing those would make this small server a large one.
WORDS: Final = Path(__file__).parents[1] / "i18n"
TAGS: Final = {"en": "en", "zh": "zh-Hans"}
_TEMPLATE: Final = Path(__file__).with_name("witness.html")


def page_routes(witness: Witness) -> list[web.RouteDef]:
    template = Environment(
        loader=FileSystemLoader(_TEMPLATE.parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template(_TEMPLATE.name)

    async def page(request: web.Request) -> web.StreamResponse:
        language = language_of(request)
        patterns = _words(language)
        seen = await asyncio.to_thread(described, witness)
        text = template.render(t=lambda key, **values: patterns[key].format_map(values), tag=TAGS[language], **seen)
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


@cache
def _words(language: str) -> dict[str, str]:
    return msgspec.json.decode((WORDS / language / "witness.json").read_bytes(), type=dict[str, str])
