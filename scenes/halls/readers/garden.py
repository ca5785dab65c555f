"""The garden room: timber and paper, reed mats, a low table before a window as wide as the room, bamboo outside."""

from __future__ import annotations

import numpy as np
from PIL import Image

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.joints import rafters
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.shapes import box, grid, rect
from carrel.scenes.halls.kit.sweeps import lathe, tube
from carrel.scenes.halls.paint import floors, surfaces
from carrel.scenes.halls.paint.cloth import weave
from carrel.scenes.halls.paint.outlooks import garden
from carrel.scenes.halls.readers.look import Look, Surfaces, Thing, Window, dimmed, sun
from carrel.scenes.halls.room.facts import GoTo
from carrel.scenes.halls.room.recipe import Room

HALF, DEPTH, HEIGHT = 3.3, 7.0, 2.78
WINDOW_X, WINDOW_WIDTH, SILL, HEAD = -0.3, 4.8, 0.10, 2.14
MAT_LONG, MAT_WIDE, MATS_X, MATS_Z = 1.82, 0.91, -0.3, -1.20
TABLE = (-0.3, -4.75)
POST, RAIL_Y = 0.11, 2.2
ALCOVE = (-4.55, -6.45, 0.62)  # from z, to z, depth
SKYLIGHT = floats([2.3, 2.5, 2.2])


def body(room: Room, look: Look) -> None:
    """Ceiling, posts, mats, screens, the alcove, and the garden outside."""
    m = room.model
    above = m.panel((-HALF, HEIGHT, -DEPTH), (2 * HALF, 0, 0), (0, 0, DEPTH), (0, -1, 0), 0.07)
    corners = floats([[(-HALF, HEIGHT, -DEPTH), (-HALF, HEIGHT, 0)], [(HALF, HEIGHT, -DEPTH), (HALF, HEIGHT, 0)]])
    grid(m, "planks", corners, corners[..., [2, 0]], panel=above)
    rafters(m, "oak_dark", -HALF, HALF, -DEPTH, 0, HEIGHT, along_x=True, count=9, size=(0.045, 0.055))
    _mats(m)
    _posts(m)
    _screens(m)
    _alcove(room)
    _garden(m)


def _mats(m: Model) -> None:
    """Two blocks across, three deep, each of two mats; neighbours lie crosswise so that no four corners meet."""
    for i in range(2):
        for j in range(3):
            x0, z0 = MATS_X + (i - 1) * MAT_LONG, MATS_Z - j * MAT_LONG
            for k in range(2):
                lies = ((x0, 0.012, z0 - k * MAT_WIDE), (MAT_LONG, 0, 0), (0, 0, -MAT_WIDE))
                crosswise = ((x0 + (k + 1) * MAT_WIDE, 0.012, z0), (0, 0, -MAT_LONG), (-MAT_WIDE, 0, 0))
                rect(m, "tatami", *((lies, crosswise)[(i + j + 1) % 2]), picture=(0, 0, 1, 1), panel=0, blocks=False)


def _posts(m: Model) -> None:
    half = POST / 2
    left, right = WINDOW_X - WINDOW_WIDTH / 2, WINDOW_X + WINDOW_WIDTH / 2
    spots = [(x, -DEPTH + half) for x in (-HALF + half, left - half, right + half, HALF - half)]
    spots += [(s * (HALF - half), z) for s in (-1, 1) for z in (-0.06, -2.2, -4.5)]
    for x, z in spots:
        box(m, "oak_dark", (x, HEIGHT / 2, z), (POST, HEIGHT, POST), sub=0.4, skip="y-y+")
    for s in (-1, 1):
        box(m, "oak_dark", (s * (HALF - 0.022), RAIL_Y, -DEPTH / 2), (0.044, 0.10, DEPTH), sub=0.4, skip="z-z+")
        box(m, "oak_dark", (s * (HALF - 0.03), HEIGHT - 0.06, -DEPTH / 2), (0.06, 0.12, DEPTH), sub=0.4, skip="z-z+y+")
    for z in (-DEPTH + 0.03, -0.03):
        box(m, "oak_dark", (0, RAIL_Y, z), (2 * HALF, 0.10, 0.06), sub=0.4, skip="x-x+")
        box(m, "oak_dark", (0, HEIGHT - 0.06, z), (2 * HALF, 0.12, 0.06), sub=0.4, skip="x-x+y+")
    box(m, "oak_dark", (WINDOW_X, SILL - 0.03, -DEPTH + 0.06), (WINDOW_WIDTH, 0.06, 0.16), sub=0.4)


