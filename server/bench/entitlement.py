"""Who is entitled to see whom at which rate, from where people truly are, and how much of it they got.

The promise: one's nearest 12 at full rate, the next 128 five times a second, everybody else once a second. In a small room, or without interest, everybody at
full rate. Nothing here asks the server.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

NEAREST: Final = 12
NEXT: Final = 128
NEXT_HZ: Final = 5
REST_HZ: Final = 1
FULL_SHARE: Final = 0.95
"""Somebody is seen at full rate in a second in which at least this share of their updates arrived in full."""
CARRIED: Final = 1
"""Updates that may slip over the edge of a second and still count in the next."""

Counts = NDArray[np.uint16]


def nearness(positions: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(n, 3) metres → each one's nearest 12 and next 128 others, as indices (n, ≤12) and (n, ≤128), in no order within."""
    n = len(positions)
    squares = (positions * positions).sum(axis=1)
    distance = squares[:, None] + squares[None] - 2 * positions @ positions.T
    np.fill_diagonal(distance, np.inf)
    nearest, both = min(NEAREST, n - 1), min(NEAREST + NEXT, n - 1)
    # Oneself, at infinity, is last and beyond both borders.
    order = np.argpartition(distance, sorted({max(nearest - 1, 0), max(both - 1, 0)}), axis=1)
    return order[:, :nearest], order[:, nearest:both]


def entitled(positions: NDArray[np.float64], full_updates: Counts) -> Counts:
    """(n, n) updates [reader, sender] due in one second; `full_updates` (n) is what each sender sent in it."""
    n = len(positions)
    nearest, following = nearness(positions)
    rows = np.arange(n)[:, None]
    due = np.minimum(np.full((n, n), REST_HZ, np.uint16), full_updates[None])
    due[rows, following] = np.minimum(NEXT_HZ, full_updates)[following]
    due[rows, nearest] = full_updates[nearest]
    np.fill_diagonal(due, 0)
    return due


def everybody(full_updates: Counts) -> Counts:
    """(n, n) updates due in one second when everybody sees everybody at full rate."""
    n = len(full_updates)
    due = np.broadcast_to(full_updates, (n, n)).astype(np.uint16)
    np.fill_diagonal(due, 0)
    return due


class Delivery:
    """Adds up second by second what was due and what of it came; more than due counts for nothing."""

    def __init__(self) -> None:
        self.due = 0
        self.came = 0
        self._carry: Counts | int = 0

    def add(self, due: Counts, shown: Counts) -> None:
        """Both (readers, senders), for the same second."""
        have = shown.astype(np.uint16) + self._carry
        self.due += int(due.sum())
        self.came += int(np.minimum(have, due).sum())
        self._carry = np.minimum(np.maximum(have, due) - due, CARRIED).astype(np.uint16)

    @property
    def share(self) -> float:
        return self.came / self.due if self.due else 0.0


def nearest_updates(positions: NDArray[np.float64], full_updates: Counts, shown_full: Counts) -> NDArray[np.float64]:
    """(n) for each reader, the share of the updates of their nearest 12 that came in full in one second."""
    nearest, _ = nearness(positions)
    rows = np.arange(len(positions))[:, None]
    due = full_updates[nearest]
    came = np.minimum(shown_full[rows, nearest], due)
    share: NDArray[np.float64] = came.sum(axis=1) / np.maximum(due.sum(axis=1), 1)
    return share


def nearest_full_share(positions: NDArray[np.float64], full_updates: Counts, shown_full: Counts) -> NDArray[np.float64]:
    """(n) for each reader, the share of their nearest 12 that they saw at full rate in one second."""
    nearest, _ = nearness(positions)
    rows = np.arange(len(positions))[:, None]
    good: NDArray[np.float64] = (shown_full[rows, nearest] >= FULL_SHARE * full_updates[nearest]).mean(axis=1)
    return good
