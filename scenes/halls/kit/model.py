"""The Model: every surface of a hall before it is lit, with a transform stack and a stack of levels of detail.

Lengths are metres, y is up, a hall's entrance looks toward -z. A *part* is one smooth piece of surface with one finish.
Parts on a *panel* are lit by the lightmap, all others by one baked colour a vertex.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, Ints, Points, floats, rotation_y, unit

NEAR, MID, FAR = 1, 2, 4
EVERY_LEVEL = NEAR | MID | FAR


@dataclass
class Part:
    """One smooth surface in world space. `levels` is a set of bits: the levels of detail that show it."""

    finish: str
    points: Floats
    faces: Ints
    uv: Floats
    normals: Floats
    levels: int = EVERY_LEVEL
    panel: int | None = None
    panel_st: Floats | None = None  # where each vertex lies on a panel that is not flat
    glow: float = 0.0  # above zero: shines by itself at this radiance, takes no baked light
    blocks: bool = True  # False: light passes through it while baking
    alpha: Floats | None = None  # translucent sheets only: one value a vertex
    zone: int | None = None  # the zone that holds all of it; None: each triangle goes where it lies


@dataclass(frozen=True)
class Panel:
    """A patch of the lightmap: (s, t) in 0..1 to world points and normals, by a table of columns and a straight depth.

    `columns` (k, 3) are the points at t = 0, evenly measured by `stations` 0..1; `depth` is the way from t = 0 to 1.
    A flat rectangle is a panel of two columns with one normal.
    """

    columns: Floats
    normals: Floats
    stations: Floats
    depth: Floats
    texel_m: float
    dim: float = 1.0  # reveals are kept below the glare they would have
    arched: bool = False  # only the half ellipse over the panel is wall: texels outside repeat its edge

    def size(self) -> tuple[int, int]:
        """Texels along s and t, at least four each."""
        run = np.linalg.norm(np.diff(self.columns, axis=0), axis=1).sum()
        deep = np.linalg.norm(self.depth)
        return max(4, round(float(run) / self.texel_m)), max(4, round(float(deep) / self.texel_m))

    def at(self, s: Floats, t: Floats) -> tuple[Floats, Floats]:
        """Points and unit normals for arrays of s and t of one shape."""
        if self.arched:
            radius = np.maximum(np.hypot(2 * s - 1, t) / 0.955, 1)
            s, t = 0.5 + (s - 0.5) / radius, t / radius
        on = np.stack([np.interp(s, self.stations, self.columns[:, k]) for k in range(3)], -1)
        out = np.stack([np.interp(s, self.stations, self.normals[:, k]) for k in range(3)], -1)
        return on + t[..., None] * self.depth, unit(out)

    def locate(self, points: Floats) -> Floats:
        """(s, t) of points on a flat panel."""
        across = self.columns[-1] - self.columns[0]
        d = points - self.columns[0]
        s, t = d @ across / (across @ across), d @ self.depth / (self.depth @ self.depth)
        return floats(np.clip(np.stack([s, t], 1), 0, 1))


@dataclass(frozen=True)
class Lamp:
    """A point light known to the baker: intensity in linear RGB, reach in metres; `shaded` shines downward only."""

    position: Floats
    intensity: Floats
    reach_m: float
    shaded: bool


@dataclass(frozen=True)
class Opening:
    """A window that gives light: a hole, `across`, `up` and `normal` unit vectors, the normal into the room.

    `sill` and `spring` are measured along `up` from the hall's origin; an arched hole has a half circle above its spring.
    """

    center: Floats
    across: Floats
    normal: Floats
    width: float
    sill: float
    spring: float
    up: Floats = field(default_factory=lambda: floats([0, 1, 0]))
    arched: bool = True


@dataclass(frozen=True)
class Shelf:
    """One clear run of a case in the case's own frame: x along, y up from the board, z = 0 at the front edge."""

    case: str
    matrix: Floats
    origin: Floats
    width: float
    clear: float
    depth: float


@dataclass
class Case:
    """A bookcase: local x along its front, y up, z out of it; `boards` are clear heights from the bottom up."""

    id: str
    label: tuple[str, str]
    matrix: Floats
    origin: Floats
    width: float
    height: float
    depth: float
    base: float
    boards: tuple[float, ...]
    bays: int
    shelves: list[Shelf] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """A named point of the hall with a heading, for the scene document: seats, lamps to look at, things to go to."""

    kind: str
    id: str
    position: Floats
    heading_degrees: float


