"""A server that is killed again and again, without warning, while people walk in its hall and while they are coming back."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from carrel.server.client import LibraryClient, RoomClient
from tests.server_process import ServerProcess

pytestmark = pytest.mark.proof

PEOPLE = 30
KILLS = 10
AGAIN = 0.4
"""How often the next server is killed as well, while people are coming back to it."""
RETURN_S = 30.0
NEAR_M = 0.01
SEED = 20_260_101


class Walker:
    """Somebody in the hall: walks on a line of their own, and knows where they last said they were."""

    def __init__(self, number: int, room: RoomClient) -> None:
        self.room = room
        self.id = room.welcome.participant
        self.at = self._home = room.welcome.position
        self._number = number
        self._steps = 0

    async def step(self) -> None:
        self._steps += 1
        x, y, z = self._home
        self.at = (x + 0.05 * (self._steps % 20), y + 1.6, z + 0.01 * self._number)
        await self.room.send_pose(self.at)

    def sees(self, others: list[Walker], _: RoomClient) -> bool:
        """Whether exactly these people are here, each where they last said; an own pose is not looked at."""
        ids = {person.participant: person.slot for person in self.room.people}
        return ids.keys() == {other.id for other in others} and all(
            self._sees(ids[other.id], other) for other in others
        )

    def _sees(self, slot: int, other: Walker) -> bool:
        offset = self.room.poses.offset_m(slot)
        origin = self.room.welcome.space.origin
        if other is self:
            return self.room.welcome.slot == slot
        return offset is not None and all(
            abs(a + b - c) < NEAR_M for a, b, c in zip(offset, origin, other.at, strict=True)
        )


async def walk(people: list[Walker], frames: int) -> None:
    """Everybody makes a step at each frame that the first one gets, for so many frames."""
    first = people[0].room
    for _ in range(frames):
        seen = first.frames
        await asyncio.gather(*(one.step() for one in people))
        await first.until(lambda room, seen=seen: room.frames > seen)  # type: ignore[misc]


async def restart(server: ServerProcess) -> float:
    """Kill it, start another, wait until that answers; when the first was dead, Unix ms."""
    server.kill()
    killed_ms = time.time() * 1000
    await asyncio.to_thread(server.start)
    return killed_ms


def is_back(room: RoomClient, since_ms: float) -> bool:
    """Whether this is a room of a server that was started after `since_ms`."""
    return room.welcome.epoch_ms >= since_ms


async def test_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: Callable[..., None]) -> None:
    """A server killed again and again: everybody comes back by themselves, as who they were, where they were, and nobody twice."""
    # A server that starts again and again compiles its modules once, whatever the environment says.
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "bytecode"))
    source = random.Random(SEED)
    server = ServerProcess(tmp_path / "data", sessions_per_minute=1000, enters_per_minute=600, log_level="warning")
    kills, steps, waits_s = 0, 0, []
    await asyncio.to_thread(server.start)
    try:
        async with AsyncExitStack() as stack:
            people: list[Walker] = []
            for number in range(PEOPLE):
                library = await stack.enter_async_context(LibraryClient(server.url, f"Walker {number}"))
                people.append(Walker(number, await stack.enter_async_context(library.room("great-hall"))))
            while kills < KILLS:
                frames = source.randrange(5, 40)
                await walk(people, frames)
                steps += frames
                killed_ms = await restart(server)
                kills += 1
                if source.random() < AGAIN:
                    await source.choice(people).room.until(partial(is_back, since_ms=killed_ms), RETURN_S)
                    killed_ms = await restart(server)
                    kills += 1
                ready_s = time.monotonic()
                for one in people:
                    await one.room.until(partial(is_back, since_ms=killed_ms), RETURN_S)
                    assert one.room.welcome.participant == one.id
                for one in people:
                    await one.room.until(partial(one.sees, people), RETURN_S)
                waits_s.append(time.monotonic() - ready_s)
                rooms = {room.room: room.people for room in await library.rooms()}
                assert rooms["great-hall"] == PEOPLE, "no ghosts"
    finally:
        server.stop()
    assert "Traceback" not in server.log, server.log
    measured(people=PEOPLE, kills=kills, steps=steps, all_back_within_s=f"{max(waits_s):.1f}")
