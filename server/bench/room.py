"""`carrel bench room`: one crowd in one room, and what they felt."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import nullcontext
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec
import numpy as np

from carrel.avatars.codec import decode_positions
from carrel.server.bench import generator
from carrel.server.bench.crowd import STEP_HZ, Spread, Steps, headsets, paths
from carrel.server.bench.entering import enter_all, hall_of
from carrel.server.bench.entitlement import Delivery, entitled, everybody, nearest_full_share, nearest_updates
from carrel.server.bench.generator import BenchmarkError, Said, Tally, place
from carrel.server.bench.target import Target, carrel, cores
from carrel.server.settings import Settings

Interest = Literal["auto", "off"]

VOID_LAG_MS: Final = 5.0
VOID_WAITED: Final = 0.25
WARM_STEPS: Final = 3 * STEP_HZ
"""Long enough that everybody, far away too, has been shown once before anything counts."""
MOST_COMPANIONS: Final = 20
SPARE: Final = 100


class RoomFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What one run showed. Times in milliseconds; a kilobyte is 1000 bytes; shares from 0 to 1.

    `nearest12_full_rate_share` counts somebody of one's nearest 12 in a second in which 95 % of their updates came in
    full; `nearest12_updates_share` is the plain share of those updates. `void` names why the run proves nothing, else it is
    null. `server_waited_share` is how much of the time the server was ready but had to wait for its core: other work on the
    machine, none of the server's own.
    """

    people: int
    delivered_share: float
    age_p50_ms: float
    age_p99_ms: float
    server_core_share: float
    kilobytes_per_client_s: float
    late_ticks: int | None
    generator_lag_p99_ms: float
    nearest12_full_rate_share: float
    nearest12_updates_share: float
    slowest_seen_hz: float
    longest_unseen_ms: int
    updates_per_s: float
    server_waited_share: float
    generator_core_share: float
    spread: str
    interest: str
    seconds: float
    stalled: int = 0
    hung_up: int = 0
    misread: int = 0
    unsent: int = 0
    companions: dict[str, int] = {}
    void: str | None = None


class Meter:
    """Reads the server's clocks and counters when the measured time begins and ends."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._at: list[tuple[tuple[float, float], int | None]] = []

    def read(self) -> None:
        first = not self._at
        late = self._target.late_ticks() if first else None
        cpu = self._target.cpu_s()
        self._at.append((cpu, late if first else self._target.late_ticks()))

    def core_share(self, seconds: float) -> tuple[float, float]:
        """Of the measured time: running, and waiting for a core."""
        (before, _), (after, _) = self._at
        return (after[0] - before[0]) / seconds, (after[1] - before[1]) / seconds

    @property
    def late_ticks(self) -> int | None:
        (_, before), (_, after) = self._at
        return None if before is None or after is None else after - before


def measure(
    people: int,
    seconds: int,
    spread: Spread = "walk",
    interest: Interest = "auto",
    *,
    stalled: int = 0,
    companions: int | None = None,
    library: bool = True,
    url: str | None = None,
    pid: int | None = None,
    room: str = "great-hall",
) -> RoomFigures:
    """Fill a room and measure it. `people` counts companions, who come and go; the last `stalled` of the others stop reading.

    `library=False` leaves the library channel closed: with no companions that is what the peers carry, poses alone. Without `url` a server is started.
    Raises BenchmarkError, Refused, Closed.
    """
    if companions is None:
        companions = min(MOST_COMPANIONS, people // 10)
    crowd = people - companions
    if crowd < 2 or stalled > crowd - 2:
        raise BenchmarkError("A measurement needs two people at least who read.")
    generator.compiled()
    server = nullcontext(Target(url.rstrip("/"), pid)) if url else carrel(interest, min(2000, people + SPARE))
    with server as target:
        hall = asyncio.run(hall_of(target.url, room))
        path = paths(spread, crowd, WARM_STEPS + (seconds + 1) * STEP_HZ, hall)
        guests = asyncio.run(enter_all(target.url, room, crowd, library_channel=library))
        plan = generator.plan_bytes(
            "carrel", guests, headsets(crowd), path, warm_steps=WARM_STEPS, windows=seconds, stalled=stalled
        )
        meter, others = Meter(target), _Others(target.url, room, companions)
        try:
            said, tally = generator.run(
                plan, crowd, seconds, _address(target.url), on_measure=meter.read, on_done=meter.read, cores=cores()[1]
            )
        finally:
            others.stop()
    return _figures(people, spread, interest, stalled, path, said, tally, meter, others.did)


class _Others:
    """The companions' process."""

    def __init__(self, url: str, room: str, count: int) -> None:
        self.did: dict[str, int] = {}
        self._process = None
        if count:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "carrel.server.bench.companions", url, room, str(count)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            place(self._process.pid, cores()[1], nice=10)

    def stop(self) -> None:
        if self._process is None:
            return
        try:
            out, _ = self._process.communicate(timeout=20)
            self.did = msgspec.json.decode(out, type=dict[str, int])
        except (subprocess.TimeoutExpired, msgspec.DecodeError) as error:
            self._process.kill()
            self._process.wait()
            self.did = {f"ended badly: {type(error).__name__}": 1}


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname is None:
        raise BenchmarkError("The load generator speaks plain http only.")
    return "127.0.0.1" if parts.hostname == "localhost" else parts.hostname, parts.port or 80


