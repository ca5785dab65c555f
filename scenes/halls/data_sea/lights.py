"""The sculpture: stems of light in the water, rings of centuries above it, and bars of light on the wall."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from carrel.scenes.halls.data_sea import layout as at
from carrel.scenes.halls.data_sea.numbers import SeaNumbers, SeaWork
from carrel.scenes.halls.kit.arrays import Floats, Ints, floats
from carrel.scenes.halls.kit.model import MID, NEAR, Model
from carrel.scenes.halls.kit.shapes import box, grid, rect
from carrel.scenes.halls.kit.sweeps import tube

OCTAHEDRON = floats([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]])
EIGHT = np.array([[2, 4, 0], [2, 0, 5], [2, 5, 1], [2, 1, 4], [3, 0, 4], [3, 5, 0], [3, 1, 5], [3, 4, 1]])
TETRAHEDRON = floats([[1, 1, 1], [-1, -1, 1], [-1, 1, -1], [1, -1, -1]]) * 0.72
FOUR = np.array([[0, 1, 3], [0, 3, 2], [0, 2, 1], [1, 2, 3]])
HAN, OTHER = "light_amber", "light_ice"
MIRROR_GLOW = 0.28
RING_FINISHES = ("light_amber", "light_gold", "light_pearl", "light_ice", "light_blue")


def beads(m: Model, finish: str, centers: Floats, radii: Floats, glow: float) -> None:
    """Small lights, one octahedron each (a tetrahedron at the simpler level)."""
    if not len(centers):
        return
    for levels, shape, faces in ((NEAR, OCTAHEDRON, EIGHT), (MID, TETRAHEDRON, FOUR)):
        with m.only(levels):
            points = (centers[:, None] + shape[None] * radii[:, None, None]).reshape(-1, 3)
            all_faces: Ints = (faces[None] + len(shape) * np.arange(len(centers))[:, None, None]).reshape(-1, 3)
            normals = np.tile(shape / np.linalg.norm(shape, axis=1, keepdims=True), (len(centers), 1))
            m.add(
                finish, points, all_faces, np.zeros((len(points), 2)), normals=floats(normals), glow=glow, blocks=False
            )


def halos(m: Model, finish: str, centers: Floats, size: float, strength: float) -> None:
    """A soft shine about each point: three crossed sheets that fade toward their rim."""
    if not len(centers):
        return
    n = 7
    turn, i = np.linspace(0, 2 * np.pi, n + 1)[:-1], np.arange(n)
    after = (i + 1) % n
    ring = np.stack([np.cos(turn), np.sin(turn), 0 * turn], 1)
    disc = np.vstack([np.zeros((1, 3)), ring * 0.3, ring]) * size
    fan = np.stack([0 * i, 1 + i, 1 + after], 1)
    belt = [np.stack([1 + i, 1 + n + i, 1 + n + after], 1), np.stack([1 + i, 1 + n + after, 1 + after], 1)]
    faces = np.concatenate([fan, *belt])
    sheets = floats([disc, disc[:, [2, 0, 1]], disc[:, [1, 2, 0]]])
    points = (centers[:, None, None] + sheets[None]).reshape(-1, 3)
    count = 3 * len(centers)
    every = (faces[None] + len(disc) * np.arange(count)[:, None, None]).reshape(-1, 3)
    alpha = np.tile(np.concatenate([[strength], np.full(n, strength * 0.28), np.zeros(n)]), count)
    m.add(finish, points, every, 0 * points[:, :2], glow=1.0, blocks=False, alpha=floats(alpha))


def sea(m: Model, numbers: SeaNumbers) -> None:
    """Each stem is a work: its place around tells the century, its lights are the letters of its title, its colour the script."""
    rng = np.random.default_rng(int(m.rng.integers(1 << 30)))
    for han, finish in ((True, HAN), (False, OTHER)):
        centers: list[Floats] = []
        heads: list[Floats] = []
        for work, foot in _stand(numbers, rng):
            if work.han == han:
                rise = at.STEM_FOOT + at.STEM_PER_LETTER * np.arange(1, work.length + 1)
                sway = rng.normal(0, 0.018, 2)
                bend = (rise / 2.2) ** 2
                stem = np.stack([foot[0] + sway[0] * bend * 6, at.WATER + rise, foot[1] + sway[1] * bend * 6], 1)
                centers.append(stem)
                heads.append(stem[-1])
                _stem(m, foot, stem)
        if not centers:
            continue
        lights, tops = floats(np.vstack(centers)), floats(heads)
        for mirrored, glow in ((False, 1.0), (True, MIRROR_GLOW)):
            flip = floats([1, -1, 1]) if mirrored else floats([1, 1, 1])
            shift = floats([0, 2 * at.WATER, 0]) if mirrored else floats([0, 0, 0])
            beads(m, finish, lights * flip + shift, np.full(len(lights), 0.0155), 0.85 * glow)
            beads(m, finish, tops * flip + shift, np.full(len(tops), 0.036), 1.5 * glow)
        halos(m, "sunbeam" if han else "blue_haze", tops, 0.15, 0.42 if han else 0.55)


def _stand(numbers: SeaNumbers, rng: np.random.Generator) -> list[tuple[SeaWork, Floats]]:
    """Where each work stands, as (x, z): its century is a sector of the water, filled from the rim inward, evenly."""
    spans = sectors(numbers)
    out: list[tuple[SeaWork, Floats]] = []
    for century, (first, last) in spans.items():
        works = [w for w in numbers.works if w.century == century]
        works.sort(key=lambda w: (w.length, w.han))
        n = len(works)
        for k, work in enumerate(works):  # the golden ratio spreads any number evenly over a sector
            across = (0.5 + (k + 1) * 0.6180339887) % 1
            part = (k + 0.5) / n if n > 2 else 0.35 + 0.3 * k
            radius = np.sqrt(at.OUTER**2 - (at.OUTER**2 - at.INNER**2) * part)
            turn = first + (last - first) * (0.06 + 0.88 * across) + float(rng.normal(0, 0.15))
            x, _, z = at.around(float(turn), float(radius))
            out.append((work, floats([x, z])))
    return out


def sectors(numbers: SeaNumbers) -> dict[int, tuple[float, float]]:
    """From and to in degrees for each century that has works; wider where there are more, none too narrow for its label."""
    counts = numbers.centuries
    weights = {century: 4.0 + count**0.72 for century, count in counts.items()}
    scale = (at.LAST_DEGREES - at.FIRST_DEGREES) / sum(weights.values())
    out, turn = {}, at.FIRST_DEGREES
    for century, weight in weights.items():
        out[century] = (turn, turn + weight * scale)
        turn += weight * scale
    return out


def _stem(m: Model, foot: Floats, lights: Floats) -> None:
    base = floats([[foot[0], at.WATER - 0.02, foot[1]]])
    path = np.vstack([base, (base + lights[-1]) / 2, lights[-1][None]])
    with m.only(NEAR):
        tube(m, "brass", path, 0.0032, n=3, blocks=False)


def rings(m: Model, numbers: SeaNumbers) -> None:
    """One ring a century, the oldest lowest; its radius grows with its works, and each work is a light on it."""
    counts = numbers.centuries
    order = list(counts)
    pitch = (at.RING_HEAD - at.RING_FOOT) / max(1, len(order) - 1)
    for k, century in enumerate(order):
        count = counts[century]
        radius = at.RING_LEAST + at.RING_PER_WORK * count
        y = at.RING_FOOT + k * pitch
        finish = RING_FINISHES[min(len(RING_FINISHES) - 1, k * len(RING_FINISHES) // len(order))]
        around = max(24, round(radius * 40))
        turn = np.linspace(0, 2 * np.pi, around + 1)
        circle = np.stack([radius * np.sin(turn), 0 * turn + y, at.CENTER_Z + radius * np.cos(turn)], 1)
        tube(m, finish, circle, 0.011, n=5, glow=0.42, blocks=False)
        spot = 2 * np.pi * (np.arange(count) + 0.5 * (k % 2)) / count
        lights = floats(np.stack([radius * np.sin(spot), 0 * spot + y, at.CENTER_Z + radius * np.cos(spot)], 1))
        beads(m, finish, lights, np.full(count, 0.032), 1.6)
        halos(m, "sunbeam" if k < len(order) * 0.6 else "blue_haze", lights, 0.12, 0.28)
        _flat_halo(m, radius, y)
    _wires(m, counts, pitch)


def _flat_halo(m: Model, radius: float, y: float) -> None:
    turn, rows = np.linspace(0, 2 * np.pi, 33), (max(0.02, radius - 0.22), radius, radius + 0.22)
    points = floats([np.stack([r * np.sin(turn), 0 * turn + y, at.CENTER_Z + r * np.cos(turn)], 1) for r in rows])
    alpha = np.repeat([0.0, 0.20, 0.0], 33)
    i = np.arange(3 * 33).reshape(3, 33)
    a, b, c, d = (v.ravel() for v in (i[:-1, :-1], i[:-1, 1:], i[1:, :-1], i[1:, 1:]))
    faces = np.concatenate([np.stack([a, c, d], 1), np.stack([a, d, b], 1)])
    m.add("sunbeam", points.reshape(-1, 3), faces, np.zeros((99, 2)), glow=1.0, blocks=False, alpha=floats(alpha))


def _wires(m: Model, counts: dict[int, int], pitch: float) -> None:
    """Six threads that hold the rings, from the crown down along their rims."""
    radii = [at.RING_LEAST + at.RING_PER_WORK * n for n in counts.values()]
    heights = [at.RING_FOOT + k * pitch for k in range(len(radii))]
    for k in range(6):
        a = 2 * np.pi * k / 6
        path = [(r * np.sin(a), y, at.CENTER_Z + r * np.cos(a)) for r, y in zip(radii, heights, strict=True)]
        path.append((0.3 * np.sin(a), at.CROWN - 0.1, at.CENTER_Z + 0.3 * np.cos(a)))
        with m.only(NEAR):
            tube(m, "steel", floats(path), 0.003, n=3, blocks=False)
    for y, colour, power in (
        (2.2, (1.0, 0.72, 0.40), 1.5),
        (4.0, (1.0, 0.86, 0.64), 1.8),
        (5.9, (0.72, 0.86, 1.0), 3.4),
    ):
        m.lamp((0, y, at.CENTER_Z), floats(colour) * power, 13.0, shaded=False)
    for d in range(20, 341, 40):
        m.lamp(at.around(d, 4.4, 0.35), floats([0.42, 0.62, 1.0]) * 1.0, 6.5, shaded=False)


def bars(m: Model, shelves: Sequence[tuple[str, str, float]]) -> list[float]:
    """A bar of light on the wall for each subject, its height its metres of shelf. Returns where each stands, in degrees."""
    spots = [float(d) for d in np.linspace(at.BAR_FROM, at.BAR_TO, len(shelves))]
    for degrees, (_, _, metres) in zip(spots, shelves, strict=True):
        x, _, z = at.around(degrees, at.RADIUS - 0.14)
        with m.at((x, 0, z), turn=180.0 - degrees):
            _bar(m, metres * at.BAR_PER_METRE)
    return spots


def _bar(m: Model, tall: float) -> None:
    """Faces local +z, the hall's middle; a glowing core behind a slim brass frame."""
    half, foot = at.BAR_WIDTH / 2, at.BAR_FOOT
    rect(m, "light_gold", (-half + 0.13, foot, 0.03), (at.BAR_WIDTH - 0.26, 0, 0), (0, tall, 0), glow=0.9, blocks=False)
    for s in (-1, 1):
        box(m, "brass", (s * (half - 0.12), foot + tall / 2, 0.04), (0.02, tall, 0.05), sub=0.5)
    for y in (foot - 0.012, foot + tall + 0.012):
        box(m, "brass", (0, y, 0.04), (at.BAR_WIDTH - 0.20, 0.024, 0.06), sub=0.5)
    across, up = floats([-0.8, -0.3, -0.11, 0.11, 0.3, 0.8]), floats([foot - 0.5, foot, foot + tall, foot + tall + 0.5])
    fade = floats([0, 0.09, 0.30, 0.30, 0.09, 0])[:, None] * floats([0, 1, 1, 0])[None]
    sheet = np.stack([*np.meshgrid(across, up, indexing="ij"), np.full((6, 4), 0.02)], -1)
    grid(m, "sunbeam", floats(sheet), 0 * sheet[..., :2], glow=1.0, blocks=False, alpha=floats(fade.ravel()))
    m.lamp((0, foot + tall * 0.5, 0.45), floats([1.0, 0.74, 0.42]) * (0.9 + 0.5 * tall), 5.0, shaded=False)
