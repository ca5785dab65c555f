"""How light is kept: H = irradiance / pi (the radiance of a white surface), coded cbrt(H / LIGHT_RANGE) in 8 bits.

The cube root keeps shadows free of bands. A reader decodes with c * c * c * LIGHT_RANGE.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carrel.scenes.halls.kit.arrays import Bytes, Floats, Points, floats

LIGHT_RANGE = 4.0


@dataclass(frozen=True)
class Daylight:
    """Linear RGB: the sun's irradiance square to it, the radiance of sky and sunlit ground, a floor of ambient light."""

    sun_direction: Floats
    sun: Floats
    sky: Floats
    ground: Floats
    ambient: Floats


def encode(light: Floats, scale: float = LIGHT_RANGE) -> Bytes:
    return np.round(np.cbrt(np.clip(light / scale, 0, 1)) * 255).astype("u1")


def decode(coded: Bytes, scale: float = LIGHT_RANGE) -> Floats:
    return floats((coded / 255.0) ** 3 * scale)


def linear(srgb: Points) -> Floats:
    """sRGB 0..255 to linear 0..1."""
    c = floats(srgb) / 255
    return floats(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4))
