"""Floors and walls of smaller rooms: planks, reed mats, board-marked concrete."""

from __future__ import annotations

import numpy as np
from PIL import Image

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.paint.noise import noise, picture
from carrel.scenes.halls.paint.surfaces import Rgb


def planks(
    base: Rgb = (186, 150, 108), n: int = 1024, rows: int = 10, seed: int = 41
) -> tuple[Image.Image, Image.Image]:
    """Boards along u with broken butt joints; colour, and roughness in the green channel. Tiles both ways."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:n, 0:n] / n
    row = np.floor(y * rows).astype(int)
    start = rng.random(rows)[row]
    along = (x + start) % 1 * 2
    board = np.floor(along).astype(int)
    tone = rng.random((rows, 2, 3))[row, board]
    grain = noise(n, n, (170, 4), seed + 1, 3)
    shifted = (np.arange(n)[None] + (tone[..., 0] * 977).astype(int)) % n
    grain = np.take_along_axis(grain, shifted, 1)
    across = (y * rows) % 1
    gap = np.clip(
        np.minimum(np.minimum(across, 1 - across) * n / rows, np.minimum(along % 1, 1 - along % 1) * n / 2) / 2.2, 0, 1
    )
    shade = (0.86 + 0.22 * tone[..., 1]) * (0.86 + 0.26 * grain) * (0.5 + 0.5 * gap)
    warm = (tone[..., 2:] - 0.5) * floats([10, 1, -8])
    rough = np.zeros((n, n, 3))
    rough[..., 1] = 255 * (0.36 + 0.12 * grain + 0.35 * (1 - gap))
    return picture(floats(base) * shade[..., None] + warm), picture(rough).resize((n // 2, n // 2))


def tatami(n: int = 512, seed: int = 43) -> Image.Image:
    """One reed mat, twice as long (u) as wide, with a dark cloth border on its long sides."""
    y, x = np.mgrid[0:n, 0 : n * 2] / n
    fine = noise(n, 2 * n, (200, 20), seed, 2)
    reeds = 0.5 + 0.5 * np.sin(y * 2 * np.pi * 90)
    cords = np.exp(-((((x * 46) % 1) - 0.5) ** 2) / 0.02)
    tone = 0.88 + 0.10 * reeds + 0.10 * (fine - 0.5) - 0.06 * cords
    slow = noise(n, 2 * n, (3, 5), seed + 1, 3)[..., None]
    colour = floats([196, 184, 132]) * tone[..., None] + (slow - 0.5) * floats([14, 6, -10])
    edge = np.minimum(y, 1 - y)
    border = edge < 0.032
    cloth = floats([46, 56, 52]) * (0.85 + 0.3 * fine[..., None])
    colour = np.where(border[..., None], cloth, colour)
    end = np.minimum(x, 2 - x) < 0.006
    return picture(colour * np.where(end, 0.6, 1.0)[..., None])


def concrete(base: Rgb = (168, 165, 160), n: int = 1024, seed: int = 45) -> Image.Image:
    """Fair-faced concrete: panels a third of the picture high, tie holes, clouds, few pores. Tiles both ways."""
    y, x = np.mgrid[0:n, 0:n] / n
    cloud = noise(n, n, (4, 4), seed, 6)
    fine = noise(n, n, (140, 140), seed + 1, 2)
    streak = noise(n, n, (3, 60), seed + 2, 3)
    tone = 1 + 0.16 * (cloud - 0.5) + 0.05 * (fine - 0.5) + 0.05 * (streak - 0.5)
    rng = np.random.default_rng(seed)
    panel = rng.random((2, 2))[np.floor(y * 2).astype(int), np.floor(x * 2).astype(int)]
    tone *= 0.95 + 0.09 * panel
    joint = np.minimum(np.minimum((x * 2) % 1, 1 - (x * 2) % 1), np.minimum((y * 2) % 1, 1 - (y * 2) % 1)) * n / 2
    tone *= 0.72 + 0.28 * np.clip(joint / 2.5, 0, 1)
    u, v = np.abs((x * 2) % 1 - 0.5), np.abs((y * 2) % 1 - 0.5)
    hole = np.hypot(u - 0.36, v - 0.36) * n / 2
    tone *= 0.35 + 0.65 * np.clip((hole - 7) / 3, 0, 1)
    pores = noise(n, n, (250, 250), seed + 4, 1) > 0.985
    return picture(floats(base) * (tone * np.where(pores, 0.8, 1.0))[..., None])
