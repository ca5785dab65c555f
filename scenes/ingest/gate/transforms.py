"""Placing nodes: a node's own matrix, and whether a matrix is one that a translation, a rotation and a scale can make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
_ERROR = 5e-5
_SKEW = 0.01  # cosine between two axes that ought to be square to each other


def local_matrix(node: dict[str, Any]) -> Matrix:
    """The node's matrix, four by four, columns to the right."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    matrix = np.eye(4)
    matrix[:3, :3] = rotation_matrix(node.get("rotation", (0, 0, 0, 1))) * np.array(node.get("scale", (1, 1, 1)), float)
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def rotation_matrix(quaternion: Sequence[float]) -> Matrix:
    """Of a quaternion x, y, z, w."""
    x, y, z, w = quaternion
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip


def fault_of(values: Sequence[float]) -> str | None:
    """Why the sixteen numbers of a node's matrix are refused; None when they are a placing."""
    matrix = np.array(values, np.float64).reshape(4, 4).T
    if tuple(matrix[3]) != (0, 0, 0, 1):
        return "its last row is not 0 0 0 1"
    axes = matrix[:3, :3]
    lengths = np.linalg.norm(axes, axis=0)
    size = float(np.linalg.det(axes))
    if size == 0 or not math.isfinite(size) or not lengths.all():
        return "it is singular: it flattens what it places"
    turned = axes / lengths
    if size < 0:
        turned[:, 0] *= -1
        lengths[0] *= -1
    skew = turned.T @ turned - np.eye(3)
    made = rotation_matrix(_quaternion(turned)) * lengths
    difference = abs(np.abs(made).sum(0).max() - np.abs(axes).sum(0).max())
    if np.abs(skew).max() > _SKEW or difference >= max(_ERROR, _ERROR * float(np.abs(axes).max()) * 1e-3):
        return "it shears what it places"
    return None


def _quaternion(m: Matrix) -> tuple[float, float, float, float]:
    """Of a rotation matrix, by its largest part."""
    trace = float(np.trace(m))
    if trace > 0:
        s = 2 * math.sqrt(trace + 1)
        return (m[2, 1] - m[1, 2]) / s, (m[0, 2] - m[2, 0]) / s, (m[1, 0] - m[0, 1]) / s, s / 4
    i = int(np.argmax(np.diag(m)))
    j, k = (i + 1) % 3, (i + 2) % 3
    s = 2 * math.sqrt(max(m[i, i] - m[j, j] - m[k, k] + 1, 1e-12))
    parts = {i: s / 4, j: (m[j, i] + m[i, j]) / s, k: (m[k, i] + m[i, k]) / s}
    return parts[0], parts[1], parts[2], (m[k, j] - m[j, k]) / s
