"""Bookcases: a carcass of walnut with stiles, beads, boards, a crown, a label and a picture light."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Case, Model, Shelf
from carrel.scenes.halls.kit.mouldings import CROWN, CROWN_FAR, PLINTH
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.kit.sweeps import sweep, tube

BOARD, STILE, FRIEZE, BASE = 0.028, 0.075, 0.17, 0.16
WOOD = "walnut"
WARM = floats([1.0, 0.74, 0.44])
Picture = tuple[float, float, float, float]


def bookcase(
    m: Model,
    name: str,
    label: tuple[str, str],
    plate: Picture | None,
    *,
    width: float,
    boards: Sequence[float],
    depth: float,
    bays: int = 2,
    light: float = 0.0,
) -> Case:
    """A case along local +x, its front at z = 0, its back at z = -depth; adds its empty shelves to `m.cases`."""
    height = BASE + sum(boards) + BOARD * (len(boards) + 1)
    case = Case(name, label, m.matrix.copy(), m.origin.copy(), width, height, depth, BASE, tuple(boards), bays)
    for levels, sub, fine in ((NEAR, 0.84, True), (MID, 1.7, False)):
        with m.only(levels):
            _carcass(m, case, sub, fine)
    with m.only(FAR):
        _far_case(m, case)
    _slots(m, case)
    m.cases.append(case)
    if plate is not None:
        _label(m, case, plate)
    if light:
        _picture_light(m, case, light)
    return case


def _columns(case: Case) -> list[float]:
    cell = case.width / case.bays
    return [float(np.clip(k * cell, STILE / 2, case.width - STILE / 2)) for k in range(case.bays + 1)]


def _carcass(m: Model, case: Case, sub: float, fine: bool) -> None:
    w, d, h = case.width, case.depth, case.height
    box(m, WOOD, (w / 2, BASE / 2, -d / 2 + 0.01), (w, BASE, d + 0.02), skip="y-z-", sub=sub * 2)
    rect(m, "backboard", (0, BASE, -d + 0.01), (w, 0, 0), (0, h - BASE, 0), sub=0.28 if fine else 0.8, scale=0.6)
    box(m, WOOD, (w / 2, h + FRIEZE / 2, -d / 2 + 0.012), (w, FRIEZE, d + 0.024), skip="z-", sub=sub * 1.4)
    ends = (-d, 0.024)
    top = h + FRIEZE - 0.03
    crown = [(0, top, ends[0]), (0, top, ends[1]), (w, top, ends[1]), (w, top, ends[0])]
    sweep(m, WOOD, CROWN if fine else CROWN_FAR, crown, hard=40, sub=1.2 if fine else 4)
    rect(m, WOOD, (0, h + FRIEZE + 0.085, 0.03), (w, 0, 0), (0, 0, -d - 0.03), sub=1.2)
    if fine:
        sweep(m, WOOD, PLINTH, [(0, 0, -d), (0, 0, 0.02), (w, 0, 0.02), (w, 0, -d)], hard=40)
    tall = (h + BASE) / 2
    for x in _columns(case):
        box(m, WOOD, (x, tall, -d / 2), (BOARD, h - BASE, d), skip="y-y+z-" if fine else "y-y+z-z+", sub=sub)
        box(m, WOOD, (x, tall, 0.012), (STILE, h - BASE, 0.024), skip="y-y+z-", sub=sub)
        if fine:
            bead = (STILE * 0.42, h - BASE - 0.22, 0.012)
            box(m, WOOD, (x, tall, 0.028), bead, skip="y-z-", sub=sub)
    cell, y = w / case.bays, BASE
    for i in range(len(case.boards) + 1):
        for k in range(case.bays):
            x0, x1 = k * cell + STILE * 0.5, (k + 1) * cell - STILE * 0.5
            hidden = "x-x+z-" + ("y-" if i == 0 else "")
            size = (x1 - x0, BOARD, d - 0.03)
            box(m, WOOD, ((x0 + x1) / 2, y + BOARD / 2, -d / 2 - 0.004), size, skip=hidden, sub=sub)
        y += BOARD + (case.boards[i] if i < len(case.boards) else 0)


def _far_case(m: Model, case: Case) -> None:
    """A box without boards: its front is the picture of its books that the client paints."""
    w, d, h = case.width, case.depth, case.height
    box(m, WOOD, (w / 2, BASE / 2, -d / 2 + 0.01), (w, BASE, d + 0.02), skip="y-z-y+", sub=2)
    box(m, WOOD, (w / 2, (h + BASE) / 2, -d / 2 + 0.01), (w, h - BASE, d + 0.02), skip="y-y+z-z+", sub=1.2)
    box(m, WOOD, (w / 2, h + FRIEZE / 2, -d / 2 + 0.012), (w, FRIEZE, d + 0.024), skip="z-y-", sub=2)
    top = h + FRIEZE - 0.03
    crown = [(0, top, -d), (0, top, 0.024), (w, top, 0.024), (w, top, -d)]
    sweep(m, WOOD, CROWN_FAR, crown, hard=40, sub=9)


def _slots(m: Model, case: Case) -> None:
    cell, inset, y = case.width / case.bays, STILE / 2 - 0.012, BASE
    for clear in case.boards:
        for k in range(case.bays):
            x0, x1 = k * cell + STILE * 0.5, (k + 1) * cell - STILE * 0.5
            origin = m.world((x0 + inset * 0.4, y + BOARD, -0.02))
            width = x1 - x0 - inset * 0.8
            case.shelves.append(Shelf(case.id, m.matrix.copy(), origin, width, clear - 0.004, case.depth - 0.05))
        y += BOARD + clear


def _label(m: Model, case: Case, plate: Picture) -> None:
    wide, tall, y = 0.62, 0.12, case.height + FRIEZE * 0.43
    box(m, "brass", (case.width / 2, y, 0.028), (wide + 0.02, tall + 0.02, 0.012), skip="z-", sub=2)
    rect(m, "print", (case.width / 2 - wide / 2, y - tall / 2, 0.0355), (wide, 0, 0), (0, tall, 0), picture=plate)


def _picture_light(m: Model, case: Case, light: float) -> None:
    x, y = case.width / 2, case.height + FRIEZE + 0.10
    for levels, n in ((NEAR, 8), (MID | FAR, 4)):
        with m.only(levels):
            arm = floats([[x, y - 0.03, 0], [x, y + 0.06, 0.14], [x, y + 0.04, 0.30]])
            tube(m, "brass", arm, 0.010, n=n)
            tube(
                m,
                "brass",
                floats([[x - 0.38, y + 0.03, 0.30], [x, y + 0.03, 0.30], [x + 0.38, y + 0.03, 0.30]]),
                0.028,
                n=n,
            )
    for part in (0.22, 0.78):
        m.lamp((case.width * part, y + 0.02, 0.52), WARM * light, 3.6, shaded=True)
