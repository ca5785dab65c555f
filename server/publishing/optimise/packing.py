"""Pools written back into a file, compressed by EXT_meshopt_compression.

Positions and coordinates stay floats of 32 bits with fewer bits of mantissa, so that no node, skin or animation has to be changed with them; directions become
signed bytes (KHR_mesh_quantization). Joints, weights and what we do not know are compressed without loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from carrel.scenes.ingest.edit import Glb
from carrel.server.publishing.optimise import meshopt
from carrel.server.publishing.optimise.accessors import Array, bounds, padded
from carrel.server.publishing.optimise.pools import Pool, Run

Json = dict[str, Any]
EXTENSION: Final = "EXT_meshopt_compression"
QUANTIZATION: Final = "KHR_mesh_quantization"
VERTEX_TARGET, INDEX_TARGET = 34962, 34963
BYTE, UNSIGNED_BYTE, UNSIGNED_SHORT, UNSIGNED_INT = 5120, 5121, 5123, 5125

MANTISSA_BITS: Final = {
    "POSITION": 15,
    "TEXCOORD": 14,
    "target POSITION": 15,
    "target NORMAL": 10,
    "target TANGENT": 10,
}
DIRECTION_BITS: Final = 8
DIRECTIONS: Final = frozenset({"NORMAL", "TANGENT"})


@dataclass(slots=True)
class Packed:
    """One buffer view to be: what it holds decompressed (`rows`) and compressed (`data`)."""

    data: bytes
    rows: Array
    mode: meshopt.Mode
    by: meshopt.Filter
    changes: Json
    """Members of the accessor that this gives another value."""


def write(glb: Glb, pools: list[Pool]) -> None:
    """Put the pools' arrays in the place of those that the file has; the file is the pools' own, unchanged so far."""
    if not pools:
        return
    document = glb.json
    glb.append_bytes(b"")  # so that buffer 0 is the file's own before others are numbered
    document.setdefault("bufferViews", [])
    spare = _Spare(document, [index for pool in pools for index in _accessors_of(pool)])
    buffers: list[Json] = document["buffers"]
    fallback = {"byteLength": 0, "extensions": {EXTENSION: {"fallback": True}}}
    buffers.append(fallback)
    for pool in pools:
        for index, rows in pool.rows.items():
            packed = _packed(pool.roles[index], rows)
            _put(glb, index, packed, spare, VERTEX_TARGET, pool.vertices, len(buffers) - 1)
        for run in pool.runs:
            index = run.accessor if run.accessor is not None else _new_accessor(document, run)
            _put(
                glb, index, _packed_indices(run, pool.vertices), spare, INDEX_TARGET, len(run.indices), len(buffers) - 1
            )
    fallback["byteLength"] = sum(
        -(-view["byteLength"] // 4) * 4 for view in document["bufferViews"] if view["buffer"] == len(buffers) - 1
    )
    require(document, EXTENSION)
    kinds = {
        document["accessors"][i]["componentType"] for pool in pools for i, r in pool.roles.items() if r in DIRECTIONS
    }
    if kinds & {BYTE}:
        require(document, QUANTIZATION)
    glb.compact()


def require(document: Json, extension: str) -> None:
    for member in ("extensionsUsed", "extensionsRequired"):
        names = document.setdefault(member, [])
        if extension not in names:
            names.append(extension)


def mantissa_bits(role: str) -> int | None:
    """How exactly floats of this role are kept; None keeps them whole. TEXCOORD_0 and TEXCOORD_1 are alike."""
    return MANTISSA_BITS.get(role) or MANTISSA_BITS.get(role.rpartition("_")[0])


def _packed(role: str, rows: Array) -> Packed:
    if rows.dtype == np.float32:
        bits = mantissa_bits(role)
        if bits is not None:
            coded = meshopt.filter_exponential(np.ascontiguousarray(rows), bits)
            return _coded(coded, "EXPONENTIAL", rows.shape[1], np.float32, {})
        if role in DIRECTIONS and rows.shape[1] in (3, 4):
            fourth = rows if rows.shape[1] == 4 else np.pad(rows, ((0, 0), (0, 1)))
            coded = meshopt.filter_octahedral(_unit(fourth), DIRECTION_BITS)
            changes = {"componentType": BYTE, "normalized": True}
            return _coded(coded, "OCTAHEDRAL", rows.shape[1], np.int8, changes)
        if role.startswith("COLOR_"):
            colours = np.round(np.clip(rows, 0, 1) * 255).astype(np.uint8)
            return _plain(colours, {"componentType": UNSIGNED_BYTE, "normalized": True})
    return _plain(rows, {})


def _coded(coded: meshopt.Bytes, by: meshopt.Filter, columns: int, kind: type[np.generic], changes: Json) -> Packed:
    data = meshopt.encode_vertices(coded)
    # What readers will see: bounds are written of these, not of what came in.
    seen = meshopt.decode(data, len(coded), coded.shape[1], "ATTRIBUTES", by).view(kind)
    return Packed(data, seen[:, :columns], "ATTRIBUTES", by, changes)


def _plain(rows: Array, changes: Json) -> Packed:
    return Packed(meshopt.encode_vertices(padded(rows)), rows, "ATTRIBUTES", "NONE", changes)


def _packed_indices(run: Run, vertices: int) -> Packed:
    kind, number = (np.uint16, UNSIGNED_SHORT) if vertices < 1 << 16 else (np.uint32, UNSIGNED_INT)
    data = meshopt.encode_triangles(run.indices)
    # The codec may turn a triangle's corners round; readers get what it gives.
    seen = meshopt.decode(data, len(run.indices), np.dtype(kind).itemsize, "TRIANGLES").view(kind)
    return Packed(data, seen, "TRIANGLES", "NONE", {"componentType": number})


def _put(glb: Glb, index: int, packed: Packed, spare: _Spare, target: int, count: int, fallback: int) -> None:
    accessor: Json = glb.json["accessors"][index]
    triangles = packed.mode == "TRIANGLES"
    size = packed.rows.dtype.itemsize if triangles else -(-packed.rows[0].nbytes // 4) * 4
    start = glb.append_bytes(packed.data)
    behind: Json = {"buffer": 0, "byteOffset": start, "byteLength": len(packed.data), "byteStride": size}
    behind |= {"mode": packed.mode, "count": count}
    if packed.by != "NONE":
        behind["filter"] = packed.by
    view: Json = {"buffer": fallback, "byteOffset": spare.room(count * size), "byteLength": count * size}
    if not triangles:
        view["byteStride"] = size
    view |= {"target": target, "extensions": {EXTENSION: behind}}
    accessor.pop("sparse", None)
    accessor.pop("byteOffset", None)
    accessor |= {"bufferView": spare.view(view), "count": count} | packed.changes
    if accessor.pop("min", None) is not None and not triangles:
        accessor["min"], accessor["max"] = bounds(packed.rows)
    else:
        accessor.pop("max", None)


class _Spare:
    """Buffer views whose accessors all move away are used again, for no view may stay without bytes and none may change its number."""

    def __init__(self, document: Json, moving: list[int]) -> None:
        self._views: list[Json] = document["bufferViews"]
        self._end = 0
        left = set(moving)
        stays = {entry.get("bufferView") for index, entry in enumerate(document["accessors"]) if index not in left} | {
            part["bufferView"]
            for index, entry in enumerate(document["accessors"])
            if index not in left and "sparse" in entry
            for part in (entry["sparse"]["indices"], entry["sparse"]["values"])
        }
        stays |= {image.get("bufferView") for image in document.get("images", ())}
        mine = [document["accessors"][index] for index in dict.fromkeys(moving)]
        parts = [part for entry in mine for part in _views_of(entry)]
        self._free = [index for index in dict.fromkeys(parts) if index not in stays]

    def view(self, view: Json) -> int:
        if self._free:
            index = self._free.pop(0)
            kept = {name: self._views[index][name] for name in ("name", "extras") if name in self._views[index]}
            self._views[index].clear()
            self._views[index].update(view | kept)
            return index
        self._views.append(view)
        return len(self._views) - 1

    def room(self, size: int) -> int:
        """A place in the fallback buffer, which has a length and no bytes."""
        start = self._end
        self._end += -(-size // 4) * 4
        return start


def _views_of(accessor: Json) -> list[int]:
    found = [accessor["bufferView"]] if "bufferView" in accessor else []
    if "sparse" in accessor:
        found += [accessor["sparse"]["indices"]["bufferView"], accessor["sparse"]["values"]["bufferView"]]
    return found


def _accessors_of(pool: Pool) -> list[int]:
    return [*pool.rows, *(run.accessor for run in pool.runs if run.accessor is not None)]


def _new_accessor(document: Json, run: Run) -> int:
    accessors: list[Json] = document["accessors"]
    accessors.append({"type": "SCALAR", "componentType": UNSIGNED_INT, "count": len(run.indices)})
    for mesh, place in run.primitives:
        document["meshes"][mesh]["primitives"][place]["indices"] = len(accessors) - 1
    return len(accessors) - 1


def _unit(rows: Array) -> meshopt.Floats:
    """Directions of length one: what came in may be off by what the format allows."""
    values = np.array(rows, np.float32)
    length = np.linalg.norm(values[:, :3], axis=1, keepdims=True)
    values[:, :3] /= np.maximum(length, 1e-12)
    return values
