"""Pictures inside a GLB made smaller: WebP by EXT_texture_webp, without the old picture beside it, for every browser that can show a hall reads WebP.

A picture that would not become smaller stays as it is, and so does one of a kind that only graphics processors read (KTX2). Pillow decodes nothing larger
than the gate has let in.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any, Final

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.buffers import embedded
from carrel.scenes.ingest.edit import Glb
from carrel.server.publishing.optimise.accessors import Json
from carrel.server.publishing.optimise.packing import require

EXTENSION: Final = "EXT_texture_webp"
TYPE: Final = "image/webp"
PLUGINS: Final = (JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
"""Loaded before there are walls; a camera's notes in a JPEG are a small TIFF."""
FORMATS: Final = ("JPEG", "PNG", "WEBP")
SIDES: Final = {"view": 2048, "half": 1024, "quarter": 512, "tenth": 256}
"""Pixels at most along a picture's longer side, by level."""
QUALITY: Final = {"colour": 82, "numbers": 92}
EFFORT: Final = 2
AT_ONCE: Final = 2
PIXELS_AT_MOST: Final = 192 << 20
_DIFFERENCE_AT_MOST: Final = 8.0
"""Of 255, the mean over a small copy: more and the picture was not understood."""
_SMALL: Final = (64, 64)
_NUMBERS: Final = ("normalTexture", "occlusionTexture", "metallicRoughnessTexture", "clearcoatNormalTexture")

Image.preinit()
Image.MAX_IMAGE_PIXELS = PIXELS_AT_MOST
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the file as it came, and whether its values are numbers rather than colours."""

    index: int
    data: bytes
    numbers: bool


Shrunk = dict[str, dict[int, bytes]]
"""Level → picture → its WebP. A picture that stays as it is, is not there."""


def shrink(wanted: list[Picture], levels: tuple[str, ...]) -> Shrunk:
    """WebP of every picture for every level; two at a time, for Pillow lets others work meanwhile."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        made = list(threads.map(lambda picture: (picture.index, _of_levels(picture, levels)), wanted))
    return {level: {index: found[level] for index, found in made if level in found} for level in levels}


def write(glb: Glb, shrunk: dict[int, bytes]) -> None:
    """Put `shrunk` in the place of the pictures."""
    if not shrunk:
        return
    document = glb.json
    spare = _own_views(document)
    for index, data in shrunk.items():
        image: Json = document["images"][index]
        if image.get("bufferView") in spare:
            glb.replace_view(image["bufferView"], data)
        else:
            image["bufferView"] = glb.append_view(data)
            image.pop("uri", None)
        image["mimeType"] = TYPE
    for texture in document.get("textures", ()):
        if texture.get("source") in shrunk:
            texture.setdefault("extensions", {})[EXTENSION] = {"source": texture.pop("source")}
    require(document, EXTENSION)
    glb.compact()


def pictures(glb: Glb) -> Iterator[Picture]:
    """Those that can be re-encoded: every texture that shows them names them as its plain source."""
    document = glb.json
    textures = document.get("textures", [])
    plain = {texture["source"] for texture in textures if "source" in texture and not _other_sources(texture)}
    shared = {source for texture in textures for source in _other_sources(texture)}
    shared |= {texture["source"] for texture in textures if "source" in texture and _other_sources(texture)}
    numbers = {textures[index]["source"] for index in _number_textures(document) if "source" in textures[index]}
    for index in sorted(plain - shared):
        image = document["images"][index]
        data = glb.view(image["bufferView"]) if "bufferView" in image else embedded(image["uri"], f"/images/{index}")[1]
        yield Picture(index, data, index in numbers)


def _of_levels(picture: Picture, levels: tuple[str, ...]) -> dict[str, bytes]:
    image = decoded(io.BytesIO(picture.data), FORMATS, SIDES[levels[0]], f"/images/{picture.index}")
    found: dict[str, bytes] = {}
    for level in levels:
        side = SIDES[level]
        if max(image.size) > side:
            image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
        data = _encoded(image, QUALITY["numbers" if picture.numbers else "colour"])
        if len(data) < len(picture.data):
            found[level] = data
    return found


def decoded(
    file: IO[bytes], formats: tuple[str, ...], side: int, where: str = "", *, upright: bool = False
) -> Image.Image:
    """A picture in colours, of at least `side` pixels if it has them; `upright` as a camera noted it. Raises Refused when it cannot be decoded."""
    try:
        with Image.open(file, formats=formats) as opened:
            opened.draft("RGB", (side, side))  # JPEG halves itself while it is decoded
            return as_colours(ImageOps.exif_transpose(opened) if upright else opened)
    except (MemoryError, ImportError):
        raise
    except Exception as error:
        # Decoders meet broken bytes with whatever their insides raise.
        raise Refused("image_data", "The picture cannot be decoded: open it and save it again.", where) from error


def as_colours(image: Image.Image) -> Image.Image:
    """RGB or, where anything is transparent, RGBA; sixteen bits become eight."""
    if image.mode.startswith("I") or image.mode == "F":
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        whole = image.convert("RGBA")
        opaque = whole.getchannel("A").getextrema()[0] == 255
        return whole.convert("RGB") if opaque else whole
    return image.convert("RGB")


def _encoded(image: Image.Image, quality: int) -> bytes:
    """WebP, looked at again: what does not look the same is written without loss."""
    data = webp(image, quality=quality, method=EFFORT, exact=True)
    with Image.open(io.BytesIO(data), formats=("WEBP",)) as back:
        alike = back.size == image.size and _difference(back.convert(image.mode), image) <= _DIFFERENCE_AT_MOST
    return data if alike else webp(image, lossless=True, method=EFFORT, exact=True)


def webp(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", **options)
    return out.getvalue()


def _difference(one: Image.Image, other: Image.Image) -> float:
    small = [picture.resize(_SMALL, Image.Resampling.BOX, reducing_gap=2.0).tobytes() for picture in (one, other)]
    one_bytes, other_bytes = small
    return sum(abs(a - b) for a, b in zip(one_bytes, other_bytes, strict=True)) / len(one_bytes)


def _own_views(document: Json) -> set[int]:
    """Buffer views that one picture and nobody else has."""
    views = [image["bufferView"] for image in document["images"] if "bufferView" in image]
    others = {accessor.get("bufferView") for accessor in document.get("accessors", ())}
    return {view for view in views if views.count(view) == 1 and view not in others}


def _other_sources(texture: Json) -> list[int]:
    return [
        extension["source"]
        for extension in texture.get("extensions", {}).values()
        if isinstance(extension, dict) and "source" in extension
    ]


def _number_textures(document: Json) -> Iterator[int]:
    """Textures that materials use for directions and quantities; their names say so, wherever they stand."""

    def within(value: object) -> Iterator[int]:
        if isinstance(value, dict):
            for name, member in value.items():
                if name in _NUMBERS and isinstance(member, dict) and isinstance(member.get("index"), int):
                    yield member["index"]
                else:
                    yield from within(member)

    for material in document.get("materials", ()):
        yield from within(material)
