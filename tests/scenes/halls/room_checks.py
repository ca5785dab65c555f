"""What is true of every smaller hall: where one may stand, what it costs to draw, which files its document names."""

from __future__ import annotations

import hashlib
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np

from carrel.scenes import document
from carrel.scenes.halls.room.recipe import BuiltRoom
from tests.scenes.halls.glb_reading import read_json, triangles

SHIPPED = Path(__file__).parents[3] / "assets" / "gltf" / "halls"
BODY_M = 0.22
DRAWS_LIMIT, TRIANGLES_LIMIT, SIZE_LIMIT_BYTES = 60, 150_000, 4_000_000


def shipped(stem: str) -> BuiltRoom:
    """A hall as it lies in the repository."""
    glb, collider, plan, scene = (
        (SHIPPED / f"{stem}{end}").read_bytes() for end in (".glb", ".collider.glb", ".plan.svg", ".scene.json")
    )
    return BuiltRoom(stem, glb, document.decode(scene), collider, plan, {})


def book_count(room: BuiltRoom) -> int:
    """How many books are instances in the hall's file."""
    gltf = read_json(room.glb)
    chunks = [n["extensions"]["EXT_mesh_gpu_instancing"]["attributes"] for n in gltf["nodes"] if "extensions" in n]
    return sum(gltf["accessors"][columns["SCALE"]]["count"] for columns in chunks)


def blocks(glb: bytes) -> np.ndarray[Any, Any]:
    """The boxes of a room's collider, (n, 8, 3): four corners of the foot, then four of the head."""
    gltf = read_json(glb)
    (length,) = struct.unpack_from("<I", glb, 12)
    mesh = next(m for m in gltf["meshes"] if m["name"] == "block")
    accessor = gltf["accessors"][mesh["primitives"][0]["attributes"]["POSITION"]]
    start = 20 + length + 8 + gltf["bufferViews"][accessor["bufferView"]]["byteOffset"]
    return np.frombuffer(glb[start : start + accessor["count"] * 12], "<f4").reshape(-1, 8, 3)


def stands_free(room: BuiltRoom, x: float, z: float) -> bool:
    """True when a body at (x, z) is inside of no box of the collider."""
    for box in blocks(room.collider).astype(float):
        foot, across, deep = box[0], box[1] - box[0], box[3] - box[0]
        d = np.array([x, foot[1], z]) - foot
        a, b = float(np.linalg.norm(across)), float(np.linalg.norm(deep))
        s, t = float(d @ across) / a, float(d @ deep) / b
        if box[4, 1] > 0.3 and -BODY_M < s < a + BODY_M and -BODY_M < t < b + BODY_M:
            return False
    return True


def check_document(room: BuiltRoom) -> None:
    """Arrivals, a safe place, free standing room, a way back, and the hashes of the files beside it."""
    scene, files = room.scene, room.files()
    assert document.decode(files[f"{room.stem}.scene.json"]) == document.validate(scene)
    points = [e for e in scene.having("spawn_point") if e.spawn_point is not None]
    assert sum(e.spawn_point.is_safe for e in points if e.spawn_point) == 1
    assert len(points) >= 5
    for entity in (*scene.having("spawn_point"), *scene.having("place")):
        x, _, z = entity.transform.position
        assert stands_free(room, x, z), entity.id
    doors = [e.portal.target for e in scene.having("portal") if e.portal is not None]
    assert "great-hall" in doors
    environment = scene.environment
    for model in (environment.model, environment.collider, environment.plan):
        assert model is not None
        assert hashlib.sha256(files[model.url]).hexdigest() == model.sha256
    for seat in scene.having("seat"):
        assert 0.1 <= seat.transform.position[1] <= 0.55, seat.id


def check_budget(room: BuiltRoom) -> None:
    """Everything that can be drawn at once at the near level, with nothing culled."""
    gltf = read_json(room.glb)
    far = next((n["mesh"] for n in gltf["nodes"] if n.get("extras", {}).get("carrel", {}).get("book") == "far"), 0)
    draws = total = 0
    for number in gltf["scenes"][0]["nodes"]:
        node = gltf["nodes"][number]
        marks = node.get("extras", {}).get("carrel", {})
        if "books" in marks:
            columns = node["extensions"]["EXT_mesh_gpu_instancing"]["attributes"]
            total += gltf["accessors"][columns["SCALE"]]["count"] * triangles(gltf, far)
        elif "mesh" in node:
            total += triangles(gltf, node["mesh"])
        draws += 1
    assert draws <= DRAWS_LIMIT
    assert total <= TRIANGLES_LIMIT
    assert len(room.glb) <= SIZE_LIMIT_BYTES
    assert len(blocks(room.collider)) * 12 <= 4000
    for material in gltf["materials"]:
        assert len(material["extras"]["carrel"].get("finishes", ())) <= 40


def inside(room: BuiltRoom, reach: float) -> bool:
    """True when all places lie within `reach` metres of the middle of the bounds, on the floor plan."""
    low, high = room.scene.bounds.low, room.scene.bounds.high
    middle = ((low[0] + high[0]) / 2, (low[2] + high[2]) / 2)
    spots = [e.transform.position for e in (*room.scene.having("place"), *room.scene.having("spawn_point"))]
    return all(math.hypot(x - middle[0], z - middle[1]) < reach for x, _, z in spots)
