"""The outfits: each a short recipe of the tailor's pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, bump, smooth
from carrel.avatars.looks.bones import UPPER_ARM_M
from carrel.avatars.looks.field import Field, grown
from carrel.avatars.looks.limbs import build_bare_legs, build_shoes, build_skirt, build_trousers
from carrel.avatars.looks.tailor import WRIST_M, Open, Tailor

THROAT: Open = ((1.30, -0.02), (1.345, 0.000), (1.40, 0.034), (1.44, 0.060), (1.50, 0.07))
DEEP: Open = (
    (0.70, 0.050),
    (0.80, 0.030),
    (0.93, 0.006),
    (1.04, 0.004),
    (1.08, 0.006),
    (1.16, 0.030),
    (1.26, 0.058),
    (1.34, 0.072),
    (1.40, 0.076),
    (1.44, 0.072),
    (1.50, 0.07),
)
VEST: Open = (
    (0.70, 0.040),
    (0.84, 0.016),
    (0.95, 0.006),
    (1.08, 0.005),
    (1.16, 0.024),
    (1.26, 0.048),
    (1.34, 0.062),
    (1.40, 0.068),
    (1.44, 0.068),
    (1.50, 0.07),
)


def _shirt_under(t: Tailor, opening: Open, tie: bool) -> None:
    """Shirt front, collar and throat in the opening of a jacket."""
    shirt = grown(t.figure.upper, 0.005)
    hole = () if tie else THROAT
    t.inset("under", shirt, opening, 1.00, 1.48, 0.035, hole=hole, neck=1.445)
    if not tie:
        t.inset("skin", grown(t.neck, -0.001), THROAT, 1.30, 1.46, 0.022, cell=0.016, neck=1.50)
    t.collar("under", shirt, gap=0.16 if tie else 0.42)
    t.strip(
        "under",
        shirt,
        [(0.010, 1.345 if not tie else 1.42), (0.010, 1.05)],
        [(-0.010, 1.345 if not tie else 1.42), (-0.010, 1.05)],
        0.0035,
        tone=0.56,
        both=False,
    )
    if tie:
        t.strip(
            "accent",
            shirt,
            [(-0.013, 1.405), (-0.017, 1.38), (-0.030, 1.10), (0.0, 1.07)],
            [(0.013, 1.405), (0.017, 1.38), (0.030, 1.10), (0.0, 1.07)],
            0.007,
            both=False,
            puff=0.003,
        )
        t.strip(
            "accent",
            shirt,
            [(-0.020, 1.425), (-0.013, 1.396)],
            [(0.020, 1.425), (0.013, 1.396)],
            0.012,
            both=False,
            puff=0.004,
            tone=0.55,
        )
    else:
        t.buttons("paper", shirt, 0.0, (1.30, 1.22, 1.14), 0.0045, 0.006)


def _trousers(t: Tailor) -> None:
    build_trousers(t.pile, t.figure)
    build_shoes(t.pile, t.figure)


def blazer(t: Tailor) -> Field:
    """Jacket with notched lapels over an open shirt or a tie."""
    _trousers(t)
    _shirt_under(t, DEEP, t.figure.look.tie)
    coat = t.top("top", 0.014, 0.805, opening=DEEP, neck=1.452, flare=0.012)
    inner = [(0.004, 1.075), (0.030, 1.16), (0.058, 1.26), (0.072, 1.34), (0.077, 1.385), (0.076, 1.412)]
    outer = [(0.006, 1.070), (0.068, 1.165), (0.104, 1.255), (0.122, 1.315), (0.106, 1.345), (0.098, 1.410)]
    t.strip("top", coat, inner, outer, 0.005, tone=0.62, puff=0.003, columns=24)
    upper = [(0.104, 1.347), (0.114, 1.380), (0.100, 1.412)]
    t.strip("top", coat, [(0.082, 1.352), (0.079, 1.385), (0.076, 1.412)], upper, 0.008, tone=0.66, columns=12)
    t.collar("top", coat, gap=0.72, stand=0.013, fall=0.016, point=0.0, spread=0.4, base=1.440, away=0.012, tone=0.60)
    t.strip("top", coat, [(0.070, 0.945), (0.130, 0.950)], [(0.070, 0.905), (0.130, 0.910)], 0.008, tone=0.42)
    t.strip(
        "accent", coat, [(0.072, 1.262), (0.112, 1.268)], [(0.073, 1.248), (0.112, 1.254)], 0.004, both=False, tone=0.6
    )
    t.buttons("metal", coat, 0.012, (1.045, 0.965), 0.0085, 0.004)
    t.cuffs("under")
    return coat


def cardigan(t: Tailor) -> Field:
    """Knitted cardigan with ribbed bands over a shirt."""
    _trousers(t)
    _shirt_under(t, VEST, t.figure.look.tie)
    knit = t.top("top", 0.013, 0.855, opening=VEST, neck=1.448, flare=0.006)
    edge = [
        (0.040 + 0.0, 0.86),
        (0.012, 0.95),
        (0.006, 1.08),
        (0.026, 1.16),
        (0.050, 1.26),
        (0.064, 1.34),
        (0.070, 1.385),
        (0.071, 1.412),
    ]
    t.strip("top", knit, edge, [(x + 0.024, y) for x, y in edge], 0.005, tone=0.36, puff=0.002, columns=26)
    t.collar("top", knit, gap=0.72, stand=0.010, fall=0.010, point=0.0, spread=0.4, base=1.440, away=0.010, tone=0.36)
    t.strip("top", knit, [(0.075, 0.985), (0.140, 0.985)], [(0.075, 0.905), (0.140, 0.905)], 0.005, tone=0.43)
    t.buttons("dark", knit, 0.018, (1.07, 1.00, 0.93), 0.0085, 0.008)
    t.cuffs("under")
    return knit


def shirt(t: Tailor) -> Field:
    """Shirt with an open collar and rolled sleeves, tucked in, with a belt."""
    _trousers(t)
    t.inset("skin", grown(t.neck, -0.001), THROAT, 1.30, 1.46, 0.022, cell=0.016, neck=1.50)
    cloth = t.top("top", 0.008, 0.985, sleeve=UPPER_ARM_M + 0.03, opening=THROAT, neck=1.445)
    forearms(t, UPPER_ARM_M - 0.02)
    t.collar("top", cloth, gap=0.42)
    t.strip(
        "top", cloth, [(0.015, 1.345), (0.015, 1.00)], [(-0.015, 1.345), (-0.015, 1.00)], 0.004, both=False, tone=0.6
    )
    t.strip(
        "top", cloth, [(0.060, 1.275), (0.118, 1.275)], [(0.062, 1.205), (0.116, 1.205)], 0.004, both=False, tone=0.58
    )
    t.buttons("paper", cloth, 0.0, (1.31, 1.24, 1.17, 1.10, 1.03), 0.0055, 0.006)
    t.band("accent", 0.010, 0.962, 0.998, 0.006, tone=0.4)
    t.strip(
        "metal",
        grown(t.figure.legs, 0.012),
        [(-0.020, 1.000), (0.020, 1.000)],
        [(-0.020, 0.960), (0.020, 0.960)],
        0.010,
        both=False,
    )
    return cloth


def jumper(t: Tailor) -> Field:
    """Soft wool jumper with a rolled neck and ribbed hems."""
    _trousers(t)
    knit = t.top("top", 0.015, 0.90, neck=1.462, flare=-0.002)
    t.collar("top", knit, gap=0.0, stand=0.034, fall=0.022, point=0.0, spread=0.1, base=1.448, away=0.005, tone=0.5)
    t.cuffs("top", WRIST_M - 0.030, 0.030, 0.037)
    t.band("top", 0.014, 0.888, 0.925, 0.002, tone=0.38)
    return knit


def dress(t: Tailor) -> Field:
    """Long-sleeved dress with a gathered skirt and a sash."""
    build_shoes(t.pile, t.figure)
    build_bare_legs(t.pile, t.figure, "under")
    cloth = t.top("top", 0.007, 1.00, neck=1.462)
    build_skirt(t.pile, t.figure, "top", 0.30, 1.055, 0.110, 13, 0.011)
    t.band("accent", 0.010, 1.030, 1.075, 0.006)
    return cloth


def robe(t: Tailor) -> Field:
    """Wide-sleeved robe with crossed collar bands and a sash, after Chinese dress."""
    build_shoes(t.pile, t.figure)

    def wide(p: Array) -> Array:
        s = t.figure.along_arm(p)
        return arr(0.030 * smooth(s, 0.10, WRIST_M))

    cloth = t.top(
        "top",
        0.010,
        0.99,
        neck=1.440,
        ease=wide,
        sleeve=WRIST_M - 0.035,
        opening=((1.24, -0.02), (1.30, 0.0), (1.40, 0.040), (1.45, 0.062)),
    )
    t.inset(
        "paper",
        grown(t.figure.upper, 0.004),
        ((1.24, 0.02), (1.45, 0.06)),
        1.26,
        1.46,
        0.02,
        hole=((1.30, -0.02), (1.36, 0.0), (1.44, 0.045)),
        neck=1.448,
    )
    t.inset("skin", grown(t.neck, -0.002), THROAT, 1.30, 1.46, 0.03, cell=0.016, neck=1.50)
    build_skirt(t.pile, t.figure, "top", 0.045, 1.06, 0.105, 8, 0.010)
    for s, lift in ((-1.0, 0.004), (1.0, 0.008)):
        inner = [(0.066, 1.414), (0.052, 1.395), (0.022, 1.345), (-0.014, 1.285), (-0.070, 1.19), (-0.105, 1.11)]
        outer = [(0.090, 1.412), (0.080, 1.388), (0.052, 1.325), (0.016, 1.262), (-0.045, 1.165), (-0.085, 1.09)]
        t.strip(
            "under",
            cloth,
            [(s * x, y) for x, y in inner],
            [(s * x, y) for x, y in outer],
            lift,
            both=False,
            columns=26,
            tone=0.55,
        )
    t.collar(
        "under", cloth, gap=0.72, stand=0.018, fall=0.010, point=0.0, spread=0.35, base=1.438, away=0.010, tone=0.55
    )
    t.band("accent", 0.013, 1.035, 1.110, 0.008)
    t.strip(
        "accent",
        cloth,
        [(-0.030, 1.040), (-0.036, 0.80)],
        [(-0.004, 1.040), (-0.002, 0.80)],
        0.024,
        both=False,
        tone=0.6,
    )
    t.strip(
        "accent", cloth, [(0.004, 1.040), (0.006, 0.86)], [(0.028, 1.040), (0.036, 0.86)], 0.022, both=False, tone=0.45
    )
    return cloth


def sari(t: Tailor) -> Field:
    """Blouse and pleated sari with the end over the left shoulder."""
    build_shoes(t.pile, t.figure)
    blouse = t.top(
        "under",
        0.004,
        1.00,
        sleeve=0.19,
        neck=1.425,
        opening=((1.34, -0.01), (1.375, 0.0), (1.41, 0.05), (1.45, 0.075)),
    )
    t.inset("skin", grown(t.neck, -0.001), ((1.34, 0.03), (1.45, 0.09)), 1.32, 1.46, 0.02, cell=0.016, neck=1.50)
    forearms(t, 0.15)
    build_skirt(t.pile, t.figure, "top", 0.045, 1.045, 0.075, 16, 0.008)
    body = grown(t.figure.trunk, lambda p: arr(0.010 + 0.020 * bump(p[..., 1], 1.40, 0.05)))
    low = [
        (-1.75, 0.99),
        (-0.8, 1.06),
        (-0.1, 1.18),
        (0.42, 1.32),
        (0.95, 1.432),
        (1.9, 1.428),
        (2.45, 1.30),
        (2.55, 1.05),
        (2.55, 0.74),
    ]
    high = [
        (-1.3, 0.92),
        (-0.2, 1.00),
        (0.45, 1.12),
        (0.95, 1.26),
        (1.40, 1.405),
        (1.72, 1.39),
        (1.80, 1.25),
        (1.78, 1.00),
        (1.78, 0.70),
    ]
    for i in range(4):
        a, b = i / 4, (i + 1.12) / 4
        lines = [
            [(p[0] + (q[0] - p[0]) * f, p[1] + (q[1] - p[1]) * f) for p, q in zip(low, high, strict=True)]
            for f in (a, b)
        ]
        t.wrap("accent" if i == 3 else "top", body, lines[0], lines[1], 0.006 + 0.002 * i, 0.46 + 0.07 * (i % 2))
    return blouse


def forearms(t: Tailor, start: float) -> None:
    """Bare arms below short sleeves."""
    from carrel.avatars.looks.surface import shell

    figure = t.figure
    x = figure.shoulder_m + 0.42

    def keep(p: Array) -> Array:
        return arr(np.minimum(figure.along_arm(p) - start, WRIST_M - 0.010 - figure.along_arm(p)))

    skin = shell(figure.arm, (-x, 0.90, -0.10), (x, 1.42, 0.07), (0.018,) * 3, keep)
    t.pile.add("skin", skin, figure.weigh(), 0.48, lowered=True)


OUTFITS: Mapping[str, Callable[[Tailor], Field]] = {
    "blazer": blazer,
    "cardigan": cardigan,
    "shirt": shirt,
    "jumper": jumper,
    "dress": dress,
    "robe": robe,
    "sari": sari,
}
