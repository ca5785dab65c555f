"""A hundred thousand hostile inputs and more: the frame reader, the request decoder, and a live room whose people must not notice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from carrel.server.rooms.scene_writer import SceneWriter
from carrel.server.rooms.visits import Visit
from carrel.server.rooms.websocket_frames import FrameReader, ProtocolViolation
from carrel.server.settings import Settings
from carrel.server.wire import messages as m
from carrel.server.wire.schema import schema_hash
from tests.proofs.hostile import damaged, message, request, whole_frame
from tests.server.rooms.core import Core, Recorded
from tests.server.rooms.world import FREE_MODELS, MemoryScenes, guest, reader

pytestmark = pytest.mark.proof

Measured = Callable[..., None]
SEED = 20_260_101
PARSER_CASES = 60_000
DECODER_CASES = 40_000
ROOM_CASES = 20_000


def test_the_reader_takes_or_refuses_and_keeps_little(measured: Measured) -> None:
    """The frame reader takes or refuses whatever bytes come, and keeps little of them."""
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
    measured(cases=PARSER_CASES)


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


def test_the_decoder_makes_a_request_or_an_error(measured: Measured) -> None:
    """The decoder makes a request or an error of every message."""
    source = random.Random(SEED + 1)
    made = 0
    for _ in range(DECODER_CASES):
        try:
            made += isinstance(m.request_decoder.decode(request(source)[1:]), tuple(m.UP))
        except (m.msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue
    assert made > 1000, "the cases must be near enough to pass sometimes"
    measured(cases=DECODER_CASES, taken=made)


def test_a_live_room_answers_everything_and_its_people_notice_nothing(measured: Measured) -> None:
    """A live room answers every hostile message, and its people notice nothing."""
    source = random.Random(SEED + 2)
    core = Core(
        Settings(
            bad_messages_per_minute=1000,
            requests_per_s=1000,
            slot_quarantine_ms=1000,
            gestures_per_minute=600,
            chats_per_minute=600,
            scene_changes_per_minute=100_000,
        )
    )
    _, witness = core.join(guest(1))
    house, lines = House(core), {}
    scenes = MemoryScenes()
    writer = SceneWriter(core.room, scenes, FREE_MODELS, house.now_ms, house.spawn)
    asyncio.run(writer.open())
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
            visit = lines[number] = Visit(house, core.room, writer, identity, Line(), lambda visit: None)
            hello = m.Hello(id=0, protocol=m.PROTOCOL_VERSION, schema=schema_hash(), ticket=ticket)
            visit.on_message(b"\x02" + m.encode(hello))
            assert visit.participant is not None
        said = message(source)
        before = len(visit.connection.down)
        visit.on_message(said)
        if said[:1] == b"\x02" and visit.connection.code is None:
            assert len(visit.connection.down) > before, "every request is answered"
        visit.connection.down.clear()
        if case % 20 == 0:
            writer.tend(core.now_ms)
            core.tick()
            for frame_number, _ in witness.shared():
                assert frame_number == expected
                expected += 1
            witness.down.clear()
    assert house.bad > ROOM_CASES / 10
    assert core.room.people <= 6
    assert witness.code is None
    assert len(scenes.lines) > 50, "some change the scene"
    measured(cases=ROOM_CASES, refused=house.bad, changes_of_the_scene=len(scenes.lines))
