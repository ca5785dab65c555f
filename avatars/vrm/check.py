"""Whether a GLB is a body that can be worn. The file has passed the gate (`carrel.scenes.ingest.gate`); here only its JSON is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from carrel.avatars.vrm.bones import BONES, PARENTS, REQUIRED, THUMBS_OF_0, bone_named
from carrel.avatars.vrm.meta import Permissions, of_0, of_1
from carrel.scenes.errors import Refused

Json = Mapping[str, Any]
VRM_1, VRM_0 = "VRMC_vrm", "VRM"
EXPRESSIONS_AT_MOST: Final = 256
BINDS_AT_MOST: Final = 64
_NODE_DEPTH: Final = 64


class VrmFacts(Struct, frozen=True, kw_only=True):
    """A body: `bones` maps names of VRM 1.0 to nodes, `expressions` are the faces it has by name, and what may be done with it.

    Of a file without VRM metadata `permissions` is None: who brought it answers for it.
    """

    format: Literal["vrm1", "vrm0", "humanoid"]
    bones: Mapping[str, int]
    expressions: tuple[str, ...] = ()
    permissions: Permissions | None = None


def is_claimed(document: Json) -> bool:
    """Whether the file says of itself that it is an avatar."""
    extensions = document.get("extensions")
    return isinstance(extensions, dict) and (VRM_1 in extensions or VRM_0 in extensions)


def check(document: Json) -> VrmFacts:
    """The body of a glTF document. Raises Refused, and nothing else, for any JSON object."""
    extensions = document.get("extensions")
    known = extensions if isinstance(extensions, dict) else {}
    nodes = _list(document, "nodes", "")
    if VRM_1 in known:
        facts = _vrm_1(_object(known, VRM_1, "/extensions"), nodes)
    elif VRM_0 in known:
        facts = _vrm_0(_object(known, VRM_0, "/extensions"), nodes)
    else:
        facts = VrmFacts(format="humanoid", bones=_by_names(nodes))
    _check_bones(facts.bones, nodes)
    if not any(isinstance(node, dict) and "skin" in node and "mesh" in node for node in nodes):
        raise Refused("avatar_no_skin", "Nothing of this figure follows its bones: export it with its skin.", "/nodes")
    return facts


def _vrm_1(vrm: Json, nodes: list[Any]) -> VrmFacts:
    where = f"/extensions/{VRM_1}"
    if vrm.get("specVersion") not in ("1.0", "1.0-beta"):
        raise Refused("avatar_version", "This VRM is of a version that is not known: export it as VRM 1.0.", where)
    human = _object(_object(vrm, "humanoid", where), "humanBones", f"{where}/humanoid")
    at = f"{where}/humanoid/humanBones"
    bones = {name: _index(_object(human, name, at), "node", len(nodes), f"{at}/{name}") for name in human}
    faces = _object(vrm, "expressions", where, optional=True)
    presets = _object(faces, "preset", f"{where}/expressions", optional=True)
    custom = _object(faces, "custom", f"{where}/expressions", optional=True)
    _limited(len(presets) + len(custom), f"{where}/expressions")
    for name, face in presets.items():
        here = f"{where}/expressions/preset/{name}"
        for bind in _list(_mapping(face, here), "morphTargetBinds", here, BINDS_AT_MOST):
            _check_bind(bind, "node", nodes, here)
    return VrmFacts(
        format="vrm1",
        bones=_bones(bones, at),
        expressions=_names(presets),
        permissions=of_1(_object(vrm, "meta", where), f"{where}/meta"),
    )


def _vrm_0(vrm: Json, nodes: list[Any]) -> VrmFacts:
    where = f"/extensions/{VRM_0}"
    at = f"{where}/humanoid/humanBones"
    bones: dict[str, int] = {}
    for entry in _list(_object(vrm, "humanoid", where), "humanBones", at, 4 * len(BONES)):
        name = _mapping(entry, at).get("bone")
        name = THUMBS_OF_0.get(name, name) if isinstance(name, str) else ""
        if name in bones:
            raise Refused("avatar_bones_double", f"The bone {name} is named twice.", at)
        if entry.get("node", -1) != -1:
            bones[name] = _index(entry, "node", len(nodes), at)
    faces: list[str] = []
    groups = f"{where}/blendShapeMaster/blendShapeGroups"
    for face in _list(
        _object(vrm, "blendShapeMaster", where, optional=True), "blendShapeGroups", groups, EXPRESSIONS_AT_MOST
    ):
        for bind in _list(_mapping(face, groups), "binds", groups, BINDS_AT_MOST):
            _check_bind(bind, "mesh", None, groups)
        faces.append(str(face.get("presetName", ""))[:40].lower())
    return VrmFacts(
        format="vrm0",
        bones=_bones(bones, at),
        expressions=_names(faces),
        permissions=of_0(_object(vrm, "meta", where), f"{where}/meta"),
    )


def _by_names(nodes: list[Any]) -> dict[str, int]:
    """The first node of each name counts: programs write end bones and twists below the bones themselves."""
    found: dict[str, int] = {}
    for index, node in enumerate(nodes):
        name = node.get("name") if isinstance(node, dict) else None
        bone = bone_named(name) if isinstance(name, str) else None
        if bone is not None and "mesh" not in node:
            found.setdefault(bone, index)
    return found


def _check_bones(bones: Mapping[str, int], nodes: list[Any]) -> None:
    missing = [name for name in REQUIRED if name not in bones]
    if missing:
        sentence = f"This is no human figure that can be moved: it lacks the bones {', '.join(missing[:6])}"
        raise Refused("avatar_bones_missing", f"{sentence}{' and more' if len(missing) > 6 else ''}.", "/nodes")
    if len(set(bones.values())) < len(bones):
        raise Refused("avatar_bones_double", "Two bones of this figure are one node.", "/nodes")
    parents = _parents(nodes)
    for name, node in bones.items():
        above = PARENTS.get(name)
        while above is not None and above not in bones:
            above = PARENTS.get(above)
        if above is not None and bones[above] not in _line(node, parents):
            raise Refused(
                "avatar_bones_order", f"The bone {name} does not hang below the bone {above}.", f"/nodes/{node}"
            )


def _parents(nodes: list[Any]) -> dict[int, int]:
    parents: dict[int, int] = {}
    for index, node in enumerate(nodes):
        children = node.get("children", ()) if isinstance(node, dict) else ()
        for child in children if isinstance(children, list) else ():
            if isinstance(child, int):
                parents[child] = index
    return parents


def _line(node: int, parents: Mapping[int, int]) -> list[int]:
    """From a node's parent up. Raises Refused where it never ends."""
    line: list[int] = []
    while node in parents:
        node = parents[node]
        line.append(node)
        if len(line) > _NODE_DEPTH:
            raise Refused("avatar_bones_cycle", "The bones of this figure hang in a circle or too deep.", "/nodes")
    return line


