"""The room channel through Socket.IO, for networks that block WebSockets: the same messages as binary events, five frames a second."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from carrel.server.rooms.pose_table import PoseTable
from carrel.server.rooms.visits import Visit

MEAN_WEIGHT = 0.2


class Line(Protocol):
    """The Socket.IO connection under a tunnel."""

    def emit(self, event: str, data: object) -> Awaitable[None]: ...

    def waiting_packets(self) -> int:
        """Engine.IO packets that have not been fetched yet."""


class TunnelConnection:
    """A `VisitConnection` over a `Line`. Messages go out in order, by one task while there are any."""

    def __init__(self, line: Line, every_ticks: int, on_over: Callable[[], None]) -> None:
        self.every_ticks = every_ticks
        self.heard = False
        self._line = line
        self._on_over = on_over
        self._waiting: deque[tuple[str, object]] = deque()
        self._waiting_bytes = 0
        self._mean_bytes = 0.0
        self._sender: asyncio.Task[None] | None = None
        self._visit: Visit | None = None
        self._closed = False

    def attach(self, visit: Visit) -> None:
        self._visit = visit

    def receive(self, message: bytes) -> None:
        """A message from the other side."""
        self.heard = True
        if self._visit is not None and not self._closed:
            self._visit.on_message(message)

    def lost(self) -> None:
        """The Socket.IO connection is gone, or another room was opened over it."""
        self._closed = True
        visit, self._visit = self._visit, None
        if visit is not None:
            visit.on_lost()

    # --- VisitConnection ---

    def send(self, message: bytes) -> None:
        if not self._closed:
            self._mean_bytes += (len(message) - self._mean_bytes) * MEAN_WEIGHT
            self._put("room_down", message, len(message))

    def send_frame(self, framed: bytes, head_bytes: int) -> None:
        self.send(framed[head_bytes:])

    def buffered_bytes(self) -> int:
        # Each message is two Engine.IO packets: the event and its attachment.
        return self._waiting_bytes + int(self._line.waiting_packets() / 2 * self._mean_bytes)

    def close(self, code: int, reason: str) -> None:
        if not self._closed:
            self._closed = True
            self._put("room_closed", {"code": code, "reason": reason}, 0)
            self._on_over()
            asyncio.get_running_loop().call_soon(self.lost)

    def abort(self) -> None:
        self.close(1006, "too_slow")

    def ping(self) -> None:
        """Engine.IO asks by itself whether anybody is there."""

    def take_poses(self, table: PoseTable, slot: int) -> None:
        """Poses come through `receive` like everything else."""

    # --- inside ---

    def _put(self, event: str, data: object, size_bytes: int) -> None:
        self._waiting.append((event, data))
        self._waiting_bytes += size_bytes
        if self._sender is None:
            self._sender = asyncio.get_running_loop().create_task(self._send_all())

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                event, data = self._waiting.popleft()
                await self._line.emit(event, data)
                if isinstance(data, bytes):
                    self._waiting_bytes -= len(data)
        finally:
            self._sender = None
