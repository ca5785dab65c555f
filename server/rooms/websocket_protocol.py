"""The room socket after its handshake: an asyncio protocol that takes over the transport from aiohttp.

A pose is the message that comes a thousand times a tick. When it arrives as one whole masked frame it is put into the room's raw table as it stands,
mask and all; the tick unmasks all of them at once. Anything else goes through `FrameReader`.
"""

from __future__ import annotations

import asyncio
import contextlib
from array import array
from collections.abc import Callable
from typing import Final, Protocol

from carrel.avatars.codec import UP_LAYOUTS, UP_POSE
from carrel.server.rooms.pose_table import FIRST, MASK_BYTES, NEWEST, ROWS, STRIDE
from carrel.server.rooms.websocket_frames import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    FrameReader,
    ProtocolViolation,
    close_code,
    close_frame,
    header,
)

CLOSE_WAIT_S: Final = 2.0
"""How long a closing connection waits for the other side's close frame and for its own bytes to go out."""
CONTROL_PER_S: Final = 20
_HEAD_BYTES: Final = 2
_POSE_FRAMES: Final = {_HEAD_BYTES + MASK_BYTES + length: (0x80 | length, length) for length in UP_LAYOUTS}
"""Size of a masked pose frame → (its second byte, the message's length)."""
_FIRST: Final = 0x80 | BINARY


class Owner(Protocol):
    """What stands behind a socket."""

    def on_message(self, message: bytes) -> None: ...

    def on_lost(self) -> None: ...


class RawTable(Protocol):
    """Where poses are put: see `PoseTable`."""

    raw: bytearray
    lengths: bytearray
    counts: array[int]


class RoomProtocol(asyncio.Protocol):
    """One socket. It is a `Connection` of the room (ports.py) and an asyncio protocol."""

    every_ticks = 1
    buffered_bytes: Callable[[], int]

    def __init__(
        self, transport: asyncio.Transport, limit_bytes: int, on_closed: Callable[[Exception | None], None]
    ) -> None:
        self._transport = transport
        self._reader = FrameReader(limit_bytes)
        self._on_closed = on_closed
        self._owner: Owner | None = None
        self._table: RawTable | None = None
        self._slot = 0
        self._closing = False
        self._deaf = False
        self._close_timer: asyncio.TimerHandle | None = None
        self._controls = 0
        self._controls_s = 0.0
        self.heard = False
        """Whether anything came since this was last set to False."""
        self.buffered_bytes = transport.get_write_buffer_size

    def attach(self, owner: Owner) -> None:
        self._owner = owner

    def take_poses(self, table: RawTable, slot: int) -> None:
        """From now on poses go straight into the row of `slot`."""
        self._table, self._slot = table, slot

    def stop_poses(self) -> None:
        """The slot is no longer this connection's."""
        self._table = None

    # --- asyncio.Protocol ---

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self.heard = True
        table = self._table
        if table is not None and self._reader.idle:
            known = _POSE_FRAMES.get(len(data))
            if known is not None and data[0] == _FIRST and data[1] == known[0] and data[2] ^ data[6] == UP_POSE:
                slot = self._slot
                row = slot * ROWS + (NEWEST if table.counts[slot] else FIRST)
                at = row * STRIDE
                table.raw[at : at + len(data) - 2] = data[2:]
                table.lengths[row] = known[1]
                table.counts[slot] += 1
                return
        self._read(data)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._table = None
        self._closing = True
        if self._close_timer is not None:
            self._close_timer.cancel()
        owner, self._owner = self._owner, None
        if owner is not None:
            owner.on_lost()
        self._on_closed(exc)

    # --- Connection ---

    def send(self, message: bytes) -> None:
        if not self._closing:
            self._transport.write(header(BINARY, len(message)) + message)

    def send_frame(self, framed: bytes, head_bytes: int) -> None:
        if not self._closing:
            self._transport.write(framed)

    def ping(self) -> None:
        """Ask whether anybody is there."""
        if not self._closing:
            self._transport.write(header(PING, 0))

    def close(self, code: int, reason: str) -> None:
        """Say goodbye, give the other side a moment to answer, then close."""
        if self._closing:
            return
        self._closing, self._table = True, None
        self._transport.write(close_frame(code, reason))
        self._close_timer = asyncio.get_running_loop().call_later(CLOSE_WAIT_S, self._transport.abort)

    def abort(self) -> None:
        self._closing, self._table = True, None
        self._transport.abort()

    # --- inside ---

    def _read(self, data: bytes) -> None:
        broken: ProtocolViolation | None = None
        try:
            received = self._reader.feed(data)
        except ProtocolViolation as violation:
            received, broken = violation.before, violation
        for opcode, payload in received:
            if opcode == CLOSE:
                self._closed_by_peer(payload)
                return
            if self._closing:
                continue
            if opcode == BINARY:
                if self._owner is not None:
                    self._owner.on_message(payload)
            elif opcode == PING and self._control_allowed():
                self._transport.write(header(PONG, len(payload)) + payload)
        if broken is not None:
            self._refuse(broken)

    def _control_allowed(self) -> bool:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._controls_s >= 1:
            self._controls, self._controls_s = 0, now_s
        self._controls += 1
        return self._controls <= CONTROL_PER_S

    def _closed_by_peer(self, payload: bytes) -> None:
        if not self._closing:
            try:
                code = close_code(payload)
            except ProtocolViolation as violation:
                self._refuse(violation)
                return
            self._closing, self._table = True, None
            self._transport.write(close_frame(code, "") if code != 1005 else header(CLOSE, 0))
        self._transport.close()

    def _refuse(self, violation: ProtocolViolation) -> None:
        """Close at once with the RFC's code: after a broken frame nothing more can be read."""
        if not self._closing:
            self._closing, self._table = True, None
            with contextlib.suppress(OSError):
                self._transport.write(close_frame(violation.code, violation.reason))
        self._deaf = True
        if not self._transport.can_write_eof():
            self._transport.close()
            return
        # Closing with unread bytes would reset the connection and lose the close frame: half-close, and wait for the other side to go.
        self._transport.write_eof()
        if self._close_timer is None:
            self._close_timer = asyncio.get_running_loop().call_later(CLOSE_WAIT_S, self._transport.abort)
