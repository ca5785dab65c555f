"""The far picture of each case: its shelves seen square from the front, painted from the same books, with their light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from carrel.scenes.halls.books.shelving import BookTable
from carrel.scenes.halls.books.spines import CELL_HEIGHT, CELL_WIDTH, COLUMNS, SpineAtlas
from carrel.scenes.halls.kit.arrays import Bytes, Floats, floats
from carrel.scenes.halls.kit.bookcase import BOARD, STILE, Picture
from carrel.scenes.halls.kit.model import Case
from carrel.scenes.halls.light.baker import Effort, Illuminator
from carrel.scenes.halls.light.coding import encode, linear

FINER, WIDTH, GAP = 2, 1024, 2
LEGIBLE_PIXELS_PER_M = 60
REFLECTIONS = 1.15  # what gloss adds to real books
PICTURE_RANGE = 1.0  # radiance, not irradiance: nothing on a shelf is brighter
WOOD, BACK, PAPER, GOLD = (
    linear((128, 84, 52)),
    linear((84, 56, 36)),
    floats([0.50, 0.40, 0.26]),
    floats([0.82, 0.58, 0.24]),
)


@dataclass(frozen=True)
class LitBooks:
    """A case's books with H at foot and head."""

    table: BookTable
    foot: Floats
    head: Floats


def case_pictures(
    cases: Sequence[Case],
    books: Mapping[str, LitBooks],
    atlas: SpineAtlas,
    sky: Illuminator,
    effort: Effort,
    pixels_per_m: int,
) -> tuple[Image.Image, dict[str, Picture]]:
    """One picture of all cases (coded radiance) and each case's rectangle (u0, v0, u1, v1), v downward."""
    mask = np.asarray(atlas.image)
    painted = {case.id: _paint(case, books.get(case.id), mask, sky, effort, pixels_per_m) for case in cases}
    x = y = row = 0
    corners: dict[str, tuple[int, int]] = {}
    for case in sorted(cases, key=lambda c: -painted[c.id].shape[0]):
        h, w = painted[case.id].shape[:2]
        if x + w > WIDTH:
            x, y, row = 0, y + row + GAP, 0
        corners[case.id] = (x, y)
        x, row = x + w + GAP, max(row, h)
    height = 4 * int(np.ceil((y + row) / 4))
    sheet, rects = np.zeros((height, WIDTH, 3), "u1"), {}
    for name, (cx, cy) in corners.items():
        h, w = painted[name].shape[:2]
        sheet[cy : cy + h, cx : cx + w] = painted[name]
        rects[name] = ((cx + 0.5) / WIDTH, (cy + 0.5) / height, (cx + w - 0.5) / WIDTH, (cy + h - 0.5) / height)
    return Image.fromarray(sheet), rects


