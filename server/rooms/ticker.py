"""The rooms' clock: a call at a steady rate, with late ones counted and never made up for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

log = structlog.get_logger("carrel.rooms")


class Ticker:
    """Calls `tick` every `interval_s` on the running loop. One that begins an interval late or more is reported, and the missed ones are left out."""

    def __init__(self, interval_s: float, tick: Callable[[], None], on_late: Callable[[], None]) -> None:
        self._interval_s = interval_s
        self._tick = tick
        self._on_late = on_late
        self._handle: asyncio.TimerHandle | None = None
        self._due_s = 0.0

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._due_s = loop.time() + self._interval_s
        self._handle = loop.call_at(self._due_s, self._run)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _run(self) -> None:
        loop = asyncio.get_running_loop()
        late_s = loop.time() - self._due_s
        if late_s >= self._interval_s:
            self._on_late()
            self._due_s += self._interval_s * (late_s // self._interval_s)
        self._due_s += self._interval_s
        self._handle = loop.call_at(self._due_s, self._run)
        try:
            self._tick()
        except Exception:
            # One broken tick must not still every room; the next one tries again.
            log.exception("tick_failed")
