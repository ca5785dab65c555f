"""Floor, rug, walls, vault and entablature."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.great import layout as at
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.mouldings import CORNICE, CORNICE_FAR, STRING_COURSE
from carrel.scenes.halls.kit.shapes import box, grid
from carrel.scenes.halls.kit.sweeps import sweep
from carrel.scenes.halls.kit.vault import coffered_vault
from carrel.scenes.halls.kit.window import arched_wall

ENTABLATURE = at.SPRING - 0.62


def shell(m: Model) -> None:
    floor = m.panel((-at.HALF, 0, 0), (2 * at.HALF, 0, 0), (0, 0, -at.LENGTH), (0, 1, 0), 0.034)
    _floor(m, floor)
    _rug(m, floor)
    holes = [(at.LENGTH + at.bay_center(k), at.WINDOW_WIDTH, at.WINDOW_SILL, at.WINDOW_SPRING) for k in range(at.BAYS)]
    with m.at((-at.HALF, 0, 0), turn=90):  # behind cases and gallery
        arched_wall(m, "plaster", at.LENGTH, at.SPRING, [], 0.10)
    with m.at((at.HALF, 0, -at.LENGTH), turn=-90):  # the windows
        arched_wall(m, "plaster", at.LENGTH, at.SPRING, holes[::-1], 0.055)
    with m.at((-at.HALF, 0, -at.LENGTH)):
        arched_wall(m, "plaster", 2 * at.HALF, at.SPRING, [(at.HALF, at.PORTAL_WIDTH, 0.0, at.PORTAL_SPRING)], 0.05)
        _tympanum(m)
    with m.at((at.HALF, 0, 0), turn=180):
        arched_wall(m, "plaster", 2 * at.HALF, at.SPRING, [], 0.08)
        _tympanum(m)
    coffered_vault(m, at.VAULT)
    _entablature(m)


def _floor(m: Model, panel: int) -> None:
    c = s = np.sqrt(0.5)
    spans = (
        (at.FIELD_LEFT, at.FIELD_RIGHT, "parquet"),
        (-at.HALF, at.FIELD_LEFT, "paving"),
        (at.FIELD_RIGHT, at.HALF, "paving"),
    )
    for a, b, finish in spans:
        points = floats([[(a, 0, 0), (a, 0, -at.LENGTH)], [(b, 0, 0), (b, 0, -at.LENGTH)]])
        turned = np.stack([points[..., 0] * c - points[..., 2] * s, points[..., 0] * s + points[..., 2] * c], -1)
        grid(m, finish, points, turned if finish == "parquet" else points[..., [0, 2]], panel=panel)
    for x in (at.FIELD_LEFT, at.FIELD_RIGHT):
        box(m, "brass", (x, 0.001, -at.LENGTH / 2), (0.03, 0.004, at.LENGTH), sub=1.0, skip="y-x+x-")


def _rug(m: Model, panel: int) -> None:
    half = at.RUG_WIDTH / 2

    def strip(za: float, zb: float, va: float, vb: float) -> None:
        points = [[-half, 0.012, za], [half, 0.012, za], [half, 0.012, zb], [-half, 0.012, zb]]
        m.add("rug", points, [[0, 1, 2], [0, 2, 3]], [[0, va], [1, va], [1, vb], [0, vb]], panel=panel, blocks=False)

    strip(at.RUG_START, at.RUG_START - at.RUG_CAP, 0, 0.25)
    z, last = at.RUG_START - at.RUG_CAP, at.RUG_END + at.RUG_CAP
    while z > last + 0.01:
        step = min(at.RUG_REPEAT, z - last)
        strip(z, z - step, 0.25, 0.25 + 0.75 * step / at.RUG_REPEAT)
        z -= step
    strip(last, at.RUG_END, 0.25, 0)


def _tympanum(m: Model) -> None:
    panel = m.panel((0, at.SPRING, 0), (2 * at.HALF, 0, 0), (0, at.RISE, 0), (0, 0, 1), 0.08, arched=True)
    turn = np.linspace(np.pi, 0, 33)
    top = np.stack([at.HALF + at.HALF * np.cos(turn), at.SPRING + at.RISE * np.sin(turn), 0 * turn], -1)
    low = top * [1, 0, 1] + [0, at.SPRING, 0]
    points = np.stack([low, top], 1)
    grid(m, "plaster", points, points[..., :2], panel=panel)


def _entablature(m: Model) -> None:
    """A cornice all round with dentils on the long walls, and a string course below the windows' springing."""
    far, half = -at.LENGTH, at.HALF
    loop = [(-half, ENTABLATURE, 0), (-half, ENTABLATURE, far), (half, ENTABLATURE, far), (half, ENTABLATURE, 0)]
    # steps that divide a bay: zones part between two steps
    for levels, profile, sub in ((NEAR, CORNICE, 0.8), (MID, CORNICE, at.BAY / 3), (FAR, CORNICE_FAR, at.BAY / 2)):
        with m.only(levels):
            sweep(m, "stone", profile, loop, closed=True, sub=sub + 1e-6)
    for side in (-1, 1):
        for k in range(int(at.LENGTH / 0.22)):
            center = (side * (at.HALF - 0.245), at.SPRING - 0.25, -(k + 0.5) * 0.22)
            with m.only(NEAR | MID):
                box(m, "stone", center, (0.09, 0.09, 0.11), sub=1, skip="y+" + ("x-" if side < 0 else "x+"))
    sill = at.WINDOW_SILL - 0.24
    with m.only(NEAR | MID):
        sweep(m, "stone", STRING_COURSE, [(at.HALF, sill, -at.LENGTH), (at.HALF, sill, 0)], sub=1.0)
