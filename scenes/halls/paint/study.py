"""Paper and reed of a scholar's study: ink landscapes, lettered boards, straw matting, leaves of a printed book."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.paint.lettering import FontFace, font
from carrel.scenes.halls.paint.noise import noise, picture

PAPER, INK, SEAL = (224, 208, 174), (34, 36, 38), (168, 40, 30)


def ink_landscape(width: int, height: int, seed: int, face: FontFace | None, words: str = "") -> Image.Image:
    """Ridges in mist, pines, a pavilion by the water, a few characters and a seal."""
    rng = np.random.default_rng(seed)
    sheet = floats(PAPER) * (0.95 + 0.07 * noise(height, width, (4, 4), seed, 5)[..., None])
    y = np.arange(height)[:, None]
    tall = height > width
    for k in range(6):
        base = height * ((0.24 if tall else 0.34) + 0.105 * k)
        swing = height * ((0.26 if tall else 0.30) - 0.032 * k)
        ridge = base - swing * (noise(8, width, (2, 2 + k + (0 if tall else 3)), seed + 30 + k, 6)[3] - 0.35)
        depth = (y - ridge[None]) / height
        brush = noise(height, width, (10, 24), seed + 50 + k, 4)
        tone = np.where(depth > 0, np.exp(-depth * (11 - 0.6 * k)) * (0.26 + 0.09 * k), 0) * (0.6 + 0.7 * brush)
        edge = np.exp(-((depth * height / 2.2) ** 2)) * (0.10 + 0.05 * k) * brush
        cover = np.clip(tone + edge, 0, 0.9)[..., None]
        sheet = sheet * (1 - cover) + floats(INK) * cover
    image = picture(sheet)
    draw = ImageDraw.Draw(image)
    for _ in range(width * height // 6500):
        x, foot, size = (
            int(rng.integers(8, width - 8)),
            int(rng.integers(int(height * 0.66), int(height * 0.93))),
            int(rng.integers(7, 13)),
        )
        draw.line([(x, foot), (x + int(rng.integers(-2, 3)), foot - 2 * size)], fill=(48, 46, 42), width=1)
        for q in range(4):
            draw.ellipse(
                [x - size + q * 2, foot - 2 * size + q * 4 - 2, x + size - q * 2, foot - 2 * size + q * 4 + 1],
                fill=(58, 64, 56),
            )
    px, py, s = int(width * 0.66), int(height * 0.82), max(6, min(width, height) // 16)
    draw.polygon([(px - 2 * s, py), (px, py - s), (px + 2 * s, py)], fill=(62, 54, 46))
    draw.rectangle([px - s, py, px + s, py + s], outline=(78, 62, 50), width=2)
    size = max(12, min(width, height) // 13)
    for i, ch in enumerate(words):
        draw.text((width - size * 1.9, size * (0.8 + 1.15 * i)), ch, font=font(face, size), fill=INK)
    if words:
        top = size * (1.2 + 1.15 * len(words))
        draw.rectangle([width - size * 1.9, top, width - size * 0.9, top + size], fill=SEAL)
        draw.text(
            (width - size * 1.4, top + size / 2),
            words[0],
            font=font(face, size * 3 // 4),
            fill=(236, 214, 190),
            anchor="mm",
        )
    return image.filter(ImageFilter.GaussianBlur(0.4))


def lettered(width: int, height: int, words: str, face: FontFace | None, *, upright: bool) -> Image.Image:
    """Gold characters on dark lacquer, downward or across (from the left, as today's readers read)."""
    ground = floats((46, 24, 16)) * (
        0.9 + 0.2 * noise(height, width, (24, 3) if upright else (3, 24), width, 3)[..., None]
    )
    image = picture(ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle([3, 3, width - 4, height - 4], outline=(120, 86, 44), width=2)
    long, across = (height, width) if upright else (width, height)
    pitch = (long - across * 0.3) / max(1, len(words))
    size = int(min(pitch * 0.86, across * 0.72))
    for k, ch in enumerate(words):
        run = across * 0.15 + pitch * (k + 0.5)
        at = (width / 2, run) if upright else (run, height / 2)
        draw.text(at, ch, font=font(face, size), fill=(206, 164, 92), anchor="mm")
    return image


def tag(width: int, height: int, en: str, zh: str, face: FontFace | None) -> Image.Image:
    """A paper slip for a rack: its branch of learning."""
    image = picture(floats((232, 220, 190)) * (0.96 + 0.06 * noise(height, width, (4, 8), width, 3)[..., None]))
    draw = ImageDraw.Draw(image)
    draw.rectangle([3, 3, width - 4, height - 4], outline=SEAL, width=2)
    draw.text((height * 0.16, height * 0.48), zh, font=font(face, height * 5 // 9), fill=INK, anchor="lm")
    size = height * 3 // 8
    while size > 8 and draw.textlength(en, font=font(face, size)) > width * 0.52:
        size -= 1
    draw.text((width - height * 0.18, height * 0.48), en, font=font(face, size), fill=(92, 74, 54), anchor="rm")
    return image


def matting(n: int = 512, seed: int = 15) -> Image.Image:
    """Rush matting, over and under, with a dark cloth hem on all four sides (v downward, not repeating)."""
    y, x = np.mgrid[0:n, 0:n] / n * 64
    check = (np.floor(x) + np.floor(y)) % 2
    bulge = np.sin(np.where(check, x % 1, y % 1) * np.pi)
    straw = noise(n, n, (12, 160), seed, 2)
    straw = np.where(check, straw, straw.T)
    tone = 0.86 + 0.14 * bulge + 0.20 * (straw - 0.5) + 0.10 * (noise(n, n, (3, 3), seed + 1, 4) - 0.5)
    colour = floats((186, 160, 112)) * tone[..., None]
    edge = np.minimum.reduce([x, 64 - x, y * 0.77, (64 - y) * 0.77]) * 0.62
    hem = edge < 1.0
    colour[hem] = floats((44, 54, 74)) * (0.9 + 0.2 * noise(n, n, (90, 90), seed + 2, 2)[hem][:, None])
    line = (edge > 0.42) & (edge < 0.56)
    colour[line] = (150, 118, 70)
    return picture(colour)


def printed_leaf(face: FontFace | None, words: str, width: int = 180, height: int = 256) -> Image.Image:
    """A woodblock page: ruled columns read from the right, a fold in the middle."""
    image = picture(floats((230, 218, 188)) * (0.96 + 0.06 * noise(height, width, (4, 4), 8, 4)[..., None]))
    draw = ImageDraw.Draw(image)
    left, top, right, foot = 12, 22, width - 12, height - 18
    draw.rectangle([left, top, right, foot], outline=(60, 52, 44), width=2)
    columns, k = 8, 0
    pitch = (right - left) / columns
    for c in range(columns):
        x = right - (c + 1) * pitch
        draw.line([(x, top), (x, foot)], fill=(120, 100, 84), width=1)
        y = top + 6.0
        while y < foot - pitch:
            ch = words[k % len(words)]
            k += 1
            if ch != " ":
                draw.text(
                    (x + pitch / 2, y + pitch * 0.42),
                    ch,
                    font=font(face, int(pitch * 0.78)),
                    fill=(44, 38, 34),
                    anchor="mm",
                )
            y += pitch * 0.88
    return image
