"""The whole application: a person comes, talks, is sent away; and what of it outlives the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from carrel.server.accounts.cookies import SESSION_COOKIE
from carrel.server.app import Library, make_app
from carrel.server.errors import ConfigurationError
from carrel.server.rooms.model import CLOSE_RESTART, CLOSE_SESSION_ENDED
from carrel.server.settings import Settings
from carrel.server.wire import frames
from carrel.server.wire import messages as m

from .rooms.world import RoomClient

ROOM = "/api/rooms/great-hall"


class Running:
    def __init__(self, library: Library, server: TestServer) -> None:
        self.library = library
        self.server = server
        self.browsers: list[TestClient[Any, Any]] = []

    def browser(self) -> TestClient[Any, Any]:
        self.browsers.append(TestClient(self.server, cookie_jar=CookieJar(unsafe=True)))
        return self.browsers[-1]


Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    every: list[Running] = []

    async def make(**settings: Any) -> Running:
        library = await make_app(Settings(**{"data_dir": str(tmp_path)} | settings))
        every.append(Running(library, TestServer(library.app)))
        await every[-1].server.start_server()
        return every[-1]

    yield make
    for running in every:
        for browser in running.browsers:
            await browser.session.close()
        await running.server.close()


async def walk_in(browser: TestClient[Any, Any], name: str) -> RoomClient:
    assert (await browser.post("/api/session", json={"name": name})).status == 200
    return await enter(browser)


async def enter(browser: TestClient[Any, Any]) -> RoomClient:
    answer = await browser.post(f"{ROOM}/enter", json={})
    assert answer.status == 200, await answer.text()
    entered = msgspec.json.decode(await answer.read(), type=m.EnterAnswer)
    client = RoomClient(await browser.ws_connect(entered.room_url, compress=0))
    client.welcome = await client.hello(ticket=entered.ticket)
    return client


async def test_it_is_well(start: Start) -> None:
    answer = await (await start()).browser().get("/api/health")
    body = await answer.json()
    assert (answer.status, body["ok"]) == (200, True)
    assert body["version"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8080"}, 200),
        ({"Host": "library.example"}, 403),
        ({"X-Forwarded-For": "203.0.113.5"}, 403),
        ({"X-Real-IP": "203.0.113.5"}, 403),
        ({"Forwarded": "for=203.0.113.5"}, 403),
        ({"Via": "1.1 proxy"}, 403),
    ],
)
async def test_metrics_are_for_this_machine(start: Start, headers: dict[str, str], status: int) -> None:
    answer = await (await start()).browser().get("/metrics", headers=headers)
    assert answer.status == status
    assert ("carrel" in await answer.text()) == (status == 200)


async def test_from_the_door_into_the_hall_and_out(start: Start) -> None:
    running = await start()
    ana = running.browser()
    inside = await walk_in(ana, "Ana")
    assert isinstance(await inside.until(frames.Frame), frames.Frame)
    assert (await ana.post("/api/session/end")).status == 200
    assert await inside.closed() == CLOSE_SESSION_ENDED
    assert (await ana.get("/api/session")).status == 401
    assert (await ana.post(f"{ROOM}/enter", json={})).status == 401


async def test_a_ban_sends_away_and_keeps_away_whatever_the_name(start: Start) -> None:
    running = await start()
    link = await running.library.staff_link("")
    assert link is not None
    staff = await running.library.accounts.use_staff_link(link.rpartition("/")[2], "en")
    desk, other = running.browser(), running.browser()
    desk.session.cookie_jar.update_cookies({SESSION_COOKIE: staff.token}, desk.make_url("/"))
    moderator, ben = await enter(desk), await walk_in(other, "Ben")
    done = await moderator.ask(m.Moderate, participant=ben.welcome.participant, act="ban", reason="threats", minutes=10)
    assert isinstance(done, m.Result)
    assert await ben.closed() >= 4000
    for name in (None, "Not Ben"):
        if name:
            await other.post("/api/session", json={"name": name})
        refused = await other.post(f"{ROOM}/enter", json={})
        body = await refused.json()
        assert (refused.status, body["code"]) == (403, "banned")
        assert body["until_ms"]


async def test_a_session_outlives_the_process(start: Start) -> None:
    before = await start()
    browser = before.browser()
    inside = await walk_in(browser, "Ana")
    token = next(cookie.value for cookie in browser.session.cookie_jar if cookie.key == SESSION_COOKIE)
    _, code = await asyncio.gather(before.server.close(), inside.closed())
    assert code == CLOSE_RESTART
    after = await start()
    answer = await after.browser().get("/api/session", headers={"Cookie": f"{SESSION_COOKIE}={token}"})
    assert (await answer.json())["name"] == "Ana"


async def test_a_page_of_another_site_changes_nothing(start: Start) -> None:
    browser = (await start()).browser()
    await walk_in(browser, "Ana")
    for path in ("/api/session", "/api/session/end", "/api/pairing"):
        for origin in ("https://evil.example", "null"):
            answer = await browser.post(path, headers={"Origin": origin, "Content-Type": "text/plain"})
            assert (answer.status, (await answer.json())["code"]) == (403, "wrong_origin")
    assert (await browser.get("/api/session")).status == 200


async def test_what_breaks_the_wire_never_breaks_the_library(start: Start) -> None:
    browser = (await start()).browser()
    for headers in (
        {"Cookie": f"{SESSION_COOKIE}=\udcff"},
        {"Accept-Language": "\udcff"},
        {"X-Forwarded-For": "\udcff"},
    ):
        assert (await browser.get("/api/session", headers=headers)).status == 401
    answer = await browser.post("/api/session", data=b"[" * 60_000)
    assert answer.status == 413


async def test_a_wrong_setting_stops_the_start(start: Start) -> None:
    with pytest.raises(ConfigurationError, match="trusted_proxies"):
        await start(trusted_proxies=("10.0.0.0/99",))
