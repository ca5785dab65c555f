"""The pose codec: how head and hands become bytes, in numpy, whole rooms at a time.

Little-endian, packed. Positions are int16 steps of `STEP_M` from the room's origin; orientations are smallest-three quaternions
in 32 bits (`xyzw`, identity looks along −Z); hands are relative to the head's position, in room axes, in steps of `HAND_STEP_M`. The layouts
below are the only definition: documents, TypeScript and tests are made from them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from carrel.avatars.errors import PoseError

STEP_M: Final = 0.002
"""Metres a step of a head position: ±65.5 m, half a step (1 mm) of error an axis."""
HAND_STEP_M: Final = 0.0001
"""Metres a step of a hand's offset from the head: ±3.27 m, 0.05 mm of error an axis."""
ROTATION_ERROR_RAD: Final = 0.0049
"""The largest angle between an orientation and its decoded self: half a step in three parts and their sum in the fourth, √12 · √2/1023 rad."""

FLAG_HANDS: Final = 1 << 0
FLAG_LEFT: Final = 1 << 1
FLAG_RIGHT: Final = 1 << 2
FLAG_SEATED: Final = 1 << 3
FLAG_JUMP: Final = 1 << 4
FLAG_AWAY: Final = 1 << 5
FLAG_SPEAKING: Final = 1 << 6
FLAG_FINGERS: Final = 1 << 7
FLAGS: Final[dict[str, tuple[int, str]]] = {
    "hands": (FLAG_HANDS, "a headset: the record has two hands"),
    "left": (FLAG_LEFT, "the left hand is tracked now"),
    "right": (FLAG_RIGHT, "the right hand is tracked now"),
    "seated": (FLAG_SEATED, "sits"),
    "jump": (FLAG_JUMP, "teleported: do not interpolate from the pose before"),
    "away": (FLAG_AWAY, "connection lost or set away; set by the server alone"),
    "speaking": (FLAG_SPEAKING, "voice is heard now"),
    "fingers": (FLAG_FINGERS, "the record has finger curls"),
}
CLIENT_FLAGS: Final = 0xFF & ~FLAG_AWAY
"""The flags that a client may set; the server clears the others."""

_HEAD = [("slot", "<u2"), ("flags", "u1"), ("sequence", "u1"), ("head", "<i2", (3,)), ("rotation", "<u4")]
_HANDS = [
    ("left", "<i2", (3,)),
    ("left_rotation", "<u4"),
    ("right", "<i2", (3,)),
    ("right_rotation", "<u4"),
]

DESKTOP: Final = np.dtype(_HEAD)
HEADSET: Final = np.dtype(_HEAD + _HANDS)
FINGERS: Final = np.dtype(_HEAD + _HANDS + [("curls", "u1", (5,))])
CRUMB: Final = np.dtype([("slot", "<u2"), ("head", "<i2", (3,))])
DRAG: Final = np.dtype(
    [
        ("slot", "<u2"),
        ("sequence", "u1"),
        ("flags", "u1"),
        ("position", "<i2", (3,)),
        ("rotation", "<u4"),
        ("scale", "<u2"),
    ]
)

RECORDS: Final[dict[int, tuple[str, np.dtype[np.void]]]] = {
    1: ("desktop", DESKTOP),
    2: ("headset", HEADSET),
    3: ("fingers", FINGERS),
    4: ("head", DESKTOP),
    5: ("crumb", CRUMB),
    6: ("drag", DRAG),
}
"""Section kind → (name, layout). `head` has the desktop layout and says: five a second, hands not shown. `drag` is no body but the
thing that the body in `slot` holds: where its foot is, how it is turned, how large."""

KIND_DESKTOP, KIND_HEADSET, KIND_FINGERS, KIND_HEAD, KIND_CRUMB, KIND_DRAG = RECORDS

UP_POSE: Final = 0x01
UP_LAYOUTS: Final[dict[int, int]] = {
    layout.itemsize - 1: kind for kind, (_, layout) in RECORDS.items() if kind <= KIND_FINGERS
}
"""Length of an upward pose message → record kind. Upward the slot is left out: one byte `UP_POSE`, then the record from `flags` on."""

UP_DRAG: Final = 0x04
UP_DRAG_LAYOUT: Final = np.dtype(
    [("kind", "u1"), ("sequence", "u1"), ("position", "<i2", (3,)), ("rotation", "<u4"), ("scale", "<u2")]
)
SCALE_STEP: Final = 1 / 256
"""A step of a dragged thing's scale; 256 is as large as it was made."""

_LIMIT = 1 / np.sqrt(2)
_LEVELS = 1023

Floats = NDArray[np.float64]
Words = NDArray[np.uint32]


