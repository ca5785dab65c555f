"""A small GLB writer: quantised meshes that share vertices between levels, instances, textures. Same input, same bytes."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from carrel.scenes.halls.kit.arrays import Bytes, Floats, Ints

COMPONENT = {"f4": 5126, "u4": 5125, "u2": 5123, "i2": 5122, "u1": 5121, "i1": 5120}
SHAPE = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
ARRAY_BUFFER, ELEMENT_BUFFER = 34962, 34963
Json = dict[str, Any]


class GlbWriter:
    """Collects one file; numbers returned are glTF indices. Scene 0 is what every viewer shows, scene 1 the other levels."""

    def __init__(self, title: str, author: str, licence: str) -> None:
        self._binary = bytearray()
        wrap = [{"magFilter": 9729, "minFilter": 9987, "wrapS": w, "wrapT": w} for w in (10497, 33071)]
        asset = {"version": "2.0", "generator": "Carrel halls", "copyright": f"{author} ({licence})"}
        self.json: Json = {"asset": asset, "scene": 0, "samplers": wrap}
        self.json["scenes"] = [{"name": title, "nodes": []}, {"name": "levels of detail", "nodes": []}]
        for kind in ("nodes", "meshes", "materials", "accessors", "bufferViews", "textures", "images"):
            self.json[kind] = []
        self._required: set[str] = set()
        self._used: set[str] = set()
        self.size_bytes: dict[str, int] = {}

    def _append(self, kind: str, value: Json) -> int:
        self.json[kind].append(value)
        return len(self.json[kind]) - 1

    def _view(self, data: bytes, what: str, target: int | None = None, stride: int | None = None) -> int:
        self._binary += b"\0" * (-len(self._binary) % 4)
        view: Json = {"buffer": 0, "byteOffset": len(self._binary), "byteLength": len(data)}
        if target:
            view["target"] = target
        if stride:
            view["byteStride"] = stride
        self._binary += data
        self.size_bytes[what] = self.size_bytes.get(what, 0) + len(data)
        return self._append("bufferViews", view)

    def accessor(
        self,
        values: NDArray[Any],
        dtype: str,
        what: str,
        *,
        normalized: bool = False,
        target: int | None = ARRAY_BUFFER,
        bounds: bool = False,
    ) -> int:
        """Columns as one accessor; vertex attributes are padded to four bytes."""
        a = np.ascontiguousarray(values, dtype=f"<{dtype}" if dtype[1] != "1" else dtype)
        a = a[:, None] if a.ndim == 1 else a
        count, width = a.shape
        size, stride, data = a.dtype.itemsize * width, None, a
        if target == ARRAY_BUFFER and size % 4:
            data = np.concatenate([a, np.zeros((count, (-size % 4) // a.dtype.itemsize), a.dtype)], 1)
            stride = size + (-size % 4)
        view = self._view(data.tobytes(), what, target, stride)
        accessor: Json = {"bufferView": view, "componentType": COMPONENT[dtype], "count": count, "type": SHAPE[width]}
        if normalized:
            accessor["normalized"] = True
        if bounds:
            accessor["min"], accessor["max"] = a.min(0).tolist(), a.max(0).tolist()
        return self._append("accessors", accessor)

    def texture(self, image: Image.Image, name: str, *, quality: int, clamp: bool, full_chroma: bool = False) -> int:
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=quality, subsampling=0 if full_chroma else 2, optimize=True)
        view = self._view(buffer.getvalue(), f"texture {name}")
        source = self._append("images", {"name": name, "mimeType": "image/jpeg", "bufferView": view})
        return self._append("textures", {"name": name, "source": source, "sampler": int(clamp)})

    def material(self, value: Json) -> int:
        self._used.update(value.get("extensions", {}))
        surface = value.get("pbrMetallicRoughness", {})
        for slot in ("baseColorTexture", "metallicRoughnessTexture"):
            self._used.update(surface.get(slot, {}).get("extensions", {}))
        return self._append("materials", value)

    def quantised(
        self,
        points: Floats,
        normals: Floats,
        uv: tuple[Floats, float] | None,
        colours: Bytes | None,
        uv1: Floats | None,
    ) -> tuple[Json, Json]:
        """Attributes with 16-bit positions and 8-bit normals, and the node's transform that scales them back.

        `uv` comes with its range: values are stored as parts of it (KHR_texture_transform scales them back).
        """
        what = "static mesh"
        low, high = points.min(0), points.max(0)
        step = max(float((high - low).max()) / 65535, 1e-9)
        attributes: Json = {"POSITION": self.accessor(np.round((points - low) / step), "u2", what, bounds=True)}
        attributes["NORMAL"] = self.accessor(np.round(normals * 127), "i1", what, normalized=True)
        if uv is not None:
            part = np.clip(np.round(uv[0] / uv[1] * 32767), -32767, 32767)
            attributes["TEXCOORD_0"] = self.accessor(part, "i2", what, normalized=True)
        if uv1 is not None:
            attributes["TEXCOORD_1"] = self.accessor(
                np.clip(np.round(uv1 * 65535), 0, 65535), "u2", what, normalized=True
            )
        if colours is not None:
            attributes["COLOR_0"] = self.accessor(colours, "u1", what, normalized=True)
        self._required.add("KHR_mesh_quantization")
        return attributes, {"translation": low.tolist(), "scale": [step] * 3}

    def mesh(self, name: str, attributes: Json, faces: Ints, material: int, what: str = "static mesh") -> int:
        small = int(faces.max()) < 65535
        indices = self.accessor(faces.reshape(-1), "u2" if small else "u4", what, target=ELEMENT_BUFFER)
        primitive = {"attributes": attributes, "indices": indices, "material": material}
        return self._append("meshes", {"name": name, "primitives": [primitive]})

    def node(self, value: Json, scene: int = 0) -> int:
        number = self._append("nodes", value)
        self.json["scenes"][scene]["nodes"].append(number)
        return number

    def instances(
        self,
        name: str,
        mesh: int,
        frames: tuple[Floats, Floats, Floats],
        attributes: Mapping[str, tuple[NDArray[Any], str, bool]],
        extras: Json,
    ) -> int:
        """One mesh many times (EXT_mesh_gpu_instancing): translations, rotations xyzw, scales, and columns of our own."""
        what = "books"
        translation, rotation, scale = frames
        columns = {
            "TRANSLATION": self.accessor(translation, "f4", what, target=None),
            "ROTATION": self.accessor(np.round(rotation * 32767), "i2", what, normalized=True, target=None),
            "SCALE": self.accessor(scale, "f4", what, target=None),
        }
        for key, (values, dtype, normalized) in attributes.items():
            columns[key] = self.accessor(values, dtype, what, normalized=normalized, target=None)
        self._required.add("EXT_mesh_gpu_instancing")
        extension = {"EXT_mesh_gpu_instancing": {"attributes": columns}}
        return self.node({"name": name, "mesh": mesh, "extensions": extension, "extras": extras})

    def finish(self, extras: Json) -> bytes:
        """The file; `extras` go to scene 0."""
        self.json["scenes"][0]["extras"] = extras
        used = self._used | self._required
        if used:
            self.json["extensionsUsed"] = sorted(used)
        if self._required:
            self.json["extensionsRequired"] = sorted(self._required)
        self._binary += b"\0" * (-len(self._binary) % 4)
        self.json["buffers"] = [{"byteLength": len(self._binary)}]
        filled = {key: value for key, value in self.json.items() if value != []}
        text = json.dumps(filled, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        text += b" " * (-len(text) % 4)
        head = struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + len(self._binary))
        return (
            head
            + struct.pack("<I4s", len(text), b"JSON")
            + text
            + struct.pack("<I4s", len(self._binary), b"BIN\0")
            + bytes(self._binary)
        )
