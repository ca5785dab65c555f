"""The spine atlas: a mask, not a picture. R = gilt, G = paper label, B = cloth shade (128 is plain).

The cloth's colour belongs to each book, so 256 designs in any colour never look repeated. Under the cells lies a strip of
volume numbers (1..10, then 一..十) that a set's books show above the foot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from carrel.scenes.halls.kit.arrays import Floats, floats
from carrel.scenes.halls.paint.lettering import FontFace, font
from carrel.scenes.halls.paint.noise import noise, picture

COLUMNS, ROWS, CELL_WIDTH, CELL_HEIGHT, STRIP_HEIGHT = 32, 8, 64, 384, 32
VOLUME_BAND = (0.86, 0.915)  # of a spine's height, v downward
NUMERALS = [*(str(k) for k in range(1, 11)), *"一二三四五六七八九十"]
LARGEST_SET = 10


@dataclass(frozen=True)
class SpineTitle:
    """What stands on a spine; `title` and `author` as the catalogue writes them."""

    title: str
    author: str = ""

    @property
    def han(self) -> bool:
        """True when the title is written top to bottom in Han characters."""
        return any("\u3400" <= ch <= "\u9fff" for ch in self.title)


@dataclass(frozen=True)
class SpineAtlas:
    """The mask picture, and the title of each cell (None: an untitled design)."""

    image: Image.Image
    cells: tuple[SpineTitle | None, ...]
    rows: int = ROWS
    designs: tuple[tuple[int, int, int], ...] = ()
    """For blank designs: (top, foot, 1 when written in ink) of the field for a title, in pixels of a cell."""

    @property
    def rows_part(self) -> float:
        """The part of the picture's height that the cells take; the volume strip lies below."""
        return self.rows * CELL_HEIGHT / self.image.height


@dataclass(frozen=True)
class Ground:
    """A spine before its letters: the three channels, and where a title may stand."""

    gilt: Floats
    label: Floats
    shade: Floats
    top: int
    foot: int
    inked: bool


def spine_atlas(titles: Sequence[SpineTitle], face: FontFace | None, seed: int) -> SpineAtlas:
    """Draw up to 240 titles (the first come first) and untitled designs for the rest of the 256 cells."""
    rng = np.random.default_rng(seed)
    cells: list[SpineTitle | None] = [None] * (COLUMNS * ROWS)
    for k, wanted in enumerate([t for t in titles if t.title][: COLUMNS * ROWS - 16]):
        cells[k] = wanted
    mask = np.zeros((ROWS * CELL_HEIGHT + STRIP_HEIGHT, COLUMNS * CELL_WIDTH, 3))
    mask[..., 2] = 128
    for k, title in enumerate(cells):
        row, column = divmod(k, COLUMNS)
        y, x = row * CELL_HEIGHT, column * CELL_WIDTH
        mask[y : y + CELL_HEIGHT, x : x + CELL_WIDTH] = _spine(rng, title or SpineTitle(""), face)
    mask[ROWS * CELL_HEIGHT :, :, 0] = np.asarray(numeral_strip(face), float)
    return SpineAtlas(picture(mask), tuple(cells))


def numeral_strip(face: FontFace | None) -> Image.Image:
    """The numbers that a set's books show, each as wide as a cell."""
    strip = Image.new("L", (COLUMNS * CELL_WIDTH, STRIP_HEIGHT))
    draw = ImageDraw.Draw(strip)
    for k, numeral in enumerate(NUMERALS):
        middle = (k + 0.5) * CELL_WIDTH, STRIP_HEIGHT / 2
        draw.text(middle, numeral, font=font(face, 24), fill=255, anchor="mm")
    return strip


def _shade(rng: np.random.Generator, leather: bool) -> Floats:
    h, w = CELL_HEIGHT, CELL_WIDTH
    y, x = np.mgrid[0:h, 0:w]
    shade = 128 + 22 * (noise(h, w, (24, 6), int(rng.integers(1 << 30)), 3) - 0.5)
    shade += (noise(h, w, (190, 30), int(rng.integers(1 << 30)), 1) - 0.5) * (10 if leather else 26)
    shade += 26 * np.exp(-np.minimum(y, h - 1 - y) / 5.0)  # rubbed head and tail
    edge = np.minimum(x, w - 1 - x)
    return floats(shade + 9 * np.exp(-edge / 2.5) - 14 * np.exp(-np.abs(edge - 7) / 2.0))  # joints


def spine_ground(rng: np.random.Generator, *, narrow_label: bool) -> Ground:
    """Leather with raised bands, or cloth with rules; `narrow_label` for titles written upright."""
    h, w = CELL_HEIGHT, CELL_WIDTH
    leather = not narrow_label and rng.random() < 0.55
    shade = _shade(rng, leather)
    gilt, label = Image.new("L", (w, h)), Image.new("L", (w, h))
    if leather:
        top, foot = _leather(rng, shade, ImageDraw.Draw(gilt))
        inked = False
    else:
        top, foot, inked = _cloth(rng, shade, ImageDraw.Draw(gilt), ImageDraw.Draw(label), narrow_label)
    return Ground(floats(np.asarray(gilt)), floats(np.asarray(label)), shade, top, foot, inked)


