"""Changing a GLB without losing anything: JSON and binary are edited in place, what nobody names stays bit for bit.

A `Glb` never drops or rewrites a member that it was not told to: skins, animations, extensions and extras that we have
never heard of come out as they went in. The file must have passed the gate.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.buffers import embedded
from carrel.scenes.ingest.container import Bytes, read_container, write_container
from carrel.scenes.ingest.json_text import read_json
from carrel.scenes.ingest.limits import GLB_LIMITS, GlbLimits

Json = dict[str, Any]
_ALIGNMENT = 8  # of what is appended, and kept by what `compact` moves


class Glb:
    """One file. `json` is the document, free to be changed; views are bytes of the binary chunk."""

    def __init__(self, document: Json, binary: bytearray | None) -> None:
        self.json = document
        self._binary = binary

    @classmethod
    def parse(cls, data: Bytes, limits: GlbLimits = GLB_LIMITS) -> Glb:
        """Raises Refused when the frame or the JSON is broken; nothing deeper is checked."""
        container = read_container(data)
        binary = None if container.binary is None else bytearray(container.binary)
        return cls(read_json(container.text, limits), binary)

    def view(self, index: int) -> bytes:
        """The bytes of a buffer view (as they are stored: compressed ones stay compressed)."""
        view = self.json["bufferViews"][index]
        start = int(view.get("byteOffset", 0))
        return self.stored(int(view["buffer"]), start, int(view["byteLength"]))

    def stored(self, buffer: int, start: int, length: int) -> bytes:
        """A range of a buffer, wherever that buffer lies."""
        uri = self.json["buffers"][buffer].get("uri")
        own = (self._binary or b"") if buffer == 0 else b""  # any other without an address has no bytes
        whole = own if uri is None else embedded(uri, f"/buffers/{buffer}/uri")[1]
        if start + length > len(whole):
            raise Refused(
                "view_range", f"A range of {length} bytes at {start} leaves its buffer.", f"/buffers/{buffer}"
            )
        return bytes(whole[start : start + length])

    def append_view(self, data: bytes, *, target: int | None = None, stride: int | None = None) -> int:
        """A new buffer view at the end of the binary chunk; returns its index."""
        view: Json = {"buffer": 0, "byteOffset": self.append_bytes(data), "byteLength": len(data)}
        if stride is not None:
            view["byteStride"] = stride
        if target is not None:
            view["target"] = target
        views: list[Json] = self.json.setdefault("bufferViews", [])
        views.append(view)
        return len(views) - 1

    def replace_view(self, index: int, data: bytes) -> None:
        """Other bytes for a buffer view; all its other members stay. The old bytes stay in the file until `compact`."""
        start = self.append_bytes(data)
        self.json["bufferViews"][index] |= {"buffer": 0, "byteOffset": start, "byteLength": len(data)}

    def append_bytes(self, data: bytes) -> int:
        """Bytes at the end of the binary chunk, where only an extension refers to them; returns their offset."""
        binary = self._own_buffer()
        binary += bytes(-len(binary) % _ALIGNMENT)
        start = len(binary)
        binary += data
        self.json["buffers"][0]["byteLength"] = len(binary)
        return start

    def _own_buffer(self) -> bytearray:
        """The binary chunk as buffer 0; when the file has none yet, the other buffers' numbers move up by one."""
        if self._binary is not None:
            return self._binary
        self._binary = bytearray()
        buffers: list[Json] = self.json.setdefault("buffers", [])
        buffers.insert(0, {"byteLength": 0})
        for place in self._ranges():
            place["buffer"] += 1
        return self._binary

    def _ranges(self) -> Iterator[Json]:
        """Whatever names a range of a buffer: buffer views, and extensions of them (meshopt's compressed bytes)."""
        for view in self.json.get("bufferViews", []):
            yield view
            yield from (v for v in view.get("extensions", {}).values() if isinstance(v, dict) and "buffer" in v)

    def compact(self) -> None:
        """Leave out of the binary chunk the bytes that no range names; what is named keeps its bytes and alignment.

        A buffer that a decoder is to fill (meshopt's fallback, without bytes of its own) is left as it is.
        """
        if self._binary is None:
            return
        places = sorted((p for p in self._ranges() if p["buffer"] == 0), key=lambda p: int(p.get("byteOffset", 0)))
        made, old = bytearray(), memoryview(bytes(self._binary))
        done = shift = 0  # how far the old bytes are copied; where they went
        for place in places:
            start = int(place.get("byteOffset", 0))
            end = start + int(place["byteLength"])
            if start >= done:
                made += bytes((start - len(made)) % _ALIGNMENT)
                shift, done = len(made) - start, start
            if end > done:
                made += old[done:end]
                done = end
            if "byteOffset" in place or start + shift:
                place["byteOffset"] = start + shift
        made += bytes(-len(made) % 4)
        self._binary = made
        self.json["buffers"][0]["byteLength"] = len(made)

    def to_bytes(self) -> bytes:
        """The file as it now stands."""
        text = json.dumps(self.json, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return write_container(text.encode(), self._binary)
