"""Chinese timber work: posts on stone drums, lattice, open racks, the roof with its rafters, lanterns."""

from __future__ import annotations

import itertools

import numpy as np

from carrel.scenes.halls.kit.arrays import Points, floats, rotation_z
from carrel.scenes.halls.kit.model import MID, NEAR, Case, Model
from carrel.scenes.halls.kit.shapes import box, grid, rect
from carrel.scenes.halls.kit.sweeps import lathe, sweep, tube

WOOD = "walnut"
FRAME, BAR = 0.05, 0.020
DRUM = [(0.19, 0), (0.215, 0.04), (0.215, 0.10), (0.19, 0.15), (0.15, 0.16)]
LANTERN_GLOW = 0.95
OVERHANG = 0.25
LANTERN_LIGHT = floats([1.0, 0.72, 0.42])


def post(m: Model, height: float, radius: float = 0.13) -> None:
    """A round column on a stone drum."""
    r = radius
    for levels, n in ((NEAR, 20), (MID, 10)):
        with m.only(levels):
            lathe(m, WOOD, [(r * 0.98, 0.15), (r, 0.9), (r, height * 0.6), (r * 0.92, height)], n=n)
            lathe(m, "brick", DRUM, n=n, hard=60)


def bar(m: Model, start: Points, end: Points, wide: float = BAR, deep: float = BAR) -> None:
    """A straight stick of lattice in local x-y between two points."""
    a, b = floats(start), floats(end)
    v = b - a
    long = float(np.hypot(v[0], v[1]))
    with m.at((*((a + b) / 2), 0), matrix=rotation_z(float(np.degrees(np.arctan2(v[1], v[0]))))):
        box(m, WOOD, (0, 0, 0), (long, wide, deep), sub=0.5, skip="x-x+")


def lattice(m: Model, width: float, height: float, pattern: str) -> None:
    """Sticks that fill a rectangle of local x-y, its foot's middle at the origin: `steps`, `diamond` or `cracked`."""
    if pattern == "diamond":
        _diamond(m, width, height)
    elif pattern == "steps":
        _steps(m, width, height)
    else:
        _cracked(m, width, height)


def _diamond(m: Model, width: float, height: float) -> None:
    n = max(2, round(width / 0.17))
    c = width / n
    k = max(2, round(height / c))
    cy = height / k
    for i in range(-k, n + 1, 2):
        first, last = max(0, -i), min(k, n - i)
        if last > first:
            x0, x1 = -width / 2 + (i + first) * c, -width / 2 + (i + last) * c
            for s in (1, -1):
                bar(m, (s * x0, first * cy), (s * x1, last * cy))


def _steps(m: Model, width: float, height: float) -> None:
    """Nested frames held apart by short struts, a clear light in the middle."""
    short = min(width, height)
    insets = (0.0, short * 0.14, short * 0.28)
    for inset in insets[1:]:
        x, y0, y1 = width / 2 - inset, inset, height - inset
        for a, b in (((-x, y0), (x, y0)), ((-x, y1), (x, y1)), ((-x, y0), (-x, y1)), ((x, y0), (x, y1))):
            bar(m, a, b)
    for outer, inner in itertools.pairwise(insets):
        for f in (0.25, 0.5, 0.75):
            y = height * f
            for s in (-1, 1):
                bar(m, (s * (width / 2 - outer), y), (s * (width / 2 - inner), y))
        for f in (0.33, 0.67):
            x = width * (f - 0.5)
            bar(m, (x, outer), (x, inner))
            bar(m, (x, height - outer), (x, height - inner))


