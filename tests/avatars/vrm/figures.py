"""Small human figures made here: a box for every bone, skinned; as VRM 1.0, as VRM 0.x, and as Mixamo names its bones."""

from __future__ import annotations

from typing import Any

import numpy as np

from carrel.scenes.ingest.edit import Glb
from tests.server.publishing.glbs import accessor, empty

Json = dict[str, Any]
# bone → (bone above, where its joint stands in metres, facing +Z)
JOINTS: dict[str, tuple[str, tuple[float, float, float]]] = {
    "hips": ("", (0, 0.95, 0)),
    "spine": ("hips", (0, 1.05, 0)),
    "chest": ("spine", (0, 1.2, 0)),
    "neck": ("chest", (0, 1.45, 0)),
    "head": ("neck", (0, 1.55, 0)),
    **{
        side + bone: (above if above in ("hips", "chest") else side + above, (sign * x, y, 0))
        for side, sign in (("left", 1), ("right", -1))
        for bone, above, x, y in (
            ("Shoulder", "chest", 0.05, 1.4),
            ("UpperArm", "Shoulder", 0.18, 1.4),
            ("LowerArm", "UpperArm", 0.45, 1.4),
            ("Hand", "LowerArm", 0.7, 1.4),
            ("UpperLeg", "hips", 0.1, 0.9),
            ("LowerLeg", "UpperLeg", 0.1, 0.5),
            ("Foot", "LowerLeg", 0.1, 0.08),
        )
    },
}
MIXAMO = {
    "hips": "Hips",
    "spine": "Spine",
    "chest": "Spine1",
    "neck": "Neck",
    "head": "Head",
    **{
        f"{side.lower()}{ours}": f"{side}{theirs}"
        for side in ("Left", "Right")
        for ours, theirs in (
            ("Shoulder", "Shoulder"),
            ("UpperArm", "Arm"),
            ("LowerArm", "ForeArm"),
            ("Hand", "Hand"),
            ("UpperLeg", "UpLeg"),
            ("LowerLeg", "Leg"),
            ("Foot", "Foot"),
        )
    },
}
META_1: Json = {
    "name": "Lin",
    "authors": ["Lin Qiao"],
    "licenseUrl": "https://vrm.dev/licenses/1.0/",
    "avatarPermission": "everyone",
    "modification": "allowModification",
}
META_0: Json = {"title": "Lin", "author": "Lin Qiao", "allowedUserName": "Everyone", "licenseName": "CC_BY"}


def figure(names: dict[str, str] | None = None, facing: int = 1, boxes: int = 1) -> Glb:
    """A figure with a face that blinks and speaks; `facing` −1 looks along −Z, `boxes` makes it finer."""
    glb = empty()
    order = list(JOINTS)
    turned = {bone: np.array(at) * (facing, 1, facing) for bone, (_, at) in JOINTS.items()}
    nodes: list[Json] = []
    for bone in order:
        above, _ = JOINTS[bone]
        offset = turned[bone] - (turned[above] if above else 0)
        nodes.append({"name": (names or {}).get(bone, bone), "translation": offset.tolist()})
    for index, bone in enumerate(order):
        if JOINTS[bone][0]:
            nodes[order.index(JOINTS[bone][0])].setdefault("children", []).append(index)
    corners = (np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * 0.05).astype(np.float32)
    faces = [[0, 1, 3, 0, 3, 2], [4, 6, 7, 4, 7, 5], [0, 4, 5, 0, 5, 1], [2, 3, 7, 2, 7, 6], [0, 2, 6, 0, 6, 4]]
    box = np.array([*faces, [1, 5, 7, 1, 7, 3]]).reshape(-1)
    many = len(order) * boxes
    places = np.array([turned[order[i % len(order)]] for i in range(many)], np.float32)
    positions = (
        (corners[None] * (1 - 0.3 * (np.arange(many) / many)[:, None, None]) + places[:, None])
        .reshape(-1, 3)
        .astype(np.float32)
    )
    normals = np.tile(corners / np.linalg.norm(corners, axis=1, keepdims=True), (many, 1))
    joints = np.zeros((many * 8, 4), np.uint8)
    joints[:, 0] = np.repeat(np.arange(many) % len(order), 8)
    weights = np.zeros((many * 8, 4), np.float32)
    weights[:, 0] = 1
    indices = (box[None] + 8 * np.arange(many)[:, None]).reshape(-1, 1).astype(np.uint32)
    moved = np.zeros_like(positions)
    moved[:, 1] = 0.01
    binds = np.tile(np.eye(4, dtype=np.float32), (len(order), 1, 1))
    binds[:, 3, :3] = -np.array([turned[bone] for bone in order])
    primitive: Json = {
        "attributes": {
            "POSITION": accessor(glb, positions, 34962),
            "NORMAL": accessor(glb, normals.astype(np.float32), 34962),
            "JOINTS_0": accessor(glb, joints, 34962),
            "WEIGHTS_0": accessor(glb, weights, 34962),
        },
        "indices": accessor(glb, indices, 34963),
        "material": 0,
        "targets": [{"POSITION": accessor(glb, moved, 34962)}, {"POSITION": accessor(glb, -moved, 34962)}],
    }
    inverse = accessor(glb, binds.reshape(-1, 16))
    nodes.append({"name": "Body", "mesh": 0, "skin": 0})
    glb.json |= {
        "nodes": nodes,
        "scenes": [{"nodes": [0, len(nodes) - 1]}],
        "meshes": [{"primitives": [primitive], "extras": {"targetNames": ["lids", "jaw"]}}],
        "skins": [{"joints": list(range(len(order))), "inverseBindMatrices": inverse}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [0.7, 0.4, 0.3, 1], "metallicFactor": 0}}],
    }
    return glb


def vrm_1(boxes: int = 1, **meta: Any) -> Glb:
    glb = figure(boxes=boxes)
    body = len(JOINTS)
    vrm = {
        "specVersion": "1.0",
        "meta": META_1 | meta,
        "humanoid": {"humanBones": {bone: {"node": index} for index, bone in enumerate(JOINTS)}},
        "expressions": {
            "preset": {
                name: {"morphTargetBinds": [{"node": body, "index": index, "weight": 1.0}]}
                for index, name in enumerate(("blink", "aa"))
            }
        },
    }
    return _claimed(glb, "VRMC_vrm", vrm)


def vrm_0(boxes: int = 1, **meta: Any) -> Glb:
    glb = figure(facing=-1, boxes=boxes)
    vrm = {
        "exporterVersion": "tests",
        "meta": META_0 | meta,
        "humanoid": {"humanBones": [{"bone": bone, "node": index} for index, bone in enumerate(JOINTS)]},
        "blendShapeMaster": {
            "blendShapeGroups": [
                {"name": name, "presetName": name, "binds": [{"mesh": 0, "index": index, "weight": 100}]}
                for index, name in enumerate(("blink", "a"))
            ]
        },
    }
    return _claimed(glb, "VRM", vrm)


def mixamo() -> Glb:
    return figure({bone: f"mixamorig:{name}" for bone, name in MIXAMO.items()})


def _claimed(glb: Glb, name: str, value: Json) -> Glb:
    glb.json["extensionsUsed"] = [name]
    glb.json["extensions"] = {name: value}
    return glb
