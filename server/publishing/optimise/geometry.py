"""The order of vertices, and levels of detail. Pools are values: each step makes new ones."""

from __future__ import annotations

from typing import Final

import numpy as np

from carrel.server.publishing.optimise import meshopt
from carrel.server.publishing.optimise.accessors import Array, as_floats
from carrel.server.publishing.optimise.pools import Pool, Run

SHARES: Final[dict[str, tuple[float, float, int]]] = {
    # level: (part of the triangles, error at most as a part of the extent, options)
    "half": (0.5, 0.01, 0),
    "quarter": (0.25, 0.03, 0),
    "tenth": (0.1, 0.1, meshopt.PERMISSIVE),
}
WORTH: Final = 0.9
"""A level that keeps more than this part of the one before is left out."""
NORMAL_WEIGHT: Final = 0.5
COORDINATE_WEIGHT: Final = 1.0
_FEW_TRIANGLES: Final = 12


def ordered(pool: Pool) -> Pool:
    """The same triangles and vertices: equal vertices of a soup once, unused ones and triangles that are lines or points gone, in the order of their use."""
    if all(run.accessor is None for run in pool.runs):
        pool = _welded(pool)
    pool = _without_lines(pool)
    runs = [
        Run(
            run.accessor,
            meshopt.cache_order(run.indices, pool.vertices) if len(run.indices) else run.indices,
            run.primitives,
        )
        for run in pool.runs
    ]
    return _compact(pool, runs)


def simplified(pool: Pool, share: float, error: float, options: int) -> Pool:
    """About `share` of the triangles, as far as the error allows."""
    positions = _positions(pool)
    attributes, weights = _attributes(pool)
    runs = []
    for run in pool.runs:
        target = max(round(len(run.indices) / 3 * share), min(_FEW_TRIANGLES, len(run.indices) // 3)) * 3
        kept, _ = meshopt.simplify(run.indices, positions, attributes, weights, target, error, options)
        # Less than nothing is worse than too much: a part that vanishes would be missed.
        indices = kept if len(kept) else run.indices
        runs.append(Run(run.accessor, meshopt.cache_order(indices, pool.vertices), run.primitives))
    return _compact(pool, runs)


def _positions(pool: Pool) -> meshopt.Floats:
    # Of whole numbers only their proportion matters here.
    return np.ascontiguousarray(as_floats(pool.rows[pool.positions], normalized=False))


def _attributes(pool: Pool) -> tuple[meshopt.Floats, meshopt.Floats]:
    """What a simplified surface should keep besides its shape, and how much each weighs."""
    columns: list[Array] = [np.zeros((pool.vertices, 1), np.float32)]
    weights = [0.0]
    for index, role in pool.roles.items():
        rows = pool.rows[index]
        if role == "NORMAL":
            columns.append(as_floats(rows, normalized=True))
            weights += [NORMAL_WEIGHT] * 3
        elif role == "TEXCOORD_0" and rows.dtype == np.float32:
            columns.append(rows)
            weights += [COORDINATE_WEIGHT] * 2
    return np.ascontiguousarray(np.hstack(columns), np.float32), np.array(weights, np.float32)


def _compact(pool: Pool, runs: list[Run]) -> Pool:
    every = np.concatenate([run.indices for run in runs])
    remap, used = meshopt.fetch_order(every, pool.vertices)
    kept = np.flatnonzero(remap != meshopt.UNUSED)
    origin = np.empty(used, np.int64)
    origin[remap[kept]] = kept
    rows = {index: np.ascontiguousarray(values[origin]) for index, values in pool.rows.items()}
    return Pool(
        rows, pool.roles, pool.positions, [Run(run.accessor, remap[run.indices], run.primitives) for run in runs]
    )


def _without_lines(pool: Pool) -> Pool:
    """Triangles with a corner twice cover nothing, and many of them on one vertex take for ever to order. At least one is left."""
    runs = []
    for run in pool.runs:
        a, b, c = run.indices.reshape(-1, 3).T
        kept = (a != b) & (b != c) & (c != a)
        kept[0] |= not kept.any()
        runs.append(Run(run.accessor, run.indices.reshape(-1, 3)[kept].ravel(), run.primitives))
    return Pool(pool.rows, pool.roles, pool.positions, runs)


def _welded(pool: Pool) -> Pool:
    """A soup of triangles gets indices: vertices that are equal in every byte become one."""
    whole = np.hstack([np.ascontiguousarray(rows).view(np.uint8).reshape(len(rows), -1) for rows in pool.rows.values()])
    keys = np.ascontiguousarray(whole).view(np.dtype((np.void, whole.shape[1]))).ravel()
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    rows = {index: values[first] for index, values in pool.rows.items()}
    runs = [Run(run.accessor, place[run.indices].astype(np.uint32), run.primitives) for run in pool.runs]
    return Pool(rows, pool.roles, pool.positions, runs)
