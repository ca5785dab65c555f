"""What accessors hold, read in blocks from the file as it lies: finite, within declared bounds, of unit length, in order.

A block has at most `BLOCK` rows, so a file of any size is checked with a few megabytes of memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from carrel.scenes.ingest.gate.fields import refuse
from carrel.scenes.ingest.gate.layout import COMPONENTS, FLOAT, ROWS, Accessor

BLOCK = 1 << 16
_WIDE = 64  # rows that are compared at a time: short rows one by one are ten times slower
UNIT3, UNIT4 = 0.00674, 0.00769  # what the rounding of signed bytes may leave of a length of one
WEIGHT_ERROR = 2e-7
Block = NDArray[Any]


def blocks(accessor: Accessor) -> Iterator[tuple[int, Block]]:
    """(first row, rows × components) of an accessor that is readable; sparse elements are put in their places."""
    kind = np.dtype(COMPONENTS[accessor.component][1])
    overlay = _overlay(accessor, kind)
    for start in range(0, accessor.count, BLOCK):
        count = min(BLOCK, accessor.count - start)
        rows = _rows(accessor, kind, start, count)
        if overlay is not None:
            places, values = overlay
            low, high = np.searchsorted(places, [start, start + count])
            if low < high:
                rows = rows.copy()
                rows[places[low:high] - start] = values[low:high]
        yield start, rows


def _rows(accessor: Accessor, kind: np.dtype[Any], start: int, count: int) -> Block:
    if accessor.view is None or accessor.view.data is None:
        return np.zeros((count, accessor.width), kind)
    data, offset = accessor.view.data, accessor.offset + start * accessor.stride
    rows = ROWS.get(accessor.type)
    if rows is None:
        shape, strides = (count, accessor.width), (accessor.stride, kind.itemsize)
        return np.ascontiguousarray(np.ndarray(shape, kind, data, offset, strides))
    matrix = np.ndarray(
        (count, rows, rows), kind, data, offset, (accessor.stride, accessor.column_bytes, kind.itemsize)
    )
    return matrix.reshape(count, rows * rows)


def _overlay(accessor: Accessor, kind: np.dtype[Any]) -> tuple[NDArray[np.int64], Block] | None:
    sparse = accessor.sparse
    if sparse is None or sparse.indices is None or sparse.values is None:
        return None
    places = np.frombuffer(sparse.indices, COMPONENTS[sparse.component][1]).astype(np.int64)
    where = accessor.where + "/sparse"
    if (np.diff(places) <= 0).any():
        raise refuse("sparse_order", "The indices of replaced elements must increase.", where)
    if places[-1] >= accessor.count:
        text = f"Element {places[-1]} is replaced, of {accessor.count}."
        raise refuse("sparse_index", text, where)
    return places, np.frombuffer(sparse.values, kind).reshape(sparse.count, accessor.width)


def column_bounds(rows: Block) -> tuple[Block, Block]:
    """Smallest and largest of each column; NaN where a column holds one."""
    if len(rows) < 4 * _WIDE:
        return rows.min(0), rows.max(0)
    whole = len(rows) // _WIDE * _WIDE
    found = []
    for smaller in (np.minimum, np.maximum):
        parts = [smaller.reduce(rows[whole:], 0)] if whole < len(rows) else []
        wide = smaller.reduce(rows[:whole].reshape(-1, _WIDE * rows.shape[1]), 0)
        parts.append(smaller.reduce(wide.reshape(_WIDE, -1), 0))
        found.append(smaller.reduce(parts, 0))
    return found[0], found[1]


def check_values(accessor: Accessor) -> None:
    """One pass: finite, within `min` and `max` as declared, and whatever use of the accessor asked for."""
    if not accessor.is_readable:
        return
    if not accessor.checks and accessor.low is None and accessor.high is None and accessor.component != FLOAT:
        for _ in blocks(accessor) if accessor.sparse else ():
            pass  # the places of replaced elements are still looked at
        return
    low = high = None
    for start, rows in blocks(accessor):
        below, above = column_bounds(rows)
        if accessor.component == FLOAT and not (np.isfinite(below).all() and np.isfinite(above).all()):
            at = start + int(np.flatnonzero(~np.isfinite(rows).all(1))[0])
            raise refuse("not_finite", f"Element {at} is not a finite number.", accessor.where)
        low = below if low is None else np.minimum(low, below)
        high = above if high is None else np.maximum(high, above)
        for check in accessor.checks:
            _CHECKS[check](accessor, start, rows)
    _check_bounds(accessor, "min", accessor.low, low)
    _check_bounds(accessor, "max", accessor.high, high)


def _check_bounds(accessor: Accessor, name: str, declared: list[float] | None, found: Block | None) -> None:
    if declared is None or found is None:
        return
    kind = np.float32 if accessor.component == FLOAT else np.int64
    if (np.asarray(declared, np.float64).astype(kind) != found.astype(kind)).any():
        text = f"The declared {name} {declared} is not the {name} of the data, {found.tolist()}."
        raise refuse("wrong_bounds", f"{text} Export the file again.", f"{accessor.where}/{name}")


def as_floats(accessor: Accessor, rows: Block) -> Block:
    """Normalised whole numbers as the numbers they stand for."""
    if not accessor.is_normalized:
        return rows.astype(np.float32) if rows.dtype != np.float32 else rows
    return np.maximum(rows.astype(np.float32) / np.iinfo(rows.dtype).max, -1.0)


def _far_from_one(vectors: Block, error: float) -> NDArray[np.int64]:
    squares = np.einsum("ij,ij->i", vectors, vectors)
    return np.flatnonzero((squares > (1 + error) ** 2) | (squares < (1 - error) ** 2))


def _unit(accessor: Accessor, start: int, rows: Block) -> None:
    wrong = _far_from_one(as_floats(accessor, rows)[:, :3], UNIT3)
    if len(wrong):
        text = f"Direction {start + wrong[0]} is not of length one: let the exporter normalise normals and tangents."
        raise refuse("not_unit", text, accessor.where)


def _signed(accessor: Accessor, start: int, rows: Block) -> None:
    wrong = np.flatnonzero(np.abs(as_floats(accessor, rows)[:, 3]) != 1)
    if len(wrong):
        text = f"Tangent {start + wrong[0]} has a fourth number that is neither 1 nor -1."
        raise refuse("tangent_sign", text, accessor.where)


def _rotation(accessor: Accessor, start: int, rows: Block) -> None:
    wrong = _far_from_one(as_floats(accessor, rows), UNIT4)
    if len(wrong):
        text = f"Rotation {start + wrong[0]} is not a unit quaternion."
        raise refuse("rotation_unit", text, accessor.where)


def _spline_rotation(accessor: Accessor, start: int, rows: Block) -> None:
    places = np.arange(start, start + len(rows)) % 3 == 1  # in-tangent, value, out-tangent
    _rotation(accessor, start, rows[places])


def _clamped(accessor: Accessor, start: int, rows: Block) -> None:
    wrong = np.flatnonzero(((rows < 0) | (rows > 1)).any(1))
    if len(wrong):
        raise refuse("colour_range", f"Colour {start + wrong[0]} is not between 0 and 1.", accessor.where)


def _affine(accessor: Accessor, start: int, rows: Block) -> None:
    wrong = np.flatnonzero((rows[:, [3, 7, 11, 15]] != np.array([0, 0, 0, 1])).any(1))
    if len(wrong):
        text = f"The inverse bind matrix {start + wrong[0]} does not end in the row 0 0 0 1."
        raise refuse("bind_matrix", text, accessor.where)


def _times(accessor: Accessor, start: int, rows: Block) -> None:
    if rows[0, 0] < 0:
        raise refuse("time_negative", "A time of the animation is below zero.", accessor.where)
    if (np.diff(rows[:, 0]) <= 0).any() or (start and rows[0, 0] <= _value(accessor, start - 1)):
        raise refuse("time_order", "The times of the animation must increase.", accessor.where)


def _value(accessor: Accessor, at: int) -> float:
    return next(float(rows[at - start, 0]) for start, rows in blocks(accessor) if start <= at < start + len(rows))


_CHECKS = {
    "unit": _unit,
    "tangent": _signed,
    "rotation": _rotation,
    "spline rotation": _spline_rotation,
    "clamped": _clamped,
    "affine": _affine,
    "times": _times,
}


def largest(accessor: Accessor) -> int:
    """The largest number of an accessor of whole numbers."""
    return max(int(column_bounds(rows)[1].max()) for _, rows in blocks(accessor))


def check_influences(joints: list[Accessor], weights: list[Accessor]) -> int:
    """Weights of each vertex: not negative, of different joints, adding up to one. Returns the largest joint named."""
    top = 0
    for parts in zip(*(blocks(a) for a in joints + weights), strict=True):
        start, half = parts[0][0], len(joints)
        names = np.concatenate([rows for _, rows in parts[:half]], 1)
        shares = np.concatenate([as_floats(a, rows) for a, (_, rows) in zip(weights, parts[half:], strict=True)], 1)
        top = max(top, int(names.max()))
        if (shares < 0).any():
            at = start + int(np.flatnonzero((shares < 0).any(1))[0])
            raise refuse("weight_negative", f"Vertex {at} has a negative weight.", weights[0].where)
        counts = np.count_nonzero(shares, 1)
        wrong = np.flatnonzero(np.abs(shares.sum(1, dtype=np.float32) - 1) > WEIGHT_ERROR * counts)
        if len(wrong):
            text = f"The weights of vertex {start + wrong[0]} do not add up to one: let the exporter normalise them."
            raise refuse("weight_sum", text, weights[0].where)
        for one in range(names.shape[1]):
            for other in range(one):
                same = (names[:, one] == names[:, other]) & (shares[:, one] != 0) & (shares[:, other] != 0)
                if same.any():
                    text = f"Vertex {start + int(np.argmax(same))} names one joint twice."
                    raise refuse("joint_twice", text, joints[0].where)
    return top