def _screens(m: Model) -> None:
    """Paper screens slid to both ends of the window."""
    leaf, tall = 0.86, HEAD - SILL
    for x in (WINDOW_X - WINDOW_WIDTH / 2 + leaf / 2, WINDOW_X + WINDOW_WIDTH / 2 - leaf / 2):
        with m.at((x, SILL, -DEPTH + 0.05)):
            for s in (-1, 1):
                box(m, "oak_dark", (s * (leaf / 2 - 0.018), tall / 2, 0), (0.036, tall, 0.03), sub=0.5, skip="y-")
            for y in (0.02, 0.34, tall - 0.02):
                box(m, "oak_dark", (0, y, 0), (leaf - 0.07, 0.036, 0.03), sub=0.5, skip="x-x+")
            for y in np.linspace(0.34, tall - 0.02, 7)[1:-1]:
                box(m, "oak_dark", (0, float(y), 0.004), (leaf - 0.07, 0.010, 0.014), sub=1, skip="x-x+")
            for x2 in (-leaf / 6, leaf / 6):
                box(m, "oak_dark", (x2, (0.34 + tall) / 2, 0.004), (0.010, tall - 0.36, 0.014), sub=1, skip="y-y+")
            box(m, "oak_dark", (0, 0.18, 0), (leaf - 0.07, 0.29, 0.012), sub=0.3, skip="x-x+y-y+")
            rect(
                m, "shade_linen", (-leaf / 2 + 0.03, 0.34, -0.004), (leaf - 0.06, 0, 0), (0, tall - 0.36, 0), glow=0.62
            )
            rect(m, "paper", (leaf / 2 - 0.03, 0.34, -0.012), (-leaf + 0.06, 0, 0), (0, tall - 0.36, 0), sub=0.4)


def _alcove(room: Room) -> None:
    """A raised board with a post of its own, for one work and one branch."""
    m = room.model
    z0, z1, deep = ALCOVE
    middle, long, x = (z0 + z1) / 2, z0 - z1, -HALF + deep / 2
    box(m, "oak", (x, 0.075, middle), (deep, 0.15, long), sub=0.22, skip="y-x-")
    box(m, "oak_dark", (-HALF + deep + 0.012, 0.08, middle), (0.028, 0.17, long), sub=0.3, skip="y-x-")
    tube(
        m,
        "bark",
        floats(
            [[-HALF + deep, 0, z0 + 0.05], [-HALF + deep + 0.02, 1.1, z0 + 0.04], [-HALF + deep, HEIGHT, z0 + 0.05]]
        ),
        0.055,
        n=10,
    )
    box(m, "oak_dark", (x, 2.06, middle), (deep, 0.06, long), sub=0.3)
    with m.at((-HALF + deep, 2.09, z0), turn=90):
        face = m.panel((0, 0, 0), (long, 0, 0), (0, HEIGHT - 2.09, 0), (0, 0, 1), 0.08)
        rect(m, "plaster", (0, 0, 0), (long, 0, 0), (0, HEIGHT - 2.09, 0), panel=face)
    m.lamp((-HALF + 0.40, 1.95, middle), floats([1.0, 0.80, 0.52]) * 0.5, 3.0, shaded=True)
    room.solids.box(m, (-HALF, 0, z1), (-HALF + deep, 0.15, z0), "stone")


