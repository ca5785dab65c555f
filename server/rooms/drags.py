"""Where held things are while they are held: the part of the pose plane that is no body.

Nothing here is durable. Only the holder's drags count; one that leaves the room or jumps is not believed. A tick sends what has moved, at most
MOST of it, and what was left out goes first in the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from carrel.avatars.checks import Bounds
from carrel.avatars.codec import DRAG, FLAG_JUMP, KIND_DRAG, SCALE_STEP, STEP_M
from carrel.scenes.arrangement.checks import SCALES
from carrel.server.rooms.frame_builder import NO_POSES, Poses
from carrel.server.wire.frames import SECTION

MOST: Final = 16
"""Drags in one frame at most."""
SLACK_M: Final = 0.5
_BELIEVED_S: Final = 1.0
"""A pause counts for so long at most when a speed is judged."""


@dataclass(slots=True)
class Held:
    """One thing in somebody's hand. `record` is None until its first drag."""

    entity: str
    slot: int
    at_ms: int
    record: NDArray[np.void] | None = None
    sent_tick: int = -1


class Drags:
    """By participant, since one holds one thing. `bounds` in position steps."""

    def __init__(self, bounds: Bounds, metres_per_s: float) -> None:
        self._low, self._high = bounds.low.tolist(), bounds.high.tolist()
        self._metres_per_s = metres_per_s
        self._held: dict[str, Held] = {}
        self._moved: dict[str, None] = {}
        """Participants whose drag has not been sent yet, the longest waiting first."""

    def take(self, participant: str, slot: int, entity: str, now_ms: int) -> None:
        self._held[participant] = Held(entity, slot, now_ms)

    def drop(self, participant: str) -> None:
        self._held.pop(participant, None)
        self._moved.pop(participant, None)

    def move(self, participant: str, up: np.void, now_ms: int) -> str | None:
        """Believe a drag; what it holds, or None when the drag does not count."""
        held = self._held.get(participant)
        if held is None or not self._believable(held, up, now_ms):
            return None
        first = held.record is None
        if held.record is None:
            held.record = np.zeros(1, DRAG)
        record = held.record
        for field in ("sequence", "position", "rotation", "scale"):
            record[field] = up[field]
        record["slot"], record["flags"] = held.slot, FLAG_JUMP if first else record["flags"]
        held.at_ms = now_ms
        self._moved.setdefault(participant)
        return held.entity

    def show_all(self) -> None:
        """Somebody has come: everything that is held is news again."""
        for participant, held in self._held.items():
            if held.record is not None:
                self._moved.setdefault(participant)

    def build(self, tick: int) -> Poses:
        """The section of what has moved, each once; nothing when nothing has."""
        if not self._moved:
            return NO_POSES
        rows = []
        for participant in list(self._moved)[:MOST]:
            del self._moved[participant]
            held = self._held[participant]
            assert held.record is not None
            rows.append(held.record.tobytes())
            held.record["flags"], held.sent_tick = 0, tick
        return _section(rows)

    def since(self, tick: int) -> Poses:
        """What was sent after `tick`, the newest MOST of it: for readers who do not get every tick's frame."""
        moved = sorted(
            (held for held in self._held.values() if held.sent_tick > tick), key=lambda held: -held.sent_tick
        )
        return _section([held.record.tobytes() for held in moved[:MOST] if held.record is not None])

    def _believable(self, held: Held, up: np.void, now_ms: int) -> bool:
        place = up["position"].tolist()
        if not all(a <= p <= b for a, p, b in zip(self._low, place, self._high, strict=True)):
            return False
        if not SCALES[0] <= float(up["scale"]) * SCALE_STEP <= SCALES[1]:
            return False
        if held.record is None:
            return True
        before = held.record["position"][0].tolist()
        apart = sum((a - b) ** 2 for a, b in zip(place, before, strict=True)) ** 0.5 * STEP_M
        seconds = min(_BELIEVED_S, max(0, now_ms - held.at_ms) / 1000)
        return bool(apart <= SLACK_M + self._metres_per_s * seconds)


def _section(rows: list[bytes]) -> Poses:
    return Poses(1, SECTION.pack(KIND_DRAG, 0, len(rows)) + b"".join(rows)) if rows else NO_POSES
