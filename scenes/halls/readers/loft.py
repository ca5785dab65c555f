"""The loft: fair-faced concrete, a wall of steel-framed glass over the city, oak, leather, plants, a long table."""

from __future__ import annotations

import numpy as np
from PIL import Image

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.joints import rafters
from carrel.scenes.halls.kit.lamps import OPAL_LIGHT
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.kit.sweeps import lathe, tube
from carrel.scenes.halls.paint import floors, surfaces
from carrel.scenes.halls.paint.cloth import weave
from carrel.scenes.halls.paint.outlooks import skyline
from carrel.scenes.halls.paint.rug import rug
from carrel.scenes.halls.readers.look import Look, Surfaces, Thing, Window, dimmed, sun
from carrel.scenes.halls.room.facts import GoTo
from carrel.scenes.halls.room.recipe import Room

HALF, DEPTH, HEIGHT = 4.2, 9.0, 4.2
TABLE = (-1.25, -5.6)
LOUNGE = (2.1, -3.5)


def body(room: Room, look: Look) -> None:
    """The ceiling: concrete, steel beams, a duct, a track of spots along the wall for works."""
    m = room.model
    panel = m.panel((-HALF, HEIGHT, -DEPTH), (2 * HALF, 0, 0), (0, 0, DEPTH), (0, -1, 0), 0.08)
    rect(m, "concrete", (-HALF, HEIGHT, -DEPTH), (2 * HALF, 0, 0), (0, 0, DEPTH), panel=panel)
    rafters(m, "black", -HALF, HALF, -DEPTH, 0, HEIGHT - 0.001, along_x=True, count=3, size=(0.06, 0.30))
    for k in range(3):
        z = -DEPTH + DEPTH * (k + 1) / 4
        for y in (HEIGHT - 0.31, HEIGHT - 0.02):
            box(m, "black", (0, y, z), (2 * HALF, 0.024, 0.18), sub=0.5, skip="x-x+")
    _duct(m)
    _track(m)


def _duct(m: Model) -> None:
    z = np.linspace(-DEPTH, 0, 13)
    tube(m, "steel", np.stack([0 * z - 2.9, 0 * z + HEIGHT - 0.58, z], 1), 0.19, n=20)
    for k in range(7):
        with m.at((-2.9, HEIGHT - 0.58, -0.6 - 1.3 * k), matrix=floats([[1, 0, 0], [0, 0, -1], [0, 1, 0]])):
            lathe(m, "steel", [(0.19, -0.03), (0.205, -0.02), (0.205, 0.02), (0.19, 0.03)], n=20)


def _track(m: Model) -> None:
    """Four spots before the far wall, turned toward it."""
    y, z = HEIGHT - 0.62, -DEPTH + 1.25
    box(m, "black", (0, y + 0.10, z), (6.4, 0.03, 0.04), sub=0.8)
    for x in (-2.6, 2.6):
        tube(m, "black", floats([[x, y + 0.10, z], [x, y + 0.35, z], [x, HEIGHT, z]]), 0.008, n=5)
    tilt = floats([[1, 0, 0], [0, 0.82, 0.57], [0, -0.57, 0.82]])
    for x in (-2.4, -0.8, 0.8, 2.4):
        with m.at((x, y, z), matrix=tilt):
            lathe(m, "black", [(0.052, -0.09), (0.055, 0.05), (0.03, 0.08), (0, 0.085)], n=14, hard=50)
            lathe(m, "bulb", [(0, -0.082), (0.046, -0.084)], n=12, glow=2.6, blocks=False)
        m.lamp((x, y - 0.16, z - 0.08), OPAL_LIGHT * 0.85, 4.6, shaded=True)


def textures() -> dict[str, Image.Image]:
    """The pictures of this look's families."""
    wood, wood_rough = floors.planks((172, 138, 100), rows=9)
    return {
        "veneer": surfaces.veneer((140, 98, 66)),
        "timber": surfaces.veneer((198, 160, 116), seed=21),
        "limewash": surfaces.limewash((222, 220, 214)),
        "concrete": floors.concrete(),
        "planks": wood,
        "planks_rough": wood_rough,
        "rug": rug(),
        "weave": weave(),
    }


def _chairs() -> tuple[Thing, ...]:
    x, z = TABLE
    seats = ((-0.62, -0.62, 88), (-0.66, 0.58, 94), (0.64, -0.55, -90), (0.80, 0.66, -74))
    return tuple(Thing("chair", x + dx, z + dz, turn, 0, {"seat": "leather_black"}) for dx, dz, turn in seats)


