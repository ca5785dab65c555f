"""Everything a hall's receivers get from the light: one pass over a finished Model and its books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from carrel.scenes.errors import BuildError
from carrel.scenes.halls.books.shelving import NO_BOOKS, BookTable, LitBooks
from carrel.scenes.halls.finishes import FAMILIES, FINISHES
from carrel.scenes.halls.kit.arrays import Bytes, Floats, floats
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.light.baker import Baker, Effort, Illuminator
from carrel.scenes.halls.light.coding import Daylight, encode, linear
from carrel.scenes.halls.light.draft import PlainSky
from carrel.scenes.halls.light.rays import Boxes, RayScene
from carrel.scenes.halls.light.receivers import Lightmap, lightmap, vertex_light


@dataclass(frozen=True)
class Quality:
    """How much work a build takes. `shadows` False: no rays at all."""

    shadows: bool
    vertices: Effort
    panels: Effort
    books: Effort
    coarse: float


QUALITIES = {
    "draft": Quality(False, Effort(1, 2, 0), Effort(1, 2, 0), Effort(1, 2, 0), 4.0),
    "preview": Quality(True, Effort(3, 2, 10), Effort(4, 4, 16), Effort(2, 2, 8), 1.6),
    "full": Quality(True, Effort(5, 6, 32), Effort(8, 10, 56), Effort(4, 4, 24), 1.0),
}


def quality_named(name: str) -> Quality:
    """Raises BuildError for a name that is not in the table."""
    if name not in QUALITIES:
        raise BuildError(f"Unknown quality {name!r}: choose one of {', '.join(QUALITIES)}.")
    return QUALITIES[name]


def illuminator(
    model: Model,
    tables: Mapping[str, BookTable],
    daylight: Daylight,
    albedo: Mapping[str, Floats],
    quality: Quality,
    seed: int,
) -> Illuminator:
    """The baker over the model and its books, or the draft's plain sky."""
    if not quality.shadows:
        return PlainSky(daylight)
    rows = list(tables.values()) or [NO_BOOKS]
    boxes = Boxes(
        np.concatenate([t.positions for t in rows]),
        np.concatenate([t.matrices for t in rows]),
        np.concatenate([t.sizes for t in rows]),
        linear(np.concatenate([t.cloths for t in rows])) * 0.9,
    )
    return Baker(model, RayScene(model, boxes, albedo), daylight, seed)


@dataclass(frozen=True)
class Lit:
    """Coded vertex colours by part number, the lightmap, and the books' light."""

    vertices: dict[int, Bytes]
    lightmap: Lightmap
    books: dict[str, LitBooks]


def light_up(model: Model, tables: Mapping[str, BookTable], sky: Illuminator, quality: Quality) -> Lit:
    takes = [i for i, p in enumerate(model.parts) if FAMILIES[FINISHES[p.finish].family].light == "vertex"]
    shining = [i for i in takes if model.parts[i].glow]
    shaded = [i for i in takes if not model.parts[i].glow]
    found = vertex_light([model.parts[i] for i in shaded], sky, quality.vertices)
    coded = {}
    for i, light in zip(shaded, found, strict=True):
        least = FINISHES[model.parts[i].finish].least_light
        coded[i] = encode(np.maximum(light, least * floats([1.0, 0.82, 0.62])))
    for i in shining:
        part = model.parts[i]
        coded[i] = encode(np.full((len(part.points), 3), part.glow))
    flat = lightmap(model.panels, sky, quality.panels, coarse=quality.coarse)
    books = {name: _books(table, sky, quality.books) for name, table in tables.items()}
    return Lit(coded, flat, books)


def _books(table: BookTable, sky: Illuminator, effort: Effort) -> LitBooks:
    right, up, out = (table.matrices[:, :, k] for k in range(3))
    middle = table.positions + right * (table.sizes[:, :1] / 2) + out * 0.012
    foot, head = (sky.light(floats(middle + up * (table.sizes[:, 1:2] * f)), floats(out), effort) for f in (0.18, 0.86))
    return LitBooks(table, foot, head)
