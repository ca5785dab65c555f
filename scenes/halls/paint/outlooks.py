"""What stands outside the windows of smaller rooms: a garden wall with bamboo, a city under an evening sky."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.paint.noise import noise, picture


def garden(width: int = 768, height: int = 384, seed: int = 61) -> Image.Image:
    """Light through leaves: pale above, many soft greens, a mossy bank and a stone path of light below."""
    rng = np.random.default_rng(seed)
    y = np.linspace(0, 1, height)[:, None, None]
    glow = floats([238, 246, 226]) * (1 - y) + floats([150, 184, 118]) * y
    leaves = noise(height, width, (6, 12), seed, 6)[..., None]
    colour = glow * (0.50 + 0.72 * leaves)
    depth = noise(height, width, (14, 26), seed + 1, 4)[..., None]
    colour = colour * (0.72 + 0.40 * depth) + floats([18, 26, 4]) * depth
    image = picture(colour).filter(ImageFilter.GaussianBlur(3))
    draw = ImageDraw.Draw(image)
    for k in range(46):  # far stems pale, near ones strong
        near = k / 46
        x, lean, wide = rng.uniform(0, width), rng.uniform(-14, 14), 2 + 6 * near
        shade = floats([188, 206, 150]) * (1 - near) + floats([112, 146, 66]) * near
        tone = tuple(int(v) for v in shade * rng.uniform(0.85, 1.1))
        draw.line([(x, height), (x + lean, 0)], fill=tone, width=round(wide))
        draw.line(
            [(x + wide * 0.25, height), (x + lean + wide * 0.25, 0)],
            fill=tuple(min(255, int(v * 1.2)) for v in tone),
            width=max(1, round(wide * 0.3)),
        )
        for node in np.arange(rng.uniform(0, 40), height, 34 + 26 * near):
            at = x + lean * (1 - node / height)
            draw.line(
                [(at - wide * 0.6, node), (at + wide * 0.6, node)], fill=tuple(int(v * 0.7) for v in tone), width=2
            )
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    draw = ImageDraw.Draw(image)
    for _ in range(900):
        x, top = rng.uniform(0, width), rng.uniform(0, height * 0.75) ** 1.0
        long, turn = rng.uniform(8, 26), rng.uniform(0.6, 2.5)
        tip = (x + long * np.cos(turn), top + long * np.sin(turn))
        green = floats([92, 142, 48]) * rng.uniform(0.6, 1.6) + floats([30, 26, 10]) * rng.random()
        draw.line([(x, top), tip], fill=tuple(int(min(255, v)) for v in green), width=int(rng.integers(1, 4)))
    ground = np.clip((np.linspace(0, 1, height) - 0.80) / 0.05, 0, 1)[:, None, None]
    moss = floats([92, 122, 58]) * (0.6 + 0.7 * noise(height, width, (30, 60), seed + 3, 4)[..., None])
    return picture(np.asarray(image, float) * (1 - ground) + moss * ground).filter(ImageFilter.GaussianBlur(1.1))


def skyline(width: int = 1024, height: int = 512, seed: int = 67) -> Image.Image:
    """A city at the end of a clear afternoon: high thin cloud, towers in three depths of haze, trees at its foot."""
    rng = np.random.default_rng(seed)
    y = np.linspace(0, 1, height)[:, None, None]
    sky = np.where(
        y < 0.55,
        floats([136, 176, 222]) + (floats([250, 222, 186]) - floats([136, 176, 222])) * (y / 0.55) ** 1.3,
        floats([250, 222, 186]),
    )
    cloud = np.clip((noise(height, width, (5, 4), seed, 6) - 0.52) * 3, 0, 1)[..., None] * np.clip(1 - y * 1.5, 0, 1)
    image = picture(sky + (floats([255, 246, 236]) - sky) * cloud * 0.8)
    draw = ImageDraw.Draw(image)
    for k, (tone, low, high) in enumerate(
        (((214, 206, 206), 0.30, 0.52), ((172, 170, 182), 0.40, 0.62), ((122, 122, 138), 0.52, 0.72))
    ):
        x = -20.0
        while x < width:
            wide, top = rng.uniform(22, 60) * (1 + 0.3 * k), rng.uniform(low, high) * height
            shade = floats(tone) * rng.uniform(0.94, 1.06)
            draw.rectangle([x, top, x + wide, height], fill=tuple(int(min(255, v)) for v in shade))
            draw.rectangle([x + wide * 0.7, top, x + wide, height], fill=tuple(int(min(255, v * 0.88)) for v in shade))
            for wy in np.arange(top + 6, height * 0.86, 7 + k * 2):
                for wx in np.arange(x + 4, x + wide - 4, 6 + k * 2):
                    if rng.random() < 0.30:
                        lit = (255, 214, 150) if rng.random() < 0.25 else tuple(int(v * 0.9) for v in shade)
                        draw.rectangle([wx, wy, wx + 2 + k, wy + 2 + k], fill=lit)
            x += wide + rng.uniform(-6, 16)
    crown = 0.86 - 0.05 * noise(8, width, (2, 24), seed + 5, 5)[3]
    leaves = noise(height, width, (60, 120), seed + 6, 3)[..., None]
    mask = np.clip((np.linspace(0, 1, height)[:, None] - crown[None]) / 0.01, 0, 1)[..., None]
    out = (
        np.asarray(image.filter(ImageFilter.GaussianBlur(1.0)), float) * (1 - mask)
        + floats([74, 92, 62]) * (0.6 + 0.8 * leaves) * mask
    )
    return picture(out).filter(ImageFilter.GaussianBlur(0.7))


def park(width: int = 768, height: int = 768, seed: int = 71) -> Image.Image:
    """Old trees round a lawn under a summer sky with a few clouds."""
    rng = np.random.default_rng(seed)
    y = np.linspace(0, 1, height)[:, None, None]
    sky = floats([128, 170, 222]) + (floats([226, 232, 232]) - floats([128, 170, 222])) * np.clip(y / 0.6, 0, 1) ** 1.2
    cloud = np.clip((noise(height, width, (4, 3), seed, 6) - 0.50) * 3.2, 0, 1)[..., None] * np.clip(
        1.3 - y * 1.6, 0, 1
    )
    colour = sky + (floats([252, 248, 242]) - sky) * cloud
    leaves = noise(height, width, (70, 70), seed + 1, 4)[..., None]
    clumps = noise(height, width, (16, 16), seed + 2, 4)[..., None]
    x = np.arange(width)[None]
    for k, (base, green, haze) in enumerate(
        ((0.60, (150, 172, 150), 0.55), (0.66, (112, 142, 92), 0.25), (0.74, (78, 112, 56), 0.0))
    ):
        line = np.full((1, width), base)
        for _ in range(9 - 2 * k):  # crowns as half circles with ragged edges
            cx, r = rng.uniform(0, width), rng.uniform(40, 90) * (1 + 0.5 * k)
            line = np.minimum(line, base - np.sqrt(np.clip(r * r - (x - cx) ** 2, 0, None)) * 1.15 / height)
        ragged = line + 0.03 * (noise(height, width, (60, 60), seed + 5 + k, 3) - 0.5)
        mask = np.clip((y[..., 0] - ragged) / 0.004, 0, 1)[..., None]
        light = 0.55 + 0.55 * clumps + 0.35 * (leaves - 0.5)
        tone = floats(green) * light * (1 - haze) + floats([206, 216, 214]) * haze
        colour = colour * (1 - mask) + tone * mask
    lawn = np.clip((y - 0.80) / 0.01, 0, 1)
    grass = floats([128, 158, 80]) * (0.85 + 0.25 * noise(height, width, (90, 12), seed + 9, 3)[..., None])
    return picture(colour * (1 - lawn) + grass * lawn).filter(ImageFilter.GaussianBlur(0.9))
