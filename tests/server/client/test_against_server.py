"""The reference client against real rooms on a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from carrel.server.accounts.cookies import SESSION_COOKIE
from carrel.server.client import Closed, LibraryClient, Refused, RoomClient
from carrel.server.wire import messages as m
from tests.server.rooms.world import World, guest, serve


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made, close = await serve()
    yield made
    await close()


def library(world: World, number: int) -> LibraryClient:
    identity = guest(number)
    return LibraryClient(str(world.http.make_url("/")), cookies={SESSION_COOKIE: world.sessions.add(identity)})


def sees(other: RoomClient, x: float) -> object:
    def condition(one: RoomClient) -> bool:
        at = one.poses.offset_m(other.welcome.slot)
        return at is not None and abs(at[0] - x) < 0.01

    return condition


async def test_two_people_see_hear_and_leave_each_other(world: World) -> None:
    async with library(world, 1) as one, library(world, 2) as two, one.room("great-hall") as ada:
        async with two.room("great-hall") as bo:
            await ada.until(lambda room: bo.welcome.participant in room.people)
            await bo.send_pose((2.0, 1.6, 3.0))
            await ada.until(sees(bo, 2.0))  # type: ignore[arg-type]
            await bo.say("hello")
            async for event in ada.events():
                if isinstance(event, m.Said):
                    assert (event.text, event.participant) == ("hello", bo.welcome.participant)
                    break
            await ada.until(lambda room: room.clock.known)
            assert abs(ada.clock.rtt_ms) < 1000
            await bo.raise_hand()
            await ada.until(lambda room: any(person.hand_raised for person in room.people))
        await ada.until(lambda room: len(room.people) == 1)


async def test_a_lost_connection_is_resumed_with_what_was_missed(world: World) -> None:
    async with (
        library(world, 1) as one,
        library(world, 2) as two,
        one.room("great-hall") as ada,
        two.room("great-hall") as bo,
    ):
        before = (ada.welcome.participant, ada.welcome.slot)
        await ada.until(lambda room: bo.welcome.participant in room.people)
        await ada.lose()
        await bo.until(lambda room: any(person.away for person in room.people))
        await bo.say("while you were out")
        await ada.until(lambda room: room.returns == 1)
        assert ada.welcome.resumed
        assert (ada.welcome.participant, ada.welcome.slot) == before
        async for event in ada.events():
            if isinstance(event, m.Said):
                assert event.text == "while you were out"
                break
        assert len(ada.people) == 2, "what was known before the loss still holds"


async def test_a_place_that_is_gone_is_entered_again_as_the_same_participant(world: World) -> None:
    async with library(world, 1) as one, one.room("great-hall") as ada:
        before = ada.welcome.participant
        world.room.drop(world.room.participants[before], "lost", world.rooms.now_ms(), 1012)
        await ada.until(lambda room: room.returns == 1)
        assert not ada.welcome.resumed
        assert ada.welcome.participant == before
        assert [person.participant for person in ada.people] == [before]


async def test_a_refusal_carries_its_code(world: World) -> None:
    async with library(world, 1) as one:
        with pytest.raises(Refused) as refused:
            await one.enter("no-such-room")
        assert refused.value.code == "not_found"
        async with one.room("great-hall") as room:
            with pytest.raises(Refused) as refused:
                await room.say("hello", "direct", "0" * 16)
            assert refused.value.code in ("not_found", "gone", "bad_request")


async def test_a_room_that_is_over_says_so(world: World) -> None:
    async with library(world, 1) as one, one.room("great-hall") as room:
        world.rooms.end_session(guest(1).session_id)
        with pytest.raises(Closed):
            await room.until(lambda _: False)
        assert room.over is not None
        assert room.over.code == 4002
        assert not room.connected
        assert not [event async for event in room.events() if isinstance(event, m.Said)], "the events come to an end"


async def test_rooms_are_listed(world: World) -> None:
    async with library(world, 1) as one, one.room("great-hall") as room:
        summaries = await one.rooms()
        assert [(summary.room, summary.people) for summary in summaries] == [(room.welcome.space.room, 1)]


async def test_library_channel_opens(world: World) -> None:
    async with library(world, 1) as one:
        await one.open_channel()
        with pytest.raises(Refused):
            await one.direct("0" * 16, "is anybody there?")
