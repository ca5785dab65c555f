"""A witness as a server of its own: C2SP tlog-witness `add-checkpoint`, and a page about what it has seen.

Requests for one log are answered one after the other, each on a thread: consider, remember on the disk, only then sign. If the disk fails nothing is signed
any more until the process is started again, because nobody knows then what it holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path
from threading import Lock
from typing import Final

import structlog
from aiohttp import web

from carrel.ledger.checkpoint import NoteSigner, NoteVerifier
from carrel.ledger.errors import Invalid
from carrel.ledger.witness import MAX_REQUEST_BYTES, PATH, TEXT_TYPE, Decision, answer, consider, parse_request
from carrel.server import tls
from carrel.server.bucket import Bucket
from carrel.server.clock import Clock, wall_clock
from carrel.server.errors import ConfigurationError, LocalError, TooLarge, TooManyRequests
from carrel.server.listening import runner_of
from carrel.server.registry.errors import NotNow
from carrel.server.registry.witness_memory import Memory
from carrel.server.registry.witness_page import page_routes
from carrel.server.requests import address_of, body_bytes, networks
from carrel.server.settings import Settings
from carrel.server.signals import told_to_stop

log = structlog.get_logger("carrel.witness")

BODY_TIMEOUT_S: Final = 10.0
REQUESTS_PER_S: Final = 50
"""Of one address."""
COSIGNED_PER_S: Final = 5
"""Of one log, in bursts of twice as many: each costs a write to the disk."""
MOST_ADDRESSES: Final = 10_000
SHUTDOWN_S: Final = 5.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Logs = Mapping[str, Collection[NoteVerifier]]
"""Trusted keys by origin."""


class Witness:
    """Decides and remembers. `clock` gives Unix milliseconds."""

    def __init__(self, signer: NoteSigner, logs: Logs, memory: Memory, clock: Clock) -> None:
        self.signer = signer
        self.logs = logs
        self.memory = memory
        self.stopped = ""
        """Why nothing is signed any more."""
        self._now_ms = clock
        self._turns = {origin: Lock() for origin in logs}
        self._rates: dict[str, Bucket] = {}

    def add_checkpoint(self, body: bytes) -> Decision:
        """Its status, body and type are the answer. Raises TooManyRequests."""
        try:
            request = parse_request(body)
        except Invalid as error:
            return Decision(400, f"{error}\n")
        origin = request.checkpoint.origin
        if origin not in self.logs:
            return consider(None, request, self.logs)
        with self._turns[origin]:
            if self.stopped:
                return Decision(503, f"{self.stopped}\n")
            before = self.memory.latest(origin)
            decision = consider(before, request, self.logs)
            try:
                if decision.forked and self.memory.keep("forks", origin, request.note, before):
                    log.critical("witness_saw_fork", origin=origin, size=request.checkpoint.size)
                if decision.status == 422:
                    self.memory.keep("unproven", origin, request.note, before)
                if decision.remember is None:
                    return decision
                if (
                    decision.remember != before
                ):  # anybody can send what it has already: that costs no write, and not the log's measure
                    now_ms = self._now_ms()
                    self._rate(origin, now_ms).spend(now_ms, "This log asks too often.")
                    self.memory.replace(before, decision.remember)
            except NotNow as error:  # nothing was changed
                return Decision(503, f"{error}\n")
            except (LocalError, Invalid) as error:
                self.stopped = f"This witness has stopped: {error}"
                log.critical("witness_stopped", reason=str(error))
                return Decision(503, f"{self.stopped}\n")
            # The time is read after the write: the cosignature never says an earlier one than the memory is of.
            return Decision(200, answer(request, [self.signer], self._now_ms() // 1000))

    def _rate(self, origin: str, now_ms: int) -> Bucket:
        if origin not in self._rates:
            self._rates[origin] = Bucket(2 * COSIGNED_PER_S, 2000, at_ms=now_ms)
        return self._rates[origin]


class _Door:
    """Limits of bytes, time and rate, before anything is parsed."""

    def __init__(self, witness: Witness, clock: Clock, settings: Settings) -> None:
        self._witness = witness
        self._now_ms = clock
        self._settings = settings
        self._addresses: dict[str, Bucket] = {}

    @web.middleware
    async def measure(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """For every request, to the pages too."""
        try:
            self._spend(address_of(request, self._settings))
            return await handler(request)
        except TooManyRequests as error:
            wait_s = -(-(error.retry_after_ms or 1000) // 1000)
            return _plain(429, f"{error}\n", {"Retry-After": str(wait_s)})

    async def add_checkpoint(self, request: web.Request) -> web.StreamResponse:
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                body = await body_bytes(request, MAX_REQUEST_BYTES)
            decision = await asyncio.to_thread(self._witness.add_checkpoint, body)
        except (TooLarge, TimeoutError) as error:
            # What is left of the body is not read: this connection ends.
            status, sentence = (413, f"{error}\n") if isinstance(error, TooLarge) else (408, "Send it faster.\n")
            return _plain(status, sentence, {"Connection": "close"})
        return _plain(decision.status, decision.body, content_type=decision.content_type)

    def _spend(self, address: str) -> None:
        now_ms = self._now_ms()
        bucket = self._addresses.pop(address, None) or Bucket(2 * REQUESTS_PER_S, 2000, at_ms=now_ms)
        while len(self._addresses) >= MOST_ADDRESSES:
            del self._addresses[next(iter(self._addresses))]
        self._addresses[address] = bucket
        bucket.spend(now_ms, "Too many requests from this address.")


def _plain(
    status: int, text: str, headers: Mapping[str, str] | None = None, content_type: str = TEXT_TYPE
) -> web.Response:
    return web.Response(status=status, body=text.encode(), headers={"Content-Type": content_type, **(headers or {})})


def make_app(witness: Witness, clock: Clock, settings: Settings) -> web.Application:
    door = _Door(witness, clock, settings)
    app = web.Application(client_max_size=MAX_REQUEST_BYTES, middlewares=[door.measure])
    app.router.add_post(f"/{PATH}", door.add_checkpoint)
    app.add_routes(page_routes(witness))
    return app


async def run(signer: NoteSigner, logs: Logs, folder: Path, settings: Settings) -> None:
    """Serve until told to stop. Raises ConfigurationError when it cannot begin, and as Memory."""
    context = tls.context(settings)
    networks(settings.trusted_proxies)
    memory = Memory(folder, logs)
    clock = wall_clock()
    runner = runner_of(make_app(Witness(signer, logs, memory, clock), clock, settings))
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port, ssl_context=context, shutdown_timeout=SHUTDOWN_S)
        try:
            await site.start()
        except OSError as error:
            raise ConfigurationError(f"{settings.host}:{settings.port} cannot be bound ({error.strerror}).") from error
        scheme, port = "https" if context else "http", runner.addresses[0][1]
        log.info("witness_open", address=f"{scheme}://{settings.host}:{port}", logs=len(logs), name=signer.name)
        await told_to_stop()
    finally:
        await runner.cleanup()
        memory.close()
