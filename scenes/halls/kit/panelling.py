"""Walls of a panelled room: wainscot in book-matched veneer, a plaster cornice, a doorway with a view, a board to write on."""

from __future__ import annotations

import itertools

import numpy as np

from carrel.scenes.halls.kit.arrays import floats, rotation_z
from carrel.scenes.halls.kit.bookcase import Picture
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.mouldings import ARCHITRAVE, CORNICE, CORNICE_FAR, PLINTH, scaled
from carrel.scenes.halls.kit.shapes import box, grid, rect
from carrel.scenes.halls.kit.sweeps import lathe, sweep

WOOD = "walnut"
RAIL = [(0, -0.06), (0.018, -0.055), (0.018, -0.02), (0.045, 0), (0.05, 0.018), (0.05, 0.035), (0, 0.045)]
FIELD = [(0, 0), (0, 0.020), (-0.016, 0.026), (-0.032, 0.012), (-0.040, 0.004)]
BOARD_FRAME = [(0, 0), (0, 0.035), (0.02, 0.045), (0.055, 0.040), (0.07, 0.022), (0.07, 0)]


def wainscot(m: Model, start: float, end: float, height: float = 1.0, pitch: float = 0.95) -> None:
    """Panelling along local x on the wall plane z = 0."""
    long = end - start
    count = max(1, round(long / pitch))
    with m.at((start, 0, 0)):
        rect(m, WOOD, (0, 0, 0.016), (long, 0, 0), (0, height, 0), sub=0.32)
        for levels, sub in ((NEAR, 0.4), (MID | FAR, 1.2)):
            with m.only(levels):
                sweep(m, WOOD, PLINTH, [(0, 0, 0.016), (long, 0, 0.016)], sub=sub, hard=40)
                sweep(m, WOOD, RAIL, [(0, height, 0.016), (long, height, 0.016)], sub=sub, hard=40)
        wide = long / count
        for k in range(count):
            _panel(m, (k * wide + 0.10, (k + 1) * wide - 0.10), (0.24, height - 0.15))


def _panel(m: Model, across: tuple[float, float], up: tuple[float, float]) -> None:
    (x0, x1), (y0, y1) = across, up
    loop = [(x0, y0, 0.016), (x1, y0, 0.016), (x1, y1, 0.016), (x0, y1, 0.016)]
    with m.only(NEAR | MID):
        sweep(m, WOOD, FIELD, loop, closed=True, up=(0, 0, 1), hard=60, sub=0.5)
    middle, shift = (x0 + x1) / 2, m.rng.random(2)
    for a, b in ((x0 + 0.04, middle), (middle, x1 - 0.04)):  # the right half mirrors the left half's grain
        points = floats([[(x, y, 0.021) for y in np.linspace(y0 + 0.04, y1 - 0.04, 3)] for x in np.linspace(a, b, 3)])
        uv = np.stack([np.abs(points[..., 0] - middle) + shift[0], points[..., 1] + shift[1]], -1)
        grid(m, "walnut_dark", points, uv)


def cornice(m: Model, path: list[tuple[float, float, float]], scale: float = 0.45) -> None:
    """A plaster cornice that hangs from the path's height minus its own; the room lies to the right of the path."""
    drop = CORNICE[-1][1] * scale
    line = [(x, y - drop, z) for x, y, z in path]
    for levels, profile, sub in ((NEAR, CORNICE, 0.5), (MID | FAR, CORNICE_FAR, 1.5)):
        with m.only(levels):
            sweep(m, "limewash", [(o * scale, u * scale) for o, u in profile], line, closed=True, sub=sub)


def rect_wall(
    m: Model, finish: str, width: float, height: float, holes: list[tuple[float, float, float, float]], texel_m: float
) -> None:
    """A lightmapped wall in local x (0..width), y up, facing +z, with rectangular holes (x0, x1, y0, y1)."""
    panel = m.panel((0, 0, 0), (width, 0, 0), (0, height, 0), (0, 0, 1), texel_m)
    xs = sorted({0.0, width, *(x for a, b, _, _ in holes for x in (a, b))})
    ys = sorted({0.0, height, *(y for _, _, a, b in holes for y in (a, b))})
    for x0, x1 in itertools.pairwise(xs):
        for y0, y1 in itertools.pairwise(ys):
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            if any(a < x < b and c < y < d for a, b, c, d in holes):
                continue
            piece = floats([[(x0, y0, 0), (x0, y1, 0)], [(x1, y0, 0), (x1, y1, 0)]])
            grid(m, finish, piece, piece[..., :2], panel=panel)


