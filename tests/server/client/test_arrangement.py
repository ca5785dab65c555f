"""The reference client arranges: its replica follows what everybody does, over losses, restores and a server that has forgotten the events."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from carrel.scenes.arrangement.values import Placement
from carrel.scenes.document import Components, Entity, Media, Transform
from carrel.server.accounts.cookies import SESSION_COOKIE
from carrel.server.client import LibraryClient, Refused
from carrel.server.client.arrangement import Arrangement
from carrel.server.settings import Settings
from carrel.server.wire.messages import Arranged, Operated
from tests.server.rooms.world import World, reader, serve


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made, close = await serve(Settings(event_ring=16, requests_per_s=500, scene_changes_per_minute=10_000))
    yield made
    await close()


def library(world: World, number: int) -> LibraryClient:
    return LibraryClient(
        str(world.http.make_url("/")), cookies={SESSION_COOKIE: world.sessions.add(reader(number, "librarian"))}
    )


def picture(number: int, x: float = 0.0) -> Entity:
    media = Media(kind="image", work="0" * 64, size=(1.0, 0.7))
    return Entity(id=f"t-{number:012x}", transform=Transform(position=(x, 1.0, 0.0)), media=media)


def follows(world: World) -> object:
    there = world.room.scene.arrangement
    return lambda room: (room.arrangement.op_sequence, room.arrangement.placed) == (there.op_sequence, there.placed)


async def test_replicas_follow_and_drags_are_seen(world: World) -> None:
    async with library(world, 1) as one, library(world, 2) as two, one.room("great-hall") as ada:
        await ada.spawn(picture(1))
        async with two.room("great-hall") as bo:
            await bo.arrange()
            assert bo.arrangement.placed[picture(1).id].entity == picture(1)
            await ada.grab(picture(1).id)
            await bo.until(lambda room: picture(1).id in room.arrangement.held)
            with pytest.raises(Refused, match="held"):
                await bo.patch(picture(1).id, Components(transform=Transform(position=(9.0, 1.0, 0.0))))
            await ada.drag(Transform(position=(0.5, 1.25, 0.0), scale=2.0))
            await bo.until(lambda room: ada.welcome.slot in room.drags)
            seen = bo.drags[ada.welcome.slot].transform
            assert (seen.position, seen.scale) == ((0.5, 1.25, 0.0), 2.0)
            await ada.release(picture(1).id, Transform(position=(0.5, 1.25, 0.0), scale=2.0))
            await bo.until(follows(world))  # type: ignore[arg-type]
            await bo.until(lambda room: not room.arrangement.held and not room.drags)
            await bo.remove(picture(1).id)
            with pytest.raises(Refused, match="overtaken"):
                await ada.undo()
        assert await ada.arrange() is ada.arrangement
        await ada.until(follows(world))  # type: ignore[arg-type]


async def test_a_replica_comes_back_from_a_gap_that_the_ring_does_not_span(world: World) -> None:
    async with (
        library(world, 1) as one,
        library(world, 2) as two,
        one.room("great-hall") as ada,
        two.room("great-hall") as bo,
    ):
        await bo.arrange()
        await bo.lose()
        for number in range(40):
            await ada.spawn(picture(number))
        await bo.until(lambda room: room.returns > 0)
        await ada.spawn(picture(40))
        await bo.until(follows(world))  # type: ignore[arg-type]
        assert len(bo.arrangement.placed) == 41


def test_operations_that_come_before_the_state_are_kept_for_it() -> None:
    def put(number: int) -> Placement:
        return Placement(entity=picture(number), owner="0" * 16)

    def seen(replica: Arrangement) -> tuple[int, bool, int]:
        return replica.op_sequence, replica.is_stale, len(replica.placed)

    replica = Arrangement()
    replica.hear(Operated(op_sequence=2, by=None, put=[put(7)]))
    replica.follow()
    for number in (3, 4, 5):
        replica.hear(Operated(op_sequence=number, by=None, put=[put(number)]))
    replica.fetched(Arranged(room="hall", op_sequence=4, placed=[put(number) for number in (1, 2, 3, 4)]))
    assert seen(replica) == (5, False, 5)
    replica.hear(Operated(op_sequence=6, by=None, reload=True))
    replica.hear(Operated(op_sequence=7, by=None, gone=[picture(1).id]))
    assert seen(replica) == (5, True, 5)
    replica.fetched(Arranged(room="hall", op_sequence=5, placed=[]))
    assert seen(replica) == (5, True, 0), "that was before the reload"
    replica.fetched(Arranged(room="hall", op_sequence=6, placed=[put(1), put(9)]))
    assert seen(replica) == (7, False, 1)
