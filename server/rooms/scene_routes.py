"""HTTP of the scenes: what is arranged, how it came to be, and an earlier state brought back."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, NamedTuple

import msgspec
from aiohttp import web

from carrel.scenes.arrangement.arrangement import Draft
from carrel.scenes.arrangement.values import Actor
from carrel.server.accounts.model import Identity
from carrel.server.errors import BadRequest, Banned, Forbidden, NotFound, NotSignedIn, StorageError
from carrel.server.requests import json_answer, json_body
from carrel.server.rooms.origins import check_origin
from carrel.server.rooms.scene_ports import Line
from carrel.server.rooms.scene_writer import Done, Outcome
from carrel.server.rooms.service import LiveRoom, Rooms
from carrel.server.wire.messages import Arranged, PastOperation, Restored, RestoreRequest, SceneHistory

BIG_BYTES: Final = 16_384
"""A body from this size on is packed beside the loop."""
_GZIP: Final = 31
"""zlib's number for a gzip head."""
_LEVEL: Final = 3
_SEQUENCE_DIGITS: Final = 10

Handler = Callable[[Rooms, web.Request], Awaitable[web.StreamResponse]]


class Packed(NamedTuple):
    etag: str
    plain: bytes
    zipped: bytes


class SceneRoutes:
    """Keeps the newest state of each room packed, so that a crowd that enters costs one packing."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._packed: dict[str, asyncio.Task[Packed]] = {}
        self._numbers: dict[str, tuple[int, int]] = {}

    async def scene(self, rooms: Rooms, request: web.Request) -> web.StreamResponse:
        live = rooms.live(request.match_info["room"])
        identity = await _visitor(rooms, request)
        if (at := _number(request, "at")) is not None:
            _may_restore(live, identity)
            state = await live.writer.store.state(live.room.spec.room, at)
            if state is None:
                raise NotFound("That state is not kept any more. The history says which are.")
            answer = json_answer(Arranged(room=live.room.spec.room, op_sequence=at, placed=state.placed))
            answer.enable_compression()
            return answer
        packed = await self._newest(live)
        headers = {"ETag": packed.etag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie"}
        if request.headers.get("If-None-Match") == packed.etag:
            return web.Response(status=304, headers=headers)
        body = packed.plain
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = packed.zipped, "gzip"
        return web.Response(body=body, content_type="application/json", headers=headers)

    async def _newest(self, live: LiveRoom) -> Packed:
        """The state of now. Who asks while it is being packed waits for that one, which is at most a moment old, never older than the question."""
        name, arrangement = live.room.spec.room, live.room.scene.arrangement
        key = (live.room.epoch_ms, arrangement.op_sequence)
        if self._numbers.get(name) != key:
            whole = Arranged(room=name, op_sequence=key[1], placed=list(arrangement.placed.values()))
            self._numbers[name] = key
            self._packed[name] = asyncio.get_running_loop().create_task(_pack(whole, f'"{key[0]:x}-{key[1]}"'))
        return await asyncio.shield(self._packed[name])


async def history(rooms: Rooms, request: web.Request) -> web.StreamResponse:
    live = rooms.live(request.match_info["room"])
    _may_restore(live, await _visitor(rooms, request))
    newest, store, name = live.room.scene.arrangement.op_sequence, live.writer.store, live.room.spec.room
    before = _number(request, "before")
    lines = await store.history(name, newest + 1 if before is None else before)
    told = SceneHistory(
        room=name, op_sequence=newest, oldest=await store.oldest(name), operations=[_past(line) for line in lines]
    )
    return json_answer(told)


async def restore(rooms: Rooms, request: web.Request) -> web.StreamResponse:
    """An earlier state is brought back for everybody, by one more operation."""
    check_origin(request, rooms.settings)
    live = rooms.live(request.match_info["room"])
    identity = await _visitor(rooms, request)
    _may_restore(live, identity)
    wish = await json_body(request, RestoreRequest)
    rooms.spend_restore(identity)
    name, scene = live.room.spec.room, live.room.scene
    state = await live.writer.store.state(name, wish.op_sequence)
    if state is None:
        raise NotFound("That state is not kept any more. The history says which are.")
    placed = {one.entity.id: one for one in state.placed}
    answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    here = next((one for room, one in rooms.places_of(identity.session_id) if room is live.room), None)
    actor = Actor(
        owner=scene.owner(identity), participant=here.id if here else "", slot=here.slot if here else 0, reach="any"
    )

    async def decided(draft: Draft) -> None:
        _may_restore(live, identity)
        draft.restore(actor, placed)

    def heard(outcome: Outcome) -> None:
        if not answer.done():
            answer.set_result(outcome)

    live.writer.ask(decided, heard, identity.name, is_restore=True)
    outcome = await answer
    if isinstance(outcome, Done):
        return json_answer(Restored(op_sequence=outcome.op_sequence))
    raise outcome or StorageError("The restore did not go through.")


def scene_routes(
    rooms: Rooms, answered: Callable[[Handler, Rooms, web.Request], Awaitable[web.StreamResponse]]
) -> list[web.RouteDef]:
    """`answered` turns errors of the peer into answers."""
    scenes = SceneRoutes(rooms)
    return [
        web.get("/api/rooms/{room}/scene", partial(answered, scenes.scene, rooms)),
        web.get("/api/rooms/{room}/history", partial(answered, history, rooms)),
        web.post("/api/rooms/{room}/restore", partial(answered, restore, rooms)),
    ]


async def _visitor(rooms: Rooms, request: web.Request) -> Identity:
    """Who may come in may see what stands there. Raises NotSignedIn, Banned."""
    identity = await rooms.sessions.identify(request)
    if identity is None:
        raise NotSignedIn("Open the library first: there is no session.")
    ban = await rooms.moderation.is_banned(identity.subject, request.match_info["room"])
    if ban is not None:
        raise Banned(f"You are banned from this room: {ban.reason}", until_ms=ban.until_ms)
    return identity


def _may_restore(live: LiveRoom, identity: Identity) -> None:
    if not live.room.scene.rights(identity).may_restore:
        raise Forbidden("Earlier states are for the room's owner, and for the library's staff in its shared rooms.")


def _number(request: web.Request, name: str) -> int | None:
    """A number in the address. Raises BadRequest."""
    text = request.query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _SEQUENCE_DIGITS):
        raise BadRequest(f"`{name}` is the number of an operation.")
    return int(text)


def _past(line: Line) -> PastOperation:
    return PastOperation(
        op_sequence=line.op_sequence, at_unix_ms=line.at_ms, name=line.name, kind=line.kind, entity=line.entity
    )


async def _pack(whole: Arranged, etag: str) -> Packed:
    plain = msgspec.json.encode(whole)
    zipped = await asyncio.to_thread(_gzip, plain) if len(plain) >= BIG_BYTES else _gzip(plain)
    return Packed(etag, plain, zipped)


def _gzip(plain: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(plain) + packer.flush()
