"""The room's clock as a client knows it: the offset measured by the ping with the shortest round trip."""

from __future__ import annotations

from collections import deque
from typing import Final

WINDOW: Final = 16
"""Pings remembered; the best of them counts, so that a clock that drifts is followed."""


class RoomClock:
    """Times are milliseconds; `local_ms` is any steady clock of the caller's, always the same one."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque(maxlen=WINDOW)

    def hear(self, sent_local_ms: float, received_local_ms: float, room_ms: float) -> None:
        """A pong: the server's clock stood at `room_ms` somewhere between sending and receiving; the middle is the best guess."""
        rtt_ms = received_local_ms - sent_local_ms
        if rtt_ms < 0:
            raise ValueError("a pong cannot come before its ping")
        self._samples.append((rtt_ms, room_ms - (sent_local_ms + received_local_ms) / 2))

    @property
    def known(self) -> bool:
        return bool(self._samples)

    @property
    def rtt_ms(self) -> float:
        """The shortest round trip lately. Raises ValueError before the first pong."""
        return min(self._samples)[0]

    @property
    def error_ms(self) -> float:
        """How wrong `room_ms` can be at most when the way there and the way back differ."""
        return self.rtt_ms / 2

    def room_ms(self, local_ms: float) -> float:
        """The room's time at a local one. Raises ValueError before the first pong."""
        return local_ms + min(self._samples)[1]
