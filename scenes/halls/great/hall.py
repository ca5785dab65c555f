"""The entry point: a whole Great Hall as values."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from carrel.scenes import document
from carrel.scenes.halls.books.spines import SpineTitle
from carrel.scenes.halls.great.build import HallInputs, build_file
from carrel.scenes.halls.great.collider import collider
from carrel.scenes.halls.great.document import COLLIDER_GLB, HALL_GLB, PLAN_SVG, great_hall_document
from carrel.scenes.halls.great.plan import plan_svg
from carrel.scenes.halls.paint.lettering import FontFace

SCENE_JSON = "great_hall.scene.json"


@dataclass(frozen=True)
class BuiltHall:
    """Everything one hall is made of; `statistics` are plain numbers for people and tests."""

    glb: bytes
    scene: document.SceneDocument
    collider: bytes
    plan: bytes
    statistics: dict[str, Any]

    def files(self) -> dict[str, bytes]:
        """The files to write, by name."""
        scene = document.encode(self.scene)
        return {HALL_GLB: self.glb, SCENE_JSON: scene, COLLIDER_GLB: self.collider, PLAN_SVG: self.plan}


def build_great_hall(
    catalogue_titles: Sequence[SpineTitle],
    seed: int,
    quality: str,
    *,
    font: FontFace | None = None,
    portal_picture: bytes | None = None,
) -> BuiltHall:
    """The same values give the same bytes. Raises BuildError for an unknown quality or without the build packages.

    `font` should hold Han characters when titles do; `portal_picture` is a picture (any format Pillow reads) for the arch.
    """
    raw = build_file(HallInputs(catalogue_titles, font, portal_picture), seed, quality)
    solid, solid_triangles = collider(raw.model)
    plan = plan_svg(raw.model)
    scene = great_hall_document(raw.model, raw.file.data, solid, plan)
    statistics = {
        "quality": quality,
        "seed": seed,
        "size_bytes": len(raw.file.data),
        "gzip_bytes": len(gzip.compress(raw.file.data, 6, mtime=0)),
        "books": raw.file.books,
        "triangles_by_level": raw.file.triangles_by_level,
        "collider_triangles": solid_triangles,
        "entities": len(scene.entities),
        "size_bytes_by_part": raw.file.size_bytes,
    }
    return BuiltHall(raw.file.data, scene, solid, plan, statistics)
