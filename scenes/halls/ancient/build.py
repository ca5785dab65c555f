"""The Ancient Books Room's recipe."""

from __future__ import annotations

from PIL import Image

from carrel.scenes.halls.ancient import layout as at
from carrel.scenes.halls.ancient.collection import case_atlas
from carrel.scenes.halls.ancient.contents import contents
from carrel.scenes.halls.ancient.shell import shell
from carrel.scenes.halls.books.spines import SpineAtlas
from carrel.scenes.halls.paint import study, surfaces
from carrel.scenes.halls.paint.lettering import FontFace
from carrel.scenes.halls.paint.prints import Sheet
from carrel.scenes.halls.room.entities import GREAT_HALL, ROOM_NAMES
from carrel.scenes.halls.room.recipe import BuiltRoom, Recipe, Room, RoomInputs, build_room, view_of

LEAF = "关关雎鸠在河之洲窈窕淑女君子好逑 参差荇菜左右流之窈窕淑女寤寐求之 求之不得寤寐思服悠哉悠哉辗转反侧 "


def build_ancient_books_room(inputs: RoomInputs, seed: int, quality: str) -> BuiltRoom:
    """The same values give the same bytes. Raises BuildError for an unknown quality or without the build packages."""
    recipe = Recipe(at.FACTS, _sheet, lambda: _textures(inputs), _place, _atlas)
    return build_room(recipe, inputs, seed, quality)


def _place(room: Room) -> None:
    shell(room.model, room.sheet)
    contents(room)


def _atlas(inputs: RoomInputs, seed: int) -> SpineAtlas:
    return case_atlas(inputs.titles, inputs.font, seed)


def _sheet(inputs: RoomInputs) -> Sheet:
    face: FontFace | None = inputs.font
    sheet = Sheet(1024, 1024)
    sheet.place("handscroll", study.ink_landscape(1000, 300, 21, face))
    for k, words in enumerate(at.COUPLET):
        sheet.place(f"couplet{k}", study.lettered(72, 520, words, face, upright=True))
    sheet.place("leaf", study.printed_leaf(face, LEAF))
    sheet.place("plaque", study.lettered(420, 112, "古籍室", face, upright=False))
    zh = ROOM_NAMES[GREAT_HALL][1]
    sheet.place("great", study.lettered(420, 96, zh, face, upright=False))
    for k, (_, (label_en, label_zh), _) in enumerate(at.RACK_LABELS):
        sheet.place(f"tag{k}", study.tag(300, 62, label_en, label_zh, face))
    return sheet


def _textures(inputs: RoomInputs) -> dict[str, Image.Image]:
    paving, paving_rough = surfaces.flagstones(base=(120, 122, 118), k=4)
    return {
        "veneer": surfaces.veneer((118, 78, 56)),
        "timber": surfaces.veneer((126, 78, 50), seed=4),
        "limewash": surfaces.limewash((232, 226, 212)),
        "paving": paving,
        "paving_rough": paving_rough,
        "rug": study.matting(),
        "sky": surfaces.sky(),
        "card": view_of(inputs, GREAT_HALL, 360, 600),
        "weave": surfaces.limewash((236, 232, 224), 128),
    }
