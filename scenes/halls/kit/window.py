"""Arched openings: walls with holes, windows with lightmapped reveals, sunbeams, portals to other rooms."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, floats, unit
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model, Opening
from carrel.scenes.halls.kit.mouldings import ARCHITRAVE, ARCHITRAVE_FAR, scaled
from carrel.scenes.halls.kit.shapes import box, grid, rect
from carrel.scenes.halls.kit.sweeps import sweep, tube

REVEAL_DIM = 0.5
ArchedHole = tuple[float, float, float, float]  # centre x, width, sill, spring; metres in the wall's plane


def arch_contour(width: float, sill: float, spring: float, n: int = 24) -> Floats:
    """An opening's outline from bottom right, up, round and down to bottom left, in (x, y) of the wall."""
    r = width / 2
    turn = np.linspace(0, np.pi, n + 1)
    rise = np.linspace(sill, spring, 11)[1:-1]
    up = np.stack([np.full(10, r), np.concatenate([[sill], rise])], 1)
    arc = np.stack([r * np.cos(turn), spring + r * np.sin(turn)], 1)
    return np.vstack([up, arc, up[::-1] * [-1, 1]])


def arched_wall(m: Model, finish: str, width: float, height: float, holes: list[ArchedHole], texel_m: float) -> None:
    """A wall in local x (0..width), y up, facing +z, with arched holes; lightmapped."""
    panel = m.panel((0, 0, 0), (width, 0, 0), (0, height, 0), (0, 0, 1), texel_m)

    def piece(outline: Floats) -> None:
        grid(m, finish, np.concatenate([outline, 0 * outline[..., :1]], -1), outline, panel=panel)

    left = 0.0
    for cx, w, sill, spring in holes:
        r = w / 2
        piece(floats([[(left, 0), (left, height)], [(cx - r, 0), (cx - r, height)]]))
        piece(floats([[(cx - r, 0), (cx - r, sill)], [(cx + r, 0), (cx + r, sill)]]))
        turn = np.linspace(np.pi, 0, 25)
        arc = np.stack([cx + r * np.cos(turn), spring + r * np.sin(turn)], -1)
        piece(np.stack([arc, np.stack([arc[:, 0], np.full(25, height)], -1)], 1))
        left = cx + r
    piece(floats([[(left, 0), (left, height)], [(width, 0), (width, height)]]))


def reveal(m: Model, finish: str, contour: Floats, depth_m: float, texel_m: float) -> None:
    """The inner side of an opening, unrolled into a strip of the lightmap, from the wall's plane to -depth."""
    columns = np.concatenate([contour, 0 * contour[:, :1]], 1)
    along = unit(np.gradient(contour, axis=0))
    inward = np.stack([-along[:, 1], along[:, 0], 0 * along[:, 0]], 1)
    panel, stations = m.strip_panel(columns, inward, (0, 0, -depth_m), texel_m, REVEAL_DIM)
    depths = floats([0, -depth_m])
    points = np.stack([np.concatenate([contour, np.full((len(contour), 1), z)], 1) for z in depths])
    st = np.stack(np.broadcast_arrays(stations[None], floats([0, 1])[:, None]), -1)
    run = stations * np.linalg.norm(np.diff(contour, axis=0), axis=1).sum()
    uv = np.stack(np.broadcast_arrays(run[None], depths[:, None]), -1)
    flat_st = st[::-1].reshape(-1, 2)
    grid(m, finish, points[::-1], uv[::-1], panel=panel, panel_st=floats(flat_st))


def window(m: Model, width: float, sill: float, spring: float, *, depth: float = 0.5, columns: int = 4) -> None:
    """An arched window in the wall plane z = 0 (the room on +z): surround, reveal, glazing bars, the sky behind."""
    contour = arch_contour(width, sill, spring)
    r = width / 2
    outline = np.concatenate([contour, 0 * contour[:, :1]], 1)
    with m.only(NEAR):
        sweep(m, "stone", ARCHITRAVE[::-1], outline, up=(0, 0, 1), sub=9)
    with m.only(MID | FAR):
        coarse = arch_contour(width, sill, spring, 12)[[0, *range(9, 24), 32]]
        sweep(m, "stone", ARCHITRAVE_FAR[::-1], np.concatenate([coarse, 0 * coarse[:, :1]], 1), up=(0, 0, 1), sub=9)
    reveal(m, "reveal", contour, depth, 0.03)
    pan = m.panel((-r - 0.16, sill, 0.10), (width + 0.32, 0, 0), (0, 0, -depth - 0.1), (0, 1, 0), 0.03)
    rect(m, "reveal", (-r - 0.16, sill, 0.10), (width + 0.32, 0, 0), (0, 0, -depth - 0.1), panel=pan)
    box(m, "stone", (0, sill - 0.05, 0.05), (width + 0.32, 0.1, 0.10), skip="z-y+", sub=0.9)
    for x in (-r + 0.1, r - 0.1):
        with m.only(NEAR | MID):
            box(m, "stone", (x, sill - 0.17, 0.045), (0.16, 0.14, 0.09), skip="z-y+")
    _glazing(m, width, sill, spring, -depth + 0.06, columns)
    tall = spring + r - sill
    out = (-r - 1.2, sill - 0.6, -depth - 0.35)
    rect(m, "sky", out, (width + 2.4, 0, 0), (0, tall + 1.6, 0), picture=(0, 0, 1, 1), glow=1.0, blocks=False)
    gx, gy = np.meshgrid(np.linspace(-1, 1, 7), np.linspace(-1, 1, 9), indexing="ij")
    veil = np.stack([gx * r * 1.5, (sill + spring + r) / 2 + gy * tall * 0.68, 0 * gx + 0.04], -1)
    soft = 0.05 * np.clip(1 - gx**2, 0, 1) * np.clip(1 - gy**2, 0, 1)
    grid(m, "sunbeam", veil, 0 * veil[..., :2], glow=1.0, blocks=False, alpha=floats(soft.ravel()))
    center = m.world((0, 0, -depth + 0.06))
    across, normal = m.matrix @ floats([1, 0, 0]), m.matrix @ floats([0, 0, 1])
    m.openings.append(Opening(center, across, normal, width, sill, spring))


