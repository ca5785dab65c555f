"""Woven cloth, pale, for a colour to be multiplied with."""

from __future__ import annotations

import numpy as np
from PIL import Image

from carrel.scenes.halls.paint.noise import noise, picture


def weave(n: int = 128, threads: int = 32, seed: int = 51) -> Image.Image:
    """A plain weave: warp over weft by turns, threads of uneven thickness. Tiles both ways."""
    y, x = np.mgrid[0:n, 0:n] / n * threads
    over = (np.floor(x) + np.floor(y)) % 2
    across, along = np.abs(np.sin(np.pi * x)), np.abs(np.sin(np.pi * y))
    round_off = np.where(over > 0, across * (0.75 + 0.25 * along), along * (0.75 + 0.25 * across))
    slub = noise(n, n, (threads, 4), seed, 2) + noise(n, n, (4, threads), seed + 1, 2)
    tone = 222 + 26 * (round_off - 0.6) + 18 * (slub - 1)
    return picture(np.repeat(tone[..., None], 3, -1))
