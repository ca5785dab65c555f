"""Works as a part of the running server."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from carrel.server.accounts.service import Accounts
from carrel.server.clock import Clock
from carrel.server.publishing.routes import Doors
from carrel.server.publishing.service import Works
from carrel.server.publishing.uploads import Uploads
from carrel.server.settings import Settings


def open_publishing(
    app: web.Application, works: Works, settings: Settings, accounts: Accounts, clock: Clock
) -> Uploads:
    """Routes, and the queue while the application runs."""
    uploads = Uploads(works, settings, clock)
    app.add_routes(Doors(works, uploads, accounts, settings).routes())

    async def work(_: web.Application) -> AsyncIterator[None]:
        async with works.working():
            await uploads.finish_whole()
            yield

    app.cleanup_ctx.append(work)
    return uploads
