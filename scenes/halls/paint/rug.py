"""The runner: v 0..0.25 is the end with its border, 0.25..1 repeats along the length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from carrel.scenes.halls.kit.arrays import Floats, floats
from carrel.scenes.halls.paint.noise import noise, picture

FIELD, NAVY, GOLD, CREAM, SAGE = (104, 30, 30), (24, 36, 62), (188, 146, 82), (214, 196, 160), (70, 88, 74)
WIDE_CM = 240.0


def rug(width: int = 512, height: int = 1024, seed: int = 11) -> Image.Image:
    yy, xx = np.mgrid[0:height, 0:width].astype(float)
    px, py = xx / width * WIDE_CM, yy / width * WIDE_CM
    edge = np.minimum(np.minimum(px, WIDE_CM - px), py)
    colour = np.broadcast_to(floats(FIELD), (height, width, 3)).copy()
    _field(colour, px - WIDE_CM / 2, py - 30)
    _border(colour, px, py, edge)
    y, x = np.arange(height)[:, None], np.arange(width)[None]
    weave = 0.91 + 0.09 * ((y // 2 + x // 2) % 2) + 0.14 * (noise(height, width, (180, 90), seed, 2) - 0.5)
    wear = 0.94 + 0.12 * (noise(height, width, (3, 2), seed + 1, 4) - 0.4)
    return picture(colour * (weave * wear)[..., None])


def _paint(colour: Floats, mask: NDArray[np.bool_], rgb: tuple[int, int, int], cover: float = 1.0) -> None:
    colour[mask] = colour[mask] * (1 - cover) + floats(rgb) * cover


def _field(colour: Floats, x: Floats, y: Floats) -> None:
    """A lattice of medallions, large and small by turns."""
    cell = 60.0
    u, v = (x + 30) % 60 - 30, (y + 30) % 60 - 30
    diagonal = np.minimum(np.abs((x + y + 30) % 60 - 30), np.abs((x - y + 30) % 60 - 30))
    outside = (np.hypot(u, v) > 24) & (np.hypot(x % 60 - 30, y % 60 - 30) > 14)
    for shift, radius, petals, ground, heart in ((0, 22, 8, NAVY, GOLD), (30, 12, 6, SAGE, CREAM)):
        a = (x + shift + cell / 2) % cell - cell / 2
        b = (y + shift + cell / 2) % cell - cell / 2
        far, turn = np.hypot(a, b), np.arctan2(b, a)
        flower = radius * (0.72 + 0.28 * np.cos(petals * turn))
        rings = ((far < flower, ground), (np.abs(far - flower) < 1.3, GOLD), (far < flower * 0.55, heart))
        for mask, rgb in (*rings, (far < flower * 0.42, FIELD), (far < 3.2, CREAM)):
            _paint(colour, mask, rgb)
    _paint(colour, (diagonal < 0.9) & outside, GOLD, 0.75)


def _border(colour: Floats, px: Floats, py: Floats, edge: Floats) -> None:
    for limit, rgb in ((34, FIELD), (32, GOLD), (30.5, NAVY)):
        _paint(colour, edge < limit, rgb)
    along = np.where((px < 34) | (px > WIDE_CM - 34), py, px)
    across = np.where(edge < 34, edge - 18, 99)
    band = edge < 29
    u = (along + 9) % 18 - 9
    far, turn = np.hypot(u, across), np.arctan2(across, u)
    flower = 7.2 * (0.75 + 0.25 * np.cos(6 * turn))
    for mask, rgb in ((far < flower, CREAM), (far < flower * 0.72, FIELD), (far < 2.2, GOLD)):
        _paint(colour, band & mask, rgb)
    _paint(colour, band & (np.abs(along % 18 - 9) + np.abs(across) * 0.8 < 3), GOLD)
    stripes = ((edge < 7.5, GOLD), (edge < 6.2, FIELD), ((edge < 5) & (along % 6 < 3), CREAM), (edge < 2.4, NAVY))
    for mask, rgb in stripes:
        _paint(colour, mask, rgb)
