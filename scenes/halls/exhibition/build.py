"""The Exhibition Room's recipe."""

from __future__ import annotations

from PIL import Image

from carrel.scenes.halls.exhibition import layout as at
from carrel.scenes.halls.exhibition.contents import SHOWN, contents
from carrel.scenes.halls.exhibition.shell import shell
from carrel.scenes.halls.paint import boards, cloth, gallery, prints, study, surfaces
from carrel.scenes.halls.paint.prints import Sheet
from carrel.scenes.halls.room.entities import ANCIENT, GREAT_HALL
from carrel.scenes.halls.room.recipe import BuiltRoom, Recipe, Room, RoomInputs, build_room, view_of

LEAF = "天地玄黄宇宙洪荒 日月盈昃辰宿列张 寒来暑往秋收冬藏 闰余成岁律吕调阳 云腾致雨露结为霜 "
TITLE = (
    ("Exhibition Room", 54),
    ("展览室", 54),
    ("", 16),
    ("Works that readers made, beside a few of our own.", 22),
    ("读者的作品，与本馆的几件藏品同展。", 22),
    ("Empty walls and plinths are waiting for yours.", 22),
    ("空着的墙与展台，留给您的作品。", 22),
)
CARDS = {
    "elevation": ("A library in section", "一座图书馆的剖面"),
    "herbarium": ("Fern", "蕨"),
    "orbits": ("Orbits", "轨道"),
    "landscape": ("Ridges in mist", "云山"),
    "stars": ("Invented stars", "虚构的星空"),
    "ember": ("Ember", "余烬"),
    "tide": ("Tide", "潮"),
    "moss": ("Moss", "苔"),
    "dawn": ("Dawn over the stacks", "书库的黎明"),
}


def build_exhibition_room(inputs: RoomInputs, seed: int, quality: str) -> BuiltRoom:
    """The same values give the same bytes. Raises BuildError for an unknown quality or without the build packages."""
    recipe = Recipe(at.FACTS, _sheet, lambda: _textures(inputs), _place)
    return build_room(recipe, inputs, seed, quality)


def _place(room: Room) -> None:
    shell(room.model, room.solids)
    contents(room)


def _sheet(inputs: RoomInputs) -> Sheet:
    face = inputs.font
    pictures: dict[str, Image.Image] = {}
    pictures["dawn"] = gallery.wash(800, 420, 12, ((214, 150, 96), (178, 92, 70), (74, 88, 120), (232, 196, 130)))
    pictures["stars"] = gallery.star_chart(560, 398, 7)
    pictures["tide"] = gallery.wash(560, 384, 31, ((38, 84, 118), (104, 152, 164), (24, 48, 82)))
    pictures["ember"] = gallery.wash(380, 380, 44, ((176, 64, 40), (92, 30, 30), (226, 140, 60)))
    pictures["moss"] = gallery.wash(300, 382, 53, ((84, 110, 66), (136, 150, 96), (48, 70, 62)))
    pictures["elevation"] = gallery.elevation(440, 300, face)
    pictures["title"] = gallery.title_wall(660, 288, face, TITLE)
    pictures["herbarium"] = gallery.herbarium(230, 330, 5)
    pictures["orbits"] = gallery.orbits(230, 330, face)
    pictures["landscape"] = study.ink_landscape(560, 206, 33, face, "云山")
    pictures["page"] = prints.page()
    pictures["leaf"] = study.printed_leaf(face, LEAF)
    for name, *_ in SHOWN:
        en, zh = CARDS[name]
        pictures[f"card-{name}"] = gallery.caption(160, 100, face, en, (zh, "Carrel, CC0"))
    pictures["card-free"] = gallery.caption(160, 100, face, "A place", ("for your work", "留给您的作品"))
    pictures["card-vitrine"] = gallery.caption(120, 70, face, "From the stacks", ("书库藏书",))
    sheet = Sheet(2048, 1200)
    for name, image in sorted(pictures.items(), key=lambda item: -item[1].height):  # tall ones first: rows waste less
        sheet.place(name, image)
    return sheet


def _textures(inputs: RoomInputs) -> dict[str, Image.Image]:
    floor, floor_rough = boards.boards(base=(160, 122, 86))
    doors = Image.new("RGB", (680, 520))
    doors.paste(view_of(inputs, GREAT_HALL, 340, 520), (0, 0))
    doors.paste(view_of(inputs, ANCIENT, 340, 520), (340, 0))
    return {
        "veneer": surfaces.veneer((168, 128, 86)),
        "timber": surfaces.veneer((172, 144, 110), seed=4),
        "limewash": surfaces.limewash((242, 241, 237)),
        "parquet": floor,
        "parquet_rough": floor_rough,
        "weave": cloth.weave(),
        "sky": surfaces.sky(),
        "card": doors,
    }
