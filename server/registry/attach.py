"""Joins the ledger to the application: its life, its routes, its metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web
from prometheus_client import CollectorRegistry

from carrel.ledger.policy import Policy
from carrel.server.accounts import Accounts
from carrel.server.clock import Clock
from carrel.server.registry.cosigning import Cosigning, read_policy
from carrel.server.registry.init import log_folder, open_library_log, read_passphrase
from carrel.server.registry.routes import routes
from carrel.server.registry.service import Registry
from carrel.server.settings import Settings


def open_registry(
    app: web.Application, settings: Settings, accounts: Accounts, clock: Clock, metrics: CollectorRegistry
) -> Registry:
    """The library's log with its routes in `app`; it opens and closes with it. Raises ConfigurationError."""
    folder = log_folder(settings)
    policy = read_policy(settings.ledger_policy) if settings.ledger_policy else Policy()
    cosigning = Cosigning(policy, clock, folder)
    registry = Registry(
        folder,
        clock,
        opener=lambda: cosigning.watch(open_library_log(settings, clock)),
        passphrase=read_passphrase(settings),
        queue_entries=settings.ledger_queue_entries,
        policy=policy,
        cosign=cosigning,
        standings=cosigning.standings,
        registry=metrics,
    )
    app.add_routes(routes(registry, accounts, settings, clock))

    async def life(_: web.Application) -> AsyncIterator[None]:
        await registry.start()
        yield
        await registry.close()
        cosigning.close()

    app.cleanup_ctx.append(life)
    return registry
