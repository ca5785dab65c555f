"""What a picture says of itself in its first bytes: its type by magic bytes, its size before anything is decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from carrel.scenes.errors import Refused

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
KTX2_MAGIC = b"\xabKTX 20\xbb\r\n\x1a\n"
_NO_SIZE = frozenset({0x01, *range(0xD0, 0xDA)})  # markers of JPEG that stand alone
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers that carry the size
_STEPS = 10_000  # chunks or segments before the picture itself
_PNG_SIZES = {b"IHDR": 13, b"cHRM": 32, b"sRGB": 1, b"pHYs": 9, b"gAMA": 4}


class PictureHeader(NamedTuple):
    """Media type, width and height in pixels."""

    type: str
    width: int
    height: int


def read_header(data: memoryview | bytes, where: str = "") -> PictureHeader:
    """Raises Refused: `image_type` for bytes of no known picture, `image_broken` for a header that makes no sense."""
    view = memoryview(data)
    head = bytes(view[:16])
    for name, is_one, read in READERS:
        if is_one(head):
            try:
                width, height = read(view)
            except (struct.error, IndexError) as fault:
                text = f"The {name} picture ends inside its header: it was cut. Export it again."
                raise Refused("image_broken", text, where) from fault
            except ValueError as fault:
                raise Refused("image_broken", f"The {name} picture is broken: {fault}.", where) from fault
            if not width or not height:
                raise Refused("image_broken", f"The {name} picture has no width or no height.", where)
            return PictureHeader(f"image/{name.lower()}", width, height)
    raise Refused("image_type", "The bytes are not a PNG, JPEG or WebP picture.", where)


def _png(data: memoryview) -> tuple[int, int]:
    offset, size = 8, (0, 0)
    for _ in range(_STEPS):
        length, kind = struct.unpack_from(">I4s", data, offset)
        if _PNG_SIZES.get(kind, length) != length:
            raise ValueError(f"a chunk {kind.decode('latin-1')} has a wrong length")
        if offset == 8:
            if kind != b"IHDR":
                raise ValueError("the first chunk is not IHDR")
            size = struct.unpack_from(">II", data, offset + 8)
        elif kind == b"IDAT":
            return size
        offset += length + 12
    raise ValueError("its header never ends")


def _jpeg(data: memoryview) -> tuple[int, int]:
    offset = 2
    for _ in range(_STEPS):
        if data[offset] != 0xFF:
            raise ValueError("a marker is missing between its segments")
        marker = data[offset + 1]
        if marker == 0xFF or marker in _NO_SIZE:
            offset += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, offset + 2)
        if length < 2:
            raise ValueError("a segment has a wrong length")
        if marker in _FRAMES:
            data[offset + 1 + length]  # the whole segment must be there
            height, width = struct.unpack_from(">HH", data, offset + 5)
            if data[offset + 9] not in (1, 3):
                raise ValueError("it is neither grey nor in three colours")
            return width, height
        offset += 2 + length
    raise ValueError("its header never ends")


def _webp(data: memoryview) -> tuple[int, int]:
    kind = bytes(data[12:16])
    if kind == b"VP8 ":
        if bytes(data[23:26]) != b"\x9d\x01\x2a":
            raise ValueError("its first frame has no start code")
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        if data[20] != 0x2F:
            raise ValueError("its first frame has no start code")
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        parts = struct.unpack_from("<HBHB", data, 24)
        return (parts[0] | parts[1] << 16) + 1, (parts[2] | parts[3] << 16) + 1
    raise ValueError("its first chunk is of no known kind")


def _ktx2(data: memoryview) -> tuple[int, int]:
    width, height = struct.unpack_from("<II", data, 20)
    return width, height


READERS: tuple[tuple[str, Callable[[bytes], bool], Callable[[memoryview], tuple[int, int]]], ...] = (
    ("PNG", lambda head: head.startswith(PNG_MAGIC), _png),
    ("JPEG", lambda head: head.startswith(b"\xff\xd8\xff"), _jpeg),
    ("WebP", lambda head: head[:4] == b"RIFF" and head[8:14] == b"WEBPVP", _webp),
    ("KTX2", lambda head: head.startswith(KTX2_MAGIC), _ktx2),
)
