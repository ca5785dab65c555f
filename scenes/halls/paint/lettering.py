"""Letters from a font that the caller brings as bytes; without one, Pillow's own Latin face."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass

from PIL import Image, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Picture = Image.Image


@dataclass(frozen=True)
class FontFace:
    """A font file's bytes and the face's number inside it (collections hold several)."""

    data: bytes
    index: int = 0


@functools.lru_cache(maxsize=256)
def font(face: FontFace | None, size_px: int) -> Font:
    """The face at a size in pixels."""
    if face is None:
        return ImageFont.load_default(size_px)
    return ImageFont.truetype(io.BytesIO(face.data), size_px, index=face.index)
