"""Held things on the client's side: one's own as an upward message, the others' as they come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from carrel.avatars.codec import (
    DRAG,
    KIND_DRAG,
    SCALE_STEP,
    decode_positions,
    decode_rotations,
    encode_positions,
    encode_rotations,
    write_drag,
)
from carrel.scenes.document import Transform, Vector
from carrel.server.wire.frames import Section


class Drag(NamedTuple):
    """Where something held is, in room metres."""

    transform: Transform
    sequence: int
    flags: int


def drag_message(transform: Transform, origin: Vector, sequence: int) -> bytes:
    """An upward drag. Raises ValueError for NaN."""
    record = np.zeros(1, DRAG)
    record["sequence"] = sequence & 0xFF
    record["position"] = encode_positions(np.array([transform.position]) - origin)
    record["rotation"] = encode_rotations(np.array([transform.rotation]))
    record["scale"] = min(0xFFFF, max(1, round(transform.scale / SCALE_STEP)))
    return write_drag(record[0])


def read_drags(sections: Iterable[Section], origin: Vector) -> dict[int, Drag]:
    """The drags of one frame, by the holder's slot."""
    found = {}
    for kind, records in sections:
        if kind != KIND_DRAG:
            continue
        places, turns = decode_positions(records["position"]) + origin, decode_rotations(records["rotation"])
        for record, place, turn in zip(records, places.tolist(), turns.tolist(), strict=True):
            transform = Transform(
                position=tuple(place), rotation=tuple(turn), scale=float(record["scale"]) * SCALE_STEP
            )
            found[int(record["slot"])] = Drag(transform, int(record["sequence"]), int(record["flags"]))
    return found
