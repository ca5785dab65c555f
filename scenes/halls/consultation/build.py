"""The Consultation Room's recipe."""

from __future__ import annotations

from PIL import Image

from carrel.scenes.halls.books.spines import SpineAtlas, spine_atlas
from carrel.scenes.halls.consultation import layout as at
from carrel.scenes.halls.consultation.contents import contents
from carrel.scenes.halls.consultation.shell import shell
from carrel.scenes.halls.paint import cloth, gallery, prints, study, surfaces
from carrel.scenes.halls.paint.prints import Sheet
from carrel.scenes.halls.paint.rug import rug
from carrel.scenes.halls.room.entities import GREAT_HALL
from carrel.scenes.halls.room.recipe import BuiltRoom, Recipe, Room, RoomInputs, build_room, view_of


def build_consultation_room(inputs: RoomInputs, seed: int, quality: str) -> BuiltRoom:
    """The same values give the same bytes. Raises BuildError for an unknown quality or without the build packages."""
    recipe = Recipe(at.FACTS, _sheet, lambda: _textures(inputs), _place, _atlas)
    return build_room(recipe, inputs, seed, quality)


def _place(room: Room) -> None:
    shell(room.model)
    contents(room)


def _atlas(inputs: RoomInputs, seed: int) -> SpineAtlas:
    return spine_atlas(inputs.titles, inputs.font, seed)


def _sheet(inputs: RoomInputs) -> Sheet:
    sheet = Sheet(1024, 1024)
    sheet.place("herbarium", gallery.herbarium(300, 400, 5))
    sheet.place("orbits", gallery.orbits(320, 400, inputs.font))
    sheet.place("page", prints.page())
    sheet.place("clock", prints.clock_face(inputs.font, 200))
    sheet.place("landscape", study.ink_landscape(420, 300, 33, inputs.font))
    sheet.place("plate0", prints.brass_plate(inputs.font, 250, 48, ["REFERENCE · 工具书"], [25]))
    sheet.place("plate1", prints.brass_plate(inputs.font, 250, 48, ["READY ANSWERS · 常用书"], [25]))
    sheet.place("globe", prints.globe_map(512, 256))
    return sheet


def _textures(inputs: RoomInputs) -> dict[str, Image.Image]:
    parquet, parquet_rough = surfaces.herringbone()
    return {
        "veneer": surfaces.veneer((138, 97, 66)),
        "timber": surfaces.veneer((150, 108, 70), seed=4),
        "limewash": surfaces.limewash((236, 230, 218)),
        "parquet": parquet.resize((768, 768), Image.Resampling.LANCZOS),
        "parquet_rough": parquet_rough,
        "rug": rug(),
        "weave": cloth.weave(),
        "sky": surfaces.sky(),
        "card": view_of(inputs, GREAT_HALL, 300, 640),
    }
