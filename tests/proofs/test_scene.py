"""A scene that many change at once, through losses, kills and crowds of things; and what that costs."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from carrel.scenes.arrangement.arrangement import Draft
from carrel.scenes.arrangement.values import Actor, Placement
from carrel.scenes.document import Caption, Components, Entity, Model, Transform
from carrel.server.accounts.cookies import SESSION_COOKIE
from carrel.server.client import Closed, LibraryClient, Refused, RoomClient, TimedOut
from carrel.server.rooms.drags import Drags
from carrel.server.rooms.scene_ports import Change, Line
from carrel.server.rooms.scene_store import SceneStore
from carrel.server.rooms.scene_writer import Decide, Done, Outcome
from carrel.server.settings import Settings
from carrel.server.storage import open_database
from tests.server.rooms.world import World, reader, serve
from tests.server_process import ServerProcess

pytestmark = pytest.mark.proof

ROOM = "great-hall"
SEED = 20_261_121
OPERATIONS = int(os.environ.get("CARREL_SCENE_OPERATIONS", "10000"))
WITHOUT_HASTE = {
    "requests_per_s": 1000,
    "scene_changes_per_minute": 100_000,
    "sessions_per_minute": 1000,
    "enters_per_minute": 1000,
    "bad_messages_per_minute": 1000,
}


def caption(number: int, x: float = 0.0) -> Entity:
    words = Caption(text=f"Number {number}", language="en")
    return Entity(id=f"t-{number:012x}", transform=Transform(position=(x, 1.0, 0.0)), caption=words)


class Arranger:
    """Somebody who changes things at random, and remembers what the server said was done."""

    def __init__(self, number: int, room: RoomClient, source: random.Random) -> None:
        self.room = room
        self.applied: dict[int, tuple[str, str | None]] = {}
        self.refused = self.unknown = 0
        self._number, self._source, self._made = number, source, 0

    def _new(self) -> Entity:
        self._made += 1
        return caption((self._number << 24) + self._made, self._source.uniform(-5, 5))

    async def act(self) -> None:
        """One change, whatever becomes of it."""
        source, room = self._source, self.room
        known = list(room.arrangement.placed)
        one = source.choice(known) if known else ""
        there = Transform(position=(source.uniform(-5, 5), 1.0, source.uniform(-5, 5)))
        returns = room.returns
        kind = source.choice(("spawn", "patch", "patch", "remove", "hold", "undo", "redo")) if one else "spawn"
        try:
            match kind:
                case "spawn":
                    answer = await room.spawn(self._new())
                case "patch":
                    answer = await room.patch(one, Components(transform=there))
                case "remove":
                    answer = await room.remove(one)
                case "hold":
                    await room.grab(one)
                    await room.drag(there)
                    answer, kind = await room.release(one, there), "patch"
                case "undo":
                    answer = await room.undo()
                case _:
                    answer = await room.redo()
            self.applied[answer.op_sequence] = (kind, answer.entity)
        except Refused:
            self.refused += 1
        except TimedOut:
            self.unknown += 1
        except Closed:
            self.unknown += 1
            await room.until(lambda room: room.returns > returns, 30)


def has_answers(arrangers: list[Arranger], wanted: int, _: RoomClient) -> bool:
    return sum(len(one.applied) for one in arrangers) >= wanted


def follows(world: World) -> Callable[[RoomClient], bool]:
    there = world.room.scene.arrangement
    return lambda room: (room.arrangement.op_sequence, room.arrangement.placed) == (there.op_sequence, there.placed)


async def test_replicas(tmp_path: Path, measured: Callable[..., None]) -> None:
    """Twenty people make 10,000 random changes at once and lose their lines: every replica, and what is on disk, is the server's scene."""
    operations, people = OPERATIONS, 20
    database = await open_database(Settings(data_dir=str(tmp_path)))
    store = SceneStore(database, 20_000)
    world, close = await serve(Settings(**WITHOUT_HASTE, open_rooms=("*",)), scenes=store)  # type: ignore[arg-type]
    source = random.Random(SEED)
    began = time.monotonic()
    losses = 0
    try:
        async with AsyncExitStack() as stack:
            arrangers = []
            for number in range(people):
                identity = reader(number, "librarian") if number % 2 else reader(number)
                cookies = {SESSION_COOKIE: world.sessions.add(identity)}
                library = await stack.enter_async_context(LibraryClient(str(world.http.make_url("/")), cookies=cookies))
                room = await stack.enter_async_context(library.room(ROOM))
                await room.arrange()
                arrangers.append(Arranger(number, room, random.Random(SEED + number)))

            async def live(one: Arranger) -> None:
                nonlocal losses
                while world.room.scene.arrangement.op_sequence < operations:
                    if source.random() < 0.005:
                        losses += 1
                        await one.room.lose()
                    await one.act()

            await asyncio.gather(*(live(one) for one in arrangers))
            took_s = time.monotonic() - began
            for one in arrangers:
                await one.room.until(follows(world), 30)
                assert one.room.missed_events == 0 or one.room.arrangement.placed == world.room.scene.arrangement.placed
            kept = await store.state(ROOM)
            assert kept is not None
            assert kept.op_sequence == world.room.scene.arrangement.op_sequence
            assert {one.entity.id: one for one in kept.placed} == world.room.scene.arrangement.placed
            claimed = [sequence for one in arrangers for sequence in one.applied]
            assert len(claimed) == len(set(claimed)), "an operation is one person's"
            measured(
                people=people,
                operations=kept.op_sequence,
                refused=sum(one.refused for one in arrangers),
                losses=losses,
                returns=sum(one.room.returns for one in arrangers),
                operations_a_second=f"{kept.op_sequence / took_s:.0f}",
                things_left=len(kept.placed),
            )
    finally:
        await close()
        await database.close()


