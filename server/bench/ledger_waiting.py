"""How long people wait for a log: for the acknowledgement of one entry, and for its proof. The library's own service, without HTTP.

Arrivals do not wait for answers: each has its time beforehand, and waiting is counted from that time, whoever was late.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import numpy as np

from carrel.ledger.entry import Entry
from carrel.server.bench.generator import BenchmarkError
from carrel.server.bench.ledger_writing import now_ms
from carrel.server.registry.errors import EntryRefused
from carrel.server.registry.service import Registry, Wait

AT_ONCE: Final = 200
"""Entries under way while the largest load is looked for."""
PROOFS_PER_S: Final = 20.0


class Waits(NamedTuple):
    """Milliseconds; the load in entries a second."""

    load_per_s: float
    p50_ms: float
    p99_ms: float


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Registry]:
    registry = Registry(folder, now_ms)
    await registry.start()
    if registry.stopped:
        raise registry.stopped
    try:
        yield registry
    finally:
        await registry.close()


async def submitted(registry: Registry, one: Entry, wait: Wait = "promise") -> None:
    """Raises BenchmarkError if it is refused."""
    try:
        await registry.submit(one.raw, one.signatures, wait)
    except EntryRefused as error:
        raise BenchmarkError(f"The log refused an entry of the benchmark: {error}") from error


async def largest_load(registry: Registry, entries: Sequence[Entry]) -> float:
    """Entries a second, `AT_ONCE` of them always under way."""
    waiting: Iterator[Entry] = iter(entries)

    async def one_after_the_other() -> None:
        for one in waiting:
            await submitted(registry, one)

    began_s = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return len(entries) / (time.perf_counter() - began_s)


async def open_loop(registry: Registry, entries: Sequence[Entry], load_per_s: float, wait: Wait, seed: int) -> Waits:
    """Each entry has its time, by chance around `load_per_s`."""
    chance = Random(seed)
    begin_s = at_s = time.perf_counter() + 0.05
    waits_s: list[float] = []

    async def submit(one: Entry, due_s: float) -> None:
        await submitted(registry, one, wait)
        waits_s.append(time.perf_counter() - due_s)

    async with asyncio.TaskGroup() as group:
        for one in entries:
            at_s += chance.expovariate(load_per_s)
            if (early_s := at_s - time.perf_counter()) > 0:
                await asyncio.sleep(early_s)
            group.create_task(submit(one, at_s))
    p50, p99 = np.percentile(waits_s, (50, 99)) * 1000
    return Waits(len(entries) / (at_s - begin_s), float(p50), float(p99))
