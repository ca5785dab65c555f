"""Upholstery: boxes with rounded edges and swollen faces."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, Points, floats, unit
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.shapes import grid


def cushion(
    m: Model, finish: str, center: Points, size: Points, *, radius: float = 0.05, puff: float = 0.0, skip: str = ""
) -> None:
    """A padded block: edges of `radius` metres, faces that swell by `puff`. `skip` names hidden faces ("y-", ...)."""
    c, half = floats(center), floats(size) / 2
    r = min(radius, float(half.min()))
    for axis in range(3):
        for sign in (-1, 1):
            if "xyz"[axis] + ("+" if sign > 0 else "-") in skip:
                continue
            a, b = [(1, 2), (2, 0), (0, 1)][axis]
            if sign < 0:
                a, b = b, a
            s, t = np.meshgrid(_steps(half[a], r), _steps(half[b], r), indexing="ij")
            q = np.zeros((*s.shape, 3))
            q[..., a], q[..., b], q[..., axis] = s, t, sign * half[axis]
            core = np.clip(q, r - half, half - r)
            out = unit(q - core)
            swell = (1 - (s / half[a]) ** 2) * (1 - (t / half[b]) ** 2)
            points = core + out * r
            points[..., axis] += sign * puff * swell
            slope = np.zeros_like(out)
            slope[..., a] = 2 * puff * s / half[a] ** 2 * (1 - (t / half[b]) ** 2)
            slope[..., b] = 2 * puff * t / half[b] ** 2 * (1 - (s / half[a]) ** 2)
            normals = unit(out + slope).reshape(-1, 3)
            grid(m, finish, c + points, floats(np.stack([s, t], -1)), normals=floats(normals))


def _steps(half: float, radius: float) -> Floats:
    """Where the lines of one face run: three on each rounded edge, one or two between."""
    edge = half - radius + radius * np.tan(np.radians([0.0, 24.0, 45.0]))
    middle = [0.0] if half < 0.3 else [-half / 3, half / 3]
    return floats([*(-edge[::-1]), *middle, *edge] if half - radius > 0.03 else [*(-edge[::-1]), *edge])
