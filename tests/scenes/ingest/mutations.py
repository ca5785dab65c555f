"""Damaging a right file in the ways that files are damaged: members, values, references, numbers in the data, the frame."""

from __future__ import annotations

import copy
import math
import random
import struct
from collections.abc import Iterator
from typing import Any

from tests.scenes.ingest.glb import Builder, Json, pack

VALUES: list[Any] = [
    None, True, False, 0, 1, 2, 3, 4, 5, 7, 12, 100, 255, 256, 5121, 5123, 5125, 5126, 34962, 34963, -1, -5, 0.5, 1.5, -0.5,
    2**31, 2**32, 2**53, 2**60, 1e30, "", "x", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4", "SCALAR", "LINEAR", "CUBICSPLINE",
    "STEP", "rotation", "weights", "translation", "image/png", "image/jpeg", "image/webp", "2.0", "3.0", "http://there/x",
    "data:application/octet-stream;base64,AAAA", [], {}, [0], [1], [0, 0], [0, 1], [1, 2, 3], [0, 0, 0, 1], [1] * 16,
    {"a": 1}, [[]], [{}], ["x"],
]  # fmt: skip
NAMES = [
    "matrix", "translation", "rotation", "scale", "weights", "mesh", "skin", "camera", "children", "indices", "material", "mode",
    "targets", "attributes", "POSITION", "NORMAL", "TANGENT", "TEXCOORD_0", "TEXCOORD_1", "COLOR_0", "JOINTS_0", "WEIGHTS_0",
    "_SPECIAL", "TEXCOORD_01", "byteOffset", "byteStride", "byteLength", "target", "min", "max", "normalized", "sparse", "count",
    "componentType", "type", "bufferView", "uri", "mimeType", "source", "sampler", "extensions", "extras", "name", "skeleton",
    "inverseBindMatrices", "joints", "input", "output", "interpolation", "node", "path", "nodes", "scene", "extensionsUsed",
    "extensionsRequired", "minVersion", "texCoord", "index", "KHR_materials_unlit", "KHR_texture_transform", "zfar", "perspective",
]  # fmt: skip
FLOATS = [math.nan, math.inf, -math.inf, -1.0, 0.0, 0.5, 1.0, 1.0000001, 2.0, 1e30, -1e-30, 3.4e38]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    todo = [value]
    while todo:
        inner = todo.pop()
        keys: Any = inner.keys() if isinstance(inner, dict) else range(len(inner)) if isinstance(inner, list) else ()
        for key in keys:
            yield inner, key
            todo.append(inner[key])


def mutate_json(document: Json, chance: random.Random) -> Json:
    """One or two changes of the document."""
    made = copy.deepcopy(document)
    for _ in range(chance.choice((1, 1, 1, 2))):
        found = list(places(made))
        if not found:
            break
        holder, key = chance.choice(found)
        act = chance.randrange(7)
        if act == 0:
            del holder[key]
        elif act == 1:
            holder[key] = copy.deepcopy(chance.choice(VALUES))
        elif act == 2:
            other, name = chance.choice(found)
            if name in other if isinstance(other, dict) else name < len(other):
                holder[key] = copy.deepcopy(other[name])
        elif act == 3 and isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
            holder[key] += chance.choice((1, -1, 2, 4, 0.5, 1e-3, -4))
        elif act == 4 and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        elif act == 5 and isinstance(holder, dict):
            holder[chance.choice(NAMES)] = copy.deepcopy(chance.choice(VALUES))
        elif act == 6 and isinstance(holder, dict):
            holder[chance.choice(NAMES)] = holder.pop(key)
    return made


def mutate_data(data: bytes, chance: random.Random) -> bytes:
    """A number of the binary data becomes another."""
    made = bytearray(data)
    at = chance.randrange(len(made)) & ~3
    if chance.random() < 0.6:
        made[at : at + 4] = struct.pack("<f", chance.choice(FLOATS))
    elif chance.random() < 0.5:
        made[at] = chance.choice((0, 1, 2, 3, 127, 128, 255))
    else:
        made[at : at + 4] = struct.pack("<I", chance.choice((0, 1, 3, 0xFFFF, 0xFFFFFFFF, 0x80000000)))
    return bytes(made[: len(data)])


def mutate_frame(data: bytes, chance: random.Random) -> bytes:
    """The bytes of the file: cut, changed, doubled, something added."""
    made = bytearray(data)
    act = chance.randrange(5)
    if act == 0:
        del made[chance.randrange(len(made)) :]
    elif act == 1:
        made += chance.randbytes(chance.randrange(1, 12))
    elif act == 2:
        at = chance.randrange(min(len(made), 24))
        made[at] = chance.randrange(256)
    elif act == 3:
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    else:
        at = chance.randrange(len(made))
        made[at:at] = made[at : at + chance.randrange(1, 64)]
    return bytes(made)


def mutants(sample: Builder, chance: random.Random) -> Iterator[bytes]:
    """Without end: mostly changed documents, some changed data, a few changed frames."""
    whole = sample.build()
    while True:
        what = chance.random()
        if what < 0.7:
            yield pack(mutate_json(sample.json, chance), bytes(sample.binary))
        elif what < 0.9 and sample.binary:
            yield pack(sample.json, mutate_data(bytes(sample.binary), chance))
        else:
            yield mutate_frame(whole, chance)


def mutate_bytes(data: bytes, chance: random.Random) -> bytes:
    """Any file: a byte, a length, a cut, something doubled, something in front."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        act, at = chance.randrange(7), chance.randrange(len(made) or 1)
        if act == 0:
            made[at : at + 1] = bytes([chance.randrange(256)])
        elif act == 1:
            made[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", bytes(4), b"\0\0\0\x80", b"\x01\0\0\0"))
        elif act == 2:
            del made[at:]
        elif act == 3:
            made[at:at] = made[at : at + chance.randrange(1, 200)]
        elif act == 4:
            del made[at : at + chance.randrange(1, 40)]
        elif act == 5:
            made[0:0] = chance.choice((b"PK\x03\x04", b"<html>", b"\0", b"%PDF-"))
        else:
            made += chance.choice((b"<script>", bytes(100), b"PK\x05\x06" + bytes(18)))
    return bytes(made)