def doorway(
    m: Model, width: float, height: float, depth: float = 0.35, frame: str = WOOD, view: Picture = (0, 0, 1, 1)
) -> None:
    """An opening with a moulded frame in the wall plane z = 0; `view` is the part of the card that shows behind it."""
    half = width / 2
    path = [(half, 0, 0), (half, height, 0), (-half, height, 0), (-half, 0, 0)]
    with m.only(NEAR | MID):
        sweep(m, frame, scaled(ARCHITRAVE, 0.9, 1.1), path, up=(0, 0, 1), sub=0.6)
    for s in (-1, 1):
        start, way = ((-half, 0, 0), (0, 0, -depth)) if s < 0 else ((half, 0, -depth), (0, 0, depth))
        rect(m, frame, start, way, (0, height, 0), sub=0.3)
    rect(m, frame, (-half, height, 0), (0, 0, -depth), (width, 0, 0), sub=0.3)
    rect(m, frame, (-half, 0.004, 0), (width, 0, 0), (0, 0, -depth), sub=0.3)
    rect(m, "card", (-half, 0, -depth), (width, 0, 0), (0, height, 0), picture=view, glow=1.0)


def open_door(m: Model, width: float, height: float, hinge: int, turn: float) -> None:
    """A panelled leaf that stands open into the room; hung at local x = hinge * width / 2, `turn` degrees from shut."""
    with m.at((hinge * width / 2, 0, 0.02), turn=hinge * turn), m.at((-hinge * width / 2, 0, 0)):
        box(m, WOOD, (0, height / 2, 0), (width - 0.01, height - 0.01, 0.045), sub=0.45, skip="y-")
        for side in (1, -1):
            with m.at((0, 0, side * 0.0065), turn=0 if side > 0 else 180):
                for y0, y1 in ((0.18, 0.86), (1.02, height - 0.16)):
                    for x0, x1 in ((-width / 2 + 0.11, -0.04), (0.04, width / 2 - 0.11)):
                        _panel(m, (x0, x1), (y0, y1))
            with m.at(
                (-hinge * (width / 2 - 0.07), 1.0, side * 0.023),
                matrix=floats([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
                if side > 0
                else floats([[1, 0, 0], [0, 0, 1], [0, -1, 0]]),
            ):
                lathe(
                    m,
                    "brass",
                    [
                        (0.022, 0),
                        (0.022, 0.004),
                        (0.009, 0.008),
                        (0.009, 0.035),
                        (0.026, 0.05),
                        (0.024, 0.066),
                        (0, 0.072),
                    ],
                    n=14,
                    hard=60,
                )


def writing_board(m: Model, width: float, height: float) -> None:
    """A framed board on the wall plane z = 0, its middle at the local origin, with a tray of chalks below."""
    w, h = width / 2, height / 2
    panel = m.panel((-w, -h, 0.012), (width, 0, 0), (0, height, 0), (0, 0, 1), 0.05)
    rect(m, "plaster", (-w, -h, 0.012), (width, 0, 0), (0, height, 0), panel=panel)
    loop = [(-w, -h, 0), (w, -h, 0), (w, h, 0), (-w, h, 0)]
    sweep(m, WOOD, BOARD_FRAME[::-1], loop, closed=True, up=(0, 0, 1), hard=50, sub=0.5)
    box(m, WOOD, (0, -h - 0.085, 0.06), (width * 0.55, 0.018, 0.10), sub=0.4)
    box(m, WOOD, (0, -h - 0.072, 0.108), (width * 0.55, 0.022, 0.010), sub=0.5)
    with m.only(NEAR):
        for k, finish in enumerate(("cinnabar", "book_blue", "black", "book_green")):
            with m.at((-0.24 + 0.13 * k, -h - 0.066, 0.06), turn=(7, -4, 3, -9)[k]), m.at(matrix=rotation_z(90)):
                lathe(m, finish, [(0, -0.06), (0.009, -0.058), (0.009, 0.05), (0.005, 0.062), (0, 0.063)], n=8, hard=40)
        box(m, "felt", (0.42, -h - 0.058, 0.06), (0.14, 0.036, 0.05), sub=1)
