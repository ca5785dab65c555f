"""Turned balusters between a base rail and a moulded handrail, with posts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from carrel.scenes.halls.kit.arrays import Points, floats
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.shapes import box
from carrel.scenes.halls.kit.sweeps import lathe, sweep

BALUSTER = [
    (0.028, 0.10), (0.040, 0.13), (0.022, 0.18), (0.046, 0.36), (0.038, 0.47), (0.020, 0.63), (0.034, 0.70),
    (0.024, 0.74), (0.030, 0.80),
]  # fmt: skip
BALUSTER_MID = [(0.028, 0.10), (0.022, 0.18), (0.046, 0.36), (0.022, 0.62), (0.030, 0.80)]
RAIL = [
    (-0.06, 0),
    (0.06, 0),
    (0.075, 0.02),
    (0.06, 0.05),
    (0.03, 0.07),
    (-0.03, 0.07),
    (-0.06, 0.05),
    (-0.075, 0.02),
    (-0.06, 0),
]
RAIL_FAR = [(-0.06, 0), (0.06, 0), (0.06, 0.06), (-0.06, 0.06), (-0.06, 0)]
FOOT = [(-0.06, 0), (0.06, 0), (0.06, 0.07), (0.04, 0.10), (-0.04, 0.10), (-0.06, 0.07), (-0.06, 0)]
FINIAL = [
    (0.045, 0),
    (0.03, 0.02),
    (0.03, 0.04),
    (0.06, 0.08),
    (0.068, 0.115),
    (0.055, 0.155),
    (0.02, 0.175),
    (0, 0.18),
]


def balusters(
    m: Model,
    start: Points,
    end: Points,
    posts: Sequence[float],
    joints: Sequence[float] = (),
    height: float = 0.92,
    pitch: float = 0.21,
) -> None:
    """A row from start to end (floor points); `posts` and the rails' `joints` are parts 0..1 of the way."""
    a, b = floats(start), floats(end)
    n = int(np.linalg.norm(b - a) / pitch)
    rail_path = [a, *(a + (b - a) * part for part in joints), b]
    for k in range(n):
        foot = a + (b - a) * (k + 0.5) / n
        with m.only(NEAR):
            lathe(m, "walnut", BALUSTER, foot, n=7, hard=80)
        with m.only(MID):
            lathe(m, "walnut", BALUSTER_MID, foot, n=5, hard=80)
        with m.only(FAR):
            box(m, "walnut", foot + floats([0, 0.45, 0]), (0.05, 0.70, 0.05), sub=9, skip="y-y+x-")
    for levels, rail, sub in ((NEAR, RAIL, 0.6), (MID, RAIL, 2.0), (FAR, RAIL_FAR, 4.0)):
        with m.only(levels):
            sweep(m, "walnut", [(o, u + height - 0.12) for o, u in rail], rail_path, hard=50, sub=sub)
            sweep(m, "walnut", FOOT if levels == NEAR else RAIL_FAR, rail_path, hard=40, sub=sub)
    for part in posts:
        foot = a + (b - a) * part
        box(m, "walnut", foot + floats([0, height / 2, 0]), (0.15, height, 0.15), skip="y-", sub=0.5)
        box(m, "walnut", foot + floats([0, height + 0.015, 0]), (0.19, 0.03, 0.19))
        with m.only(NEAR):
            lathe(m, "brass", FINIAL, foot + floats([0, height + 0.03, 0]), n=14, hard=70)
        with m.only(MID | FAR):
            lathe(m, "brass", FINIAL[1::2], foot + floats([0, height + 0.03, 0]), n=6, hard=70)
