"""The entry point: a whole Great Hall as values."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from carrel.scenes import document
from carrel.scenes.halls.books.records import Record
from carrel.scenes.halls.books.table import books_table, read_books_table, titles_table
from carrel.scenes.halls.great.build import HallInputs, build_file
from carrel.scenes.halls.great.collider import collider
from carrel.scenes.halls.great.document import (
    BOOKS_BIN,
    COLLIDER_GLB,
    HALL_GLB,
    PLAN_SVG,
    TITLES_BIN,
    great_hall_document,
)
from carrel.scenes.halls.great.plan import plan_svg
from carrel.scenes.halls.kit.model import Case
from carrel.scenes.halls.paint.lettering import FontFace

SCENE_JSON = "great_hall.scene.json"


@dataclass(frozen=True)
class BuiltHall:
    """Everything one hall is made of; `statistics` are plain numbers for people and tests."""

    glb: bytes
    scene: document.SceneDocument
    collider: bytes
    plan: bytes
    books: bytes
    titles: bytes
    cases: tuple[Case, ...]
    statistics: dict[str, Any]

    def files(self) -> dict[str, bytes]:
        """The files to write, by name."""
        return {
            HALL_GLB: self.glb,
            SCENE_JSON: document.encode(self.scene),
            COLLIDER_GLB: self.collider,
            PLAN_SVG: self.plan,
            BOOKS_BIN: self.books,
            TITLES_BIN: self.titles,
        }


def build_great_hall(
    records: Sequence[Record],
    seed: int,
    quality: str,
    *,
    copies: bool = True,
    font: FontFace | None = None,
    portal_picture: bytes | None = None,
) -> BuiltHall:
    """The same values give the same bytes. Raises BuildError for an unknown quality or without the build packages.

    `copies` repeats the records until the shelves are full; `font` should hold Han characters; `portal_picture` is a
    picture (any format Pillow reads) for the arch.
    """
    raw = build_file(HallInputs(font, portal_picture), seed, quality)
    solid, solid_triangles = collider(raw.model)
    plan = plan_svg(raw.model)
    books, titles = books_table(raw.bays, records, seed, copies=copies), titles_table(records)
    named = {HALL_GLB: raw.file.data, COLLIDER_GLB: solid, PLAN_SVG: plan, BOOKS_BIN: books, TITLES_BIN: titles}
    scene = great_hall_document(raw.model, named)
    statistics = {
        "quality": quality,
        "seed": seed,
        "size_bytes": len(raw.file.data),
        "gzip_bytes": sum(len(gzip.compress(data, 6, mtime=0)) for data in named.values()),
        "books": len(read_books_table(books).books),
        "loose_books": raw.file.books,
        "triangles_by_level": raw.file.triangles_by_level,
        "collider_triangles": solid_triangles,
        "entities": len(scene.entities),
        "size_bytes_by_part": raw.file.size_bytes,
    }
    return BuiltHall(raw.file.data, scene, solid, plan, books, titles, tuple(raw.model.cases), statistics)
