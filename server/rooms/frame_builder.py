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
        self._part = np.zeros(slots, np.intp)
        self._placed = np.zeros(slots, np.bool_)
        self._division = undivided(0, self._hz)

    @property
    def neighbourhoods(self) -> int:
        return len(self._division.tier)

    def is_pinned(self, slot: int) -> bool:
        return bool(self.pinned[slot])

    def regroup(self, talks: list[tuple[int, int]]) -> None:
        """Divide the people anew; `talks` are pairs of slots in conversation."""
        slots = np.flatnonzero(self._table.present)
        if not self._divides or len(slots) <= self._together:
            division = undivided(len(slots), self._hz)
        else:
            rows = np.searchsorted(slots, np.array(talks, np.intp).reshape(-1, 2))
            division = divide(
                self._table.heads(slots), self._table.record_bytes(slots), self.pinned[slots], rows, self._budget
            )
        self._division = division
        self.home[slots], self._part[slots] = division.home, division.part
        self._placed[:] = False
        self._placed[slots] = True

    def place(self, slot: int) -> None:
        """Somebody came: until the next division they belong to the nearest neighbourhood."""
        self.home[slot] = self._part[slot] = nearest(self._division.centres, self._table.heads(np.array([slot]))[0])
        self._placed[slot] = True

    def build(self, tick: int, window_ticks: int = 1, whole: bool = False) -> list[Poses]:
        """The sections of every neighbourhood's frame.

        `window_ticks`: this frame stands for so many ticks, the last of which is `tick`. `whole`: everybody in view, whether it is their turn or not.
        """
        table, hz, division = self._table, self._hz, self._division
        slots = np.flatnonzero(table.present & self._placed)
        part, kinds = self._part[slots], table.kinds[slots]
        every = np.ones(len(slots), np.bool_)
        still = every if whole else due(slots, tick, REFRESH_S * hz, window_ticks)
        full = still | (table.moved_tick[slots] > tick - window_ticks)
        heads_every = second_ticks(hz)
        head = still | (
            due(slots, tick, heads_every, window_ticks) & (table.moved_tick[slots] > tick - heads_every - window_ticks)
        )
        crumb = every if whole else due(slots, tick, division.crumb_ticks, window_ticks)

        groups = len(division.tier)
        pieces: list[list[bytes]] = [[] for _ in range(groups)]
        for kind in _FULL_KINDS:
            chosen = full & (kinds == kind)
            self._gather(pieces, kind, FIRST, slots[chosen], part[chosen])
        if groups > 1:
            self._gather(pieces, KIND_HEAD, SECOND, slots[head], part[head])
            self._gather(pieces, KIND_CRUMB, THIRD, slots[crumb], part[crumb])
        return [Poses(len(found) // 2, b"".join(found)) if found else NO_POSES for found in pieces]

    def _gather(self, pieces: list[list[bytes]], kind: int, tier: int, slots: Ints, part: Ints) -> None:
        """Add a section of `kind` to every neighbourhood that sees some of `slots` in `tier`: one gather for all, then slices."""
        if not len(slots):
            return
        size = RECORDS[kind][1].itemsize
        rows = self._rows(kind, slots)
        if len(pieces) == 1:
            pieces[0] += (SECTION.pack(kind, 0, len(rows)), rows.tobytes())
            return
        seen = self._division.tier[:, part] == tier
        counts = np.count_nonzero(seen, axis=1).tolist()
        packed = rows[np.nonzero(seen)[1]].tobytes()
        at = 0
        for found, count in zip(pieces, counts, strict=True):
            if count:
                found += (SECTION.pack(kind, 0, count), packed[at : at + count * size])
                at += count * size

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
