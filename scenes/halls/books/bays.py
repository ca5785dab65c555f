"""The empty bays of a hall, from the shelves of its scene document: where each run of books begins and how much it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from carrel.scenes.document import Entity
from carrel.scenes.halls.kit.arrays import Floats, floats
from carrel.scenes.halls.kit.bookcase import BOARD, STILE

EDGE, BACK, HEADROOM = 0.02, 0.05, 0.004
"""Metres from a case's front to where books may stand, what the back takes, and the air over the tallest book."""


@dataclass(frozen=True)
class Run:
    """One board between two stiles: `origin` is the left end of its front edge in the hall."""

    origin: Floats
    width: float
    clear: float
    depth: float


@dataclass(frozen=True)
class Bay:
    """A bookcase that stands upright: its lower left front corner, its heading in radians about y, and its runs.

    Runs go as shelves are read: column by column from the left, each from the top board down.
    """

    id: str
    origin: Floats
    heading: float
    size: tuple[float, float, float]
    base: float
    zone: int
    runs: tuple[Run, ...]

    @property
    def matrix(self) -> Floats:
        """Columns: along the case, up, out of it."""
        c, s = np.cos(self.heading), np.sin(self.heading)
        return floats([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def bays_of(entities: Iterable[Entity]) -> tuple[Bay, ...]:
    """A bay for every entity with a shelf, in their order."""
    return tuple(_bay(entity) for entity in entities if entity.shelf is not None)


def _bay(entity: Entity) -> Bay:
    shelf = entity.shelf
    assert shelf is not None
    _, y, _, w = entity.transform.rotation
    heading, origin = 2 * float(np.arctan2(y, w)), floats(entity.transform.position)
    width, _, depth = shelf.size
    bay = Bay(entity.id, origin, heading, shelf.size, shelf.base_m, shelf.zone, ())
    cell, inset = width / shelf.bays, STILE / 2 - 0.012
    runs = []
    for column in range(shelf.bays):
        x0, x1 = column * cell + STILE * 0.5, (column + 1) * cell - STILE * 0.5
        feet = shelf.base_m + BOARD * np.arange(1, len(shelf.boards_m) + 1)
        feet += np.concatenate([[0], np.cumsum(shelf.boards_m)[:-1]])
        for foot, clear in reversed(list(zip(feet.tolist(), shelf.boards_m, strict=True))):
            at = origin + bay.matrix @ floats([x0 + inset * 0.4, foot, -EDGE])
            runs.append(Run(at, x1 - x0 - inset * 0.8, clear - HEADROOM, depth - BACK))
    return Bay(entity.id, origin, heading, shelf.size, shelf.base_m, shelf.zone, tuple(runs))
