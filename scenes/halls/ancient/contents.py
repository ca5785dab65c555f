"""What stands in the room: racks, the scroll table, the long table by the windows, a zither, a corner to read in."""

from __future__ import annotations

from carrel.scenes.halls.ancient import layout as at
from carrel.scenes.halls.ancient.collection import Librarian
from carrel.scenes.halls.kit import joinery, scholar
from carrel.scenes.halls.kit.display import folding_screen
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.shapes import rect
from carrel.scenes.halls.kit.standing_lamps import shade_lamp
from carrel.scenes.halls.paint.prints import Sheet
from carrel.scenes.halls.room.recipe import Room
from carrel.scenes.halls.room.solids import Solids

LONG_TABLE_HEIGHT = 0.86


def contents(room: Room) -> None:
    assert room.shelver is not None
    m, solids, sheet = room.model, room.solids, room.sheet
    librarian = Librarian(room.shelver)
    for k in range(3):
        with m.at((-at.HALF + 0.46, 0, -0.16 - at.BAY * k - 0.26), turn=90):
            _rack(m, solids, sheet, librarian, k, at.BAY - 0.52)
    for k, x in ((3, -3.95), (4, 2.05)):
        with m.at((x, 0, -at.LENGTH + 0.46)):
            _rack(m, solids, sheet, librarian, k, 1.9)
    for s, name in ((-1, "couplet0"), (1, "couplet1")):
        with m.at((s * 1.62, 0.72, -at.LENGTH + 0.01)):
            scholar.plank(m, sheet.rects[name], 0.26, 1.9)
    with m.at((0, 2.86, -at.LENGTH + 0.02)):
        scholar.plank(m, sheet.rects["plaque"], 1.15, 0.31)
    for z in (-2.0, -5.3, -8.6):
        with m.at((0, at.RIDGE - 0.3, z)):
            joinery.lantern(m, 1.75)
    with m.at((0, 0, at.TABLE_Z)):
        _scroll_table(m, solids, sheet, librarian)
    _window_side(m, solids)
    _corner(m, solids)


def _rack(m: Model, solids: Solids, sheet: Sheet, librarian: Librarian, number: int, width: float) -> None:
    name, label, branch = at.RACK_LABELS[number]
    case = joinery.rack(m, name, label, width)
    librarian.fill(m, case, branch)
    rect(
        m,
        "print",
        (width / 2 - 0.20, case.height - 0.045, 0.004),
        (0.40, 0, 0),
        (0, 0.085, 0),
        picture=sheet.rects[f"tag{number}"],
    )
    solids.box(m, (0, 0, -case.depth - 0.04), (width, case.height, 0.03), "case", f"shelf-{name.lower()}")


def _scroll_table(m: Model, solids: Solids, sheet: Sheet, librarian: Librarian) -> None:
    top = scholar.TABLE + 0.001
    scholar.painting_table(m, 2.1, 0.92)
    solids.box(m, (-1.05, 0, -0.46), (1.05, top, 0.46), "table")
    with m.at((-0.08, top, 0.06)):
        scholar.unrolled(m, sheet.rects["handscroll"], 1.12, 0.33)
    with m.at((0.80, top, -0.22), turn=-12):
        scholar.brush_stand(m)
    with m.at((0.84, top, 0.16), turn=8):
        scholar.inkstone(m)
    with m.at((0.60, top, -0.30)):
        scholar.brush_pot(m)
    with m.at((-0.84, top, -0.20), turn=4):
        librarian.pile(m, "table", 3, 84)
    with m.at((-0.82, top, 0.24), turn=-8):
        scholar.thread_book(m, sheet.rects["leaf"])
    with m.at((-0.42, top, -0.30), turn=80):
        scholar.scroll(m, 0.024, 0.36, "ochre")
    with m.at((-0.34, top, -0.33), turn=84):
        scholar.scroll(m, 0.021, 0.34)
    for x, z, turn in ((-0.45, -0.86, 6), (0.48, -0.90, -9), (-0.40, 0.98, 174), (0.62, 1.10, 196)):
        with m.at((x, 0.012, z), turn=turn):
            if z < 0:
                scholar.yoke_chair(m)
            else:
                scholar.drum_stool(m)
    with m.at((1.42, 0.012, -0.75)):
        scholar.scroll_jar(m)
        solids.box(m, (-0.22, 0, -0.22), (0.22, 0.42, 0.22), "stone")


def _window_side(m: Model, solids: Solids) -> None:
    x = at.HALF - 0.36
    with m.at((x, 0, -0.16 - at.BAY * 1.5), turn=-90):
        scholar.long_table(m, 2.5)
        solids.box(m, (-1.25, 0, -0.22), (1.25, LONG_TABLE_HEIGHT, 0.22), "table")
        with m.at((-0.85, LONG_TABLE_HEIGHT, 0)):
            scholar.vase(m, 0.85, branches=5)
        with m.at((0.05, LONG_TABLE_HEIGHT, 0.03)):
            scholar.burner(m)
        with m.at((0.82, LONG_TABLE_HEIGHT, 0)):
            scholar.scholar_rock(m, 0.20)
    with m.at((x - 0.55, 0, -0.16 - at.BAY * 2.45), turn=-62):
        scholar.long_table(m, 1.45, 0.40, 0.68)
        solids.box(m, (-0.72, 0, -0.2), (0.72, 0.68, 0.2), "table")
        with m.at((0, 0.68, 0)):
            scholar.zither(m)
        with m.at((0.05, 0, 0.58), turn=176):
            scholar.drum_stool(m)


def _corner(m: Model, solids: Solids) -> None:
    """A folding screen behind a chair and a small table with tea and a lamp, beside the entrance."""
    with m.at((3.35, 0, -1.05), turn=-52):
        folding_screen(m, 4, 1.85, joinery.WOOD)
        solids.box(m, (-1.0, 0, -0.16), (1.0, 1.85, 0.16), "screen")
    with m.at((2.85, 0, -1.75), turn=-52):
        scholar.yoke_chair(m)
    with m.at((3.55, 0, -2.35), turn=-52):
        scholar.long_table(m, 0.7, 0.42, 0.62)
        solids.box(m, (-0.35, 0, -0.21), (0.35, 0.62, 0.21), "table")
        with m.at((0.14, 0.62, -0.02)):
            shade_lamp(m)
        with m.at((-0.16, 0.62, 0.06), turn=30):
            scholar.tea_set(m)
