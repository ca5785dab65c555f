"""The hall's body: a ring of dark paving, the basin with its pier and rail, the wall, the dome, the door."""

from __future__ import annotations

import itertools

import numpy as np

from carrel.scenes.halls.data_sea import layout as at
from carrel.scenes.halls.data_sea.lights import sectors
from carrel.scenes.halls.data_sea.numbers import SeaNumbers
from carrel.scenes.halls.kit.arrays import Floats, floats, rotation_x
from carrel.scenes.halls.kit.display import GLINT
from carrel.scenes.halls.kit.joints import doorway
from carrel.scenes.halls.kit.model import MID, NEAR, Model
from carrel.scenes.halls.kit.seating import bench
from carrel.scenes.halls.kit.shapes import box, grid, rect
from carrel.scenes.halls.kit.sweeps import lathe, sweep, tube
from carrel.scenes.halls.room.recipe import Room

RIM = [(0, -0.60), (0, -0.08), (0.03, -0.05), (0.03, 0.02), (-0.16, 0.02), (-0.16, 0.0)]
SEGMENTS = 96
GAP_DEGREES = float(np.degrees(np.arcsin(at.PIER_HALF / at.BASIN)))  # where the pier leaves the rim


def shell(room: Room, numbers: SeaNumbers, bar_degrees: list[float]) -> None:
    m = room.model
    _floor(m)
    _water(m)
    _wall(m)
    _dome(m)
    _rail(room)
    _door(room)
    _rim_labels(room, numbers)
    _bar_labels(room, bar_degrees)
    for degrees in at.BENCH_DEGREES:
        x, _, z = at.around(degrees, 8.7)
        with m.at((x, 0, z), turn=180.0 - degrees):
            bench(m, "black", "indigo", 1.6)
    for name, degrees in at.PLAQUES:
        _lectern(room, name, degrees)
    _walls_of_solids(room)


def _polar(radius_a: float, radius_b: float, height: float, first: float, last: float, n: int) -> Floats:
    return floats([at.circle(r, height, n, first, last) for r in (radius_a, radius_b)])


def _floor(m: Model) -> None:
    r = at.RADIUS
    panel = m.panel((-r, 0, 0), (2 * r, 0, 0), (0, 0, -2 * r), (0, 1, 0), 0.05)
    ring = _polar(at.BASIN, r + 0.1, 0.0, 0.0, 360.0, SEGMENTS + 1)
    grid(m, "paving", ring[::-1], ring[::-1][..., [0, 2]], panel=panel)
    half, near, far = at.PIER_HALF, at.CENTER_Z + at.BASIN + 0.1, at.CENTER_Z + at.PIER_END
    deck = floats([[(-half, 0.0, near), (-half, 0.0, far)], [(half, 0.0, near), (half, 0.0, far)]])
    grid(m, "paving", deck, deck[..., [0, 2]], panel=panel)
    sides = [(-half, 0, near), (-half, 0, far), (half, 0, far), (half, 0, near)]
    sweep(m, "slate", [(0.04, -0.02), (0.04, 0.012), (-0.12, 0.012)][::-1], sides, sub=0.6, hard=30)
    sweep(m, "slate", [(0.0, -0.62), (0.0, -0.02)][::-1], sides, sub=0.6)
    path = [(x, 0.0, z) for x, _, z in at.circle(at.BASIN, 0.0, SEGMENTS + 1, GAP_DEGREES, 360.0 - GAP_DEGREES)]
    sweep(m, "slate", RIM, path, sub=9, hard=40)


def _water(m: Model) -> None:
    """Still water is drawn as what it mirrors: the lights again, upside down and dim, over a dark ground, and a faint veil."""
    for levels, n in ((NEAR, 64), (MID, 24)):
        with m.only(levels):
            lathe(m, "water", [(at.BASIN + 0.05, -2.9), (0, -2.95)][::-1], (0, 0, at.CENTER_Z), n=n)
            lathe(m, "water", [(at.BASIN + 0.02, -0.55), (at.BASIN + 0.02, -2.9)], (0, 0, at.CENTER_Z), n=n)
    turn, radii = np.linspace(0, 2 * np.pi, 65), (0.05, 2.4, 5.0, at.BASIN)
    points = floats(
        [np.stack([r * np.sin(turn), 0 * turn + at.WATER, at.CENTER_Z + r * np.cos(turn)], 1) for r in radii]
    )
    alpha = np.repeat([0.070, 0.050, 0.030, 0.085], 65)
    grid(m, "blue_haze", points, 0 * points[..., :2], glow=1.0, blocks=False, alpha=floats(alpha))