def _garden(m: Model) -> None:
    """A veranda, raked gravel, stones, bamboo, and light of its own."""
    front, edge, back = -DEPTH - 0.26, -DEPTH - 1.05, -DEPTH - 3.4
    for k in range(6):
        z = front - 0.066 - 0.133 * k
        box(m, "oak", (WINDOW_X, 0.02, z), (8.0, 0.05, 0.125), sub=0.7, skip="y-x-x+")
    rect(m, "gravel", (-5.5, -0.16, edge), (11, 0, 0), (0, 0, back - edge), sub=0.4)
    for k in range(9):
        z = edge - 0.2 - 0.11 * k
        tube(m, "gravel", floats([[-5, -0.165, z], [0, -0.165, z], [5, -0.165, z]]), 0.022, n=5)
    for k, (x, z, size) in enumerate(
        ((1.2, -9.35, 0.52), (1.95, -9.0, 0.30), (-2.5, -9.5, 0.42), (-2.05, -9.05, 0.20))
    ):
        with m.at((x, -0.20, z), turn=70.0 * k):
            _boulder(m, size, 40 + k)
    _stone_lantern(m, (-1.55, -0.16, -9.15))
    rng = np.random.default_rng(31)
    for _ in range(26):
        x, z = float(rng.uniform(-4.2, 3.8)), float(rng.uniform(-10.2, -9.5))
        _bamboo(m, rng, x, z, float(rng.uniform(0.022, 0.040)))
    _fern(m, rng)
    for x in (-2.4, 2.0):
        m.lamp((x, 2.7, -DEPTH - 1.3), SKYLIGHT, 7.0, shaded=False)


def _boulder(m: Model, radius: float, seed: int) -> None:
    """A weathered stone, half sunk in the gravel."""
    rng = np.random.default_rng(seed)
    rows, n = 9, 19
    down, turn = np.linspace(0, np.pi * 0.62, rows)[:, None], np.linspace(0, 2 * np.pi, n)[None]
    swell = np.ones((rows, n))
    for _ in range(7):
        a, b, phase, part = rng.integers(1, 4), rng.integers(1, 5), rng.uniform(0, 6.28, 2), rng.uniform(0.03, 0.10)
        swell += part * np.cos(a * turn + phase[0]) * np.cos(b * down + phase[1]) * np.minimum(1, np.sin(down) * 2)
    r = radius * swell
    points = np.stack(
        [1.25 * r * np.sin(down) * np.sin(turn), r * np.cos(down) + 0.1 * radius, r * np.sin(down) * np.cos(turn)], -1
    )
    grid(m, "slate", floats(points), np.zeros((rows, n, 2)))


def _stone_lantern(m: Model, at: tuple[float, float, float]) -> None:
    profile = [
        (0.19, 0),
        (0.19, 0.07),
        (0.10, 0.11),
        (0.085, 0.20),
        (0.085, 0.52),
        (0.17, 0.60),
        (0.17, 0.66),
        (0.13, 0.67),
    ]
    lathe(m, "marble", profile, at, n=6, hard=30)
    lathe(m, "marble", [(0.125, 0.67), (0.125, 0.88)], at, n=6)
    lathe(m, "flame", [(0.127, 0.71), (0.127, 0.84)], at, n=6, glow=0.5)
    roof = [(0.13, 0.88), (0.30, 0.90), (0.31, 0.93), (0.12, 1.04), (0.05, 1.07), (0.06, 1.12), (0.03, 1.17), (0, 1.20)]
    lathe(m, "marble", roof, at, n=6, hard=30)


