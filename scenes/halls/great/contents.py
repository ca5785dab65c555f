"""What stands in the hall: reading tables with chairs and books, chandeliers, the globe, palms, ladders."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.books.shelving import LOOSE, Book, Shelver
from carrel.scenes.halls.great import layout as at
from carrel.scenes.halls.kit.arrays import floats, rotation_y
from carrel.scenes.halls.kit.furniture import SEAT_HEIGHT, TABLE_HEIGHT, chair, open_book, reading_table
from carrel.scenes.halls.kit.lamps import chandelier
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.ornaments import floor_globe, ladder, potted_palm
from carrel.scenes.halls.paint.prints import Sheet

LYING = floats([[0, -1, 0], [1, 0, 0], [0, 0, 1]])


def contents(m: Model, sheet: Sheet, shelver: Shelver) -> None:
    rng = np.random.default_rng(int(m.rng.integers(1 << 30)))
    for bay in at.TABLE_BAYS:
        for side, x in enumerate(at.TABLE_X):
            with m.within(bay), m.at((x, 0, at.bay_center(bay))):
                reading_table(m)
                _chairs(m, rng, f"{bay}{'ab'[side]}")
                _open_books(m, rng, sheet)
                _piles(m, rng, shelver)
    for z in at.CHANDELIERS_Z:
        with m.within(int(-z / at.BAY)), m.at((0, at.SPRING + at.RISE - 0.12, z)):
            chandelier(m, 5.6)
    with m.within(0), m.at(at.GLOBE_AT):
        floor_globe(m, sheet.rects["globe"])
    for bay in at.PALM_BAYS:
        with m.within(bay), m.at((5.05, 0, -at.BAY * bay)):
            potted_palm(m, 1.7, leaves=15)
    for z in at.LADDERS_Z:
        with m.within(int(-z / at.BAY)), m.at((-4.72, 0, z), turn=90):
            ladder(m, 3.3)


def _chairs(m: Model, rng: np.random.Generator, table: str) -> None:
    """Four chairs, most pushed in, some left standing out; each is a place to sit."""
    for k, z in enumerate((-0.8, 0.8)):
        for side in (-1, 1):
            tidy = rng.random() < 0.7
            out = float(rng.uniform(0.0, 0.10) if tidy else rng.uniform(0.2, 0.34))
            turn = float(rng.uniform(-7, 7) if tidy else rng.uniform(-28, 28))
            with m.at((side * (0.78 + out), 0, z), turn=-90 * side + turn):
                chair(m)
                m.place("seat", f"{table}{k * 2 + (side + 1) // 2}", (0, SEAT_HEIGHT, 0), 180)


def _open_books(m: Model, rng: np.random.Generator, sheet: Sheet) -> None:
    for _ in range(2):
        if rng.random() < 0.75:
            x, z = rng.choice([-1, 1]) * 0.34, rng.choice([-0.85, 0.85]) + rng.uniform(-0.2, 0.2)
            with m.at((x, TABLE_HEIGHT + 0.005, z), turn=rng.choice([90, -90]) + rng.uniform(-14, 14)):
                open_book(m, sheet.rects["page"])


def _piles(m: Model, rng: np.random.Generator, shelver: Shelver) -> None:
    for _ in range(int(rng.integers(1, 4))):
        x, z, y = rng.uniform(-0.35, 0.35), rng.uniform(-1.3, 1.3), TABLE_HEIGHT + 0.002
        if abs(abs(z) - 0.8) < 0.28:  # the lamps stand there
            continue
        for _ in range(int(rng.integers(1, 5))):
            cell, cloth = shelver.design()
            thick = float(rng.uniform(0.022, 0.05))
            turn = rng.uniform(0, 360) if rng.random() < 0.3 else 90 + rng.uniform(-12, 12)
            frame = rotation_y(float(turn)) @ LYING
            corner = m.world(floats([x, y, z]) - frame @ floats([0, 0.12, -0.085]))
            shelver.put(LOOSE, Book(corner, m.matrix @ frame, (thick, 0.24, 0.17), cell, cloth, 0))
            y += thick + 0.001
