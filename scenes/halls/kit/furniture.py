"""Reading tables and chairs in three levels of detail. Local origin on the floor, front toward +z."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, Points, floats
from carrel.scenes.halls.kit.lamps import banker_lamp
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.shapes import box, grid, rect
from carrel.scenes.halls.kit.sweeps import lathe, sweep, tube

TABLE_WIDTH, TABLE_LENGTH, TABLE_HEIGHT, TABLE_EDGE = 1.25, 3.2, 0.76, 0.11
SEAT_HEIGHT = 0.47
LEG = [
    (0.5, 0), (0.62, 0.03), (0.62, 0.06), (0.42, 0.09), (0.55, 0.16), (0.80, 0.30), (0.95, 0.46), (0.85, 0.62), (0.50, 0.74),
    (0.48, 0.78), (0.80, 0.82), (0.80, 0.86), (0.5, 0.89), (0.62, 0.94), (0.9, 1),
]  # fmt: skip
LEG_MID = [(0.62, 0), (0.42, 0.09), (0.95, 0.46), (0.50, 0.76), (0.85, 1)]


def turned_leg(m: Model, height: float, position: Points, radius: float = 0.055) -> None:
    x, _, z = position
    shaft = height - 0.20
    with m.only(NEAR | MID):
        box(m, "walnut", (x, height - 0.10, z), (radius * 2.1, 0.20, radius * 2.1), skip="y+", sub=1)
    with m.only(NEAR):
        lathe(m, "walnut", [(radius * a, shaft * b) for a, b in LEG], position, n=9, hard=75)
    with m.only(MID):
        lathe(m, "walnut", [(radius * a, shaft * b) for a, b in LEG_MID], position, n=6, hard=75)
    with m.only(FAR):
        box(m, "walnut", (x, height / 2, z), (radius * 1.5, height, radius * 1.5), skip="y+y-", sub=1)


def reading_table(m: Model) -> None:
    """Long axis z. A leather top in a moulded walnut edge, lightmapped so that sun and shade fall on it; two lamps."""
    w, long, h, e = TABLE_WIDTH, TABLE_LENGTH, TABLE_HEIGHT, TABLE_EDGE
    panel = m.panel((-w / 2, h, -long / 2), (w, 0, 0), (0, 0, long), (0, 1, 0), 0.03)
    rect(m, "leather_top", (-w / 2 + e, h, long / 2 - e), (w - 2 * e, 0, 0), (0, 0, -long + 2 * e), panel=panel)
    rails = (
        (-w / 2, w / 2, long / 2 - e, long / 2),
        (-w / 2, w / 2, -long / 2, -long / 2 + e),
        (-w / 2, -w / 2 + e, -long / 2 + e, long / 2 - e),
        (w / 2 - e, w / 2, -long / 2 + e, long / 2 - e),
    )
    for x0, x1, z0, z1 in rails:
        rect(m, "walnut_top", (x0, h, z1), (x1 - x0, 0, 0), (0, 0, z0 - z1), panel=panel)
    with m.only(NEAR | MID):
        a, b = w / 2 - e - 0.025, long / 2 - e - 0.025
        for x0, x1, z0, z1 in ((-1, 1, 1, 1), (-1, 1, -1, -1), (-1, -1, -1, 1), (1, 1, -1, 1)):
            center = ((x0 + x1) / 2 * a, h, (z0 + z1) / 2 * b)
            box(
                m,
                "gilt",
                center,
                (abs(x1 - x0) * a + 0.006, 0.002, abs(z1 - z0) * b + 0.006),
                skip="y-x+x-z+z-",
                sub=1.6,
            )
    edge = [(0, -0.06), (0, -0.06), (0.012, -0.045), (0.016, -0.02), (0.008, -0.004), (0, 0)]
    loop = [(w / 2, h, long / 2), (w / 2, h, -long / 2), (-w / 2, h, -long / 2), (-w / 2, h, long / 2)]
    for levels, profile, sub in ((NEAR, edge, 0.5), (MID, edge[1::2], 1.7), (FAR, [(0, -0.06), (0, 0)], 4)):
        with m.only(levels):
            sweep(m, "walnut", profile, loop, closed=True, hard=80, sub=sub)
            apron = sub if levels != NEAR else 0.6
            for s in (-1, 1):
                box(m, "walnut", (s * (w / 2 - 0.09), h - 0.115, 0), (0.03, 0.11, long - 0.3), sub=apron, skip="y+z-z+")
                box(m, "walnut", (0, h - 0.115, s * (long / 2 - 0.11)), (w - 0.3, 0.11, 0.03), sub=apron, skip="y+x-x+")
                if levels != FAR:
                    box(m, "walnut", (s * (w / 2 - 0.10), 0.14, 0), (0.04, 0.05, long - 0.4), sub=apron, skip="z-z+")
    for s in (-1, 1):
        for k in (-1, 0, 1):
            turned_leg(m, h - 0.05, (s * (w / 2 - 0.10), 0, k * (long / 2 - 0.13)))
    with m.only(NEAR):
        rect(m, "walnut_dark", (-w / 2, h - 0.061, -long / 2), (w, 0, 0), (0, 0, long), sub=0.9)
    for z in (-long / 4, long / 4):
        with m.at((0, h, z)):
            banker_lamp(m)


def chair(m: Model, seat: str = "leather_red") -> None:
    """A library chair: leather saddle seat, splayed back legs, curved slat back. Faces +z. Adds a place to sit."""
    with m.only(NEAR):
        _fine_chair(m, seat)
    with m.only(MID):
        _plain_chair(m, seat, n=4, spindles=3)
    with m.only(FAR):
        _plain_chair(m, seat, n=3, spindles=0)


def _fine_chair(m: Model, seat: str) -> None:
    wood = "walnut"
    box(m, wood, (0, 0.43, 0), (0.46, 0.05, 0.44), sub=0.45)
    x, z = np.meshgrid(np.linspace(-0.21, 0.21, 5), np.linspace(0.20, -0.20, 5), indexing="ij")
    puff = 0.47 + 0.018 * np.cos(x / 0.21 * 1.5) * np.cos(z / 0.2 * 1.5)
    grid(m, seat, np.stack([x, puff, z], -1), np.stack([x, z], -1))
    leg = [(0.020, 0), (0.026, 0.05), (0.018, 0.09), (0.03, 0.22), (0.024, 0.34), (0.03, 0.405)]
    for s in (-1, 1):
        lathe(m, wood, leg, (s * 0.19, 0, 0.18), n=7, hard=70)
        tube(m, wood, _back_leg(s), [0.02, 0.024, 0.024, 0.021, 0.018], n=5)
        box(m, wood, (s * 0.19, 0.16, -0.02), (0.022, 0.03, 0.40), sub=1, skip="z-z+")
    box(m, wood, (0, 0.22, 0), (0.38, 0.025, 0.022), sub=1, skip="x-x+")
    for y, out, tall in ((0.93, 0.30, 0.10), (0.70, 0.25, 0.05)):
        _slat(m, wood, y, out, tall, 6)
    for xx in (-0.08, 0, 0.08):
        tube(m, wood, floats([[xx, 0.45, -0.20], [xx, 0.70, -0.268], [xx, 0.90, -0.315]]), 0.010, n=4)


def _back_leg(s: int) -> Floats:
    return floats(
        [
            [s * 0.18, 0, -0.27],
            [s * 0.185, 0.25, -0.21],
            [s * 0.19, 0.45, -0.195],
            [s * 0.195, 0.70, -0.24],
            [s * 0.20, 0.98, -0.30],
        ]
    )


def _slat(m: Model, wood: str, y: float, out: float, tall: float, n: int) -> None:
    a = np.linspace(-0.2, 0.2, n)
    depth = -out - 0.03 * (1 - (a / 0.2) ** 2)
    uv = np.stack([np.broadcast_to([[0.0], [tall]], (2, n)), np.broadcast_to(a, (2, n))], -1)
    for offset, order in ((0.010, 1), (-0.010, -1)):
        low = np.stack([a, np.full(n, y - tall / 2), depth + offset], -1)
        high = np.stack([a, np.full(n, y + tall / 2), depth + offset - 0.01], -1)
        grid(m, wood, np.stack([low, high])[::-order], uv)
    cap = np.stack([np.stack([a, np.full(n, y + tall / 2), depth - z], -1) for z in (0, 0.02)])
    grid(m, wood, cap[::-1], uv)


def _plain_chair(m: Model, seat: str, *, n: int, spindles: int) -> None:
    wood = "walnut"
    box(m, wood, (0, 0.43, 0), (0.46, 0.05, 0.44), sub=1, skip="y+y-" if n < 4 else "")
    rect(m, seat, (-0.23, 0.475, 0.22), (0.46, 0, 0), (0, 0, -0.44))
    for s in (-1, 1):
        box(m, wood, (s * 0.19, 0.205, 0.18), (0.045, 0.41, 0.045), sub=1, skip="y-y+" + ("x-" if n < 4 else ""))
        tube(m, wood, _back_leg(s)[[0, 2, 4]], 0.022, n=n)
    for y, out, tall in ((0.93, 0.32, 0.10), (0.70, 0.27, 0.05)):
        box(m, wood, (0, y, -out), (0.38, tall, 0.02), sub=1, skip="x-x+" + ("y-" if n == 4 else "y-y+"))
    for xx in np.linspace(-0.08, 0.08, spindles):
        tube(m, wood, floats([[xx, 0.45, -0.20], [xx, 0.90, -0.315]]), 0.010, n=3)


def open_book(m: Model, page: tuple[float, float, float, float], width: float = 0.17, height: float = 0.26) -> None:
    """Two leaves with a soft swell and covers beneath; lies in local x-z, its head toward -z."""
    u0, v0, u1, v1 = page
    for levels, n in ((NEAR, 6), (MID | FAR, 3)):
        with m.only(levels):
            for s in (-1, 1):
                t = np.linspace(0, 1, n)
                y = 0.012 + 0.022 * np.sin(np.pi * np.minimum(t * 1.15 + 0.12, 1)) ** 0.8
                leaf = floats([np.stack([s * t * width, y, np.full(n, z)], -1) for z in (-height / 2, height / 2)])
                across = u0 + (u1 - u0) * (t if s > 0 else 1 - t)
                uv = np.stack([np.broadcast_to(across, (2, n)), np.broadcast_to([[v0], [v1]], (2, n))], -1)
                grid(m, "print", leaf if s > 0 else leaf[::-1], uv if s > 0 else uv[::-1])
                box(
                    m,
                    "leather_red",
                    (s * width * 0.52, 0.004, 0),
                    (width * 1.04, 0.006, height + 0.012),
                    sub=1,
                    skip="y-",
                )