async def test_kills(tmp_path: Path, measured: Callable[..., None]) -> None:
    """A server killed in the middle of changes: what was answered as done is there, in its order, and everybody sees the same again."""
    kills, people = 6, 8
    server = ServerProcess(tmp_path / "data", log_level="warning", scene_policy="everybody", **WITHOUT_HASTE)
    source = random.Random(SEED)
    await asyncio.to_thread(server.start)
    try:
        async with AsyncExitStack() as stack:
            arrangers = []
            for number in range(people):
                library = await stack.enter_async_context(LibraryClient(server.url, f"Arranger {number}"))
                room = await stack.enter_async_context(library.room(ROOM))
                await room.arrange()
                arrangers.append(Arranger(number, room, random.Random(SEED + number)))
            over = asyncio.Event()

            async def live(one: Arranger) -> None:
                while not over.is_set():
                    await one.act()

            tasks = [asyncio.create_task(live(one)) for one in arrangers]
            for _ in range(kills):
                wanted = sum(len(one.applied) for one in arrangers) + source.randrange(100, 400)
                await arrangers[0].room.until(partial(has_answers, arrangers, wanted), 60)
                returns = [one.room.returns for one in arrangers]
                server.kill()
                await asyncio.to_thread(server.start)
                for one, before in zip(arrangers, returns, strict=True):
                    await one.room.until(lambda room, before=before: room.returns > before, 60)  # type: ignore[misc]
            over.set()
            await asyncio.gather(*tasks)
            newest = max(sequence for one in arrangers for sequence in one.applied)
            for one in arrangers:
                await one.room.until(lambda room: room.arrangement.op_sequence >= newest, 30)
            replicas = [one.room.arrangement.placed for one in arrangers]
    finally:
        server.stop()
    assert "Traceback" not in server.log, server.log
    database = await open_database(Settings(data_dir=str(tmp_path / "data")))
    try:
        store = SceneStore(database, 20_000)
        kept = await store.state(ROOM)
        assert kept is not None
        lines: dict[int, Line] = {}
        before = kept.op_sequence + 1
        while page := await store.history(ROOM, before):
            lines |= {line.op_sequence: line for line in page}
            before = page[-1].op_sequence
    finally:
        await database.close()
    assert sorted(lines) == list(range(1, kept.op_sequence + 1))
    for one in arrangers:
        for sequence, (kind, entity) in one.applied.items():
            assert (lines[sequence].kind, lines[sequence].entity) == (kind, entity)
    on_disk = {one.entity.id: one for one in kept.placed}
    assert all(replica == on_disk for replica in replicas)
    measured(
        kills=kills,
        acknowledged=sum(len(one.applied) for one in arrangers),
        durable=kept.op_sequence,
        unanswered=sum(one.unknown for one in arrangers),
    )


