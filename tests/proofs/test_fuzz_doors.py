"""The doors of a whole library under hostile input: the room's socket, the library channel, and pages of other sites."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import structlog
from aiohttp.test_utils import TestServer

from carrel.server.app import make_app
from carrel.server.client import LibraryClient, RoomClient
from carrel.server.settings import Settings
from tests.proofs.hostile import VALUES, damaged, message, whole_frame
from tests.proofs.raw_socket import RawSocket

pytestmark = pytest.mark.proof

SEED = 20_260_101
SESSIONS = 40
AT_ONCE = 8
MESSAGES = 300
BATCH = 25
WIRES = 40
PACKET_LINES = 40
PACKETS = 4
POLLS = 40
ORIGIN_CASES = 200
ROOM = "great-hall"
CROWD = 100
EVENTS = ["direct", "invite", "inbox", "room_open", "room_up", "connect", "message", "", "\u202e", 7, None]


class House:
    """The library, somebody in it who wants to be left in peace, and what went to the logs as an error."""

    def __init__(self, url: str, witness: RoomClient) -> None:
        self.url = url
        self.witness = witness

    def guest(self) -> LibraryClient:
        return LibraryClient(self.url, "Passer-by")

    async def socket(self, library: LibraryClient) -> RawSocket:
        """A socket in the room, as soon as there is a place: whoever lost theirs keeps it for a second."""
        await self.witness.until(lambda room: len(room.people) < CROWD, 30)
        return await RawSocket.enter(library, ROOM)


@pytest.fixture
async def house(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[House]:
    """Afterwards the witness was never disturbed, everybody else is gone, and nothing broke inside."""
    settings = Settings(
        data_dir=str(tmp_path),
        sessions_per_minute=10_000,
        enters_per_minute=1000,
        participants_per_session=64,
        requests_per_s=1000,
        bad_messages_per_minute=1000,
        resume_window_ms=1000,
        slot_quarantine_ms=1000,
        library_events_per_s=1000,
    )
    caplog.set_level(logging.ERROR)
    server = TestServer((await make_app(settings)).app)
    await server.start_server()
    with structlog.testing.capture_logs() as logs:
        async with LibraryClient(str(server.make_url("/")), "Witness") as witness:
            await witness.open_channel()
            async with witness.room(ROOM) as room:
                yield House(str(server.make_url("/")), room)
                await room.until(lambda room: len(room.people) == 1, 30)
                await room.say("Is anybody there?")
                assert room.returns == 0
                with pytest.raises(Exception, match="bad_request"):
                    await witness.direct("nobody", "hello")
        await server.close()
    broken = [entry for entry in logs if entry["log_level"] in ("error", "critical")]
    assert not broken, broken[:3]
    faults = [record for record in caplog.records if record.exc_info]
    assert not faults, caplog.text[:4000]


async def spread(work: Callable[[LibraryClient, random.Random], Any], house: House) -> None:
    """Let many sessions do it, some at once, each with luck of its own."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate, house.guest() as library:
            await work(library, random.Random(SEED + number))

    async with asyncio.TaskGroup() as group:
        for number in range(SESSIONS):
            group.create_task(one(number))


async def test_the_rooms_socket(house: House, measured: Callable[..., None]) -> None:
    """A real room socket under hostile messages and broken frames: each is answered or closed, and people notice nothing."""
    closed = 0

    async def messages(library: LibraryClient, source: random.Random) -> None:
        nonlocal closed
        left = MESSAGES
        while left:
            wire = await house.socket(library)
            while left and wire.open:
                count = min(BATCH, left)
                wire.write(*(message(source) for _ in range(count)))
                left -= count
                await wire.settle()
            closed += not wire.open
            await wire.hang_up()

    async def frames(library: LibraryClient, source: random.Random) -> None:
        for case in range(WIRES):
            wire = await house.socket(library)
            broken = damaged(source, b"".join(whole_frame(source) for _ in range(source.randrange(1, 5))))
            wire.write_bytes(source.randbytes(source.randrange(40)) if case % 4 == 0 else broken)
            await wire.hang_up()

    await spread(messages, house)
    await spread(frames, house)
    measured(messages=SESSIONS * MESSAGES, broken_wires=SESSIONS * WIRES, closed_by_the_house=closed)


