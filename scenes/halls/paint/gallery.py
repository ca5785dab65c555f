"""Things to hang: a pressed plant, a drawing of orbits, a star chart, a plan, a title wall. All drawn here, none is a copy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.paint.lettering import FontFace, font
from carrel.scenes.halls.paint.noise import noise, picture

CREAM, BROWN, INK = (232, 222, 196), (96, 74, 50), (44, 40, 38)


def _paper(width: int, height: int, seed: int, base: tuple[int, int, int] = CREAM) -> Image.Image:
    return picture(floats(base) * (0.95 + 0.08 * noise(height, width, (4, 4), seed, 5)[..., None]))


def herbarium(width: int, height: int, seed: int) -> Image.Image:
    """A fern pressed on paper, with its slip."""
    rng = np.random.default_rng(seed)
    big = 2
    image = _paper(width * big, height * big, seed)
    draw = ImageDraw.Draw(image)
    w, h = width * big, height * big
    stem = [(w * (0.5 + 0.06 * np.sin(t * 2.2)), h * (0.93 - 0.82 * t)) for t in np.linspace(0, 1, 40)]
    draw.line(stem, fill=(74, 82, 44), width=5)
    for k in range(4, 39):
        x, y = stem[k]
        long = w * 0.34 * np.sin(np.pi * min(1, (k / 39) ** 0.8 * 0.95 + 0.05)) * rng.uniform(0.92, 1.05)
        for side in (-1, 1):
            end = (x + side * long, y - long * 0.42)
            draw.line([(x, y), end], fill=(82, 92, 50), width=2)
            for f in np.linspace(0.08, 0.97, max(3, int(long / 11))):
                px, py = x + side * long * f, y - long * 0.42 * f
                size = (1 - f) * long * 0.13 + 5
                for turn in (-1, 1):
                    tip = (px + side * size * 0.5, py + turn * size - size * 0.2)
                    tone = int(rng.integers(-10, 12))
                    draw.polygon([(px - 3, py), tip, (px + 4, py)], fill=(88 + tone, 104 + tone, 54 + tone // 2))
    draw.rectangle([w * 0.60, h * 0.86, w * 0.95, h * 0.96], fill=(240, 234, 216), outline=BROWN, width=2)
    for k in range(3):
        draw.line(
            [(w * 0.63, h * (0.885 + 0.024 * k)), (w * (0.92 - 0.05 * k), h * (0.885 + 0.024 * k))], fill=BROWN, width=2
        )
    for f in (0.25, 0.6):
        draw.rectangle([w * 0.5 - 26, h * f, w * 0.5 + 26, h * f + 7], fill=(236, 228, 206))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def orbits(width: int, height: int, face: FontFace | None) -> Image.Image:
    """Circles about a sun, as the old books draw them."""
    image = _paper(width, height, 9)
    draw = ImageDraw.Draw(image)
    cx, cy, most = width / 2, height * 0.47, width * 0.43
    for k, r in enumerate(np.linspace(0.2, 1.0, 7)):
        draw.ellipse([cx - most * r, cy - most * r, cx + most * r, cy + most * r], outline=BROWN, width=1 + (k == 6))
        turn = 0.9 + k * 2.1
        x, y, s = cx + most * r * np.cos(turn), cy + most * r * np.sin(turn), 3 + k % 3
        draw.ellipse([x - s, y - s, x + s, y + s], fill=(150, 60, 40) if k % 3 == 1 else INK)
    for k in range(16):
        turn = k * np.pi / 8
        far = 22 if k % 2 else 30
        draw.line(
            [(cx + 11 * np.cos(turn), cy + 11 * np.sin(turn)), (cx + far * np.cos(turn), cy + far * np.sin(turn))],
            fill=(176, 120, 40),
            width=2,
        )
    draw.ellipse([cx - 10, cy - 10, cx + 10, cy + 10], fill=(206, 150, 60), outline=BROWN)
    draw.text((cx, height * 0.91), "ORBIUM ORDO", font=font(face, max(12, width // 14)), fill=INK, anchor="mm")
    draw.rectangle([8, 8, width - 9, height - 9], outline=BROWN, width=1)
    return image


def star_chart(width: int, height: int, seed: int) -> Image.Image:
    """A dark sky with circles of declination, a band of milk, figures of lines between invented stars."""
    rng = np.random.default_rng(seed)
    cloud = noise(height, width, (3, 5), seed, 6)
    y, x = np.mgrid[0:height, 0:width]
    band = np.exp(-(((y - height * (0.3 + 0.4 * x / width)) / (height * 0.13)) ** 2)) * cloud
    colour = floats((18, 28, 52)) * (0.85 + 0.3 * cloud[..., None]) + band[..., None] * floats((70, 78, 92))
    image = picture(colour)
    draw = ImageDraw.Draw(image)
    cx, cy, most = width / 2, height / 2, min(width, height) * 0.46
    for r in (0.33, 0.66, 1.0):
        draw.ellipse([cx - most * r, cy - most * r, cx + most * r, cy + most * r], outline=(120, 126, 140), width=1)
    for k in range(12):
        turn = k * np.pi / 6
        draw.line([(cx, cy), (cx + most * np.cos(turn), cy + most * np.sin(turn))], fill=(66, 76, 100), width=1)
    for _ in range(14):
        px, py = rng.uniform(0.1, 0.9) * width, rng.uniform(0.1, 0.9) * height
        points = [(px, py)]
        for _ in range(int(rng.integers(3, 6))):
            px, py = px + rng.uniform(-0.08, 0.08) * width, py + rng.uniform(-0.09, 0.09) * height
            points.append((px, py))
        draw.line(points, fill=(150, 152, 150), width=1)
        for sx, sy in points:
            s = rng.uniform(1.5, 3.4)
            draw.ellipse([sx - s, sy - s, sx + s, sy + s], fill=(244, 236, 206))
    for _ in range(700):
        sx, sy, s = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.3, 1.1)
        draw.ellipse([sx - s, sy - s, sx + s, sy + s], fill=(214, 214, 206))
    return image


def elevation(width: int, height: int, face: FontFace | None) -> Image.Image:
    """A measured drawing of a hall with a vault, in ink and wash."""
    image = _paper(width, height, 14, (236, 230, 214))
    draw = ImageDraw.Draw(image)
    left, right, foot = width * 0.12, width * 0.88, height * 0.80
    spring, middle = height * 0.42, width / 2
    r = (right - left) / 2
    draw.pieslice(
        [left, spring - r * 0.62, right, spring + r * 0.62], 180, 360, fill=(214, 202, 176), outline=INK, width=2
    )
    draw.rectangle([left, spring, right, foot], fill=(222, 212, 188), outline=INK, width=2)
    for k in range(1, 12):
        turn = np.pi * k / 12
        draw.line(
            [
                (middle + r * 0.7 * np.cos(turn), spring - r * 0.43 * np.sin(turn)),
                (middle + r * np.cos(turn), spring - r * 0.62 * np.sin(turn)),
            ],
            fill=BROWN,
            width=1,
        )
    draw.pieslice(
        [left + r * 0.3, spring - r * 0.43, right - r * 0.3, spring + r * 0.43],
        180,
        360,
        fill=(196, 182, 152),
        outline=INK,
        width=1,
    )
    for k in range(5):
        x = left + (right - left) * (k + 0.5) / 5
        w = (right - left) * 0.06
        draw.rectangle([x - w, spring + height * 0.12, x + w, foot], fill=(176, 160, 130), outline=INK, width=1)
        draw.pieslice(
            [x - w, spring + height * 0.12 - w, x + w, spring + height * 0.12 + w],
            180,
            360,
            fill=(176, 160, 130),
            outline=INK,
            width=1,
        )
    draw.line([(left, foot + 18), (right, foot + 18)], fill=INK, width=1)
    for f in np.linspace(0, 1, 9):
        x = left + (right - left) * f
        draw.line([(x, foot + 12), (x, foot + 24)], fill=INK, width=1)
    draw.text(
        (middle, foot + 44), "A LIBRARY IN SECTION", font=font(face, max(11, height // 24)), fill=INK, anchor="mm"
    )
    return image


def wash(width: int, height: int, seed: int, tones: Sequence[tuple[int, int, int]]) -> Image.Image:
    """Broad fields of colour that bleed into each other: a painting about nothing but colour."""
    rng = np.random.default_rng(seed)
    colour = np.asarray(_paper(width, height, seed, (238, 232, 220)), float)
    y, x = np.mgrid[0:height, 0:width]
    for tone in tones:
        cx, cy = rng.uniform(0.2, 0.8) * width, rng.uniform(0.2, 0.8) * height
        rx, ry = rng.uniform(0.25, 0.5) * width, rng.uniform(0.18, 0.42) * height
        ragged = noise(height, width, (4, 4), int(rng.integers(1 << 20)), 5) - 0.5
        inside = 1 - np.sqrt(((x - cx) / rx) ** 4 + ((y - cy) / ry) ** 4) + ragged * 0.7
        cover = np.clip(inside * 9, 0, 1) * (0.62 + 0.3 * ragged) + np.exp(-((inside * 14) ** 2)) * 0.25
        cover = np.clip(cover, 0, 0.92)[..., None]
        colour = colour * (1 - cover) + floats(tone) * cover
    return picture(colour).filter(ImageFilter.GaussianBlur(0.7))


def title_wall(width: int, height: int, face: FontFace | None, lines: Sequence[tuple[str, int]]) -> Image.Image:
    """Letters set straight on the plaster: (words, size in pixels), from the top left."""
    image = Image.new("RGB", (width, height), (240, 238, 232))
    draw = ImageDraw.Draw(image)
    y = 8.0
    for words, size in lines:
        draw.text((6, y), words, font=font(face, size), fill=(52, 50, 48))
        y += size * 1.42
    return image


def caption(width: int, height: int, face: FontFace | None, head: str, rest: Sequence[str]) -> Image.Image:
    """A museum's small card."""
    image = Image.new("RGB", (width, height), (246, 244, 238))
    draw = ImageDraw.Draw(image)
    draw.text((width * 0.07, height * 0.10), head, font=font(face, height // 5), fill=(34, 32, 30))
    for k, line in enumerate(rest):
        draw.text((width * 0.07, height * (0.40 + 0.24 * k)), line, font=font(face, height // 7), fill=(96, 92, 86))
    return image
