"""Seats beside the library chair: a club armchair, a stool, a bench, a cushion for the floor. They face +z."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import floats, rotation_x
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.shapes import box, fan
from carrel.scenes.halls.kit.soft import cushion
from carrel.scenes.halls.kit.sweeps import lathe, tube

ARMCHAIR_SEAT, STOOL_SEAT, BENCH_SEAT, CUSHION_SEAT = 0.45, 0.46, 0.45, 0.14
FOOT = [(0.018, 0), (0.026, 0.02), (0.020, 0.05), (0.034, 0.10), (0.036, 0.13)]


def armchair(m: Model, cover: str = "leather_red", wood: str = "walnut") -> None:
    """A deep club chair with rolled arms, 0.84 m wide."""
    cushion(m, cover, (0, 0.24, 0.01), (0.60, 0.22, 0.70), radius=0.03, skip="y+")
    cushion(m, cover, (0, 0.405, 0.075), (0.53, 0.15, 0.58), radius=0.055, puff=0.025)
    with m.at((0, 0.40, -0.27), matrix=rotation_x(-11)):
        cushion(m, cover, (0, 0.24, 0.03), (0.54, 0.56, 0.17), radius=0.065, puff=0.030, skip="y-")
        cushion(m, cover, (0, 0.20, -0.06), (0.72, 0.68, 0.10), radius=0.045, puff=0.012, skip="y-")
    for s in (-1, 1):
        cushion(m, cover, (s * 0.335, 0.34, 0.03), (0.13, 0.42, 0.72), radius=0.035, skip="y+y-")
        cushion(m, cover, (s * 0.345, 0.555, 0.035), (0.165, 0.13, 0.77), radius=0.06)
        for z in (-0.28, 0.32):
            lathe(m, wood, FOOT, (s * 0.32, 0, z), n=8, hard=70)
    m.place("seat", "armchair", (0, ARMCHAIR_SEAT, 0.08), 180)


def stool(m: Model, cover: str = "leather_tan", wood: str = "oak_dark") -> None:
    """A round stool on three splayed legs with a ring."""
    lathe(m, cover, [(0.168, 0.415), (0.178, 0.43), (0.176, 0.452), (0.15, 0.468), (0.08, 0.474), (0, 0.476)], n=24)
    lathe(m, wood, [(0.10, 0.375), (0.155, 0.385), (0.165, 0.40), (0.165, 0.418)], n=24, hard=60)
    for k in range(3):
        turn = 2 * np.pi * k / 3 + np.pi / 6
        c, s = np.cos(turn), np.sin(turn)
        tube(m, wood, floats([[0.11 * c, 0.40, 0.11 * s], [0.15 * c, 0.2, 0.15 * s], [0.19 * c, 0, 0.19 * s]]), 0.016)
    round_about = np.linspace(0, 2 * np.pi, 25)
    ring = np.stack([0.163 * np.cos(round_about), 0 * round_about + 0.14, 0.163 * np.sin(round_about)], 1)
    tube(m, wood, ring, 0.008, n=5)
    m.place("seat", "stool", (0, STOOL_SEAT, 0), 180)


def bench(m: Model, wood: str = "oak", cover: str | None = "linen", length: float = 1.4) -> None:
    """A bench for two; with `cover` a thin cushion lies on it. Its length is x."""
    top = BENCH_SEAT - (0.05 if cover else 0.0)
    box(m, wood, (0, top - 0.02, 0), (length, 0.04, 0.40), sub=0.35)
    for s in (-1, 1):
        x = s * (length / 2 - 0.13)
        for z in (-0.15, 0.15):
            box(m, wood, (x, (top - 0.04) / 2, z), (0.05, top - 0.04, 0.05), sub=0.2, skip="y+")
        box(m, wood, (x, top - 0.075, 0), (0.035, 0.07, 0.25), sub=1, skip="y+z-z+")
        m.place("seat", f"bench{'lr'[(s + 1) // 2]}", (s * length / 4, BENCH_SEAT, 0), 180)
    box(m, wood, (0, 0.16, 0), (length - 0.30, 0.035, 0.035), sub=0.5, skip="x-x+")
    if cover:
        cushion(m, cover, (0, top + 0.027, 0), (length - 0.03, 0.055, 0.38), radius=0.022, puff=0.006, skip="y-")


def floor_cushion(m: Model, cover: str = "indigo") -> None:
    """A round cushion to kneel or sit on."""
    profile = [(0.19, 0.0), (0.235, 0.02), (0.255, 0.065), (0.235, 0.112), (0.16, 0.138), (0.05, 0.142), (0.015, 0.134)]
    lathe(m, cover, profile, n=28)
    button = np.linspace(0, 2 * np.pi, 9)[:-1]
    ring = np.stack([0.018 * np.sin(button), 0 * button + 0.136, 0.018 * np.cos(button)], 1)
    fan(m, cover, ring, (0, 0.141, 0))
    m.place("seat", "cushion", (0, CUSHION_SEAT, 0), 180)