def _figures(
    people: int,
    spread: Spread,
    interest: Interest,
    stalled: int,
    path: Steps,
    said: Said,
    tally: Tally,
    meter: Meter,
    did: dict[str, int],
) -> RoomFigures:
    crowd = tally.sent.shape[1]
    readers = slice(0, crowd - stalled)
    small = interest == "off" or people <= Settings().full_frame_people
    delivery, nearest, updates = Delivery(), [], []
    for window, sent in enumerate(tally.sent.astype(np.uint16)):
        shown = tally.shown[window]
        middle = decode_positions(path[WARM_STEPS + window * STEP_HZ + STEP_HZ // 2])
        due = everybody(sent) if small else entitled(middle, sent)
        delivery.add(due[readers], shown[readers, :, 1])
        nearest.append(nearest_full_share(middle, sent, shown[..., 0])[readers].mean())
        updates.append(nearest_updates(middle, sent, shown[..., 0])[readers].mean())
    slowest_hz, longest_ms = _slowest(tally, readers, said.seconds)
    core, waited = meter.core_share(said.seconds)
    return RoomFigures(
        people=people,
        delivered_share=round(delivery.share, 4),
        age_p50_ms=said.age_p50_ms,
        age_p99_ms=said.age_p99_ms,
        server_core_share=round(core, 3),
        kilobytes_per_client_s=round(float(tally.bytes[readers].mean()) / said.seconds / 1000, 2),
        late_ticks=meter.late_ticks,
        generator_lag_p99_ms=said.lag_p99_ms,
        nearest12_full_rate_share=round(float(np.mean(nearest)), 4),
        nearest12_updates_share=round(float(np.mean(updates)), 4),
        slowest_seen_hz=round(slowest_hz, 3),
        longest_unseen_ms=longest_ms,
        updates_per_s=round(float(tally.shown[..., 1].sum(dtype=np.int64)) / said.seconds),
        server_waited_share=round(waited, 3),
        generator_core_share=said.core_share,
        spread=spread,
        interest=interest,
        seconds=said.seconds,
        stalled=stalled,
        hung_up=said.hung_up,
        misread=said.odd,
        unsent=said.unsent,
        companions=did,
        void=why_void(said, waited),
    )


def why_void(said: Said, waited_share: float = 0.0) -> str | None:
    """A generator that is late itself, or that did not understand, proves nothing; nor does a server whose core was taken by others."""
    if said.lag_p99_ms > VOID_LAG_MS:
        return f"the generator itself was late: {said.lag_p99_ms:.1f} ms at the 99th percentile"
    if said.odd:
        return f"{said.odd} messages were not understood"
    if waited_share > VOID_WAITED:
        return f"other work on the machine kept the server waiting for its core {waited_share:.0%} of the time"
    return None


def _slowest(tally: Tally, readers: slice, seconds: float) -> tuple[float, int]:
    """The lowest rate at which anybody saw anybody, and the longest time in which somebody was not shown to somebody."""
    pairs = tally.pairs[readers]
    off_self = ~np.eye(tally.pairs.shape[0], dtype=bool)[readers]
    count, first, last = (pairs[name].astype(float) for name in ("count", "first_ms", "last_ms"))
    rate = np.where(count > 1, (count - 1) * 1000 / np.maximum(last - first, 1), count / seconds)
    edges = np.maximum(first, seconds * 1000 - last)
    longest = np.where(count > 0, np.maximum(pairs["longest_ms"], edges), seconds * 1000)
    return float(rate[off_self].min()), int(longest[off_self].max())
