"""Long oak boards for a floor: colour, and roughness in the green channel. Tiles both ways."""

from __future__ import annotations

import numpy as np
from PIL import Image

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.paint.noise import noise, picture

Rgb = tuple[int, int, int]


def boards(
    n: int = 1024, across: int = 15, base: Rgb = (186, 148, 104), seed: int = 61
) -> tuple[Image.Image, Image.Image]:
    """`across` boards side by side, each with two joints at heights of its own; the grain runs along v."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:n, 0:n] / n
    column = np.floor(x * across).astype(int)
    joint = rng.random(across)
    run = (y + joint[column]) % 1.0
    half = (run > 0.5).astype(int)
    tone = rng.random((across * 2, 3))[column * 2 + half]
    inside = (x * across) % 1
    fine = noise(1024, 1024, (3, 150), seed + 1, 3)
    slow = noise(1024, 1024, (2, 16), seed + 2, 3)
    u = ((inside * 0.11 + tone[..., 1] * 3.7) * 1024).astype(int) % 1024
    v = ((y * 0.8 + tone[..., 2] * 5.1) * 1024).astype(int) % 1024
    grain = 0.7 * fine[v, u] + 0.3 * slow[v, u]
    edge = np.minimum(inside, 1 - inside) / across
    across_gap = np.clip(edge / 0.0014, 0, 1)
    end_gap = np.clip(np.minimum(np.abs(run - 0.5), np.minimum(run, 1 - run)) / 0.0012, 0, 1)
    gap = np.minimum(across_gap, end_gap)
    colour = floats(base) * (0.90 + 0.20 * tone[..., :1]) + (tone[..., 1:2] - 0.5) * floats([12, 2, -10])
    colour = colour * (0.86 + 0.26 * grain[..., None]) * (0.62 + 0.38 * gap[..., None])
    rough = np.zeros((n, n, 3))
    rough[..., 1] = 255 * np.clip(0.34 + 0.14 * grain + 0.06 * (tone[..., 0] - 0.5) + 0.3 * (1 - gap), 0, 1)
    return picture(colour), picture(rough).resize((n // 2, n // 2), Image.Resampling.LANCZOS)
