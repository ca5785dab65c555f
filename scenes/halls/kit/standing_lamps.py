"""Lamps that stand: a floor lamp, a lamp for a side table. Each tells the baker where its light is."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.lamps import LAMPLIGHT
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.sweeps import lathe, tube

SHADE_GLOW = 0.95


def drum_shade(m: Model, low: float, high: float, wide: float, narrow: float, glow: float = SHADE_GLOW) -> None:
    """A tapered linen shade, bright inside and out, with brass rings."""
    side = [(wide, low), ((wide + narrow) / 2, (low + high) / 2), (narrow, high)]
    lathe(m, "shade_linen", side, n=28, glow=glow, blocks=False)
    inner = [(r - 0.004, y) for r, y in side[::-1]]
    lathe(m, "shade_linen", inner, n=28, glow=glow * 1.7, blocks=False)
    turn = np.linspace(0, 2 * np.pi, 29)
    for r, y in (side[0], side[-1]):
        tube(m, "brass", np.stack([r * np.cos(turn), 0 * turn + y, r * np.sin(turn)], 1), 0.004, n=4)


def floor_lamp(m: Model, metal: str = "brass") -> None:
    """1.6 m high with a linen shade."""
    lathe(
        m, metal, [(0.14, 0), (0.14, 0.014), (0.12, 0.024), (0.035, 0.034), (0.014, 0.06), (0.011, 0.5)], n=28, hard=50
    )
    tube(m, metal, floats([[0, 0.5, 0], [0, 1.0, 0], [0, 1.52, 0]]), 0.011, n=8)
    lathe(m, metal, [(0.011, 0.78), (0.022, 0.80), (0.011, 0.82)], n=10)
    drum_shade(m, 1.30, 1.58, 0.22, 0.17)
    lathe(m, "bulb", [(0.02, 1.36), (0.035, 1.40), (0.03, 1.44), (0, 1.46)], n=10, glow=3.0, blocks=False)
    m.lamp((0, 1.44, 0), LAMPLIGHT * 0.75, 4.5, shaded=False)


def shade_lamp(m: Model) -> None:
    """A glazed jar under a linen shade, half a metre high."""
    jar = [
        (0.05, 0),
        (0.062, 0.012),
        (0.085, 0.07),
        (0.092, 0.12),
        (0.075, 0.18),
        (0.035, 0.215),
        (0.03, 0.235),
        (0, 0.24),
    ]
    lathe(m, "porcelain", jar, n=20, hard=70)
    tube(m, "brass", floats([[0, 0.235, 0], [0, 0.27, 0], [0, 0.31, 0]]), 0.008, n=6)
    drum_shade(m, 0.29, 0.48, 0.17, 0.11)
    m.lamp((0, 0.38, 0), LAMPLIGHT * 0.45, 3.5, shaded=False)
