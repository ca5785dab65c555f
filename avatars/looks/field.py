"""Soft bodies as signed fields: negative inside, metres, close to distance near the surface.

A field is any function from points (…, 3) to values (…).  Bodies are smooth unions of a few rounded shapes, so an arm grows out of
a shoulder without a seam, and the gradient gives shading normals that are smoother than the mesh.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, curve, unit

Field = Callable[[Array], Array]


def ellipsoid(centre: Sequence[float], radii: Sequence[float]) -> Field:
    """Approximate distance to an axis-aligned ellipsoid."""
    c, r = arr(centre), arr(radii)

    def field(p: Array) -> Array:
        q = (p - c) / r
        k0 = np.linalg.norm(q, axis=-1)
        k1 = np.linalg.norm(q / r, axis=-1)
        return arr(k0 * (k0 - 1.0) / np.maximum(k1, 1e-6))

    return field


def limb(points: Sequence[Sequence[float]], radii: Sequence[float], stretch: Sequence[float] = (1, 1, 1)) -> Field:
    """A chain of tapering round bones; `stretch` widens the cross-section along x, y, z."""
    s = arr(stretch)
    ends, r = arr(points) / s, arr(radii)

    def field(p: Array) -> Array:
        q = p / s
        best = np.full(q.shape[:-1], np.inf)
        for a, b, ra, rb in zip(ends, ends[1:], r, r[1:], strict=False):
            along = b - a
            t = np.clip(((q - a) @ along) / max(float(along @ along), 1e-12), 0.0, 1.0)
            near = a + t[..., None] * along
            best = np.minimum(best, np.linalg.norm(q - near, axis=-1) - (ra + (rb - ra) * t))
        return arr(best * float(s.min()))

    return field


def slices(rows: Sequence[Sequence[float]], power: float = 2.35, middle_z: float = 0.0) -> Field:
    """Horizontal slices: rows of (y, half width, front depth, back depth), rounded off at both ends."""
    low, high = min(r[0] for r in rows), max(r[0] for r in rows)

    def field(p: Array) -> Array:
        y = p[..., 1]
        width, front, back = np.moveaxis(curve(y, rows), -1, 0)
        z = p[..., 2] - middle_z
        depth = np.maximum(np.where(z > 0, front, back), 0.006)
        rho = (np.abs(p[..., 0] / width) ** power + np.abs(z / depth) ** power) ** (1 / power)
        side = (rho - 1.0) * np.minimum(width, depth)
        over = np.maximum(y - high, low - y)
        return arr(np.where(over > 0, np.hypot(np.maximum(side, 0), over), side))

    return field


def union(fields: Sequence[Field], k: float) -> Field:
    """Smooth union; `k` is the reach of the fillet in metres."""

    def field(p: Array) -> Array:
        out = fields[0](p)
        for other in fields[1:]:
            b = other(p)
            h = np.maximum(k - np.abs(out - b), 0.0) / k
            out = np.minimum(out, b) - h * h * h * k / 6.0
        return arr(out)

    return field


def carve(body: Field, hollow: Field, k: float) -> Field:
    """`body` without `hollow`, with a soft edge."""

    def field(p: Array) -> Array:
        a, b = body(p), -hollow(p)
        h = np.maximum(k - np.abs(a - b), 0.0) / k
        return arr(np.maximum(a, b) + h * h * h * k / 6.0)

    return field


def grown(body: Field, by: float | Field) -> Field:
    """`body` made thicker by `by` metres (a number or a field of points)."""
    if callable(by):
        amount = by
        return lambda p: arr(body(p) - amount(p))
    return lambda p: arr(body(p) - by)


def mirrored(half: Field) -> Field:
    """The left half (x > 0) of a body, seen on both sides."""
    flip = np.array([1.0, 1.0, 1.0])

    def field(p: Array) -> Array:
        q = p * flip
        q[..., 0] = np.abs(q[..., 0])
        return half(q)

    return field


def gradient(field: Field, points: Array, step: float = 0.0015) -> Array:
    """Central differences, shape (…, 3)."""
    out = np.empty_like(points)
    for axis in range(3):
        d = np.zeros(3)
        d[axis] = step
        out[..., axis] = (field(points + d) - field(points - d)) / (2 * step)
    return out


def settle(field: Field, points: Array, rounds: int = 3, limit: float = 0.02) -> Array:
    """Points moved along the gradient onto the surface, at most `limit` metres a round."""
    p = points.copy()
    for _ in range(rounds):
        g = gradient(field, p)
        step = field(p)[..., None] * g / np.maximum((g * g).sum(-1, keepdims=True), 0.05)
        length = np.linalg.norm(step, axis=-1, keepdims=True)
        p -= step * np.minimum(1.0, limit / np.maximum(length, 1e-12))
    return p


def normals(field: Field, points: Array) -> Array:
    """Outward normals."""
    return unit(gradient(field, points))


def first_hit(field: Field, start: Array, towards: Array, length: float, steps: int = 40) -> Array:
    """First surface point on rays from outside (`start`) along unit `towards`; the ray's end where nothing is met."""
    lo = np.zeros(start.shape[:-1])
    hi = np.full(start.shape[:-1], length)
    found = np.zeros(start.shape[:-1], dtype=bool)
    for i in range(1, steps + 1):
        t = length * i / steps
        inside = (field(start + towards * t) < 0) & ~found
        hi = np.where(inside, t, hi)
        lo = np.where(inside, t - length / steps, lo)
        found |= inside
    for _ in range(16):
        mid = (lo + hi) / 2
        inside = field(start + towards * mid[..., None]) < 0
        hi = np.where(found & inside, mid, hi)
        lo = np.where(found & ~inside, mid, lo)
    return arr(start + towards * hi[..., None])
