"""Walls with rectangular holes, and windows in them: lightmapped reveals, a board, glazing bars, the view behind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, floats
from carrel.scenes.halls.kit.model import Model, Opening
from carrel.scenes.halls.kit.shapes import box, grid, rect
from carrel.scenes.halls.kit.sweeps import sweep

Hole = tuple[float, float, float, float]  # centre x, width, sill, head; metres in the wall's plane
CASING = [(0, 0), (0, 0.028), (0.02, 0.036), (0.09, 0.036), (0.105, 0.022), (0.11, 0)]


def square_wall(m: Model, finish: str, width: float, height: float, holes: Sequence[Hole], texel_m: float) -> None:
    """A wall in local x (0..width), y up, facing +z, with rectangular holes from left to right; lightmapped."""
    panel = m.panel((0, 0, 0), (width, 0, 0), (0, height, 0), (0, 0, 1), texel_m)

    def piece(x0: float, x1: float, y0: float, y1: float) -> None:
        if x1 - x0 > 1e-6 and y1 - y0 > 1e-6:
            outline = floats([[(x0, y0), (x0, y1)], [(x1, y0), (x1, y1)]])
            grid(m, finish, np.concatenate([outline, 0 * outline[..., :1]], -1), outline, panel=panel)

    left = 0.0
    for cx, wide, sill, head in holes:
        piece(left, cx - wide / 2, 0, height)
        piece(cx - wide / 2, cx + wide / 2, 0, sill)
        piece(cx - wide / 2, cx + wide / 2, head, height)
        left = cx + wide / 2
    piece(left, width, 0, height)


def square_reveal(m: Model, finish: str, width: float, sill: float, head: float, depth: float) -> None:
    """The sides, the head and the foot of a hole about local x = 0, from the wall's plane to -depth."""
    r = width / 2
    for origin, across, normal in (
        ((-r, sill, 0), (0, head - sill, 0), (1, 0, 0)),
        ((r, head, 0), (0, sill - head, 0), (-1, 0, 0)),
        ((-r, head, 0), (width, 0, 0), (0, -1, 0)),
        ((r, sill, 0), (-width, 0, 0), (0, 1, 0)),
    ):
        outer = floats(origin) - floats([0, 0, depth])
        panel = m.panel(outer, across, (0, 0, depth), normal, 0.04)
        rect(m, finish, outer, across, (0, 0, depth), panel=panel)


def square_window(
    m: Model,
    width: float,
    sill: float,
    head: float,
    *,
    depth: float,
    columns: int,
    rows: int,
    frame: str,
    board: str,
    reveal: str = "reveal",
    bar: float = 0.045,
    casing: str = "",
    view: tuple[float, float, float] = (1.6, 0.7, 0.5),
) -> None:
    """A window in the wall plane z = 0 (the room on +z). `view`: how far the picture outside reaches aside, up, and away."""
    r, z = width / 2, -depth + 0.05
    square_reveal(m, reveal, width, sill, head, depth)
    if board:
        box(m, board, (0, sill - 0.018, 0.02), (width + 0.12, 0.036, 0.16), sub=0.5, skip="")
        rect(m, board, (-r, sill + 0.004, 0), (width, 0, 0), (0, 0, -depth), sub=0.4)
    if casing:
        path = [(r, sill, 0), (r, head, 0), (-r, head, 0), (-r, sill, 0)]
        sweep(m, casing, CASING[::-1], path, up=(0, 0, 1), sub=0.7, hard=50)
    tall, middle = head - sill, (sill + head) / 2
    for k in range(columns + 1):
        edge = k in (0, columns)
        thick = bar * (1.6 if edge else 1.0)
        x = float(np.clip(-r + k * width / columns, -r + thick / 2, r - thick / 2))
        box(m, frame, (x, middle, z), (thick, tall, 0.05), sub=1.2, skip="y-y+")
    for k in range(rows + 1):
        edge = k in (0, rows)
        thick = bar * (1.6 if edge else 1.0)
        y = float(np.clip(sill + k * tall / rows, sill + thick / 2, head - thick / 2))
        box(m, frame, (0, y, z), (width, thick, 0.044), sub=1.2, skip="x-x+")
    aside, up, away = view
    at = (-r - aside, sill - up, -depth - away)
    rect(m, "sky", at, (width + 2 * aside, 0, 0), (0, tall + 2 * up, 0), picture=(0, 0, 1, 1), glow=1.0, blocks=False)
    across, normal = m.matrix @ floats([1, 0, 0]), m.matrix @ floats([0, 0, 1])
    m.openings.append(Opening(m.world((0, 0, z)), across, normal, width, sill, head, arched=False))


def square_sunbeam(
    m: Model, width: float, sill: float, head: float, travel: Floats, strength: float, n: int = 4
) -> None:
    """Dust in the light below a window: translucent sheets along the sun's travel (world direction)."""
    way = m.matrix.T @ travel
    if way[1] > -0.05 or way[2] < 0.05:  # the sun does not come in here
        return
    fades = ((0.0, 0.0), (0.12, 0.9), (0.35, 1.0), (0.65, 0.6), (1.0, 0.0))
    for k in range(n):
        x = -width / 2 + width * (k + 0.5) / n
        rows, alpha = [], []
        for i, y in enumerate(np.linspace(head, sill, 7)):
            rows.append([floats([x, y, -0.1]) + way * (y / -way[1]) * f for f, _ in fades])
            alpha += [strength * np.sin(np.pi * (i + 0.35) / 6.7) * fade for _, fade in fades]
        points = floats(rows)
        grid(m, "sunbeam", points, 0 * points[..., :2], glow=1.0, blocks=False, alpha=floats(alpha))


def curtain(m: Model, finish: str, width: float, height: float, folds: int = 7) -> None:
    """A hanging cloth in local x-y before a wall, its upper middle at the origin."""
    n = folds * 6 + 1
    x = np.linspace(-width / 2, width / 2, n)
    rows = []
    for t in np.linspace(0, 1, 7):
        fold = 0.025 + 0.035 * t
        z = 0.07 + fold * np.sin(np.linspace(0, folds * 2 * np.pi, n)) + 0.012 * np.sin(x * 9 + t * 3)
        rows.append(np.stack([x * (1 + 0.06 * t), 0 * x - height * t, z], 1))
    points = floats(rows)
    girth = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points[3], axis=0), axis=1))])
    down = np.linspace(0, height, 7)
    uv = np.stack(np.broadcast_arrays(girth[None], down[:, None]), -1)
    grid(m, finish, points, floats(uv))