async def test_five_thousand(tmp_path: Path, measured: Callable[..., None]) -> None:
    """A room with 5,000 things is entered, hello to the last thing known, in less than two seconds."""
    count = 5000
    settings = Settings(data_dir=str(tmp_path / "data"))
    database = await open_database(settings)
    stool = Model(url="/gltf/furniture/stool.glb", sha256="ab" * 32)
    things = [
        Placement(
            entity=Entity(
                id=f"t-{number:012x}",
                transform=Transform(position=(number % 50 / 10, 0.0, number % 70 / 10), rotation=(0.0, 0.6, 0.0, 0.8)),
                model=stool,
                caption=Caption(text=f"第 {number} 号展品, an exhibit with its words", language="en"),
            ),
            owner=f"{number % 97:016x}",
        )
        for number in range(count)
    ]
    lines = [
        Line(at, at, "Ada", one.owner, "spawn", one.entity.id, Change(put=(one,))) for at, one in enumerate(things, 1)
    ]
    await SceneStore(database, 20_000).keep(ROOM, lines, things)
    await database.close()
    server = ServerProcess(tmp_path / "data", log_level="warning")
    began = time.monotonic()
    await asyncio.to_thread(server.start)
    start_s = time.monotonic() - began
    try:
        entries_s = []
        for number in range(5):
            async with LibraryClient(server.url, f"Guest {number}") as library:
                began = time.monotonic()
                async with library.room(ROOM) as room:
                    await room.arrange()
                    entries_s.append(time.monotonic() - began)
                    assert list(room.arrangement.placed.values()) == things
                address = f"{server.url}/api/rooms/{ROOM}/scene"
                async with library._http.get(address) as answer:
                    plain, packed = len(await answer.read()), int(answer.headers["Content-Length"])
    finally:
        server.stop()
    assert max(entries_s) < 2
    measured(
        things=count,
        first_entry=f"{entries_s[0] * 1000:.0f} ms",
        next_entry=f"{sorted(entries_s)[2] * 1000:.0f} ms",
        on_the_wire=f"{packed / 1000:.0f} KB of {plain / 1000:.0f} KB",
        start_of_the_server=f"{start_s:.1f} s",
    )


async def written(world: World, count: int) -> float:
    """Seconds until so many things are placed and durable, without sockets and readers."""
    writer = world.rooms.live(ROOM).writer
    actor = Actor(owner="0" * 16, participant="0" * 16, slot=0)
    outcomes: list[Outcome] = []
    everything = asyncio.Event()

    def heard(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if len(outcomes) == count:
            everything.set()

    def placing(entity: Entity) -> Decide:
        async def decided(draft: Draft) -> str:
            return draft.spawn(actor, entity)

        return decided

    began = time.perf_counter()
    for number in range(count):
        writer.ask(placing(caption(2_000_000 + number)), heard, "Ada")
    await everything.wait()
    assert all(isinstance(outcome, Done) for outcome in outcomes)
    return time.perf_counter() - began


async def test_rate(tmp_path: Path, measured: Callable[..., None]) -> None:
    """So many changes a second are durable, and so long does one take; a tick in which nothing is held costs nothing for it."""
    database = await open_database(Settings(data_dir=str(tmp_path)))
    world, close = await serve(
        Settings(**WITHOUT_HASTE, open_rooms=("*",), scene_entities=10_000),  # type: ignore[arg-type]
        scenes=SceneStore(database, 20_000),
    )
    try:
        async with AsyncExitStack() as stack:
            rooms = []
            for number in range(20):
                cookies = {SESSION_COOKIE: world.sessions.add(reader(number))}
                library = await stack.enter_async_context(LibraryClient(str(world.http.make_url("/")), cookies=cookies))
                rooms.append(await stack.enter_async_context(library.room(ROOM)))

            async def place(number: int, room: RoomClient) -> None:
                await room.spawn(caption(number))

            alone = []
            for number in range(50):
                began = time.perf_counter()
                await place(1_000_000 + number, rooms[0])
                alone.append(time.perf_counter() - began)
            began = time.perf_counter()
            await asyncio.gather(*(place(200 * at + n, room) for at, room in enumerate(rooms) for n in range(200)))
            together_s = time.perf_counter() - began
        writer_s = await written(world, 4000)
    finally:
        await close()
        await database.close()
    drags = Drags(world.room.poses.bounds, 30.0)
    writer = world.rooms.live(ROOM).writer
    began = time.perf_counter()
    for tick in range(100_000):
        writer.tend(tick)
        drags.build(tick)
    idle_ns = (time.perf_counter() - began) * 1e9 / 100_000
    alone.sort()
    measured(
        one_at_a_time=f"{alone[25] * 1000:.1f} ms (p95 {alone[47] * 1000:.1f} ms)",
        by_20_clients_in_the_same_process=f"{4000 / together_s:.0f} a second",
        by_the_writer_alone=f"{4000 / writer_s:.0f} a second",
        idle_tick=f"{idle_ns:.0f} ns",
    )
