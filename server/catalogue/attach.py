"""The catalogue as a part of the running server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from carrel.server.catalogue.routes import routes
from carrel.server.catalogue.search import Catalogue
from carrel.server.catalogue.store import CatalogueStore
from carrel.server.catalogue.tokens import load_tables
from carrel.server.storage import Database


def open_catalogue(app: web.Application, database: Database) -> Catalogue:
    """Routes; and the tables of characters loaded beside the loop, so that no room stands still for the first who searches."""
    catalogue = Catalogue(CatalogueStore(database))
    app.add_routes(routes(catalogue))

    async def prepare(_: web.Application) -> AsyncIterator[None]:
        loading = asyncio.create_task(asyncio.to_thread(load_tables))
        yield
        await asyncio.gather(loading, return_exceptions=True)

    app.cleanup_ctx.append(prepare)
    return catalogue