def _spine(rng: np.random.Generator, title: SpineTitle, face: FontFace | None) -> Floats:
    h, w = CELL_HEIGHT, CELL_WIDTH
    ground = spine_ground(rng, narrow_label=title.han)
    shade, inked = ground.shade, ground.inked
    letters = np.asarray(_letters(title, face, ground.top, ground.foot, inked), float)
    if inked:
        shade = shade * (1 - 0.86 * letters / 255)
    gold = ground.gilt if inked else np.maximum(ground.gilt, letters)
    worn = np.clip(0.74 + 0.5 * noise(h, w, (30, 8), int(rng.integers(1 << 30)), 3), 0, 1)
    return np.stack([gold * worn, ground.label, np.clip(shade, 0, 255)], -1)


def _leather(rng: np.random.Generator, shade: Floats, gilt: ImageDraw.ImageDraw) -> tuple[int, int]:
    """Raised bands, a tooled flower in the head panel, often a darker title piece. Returns where the title may stand."""
    h, w = CELL_HEIGHT, CELL_WIDTH
    bands = [int(h * b) for b in (0.09, 0.215, 0.785, 0.91)]
    y = np.arange(h)[:, None]
    for b in bands:
        shade += 46 * np.exp(-(((y - b + 2) / 3.0) ** 2)) - 50 * np.exp(-(((y - b - 4) / 2.5) ** 2))
        for line in (b - 8, b + 9):
            gilt.line([(0, line), (w, line)], fill=200, width=1)
    if rng.random() < 0.6:
        shade[bands[1] + 9 : bands[2] - 8] *= rng.uniform(0.42, 0.62)
        for line in (bands[1] + 11, bands[2] - 12):
            gilt.line([(0, line), (w, line)], fill=230, width=2)
    if rng.random() < 0.8:
        middle = h * 0.153
        for k in range(8):
            px, py = w / 2 + 10 * np.cos(k * np.pi / 4), middle + 10 * np.sin(k * np.pi / 4)
            gilt.ellipse([px - 4, py - 4, px + 4, py + 4], outline=220, width=2)
        gilt.ellipse([w / 2 - 4, middle - 4, w / 2 + 4, middle + 4], fill=230)
    return bands[1] + 16, bands[2] - 16


def _cloth(
    rng: np.random.Generator, shade: Floats, gilt: ImageDraw.ImageDraw, label: ImageDraw.ImageDraw, han: bool
) -> tuple[int, int, bool]:
    """Rules at head and foot, sometimes a paper label. Returns where the title may stand, and whether it is ink."""
    h, w = CELL_HEIGHT, CELL_WIDTH
    top, foot, inked = int(h * 0.10), int(h * 0.84), False
    for y in (8, 12) if rng.integers(4) else (10, 15, 20):
        for line in (y, h - 1 - y):
            gilt.line([(0, line), (w, line)], fill=225, width=2 if y < 12 else 1)
    if rng.random() < (0.38 if han else 0.14):
        inked = True
        x0, x1 = (11, 53) if han else (7, 57)
        y0, y1 = int(h * 0.07), int(h * (0.62 if han else 0.70))
        label.rectangle([x0, y0, x1, y1], fill=255)
        shade[y0:y1, x0:x1] = 150 + 12 * (noise(h, w, (20, 6), 5, 2)[y0:y1, x0:x1] - 0.5)
        top, foot = y0 + 8, y1 - 8
    return top, foot, inked


def _letters(title: SpineTitle, face: FontFace | None, top: int, foot: int, inked: bool) -> Image.Image:
    text = Image.new("L", (CELL_WIDTH, CELL_HEIGHT))
    if not title.title:
        return text
    if title.han:
        _upright(ImageDraw.Draw(text), title, face, top, foot if inked else CELL_HEIGHT - 66)
    else:
        text.paste(_lying(title, face, foot - top).rotate(-90, expand=True), (0, top))
    return text


def _upright(draw: ImageDraw.ImageDraw, title: SpineTitle, face: FontFace | None, top: int, foot: int) -> None:
    words, author = title.title[:12], title.author[:4]
    size = int(min(40, (foot - top) * 0.78 / len(words)))
    y = top + 6 + size / 2
    for ch in words:
        draw.text((CELL_WIDTH / 2, y), ch, font=font(face, size), fill=255, anchor="mm")
        y += size * 1.12
    y += 10
    if y + 22 * len(author) < foot:
        for ch in author:
            draw.text((CELL_WIDTH / 2, y), ch, font=font(face, 20), fill=235, anchor="mm")
            y += 22


def _lying(title: SpineTitle, face: FontFace | None, long: int) -> Image.Image:
    strip = Image.new("L", (long, CELL_WIDTH))
    draw, room = ImageDraw.Draw(strip), long - 12
    words, author = title.title[:60].split(" "), title.author[:24]
    lines, size = [" ".join(words)], 36
    if len(lines[0]) > 13 and len(words) > 1:  # long titles take two lines
        half = len(lines[0]) / 2
        cut = min(range(1, len(words)), key=lambda k: abs(len(" ".join(words[:k])) - half))
        lines, size = [" ".join(words[:cut]), " ".join(words[cut:])], 25

    def wide(points: int) -> float:
        body = max(draw.textlength(line, font=font(face, points)) for line in lines)
        small = font(face, max(13, points * 5 // 9))
        return float(body + (14 + draw.textlength(author, font=small) if author else 0))

    while size > 11 and wide(size) > room:
        size -= 1
    for k, line in enumerate(lines):
        y = CELL_WIDTH * ((0.31 + 0.37 * k) if len(lines) > 1 else 0.48)
        draw.text((6, y), line, font=font(face, size), fill=255, anchor="lm")
    if author:
        draw.text((long - 5, CELL_WIDTH * 0.48), author, font=font(face, max(13, size * 5 // 9)), fill=235, anchor="rm")
    return strip
