"""Enter, hello, frames with poses and chat, over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from carrel.server.wire import messages as m

from .world import World, guest, pose, reader, serve


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made, close = await serve()
    yield made
    await close()


async def test_two_people_see_hear_and_miss_each_other(world: World) -> None:
    ann = await world.join(guest(1, "Ann"))
    assert [person.name for person in ann.welcome.people] == ["Ann"]
    ben = await world.join(reader(2))
    assert {person.name for person in ben.welcome.people} == {"Ann", "Reader 2"}
    arrived = await ann.event(m.Arrived, lambda event: event.person.name == "Reader 2")
    assert arrived.person.slot == ben.welcome.slot
    await ann.socket.send_bytes(pose(1.0, 1.6, 9.0))
    record = await ben.sees(ann.welcome.slot, lambda record: record["head"][0] == 500)
    assert record["head"].tolist() == [500, 800, 4500]
    assert isinstance(await ann.ask(m.Say, scope="room", text="Good morning"), m.Result)
    said = await ben.event(m.Said)
    assert (said.text, said.name) == ("Good morning", "Ann")
    await ann.ask(m.Leave)
    left = await ben.event(m.Left)
    assert (left.participant, left.reason) == (ann.welcome.participant, "left")
    assert await ann.closed() == 1000
