"""Every format of every accessor: the gate and the Khronos validator say the same of each."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from carrel.scenes.ingest.gate import check_glb
from tests.scenes.ingest import samples
from tests.scenes.ingest.answers import refusal_of
from tests.scenes.ingest.glb import Builder, Json
from tests.scenes.ingest.khronos import validator

pytestmark = pytest.mark.proof

WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
KINDS = {5120: "i1", 5121: "u1", 5122: "i2", 5123: "u2", 5125: "u4", 5126: "f4"}
ONE = {5120: 127, 5121: 255, 5122: 32767, 5123: 65535, 5125: 1, 5126: 1}
FORMATS = [
    (shape, kind, is_normal)
    for shape, kind, is_normal in itertools.product(WIDTHS, KINDS, (False, True))
    if not (is_normal and kind in (5125, 5126))
]
BASES: dict[str, tuple[list[Any], str]] = {
    "POSITION": ([[0, 0, 0], [1, 0, 0], [0, 1, 0]], "f4"),
    "NORMAL": ([[0, 0, 1]] * 3, "f4"),
    "TANGENT": ([[1, 0, 0, 1]] * 3, "f4"),
    "TEXCOORD_0": ([[0, 0]] * 3, "f4"),
    "COLOR_0": ([[0, 0, 0]] * 3, "f4"),
    "JOINTS_0": ([[0] * 4] * 3, "u1"),
    "WEIGHTS_0": ([[1, 0, 0, 0]] * 3, "f4"),
    "_OWN": ([[0, 0]] * 3, "f4"),
}
NEEDS = {"JOINTS_0": ["JOINTS_0", "WEIGHTS_0"], "WEIGHTS_0": ["JOINTS_0", "WEIGHTS_0"], "TANGENT": ["NORMAL"]}
QUANTIZATION = ["KHR_mesh_quantization"]


def column(b: Builder, values: Any, shape: str, kind: int, is_normal: bool, **members: Any) -> int:
    members |= {"normalized": True} if is_normal else {}
    array = np.ascontiguousarray(values, KINDS[kind])
    step = -(-array.shape[1] * array.itemsize // 4) * 4
    stride: Json = {"byteStride": step} if members.pop("padded", False) and step <= 252 else {}
    rows = np.zeros((len(array), step // array.itemsize if stride else array.shape[1]), KINDS[kind])
    rows[:, : array.shape[1]] = array
    view = b.view(rows.tobytes(), **stride)
    return b.add(
        "accessors", {"bufferView": view, "componentType": kind, "count": len(array), "type": shape, **members}
    )


def attributes() -> Iterator[tuple[str, bytes]]:
    for name, (shape, kind, is_normal), is_quantized, is_morph in itertools.product(BASES, FORMATS, (0, 1), (0, 1)):
        b = Builder()
        values = np.zeros((3, WIDTHS[shape]))
        values[:, 0] = ONE[kind] if is_normal or kind == 5126 else 1
        if shape == "VEC4":
            values[:, 3] = values[0, 0] if name == "TANGENT" else 0
        if name == "JOINTS_0":
            values[:] = 0
        bounds: Json = {}
        if name == "POSITION":
            bounds = {"min": values.min(0).astype(int).tolist(), "max": values.max(0).astype(int).tolist()}
        made = column(b, values, shape, kind, is_normal, padded=True, **bounds)
        found = {"POSITION", *NEEDS.get(name, []), *([name] if is_morph else [])}
        base = {one: b.accessor(*BASES[one], bounds=one == "POSITION") for one in sorted(found)}
        primitive: Json = {"attributes": base if is_morph else base | {name: made}}
        if is_morph:
            primitive["targets"] = [{name: made}]
        b.stand(mesh=b.add("meshes", {"primitives": [primitive]}))
        if is_quantized:
            b.json |= {"extensionsUsed": QUANTIZATION, "extensionsRequired": QUANTIZATION}
        yield f"{name} {shape} {KINDS[kind]} {is_normal} {is_quantized} {is_morph}", b.build()


def animations() -> Iterator[tuple[str, bytes]]:
    paths, curves = ("translation", "rotation", "scale", "weights", "other"), ("LINEAR", "STEP", "CUBICSPLINE", "ODD")
    for path, (shape, kind, is_normal), curve in itertools.product(paths, FORMATS, curves):
        b = samples.morphing()
        values = np.zeros((2 * (3 if curve == "CUBICSPLINE" else 1) * (2 if path == "weights" else 1), WIDTHS[shape]))
        values[:, -1] = ONE[kind] if is_normal or kind == 5126 else 1
        animation = b.json["animations"][0]
        animation["samplers"][0] |= {"output": column(b, values, shape, kind, is_normal), "interpolation": curve}
        animation["channels"][0]["target"]["path"] = path
        yield f"{path} {shape} {KINDS[kind]} {is_normal} {curve}", b.build()


def others() -> Iterator[tuple[str, bytes]]:
    for shape, kind, is_normal in FORMATS:
        values = np.zeros((3, WIDTHS[shape]))
        values[:, -1] = np.arange(3)
        bounds = {"min": values.min(0).astype(int).tolist(), "max": values.max(0).astype(int).tolist()}
        b = samples.triangle()
        b.json["meshes"][0]["primitives"][0]["indices"] = column(b, values, shape, kind, is_normal, **bounds)
        yield f"indices {shape} {KINDS[kind]} {is_normal}", b.build()
        b = samples.animated()
        times = column(b, values, shape, kind, is_normal, **bounds)
        for sampler in b.json["animations"][0]["samplers"]:
            sampler["input"] = times
        yield f"times {shape} {KINDS[kind]} {is_normal}", b.build()
        b = samples.skinned()
        values[:] = 0
        values[:, -1] = 1
        b.json["skins"][0]["inverseBindMatrices"] = column(b, values, shape, kind, is_normal)
        yield f"matrices {shape} {KINDS[kind]} {is_normal}", b.build()


@pytest.mark.parametrize("files", [attributes, animations, others])
def test_formats_are_as_the_validator_has_them(
    files: Callable[[], Iterator[tuple[str, bytes]]], measured: Callable[..., None]
) -> None:
    """Each type, component and normalisation of each use of an accessor is taken or refused as the validator does."""
    count = refused = 0
    with validator() as khronos:
        for name, data in files():
            errors = khronos.errors(data)
            assert (refusal_of(check_glb, data) is None) == (not errors), (
                f"{name}: {errors}, {refusal_of(check_glb, data)}"
            )
            count += 1
            refused += bool(errors)
    measured(formats=count, refused=refused)
