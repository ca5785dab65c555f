"""Where everybody in a room is: one row a slot.

Connections put pose messages into the raw table as they arrived, still masked; the tick unmasks and judges all of them at once. People send as often as
the room ticks but not in step with it, so two poses may come between two ticks and none between the next two. Of two the second waits for the
next tick: nothing is lost and the walk stays even. Whoever sends more than that gets the newest through and nothing waits; so does, once a second,
somebody whose poses have fallen behind by a whole tick and stay there.
"""

from __future__ import annotations

from array import array
from math import cos, sin
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from carrel.avatars import checks
from carrel.avatars.codec import (
    FINGERS,
    FLAG_AWAY,
    FLAG_JUMP,
    KIND_DESKTOP,
    RECORDS,
    STEP_M,
    UP_LAYOUTS,
    encode_positions,
    encode_rotations,
    read_up,
)
from carrel.avatars.errors import PoseError
from carrel.server.rooms.model import EYES_M, RoomSpec, Spawn, Vec3
from carrel.server.settings import Settings

Ints = NDArray[np.intp]

MASK_BYTES: Final = 4
LONGEST: Final = max(UP_LAYOUTS)
STRIDE: Final = 44
assert STRIDE % 4 == 0
assert MASK_BYTES + LONGEST <= STRIDE
FIRST, NEWEST, WAITING = range(3)
"""A slot's rows in the raw table: the first pose since the last tick, the newest after it, and what waits from the tick before."""
ROWS: Final = 3
_NOTHING: Final = ROWS
_TAKEN: Final = np.array([[_NOTHING, FIRST, FIRST], [WAITING, WAITING, NEWEST], [WAITING, FIRST, NEWEST]])
_KEPT: Final = np.array([[_NOTHING, _NOTHING, NEWEST], [_NOTHING, FIRST, _NOTHING], [_NOTHING, _NOTHING, _NOTHING]])
"""[0 nothing waits, 1 something does, 2 nothing may wait any more][poses since the last tick, 2 for more] → the row that counts now, and the row
that waits for the next tick."""
STALL_TICKS: Final = 1.5
"""A tick that comes so long after the last one was left out: two poses of everybody came then, and only the newest counts, lest all fall behind."""
HOLD_MS: Final = 2000
"""After the server has put somebody elsewhere, poses from the old place are ignored for this long."""
HOLD_METRES: Final = 2.0
CORRECT_EVERY_MS: Final = 1000
FLOOD_SECONDS: Final = 5
"""Somebody who has sent this many seconds' worth of poses too much is misbehaving, not jittering."""
_KIND_OF_LENGTH = np.zeros(256, np.uint8)
for _length, _kind in UP_LAYOUTS.items():
    _KIND_OF_LENGTH[_length] = _kind
_MEANT: Final = (
    np.where(np.arange(STRIDE - MASK_BYTES) < np.arange(256)[:, None], 255, 0).astype(np.uint8).view(np.uint32)
)
"""[length of a message] → the bits of its row, behind the mask, that belong to it."""
_RECORD_BYTES: Final = np.array(
    [RECORDS[kind][1].itemsize if kind in RECORDS else 0 for kind in range(max(RECORDS) + 1)], np.intp
)


class Harvest(NamedTuple):
    """What a tick's poses ask the room to do: slots to be put right, and slots whose owners flood."""

    corrected: list[int]
    flooding: list[int]


