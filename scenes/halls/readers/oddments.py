"""Small things that only Readers' Rooms have: long and low tables, paper lanterns, a dome lamp, tea, ink, vases."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.lamps import LAMPLIGHT, OPAL_LIGHT
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.kit.sweeps import lathe, tube

CUP = [(0, 0.002), (0.022, 0.004), (0.034, 0.03), (0.038, 0.055), (0.035, 0.055), (0.028, 0.02), (0, 0.014)]
POT = [
    (0, 0.0),
    (0.05, 0.003),
    (0.078, 0.035),
    (0.080, 0.06),
    (0.06, 0.092),
    (0.03, 0.102),
    (0.028, 0.108),
    (0.010, 0.114),
    (0.012, 0.126),
    (0, 0.13),
]
VASE = [
    (0, 0),
    (0.05, 0.004),
    (0.075, 0.05),
    (0.088, 0.12),
    (0.07, 0.20),
    (0.034, 0.25),
    (0.032, 0.29),
    (0.045, 0.31),
    (0.036, 0.31),
    (0.024, 0.26),
    (0, 0.24),
]
BUST = [
    (0.11, 0),
    (0.11, 0.03),
    (0.06, 0.05),
    (0.055, 0.09),
    (0.10, 0.13),
    (0.145, 0.18),
    (0.15, 0.22),
    (0.10, 0.265),
    (0.055, 0.29),
    (0.05, 0.33),
]
HEAD = [(0.035, 0.31), (0.072, 0.335), (0.096, 0.385), (0.103, 0.43), (0.096, 0.475), (0.062, 0.515), (0, 0.53)]


def long_table(m: Model, wood: str = "oak", metal: str = "black", length: float = 2.4) -> None:
    """A thick plank on two steel trestles, its length x."""
    box(m, wood, (0, 0.73, 0), (length, 0.045, 0.92), sub=0.24)
    for s in (-1, 1):
        x = s * (length / 2 - 0.28)
        for z in (-0.36, 0.36):
            box(m, metal, (x, 0.355, z), (0.05, 0.71, 0.05), sub=0.4, skip="y+y-")
        for y in (0.025, 0.685):
            box(m, metal, (x, y, 0), (0.05, 0.05, 0.68), sub=0.5, skip="z-z+")


def low_table(m: Model, wood: str = "oak_dark") -> None:
    """To sit at on the floor: 0.36 m high, its length x."""
    box(m, wood, (0, 0.342, 0), (1.5, 0.036, 0.85), sub=0.22)
    for s in (-1, 1):
        box(m, wood, (s * 0.58, 0.162, 0), (0.04, 0.324, 0.70), sub=0.25, skip="y-y+")
    box(m, wood, (0, 0.24, 0), (1.12, 0.10, 0.03), sub=0.3, skip="x-x+")


def coffee_table(m: Model, wood: str = "oak") -> None:
    box(m, wood, (0, 0.345, 0), (1.1, 0.03, 0.6), sub=0.2)
    box(m, wood, (0, 0.16, 0), (0.96, 0.02, 0.48), sub=0.25)
    for s in (-1, 1):
        for z in (-0.25, 0.25):
            box(m, "black", (s * 0.50, 0.165, z), (0.028, 0.33, 0.028), sub=0.5, skip="y-y+")


def dome_pendant(m: Model, drop: float, radius: float = 0.21) -> None:
    """A black enamelled dome on a cord, white inside."""
    tube(m, "black", floats([[0, 0, 0], [0, -drop / 2, 0], [0, -drop, 0]]), 0.006, n=5)
    lathe(m, "black", [(0.05, -0.03), (0.05, 0)], n=12)
    turn = np.linspace(np.radians(88), 0.12, 9)
    dome = np.stack([radius * np.sin(turn), -drop - radius * 0.9 + radius * 0.85 * np.cos(turn)], 1)
    lathe(m, "black", dome, n=28, blocks=False)
    lathe(m, "shade_linen", dome[::-1] - [0.004, 0.006], n=28, glow=1.35, blocks=False)
    lathe(m, "black", [(0.035, -drop - 0.03), (0.03, -drop + 0.03), (0.008, -drop + 0.05)], n=12)
    ball = np.linspace(np.pi, 0, 8)
    bulb = np.stack([0.045 * np.sin(ball), -drop - radius * 0.78 + 0.045 * np.cos(ball)], 1)
    lathe(m, "bulb", bulb, n=12, glow=2.6, blocks=False)
    m.lamp((0, -drop - radius * 0.7, 0), OPAL_LIGHT * 1.5, 5.0, shaded=True)


def paper_lantern(m: Model, height: float = 0.62, side: float = 0.30, wood: str = "oak_dark") -> None:
    """A square floor lantern of paper in a timber frame."""
    h, r = height, side / 2
    for x in (-r, r):
        for z in (-r, r):
            box(m, wood, (x, h / 2, z), (0.02, h, 0.02), sub=0.4, skip="y-")
    for y in (0.05, h - 0.01):
        for turn in (0, 90):
            with m.at((0, y, 0), turn=turn):
                for s in (-1, 1):
                    box(m, wood, (0, 0, s * r), (side, 0.02, 0.02), sub=1)
    for turn in (0, 90, 180, 270):
        with m.at((0, 0, 0), turn=turn):
            rect(m, "shade_linen", (-r, 0.06, r - 0.003), (side, 0, 0), (0, h - 0.08, 0), glow=0.85, blocks=False)
            for k in (-1, 1):
                box(m, wood, (k * side / 6, h / 2 + 0.02, r), (0.006, h - 0.08, 0.008), sub=1, skip="y-y+")
    m.lamp((0, h * 0.55, 0), LAMPLIGHT * 0.55, 4.0, shaded=False)


def paper_globe(m: Model, drop: float, radius: float = 0.26) -> None:
    """A round paper lantern with its wire ribs."""
    tube(m, "black", floats([[0, 0, 0], [0, -drop / 2, 0], [0, -drop, 0]]), 0.004, n=4)
    turn = np.linspace(np.pi - 0.25, 0.25, 25)
    ribs = 1 + 0.012 * np.cos(np.arange(25) * np.pi)
    ball = np.stack([radius * np.sin(turn) * ribs, -drop - radius * 0.92 + radius * 0.92 * np.cos(turn)], 1)
    lathe(m, "shade_linen", ball, n=28, glow=1.0, hard=85, blocks=False)
    m.lamp((0, -drop - radius, 0), OPAL_LIGHT * 1.3, 6.0, shaded=False)


def tea_things(m: Model, glaze: str = "porcelain") -> None:
    """A pot and three cups on a tray."""
    box(m, "oak_dark", (0, 0.008, 0), (0.44, 0.014, 0.28), sub=0.2)
    with m.at((-0.09, 0.015, 0.0)):
        lathe(m, glaze, POT, n=20, hard=55)
        tube(m, glaze, floats([[0.07, 0.045, 0], [0.10, 0.065, 0], [0.125, 0.095, 0]]), [0.014, 0.010, 0.007], n=7)
        turn = np.linspace(-1.1, 1.1, 7)
        handle = np.stack([-0.07 - 0.045 * np.cos(turn), 0.06 + 0.038 * np.sin(turn), 0 * turn], 1)
        tube(m, glaze, handle, 0.007, n=6)
    for x, z in ((0.08, -0.07), (0.10, 0.06), (0.17, 0.0)):
        with m.at((x, 0.015, z)):
            lathe(m, "white", CUP, n=14, hard=55)


def vase(m: Model, glaze: str = "porcelain", *, branch: bool = False) -> None:
    """A shouldered vase, with a bare flowering branch if wanted."""
    lathe(m, glaze, VASE, n=22, hard=65)
    if branch:
        rng = np.random.default_rng(23)
        for k, (lean, turn) in enumerate(((0.24, 0.6), (0.34, 2.6), (0.14, 4.4))):
            t = np.linspace(0, 1, 6)
            out, up = lean * t**1.4, 0.24 + (0.62 - 0.09 * k) * t
            path = np.stack([out * np.cos(turn + 0.5 * t), up, out * np.sin(turn + 0.5 * t)], 1)
            tube(m, "bark", path, np.linspace(0.006, 0.002, 6), n=4)
            for f in np.linspace(0.35, 1.0, 12):
                at = [float(np.interp(f, t, path[:, j])) for j in range(3)] + rng.normal(0, 0.018, 3)
                size = float(rng.uniform(0.010, 0.018))
                box(m, "blossom", at, (size, size, size), sub=1)


def ink_things(m: Model) -> None:
    """An ink stone, a pot of brushes, a paperweight and a sheet."""
    rect(m, "paper", (-0.24, 0.003, 0.17), (0.48, 0, 0), (0, 0, -0.34), sub=0.2)
    box(m, "slate", (0.34, 0.012, 0.02), (0.11, 0.024, 0.16), sub=0.2)
    box(m, "brass", (0.0, 0.010, -0.14), (0.22, 0.014, 0.022), sub=0.3)
    with m.at((0.36, 0, -0.16)):
        lathe(m, "oak_dark", [(0, 0.01), (0.045, 0.0), (0.045, 0.12), (0.038, 0.12), (0.036, 0.02)], n=16, hard=60)
        for k in range(5):
            turn, lean = k * 1.26, 0.028
            c, s = np.cos(turn), np.sin(turn)
            tube(
                m,
                "bamboo" if k % 2 else "oak",
                floats([[0.01 * c, 0.02, 0.01 * s], [lean * c * 1.4, 0.26 + 0.02 * (k % 3), lean * s * 1.4]]),
                0.0045,
                n=5,
            )


def bust(m: Model, stone: str = "marble") -> None:
    """A head and shoulders, plain as a chess piece."""
    lathe(m, stone, BUST, n=22, hard=60)
    lathe(m, stone, HEAD, n=20, hard=70)
