"""Who sees whom, and how well: neighbourhoods, three tiers and their turns.

People are divided into the leaves of a balanced k-d tree over their positions. Everybody in a leaf reads the same frame: their own and the nearest
leaves at every tick until the bytes of the first tier are spent, the next ones head-only, everyone else as crumbs. Leaves
that somebody here talks with come before nearer ones.
A few people (guides, speakers, staff on duty) are first-tier for everybody and stand in a part of their own, the last.
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
_LEAST_SECOND: Final = 36
"""People left in the second tier before crumbs come less often than once a second."""
_CENTRE_WEIGHT: Final = 0.3
"""How much the distance of two leaves' centres counts beside the gap between their boxes."""


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

    `home`: the neighbourhood whose frame a person reads. `part`: where the person's own record stands. `tier[home, part]`: how one is seen by the
    other; its last column is the part of the pinned. `crumb_ticks`: ticks between two crumbs of one person.
    """

    home: Ints
    part: Ints
    tier: NDArray[np.uint8]
    centres: Floats
    crumb_ticks: int


def second_ticks(tick_hz: int) -> int:
    """Ticks between two head-only records of one person."""
    return max(1, tick_hz // SECOND_HZ)


def undivided(count: int, tick_hz: int) -> Division:
    """Everyone sees everyone at every tick."""
    nobody = np.zeros(count, np.intp)
    return Division(nobody, nobody, np.full((1, 2), FIRST, np.uint8), np.zeros((1, 3)), tick_hz)


def leaves(positions: Floats, people: int) -> list[Ints]:
    """Rows of `positions` (n, 3) as the leaves of a balanced k-d tree: sizes differ by one at most and none passes `people`."""
    found: list[Ints] = []
    pending = [np.arange(len(positions))] if len(positions) else []
    while pending:
        rows = pending.pop()
        if len(rows) <= people:
            found.append(rows)
            continue
        here = positions[rows]
        axis = int(np.argmax(here.max(axis=0) - here.min(axis=0)))
        middle = len(rows) // 2
        order = rows[np.argpartition(here[:, axis], middle)]
        pending += (order[middle:], order[:middle])
    return found


def divide(positions: Floats, record_bytes: Ints, pinned: Bools, talks: Ints, budget: Budget) -> Division:
    """Divide n people.

    `positions` (n, 3) metres; `record_bytes` (n,) size of each one's full record; `pinned` (n,), of which the first `PINNED_LIMIT` are taken; `talks`
    (m, 2) rows of those in conversation.
    """
    count = len(positions)
    chosen = np.flatnonzero(pinned)[:PINNED_LIMIT]
    others = np.setdiff1d(np.arange(count), chosen, assume_unique=True)
    groups = [others[rows] for rows in leaves(positions[others], budget.neighbourhood_people)]
    if not groups:
        return undivided(count, budget.tick_hz)
    size = np.array([len(group) for group in groups])
    order = np.concatenate(groups)
    starts = np.concatenate(([0], np.cumsum(size)[:-1]))
    placed = positions[order]
    low, high = np.minimum.reduceat(placed, starts), np.maximum.reduceat(placed, starts)
    centres = np.add.reduceat(placed, starts) / size[:, None]
    weight = np.add.reduceat(record_bytes[order], starts)

    part = np.full(count, len(groups), np.intp)
    part[order] = np.repeat(np.arange(len(groups)), size)
    home = part.copy()
    for row in chosen:
        home[row] = nearest(centres, positions[row])

    far = _distance(low, high, centres)
    for one, other in talks:
        if part[one] < len(groups) and part[other] < len(groups):
            far[home[one], part[other]] = far[home[other], part[one]] = -0.5
    np.fill_diagonal(far, -1.0)
    near = np.argsort(far, axis=1, kind="stable")

    second, crumb_ticks = _shares(count, budget)
    spare = budget.first_tier_bytes_per_s / budget.tick_hz - int(record_bytes[chosen].sum())
    spent = np.cumsum(weight[near], axis=1)
    first = np.maximum(1, (spent <= spare).sum(axis=1))
    headed = np.cumsum(size[near], axis=1)
    seen_first = np.take_along_axis(headed, first[:, None] - 1, axis=1)
    rank = np.arange(len(groups))[None, :]
    ranked = np.where(rank < first[:, None], FIRST, np.where(headed - seen_first <= second, SECOND, THIRD)).astype(np.uint8)
    tier = np.full((len(groups), len(groups) + 1), FIRST, np.uint8)
    np.put_along_axis(tier[:, :-1], near, ranked, axis=1)
    return Division(home, part, tier, centres, crumb_ticks)


def nearest(centres: Floats, position: Floats) -> int:
    """The neighbourhood whose centre is nearest: for somebody who came between two divisions."""
    apart = centres - position
    return int(np.argmin((apart * apart).sum(axis=1)))


def due(slots: Ints, tick: int, every_ticks: int, window_ticks: int = 1) -> Bools:
    """Whose turn it is: each slot once in `every_ticks`, spread evenly; `window_ticks` also takes the turns of the ticks just before."""
    return (slots + tick) % every_ticks < window_ticks


def _distance(low: Floats, high: Floats, centres: Floats) -> Floats:
    gap = np.maximum(0.0, np.maximum(low[None] - high[:, None], low[:, None] - high[None]))
    apart = centres[:, None] - centres[None]
    result: Floats = np.sqrt((gap * gap).sum(axis=2)) + _CENTRE_WEIGHT * np.sqrt((apart * apart).sum(axis=2))
    return result


def _shares(count: int, budget: Budget) -> tuple[int, int]:
    """(people of the second tier, ticks between crumbs) that keep the reader's budget: the second tier shrinks first, then crumbs come less often."""
    left = budget.client_bytes_per_s - budget.first_tier_bytes_per_s - OVERHEAD_BYTES * budget.tick_hz
    each = HEAD_BYTES * SECOND_HZ
    least = min(_LEAST_SECOND, budget.second_tier_people)
    people = min(budget.second_tier_people, (left - count * CRUMB_BYTES) // (each - CRUMB_BYTES))
    if people >= least:
        return people, budget.tick_hz
    for seconds in (2, 3, 4):
        if count * CRUMB_BYTES / seconds + least * each <= left:
            break
    return least, budget.tick_hz * seconds
