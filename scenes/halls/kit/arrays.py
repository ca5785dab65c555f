"""Array types and the small rotations every part of the kit uses. Metres, +Y up, row vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Points = Any  # anything numpy turns into floats: tuples, lists, arrays


def floats(values: Points) -> Floats:
    """The values as a float64 array."""
    return np.asarray(values, dtype=np.float64)


def rotation_x(degrees: float) -> Floats:
    a = np.radians(degrees)
    c, s = np.cos(a), np.sin(a)
    return floats([[1, 0, 0], [0, c, -s], [0, s, c]])


def rotation_y(degrees: float) -> Floats:
    a = np.radians(degrees)
    c, s = np.cos(a), np.sin(a)
    return floats([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def rotation_z(degrees: float) -> Floats:
    a = np.radians(degrees)
    c, s = np.cos(a), np.sin(a)
    return floats([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def unit(vectors: Floats) -> Floats:
    """Vectors of length one along the last axis; zero stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return floats(vectors / np.maximum(length, 1e-9))


def quaternions(matrices: Floats) -> Floats:
    """Rotation matrices (n, 3, 3) to quaternions (n, 4) in the order x, y, z, w."""
    d0, d1, d2 = matrices[:, 0, 0], matrices[:, 1, 1], matrices[:, 2, 2]
    w = np.sqrt(np.maximum(0, 1 + d0 + d1 + d2)) / 2
    x = np.copysign(np.sqrt(np.maximum(0, 1 + d0 - d1 - d2)) / 2, matrices[:, 2, 1] - matrices[:, 1, 2])
    y = np.copysign(np.sqrt(np.maximum(0, 1 - d0 + d1 - d2)) / 2, matrices[:, 0, 2] - matrices[:, 2, 0])
    z = np.copysign(np.sqrt(np.maximum(0, 1 - d0 - d1 + d2)) / 2, matrices[:, 1, 0] - matrices[:, 0, 1])
    q = np.stack([x, y, z, w], 1)
    return floats(q / np.linalg.norm(q, axis=1, keepdims=True))