def _glazing(m: Model, width: float, sill: float, spring: float, z: float, columns: int) -> None:
    r, bar = width / 2, 0.05
    for levels, hidden, n in ((NEAR, "y-", 5), (MID | FAR, "y-y+z-", 3)):
        with m.only(levels):
            for k in range(columns + 1):
                x = float(np.clip(-r + k * width / columns, -r + bar / 2, r - bar / 2))
                top = spring + (np.sqrt(max(r * r - x * x, 0)) if 0 < k < columns else 0)
                thick = bar * (1.5 if k in (0, columns) else 0.8)
                box(m, "iron", (x, (sill + top) / 2, z), (thick, top - sill, 0.05), sub=9, skip=hidden)
            rows = max(1, round((spring - sill) / 0.62))
            for k in range(rows + 1):
                y = sill + 0.03 + (spring - sill - 0.03) * k / rows
                box(
                    m,
                    "iron",
                    (0, y, z),
                    (width, bar * 0.8, 0.05),
                    sub=9,
                    skip="x-x+" + hidden.replace("y-", "").replace("y+", ""),
                )
            for size, radius, steps in ((r * 0.5, 0.022, 12), (r - 0.03, 0.04, 18)):
                turn = np.linspace(0, np.pi, (steps if levels == NEAR else steps // 2) + 1)
                arc = np.stack([size * np.cos(turn), spring + size * np.sin(turn), 0 * turn + z], 1)
                tube(m, "iron", arc, radius, n=n)


def sunbeam(m: Model, width: float, sill: float, spring: float, travel: Floats, strength: float) -> None:
    """Dust in the light below a window: four translucent sheets along the sun's travel (world direction)."""
    way = m.matrix.T @ travel
    head = spring + width * 0.46
    fades = ((0.0, 0.0), (0.12, 0.9), (0.35, 1.0), (0.65, 0.6), (1.0, 0.0))
    for k in range(4):
        x = -width / 2 + width * (k + 0.5) / 4
        rows, alpha = [], []
        for i, y in enumerate(np.linspace(head, sill, 7)):
            start = floats([x, y, -0.44])
            rows.append([start + way * (y / -way[1]) * f for f, _ in fades])
            alpha += [strength * np.sin(np.pi * (i + 0.35) / 6.7) * fade for _, fade in fades]
        points = floats(rows)
        grid(m, "sunbeam", points, 0 * points[..., :2], glow=1.0, blocks=False, alpha=floats(alpha))


def portal(m: Model, width: float, spring: float, depth: float) -> None:
    """A moulded stone arch to another room in a wall plane z = 0; the card behind it shows what waits there."""
    contour = arch_contour(width, 0, spring, 28)
    outline = np.concatenate([contour, 0 * contour[:, :1]], 1)
    with m.only(NEAR | MID):
        sweep(m, "stone", scaled(ARCHITRAVE, 1.9, 2.2), outline, up=(0, 0, 1), sub=0.7)
    with m.only(FAR):
        sweep(m, "stone", scaled(ARCHITRAVE_FAR, 1.9, 2.2), outline, up=(0, 0, 1), sub=9)
    reveal(m, "reveal", contour, depth, 0.05)
    rect(m, "stone", (-width / 2, 0.003, 0), (width, 0, 0), (0, 0, -depth), sub=0.4)
    r = width / 2
    box(m, "stone", (0, spring + r + 0.16, 0.08), (0.26, 0.40, 0.20), skip="z-")
    rect(m, "card", (-r, 0, -depth), (width, 0, 0), (0, spring + r, 0), picture=(0, 0, 1, 1), glow=1.0)
