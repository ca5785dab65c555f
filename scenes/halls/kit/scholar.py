"""The furniture of a scholar's study: painting table, armchair with yoke back, long table, brushes, inkstone, scrolls."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, Points, floats, rotation_z
from carrel.scenes.halls.kit.bookcase import Picture
from carrel.scenes.halls.kit.model import MID, NEAR, Model
from carrel.scenes.halls.kit.shapes import box, grid, rect
from carrel.scenes.halls.kit.sweeps import lathe, sweep, tube

WOOD = "walnut"
TABLE, YOKE_SEAT, DRUM_SEAT = 0.80, 0.48, 0.46
VASE = [
    (0.0, 0), (0.075, 0), (0.07, 0.012), (0.13, 0.10), (0.155, 0.19), (0.14, 0.28), (0.075, 0.345), (0.05, 0.38), (0.048, 0.42),
    (0.075, 0.455), (0.066, 0.452), (0.04, 0.41),
]  # fmt: skip
JAR = [(0, 0), (0.17, 0), (0.20, 0.03), (0.225, 0.2), (0.215, 0.36), (0.235, 0.40), (0.22, 0.405), (0.20, 0.36), (0.19, 0.10), (0, 0.09)]  # fmt: skip
DRUM = [
    (0.15, 0), (0.165, 0.02), (0.155, 0.045), (0.185, 0.15), (0.192, 0.23), (0.185, 0.31), (0.155, 0.415), (0.165, 0.44),
    (0.15, 0.46), (0, 0.462),
]  # fmt: skip


def painting_table(m: Model, long: float = 2.0, deep: float = 0.86, height: float = TABLE) -> None:
    """A broad table with recessed round legs and cloud spandrels; its length is x, its top takes the lightmap."""
    panel = m.panel((-long / 2, height, deep / 2), (long, 0, 0), (0, 0, -deep), (0, 1, 0), 0.016)
    rect(m, "walnut_top", (-long / 2, height, deep / 2), (long, 0, 0), (0, 0, -deep), panel=panel)
    loop = [(long / 2, height, deep / 2), (long / 2, height, -deep / 2), (-long / 2, height, -deep / 2), (-long / 2, height, deep / 2)]  # fmt: skip
    edge = [(-0.03, -0.042), (0.0, -0.036), (0.004, -0.016), (0, 0)]
    sweep(m, WOOD, edge, loop, closed=True, hard=70, sub=0.5)
    x, z = long / 2 - 0.22, deep / 2 - 0.09
    for s in (-1, 1):
        box(m, WOOD, (0, height - 0.085, s * z), (2 * x + 0.26, 0.075, 0.02), sub=0.4, skip="y+")
        for t in (-1, 1):
            leg = floats([[s * x, 0, t * z], [s * x, height * 0.5, t * z], [s * x, height - 0.04, t * z]])
            for levels, n in ((NEAR, 10), (MID, 5)):
                with m.only(levels):
                    tube(m, WOOD, leg, [0.030, 0.030, 0.028], n=n)
            with m.only(NEAR):
                _spandrel(m, (s * x, height - 0.12, t * z), -s)
                _spandrel(m, (s * x, height - 0.12, t * z), s, 0.10)
        for y in (0.30, 0.44):
            tube(m, WOOD, floats([[s * x, y, -z], [s * x, y, 0], [s * x, y, z]]), 0.017, n=7)


def _spandrel(m: Model, at: Points, way: int, size: float = 0.16) -> None:
    """A cloud-headed bracket in the corner of leg and apron."""
    a = np.linspace(0, 1, 7)
    x = way * size * (1 - a)
    y = -0.13 * a**0.6 * (1 + 0.10 * np.sin(3 * np.pi * a))
    for side in (1, -1):
        top = np.stack([x, 0 * a + 0.01, 0 * a + side * 0.009], -1)
        low = np.stack([x, y, 0 * a + side * 0.009], -1)
        points = np.stack([low, top] if (way > 0) == (side > 0) else [top, low]) + floats(at)
        grid(m, WOOD, points, points[..., :2])


def yoke_chair(m: Model) -> None:
    """The official's hat chair: a yoke over a curved splat, round members, a mat seat. Faces +z."""
    for s in (-1, 1):
        back = floats(
            [[s * 0.27, 0, -0.22], [s * 0.27, 0.48, -0.22], [s * 0.262, 0.80, -0.235], [s * 0.25, 1.06, -0.285]]
        )
        front = floats([[s * 0.29, 0, 0.22], [s * 0.29, 0.48, 0.22], [s * 0.285, 0.66, 0.20], [s * 0.285, 0.715, 0.19]])
        arm = floats([[s * 0.285, 0.715, 0.24], [s * 0.295, 0.73, 0.05], [s * 0.268, 0.745, -0.225]])
        for levels, n in ((NEAR, 8), (MID, 4)):
            with m.only(levels):
                tube(m, WOOD, back, [0.020, 0.020, 0.018, 0.016], n=n)
                tube(m, WOOD, front, [0.020, 0.020, 0.015, 0.014], n=n)
                tube(m, WOOD, arm, 0.014, n=n)
        with m.only(NEAR):
            tube(
                m,
                WOOD,
                floats([[s * 0.29, 0.48, 0.02], [s * 0.308, 0.60, 0.03], [s * 0.294, 0.73, 0.04]]),
                [0.009, 0.012, 0.008],
                n=6,
            )
            tube(m, WOOD, floats([[s * 0.28, 0.13, -0.22], [s * 0.285, 0.13, 0], [s * 0.29, 0.13, 0.22]]), 0.012, n=6)
    yoke = floats(
        [[-0.33, 1.08, -0.30], [-0.22, 1.055, -0.285], [0, 1.115, -0.315], [0.22, 1.055, -0.285], [0.33, 1.08, -0.30]]
    )
    tube(m, WOOD, yoke, [0.013, 0.017, 0.022, 0.017, 0.013], n=8)
    for y, z in ((0.08, 0.22), (0.17, -0.22)):
        box(m, WOOD, (0, y, z), (0.56, 0.028, 0.03), sub=0.6, skip="x-x+")
    box(m, WOOD, (0, 0.455, 0), (0.60, 0.045, 0.48), sub=0.3)
    rect(m, "ochre", (-0.25, 0.479, 0.19), (0.50, 0, 0), (0, 0, -0.38), sub=0.25)
    splat(m)
    for s in (-1, 1):
        box(m, WOOD, (s * 0.235, 0.385, 0.225), (0.05, 0.09, 0.014), sub=1)
    box(m, WOOD, (0, 0.42, 0.225), (0.50, 0.03, 0.014), sub=1)
    m.place("seat", "chair", (0, YOKE_SEAT, 0), 180)


