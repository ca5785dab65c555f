"""What lines a room's walls: skirting, panelled wainscot, cornice, and plain doors."""

from __future__ import annotations

from collections.abc import Sequence

from carrel.scenes.halls.kit.model import NEAR, Model
from carrel.scenes.halls.kit.mouldings import Profile
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.kit.sweeps import sweep

SKIRTING: Profile = [(0.018, 0), (0.018, 0.09), (0.010, 0.105), (0, 0.11)]
RAIL: Profile = [(0, -0.05), (0.02, -0.04), (0.02, -0.012), (0.04, 0), (0.04, 0.012), (0, 0.018)]
SMALL_CORNICE: Profile = [(0, 0), (0.03, 0.005), (0.04, 0.05), (0.09, 0.11), (0.13, 0.13), (0.13, 0.17), (0, 0.17)]
SUNK = [(0, 0), (0, 0.014), (-0.018, 0.018), (-0.03, 0.004)]
DOOR_FRAME: Profile = [(0, 0), (0, 0.03), (0.02, 0.04), (0.10, 0.04), (0.12, 0.02), (0.12, 0)]


def skirting(m: Model, wood: str, runs: Sequence[tuple[float, float]]) -> None:
    """Along local x on the wall plane z = 0."""
    for a, b in runs:
        sweep(m, wood, SKIRTING, [(a, 0, 0), (b, 0, 0)], sub=1.0, hard=50)


def wainscot(m: Model, wood: str, start: float, end: float, height: float = 0.95) -> None:
    """Panelling along local x on the wall plane z = 0: skirting, sunk panels about 0.7 m wide, a rail."""
    wide = end - start
    if wide < 0.12:
        return
    rect(m, wood, (start, 0, 0.016), (wide, 0, 0), (0, height, 0), sub=0.35)
    for x, turn in ((start, -90), (end, 90)):
        with m.at((x, 0, 0), turn=turn):
            rect(m, wood, (-0.016 if turn < 0 else 0, 0, 0), (0.016, 0, 0), (0, height, 0), sub=0.5)
    with m.at((0, 0, 0.016)):
        sweep(m, wood, [(o, u * 1.3) for o, u in SKIRTING], [(start, 0, 0), (end, 0, 0)], sub=0.8, hard=50)
        sweep(m, wood, RAIL, [(start, height, 0), (end, height, 0)], sub=0.8, hard=50)
        count = max(1, round(wide / 0.72))
        cell = wide / count
        with m.only(NEAR):
            for k in range(count):
                a, b = start + k * cell + 0.08, start + (k + 1) * cell - 0.08
                loop = [(a, 0.22, 0), (b, 0.22, 0), (b, height - 0.13, 0), (a, height - 0.13, 0)]
                sweep(m, wood, SUNK, loop, closed=True, up=(0, 0, 1), hard=60, sub=0.9)


def cornice(
    m: Model, finish: str, x0: float, x1: float, z0: float, z1: float, top: float, profile: Profile = SMALL_CORNICE
) -> None:
    """Round a room below its ceiling; x0 < x1, z0 < z1."""
    loop = [(x0, top - 0.17, z1), (x0, top - 0.17, z0), (x1, top - 0.17, z0), (x1, top - 0.17, z1)]
    sweep(m, finish, profile, loop, closed=True, hard=40, sub=0.8)


def doorway(m: Model, width: float, height: float, depth: float, casing: str, sill: str, reveal: str) -> None:
    """An opening to another room in the wall plane z = 0: casing, sides, threshold, and what is seen behind."""
    r = width / 2
    path = [(r, 0, 0), (r, height, 0), (-r, height, 0), (-r, 0, 0)]
    sweep(m, casing, DOOR_FRAME[::-1], path, up=(0, 0, 1), sub=0.7, hard=50)
    for s in (-1, 1):
        start, way = ((-r, 0, 0), (0, 0, -depth)) if s < 0 else ((r, 0, -depth), (0, 0, depth))
        rect(m, reveal, start, way, (0, height, 0), sub=0.4)
    rect(m, reveal, (-r, height, -depth), (width, 0, 0), (0, 0, depth), sub=0.4)
    rect(m, sill, (-r, 0.004, 0), (width, 0, 0), (0, 0, -depth), sub=0.3)
    rect(m, "card", (-r, 0, -depth), (width, 0, 0), (0, height, 0), picture=(0, 0, 1, 1), glow=1.0)


def rafters(
    m: Model,
    wood: str,
    x0: float,
    x1: float,
    z0: float,
    z1: float,
    y: float,
    *,
    along_x: bool,
    count: int,
    size: tuple[float, float],
) -> None:
    """Beams under a ceiling at height y, from wall to wall, evenly laid."""
    wide, tall = size
    for k in range(count):
        f = (k + 1) / (count + 1)
        if along_x:
            box(
                m,
                wood,
                ((x0 + x1) / 2, y - tall / 2, z0 + (z1 - z0) * f),
                (x1 - x0, tall, wide),
                sub=0.5,
                skip="x-x+y+",
            )
        else:
            box(
                m,
                wood,
                (x0 + (x1 - x0) * f, y - tall / 2, (z0 + z1) / 2),
                (wide, tall, z1 - z0),
                sub=0.5,
                skip="z-z+y+",
            )
