"""GET /api/rooms/{room}/socket: aiohttp shakes hands, then our own protocol carries the connection."""

from __future__ import annotations

import asyncio
import socket
from typing import Final

from aiohttp import web

from carrel.server.errors import NotSignedIn
from carrel.server.rooms.origins import check_origin
from carrel.server.rooms.service import Rooms
from carrel.server.rooms.websocket_protocol import RoomProtocol

UNSENT_BYTES: Final = 32_768
"""Bytes the kernel keeps unsent for one reader before it says that it is full: what lies there can no longer be left out."""
_MESSAGE_HEAD: Final = 1


async def room_socket(rooms: Rooms, request: web.Request) -> web.StreamResponse:
    """Raises WrongOrigin, NotSignedIn, NotFound before the handshake; the returned response is over when the socket is."""
    check_origin(request, rooms.settings)
    identity = await rooms.sessions.identify(request)
    if identity is None:
        raise NotSignedIn("Open the library first: there is no session.")
    room_id = request.match_info["room"]
    rooms.room(room_id)
    rooms.still_signed_in(identity)
    response = web.WebSocketResponse(compress=False, autoping=False, max_msg_size=1)
    await response.prepare(request)
    transport = request.transport
    if transport is None or transport.is_closing():
        return response
    _keep_little_in_the_kernel(transport)
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    before = transport.get_protocol()

    def on_closed(error: Exception | None) -> None:
        # aiohttp's own protocol keeps the server's books: it must hear of the end as well.
        before.connection_lost(error)
        if not over.done():
            over.set_result(None)

    protocol = RoomProtocol(transport, rooms.settings.request_bytes + _MESSAGE_HEAD, on_closed)
    protocol.attach(rooms.visit(identity, room_id, protocol))
    transport.set_protocol(protocol)
    try:
        await over
    finally:
        if not over.done():
            protocol.abort()
    return response


def _keep_little_in_the_kernel(transport: asyncio.Transport) -> None:
    option = getattr(socket, "TCP_NOTSENT_LOWAT", 25 if hasattr(socket, "TCP_QUICKACK") else None)
    found = transport.get_extra_info("socket")
    if option is not None and found is not None and found.family in (socket.AF_INET, socket.AF_INET6):
        found.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)
