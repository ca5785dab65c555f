"""The Data Sea's recipe: from numbers to a lit hall."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageOps

from carrel.scenes.halls.data_sea import layout as at
from carrel.scenes.halls.data_sea.lights import bars, rings, sea
from carrel.scenes.halls.data_sea.numbers import SeaNumbers
from carrel.scenes.halls.data_sea.shell import shell
from carrel.scenes.halls.data_sea.words import century_label, plaques
from carrel.scenes.halls.paint import surfaces
from carrel.scenes.halls.paint.cloth import weave
from carrel.scenes.halls.paint.plaque import label, plaque
from carrel.scenes.halls.paint.prints import Sheet
from carrel.scenes.halls.room.entities import GREAT_HALL, ROOM_NAMES
from carrel.scenes.halls.room.recipe import BuiltRoom, Recipe, Room, RoomInputs, build_room, view_of

CARD_PX = (400, 600)


def build_data_sea(numbers: SeaNumbers, inputs: RoomInputs, seed: int, quality: str) -> BuiltRoom:
    """The same numbers give the same bytes. Raises BuildError for an unknown quality or without the build packages."""

    def textures() -> dict[str, Image.Image]:
        paving, paving_rough = surfaces.flagstones(base=(112, 114, 124), k=6)
        smooth = Image.fromarray(
            (np.asarray(paving_rough, float) * 0.62).astype("u1")
        )  # polished: it mirrors the lights
        return {
            "veneer": surfaces.veneer((120, 84, 58)),
            "timber": surfaces.veneer((150, 116, 84), seed=21),
            "limewash": surfaces.limewash((220, 220, 226)),
            "paving": paving,
            "paving_rough": smooth,
            "weave": weave(),
            "card": _beyond(inputs),
        }

    def place(room: Room) -> None:
        spots = bars(room.model, numbers.shelves)
        shell(room, numbers, spots)
        sea(room.model, numbers)
        rings(room.model, numbers)

    recipe = Recipe(at.FACTS, lambda given: _sheet(given, numbers), textures, place)
    return build_room(recipe, inputs, seed, quality)


def _beyond(inputs: RoomInputs) -> Image.Image:
    brought = inputs.views.get(GREAT_HALL)
    if brought is None:
        return view_of(inputs, GREAT_HALL, *CARD_PX)
    return ImageOps.fit(Image.open(io.BytesIO(brought)).convert("RGB"), CARD_PX, Image.Resampling.LANCZOS)


def _sheet(inputs: RoomInputs, numbers: SeaNumbers) -> Sheet:
    sheet = Sheet(2048, 1024)
    for name, (english, chinese) in plaques(numbers).items():
        sheet.place(f"plaque-{name}", plaque(inputs.font, 672, 370, english, chinese))
    en, zh = ROOM_NAMES[GREAT_HALL]
    sheet.place("great", label(inputs.font, 320, 60, (f"{en} · {zh}",), 30))
    for k, (en, zh, metres) in enumerate(numbers.shelves):
        sheet.place(f"shelf{k}", label(inputs.font, 180, 70, (f"{en} · {zh}", f"{metres:g} m"), 22))
    for century in numbers.centuries:
        sheet.place(f"century{century}", label(inputs.font, 104, 52, century_label(century), 20))
    return sheet
