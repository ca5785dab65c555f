"""The pose sections of a tick's frames: one list of sections a neighbourhood, gathered for all neighbourhoods at once."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from carrel.avatars.codec import (
    CRUMB,
    DESKTOP,
    KIND_CRUMB,
    KIND_DESKTOP,
    KIND_FINGERS,
    KIND_HEAD,
    KIND_HEADSET,
    RECORDS,
)
from carrel.avatars.interest import (
    FIRST,
    REFRESH_S,
    SECOND,
    THIRD,
    Budget,
    divide,
    due,
    nearest,
    second_ticks,
    undivided,
)
from carrel.server.rooms.pose_table import PoseTable
from carrel.server.settings import Settings
from carrel.server.wire.frames import SECTION

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

_FULL_KINDS: Final = (KIND_DESKTOP, KIND_HEADSET, KIND_FINGERS)


class Poses(NamedTuple):
    """Sections of one neighbourhood's frame, as bytes, and how many they are."""

    section_count: int
    sections: bytes


NO_POSES: Final = Poses(0, b"")


class FrameBuilder:
    """Keeps the division of people into neighbourhoods and builds from the pose table."""

    def __init__(self, table: PoseTable, settings: Settings) -> None:
        self._table = table
        self._hz = settings.tick_hz
        self._divides = settings.interest == "auto"
        self._together = settings.full_frame_people
        self._budget = Budget(
            settings.tick_hz,
            settings.client_bytes_per_s,
            settings.first_tier_bytes_per_s,
            settings.second_tier_people,
            settings.neighbourhood_people,
        )
        slots = len(table.present)
        self.pinned = np.zeros(slots, np.bool_)
        self.home = np.zeros(slots, np.intp)
        self._placed = np.zeros(slots, np.bool_)
        self._centres = np.zeros((1, 3))
        self._crumb_ticks = self._hz
        self._tier = np.full((1, slots), FIRST, np.uint8)
        self._first = self._first_ends = np.zeros(0, np.intp)
        self._before = np.zeros((slots, 3))
        self._before_tick = 0

    @property
    def neighbourhoods(self) -> int:
        return len(self._tier)

    def is_pinned(self, slot: int) -> bool:
        return bool(self.pinned[slot])

    def regroup(self, talks: list[tuple[int, int]], tick: int) -> None:
        """Divide the people anew; `talks` are pairs of slots in conversation."""
        slots = np.flatnonzero(self._table.present)
        heads = self._table.heads(slots)
        if not self._divides or len(slots) <= self._together:
            division = undivided(len(slots), self._hz)
        else:
            rows = np.searchsorted(slots, np.array(talks, np.intp).reshape(-1, 2))
            motion = (heads - self._before[slots]) * (self._hz / max(1, tick - self._before_tick))
            sizes = self._table.record_bytes(slots)
            division = divide(heads, motion, sizes, self.pinned[slots], rows, self._budget)
        self._before[slots], self._before_tick = heads, tick
        self._centres, self._crumb_ticks = division.centres, division.crumb_ticks
        self.home[slots] = division.home
        self._tier = np.full((len(division.tier), len(self.home)), THIRD, np.uint8)
        self._tier[:, slots] = division.tier
        self._first, self._first_ends = slots[division.first], division.first_ends
        self._placed[:] = False
        self._placed[slots] = True

    def place(self, slot: int) -> None:
        """Somebody came: until the next division they belong to the nearest neighbourhood, and are seen like those who live there."""
        head = self._table.heads(np.array([slot]))[0]
        home = nearest(self._centres, head)
        others = np.flatnonzero(self._placed & (self.home == home))
        self.home[slot], self._before[slot] = home, head
        self._tier[:, slot] = self._tier[:, others].min(axis=1, initial=THIRD)
        self._tier[home, slot] = FIRST
        seen = self._tier[:, slot] == FIRST
        if len(seen) > 1:
            stay = self._first != slot
            before = np.concatenate(([0], np.cumsum(stay)))[self._first_ends]
            self._first = np.insert(self._first[stay], before[seen], slot)
            self._first_ends = before + np.cumsum(seen)
        self._placed[slot] = True

    def whole(self, home: int) -> Poses:
        """The sections of one neighbourhood's frame with everybody in view, whether it is their turn or not: for those who have just come."""
        there = self._table.present & self._placed
        tier = self._tier[home] if len(self._tier) > 1 else FIRST
        full, kinds = there & (tier == FIRST), self._table.kinds
        chosen = [(kind, np.flatnonzero(full & (kinds == kind))) for kind in _FULL_KINDS]
        chosen += [(KIND_HEAD, np.flatnonzero(there & (tier == SECOND)))]
        chosen += [(KIND_CRUMB, np.flatnonzero(there & (tier == THIRD)))]
        pieces: list[list[bytes]] = [[]]
        for kind, slots in chosen:
            if len(slots):
                _cut(pieces, kind, [len(slots)], self._rows(kind, slots))
        return Poses(len(pieces[0]) // 2, b"".join(pieces[0]))

    def build(self, tick: int, window_ticks: int = 1) -> list[Poses]:
        """The sections of every neighbourhood's frame, which stands for `window_ticks` ticks, the last of which is `tick`."""
        table, hz = self._table, self._hz
        slots = np.arange(len(table.present))
        there = table.present & self._placed
        still = there & due(slots, tick, REFRESH_S * hz, window_ticks)
        full = still | (there & (table.moved_tick > tick - window_ticks))
        pieces: list[list[bytes]] = [[] for _ in range(len(self._tier))]
        for kind in _FULL_KINDS:
            self._add_first(pieces, kind, full & (table.kinds == kind))
        if len(pieces) > 1:
            heads_every = second_ticks(hz)
            moved = table.moved_tick > tick - heads_every - window_ticks
            head = still | (there & moved & due(slots, tick, heads_every, window_ticks))
            self._add(pieces, KIND_HEAD, SECOND, np.flatnonzero(head))
            crumb = there & due(slots, tick, self._crumb_ticks, window_ticks)
            self._add(pieces, KIND_CRUMB, THIRD, np.flatnonzero(crumb))
        return [Poses(len(found) // 2, b"".join(found)) if found else NO_POSES for found in pieces]

    def _add_first(self, pieces: list[list[bytes]], kind: int, chosen: Bools) -> None:
        """Add a section of `kind` with those of `chosen` (by slot) whom each neighbourhood sees in full."""
        slots = np.flatnonzero(chosen)
        if not len(slots):
            return
        rows = self._rows(kind, slots)
        if len(pieces) == 1:
            _cut(pieces, kind, [len(slots)], rows)
            return
        seen = chosen[self._first]
        counts = np.diff(np.cumsum(seen)[self._first_ends - 1], prepend=0)
        row_of = np.cumsum(chosen) - 1
        _cut(pieces, kind, counts.tolist(), rows[row_of[self._first[seen]]])

    def _add(self, pieces: list[list[bytes]], kind: int, tier: int, slots: Ints) -> None:
        """Add a section of `kind` with those of `slots` whom each neighbourhood sees in `tier`."""
        if not len(slots):
            return
        seen = self._tier[:, slots] == tier
        rows = self._rows(kind, slots)
        _cut(pieces, kind, np.count_nonzero(seen, axis=1).tolist(), rows[np.flatnonzero(seen) % len(slots)])

    def _rows(self, kind: int, slots: Ints) -> NDArray[np.void]:
        """(n,) records of `kind`, packed."""
        if kind == KIND_CRUMB:
            crumbs = np.empty(len(slots), CRUMB)
            crumbs["slot"] = slots
            crumbs["head"] = self._table.records["head"][slots]
            return crumbs
        layout = DESKTOP if kind == KIND_HEAD else RECORDS[kind][1]
        whole = self._table.records[slots].view(np.uint8).reshape(len(slots), -1)
        return np.ascontiguousarray(whole[:, : layout.itemsize]).view(f"V{layout.itemsize}").reshape(-1)


def _cut(pieces: list[list[bytes]], kind: int, counts: list[int], rows: NDArray[np.void]) -> None:
    """Give each neighbourhood its section: `counts` of the packed `rows`, in turn."""
    size, packed, at = rows.itemsize, rows.tobytes(), 0
    for found, count in zip(pieces, counts, strict=True):
        if count:
            found += (SECTION.pack(kind, 0, count), packed[at : at + count * size])
            at += count * size
