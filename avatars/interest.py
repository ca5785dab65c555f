"""Who sees whom, and how well: neighbourhoods, three tiers and their turns.

People are divided into the leaves of a balanced k-d tree over their positions. Everybody in a leaf reads the same frame: themselves, then whoever is, was a
moment ago or will be in a moment nearest to one of them, at every tick until the bytes of the first tier are spent; the next ones head-only, everyone else
as crumbs. People that somebody here talks with come before nearer ones; a few (guides, speakers, staff on duty) are first-tier for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

FIRST: Final = 1
SECOND: Final = 2
THIRD: Final = 3

SECOND_HZ: Final = 5
"""Head-only records of one person a second."""
REFRESH_S: Final = 2
"""Seconds after which somebody who has not moved is sent again."""
PINNED_LIMIT: Final = 12
"""People that everybody has in the first tier, at most."""
HEAD_BYTES: Final = 14
CRUMB_BYTES: Final = 8
OVERHEAD_BYTES: Final = 60
"""Of a frame: WebSocket and frame headers, section heads, and room for a few events."""
_WANTED_SECOND: Final = 90
"""People of the second tier for which the first one gives way in a large crowd, down to `_LEAST_FIRST` of its bytes."""
_LEAST_FIRST: Final = 2 / 3
_LEAST_SECOND: Final = 36
"""People left in the second tier before crumbs come less often than once a second."""
_MOMENTS_S: Final = (-0.25, 0.0, 0.25, 0.55)
"""Nearness counts at these times from now, along straight lines: who has just passed by stays for a moment, who comes closer is there in time."""
_MIDDLE_S: Final = 0.17
"""People are divided where they will be in the middle of the time for which the division holds."""
_BLOCK: Final = 16
"""Neighbourhoods whose distances are reckoned at once: what fits into a core's cache."""
FASTEST_M_S: Final = 4.0
"""Whoever moved faster was put elsewhere, and does not go on like that."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one reader's frames may cost. Rates are bytes a second."""

    tick_hz: int
    client_bytes_per_s: int
    first_tier_bytes_per_s: int
    second_tier_people: int
    neighbourhood_people: int


class Division(NamedTuple):
    """Rows are people in the order given to `divide`.

    `home` (n,): the neighbourhood whose frame a person reads. `tier` (neighbourhoods, n): how a person is seen there. `first`: the rows of those in the
    first tier of each neighbourhood in turn, each one's up to its entry in `first_ends`. `centres` (neighbourhoods, 3) metres. `crumb_ticks`: ticks between
    two crumbs of one person.
    """

    home: Ints
    tier: NDArray[np.uint8]
    first: Ints
    first_ends: Ints
    centres: Floats
    crumb_ticks: int