def _check_bind(bind: Any, field: str, nodes: list[Any] | None, where: str) -> None:
    bind = _mapping(bind, where)
    for name in (field, "index"):
        _index(bind, name, len(nodes) if nodes is not None and name == field else 100_000, where)
    weight = bind.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight <= 100:
        raise Refused("avatar_expression", "An expression moves a face by a share that is out of its range.", where)


def _bones(bones: dict[str, int], where: str) -> dict[str, int]:
    strange = sorted(str(name)[:40] for name in bones if name not in BONES)
    if strange:
        raise Refused("avatar_bones_strange", f"There is no human bone called {strange[0]}.", where)
    return bones


def _names(names: Any) -> tuple[str, ...]:
    return tuple(sorted({name[:40] for name in names if isinstance(name, str)}))


def _limited(count: int, where: str) -> None:
    if count > EXPRESSIONS_AT_MOST:
        raise Refused("avatar_expression", f"An avatar has at most {EXPRESSIONS_AT_MOST} expressions.", where)


def _index(value: Json, name: str, below: int, where: str) -> int:
    index = value.get(name)
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < below:
        raise Refused("avatar_index", f"“{name}” points at nothing in this file.", where)
    return index


def _mapping(value: Any, where: str) -> Json:
    if not isinstance(value, dict):
        raise Refused("avatar_shape", "The description of the avatar is not as its format wants it.", where)
    return value


def _object(value: Json, name: str, where: str, *, optional: bool = False) -> Json:
    found = value.get(name)
    return {} if found is None and optional else _mapping(found, f"{where}/{name}")


def _list(value: Json, name: str, where: str, at_most: int = 1 << 20) -> list[Any]:
    found = value.get(name, [])
    if not isinstance(found, list) or len(found) > at_most:
        raise Refused("avatar_shape", "The description of the avatar is not as its format wants it.", where)
    return found