class PoseTable:
    def __init__(self, slots: int, spec: RoomSpec, settings: Settings) -> None:
        self.raw = bytearray(slots * ROWS * STRIDE)
        self.lengths = bytearray(slots * ROWS)
        self.counts = array("I", bytes(4 * slots))
        self.bounds = checks.bounds_in_steps(spec.bounds_min, spec.bounds_max, spec.origin)
        self.records = np.zeros(slots, FINGERS)
        self.kinds = np.zeros(slots, np.uint8)
        self.present = np.zeros(slots, np.bool_)
        self.moved_tick = np.zeros(slots, np.int64)
        self._bytes = self.records.view(np.uint8).reshape(slots, FINGERS.itemsize)
        self._raw_rows = np.frombuffer(self.raw, np.uint8).reshape(slots, ROWS, STRIDE)
        self._length_rows = np.frombuffer(self.lengths, np.uint8).reshape(slots, ROWS)
        self._waits = self._length_rows[:, WAITING]
        self._count_row = np.frombuffer(self.counts, np.uint32)
        self._waits_since = np.zeros(slots, np.int64)
        self._believed_ms = np.zeros(slots, np.int64)
        self._hold_ms = np.zeros(slots, np.int64)
        self._corrected_ms = np.zeros(slots, np.int64)
        self._teleports = np.zeros(slots, np.float32)
        self._left = np.zeros(slots, np.float32)
        self._away = np.zeros(slots, np.uint8)
        self._origin = np.array(spec.origin)
        self._settings = settings
        self._harvested_ms = 0

    # --- one person ---

    def enter(self, slot: int, place: Spawn, pose: bytes | None, tick: int, now_ms: int) -> None:
        """Give `slot` a body: at the offered pose when it is well-formed and in bounds, else standing at `place`."""
        record = self._offered(pose)
        self.kinds[slot] = KIND_DESKTOP
        self.records[slot] = np.zeros((), FINGERS)
        if record is None:
            self._stand(slot, place)
        else:
            kind, self._bytes[slot, : len(record)] = _KIND_OF_LENGTH[len(record) - 1], record
            self.kinds[slot] = kind
        self.records["slot"][slot] = slot
        self.records["flags"][slot] = checks.client_flags(self.records["flags"][slot : slot + 1])[0] | FLAG_JUMP
        self._teleports[slot], self._left[slot] = self._settings.teleports_per_minute, self._settings.poses_per_s
        self._hold_ms[slot] = self._corrected_ms[slot] = self._away[slot] = 0
        self._forget(slot)
        self._believed_ms[slot], self.moved_tick[slot], self.present[slot] = now_ms, tick, True

    def leave(self, slot: int) -> None:
        self.present[slot] = False
        self._forget(slot)

    def put(self, slot: int, message: bytes) -> None:
        """A whole unmasked pose message. Raises PoseError when its length is no pose's."""
        length = len(message)
        if length not in UP_LAYOUTS:
            raise PoseError(f"a pose message has {sorted(UP_LAYOUTS)} bytes, not {length}")
        row = slot * ROWS + (NEWEST if self.counts[slot] else FIRST)
        at = row * STRIDE
        self.raw[at : at + MASK_BYTES + length] = b"\0\0\0\0" + message
        self.lengths[row] = length
        self.counts[slot] += 1

    def move(self, slot: int, place: Spawn, tick: int, now_ms: int) -> None:
        """The server puts somebody at `place`; poses from elsewhere are ignored for a moment."""
        self._stand(slot, place)
        self.records["flags"][slot] |= FLAG_JUMP
        self._hold_ms[slot] = now_ms + HOLD_MS
        self._believed_ms[slot], self.moved_tick[slot] = now_ms, tick
        self._forget(slot)

    def set_away(self, slot: int, away: bool, tick: int) -> None:
        self._away[slot] = FLAG_AWAY if away else 0
        self.records["flags"][slot] = self.records["flags"][slot] & ~np.uint8(FLAG_AWAY) | self._away[slot]
        self.moved_tick[slot] = tick

    def standing(self, slot: int) -> Vec3:
        """Where somebody stands, in room metres: the floor is reckoned `EYES_M` below the head."""
        x, y, z = (self._origin + self.records["head"][slot] * STEP_M).tolist()
        return (x, y - EYES_M, z)

    # --- everybody ---

    def heads(self, slots: Ints) -> NDArray[np.float64]:
        """(n, 3) metres from the room's origin."""
        return self.records["head"][slots].astype(np.float64) * STEP_M

    def record_bytes(self, slots: Ints) -> Ints:
        """(n,) size of each one's full record."""
        sizes: Ints = _RECORD_BYTES[self.kinds[slots]]
        return sizes

    def within(self, slot: int, metres: float) -> set[int]:
        """Slots of those whose heads are within `metres` of this one's, itself included."""
        slots = np.flatnonzero(self.present)
        apart = self.heads(slots) - self.heads(np.array([slot]))
        return set(slots[(apart * apart).sum(axis=1) <= metres * metres].tolist())

    def harvest(self, tick: int, now_ms: int) -> Harvest:
        """Take what arrived since the last harvest."""
        stalled = (now_ms - self._harvested_ms) * self._settings.tick_hz > STALL_TICKS * 1000
        self._refill(now_ms)
        slots = np.flatnonzero(self._count_row | self._waits)
        if not len(slots):
            return Harvest([], [])
        arrived = self._count_row[slots]
        self._count_row[slots] = 0
        in_time = self._left[slots] >= 1
        worst = -FLOOD_SECONDS * self._settings.poses_per_s
        self._left[slots] = np.maximum(self._left[slots] - arrived, worst)
        flooding = slots[self._left[slots] <= worst]
        slots, arrived = slots[in_time], arrived[in_time]
        waited = self._waits[slots] > 0
        self._waits_since[slots[~waited]] = tick
        hurried = stalled | (waited & (tick - self._waits_since[slots] >= self._settings.tick_hz))
        case = np.where(hurried, 2, waited.astype(np.intp)), np.minimum(arrived, 2)
        taken, kept = _TAKEN[case], _KEPT[case]
        rows, lengths = self._raw_rows[slots, taken], self._length_rows[slots, taken]
        self._waits[:] = 0
        later, row = slots[kept != _NOTHING], kept[kept != _NOTHING]
        self._raw_rows[later, WAITING], self._waits[later] = self._raw_rows[later, row], self._length_rows[later, row]
        words = rows.view(np.uint32)
        plain = ((words[:, 1:] ^ words[:, :1]) & _MEANT[lengths]).view(np.uint8)
        fresh = np.zeros(len(slots), FINGERS)
        fresh.view(np.uint8).reshape(len(slots), FINGERS.itemsize)[:, 2:] = plain[:, 1:LONGEST]
        fresh["slot"] = slots
        corrected = self._judge(slots, fresh, _KIND_OF_LENGTH[lengths], tick, now_ms)
        return Harvest(corrected.tolist(), flooding.tolist())

    def _judge(self, slots: Ints, fresh: NDArray[np.void], kinds: NDArray[np.uint8], tick: int, now_ms: int) -> Ints:
        before = self.records["head"][slots]
        after = fresh["head"]
        apart = (after.astype(np.float32) - before) * np.float32(STEP_M)
        held = (self._hold_ms[slots] > now_ms) & ((apart * apart).sum(axis=1) > HOLD_METRES**2)
        speed = self._settings.speed_metres_per_s
        verdict = checks.judge(
            before, after, now_ms - self._believed_ms[slots], self._teleports[slots], self.bounds, speed
        )
        good = verdict.accepted & ~held
        fresh["flags"] = checks.flag_jumps(checks.client_flags(fresh["flags"]), verdict.jumped) | self._away[slots]
        taken = slots[good]
        # Rows are moved as bytes: numpy copies records field by field.
        shape = fresh.view(np.uint8).reshape(-1, FINGERS.itemsize)[good]
        # Only a changed body is news; the running number alone is not. Somebody who stands still and keeps sending costs the others nothing.
        known = self._bytes[taken]
        moved = (shape[:, 4:] != known[:, 4:]).any(axis=1) | (shape[:, 2] != known[:, 2])
        self._bytes[taken] = shape
        self.kinds[taken] = kinds[good]
        self.moved_tick[taken[moved]] = tick
        self._believed_ms[taken] = now_ms
        self._teleports[slots[verdict.jumped & good]] -= 1
        refused = slots[~verdict.accepted & ~held]
        told = refused[self._corrected_ms[refused] <= now_ms]
        self._corrected_ms[told] = now_ms + CORRECT_EVERY_MS
        return np.asarray(told, np.intp)

    def _forget(self, slot: int) -> None:
        """Nothing that came before counts any more."""
        self.counts[slot] = self._waits[slot] = 0

    def _refill(self, now_ms: int) -> None:
        seconds = min(1.0, max(0.0, (now_ms - self._harvested_ms) / 1000))
        self._harvested_ms = now_ms
        rate, teleports = self._settings.poses_per_s, self._settings.teleports_per_minute
        np.minimum(self._left + np.float32(seconds * rate), rate, out=self._left)
        np.minimum(self._teleports + np.float32(seconds * teleports / 60), teleports, out=self._teleports)

    def _offered(self, pose: bytes | None) -> NDArray[np.uint8] | None:
        if pose is None:
            return None
        try:
            record = read_up(pose)
        except PoseError:
            return None
        if not checks.inside(np.array([record["head"]]), self.bounds)[0]:
            return None
        return np.frombuffer(record.tobytes(), np.uint8)

    def _stand(self, slot: int, place: Spawn) -> None:
        x, y, z = place.position
        head = encode_positions(np.array([[x, y + EYES_M, z]]) - self._origin)[0]
        self.records["head"][slot] = np.clip(head, self.bounds.low, self.bounds.high)
        turned = np.array([[0.0, sin(place.heading / 2), 0.0, cos(place.heading / 2)]])
        self.records["rotation"][slot] = encode_rotations(turned)[0]