def splat(m: Model) -> None:
    """The back's board, bent like a long S."""
    y = np.linspace(0.48, 1.08, 7)
    t = (y - 0.48) / 0.60
    z = -0.20 - 0.10 * t**2 + 0.045 * np.sin(np.pi * t)
    for side in (1, -1):
        edges = [np.stack([np.full(7, x), y, z + side * 0.008], -1) for x in (-0.075, 0.075)]
        points = np.stack(edges if side > 0 else edges[::-1])
        grid(m, WOOD, points, points[..., :2])


def drum_stool(m: Model, finish: str = "porcelain") -> None:
    """A glazed drum stool with two rows of bosses."""
    for levels, n in ((NEAR, 26), (MID, 12)):
        with m.only(levels):
            lathe(m, finish, DRUM, n=n, hard=70)
    with m.only(NEAR):
        for y in (0.075, 0.385):
            for k in range(18):
                a = 2 * np.pi * k / 18
                box(m, finish, (0.172 * np.sin(a), y, 0.172 * np.cos(a)), (0.014, 0.014, 0.014), sub=1, skip="y-")
    m.place("seat", "stool", (0, DRUM_SEAT, 0), 180)


def long_table(m: Model, long: float, deep: float = 0.40, height: float = 0.86) -> None:
    """A narrow table with everted ends for vases and stones; its length is x."""
    box(m, WOOD, (0, height - 0.02, 0), (long, 0.04, deep), sub=0.22)
    for s in (-1, 1):
        flange = [(0, 0), (0.05, 0), (0.062, 0.02), (0.055, 0.05), (0.04, 0.05), (0.02, 0.015), (0, 0.012)]
        path = [
            (s * (long / 2 - 0.03), height - 0.008, -s * deep / 2),
            (s * (long / 2 - 0.03), height - 0.008, s * deep / 2),
        ]
        sweep(m, WOOD, flange, path[::-1], hard=50)
        for t in (-1, 1):
            box(
                m,
                WOOD,
                (s * (long / 2 - 0.2), (height - 0.04) / 2, t * (deep / 2 - 0.05)),
                (0.05, height - 0.04, 0.04),
                sub=0.4,
                skip="y+",
            )
            box(m, WOOD, (0, height - 0.085, t * (deep / 2 - 0.05)), (long - 0.42, 0.08, 0.018), sub=0.4, skip="y+")
            with m.only(NEAR):
                _spandrel(m, (s * (long / 2 - 0.2), height - 0.12, t * (deep / 2 - 0.05)), -s)
        box(m, WOOD, (s * (long / 2 - 0.2), 0.06, 0), (0.05, 0.05, deep - 0.1), sub=1, skip="z-z+")


