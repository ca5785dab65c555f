"""Light on empty shelves, baked with the hall: whatever books come later, each takes its light from the run it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carrel.scenes.halls.books.bays import Bay
from carrel.scenes.halls.books.shelving import BookTable
from carrel.scenes.halls.kit.arrays import Bytes, floats
from carrel.scenes.halls.light.baker import Effort, Illuminator
from carrel.scenes.halls.light.coding import encode

SAMPLES = 5
"""Along each run, in the middles of as many equal parts."""
FILLED, FRONT = 0.8, 0.024
"""What stands in for books while baking: a slab so much of the clear height, so far behind the front edge (metres)."""
FOOT, HEAD = 0.18, 0.86
CLOTH = (96, 62, 44)


@dataclass(frozen=True)
class ShelfLight:
    """`coded` is (runs, 2, SAMPLES, 3): foot then head of a usual book, in the order of the bays' runs."""

    coded: Bytes


def slabs(bays: Sequence[Bay]) -> BookTable:
    """One block a run, so that shelves full of books throw shade whichever books they are."""
    rows = [(bay, run) for bay in bays for run in bay.runs]
    back = floats([0, 0, -FRONT])
    return BookTable(
        floats([run.origin + bay.matrix @ back for bay, run in rows]).reshape(-1, 3),
        floats([bay.matrix for bay, _ in rows]).reshape(-1, 3, 3),
        floats([(run.width, run.clear * FILLED, run.depth - 0.05) for _, run in rows]).reshape(-1, 3),
        np.zeros(len(rows), int),
        floats([CLOTH for _ in rows]).reshape(-1, 3),
        np.zeros(len(rows), int),
    )


def shelf_light(bays: Sequence[Bay], sky: Illuminator, effort: Effort) -> ShelfLight:
    """H in front of the slabs, facing out of the case."""
    points, normals = [], []
    for bay in bays:
        out = bay.matrix @ floats([0, 0, 1])
        for run in bay.runs:
            for part in (FOOT, HEAD):
                x = (np.arange(SAMPLES) + 0.5) / SAMPLES * run.width
                local = np.stack([x, np.full(SAMPLES, run.clear * FILLED * part), np.full(SAMPLES, 0.012 - FRONT)], 1)
                points.append(run.origin + local @ bay.matrix.T)
                normals.append(np.broadcast_to(out, local.shape))
    if not points:
        return ShelfLight(np.zeros((0, 2, SAMPLES, 3), "u1"))
    light = sky.light(np.vstack(points), np.vstack(normals), effort)
    return ShelfLight(encode(light).reshape(-1, 2, SAMPLES, 3))
