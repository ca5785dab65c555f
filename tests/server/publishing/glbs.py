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
    return Glb({"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}]}, None)


def accessor(glb: Glb, rows: npt.NDArray[Any], target: int | None = None, **more: Any) -> int:
    """A new accessor in a view of its own."""
    rows = rows.reshape(len(rows), -1)
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


def figure(side: int = 20) -> Glb:
    """A skinned, morphing, animated sheet with sparse morphs, colours, tangents, and extensions and extras that nobody knows."""
    glb = model(side, texture=32)
    document = glb.json
    rows = sheet(side)
    count = side * side
    primitive = document["meshes"][0]["primitives"][0]
    tangents = np.hstack(
        [np.gradient(rows["positions"].reshape(side, side, 3), axis=1).reshape(-1, 3), np.ones((count, 1))]
    )
    tangents[:, :3] /= np.linalg.norm(tangents[:, :3], axis=1, keepdims=True)
    joints = np.zeros((count, 4), np.uint8)
    joints[:, 1] = 1
    second = rows["positions"][:, :1]
    weights = np.hstack([1 - second, second, np.zeros((count, 2), np.float32)]).astype(np.float32)
    primitive["attributes"] |= {
        "TANGENT": accessor(glb, tangents.astype(np.float32), 34962),
        "COLOR_0": accessor(glb, np.clip(rows["positions"], 0, 1), 34962),
        "JOINTS_0": accessor(glb, joints, 34962),
        "WEIGHTS_0": accessor(glb, weights, 34962),
        "_HEIGHT": accessor(glb, rows["positions"][:, 1:2].copy(), 34962),
    }
    up = np.zeros((count, 3), np.float32)
    up[:, 1] = 0.2 * rows["coordinates"][:, 0]
    primitive["targets"] = [
        {"POSITION": accessor(glb, up, 34962), "NORMAL": accessor(glb, up * 0, 34962)},
        sparse(glb, count),
    ]
    document["meshes"][0] |= {"weights": [0, 0.5], "extras": {"targetNames": ["up", "corner"]}}
    bind = accessor(glb, np.tile(np.eye(4, dtype=np.float32).reshape(1, 16), (2, 1)))
    times = accessor(glb, np.linspace(0, 1, 5, dtype=np.float32).reshape(-1, 1), min=[0], max=[1])
    turns = accessor(glb, np.tile(np.array([[0, 0, 0, 1]], np.float32), (5, 1)))
    document |= {
        "skins": [{"joints": [1, 2], "inverseBindMatrices": bind, "extras": {"note": "kept"}}],
        "nodes": [
            {"mesh": 0, "skin": 0, "name": "figure"},
            {"children": [2], "extras": {"bone": 1}},
            {"translation": [0, 1, 0]},
        ],
        "scenes": [{"nodes": [0, 1]}],
        "animations": [
            {
                "channels": [{"sampler": 0, "target": {"node": 2, "path": "rotation"}}],
                "samplers": [{"input": times, "output": turns}],
                "extensions": {"EXAMPLE_mood": {"calm": [1, 2, {"deep": "天"}]}},
            }
        ],
        "extensions": {"EXAMPLE_world": {"bits": [0.1, 1e-7, 3], "nothing": {}}},
        "extensionsUsed": ["EXAMPLE_world", "EXAMPLE_mood"],
        "extras": {"from": "a test", "list": [1, "二"]},
    }
    document["asset"] |= {"copyright": "2026 Example", "generator": "a test"}
    return glb


def sparse(glb: Glb, count: int) -> Json:
    """A morph target of which three places are told."""
    places = glb.append_view(np.array([0, 3, count - 1], np.uint16).tobytes())
    values = np.array([[0, 0.1, 0], [0, 0.2, 0], [0.1, 0, 0.05]], np.float32)
    told = {
        "count": 3,
        "indices": {"bufferView": places, "componentType": 5123},
        "values": {"bufferView": glb.append_view(values.tobytes())},
    }
    low, high = np.minimum(values.min(axis=0), 0), np.maximum(values.max(axis=0), 0)
    entry = {
        "componentType": 5126,
        "count": count,
        "type": "VEC3",
        "min": low.tolist(),
        "max": high.tolist(),
        "sparse": told,
    }
    glb.json["accessors"].append(entry)
    return {"POSITION": len(glb.json["accessors"]) - 1}


def soup(side: int = 12) -> Glb:
    """Triangles without indices, each with corners of its own."""
    rows = sheet(side)
    glb = empty()
    apart = {name: rows[name][rows["indices"]] for name in ("positions", "normals")}
    attributes = {
        "POSITION": accessor(glb, apart["positions"], 34962),
        "NORMAL": accessor(glb, apart["normals"], 34962),
    }
    return _with(glb, [{"attributes": attributes}])


def mixed(side: int = 12) -> Glb:
    """Two materials on one set of vertices, and lines and points beside them, interleaved."""
    rows = sheet(side)
    glb = empty()
    woven = np.hstack([rows["positions"], rows["normals"]])
    view = glb.append_view(woven.tobytes(), target=34962, stride=24)
    low, high = rows["positions"].min(axis=0).tolist(), rows["positions"].max(axis=0).tolist()
    shared: Json = {"bufferView": view, "componentType": 5126, "count": side * side, "type": "VEC3"}
    glb.json["accessors"] = [shared | {"min": low, "max": high}, shared | {"byteOffset": 12}]
    half = len(rows["indices"]) // 6 * 3
    parts = [accessor(glb, part.reshape(-1, 1), 34963) for part in (rows["indices"][:half], rows["indices"][half:])]
    line = accessor(glb, rows["positions"][:side].copy(), 34962)
    return _with(
        glb,
        [{"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": part} for part in parts]
        + [{"attributes": {"POSITION": line}, "mode": 3}, {"attributes": {"POSITION": line}, "mode": 0}],
    )


def _with(glb: Glb, primitives: list[Json]) -> Glb:
    glb.json |= {"meshes": [{"primitives": primitives}], "nodes": [{"mesh": 0}]}
    return glb
