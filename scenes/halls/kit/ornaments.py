"""Things that make a hall a place: a floor globe, palms, a wall clock, ladders. Local origin on the floor."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, floats, rotation_x, rotation_z
from carrel.scenes.halls.kit.bookcase import Picture
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.shapes import box, grid
from carrel.scenes.halls.kit.sweeps import lathe, tube

POT = [(0, 0), (0.17, 0), (0.19, 0.02), (0.24, 0.34), (0.27, 0.36), (0.27, 0.41), (0.24, 0.42), (0.22, 0.36), (0, 0.36)]
POST = [
    (0.025, 0), (0.035, 0.06), (0.022, 0.10), (0.035, 0.3), (0.04, 0.45), (0.025, 0.62), (0.035, 0.70), (0.035, 0.86),
]  # fmt: skip


def floor_globe(m: Model, picture: Picture, radius: float = 0.38) -> None:
    """A parchment globe in a walnut stand with a brass meridian."""
    u0, v0, u1, v1 = picture
    r = radius
    with m.at((0, 0.86, 0), matrix=rotation_z(23)):
        for levels, rows, n in ((NEAR, 17, 33), (MID | FAR, 9, 15)):
            down, turn = np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, n)
            ball = floats(
                [
                    np.stack([r * np.sin(a) * np.sin(turn), r * np.cos(a) + 0 * turn, r * np.sin(a) * np.cos(turn)], -1)
                    for a in down
                ]
            )
            across = np.broadcast_to(u0 + (u1 - u0) * turn / (2 * np.pi), (rows, n))
            uv = np.stack([across, np.broadcast_to((v0 + (v1 - v0) * down / np.pi)[:, None], (rows, n))], -1)
            with m.only(levels):
                grid(m, "print", ball, uv)
                tube(
                    m,
                    "brass",
                    np.stack([(r + 0.03) * np.cos(turn), (r + 0.03) * np.sin(turn), 0 * turn], 1),
                    0.014,
                    n=5,
                )
    ring = [(r + 0.05, 0.86), (r + 0.13, 0.86), (r + 0.14, 0.88), (r + 0.13, 0.90), (r + 0.05, 0.90), (r + 0.05, 0.86)]
    for levels, n, every in ((NEAR, 32, 1), (MID | FAR, 14, 2)):
        with m.only(levels):
            lathe(m, "walnut", ring, n=n, hard=50)
            for k in range(4):
                turn_k = np.pi / 4 + k * np.pi / 2
                foot = (np.cos(turn_k) * (r + 0.08), 0, np.sin(turn_k) * (r + 0.08))
                lathe(m, "walnut", POST[::every], foot, n=10 if every == 1 else 5, hard=75)
    for turn_degrees in (45, 135):
        with m.at((0, 0.2, 0), turn=turn_degrees):
            box(m, "walnut", (0, 0, 0), (2 * (r + 0.08), 0.04, 0.04), skip="x-x+")


def potted_palm(m: Model, height: float, leaves: int = 16) -> None:
    """A kentia palm in a terracotta pot; leaflets near, blades far away."""
    for levels, n in ((NEAR, 24), (MID, 10), (FAR, 6)):
        with m.only(levels):
            lathe(m, "terracotta", POT if levels == NEAR else POT[1:6], n=n, hard=45)
            lathe(m, "soil", [(0.225, 0.37), (0, 0.385)], n=n // 2)
    for k in range(leaves):
        swing, lean, size = m.rng.uniform(-0.2, 0.2), m.rng.uniform(-0.08, 0.08), m.rng.uniform(0.62, 0.85)
        turn, tilt = k * 2.39996 + swing, 0.25 + 0.95 * (k / leaves) + lean
        length = height * size * (1 - 0.25 * k / leaves)
        t = np.linspace(0, 1, 7)
        bend = tilt + t * (0.7 + 0.5 * k / leaves)
        out = np.cumsum(np.sin(bend)) / 7 * length * 0.72
        up = 0.38 + np.cumsum(np.cos(bend)) / 7 * length
        out, up = out - out[0], up - up[0] + 0.38
        side = floats([-np.sin(turn), 0, np.cos(turn)])
        stem = out[:, None] * floats([np.cos(turn), 0, np.sin(turn)]) + up[:, None] * floats([0, 1, 0])
        with m.only(NEAR):
            tube(m, "leaf", stem[::2], np.linspace(0.010, 0.003, 4), n=3)
            _leaflets(m, stem, side, length, 10, 0.11)
        with m.only(MID):
            _leaflets(m, stem, side, length, 5, 0.2)
        with m.only(FAR):
            _blade(m, stem, side, length)


def _blade(m: Model, stem: Floats, side: Floats, length: float) -> None:
    """A whole leaf as one folded ribbon."""
    spine = stem[[2, 4, 6]]
    wide = length * floats([0.16, 0.17, 0.03])[:, None]
    drop = floats([0, -0.5, 0])
    points = np.stack([spine + (side * s + drop * abs(s)) * wide for s in (-1, 0, 1)], 1)
    grid(m, "leaf", points, np.zeros((3, 3, 2)))


def _leaflets(m: Model, stem: Floats, side: Floats, length: float, pairs: int, wide: float) -> None:
    t = np.linspace(0, 1, len(stem))
    ahead = floats(np.gradient(stem, axis=0))
    points: list[Floats] = []
    faces: list[list[int]] = []
    for i in range(pairs):
        f = 0.28 + 0.72 * i / max(1, pairs - 1)
        root = floats([np.interp(f, t, stem[:, j]) for j in range(3)])
        tip = floats([np.interp(f, t, ahead[:, j]) for j in range(3)])
        tip /= np.linalg.norm(tip)
        w = length * 0.30 * np.sin(np.pi * (0.18 + 0.78 * (1 - f)))
        for s in (-1, 1):
            end = root + (side * s * 0.86 + tip * 0.7 - [0, 0.22, 0]) * w
            waist = root + (side * s * 0.43 + tip * 0.30 + [0, 0.03, 0]) * w
            b = len(points)
            points += [root, waist - tip * w * wide, end, waist + tip * w * wide]
            faces += [[b, b + 1, b + 2], [b, b + 2, b + 3]] if s > 0 else [[b, b + 2, b + 1], [b, b + 3, b + 2]]
    m.add("leaf", points, faces, np.zeros((len(points), 2)))


def wall_clock(m: Model, picture: Picture, radius: float = 0.62) -> None:
    """A clock in a moulded walnut ring on the wall plane z = 0."""
    r = radius
    rings = (
        (1.22, 0, 1.22, 0.06, "walnut"),
        (1.22, 0.06, 1.12, 0.12, "walnut"),
        (1.12, 0.12, 1.06, 0.12, "gilt"),
        (1.06, 0.12, 1.0, 0.05, "walnut"),
    )
    for levels, n in ((NEAR | MID, 49), (FAR, 21)):
        turn = np.linspace(0, 2 * np.pi, n)
        with m.only(levels):
            for r0, z0, r1, z1, finish in rings:
                edge = floats(
                    [
                        np.stack([r * k * np.cos(turn), r * k * np.sin(turn), 0 * turn + z], -1)
                        for k, z in ((r0, z0), (r1, z1))
                    ]
                )
                uv = np.stack(np.broadcast_arrays(floats([[0.0], [0.2]]), turn[None] * r), -1)
                grid(m, finish, edge[::-1], uv)
    u0, v0, u1, v1 = picture
    turn, i = np.linspace(0, 2 * np.pi, 49)[:-1], np.arange(48)
    face = np.vstack([[0, 0, 0.05], np.stack([r * np.cos(turn), r * np.sin(turn), 0 * turn + 0.05], 1)])
    u = (u0 + u1) / 2 + face[:, 0] / r * (u1 - u0) / 2 * 0.995
    v = (v0 + v1) / 2 - face[:, 1] / r * (v1 - v0) / 2 * 0.995
    m.add("print", face, np.stack([0 * i, 1 + i, 1 + (i + 1) % 48], 1), np.stack([u, v], 1))


def ladder(m: Model, height: float, width: float = 0.42, lean_degrees: float = 13) -> None:
    """A library ladder that leans back toward -z."""
    with m.at(matrix=rotation_x(-lean_degrees)):
        for s in (-1, 1):
            box(m, "walnut", (s * width / 2, height / 2, 0), (0.03, height, 0.07), sub=1.2)
        for k in range(int(height / 0.28)):
            with m.only(NEAR | MID):
                box(m, "walnut", (0, 0.22 + k * 0.28, 0), (width, 0.025, 0.085), sub=1, skip="x-x+")
            with m.only(FAR):
                box(m, "walnut", (0, 0.22 + k * 0.28, 0), (width, 0.03, 0.085), sub=1, skip="x-x+y-z-")
