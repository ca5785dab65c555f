"""The room's body: paving, walls, the moon door and its court, lattice windows, timber frame, roof, the doors."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.ancient import layout as at
from carrel.scenes.halls.kit import joinery, scholar
from carrel.scenes.halls.kit.arrays import Floats, floats
from carrel.scenes.halls.kit.model import Model, Opening
from carrel.scenes.halls.kit.shapes import box, grid, rect
from carrel.scenes.halls.kit.sweeps import sweep
from carrel.scenes.halls.paint.prints import Sheet

WOOD = joinery.WOOD
RING = [(0.17, 0), (0.17, 0.03), (0.03, 0.035), (0.0, 0.02), (0.0, -0.30)]


def shell(m: Model, sheet: Sheet) -> None:
    half, long, wall = at.HALF, at.LENGTH, at.WALL
    floor = m.panel((-half, 0, 0), (2 * half, 0, 0), (0, 0, -long), (0, 1, 0), 0.018)
    rect(m, "paving", (-half, 0, 0), (2 * half, 0, 0), (0, 0, -long), panel=floor)
    _mat(m, floor)
    with m.at((-half, 0, 0), turn=90):
        panel = m.panel((0, 0, 0), (long, 0, 0), (0, wall, 0), (0, 0, 1), 0.03)
        rect(m, "plaster", (0, 0, 0), (long, 0, 0), (0, wall, 0), panel=panel)
    with m.at((0, 0, -long)):
        _moon_wall(m)
        _court(m)
    with m.at((half, 0, -long), turn=-90):
        for k in range(3):
            with m.at((0.16 + at.BAY * (k + 0.5), 0, 0)):
                _window_bay(m, ("steps", "cracked", "steps")[k])
        rect(m, "sky", (-3, -0.4, -1.3), (long + 6, 0, 0), (0, 7.0, 0), picture=(0, 0, 1, 1), glow=1.0, blocks=False)
    with m.at((0, 0, 0), turn=180):
        _doors(m, sheet)
    _frame(m)


def _mat(m: Model, floor: int) -> None:
    w, d = at.MAT
    z = at.TABLE_Z
    corners = [
        [-w / 2, 0.012, z + d / 2],
        [w / 2, 0.012, z + d / 2],
        [w / 2, 0.012, z - d / 2],
        [-w / 2, 0.012, z - d / 2],
    ]
    m.add("rug", corners, [[0, 1, 2], [0, 2, 3]], [[0, 1], [1, 1], [1, 0], [0, 0]], panel=floor, blocks=False)


def _moon_wall(m: Model) -> None:
    """A white wall with a round opening in a ring of grey brick."""
    half, wall, r, cy = at.HALF, at.WALL, at.MOON_RADIUS, at.MOON_HEIGHT
    panel = m.panel((-half, 0, 0), (2 * half, 0, 0), (0, wall, 0), (0, 0, 1), 0.022)
    turn = np.linspace(0, 2 * np.pi, 65)
    ring = np.stack([r * np.cos(turn), cy + r * np.sin(turn)], -1)
    square = np.stack([np.cos(turn), np.sin(turn)], -1)
    square = square / np.abs(square).max(1, keepdims=True) * [1.6, cy] + [0, cy]
    points = np.stack([square, ring], 1)
    points = np.concatenate([points, 0 * points[..., :1]], -1)
    grid(m, "plaster", points, points[..., :2], panel=panel)
    for x0, x1, y0, y1 in ((-half, -1.6, 0, wall), (1.6, half, 0, wall), (-1.6, 1.6, 2 * cy, wall)):
        piece = floats([[(x0, y0, 0), (x0, y1, 0)], [(x1, y0, 0), (x1, y1, 0)]])
        grid(m, "plaster", piece, piece[..., :2], panel=panel)
    path = np.stack([ring[:-1, 0], ring[:-1, 1], 0 * turn[:-1]], 1)
    sweep(m, "brick", RING, path, closed=True, up=(0, 0, 1), sub=9, hard=40)
    box(m, "brick", (0, 0.12, -0.17), (1.1, 0.24, 0.30), sub=0.3, skip="y-")
    m.openings.append(
        Opening(
            m.world((0, 0, -0.30)), m.matrix @ floats([1, 0, 0]), m.matrix @ floats([0, 0, 1]), 2 * r * 0.9, 0.5, cy
        )
    )


def _court(m: Model) -> None:
    """Bamboo and a stone before a white wall with a grey coping, open to the sky."""
    half, deep = 3.4, at.COURT
    back, low = -deep - 0.3, 2.25
    rect(m, "brick", (-half, 0, -0.02), (2 * half, 0, 0), (0, 0, -deep - 0.3), sub=0.4)
    rect(m, "brick", (-half, 0, back), (2 * half, 0, 0), (0, low, 0), sub=0.3)
    for s in (-1, 1):
        start, way = ((-half, 0, -0.02), (0, 0, back)) if s < 0 else ((half, 0, back), (0, 0, -back))
        rect(m, "brick", start, way, (0, low, 0), sub=0.4)
    for k in range(3):
        box(m, "steel", (0, low + 0.05 + 0.07 * k, back - 0.02), (2 * half, 0.07, 0.36 - 0.10 * k), sub=0.8, skip="y-")
    rect(m, "sky", (-9, -1.5, back - 1.6), (18, 0, 0), (0, 9.0, 0), picture=(0, 0, 1, 0.62), glow=1.0, blocks=False)
    with m.at((-0.2, 0, -0.55)):
        scholar.bamboo(m, 11, 22, 4.6, 2.0)
    with m.at((0.85, 0, back + 0.75), turn=25):
        scholar.scholar_rock(m, 0.62, seed=5)
    across, down, normal = floats([1, 0, 0]), floats([0, 0, -1]), floats([0, -1, 0])
    m.openings.append(
        Opening(
            m.world((0, 3.4, 0)),
            across,
            normal,
            2 * half,
            at.LENGTH + 0.05,
            at.LENGTH + deep + 0.3,
            up=down,
            arched=False,
        )
    )


def _window_bay(m: Model, pattern: str) -> None:
    """Brick below, four leaves of lattice, a transom; the sun falls through all of it."""
    wide = at.BAY - 0.26
    panel = m.panel((-wide / 2, 0, 0.03), (wide, 0, 0), (0, at.SILL - 0.06, 0), (0, 0, 1), 0.05)
    rect(m, "plaster", (-wide / 2, 0, 0.03), (wide, 0, 0), (0, at.SILL - 0.06, 0), panel=panel)
    box(m, WOOD, (0, at.SILL - 0.03, 0.02), (wide + 0.1, 0.06, 0.20), sub=0.4, skip="z-")
    tall, leaf = at.HEAD - at.SILL, wide / 4
    for k in range(4):
        with m.at((-wide / 2 + leaf * (k + 0.5), at.SILL, 0)):
            joinery.leaf(m, leaf - 0.01, tall, pattern)
    box(m, WOOD, (0, at.HEAD + 0.045, 0), (wide + 0.1, 0.09, 0.10), sub=0.4)
    with m.at((0, at.HEAD + 0.09, 0)):
        joinery.leaf(m, wide, at.WALL - at.HEAD - 0.42, "diamond")
    # before the lattice: soft light need not be sampled through its sticks, the sun is
    across, normal = m.matrix @ floats([1, 0, 0]), m.matrix @ floats([0, 0, 1])
    m.openings.append(Opening(m.world((0, 0, 0.10)), across, normal, wide * 0.92, at.SILL, at.WALL - 0.4, arched=False))
    way = m.matrix.T @ -at.DAYLIGHT.sun_direction
    for k in range(4):
        _beam(m, -wide / 2 + leaf * (k + 0.5), way)


def _beam(m: Model, x: float, way: Floats) -> None:
    fades = ((0.0, 0.0), (0.12, 0.9), (0.35, 1.0), (0.65, 0.6), (1.0, 0.0))
    rows, alpha = [], []
    for i, y in enumerate(np.linspace(at.HEAD + 0.4, at.SILL, 6)):
        rows.append([floats([x, y, 0.04]) + way * (y / -way[1]) * f for f, _ in fades])
        alpha += [0.012 * np.sin(np.pi * (i + 0.35) / 5.7) * fade for _, fade in fades]
    points = floats(rows)
    grid(m, "sunbeam", points, 0 * points[..., :2], glow=1.0, blocks=False, alpha=floats(alpha))


def _doors(m: Model, sheet: Sheet) -> None:
    """The near wall from inside: leaves of paper-backed lattice; the middle pair stands open to the Great Hall."""
    half, open_half, tall = at.HALF, at.DOOR_WIDTH / 2, at.DOOR_HEIGHT
    count, side = 5, half - 0.26 - open_half
    leaf = side / count
    for s in (-1, 1):
        for k in range(count):
            with m.at((s * (open_half + leaf * (k + 0.5) + 0.05), 0, 0.02)):
                joinery.leaf(m, leaf - 0.012, tall, "diamond" if k % 2 else "steps", skirt=0.95)
        start = (open_half + 0.05) if s > 0 else -open_half - 0.05 - side
        rect(m, "paper", (start, 0.9, -0.012), (side, 0, 0), (0, tall - 0.9, 0), glow=0.62)
        rect(m, WOOD, (start, 0, -0.012), (side, 0, 0), (0, 0.9, 0), sub=0.5)
        with m.at((s * (open_half + 0.02), 0, -0.02), turn=s * 78), m.at((-s * open_half / 2, 0, 0)):
            joinery.leaf(m, open_half - 0.02, tall, "diamond", skirt=0.95)
    box(m, WOOD, (0, tall + 0.06, 0.02), (2 * half, 0.12, 0.14), sub=0.5)
    with m.at((0, tall + 0.12, 0.02)):
        for k in range(5):
            wide = 2 * (half - 0.26) / 5
            with m.at(((k - 2) * wide, 0, 0)):
                joinery.leaf(m, wide - 0.02, at.WALL - tall - 0.44, "diamond")
    rect(m, "paper", (-half, tall + 0.1, -0.012), (2 * half, 0, 0), (0, at.WALL - tall, 0), glow=0.5)
    rect(
        m,
        "card",
        (-open_half - 0.1, 0, -0.75),
        (2 * open_half + 0.2, 0, 0),
        (0, tall + 0.02, 0),
        picture=(0, 0, 1, 1),
        glow=1.0,
    )
    for s in (-1, 1):
        jamb = (s * (open_half + 0.06), 0, -0.75 if s > 0 else 0)
        rect(m, WOOD, jamb, (0, 0, s * 0.75), (0, tall + 0.02, 0), sub=0.3)
    rect(m, "brick", (-open_half - 0.06, 0.003, 0), (2 * open_half + 0.12, 0, 0), (0, 0, -0.75), sub=0.3)
    with m.at((0, tall + 0.20, 0.12)):
        scholar.plank(m, sheet.rects["great"], 1.5, 0.34)
    m.lamp((0, 1.9, 0.9), floats([0.95, 0.85, 0.68]) * 0.9, 5.0, shaded=False)


def _frame(m: Model) -> None:
    half, wall = at.HALF, at.WALL
    for z in at.POSTS_Z:
        for x in (-half + 0.14, half - 0.14):
            with m.at((x, 0, z)):
                joinery.post(m, wall)
        joinery.beam(m, 2 * half, 0.34, 0.22, (0, wall - 0.30, z))
        joinery.beam(m, half * 1.05, 0.26, 0.18, (0, wall + 0.62, z))
        for x, low, tall in ((-2.1, 0.04, 0.58), (2.1, 0.04, 0.58), (0, 0.88, 0.62)):
            box(m, WOOD, (x, wall + low + tall / 2, z), (0.20, tall, 0.18), sub=0.4, skip="y-")
            box(m, WOOD, (x, wall + low + tall + 0.03, z), (0.44, 0.10, 0.20), sub=0.4)
    for x in (-half + 0.14, half - 0.14):
        box(m, WOOD, (x, wall - 0.12, -at.LENGTH / 2), (0.16, 0.26, at.LENGTH), sub=0.5)
    joinery.roof(m, half, at.LENGTH, wall + 0.02, at.RIDGE, 34)
    for z, turn in ((-at.LENGTH, 0), (0, 180)):
        with m.at((0, 0, z), turn=turn):
            gable = floats(
                [
                    [(-half - 0.25, wall - 0.02, 0), (-half - 0.25, wall, 0)],
                    [(0, wall - 0.02, 0), (0, at.RIDGE, 0)],
                    [(half + 0.25, wall - 0.02, 0), (half + 0.25, wall, 0)],
                ]
            )
            fine = _finer(gable)
            grid(m, "limewash", fine, fine[..., :2])


def _finer(gable: Floats) -> Floats:
    """The gable in columns of a metre and five rows."""
    xs = np.linspace(gable[0, 0, 0], gable[-1, 0, 0], 11)
    low = np.interp(xs, gable[:, 0, 0], gable[:, 0, 1])
    top = np.interp(xs, gable[:, 0, 0], gable[:, 1, 1])
    rows = np.linspace(0, 1, 5)
    y = low[:, None] + (top - low)[:, None] * rows
    return np.stack([np.broadcast_to(xs[:, None], y.shape), y, 0 * y], -1)
