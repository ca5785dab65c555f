"""A room socket opened by hand: nothing keeps it from saying what no client would."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from carrel.server.client import LibraryClient
from carrel.server.rooms.websocket_frames import unmask
from carrel.server.wire import frames
from carrel.server.wire import messages as m
from carrel.server.wire.schema import schema_hash

ANSWER_S = 20.0
SETTLED = 0xFEEDFACE
"""The id of the request whose answer tells that everything before it was heard."""


def masked(message: bytes) -> bytes:
    """One whole client frame."""
    size = len(message)
    head = bytes((0x82, 0x80 | size)) if size < 126 else b"\x82\xfe" + size.to_bytes(2, "big")
    return head + b"mask" + unmask(message, b"mask")


class RawSocket:
    def __init__(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open = True
        self._stream = stream
        self._writer = writer

    @classmethod
    async def enter(cls, library: LibraryClient, room: str) -> RawSocket:
        """Enter, shake hands, say hello and wait until all of that is heard."""
        entered = await library.enter(room)
        where = urlsplit(str(library.base))
        stream, writer = await asyncio.open_connection(where.hostname, where.port)
        cookie = "; ".join(f"{name}={value}" for name, value in library.cookies.items())
        head = (
            f"GET {entered.room_url} HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {cookie}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        hello = m.Hello(id=0, protocol=m.PROTOCOL_VERSION, schema=schema_hash(), ticket=entered.ticket)
        made = cls(stream, writer)
        made.write_bytes(head.encode())
        answer = await asyncio.wait_for(stream.readuntil(b"\r\n\r\n"), ANSWER_S)
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        made.write(bytes((frames.UP_REQUEST,)) + m.encode(hello))
        await made.settle()
        return made

    def write(self, *messages: bytes) -> None:
        self.write_bytes(b"".join(masked(message) for message in messages))

    def write_bytes(self, data: bytes) -> None:
        self._writer.write(data)

    async def settle(self) -> None:
        """Until everything written was answered or the house has closed: then `open` is False."""
        self.write(bytes((frames.UP_REQUEST,)) + m.encode(m.React(id=SETTLED, reaction="wave")))
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                opcode, payload = await asyncio.wait_for(self._frame(), ANSWER_S)
                if opcode == 8:
                    break
                if opcode == 2 and payload[0] == frames.DOWN_ANSWER:
                    answer = frames.decode_down(payload)
                    if isinstance(answer, m.Result | m.Failure) and answer.id == SETTLED:
                        return
        self.open = False

    async def hang_up(self) -> None:
        """Close this side and wait for the other one."""
        with suppress(ConnectionError):
            if self._writer.can_write_eof():
                self._writer.write_eof()
            while await asyncio.wait_for(self._stream.read(65_536), ANSWER_S):
                continue
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _frame(self) -> tuple[int, bytes]:
        head = await self._stream.readexactly(2)
        size = head[1]
        if size >= 126:
            size = int.from_bytes(await self._stream.readexactly(2 if size == 126 else 8), "big")
        return head[0] & 0x0F, await self._stream.readexactly(size)
