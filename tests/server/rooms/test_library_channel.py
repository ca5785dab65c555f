"""The library channel with a real Socket.IO client: letters, their rules, refusals, and the room through the tunnel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import msgpack
import msgspec
import pytest
import socketio

from carrel.server.accounts.model import Identity
from carrel.server.settings import Settings
from carrel.server.wire import frames
from carrel.server.wire import messages as m

from .world import World, guest, pose, reader, serve


class Line:
    """A Socket.IO client that puts what comes into a queue."""

    def __init__(self, client: socketio.AsyncClient) -> None:
        self.client = client
        self.letters: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.down: asyncio.Queue[bytes] = asyncio.Queue()
        self.over: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.gone = asyncio.Event()
        client.on("letter", self.letters.put)
        client.on("room_down", self.down.put)
        client.on("room_closed", self.over.put)
        client.on("disconnect", self.gone.set)

    async def ask(self, event: str, *payload: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await self.client.call(
            event, payload[0] if len(payload) == 1 else payload or None, timeout=10
        )
        return answer

    async def letter(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.letters.get(), 10)

    async def until(self, test: Callable[[Any], bool]) -> Any:
        while True:
            down = frames.decode_down(await asyncio.wait_for(self.down.get(), 10))
            if test(down):
                return down


Open = Callable[..., Awaitable[Line]]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made, close = await serve(Settings(letters_kept=8, library_events_per_s=5, bad_messages_per_minute=20))
    yield made
    await close()


@pytest.fixture
async def connect(world: World) -> AsyncIterator[Open]:
    opened: list[socketio.AsyncClient] = []

    async def make(identity: Identity, transports: tuple[str, ...] = ("websocket",), **headers: str) -> Line:
        client = socketio.AsyncClient(reconnection=False)
        opened.append(client)
        line = Line(client)
        await client.connect(
            f"http://127.0.0.1:{world.http.port}",
            headers=world.headers(identity) | headers,
            transports=list(transports),
            wait_timeout=5,
        )
        return line

    yield make
    for client in opened:
        # Over long polling an orderly goodbye waits for the poll that is open.
        await client.eio.disconnect(abort=True)


async def test_letters_are_numbered_kept_and_resent(world: World, connect: Open) -> None:
    ann, ben = await world.join(reader(1)), await world.join(reader(2))
    line = await connect(reader(1))
    done = {"ok": True, "code": None, "message": None, "retry_after_ms": None, "data": None}
    assert await line.ask("direct", {"to": ben.welcome.participant, "text": " hello\u202e "}) == done
    assert (await line.ask("invite", {"to": ben.welcome.participant}))["ok"]
    away = await connect(reader(2))
    assert (await away.ask("inbox", {"since": 0}))["data"] == {"count": 2}
    first, second = await away.letter(), await away.letter()
    assert (first["kind"], first["text"], first["sender"]) == ("direct", "hello", ann.welcome.participant)
    assert (second["kind"], second["room"], second["number"]) == ("invitation", "great-hall", first["number"] + 1)
    assert (await away.ask("inbox", {"since": first["number"]}))["data"] == {"count": 1}
    assert (await away.letter())["number"] == second["number"]
    await line.ask("direct", {"to": ben.welcome.participant, "text": "again"})
    assert (await away.letter())["text"] == "again"


async def test_a_full_mailbox_forgets_the_oldest(world: World) -> None:
    from carrel.server.rooms.letters import Letters

    letters = Letters(8)
    for number in range(12):
        letters.post("account:a", "notice", str(number), 5_000)
    assert [letter.text for letter in letters.read("account:a", 0)] == [str(number) for number in range(4, 12)]
    assert letters.read("account:a", 5 + 11) == []
    assert letters.read("nobody", 0) == []


async def test_who_may_write_to_whom(world: World, connect: Open) -> None:
    ann, ben = await world.join(guest(1)), await world.join(reader(2))
    staff = await world.join(reader(3, "librarian"))
    line, desk = await connect(guest(1)), await connect(reader(3, "librarian"))
    assert (await line.ask("direct", {"to": ben.welcome.participant, "text": "hi"}))["code"] == "forbidden"
    assert (await line.ask("direct", {"to": staff.welcome.participant, "text": "help"}))["ok"]
    assert (await desk.ask("direct", {"to": ann.welcome.participant, "text": "gladly"}))["ok"]
    assert (await line.letter())["text"] == "gladly"
    assert (await line.ask("direct", {"to": "0" * 16, "text": "hi"}))["code"] == "not_found"
    nowhere = await connect(reader(9))
    assert (await nowhere.ask("direct", {"to": staff.welcome.participant, "text": "hi"}))["code"] == "conflict"


async def test_blocks_and_mutes_hold(world: World, connect: Open) -> None:
    ann, ben = await world.join(reader(1)), await world.join(reader(2))
    line, other = await connect(reader(1)), await connect(reader(2))
    await ben.ask(m.Mute, participant=ann.welcome.participant, muted=True)
    assert (await line.ask("direct", {"to": ben.welcome.participant, "text": "unheard"}))["ok"]
    await ben.ask(m.Mute, participant=ann.welcome.participant, muted=False)
    assert (await line.ask("direct", {"to": ben.welcome.participant, "text": "heard"}))["ok"]
    assert (await other.letter())["text"] == "heard"
    await ben.ask(m.Block, participant=ann.welcome.participant, blocked=True)
    assert (await line.ask("direct", {"to": ben.welcome.participant, "text": "hi"}))["code"] == "forbidden"
    assert (await other.ask("direct", {"to": ann.welcome.participant, "text": "hi"}))["code"] == "forbidden"


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("fly", {}),
        ("direct", {}),
        ("direct", None),
        ("direct", "text"),
        ("direct", {"to": "x", "text": "hi"}),
        ("direct", {"to": "0" * 16, "text": ""}),
        ("direct", {"to": "0" * 16, "text": "x" * 1001}),
        ("direct", {"to": "0" * 16, "text": "hi", "more": 1}),
        ("direct", {"to": "0" * 16, "text": b"bytes"}),
        ("inbox", {"since": -1}),
        ("inbox", {"since": 1.5}),
        ("inbox", {"since": 2**33}),
        ("room_open", {"room": 7}),
    ],
)
async def test_malformed_events_are_answered(world: World, connect: Open, event: str, payload: Any) -> None:
    await world.join(reader(1))
    line = await connect(reader(1))
    answer = await line.ask(event, payload)
    assert (answer["ok"], answer["code"]) == (False, "bad_request")
    assert answer["message"]
    assert (await line.ask("inbox", {"since": 0}))["ok"]


async def test_more_than_one_payload_is_refused(world: World, connect: Open) -> None:
    line = await connect(reader(1))
    assert (await line.ask("inbox", {"since": 0}, {"since": 1}))["code"] == "bad_request"


async def test_too_frequent_events_are_answered_and_then_cut(world: World, connect: Open) -> None:
    line = await connect(reader(1))
    answers = [await line.ask("inbox", {"since": 0}) for _ in range(14)]
    refused = [answer for answer in answers if not answer["ok"]]
    assert refused
    assert all(answer["code"] == "too_many_requests" and answer["retry_after_ms"] > 0 for answer in refused)
    for _ in range(40):
        await line.client.emit("inbox", {"since": 0})
    await asyncio.wait_for(line.gone.wait(), 10)


async def test_strangers_and_foreign_pages_are_not_connected_by_polling(world: World) -> None:
    polling = "/socket.io/?EIO=4&transport=polling"
    foreign = await world.http.get(polling, headers=world.headers(reader(1)) | {"Origin": "https://evil.example"})
    assert foreign.status == 400
    opened = await world.http.get(polling)
    sid = msgspec.json.decode((await opened.read())[1:])["sid"]
    await world.http.post(f"{polling}&sid={sid}", data="40")
    refused = await (await world.http.get(f"{polling}&sid={sid}")).text()
    assert refused == '44{"message":"not_signed_in","data":{"code":"not_signed_in"}}'


async def test_strangers_and_foreign_pages_are_not_connected(world: World, connect: Open) -> None:
    transport = "websocket"
    for headers in ({"Cookie": ""}, {"Origin": "https://evil.example"}):
        with pytest.raises(socketio.exceptions.ConnectionError):
            await connect(reader(1), (transport,), **headers)
    own = f"http://127.0.0.1:{world.http.port}"
    assert (await (await connect(reader(1), (transport,), Origin=own)).ask("inbox", {"since": 0}))["ok"]


async def test_a_message_over_the_limit_ends_the_line(world: World, connect: Open) -> None:
    line = await connect(reader(1))
    await line.client.emit("direct", {"to": "0" * 16, "text": "x" * 40_000})
    await asyncio.wait_for(line.gone.wait(), 10)


async def test_compression_is_not_offered(world: World) -> None:
    session = aiohttp.ClientSession()
    async with (
        session,
        session.ws_connect(
            f"http://127.0.0.1:{world.http.port}/socket.io/?EIO=4&transport=websocket",
            headers=world.headers(reader(1)),
            compress=15,
        ) as socket,
    ):
        assert socket.compress == 0


async def test_logout_ends_the_line_and_a_guests_letters(world: World, connect: Open) -> None:
    line = await connect(guest(1))
    world.rooms.end_session("session-1")
    await asyncio.wait_for(line.gone.wait(), 10)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await connect(guest(1))


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_the_room_through_the_tunnel(world: World, connect: Open, transport: str) -> None:
    ann = await world.join(guest(1))
    entered = await world.enter(guest(2), name="Ben")
    line = await connect(guest(2), (transport,))
    assert (await line.ask("room_up", b"\x03aaaa"))["code"] == "conflict"
    assert (await line.ask("room_open", {"room": "nowhere"}))["code"] == "not_found"
    assert (await line.ask("room_open", {"room": "great-hall"}))["ok"]
    assert (await line.ask("room_up", "text"))["code"] == "bad_request"
    hello = {
        "type": "hello",
        "id": 1,
        "protocol": m.PROTOCOL_VERSION,
        "schema": entered.schema,
        "ticket": entered.ticket,
    }
    assert (await line.ask("room_up", b"\x02" + msgpack.packb(hello)))["ok"]
    welcome = await line.until(lambda down: isinstance(down, m.Welcome))
    assert {person.name for person in welcome.people} == {"Guest 1", "Ben"}
    await line.client.emit("room_up", pose(2, 1.6, 2))
    await ann.sees(welcome.slot, lambda record: record["head"][0] == 1000)
    await ann.ask(m.Say, scope="room", text="through the wall")
    frame = await line.until(
        lambda down: isinstance(down, frames.Frame) and any(isinstance(event, m.Said) for event in down.events)
    )
    assert frame.event_sequence == welcome.event_sequence
    await ann.socket.send_bytes(pose(-1, 1.6, 9))
    await line.until(
        lambda down: (
            isinstance(down, frames.Frame)
            and any(
                record["slot"] == ann.welcome.slot and record["head"][0] == -500
                for section in down.sections
                for record in section.records
            )
        )
    )
    await line.client.emit("room_up", b"\x02" + msgpack.packb({"type": "leave", "id": 2}))
    assert (await asyncio.wait_for(line.over.get(), 10)) == {"code": 1000, "reason": "left"}
    left = await ann.event(m.Left)
    assert left.participant == welcome.participant


async def test_a_lost_tunnel_keeps_the_place_and_a_socket_takes_it_up(world: World, connect: Open) -> None:
    entered = await world.enter(guest(2))
    line = await connect(guest(2))
    await line.ask("room_open", {"room": "great-hall"})
    hello = {
        "type": "hello",
        "id": 1,
        "protocol": m.PROTOCOL_VERSION,
        "schema": entered.schema,
        "ticket": entered.ticket,
    }
    await line.client.emit("room_up", b"\x02" + msgpack.packb(hello))
    welcome = await line.until(lambda down: isinstance(down, m.Welcome))
    await line.client.disconnect()
    socket = await world.open(guest(2))
    back = await socket.hello(resume=welcome.resume_token, last_event=welcome.event_sequence - 1)
    assert (back.participant, back.resumed) == (welcome.participant, True)
    assert world.room.people == 1