def _bamboo(m: Model, rng: np.random.Generator, x: float, z: float, radius: float) -> None:
    lean = rng.normal(0, 0.10, 2)
    rise = np.linspace(-0.16, 3.4, 4)
    bow = np.abs(rise / 3) ** 1.6
    path = np.stack([x + lean[0] * bow, rise, z + lean[1] * bow], 1)
    tube(m, "bamboo", path, radius, n=6)
    for y in np.arange(rng.uniform(0.0, 0.25), 3.0, 0.30):
        at = [float(np.interp(y, rise, path[:, 0])), float(y), float(np.interp(y, rise, path[:, 2]))]
        lathe(m, "bamboo", [(radius * 1.02, -0.008), (radius * 1.2, 0), (radius * 1.02, 0.008)], at, n=6)
    points: list[list[float]] = []
    faces: list[list[int]] = []
    for _ in range(34):
        y = float(rng.uniform(0.9, 3.0))
        turn, drop, long = rng.uniform(0, 6.28), rng.uniform(0.2, 0.8), rng.uniform(0.16, 0.32)
        out, side = floats([np.cos(turn), -drop, np.sin(turn)]), floats([-np.sin(turn), 0, np.cos(turn)])
        reach = rng.uniform(0.05, 0.34)
        root = (
            floats([np.interp(y, rise, path[:, 0]), y, np.interp(y, rise, path[:, 2])])
            + floats([np.cos(turn), 0.1, np.sin(turn)]) * reach
        )
        b = len(points)
        points += [
            root.tolist(),
            (root + out * long * 0.4 + side * 0.022).tolist(),
            (root + out * long).tolist(),
            (root + out * long * 0.4 - side * 0.022).tolist(),
        ]
        faces += [[b, b + 1, b + 2], [b, b + 2, b + 3]]
    m.add("leaf", points, faces, np.zeros((len(points), 2)))


def _fern(m: Model, rng: np.random.Generator) -> None:
    """Low tufts between the stones."""
    points: list[list[float]] = []
    faces: list[list[int]] = []
    for cx, cz in ((0.4, -9.2), (2.5, -9.2), (-2.0, -9.1), (-3.3, -9.4), (1.5, -8.7), (-0.6, -9.6)):
        for _ in range(22):
            turn, long = rng.uniform(0, 6.28), rng.uniform(0.18, 0.36)
            way, side = floats([np.cos(turn), 0, np.sin(turn)]), floats([-np.sin(turn), 0, np.cos(turn)]) * 0.018
            root = floats([cx, -0.16, cz])
            mid, tip = root + way * long * 0.5 + [0, long * 0.75, 0], root + way * long + [0, long * 0.5, 0]
            b = len(points)
            points += [
                (root - side).tolist(),
                (root + side).tolist(),
                (mid + side).tolist(),
                (mid - side).tolist(),
                tip.tolist(),
            ]
            faces += [[b, b + 1, b + 2], [b, b + 2, b + 3], [b + 3, b + 2, b + 4]]
    m.add("leaf", points, faces, np.zeros((len(points), 2)))


def textures() -> dict[str, Image.Image]:
    """The pictures of this look's families."""
    wood, wood_rough = floors.planks((176, 138, 96), rows=12)
    return {
        "veneer": surfaces.veneer((150, 108, 74)),
        "timber": surfaces.veneer((196, 160, 116), seed=21),
        "limewash": surfaces.limewash((236, 228, 212)),
        "planks": wood,
        "planks_rough": wood_rough,
        "tatami": floors.tatami(),
        "weave": weave(),
    }