THINGS = (
    Thing(
        "planks",
        -HALF + 0.02,
        -4.5,
        90,
        0,
        {
            "name": "W1",
            "label": ("My books", "我的藏书"),
            "width": 5.6,
            "boards": (0.42, 0.36, 0.34, 0.34, 0.32, 0.32, 0.30),
            "depth": 0.36,
            "bays": 6,
            "wood": "oak",
            "upright": "black",
            "thick": 0.03,
            "empty": (8, 15, 22, 33, 37),
        },
    ),
    Thing("ladder", -HALF + 0.98, -3.1, 90, 0, {"height": 2.75}),
    Thing("branch vase", -HALF + 0.18, -4.03, 0, 0.992),
    Thing("bust", -HALF + 0.2, -5.0, 90, 1.362),
    Thing("vase", -HALF + 0.18, -5.9, 0, 1.732),
    Thing("long table", *TABLE, 90),
    *_chairs(),
    Thing("dome", TABLE[0], TABLE[1] - 0.75, 0, HEIGHT, {"drop": 2.25}),
    Thing("dome", TABLE[0], TABLE[1], 0, HEIGHT, {"drop": 2.25}),
    Thing("dome", TABLE[0], TABLE[1] + 0.75, 0, HEIGHT, {"drop": 2.25}),
    Thing("open book", TABLE[0] - 0.2, TABLE[1] - 0.6, 90, 0.753),
    Thing("pile", TABLE[0] + 0.15, TABLE[1] + 0.12, 20, 0.753, {"count": 4}),
    Thing("tea", TABLE[0] - 0.1, TABLE[1] + 0.62, 100, 0.753, {"glaze": "black"}),
    Thing("rug", *LOUNGE, 0, 0, {"width": 2.1, "length": 3.1}),
    Thing("armchair", 3.15, -2.45, -132, 0, {"cover": "leather_tan"}),
    Thing("armchair", 3.2, -4.5, -56, 0, {"cover": "leather_tan"}),
    Thing("bench", 0.85, -3.5, 90, 0, {"cover": "wool_grey", "length": 1.6}),
    Thing("coffee table", 2.05, -3.5, 90),
    Thing("pile", 2.1, -3.75, 15, 0.36, {"count": 3}),
    Thing("vase", 1.98, -3.2, 0, 0.36, {"glaze": "black"}),
    Thing("floor lamp", 3.72, -3.5, 0, 0, {"metal": "black"}),
    Thing("palm", 3.62, -0.75, 0, 0, {"height": 2.1}),
    Thing("palm", 3.6, -7.7, 80, 0, {"height": 1.8}),
    Thing("palm", -3.7, -0.62, 40, 0, {"height": 1.5}),
    Thing("writing desk", 3.3, -6.2, -90, 0, {"wood": "oak", "top": "oak"}),
    Thing("stool", 2.66, -6.2, 90),
    Thing("shade lamp", 3.45, -6.72, 0, 0.76),
    Thing("pile", 3.42, -5.78, 5, 0.76, {"count": 2}),
    Thing("plinth", -2.9, -8.2, 0),
    Thing("plinth", 2.5, -8.3, 0),
    Thing("easel", -0.1, -8.25, -6),
)
LOFT = Look(
    id="readers-room-loft",
    stem="readers_room_loft",
    en="Reader’s Room: loft",
    zh="读者小屋：阁楼",
    half=HALF,
    depth=DEPTH,
    height=HEIGHT,
    surfaces=Surfaces("planks", "concrete", "concrete", "black", "black", "black", "slate", 90.0),
    windows=(Window("east", -4.5, 7.2, 0.34, 3.52, 6, 3, 0.006),),
    door=(-1.6, 1.2, 2.4),
    wainscot=0.0,
    things=THINGS,
    places=(
        GoTo("entrance", "Entrance", "入口", (-1.6, 0.0, -1.2), -20.0),
        GoTo("window", "City window", "城窗", (2.2, 0.0, -5.6), -90.0),
        GoTo("table", "Long table", "长桌", (0.5, 0.0, -5.6), 90.0),
        GoTo("lounge", "Armchairs", "沙发角", (0.2, 0.0, -2.4), -60.0),
        GoTo("shelves", "Bookshelves", "书架", (-2.6, 0.0, -4.0), 90.0),
        GoTo("works", "Wall for works", "展示墙", (0.6, 0.0, -7.0), 0.0),
    ),
    frames=(
        ("wall-1", (-1.9, 1.2, -DEPTH + 0.01), 0.0),
        ("wall-2", (1.2, 1.2, -DEPTH + 0.01), 0.0),
        ("plinth-left", (-2.9, 1.0, -8.2), 0.0),
        ("plinth-right", (2.5, 1.0, -8.3), 0.0),
    ),
    heading=-24.0,
    daylight=sun(26, 26, 0.8, 1.0),
    exposure=1.45,
    outlook=lambda: dimmed(skyline(), 0.72),
    textures=textures,
    body=body,
    window_depth=0.26,
    view=(5.0, 2.4, 2.5),
    look={"specular": 2.2},
)