def _cracked(m: Model, width: float, height: float) -> None:
    """Cracked ice: lines that split the field again and again, each from edge to edge of its part."""
    rng = np.random.default_rng(round(width * 1000) + round(height * 100))
    parts = [floats([[-width / 2, 0], [width / 2, 0], [width / 2, height], [-width / 2, height]])]
    while parts:
        part = parts.pop()
        size = np.linalg.norm(part - np.roll(part, -1, 0), axis=1)
        if len(part) < 3 or size.max() < 0.26:
            continue
        i = int(np.argmax(size))
        j = (i + len(part) // 2) % len(part)
        a = part[i] + (part[(i + 1) % len(part)] - part[i]) * rng.uniform(0.38, 0.62)
        b = part[j] + (part[(j + 1) % len(part)] - part[j]) * rng.uniform(0.38, 0.62)
        bar(m, a, b, 0.015)
        one = [a] + [part[(i + 1 + k) % len(part)] for k in range((j - i) % len(part))] + [b]
        two = [b] + [part[(j + 1 + k) % len(part)] for k in range((i - j) % len(part))] + [a]
        parts += [floats(one), floats(two)]


def leaf(m: Model, width: float, height: float, pattern: str, skirt: float = 0.0) -> None:
    """A window's or door's leaf, foot's middle at the origin; below `skirt` it is solid with a sunk panel."""
    f = FRAME
    for s in (-1, 1):
        box(m, WOOD, (s * (width - f) / 2, height / 2, 0), (f, height, 0.045), sub=0.5, skip="y-")
    rails = [f / 2, height - f / 2] + ([skirt, skirt - 0.20] if skirt else [])
    for y in rails:
        box(m, WOOD, (0, y, 0), (width - 2 * f, f, 0.045), sub=0.5, skip="x-x+")
    inner = width - 2 * f
    if skirt:
        box(m, WOOD, (0, skirt / 2, -0.004), (inner, skirt, 0.018), sub=0.3, skip="x-x+y-y+")
        loop = [(-inner / 2 + 0.05, 0.10, 0), (inner / 2 - 0.05, 0.10, 0)]
        loop += [(inner / 2 - 0.05, skirt - 0.29, 0), (-inner / 2 + 0.05, skirt - 0.29, 0)]
        for side in (1, -1):
            with m.at((0, 0, side * 0.005), turn=0 if side > 0 else 180), m.only(NEAR):
                sweep(
                    m,
                    WOOD,
                    [(0, 0), (0, 0.012), (-0.014, 0.014), (-0.024, 0.004)],
                    loop,
                    closed=True,
                    up=(0, 0, 1),
                    hard=60,
                )
    with m.at((0, (skirt or 0) + f * (0.5 if skirt else 1.0), 0)):
        lattice(m, inner, height - (skirt or f / 2) - f * 1.5, pattern)


def rack(
    m: Model,
    name: str,
    label: tuple[str, str],
    width: float,
    levels: int = 5,
    clear: float = 0.355,
    depth: float = 0.42,
) -> Case:
    """An open rack along local +x, its front at z = 0: square posts, boards, fretwork at its ends and under its top."""
    board, base = 0.028, 0.20
    height = base + levels * (clear + board)
    case = Case(name, label, m.matrix.copy(), m.origin.copy(), width, height, depth, base, (clear,) * levels, 2)
    posts = (0.025, width / 2, width - 0.025)
    for x in posts:
        for z in (-0.025, -depth + 0.025):
            box(m, WOOD, (x, height / 2 + 0.03, z), (0.045, height + 0.06, 0.045), sub=0.4, skip="y-")
    for k in range(levels + 1):
        y = base + k * (clear + board)
        box(m, WOOD, (width / 2, y + board / 2, -depth / 2), (width, board, depth - 0.01), sub=0.3)
        with m.only(NEAR):
            box(m, WOOD, (width / 2, y - 0.02, -0.03), (width - 0.06, 0.028, 0.016), sub=0.6, skip="y+x-x+z-")
        if k == levels:
            break
        for x in (0.025, width - 0.025):  # an end of each run is closed by a small fret
            with m.at((x, y + board, -depth / 2), turn=90), m.only(NEAR):
                for s in (-1, 1):
                    bar(m, (s * (depth / 2 - 0.05), clear * 0.36), (0, clear * 0.36), 0.014, 0.014)
                    bar(m, (s * depth / 5, 0), (s * depth / 5, clear * 0.36), 0.014, 0.014)
        with m.only(NEAR):  # a rail keeps what stands at the back from falling
            box(
                m,
                WOOD,
                (width / 2, y + board + 0.16, -depth + 0.02),
                (width - 0.06, 0.022, 0.014),
                sub=0.6,
                skip="x-x+",
            )
    with m.only(NEAR):
        for half in (0, 1):
            x0, x1 = posts[half] + 0.022, posts[half + 1] - 0.022
            for f in (0.0, 1.0):
                x, way = (x0, 1) if f == 0 else (x1, -1)
                y = base - 0.01
                with m.at((x, y, -0.03)):
                    bar(m, (0, -0.13), (way * 0.16, -0.0), 0.02, 0.014)
    m.cases.append(case)
    return case


def beam(m: Model, long: float, tall: float, deep: float, at: Points) -> None:
    """A square beam along local x with eased lower edges."""
    x, y, z = at
    profile = [
        (0, tall),
        (-deep / 2, tall),
        (-deep / 2, 0.03),
        (-deep / 2 + 0.03, 0),
        (deep / 2 - 0.03, 0),
        (deep / 2, 0.03),
        (deep / 2, tall),
        (0, tall),
    ]
    path = [(x - long / 2, y, z), (x + long / 2, y, z)]
    sweep(m, WOOD, profile, path, hard=30, sub=0.5)


def roof(
    m: Model, half: float, length: float, eave: float, ridge: float, rafters: int, finish: str = "limewash"
) -> None:
    """Two slopes with round purlins and square rafters; the ridge runs along z from 0 to -length."""
    reach = half + 0.25
    for s in (-1, 1):
        way = floats([s * reach, eave - ridge, 0])
        over = OVERHANG  # past the gables, so that no sun comes in between
        run = (0, 0, -s * (length + 2 * over))
        start, along = ((0, ridge, over) if s > 0 else (0, ridge, -length - over)), run
        rect(m, finish, start, along, way, sub=0.45)
        for k in range(rafters):
            z = -(k + 0.5) * length / rafters
            middle = (s * reach / 2, (ridge + eave) / 2 - 0.045, z)
            turn = float(np.degrees(np.arctan2(s * (eave - ridge), reach)))
            with m.at(middle, matrix=rotation_z(turn)):
                box(m, WOOD, (0, 0, 0), (float(np.hypot(reach, ridge - eave)), 0.07, 0.06), sub=0.9, skip="x-x+y+")
        for part in (0.06, 0.5, 0.93):
            x, y = s * reach * part, ridge + (eave - ridge) * part - 0.17
            for levels, n in ((NEAR, 12), (MID, 6)):
                with m.only(levels):
                    tube(m, WOOD, floats([[x, y, 0], [x, y, -length / 2], [x, y, -length]]), 0.095, n=n)


def lantern(m: Model, drop: float, radius: float = 0.17, height: float = 0.36) -> None:
    """A six-sided palace lantern on a cord, with a tassel; hangs from the local origin."""
    tube(m, "iron", floats([[0, 0, 0], [0, -drop / 2, 0], [0, -drop, 0]]), 0.006, n=4)
    turn = np.pi / 3 * np.arange(7)
    for k in range(6):
        a, b = turn[k], turn[k + 1]
        face = floats(
            [[(radius * np.sin(t), y - drop - height, radius * np.cos(t)) for y in (0, height)] for t in (a, b)]
        )
        grid(m, "shade_linen", face, np.zeros((2, 2, 2)), glow=LANTERN_GLOW, blocks=False)
        box(
            m,
            WOOD,
            (radius * np.sin(a), -drop - height / 2, radius * np.cos(a)),
            (0.018, height + 0.06, 0.018),
            sub=1,
            blocks=False,
        )
        middle = (a + b) / 2
        flat = radius * np.cos(np.pi / 6) + 0.004
        with (
            m.at((flat * np.sin(middle), -drop - height, flat * np.cos(middle)), turn=float(np.degrees(middle))),
            m.only(NEAR),
        ):
            for s in (-1, 1):
                bar(m, (s * radius * 0.36, 0), (s * radius * 0.36, height), 0.007, 0.007)
            for y in (height * 0.22, height * 0.78):
                bar(m, (-radius * 0.5, y), (radius * 0.5, y), 0.007, 0.007)
    for y, out in ((-drop, 0.035), (-drop - height, 0.02)):
        ring = floats([[(radius + out) * np.sin(t), y, (radius + out) * np.cos(t)] for t in turn[:-1]])
        rim = [(-0.02, -0.016), (0.012, -0.016), (0.012, 0.016), (-0.02, 0.016), (-0.02, -0.016)]
        sweep(m, WOOD, rim, ring[::-1], closed=True, hard=30, blocks=False)
    tail = floats([[0, -drop - height, 0], [0, -drop - height - 0.12, 0], [0, -drop - height - 0.28, 0]])
    tube(m, "cinnabar", tail, [0.006, 0.018, 0.010], n=7)
    m.lamp((0, -drop - height / 2, 0), LANTERN_LIGHT * 0.9, 6.0, shaded=False)