class Model:
    """Collects parts, panels, lamps, openings, cases and places in world space."""

    def __init__(self, seed: int) -> None:
        self.parts: list[Part] = []
        self.panels: list[Panel] = []
        self.lamps: list[Lamp] = []
        self.openings: list[Opening] = []
        self.cases: list[Case] = []
        self.places: list[Place] = []
        self.rng = np.random.default_rng(seed)
        self.matrix, self.origin, self.levels = np.eye(3), np.zeros(3), EVERY_LEVEL
        self.zone: int | None = None

    @contextmanager
    def at(self, position: Points = (0, 0, 0), turn: float = 0.0, matrix: Floats | None = None) -> Iterator[Model]:
        """Work in a frame moved by `position` and turned by `turn` degrees about y (or by `matrix`)."""
        saved = self.matrix, self.origin
        self.origin = self.world(position)
        self.matrix = self.matrix @ (rotation_y(turn) if matrix is None else matrix)
        yield self
        self.matrix, self.origin = saved

    @contextmanager
    def only(self, levels: int) -> Iterator[bool]:
        """Parts added inside are shown at these levels of detail only."""
        saved = self.levels
        self.levels = saved & levels
        yield bool(self.levels)
        self.levels = saved

    @contextmanager
    def within(self, zone: int) -> Iterator[None]:
        """Parts added inside belong to this zone as a whole, wherever their triangles lie."""
        saved = self.zone
        self.zone = zone
        yield
        self.zone = saved

    def world(self, points: Points) -> Floats:
        return floats(floats(points) @ self.matrix.T + self.origin)

    def heading(self) -> float:
        """Degrees about y of the current frame's -z axis; 0 looks toward -z, 90 toward -x."""
        forward = self.matrix @ floats([0, 0, -1])
        return float(np.degrees(np.arctan2(-forward[0], -forward[2])))

    def add(
        self,
        finish: str,
        points: Points,
        faces: Points,
        uv: Points,
        *,
        normals: Floats | None = None,
        panel: int | None = None,
        panel_st: Floats | None = None,
        glow: float = 0.0,
        blocks: bool = True,
        alpha: Floats | None = None,
    ) -> None:
        """Add a surface given in the current frame; normals are smoothed over its faces when not given."""
        if not self.levels:
            return
        points, indices = floats(points), np.asarray(faces, np.int64)
        normals = smooth_normals(points, indices) if normals is None else normals
        part = Part(finish, self.world(points), indices, floats(uv), normals @ self.matrix.T)
        part.levels, part.zone, part.panel, part.panel_st = self.levels, self.zone, panel, panel_st
        part.glow, part.blocks, part.alpha = glow, blocks and bool(self.levels & NEAR), alpha
        self.parts.append(part)

    def panel(
        self, origin: Points, across: Points, depth: Points, normal: Points, texel_m: float, *, arched: bool = False
    ) -> int:
        """Open a flat rectangle of lightmap: origin + s * across + t * depth. Returns its number."""
        o, a = floats(origin), floats(across)
        columns = self.world(np.stack([o, o + a]))
        out = np.stack([self.matrix @ floats(normal)] * 2)
        self.panels.append(Panel(columns, out, floats([0, 1]), self.matrix @ floats(depth), texel_m, arched=arched))
        return len(self.panels) - 1

    def strip_panel(
        self, columns: Floats, normals: Floats, depth: Points, texel_m: float, dim: float
    ) -> tuple[int, Floats]:
        """Open a bent strip of lightmap (a window reveal unrolled). Returns its number and its stations 0..1."""
        run = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(columns, axis=0), axis=1))])
        stations = floats(run / run[-1])
        turned = floats(normals @ self.matrix.T)
        self.panels.append(Panel(self.world(columns), turned, stations, self.matrix @ floats(depth), texel_m, dim))
        return len(self.panels) - 1, stations

    def lamp(self, position: Points, intensity: Points, reach_m: float, *, shaded: bool) -> None:
        self.lamps.append(Lamp(self.world(position), floats(intensity), reach_m, shaded))

    def place(self, kind: str, name: str, position: Points, turn: float = 0.0) -> None:
        self.places.append(Place(kind, name, self.world(position), self.heading() + turn))


def smooth_normals(points: Floats, faces: Ints) -> Floats:
    """Area-weighted vertex normals; a vertex without area looks up."""
    a, b = points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]]
    n = a[:, [1, 2, 0]] * b[:, [2, 0, 1]] - a[:, [2, 0, 1]] * b[:, [1, 2, 0]]
    out = np.zeros_like(points)
    np.add.at(out, faces.ravel(), np.repeat(n, 3, 0))
    length = np.linalg.norm(out, axis=1, keepdims=True)
    return floats(np.where(length > 1e-12, out / np.maximum(length, 1e-12), [0.0, 1.0, 0.0]))