def _wall(m: Model) -> None:
    """A bent strip of lightmap, with slim ribs on it."""
    turn = np.linspace(0, 360, SEGMENTS + 1)
    columns = at.circle(at.RADIUS, 0.0, SEGMENTS + 1)
    inward = floats([[np.sin(np.radians(d)), 0, -np.cos(np.radians(d))] for d in turn])
    panel, stations = m.strip_panel(columns, inward, (0, at.WALL, 0), 0.10, 1.0)
    rows = floats([columns, columns + floats([0, at.WALL, 0])])
    st = np.stack(np.broadcast_arrays(stations[None], floats([0, 1])[:, None]), -1)
    run = stations * 2 * np.pi * at.RADIUS
    uv = np.stack(np.broadcast_arrays(run[None], floats([0, at.WALL])[:, None]), -1)
    grid(m, "wall_night", rows[::-1], floats(uv[::-1]), panel=panel, panel_st=floats(st[::-1].reshape(-1, 2)))
    for degrees in np.arange(7.5, 360, 15.0):
        x, _, z = at.around(float(degrees), at.RADIUS - 0.06)
        with m.at((x, 0, z), turn=180.0 - float(degrees)):
            box(m, "night", (0, at.WALL / 2, 0), (0.10, at.WALL, 0.16), sub=0.5, skip="y-y+z-")
    base = [(x, 0.0, z) for x, _, z in at.circle(at.RADIUS, 0.0, SEGMENTS + 1)]
    sweep(m, "slate", [(0, 0.14), (-0.06, 0.12), (-0.06, 0)], base, sub=9, hard=40)
    band = [(x, at.WALL, z) for x, _, z in base]
    sweep(m, "brass", [(0, 0.05), (-0.10, 0.04), (-0.10, 0.0), (0, -0.02)], band, sub=9, hard=40)


def _dome(m: Model) -> None:
    r, rise = at.RADIUS, at.CROWN - at.WALL
    lean = np.radians(np.linspace(0, 90, 19))
    profile = np.stack([r * np.cos(lean), at.WALL + rise * np.sin(lean)], 1)
    for levels, n, every in ((NEAR, 96, 1), (MID, 24, 3)):
        with m.only(levels):
            lathe(m, "night", profile[::-every], (0, 0, at.CENTER_Z), n=n, hard=80)
    for f in (0.45, 0.72):
        a = np.arccos(f)
        ring = at.circle(r * f - 0.03, at.WALL + rise * float(np.sin(a)) - 0.03, SEGMENTS + 1)
        tube(m, "brass", ring, 0.022, n=5)


