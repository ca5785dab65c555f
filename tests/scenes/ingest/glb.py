"""Making GLB files by hand, right ones and wrong ones: JSON and binary in, bytes out, and a small builder for the usual parts."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

Json = dict[str, Any]
COMPONENT = {"f4": 5126, "u4": 5125, "u2": 5123, "i2": 5122, "u1": 5121, "i1": 5120}
SHAPE = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("<I4s", len(data), kind) + data


def frame(*chunks: bytes, length: int | None = None, version: int = 2, magic: bytes = b"glTF") -> bytes:
    body = b"".join(chunks)
    return struct.pack("<4sII", magic, version, 12 + len(body) if length is None else length) + body


def pack(document: Json | bytes, binary: bytes | None = b"") -> bytes:
    """A GLB; `binary` b"" or None: no binary chunk."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = [chunk(b"JSON", text)]
    if binary:
        chunks.append(chunk(b"BIN\0", binary + bytes(-len(binary) % 4)))
    return frame(*chunks)


class Builder:
    """A document that grows: accessors, meshes, nodes. `build()` gives the file; change `json` before for a wrong one."""

    def __init__(self) -> None:
        self.json: Json = {"asset": {"version": "2.0"}}
        self.binary = bytearray()

    def add(self, kind: str, value: Json) -> int:
        self.json.setdefault(kind, []).append(value)
        return len(self.json[kind]) - 1

    def view(self, data: bytes, **members: Any) -> int:
        self.binary += bytes(-len(self.binary) % 4)
        start = len(self.binary)
        self.binary += data
        return self.add("bufferViews", {"buffer": 0, "byteOffset": start, "byteLength": len(data), **members})

    def accessor(self, values: Any, dtype: str = "f4", *, bounds: bool = False, **members: Any) -> int:
        array: NDArray[Any] = np.asarray(values, np.dtype(dtype).newbyteorder("<"))
        flat = array.reshape(len(array), -1)
        shape = SHAPE[flat.shape[1]]
        accessor = {"componentType": COMPONENT[dtype], "count": len(flat), "type": shape, **members}
        if bounds:
            accessor |= {"min": flat.min(0).tolist(), "max": flat.max(0).tolist()}
        accessor["bufferView"] = self.view(flat.tobytes())
        return self.add("accessors", accessor)

    def triangle(self, **members: Any) -> int:
        """A mesh of one triangle with indices, normals and texture coordinates; returns its index."""
        attributes = {
            "POSITION": self.accessor([[0, 0, 0], [1, 0, 0], [0, 1, 0]], bounds=True),
            "NORMAL": self.accessor([[0, 0, 1]] * 3),
            "TEXCOORD_0": self.accessor([[0, 0], [1, 0], [0, 1]]),
        }
        indices = self.accessor([0, 1, 2], "u2")
        return self.add("meshes", {"primitives": [{"attributes": attributes, "indices": indices, **members}]})

    def stand(self, **members: Any) -> int:
        """A node of the first scene."""
        node = self.add("nodes", members)
        scenes = self.json.setdefault("scenes", [{"nodes": []}])
        scenes[0]["nodes"].append(node)
        return node

    def build(self) -> bytes:
        if self.binary:
            self.json.setdefault("buffers", [{"byteLength": len(self.binary)}])
        return pack(self.json, bytes(self.binary))
