"""The stacks' recipe: from a number of books to a lit storey and its tables, in less than a minute for 100,000."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace

from carrel.scenes import document
from carrel.scenes.halls.assembly import Contents, write_hall
from carrel.scenes.halls.books.bays import bays_of
from carrel.scenes.halls.books.designs import design_atlas
from carrel.scenes.halls.books.records import Record
from carrel.scenes.halls.books.shelf_light import shelf_light, slabs
from carrel.scenes.halls.books.table import books_table, read_books_table, titles_table
from carrel.scenes.halls.great.layout import SUBJECTS
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.bookcase import bookcase
from carrel.scenes.halls.kit.lamps import pendant_globe
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.shapes import rect
from carrel.scenes.halls.light.receivers import probe_grid
from carrel.scenes.halls.lighting import illuminator, light_up, quality_named
from carrel.scenes.halls.meshes import meshes_of
from carrel.scenes.halls.paint import prints, surfaces
from carrel.scenes.halls.paint.lettering import FontFace
from carrel.scenes.halls.room.entities import document as room_document
from carrel.scenes.halls.room.plan import plan_svg
from carrel.scenes.halls.room.recipe import albedo
from carrel.scenes.halls.room.solids import Solids, collider
from carrel.scenes.halls.stacks import layout as at

SWITCH_M = {"high": [2.4, 7.0], "low": [0.0, 2.4]}


@dataclass(frozen=True)
class BuiltStacks:
    """The files by name, and plain numbers about them."""

    named: dict[str, bytes]
    scene: document.SceneDocument
    statistics: dict[str, Any]

    def files(self) -> dict[str, bytes]:
        return {**self.named, f"{at.STEM}.scene.json": document.encode(self.scene)}


def build_stacks(
    records: Sequence[Record], books: int, seed: int, quality_name: str, *, copies: bool, font: FontFace | None = None
) -> BuiltStacks:
    """A storey for at least so many books. The same values give the same bytes. Raises BuildError for more than it holds."""
    quality, ranges = quality_named(quality_name), at.ranges_for(books)
    facts = at.facts(ranges)
    model, solids = Model(seed), Solids()
    sheet = _sheet(font)
    _shell(model, -facts.low[2])
    for number in range(ranges):
        _range(model, solids, sheet, number)
    zones = ranges + 3
    scene = room_document(facts, model, b"", b"", b"")
    scene = replace(scene, entities=tuple(_zoned(entity, zones) for entity in scene.entities))
    bays = bays_of(scene.entities)
    floor, rough = surfaces.flagstones()
    textures = {
        "veneer": surfaces.veneer((134, 94, 64)),
        "limewash": surfaces.limewash(),
        "paving": floor,
        "paving_rough": rough,
        "print": sheet.image,
    }
    sky = illuminator(model, {"bays": slabs(bays)}, facts.daylight, albedo(textures), quality, seed + 3)
    lit = light_up(model, {}, sky, quality)
    light = shelf_light(bays, sky, quality.books)
    probes = probe_grid(*facts.probes, sky, quality.panels)
    meshes = meshes_of(model, lit, at.PITCH, zones)
    settings = {**facts.look, "room_box": [list(facts.low), list(facts.high)], "bay_m": at.PITCH, "zones": zones}
    atlas = design_atlas(font, seed + 1)
    lightmap = lit.lightmap.image
    contents = Contents(facts.en, textures, lightmap, atlas, {}, {}, probes, {**settings, "switch_m": SWITCH_M}, light)
    file = write_hall(meshes, contents)
    solid, _ = collider(facts, solids.items)
    tables = books_table(bays, records, seed, copies=copies)
    named = {
        f"{at.STEM}.glb": file.data,
        f"{at.STEM}.collider.glb": solid,
        f"{at.STEM}.plan.svg": plan_svg(facts, model, solids.items),
        f"{at.STEM}.books.bin": tables,
        f"{at.STEM}.titles.bin": titles_table(records),
    }
    statistics = {
        "quality": quality_name,
        "books": len(read_books_table(tables).books),
        "cases": len(bays),
        "size_bytes": {name: len(data) for name, data in named.items()},
        "gzip_bytes": sum(len(gzip.compress(data, 6, mtime=0)) for data in named.values()),
        "triangles_by_level": file.triangles_by_level,
    }
    return BuiltStacks(named, replace(scene, environment=_environment(named)), statistics)


def _environment(named: dict[str, bytes]) -> document.Environment:
    def model(suffix: str) -> document.Model:
        name = f"{at.STEM}.{suffix}"
        return document.Model(url=name, sha256=hashlib.sha256(named[name]).hexdigest())

    return document.Environment(
        model=model("glb"),
        collider=model("collider.glb"),
        plan=model("plan.svg"),
        books=model("books.bin"),
        titles=model("titles.bin"),
    )


def _zoned(entity: document.Entity, zones: int) -> document.Entity:
    """A case belongs to the zone of its range."""
    if entity.shelf is None:
        return entity
    number = int(entity.id.removeprefix("shelf-").split("-")[0])
    zone = int(np.clip(np.floor(-at.center(number) / at.PITCH), 0, zones - 1))
    return replace(entity, shelf=replace(entity.shelf, zone=zone))


def _sheet(face: FontFace | None) -> prints.Sheet:
    sheet = prints.Sheet(height=512)
    for k, (en, zh) in enumerate(SUBJECTS):
        sheet.place(f"subject{k}", prints.brass_plate(face, 250, 48, [f"{en.upper()} · {zh}"], [25]))
    return sheet


def _shell(m: Model, length: float) -> None:
    half, high = at.HALF, at.CEILING
    wide, deep = (2 * half, 0, 0), (0, 0, -length)
    for y, up, finish, across, along in ((0.0, 1, "paving", wide, deep), (high, -1, "plaster", deep, wide)):
        panel = m.panel((-half, y, 0), across, along, (0, up, 0), 0.12)
        rect(m, finish, (-half, y, 0), across, along, panel=panel)
    walls = (
        ((-half, 0, 0), (0, 0, -length), (1, 0, 0)),
        ((half, 0, -length), (0, 0, length), (-1, 0, 0)),
        ((-half, 0, -length), (2 * half, 0, 0), (0, 0, 1)),
        ((half, 0, 0), (-2 * half, 0, 0), (0, 0, -1)),
    )
    for origin, across, normal in walls:
        # a wall's front follows across x up: turned round where that looks outward
        facing = np.cross(across, (0, 1, 0)) @ np.array(normal)
        start, way = floats(origin), floats(across)
        if facing < 0:
            start, way = start + way, -way
        panel = m.panel(start, way, (0, high, 0), normal, 0.12)
        rect(m, "plaster", start, way, (0, high, 0), panel=panel)


def _range(m: Model, solids: Solids, sheet: prints.Sheet, number: int) -> None:
    """Cases back to back on both sides of the aisle, and lamps over the way before them."""
    z = at.center(number)
    with m.within(int(-z / at.PITCH)):
        for side in (-1, 1):
            for place in range(at.ROW):
                left = at.AISLE + place * at.CASE if side > 0 else -at.AISLE - (place + 1) * at.CASE
                for face, turn in ((1, 0.0), (-1, 180.0)):
                    subject = (number * 2 + (face < 0)) % len(SUBJECTS)
                    corner = (left if face > 0 else left + at.CASE, 0, z + face * (at.DEPTH + 0.02))
                    name = f"{number}-{'lr'[side > 0]}{place}{'ab'[face < 0]}"
                    plate = sheet.rects[f"subject{subject}"] if place == 0 else None
                    with m.at(corner, turn=turn):
                        case = bookcase(
                            m, name, SUBJECTS[subject], plate, width=at.CASE, boards=at.BOARDS, depth=at.DEPTH
                        )
                        solids.box(m, (0, 0, -at.DEPTH), (at.CASE, case.height + 0.25, 0.05), "case", f"shelf-{name}")
        for x in at.LAMP_X:
            with m.at((x, at.CEILING, z + at.PITCH / 2)):
                pendant_globe(m, 0.7, 0.13)
