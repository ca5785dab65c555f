"""The room channel over real sockets: every bad input gets its documented answer, slow readers cost nobody else, places are kept and taken over."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import msgpack
import msgspec
import pytest
import websockets

from carrel.server.accounts.cookies import SESSION_COOKIE
from carrel.server.settings import Settings
from carrel.server.wire import frames
from carrel.server.wire import messages as m

from .world import RoomClient, World, guest, pose, reader, serve

Serve = Callable[..., Awaitable[World]]


@pytest.fixture
async def start() -> AsyncIterator[Serve]:
    closers = []

    async def make(**settings: Any) -> World:
        world, close = await serve(Settings(**settings))
        closers.append(close)
        return world

    yield make
    for close in closers:
        await close()


def packed(**fields: Any) -> bytes:
    return b"\x02" + msgpack.packb(fields)


# --- entering ---


async def test_the_list_of_rooms(start: Serve) -> None:
    world = await start(room_capacity=7)
    await world.join(guest(1))
    answer = await world.http.get("/api/rooms")
    assert await answer.json() == [
        {"room": "great-hall", "title": {"en": "Great Hall", "zh": "大厅"}, "people": 1, "capacity": 7}
    ]


@pytest.mark.parametrize(
    ("room", "body", "headers", "status", "code"),
    [
        ("great-hall", b"{}", {"Cookie": ""}, 401, "not_signed_in"),
        ("great-hall", b"{}", {"Origin": "https://evil.example"}, 403, "wrong_origin"),
        ("great-hall", b"{}", {"Origin": "null"}, 403, "wrong_origin"),
        ("no-such", b"{}", {}, 404, "not_found"),
        ("great-hall", b"{", {}, 400, "bad_request"),
        ("great-hall", b'{"name": ""}', {}, 400, "bad_request"),
        ("great-hall", b'{"name": "\xff"}', {}, 400, "bad_request"),
        ("great-hall", b'{"surprise": 1}', {}, 400, "bad_request"),
        ("great-hall", b'{"resume": "short"}', {}, 400, "bad_request"),
        ("great-hall", b'{"name": "' + b"x" * 9000 + b'"}', {}, 413, "too_large"),
    ],
)
async def test_entries_that_are_refused(
    start: Serve, room: str, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    world = await start()
    answer = await world.http.post(f"/api/rooms/{room}/enter", data=body, headers=world.headers(guest(1)) | headers)
    assert (answer.status, (await answer.json())["code"]) == (status, code)


async def test_a_full_room_and_a_hasty_session_are_told_when_to_come_back(start: Serve) -> None:
    world = await start(room_capacity=1, enters_per_minute=2)
    await world.join(guest(1))
    for code, status in (("room_full", 503), ("room_full", 503), ("too_many_requests", 429)):
        answer = await world.http.post("/api/rooms/great-hall/enter", json={}, headers=world.headers(guest(2)))
        body = await answer.json()
        assert (answer.status, body["code"]) == (status, code)
        assert body["retry_after_ms"] > 0
        assert int(answer.headers["Retry-After"]) >= 1


async def test_the_banned_are_told_why(start: Serve) -> None:
    world = await start()
    moderator = await world.join(reader(1, "moderator"))
    ben = await world.join(guest(2))
    done = await moderator.ask(m.Moderate, participant=ben.welcome.participant, act="ban", reason="threats", minutes=10)
    assert isinstance(done, m.Result)
    assert world.moderation.acts[0].reason == "threats"
    assert await ben.closed() == 4004
    answer = await world.http.post("/api/rooms/great-hall/enter", json={}, headers=world.headers(guest(2)))
    body = await answer.json()
    assert (answer.status, body["code"]) == (403, "banned")
    assert body["until_ms"] > world.rooms.now_ms()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Cookie": ""}, 401),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1.evil.example"}, 403),
    ],
)
async def test_sockets_that_are_refused_before_the_handshake(
    start: Serve, headers: dict[str, str], status: int
) -> None:
    world = await start()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await world.http.ws_connect("/api/rooms/great-hall/socket", headers=world.headers(guest(1)) | headers)
    assert refused.value.status == status


async def test_the_own_origin_and_allowed_ones_pass(start: Serve) -> None:
    world = await start(allowed_origins=("https://friend.example",))
    own = f"http://127.0.0.1:{world.http.port}"
    for origin in (own, "https://friend.example"):
        opened = await world.http.ws_connect(
            "/api/rooms/great-hall/socket", headers=world.headers(guest(1)) | {"Origin": origin}
        )
        assert not opened.closed


# --- hello ---


async def test_tickets_work_once_and_for_their_session(start: Serve) -> None:
    world = await start()
    entered = await world.enter(guest(1))
    thief = await world.open(guest(2))
    assert (await thief.hello(ticket=entered.ticket)).code == "gone"
    ann = await world.open(guest(1))
    assert isinstance(await ann.hello(ticket=entered.ticket), m.Welcome)
    again = await world.open(guest(1))
    assert (await again.hello(ticket=entered.ticket)).code == "gone"
    assert (await again.hello()).code == "gone"
    assert (await again.hello(ticket="x" * 40)).code == "gone"
    assert (await again.hello(schema="0" * 16)).code == "out_of_date"
    assert (await ann.hello(ticket=entered.ticket)).code == "bad_request"


async def test_before_hello_nothing_else_is_heard(start: Serve) -> None:
    world = await start()
    client = await world.open(guest(1))
    assert (await client.ask(m.React, reaction="wave")).code == "bad_request"
    for message in (pose(0, 1.6, 0), frames.PING.pack(frames.UP_PING, 1)):
        await client.socket.send_bytes(message)
        assert (await client.answer()).code == "bad_request"


async def test_a_socket_that_says_nothing_is_closed(start: Serve) -> None:
    world = await start(hello_ms=500)
    client = await world.open(guest(1))
    assert await client.closed() == 4006


# --- bad messages ---


@pytest.mark.parametrize(
    ("message", "number"),
    [
        (b"", None),
        (b"\x00", None),
        (b"\x7fwhat", None),
        (b"\x01", None),
        (b"\x01" + bytes(13), None),
        (b"\x03\x00", None),
        (b"\x02", None),
        (b"\x02\xc1", None),
        (b"\x02\x93\x01\x02\x03", None),
        (b"\x02" + b"\x91" * 5000, None),
        (packed(type="say", id=7, scope="room"), 7),
        (packed(type="say", id=7, scope="room", text=""), 7),
        (packed(type="say", id=7, scope="room", text="x" * 1001), 7),
        (packed(type="say", id=7, scope="everywhere", text="x"), 7),
        (packed(type="say", id=7, scope="room", text="x", extra=1), 7),
        (packed(type="say", id=-1, scope="room", text="x"), None),
        (packed(type="say", scope="room", text="x"), None),
        (packed(type="fly", id=9), 9),
        (packed(type="go_safe", id=float("nan")), None),
        (packed(type="moderate", id=9, participant="0" * 16, act="warn", reason="x", minutes=float("nan")), 9),
        (packed(type="mute", id=9, participant="DROP TABLE", muted=True), 9),
        (b"\x02" + msgpack.packb({"type": "say", "id": 7, "scope": "room"})[:-1], None),
        (b"\x02\x84\xa4type\xa3say\xa2id\x07\xa5scope\xa4room\xa4text\xa2\xff\xfe", 7),
    ],
)
async def test_malformed_messages_are_answered_and_the_connection_lives(
    start: Serve, message: bytes, number: int | None
) -> None:
    world = await start()
    client = await world.join(guest(1))
    await client.socket.send_bytes(message)
    failure = await client.answer()
    assert (failure.code, failure.id) == ("bad_request", number)
    assert isinstance(await client.ask(m.React, reaction="wave"), m.Result)


async def test_too_many_bad_messages_close_with_a_reason(start: Serve) -> None:
    world = await start(bad_messages_per_minute=5)
    client = await world.join(guest(1))
    for _ in range(6):
        await client.socket.send_bytes(b"\x7f")
    assert await client.closed() == 4000


async def test_too_frequent_requests_are_answered_and_then_closed(start: Serve) -> None:
    world = await start(requests_per_s=2, bad_messages_per_minute=5)
    client = await world.join(guest(1))
    codes = [await client.ask(m.RaiseHand, raised=bool(turn % 2)) for turn in range(9)]
    refused = [answer for answer in codes if isinstance(answer, m.Failure)]
    assert len(refused) >= 4
    assert all(answer.code == "too_many_requests" and answer.retry_after_ms for answer in refused)
    for _ in range(4):
        await client.socket.send_bytes(packed(type="raise_hand", id=1, raised=True))
    assert await client.closed() == 4000


@pytest.mark.parametrize(("send", "code"), [("big", 1009), ("text", 1003)])
async def test_frames_that_may_not_be(start: Serve, send: str, code: int) -> None:
    world = await start(request_bytes=1024)
    client = await world.join(guest(1))
    if send == "text":
        await client.socket.send_str("hello")
    else:
        await client.socket.send_bytes(b"\x02" + bytes(1024 + 1))
    assert await client.closed() == code
    assert world.room.people == 1, "the place is kept"


async def test_a_frame_without_a_mask_is_a_protocol_error(start: Serve) -> None:
    world = await start()
    client = await world.join(guest(1))
    connection = client.socket._conn
    assert connection is not None
    assert connection.transport is not None
    connection.transport.write(b"\x82\x01x")
    assert await client.closed() == 1002


async def test_pings_of_both_kinds_and_fragments(start: Serve) -> None:
    """An independent client: the `websockets` package."""
    world = await start()
    entered = await world.enter(guest(1))
    url = f"ws://127.0.0.1:{world.http.port}/api/rooms/great-hall/socket"
    cookie = {"Cookie": f"{SESSION_COOKIE}={world.sessions.add(guest(1))}"}
    async with websockets.connect(url, additional_headers=cookie, compression="deflate") as line:
        assert line.protocol.extensions == []
        await (await line.ping())
        hello = packed(type="hello", id=1, protocol=m.PROTOCOL_VERSION, schema=entered.schema, ticket=entered.ticket)
        await line.send([hello[:1], hello[1:9], b"", hello[9:]])
        welcome = frames.decode_down(bytes(await line.recv()))
        assert isinstance(welcome, m.Welcome)
        await line.send(frames.PING.pack(frames.UP_PING, 77))
        while not isinstance(pong := frames.decode_down(bytes(await line.recv())), frames.Pong):
            pass
        assert pong.echo == 77
        assert abs(pong.room_ms - world.room.room_ms(world.rooms.now_ms())) < 1000


# --- losing and coming back ---


async def test_a_lost_line_keeps_the_place_and_resumes(start: Serve) -> None:
    world = await start()
    ann, ben = await world.join(guest(1)), await world.join(guest(2))
    await ben.event(m.Arrived) if ben.welcome.slot == 0 else None
    transport = ann.socket._conn.transport  # type: ignore[union-attr]
    transport.abort()
    changed = await ben.event(m.Changed, lambda event: event.person.away)
    assert changed.person.participant == ann.welcome.participant
    await ben.ask(m.Say, scope="room", text="where is Ann?")
    back = await world.open(guest(1))
    welcome = await back.hello(resume=ann.welcome.resume_token, last_event=ann.welcome.event_sequence - 1)
    assert (welcome.resumed, welcome.participant, welcome.slot) == (True, ann.welcome.participant, ann.welcome.slot)
    assert (await back.event(m.Said)).text == "where is Ann?"
    assert [number for number, _ in back.events] == list(
        range(welcome.event_sequence, welcome.event_sequence + len(back.events))
    )
    await ben.event(m.Changed, lambda event: not event.person.away)
    replayed = await world.open(guest(1))
    await back.ask(m.React, reaction="wave")
    world.rooms._check(world.rooms.now_ms())
    assert (await replayed.hello(resume=ann.welcome.resume_token)).code == "gone"


async def test_a_second_tab_takes_over_and_the_first_is_told(start: Serve) -> None:
    world = await start()
    first = await world.join(guest(1))
    second = await world.open(guest(1))
    welcome = await second.hello(resume=first.welcome.resume_token)
    assert welcome.participant == first.welcome.participant
    assert await first.closed() == 4001
    assert isinstance(first.private[-1].event, m.Notice)
    assert first.private[-1].event.code == "taken_over"
    assert world.room.people == 1
    assert isinstance(await second.ask(m.React, reaction="wave"), m.Result)


async def test_two_tabs_are_two_participants(start: Serve) -> None:
    world = await start()
    first, second = await world.join(guest(1)), await world.join(guest(1))
    assert first.welcome.participant != second.welcome.participant
    assert world.room.people == 2


async def test_logout_closes_and_kills_the_tokens(start: Serve) -> None:
    world = await start()
    ann, waiting = await world.join(guest(1)), await world.open(guest(1))
    entered = await world.enter(guest(1))
    late = await world.open(guest(1))
    world.rooms.end_session("session-1")
    assert await ann.closed() == 4002
    assert await waiting.closed() == 4002
    assert await late.closed() == 4002
    assert world.room.people == 0
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await world.open(guest(1))
    stranger = await world.open(guest(2))
    assert (await stranger.hello(ticket=entered.ticket)).code == "gone"
    assert (await stranger.hello(resume=ann.welcome.resume_token)).code == "gone"


async def test_stopping_says_restarting_and_another_process_knows_the_token(start: Serve) -> None:
    world = await start()
    ann = await world.join(guest(1), name="Ann")
    await ann.socket.send_bytes(pose(4, 1.6, 4))
    stopping = asyncio.create_task(world.rooms.stop())
    assert await ann.closed() == 1012
    assert [one.event.code for one in ann.private if isinstance(one.event, m.Notice)] == ["restarting"]
    await stopping
    after = await start()
    fallen = await after.open(guest(1))
    assert (await fallen.hello(resume=ann.welcome.resume_token)).code == "gone"
    entered = await after.enter(guest(1), name="Ann", resume=ann.welcome.resume_token)
    assert entered.participant == ann.welcome.participant
    welcome = await fallen.hello(ticket=entered.ticket, pose=pose(4, 1.6, 4))
    assert welcome.position == pytest.approx((4, 0, 4), abs=0.01)
    assert after.room.people == 1


# --- acts over the wire ---


async def test_a_block_is_kept_before_it_is_answered(start: Serve) -> None:
    world = await start()
    ann, ben = await world.join(reader(1)), await world.join(reader(2))
    assert isinstance(await ann.ask(m.Block, participant=ben.welcome.participant, blocked=True), m.Result)
    assert world.moderation.blocks["account:account-1"] == {"account:account-2"}
    told = await ben.told(m.Preference)
    assert told.blocked
    assert isinstance(await ann.ask(m.Report, participant=ben.welcome.participant, reason="spam"), m.Result)
    assert world.moderation.complaints[0].reason == "spam"


async def test_leave_frees_the_place_at_once(start: Serve) -> None:
    world = await start()
    ann = await world.join(guest(1))
    await ann.ask(m.Leave)
    assert await ann.closed() == 1000
    assert world.room.people == 0


# --- slow readers ---


class Deaf:
    """A client that joins and then never reads."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.number = world, number

    async def join(self) -> socket.socket:
        entered = await self.world.enter(guest(self.number))
        link = socket.socket()
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(link, ("127.0.0.1", self.world.http.port))
        await loop.sock_sendall(
            link,
            f"GET /api/rooms/great-hall/socket HTTP/1.1\r\nHost: 127.0.0.1:{self.world.http.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Cookie: {SESSION_COOKIE}={self.world.sessions.add(guest(self.number))}\r\n\r\n".encode(),
        )
        await loop.sock_recv(link, 1024)
        hello = packed(type="hello", id=1, protocol=m.PROTOCOL_VERSION, schema=entered.schema, ticket=entered.ticket)
        await loop.sock_sendall(link, bytes((0x82, 0x80 | len(hello))) + bytes(4) + hello)
        return link


