"""What a gallery is made of: rooflights in deep wells, freestanding walls, spotlights on a track, captions."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import Points, floats, rotation_x
from carrel.scenes.halls.kit.bookcase import Picture
from carrel.scenes.halls.kit.model import MID, NEAR, Model, Opening
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.kit.sweeps import lathe

CEILING = floats([[1, 0, 0], [0, 0, -1], [0, 1, 0]])  # local x stays x, local y runs along +z, local z looks down
SPOT_LIGHT = floats([1.0, 0.84, 0.62])


def rooflight(m: Model, width: float, long: float, depth: float, bars: int) -> None:
    """A glazed well over the local origin (on the ceiling's plane), `width` along x and `long` along z."""
    w, d = width / 2, long / 2
    sides = (
        ((-w, 0, d), (0, 0, -long)),
        ((w, 0, -d), (0, 0, long)),
        ((-w, 0, -d), (width, 0, 0)),
        ((w, 0, d), (-width, 0, 0)),
    )
    for start, way in sides:
        normal = np.cross(floats(way) / np.linalg.norm(way), [0, 1, 0])
        panel = m.panel(start, way, (0, depth, 0), normal, 0.07)
        rect(m, "reveal", start, way, (0, depth, 0), panel=panel)
    for k in range(bars + 1):
        z = -d + long * k / bars
        box(m, "white", (0, depth - 0.05, z), (width, 0.09, 0.055), sub=0.8, skip="x-x+y+")
    for x in (-width / 6, width / 6):
        box(m, "white", (x, depth - 0.03, 0), (0.035, 0.05, long), sub=0.8, skip="z-z+y+")
    sky = (-w - 1.5, depth + 0.8, -d - 1.5)
    rect(m, "sky", sky, (width + 3, 0, 0), (0, 0, long + 3), picture=(0, 0, 1, 0.45), glow=1.0, blocks=False)
    at = m.world((0, depth - 0.16, 0))
    across, up, normal = m.matrix @ floats([1, 0, 0]), m.matrix @ floats([0, 0, -1]), floats([0, -1, 0])
    middle = float(at @ up)
    m.openings.append(
        Opening(at, across, normal, width * 0.97, middle - d * 0.97, middle + d * 0.97, up=up, arched=False)
    )


def standing_wall(m: Model, width: float, height: float, thick: float = 0.26) -> None:
    """A freestanding white wall about the local origin, its faces toward +z and -z."""
    w, t = width / 2, thick / 2
    for turn in (0, 180):
        with m.at(turn=turn):
            panel = m.panel((-w, 0.05, t), (width, 0, 0), (0, height - 0.05, 0), (0, 0, 1), 0.04)
            rect(m, "plaster", (-w, 0.05, t), (width, 0, 0), (0, height - 0.05, 0), panel=panel)
    for turn in (90, -90):
        with m.at(turn=turn):
            panel = m.panel((-t, 0.05, w), (thick, 0, 0), (0, height - 0.05, 0), (0, 0, 1), 0.06)
            rect(m, "plaster", (-t, 0.05, w), (thick, 0, 0), (0, height - 0.05, 0), panel=panel)
    box(m, "black", (0, 0.03, 0), (width - 0.06, 0.06, thick - 0.06), sub=1, skip="y-y+")
    panel = m.panel((-w, height, t), (width, 0, 0), (0, 0, -thick), (0, 1, 0), 0.08)
    rect(m, "plaster", (-w, height, t), (width, 0, 0), (0, 0, -thick), panel=panel)


def track(m: Model, long: float, spots: int, tilt: float, strength: float) -> None:
    """A black track along local x on the ceiling's plane, with spotlights turned toward +z; local y up."""
    box(m, "black", (0, -0.02, 0), (long, 0.035, 0.04), sub=1.2, skip="y+")
    for k in range(spots):
        x = -long / 2 + long * (k + 0.5) / spots
        box(m, "black", (x, -0.06, 0), (0.018, 0.06, 0.018), sub=1)
        with m.at((x, -0.13, 0.02), matrix=rotation_x(-tilt)):
            for levels, n in ((NEAR, 14), (MID, 7)):
                with m.only(levels):
                    lathe(
                        m,
                        "black",
                        [(0.030, -0.10), (0.046, -0.085), (0.046, 0.06), (0.035, 0.075), (0, 0.078)],
                        n=n,
                        hard=50,
                    )
            with m.only(NEAR):
                lathe(m, "bulb", [(0, -0.088), (0.036, -0.088)], n=12, glow=1.8, blocks=False)
        m.lamp((x, -0.35, 0.28), SPOT_LIGHT * strength, 4.5, shaded=True)


def card(m: Model, picture: Picture, wide: float = 0.16, tall: float = 0.10) -> None:
    """A small card on the wall plane z = 0, its middle at the local origin."""
    box(m, "white", (0, 0, 0.003), (wide, tall, 0.006), sub=1, skip="z-")
    rect(m, "print", (-wide / 2, -tall / 2, 0.0065), (wide, 0, 0), (0, tall, 0), picture=picture)


def framed(m: Model, picture: Picture, wide: float, tall: float, mount: float = 0.09, frame: str = "oak") -> None:
    """A picture in a slim box frame on the wall plane z = 0, its middle at the local origin; no mount: a bare canvas."""
    w, h, deep = wide / 2, tall / 2, 0.035
    if mount:
        for x, y, sx, sy in ((0, h, wide, 0.022), (0, -h, wide, 0.022), (w, 0, 0.022, tall), (-w, 0, 0.022, tall)):
            box(
                m,
                frame,
                (x, y, deep / 2),
                (sx + (0.022 if sx > 0.03 else 0), sy - (0.022 if sy > 0.03 else 0), deep),
                sub=0.5,
                skip="z-",
            )
        rect(m, "paper", (-w, -h, 0.012), (wide, 0, 0), (0, tall, 0), sub=0.3)
        rect(
            m,
            "print",
            (-w + mount, -h + mount, 0.0135),
            (wide - 2 * mount, 0, 0),
            (0, tall - 2 * mount, 0),
            picture=picture,
            sub=0.3,
        )
    else:
        box(m, "paper", (0, 0, deep / 2), (wide, tall, deep), sub=0.5, skip="z-z+")
        rect(m, "print", (-w, -h, deep), (wide, 0, 0), (0, tall, 0), picture=picture, sub=0.4)


def vitrine(m: Model, wide: float, deep: float, bed: float = 0.86, tall: float = 0.30) -> None:
    """A table case: a white bed on slim oak legs under a glass box; the middle of its bed is at height `bed`."""
    w, d = wide / 2, deep / 2
    box(m, "oak", (0, bed - 0.06, 0), (wide, 0.09, deep), sub=0.3)
    rect(m, "white", (-w + 0.02, bed, d - 0.02), (wide - 0.04, 0, 0), (0, 0, -deep + 0.04), sub=0.2)
    for x in (-w + 0.03, w - 0.03):
        for z in (-d + 0.03, d - 0.03):
            box(m, "oak", (x, (bed - 0.10) / 2, z), (0.045, bed - 0.10, 0.045), sub=0.4, skip="y+")
            box(
                m,
                "steel",
                (x * (w - 0.006) / (w - 0.03), bed + tall / 2, z * (d - 0.006) / (d - 0.03)),
                (0.01, tall, 0.01),
                sub=1,
            )
    for s in (-1, 1):
        box(m, "steel", (0, bed + tall, s * (d - 0.006)), (wide, 0.012, 0.012), sub=1)
        box(m, "steel", (s * (w - 0.006), bed + tall, 0), (0.012, 0.012, deep), sub=1, skip="z-z+")
    for turn, run, out in ((0, wide, d), (180, wide, d), (90, deep, w), (-90, deep, w)):
        with m.at(turn=turn):
            _pane(m, (-run / 2, bed, out), (run, 0, 0), (0, tall, 0))
    _pane(m, (-w, bed + tall, d), (wide, 0, 0), (0, 0, -deep))


def _pane(m: Model, origin: Points, across: Points, depth: Points) -> None:
    """Glass that one only sees by a breath of light on it."""
    alpha = floats([0.012, 0.03, 0.02, 0.045])
    rect(m, "sunbeam", origin, across, depth, glow=1.0, blocks=False, alpha=alpha)
