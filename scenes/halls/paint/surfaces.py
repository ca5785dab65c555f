"""Building surfaces: quartered veneer, oak herringbone, flagstones, limewash, the sky outside."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.paint.noise import noise, picture

Rgb = tuple[int, int, int]


def veneer(base: Rgb, n: int = 512, seed: int = 1) -> Image.Image:
    """Quarter-sawn grain along v: fine straight lines, slow bands of tone, a little fleck. Tiles both ways."""
    _, x = np.mgrid[0:n, 0:n] / n
    bend = noise(n, n, (1, 3), seed, 2)
    bands = 0.5 + 0.5 * np.sin((x * 5 + bend * 0.35) * 2 * np.pi)
    column = np.clip(((x + (bend - 0.5) * 0.02) % 1) * n, 0, n - 1).astype(int)
    lines = noise(n, n, (2, 128), seed + 1, 3)
    lines = np.take_along_axis(lines, column, 1)
    pores = noise(n, n, (12, 256), seed + 2, 2)
    fleck = noise(n, n, (20, 14), seed + 3, 2)
    tone = 1 + 0.13 * (bands - 0.5) + 0.26 * (lines - 0.5) - 0.12 * (pores > 0.80) + 0.07 * (fleck - 0.5)
    warm = (bands - 0.5)[..., None] * floats([9, 3, -4])
    return picture(floats(base) * tone[..., None] + warm)


def herringbone(n: int = 1024, length: int = 5, seed: int = 3) -> tuple[Image.Image, Image.Image]:
    """Oak blocks laid in herringbone, `length` times as long as wide; colour, and roughness in the green channel."""
    cells = 6 * length
    rng = np.random.default_rng(seed)
    py, px = np.mgrid[0:n, 0:n] / n * cells
    i, j = np.floor(px).astype(int), np.floor(py).astype(int)
    k = (i - j) % (2 * length)
    flat = k < length
    back = 2 * length - 1 - k
    bx = np.where(flat, (i - k) % cells, i % cells)
    by = np.where(flat, j % cells, (j - back) % cells)
    tone = rng.random((cells * cells * 2, 3))[(bx * cells + by) * 2 + flat]
    along = np.where(flat, px - (i - k), py - (j - back))
    across = np.where(flat, py - j, px - i)
    fine = noise(1024, 1024, (4, 170), seed + 5, 3)
    u = ((across * 0.09 + tone[..., 1] * 3.1) * 1024).astype(int) % 1024
    v = ((along * 0.05 + tone[..., 2] * 5.3) * 1024).astype(int) % 1024
    grain = fine[v, u]
    gap = np.clip(np.minimum.reduce([across, 1 - across, along, length - along]) / 0.035, 0, 1)
    base = floats([154, 110, 70]) * (0.86 + 0.28 * tone[..., :1]) + (tone[..., 1:2] - 0.5) * floats([14, 2, -10])
    colour = base * (0.84 + 0.30 * grain[..., None]) * (0.55 + 0.45 * gap[..., None])
    rough = np.zeros((n, n, 3))
    rough[..., 1] = 255 * (0.28 + 0.14 * grain + 0.08 * (tone[..., 0] - 0.5) + 0.35 * (1 - gap))
    return picture(colour), picture(rough).resize((n // 2, n // 2), Image.Resampling.LANCZOS)


def flagstones(n: int = 512, k: int = 4, base: Rgb = (150, 144, 132), seed: int = 5) -> tuple[Image.Image, Image.Image]:
    """Square limestone paving with broken joints; colour, and roughness in the green channel."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:n, 0:n] / n * k
    j = np.floor(y).astype(int)
    x = x + 0.5 * (j % 2)
    i = np.floor(x).astype(int) % k
    tone = rng.random((k, k, 2))[j % k, i]
    joint = np.clip(np.minimum.reduce([x % 1, 1 - x % 1, y % 1, 1 - y % 1]) / 0.012, 0, 1)
    cloud, fine = noise(n, n, (6, 6), seed + 1, 6), noise(n, n, (128, 128), seed + 2, 2)
    shade = 0.86 + 0.16 * tone[..., :1] + 0.16 * (cloud[..., None] - 0.5) + 0.08 * (fine[..., None] - 0.5)
    rough = np.zeros((n, n, 3))
    rough[..., 1] = 255 * np.clip(0.38 + 0.22 * (cloud - 0.5) + 0.3 * (1 - joint) + 0.1 * fine, 0, 1)
    return picture(floats(base) * shade * (0.6 + 0.4 * joint[..., None])), picture(rough).resize((n // 2, n // 2))


def limewash(base: Rgb = (230, 219, 198), n: int = 512, seed: int = 9) -> Image.Image:
    """Limewash: very slow clouding and brush crossings, even enough for a wall thirty metres long."""
    cloud = noise(n, n, (3, 3), seed, 4)
    brush = noise(n, n, (40, 9), seed + 1, 3) + noise(n, n, (9, 40), seed + 2, 3)
    tone = 1 + 0.045 * (cloud - 0.5) + 0.022 * (brush - 1)
    return picture(floats(base) * tone[..., None] + (cloud - 0.5)[..., None] * floats([2, 0, -3]))


def sky(width: int = 256, height: int = 256, seed: int = 31) -> Image.Image:
    """What stands outside the windows: bright haze above, soft trees below."""
    y = np.linspace(0, 1, height)[:, None, None]
    top, horizon = floats([186, 212, 244]), floats([255, 249, 234])
    colour = np.broadcast_to(top + (horizon - top) * np.clip(y / 0.62, 0, 1) ** 1.4, (height, width, 3)).copy()
    ridges: tuple[tuple[float, Rgb], ...] = ((0.70, (196, 206, 178)), (0.77, (158, 178, 132)), (0.86, (120, 146, 96)))
    for k, (base, green) in enumerate(ridges):
        line = base - 0.10 * (noise(8, width, (2, 5 + 3 * k), seed + k, 5)[3] - 0.5)
        leaves = 0.65 + 0.35 * noise(height, width, (20, 20), seed + 9 + k, 4)
        mask = np.clip((y[..., 0] - line[None]) / 0.03, 0, 1) * leaves
        colour = colour * (1 - mask[..., None]) + floats(green) * mask[..., None]
    return picture(colour).filter(ImageFilter.GaussianBlur(1.5))