def _rail(room: Room) -> None:
    """A brass rail on slim posts round the basin and the pier, with glass below."""
    m, half = room.model, at.PIER_HALF - 0.06
    rim = [tuple(p) for p in at.circle(at.BASIN + 0.10, 0.0, 73, GAP_DEGREES + 0.4, 360.0 - GAP_DEGREES - 0.4)]
    near, far = at.CENTER_Z + at.BASIN + 0.06, at.CENTER_Z + at.PIER_END + 0.08
    pier = [(half, 0.0, near), (half, 0.0, far), (-half, 0.0, far), (-half, 0.0, near)]
    for path, posts in ((rim, 37), (pier, 0)):
        line = floats(path)
        for y, radius in ((at.RAIL, 0.024), (0.12, 0.010)):
            if posts:
                tube(m, "brass", line + floats([0, y, 0]), radius, n=7)
            else:
                sweep(
                    m,
                    "brass",
                    [(-radius, 0), (0, -radius), (radius, 0), (0, radius), (-radius, 0)],
                    line + floats([0, y, 0]),
                    sub=1.0,
                )
        stations = line[:: max(1, (len(line) - 1) // max(1, posts - 1))] if posts else _spaced(line, 0.9)
        for spot in stations:
            box(m, "brass", spot + floats([0, at.RAIL / 2, 0]), (0.022, at.RAIL, 0.022), sub=0.6, skip="y-y+")
        for a, b in itertools.pairwise(line):
            rect(m, "glass", a + floats([0, 0.14, 0]), b - a, (0, at.RAIL - 0.18, 0), blocks=False, alpha=GLINT)
            _fence(room, a, b)


def _spaced(line: Floats, step: float) -> Floats:
    out = [line[0]]
    for a, b in itertools.pairwise(line):
        n = max(1, round(float(np.linalg.norm(b - a)) / step))
        out += [a + (b - a) * (k + 1) / n for k in range(n)]
    return floats(out)


def _fence(room: Room, a: Floats, b: Floats) -> None:
    d = b - a
    turn = float(np.degrees(np.arctan2(-d[2], d[0])))
    with room.model.at(a, turn=turn):
        room.solids.box(room.model, (0, 0, -0.05), (float(np.linalg.norm(d)), at.RAIL + 0.05, 0.05), "panel")


def _door(room: Room) -> None:
    """A slate block before the wall with the way back to the Great Hall."""
    m, half, tall = room.model, at.DOOR_WIDTH / 2, at.DOOR_HEIGHT
    wide, high = 3.1, 3.5
    with m.at((0, 0, at.DOOR_Z), turn=180):
        for x0, x1, y0, y1 in ((-wide / 2, -half, 0, high), (half, wide / 2, 0, high), (-half, half, tall, high)):
            rect(m, "slate", (x0, y0, 0), (x1 - x0, 0, 0), (0, y1 - y0, 0), sub=0.3)
        for s in (-1, 1):
            start, way = ((wide / 2, 0, 0), (0, 0, -0.7)) if s > 0 else ((-wide / 2, 0, -0.7), (0, 0, 0.7))
            rect(m, "slate", start, way, (0, high, 0), sub=0.35)
        rect(m, "slate", (-wide / 2, high, 0), (wide, 0, 0), (0, 0, -0.7), sub=0.35)
        doorway(m, at.DOOR_WIDTH, tall, 0.5, "brass", "slate", "slate")
        rect(
            m,
            "print",
            (-0.75, tall + 0.30, 0.012),
            (1.5, 0, 0),
            (0, 0.28, 0),
            picture=room.sheet.rects["great"],
            glow=0.75,
        )
        for x0 in (-wide / 2, half):
            room.solids.box(m, (x0, 0, -0.7), (x0 + wide / 2 - half, high, 0), "stone")
    m.lamp((0, 2.2, at.DOOR_Z - 0.6), floats([1.0, 0.80, 0.55]) * 0.55, 4.5, shaded=False)


def _rim_labels(room: Room, numbers: SeaNumbers) -> None:
    """Century labels that lie on the paving at the basin's edge, to be read from the gallery."""
    m = room.model
    for century, (first, last) in sectors(numbers).items():
        middle = (first + last) / 2
        x, _, z = at.around(middle, at.BASIN + 0.42)
        with m.at((x, 0.004, z), turn=180.0 - middle):
            picture = room.sheet.rects[f"century{century}"]
            rect(m, "print", (0.21, 0, -0.105), (-0.42, 0, 0), (0, 0, 0.21), picture=picture, glow=0.6, blocks=False)


def _bar_labels(room: Room, spots: list[float]) -> None:
    m = room.model
    for k, degrees in enumerate(spots):
        x, _, z = at.around(degrees, at.RADIUS - 0.13)
        with m.at((x, 0, z), turn=180.0 - degrees):
            rect(
                m,
                "print",
                (-0.36, 1.22, 0.03),
                (0.72, 0, 0),
                (0, 0.28, 0),
                picture=room.sheet.rects[f"shelf{k}"],
                glow=0.7,
            )


def _lectern(room: Room, name: str, degrees: float) -> None:
    """A slim stand at the rail with a tilted plaque that faces the gallery."""
    m = room.model
    x, _, z = at.around(degrees, at.BASIN + 0.62)
    with m.at((x, 0, z), turn=-degrees):
        box(m, "black", (0, 0.48, 0), (0.10, 0.96, 0.06), sub=0.4, skip="y-")
        box(m, "black", (0, 0.01, 0), (0.36, 0.02, 0.26), sub=0.3, skip="y-")
        with m.at((0, 1.0, 0.02), matrix=rotation_x(-52)):
            box(m, "brass", (0, 0.0, -0.014), (0.92, 0.52, 0.02), sub=0.4)
            rect(
                m,
                "print",
                (-0.445, -0.245, 0),
                (0.89, 0, 0),
                (0, 0.49, 0),
                picture=room.sheet.rects[f"plaque-{name}"],
                glow=0.85,
            )
        room.solids.box(m, (-0.4, 0, -0.2), (0.4, 1.1, 0.25), "panel")
    m.lamp(at.around(degrees, at.BASIN + 1.0, 1.7), floats([1.0, 0.86, 0.66]) * 0.18, 2.6, shaded=True)


def _walls_of_solids(room: Room) -> None:
    """A ring of boxes in place of the round wall."""
    n = 32
    chord = 2 * at.RADIUS * np.tan(np.pi / n)
    for k in range(n):
        degrees = 360.0 * (k + 0.5) / n
        x, _, z = at.around(degrees, at.RADIUS)
        with room.model.at((x, 0, z), turn=180.0 - degrees):
            room.solids.box(room.model, (-chord / 2, 0, -0.3), (chord / 2, at.WALL, 0.0), "stone")
