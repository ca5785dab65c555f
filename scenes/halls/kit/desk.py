"""The reference desk: a curved walnut counter, panelled in book-matched veneer, with a brass sign and two lamps."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, floats
from carrel.scenes.halls.kit.bookcase import Picture
from carrel.scenes.halls.kit.lamps import banker_lamp
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.shapes import box, grid, rect
from carrel.scenes.halls.kit.sweeps import sweep

RADIUS, PANELS = 3.4, 7
SKIRT = [(0, 0), (0.05, 0), (0.05, 0.14), (0.03, 0.16), (0.01, 0.19), (0, 0.20)]
FRAME = [(0, 0), (0, 0.02), (-0.02, 0.025), (-0.035, 0.012), (-0.035, 0.004)]


def reference_desk(m: Model, sign: Picture, width: float = 4.2, height: float = 1.06) -> None:
    """Convex side toward +z; local origin on the floor at the middle of the front."""
    half, h = float(np.arcsin(width / 2 / RADIUS)), height
    for levels, n in ((NEAR, 15), (MID, 15), (FAR, 8)):
        with m.only(levels):
            _counter(m, half, h, n)
    for k in range(PANELS):
        turn = -half + 2 * half * (k + 0.5) / PANELS
        wide = RADIUS * 2 * half / PANELS * 0.78
        with m.at((RADIUS * np.sin(turn), 0, RADIUS * np.cos(turn) - RADIUS), turn=float(np.degrees(turn))):
            _panel(m, wide)
    for s in (-1, 1):
        turn = s * half
        with m.at((RADIUS * np.sin(turn), 0, RADIUS * np.cos(turn) - RADIUS), turn=float(np.degrees(turn))):
            box(m, "walnut", (-s * 0.025, h / 2 - 0.04, -0.29), (0.05, h - 0.1, 0.58), sub=0.5)
    wide, tall = 1.5, 0.34
    with m.at((0, h, -0.18)):
        box(m, "walnut", (0, 0.03, 0), (wide * 0.9, 0.06, 0.16))
        box(m, "brass", (0, 0.08 + tall / 2, 0), (wide + 0.06, tall + 0.06, 0.03), sub=0.5)
        rect(m, "print", (-wide / 2, 0.08, 0.0165), (wide, 0, 0), (0, tall, 0), picture=sign, sub=0.5)
    for x in (-1.35, 1.35):
        with m.at((x, h, -0.42)):
            banker_lamp(m)


def _counter(m: Model, half: float, h: float, n: int) -> None:
    turn = np.linspace(-half, half, n)

    def arc(y: float) -> Floats:
        return np.stack([RADIUS * np.sin(turn), np.full(n, y), RADIUS * np.cos(turn) - RADIUS], 1)

    heights = np.linspace(0.12, h - 0.08, 4)
    front = floats([arc(y) for y in heights])
    grid(m, "walnut", front[::-1], np.stack(np.broadcast_arrays(turn[None] * RADIUS, heights[::-1, None]), -1))
    sweep(m, "walnut", SKIRT, arc(0), sub=9, hard=40)
    top = [
        (0, h - 0.10), (0.03, h - 0.08), (0.05, h - 0.05), (0.08, h - 0.03), (0.08, h - 0.012), (0.06, h), (-0.62, h), (-0.62, h - 0.05),
    ]  # fmt: skip
    sweep(m, "walnut", top, arc(0), sub=9, hard=35)


def _panel(m: Model, wide: float) -> None:
    loop = [(-wide / 2, 0.30, 0), (wide / 2, 0.30, 0), (wide / 2, 0.88, 0), (-wide / 2, 0.88, 0)]
    with m.only(NEAR | MID):
        sweep(m, "walnut", FRAME, loop, closed=True, up=(0, 0, 1), hard=60, sub=0.9)
    field, shift = wide / 2 - 0.03, m.rng.random(2)
    for s in (-1, 1):  # book-matched: the right half mirrors the left half's grain
        x0, x1 = (-field, 0.0) if s < 0 else (0.0, field)
        points = floats([[(x, y, 0.004) for y in (0.33, 0.59, 0.85)] for x in (x0, (x0 + x1) / 2, x1)])
        uv = np.stack([np.abs(points[..., 0]) + shift[0], points[..., 1] + shift[1]], -1)
        grid(m, "walnut_dark", points, uv)
