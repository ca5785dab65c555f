"""GET /api/rooms/{room}/socket: a handshake over aiohttp, then our own protocol carries the connection."""

from __future__ import annotations

import asyncio
import socket
from base64 import b64encode
from hashlib import sha1
from typing import Any, Final, cast

from aiohttp import web

from carrel.server.errors import BadRequest, NotSignedIn
from carrel.server.rooms.origins import check_origin
from carrel.server.rooms.service import Rooms
from carrel.server.rooms.websocket_protocol import RoomProtocol

UNSENT_BYTES: Final = 32_768
"""Bytes the kernel keeps unsent for one reader before it says that it is full: what lies there can no longer be left out."""
_MESSAGE_HEAD: Final = 1
_KEY_SUFFIX: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, 1.3: what is hashed with the client's key."""


async def room_socket(rooms: Rooms, request: web.Request) -> web.StreamResponse:
    """Raises WrongOrigin, NotSignedIn, NotFound before the handshake; the returned response is over when the socket is."""
    check_origin(request, rooms.settings)
    identity = await rooms.sessions.identify(request)
    if identity is None:
        raise NotSignedIn("Open the library first: there is no session.")
    room_id = request.match_info["room"]
    rooms.room(room_id)
    rooms.still_signed_in(identity)
    response = _switching(request)
    await response.prepare(request)
    transport = request.transport
    if transport is None or transport.is_closing():
        return response
    early = _Early()
    request.protocol.set_parser(cast(Any, early))
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
    if early.data:
        protocol.data_received(early.data)
    try:
        await over
    finally:
        if not over.done():
            protocol.abort()
    return response


class _Early:
    """What a client sent before it read the handshake's answer, as aiohttp kept it: it belongs to our protocol."""

    def __init__(self) -> None:
        self.data = b""

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        self.data += data
        return False, b""

    def feed_eof(self) -> None:
        """The end of the connection is heard elsewhere."""


def _switching(request: web.Request) -> web.StreamResponse:
    """The answer 101 of RFC 6455, no subprotocol, no extensions. Raises BadRequest for what is no WebSocket handshake."""
    if not web.WebSocketResponse(compress=False).can_prepare(request).ok:
        raise BadRequest("This is the address of a WebSocket of version 13.")
    key = request.headers["Sec-WebSocket-Key"].strip()
    accept = b64encode(sha1((key + _KEY_SUFFIX).encode(), usedforsecurity=False).digest()).decode()
    response = web.StreamResponse(
        status=101, headers={"Upgrade": "websocket", "Connection": "upgrade", "Sec-WebSocket-Accept": accept}
    )
    response.force_close()
    return response


def _keep_little_in_the_kernel(transport: asyncio.Transport) -> None:
    option = getattr(socket, "TCP_NOTSENT_LOWAT", 25 if hasattr(socket, "TCP_QUICKACK") else None)
    found = transport.get_extra_info("socket")
    if option is not None and found is not None and found.family in (socket.AF_INET, socket.AF_INET6):
        found.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)
