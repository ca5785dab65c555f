"""A skinned, morphing GLB as bytes: quantised (KHR_mesh_quantization), palette inside, VRM 1.0 metadata in the near file."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from carrel.avatars.looks.arrays import Array, arr
from carrel.avatars.looks.bones import Bone
from carrel.avatars.looks.mesh import MORPHS, Mesh

STEP_M = 1 / 16384
_COMPONENT = {"<f4": 5126, "<u2": 5123, "<i2": 5122, "|u1": 5121, "|i1": 5120}
_VERTICES, _INDICES = 34962, 34963
MATERIALS = (("matt", 0.80), ("gloss", 0.22))
LICENCE = "CC0-1.0"


class _File:
    def __init__(self) -> None:
        self.bytes = bytearray()
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "Carrel looks", "copyright": f"Carrel ({LICENCE})"},
            "scene": 0,
            "extensionsUsed": ["KHR_mesh_quantization"],
            "extensionsRequired": ["KHR_mesh_quantization"],
            "accessors": [],
            "bufferViews": [],
        }

    def view(self, data: bytes, target: int | None = None, stride: int | None = None) -> int:
        self.bytes.extend(b"\0" * (-len(self.bytes) % 4))
        view: dict[str, int] = {"buffer": 0, "byteOffset": len(self.bytes), "byteLength": len(data)}
        if target:
            view["target"] = target
        if stride:
            view["byteStride"] = stride
        self.bytes.extend(data)
        self.json["bufferViews"].append(view)
        return len(self.json["bufferViews"]) - 1

    def accessor(
        self,
        values: npt.NDArray[Any],
        dtype: str,
        kind: str,
        *,
        normalised: bool = False,
        target: int | None = _VERTICES,
        bounds: bool = False,
    ) -> int:
        a = np.ascontiguousarray(values.reshape(len(values), -1), dtype)
        size = a.dtype.itemsize * a.shape[1]
        stride = None
        data = a
        if target == _VERTICES and size % 4:
            stride = size + (-size % 4)
            data = np.concatenate([a, np.zeros((len(a), (stride - size) // a.dtype.itemsize), dtype)], 1)
        row: dict[str, Any] = {
            "bufferView": self.view(data.tobytes(), target, stride),
            "componentType": _COMPONENT[np.dtype(dtype).str],
            "count": len(a),
            "type": kind,
        }
        if normalised:
            row["normalized"] = True
        if bounds:
            row["min"], row["max"] = a.min(0).tolist(), a.max(0).tolist()
        self.json["accessors"].append(row)
        return len(self.json["accessors"]) - 1

    def sparse(self, deltas: Array) -> int:
        who = np.nonzero(np.abs(deltas).max(1) > 2e-5 / STEP_M)[0]
        value = deltas[who].astype("<f4")
        low = np.minimum(value.min(0), 0) if len(who) else np.zeros(3)
        high = np.maximum(value.max(0), 0) if len(who) else np.zeros(3)
        row: dict[str, Any] = {
            "componentType": 5126,
            "count": len(deltas),
            "type": "VEC3",
            "min": low.tolist(),
            "max": high.tolist(),
        }
        if len(who):
            row["sparse"] = {
                "count": len(who),
                "indices": {"bufferView": self.view(who.astype("<u2").tobytes()), "componentType": 5123},
                "values": {"bufferView": self.view(value.tobytes())},
            }
        else:
            row["bufferView"] = self.view(np.zeros((len(deltas), 3), "<f4").tobytes(), _VERTICES)
        self.json["accessors"].append(row)
        return len(self.json["accessors"]) - 1


def _vrm(name: str, nodes: Mapping[str, int], mesh_node: int) -> dict[str, Any]:
    def bind(index: int) -> dict[str, Any]:
        return {"morphTargetBinds": [{"node": mesh_node, "index": index, "weight": 1.0}]}

    def reach(scale: int) -> dict[str, int]:
        return {"inputMaxValue": 90, "outputScale": scale}

    return {
        "specVersion": "1.0",
        "meta": {
            "name": name,
            "version": "1",
            "authors": ["Carrel"],
            "licenseUrl": "https://vrm.dev/licenses/1.0/",
            "avatarPermission": "everyone",
            "commercialUsage": "corporation",
            "creditNotation": "unnecessary",
            "allowRedistribution": True,
            "modification": "allowModificationRedistribution",
        },
        "humanoid": {"humanBones": {b: {"node": i} for b, i in nodes.items() if b != "chair"}},
        "expressions": {"preset": {"blink": bind(0), "aa": bind(1), "happy": bind(2)}},
        "lookAt": {
            "type": "bone",
            "offsetFromHeadBone": [0, 0.08, 0.07],
            "rangeMapHorizontalInner": reach(12),
            "rangeMapHorizontalOuter": reach(12),
            "rangeMapVerticalDown": reach(10),
            "rangeMapVerticalUp": reach(10),
        },
    }


def encode(name: str, bones: Mapping[str, Bone], scale: float, mesh: Mesh, palette: bytes, *, near: bool) -> bytes:
    """The file. Near files carry two materials, morphs and VRM metadata; far files one material and no morphs."""
    file = _File()
    order = list(bones)
    index = {b: i for i, b in enumerate(order)}
    nodes: list[dict[str, Any]] = []
    for b in order:
        bone = bones[b]
        parent = arr(bones[bone.parent].at) if bone.parent else np.zeros(3)
        node: dict[str, Any] = {"name": b, "translation": [round(float(v), 5) for v in (arr(bone.at) - parent) * scale]}
        children = [index[c] for c in order if bones[c].parent == b]
        if children:
            node["children"] = children
        nodes.append(node)
    inverse = np.zeros((len(order), 16))
    for i, b in enumerate(order):
        inverse[i, [0, 5, 10]] = STEP_M
        inverse[i, 12:15] = -arr(bones[b].at) * scale
        inverse[i, 15] = 1
    roots = [index[b] for b in order if bones[b].parent is None]
    nodes.append({"name": "armature", "children": roots})
    file.json["skins"] = [
        {
            "name": "humanoid",
            "joints": list(range(len(order))),
            "skeleton": len(order),
            "inverseBindMatrices": file.accessor(inverse, "<f4", "MAT4", target=None),
        }
    ]
    attributes = {
        "POSITION": file.accessor(np.rint(mesh.points * scale / STEP_M), "<i2", "VEC3", bounds=True),
        "NORMAL": file.accessor(np.rint(mesh.normals * 127), "|i1", "VEC3", normalised=True),
        "TEXCOORD_0": file.accessor(np.rint(mesh.uv * 65535), "<u2", "VEC2", normalised=True),
        "COLOR_0": file.accessor(np.rint(mesh.colour * 255), "|u1", "VEC4", normalised=True),
        "JOINTS_0": file.accessor(mesh.joints, "|u1", "VEC4"),
        "WEIGHTS_0": file.accessor(mesh.weights, "|u1", "VEC4", normalised=True),
    }
    targets = [{"POSITION": file.sparse(mesh.morphs[m] * scale / STEP_M)} for m in MORPHS] if near else []
    groups = [mesh.faces[mesh.gloss == 0], mesh.faces[mesh.gloss == 1]] if near else [mesh.faces]
    primitives = []
    for material, faces in enumerate(groups):
        if not len(faces):
            continue
        primitive: dict[str, Any] = {
            "attributes": attributes,
            "material": material,
            "indices": file.accessor(faces.reshape(-1), "<u2", "SCALAR", target=_INDICES),
        }
        if targets:
            primitive["targets"] = targets
        primitives.append(primitive)
    level = "near" if near else "far"
    body: dict[str, Any] = {"name": level, "primitives": primitives}
    if targets:
        body["extras"] = {"targetNames": list(MORPHS)}
        body["weights"] = [0.0] * len(targets)
    nodes.append({"name": level, "mesh": 0, "skin": 0})
    file.json["meshes"] = [body]
    file.json["images"] = [{"name": "palette", "mimeType": "image/png", "bufferView": file.view(palette)}]
    file.json["samplers"] = [{"magFilter": 9729, "minFilter": 9729, "wrapS": 33071, "wrapT": 33071}]
    file.json["textures"] = [{"source": 0, "sampler": 0}]
    file.json["materials"] = [
        {
            "name": n,
            "doubleSided": True,
            "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "roughnessFactor": r, "metallicFactor": 0.0},
        }
        for n, r in MATERIALS[: len(groups)]
    ]
    if near and "hips" in bones:
        file.json["extensionsUsed"].append("VRMC_vrm")
        file.json["extensions"] = {"VRMC_vrm": _vrm(name, index, len(nodes) - 1)}
    file.json["nodes"] = nodes
    file.json["scenes"] = [{"name": name, "nodes": [len(order), len(order) + 1]}]
    file.bytes.extend(b"\0" * (-len(file.bytes) % 4))
    file.json["buffers"] = [{"byteLength": len(file.bytes)}]
    text = json.dumps(file.json, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    total = 28 + len(text) + len(file.bytes)
    return b"".join(
        [
            struct.pack("<4sII", b"glTF", 2, total),
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(file.bytes), b"BIN\0"),
            bytes(file.bytes),
        ]
    )
