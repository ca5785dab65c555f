"""What stands in the Consultation Room: the table with its seats, the board between two cases, a sideboard, plants, prints."""

from __future__ import annotations

from carrel.scenes.halls.books.shelving import LOOSE, Book
from carrel.scenes.halls.consultation import layout as at
from carrel.scenes.halls.kit import scholar
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.bookcase import bookcase
from carrel.scenes.halls.kit.display import FRAME
from carrel.scenes.halls.kit.furniture import SEAT_HEIGHT, chair, open_book
from carrel.scenes.halls.kit.lamps import banker_lamp, pendant_globe
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.ornaments import floor_globe, potted_palm, wall_clock
from carrel.scenes.halls.kit.panelling import writing_board
from carrel.scenes.halls.kit.seating import armchair
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.kit.standing_lamps import floor_lamp, shade_lamp
from carrel.scenes.halls.kit.sweeps import sweep
from carrel.scenes.halls.kit.tables import ROUND_TABLE, SIDE_TABLE, round_table, side_table
from carrel.scenes.halls.paint.prints import Sheet
from carrel.scenes.halls.room.recipe import Room

LYING = floats([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
CASES = (("C1", ("Reference works", "工具书"), -1), ("C2", ("Ready answers", "常用书"), 1))


def contents(room: Room) -> None:
    m, solids, sheet, shelver = room.model, room.solids, room.sheet, room.shelver
    assert shelver is not None
    for k, (name, label, side) in enumerate(CASES):
        with m.at((side * (at.HALF - 0.12 - at.CASE_WIDTH / 2) - at.CASE_WIDTH / 2, 0, -at.LENGTH + 0.42)):
            case = bookcase(
                m,
                name,
                label,
                sheet.rects[f"plate{k}"],
                width=at.CASE_WIDTH,
                boards=at.CASE_BOARDS,
                depth=0.38,
                light=0.55,
            )
            solids.box(m, (0, 0, -0.42), (at.CASE_WIDTH, case.height, 0.05), "case", f"shelf-{name.lower()}")
        for shelf in case.shelves:
            shelver.fill(shelf)
    with m.at((0, at.BOARD_HEIGHT, -at.LENGTH + 0.005)):
        writing_board(m, *at.BOARD_SIZE)
        for x in (-0.7, 0.7):
            m.lamp((x, 0.95, 0.55), floats([1.0, 0.86, 0.66]) * 0.28, 2.6, shaded=False)
    with m.at((0, at.HEIGHT, at.TABLE_AT[2])):
        pendant_globe(m, 0.72, 0.17)
    with m.at(at.TABLE_AT):
        _table(room)
    _right_wall(room)
    with m.at((-2.62, 0, -5.3)):
        floor_lamp(m)
        solids.box(m, (-0.15, 0, -0.15), (0.15, 1.5, 0.15), "stone")
    with m.at((-2.85, 0, -3.05)):
        potted_palm(m, 1.5, leaves=15)
        solids.box(m, (-0.27, 0, -0.27), (0.27, 0.8, 0.27), "stone")
    with m.at((-2.75, 0, -0.62)):
        floor_globe(m, sheet.rects["globe"], 0.30)
        solids.box(m, (-0.42, 0, -0.42), (0.42, 1.2, 0.42), "stone")
    with m.at((-0.9, 2.18, -0.02), turn=180):
        wall_clock(m, sheet.rects["clock"], 0.22)


def _table(room: Room) -> None:
    m, solids, shelver = room.model, room.solids, room.shelver
    assert shelver is not None
    round_table(m, "walnut", at.TABLE_RADIUS)
    solids.box(m, (-0.5, 0, -0.5), (0.5, ROUND_TABLE, 0.5), "table")
    with m.at((-0.14, ROUND_TABLE + 0.002, 0.20), turn=-16):
        open_book(m, room.sheet.rects["page"])
    with m.at((0.22, ROUND_TABLE, -0.24), turn=28):
        banker_lamp(m)
    with m.at((0.30, ROUND_TABLE + 0.002, 0.16)):
        scholar.tea_set(m)
    y = ROUND_TABLE + 0.002
    for thick, turn in ((0.036, 12), (0.028, 24), (0.040, 6)):
        cell, cloth = shelver.design()
        with m.at((-0.26, y, -0.22), turn=turn):
            corner = m.world(floats([0.11, 0, 0.08]))
            shelver.put(LOOSE, Book(corner, m.matrix @ LYING, (thick, 0.22, 0.16), cell, cloth, 0))
        y += thick + 0.001
    for x, z, turn in ((-1.22, -0.10, 84), (1.22, -0.10, -84)):
        with m.at((x, 0, z), turn=turn):
            armchair(m)
            solids.box(m, (-0.42, 0, -0.42), (0.42, 0.55, -0.25), "")
    for name, x, z, turn in (("company1", -0.62, 1.18, 154), ("company2", 0.62, 1.22, 206)):
        with m.at((x, 0.012, z), turn=turn):
            chair(m)
            m.place("seat", name, (0, SEAT_HEIGHT, 0), 180)


def _right_wall(room: Room) -> None:
    """A low cabinet with a lamp, under three framed prints; a small table beside the armchair."""
    m, solids, sheet = room.model, room.solids, room.sheet
    with m.at((at.HALF, 0, -3.2), turn=-90):
        with m.at((0, 0, 0.28)):
            _cabinet(m)
            solids.box(m, (-0.95, 0, -0.24), (0.95, 0.86, 0.24), "case")
            with m.at((-0.62, 0.86, 0)):
                shade_lamp(m)
            with m.at((0.60, 0.86, 0.02)):
                scholar.vase(m, 0.6, branches=4)
            with m.at((0.08, 0.862, 0.04), turn=9):
                open_book(m, sheet.rects["page"], 0.15, 0.22)
        for x, name, wide, tall in (
            (-1.35, "herbarium", 0.60, 0.76),
            (0.0, "landscape", 0.98, 0.72),
            (1.35, "orbits", 0.60, 0.76),
        ):
            with m.at((x, 1.38 + (0.76 - tall) / 2, 0.005)):
                framed(m, sheet, name, wide, tall)
    with m.at((1.55, 0, -4.35)):
        side_table(m)
        with m.at((0.02, SIDE_TABLE, 0.0), turn=24):
            open_book(m, sheet.rects["page"], 0.11, 0.16)
        solids.box(m, (-0.2, 0, -0.2), (0.2, 0.56, 0.2), "table")


def framed(m: Model, sheet: Sheet, name: str, wide: float, tall: float) -> None:
    """A print behind a mount in a walnut frame on the wall plane z = 0; its foot at y = 0."""
    loop = [(-wide / 2, 0, 0), (wide / 2, 0, 0), (wide / 2, tall, 0), (-wide / 2, tall, 0)]
    sweep(m, "walnut", FRAME, loop, closed=True, up=(0, 0, 1), hard=35, sub=0.5)
    rect(m, "paper", (-wide / 2 + 0.05, 0.05, 0.012), (wide - 0.1, 0, 0), (0, tall - 0.1, 0), sub=0.3)
    inset = 0.115
    rect(
        m, "print", (-wide / 2 + inset, inset, 0.0145), (wide - 2 * inset, 0, 0), (0, tall - 2 * inset, 0),
        picture=sheet.rects[name], sub=0.3,
    )  # fmt: skip


def _cabinet(m: Model) -> None:
    """A low walnut cabinet with four doors and brass knobs."""
    long, deep, high = 1.9, 0.44, 0.86
    box(m, "walnut", (0, high - 0.015, 0), (long + 0.05, 0.03, deep + 0.04), sub=0.3)
    box(m, "walnut", (0, 0.44, 0), (long, 0.78, deep), sub=0.35, skip="y+")
    box(m, "walnut", (0, 0.03, -0.02), (long - 0.06, 0.06, deep - 0.06), sub=0.8, skip="y+y-")
    wide = long / 4
    for k in range(4):
        x = -long / 2 + wide * (k + 0.5)
        loop = [(x - wide / 2 + 0.05, 0.13, deep / 2), (x + wide / 2 - 0.05, 0.13, deep / 2)]
        loop += [(x + wide / 2 - 0.05, 0.75, deep / 2), (x - wide / 2 + 0.05, 0.75, deep / 2)]
        sweep(
            m, "walnut", [(0, 0), (0, 0.014), (-0.016, 0.016), (-0.03, 0.004)], loop, closed=True, up=(0, 0, 1), hard=60
        )
        knob = x + (wide / 2 - 0.035) * (1 if k % 2 == 0 else -1)
        box(m, "brass", (knob, 0.50, deep / 2 + 0.012), (0.014, 0.05, 0.02), sub=1)
