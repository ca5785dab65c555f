"""A fireplace: chimney breast, stone mantel, a grate with embers. On the wall plane z = 0, facing +z."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.mouldings import BASE, CAPITAL
from carrel.scenes.halls.kit.shapes import box, grid, rect
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
        box(m, "slate", (0, 0.03, 0.26), (opening + 0.55, 0.06, 0.52), sub=0.13, skip="y-z-")
        m.place("slot", "mantel", (0, MANTEL_HEIGHT, 0.10))


def _firebox(m: Model, opening: float, head: float, depth: float) -> None:
    back, inner, grate = 0.02, opening / 2, 0.10
    rect(m, "soot", (-inner, 0, depth), (0, 0, back - depth), (0, head, 0), sub=0.15)
    rect(m, "soot", (inner, 0, back), (0, 0, depth - back), (0, head, 0), sub=0.15)
    rect(m, "soot", (-inner, 0, back), (opening, 0, 0), (0, head, 0), sub=0.12)
    rect(m, "soot", (-inner, head, depth), (opening, 0, 0), (0, 0, back - depth), sub=0.2)
    rect(m, "soot", (-inner, 0.06, depth), (opening, 0, 0), (0, 0, back - depth), sub=0.15)
    rng = np.random.default_rng(11)
    for k in range(5):  # logs on iron dogs
        y, z, lean = grate + 0.10 + 0.075 * (k // 3), 0.11 + 0.085 * (k % 3), float(rng.uniform(-0.05, 0.05))
        x = float(rng.uniform(-0.05, 0.05))
        path = floats([[x - 0.29, y - lean, z], [x, y, z + 0.012], [x + 0.29, y + lean, z]])
        tube(m, "bark", path, [0.040, 0.046, 0.038], n=8)
    for _ in range(90):
        x, z, size = float(rng.normal(0, 0.15)), float(rng.uniform(0.07, 0.33)), float(rng.uniform(0.008, 0.024))
        glow = float(rng.uniform(0.4, 2.6)) * np.exp(-((x / 0.24) ** 2))
        center = (float(np.clip(x, -0.36, 0.36)), grate - 0.02 + size / 2, z)
        box(m, "ember", center, (size, size, size), sub=1, skip="y-", glow=glow + 0.1, blocks=False)
    for k in range(16):  # flames: bent blades, tallest in the middle
        x, z = float(rng.normal(0, 0.13)), float(rng.uniform(0.09, 0.30))
        tall = (0.16 + 0.26 * np.exp(-((x / 0.16) ** 2))) * float(rng.uniform(0.75, 1.15))
        _flame(m, x, grate + 0.04, z, tall, float(rng.uniform(0.020, 0.038)), float(rng.uniform(-0.06, 0.06)), 35.0 * k)
    for s in (-0.26, 0.26):
        box(m, "iron", (s, grate, 0.22), (0.022, 0.07, 0.28), sub=1)
        box(m, "iron", (s, 0.18, 0.37), (0.026, 0.24, 0.026), sub=1)
    m.lamp((0, 0.40, depth + 0.08), FIRELIGHT * 0.55, 5.0, shaded=False)
    m.lamp((0, 0.30, depth - 0.06), FIRELIGHT * 0.10, 1.2, shaded=False)


def _flame(m: Model, x: float, y: float, z: float, tall: float, wide: float, lean: float, turn: float) -> None:
    """Hot at its foot, red at its tip."""
    rise = np.linspace(0, 1, 6)
    side = wide * np.sin(np.pi * (0.22 + 0.78 * (1 - rise))) ** 0.8 * (1 - rise**3)
    bend = lean * rise**1.6 + 0.010 * np.sin(rise * 7 + turn)
    with m.at((x, y, z), turn=turn % 70 - 35):
        for low, high, glow in ((0, 3, 2.8), (2, 5, 1.5)):
            k = slice(low, high + 1)
            points = np.stack([np.stack([bend[k] + s * side[k], rise[k] * tall, 0 * rise[k]], 1) for s in (-1, 1)])
            grid(
                m,
                "flame" if low == 0 else "ember",
                floats(points),
                np.zeros((*points.shape[:2], 2)),
                glow=glow,
                blocks=False,
            )
