"""Models made here, from a few bytes to many: a wavy sheet with normals, coordinates, tangents, and whatever else a test asks for."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from carrel.scenes.ingest.edit import Glb

Json = dict[str, Any]
KINDS = {"f": 5126, "H": 5123, "I": 5125, "B": 5121, "b": 5120}
NAMES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


def empty() -> Glb:
    return Glb({"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}]}, bytearray())


def accessor(glb: Glb, rows: npt.NDArray[Any], target: int | None = None, **more: Any) -> int:
    """A new accessor in a view of its own."""
    rows = rows.reshape(len(rows), -1)
    glb.json.setdefault("buffers", [{"byteLength": 0}])
    entry: Json = {
        "bufferView": glb.append_view(np.ascontiguousarray(rows).tobytes(), target=target),
        "componentType": KINDS[rows.dtype.char],
        "count": len(rows),
        "type": NAMES[rows.shape[1]],
    }
    if rows.dtype == np.float32 and rows.shape[1] == 3:
        entry |= {"min": rows.min(axis=0).tolist(), "max": rows.max(axis=0).tolist()}
    entries: list[Json] = glb.json.setdefault("accessors", [])
    entries.append(entry | more)
    return len(entries) - 1


def sheet(side: int, rough: float = 0.002, seed: int = 1) -> dict[str, npt.NDArray[Any]]:
    """`side`² vertices of a wavy sheet one metre wide."""
    random = np.random.default_rng(seed)
    u, v = np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side))
    height = 0.1 * np.sin(9 * u) * np.cos(7 * v) + rough * random.normal(size=u.shape)
    positions = np.stack([u, height, v], -1)
    across, along = np.gradient(positions, axis=1), np.gradient(positions, axis=0)
    normals = np.cross(along, across)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    grid = np.arange(side * side).reshape(side, side)
    a, b, c, d = grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, 1:]
    return {
        "positions": positions.reshape(-1, 3).astype(np.float32),
        "normals": normals.reshape(-1, 3).astype(np.float32),
        "coordinates": np.stack([u, v], -1).reshape(-1, 2).astype(np.float32),
        "indices": np.stack([a, c, b, b, c, d], -1).reshape(-1).astype(np.uint32),
    }


def picture(side: int, kind: str = "PNG", seed: int = 2, mode: str = "RGB") -> bytes:
    """Soft colours with some grain."""
    random = np.random.default_rng(seed)
    v, u = np.mgrid[0:side, 0:side] / side
    bands = [np.sin(6 * u + index) * np.cos(5 * v - index) for index in range(len(mode))]
    values = 128 + 90 * np.stack(bands, -1) + random.normal(0, 4, (side, side, len(mode)))
    out = io.BytesIO()
    Image.fromarray(np.clip(values, 0, 255).astype(np.uint8), mode).save(out, kind, quality=95)
    return out.getvalue()


def model(side: int = 24, texture: int = 0, sheets: int = 1, **more: Any) -> Glb:
    """A mesh of `sheets` sheets; with `texture` a picture of so many pixels a side on them. `more` are members of the document."""
    glb = empty()
    material: Json = {"pbrMetallicRoughness": {"roughnessFactor": 0.7}, "name": "paper"}
    primitives = []
    for index in range(sheets):
        rows = sheet(side, seed=index)
        primitives.append(
            {
                "attributes": {
                    "POSITION": accessor(glb, rows["positions"], 34962),
                    "NORMAL": accessor(glb, rows["normals"], 34962),
                    "TEXCOORD_0": accessor(glb, rows["coordinates"], 34962),
                },
                "indices": accessor(glb, rows["indices"].reshape(-1, 1), 34963),
                "material": 0,
            }
        )
    if texture:
        glb.json["images"] = [{"bufferView": glb.append_view(picture(texture)), "mimeType": "image/png"}]
        glb.json["textures"] = [{"source": 0}]
        material["pbrMetallicRoughness"]["baseColorTexture"] = {"index": 0}
    glb.json |= {"meshes": [{"primitives": primitives}], "nodes": [{"mesh": 0}], "materials": [material]}
    glb.json |= more
    return glb
