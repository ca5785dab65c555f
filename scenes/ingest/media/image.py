"""The gate for pictures: PNG, JPEG, WebP and AVIF, their structure from the first byte to the last, nothing decoded.

A picture that would not decode may still pass: that is the sandbox's to find out. What passes is bounded in size, is one
still picture, and has nothing behind its end.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.container import Bytes
from carrel.scenes.ingest.door import door
from carrel.scenes.ingest.limits import MEDIA_LIMITS, MediaLimits
from carrel.scenes.ingest.media.boxes import boxes, find_box
from carrel.scenes.ingest.media.picture_header import PictureHeader, read_header

_PNG_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEFLATE_RATIO = 1_040  # deflate cannot do better
_NOTES = frozenset({b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf"})
_BLOCK = 1 << 20
_MORE = 8  # smaller pictures behind a camera's JPEG
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


class ImageFacts(NamedTuple):
    """Media type, width and height in pixels."""

    type: str
    width: int
    height: int


@door
def check_image(data: Bytes, limits: MediaLimits = MEDIA_LIMITS) -> ImageFacts:
    """Raises Refused, and nothing else, for any bytes."""
    if len(data) > limits.image_bytes:
        text = f"The picture has {len(data)} bytes; at most {limits.image_bytes} are allowed."
        raise Refused("file_size", f"{text} Save it smaller.")
    view = memoryview(data)
    is_avif = bytes(view[4:8]) == b"ftyp"
    try:
        header = _avif(view, limits) if is_avif else read_header(view)
        if max(header.width, header.height) > limits.image_side or header.width * header.height > limits.image_pixels:
            text = f"The picture has {header.width} × {header.height} pixels, more than can be shown: make it smaller."
            raise Refused("image_size", text)
        if not is_avif:
            _STRUCTURES[header.type](view, header, limits)
    except (struct.error, IndexError) as fault:
        raise Refused("image_truncated", "The picture ends too early: it was cut. Send it again.") from fault
    return ImageFacts(*header)


@door
def check_panorama(data: Bytes, limits: MediaLimits = MEDIA_LIMITS) -> ImageFacts:
    """A picture of everything around a point: twice as wide as high. Raises Refused."""
    facts = check_image(data, limits)
    low, high = limits.panorama_width
    if facts.width != 2 * facts.height:
        text = f"A panorama is twice as wide as high; this picture has {facts.width} × {facts.height} pixels."
        raise Refused("panorama_shape", f"{text} Export it as equirectangular, all around and from top to bottom.")
    if not low <= facts.width <= high:
        raise Refused("panorama_size", f"A panorama is {low} to {high} pixels wide; this one has {facts.width}.")
    return facts


def _png(data: memoryview, header: PictureHeader, limits: MediaLimits) -> None:
    offset, packed, notes = 8, 0, 0
    for _ in range(limits.chunks):
        length, kind = struct.unpack_from(">I4s", data, offset)
        end = offset + 12 + length
        if end > len(data):
            raise Refused("image_truncated", "The PNG picture ends inside a chunk: it was cut. Send it again.")
        (declared,) = struct.unpack_from(">I", data, end - 4)
        if zlib.crc32(data[offset + 4 : end - 4]) != declared:
            text = f"A chunk of the PNG picture does not match its checksum: it was damaged on its way (byte {offset})."
            raise Refused("image_damaged", text)
        if kind in (b"acTL", b"fcTL", b"fdAT"):
            raise Refused("image_animated", "The PNG picture moves: export a still picture.")
        if kind in _NOTES:
            notes += length
            if notes > limits.note_bytes:
                raise Refused("image_notes", "The PNG picture carries too much beside the picture: save it without.")
        packed += length if kind == b"IDAT" else 0
        offset = end
        if kind == b"IEND":
            break
    else:
        raise Refused("image_chunks", f"The PNG picture has more than {limits.chunks} chunks.")
    depth, colour, _, filtering, interlace = struct.unpack_from(">5B", data, 24)
    if depth not in _PNG_DEPTHS.get(colour, ()) or filtering or interlace > 1 or data[26]:
        raise Refused("image_broken", "The PNG picture is of a kind that does not exist.")
    rows = header.height * (1 + (header.width * _PNG_CHANNELS[colour] * depth + 7) // 8)
    if packed * _DEFLATE_RATIO < rows:
        raise Refused("image_lies", f"{packed} bytes of the PNG cannot be {header.width} × {header.height} pixels.")
    _check_end(data, offset)


def _jpeg(data: memoryview, header: PictureHeader, limits: MediaLimits) -> None:
    seen = np.frombuffer(data, np.uint8)
    end = _jpeg_end(seen, 0, limits)
    for _ in range(_MORE):
        if bytes(data[end : end + 3]) != b"\xff\xd8\xff":
            break
        end = _jpeg_end(seen, end, limits)  # cameras put smaller pictures behind the first
    _check_end(data, end)


def _marker_after(data: NDArray[np.uint8], offset: int) -> int | None:
    """Where the next marker is that is no part of the picture's own data; looked for in growing steps."""
    step = 256
    while offset < len(data) - 1:
        part = data[offset : offset + step + 1]
        follow = part[1:]
        is_marker = (part[:-1] == 0xFF) & (follow != 0) & (follow != 0xFF) & ((follow < 0xD0) | (follow > 0xD7))
        if is_marker.any():
            return offset + int(np.argmax(is_marker))
        offset += step
        step = min(2 * step, _BLOCK)
    return None


