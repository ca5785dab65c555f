"""Hands with jointed fingers, trousers, bare legs and shoes."""

from __future__ import annotations

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, bump, curve, line, smooth, unit
from carrel.avatars.looks.bones import FINGERS, SIDES, Bone, Weigh, Weights, chain
from carrel.avatars.looks.field import Field, ellipsoid, grown, limb, mirrored, union
from carrel.avatars.looks.figure import Figure
from carrel.avatars.looks.mesh import Pile
from carrel.avatars.looks.surface import shell

_PALM = [  # along the hand from the wrist (metres), half breadth, half thickness
    (-0.050, 0.0245, 0.0215),
    (-0.020, 0.0225, 0.0175),
    (0.000, 0.0225, 0.0155),
    (0.016, 0.0275, 0.0155),
    (0.036, 0.0345, 0.0155),
    (0.060, 0.0365, 0.0140),
    (0.078, 0.0360, 0.0122),
    (0.090, 0.0330, 0.0092),
]
_LENGTHS = {"Index": (0.071, 0.0087), "Middle": (0.079, 0.0090), "Ring": (0.073, 0.0085), "Little": (0.057, 0.0075)}


def _along(bones: dict[str, Bone] | Figure, side: str, s: int, joints: tuple[str, ...]) -> tuple[float, ...]:
    table = bones.bones if isinstance(bones, Figure) else bones
    return tuple(table[f"{side}{j}"].at[0] * s for j in joints)


def arm_weights(figure: Figure, side: str, s: int) -> Weigh:
    """Weights along one straight arm of the T-pose."""
    elbow, wrist = _along(figure, side, s, ("LowerArm", "Hand"))
    names = [f"{side}UpperArm", f"{side}LowerArm", f"{side}Hand"]
    return lambda p: chain(p[:, 0] * s, [elbow, wrist], names, [0.045, 0.02])


def _finger_weights(side: str, s: int, finger: str, knuckle: float, middle: float) -> Weigh:
    names = [f"{side}Hand", f"{side}{finger}Proximal", f"{side}{finger}Intermediate"]
    return lambda p: chain(p[:, 0] * s, [knuckle - 0.004, middle], names, [0.008, 0.006])


def build_hands(pile: Pile, figure: Figure) -> None:
    """Both hands in the T-pose, palms down."""
    look = figure.look
    size = (0.94 + 0.06 * look.width) * (1.0 - 0.09 * look.fem)
    a = np.linspace(0, 2 * np.pi, 14, endpoint=False)[None]
    for s, side in SIDES:
        wrist = arr(figure.bones[f"{side}Hand"].at)
        t, broad, thick = arr(_PALM).T
        power = 0.8
        c, d = np.cos(a), np.sin(a)
        palm = np.stack(
            [
                s * (wrist[0] * s + t[:, None] + 0 * a),
                wrist[1] + size * thick[:, None] * np.sign(d) * np.abs(d) ** power,
                wrist[2] + size * broad[:, None] * np.sign(c) * np.abs(c) ** power,
            ],
            -1,
        )
        pile.grid(
            "skin",
            palm,
            arm_weights(figure, side, s),
            close=True,
            cap=(False, True),
            flip=s > 0,
            worth=2.0,
            tone=line(t, [(-0.05, 0.46), (0.0, 0.48), (0.09, 0.60)])[:, None],
        )
        for finger in FINGERS:
            length, radius = _LENGTHS[finger]
            root, mid = (
                arr(figure.bones[f"{side}{finger}Proximal"].at),
                arr(figure.bones[f"{side}{finger}Intermediate"].at),
            )
            u = arr([-0.26, 0.0, 0.3, 0.46, 0.6, 0.85, 0.97])
            path = root + np.stack([s * length * u, -0.010 * np.clip(u, 0, 1) ** 2, 0 * u], -1) * size
            r = (
                radius
                * size
                * line(u, [(-0.3, 0.9), (0.0, 1.04), (0.3, 0.95), (0.46, 0.99), (0.6, 0.9), (0.85, 0.80), (1.0, 0.42)])
            )
            pile.tube(
                "skin",
                path,
                np.stack([r, r * 0.94], -1),
                _finger_weights(side, s, finger, float(root[0]) * s, float(mid[0]) * s),
                sides=7,
                cap=(False, True),
                tone=line(u, [(0, 0.55), (1, 0.70)])[:, None],
                worth=2.0,
            )
        _thumb(pile, figure, s, side, size)


