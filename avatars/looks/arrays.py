"""Small numeric vocabulary of the looks: array types, soft steps, bumps and smooth tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def arr(value: Any) -> Array:
    """Anything array-like as float64."""
    return np.asarray(value, dtype=np.float64)


def smooth(x: Any, low: float, high: float) -> Array:
    """Soft step: 0 at `low`, 1 at `high`, flat at both ends (`low` may be the larger)."""
    t = np.clip((arr(x) - low) / (high - low), 0.0, 1.0)
    return arr(t * t * (3 - 2 * t))


def bump(x: Any, middle: float, width: float) -> Array:
    """Gaussian bump of height 1."""
    return arr(np.exp(-(((arr(x) - middle) / width) ** 2) / 2))


def unit(v: Array) -> Array:
    """Vectors of length 1 along the last axis; zero vectors stay zero."""
    return arr(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12))


def curve(x: Any, points: Sequence[Sequence[float]]) -> Array:
    """Monotone cubic (Fritsch-Carlson) through rows (x, a, b, …); shape x.shape + (columns,)."""
    rows = arr(sorted(points))
    xs, ys = rows[:, 0], rows[:, 1:]
    step = np.diff(xs)[:, None]
    slope = np.diff(ys, axis=0) / step
    tangent = np.zeros_like(ys)
    before, after = slope[:-1], slope[1:]
    same = before * after > 0
    mean = np.where(same, 2 * before * after / np.where(same, before + after, 1.0), 0.0)
    tangent[1:-1] = mean
    tangent[0], tangent[-1] = slope[0], slope[-1]
    at = np.clip(arr(x), xs[0], xs[-1])
    i = np.clip(np.searchsorted(xs, at, side="right") - 1, 0, len(xs) - 2)
    h = (xs[i + 1] - xs[i])[..., None]
    t = (at - xs[i])[..., None] / h
    h00 = (1 + 2 * t) * (1 - t) ** 2
    h01 = t * t * (3 - 2 * t)
    out = h00 * ys[i] + h01 * ys[i + 1] + t * (1 - t) ** 2 * h * tangent[i] - t * t * (1 - t) * h * tangent[i + 1]
    return arr(out)


def line(x: Any, points: Sequence[Sequence[float]]) -> Array:
    """As `curve` for rows (x, y): one value for each x."""
    return arr(curve(x, points)[..., 0])
