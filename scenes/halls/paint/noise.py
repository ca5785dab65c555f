"""Tileable value noise, and arrays to pictures."""

from __future__ import annotations

import numpy as np
from PIL import Image

from carrel.scenes.halls.kit.arrays import Floats, Points, floats


def noise(height: int, width: int, cells: tuple[int, int], seed: int, octaves: int = 5, gain: float = 0.55) -> Floats:
    """Value noise in 0..1 of shape (height, width); `cells` = (rows, columns) of the coarsest lattice."""
    rng = np.random.default_rng(seed)
    out, weight = np.zeros((height, width)), 1.0
    rows, columns = cells
    for _ in range(octaves):
        lattice = np.pad(rng.random((rows, columns)), ((2, 2), (2, 2)), mode="wrap")
        y = (np.arange(height) / height * rows)[:, None]
        x = (np.arange(width) / width * columns)[None]
        iy, ix = np.floor(y).astype(int), np.floor(x).astype(int)
        fy, fx = y - iy, x - ix
        fy, fx = fy * fy * (3 - 2 * fy), fx * fx * (3 - 2 * fx)
        iy, ix = iy + 2, ix + 2
        upper = lattice[iy, ix] * (1 - fx) + lattice[iy, ix + 1] * fx
        lower = lattice[iy + 1, ix] * (1 - fx) + lattice[iy + 1, ix + 1] * fx
        out += weight * (upper * (1 - fy) + lower * fy)
        weight *= gain
        rows, columns = min(rows * 2, max(1, height // 2)), min(columns * 2, max(1, width // 2))
    out -= out.min()
    return floats(out / max(out.max(), 1e-9))


def picture(values: Points) -> Image.Image:
    """An RGB or grey picture from an array in 0..255."""
    return Image.fromarray(np.clip(values, 0, 255).astype("u1"))
