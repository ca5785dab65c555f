"""The long sides: windows over low cases on the right, tall cases under a gallery on the left."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.great import layout as at
from carrel.scenes.halls.great.doors import BY_BAY, FRONT, doorway
from carrel.scenes.halls.kit.balustrade import balusters
from carrel.scenes.halls.kit.bookcase import bookcase
from carrel.scenes.halls.kit.lamps import pendant_globe
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.mouldings import column, pilaster
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.kit.sweeps import sweep
from carrel.scenes.halls.kit.window import sunbeam, window
from carrel.scenes.halls.paint.prints import Sheet

GALLERY_FRONT = [
    (0, -0.34), (0, -0.32), (0.04, -0.31), (0.04, -0.24), (0.06, -0.23), (0.06, -0.10), (0.10, -0.07), (0.12, -0.02),
    (0.15, 0), (0.15, 0.05), (0, 0.05),
]  # fmt: skip
GALLERY_FRONT_FAR = [(0, -0.34), (0.06, -0.23), (0.06, -0.10), (0.15, 0), (0.15, 0.05), (0, 0.05)]


def right_side(m: Model, sheet: Sheet) -> None:
    size = (at.WINDOW_WIDTH, at.WINDOW_SILL, at.WINDOW_SPRING)
    for bay in range(at.BAYS):
        with m.within(bay), m.at((at.HALF, 0, at.bay_center(bay)), turn=-90):
            window(m, *size)
            sunbeam(m, *size, -at.SUN, strength=0.014)
            with m.at((-1.66, 0, 0.46)):
                subject = (bay * 2 + 1) % len(at.SUBJECTS)
                plate = sheet.rects[f"subject{subject}"]
                bookcase(
                    m,
                    f"R{bay}",
                    at.SUBJECTS[subject],
                    plate,
                    width=3.32,
                    boards=at.RIGHT_BOARDS,
                    depth=0.40,
                    light=0.75,
                )
    for bay in range(at.BAYS + 1):
        z = float(np.clip(-at.BAY * bay, -at.LENGTH + 0.31, -0.31))
        with m.within(min(bay, at.BAYS - 1)), m.at((at.HALF, 0, z), turn=-90):
            pilaster(m, 0.60, 0.30, at.SPRING - 0.62)


def left_side(m: Model, sheet: Sheet) -> None:
    for bay in range(at.BAYS):
        with m.within(bay):
            _left_bay(m, sheet, bay)
    for bay in range(at.BAYS + 1):
        z = float(np.clip(-at.BAY * bay, -at.LENGTH + 0.26, -0.26))
        with m.within(min(bay, at.BAYS - 1)):
            with m.at((-at.HALF, 0, z), turn=90):
                pilaster(m, 0.46, 0.26, at.GALLERY - 0.3)
                pilaster(m, 0.56, 0.30, at.SPRING - 0.62 - at.GALLERY, at.GALLERY)
            if 0 < bay < at.BAYS:
                with m.at((at.GALLERY_EDGE + 0.14, 0, z)):
                    column(m, at.GALLERY - 0.30, 0.15)
    _gallery(m)


def _left_bay(m: Model, sheet: Sheet, bay: int) -> None:
    z, count = at.bay_center(bay), len(at.SUBJECTS)
    for level, name, subject, boards, wide, depth, light in (
        (0, f"L{bay}", (bay * 2) % count, at.LEFT_BOARDS, 3.44, 0.42, 0.85),
        (1, f"G{bay}", (bay * 2 + 7) % count, at.GALLERY_BOARDS, 3.40, 0.38, 0.5),
    ):
        floor, door = at.GALLERY + 0.02 if level else 0.0, BY_BAY.get((level, bay))
        if door is not None:
            with m.at((-at.HALF, floor, z), turn=90):
                doorway(m, door, sheet, name, subject, boards)
            continue
        plate = sheet.rects[f"subject{subject}"]
        with m.at((-at.HALF + FRONT[level], floor, z + wide / 2), turn=90):
            bookcase(m, name, at.SUBJECTS[subject], plate, width=wide, boards=boards, depth=depth, light=light)
    with m.at((-4.78, at.GALLERY - 0.30, z)):
        pendant_globe(m, 0.18, 0.10)
    for dz, wide in ((0.0, 0.14), (at.BAY / 2 - 0.001, 0.20)):
        box(m, "walnut", (-5.2, at.GALLERY - 0.215, z + dz), (1.6, 0.17, wide), sub=0.8, skip="y+x-")


def _gallery(m: Model) -> None:
    """The slab: floor, soffit, a moulded front with a gilt line, balusters."""
    wide, edge, y, long = at.HALF + at.GALLERY_EDGE, at.GALLERY_EDGE, at.GALLERY, at.LENGTH
    panel = m.panel((-at.HALF, y + 0.02, 0), (wide + 0.1, 0, 0), (0, 0, -long), (0, 1, 0), 0.08)
    rect(m, "parquet", (-at.HALF, y + 0.02, 0), (wide + 0.1, 0, 0), (0, 0, -long), panel=panel)
    for levels, sub in ((NEAR, 0.4), (MID | FAR, 1.0)):
        with m.only(levels):
            rect(m, "limewash", (-at.HALF, y - 0.13, 0), (0, 0, -long), (wide + 0.2, 0, 0), sub=sub)
    line = [(edge + 0.05, y, 0), (edge + 0.05, y, -long)]
    for levels, profile, sub in ((NEAR, GALLERY_FRONT, 0.5), (MID, GALLERY_FRONT, 1.0), (FAR, GALLERY_FRONT_FAR, 2.0)):
        with m.only(levels):
            sweep(m, "walnut", profile, line, sub=sub)
            rect(m, "walnut", (edge - 0.1, y - 0.34, 0), (0, 0, -long), (0.16, 0, 0), sub=sub)
    box(m, "gilt", (edge + 0.115, y - 0.165, -long / 2), (0.012, 0.035, long), sub=1.0, skip="x-y-y+")
    gate_from, gate_to = at.GALLERY_GATE
    x, foot = edge + 0.08, y + 0.05
    balusters(m, (x, foot, -0.05), (x, foot, gate_from), [0.1, 0.97])
    run = long - 0.05 + gate_to
    at_bays = [(at.BAY * k + gate_to) / run for k in range(1, at.BAYS)]
    posts = [0.002, *at_bays, 0.992]
    balusters(m, (x, foot, gate_to), (x, foot, -long + 0.05), posts, joints=at_bays)
    rect(m, "walnut", (edge + 0.04, y + 0.055, gate_from), (0.22, 0, 0), (0, 0, gate_to - gate_from))
