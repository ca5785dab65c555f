"""The short sides: the portal behind the reference desk, and the entrance doors."""

from __future__ import annotations

from carrel.scenes.halls.great import layout as at
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.bookcase import bookcase
from carrel.scenes.halls.kit.desk import reference_desk
from carrel.scenes.halls.kit.furniture import SEAT_HEIGHT, chair
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.mouldings import ARCHITRAVE, ARCHITRAVE_FAR, scaled
from carrel.scenes.halls.kit.ornaments import potted_palm, wall_clock
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.kit.stair import spiral_stair
from carrel.scenes.halls.kit.sweeps import lathe, sweep
from carrel.scenes.halls.kit.window import portal
from carrel.scenes.halls.paint.prints import Sheet

DOOR_FRAME = [(0, 0), (0, 0.02), (-0.04, 0.03), (-0.06, 0.01), (-0.07, 0.004)]
DOOR_PANELS = ((0.55, 0.7), (1.55, 0.9), (2.75, 1.1))  # centre height, height


def far_end(m: Model, sheet: Sheet) -> None:
    with m.at((0, 0, -at.LENGTH)):
        portal(m, at.PORTAL_WIDTH, at.PORTAL_SPRING, at.PORTAL_DEPTH)
        with m.at((0, 9.35, 0.02)):
            wall_clock(m, sheet.rects["clock"], 0.86)
        box(m, "brass", (0, 5.98, 0.05), (2.5, 0.40, 0.04), skip="z-", sub=0.6)
        rect(m, "print", (-1.22, 5.80, 0.073), (2.44, 0, 0), (0, 0.36, 0), picture=sheet.rects["portal"], sub=0.9)
        for s in (-1, 1):
            with m.at((s * 3.62 - 1.36, 0, 0.44)):
                subject = 10 + s
                name, plate = f"E{(s + 1) // 2}", sheet.rects[f"subject{subject}"]
                bookcase(m, name, at.SUBJECTS[subject], plate, width=2.72, boards=at.END_BOARDS, depth=0.42, light=0.4)
    box(m, "walnut", at.DAIS_CENTER, at.DAIS_SIZE, sub=0.5, skip="y-")
    with m.at((0, at.DAIS_SIZE[1], at.DESK_Z)):
        reference_desk(m, sheet.rects["desk"])
        m.place("desk", "reference-desk", (0, 0, 1.35))
        with m.at((0, 0, -1.25)):
            chair(m)
            m.place("seat", "desk", (0, SEAT_HEIGHT, 0), 180)
    for s in (-1, 1):
        with m.at((s * 2.75, at.DAIS_SIZE[1], at.DESK_Z - 0.05)):
            potted_palm(m, 1.9)


def entrance(m: Model) -> None:
    with m.at((0, 0, 0), turn=180):
        for s in (-1, 1):
            _door(m, s)
        path = [(1.34, 0, 0), (1.34, 3.52, 0), (-1.34, 3.52, 0), (-1.34, 0, 0)]
        for levels, profile, sub in ((NEAR, ARCHITRAVE, 0.6), (MID | FAR, ARCHITRAVE_FAR, 2.0)):
            with m.only(levels):
                sweep(m, "stone", scaled(profile, 1.6, 2.0), path, up=(0, 0, 1), sub=sub)
        with m.at((-5.0, 0, 0.44)):
            bookcase(m, "W0", at.SUBJECTS[12], None, width=2.8, boards=at.LEFT_BOARDS, depth=0.42, light=0.4)
    spiral_stair(m, at.STAIR)


def _door(m: Model, s: int) -> None:
    box(m, "walnut", (s * 0.66, 1.75, 0.04), (1.30, 3.5, 0.08), sub=0.6, skip="z-y-")
    with m.only(NEAR | MID):
        for y, tall in DOOR_PANELS:
            c, half = floats([s * 0.66, y, 0.08]), 0.45
            corners = [(-half, -tall / 2, 0), (half, -tall / 2, 0), (half, tall / 2, 0), (-half, tall / 2, 0)]
            sweep(m, "walnut", DOOR_FRAME, [c + floats(p) for p in corners], closed=True, up=(0, 0, 1), hard=60)
        lathe(m, "brass", [(0, 0), (0.03, 0), (0.03, 0.03), (0, 0.04)], (s * 0.07, 1.1, 0.12), n=10)
