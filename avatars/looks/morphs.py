"""Three expressions as point deltas: `aa` (mouth open), `smile`, and `blink` (made with the lids, see features)."""

from __future__ import annotations

from typing import Literal

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, bump, smooth

Kind = Literal["skin", "upper lip", "lower lip", "inner mouth", "beard", "moustache", "lower lid"]


def _open(kind: Kind, local: Array, mouth_y: float) -> Array:
    x, y, z = local[..., 0], local[..., 1], local[..., 2]
    face = smooth(z, 0.02, 0.06)
    width = np.clip(1 - (np.abs(x) / 0.025) ** 2.4, 0, 1)
    lower: Array = {
        "upper lip": 0 * y,
        "moustache": 0 * y,
        "lower lip": np.ones_like(y),
        "inner mouth": smooth(y, mouth_y + 0.0002, mouth_y - 0.0003),
    }.get(kind, smooth(y, mouth_y + 0.001, mouth_y - 0.004))
    fall = bump(x, 0, 0.034) * face if kind in ("skin", "beard") else width
    d = np.zeros_like(local)
    d[..., 1] = (
        -0.0155 * lower * fall + 0.0022 * (1 - lower) * bump(x, 0, 0.017) * bump(y, mouth_y + 0.007, 0.008) * face
    )
    d[..., 2] = -0.003 * lower * fall
    d[..., 0] = -0.09 * x * bump(y, mouth_y, 0.014) * face
    return d


def _smile(kind: Kind, local: Array, mouth_y: float) -> Array:
    x, y, z = local[..., 0], local[..., 1], local[..., 2]
    d = np.zeros_like(local)
    if kind == "lower lid":
        d[..., 1] = 0.0024 * bump(np.abs(x), 0.032, 0.012)
        return d
    face = smooth(z, 0.02, 0.06)
    corner = bump(np.abs(x), 0.024, 0.011) * bump(y, mouth_y, 0.012) * face
    cheek = bump(np.abs(x), 0.040, 0.013) * bump(y, -0.030, 0.012) * face
    d[..., 1] = 0.0075 * corner + 0.0035 * cheek - 0.0012 * bump(x, 0, 0.009) * bump(y, mouth_y, 0.009) * face
    d[..., 0] = np.sign(x) * 0.0050 * corner
    d[..., 2] = -0.0030 * corner + 0.0030 * cheek
    return d


def face_morphs(kind: Kind, local: Array, mouth_y: float, scale: float) -> dict[str, Array]:
    """Deltas in metres for points in head units; every name of `mesh.MORPHS` that this kind of surface takes part in."""
    return {"aa": arr(_open(kind, local, mouth_y) * scale), "smile": arr(_smile(kind, local, mouth_y) * scale)}
