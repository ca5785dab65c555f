"""What shows things: plinth, display case, picture frame, easel, notice board, folding screen. They face +z.

A *slot* is where a picture or a thing goes: a place of the kind `slot` at the middle of its foot.
"""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import floats, rotation_x
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.kit.sweeps import sweep, tube

FRAME = [(0, 0), (0.004, 0.022), (-0.012, 0.034), (-0.026, 0.028), (-0.040, 0.030), (-0.052, 0.016), (-0.058, 0.012)]
GLINT = np.full(4, 0.04)  # what a pane of glass adds to what is behind it


def plinth(m: Model, finish: str = "white", side: float = 0.42, height: float = 1.0) -> None:
    """A square pedestal with a shadow gap under its top."""
    box(m, finish, (0, height / 2 - 0.02, 0), (side, height - 0.09, side), sub=0.25, skip="y+y-")
    box(m, finish, (0, 0.0125, 0), (side - 0.05, 0.025, side - 0.05), sub=1, skip="y+y-")
    box(m, finish, (0, height - 0.058, 0), (side - 0.03, 0.015, side - 0.03), sub=1, skip="y+y-")
    box(m, finish, (0, height - 0.025, 0), (side, 0.05, side), sub=0.22)
    m.place("slot", "top", (0, height, 0))


def display_case(m: Model, wood: str = "walnut", width: float = 1.1, deep: float = 0.6) -> None:
    """A table case: a glass box over a felt bed on four legs."""
    foot, bed, head = 0.72, 0.86, 1.16
    for s in (-1, 1):
        for z in (-1, 1):
            corner = (s * (width / 2 - 0.03), z * (deep / 2 - 0.03))
            box(m, wood, (corner[0], foot / 2, corner[1]), (0.05, foot, 0.05), sub=0.3, skip="y+")
            post = (s * (width / 2 - 0.008), (bed + head) / 2, z * (deep / 2 - 0.008))
            box(m, "brass", post, (0.016, head - bed, 0.016), sub=1, skip="y-y+")
    box(m, wood, (0, (foot + bed) / 2 - 0.005, 0), (width, bed - foot - 0.01, deep), sub=0.28)
    rect(m, "felt", (-width / 2 + 0.03, bed, deep / 2 - 0.03), (width - 0.06, 0, 0), (0, 0, -deep + 0.06), sub=0.2)
    for z in (-1, 1):
        box(m, "brass", (0, head, z * (deep / 2 - 0.008)), (width, 0.016, 0.016), sub=1)
    for s in (-1, 1):
        box(m, "brass", (s * (width / 2 - 0.008), head, 0), (0.016, 0.016, deep - 0.03), sub=1, skip="z-z+")
    tall = head - bed
    for turn, wide, out in (
        (0, width, deep / 2),
        (180, width, deep / 2),
        (90, deep, width / 2),
        (-90, deep, width / 2),
    ):
        with m.at(turn=turn):
            rect(m, "glass", (-wide / 2, bed, out - 0.004), (wide, 0, 0), (0, tall, 0), blocks=False, alpha=GLINT)
    rect(m, "glass", (-width / 2, head + 0.006, deep / 2), (width, 0, 0), (0, 0, -deep), blocks=False, alpha=GLINT)
    m.place("slot", "bed", (0, bed, 0))


def picture_frame(m: Model, wide: float = 0.9, tall: float = 0.7, wood: str = "walnut") -> None:
    """A frame on the wall plane z = 0 with a mount; its foot at y = 0."""
    loop = [(-wide / 2, 0, 0), (wide / 2, 0, 0), (wide / 2, tall, 0), (-wide / 2, tall, 0)]
    sweep(m, wood, FRAME, loop, closed=True, up=(0, 0, 1), hard=35, sub=0.5)
    inner, rim = 0.068, 0.052
    with m.at((0, 0, 0.001)):
        gilt = [(-0.052, 0.018), (-0.056, 0.020), (-0.062, 0.012)]
        sweep(m, "gilt", gilt, loop, closed=True, up=(0, 0, 1), hard=60, sub=0.6)
    rect(m, "paper", (-wide / 2 + rim, rim, 0.012), (wide - 2 * rim, 0, 0), (0, tall - 2 * rim, 0), sub=0.25)
    m.place("slot", "picture", (0, inner, 0.014))