def vase(m: Model, scale: float = 1.0, finish: str = "porcelain", branches: int = 0) -> None:
    for levels, n in ((NEAR, 24), (MID, 12)):
        with m.only(levels):
            lathe(m, finish, [(r * scale, y * scale) for r, y in VASE], n=n)
    rng = np.random.default_rng(branches)
    for _ in range(branches):
        lean, turn = rng.uniform(0.1, 0.5), rng.uniform(0, 6.28)
        way = floats([np.cos(turn) * lean, 1.0, np.sin(turn) * lean])
        long = rng.uniform(0.45, 0.75) * scale
        bend = floats([rng.normal(0, 0.05), 0, rng.normal(0, 0.05)])
        start = floats([0, 0.40 * scale, 0])
        path = floats([start + way * long * t + bend * np.sin(t * 5) for t in np.linspace(0, 1, 6)])
        with m.only(NEAR):
            tube(m, "soil", path, np.linspace(0.006, 0.002, 6) * scale, n=4)
        for t in np.linspace(0.35, 1, 9):
            at = start + way * long * t + bend * np.sin(t * 5) + rng.normal(0, 0.018, 3)
            _blossom(m, at, 0.014 * scale)


def _blossom(m: Model, at: Floats, size: float) -> None:
    turn = np.arange(5) * 2 * np.pi / 5
    ring = np.stack([np.cos(turn), 0.4 + 0 * turn, np.sin(turn)], 1) * size
    points = np.vstack([at, at + ring])
    m.add("book_cream", points, [[0, 1 + (k + 1) % 5, 1 + k] for k in range(5)], np.zeros((6, 2)))


def scroll(m: Model, radius: float = 0.026, long: float = 0.40, finish: str = "book_cream") -> None:
    """A rolled scroll that lies along local x, with knobs on its rod."""
    with m.at((0, radius, 0), matrix=rotation_z(-90)):
        lathe(m, finish, [(0, -long / 2), (radius, -long / 2), (radius, long / 2), (0, long / 2)], n=12, hard=40)
        lathe(m, "cinnabar", [(radius * 1.04, -0.008), (radius * 1.04, 0.008)], n=12)
        for s in (-1, 1):
            end = [(0.010, 0), (0.010, 0.02), (0.016, 0.024), (0.016, 0.042), (0, 0.045)]
            if s > 0:
                lathe(m, WOOD, [(r, long / 2 + y) for r, y in end], n=8, hard=40)
            else:
                lathe(m, WOOD, [(r, -long / 2 - y) for r, y in end][::-1], n=8, hard=40)


