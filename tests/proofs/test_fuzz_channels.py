"""A hundred thousand hostile inputs and more: the frame reader, the request decoder, and a live room whose people must not notice."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import msgpack
import pytest

from carrel.server.rooms.visits import Visit
from carrel.server.rooms.websocket_frames import FrameReader, ProtocolViolation, unmask
from carrel.server.settings import Settings
from carrel.server.wire import messages as m
from tests.server.rooms.core import Core, Recorded
from tests.server.rooms.world import guest, pose, reader

pytestmark = pytest.mark.proof

SEED = 20_260_101
PARSER_CASES = 60_000
DECODER_CASES = 40_000
ROOM_CASES = 20_000
VALUES: list[Any] = [
    None, True, -1, 0, 7, 2**32, 2**63, 1.5, float("nan"), float("inf"), "", "x", "x" * 1001, "\u202e", "0" * 16, "great-hall", b"", b"\xff" * 70, [], [1],
    {}, {"id": "ada"}, {"id": "ada", "colours": {"hair": "#ffffff"}}, "room", "nearby", "direct", "wave", "warn", "ban", "spam", pose(0, 1.6, 0),
]  # fmt: skip


def whole_frame(source: random.Random) -> bytes:
    payload = source.randbytes(source.choice((0, 1, 13, 33, 125, 126, 400)))
    size = len(payload)
    head = bytes((source.choice((0x82, 0x82, 0x02, 0x80, 0x00, 0x88, 0x89, 0x8A, 0x81, 0xC2, 0x83)),))
    head += bytes((0x80 | size,)) if size < 126 else bytes((0xFE,)) + size.to_bytes(2, "big")
    return head + b"mask" + unmask(payload, b"mask")


def damaged(source: random.Random, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(source.choice((0, 0, 1, 3))):
        if found:
            found[source.randrange(len(found))] = source.randrange(256)
    return bytes(found[: source.randrange(len(found) + 1)]) if source.random() < 0.2 else bytes(found)


def test_the_reader_takes_or_refuses_and_keeps_little() -> None:
    source = random.Random(SEED)
    for case in range(PARSER_CASES):
        reader_ = FrameReader(1024)
        wire = b"".join(whole_frame(source) for _ in range(source.randrange(1, 5)))
        data = source.randbytes(source.randrange(40)) if case % 4 == 0 else damaged(source, wire)
        at, code = 0, 1002
        try:
            while at < len(data):
                step = source.randrange(1, 60)
                for received in reader_.feed(data[at : at + step]):
                    assert len(received.payload) <= 1024
                at += step
        except ProtocolViolation as violation:
            code = violation.code
        assert code in (1002, 1003, 1009)
        assert len(reader_._pending) <= 1024 + 14


def request(source: random.Random) -> bytes:
    kind = source.choice(m.UP)
    fields: dict[Any, Any] = {"type": kind.__struct_config__.tag, "id": source.choice((1, 2, 3, source.choice(VALUES)))}
    for name in kind.__struct_fields__:
        if name != "id" and source.random() < 0.8:
            fields[name] = source.choice(VALUES)
    if source.random() < 0.1:
        fields[source.choice(("surprise", 5, "type"))] = source.choice(VALUES)
    return b"\x02" + damaged(source, msgpack.packb(fields))


def message(source: random.Random) -> bytes:
    draw = source.random()
    if draw < 0.6:
        return request(source)
    if draw < 0.8:
        return damaged(
            source,
            pose(
                source.uniform(-40, 40),
                source.uniform(-1, 12),
                source.uniform(-40, 40),
                source.randrange(256),
                source.randrange(256),
            ),
        )
    if draw < 0.9:
        return b"\x03" + source.randbytes(source.choice((4, 4, 4, 0, 9)))
    return source.randbytes(source.randrange(60))


class House:
    def __init__(self, core: Core) -> None:
        self.core = core
        self.bad = 0

    def now_ms(self) -> int:
        return self.core.now_ms

    def spawn(self, work: Any) -> None:
        asyncio.run(work)

    async def carry_out(self, deeds: Any) -> None: ...

    def note_bad_message(self) -> None:
        self.bad += 1


class Line(Recorded):
    heard = False

    def take_poses(self, table: Any, slot: int) -> None: ...

    def ping(self) -> None: ...


def test_the_decoder_makes_a_request_or_an_error() -> None:
    source = random.Random(SEED + 1)
    made = 0
    for _ in range(DECODER_CASES):
        try:
            made += isinstance(m.request_decoder.decode(request(source)[1:]), tuple(m.UP))
        except (m.msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue
    assert made > 1000, "the cases must be near enough to pass sometimes"


def test_a_live_room_answers_everything_and_its_people_notice_nothing() -> None:
    source = random.Random(SEED + 2)
    core = Core(
        Settings(
            bad_messages_per_minute=1000,
            requests_per_s=1000,
            slot_quarantine_ms=1000,
            gestures_per_minute=600,
            chats_per_minute=600,
        )
    )
    _, witness = core.join(guest(1))
    house, lines = House(core), {}
    roles: list[Any] = ["guest", "reader", "librarian", "moderator", "admin"]
    expected = witness.of(m.Welcome)[0].event_sequence
    for case in range(ROOM_CASES):
        number = 10 + case % 5
        visit: Visit | None = lines.get(number)
        if visit is None or visit.connection.code is not None or visit.participant is None:
            core.room.kept_out.clear()
            identity = reader(number, roles[number % 5]) if number % 5 else guest(number)
            for one in core.room.of_session(identity.session_id):
                core.room.drop(one, "left", core.now_ms)
            _, ticket = core.expect(identity)
            visit = lines[number] = Visit(house, core.room, identity, Line(), lambda visit: None)
            hello = m.Hello(id=0, protocol=m.PROTOCOL_VERSION, schema=m_hash(), ticket=ticket)
            visit.on_message(b"\x02" + m.encode(hello))
            assert visit.participant is not None
        said = message(source)
        before = len(visit.connection.down)
        visit.on_message(said)
        if said[:1] == b"\x02" and visit.connection.code is None:
            assert len(visit.connection.down) > before, "every request is answered"
        visit.connection.down.clear()
        if case % 20 == 0:
            core.tick()
            for frame_number, _ in witness.shared():
                assert frame_number == expected
                expected += 1
            witness.down.clear()
    assert house.bad > ROOM_CASES / 10
    assert core.room.people <= 6
    assert witness.code is None


def m_hash() -> str:
    from carrel.server.wire.schema import schema_hash

    return schema_hash()
