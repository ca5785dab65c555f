"""The Great Hall's recipe: from titles and a seed to a lit hall in bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from carrel.scenes.halls.assembly import Contents, HallFile, write_hall
from carrel.scenes.halls.books.bays import Bay, bays_of
from carrel.scenes.halls.books.designs import design_atlas
from carrel.scenes.halls.books.shelf_light import shelf_light, slabs
from carrel.scenes.halls.books.shelving import LOOSE, Shelver
from carrel.scenes.halls.finishes import FAMILIES, FINISHES
from carrel.scenes.halls.great import layout as at
from carrel.scenes.halls.great.contents import contents
from carrel.scenes.halls.great.document import shelves
from carrel.scenes.halls.great.doors import DOORS
from carrel.scenes.halls.great.ends import entrance, far_end
from carrel.scenes.halls.great.shell import shell
from carrel.scenes.halls.great.sides import left_side, right_side
from carrel.scenes.halls.kit.arrays import Floats
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.light.coding import linear
from carrel.scenes.halls.light.receivers import probe_grid
from carrel.scenes.halls.lighting import illuminator, light_up, quality_named
from carrel.scenes.halls.meshes import meshes_of
from carrel.scenes.halls.paint import portal_view, prints, surfaces
from carrel.scenes.halls.paint.lettering import FontFace
from carrel.scenes.halls.paint.rug import rug

PROBE_ORIGIN, PROBE_STEP, PROBE_COUNTS = (-5.0, 0.9, -31.0), (2.0, 2.0, 2.0), (6, 4, 16)
WHOLE_HALL = -1  # the zone of books that lie on tables all over the hall
"""Where the probes stand: every 2 m, at the heights of legs, heads, the gallery and a chandelier."""


@dataclass(frozen=True)
class HallInputs:
    """What a caller may bring: a font for plates and numbers, a picture for the portal's arch."""

    font: FontFace | None = None
    portal_picture: bytes | None = None


@dataclass(frozen=True)
class RawHall:
    """The recipe's surfaces, the file made of them, and its empty bays."""

    model: Model
    file: HallFile
    bays: tuple[Bay, ...]


def build_file(inputs: HallInputs, seed: int, quality_name: str) -> RawHall:
    """Place everything, light it, write it. Raises BuildError for an unknown quality or missing build packages."""
    quality = quality_named(quality_name)
    model, sheet = Model(seed), _sheet(inputs.font)
    atlas = design_atlas(inputs.font, seed + 1)
    shelver = Shelver(atlas.cells, seed + 2)
    shell(model)
    left_side(model, sheet)
    right_side(model, sheet)
    with model.within(at.BAYS - 1):
        far_end(model, sheet)
    with model.within(0):
        entrance(model)
    contents(model, sheet, shelver)
    bays = bays_of(shelves(model))
    textures = _textures(inputs, sheet)
    loose = {LOOSE: shelver.table(LOOSE)}
    sky = illuminator(model, {**loose, "bays": slabs(bays)}, at.DAYLIGHT, _albedo(textures), quality, seed + 3)
    lit = light_up(model, loose, sky, quality)
    light = shelf_light(bays, sky, quality.books)
    probes = probe_grid(PROBE_ORIGIN, PROBE_STEP, PROBE_COUNTS, sky, quality.panels)
    meshes = meshes_of(model, lit, at.BAY, at.BAYS)
    used = {FAMILIES[FINISHES[p.finish].family] for p in model.parts}
    needed = {t for f in used for t in (f.texture, f.roughness_texture) if t}
    textures = {name: image for name, image in textures.items() if name in needed}
    settings = {**at.LOOK, "bay_m": at.BAY, "zones": at.BAYS, "switch_m": {"high": [3.6, 10.0], "low": [0.0, 3.0]}}
    everything = Contents(
        "Great Hall", textures, lit.lightmap.image, atlas, lit.books, {LOOSE: WHOLE_HALL}, probes, settings, light
    )
    return RawHall(model, write_hall(meshes, everything), bays)


def _sheet(face: FontFace | None) -> prints.Sheet:
    sheet = prints.Sheet(height=1152)
    sheet.place("globe", prints.globe_map())
    sheet.place("desk", prints.brass_plate(face, 480, 110, ["REFERENCE DESK", "参考咨询台"], [46, 36]))
    sheet.place("clock", prints.clock_face(face))
    for k, (en, zh) in enumerate(at.SUBJECTS):
        sheet.place(f"subject{k}", prints.brass_plate(face, 250, 48, [f"{en.upper()} · {zh}"], [25]))
    sheet.place("portal", prints.brass_plate(face, 480, 70, ["ANCIENT BOOKS · 古籍室"], [38]))
    sheet.place("page", prints.page())
    for door in DOORS:
        sheet.place(f"door-{door.target}", prints.brass_plate(face, 336, 60, [door.en.upper(), door.zh], [21, 19]))
    return sheet


def _textures(inputs: HallInputs, sheet: prints.Sheet) -> dict[str, Image.Image]:
    parquet, parquet_rough = surfaces.herringbone()
    paving, paving_rough = surfaces.flagstones()
    brought = inputs.portal_picture
    card = portal_view.ancient_room() if brought is None else Image.open(io.BytesIO(brought)).convert("RGB")
    return {
        "veneer": surfaces.veneer((134, 94, 64)),
        "limewash": surfaces.limewash(),
        "parquet": parquet,
        "parquet_rough": parquet_rough,
        "paving": paving,
        "paving_rough": paving_rough,
        "rug": rug(),
        "sky": surfaces.sky(),
        "print": sheet.image,
        "card": card,
    }


def _albedo(textures: dict[str, Image.Image]) -> dict[str, Floats]:
    """Linear mean colour of each finish, for light that bounces."""
    out = {}
    for name, finish in FINISHES.items():
        family = FAMILIES[finish.family]
        colour = finish.linear() * linear(family.tint)
        if family.texture in textures:
            small = textures[family.texture].convert("RGB").resize((64, 64))
            colour = colour * linear(np.asarray(small, float)).mean((0, 1))
        out[name] = np.clip(colour, 0, 0.9)
    return out
