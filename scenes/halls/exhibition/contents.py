"""What is shown, what waits to be shown, and where one sits: prints, plinths, vitrines, benches, the catalogue table."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.exhibition import layout as at
from carrel.scenes.halls.kit import scholar
from carrel.scenes.halls.kit.arrays import floats, rotation_z
from carrel.scenes.halls.kit.display import plinth
from carrel.scenes.halls.kit.furniture import open_book
from carrel.scenes.halls.kit.gallery import card, framed, vitrine
from carrel.scenes.halls.kit.model import MID, NEAR, Model
from carrel.scenes.halls.kit.ornaments import potted_palm
from carrel.scenes.halls.kit.seating import bench
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.kit.sweeps import lathe, tube
from carrel.scenes.halls.paint.prints import Sheet
from carrel.scenes.halls.room.recipe import Room

# picture, x, height of its middle, z, turn, width, height, mount (0: a canvas)
SHOWN = (
    ("elevation", -at.HALF, 1.62, -2.7, 90.0, 1.30, 0.95, 0.10),
    ("herbarium", -at.HALF, 1.62, -4.9, 90.0, 0.66, 0.86, 0.10),
    ("orbits", -at.HALF, 1.62, -5.95, 90.0, 0.66, 0.86, 0.10),
    ("landscape", -at.HALF, 1.62, -7.6, 90.0, 1.45, 0.62, 0.07),
    ("stars", at.HALF, 1.70, -6.6, -90.0, 1.9, 1.35, 0.0),
    ("ember", at.HALF, 1.62, -10.0, -90.0, 1.25, 1.25, 0.0),
    ("tide", -2.55, 1.62, -5.47, 0.0, 1.9, 1.3, 0.0),
    ("moss", 2.7, 1.62, -9.87, 0.0, 1.1, 1.4, 0.0),
    ("dawn", -1.6, 1.95, -at.LENGTH, 0.0, 4.2, 2.2, 0.0),
)
BOOKS = ("book_red", "book_blue", "book_green", "book_ochre", "book_cream", "book_brown")


def contents(room: Room) -> None:
    m, solids, sheet = room.model, room.solids, room.sheet
    for name, x, y, z, turn, wide, tall, mount in SHOWN:
        with m.at((x, y, z), turn=turn):
            framed(m, sheet.rects[name], wide, tall, mount)
            with m.at((wide / 2 + 0.17, -0.32, 0)):
                card(m, sheet.rects[f"card-{name}"])
    for spot in at.HANGING:
        with m.at((spot.x, 1.18, spot.z), turn=spot.turn):
            card(m, sheet.rects["card-free"])
    with m.at((at.HALF, 0, 0), turn=180):
        rect(m, "print", (2.0, 1.10, 0.004), (3.3, 0, 0), (0, 1.44, 0), picture=sheet.rects["title"], sub=0.4)
    _plinths(room)
    for x, z, turn in at.VITRINES:
        with m.at((x, 0, z), turn=turn):
            vitrine(m, 1.5, 0.66)
            solids.box(m, (-0.75, 0, -0.33), (0.75, 1.16, 0.33), "case")
            _vitrine(m, sheet, z < -8)
    for x, z, turn in at.BENCHES:
        with m.at((x, 0, z), turn=turn):
            bench(m, "oak", "leather_tan", 1.9)
    _catalogue_table(room)
    for x, z in ((-6.2, -19.3), (6.1, -0.75)):
        with m.at((x, 0, z)):
            potted_palm(m, 2.0, leaves=16)
            solids.box(m, (-0.27, 0, -0.27), (0.27, 0.9, 0.27), "stone")


def _plinths(room: Room) -> None:
    m, solids, sheet = room.model, room.solids, room.sheet
    for name, _, _, x, z, height, side in at.PLINTHS:
        with m.at((x, 0, z)):
            plinth(m, "white", side, height)
            solids.box(m, (-side / 2, 0, -side / 2), (side / 2, height, side / 2), "stone")
            if name in at.FREE_PLINTHS:
                with m.at((0, min(height - 0.16, 0.8), side / 2)):
                    card(m, sheet.rects["card-free"])
                continue
            with m.at((0, height, 0)):
                if name == "plinth-1":
                    armillary(m)
                elif name == "plinth-3":
                    scholar.scholar_rock(m, 0.30, seed=8)
                else:
                    scholar.vase(m, 1.25, "porcelain")


def armillary(m: Model, radius: float = 0.20) -> None:
    """Rings of the sky about a small earth, in brass."""
    lathe(
        m,
        "brass",
        [(0.10, 0), (0.10, 0.012), (0.05, 0.03), (0.016, 0.05), (0.014, 0.12), (0.024, 0.135), (0, 0.14)],
        n=20,
        hard=60,
    )
    turn = np.linspace(0, 2 * np.pi, 41)
    middle = 0.14 + radius + 0.02
    with m.at((0, middle, 0)):
        for levels, n in ((NEAR, 7), (MID, 4)):
            with m.only(levels):
                for tilt, aside, size in ((0, 0, 1.0), (0, 90, 0.97), (90, 0, 0.94), (66, 0, 0.90)):
                    with m.at(turn=aside + 24), m.at(matrix=rotation_z(23.5)), m.at(matrix=rotation_z(tilt)):
                        flat = np.stack([0 * turn, radius * size * np.cos(turn), radius * size * np.sin(turn)], 1)
                        tube(m, "brass", flat, 0.006 if tilt != 66 else 0.009, n=n)
        a = np.linspace(0, np.pi, 9)
        lathe(m, "book_blue", np.stack([0.045 * np.sin(a), -0.045 * np.cos(a)], 1), n=16)
        with m.at(matrix=rotation_z(23.5)):
            tube(m, "brass", floats([[0, -radius * 1.05, 0], [0, 0, 0], [0, radius * 1.05, 0]]), 0.004, n=5)


def _vitrine(m: Model, sheet: Sheet, second: bool) -> None:
    bed = 0.861
    for k, x in enumerate((-0.48, 0.0, 0.48)):
        with m.at((x, bed, -0.02), turn=(6, -3, 4)[k]):
            if (k == 1) == second:
                scholar.thread_book(m, sheet.rects["leaf"])
            else:
                open_book(m, sheet.rects["page"], 0.16, 0.24)
        with m.at((x, bed + 0.003, 0.24), matrix=floats([[1, 0, 0], [0, 0, 1], [0, -1, 0]])):
            card(m, sheet.rects["card-vitrine"], 0.12, 0.07)


def _catalogue_table(room: Room) -> None:
    """Beside the entrance: a table with catalogues to take, and a guest book."""
    m, solids, sheet = room.model, room.solids, room.sheet
    with m.at((-4.9, 0, -1.35), turn=180):
        long, deep, high = 1.8, 0.62, 0.76
        box(m, "oak", (0, high - 0.02, 0), (long, 0.04, deep), sub=0.3)
        box(m, "oak", (0, high - 0.08, 0), (long - 0.2, 0.08, deep - 0.14), sub=0.5, skip="y+")
        for s in (-1, 1):
            for t in (-1, 1):
                box(
                    m,
                    "oak",
                    (s * (long / 2 - 0.06), (high - 0.04) / 2, t * (deep / 2 - 0.06)),
                    (0.055, high - 0.04, 0.055),
                    sub=0.4,
                    skip="y+",
                )
        solids.box(m, (-long / 2, 0, -deep / 2), (long / 2, high, deep / 2), "table")
        rng = np.random.default_rng(4)
        for k, x in enumerate((-0.62, -0.30, 0.02)):
            y = high
            for j in range(5 - k):
                with m.at((x, y, 0.03), turn=float(rng.uniform(-5, 5))):
                    box(m, BOOKS[(2 * k + (j == 4)) % 6], (0, 0.009, 0), (0.21, 0.018, 0.27), sub=1, skip="y-")
                y += 0.0185
        with m.at((0.52, high + 0.001, 0.02), turn=-6):
            open_book(m, sheet.rects["page"], 0.18, 0.26)