async def test_a_slow_reader_misses_poses_is_dropped_and_costs_nobody_else(start: Serve) -> None:
    world = await start(write_buffer_bytes=4096, slow_client_ms=1000, chats_per_minute=600, requests_per_s=200)
    ann = await world.join(guest(1))
    link = await Deaf(world, 2).join()
    try:
        arrived = await ann.event(m.Arrived, lambda event: event.person.participant != ann.welcome.participant)
        speakers = [await world.join(guest(3 + number)) for number in range(3)]
        dropped = world.rooms.metrics.registry
        line = "x" * 900
        deaf = arrived.person.participant
        while not any(isinstance(event, m.Changed) and event.person.participant == deaf for _, event in ann.events):
            for speaker in speakers:
                answer = await speaker.ask(m.Say, scope="room", text=line)
                assert isinstance(answer, m.Result | m.Failure)
            await ann.until(frames.Frame)
        assert (dropped.get_sample_value("carrel_room_dropped_slow_clients_total") or 0) == 1
        assert (dropped.get_sample_value("carrel_room_skipped_poses_total") or 0) > 0
        ticks = [frame.tick for frame in ann.frames]
        assert ticks == sorted(set(ticks))
        numbers = [number for number, _ in ann.events]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    finally:
        link.close()


async def test_an_answer_reads_as_json_too(start: Serve) -> None:
    """Every answer survives a round through plain types: what other languages see."""
    world = await start()
    ann: RoomClient = await world.join(guest(1))
    assert msgspec.convert(msgpack.unpackb(m.encode(ann.welcome)), m.Welcome) == ann.welcome
