"""A light everyday wheelchair, part of the look that uses it, following the bone `chair` on the ground below the body."""

from __future__ import annotations

import numpy as np

from carrel.avatars.looks.arrays import Array, arr
from carrel.avatars.looks.mesh import Pile

SEAT_M = 0.50


def _ring(
    pile: Pile, slot: str, centre: tuple[float, float, float], radius: float, tube: float, around: int = 26
) -> None:
    a = np.linspace(0, 2 * np.pi, around, endpoint=False)[:, None]
    b = np.linspace(0, 2 * np.pi, 5, endpoint=False)[None]
    r = radius + tube * np.cos(b)
    points = np.stack([tube * np.sin(b) + 0 * a, r * np.sin(a), r * np.cos(a)], -1) + arr(centre)
    pile.grid(slot, np.concatenate([points, points[:1]]), "chair", close=True, worth=0.4)


def _bar(
    pile: Pile,
    slot: str,
    points: list[tuple[float, float, float]],
    radius: float,
    up: tuple[float, float, float] = (0, 0, 1),
) -> None:
    pile.tube(slot, arr(points), arr(radius), "chair", sides=5, up=up, worth=0.4)


def _box(
    pile: Pile, slot: str, centre: tuple[float, float, float], half: tuple[float, float, float], lean: float = 0.0
) -> None:
    t = arr([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    p: Array = np.stack([np.stack([t[:, 0], t[:, 1], np.full(4, z)], -1) * arr(half) for z in (-1.0, 1.0)])
    c, s = np.cos(lean), np.sin(lean)
    p = np.stack([p[..., 0], c * p[..., 1] - s * p[..., 2], s * p[..., 1] + c * p[..., 2]], -1) + arr(centre)
    pile.grid(slot, p, "chair", close=True, cap=(True, True), tone=0.4, worth=0.6)


def build_wheelchair(pile: Pile) -> None:
    """Adds the chair, its seat top at `SEAT_M` below the hips of the seated body."""
    _box(pile, "dark", (0, SEAT_M - 0.022, 0.05), (0.205, 0.020, 0.205))
    _box(pile, "dark", (0, SEAT_M + 0.215, -0.165), (0.195, 0.165, 0.012), -0.10)
    for s in (1.0, -1.0):
        wheel = (s * 0.262, 0.30, -0.06)
        _ring(pile, "dark", wheel, 0.290, 0.014)
        _ring(pile, "metal", (s * 0.288, 0.30, -0.06), 0.255, 0.007, 22)
        _bar(pile, "metal", [(s * 0.235, 0.30, -0.06), (s * 0.290, 0.30, -0.06)], 0.022, (0, 1, 0))
        for k in range(5):
            a = k * np.pi / 5
            d = (0.28 * float(np.sin(a)), 0.28 * float(np.cos(a)))
            _bar(
                pile,
                "metal",
                [(s * 0.262, 0.30 - d[0], -0.06 - d[1]), (s * 0.262, 0.30 + d[0], -0.06 + d[1])],
                0.0022,
                (1, 0, 0),
            )
        _ring(pile, "dark", (s * 0.185, 0.076, 0.36), 0.062, 0.013, 14)
        _bar(
            pile,
            "dark",
            [
                (s * 0.205, SEAT_M + 0.42, -0.215),
                (s * 0.205, SEAT_M + 0.38, -0.185),
                (s * 0.205, SEAT_M - 0.03, -0.150),
            ],
            0.011,
        )
        _bar(pile, "dark", [(s * 0.205, SEAT_M + 0.42, -0.215), (s * 0.205, SEAT_M + 0.425, -0.275)], 0.014, (0, 1, 0))
        _bar(
            pile,
            "metal",
            [
                (s * 0.205, SEAT_M - 0.04, -0.150),
                (s * 0.205, SEAT_M - 0.04, 0.250),
                (s * 0.180, 0.30, 0.335),
                (s * 0.150, 0.115, 0.395),
            ],
            0.011,
            (1, 0, 0),
        )
        _bar(pile, "metal", [(s * 0.185, 0.14, 0.36), (s * 0.195, SEAT_M - 0.05, 0.235)], 0.009, (1, 0, 0))
        _box(pile, "dark", (s * 0.098, 0.100, 0.44), (0.068, 0.008, 0.085), 0.12)
