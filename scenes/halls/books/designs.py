"""The atlas for books whose titles are not known when the hall is built: every design blank, and once more written upon.

What is written is strokes, no words: from afar a spine shows that it has a title; near by the reader's own machine letters
the real one onto the blank design (see docs/design/hall-format.md).
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from carrel.scenes.halls.books.placing import DESIGNS
from carrel.scenes.halls.books.spines import (
    CELL_HEIGHT,
    CELL_WIDTH,
    COLUMNS,
    STRIP_HEIGHT,
    SpineAtlas,
    numeral_strip,
    spine_ground,
)
from carrel.scenes.halls.paint.lettering import FontFace
from carrel.scenes.halls.paint.noise import noise, picture

ROWS = 2 * DESIGNS // COLUMNS


def design_atlas(face: FontFace | None, seed: int) -> SpineAtlas:
    """64 blank designs, then the same written upon; `designs` says for each where its title may stand."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((ROWS * CELL_HEIGHT + STRIP_HEIGHT, COLUMNS * CELL_WIDTH, 3))
    mask[..., 2] = 128
    fields = []
    for k in range(DESIGNS):
        ground = spine_ground(rng, narrow_label=False)
        worn = np.clip(0.74 + 0.5 * noise(CELL_HEIGHT, CELL_WIDTH, (30, 8), int(rng.integers(1 << 30)), 3), 0, 1)
        strokes = np.asarray(_strokes(rng, ground.top, ground.foot), float)
        for cell, letters in ((k, 0 * strokes), (k + DESIGNS, strokes)):
            shade = ground.shade * (1 - 0.86 * letters / 255) if ground.inked else ground.shade
            gold = ground.gilt if ground.inked else np.maximum(ground.gilt, letters)
            row, column = divmod(cell, COLUMNS)
            y, x = row * CELL_HEIGHT, column * CELL_WIDTH
            drawn = np.stack([gold * worn, ground.label, np.clip(shade, 0, 255)], -1)
            mask[y : y + CELL_HEIGHT, x : x + CELL_WIDTH] = drawn
        fields.append((ground.top, ground.foot, int(ground.inked)))
    mask[ROWS * CELL_HEIGHT :, :, 0] = np.asarray(numeral_strip(face), float)
    return SpineAtlas(picture(mask), (None,) * (2 * DESIGNS), ROWS, tuple(fields))


def _strokes(rng: np.random.Generator, top: int, foot: int) -> Image.Image:
    """One or two lines of strokes that run down the spine, and a short one for the author."""
    drawn = Image.new("L", (CELL_WIDTH, CELL_HEIGHT))
    draw = ImageDraw.Draw(drawn)
    long = foot - top - 12
    lines = ((0.5, 11.0, 0.62),) if rng.random() < 0.6 else ((0.33, 8.0, 0.60), (0.68, 8.0, 0.48))
    for middle, size, part in lines:
        _line(rng, draw, CELL_WIDTH * middle, top + 6, top + 6 + long * part, size)
    _line(rng, draw, CELL_WIDTH * 0.5, top + 6 + long * 0.72, foot - 8, 6.0)
    return drawn


def _line(rng: np.random.Generator, draw: ImageDraw.ImageDraw, x: float, y: float, end: float, size: float) -> None:
    while y < end:
        word = y + float(rng.uniform(1.6, 4.5)) * size
        while y < min(word, end):
            tall = size * float(rng.uniform(0.55, 1.0))
            draw.line([(x - tall / 2, y), (x + tall / 2, y)], fill=225, width=2)
            y += float(rng.uniform(3.4, 5.4))
        y += size * 0.7
