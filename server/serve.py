"""Opening the library: from settings to a listening process, and what it says when it starts."""

from __future__ import annotations

import asyncio
import gc
import resource
from collections.abc import Callable
from typing import Final

from aiohttp import web
from rich.console import Console

from carrel.server import tls
from carrel.server.app import Library, make_app
from carrel.server.errors import ConfigurationError
from carrel.server.listening import runner_of
from carrel.server.log import configure
from carrel.server.settings import Settings
from carrel.server.signals import told_to_stop

BACKLOG: Final = 1024
SPARE_FILES: Final = 256


def run(settings: Settings) -> None:
    """Serve until told to stop. Raises ConfigurationError when it cannot begin."""
    configure(settings)
    _allow_connections(settings)
    runner = asyncio.Runner(loop_factory=_loop_factory())
    with runner:
        runner.run(_serve(settings))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


async def _serve(settings: Settings) -> None:
    context = tls.context(settings)
    library = await make_app(settings)
    runner = runner_of(library.app)
    await runner.setup()
    try:
        site = web.TCPSite(
            runner,
            settings.host,
            settings.port,
            ssl_context=context,
            backlog=BACKLOG,
            shutdown_timeout=settings.drain_ms / 1000,
        )
        try:
            await site.start()
        except OSError as error:
            raise ConfigurationError(
                f"{settings.host}:{settings.port} cannot be bound ({error.strerror}). `carrel doctor` says more."
            ) from error
        port = runner.addresses[0][1]
        await _greet(library, settings, port)
        # What stands now stays for the process's life: the collector need not look at it at every pass.
        gc.collect()
        gc.freeze()
        await told_to_stop()
    finally:
        await runner.cleanup()


async def _greet(library: Library, settings: Settings, port: int) -> None:
    """Say where to go, for each of the people one may want to be."""
    scheme = "https" if settings.tls_cert else "http"
    host = "localhost" if settings.host in ("127.0.0.1", "::1", "localhost") else settings.host
    base = settings.public_url.rstrip("/") or f"{scheme}://{_reachable(host)}:{port}"
    staff = await library.staff_link(base)
    out = Console(soft_wrap=True, highlight=False)
    out.print(f"\n[bold]{settings.library_name}[/bold] is open.\n")
    out.print(f"  reader      {base}/")
    if staff:
        out.print(f"  librarian   {staff}   (works once; open it in another browser or a private window)")
    else:
        out.print(f"  librarian   {base}/login   (add one: carrel account add NAME --role librarian)")
    out.print(f"  headset     {base}/h   (type the six characters that the hall shows under Headset)")
    if host == "localhost":
        out.print("              A headset on your network needs HTTPS: make run HOST=0.0.0.0 TLS=self-signed")
    out.print("\n  Ctrl+C closes it.\n")


def _reachable(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return next(iter(tls.local_addresses()), "localhost")
    return host


def _allow_connections(settings: Settings) -> None:
    """Two sockets a person and some to spare, as far as the system lets us."""
    wanted = settings.room_capacity * 2 + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (min(wanted, hard) if hard != resource.RLIM_INFINITY else wanted, hard)
        )
