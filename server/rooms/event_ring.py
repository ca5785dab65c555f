"""Numbered events kept for replay: the room's shared ring, and one small ring for each participant.

Numbers start at 1 and have no gaps. Events are kept encoded, so that a replay is a join of bytes.
"""

from __future__ import annotations

from collections import deque
from itertools import islice

from msgspec import Struct

from carrel.server.wire.messages import encode


def array_bytes(encoded: list[bytes]) -> bytes:
    """A msgpack array of parts that are encoded already; empty bytes for no parts."""
    count = len(encoded)
    if not count:
        return b""
    head = (
        bytes((0x90 | count,))
        if count < 16
        else b"\xdc" + count.to_bytes(2, "big")
        if count < 65536
        else b"\xdd" + count.to_bytes(4, "big")
    )
    return head + b"".join(encoded)


class EventRing:
    """Keeps the last `kept` events; what was added since the last `trim` is kept too, so that nothing is lost before it was sent."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._events: deque[bytes] = deque()
        self.next_number = 1

    def add(self, event: Struct) -> int:
        """Keep an event; its number."""
        self._events.append(encode(event))
        self.next_number += 1
        return self.next_number - 1

    def trim(self) -> None:
        """Everything so far has been sent: forget what is too old."""
        while len(self._events) > self._kept:
            self._events.popleft()

    def holds_from(self, number: int) -> bool:
        """Whether every event from `number` on is still here; true as well when none has come since."""
        return self.next_number - len(self._events) <= number <= self.next_number

    def since(self, number: int) -> list[bytes]:
        """Encoded events from `number` on; only where `holds_from(number)`."""
        skip = len(self._events) - (self.next_number - number)
        return list(islice(self._events, skip, None))
