"""Profiles as tables of (out, up) in metres, and what is made of them: columns and pilasters."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.shapes import box
from carrel.scenes.halls.kit.sweeps import lathe, sweep

Profile = list[tuple[float, float]]

CORNICE: Profile = [
    (0, 0), (0.05, 0), (0.05, 0.06), (0.08, 0.08), (0.08, 0.26), (0.12, 0.30), (0.20, 0.34), (0.20, 0.40),
    (0.30, 0.44), (0.34, 0.50), (0.34, 0.54), (0.38, 0.56), (0.38, 0.62), (0, 0.62),
]  # fmt: skip
CORNICE_FAR: Profile = [(0, 0), (0.08, 0.07), (0.08, 0.26), (0.20, 0.36), (0.36, 0.52), (0.38, 0.62), (0, 0.62)]
CROWN: Profile = [
    (0, 0), (0.02, 0), (0.02, 0.02), (0.05, 0.05), (0.08, 0.055), (0.08, 0.085), (0.10, 0.10), (0.10, 0.115), (0, 0.115),
]  # fmt: skip
CROWN_FAR: Profile = [(0, 0), (0.08, 0.055), (0.10, 0.115), (0, 0.115)]
PLINTH: Profile = [(0.035, 0), (0.035, 0.09), (0.028, 0.10), (0.02, 0.115), (0.008, 0.125), (0, 0.13)]
ARCHITRAVE: Profile = [
    (0, 0), (0, 0.05), (0.03, 0.06), (0.05, 0.04), (0.12, 0.04), (0.15, 0.06), (0.18, 0.055), (0.18, 0),
]  # fmt: skip
ARCHITRAVE_FAR: Profile = [(0, 0), (0, 0.05), (0.18, 0.055), (0.18, 0)]
STRING_COURSE: Profile = [(0, 0), (0.03, 0.01), (0.03, 0.05), (0.06, 0.08), (0.06, 0.12), (0, 0.13)]
BASE: Profile = [(0.06, 0), (0.06, 0.12), (0.04, 0.15), (0.02, 0.17), (0, 0.19)]
BASE_FAR: Profile = [(0.06, 0), (0.06, 0.12), (0, 0.19)]
CAPITAL: Profile = [
    (0, 0), (0.03, 0.01), (0.03, 0.05), (0, 0.06), (0, 0.12), (0.02, 0.14), (0.06, 0.20), (0.06, 0.24), (0.09, 0.25),
    (0.09, 0.30), (0, 0.30),
]  # fmt: skip
CAPITAL_FAR: Profile = [(0, 0.12), (0.06, 0.20), (0.09, 0.25), (0.09, 0.30), (0, 0.30)]


def scaled(profile: Profile, out: float, up: float) -> Profile:
    """The profile stretched in both directions, in reverse order (for paths that run the other way)."""
    return [(o * out, u * up) for o, u in profile][::-1]


def column(m: Model, height: float, radius: float, finish: str = "stone") -> None:
    """A Tuscan column: base, entasis, necking, echinus, square abacus."""
    r, body = radius, height - 0.66
    neck, top = r * 0.84, 0.30 + body
    torus = [
        (1.40, 0.12),
        (1.45, 0.15),
        (1.40, 0.18),
        (1.22, 0.20),
        (1.16, 0.23),
        (1.25, 0.26),
        (1.2, 0.285),
        (1.02, 0.30),
    ]
    echinus = [(1, 0), (1.14, 0.02), (1.14, 0.05), (1, 0.06), (1, 0.15), (1.15, 0.17), (1.32, 0.20), (1.48, 0.27)]
    for levels, sides, steps, every in ((NEAR, 18, 7, 1), (MID, 12, 4, 2), (FAR, 7, 2, 7)):
        with m.only(levels):
            box(m, finish, (0, 0.06, 0), (r * 2.9, 0.12, r * 2.9), skip="y-")
            box(m, finish, (0, top + 0.315, 0), (r * 2.7, 0.09, r * 2.7), skip="y+")
            shaft = [(r * (1 - 0.16 * t**2), 0.30 + body * t) for t in np.linspace(0, 1, steps)]
            lathe(m, finish, shaft, n=sides)
            lathe(m, finish, [(r * a, b) for a, b in torus[::every]], n=sides, hard=60)
            lathe(m, finish, [(neck * a, top + b) for a, b in echinus[::every]], n=sides, hard=60)


def pilaster(m: Model, width: float, depth: float, height: float, foot: float = 0.0, finish: str = "stone") -> None:
    """A flat pier on a wall with base, capital and a sunk panel; local z out of the wall."""
    middle = foot + height / 2
    low, high = foot + 0.18, foot + height - 0.16  # no corner inside base or capital, where no light falls
    for levels, sub in ((NEAR, 0.8), (MID, 1.6), (FAR, 2.4)):
        with m.only(levels):
            box(m, finish, (0, (low + high) / 2, depth / 2), (width, high - low, depth), skip="z-y-y+", sub=sub)
    for y, full, far in ((foot, BASE, BASE_FAR), (foot + height - 0.30, CAPITAL, CAPITAL_FAR)):
        path = [(-width / 2, y, 0), (-width / 2, y, depth), (width / 2, y, depth), (width / 2, y, 0)]
        with m.only(NEAR):
            sweep(m, finish, full, path, hard=40)
        with m.only(MID | FAR):
            sweep(m, finish, far, path, hard=40, sub=9)
    wide, tall = width - 0.16, height - 0.75
    fillets = (
        (0, tall / 2, wide, 0.015),
        (0, -tall / 2, wide, 0.015),
        (wide / 2, 0, 0.015, tall),
        (-wide / 2, 0, 0.015, tall),
    )
    with m.only(NEAR):
        for dx, dy, sw, sh in fillets:
            box(m, finish, (dx, middle + dy, depth + 0.006), (sw, sh, 0.012), skip="z-", sub=1.5)
