"""The builder's table of things: how each kind is made, and the box that bodies meet (none for what does not block)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from carrel.scenes.halls.books.shelving import LOOSE, Book
from carrel.scenes.halls.kit import display, seating, standing_lamps, tables
from carrel.scenes.halls.kit.arrays import floats, rotation_y
from carrel.scenes.halls.kit.bookcase import bookcase
from carrel.scenes.halls.kit.carpet import carpet
from carrel.scenes.halls.kit.furniture import SEAT_HEIGHT, chair, open_book
from carrel.scenes.halls.kit.lamps import banker_lamp, pendant_globe
from carrel.scenes.halls.kit.ornaments import floor_globe, ladder, potted_palm, wall_clock
from carrel.scenes.halls.kit.plank_case import plank_case
from carrel.scenes.halls.kit.shapes import rect
from carrel.scenes.halls.kit.square_window import curtain
from carrel.scenes.halls.kit.sweeps import lathe, tube
from carrel.scenes.halls.readers import oddments
from carrel.scenes.halls.readers.look import Thing
from carrel.scenes.halls.room.recipe import Room

LYING = floats([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
Maker = Callable[..., None]
Footprint = tuple[float, float, float, str]  # width, height, depth, what the plan draws it as


def put(room: Room, thing: Thing) -> None:
    """Make one thing where it says."""
    maker, footprint = THINGS[thing.kind]
    m = room.model
    with m.at((thing.x, thing.y, thing.z), turn=thing.turn):
        maker(room, **thing.options)
        if footprint is not None:
            wide, tall, deep, kind = footprint
            room.solids.box(m, (-wide / 2, 0, -deep / 2), (wide / 2, tall, deep / 2), kind)


def _kit(make: Callable[..., None]) -> Maker:
    return lambda room, **options: make(room.model, **options)


def _printed(make: Callable[..., None], name: str) -> Maker:
    return lambda room, **options: make(room.model, room.sheet.rects[name], **options)


def _chair(room: Room, seat: str = "leather_red") -> None:
    chair(room.model, seat)
    room.model.place("seat", "chair", (0, SEAT_HEIGHT, 0), 180)


def _case(
    room: Room,
    name: str,
    label: tuple[str, str],
    width: float,
    boards: tuple[float, ...],
    depth: float = 0.36,
    light: float = 0.0,
) -> None:
    """A moulded bookcase whose back stands at local z = 0, its middle at x = 0."""
    m = room.model
    with m.at((-width / 2, 0, depth + 0.03)):
        case = bookcase(
            m, name, label, None, width=width, boards=boards, depth=depth, bays=2 if width > 1.5 else 1, light=light
        )
        room.solids.box(m, (0, 0, -depth), (width, case.height + 0.2, 0.03), "case", f"shelf-{name.lower()}")
    _fill(room, case.shelves)


def _planks(
    room: Room,
    name: str,
    label: tuple[str, str],
    width: float,
    boards: tuple[float, ...],
    depth: float = 0.34,
    **options: Any,
) -> None:
    """A plain bookcase whose back stands at local z = 0, its middle at x = 0."""
    m = room.model
    with m.at((-width / 2, 0, depth)):
        case = plank_case(m, name, label, width=width, boards=boards, depth=depth, **options)
        room.solids.box(m, (0, 0, -depth), (width, case.height, 0), "case", f"shelf-{name.lower()}")
    _fill(room, case.shelves)


def _fill(room: Room, shelves: list[Any]) -> None:
    if room.shelver is not None:
        for shelf in shelves:
            room.shelver.fill(shelf, 0.9)


def _pile(room: Room, count: int = 3) -> None:
    """Books that lie on a top, not quite square to each other."""
    if room.shelver is None:
        return
    m, y = room.model, 0.002
    for _ in range(count):
        cell, cloth = room.shelver.design()
        thick, long = float(m.rng.uniform(0.022, 0.045)), float(m.rng.uniform(0.20, 0.25))
        turn = rotation_y(90 + float(m.rng.uniform(-14, 14))) @ LYING
        corner = m.world(floats([0, y, 0]) - turn @ floats([0, long / 2, -0.085]))
        room.shelver.put(LOOSE, Book(corner, m.matrix @ turn, (thick, long, 0.17), cell, cloth, 0))
        y += thick + 0.001


def _rug(room: Room, width: float, length: float) -> None:
    carpet(room.model, width, length, panel=0)  # the floor is each room's first panel


def _pendant(room: Room, drop: float, radius: float = 0.16) -> None:
    pendant_globe(room.model, drop, radius)


def _frame(room: Room, wide: float, tall: float, wood: str = "walnut", picture: str = "") -> None:
    """A picture frame; with `picture`, a name of the print sheet, something hangs in it."""
    display.picture_frame(room.model, wide, tall, wood)
    if picture:
        inset = 0.085
        across, up = (wide - 2 * inset, 0, 0), (0, tall - 2 * inset, 0)
        rect(
            room.model,
            "print",
            (-wide / 2 + inset, inset, 0.016),
            across,
            up,
            picture=room.sheet.rects[picture],
            sub=0.25,
        )


def _basket(room: Room) -> None:
    m = room.model
    lathe(
        m,
        "cork",
        [(0, 0.01), (0.15, 0.01), (0.175, 0.10), (0.17, 0.26), (0.185, 0.29), (0.17, 0.285), (0.155, 0.12), (0, 0.05)],
        n=20,
        hard=60,
    )
    for k in range(3):
        turn = k * 2.1
        path = floats(
            [
                [0.03 * np.cos(turn), 0.05, 0.03 * np.sin(turn)],
                [0.10 * np.cos(turn), 0.52 + 0.05 * k, 0.10 * np.sin(turn)],
            ]
        )
        tube(m, "paper", path, 0.024, n=8)


def _curtain(room: Room, cloth: str, width: float, height: float) -> None:
    curtain(room.model, cloth, width, height)


def _rod(room: Room, length: float, metal: str = "brass") -> None:
    m = room.model
    half = length / 2
    tube(m, metal, floats([[-half, 0, 0.075], [0, 0, 0.075], [half, 0, 0.075]]), 0.013, n=8)
    for s in (-1, 1):
        tube(m, metal, floats([[s * (half - 0.1), 0, 0], [s * (half - 0.1), 0, 0.075]]), 0.010, n=6)
        with m.at((s * half, 0, 0.075)):
            lathe(m, metal, [(0, -0.03), (0.024, -0.015), (0.028, 0), (0.024, 0.015), (0, 0.03)], n=10)


THINGS: Mapping[str, tuple[Maker, Footprint | None]] = {
    "armchair": (_kit(seating.armchair), None),
    "chair": (_chair, None),
    "stool": (_kit(seating.stool), None),
    "bench": (_kit(seating.bench), None),
    "cushion": (_kit(seating.floor_cushion), None),
    "round table": (_kit(tables.round_table), (0.8, 0.74, 0.8, "table")),
    "side table": (_kit(tables.side_table), (0.36, 0.56, 0.36, "table")),
    "writing desk": (_kit(tables.writing_desk), (1.4, 0.76, 0.68, "table")),
    "long table": (_kit(oddments.long_table), (2.4, 0.75, 0.9, "table")),
    "low table": (_kit(oddments.low_table), (1.5, 0.36, 0.85, "table")),
    "coffee table": (_kit(oddments.coffee_table), (1.1, 0.36, 0.6, "table")),
    "bookcase": (_case, None),
    "planks": (_planks, None),
    "plinth": (_kit(display.plinth), (0.42, 1.0, 0.42, "stone")),
    "low plinth": (_kit(lambda m: display.plinth(m, "white", 0.5, 0.55)), (0.5, 0.55, 0.5, "stone")),
    "easel": (_kit(display.easel), (0.6, 1.6, 0.6, "panel")),
    "frame": (_frame, None),
    "screen": (_kit(display.folding_screen), (2.0, 1.75, 0.25, "screen")),
    "floor lamp": (_kit(standing_lamps.floor_lamp), None),
    "shade lamp": (_kit(standing_lamps.shade_lamp), None),
    "reading lamp": (_kit(banker_lamp), None),
    "pendant": (_pendant, None),
    "dome": (_kit(oddments.dome_pendant), None),
    "paper lantern": (_kit(oddments.paper_lantern), None),
    "paper globe": (_kit(oddments.paper_globe), None),
    "palm": (_kit(potted_palm), (0.5, 0.8, 0.5, "stone")),
    "globe": (_printed(floor_globe, "map"), (0.9, 1.2, 0.9, "stone")),
    "clock": (_printed(wall_clock, "clock"), None),
    "open book": (_printed(open_book, "page"), None),
    "pile": (_pile, None),
    "rug": (_rug, None),
    "ladder": (_kit(ladder), None),
    "tea": (_kit(oddments.tea_things), None),
    "vase": (_kit(oddments.vase), None),
    "branch vase": (_kit(lambda m: oddments.vase(m, branch=True)), None),
    "ink": (_kit(oddments.ink_things), None),
    "basket": (_basket, None),
    "curtain": (_curtain, None),
    "rod": (_rod, None),
    "bust": (_kit(oddments.bust), None),
}