def _jpeg_end(data: NDArray[np.uint8], start: int, limits: MediaLimits) -> int:
    """Where the JPEG picture that begins at `start` ends, behind its last marker."""
    offset, frames, scans, notes = start + 2, 0, 0, 0
    for _ in range(limits.chunks):
        found = _marker_after(data, offset)
        if found is None:
            raise Refused("image_truncated", "The JPEG picture has no end: it was cut. Send it again.")
        offset = found
        marker = int(data[offset + 1])
        if marker == 0xD9:
            if not scans:
                raise Refused("image_broken", "The JPEG picture has a size and no picture.")
            return offset + 2
        if marker in _ALONE:
            raise Refused("image_broken", f"The JPEG picture begins anew in its middle (byte {offset}).")
        length = int.from_bytes(bytes(data[offset + 2 : offset + 4]), "big")
        if length < 2 or offset + 2 + length > len(data):
            raise Refused("image_truncated", f"A segment of the JPEG picture reaches beyond its end (byte {offset}).")
        frames += 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)
        scans += marker == 0xDA
        notes += length if marker >= 0xE0 else 0
        if frames > 1 or scans > limits.scans:
            raise Refused("image_scans", "The JPEG picture is drawn over itself too often: save it again.")
        if notes > limits.note_bytes:
            raise Refused("image_notes", "The JPEG picture carries too much beside the picture: save it without.")
        offset += 2 + length
    raise Refused("image_chunks", f"The JPEG picture has more than {limits.chunks} segments.")


def _webp(data: memoryview, header: PictureHeader, limits: MediaLimits) -> None:
    (length,) = struct.unpack_from("<I", data, 4)
    end = length + 8
    if end > len(data):
        raise Refused("image_truncated", "The WebP picture ends too early: it was cut. Send it again.")
    offset, frames = 12, 0
    for _ in range(limits.chunks):
        if offset >= end:
            break
        kind, size = struct.unpack_from("<4sI", data, offset)
        if offset + 8 + size > end:
            raise Refused("image_truncated", f"A chunk of the WebP picture reaches beyond its end (byte {offset}).")
        if kind in (b"ANIM", b"ANMF") or (kind == b"VP8X" and data[offset + 8] & 2):
            raise Refused("image_animated", "The WebP picture moves: export a still picture.")
        if kind in (b"VP8 ", b"VP8L"):
            frames += 1
            inner = read_header(b"RIFF\0\0\0\0WEBP" + bytes(data[offset : offset + 24]))
            if (inner.width, inner.height) != (header.width, header.height):
                raise Refused("image_lies", "The WebP picture has another size than its header says.")
        offset += 8 + size + size % 2
    else:
        raise Refused("image_chunks", f"The WebP picture has more than {limits.chunks} chunks.")
    if frames != 1:
        raise Refused("image_broken", f"The WebP file holds {frames} pictures, not one.")
    _check_end(data, end)


def _avif(data: memoryview, limits: MediaLimits) -> PictureHeader:
    """AVIF keeps its size in properties; the largest is taken. Sequences are refused."""
    found = boxes(data, limits)
    brands = bytes(data[8 : found[0].end])
    if found[0].kind != b"ftyp" or b"avif" not in brands:
        raise Refused("image_type", "The bytes are not a PNG, JPEG, WebP or AVIF picture.")
    if b"avis" in brands[:4] or any(box.kind == b"moov" for box in found):
        raise Refused("image_animated", "The AVIF picture moves: export a still picture.")
    sizes = find_box(data, limits, b"meta", b"iprp", b"ipco", b"ispe")
    if not sizes or not any(box.kind == b"mdat" for box in found):
        raise Refused("image_broken", "The AVIF file has no picture or does not say its size.")
    pairs = [struct.unpack_from(">II", data, box.start + 4) for box in sizes]
    width, height = max(pair[0] for pair in pairs), max(pair[1] for pair in pairs)
    if not width or not height:
        raise Refused("image_broken", "The AVIF picture has no width or no height.")
    return PictureHeader("image/avif", width, height)


def _check_end(data: memoryview, end: int) -> None:
    """Nothing but zeros may follow: what follows a picture is another file in disguise."""
    if any(bytes(data[end : end + 4096])) or len(data) - end > 4096:
        text = f"Something follows the end of the picture (byte {end}): save it again without."
        raise Refused("image_trailing", text)


_STRUCTURES: dict[str, Callable[[memoryview, PictureHeader, MediaLimits], None]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
}