def easel(m: Model, wood: str = "oak") -> None:
    """A studio easel; the board that it holds leans back by twelve degrees."""
    with m.at((0, 0, 0.35), matrix=rotation_x(-12)):
        for s in (-1, 1):
            path = floats([[s * 0.34, 0, 0], [s * 0.24, 0.8, 0], [s * 0.10, 1.72, 0]])
            tube(m, wood, path, 0.019, n=4)
        box(m, wood, (0, 0.98, 0.0), (0.045, 1.62, 0.028), sub=0.5)
        box(m, wood, (0, 0.70, 0.035), (0.74, 0.028, 0.075), sub=0.25)
        box(m, wood, (0, 0.722, 0.068), (0.74, 0.03, 0.012), sub=0.4)
        box(m, wood, (0, 0.36, -0.004), (0.56, 0.045, 0.022), sub=0.4)
        box(m, wood, (0, 1.60, 0.022), (0.12, 0.05, 0.05), sub=1)
        rect(m, "paper", (-0.33, 0.715, 0.024), (0.66, 0, 0), (0, 0.84, 0), sub=0.24)
        rect(m, "oak", (0.33, 0.715, 0.016), (-0.66, 0, 0), (0, 0.84, 0), sub=0.5)
        for x0, y0, wide, tall in ((-0.33, 0.715, 0.66, 0.006), (-0.33, 1.549, 0.66, 0.006)):
            box(m, "oak", (x0 + wide / 2, y0 + tall / 2, 0.020), (wide, tall, 0.010), sub=1, skip="z-")
        m.place("slot", "picture", (0, 0.715, 0.026))
    tube(m, wood, floats([[0, 1.62, 0.01], [0, 0.8, -0.17], [0, 0, -0.35]]), 0.018, n=4)


def notice_board(m: Model, wide: float = 1.2, tall: float = 0.85, wood: str = "oak") -> None:
    """A cork board on the wall plane z = 0 with a few notes; its foot at y = 0."""
    loop = [(-wide / 2, 0, 0), (wide / 2, 0, 0), (wide / 2, tall, 0), (-wide / 2, tall, 0)]
    sweep(m, wood, [(0, 0), (0, 0.03), (-0.035, 0.03), (-0.035, 0.014)], loop, closed=True, up=(0, 0, 1), sub=0.6)
    rect(m, "cork", (-wide / 2 + 0.03, 0.03, 0.014), (wide - 0.06, 0, 0), (0, tall - 0.06, 0), sub=0.2)
    notes = ((-0.40, 0.50, 0.16, 0.22, 3), (-0.16, 0.44, 0.22, 0.30, -2), (0.36, 0.46, 0.20, 0.15, -4))
    for x, y, w, h, lean in notes:
        c, s = np.cos(np.radians(lean)), np.sin(np.radians(lean))
        across, up = floats([w * c, w * s, 0.004]), floats([-h * s, h * c, 0])
        at = floats([x, y, 0.017]) - across / 2 - up / 2
        rect(m, "paper", at, across, up, sub=0.15)
        box(m, "book_red", floats([x, y, 0.024]) + up * 0.42, (0.014, 0.014, 0.012), sub=1, skip="z-")
    m.place("slot", "board", (0.18, 0.08, 0.016))


def folding_screen(m: Model, leaves: int = 4, height: float = 1.75, wood: str = "oak_dark") -> None:
    """Paper panels in a timber lattice, folded in a zigzag."""
    wide, fold = 0.55, 24.0
    run = leaves * wide * np.cos(np.radians(fold))
    for k in range(leaves):
        x = -run / 2 + (k + 0.5) * run / leaves
        with m.at((x, 0, 0), turn=fold if k % 2 else -fold):
            _leaf(m, wood, wide, height)


def _leaf(m: Model, wood: str, wide: float, height: float) -> None:
    rail, low = 0.03, 0.42
    for s in (-1, 1):
        box(m, wood, (s * (wide - rail) / 2, height / 2, 0), (rail, height, rail), sub=0.6, skip="y-")
    for y in (0.08, low, height - 0.02):
        box(m, wood, (0, y, 0), (wide - 2 * rail, 0.035, rail), sub=0.6, skip="x-x+")
    for k in (-1, 1):
        box(m, wood, (k * wide / 6.4, (low + height) / 2, 0), (0.012, height - low, 0.016), sub=1, skip="y-y+")
    for y in np.linspace(low, height - 0.02, 6)[1:-1]:
        box(m, wood, (0, float(y), 0), (wide - 2 * rail, 0.012, 0.016), sub=1, skip="x-x+")
    box(m, wood, (0, (0.08 + low) / 2, 0), (wide - 2 * rail, low - 0.10, 0.012), sub=0.3, skip="x-x+y-y+")
    for side in (1, -1):
        across = (side * (wide - 2 * rail), 0, 0)
        rect(m, "paper", (-side * (wide / 2 - rail), low, side * 0.002), across, (0, height - low - 0.03, 0), sub=0.4)
