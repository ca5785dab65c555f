"""Accessors of a GLB as arrays. The file has passed the gate, so ranges and counts hold."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from carrel.scenes.ingest.edit import Glb
from carrel.server.publishing.optimise import meshopt

Array = npt.NDArray[Any]
Json = dict[str, Any]

KINDS: Final[dict[int, type[np.generic]]] = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
COLUMNS: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
COMPRESSION: Final = ("EXT_meshopt_compression", "KHR_meshopt_compression")


def read(glb: Glb, index: int) -> Array:
    """Accessor `index` as rows × columns in its own type, sparse places filled in. Not for matrices: their columns may be padded."""
    accessor: Json = glb.json["accessors"][index]
    kind, columns, count = np.dtype(KINDS[accessor["componentType"]]), COLUMNS[accessor["type"]], accessor["count"]
    if "bufferView" in accessor:
        stride = glb.json["bufferViews"][accessor["bufferView"]].get("byteStride")
        rows = _rows(
            view_bytes(glb, accessor["bufferView"]), accessor.get("byteOffset", 0), count, columns, kind, stride
        )
    else:
        rows = np.zeros((count, columns), kind)
    if "sparse" in accessor:
        sparse = accessor["sparse"]
        places, values = sparse["indices"], sparse["values"]
        few, where = sparse["count"], np.dtype(KINDS[places["componentType"]])
        at = _rows(view_bytes(glb, places["bufferView"]), places.get("byteOffset", 0), few, 1, where, None)
        rows = rows.copy()
        rows[at.ravel()] = _rows(
            view_bytes(glb, values["bufferView"]), values.get("byteOffset", 0), few, columns, kind, None
        )
    return rows


def view_bytes(glb: Glb, index: int) -> bytes:
    """What a buffer view means, decompressed when it is."""
    view: Json = glb.json["bufferViews"][index]
    for name in COMPRESSION:
        packed = view.get("extensions", {}).get(name)
        if packed is not None:
            data = glb.stored(packed["buffer"], packed.get("byteOffset", 0), packed["byteLength"])
            return meshopt.decode(
                data, packed["count"], packed["byteStride"], packed["mode"], packed.get("filter", "NONE")
            ).tobytes()
    return glb.view(index)


def as_floats(rows: Array, normalized: bool) -> npt.NDArray[np.float32]:
    """Numbers as a shader sees them."""
    if rows.dtype == np.float32:
        return rows
    values = rows.astype(np.float32)
    if normalized:
        values /= np.iinfo(rows.dtype).max
        np.maximum(values, -1, out=values)
    return values


def padded(rows: Array) -> npt.NDArray[np.uint8]:
    """Rows as bytes, each made up to a multiple of four."""
    raw = np.ascontiguousarray(rows).view(np.uint8).reshape(len(rows), -1)
    room = -raw.shape[1] % 4
    return np.pad(raw, ((0, 0), (0, room))) if room else raw


def bounds(rows: Array) -> tuple[list[float], list[float]]:
    """`min` and `max` as the document writes them: exactly what floats of 32 bits hold."""
    low, high = rows.min(axis=0), rows.max(axis=0)
    return [_number(value) for value in low], [_number(value) for value in high]


def _number(value: np.generic) -> float:
    plain = value.item()
    return int(plain) if isinstance(plain, float) and plain.is_integer() and math.fabs(plain) < 1e15 else plain


def _rows(data: bytes, offset: int, count: int, columns: int, kind: np.dtype[Any], stride: int | None) -> Array:
    size = columns * kind.itemsize
    shape, strides = (count, columns), (stride or size, kind.itemsize)
    return np.ndarray(shape, kind, data, offset, strides)
