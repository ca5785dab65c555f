"""Placing nodes, all at once: their own matrices, and whether a matrix is one that a translation, a rotation and a scale make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrices = NDArray[np.float64]  # … × 4 × 4, columns to the right
_ERROR = 5e-5
_SKEW = 0.01  # cosine between two axes that ought to be square to each other


def local_matrices(nodes: Sequence[dict[str, Any]]) -> Matrices:
    """Each node's own matrix."""
    made = np.zeros((len(nodes), 4, 4))
    made[:, 3, 3] = 1
    if not nodes:
        return made
    turned = rotations(np.array([node.get("rotation", (0, 0, 0, 1)) for node in nodes], np.float64))
    made[:, :3, :3] = turned * np.array([node.get("scale", (1, 1, 1)) for node in nodes], np.float64)[:, None, :]
    made[:, :3, 3] = np.array([node.get("translation", (0, 0, 0)) for node in nodes], np.float64)
    given = [at for at, node in enumerate(nodes) if "matrix" in node]
    if given:
        made[given] = from_columns([nodes[at]["matrix"] for at in given])
    return made


def from_columns(values: Sequence[Sequence[float]]) -> Matrices:
    """Matrices as glTF writes them, sixteen numbers column by column."""
    return np.array(values, np.float64).reshape(-1, 4, 4).transpose(0, 2, 1)


def rotations(quaternions: NDArray[np.float64]) -> NDArray[np.float64]:
    """The matrices, three by three, of quaternions x, y, z, w."""
    x, y, z, w = quaternions.T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.array(rows).transpose(2, 0, 1)


def find_fault(matrices: Matrices) -> tuple[int, str] | None:
    """The first matrix that cannot place a node, and why; None when all can."""
    axes = matrices[:, :3, :3]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        lengths = np.linalg.norm(axes, axis=1)
        size = np.linalg.det(axes)
        turned = axes / lengths[:, None, :]
        mirror = np.where(size < 0, -1.0, 1.0)
        turned[:, :, 0] *= mirror[:, None]
        lengths[:, 0] *= mirror
        skew = np.abs(np.swapaxes(turned, 1, 2) @ turned - np.eye(3)).max((1, 2))
        made = rotations(_quaternions(turned)) * lengths[:, None, :]
        difference = np.abs(np.abs(made).sum(1).max(1) - np.abs(axes).sum(1).max(1))
        faults = {
            "its last row is not 0 0 0 1": (matrices[:, 3] != (0, 0, 0, 1)).any(1),
            "it is singular: it flattens what it places": (size == 0) | ~np.isfinite(size),
            "it shears what it places": ~(skew <= _SKEW) | ~(difference < np.maximum(_ERROR, _ERROR * 1e-3 * np.abs(axes).max((1, 2)))),
        }  # fmt: skip
    found = [(int(np.argmax(wrong)), why) for why, wrong in faults.items() if wrong.any()]
    return min(found, key=lambda fault: fault[0]) if found else None


def _quaternions(m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of rotation matrices, each by its largest part."""
    trace = np.trace(m, axis1=1, axis2=2)
    made = np.empty((len(m), 4))
    largest = np.argmax(np.column_stack([m[:, 0, 0], m[:, 1, 1], m[:, 2, 2], trace]), 1)
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        one = m[largest == i]
        parts = np.empty((len(one), 4))
        parts[:, i] = 1 - trace[largest == i] + 2 * one[:, i, i]
        parts[:, j], parts[:, k] = one[:, j, i] + one[:, i, j], one[:, k, i] + one[:, i, k]
        parts[:, 3] = one[:, k, j] - one[:, j, k]
        made[largest == i] = parts
    one = m[largest == 3]
    rest = [
        one[:, 2, 1] - one[:, 1, 2],
        one[:, 0, 2] - one[:, 2, 0],
        one[:, 1, 0] - one[:, 0, 1],
        1 + trace[largest == 3],
    ]
    made[largest == 3] = np.column_stack(rest)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True))