def scroll_jar(m: Model, scrolls: int = 7) -> None:
    """A wide glazed jar on the floor that holds scrolls."""
    lathe(m, "porcelain", JAR, n=26, hard=70)
    for k in range(scrolls):
        turn, lean = k * 2.4, 8 + 5 * (k % 3)
        c, s = np.cos(turn), np.sin(turn)
        out = 0.05 + 0.07 * ((k * 0.37) % 1)
        with (
            m.at((out * c, 0.12, out * s), turn=-float(np.degrees(turn))),
            m.at(matrix=rotation_z(-lean)),
            m.at((0, 0.33, 0), matrix=rotation_z(90)),
        ):
            scroll(m, 0.022 + 0.006 * (k % 3), 0.56 + 0.05 * (k % 4), "book_cream" if k % 3 else "ochre")


def brush_pot(m: Model, brushes: int = 6) -> None:
    lathe(
        m,
        WOOD,
        [(0.05, 0), (0.055, 0.006), (0.052, 0.07), (0.056, 0.135), (0.048, 0.137), (0.045, 0.02), (0, 0.018)],
        n=18,
        hard=60,
    )
    with m.only(NEAR):
        for k in range(brushes):
            turn = k * 2.4
            tip = floats([0.05 * np.cos(turn), 0.25 + 0.02 * (k % 3), 0.05 * np.sin(turn)])
            tube(m, "bamboo", floats([[0.01, 0.02, 0], tip * 0.6 + [0, 0.02, 0], tip]), 0.0045, n=5)
            tube(
                m,
                "book_cream",
                floats([tip, tip * 1.05 + [0, 0.02, 0], tip * 1.1 + [0, 0.045, 0]]),
                [0.006, 0.007, 0.001],
                n=5,
            )


def inkstone(m: Model) -> None:
    """A slab with a well, and a stick of ink."""
    box(m, "black", (0, 0.014, 0), (0.13, 0.028, 0.20), sub=0.1, skip="y-")
    rect(m, "steel", (-0.05, 0.0285, 0.085), (0.10, 0, 0), (0, 0, -0.12))
    rect(m, "black", (-0.045, 0.029, -0.04), (0.09, 0, 0), (0, 0, -0.05))
    with m.at((0.10, 0, 0.02), turn=12):
        box(m, "black", (0, 0.009, 0), (0.022, 0.018, 0.10), sub=1, skip="y-")


def brush_stand(m: Model) -> None:
    """A small gallows from which brushes hang."""
    for s in (-1, 1):
        box(m, WOOD, (s * 0.16, 0.16, 0), (0.016, 0.32, 0.016), sub=0.4)
        box(m, WOOD, (s * 0.16, 0.012, 0), (0.022, 0.024, 0.11), sub=1)
    box(m, WOOD, (0, 0.31, 0), (0.40, 0.018, 0.018), sub=0.4)
    box(m, WOOD, (0, 0.05, 0), (0.31, 0.014, 0.014), sub=0.4)
    with m.only(NEAR):
        for k in range(5):
            x, long = -0.11 + 0.055 * k, 0.15 + 0.012 * (k * 7 % 3)
            tube(m, "bamboo", floats([[x, 0.295, 0], [x, 0.295 - long / 2, 0], [x, 0.295 - long, 0]]), 0.005, n=6)
            low = 0.295 - long
            tube(m, "soil", floats([[x, low, 0], [x, low - 0.018, 0], [x, low - 0.045, 0]]), [0.006, 0.009, 0.001], n=6)


def plank(m: Model, picture: Picture, wide: float, tall: float) -> None:
    """A lettered board on the wall plane z = 0, bowed a little; its foot at y = 0."""
    box(m, WOOD, (0, tall / 2, 0.012), (wide, tall, 0.024), sub=0.4, skip="z-")
    rect(
        m,
        "print",
        (-wide / 2 + 0.012, 0.012, 0.0245),
        (wide - 0.024, 0, 0),
        (0, tall - 0.024, 0),
        picture=picture,
        sub=0.4,
    )


