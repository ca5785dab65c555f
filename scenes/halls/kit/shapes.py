"""Flat and boxy surfaces: grids, rectangles, boxes, fans. Texture coordinates are metres unless `rect` is given."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, Ints, Points, floats
from carrel.scenes.halls.kit.model import Model

UNBROKEN = 1e9


def grid(m: Model, finish: str, points: Floats, uv: Floats, **more: Any) -> None:
    """A smooth patch from (rows, columns, 3) points; its front follows the right hand of (rows, columns)."""
    rows, columns = points.shape[:2]
    uv = np.broadcast_to(uv, (rows, columns, 2)).reshape(-1, 2)
    m.add(finish, points.reshape(-1, 3), _grid_faces(rows, columns), uv, **more)


@functools.lru_cache(maxsize=512)
def _grid_faces(rows: int, columns: int) -> Ints:
    i = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = (x.ravel() for x in (i[:-1, :-1], i[:-1, 1:], i[1:, :-1], i[1:, 1:]))
    return np.concatenate([np.stack([a, c, d], 1), np.stack([a, d, b], 1)])


def rect(
    m: Model,
    finish: str,
    origin: Points,
    across: Points,
    depth: Points,
    *,
    sub: float = UNBROKEN,
    picture: tuple[float, float, float, float] | None = None,
    scale: float = 1.0,
    shift: Points = (0, 0),
    **more: Any,
) -> None:
    """A flat rectangle origin + s * across + t * depth that faces across x depth, in cells of at most `sub` metres.

    `picture` = (u0, v0, u1, v1) maps a texture rectangle with v downward; `scale` stretches metres of grain.
    """
    o, a, d = floats(origin), floats(across), floats(depth)
    wide, deep = float(np.linalg.norm(a)), float(np.linalg.norm(d))
    s, t = _lattice(wide, deep, sub)
    points = o + s[..., None] * a + t[..., None] * d
    if picture is None:
        uv = np.stack([s * wide, t * deep], -1) * scale + floats(shift)
    else:
        u0, v0, u1, v1 = picture
        uv = np.stack([u0 + (u1 - u0) * s, v1 + (v0 - v1) * t], -1)
    grid(m, finish, points, uv, **more)


def box(
    m: Model,
    finish: str,
    center: Points,
    size: Points,
    *,
    sub: float = 0.8,
    skip: str = "",
    scale: float = 1.0,
    **more: Any,
) -> None:
    """A box with hard edges. `skip` names hidden faces ("x-", "y+", ...); grain (v) runs along the longest side."""
    c, h = floats(center), floats(size) / 2
    shift = m.rng.random(2) * 3
    longest = int(np.argmax(h))
    for axis in range(3):
        for sign in (-1, 1):
            if "xyz"[axis] + ("+" if sign > 0 else "-") in skip:
                continue
            a, b = [(1, 2), (2, 0), (0, 1)][axis]
            if sign < 0:
                a, b = b, a
            across, depth, o = np.zeros(3), np.zeros(3), c.copy()
            across[a], depth[b] = 2 * h[a], 2 * h[b]
            o[axis] += sign * h[axis]
            o[a] -= h[a]
            o[b] -= h[b]
            s, t = _lattice(2 * h[a], 2 * h[b], sub)
            points = o + s[..., None] * across + t[..., None] * depth
            p, q = s * 2 * h[a], t * 2 * h[b]
            uv = np.stack([q, p] if a == longest else [p, q], -1) * scale + shift
            grid(m, finish, points, uv, **more)


def fan(m: Model, finish: str, ring: Points, center: Points, **more: Any) -> None:
    """A flat or coned polygon; the ring runs counter-clockwise as seen from the front."""
    points = np.vstack([[floats(center)], floats(ring)])
    n = len(points) - 1
    i = np.arange(n)
    faces = np.stack([np.zeros(n, int), 1 + i, 1 + (i + 1) % n], 1)
    d = points - points[0]
    e1 = d[1] / np.linalg.norm(d[1])
    normal = np.cross(d[1], d[1 + n // 4])
    normal /= np.linalg.norm(normal)
    m.add(finish, points, faces, np.stack([d @ e1, d @ np.cross(normal, e1)], 1), **more)


def _lattice(wide: float, deep: float, sub: float) -> tuple[Floats, Floats]:
    return _steps(max(1, math.ceil(wide / sub)), max(1, math.ceil(deep / sub)))


@functools.lru_cache(maxsize=512)
def _steps(columns: int, rows: int) -> tuple[Floats, Floats]:
    s, t = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1), indexing="ij")
    return floats(s), floats(t)