def packet(source: random.Random) -> str | bytes:
    """A Socket.IO packet that is nearly right."""
    draw = source.random()
    if draw < 0.1:
        return source.randbytes(source.randrange(60))
    payload: list[Any] = [source.choice(EVENTS)]
    fields = ("to", "text", "since", "room", source.choice(("surprise", "id")))
    payload.append({name: plain(source) for name in fields if source.random() < 0.5} if draw < 0.7 else plain(source))
    kind = source.choice(("42", "42", "42", "421", "427", "451-", "452-9", "43", "40", "44", "2", "3", "9", ""))
    text = kind + msgspec.json.encode(payload[: source.randrange(3)]).decode()
    if draw > 0.99:
        text = source.choice(("2", "42")) + "[" * 4000
    return damaged(source, text.encode()).decode(errors="replace")


def plain(source: random.Random) -> Any:
    value = source.choice(VALUES)
    return value if isinstance(value, str | int | None) else str(value)


async def test_the_library_channel(house: House, measured: Callable[..., None]) -> None:
    """The library channel under hostile packets, over WebSocket and polling: it answers or hangs up, and breaks nowhere."""

    async def lines(library: LibraryClient, source: random.Random) -> None:
        async with aiohttp.ClientSession(cookies=library.cookies, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            for _ in range(PACKET_LINES):
                async with http.ws_connect(f"{house.url}socket.io/?EIO=4&transport=websocket", compress=0) as socket:
                    await socket.send_str("40")
                    with suppress(ConnectionError):
                        for _ in range(PACKETS):
                            said = packet(source)
                            await (socket.send_bytes(said) if isinstance(said, bytes) else socket.send_str(said))
            for _ in range(POLLS):
                said = packet(source)
                where = f"{house.url}socket.io/?EIO={source.choice((3, 4))}&transport=polling&sid={source.choice(('', 'x' * 20))}"
                async with http.post(where, data=said) as answer:
                    assert answer.status < 500, (where, said)

    await spread(lines, house)
    measured(packets=SESSIONS * PACKET_LINES * PACKETS, polls=SESSIONS * POLLS)


def origin(source: random.Random, own: str) -> str:
    """Nearly the library's own origin."""
    scheme, host = own.rstrip("/").split("://")
    name, port = host.rsplit(":", 1)
    near = [
        "null",
        "",
        "file://",
        f"{scheme}://{name}",
        f"{scheme}://{host}.evil.example",
        f"{scheme}://{host}@evil.example",
        f"{scheme}://evil@{host}",
        f"{scheme}://evil.example/{host}",
        f"{scheme}://{name}:{int(port) + 1}",
        f"{scheme}:{host}",
        f"{scheme}://[{host}",
        f"{scheme}://[::1]:{port}",
        host,
        f"https://evil.example#{own}",
        f"{own}evil",
    ]
    found = source.choice(near)
    if source.random() < 0.3:
        found = damaged(source, found.encode()).decode("ascii", "ignore")
    return "".join(char for char in found if char.isprintable()).strip()


async def test_pages_of_other_sites(house: House, measured: Callable[..., None]) -> None:
    """A page of another site opens no channel here, however near its origin is to ours."""
    source, doors = random.Random(SEED), 0
    own = house.url.rstrip("/")
    async with house.guest() as library, aiohttp.ClientSession(cookies=library.cookies) as http:
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        upgrade["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in library.cookies.items())}
        for _ in range(ORIGIN_CASES):
            wrong = origin(source, own)
            if wrong.partition("://")[2] == own.partition("://")[2]:
                continue
            for method, path, headers in (
                ("POST", "api/session", {}),
                ("POST", f"api/rooms/{ROOM}/enter", {}),
                ("GET", f"api/rooms/{ROOM}/socket", upgrade),
                ("GET", "socket.io/?EIO=4&transport=polling", {}),
                ("GET", "socket.io/?EIO=4&transport=websocket", upgrade),
            ):
                if not wrong and "socket.io" in path:
                    continue  # Engine.IO opens for an empty origin; the connect behind it refuses
                asked = {"Origin": wrong} | cookie | headers
                async with http.request(method, house.url + path, headers=asked) as answer:
                    assert answer.status in (400, 403), (wrong, method, path, answer.status)
                    doors += 1
    measured(doors_tried=doors)
