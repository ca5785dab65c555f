"""Read a GLB's JSON, and count what a viewer would draw."""

from __future__ import annotations

import json
import struct
from typing import Any


def read_json(data: bytes) -> dict[str, Any]:
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    size, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON"
    parsed: dict[str, Any] = json.loads(data[20 : 20 + size])
    return parsed


def triangles(gltf: dict[str, Any], mesh: int) -> int:
    return sum(gltf["accessors"][p["indices"]]["count"] // 3 for p in gltf["meshes"][mesh]["primitives"])


def shown(gltf: dict[str, Any], eye_z: float, limits: tuple[float, float]) -> tuple[int, int]:
    """(draw calls, triangles) with nothing culled, as the client chooses levels for an eye at `eye_z`.

    Books of zones nearer than the far level count with their far mesh, as all but the nearest cases do.
    """
    settings = gltf["scenes"][0]["extras"]["carrel"]
    bay = settings["bay_m"]

    def level(zone: int) -> int:
        distance = max(-(zone + 1) * bay - eye_z, eye_z + zone * bay, 0)
        return 0 if distance < limits[0] else 1 if distance < limits[1] else 2

    far_book = next(n["mesh"] for n in gltf["nodes"] if n.get("extras", {}).get("carrel", {}).get("book") == "far")
    draws = total = 0
    for scene in gltf["scenes"]:
        for number in scene["nodes"]:
            node = gltf["nodes"][number]
            marks = node.get("extras", {}).get("carrel", {})
            if "book" in marks:
                continue
            if "books" in marks:
                if marks["zone"] < 0 or level(marks["zone"]) < 2:
                    columns = node["extensions"]["EXT_mesh_gpu_instancing"]["attributes"]
                    draws += 1
                    total += gltf["accessors"][columns["SCALE"]]["count"] * triangles(gltf, far_book)
            elif "zone" not in marks or marks["level"] == level(marks["zone"]):
                draws += 1
                total += triangles(gltf, node["mesh"])
    return draws, total
