"""The picture in the arch: a calm view into the Ancient Books Room, painted in flat layers of light."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.paint.noise import noise, picture

PAPER, TIMBER, BLUE, LABEL = (226, 214, 186), (74, 30, 20), (40, 62, 92), (220, 208, 178)


def ancient_room(width: int = 360, height: int = 612, seed: int = 4) -> Image.Image:
    """A room in one-point perspective: moon window with bamboo, cases of blue book boxes, lanterns, a grey floor."""
    big = 2
    w, h = width * big, height * big
    cx, cy = w / 2, h * 0.60  # vanishing point
    y, x = np.mgrid[0:h, 0:w]
    glow = np.exp(-(((x - cx) / (w * 0.42)) ** 2 + ((y - cy) / (h * 0.30)) ** 2))[..., None]
    wall = floats(PAPER) * (0.52 + 0.48 * glow) * (0.97 + 0.06 * noise(h, w, (4, 3), seed, 4)[..., None])
    image = picture(wall)
    draw = ImageDraw.Draw(image)
    back = (w * 0.20, h * 0.40, w * 0.80, h * 0.70)
    draw.polygon([(0, h), (w, h), (back[2], back[3]), (back[0], back[3])], fill=(96, 94, 88))
    draw.polygon([(0, 0), (w, 0), (back[2], back[1]), (back[0], back[1])], fill=(58, 30, 20))
    _ceiling(draw, w, h, back)
    for side in (-1, 1):
        _side_cases(draw, w, h, side, back)
    _paving(draw, w, h, back)
    _moon_window(image, cx, cy - h * 0.055, w * 0.135, seed)
    draw = ImageDraw.Draw(image)
    low, top = h * 0.765, h * 0.735
    draw.polygon(
        [(cx - w * 0.17, top), (cx + w * 0.17, top), (cx + w * 0.21, low), (cx - w * 0.21, low)], fill=(96, 44, 28)
    )
    draw.rectangle([cx - w * 0.21, low, cx + w * 0.21, low + h * 0.012], fill=(58, 24, 16))
    for leg in (-0.19, 0.18):
        draw.rectangle([cx + w * leg, low, cx + w * (leg + 0.015), low + h * 0.07], fill=(58, 24, 16))
    for side in (-1, 1):
        lx, ly = cx + side * w * 0.23, h * 0.335
        draw.line([(lx, 0), (lx, ly)], fill=(40, 20, 14), width=3)
        draw.rounded_rectangle(
            [lx - 26, ly, lx + 26, ly + 62], radius=10, fill=(255, 232, 188), outline=TIMBER, width=5
        )
    light = np.asarray(image, float)
    warm = 1 + 0.35 * np.exp(-(((x - cx) / (w * 0.5)) ** 2 + ((y - h * 0.36) / (h * 0.2)) ** 2))[..., None]
    return picture(light * warm).filter(ImageFilter.GaussianBlur(1.2)).resize((width, height), Image.Resampling.LANCZOS)


def _ceiling(draw: ImageDraw.ImageDraw, w: float, h: float, back: tuple[float, float, float, float]) -> None:
    for k in range(9):
        near, far = w * k / 8, back[0] + (back[2] - back[0]) * k / 8
        draw.line([(near, 0), (far, back[1])], fill=(38, 18, 12), width=5)
    for f in (0.25, 0.55, 0.8, 1.0):
        yy, x0 = back[1] * f, back[0] * f
        draw.rectangle([x0, yy - 14 * (1.4 - f), w - x0, yy], fill=(112, 40, 26))


def _side_cases(
    draw: ImageDraw.ImageDraw, w: float, h: float, side: int, back: tuple[float, float, float, float]
) -> None:
    def at(depth: float, up: float) -> tuple[float, float]:
        edge = back[0] * depth if side < 0 else w - back[0] * depth
        top, floor = back[1] * depth + h * 0.10 * (1 - depth), h + (back[3] - h) * depth
        return edge, floor + (top - floor) * up

    draw.polygon([at(0, 0), at(1, 0), at(1, 0.86), at(0, 0.86)], fill=TIMBER)
    cells = 6
    for i in range(cells):
        d0, d1 = (i + 0.08) / cells, (i + 0.92) / cells
        d0, d1 = d0**0.7, d1**0.7
        for j in range(5):
            u0, u1 = 0.06 + j * 0.155, 0.06 + j * 0.155 + 0.12
            draw.polygon([at(d0, u0), at(d1, u0), at(d1, u1), at(d0, u1)], fill=(34, 16, 12))
            draw.polygon(
                [at(d0, u0), at(d1, u0), at(d1, u1 - 0.03), at(d0, u1 - 0.03)],
                fill=BLUE if (i + j) % 3 else (58, 78, 104),
            )
            mid0, mid1 = d0 + (d1 - d0) * 0.3, d0 + (d1 - d0) * 0.5
            draw.polygon(
                [at(mid0, u0 + 0.015), at(mid1, u0 + 0.015), at(mid1, u1 - 0.045), at(mid0, u1 - 0.045)], fill=LABEL
            )


def _paving(draw: ImageDraw.ImageDraw, w: float, h: float, back: tuple[float, float, float, float]) -> None:
    for k in range(11):
        near, far = -w * 0.3 + w * 1.6 * k / 10, back[0] + (back[2] - back[0]) * k / 10
        draw.line([(near, h), (far, back[3])], fill=(78, 76, 72), width=2)
    for f in (0.06, 0.14, 0.25, 0.4, 0.6, 0.85):
        yy = back[3] + (h - back[3]) * f
        draw.line([(0, yy), (w, yy)], fill=(78, 76, 72), width=2)


def _moon_window(image: Image.Image, cx: float, cy: float, radius: float, seed: int) -> None:
    draw, rng = ImageDraw.Draw(image), np.random.default_rng(seed)
    draw.ellipse([cx - radius * 1.1, cy - radius * 1.1, cx + radius * 1.1, cy + radius * 1.1], fill=TIMBER)
    size = int(2 * radius)
    yy, xx = np.mgrid[0:size, 0:size]
    view = picture(floats([246, 248, 226]) - (yy[..., None] / size) * floats([34, 18, 56]))
    leaves = ImageDraw.Draw(view)
    for _ in range(9):
        x, lean = float(rng.integers(10, size - 10)), float(rng.uniform(-10, 10))
        leaves.line([(x, size), (x + lean, 0)], fill=(118, 146, 84), width=5)
        for _ in range(10):
            ly, dx = int(rng.integers(0, size)), int(rng.integers(-30, 30))
            leaves.line([(x, ly), (x + dx, ly + 14)], fill=(96, 132, 72), width=3)
    mask = picture(255.0 * (np.hypot(xx - radius, yy - radius) < radius))
    image.paste(view, (int(cx - radius), int(cy - radius)), mask)
