"""Smaller tables: round, side table, writing desk. Local origin on the floor, front toward +z."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.shapes import box, fan, rect
from carrel.scenes.halls.kit.sweeps import lathe, tube

ROUND_TABLE, SIDE_TABLE, WRITING_DESK = 0.74, 0.56, 0.76
PEDESTAL = [
    (0.07, 0.16), (0.085, 0.20), (0.05, 0.25), (0.042, 0.34), (0.06, 0.44), (0.072, 0.50), (0.045, 0.58), (0.05, 0.63),
    (0.11, 0.68), (0.14, 0.70),
]  # fmt: skip
KNOB = [(0, 0), (0.008, 0.002), (0.008, 0.012), (0.014, 0.018), (0.012, 0.026), (0, 0.029)]


def round_top(m: Model, wood: str, radius: float, height: float, thick: float = 0.035, n: int = 40) -> None:
    """A moulded disc whose grain runs straight across."""
    turn = np.linspace(0, 2 * np.pi, n + 1)[:-1]
    ring = np.stack([(radius - 0.008) * np.sin(turn), 0 * turn + height, (radius - 0.008) * np.cos(turn)], 1)
    fan(m, wood, ring, (0, height, 0))
    edge = [(radius - 0.03, height - thick), (radius - 0.008, height - thick), (radius, height - thick * 0.55)]
    lathe(m, wood, [*edge, (radius, height - thick * 0.25), (radius - 0.008, height)], n=n, hard=80)
    rim = [(0.0, height - thick), (radius - 0.03, height - thick)]
    lathe(m, wood, rim, n=n // 2)


def round_table(m: Model, wood: str = "walnut", radius: float = 0.55, height: float = ROUND_TABLE) -> None:
    """A turned pedestal on three feet."""
    round_top(m, wood, radius, height)
    scale = (height - 0.04) / 0.70
    lathe(m, wood, [(r, y * scale) for r, y in PEDESTAL], n=16, hard=70)
    reach = radius * 0.62
    for k in range(3):
        turn = 2 * np.pi * k / 3 + np.pi / 2
        c, s = np.cos(turn), np.sin(turn)
        foot = [(0.04, 0.26), (0.30, 0.235), (0.62, 0.12), (0.9, 0.035), (1.06, 0.03)]
        path = floats([[f * reach * c, y * scale, f * reach * s] for f, y in foot])
        tube(m, wood, path, [0.036, 0.034, 0.028, 0.024, 0.026], n=8)


def side_table(m: Model, wood: str = "oak_dark", metal: str = "brass") -> None:
    """A small round table on three straight legs, with a shelf ring."""
    round_top(m, wood, 0.23, SIDE_TABLE, 0.025, 32)
    round_top(m, wood, 0.16, 0.20, 0.016, 24)
    for k in range(3):
        turn = 2 * np.pi * k / 3 + np.pi / 2
        c, s = np.cos(turn), np.sin(turn)
        tube(
            m, metal, floats([[0.17 * c, 0.54, 0.17 * s], [0.185 * c, 0.27, 0.185 * s], [0.20 * c, 0, 0.20 * s]]), 0.010
        )


def writing_desk(m: Model, wood: str = "walnut", top: str = "walnut", width: float = 1.4) -> None:
    """A desk with three drawers in its apron; who works there sits at +z."""
    deep, h = 0.68, WRITING_DESK
    box(m, top, (0, h - 0.016, 0), (width, 0.032, deep), sub=0.24)
    box(m, wood, (0, h - 0.095, -0.01), (width - 0.10, 0.125, deep - 0.10), sub=0.35, skip="y+")
    for s in (-1, 1):
        for z in (-deep / 2 + 0.07, deep / 2 - 0.07):
            x = s * (width / 2 - 0.075)
            box(m, wood, (x, h - 0.10, z), (0.055, 0.135, 0.055), sub=1, skip="y+")
            leg = [(0.014, 0), (0.018, 0.03), (0.015, 0.05), (0.027, h - 0.19), (0.022, h - 0.17), (0.027, h - 0.16)]
            lathe(m, wood, leg, (x, 0, z), n=10, hard=70)
    drawer = (width - 0.24) / 3
    for k in (-1, 0, 1):
        x, front = k * drawer, deep / 2 - 0.06
        box(m, wood, (x, h - 0.098, front), (drawer - 0.02, 0.095, 0.014), sub=0.3, skip="z-")
        with m.at((x, h - 0.098, front + 0.007), matrix=floats([[1, 0, 0], [0, 0, -1], [0, 1, 0]])):
            lathe(m, "brass", KNOB, n=8, hard=60)
    rect(m, wood, (-width / 2 + 0.06, h - 0.158, -deep / 2 + 0.05), (width - 0.12, 0, 0), (0, 0, deep - 0.10), sub=0.5)
