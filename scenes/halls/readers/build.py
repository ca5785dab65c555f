"""The builder of Readers' Rooms: from a look to a room's files."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps

from carrel.scenes.errors import BuildError
from carrel.scenes.halls.books.spines import SpineAtlas, SpineTitle, spine_atlas
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.joints import doorway, skirting, wainscot
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.shapes import grid, rect
from carrel.scenes.halls.kit.square_window import Hole, square_sunbeam, square_wall, square_window
from carrel.scenes.halls.paint import prints, study
from carrel.scenes.halls.paint.lettering import FontFace
from carrel.scenes.halls.paint.prints import Sheet
from carrel.scenes.halls.readers.garden import GARDEN
from carrel.scenes.halls.readers.loft import LOFT
from carrel.scenes.halls.readers.look import Look, Window
from carrel.scenes.halls.readers.things import put
from carrel.scenes.halls.readers.walnut import WALNUT
from carrel.scenes.halls.room.entities import GREAT_HALL, ROOM_NAMES
from carrel.scenes.halls.room.recipe import BuiltRoom, Recipe, Room, RoomInputs, build_room, view_of

LOOKS: dict[str, Look] = {"walnut": WALNUT, "garden": GARDEN, "loft": LOFT}
DOOR_DEPTH, CARD_PX = 0.55, (320, 600)


def build_readers_room(name: str, inputs: RoomInputs, seed: int, quality: str) -> BuiltRoom:
    """The same values give the same bytes. Raises BuildError for an unknown look or quality, or without the build packages."""
    if name not in LOOKS:
        raise BuildError(f"Unknown look {name!r}: choose one of {', '.join(LOOKS)}.")
    look = LOOKS[name]

    def textures() -> dict[str, Image.Image]:
        return {**look.textures(), "sky": look.outlook(), "card": _beyond(inputs)}

    recipe = Recipe(look.facts(), _sheet, textures, lambda room: _place(room, look), _atlas)
    return build_room(recipe, inputs, seed, quality)


def _beyond(inputs: RoomInputs) -> Image.Image:
    """What is seen of the Great Hall through the door: the middle of its picture, or lamplight without one."""
    brought = inputs.views.get(GREAT_HALL)
    if brought is None:
        return view_of(inputs, GREAT_HALL, *CARD_PX)
    return ImageOps.fit(Image.open(io.BytesIO(brought)).convert("RGB"), CARD_PX, Image.Resampling.LANCZOS)


def _atlas(inputs: RoomInputs, seed: int) -> SpineAtlas:
    return _drawn(tuple(inputs.titles), inputs.font, seed)


@functools.lru_cache(maxsize=1)
def _drawn(titles: tuple[SpineTitle, ...], face: FontFace | None, seed: int) -> SpineAtlas:
    """The looks stand beside each other in one library: the same spines serve them all."""
    return spine_atlas(titles, face, seed)


def _sheet(inputs: RoomInputs) -> Sheet:
    sheet = Sheet(1024, 768)
    sheet.place("map", prints.globe_map())
    sheet.place("clock", prints.clock_face(inputs.font))
    sheet.place("page", prints.page())
    sheet.place("scroll", study.ink_landscape(240, 470, 17, inputs.font, "竹影"))
    en, zh = ROOM_NAMES[GREAT_HALL]
    sheet.place("great", prints.brass_plate(inputs.font, 300, 56, [f"{en.upper()} · {zh}"], [26]))
    return sheet


def _place(room: Room, look: Look) -> None:
    m = room.model
    floor = m.panel((-look.half, 0, 0), (2 * look.half, 0, 0), (0, 0, -look.depth), (0, 1, 0), 0.02)
    _floor(m, look, floor)
    for side in SIDES:
        _wall(room, look, side)
    look.body(room, look)
    for thing in look.things:
        put(room, thing)


def _floor(m: Model, look: Look, panel: int) -> None:
    turn = np.radians(look.surfaces.floor_turn)
    c, s = np.cos(turn), np.sin(turn)
    points = floats(
        [[(-look.half, 0, 0), (-look.half, 0, -look.depth)], [(look.half, 0, 0), (look.half, 0, -look.depth)]]
    )
    uv = np.stack([points[..., 0] * c - points[..., 2] * s, points[..., 0] * s + points[..., 2] * c], -1)
    grid(m, look.surfaces.floor, points, uv, panel=panel)


# a side's frame: where its left lower corner is as seen from inside, its turn, and the length along it of a point (x, z)
SIDES: dict[str, Callable[[Look], tuple[tuple[float, float, float], float, float]]] = {
    "south": lambda look: ((look.half, 0, 0), 180.0, 2 * look.half),
    "north": lambda look: ((-look.half, 0, -look.depth), 0.0, 2 * look.half),
    "west": lambda look: ((-look.half, 0, 0), 90.0, look.depth),
    "east": lambda look: ((look.half, 0, -look.depth), -90.0, look.depth),
}


def _along(look: Look, side: str, at: float) -> float:
    return {"south": look.half - at, "north": at + look.half, "west": -at, "east": at + look.depth}[side]


def _wall(room: Room, look: Look, side: str) -> None:
    m, skin = room.model, look.surfaces
    origin, turn, length = SIDES[side](look)
    mine = sorted((w for w in look.windows if w.side == side), key=lambda w: _along(look, side, w.at))
    holes: list[Hole] = [(_along(look, side, w.at), w.width, w.sill, w.head) for w in mine]
    x, wide, tall = look.door
    if side == "south":
        holes.append((_along(look, side, x), wide, 0.0, tall))
    with m.at(origin, turn=turn):
        square_wall(m, skin.wall, length, look.height, holes, 0.05)
        for hole, window in zip(holes, mine, strict=False):
            with m.at((hole[0], 0, 0)):
                _window(m, look, window)
        if side == "south":
            with m.at((_along(look, side, x), 0, 0)):
                doorway(m, wide, tall, DOOR_DEPTH, skin.casing, skin.board or "slate", skin.casing)
                rect(
                    m,
                    "print",
                    (-0.35, tall + 0.16, 0.02),
                    (0.70, 0, 0),
                    (0, 0.13, 0),
                    picture=room.sheet.rects["great"],
                )
        _lining(m, look, length, _gaps(look, side, holes))


def _window(m: Model, look: Look, window: Window) -> None:
    skin = look.surfaces
    square_window(
        m,
        window.width,
        window.sill,
        window.head,
        depth=look.window_depth,
        columns=window.columns,
        rows=window.rows,
        frame=skin.frame,
        board=skin.board,
        reveal=skin.reveal,
        casing=skin.casing if look.wainscot else "",
        view=look.view,
    )
    square_sunbeam(m, window.width, window.sill, window.head, -look.daylight.sun_direction, window.beam)


def _gaps(look: Look, side: str, holes: list[Hole]) -> list[Hole]:
    """The openings of a side, and the stretches that its look wants bare, from left to right."""
    ends = [(_along(look, side, a), _along(look, side, b)) for where, a, b in look.bare if where == side]
    bare = [((a + b) / 2, abs(b - a), 0.0, look.height) for a, b in ends]
    return sorted([*holes, *bare])


def _lining(m: Model, look: Look, length: float, holes: list[Hole]) -> None:
    """Skirting or panelling between the openings, lower under windows."""
    left, border = 0.0, 0.13 if look.wainscot else 0.0
    runs: list[tuple[float, float, float]] = []
    for cx, wide, sill, _ in holes:
        low = min(look.wainscot, sill - 0.045) if look.wainscot else look.wainscot
        gap = border if sill < 0.05 else 0.0
        if sill > look.wainscot + 0.02 and look.wainscot:
            continue
        if not look.wainscot and sill > 0.05:
            continue
        runs.append((left, cx - wide / 2 - gap, look.wainscot))
        if sill > 0.05:
            runs.append((cx - wide / 2, cx + wide / 2, low))
        left = cx + wide / 2 + gap
    runs.append((left, length, look.wainscot))
    for a, b, height in runs:
        if look.wainscot:
            wainscot(m, look.surfaces.trim, a, b, height)
        else:
            skirting(m, look.surfaces.trim, [(a, b)])
