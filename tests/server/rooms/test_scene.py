"""Arranging over real sockets: durable before it is answered and told, one holder, refusals with their codes, drags in frames, HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import numpy as np
import pytest

from carrel.avatars import codec
from carrel.scenes.document import Caption, Components, Entity, Media, Model, Transform
from carrel.server.errors import StorageError
from carrel.server.rooms import scene_routes
from carrel.server.rooms.scene_ports import State
from carrel.server.rooms.scene_store import SceneStore
from carrel.server.settings import Settings
from carrel.server.storage import open_database
from carrel.server.wire import frames
from carrel.server.wire import messages as m

from .world import FreeModels, MemoryScenes, RoomClient, World, guest, reader, serve

Serve = Callable[..., Awaitable[World]]
ROOM = "/api/rooms/great-hall"


@pytest.fixture
async def start() -> AsyncIterator[Serve]:
    async with contextlib.AsyncExitStack() as stack:

        async def make(scenes: MemoryScenes | None = None, **settings: Any) -> World:
            world, close = await serve(Settings(**settings), scenes=scenes)
            stack.push_async_callback(close)
            return world

        yield make


def picture(number: int, words: str = "", x: float = 0.0, work: str = "0") -> Entity:
    return Entity(
        id=f"t-{number:012x}",
        transform=Transform(position=(x, 1.0, 0.0)),
        media=Media(kind="image", work=work * 64, size=(1.0, 0.7)),
        caption=Caption(text=words, language="en") if words else None,
    )


def at(x: float) -> Transform:
    return Transform(position=(x, 1.0, 0.0))


async def done(client: RoomClient, kind: type[Any], **fields: Any) -> m.Applied:
    answer = await client.ask(kind, **fields)
    assert isinstance(answer, m.Applied), answer
    return answer


async def refused(client: RoomClient, kind: type[Any], **fields: Any) -> str:
    answer = await client.ask(kind, **fields)
    assert isinstance(answer, m.Failure), answer
    return answer.code


async def arranged(world: World, who: Any, query: str = "") -> m.Arranged:
    answer = await world.http.get(f"{ROOM}/scene{query}", headers=world.headers(who))
    assert answer.status == 200, await answer.text()
    return msgspec.json.decode(await answer.read(), type=m.Arranged)


async def test_what_is_placed_is_kept_answered_and_told(start: Serve) -> None:
    scenes = MemoryScenes()
    world = await start(scenes)
    ada, bo = await world.join(reader(1)), await world.join(guest(2))
    assert ada.welcome.space.may_place
    assert (bo.welcome.space.may_place, bo.welcome.space.may_change) == (False, "none")
    answer = await done(ada, m.Spawn, entity=picture(1, " A\u202e picture\n"))
    assert (answer.op_sequence, answer.entity, len(scenes.lines)) == (1, picture(1).id, 1)
    told = await bo.event(m.Operated)
    assert (told.op_sequence, told.by, told.gone) == (1, ada.welcome.participant, [])
    assert told.put[0].entity == picture(1, "A picture"), "captions are cleaned as other people's text"
    assert told.put[0].owner == ada.welcome.space.owner != bo.welcome.space.owner
    await done(ada, m.Patch, entity=picture(1).id, set=Components(transform=at(3.0)), unset=["caption"])
    await done(ada, m.Remove, entity=picture(1).id)
    assert [line.kind for line in scenes.lines] == ["spawn", "patch", "remove"]
    assert (await bo.event(m.Operated, lambda event: event.op_sequence == 3)).gone == [picture(1).id]
    await done(ada, m.Undo)
    await done(ada, m.Undo)
    assert (await arranged(world, guest(2))).placed[0].entity == picture(1, "A picture")
    await done(ada, m.Redo)
    assert (await arranged(world, guest(2))).placed[0].entity == picture(1, x=3.0)
    assert (await world.join(guest(3))).welcome.space.op_sequence == 6


async def test_refusals_have_their_codes(start: Serve) -> None:
    world = await start(scene_entities=1, requests_per_s=100)
    ada, bo, staff, nobody = [await world.join(one) for one in (reader(1), reader(2), reader(3, "librarian"), guest(4))]
    here = Components(transform=at(2.0))
    assert await refused(nobody, m.Spawn, entity=picture(1)) == "forbidden"
    assert await refused(ada, m.Spawn, entity=picture(1, work="1")) == "forbidden"
    stool = Model(url="/gltf/furniture/stool.glb", sha256="0" * 64)
    assert await refused(ada, m.Spawn, entity=Entity(id=picture(1).id, transform=at(0.0), model=stool)) == "bad_request"
    assert await refused(ada, m.Spawn, entity=picture(1, x=31.0)) == "bad_request"
    assert await refused(ada, m.Patch, entity=picture(1).id, set=here) == "not_found"
    assert await refused(ada, m.Undo) == "nothing_left"
    await done(ada, m.Spawn, entity=picture(1))
    assert await refused(ada, m.Spawn, entity=picture(1)) == "conflict"
    assert await refused(ada, m.Spawn, entity=picture(2)) == "scene_full"
    assert await refused(bo, m.Patch, entity=picture(1).id, set=here) == "forbidden"
    assert await refused(ada, m.Release, entity=picture(1).id) == "conflict"
    await done(staff, m.Grab, entity=picture(1).id)
    assert await refused(ada, m.Grab, entity=picture(1).id) == "held"
    await done(staff, m.Release, entity=picture(1).id, transform=at(1.0))
    assert await refused(ada, m.Undo) == "overtaken"
    rendition = Model(url=f"/api/works/{'0' * 64}/files/{'2' * 64}", sha256="2" * 64)
    await done(ada, m.Patch, entity=picture(1).id, set=Components(model=rendition))
    assert world.room.scene.works() == {"0" * 64}
    assert world.rooms.is_shown_to("session-1", "0" * 64)
    assert not world.rooms.is_shown_to("session-9", "0" * 64)


async def test_nobody_fills_a_room_alone(start: Serve) -> None:
    world = await start(scene_entities_per_person=2, requests_per_s=100)
    ada, lin, staff = [await world.join(one) for one in (reader(1), reader(2), reader(3, "librarian"))]
    for number in range(2):
        await done(ada, m.Spawn, entity=picture(number))
    assert await refused(ada, m.Spawn, entity=picture(2)) == "share_full"
    await done(lin, m.Spawn, entity=picture(3))
    for number in range(4, 7):
        await done(staff, m.Spawn, entity=picture(number))


async def test_what_comes_back_is_looked_at_like_something_new(start: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, kept, moved = "0" * 64, "01" * 32, "02" * 32
    world = await start(requests_per_s=100)
    ada, staff = await world.join(reader(1)), await world.join(reader(2, "librarian"))
    for number, work in enumerate((taken, kept, moved)):
        shown = picture(number)
        assert shown.media is not None
        media = msgspec.structs.replace(shown.media, work=work)
        await done(ada, m.Spawn, entity=msgspec.structs.replace(shown, media=media))
    await done(ada, m.Patch, entity=picture(2).id, set=Components(transform=at(2.0)))
    await done(ada, m.Remove, entity=picture(1).id)
    await done(ada, m.Remove, entity=picture(0).id)
    monkeypatch.setattr(FreeModels, "gone", frozenset({taken, moved}))
    assert await refused(ada, m.Undo) == "forbidden"
    assert (await done(ada, m.Undo)).entity == picture(1).id, "the step is forgotten and bars nothing"
    assert (await done(ada, m.Undo)).entity == picture(2).id, "what stands there anyhow needs no leave"
    await done(ada, m.Remove, entity=picture(1).id)
    answer = await world.http.post(
        f"{ROOM}/restore", json={"op_sequence": 4}, headers=world.headers(reader(2, "librarian"))
    )
    assert await answer.json() == {"op_sequence": 10, "left_out": 1}
    placed = (await arranged(world, reader(1))).placed
    assert {one.entity.id: one.entity.transform.position[0] for one in placed} == {
        picture(1).id: 0.0,
        picture(2).id: 2.0,
    }
    assert staff.welcome.space.may_restore


async def test_a_room_is_packed_once_for_all_who_ask_and_never_twice_at_a_time(
    start: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await start(requests_per_s=200)
    ada = await world.join(reader(1))
    for number in range(scene_routes.FEW + 6):
        await done(ada, m.Spawn, entity=picture(number))
    at_once, most, times, begun, go = 0, 0, 0, asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    pack = scene_routes._packed

    def slow(*given: Any) -> Any:
        nonlocal at_once, most, times
        at_once, times = at_once + 1, times + 1
        most = max(most, at_once)
        assert threading.current_thread() is not threading.main_thread()
        loop.call_soon_threadsafe(begun.set)
        go.wait(10)
        at_once -= 1
        return pack(*given)

    monkeypatch.setattr(scene_routes, "_packed", slow)
    asked = [asyncio.ensure_future(arranged(world, guest(2))) for _ in range(5)]
    await begun.wait()
    await done(ada, m.Remove, entity=picture(0).id)
    asked += [asyncio.ensure_future(arranged(world, guest(2))) for _ in range(5)]
    await world.http.get("/api/rooms", headers=world.headers(guest(2)))
    go.set()
    answers = await asyncio.gather(*asked)
    assert (most, times) == (1, 2)
    assert [len(one.placed) for one in answers[5:]] == [scene_routes.FEW + 5] * 5, "never older than the question"
    assert await arranged(world, guest(2)) == answers[-1]
    assert times == 2, "kept until the next operation"


async def test_who_is_muted_puts_nothing_up(start: Serve) -> None:
    world = await start()
    ada, staff = await world.join(reader(1)), await world.join(reader(2, "moderator"))
    await staff.ask(m.Moderate, participant=ada.welcome.participant, act="mute", reason="spam")
    assert await refused(ada, m.Spawn, entity=picture(1, "spam")) == "forbidden"


async def test_changes_are_counted(start: Serve) -> None:
    world = await start(scene_changes_per_minute=3)
    ada = await world.join(reader(1))
    for number in range(3):
        await done(ada, m.Spawn, entity=picture(number))
    assert await refused(ada, m.Spawn, entity=picture(9)) == "too_many_requests"


async def test_a_disk_that_takes_nothing_takes_back_the_whole_batch_and_nothing_else(start: Serve) -> None:
    scenes = MemoryScenes()
    world = await start(scenes)
    ada = await world.join(reader(1))
    await done(ada, m.Spawn, entity=picture(1))
    scenes.failing = StorageError("The library's disk is full.")
    asks = [m.Spawn(id=50, entity=picture(2)), m.Grab(id=51, entity=picture(2).id), m.Undo(id=52)]
    for request in asks:
        await ada.socket.send_bytes(bytes((frames.UP_REQUEST,)) + m.encode(request))
    answers = [await ada.answer() for _ in asks]
    assert [answer.code for answer in answers] == ["not_kept"] * 3
    assert "Nothing has changed" in answers[0].message
    assert world.room.scene.arrangement.op_sequence == 1
    assert world.room.scene.arrangement.leases == {}
    scenes.failing = RuntimeError("a bug")
    assert await refused(ada, m.Spawn, entity=picture(2)) == "internal"
    scenes.failing = None
    assert (await done(ada, m.Spawn, entity=picture(2))).op_sequence == 2, "the room goes on"


async def test_a_write_that_broke_off_after_it_was_kept_is_kept(start: Serve) -> None:
    scenes = MemoryScenes()
    world = await start(scenes)
    ada = await world.join(reader(1))
    scenes.failing_after = StorageError("The connection is lost.")
    assert (await done(ada, m.Spawn, entity=picture(1))).op_sequence == 1
    assert (await ada.event(m.Operated)).op_sequence == 1


async def test_a_room_in_doubt_looks_at_what_is_kept_before_it_goes_on(start: Serve) -> None:
    class Away(MemoryScenes):
        away = False

        async def newest(self, room: str) -> int:
            if self.away:
                raise StorageError("The database is away.")
            return await super().newest(room)

        async def state(self, room: str, op_sequence: int | None = None) -> State | None:
            if self.away:
                raise StorageError("The database is away.")
            return await super().state(room, op_sequence)

    scenes = Away()
    world = await start(scenes)
    ada, bo = await world.join(reader(1)), await world.join(guest(2))
    await done(ada, m.Spawn, entity=picture(1))
    await done(ada, m.Grab, entity=picture(1).id)
    scenes.away, scenes.failing_after = True, StorageError("The connection is lost.")
    for _ in range(2):
        assert await refused(ada, m.Spawn, entity=picture(2)) == "not_kept"
    scenes.away, scenes.failing_after = False, None
    assert (await done(ada, m.Spawn, entity=picture(3))).op_sequence == 3
    assert (await bo.event(m.Operated, lambda event: event.reload)).op_sequence == 2, "it was kept after all"
    assert list(world.room.scene.arrangement.leases) == [picture(1).id]
    assert len((await arranged(world, guest(2))).placed) == 3


async def test_a_full_disk_is_said_and_the_room_goes_on(start: Serve) -> None:
    database = await open_database(Settings(database_url="sqlite+aiosqlite://"))
    world = await start(SceneStore(database, 1000), requests_per_s=500, open_rooms=("*",))
    ada, bo = await world.join(reader(1)), await world.join(guest(2))
    async with database.begin() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    number = 0
    while isinstance(answer := await ada.ask(m.Spawn, entity=picture(number, "words " * 40)), m.Applied):
        number += 1
    assert answer.code == "not_kept"
    assert "disk is full" in answer.message
    assert answer.retry_after_ms
    await bo.ask(m.Say, scope="room", text="still here")
    async with database.begin() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count=100000")
    assert (await done(ada, m.Spawn, entity=picture(number))).op_sequence == number + 1
    kept = await SceneStore(database, 1000).state("great-hall")
    assert kept is not None
    assert len(kept.placed) == number + 1
    await database.close()


async def test_a_restarted_server_knows_what_is_placed_and_whose_it_is() -> None:
    database = await open_database(Settings(database_url="sqlite+aiosqlite://"))
    settings = Settings(open_rooms=("*",))
    owners = []
    for life in range(2):
        world, close = await serve(settings, scenes=SceneStore(database, 1000))
        ada = await world.join(reader(1))
        owners.append(ada.welcome.space.owner)
        assert ada.welcome.space.op_sequence == 2 * life
        await done(ada, m.Spawn, entity=picture(life))
        await done(ada, m.Patch, entity=picture(0).id, set=Components(transform=at(float(life + 1))))
        if life:
            whole = await arranged(world, guest(2))
            assert [one.entity.transform.position[0] for one in whole.placed] == [0.0, 2.0]
        await close()
    assert owners[0] == owners[1]
    await database.close()


async def test_requests_of_one_moment_are_one_write(start: Serve) -> None:
    class Counting(MemoryScenes):
        writes = 0

        async def keep(self, *given: Any) -> None:
            self.writes += 1
            await asyncio.sleep(0.05)
            await super().keep(*given)

    scenes = Counting()
    world = await start(scenes, requests_per_s=200)
    ada = await world.join(reader(1))
    for number in range(100):
        await ada.socket.send_bytes(bytes((frames.UP_REQUEST,)) + m.encode(m.Spawn(id=number, entity=picture(number))))
    answers = [await ada.answer() for _ in range(100)]
    assert [answer.op_sequence for answer in answers] == list(range(1, 101))
    assert scenes.writes < 20


async def test_of_two_who_grab_one_thing_one_has_it_and_its_drags_are_seen(start: Serve) -> None:
    world = await start()
    staff, ada, bo = [await world.join(one) for one in (reader(3, "librarian"), reader(1), guest(2))]
    await done(ada, m.Spawn, entity=picture(1))
    answers = await asyncio.gather(*(one.ask(m.Grab, entity=picture(1).id) for one in (staff, ada)))
    assert sorted(type(answer).__name__ for answer in answers) == ["Applied", "Failure"]
    winner = staff if isinstance(answers[0], m.Applied) else ada
    loser = ada if winner is staff else staff
    told = await bo.event(m.Grabbed)
    assert (told.participant, told.slot) == (winner.welcome.participant, winner.welcome.slot)
    await winner.socket.send_bytes(drag(0.5, 7))
    record = await drag_seen(bo, winner)
    assert (record["sequence"], record["flags"], record["scale"]) == (7, codec.FLAG_JUMP, 256)
    assert record["position"].tolist() == [250, 500, 0]
    for unbelievable in (drag(40.0, 8), drag(29.0, 9), drag(1.0, 10, scale=0xFFFF)):
        await winner.socket.send_bytes(unbelievable)
    await loser.socket.send_bytes(drag(2.0, 11))
    await winner.socket.send_bytes(drag(0.75, 12))
    record = await drag_seen(bo, winner)
    assert (record["sequence"], record["flags"]) == (12, 0)
    late = await world.join(guest(5))
    assert [held.entity for held in late.welcome.held] == [picture(1).id]
    assert (await drag_seen(late, winner))["sequence"] == 12, "who comes later sees what is held"
    await done(winner, m.Release, entity=picture(1).id, transform=at(0.75))
    order = [type(event) for _, event in bo.events if isinstance(event, m.Operated | m.Grabbed | m.Released)]
    await bo.event(m.Released)
    order = [type(event) for _, event in bo.events if isinstance(event, m.Operated | m.Grabbed | m.Released)]
    assert order == [m.Operated, m.Grabbed, m.Operated, m.Released]


async def test_a_hold_ends_by_itself_and_when_its_holder_leaves(start: Serve) -> None:
    world = await start(scene_lease_ms=1000)
    ada, bo = await world.join(reader(1)), await world.join(guest(2))
    await done(ada, m.Spawn, entity=picture(1))
    await done(ada, m.Grab, entity=picture(1).id)
    assert (await bo.event(m.Released)).entity == picture(1).id
    await done(ada, m.Grab, entity=picture(1).id)
    await ada.socket.send_bytes(drag(0.5, 1))
    await drag_seen(bo, ada)
    bo.events.clear()
    await ada.ask(m.Leave)
    await bo.event(m.Released)
    assert world.room.scene.arrangement.leases == {}


async def test_malformed_drags_are_bad_messages(start: Serve) -> None:
    world = await start()
    ada = await world.join(reader(1))
    for bad in (b"\x04", drag(0.0, 0)[:-1], drag(0.0, 0) + b"\0", drag(0.0, 0, scale=0)):
        await ada.socket.send_bytes(bad)
        assert (await ada.answer()).code == "bad_request"


async def test_the_arrangement_over_http_is_packed_and_known_by_its_tag(start: Serve) -> None:
    world = await start()
    ada = await world.join(reader(1))
    await done(ada, m.Spawn, entity=picture(1))
    headers = world.headers(guest(2)) | {"Accept-Encoding": "gzip"}
    async with aiohttp.ClientSession(auto_decompress=False) as http:
        async with http.get(world.http.make_url(f"{ROOM}/scene"), headers=headers) as answer:
            etag = answer.headers["ETag"]
            assert answer.headers["Content-Encoding"] == "gzip"
            whole = msgspec.json.decode(gzip.decompress(await answer.read()), type=m.Arranged)
            assert (whole.op_sequence, whole.placed[0].entity) == (1, picture(1))
        async with http.get(world.http.make_url(f"{ROOM}/scene"), headers=headers | {"If-None-Match": etag}) as answer:
            assert answer.status == 304
        await done(ada, m.Remove, entity=picture(1).id)
        async with http.get(world.http.make_url(f"{ROOM}/scene"), headers=headers | {"If-None-Match": etag}) as answer:
            assert answer.status == 200
            assert answer.headers["ETag"] != etag
    assert (await world.http.get(f"{ROOM}/scene")).status == 401


async def test_staff_look_at_earlier_states_and_bring_one_back(start: Serve) -> None:
    world = await start(requests_per_s=200)
    ada, staff = await world.join(reader(1)), await world.join(reader(2, "librarian"))
    for number in range(70):
        await done(ada, m.Spawn, entity=picture(number))
    for number in range(70):
        await done(ada, m.Remove, entity=picture(number).id)
    for path in ("history", "scene?at=70"):
        assert (await world.http.get(f"{ROOM}/{path}", headers=world.headers(reader(1)))).status == 403
    past = await world.http.get(f"{ROOM}/history", headers=world.headers(reader(2, "librarian")))
    told = msgspec.json.decode(await past.read(), type=m.SceneHistory)
    assert (told.op_sequence, told.oldest, len(told.operations)) == (140, 0, 100)
    assert told.operations[0].kind == "remove"
    assert told.operations[0].name == "Reader 1"
    assert len((await arranged(world, reader(2, "librarian"), "?at=70")).placed) == 70
    for bad, status in (("?at=x", 400), ("?at=-1", 400), ("?at=99999999999", 400)):
        answer = await world.http.get(f"{ROOM}/scene{bad}", headers=world.headers(reader(2, "librarian")))
        assert answer.status == status
    evil = world.headers(reader(2, "librarian")) | {"Origin": "https://evil.example"}
    assert (await world.http.post(f"{ROOM}/restore", json={"op_sequence": 70}, headers=evil)).status == 403
    answer = await world.http.post(
        f"{ROOM}/restore", json={"op_sequence": 70}, headers=world.headers(reader(2, "librarian"))
    )
    assert await answer.json() == {"op_sequence": 141, "left_out": 0}
    event = await ada.event(m.Operated, lambda event: event.op_sequence == 141)
    assert (event.reload, event.put, event.by) == (True, [], staff.welcome.participant)
    assert len((await arranged(world, reader(1))).placed) == 70
    answer = await world.http.post(
        f"{ROOM}/restore", json={"op_sequence": 69}, headers=world.headers(reader(2, "librarian"))
    )
    event = await ada.event(m.Operated, lambda event: event.op_sequence == 142)
    assert (event.reload, event.gone) == (False, [picture(69).id]), "small differences are told as they are"


def drag(x: float, sequence: int, scale: int = 256) -> bytes:
    record = np.zeros(1, codec.DRAG)
    record["sequence"], record["scale"] = sequence, scale
    record["position"] = codec.encode_positions(np.array([[x, 1.0, 0.0]]))
    record["rotation"] = codec.encode_rotations(np.array([[0.0, 0.0, 0.0, 1.0]]))
    return codec.write_drag(record[0])


async def drag_seen(client: RoomClient, by: RoomClient) -> Any:
    seen = 0
    while True:
        for frame in client.frames[seen:]:
            for section in frame.sections:
                for record in section.records:
                    if section.kind == codec.KIND_DRAG and record["slot"] == by.welcome.slot:
                        client.frames.clear()
                        return record
        seen = len(client.frames)
        await client.receive()
