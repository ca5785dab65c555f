"""A fireplace: chimney breast, stone mantel, a grate with embers. On the wall plane z = 0, facing +z."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.mouldings import BASE, CAPITAL
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.kit.square_window import square_wall
from carrel.scenes.halls.kit.sweeps import sweep, tube

BREAST_DEPTH, MANTEL_HEIGHT, MANTEL_DEPTH = 0.38, 1.18, 0.26
SHELF = [(0, 0), (0.03, 0.012), (0.05, 0.05), (0.10, 0.075), (0.12, 0.08), (0.12, 0.115), (0, 0.12)]
FIRELIGHT = floats([1.0, 0.42, 0.13])


def fireplace(m: Model, wall: str, stone: str, width: float, height: float) -> None:
    """The breast reaches up to `height`; a place `slot` named mantel is the middle of its shelf."""
    d, r = BREAST_DEPTH, width / 2
    opening, head = 0.92, 0.86
    with m.at((-r, 0, d)):
        square_wall(m, wall, width, height, [(r, opening, 0.0, head)], 0.05)
    for s in (-1, 1):
        origin = (-r, 0, 0) if s < 0 else (r, 0, d)
        panel = m.panel(origin, (0, 0, -s * d), (0, height, 0), (s, 0, 0), 0.06)
        rect(m, wall, origin, (0, 0, -s * d), (0, height, 0), panel=panel)
    _firebox(m, opening, head, d)
    with m.at((0, 0, d)):
        for s in (-1, 1):
            x = s * (opening / 2 + 0.10)
            box(m, stone, (x, MANTEL_HEIGHT / 2 - 0.1, 0.05), (0.20, MANTEL_HEIGHT - 0.2, 0.10), sub=0.25, skip="y-z-")
            for profile, y in ((BASE, 0.0), ([(o * 0.6, u * 0.6) for o, u in CAPITAL], head + 0.02)):
                path = [(x - 0.10, y, 0), (x - 0.10, y, 0.10), (x + 0.10, y, 0.10), (x + 0.10, y, 0)]
                sweep(m, stone, [(o * 0.5, u * 0.7) for o, u in profile], path, hard=40, sub=0.5)
        span = opening + 0.40
        box(
            m,
            stone,
            (0, (head + MANTEL_HEIGHT) / 2 - 0.03, 0.045),
            (span, MANTEL_HEIGHT - head - 0.02, 0.09),
            sub=0.25,
            skip="z-",
        )
        run = [(-span / 2, MANTEL_HEIGHT - 0.12, 0), (-span / 2, MANTEL_HEIGHT - 0.12, 0.09)]
        run += [(span / 2, MANTEL_HEIGHT - 0.12, 0.09), (span / 2, MANTEL_HEIGHT - 0.12, 0)]
        sweep(m, stone, SHELF, run, hard=40, sub=0.4)
        top = span + 0.24
        rect(m, stone, (-top / 2, MANTEL_HEIGHT, 0.21), (top, 0, 0), (0, 0, -0.21), sub=0.3)
        box(m, "slate", (0, 0.03, 0.26), (opening + 0.55, 0.06, 0.52), sub=0.25, skip="y-z-")
        m.place("slot", "mantel", (0, MANTEL_HEIGHT, 0.10))


def _firebox(m: Model, opening: float, head: float, depth: float) -> None:
    back, inner = -0.10, opening / 2
    rect(m, "soot", (-inner, 0, depth), (0, 0, back - depth), (0, head, 0), sub=0.3)
    rect(m, "soot", (inner, 0, back), (0, 0, depth - back), (0, head, 0), sub=0.3)
    rect(m, "soot", (-inner, 0, back), (opening, 0, 0), (0, head, 0), sub=0.25)
    rect(m, "soot", (-inner, head, depth), (opening, 0, 0), (0, 0, back - depth), sub=0.4)
    rect(m, "soot", (-inner, 0.06, depth), (opening, 0, 0), (0, 0, back - depth), sub=0.3)
    rng = np.random.default_rng(11)
    for k in range(5):  # logs on iron dogs
        x, y, z = rng.uniform(-0.06, 0.06), 0.17 + 0.07 * (k // 2), 0.05 + 0.09 * (k % 3)
        lean = rng.uniform(-0.10, 0.10)
        path = floats([[x - 0.30, y - lean * 0.3, z], [x, y, z + 0.01], [x + 0.30, y + lean * 0.3, z]])
        tube(m, "bark", path, [0.045, 0.05, 0.042], n=7)
    for _ in range(26):
        x, z = rng.uniform(-0.26, 0.26), rng.uniform(0.0, 0.24)
        size = rng.uniform(0.02, 0.05)
        glow = float(rng.uniform(0.5, 2.2))
        box(m, "ember", (x, 0.09 + size / 2, z), (size, size * 0.7, size), sub=1, skip="y-", glow=glow, blocks=False)
    for _ in range(9):  # flames: leaning blades of light
        x, z, tall = rng.uniform(-0.2, 0.2), rng.uniform(0.04, 0.2), rng.uniform(0.16, 0.34)
        wide, lean = rng.uniform(0.03, 0.06), rng.uniform(-0.05, 0.05)
        blade = floats(
            [
                [x - wide, 0.14, z],
                [x + wide, 0.14, z],
                [x + wide * 0.7 + lean, 0.14 + tall * 0.5, z + 0.01],
                [x - wide * 0.7 + lean, 0.14 + tall * 0.5, z - 0.01],
                [x + lean * 2, 0.14 + tall, z],
            ]
        )
        m.add("flame", blade, [[0, 1, 2], [0, 2, 3], [3, 2, 4]], blade[:, :2], glow=2.4, blocks=False)
    for s in (-0.26, 0.26):
        box(m, "iron", (s, 0.10, 0.14), (0.025, 0.09, 0.32), sub=1)
        box(m, "iron", (s, 0.20, 0.31), (0.03, 0.28, 0.03), sub=1)
    m.lamp((0, 0.42, depth + 0.10), FIRELIGHT * 0.9, 5.0, shaded=False)