def zither(m: Model) -> None:
    """A seven-stringed qin that lies along local x, lacquered black, with its silk strings."""
    t = np.linspace(-0.6, 0.6, 13)
    half = 0.095 - 0.02 * np.clip(np.abs(t + 0.05) - 0.42, 0, 1) * 4 - 0.012 * np.exp(-(((t - 0.33) / 0.05) ** 2))
    across = np.linspace(-1, 1, 7)
    top = floats([[(x, 0.075 - 0.022 * a * a, a * h) for a in across] for x, h in zip(t, half, strict=True)])
    grid(m, "leather_black", top[:, ::-1], top[..., [0, 2]])
    for s in (-1, 1):
        rim = floats([[(x, y, s * h) for y in (0.03, 0.053)] for x, h in zip(t, half, strict=True)])
        grid(m, "leather_black", rim if s < 0 else rim[:, ::-1], rim[..., :2])
    box(m, "soil", (0.45, 0.082, 0), (0.012, 0.016, 0.16), sub=1)
    with m.only(NEAR):
        for k in range(7):
            z = (k - 3) * 0.018
            tube(m, "book_cream", floats([[-0.58, 0.078, z * 0.7], [0, 0.086, z * 0.85], [0.55, 0.09, z]]), 0.0012, n=3)
        for k in range(13):
            box(m, "book_cream", (-0.48 + 0.075 * k, 0.0665, 0.062), (0.008, 0.002, 0.008), sub=1, skip="y-")


def scholar_rock(m: Model, size: float = 0.3, seed: int = 3) -> None:
    """A weathered stone with hollows on a wooden foot."""
    rng = np.random.default_rng(seed)
    lat, lon = np.linspace(0.05, np.pi - 0.05, 15), np.linspace(0, 2 * np.pi, 21)
    a, b = np.meshgrid(lat, lon, indexing="ij")
    ball = np.stack([np.sin(a) * np.cos(b), np.cos(a), np.sin(a) * np.sin(b)], -1)
    lump = np.ones_like(a)
    for _ in range(26):
        way = rng.normal(size=3)
        way /= np.linalg.norm(way)
        lump += rng.uniform(-0.34, 0.28) * np.exp(-((1 - ball @ way) / 0.10))
    lump[:, -1] = lump[:, 0]
    points = ball * lump[..., None] * floats([0.55, 1.0, 0.42]) * size + floats([0, size * 0.95, 0])
    grid(m, "brick", points[:, ::-1], points[..., :2])
    lathe(
        m,
        WOOD,
        [(size * 0.42, 0), (size * 0.46, size * 0.05), (size * 0.38, size * 0.14), (0, size * 0.16)],
        n=16,
        hard=60,
    )


def burner(m: Model) -> None:
    """A bronze tripod for incense."""
    lathe(
        m,
        "brass",
        [
            (0, 0.03),
            (0.05, 0.035),
            (0.07, 0.06),
            (0.068, 0.085),
            (0.06, 0.10),
            (0.066, 0.11),
            (0.056, 0.108),
            (0.05, 0.07),
            (0, 0.06),
        ],
        n=18,
        hard=80,
    )
    for k in range(3):
        turn = 2 * np.pi * k / 3
        c, s = np.cos(turn), np.sin(turn)
        tube(
            m,
            "brass",
            floats([[0.045 * c, 0.045, 0.045 * s], [0.052 * c, 0.02, 0.052 * s], [0.055 * c, 0, 0.055 * s]]),
            [0.012, 0.009, 0.007],
            n=6,
        )


def thread_book(m: Model, page: Picture, width: float = 0.15, height: float = 0.25) -> None:
    """An open thread-bound book: flat soft leaves, blue cover; lies in local x-z."""
    for s in (-1, 1):
        box(m, "book_blue", (s * (width * 0.51), 0.003, 0), (width * 1.02, 0.006, height + 0.006), sub=1, skip="y-")
        t = np.linspace(0, 1, 5)
        y = 0.008 + 0.010 * np.sin(np.pi * np.minimum(t * 1.1 + 0.1, 1))
        leafs = floats([np.stack([s * t * width, y, np.full(5, z)], -1) for z in (-height / 2, height / 2)])
        u0, v0, u1, v1 = page
        across = u0 + (u1 - u0) * (t if s > 0 else 1 - t)
        uv = np.stack([np.broadcast_to(across, (2, 5)), np.broadcast_to([[v0], [v1]], (2, 5))], -1)
        grid(m, "print", leafs if s > 0 else leafs[::-1], uv if s > 0 else uv[::-1])