def _thumb(pile: Pile, figure: Figure, s: int, side: str, size: float) -> None:
    b0, b1 = arr(figure.bones[f"{side}ThumbMetacarpal"].at), arr(figure.bones[f"{side}ThumbProximal"].at)
    run = unit(b1 - b0)
    u = arr([-0.35, 0.0, 0.35, 0.7, 0.95, 1.2, 1.34])
    path = (
        b0
        + run * (float(np.linalg.norm(b1 - b0)) * 1.28 * u)[:, None]
        + arr([s * 0.012, 0, -0.008]) * (np.clip(u, 0.6, 2) - 0.6)[:, None]
    )
    r = size * line(u, [(-0.35, 0.0125), (0.0, 0.0145), (0.4, 0.0122), (0.8, 0.0102), (1.1, 0.0096), (1.34, 0.005)])

    def weigh(p: Array) -> Weights:
        t = (p - b0) @ run
        base, tip = smooth(t, -0.006, 0.012), smooth(t, 0.032, 0.046)
        return {f"{side}Hand": 1 - base, f"{side}ThumbMetacarpal": base * (1 - tip), f"{side}ThumbProximal": tip}

    pile.tube("skin", path, r, weigh, sides=8, cap=(False, True), tone=0.57, worth=2.0)


def leg_weights(figure: Figure) -> Weigh:
    """Weights for trousers and bare legs: hips, thighs, shins, feet, split at the middle."""

    def weigh(p: Array) -> Weights:
        down = chain(-p[:, 1], [-0.885, -0.50, -0.085], ["hips", "UpperLeg", "LowerLeg", "Foot"], [0.075, 0.06, 0.03])
        up = smooth(p[:, 1], 0.99, 1.07)
        out: Weights = {"hips": down["hips"] * (1 - up), "spine": down["hips"] * up}
        for s, side in SIDES:
            half = smooth(p[:, 0] * s, -0.03, 0.03)
            for name in ("UpperLeg", "LowerLeg", "Foot"):
                out[f"{side}{name}"] = down[name] * half
        return out

    return weigh


def build_trousers(pile: Pile, figure: Figure, top: float = 1.01, slot: str = "bottom") -> None:
    """Trousers with a crease, breaking a little over the shoe."""

    def cloth(p: Array) -> Array:
        x, y, z = np.abs(p[..., 0]) - figure.hip_m, p[..., 1], p[..., 2]
        crease = 0.0045 * bump(x, 0.002, 0.012) * smooth(y, 0.82, 0.66) * (z > -0.01)
        rough = 0.0028 * np.sin(y * 95 + 4 * z * 20) * (bump(y, 0.50, 0.05) + 0.9 * bump(y, 0.12, 0.05))
        wide = 0.006 + 0.010 * smooth(y, 0.60, 0.10)
        return arr(wide + crease + rough)

    field = grown(figure.legs, cloth)
    skin = shell(
        field,
        (-0.27, 0.03, -0.19),
        (0.27, top + 0.06, 0.20),
        (0.022, 0.034, 0.022),
        lambda p: arr(np.minimum(top - p[..., 1], p[..., 1] - 0.060 - 0.20 * np.maximum(-p[..., 2] - 0.02, 0) * 0)),
        0.008,
    )
    tone = 0.5 + 26 * (cloth(skin.points) - 0.006 - 0.010 * smooth(skin.points[:, 1], 0.60, 0.10))
    pile.add(slot, skin, leg_weights(figure), np.clip(tone, 0.2, 0.9))


def build_bare_legs(pile: Pile, figure: Figure, slot: str = "skin") -> None:
    """Shins under a skirt."""
    x, k = figure.hip_m, 0.5 + 0.5 * figure.look.width
    field = mirrored(
        limb(
            [(x, 0.56, 0.006), (x, 0.50, 0.008), (x, 0.34, -0.012), (x, 0.14, -0.020), (x, 0.05, -0.016)],
            [0.056 * k, 0.050 * k, 0.050 * k, 0.033 * k, 0.033 * k],
        )
    )
    skin = shell(
        field, (-0.22, 0.02, -0.14), (0.22, 0.56, 0.14), (0.018, 0.030, 0.018), lambda p: arr(0.50 - p[..., 1])
    )
    pile.add(slot, skin, leg_weights(figure), 0.5)


