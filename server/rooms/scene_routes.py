"""HTTP of the scenes: what is arranged, how it came to be, and an earlier state brought back."""

from __future__ import annotations

import asyncio
import zlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, NamedTuple

import msgspec
from aiohttp import web

from carrel.scenes.arrangement.arrangement import Draft
from carrel.scenes.arrangement.values import Actor, Placement
from carrel.server.accounts.model import Identity
from carrel.server.errors import BadRequest, Banned, Forbidden, NotFound, NotSignedIn, StorageError
from carrel.server.requests import json_answer, json_body
from carrel.server.rooms.origins import check_origin
from carrel.server.rooms.scene_ports import Line
from carrel.server.rooms.scene_writer import Done, Outcome
from carrel.server.rooms.service import LiveRoom, Rooms
from carrel.server.wire.messages import Arranged, PastOperation, Restored, RestoreRequest, SceneHistory

FEW: Final = 64
"""Things that are written in one go: a fraction of a millisecond."""
_GZIP: Final = 31
"""zlib's number for a gzip head."""
_LEVEL: Final = 3
_SEQUENCE_DIGITS: Final = 10

Handler = Callable[[Rooms, web.Request], Awaitable[web.StreamResponse]]


class Packed(NamedTuple):
    key: tuple[int, int]
    """Of the room's start (Unix ms) and of the newest operation in it."""
    plain: bytes
    zipped: bytes


class SceneRoutes:
    """Keeps the newest state of each room packed until the next operation, so that a crowd that enters costs one packing."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._packed: dict[str, Packed] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def scene(self, rooms: Rooms, request: web.Request) -> web.StreamResponse:
        live = rooms.live(request.match_info["room"])
        identity = await _visitor(rooms, request)
        if (at := _number(request, "at")) is not None:
            _may_restore(live, identity)
            state = await live.writer.store.state(live.room.spec.room, at)
            if state is None:
                raise NotFound("That state is not kept any more. The history says which are.")
            return _answer(request, await _pack(live, at, state.placed))
        return _answer(request, await self._newest(live))

    async def _newest(self, live: LiveRoom) -> Packed:
        """The state of now. One packing a room at a time: who asks meanwhile waits, and shares the next where that one is older than the question."""
        name, scene = live.room.spec.room, live.room.scene
        asked = (live.room.epoch_ms, scene.arrangement.op_sequence)
        async with self._turns[name]:
            packed = self._packed.get(name)
            if packed is None or packed.key < asked:
                arrangement = scene.arrangement
                packed = await _pack(live, arrangement.op_sequence, list(arrangement.placed.values()))
                self._packed[name] = packed
            return packed


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
    answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    here = next((one for room, one in rooms.places_of(identity.session_id) if room is live.room), None)
    actor = Actor(
        owner=scene.owner(identity), participant=here.id if here else "", slot=here.slot if here else 0, reach="any"
    )

    # Beside the queue: many works are asked for, and others go on meanwhile.
    placed = await live.writer.models.returning(identity, scene.arrangement.placed, state.placed)

    async def decided(draft: Draft) -> None:
        _may_restore(live, identity)
        draft.restore(actor, placed)

    def heard(outcome: Outcome) -> None:
        if not answer.done():
            answer.set_result(outcome)

    live.writer.ask(decided, heard, identity.name, is_restore=True)
    outcome = await answer
    if isinstance(outcome, Done):
        return json_answer(Restored(op_sequence=outcome.op_sequence, left_out=len(state.placed) - len(placed)))
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


def _answer(request: web.Request, packed: Packed) -> web.Response:
    etag = f'"{packed.key[0]:x}-{packed.key[1]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie"}
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers=headers)
    body = packed.plain
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = packed.zipped, "gzip"
    return web.Response(body=body, content_type="application/json", headers=headers)


async def _pack(live: LiveRoom, op_sequence: int, placed: list[Placement]) -> Packed:
    """`placed` is not changed meanwhile."""
    head = Arranged(room=live.room.spec.room, op_sequence=op_sequence, placed=[])
    return await asyncio.to_thread(_packed, (live.room.epoch_ms, op_sequence), head, placed)


def _packed(key: tuple[int, int], head: Arranged, placed: list[Placement]) -> Packed:
    """In pieces, between which a thread that packs lets the loop go on."""
    start, end = msgspec.json.encode(head).rsplit(b"[]", 1)
    pieces = [msgspec.json.encode(placed[at : at + FEW])[1:-1] for at in range(0, len(placed), FEW)]
    plain = start + b"[" + b",".join(pieces) + b"]" + end
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return Packed(key, plain, packer.compress(plain) + packer.flush())
