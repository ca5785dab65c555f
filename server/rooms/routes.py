"""HTTP of the rooms: what rooms there are, entering one, and its socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from aiohttp import web

from carrel.server.errors import BadRequest, Banned, NotSignedIn, PeerError, TooLarge
from carrel.server.rooms.origins import check_origin
from carrel.server.rooms.room_socket import room_socket
from carrel.server.rooms.scene_routes import scene_routes
from carrel.server.rooms.service import Rooms
from carrel.server.wire.messages import EnterRequest

ENTER_BYTES = 8192

_enter_decoder = msgspec.json.Decoder(EnterRequest)
Handler = Callable[[Rooms, web.Request], Awaitable[web.StreamResponse]]


def routes(rooms: Rooms) -> list[web.RouteDef]:
    return [
        web.get("/api/rooms", partial(_answered, list_rooms, rooms)),
        web.post("/api/rooms/{room}/enter", partial(_answered, enter, rooms)),
        web.get("/api/rooms/{room}/socket", partial(_answered, room_socket, rooms)),
        *scene_routes(rooms, _answered),
    ]


async def list_rooms(rooms: Rooms, request: web.Request) -> web.StreamResponse:
    return _json(rooms.summaries())


async def enter(rooms: Rooms, request: web.Request) -> web.StreamResponse:
    check_origin(request, rooms.settings)
    identity = await rooms.sessions.identify(request)
    if identity is None:
        raise NotSignedIn("Open the library first: there is no session.")
    if (request.content_length or 0) > ENTER_BYTES:
        raise TooLarge(f"At most {ENTER_BYTES} bytes.")
    body = await request.content.read(ENTER_BYTES + 1)
    while len(body) <= ENTER_BYTES and not request.content.at_eof():
        body += await request.content.read(ENTER_BYTES + 1 - len(body))
    if len(body) > ENTER_BYTES:
        raise TooLarge(f"At most {ENTER_BYTES} bytes.")
    try:
        wish = _enter_decoder.decode(body or b"{}")
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadRequest(f"Not an entry: {error}") from error
    return _json(await rooms.enter(identity, request.match_info["room"], wish))


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


async def _answered(handler: Handler, rooms: Rooms, request: web.Request) -> web.StreamResponse:
    """Errors of the peer become `{code, message, …}` with their status."""
    try:
        return await handler(rooms, request)
    except PeerError as error:
        body: dict[str, object] = {"code": error.code, "message": error.message}
        if error.retry_after_ms is not None:
            body["retry_after_ms"] = error.retry_after_ms
        if isinstance(error, Banned) and error.until_ms is not None:
            body["until_ms"] = error.until_ms
        answer = _json(body, error.status)
        if error.retry_after_ms is not None:
            answer.headers["Retry-After"] = str(-(-error.retry_after_ms // 1000))
        return answer