def build_shoes(pile: Pile, figure: Figure) -> None:
    """Plain round-toed shoes with a darker sole."""
    x, fem = figure.hip_m, figure.look.fem
    size = 1.0 - 0.08 * fem
    foot = union(
        [
            limb(
                [(x, 0.042, -0.035), (x + 0.003, 0.040, 0.030), (x + 0.008, 0.030, 0.105), (x + 0.006, 0.026, 0.135)],
                [0.040 * size, 0.041 * size, 0.040 * size, 0.033 * size],
                (0.92, 1, 1),
            ),
            ellipsoid((x, 0.070, -0.024), (0.040 * size, 0.042, 0.046)),
        ],
        0.03,
    )
    both = mirrored(foot)

    def field(p: Array) -> Array:
        sole = 0.0035 * smooth(p[..., 1], 0.020, 0.014)
        return arr(np.maximum(both(p) - sole, 0.0015 - p[..., 1]))

    skin = shell(
        field, (-0.18, -0.02, -0.12), (0.18, 0.13, 0.21), (0.0125, 0.0115, 0.0145), lambda p: arr(0.105 - p[..., 1])
    )
    y = skin.points[:, 1]
    tone = 0.42 + 0.22 * smooth(y, 0.02, 0.09) - 0.40 * smooth(y, 0.020, 0.016)

    def weigh(p: Array) -> Weights:
        toe = smooth(p[:, 2], 0.070, 0.110)
        out: Weights = {}
        for s, side in SIDES:
            half = arr((p[:, 0] * s > 0).astype(float))
            out[f"{side}Foot"], out[f"{side}Toes"] = (1 - toe) * half, toe * half
        return out

    pile.add("shoes", skin, weigh, tone)


def build_skirt(
    pile: Pile, figure: Figure, slot: str, hem: float, top: float, flare: float, pleats: int, depth: float
) -> Field:
    """A skirt or a robe's lower half as a pleated sheet from `top` to `hem` metres; returns a rough field for occlusion."""
    rows, columns = 18, 64
    t = np.linspace(0, 1, rows)[:, None]
    phi = np.linspace(-np.pi, np.pi, columns, endpoint=False)[None]
    y = top + (hem - top) * t
    base = figure.ring(figure.trunk, phi, np.maximum(y, 0.875) + 0 * phi, 0.010)
    base[..., 1] = y
    spread = smooth(0.93 - y, 0, max(0.93 - hem, 0.1)) * 0.55 + 0.45 * np.clip((0.93 - y) / max(0.93 - hem, 0.1), 0, 1)
    wave = depth * np.cos(phi * pleats + 1.1 * np.sin(phi * 2)) * smooth(t, 0.10, 0.85)
    out = unit(base * arr([1, 0, 1]) + arr([0, 0, 0.012]))
    points = base + out * (wave + flare * spread)[..., None]
    inside = points[-1:] * arr([0.95, 1, 0.95]) + arr([0, 0.006, 0])
    tone = np.concatenate([0.5 + 18 * wave, 0.15 + 0 * wave[-1:]])
    part = pile.grid(
        slot, np.concatenate([points, inside]), figure.weigh(1.0), close=True, flip=True, tone=np.clip(tone, 0.1, 0.9)
    )
    part.weigh = _skirt_weights
    table = [(hem - 0.01, 0.17 + flare, 0.11 + flare, 0.12 + flare), (top, 0.14, 0.10, 0.09)]

    def rough(p: Array) -> Array:
        w, f, b = np.moveaxis(curve(p[..., 1], table), -1, 0)
        d = np.where(p[..., 2] > 0, f, b)
        return arr(
            np.maximum(
                (np.hypot(p[..., 0] / w, p[..., 2] / d) - 1) * d + 0.03, np.maximum(hem - p[..., 1], p[..., 1] - top)
            )
        )

    return rough


def _skirt_weights(p: Array) -> Weights:
    x, y = p[:, 0], p[:, 1]
    w = chain(y, [1.02], ["hips", "spine"], [0.06])
    low, shin = smooth(y, 0.98, 0.78), smooth(y, 0.62, 0.36)
    out: Weights = {"hips": w["hips"] * (1 - low), "spine": w["spine"]}
    for s, side in SIDES:
        half = smooth(x * s, -0.09, 0.09)
        out[f"{side}UpperLeg"], out[f"{side}LowerLeg"] = (
            w["hips"] * low * half * (1 - shin),
            w["hips"] * low * half * shin,
        )
    return out
