"""Where a crowd stands and walks, step by step. Plain numpy, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from carrel.avatars.codec import encode_positions

Spread = Literal["uniform", "crowd", "walk"]
SPREADS: Final[tuple[Spread, ...]] = get_args(Spread)

STEP_HZ: Final = 20
WALK_M_S: Final = 1.4
SWAY_M: Final = 0.15
"""Metres that somebody who stands still sways: enough that every pose is a new one."""
SPOT_M: Final = 8.0
"""Side of the spot on which `crowd` stands."""
HALL_M: Final = 60.0
"""`uniform` and `walk` fill the room, but no more than this."""
EYES_M: Final = 1.6
HEADSETS: Final = 0.3
"""Share of people with a headset: head and two hands."""

Steps = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Hall:
    """What of a room matters to a crowd: the box of believed heads and the origin of steps, in metres."""

    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)
    bounds_min: tuple[float, float, float] = (-30.0, 0.0, -30.0)
    bounds_max: tuple[float, float, float] = (30.0, 6.0, 30.0)

    def floor(self, spread: Spread) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper corner (x, z) of where people are, half a metre from the walls."""
        low, high = np.array(self.bounds_min)[[0, 2]] + 0.5, np.array(self.bounds_max)[[0, 2]] - 0.5
        middle, side = (low + high) / 2, np.minimum(high - low, SPOT_M if spread == "crowd" else HALL_M)
        return middle - side / 2, middle + side / 2


def headsets(people: int) -> NDArray[np.bool_]:
    """(people) who wears one: the same share in every part of the list."""
    so_far = np.floor(np.arange(people + 1) * HEADSETS + 1e-9)
    wears: NDArray[np.bool_] = np.diff(so_far) > 0
    return wears


def paths(spread: Spread, people: int, steps: int, hall: Hall, seed: int = 1) -> Steps:
    """(steps, people, 3) codec steps of every head from the hall's origin, one row every 1/20 s."""
    rng = np.random.default_rng(seed)
    low, high = hall.floor(spread)
    flat = np.empty((steps, people, 2))
    if spread == "walk":
        flat[:] = _walks(people, steps, low, high, rng)
    else:
        home = rng.uniform(low, high, (people, 2))
        turn = rng.uniform(0, 2 * np.pi, people) + np.arange(steps)[:, None] * (2 * np.pi / (3 * STEP_HZ))
        flat[..., 0] = home[:, 0] + SWAY_M * np.cos(turn)
        flat[..., 1] = home[:, 1] + SWAY_M * np.sin(turn)
    heads = np.empty((steps, people, 3))
    heads[..., [0, 2]] = flat
    heads[..., 1] = np.clip(EYES_M, hall.bounds_min[1], hall.bounds_max[1])
    return encode_positions(heads - np.array(hall.origin))


def _walks(
    people: int, steps: int, low: NDArray[np.float64], high: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Everybody walks straight to a place of their own choice, then to the next one."""
    out = np.empty((steps, people, 2))
    at, goal = rng.uniform(low, high, (people, 2)), rng.uniform(low, high, (people, 2))
    stride = WALK_M_S / STEP_HZ
    for step in range(steps):
        way = goal - at
        left = np.linalg.norm(way, axis=1)
        there = left < stride
        goal[there] = rng.uniform(low, high, (int(there.sum()), 2))
        at = at + np.where(there[:, None], 0.0, way * (stride / np.maximum(left, stride))[:, None])
        out[step] = at
    return out
