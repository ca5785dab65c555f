"""The boxes of ISO media files (AVIF, M4A): a length, four letters, a body that may hold more boxes."""

from __future__ import annotations

import struct
from typing import NamedTuple

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.limits import MediaLimits

_FULL = frozenset({b"meta"})  # a version and flags stand before its boxes
_DEPTH = 8


class Box(NamedTuple):
    """`start` and `end` bound the body."""

    kind: bytes
    start: int
    end: int


def boxes(data: memoryview, limits: MediaLimits, start: int = 0, end: int | None = None) -> list[Box]:
    """The boxes that follow each other in a range; they must fill it. Raises Refused."""
    stop = len(data) if end is None else end
    found: list[Box] = []
    while start < stop:
        if len(found) > limits.chunks:
            raise Refused("box_count", f"The file has more than {limits.chunks} parts.")
        if stop - start < 8:
            raise Refused("box_range", f"The file ends inside the head of a part (byte {start}): it was cut.")
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1 and stop - start >= 16:
            (size,) = struct.unpack_from(">Q", data, start + 8)
            head = 16
        elif size == 0 and end is None:
            size = stop - start
        if size < head or size > stop - start:
            text = f"A part {kind.decode('latin-1')!r} of {size} bytes does not fit where it stands (byte {start})."
            raise Refused("box_range", f"{text} The file was cut.")
        found.append(Box(kind, start + head, start + size))
        start += size
    return found


def find_box(data: memoryview, limits: MediaLimits, *path: bytes) -> list[Box]:
    """All boxes at a path of kinds, from the outermost."""
    level = boxes(data, limits)
    for depth, kind in enumerate(path):
        matching = [box for box in level if box.kind == kind]
        if depth == len(path) - 1 or depth > _DEPTH:
            return matching
        level = []
        for box in matching:
            level += boxes(data, limits, box.start + (4 if kind in _FULL else 0), box.end)
    return []
