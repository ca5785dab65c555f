"""From a recipe to a room's files: place, light, write. The same values give the same bytes."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from carrel.scenes import document
from carrel.scenes.halls.assembly import Contents, write_hall
from carrel.scenes.halls.books.shelving import Shelver
from carrel.scenes.halls.books.spines import SpineAtlas, SpineTitle
from carrel.scenes.halls.finishes import FAMILIES, FINISHES
from carrel.scenes.halls.kit.arrays import Floats
from carrel.scenes.halls.kit.model import MID, NEAR, Model
from carrel.scenes.halls.light.coding import linear
from carrel.scenes.halls.light.receivers import probe_grid
from carrel.scenes.halls.lighting import illuminator, light_up, quality_named
from carrel.scenes.halls.meshes import meshes_of
from carrel.scenes.halls.paint.lettering import FontFace
from carrel.scenes.halls.paint.prints import Sheet
from carrel.scenes.halls.room.entities import document as room_document
from carrel.scenes.halls.room.facts import RoomFacts
from carrel.scenes.halls.room.plan import plan_svg
from carrel.scenes.halls.room.solids import Solids, collider

WHOLE_ROOM = -1  # books are drawn wherever one stands
# the near level is for a renderer that reflects; the simpler one for the low tier, at every distance
SWITCH_M = {"high": [1000.0, 1001.0], "low": [0.0, 1000.0]}


@dataclass(frozen=True)
class RoomInputs:
    """What a caller may bring: titles for spines and labels, a font, pictures of the rooms behind the doors by room id."""

    titles: Sequence[SpineTitle]
    font: FontFace | None = None
    views: Mapping[str, bytes] = field(default_factory=dict)


@dataclass
class Room:
    """What a recipe works with: the model, what is solid, the print sheet, and who fills the shelves (if there are any)."""

    model: Model
    solids: Solids
    sheet: Sheet
    shelver: Shelver | None = None


@dataclass(frozen=True)
class Recipe:
    """A room: its facts, and the functions that print, paint and place it."""

    facts: RoomFacts
    print_sheet: Callable[[RoomInputs], Sheet]
    textures: Callable[[], dict[str, Image.Image]]
    place: Callable[[Room], None]
    atlas: Callable[[RoomInputs, int], SpineAtlas] | None = None


@dataclass(frozen=True)
class BuiltRoom:
    """Everything one room is made of; `statistics` are plain numbers for people and tests."""

    stem: str
    glb: bytes
    scene: document.SceneDocument
    collider: bytes
    plan: bytes
    statistics: dict[str, Any]

    def files(self) -> dict[str, bytes]:
        """The files to write, by name."""
        return {
            f"{self.stem}.glb": self.glb,
            f"{self.stem}.scene.json": document.encode(self.scene),
            f"{self.stem}.collider.glb": self.collider,
            f"{self.stem}.plan.svg": self.plan,
        }


def build_room(recipe: Recipe, inputs: RoomInputs, seed: int, quality_name: str) -> BuiltRoom:
    """Raises BuildError for an unknown quality or missing build packages."""
    quality, facts = quality_named(quality_name), recipe.facts
    sheet = recipe.print_sheet(inputs)
    atlas = recipe.atlas(inputs, seed + 1) if recipe.atlas else None
    shelver = Shelver(atlas.cells, seed + 2) if atlas else None
    room = Room(Model(seed), Solids(), sheet, shelver)
    recipe.place(room)
    model = room.model
    for part in model.parts:
        part.levels &= NEAR | MID
    model.parts = [part for part in model.parts if part.levels]  # one never stands far from anything in a room
    textures = {**recipe.textures(), "print": sheet.image}
    chunks = sorted(shelver.chunks) if shelver else []
    tables = {name: shelver.table(name) for name in chunks} if shelver else {}
    sky = illuminator(model, tables, facts.daylight, albedo(textures), quality, seed + 3)
    lit = light_up(model, tables, sky, quality)
    probes = probe_grid(*facts.probes, sky, quality.panels)
    length = facts.high[2] - facts.low[2]
    meshes = meshes_of(model, lit, length, 1)
    used = {FAMILIES[FINISHES[p.finish].family] for p in model.parts}
    needed = {t for f in used for t in (f.texture, f.roughness_texture) if t}
    textures = {name: image for name, image in textures.items() if name in needed}
    settings = {**facts.look, "room_box": [list(facts.low), list(facts.high)], "bay_m": length, "zones": 1}
    zones = dict.fromkeys(chunks, WHOLE_ROOM)
    everything = Contents(
        facts.en, textures, lit.lightmap.image, atlas, lit.books, zones, probes, {**settings, "switch_m": SWITCH_M}
    )
    file = write_hall(meshes, everything)
    solid, solid_triangles = collider(facts, room.solids.items)
    plan = plan_svg(facts, model, room.solids.items)
    scene = room_document(facts, model, file.data, solid, plan)
    statistics = {
        "quality": quality_name,
        "seed": seed,
        "size_bytes": len(file.data),
        "gzip_bytes": len(gzip.compress(file.data, 6, mtime=0)),
        "books": file.books,
        "triangles_by_level": file.triangles_by_level,
        "collider_triangles": solid_triangles,
        "entities": len(scene.entities),
        "size_bytes_by_part": file.size_bytes,
    }
    return BuiltRoom(facts.stem, file.data, scene, solid, plan, statistics)


def view_of(inputs: RoomInputs, room: str, width: int, height: int) -> Image.Image:
    """The middle of the picture of the room behind a door, or warm lamplight where none was brought."""
    brought = inputs.views.get(room)
    if brought is not None:
        return ImageOps.fit(Image.open(io.BytesIO(brought)).convert("RGB"), (width, height), Image.Resampling.LANCZOS)
    up = np.linspace(0, 1, height)[:, None, None]
    return Image.fromarray(np.broadcast_to([196, 160, 112] * (0.5 + 0.5 * up), (height, width, 3)).astype("u1"))


def albedo(textures: Mapping[str, Image.Image]) -> dict[str, Floats]:
    """Linear mean colour of each finish, for light that bounces."""
    out = {}
    for name, finish in FINISHES.items():
        family = FAMILIES[finish.family]
        colour = finish.linear() * linear(family.tint)
        if family.texture is not None and family.texture in textures:
            small = textures[family.texture].convert("RGB").resize((64, 64))
            colour = colour * linear(np.asarray(small, float)).mean((0, 1))
        out[name] = np.clip(colour, 0, 0.9)
    return out