def _paint(
    case: Case, books: LitBooks | None, mask: Bytes, sky: Illuminator, effort: Effort, pixels_per_m: int
) -> Bytes:
    scale = pixels_per_m * FINER
    tall = case.height - case.base
    w, h = FINER * round(case.width * pixels_per_m), FINER * round(tall * pixels_per_m)
    light = _front_light(case, w, h, sky, effort)
    radiance = BACK * np.maximum(light * 0.35, 0.10)
    if books is not None:
        _paint_books(radiance, case, books, mask, scale)
    y = 0.0
    for clear in (*case.boards, 0.0):
        a, b = h - round((y + BOARD) * scale), h - round(y * scale)
        radiance[max(a, 0) : b] = WOOD * light[max(a, 0) : b]
        radiance[b : b + round(0.035 * scale)] *= 0.45  # the shade below a board
        y += BOARD + clear
    for k in range(case.bays + 1):
        x = float(np.clip(k * case.width / case.bays, STILE / 2, case.width - STILE / 2))
        a, b = round((x - STILE / 2) * scale), round((x + STILE / 2) * scale)
        radiance[:, a:b] = WOOD * light[:, a:b]
    radiance *= REFLECTIONS
    small = radiance.reshape(h // FINER, FINER, w // FINER, FINER, 3).mean((1, 3))
    return encode(floats(small), PICTURE_RANGE)


def _front_light(case: Case, w: int, h: int, sky: Illuminator, effort: Effort) -> Floats:
    """H on the front plane, from a coarse grid of baked points."""
    nx, ny = 7, len(case.boards) + 1
    x, y = np.meshgrid(np.linspace(0.1, case.width - 0.1, nx), np.linspace(case.height - 0.05, case.base + 0.05, ny))
    local = np.stack([x, y, np.full_like(x, 0.06)], -1).reshape(-1, 3)
    out = np.broadcast_to(case.matrix @ floats([0, 0, 1]), local.shape)
    found = sky.light(local @ case.matrix.T + case.origin, floats(out), effort).reshape(ny, nx, 3)
    rows, columns = np.linspace(0, ny - 1, h), np.linspace(0, nx - 1, w)
    i, j = np.minimum(rows.astype(int), ny - 2), np.minimum(columns.astype(int), nx - 2)
    fi, fj = (rows - i)[:, None, None], (columns - j)[None, :, None]
    upper = found[i][:, j] * (1 - fj) + found[i][:, j + 1] * fj
    lower = found[i + 1][:, j] * (1 - fj) + found[i + 1][:, j + 1] * fj
    return floats(upper * (1 - fi) + lower * fi)


def _paint_books(radiance: Floats, case: Case, books: LitBooks, mask: Bytes, scale: float) -> None:
    table, (h, w), coarse = books.table, radiance.shape[:2], scale < LEGIBLE_PIXELS_PER_M
    local = (table.positions - case.origin) @ case.matrix
    frames = np.einsum("ji,njk->nik", case.matrix, table.matrices)
    corner = local + np.einsum("nij,nj->ni", frames, table.sizes * [1, 1, 0])
    low, high = np.minimum(local, corner), np.maximum(local, corner)
    flat = np.abs(frames[:, 1, 1]) < 0.5
    cloth = (table.cloths / 255) ** 1.7 * 1.35
    for k in range(len(local)):
        x0, x1 = round(low[k, 0] * scale), round(high[k, 0] * scale)
        y0, y1 = h - round((high[k, 1] - case.base) * scale), h - round((low[k, 1] - case.base) * scale)
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, w), min(y1, h)
        if x1 <= x0 or y1 <= y0:
            continue
        row, column = divmod(int(table.cells[k]), COLUMNS)
        cell = mask[row * CELL_HEIGHT : (row + 1) * CELL_HEIGHT, column * CELL_WIDTH : (column + 1) * CELL_WIDTH]
        size = (y1 - y0, x1 - x0) if flat[k] else (x1 - x0, y1 - y0)
        if coarse:  # too few pixels to tell designs apart
            radiance[y0:y1, x0:x1] = cloth[k] * books.foot[k] * 0.3
            continue
        design = np.asarray(Image.fromarray(cell).resize(size, Image.Resampling.BOX), float)
        design = linear(design)  # the shader reads the mask as sRGB too
        design = np.rot90(design) if flat[k] else design
        gilt = np.clip((design[..., :1] - 0.18) / 0.57, 0, 1)
        shade = design[..., 2:] * 2
        shade = shade * (0.6 * shade + 0.4)
        paper = np.clip((design[..., 1:2] - 0.3) / 0.4, 0, 1)
        colour = (cloth[k] * (1 - paper) + PAPER * paper) * shade
        colour = colour * (1 - gilt) + GOLD * gilt
        up = np.linspace(1, 0, y1 - y0)[:, None, None]
        light = (books.foot[k] * (1 - up) + books.head[k] * up) * 1.3 * np.clip(0.62 + 3.8 * up, 0, 1)
        across = np.abs(np.linspace(-1, 1, x1 - x0))[None, :, None]
        radiance[y0:y1, x0:x1] = colour * light * (1 - 0.28 * across**3)