def second_ticks(tick_hz: int) -> int:
    """Ticks between two head-only records of one person."""
    return max(1, tick_hz // SECOND_HZ)


def undivided(count: int, tick_hz: int) -> Division:
    """Everyone sees everyone at every tick."""
    nobody, everybody = np.zeros(count, np.intp), np.arange(count)
    return Division(
        nobody, np.full((1, count), FIRST, np.uint8), everybody, np.array([count]), np.zeros((1, 3)), tick_hz
    )


def leaves(positions: Floats, people: int) -> list[Ints]:
    """Rows of `positions` (n, 3) as the leaves of a balanced k-d tree: sizes differ by one at most and none passes `people`."""
    count = len(positions)
    if not count:
        return []
    order, starts = np.arange(count), np.zeros(1, np.intp)
    while ((size := np.diff(starts, append=count)) > people).any():
        # One level of the tree at a time: everybody sorted along their own leaf's longest side.
        placed = positions[order]
        sides = np.maximum.reduceat(placed, starts) - np.minimum.reduceat(placed, starts)
        leaf = np.repeat(np.arange(len(starts)), size)
        order = order[np.lexsort((placed[np.arange(count), sides.argmax(axis=1)[leaf]], leaf))]
        starts = np.sort(np.concatenate((starts, (starts + size // 2)[size > people])))
    return np.split(order, starts[1:])


def divide(
    positions: Floats, motion: Floats, record_bytes: Ints, pinned: Bools, talks: Ints, budget: Budget
) -> Division:
    """Divide n people.

    `positions` (n, 3) metres; `motion` (n, 3) metres a second; `record_bytes` (n,) size of each one's full record; `pinned` (n,), of which the first
    `PINNED_LIMIT` are taken; `talks` (m, 2) rows of those in conversation.
    """
    count = len(positions)
    if not count:
        return undivided(0, budget.tick_hz)
    steady = np.where((motion * motion).sum(axis=1, keepdims=True) <= FASTEST_M_S**2, motion, 0.0)
    middle = positions + steady * _MIDDLE_S
    groups = leaves(middle, budget.neighbourhood_people)
    size = np.array([len(group) for group in groups])
    order = np.concatenate(groups)
    home = np.empty(count, np.intp)
    home[order] = np.repeat(np.arange(len(groups)), size)
    centres = np.add.reduceat(middle[order], np.cumsum(size) - size) / size[:, None]

    far = _apart(groups, positions, steady)
    for one, other in talks:
        far[home[one], other] = far[home[other], one] = -1.0
    far[home, np.arange(count)] = -2.0
    far[:, np.flatnonzero(pinned)[:PINNED_LIMIT]] = -3.0

    spare, second, crumb_ticks = _shares(count, budget)
    near = _ranked(far, spare // int(record_bytes.min()) + second + 1)
    # Whoever stands here and the pinned are seen in any case; they are few.
    always = np.take_along_axis(far, near, axis=1) <= -2.0
    first = ((np.cumsum(record_bytes[near], axis=1) <= spare) | always).sum(axis=1, keepdims=True)
    rank = np.arange(near.shape[1])
    ranked = np.where(rank < first, FIRST, np.where(rank < first + second, SECOND, THIRD)).astype(np.uint8)
    tier = np.full((len(groups), count), THIRD, np.uint8)
    np.put_along_axis(tier, near, ranked, axis=1)
    return Division(home, tier, near[rank < first], np.cumsum(first), centres, crumb_ticks)


def nearest(centres: Floats, position: Floats) -> int:
    """The neighbourhood whose centre is nearest: for somebody who came between two divisions."""
    apart = centres - position
    return int(np.argmin((apart * apart).sum(axis=1)))


def due(slots: Ints, tick: int, every_ticks: int, window_ticks: int = 1) -> Bools:
    """Whose turn it is: each slot once in `every_ticks`, spread evenly; `window_ticks` also takes the turns of the ticks just before."""
    return (slots + tick) % every_ticks < window_ticks


def _apart(groups: list[Ints], positions: Floats, motion: Floats) -> NDArray[np.float32]:
    """(neighbourhoods, n) squared metres, the least over the moments, between a person and whoever of the neighbourhood is nearest."""
    width, count = max(len(group) for group in groups), len(positions)
    # Leaves are filled up with members of theirs, so that one reshape takes the least of each.
    members = np.concatenate([np.resize(group, width) for group in groups])
    least = np.full((len(groups), count), np.inf, np.float32)
    ones = np.ones((count, 1), np.float32)
    block = np.empty((_BLOCK * width, count), np.float32)
    for moment_s in _MOMENTS_S:
        there = (positions + motion * moment_s).astype(np.float32)
        square = (there * there).sum(axis=1, keepdims=True)
        # |a - b|² as one product: (-2a, a², 1) · (b, 1, b²).
        ours, theirs = np.hstack((-2 * there, square, ones))[members], np.hstack((there, ones, square)).T.copy()
        for at in range(0, len(groups), _BLOCK):
            some = ours[at * width : (at + _BLOCK) * width]
            apart = np.matmul(some, theirs, out=block[: len(some)]).reshape(-1, width, count)
            nearest_of = least[at : at + _BLOCK]
            for member in range(width):
                np.minimum(nearest_of, apart[:, member], out=nearest_of)
    return np.maximum(least, 0, out=least)


def _ranked(far: NDArray[np.float32], most: int) -> Ints:
    """(neighbourhoods, ≤ most) the columns with the least of each row, least first."""
    if most >= far.shape[1]:
        return np.argsort(far, axis=1)
    near = np.argpartition(far, most, axis=1)[:, :most]
    return np.take_along_axis(near, np.argsort(np.take_along_axis(far, near, axis=1), axis=1), axis=1)


class _Shares(NamedTuple):
    first_bytes: int
    second_people: int
    crumb_ticks: int


def _shares(count: int, budget: Budget) -> _Shares:
    """What keeps the reader's budget: the second tier shrinks, then the first, then crumbs come less often. `first_bytes` are those of one tick."""
    each = HEAD_BYTES * SECOND_HZ - CRUMB_BYTES
    crumbs = count * CRUMB_BYTES
    wanted = min(_WANTED_SECOND, budget.second_tier_people)
    room = budget.client_bytes_per_s - OVERHEAD_BYTES * budget.tick_hz
    given = min(budget.first_tier_bytes_per_s, room - crumbs - wanted * each)
    first = max(given, int(budget.first_tier_bytes_per_s * _LEAST_FIRST))
    left = room - first
    people = min(budget.second_tier_people, (left - crumbs) // each)
    seconds = 1
    least = min(_LEAST_SECOND, budget.second_tier_people)
    if people < least:
        people, seconds = (
            least,
            next((slow for slow in (2, 3) if crumbs / slow + least * HEAD_BYTES * SECOND_HZ <= left), 4),
        )
    return _Shares(first // budget.tick_hz, people, budget.tick_hz * seconds)
