"""Bones of a human figure by their names in VRM 1.0, and the names under which other programs write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_SIDED: Final = {
    "Shoulder": "upperChest",
    "UpperArm": "Shoulder",
    "LowerArm": "UpperArm",
    "Hand": "LowerArm",
    "UpperLeg": "hips",
    "LowerLeg": "UpperLeg",
    "Foot": "LowerLeg",
    "Toes": "Foot",
    "Eye": "head",
    "ThumbMetacarpal": "Hand",
    "ThumbProximal": "ThumbMetacarpal",
    "ThumbDistal": "ThumbProximal",
} | {
    f"{finger}{part}": above
    for finger in ("Index", "Middle", "Ring", "Little")
    for part, above in (
        ("Proximal", "Hand"),
        ("Intermediate", f"{finger}Proximal"),
        ("Distal", f"{finger}Intermediate"),
    )
}

PARENTS: Final[Mapping[str, str]] = {
    "spine": "hips",
    "chest": "spine",
    "upperChest": "chest",
    "neck": "upperChest",
    "head": "neck",
    "jaw": "head",
} | {
    side + bone: above if above in ("hips", "head", "upperChest") else side + above
    for side in ("left", "right")
    for bone, above in _SIDED.items()
}
"""Bone → the bone that it hangs below; where that one is missing, the next one up."""

BONES: Final = frozenset(PARENTS) | {"hips"}

_LIMBS: Final = ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")
REQUIRED: Final = ("hips", "spine", "head", *(side + bone for side in ("left", "right") for bone in _LIMBS))
"""Without these there is nothing to move (the required bones of VRM 1.0)."""

# VRM 0.x calls the thumb's bones one joint further out.
THUMBS_OF_0: Final[Mapping[str, str]] = {
    f"{side}Thumb{before}": f"{side}Thumb{now}"
    for side in ("left", "right")
    for before, now in (("Proximal", "Metacarpal"), ("Intermediate", "Proximal"), ("Distal", "Distal"))
}

# Names without side, in small letters and digits: Mixamo and Ready Player Me, Unreal, Blender's Rigify, 3ds Max Biped.
_TRUNK: Final[Mapping[str, tuple[str, ...]]] = {
    "hips": ("hips", "pelvis", "hip"),
    "spine": ("spine", "spine01", "spine1of3"),
    "chest": ("spine1", "chest", "spine02"),
    "upperChest": ("spine2", "upperchest", "spine03"),
    "neck": ("neck", "neck01"),
    "head": ("head",),
}
_SIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "Shoulder": ("shoulder", "clavicle"),
    "UpperArm": ("arm", "upperarm"),
    "LowerArm": ("forearm", "lowerarm"),
    "Hand": ("hand",),
    "UpperLeg": ("upleg", "thigh", "upperleg"),
    "LowerLeg": ("leg", "calf", "shin", "lowerleg"),
    "Foot": ("foot",),
    "Toes": ("toebase", "toe", "ball", "toes"),
    "Eye": ("eye",),
    "ThumbMetacarpal": ("handthumb1", "thumb01"),
    "ThumbProximal": ("handthumb2", "thumb02"),
    "ThumbDistal": ("handthumb3", "thumb03"),
} | {
    f"{ours}{part}": (f"hand{theirs}{number}", f"{theirs}0{number}")
    for ours, theirs in (("Index", "index"), ("Middle", "middle"), ("Ring", "ring"), ("Little", "pinky"))
    for number, part in ((1, "Proximal"), (2, "Intermediate"), (3, "Distal"))
}
_BY_NAME: Final[Mapping[str, str]] = {name: bone for bone, names in _TRUNK.items() for name in names} | {
    side + name: side + bone for side in ("left", "right") for bone, names in _SIDE.items() for name in names
}
_PREFIX: Final = re.compile(r"^(?:mixamorig\d*[:_\-. ]*|(?:bip0?1|def|armature|rig)[:_\-. ]+)", re.IGNORECASE)
_SIDE_MARK: Final = re.compile(r"(?:^|[_\-. ])([lr])(?=$|[_\-. ])", re.IGNORECASE)
_WORDS: Final = {"l": "left", "r": "right"}


def bone_named(name: str) -> str | None:
    """The bone that a node of this name is meant to be, or None: `mixamorig:LeftArm`, `LeftArm`, `upperarm_l`, `upper_arm.L` are one."""
    plain = _PREFIX.sub("", name[:80])
    marks = _SIDE_MARK.findall(plain)
    side = _WORDS[marks[-1].lower()] if marks else ""
    plain = _SIDE_MARK.sub("", plain) if marks else plain
    return _BY_NAME.get(side + re.sub(r"[^a-z0-9]", "", plain.lower()))
