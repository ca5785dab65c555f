"""The frame of a GLB: a header, a JSON chunk, at most one binary chunk. Nothing inside them is read here."""

from __future__ import annotations

import mmap
import struct
from typing import NamedTuple

from carrel.scenes.errors import Refused

HEADER = struct.Struct("<4sII")
CHUNK = struct.Struct("<I4s")
JSON, BINARY = b"JSON", b"BIN\0"
Bytes = bytes | bytearray | memoryview | mmap.mmap


class Container(NamedTuple):
    """The two chunks as views of the file; `binary` is None when there is no such chunk."""

    text: memoryview
    binary: memoryview | None


def read_container(data: Bytes) -> Container:
    """Split a GLB into its chunks. Raises Refused."""
    file = memoryview(data).cast("B")
    _check_header(file)
    chunks: list[tuple[bytes, memoryview]] = []
    offset = HEADER.size
    while offset < len(file):
        where = f"byte {offset}"
        if len(file) - offset < CHUNK.size:
            raise Refused("glb_truncated", "The file ends inside the header of a chunk: export it again.", where)
        length, kind = CHUNK.unpack_from(file, offset)
        start = offset + CHUNK.size
        if length % 4:
            raise Refused("glb_chunk_unaligned", f"A chunk is {length} bytes long, not a multiple of four.", where)
        if length > len(file) - start:
            raise Refused("glb_truncated", f"A chunk of {length} bytes reaches beyond the end of the file.", where)
        _check_order(kind, [known for known, _ in chunks], where)
        chunks.append((kind, file[start : start + length]))
        offset = start + length
    if not chunks:
        raise Refused("glb_truncated", "The file has a header and nothing after it: export it again.", "byte 12")
    if not chunks[0][1]:
        raise Refused("glb_empty_json", "The JSON chunk is empty, so the file describes nothing.", "byte 12")
    binary = chunks[1][1] if len(chunks) > 1 and chunks[1][0] == BINARY else None
    return Container(chunks[0][1], binary)


def _check_header(file: memoryview) -> None:
    if len(file) >= 4 and bytes(file[:4]) != b"glTF":
        hint = " It looks like a .gltf text file: export it as .glb." if bytes(file[:1]) in b"{\xef" else ""
        raise Refused("glb_magic", f"This is not a GLB file: it does not begin with “glTF”.{hint}", "byte 0")
    if len(file) < HEADER.size:
        raise Refused("glb_truncated", "The file is shorter than a GLB header: send it again.", "byte 0")
    _, version, length = HEADER.unpack_from(file)
    if version != 2:
        raise Refused("glb_version", f"The GLB is of version {version}: export it as glTF 2.0.", "byte 4")
    if length != len(file):
        text = f"The header says {length} bytes, the file has {len(file)}: it was cut or something was added to it."
        raise Refused("glb_length", text, "byte 8")


def _check_order(kind: bytes, before: list[bytes], where: str) -> None:
    if not before and kind != JSON:
        raise Refused("glb_first_chunk", "The first chunk of a GLB must be JSON.", where)
    if kind in before and kind in (JSON, BINARY):
        raise Refused("glb_duplicate_chunk", f"There are two {kind.decode().strip(chr(0))} chunks.", where)
    if kind == BINARY and len(before) > 1:
        raise Refused("glb_binary_order", "The binary chunk must come right after the JSON chunk.", where)
    if kind not in (JSON, BINARY) and len(before) > 8:
        raise Refused("glb_too_many_chunks", "The file has more than eight chunks of unknown kinds.", where)


def write_container(text: bytes, binary: bytes | bytearray | None) -> bytes:
    """A GLB of the two chunks, padded as the format wants it."""
    text += b" " * (-len(text) % 4)
    parts: list[bytes | bytearray] = [CHUNK.pack(len(text), JSON), text]
    if binary is not None:
        padding = bytes(-len(binary) % 4)
        parts += [CHUNK.pack(len(binary) + len(padding), BINARY), binary, padding]
    return b"".join([HEADER.pack(b"glTF", 2, HEADER.size + sum(map(len, parts))), *parts])