def unrolled(m: Model, picture: Picture, long: float = 1.05, tall: float = 0.34) -> None:
    """A handscroll open on a table along local x: the picture between its two rolls."""
    rect(m, "book_cream", (-long / 2, 0.003, tall / 2 + 0.02), (long, 0, 0), (0, 0, -tall - 0.04), sub=0.3)
    rect(
        m, "print", (-long / 2 + 0.03, 0.0045, tall / 2), (long - 0.06, 0, 0), (0, 0, -tall), picture=picture, sub=0.15
    )
    for s, r in ((-1, 0.030), (1, 0.020)):
        with m.at((s * (long / 2 + r * 0.6), 0, 0), turn=90):
            scroll(m, r, tall + 0.04)
    for x in (-long * 0.28, long * 0.30):
        box(m, WOOD, (x, 0.012, tall * 0.42), (0.22, 0.018, 0.022), sub=1, skip="y-")


def bamboo(m: Model, seed: int, culms: int, wide: float, deep: float, height: float = 4.2) -> None:
    """A grove in local x -wide/2 … wide/2 and z -deep … 0."""
    rng = np.random.default_rng(seed)
    for _ in range(culms):
        x, z = rng.uniform(-wide / 2, wide / 2), rng.uniform(-deep, 0)
        lean = rng.uniform(-0.3, 0.3, 2)
        stem = floats([[x + lean[0] * t**1.6, height * t, z + lean[1] * t**1.6] for t in np.linspace(0, 1, 9)])
        tube(m, "bamboo", stem, rng.uniform(0.016, 0.030), n=6)
        for node in stem[1:-1]:
            lathe(m, "bamboo", [(0.024, -0.006), (0.036, 0), (0.024, 0.006)], node, n=6)
        points: list[Floats] = []
        faces: list[list[int]] = []
        for _ in range(46):
            t = rng.uniform(0.22, 1)
            root = floats([np.interp(t, np.linspace(0, 1, 9), stem[:, k]) for k in range(3)])
            turn, long = rng.uniform(0, 6.28), rng.uniform(0.14, 0.30)
            way = floats([np.cos(turn), rng.uniform(-0.8, 0.05), np.sin(turn)])
            way /= np.linalg.norm(way)
            side = np.cross(way, [0, 1, 0]) * long * 0.10
            root = root + way * rng.uniform(0, 0.25)
            k = len(points)
            points += [root, root + way * long * 0.4 + side, root + way * long, root + way * long * 0.4 - side]
            faces += [[k, k + 1, k + 2], [k, k + 2, k + 3]]
        m.add("leaf", floats(points), faces, np.zeros((len(points), 2)), blocks=False)


def tea_set(m: Model) -> None:
    """A pot and two bowls."""
    lathe(
        m,
        "terracotta",
        [
            (0, 0.0),
            (0.04, 0),
            (0.06, 0.03),
            (0.058, 0.06),
            (0.035, 0.08),
            (0.03, 0.085),
            (0.012, 0.095),
            (0.012, 0.105),
            (0, 0.108),
        ],
        n=16,
        hard=70,
    )
    tube(m, "terracotta", floats([[0.05, 0.035, 0], [0.085, 0.05, 0], [0.105, 0.08, 0]]), [0.014, 0.010, 0.007], n=6)
    tube(
        m,
        "terracotta",
        floats([[-0.05, 0.065, 0], [-0.09, 0.06, 0], [-0.085, 0.03, 0], [-0.055, 0.025, 0]]),
        0.006,
        n=5,
    )
    for x, z in ((0.13, 0.09), (-0.06, 0.14)):
        lathe(
            m,
            "porcelain",
            [(0, 0.006), (0.018, 0), (0.02, 0.006), (0.034, 0.03), (0.037, 0.042), (0.033, 0.04), (0, 0.014)],
            (x, 0, z),
            n=14,
        )
