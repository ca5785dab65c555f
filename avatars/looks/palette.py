"""The 16 x 8 palette: a column is a tint slot, rows run from shadow to light; recolouring writes one column."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from PIL import Image

from carrel.avatars.looks.arrays import Array, arr

SLOTS = (
    "skin",
    "lip",
    "sclera",
    "iris",
    "dark",
    "brow",
    "hair",
    "top",
    "under",
    "bottom",
    "shoes",
    "accent",
    "metal",
    "mouth",
    "headwear",
    "paper",
)
"""Column order of the palette texture."""

ROWS = 8
GLOSSY = frozenset({"sclera", "iris", "dark", "metal"})

FIXED = {
    "sclera": "efe9e2",
    "dark": "1a1311",
    "metal": "b08a4a",
    "mouth": "5a2426",
    "paper": "f7f1e4",
    "shoes": "3a2a20",
    "accent": "7c2f2a",
    "under": "efe6d6",
    "bottom": "3a3733",
    "headwear": "7b8b7a",
    "iris": "5b3a20",
    "top": "6b7d6a",
}
"""Colours of slots that a look does not name."""

# (shadow factors, light target, light amount) for each kind of material: the ends of a column's ramp.
_CLOTH = ((0.60, 0.50, 0.48), (1.0, 1.0, 1.0), 0.20)
_RAMPS: Mapping[str, tuple[tuple[float, float, float], tuple[float, float, float], float]] = {
    "skin": ((0.80, 0.66, 0.60), (0.98, 0.40, 0.34), 0.22),
    "lip": ((0.70, 0.60, 0.60), (1.0, 0.80, 0.76), 0.30),
    "hair": ((0.45, 0.42, 0.42), (1.0, 0.86, 0.70), 0.26),
    "brow": ((0.60, 0.58, 0.58), (1.0, 0.90, 0.80), 0.10),
    "iris": ((0.30, 0.28, 0.28), (1.0, 0.92, 0.80), 0.35),
    "sclera": ((0.70, 0.62, 0.60), (1.0, 1.0, 1.0), 0.40),
}


def rgb(colour: str) -> Array:
    """A six-digit hexadecimal sRGB colour as three numbers 0…1."""
    return arr([int(colour[i : i + 2], 16) for i in (0, 2, 4)]) / 255


def column(slot: str, colour: str) -> npt.NDArray[np.uint8]:
    """The eight steps of one slot, shape (8, 3), from shadow through the colour itself to light."""
    shadow, light, amount = _RAMPS.get(slot, _CLOTH)
    base = rgb(colour)
    low, high = base * arr(shadow), base + (arr(light) - base) * amount
    t = np.linspace(-1, 1, ROWS)[:, None]
    ramp = np.where(t < 0, base + (low - base) * -t, base + (high - base) * t)
    steps: npt.NDArray[np.uint8] = np.rint(np.clip(ramp, 0, 1) * 255).astype(np.uint8)
    return steps


def picture(colours: Mapping[str, str]) -> bytes:
    """The palette texture as PNG."""
    columns = [column(slot, colours.get(slot, FIXED.get(slot, "808080"))) for slot in SLOTS]
    out = io.BytesIO()
    Image.fromarray(np.stack(columns, 1)).save(out, "PNG", optimize=True)
    return out.getvalue()
