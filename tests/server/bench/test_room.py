"""A whole measurement at its smallest: a real crowd in C against real rooms, and every member of its figures."""

from __future__ import annotations

import asyncio
import itertools
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import generate_latest

from carrel.server.bench.generator import BenchmarkError, compile_c
from carrel.server.bench.room import RoomFigures, measure
from carrel.server.bench.target import Target
from carrel.server.rooms import Rooms, attach
from carrel.server.settings import Settings
from tests.server.rooms.world import FREE_MODELS, HALL, KEY, MemoryModeration, MemoryScenes, MemorySessions, guest

MEMBERS = {
    "people",
    "delivered_share",
    "age_p50_ms",
    "age_p99_ms",
    "server_core_share",
    "kilobytes_per_client_s",
    "late_ticks",
    "generator_lag_p99_ms",
}
EXTRAS = {"nearest12_full_rate_share", "slowest_seen_hz", "spread", "interest", "seconds", "void"}


@pytest.fixture
async def url() -> AsyncIterator[str]:
    sessions = MemorySessions()
    rooms = Rooms(
        Settings(enters_per_minute=1000), [HALL], sessions, MemoryModeration(), MemoryScenes(), FREE_MODELS, key=KEY
    )
    numbers = itertools.count()

    async def open_session(_: web.Request) -> web.Response:
        answer = web.json_response({})
        answer.set_cookie("carrel_session", sessions.add(guest(next(numbers))))
        return answer

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(rooms.metrics.registry))

    app = web.Application()
    app.router.add_post("/api/session", open_session)
    app.router.add_get("/metrics", metrics)
    attach(app, rooms)
    server = TestServer(app)
    await server.start_server()
    yield str(server.make_url("/"))
    await server.close()


async def test_five_seconds_of_twenty_people(url: str) -> None:
    figures = await asyncio.to_thread(measure, 20, 5, "walk", "auto", stalled=1, url=url, pid=os.getpid())
    said = msgspec.json.decode(msgspec.json.encode(figures))
    assert set(said) >= MEMBERS | EXTRAS
    assert (figures.people, figures.spread, figures.interest, figures.seconds) == (20, "walk", "auto", 5.0)
    assert figures.misread == 0
    assert figures.hung_up == 0
    assert 0 < figures.delivered_share <= 1
    assert 0 < figures.age_p50_ms <= figures.age_p99_ms
    assert figures.server_core_share > 0
    assert figures.kilobytes_per_client_s > 0
    assert figures.late_ticks is not None
    assert figures.companions.get("joined", 0) >= 2
    assert figures.companions.get("said", 0) >= 1
    assert not any(name.startswith("failed") for name in figures.companions)
    assert isinstance(figures, RoomFigures)


def test_what_a_process_ran_only_grows_also_when_its_threads_end() -> None:
    target = Target("http://localhost:1", os.getpid())
    before, _ = target.cpu_s()
    thread = threading.Thread(target=sum, args=(range(200_000),))
    thread.start()
    thread.join()
    after, waited = target.cpu_s()
    assert after > before > 0
    assert waited >= 0
    assert Target("http://localhost:1", None).cpu_s() == (0.0, 0.0)
    assert target.late_ticks() is None, "nobody listens there"


def test_without_a_compiler_one_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "new.c"
    source.write_text("int main(void) { return 0; }\n", "utf-8")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BenchmarkError, match="install gcc or clang"):
        compile_c([source], [], "never-made")
