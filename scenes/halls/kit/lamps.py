"""Lights one can see: banker's lamps, opal pendants, chandeliers. Each tells the baker where its light is."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.shapes import fan, grid, rect
from carrel.scenes.halls.kit.sweeps import lathe, tube

OPAL_GLOW, BULB_GLOW = 1.15, 3.0
LAMPLIGHT = floats([1.0, 0.70, 0.36])
OPAL_LIGHT = floats([1.0, 0.74, 0.42])
LAMP_FOOT = [
    (0.105, 0), (0.105, 0.012), (0.09, 0.022), (0.05, 0.03), (0.03, 0.05), (0.016, 0.065), (0.013, 0.20), (0.022, 0.215),
    (0.013, 0.23), (0.012, 0.33), (0.02, 0.345), (0, 0.35),
]  # fmt: skip
LAMP_FOOT_FAR = [(0.105, 0), (0.09, 0.02), (0.016, 0.065), (0.013, 0.33)]


def banker_lamp(m: Model) -> None:
    """A green cased-glass shade on a brass stem; local x along the shade."""
    for levels, n, arcs, bars in ((NEAR, 12, 9, 3), (MID, 6, 5, 2), (FAR, 4, 3, 2)):
        with m.only(levels):
            lathe(m, "brass", LAMP_FOOT if levels == NEAR else LAMP_FOOT_FAR, n=n, hard=50)
            _shade(m, arcs, bars, ends=levels != FAR)
            if levels == NEAR:
                tube(
                    m,
                    "bulb",
                    floats([[-0.13, 0.34, 0], [0, 0.34, 0], [0.13, 0.34, 0]]),
                    0.02,
                    glow=BULB_GLOW,
                    blocks=False,
                )
                tube(m, "brass", floats([[-0.2, 0.402, 0], [0, 0.403, 0], [0.2, 0.402, 0]]), 0.007, n=5)
    m.lamp((0, 0.30, 0), LAMPLIGHT * 0.26, 3.0, shaded=True)


def _shade(m: Model, arcs: int, bars: int, *, ends: bool) -> None:
    half = 0.085
    turn, x = np.linspace(np.radians(-78), np.radians(78), arcs), np.linspace(-0.19, 0.19, bars)
    up, out = 0.315 + half * np.cos(turn), half * 1.15 * np.sin(turn)
    shell = floats([np.stack([np.full(arcs, xx), up, out], -1) for xx in x])
    uv = np.zeros((bars, arcs, 2))
    grid(m, "shade", shell[::-1], uv, blocks=False)
    grid(m, "shade_lining", shell - [0, 0.004, 0], uv, glow=1.5, blocks=False)
    if ends:
        for side in (-1, 1):
            ring = np.stack([np.full(arcs, side * 0.19), up, out], -1)
            fan(m, "shade", ring if side < 0 else ring[::-1], (side * 0.19, 0.335, 0), blocks=False)


def pendant_globe(m: Model, drop: float, radius: float) -> None:
    """An opal globe on a brass rod that hangs `drop` metres."""
    r = radius
    tube(m, "brass", floats([[0, 0, 0], [0, -drop, 0]]), 0.010, n=5)
    for levels, n, steps in ((NEAR, 16, 10), (MID, 9, 6), (FAR, 6, 4)):
        with m.only(levels):
            turn = np.linspace(0.25, np.pi, steps)
            ball = np.stack([r * np.sin(turn), -drop - r * 0.95 + r * np.cos(turn)], 1)
            lathe(m, "globe", ball[::-1], n=n, glow=OPAL_GLOW, blocks=False)
            if levels != FAR:
                lathe(m, "brass", [(0.055, -drop - 0.03), (0.05, -drop + 0.02), (0.03, -drop + 0.05)], n=n)
                lathe(m, "brass", [(0.02, -0.06), (0.06, -0.03), (0.05, 0)], n=n)
    m.lamp((0, -drop - r, 0), OPAL_LIGHT, 5.0, shaded=False)


def chandelier(m: Model, drop: float, radius: float = 0.85, globes: int = 8) -> None:
    """A brass ring with opal globes on a long rod."""
    tube(m, "brass", floats([[0, 0, 0], [0, -drop / 2, 0], [0, -drop, 0]]), 0.018, n=6)
    boss = [(0, -0.36), (0.05, -0.34), (0.09, -0.24), (0.06, -0.12), (0.10, -0.05), (0.04, 0.05), (0.02, 0.15)]
    for levels, around, n, steps in ((NEAR, 33, 12, 8), (MID, 17, 8, 6), (FAR, 13, 5, 4)):
        with m.only(levels):
            turn = np.linspace(0, 2 * np.pi, around)
            ring = np.stack([radius * np.cos(turn), 0 * turn - drop - 0.25, radius * np.sin(turn)], 1)
            tube(m, "brass", ring, 0.028, n=6 if levels == NEAR else 4)
            lathe(m, "brass", boss, (0, -drop, 0), n=n + 2, hard=80)
            for k in range(globes):
                angle = 2 * np.pi * k / globes
                c, s = np.cos(angle), np.sin(angle)
                rim, low = (radius * c, -drop - 0.25, radius * s), (0.06 * c, -drop - 0.15, 0.06 * s)
                elbow = (0.4 * radius * c, -drop - 0.32, 0.4 * radius * s)
                tube(m, "brass", [low, elbow, rim], 0.014, n=5 if levels == NEAR else 3)
                if levels == NEAR:
                    bend = (0.5 * radius * c, -drop + 0.12, 0.5 * radius * s)
                    tube(m, "brass", [(0.03 * c, -drop + 0.6, 0.03 * s), bend, rim], 0.006, n=4)
                    lathe(m, "brass", [(0.02, -0.03), (0.055, 0), (0.06, 0.03)], (rim[0], -drop - 0.22, rim[2]), n=10)
                arc = np.linspace(0, np.pi * 0.88, steps)
                ball = np.stack([0.105 * np.sin(arc), 0.125 + 0.105 * np.cos(arc)], 1)
                lathe(m, "globe", ball[::-1], (rim[0], -drop - 0.22, rim[2]), n=n, glow=OPAL_GLOW, blocks=False)
    m.lamp((0, -drop - 0.1, 0), OPAL_LIGHT * 3.0, 10.0, shaded=False)


def rose(m: Model, size: float) -> None:
    """A gilt plate where a chandelier's rod meets the vault."""
    rect(m, "gilt", (-size / 2, -0.01, -size / 2), (size, 0, 0), (0, 0, size))
