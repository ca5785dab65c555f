"""Two hundred people join, leave, lose their line and resume at random for minutes against a real server process."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from carrel.server.wire import messages as m
from tests.server.rooms.serve_hall import SETTINGS
from tests.server.rooms.world import RoomClient, pose

pytestmark = pytest.mark.proof

SECONDS = float(os.environ.get("CARREL_SOAK_SECONDS", "180"))
PEOPLE = 200
WARM_UP = 0.33
GROWTH = 0.05
WINDOW_S = SETTINGS.resume_window_ms / 1000
FRAME_MS = 1000
"""Somebody leaves between two ticks and is told gone at the second; under load a tick may come this late."""
ROOT = Path(__file__).parents[2]


class Soak:
    def __init__(self, port: int, http: aiohttp.ClientSession) -> None:
        self.base = f"http://127.0.0.1:{port}/api/rooms/great-hall"
        self.http = http
        self.over = False
        self.joined = self.resumed = self.too_late = self.cut = 0

    async def open(self, number: int) -> RoomClient:
        return RoomClient(
            await self.http.ws_connect(
                f"{self.base}/socket", headers={"Cookie": f"carrel_session={number}"}, compress=0
            )
        )

    async def join(self, number: int) -> RoomClient:
        async with self.http.post(
            f"{self.base}/enter", json={}, headers={"Cookie": f"carrel_session={number}"}
        ) as answer:
            assert answer.status == 200, await answer.text()
            entered = msgspec.json.decode(await answer.read(), type=m.EnterAnswer)
        client = await self.open(number)
        client.welcome = await client.hello(ticket=entered.ticket)
        self.joined += 1
        return client

    async def live(self, number: int) -> None:
        """One person: stays a while, then leaves, or loses the line and comes back in time, or too late, or never."""
        source = random.Random(number)
        while not self.over:
            client = await self.join(number)
            while client is not None and not self.over:
                try:
                    await self.stay(client, source)
                except ConnectionError:
                    # Cut off by the server: this process was too busy to read for ten seconds. It may come back like any other.
                    self.cut += 1
                what = source.random()
                if (what < 0.3 or self.over) and not client.socket.closed:
                    await client.ask(m.Leave)
                    await client.socket.close()
                    break
                client = await self.come_back(number, client, late=what < 0.4)

    async def come_back(self, number: int, before: RoomClient, *, late: bool) -> RoomClient | None:
        """Lose the line and resume; None when the place is gone, which is allowed after the resume window alone."""
        lost_s = time.monotonic()
        if before.socket._conn is not None and before.socket._conn.transport is not None:
            before.socket._conn.transport.abort()
        if late:
            await asyncio.sleep(WINDOW_S + 3)
        last = max([number for number, _ in before.events], default=before.welcome.event_sequence - 1)
        client = await self.open(number)
        answer = await client.hello(resume=before.welcome.resume_token, last_event=last)
        if isinstance(answer, m.Failure):
            assert answer.code == "gone"
            assert time.monotonic() - lost_s > WINDOW_S, "a place is kept for the whole window"
            self.too_late += 1
            await client.socket.close()
            return None
        assert (answer.participant, answer.slot) == (before.welcome.participant, before.welcome.slot)
        client.welcome = answer
        self.resumed += 1
        return client

    async def stay(self, client: RoomClient, source: random.Random) -> None:
        until = time.monotonic() + source.uniform(0.5, 12)
        turn = 0
        while time.monotonic() < until and not self.over:
            await client.receive()
            client.frames.clear()
            del client.events[:-2]
            turn += 1
            if turn % 4 == 0:
                await client.socket.send_bytes(
                    pose(source.uniform(-20, 20) if turn % 80 == 0 else 0, 1.6, 10, turn % 256)
                )
            if source.random() < 0.01:
                await client.ask(m.React, reaction="wave")

    async def witness(self) -> tuple[dict[str, m.Person], int]:
        """Sees everything: numbers without gaps, nobody twice, no slot too early. Ends when it is alone. Times are the room's, not this process's."""
        client = await self.join(9999)
        people = {person.participant: person for person in client.welcome.people}
        owners = {person.slot: person.participant for person in people.values()}
        freed_ms: dict[int, int] = {}
        expected, reused = client.welcome.event_sequence, 0
        while not (self.over and len(people) == 1):
            await client.receive()
            client.events.clear()
            for frame in client.frames:
                for number, event in enumerate(frame.events, frame.event_sequence):
                    assert number == expected
                    expected += 1
                    if isinstance(event, m.Arrived):
                        assert event.person.participant not in people
                        assert event.person.slot not in owners
                        if (left_ms := freed_ms.pop(event.person.slot, None)) is not None:
                            reused += 1
                            assert frame.room_ms - left_ms >= SETTINGS.slot_quarantine_ms - FRAME_MS
                        people[event.person.participant] = event.person
                        owners[event.person.slot] = event.person.participant
                    elif isinstance(event, m.Left):
                        assert owners.pop(event.slot) == event.participant
                        freed_ms[event.slot] = frame.room_ms
                        del people[event.participant]
            client.frames.clear()
        return people, reused


def serve() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.server.rooms.serve_hall"]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def test_soak(measured: Callable[..., None]) -> None:
    """Two hundred people come, go, drop and resume for minutes: memory stays flat, no ghost, no slot given too early."""
    server = serve()
    assert server.stdout
    assert server.stdin

    def ask() -> list[int]:
        assert server.stdout
        assert server.stdin
        server.stdin.write("\n")
        server.stdin.flush()
        return [int(value) for value in server.stdout.readline().split()]

    try:
        port = int(server.stdout.readline())
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        ) as http:
            soak = Soak(port, http)
            watching = asyncio.create_task(soak.witness())
            lives: list[asyncio.Task[Any]] = []
            for number in range(PEOPLE):
                lives.append(asyncio.create_task(soak.live(number)))
                await asyncio.sleep(0.02)
            began, samples = time.monotonic(), []
            while time.monotonic() - began < SECONDS:
                await asyncio.sleep(2)
                for task in [watching, *lives]:
                    if task.done():
                        await task
                        raise AssertionError("somebody stopped early")
                samples.append((time.monotonic() - began, (await asyncio.to_thread(ask))[0]))
            soak.over = True
            await asyncio.gather(*lives)
            people, reused = await asyncio.wait_for(watching, 30)
            _, left, late = await asyncio.to_thread(ask)
        warm = [size for at, size in samples if at > SECONDS * WARM_UP]
        early, end = sum(warm[:5]) / 5, sum(warm[-5:]) / 5
        assert [len(people), left] == [1, 1]
        assert soak.resumed > PEOPLE
        assert end <= early * (1 + GROWTH), f"memory grew from {early / 1e6:.1f} to {end / 1e6:.1f} MB"
        measured(
            seconds=f"{SECONDS:.0f}",
            joined=soak.joined,
            resumed=soak.resumed,
            too_late=soak.too_late,
            cut_off=soak.cut,
            slots_reused=reused,
            memory_MB=f"{early / 1e6:.1f} → {end / 1e6:.1f}",
            late_ticks=late,
        )
    finally:
        server.kill()
        server.wait()
