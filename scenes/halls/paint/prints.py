"""The print sheet: one texture that holds every printed thing of a hall (signs, labels, clock, globe, a page)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from carrel.scenes.errors import BuildError
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.bookcase import Picture
from carrel.scenes.halls.paint.lettering import FontFace, font
from carrel.scenes.halls.paint.noise import noise, picture

ROMAN = ["XII", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI"]


class Sheet:
    """Places pictures row by row; `rects[name]` are texture rectangles (u0, v0, u1, v1), v downward."""

    def __init__(self, width: int = 1024, height: int = 1024) -> None:
        self.image = Image.new("RGB", (width, height), (120, 92, 50))
        self.rects: dict[str, Picture] = {}
        self._x = self._y = self._row = 0

    def place(self, name: str, image: Image.Image) -> None:
        """Raises BuildError when the sheet is full."""
        wide, tall = self.image.size
        if self._x + image.width > wide:
            self._x, self._y, self._row = 0, self._y + self._row + 2, 0
        if self._y + image.height > tall:
            raise BuildError(f"The print sheet is full at {name!r}: make it taller.")
        self.image.paste(image, (self._x, self._y))
        x, y = self._x, self._y
        self.rects[name] = ((x + 1) / wide, (y + 1) / tall, (x + image.width - 1) / wide, (y + image.height - 1) / tall)
        self._x += image.width + 2
        self._row = max(self._row, image.height)


def brass_plate(
    face: FontFace | None, width: int, height: int, lines: Sequence[str], sizes: Sequence[int]
) -> Image.Image:
    """An engraved plate with centred lines; letters shrink until they fit."""
    ground, ink = floats([188, 148, 82]), (38, 25, 12)
    brushed = 0.93 + 0.14 * noise(height, width, (2, 24), width + height, 3)[..., None]
    image = picture(ground * brushed * np.linspace(1.08, 0.92, height)[:, None, None])
    draw = ImageDraw.Draw(image)
    draw.rectangle([3, 3, width - 4, height - 4], outline=(112, 84, 42), width=2)
    y = height / 2 - sum(s * 1.25 for s in sizes) / 2
    for text, size in zip(lines, sizes, strict=True):
        fitted = size
        while fitted > 8 and draw.textlength(text, font=font(face, fitted)) > width - 22:
            fitted -= 1
        letters = font(face, fitted)
        middle = y + size * 0.62
        draw.text((width / 2 + 1, middle + 1), text, font=letters, fill=(232, 200, 132), anchor="mm")
        draw.text((width / 2, middle), text, font=letters, fill=ink, anchor="mm")
        y += size * 1.25
    for x in (9, width - 10):
        draw.ellipse([x - 3, height / 2 - 3, x + 3, height / 2 + 3], fill=(96, 66, 30))
    return image


def clock_face(face: FontFace | None, n: int = 256) -> Image.Image:
    """A parchment dial at ten past ten, drawn at twice its size."""
    image = Image.new("RGB", (n * 2, n * 2), (236, 226, 202))
    draw = ImageDraw.Draw(image)
    draw.ellipse([6, 6, 2 * n - 6, 2 * n - 6], fill=(240, 230, 206), outline=(120, 86, 36), width=14)
    draw.ellipse([42, 42, 2 * n - 42, 2 * n - 42], outline=(60, 44, 26), width=3)
    for k, numeral in enumerate(ROMAN):
        turn, r = np.radians(30 * k), n * 0.70
        stamp = Image.new("L", (110, 60))
        ImageDraw.Draw(stamp).text((55, 30), numeral, font=font(face, 42), fill=255, anchor="mm")
        stamp = stamp.rotate(-30 * k, expand=True, resample=Image.Resampling.BICUBIC)
        corner = (int(n + r * np.sin(turn) - stamp.width / 2), int(n - r * np.cos(turn) - stamp.height / 2))
        image.paste((46, 32, 20), corner, stamp)
    for k in range(60):
        turn, inner, wide = np.radians(6 * k), n * (0.81 if k % 5 else 0.77), 3 if k % 5 else 7
        ends = [(n + r * np.sin(turn), n - r * np.cos(turn)) for r in (n * 0.85, inner)]
        draw.line(ends, fill=(60, 44, 26), width=wide)
    for degrees, long, wide in ((305, 0.42, 13), (60, 0.64, 8)):
        turn = np.radians(degrees)
        ends = [(n + r * n * np.sin(turn), n - r * n * np.cos(turn)) for r in (-0.1, long)]
        draw.line(ends, fill=(30, 22, 16), width=wide)
    draw.ellipse([n - 14, n - 14, n + 14, n + 14], fill=(150, 108, 48))
    return image.resize((n, n), Image.Resampling.LANCZOS)


def globe_map(width: int = 512, height: int = 256, seed: int = 77) -> Image.Image:
    """A parchment globe with invented continents and a graticule: a decoration, not a map."""
    land = noise(height, width, (3, 6), seed, 6)
    ground = np.where((land > 0.54)[..., None], floats([196, 164, 104]), floats([128, 140, 122]))
    colour = ground * (0.86 + 0.28 * noise(height, width, (6, 12), seed + 1, 5)[..., None])
    colour[np.abs(land - 0.54) < 0.012] = (92, 66, 36)
    image = picture(colour)
    draw = ImageDraw.Draw(image)
    for k in range(0, width, width // 24):
        draw.line([(k, 0), (k, height)], fill=(110, 88, 56), width=1)
    for k in range(0, height, height // 12):
        draw.line([(0, k), (width, k)], fill=(110, 88, 56), width=1)
    return image


def page(width: int = 180, height: int = 256) -> Image.Image:
    """A page of text too small to read, for open books on tables."""
    image = Image.new("RGB", (width, height), (236, 224, 198))
    draw, rng = ImageDraw.Draw(image), np.random.default_rng(3)
    for k in range(24):
        y, x = 22 + k * 9, 18
        end = width - 18 - (0 if k % 7 != 6 else int(rng.integers(20, 80)))
        while x < end:
            n = int(rng.integers(5, 18))
            draw.line([(x, y), (min(x + n, end), y)], fill=(96, 84, 70), width=2)
            x += n + 3
    return image
