"""One figure for any system on the same workload, and the largest room that each keeps healthy."""

from __future__ import annotations

import fcntl
import math
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import aiohttp
import msgspec
import numpy as np

from benchmarks.scenarios import Scenario
from benchmarks.systems import System, running
from carrel.server.bench import generator
from carrel.server.bench.crowd import STEP_HZ, Hall, headsets, paths
from carrel.server.bench.entitlement import Delivery, everybody
from carrel.server.bench.room import WARM_STEPS, Interest, Meter, RoomFigures, measure, why_void
from carrel.server.bench.target import cores
from carrel.server.errors import CarrelError

SIZES = (
    10,
    20,
    30,
    40,
    50,
    60,
    80,
    100,
    125,
    150,
    200,
    250,
    300,
    350,
    400,
    500,
    600,
    700,
    800,
    900,
    1000,
    1200,
    1400,
    1600,
    1800,
)
SECONDS = 4
DELIVERED, AGE_MS = 0.97, 100.0
TRIES = 2
"""A size that fails is tried once more: other work on the machine must not decide."""
REPEATS = 2
"""A run that is void is made again so often."""

FAILURES: Final = (CarrelError, OSError, subprocess.SubprocessError, aiohttp.ClientError, ValueError, KeyError)
"""What may go wrong with one run without losing the others."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One system at one size. `cpu_us_per_update` is server CPU for each update delivered."""

    system: str
    people: int
    delivered_share: float
    age_p50_ms: float
    age_p99_ms: float
    server_core_share: float
    kilobytes_per_client_s: float
    updates_per_s: float
    generator_lag_p99_ms: float
    hung_up: int
    void: str | None

    @property
    def healthy(self) -> bool:
        return (
            not self.void and not self.hung_up and self.delivered_share >= DELIVERED and 0 <= self.age_p99_ms <= AGE_MS
        )

    @property
    def cpu_us_per_update(self) -> float:
        return self.server_core_share / max(self.updates_per_s, 1) * 1e6


Seen = TypeVar("Seen", Figure, RoomFigures)


@dataclass
class Bench:
    """Measures under a lock file, if there is one, so that several benchmarks on one machine take turns."""

    lock: Path | None
    say: Callable[[str], None]
    until_s: float = math.inf
    """Of the monotonic clock: no larger size is looked for after it."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock, if there is one."""
        if self.lock is None:
            yield
            return
        with self.lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def room(self, scenario: Scenario) -> RoomFigures:
        """The figures of one scenario; a void run is repeated, and the last one stands."""
        self.say(f"{scenario.title}: {scenario.command}")

        def once() -> RoomFigures:
            with self.alone():
                return measure(
                    scenario.people,
                    scenario.seconds,
                    scenario.spread,  # type: ignore[arg-type]
                    scenario.interest,  # type: ignore[arg-type]
                    stalled=scenario.stalled,
                )

        figures = self._valid(once)
        self.say(
            f"  {figures.delivered_share:.1%} delivered, p99 {figures.age_p99_ms:.0f} ms, {figures.server_core_share:.2f} of a core, "
            f"{figures.kilobytes_per_client_s:.1f} KB/s, nearest 12 {figures.nearest12_full_rate_share:.1%}"
        )
        return figures

    def valid(self, run: Callable[[int], Figure], people: int) -> Figure:
        """A run of one size; a void one is repeated, and the last one stands."""
        return self._valid(partial(run, people))

    def _valid(self, once: Callable[[], Seen]) -> Seen:
        figures = once()
        for _ in range(REPEATS):
            if figures.void is None:
                break
            self.say(f"  void ({figures.void}); again")
            figures = once()
        return figures

    def carrel(self, interest: Interest, people: int, *, bare: bool = False) -> Figure:
        """Carrel on the peers' workload. `bare`: poses alone, as the peers; else with people who come and go, chat and both channels."""
        with self.alone():
            said = measure(people, SECONDS, "walk", interest, companions=0 if bare else None, library=not bare)
        shared = {name: getattr(said, name) for name in Figure.__struct_fields__ if name not in ("system",)}
        return self._told(Figure(system="carrel-bare" if bare else f"carrel-{interest}", **shared))

    def peer(self, system: System, people: int) -> Figure:
        path = paths("walk", people, WARM_STEPS + (SECONDS + 1) * STEP_HZ, Hall())
        with self.alone(), running(system) as target:
            guests = system.guests(target.url, people)
            plan = generator.plan_bytes(
                system.dialect,
                guests,
                headsets(people),
                path,
                warm_steps=WARM_STEPS,
                windows=SECONDS,
                at_once=system.at_once,
            )
            meter = Meter(target)
            port = int(target.url.rsplit(":", 1)[1])
            said, tally = generator.run(
                plan, people, SECONDS, ("127.0.0.1", port), on_measure=meter.read, on_done=meter.read, cores=cores()[1]
            )
        delivery = Delivery()
        for sent, shown in zip(tally.sent.astype(np.uint16), tally.shown[..., 1], strict=True):
            delivery.add(everybody(sent), shown)
        updates = float(tally.shown[..., 1].sum(dtype=np.int64))
        core, waited = meter.core_share(said.seconds)
        return self._told(
            Figure(
                system=system.name,
                people=people,
                delivered_share=round(delivery.share, 4),
                age_p50_ms=said.age_p50_ms,
                age_p99_ms=said.age_p99_ms,
                server_core_share=round(core, 3),
                kilobytes_per_client_s=round(float(tally.bytes.mean()) / said.seconds / 1000, 1),
                updates_per_s=round(updates / said.seconds),
                generator_lag_p99_ms=said.lag_p99_ms,
                hung_up=said.hung_up,
                void=why_void(said, waited),
            )
        )

    def _told(self, figure: Figure) -> Figure:
        self.say(
            f"{figure.system} {figure.people} people: {figure.delivered_share:.1%} delivered, p99 {figure.age_p99_ms:.0f} ms, "
            f"{figure.server_core_share:.2f} of a core{'' if figure.healthy else ' — not healthy'}"
            + (f" ({figure.void})" if figure.void else "")
        )
        return figure

    def largest(self, run: Callable[[int], Figure], start_at: int) -> tuple[Figure | None, Figure | None]:
        """The largest healthy size of SIZES and the smallest above it that is not (None: none was found, or there was no time to look)."""
        good: tuple[int, Figure] | None = None
        bad: tuple[int, Figure | None] = (len(SIZES), None)
        at = SIZES.index(start_at)
        step = 1
        while time.monotonic() < self.until_s:
            figure = self._tried(run, SIZES[at])
            if figure is not None and figure.healthy:
                good = (at, figure)
            else:
                bad = (at, figure)
            low = good[0] if good else -1
            if bad[0] - low <= 1:
                break
            if bad[0] == len(SIZES):
                at, step = min(low + step, len(SIZES) - 1), step * 2
            elif good is None:
                at, step = max(0, bad[0] - step), step * 2
            else:
                at = (low + bad[0]) // 2
        return (good[1] if good else None), bad[1]

    def _tried(self, run: Callable[[int], Figure], people: int) -> Figure | None:
        figure = None
        for _ in range(TRIES):
            try:
                figure = run(people)
            except FAILURES as error:
                self.say(f"{people} people: {error}")
                continue
            if figure.healthy:
                break
        return figure
