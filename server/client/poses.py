"""Poses on the client's side: everybody's newest one in numpy columns, and one's own as an upward message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carrel.avatars.codec import (
    DESKTOP,
    FLAG_HANDS,
    FLAG_LEFT,
    FLAG_RIGHT,
    HAND_STEP_M,
    HEADSET,
    KIND_CRUMB,
    KIND_DRAG,
    decode_positions,
    encode_positions,
    encode_rotations,
    write_up,
)
from carrel.server.wire.frames import Section

IDENTITY: Final = (0.0, 0.0, 0.0, 1.0)
Transform = tuple[ArrayLike, ArrayLike]
"""(3) metres and (4) quaternion `xyzw`."""


def pose_message(
    offset_m: ArrayLike,
    rotation: ArrayLike = IDENTITY,
    *,
    sequence: int,
    hands: tuple[Transform, Transform] | None = None,
    flags: int = 0,
) -> bytes:
    """An upward pose. `offset_m` is the head from the room's origin, hands (left, right) are offsets from the head. Raises ValueError for NaN."""
    record = np.zeros(1, HEADSET if hands else DESKTOP)
    record["head"] = encode_positions(np.asarray(offset_m, float).reshape(1, 3))
    record["rotation"] = encode_rotations(np.asarray(rotation, float).reshape(1, 4))
    record["sequence"] = sequence & 0xFF
    record["flags"] = flags
    if hands:
        record["flags"] = flags | FLAG_HANDS | FLAG_LEFT | FLAG_RIGHT
        for side, (offset, turn) in zip(("left", "right"), hands, strict=True):
            record[side] = encode_positions(np.asarray(offset, float).reshape(1, 3), HAND_STEP_M)
            record[f"{side}_rotation"] = encode_rotations(np.asarray(turn, float).reshape(1, 4))
    return write_up(record[0])


class PoseTable:
    """One row a slot, grown as slots appear. `kind` is 0 where nothing was seen, else the section's; `room_ms` is the frame that said it."""

    def __init__(self) -> None:
        self._grow(64)

    def _grow(self, rows: int) -> None:
        for name, shape, kind in _COLUMNS:
            column = np.zeros((rows, *shape), kind)
            if hasattr(self, name):
                column[: len(getattr(self, name))] = getattr(self, name)
            setattr(self, name, column)

    head: NDArray[np.int16]
    rotation: NDArray[np.uint32]
    flags: NDArray[np.uint8]
    sequence: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    room_ms: NDArray[np.uint32]
    updates: NDArray[np.uint32]

    def hear(self, room_ms: int, sections: Iterable[Section]) -> None:
        """The sections of one frame."""
        for kind, records in sections:
            if not len(records) or kind == KIND_DRAG:
                continue
            slots = records["slot"]
            if (most := int(slots.max())) >= len(self.kind):
                self._grow(1 << most.bit_length())
            self.head[slots] = records["head"]
            self.kind[slots] = kind
            self.room_ms[slots] = room_ms
            self.updates[slots] += 1
            if kind != KIND_CRUMB:
                self.rotation[slots] = records["rotation"]
                self.flags[slots] = records["flags"]
                self.sequence[slots] = records["sequence"]

    def offset_m(self, slot: int) -> NDArray[np.float64] | None:
        """(3) metres from the room's origin; None when this slot was never seen."""
        if slot >= len(self.kind) or not self.kind[slot]:
            return None
        return decode_positions(self.head[slot])

    def forget(self, slot: int) -> None:
        """Whoever had this slot has left."""
        if slot < len(self.kind):
            self.kind[slot] = 0


_COLUMNS: Final[tuple[tuple[str, tuple[int, ...], type[np.generic]], ...]] = (
    ("head", (3,), np.int16),
    ("rotation", (), np.uint32),
    ("flags", (), np.uint8),
    ("sequence", (), np.uint8),
    ("kind", (), np.uint8),
    ("room_ms", (), np.uint32),
    ("updates", (), np.uint32),
)
