"""The composition root: the only place where all parts meet."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest

from carrel.server import accounts as people
from carrel.server.accounts import Accounts
from carrel.server.catalogue.attach import open_catalogue
from carrel.server.clock import Clock, steady_clock, wall_clock
from carrel.server.errors import CarrelError, Forbidden
from carrel.server.moderation import Moderation
from carrel.server.publishing.attach import open_publishing
from carrel.server.publishing.service import Works
from carrel.server.registry.attach import open_registry
from carrel.server.registry.service import Registry
from carrel.server.requests import json_answer, networks
from carrel.server.rooms import Rooms, attach
from carrel.server.rooms.models import Models
from carrel.server.rooms.scene_store import SceneStore
from carrel.server.settings import Settings
from carrel.server.shipped import GLTF, room_specs
from carrel.server.storage import open_database
from carrel.server.web import catalogue_pages, ledger_pages, setup_web

log = structlog.get_logger("carrel")

METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
PROXY_HEADERS: Final = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
HOUSEKEEPING_S: Final = 60


@dataclass(frozen=True, slots=True)
class Library:
    """The running whole, for who starts it."""

    app: web.Application
    rooms: Rooms
    accounts: Accounts
    ledger: Registry

    async def staff_link(self, base_url: str) -> str | None:
        """A one-time link for the first librarian while the library has no staff account, else None."""
        return await self.accounts.staff_link(base_url)


async def make_app(settings: Settings, clock: Clock | None = None) -> Library:
    """Every part, joined. Raises ConfigurationError, StorageError."""
    ledger_clock = clock or wall_clock()  # people's machines are compared with it, hours after the start too
    clock = clock or steady_clock()
    networks(settings.trusted_proxies)
    registry = CollectorRegistry()
    database = await open_database(settings)
    accounts = Accounts(database, settings, clock)
    moderation = Moderation(database, clock)
    scenes = SceneStore(database, settings.scene_history_operations)
    works = Works(database, settings, clock)
    models = Models(GLTF / "furniture", works)
    rooms = Rooms(settings, room_specs(), accounts, moderation, scenes, models, clock, registry=registry)
    works.placed = rooms
    accounts.on_session_end.append(rooms.end_session)

    app = web.Application(client_max_size=settings.request_body_bytes)
    view = setup_web(app, settings, rooms, accounts, moderation)
    app.add_routes(people.routes(accounts, settings))
    attach(app, rooms)
    ledger = open_registry(app, settings, accounts, ledger_clock, registry)
    app.add_routes(ledger_pages.routes(view, ledger))
    app.add_routes(catalogue_pages.routes(view, open_catalogue(app, database)))
    app.router.add_get("/api/health", partial(health, ledger))
    app.router.add_get("/metrics", partial(metrics, registry))

    async def tidy() -> None:
        await accounts.forget_expired()
        await moderation.forget_ended()
        await uploads.forget_expired()

    async def keep_house(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(every(HOUSEKEEPING_S, tidy))
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await database.close()

    app.cleanup_ctx.append(keep_house)
    uploads = open_publishing(app, works, settings, accounts, clock)
    return Library(app, rooms, accounts, ledger)


async def health(ledger: Registry, _: web.Request) -> web.StreamResponse:
    stopped = ledger.stopped
    return json_answer(
        {
            "ok": stopped is None,
            "version": carrel_version(),
            "ledger": {
                "stopped": None if stopped is None else stopped.code,
                "size": ledger.size,
                "published": ledger.published_size,
            },
        }
    )


async def metrics(registry: CollectorRegistry, request: web.Request) -> web.StreamResponse:
    """Prometheus, for this machine only: how full a room is, is the house's business. Raises Forbidden."""
    near = _is_loopback(request.remote) and (request.url.host == "localhost" or _is_loopback(request.url.host))
    if not near or any(name in request.headers for name in PROXY_HEADERS):
        raise Forbidden("Metrics are for this machine only.")
    return web.Response(body=generate_latest(registry), headers={"Content-Type": METRICS_TYPE})


def carrel_version() -> str:
    try:
        return version("carrel")
    except PackageNotFoundError:
        return "0"


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


async def every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do `work` again and again; a failure is noted and the next turn comes all the same."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except CarrelError as error:
            log.warning("housekeeping_failed", error=str(error))
        except Exception:
            log.exception("housekeeping_failed")
