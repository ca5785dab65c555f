"""A coffered barrel vault: transverse ribs, coffers in three depths of detail, gilt rosettes on a painted ground."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, Points, floats
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.shapes import fan, grid

# (finish, (inset, depth) from, (inset, depth) to, levels): a coffer's steps, inset as a part of the cell; levels share steps
Step = tuple[str, tuple[float, float], tuple[float, float], int]
STEPS: tuple[Step, ...] = (
    ("limewash", (0, 0), (0.13, 0), NEAR | MID | FAR),
    ("limewash", (0.13, 0), (0.14, 0.07), NEAR),
    ("limewash", (0.14, 0.07), (0.185, 0.07), NEAR),
    ("limewash", (0.13, 0), (0.185, 0.07), MID),
    ("gilt", (0.185, 0.07), (0.20, 0.10), NEAR | MID),
    ("limewash", (0.20, 0.10), (0.235, 0.10), NEAR),
    ("limewash", (0.235, 0.10), (0.245, 0.19), NEAR),
    ("limewash", (0.20, 0.10), (0.245, 0.19), MID),
    ("limewash", (0.13, 0), (0.245, 0.19), FAR),
)


@dataclass(frozen=True)
class Vault:
    """Half width, spring and rise in metres; bays run from z = 0 toward -z."""

    half: float
    spring: float
    rise: float
    bay: float
    bays: int
    around: int = 11
    along: int = 3
    rib: float = 0.62

    def place(self, s: Points, z: Points, outward: float) -> Floats:
        """Points at s = 0..1 across and z along, `outward` metres behind the ellipse."""
        turn = np.pi * (1 - floats(s))
        x, y = np.cos(turn), np.sin(turn)
        nx, ny = x / self.half, y / self.rise
        size = np.hypot(nx, ny)
        across = self.half * x + nx / size * outward
        up = self.spring + self.rise * y + ny / size * outward
        return np.stack(np.broadcast_arrays(across, up, floats(z)), -1)


def coffered_vault(m: Model, vault: Vault) -> None:
    edges = np.linspace(0.02, 0.98, vault.around + 1)
    cell = (vault.bay - vault.rib) / vault.along
    for b in range(vault.bays):
        start = -b * vault.bay - vault.rib / 2
        with m.within(b):
            for j in range(vault.along):
                for i in range(vault.around):
                    _coffer(m, vault, (edges[i], edges[i + 1]), (start - j * cell, start - (j + 1) * cell))
        for sa, sb in ((0.0, edges[0]), (edges[-1], 1.0)):
            s, z = np.meshgrid([sa, sb], np.linspace(start, start - vault.bay + vault.rib, 4), indexing="ij")
            points = vault.place(s, z, 0)[::-1]
            grid(m, "limewash", points, points[..., [2, 0]] * 0.5)
    for b in range(vault.bays + 1):
        with m.within(min(b, vault.bays - 1)):
            _rib(m, vault, b)


def _coffer(m: Model, vault: Vault, across: tuple[float, float], along: tuple[float, float]) -> None:
    (s0, s1), (z0, z1) = across, along
    ds, dz = s1 - s0, z0 - z1

    def ring(inset: float, depth: float) -> Floats:
        a, c, e, g = s0 + ds * inset, s1 - ds * inset, z0 - dz * inset, z1 + dz * inset
        return vault.place([a, c, c, a, a], floats([e, e, g, g, e]), depth)

    for finish, outer, inner, levels in STEPS:
        points = np.stack([ring(*outer), ring(*inner)])
        uv = points[..., [2, 0]] * 0.5
        with m.only(levels):
            for q in range(4):
                grid(m, finish, points[:, q : q + 2], uv[:, q : q + 2])
    inset = 0.245
    s, z = np.meshgrid([s0 + ds * inset, s1 - ds * inset], [z0 - dz * inset, z1 + dz * inset], indexing="ij")
    ground = vault.place(s, z, 0.19)[::-1]
    grid(m, "coffer", ground, ground[..., [2, 0]] * 0.5)
    for levels, points_count in ((NEAR | MID, 12), (FAR, 4)):
        with m.only(levels):
            _rosette(m, vault, (s0 + s1) / 2, (z0 + z1) / 2, points_count)


def _rosette(m: Model, vault: Vault, s: float, z: float, points: int) -> None:
    center = vault.place(s, z, 0.17)
    out = vault.place(s, z, 0.10) - center
    out /= np.linalg.norm(out)
    e1 = floats([0, 0, 1])
    e2 = np.cross(out, e1)
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = np.where(np.arange(points) % 2 == 0, 0.17, 0.10)[:, None]
    fan(m, "gilt", center + radius * (np.cos(turn)[:, None] * e1 + np.sin(turn)[:, None] * e2), center + out * 0.07)


def _rib(m: Model, vault: Vault, number: int) -> None:
    z, half = -number * vault.bay, vault.rib / 2
    lo = z - half if number < vault.bays else z - 0.05
    hi = z + half if number else z + 0.05
    full = [
        (hi, 0), (hi, -0.10), (hi - 0.05, -0.14), (hi - 0.10, -0.14), (hi - 0.12, -0.11),
        (lo + 0.12, -0.11), (lo + 0.10, -0.14), (lo + 0.05, -0.14), (lo, -0.10), (lo, 0),
    ]  # fmt: skip
    far = [(hi, 0), (hi - 0.05, -0.14), (lo + 0.05, -0.14), (lo, 0)]
    for levels, profile, steps in ((NEAR, full, 33), (MID, full, 19), (FAR, far, 17)):
        s = np.linspace(0, 1, steps)
        with m.only(levels):
            for (za, da), (zb, db) in itertools.pairwise(profile):
                gilded = levels != FAR and da == db == -0.14
                a, b = vault.place(s, np.full(steps, za), da), vault.place(s, np.full(steps, zb), db)
                points = np.stack([a, b], 1)[::-1]
                grid(m, "gilt" if gilded else "limewash", points, points[..., [2, 0]] * 0.5)