def encode_positions(positions_m: Floats, step_m: float = STEP_M) -> NDArray[np.int16]:
    """(..., 3) metres from the origin → int16 steps. Values beyond the range are clipped to it; NaN is refused with ValueError."""
    if not np.isfinite(positions_m).all():
        raise ValueError("a position must be finite")
    return np.clip(np.rint(positions_m / step_m), -32768, 32767).astype(np.int16)


def decode_positions(steps: NDArray[np.int16], step_m: float = STEP_M) -> Floats:
    """(..., 3) int16 steps → metres from the origin."""
    return steps.astype(np.float64) * step_m


def encode_rotations(quaternions: Floats) -> Words:
    """(n, 4) quaternions `xyzw` → (n,) uint32, smallest three: the largest part's index in the top two bits, the others in ten bits each.

    Quaternions are normalised first; zero or non-finite ones become the identity.
    """
    q = np.array(quaternions, dtype=np.float64).reshape(-1, 4)
    norm = np.linalg.norm(q, axis=1)
    good = np.isfinite(norm) & (norm > 1e-9)
    q[~good] = (0.0, 0.0, 0.0, 1.0)
    q /= np.where(good, norm, 1.0)[:, None]
    largest = np.abs(q).argmax(axis=1)
    rows = np.arange(len(q))
    q *= np.where(q[rows, largest] < 0, -1.0, 1.0)[:, None]
    rest = q[rows[:, None], _OTHERS[largest]]
    steps = np.rint((np.clip(rest, -_LIMIT, _LIMIT) + _LIMIT) * (_LEVELS / (2 * _LIMIT))).astype(np.uint32)
    words: Words = (largest.astype(np.uint32) << 30) | (steps[:, 0] << 20) | (steps[:, 1] << 10) | steps[:, 2]
    return words


def decode_rotations(words: Words) -> Floats:
    """(n,) uint32 → (n, 4) unit quaternions `xyzw`. Every 32-bit word decodes to something valid."""
    words = np.asarray(words, dtype=np.uint32).reshape(-1)
    largest = (words >> 30).astype(np.intp)
    steps = np.stack([words >> 20 & _LEVELS, words >> 10 & _LEVELS, words & _LEVELS], axis=1)
    rest = steps * (2 * _LIMIT / _LEVELS) - _LIMIT
    out = np.empty((len(words), 4))
    rows = np.arange(len(words))
    out[rows[:, None], _OTHERS[largest]] = rest
    out[rows, largest] = np.sqrt(np.maximum(0.0, 1.0 - (rest * rest).sum(axis=1)))
    out /= np.linalg.norm(out, axis=1)[:, None]
    return out


_OTHERS = np.array([[i for i in range(4) if i != largest] for largest in range(4)])


def up_kind(message: bytes | memoryview) -> int:
    """Record kind of an upward pose message (its first byte is `UP_POSE`). Raises PoseError on any other length."""
    try:
        return UP_LAYOUTS[len(message)]
    except KeyError:
        raise PoseError(f"a pose message has {sorted(UP_LAYOUTS)} bytes, not {len(message)}") from None


def read_up(message: bytes) -> np.void:
    """One upward pose message → a record of its kind with slot 0. Raises PoseError."""
    if not message or message[0] != UP_POSE:
        raise PoseError("not a pose message")
    layout = RECORDS[up_kind(message)][1]
    record: np.void = np.frombuffer(b"\0\0" + message[1:], dtype=layout)[0]
    return record


def write_up(record: np.void) -> bytes:
    """A desktop, headset or fingers record → its upward message."""
    return bytes((UP_POSE,)) + record.tobytes()[2:]


def read_drag(message: bytes) -> np.void:
    """An upward drag → a record of kind `drag` with slot and flags 0. Raises PoseError."""
    if len(message) != UP_DRAG_LAYOUT.itemsize or message[0] != UP_DRAG:
        raise PoseError(f"a drag has {UP_DRAG_LAYOUT.itemsize} bytes, not {len(message)}")
    up = np.frombuffer(message, UP_DRAG_LAYOUT)[0]
    if not up["scale"]:
        raise PoseError("a thing has some size while it is dragged")
    record = np.zeros(1, DRAG)
    for field in ("sequence", "position", "rotation", "scale"):
        record[field] = up[field]
    out: np.void = record[0]
    return out


def write_drag(record: np.void) -> bytes:
    """A drag record → its upward message."""
    up = np.zeros(1, UP_DRAG_LAYOUT)
    up["kind"] = UP_DRAG
    for field in ("sequence", "position", "rotation", "scale"):
        up[field] = record[field]
    return up.tobytes()