THINGS = (
    Thing("low table", *TABLE, 0),
    Thing("cushion", TABLE[0] - 0.38, TABLE[1] + 0.78, 178),
    Thing("cushion", TABLE[0] + 0.42, TABLE[1] + 0.80, 184, 0, {"cover": "moss"}),
    Thing("cushion", TABLE[0] + 1.15, TABLE[1] - 0.02, -92, 0, {"cover": "ochre"}),
    Thing("cushion", TABLE[0] - 1.18, TABLE[1] + 0.05, 86, 0, {"cover": "moss"}),
    Thing("tea", TABLE[0] + 0.42, TABLE[1] - 0.05, 14, 0.36),
    Thing("open book", TABLE[0] - 0.36, TABLE[1] + 0.14, 0, 0.361),
    Thing("pile", TABLE[0] - 0.58, TABLE[1] - 0.22, 20, 0.36, {"count": 2}),
    Thing(
        "planks",
        -HALF + 0.06,
        -2.62,
        90,
        0,
        {
            "name": "S1",
            "label": ("My books", "我的藏书"),
            "width": 2.9,
            "boards": (0.34, 0.32),
            "depth": 0.32,
            "bays": 3,
            "wood": "oak",
            "back": "oak",
            "empty": (4,),
        },
    ),
    Thing("branch vase", -HALF + 0.24, -1.6, 0, 0.868),
    Thing("pile", -HALF + 0.24, -2.5, 80, 0.868, {"count": 3}),
    Thing("ink", -HALF + 0.24, -3.3, 90, 0.868),
    Thing("branch vase", -HALF + 0.34, -5.98, 40, 0.15),
    Thing(
        "frame", -HALF + 0.006, -5.38, 90, 0.62, {"wide": 0.72, "tall": 1.30, "wood": "oak_dark", "picture": "scroll"}
    ),
    Thing("paper globe", TABLE[0], TABLE[1], 0, HEIGHT, {"drop": 0.24, "radius": 0.25}),
    Thing("paper lantern", 2.82, -6.35, 8),
    Thing("paper lantern", -2.85, -0.62, -6),
    Thing("bench", HALF - 0.34, -2.6, -90, 0, {"wood": "oak", "cover": "linen"}),
    Thing("low plinth", HALF - 0.5, -4.3, 0),
    Thing("vase", HALF - 0.5, -4.3, 0, 0.55),
    Thing("writing desk", 2.3, -0.72, 180, 0, {"wood": "oak", "top": "oak", "width": 1.3}),
    Thing("stool", 2.3, -1.42, 0),
    Thing("shade lamp", 2.78, -0.62, 0, 0.76),
    Thing("open book", 2.22, -0.8, 176, 0.762),
)
GARDEN = Look(
    id="readers-room-garden",
    stem="readers_room_garden",
    en="Reader’s Room: garden",
    zh="读者小屋：庭园",
    half=HALF,
    depth=DEPTH,
    height=HEIGHT,
    surfaces=Surfaces("planks", "plaster", "plaster", "oak_dark", "oak_dark", "oak_dark", "", 90.0),
    windows=(Window("north", WINDOW_X, WINDOW_WIDTH, SILL, HEAD, 4, 1, 0.008),),
    door=(0.6, 1.1, 2.1),
    wainscot=0.0,
    things=THINGS,
    places=(
        GoTo("entrance", "Entrance", "入口", (0.6, 0.0, -1.1), 0.0),
        GoTo("table", "Low table", "矮几", (-0.3, 0.0, -3.1), 0.0),
        GoTo("garden", "Garden window", "竹窗", (1.6, 0.0, -6.2), 20.0),
        GoTo("alcove", "Alcove for a work", "壁龛", (-1.7, 0.0, -5.4), 90.0),
        GoTo("wall", "Wall for works", "展示墙", (1.5, 0.0, -3.7), -90.0),
    ),
    frames=(
        ("alcove", (-HALF + 0.3, 0.15, -5.2), 90.0),
        ("wall-1", (HALF - 0.01, 1.0, -3.4), -90.0),
        ("wall-2", (HALF - 0.01, 1.0, -1.7), -90.0),
        ("bench-wall", (HALF - 0.01, 1.0, -5.6), -90.0),
    ),
    daylight=sun(62, 40, 0.75, 0.7),
    exposure=1.42,
    outlook=lambda: dimmed(garden(), 0.7),
    textures=textures,
    body=body,
    window_depth=0.20,
    view=(4.2, 1.5, 3.1),
    look={"specular": 1.8},
)
