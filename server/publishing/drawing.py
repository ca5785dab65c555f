"""Pictures, panoramas and pages made ready to be shown: WebP of a few sizes, turned upright, without what a camera wrote into the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pypdfium2
from PIL import AvifImagePlugin, Image

from carrel.scenes.errors import Refused
from carrel.server.publishing.model import THUMBNAIL
from carrel.server.publishing.optimise.textures import FORMATS, decoded, webp

Sizes = tuple[tuple[str, int, int], ...]
"""(role, pixels along the longer side at most, made only of pictures larger than this); each is made of the one before."""
IMAGE: Final[Sizes] = (("large", 4096, 2048), ("view", 2048, 0), (THUMBNAIL, 384, 0))
PANORAMA: Final[Sizes] = (
    ("panorama", 8192, 0),
    ("panorama-small", 4096, 4096),
    ("view", 2048, 0),
    (THUMBNAIL, 384, 0),
)
PAGE_SIDE: Final = 1600
PAGES_AT_MOST: Final = 60
"""Later pages are in the original."""
QUALITY: Final = 85
EFFORT: Final = 2
_EVERY_FORMAT: Final = (*FORMATS, "AVIF") if AvifImagePlugin.SUPPORTED else FORMATS

Drawn = tuple[str, bytes, dict[str, int]]
"""Role, WebP, its width and height (and page)."""


def picture(file: BinaryIO, sizes: Sizes) -> Iterator[Drawn]:
    """Raises Refused for one that does not decode."""
    image = decoded(file, _EVERY_FORMAT, sizes[0][1], upright=True)
    largest = max(image.size)
    yield from _sizes(image, [(role, side) for role, side, more_than in sizes if largest > more_than])


def pages(file: BinaryIO) -> Iterator[Drawn]:
    """Each page on white, as far as PAGES_AT_MOST, and the first one small. Raises Refused."""
    try:
        document = pypdfium2.PdfDocument(file)
        for number in range(min(len(document), PAGES_AT_MOST)):
            page = document[number]
            width, height = page.get_size()
            scale = PAGE_SIDE / max(width, height, 1)
            image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
            page.close()
            yield from _sizes(image, [(f"page-{number + 1}", PAGE_SIDE)], page=number + 1)
            if number == 0:
                yield from _sizes(image, [IMAGE[-1][:2]])
    except pypdfium2.PdfiumError as error:
        raise Refused("pdf_data", "The document cannot be drawn: open it and save it again as PDF.") from error


def _sizes(image: Image.Image, wanted: list[tuple[str, int]], **facts: int) -> Iterator[Drawn]:
    for role, side in wanted:
        if max(image.size) > side:
            image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
        yield role, webp(image, quality=QUALITY, method=EFFORT), _facts(image) | facts


def _facts(image: Image.Image) -> dict[str, Any]:
    return {"width": image.width, "height": image.height}
