"""The humanoid: VRM 1.0 bone names, rest pose T facing +Z, all rest rotations identity, metres at the nominal height 1.735.

Bodies are *modelled* with the arms lowered by `LOWERED` (where arms nearly always are) and then carried back into the T-pose by the
inverse of their own skinning, so lowering the arms gives exactly the modelled shoulder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, smooth
from carrel.avatars.looks.field import Field

NOMINAL_M = 1.735
HEAD_Y = 1.594
LOWERED = radians(50)
SIDES = ((1, "left"), (-1, "right"))
FINGERS = ("Index", "Middle", "Ring", "Little")
SHOULDER_Y, SHOULDER_Z = 1.372, -0.018
UPPER_ARM_M, LOWER_ARM_M = 0.258, 0.236

Weights = dict[str, Array]
Weigh = Callable[[Array], Weights]


@dataclass(frozen=True, slots=True)
class Bone:
    """A joint: its parent's name (None below the armature) and its place in the rest pose."""

    parent: str | None
    at: tuple[float, float, float]


def skeleton(shoulder_m: float, hip_m: float) -> Mapping[str, Bone]:
    """All joints in parent-first order; arguments are half the distances between shoulders and between hip joints."""
    bones: dict[str, Bone] = {"chair": Bone(None, (0.0, 0.0, 0.0))}

    def add(name: str, at: Sequence[float], parent: str | None = None) -> None:
        bones[name] = Bone(parent, (float(at[0]), float(at[1]), float(at[2])))

    add("hips", (0, 0.955, 0))
    add("spine", (0, 1.06, -0.01), "hips")
    add("chest", (0, 1.20, -0.015), "spine")
    add("neck", (0, 1.435, -0.02), "chest")
    add("head", (0, 1.525, -0.005), "neck")
    for s, side in SIDES:
        add(f"{side}Eye", (s * 0.0335, HEAD_Y + 0.002, 0.068), "head")
        add(f"{side}Shoulder", (s * 0.03, 1.395, -0.015), "chest")
        elbow, wrist = shoulder_m + UPPER_ARM_M, shoulder_m + UPPER_ARM_M + LOWER_ARM_M
        add(f"{side}UpperArm", (s * shoulder_m, SHOULDER_Y, SHOULDER_Z), f"{side}Shoulder")
        add(f"{side}LowerArm", (s * elbow, SHOULDER_Y, SHOULDER_Z), f"{side}UpperArm")
        add(f"{side}Hand", (s * wrist, SHOULDER_Y, SHOULDER_Z), f"{side}LowerArm")
        add(f"{side}ThumbMetacarpal", (s * (wrist + 0.020), SHOULDER_Y - 0.006, SHOULDER_Z + 0.020), f"{side}Hand")
        add(
            f"{side}ThumbProximal",
            (s * (wrist + 0.048), SHOULDER_Y - 0.012, SHOULDER_Z + 0.044),
            f"{side}ThumbMetacarpal",
        )
        for k, finger in enumerate(FINGERS):
            z = SHOULDER_Z + 0.0275 - k * 0.0185
            add(f"{side}{finger}Proximal", (s * (wrist + 0.084 - 0.004 * abs(k - 1)), SHOULDER_Y, z), f"{side}Hand")
            add(
                f"{side}{finger}Intermediate",
                (s * (wrist + 0.118 - 0.006 * abs(k - 1)), SHOULDER_Y, z),
                f"{side}{finger}Proximal",
            )
        add(f"{side}UpperLeg", (s * hip_m, 0.91, 0), "hips")
        add(f"{side}LowerLeg", (s * hip_m, 0.50, 0.008), f"{side}UpperLeg")
        add(f"{side}Foot", (s * hip_m, 0.085, -0.018), f"{side}LowerLeg")
        add(f"{side}Toes", (s * hip_m, 0.02, 0.095), f"{side}Foot")
    return bones


def arm_line(bones: Mapping[str, Bone], s: int) -> tuple[Array, Array]:
    """Shoulder joint and unit direction of the lowered arm on one side (s = 1 left, -1 right)."""
    root = arr(bones["leftUpperArm"].at) * arr([s, 1, 1])
    return root, arr([s * cos(LOWERED), -sin(LOWERED), 0.0])


def chain(along: Array, joints: Sequence[float], names: Sequence[str], blur: Sequence[float]) -> Weights:
    """Soft weights along one coordinate: names[0] before joints[0], names[1] after it, and so on."""
    out: Weights = {}
    rest = np.ones_like(along)
    for joint, name, b in zip(joints, names, blur, strict=False):
        t = smooth(along, joint - b, joint + b)
        out[name] = rest * (1 - t)
        rest = rest * t
    out[names[-1]] = rest
    return out


def body_weights(bones: Mapping[str, Bone], trunk: Field, arm: Field | None, legs: float = 0.7) -> Weigh:
    """Weights of anything modelled in the lowered pose: trunk by height, arms where the arm's field is nearer than the trunk's.

    `legs` is how far cloth below the hips follows the thighs and shins.
    """
    shoulder = bones["leftUpperArm"].at[0]

    def weigh(p: Array) -> Weights:
        x, y = p[:, 0], p[:, 1]
        w = chain(y, [1.02, 1.17, 1.45], ["hips", "spine", "chest", "neck"], [0.07, 0.08, 0.035])
        low = smooth(y, 0.97, 0.80) * legs
        hips, spine = w["hips"] * (1 - low), w["spine"]
        out: Weights = {"hips": hips, "spine": spine, "chest": w["chest"], "neck": w["neck"]}
        for s, side in SIDES:
            half = smooth(x * s, -0.06, 0.06)
            shin = smooth(y, 0.60, 0.40)
            out[f"{side}UpperLeg"] = w["hips"] * low * half * (1 - shin)
            out[f"{side}LowerLeg"] = w["hips"] * low * half * shin
        if arm is None:
            return out
        lean = trunk(p) - arm(p)
        armness = smooth(lean, -0.040, 0.045)
        for s, side in SIDES:
            root, along = arm_line(bones, s)
            t = (p - root) @ along
            here = armness * (x * s > 0) * smooth(t, -0.075, 0.045)
            girdle = smooth(x * s, 0.25 * shoulder, 1.0 * shoulder) * smooth(y, 1.26, 1.37) * 0.6 * (1 - here)
            split = chain(t, [UPPER_ARM_M, UPPER_ARM_M + LOWER_ARM_M], ["UpperArm", "LowerArm", "Hand"], [0.045, 0.02])
            rest = (1 - here) * (1 - girdle)
            for name in list(out):
                out[name] = np.where(x * s > 0, out[name] * rest, out[name])
            out[f"{side}Shoulder"] = girdle * (x * s > 0)
            for name, value in split.items():
                out[f"{side}{name}"] = value * here
        return out

    return weigh


def lowered_pose(bones: Mapping[str, Bone]) -> dict[str, Array]:
    """4 x 4 matrices that carry each bone's rest-pose points into the pose the bodies are modelled in."""
    out: dict[str, Array] = {}
    for name, bone in bones.items():
        m = np.eye(4) if bone.parent is None else out[bone.parent]
        for s, side in SIDES:
            if name == f"{side}UpperArm":
                a, at = -s * LOWERED, arr(bone.at)
                turn = np.eye(4)
                turn[:2, :2] = [[cos(a), -sin(a)], [sin(a), cos(a)]]
                turn[:3, 3] = at - turn[:3, :3] @ at
                m = m @ turn
        out[name] = m
    return out
