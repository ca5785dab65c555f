"""A spiral stair of cast iron and oak, from the floor to a gallery."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, floats
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.shapes import grid
from carrel.scenes.halls.kit.sweeps import lathe, tube

NEWEL, THICK, RAIL_HEIGHT = 0.07, 0.035, 0.92


@dataclass(frozen=True)
class Spiral:
    """Angles in degrees in the plane (x, z), 0 along +x, growing toward +z; the last tread lies at `end`."""

    center: tuple[float, float]
    radius: float
    height: float
    start: float
    end: float
    risers: int

    def edge(self, step: float, radius: float, lift: float = 0.0) -> Floats:
        """A point at so many steps up (0..risers), at a radius, `lift` metres above the tread."""
        turn = np.radians(self.start + (self.end - self.start) * step / self.risers)
        x, z = self.center
        up = self.height * step / self.risers
        return floats([x + radius * np.cos(turn), up + lift, z + radius * np.sin(turn)])


def spiral_stair(m: Model, stair: Spiral) -> None:
    rise = stair.height / stair.risers
    x, z = stair.center
    for levels, n in ((NEAR, 14), (MID | FAR, 6)):
        with m.only(levels):
            newel = [
                (NEWEL * 1.6, 0),
                (NEWEL * 1.6, 0.05),
                (NEWEL, 0.09),
                (NEWEL, stair.height + 0.9),
                (0, stair.height + 1.0),
            ]
            lathe(m, "iron", newel, (x, 0, z), n=n, hard=60)
    for k in range(stair.risers):
        _tread(m, stair, k, rise)
    rail = floats(
        [stair.edge(s, stair.radius - 0.03, rise + RAIL_HEIGHT) for s in np.linspace(0.5, stair.risers - 0.4, 40)]
    )
    stringer = floats([stair.edge(s, stair.radius - 0.01, rise - 0.06) for s in np.linspace(0, stair.risers, 40)])
    for levels, n, every in ((NEAR, 8, 1), (MID, 5, 2), (FAR, 4, 3)):
        with m.only(levels):
            tube(m, "walnut", rail[::every], 0.028, n=n)
            tube(m, "iron", stringer[::every], 0.030, n=n)


def _tread(m: Model, stair: Spiral, k: int, rise: float) -> None:
    """A wedge of oak: top, underside, front, outer edge; two iron bars that carry the rail."""
    inner, outer = NEWEL * 0.8, stair.radius
    arcs = np.linspace(k, k + 1.06, 4)
    lift = rise * (k + 1)
    top = floats([[stair.edge(s, r) * [1, 0, 1] + [0, lift, 0] for s in arcs] for r in (inner, outer)])
    low = top - [0, THICK, 0]
    uv = np.stack(np.broadcast_arrays(arcs[None] * 0.3, floats([inner, outer])[:, None]), -1)
    clockwise = stair.end > stair.start
    grid(m, "walnut", top if not clockwise else top[::-1], uv)
    grid(m, "walnut", low[::-1] if not clockwise else low, uv)
    front = np.stack([top[:, 0], low[:, 0]])
    rim = np.stack([low[1], top[1]])
    grid(m, "walnut", front if not clockwise else front[::-1], np.zeros((2, 2, 2)))
    grid(m, "walnut", rim if clockwise else rim[::-1], np.zeros((2, 4, 2)))
    with m.only(NEAR | MID):
        for part in (0.25, 0.75):
            foot = stair.edge(k + part, outer - 0.03) * [1, 0, 1] + [0, lift, 0]
            head = foot * [1, 0, 1] + [0, stair.height * (k + part) / stair.risers + rise + RAIL_HEIGHT, 0]
            tube(m, "iron", floats([foot, head]), 0.010, n=4)
