"""The guide: plainly no person, a small lamp that floats, with a warm shade, two calm eyes and a brass ring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, smooth
from carrel.avatars.looks.bones import Bone
from carrel.avatars.looks.glb import encode
from carrel.avatars.looks.mesh import Pile, assemble
from carrel.avatars.looks.palette import picture
from carrel.avatars.looks.shape import Look
from carrel.avatars.looks.simplify import simplified

HEAD_M = 1.30
_COLOURS = {
    "paper": "ffe9bd",
    "top": "2f4f47",
    "accent": "b98d45",
    "metal": "b98d45",
    "dark": "2a1e17",
    "under": "f6d58f",
}


@dataclass(frozen=True, slots=True)
class Lamp:
    """The guide's look and files."""

    look: Look
    files: Mapping[str, bytes]


def _turned(
    pile: Pile,
    slot: str,
    profile: list[tuple[float, float]],
    bone: str,
    tone: list[float] | float = 0.5,
    around: int = 32,
) -> None:
    a = np.linspace(0, 2 * np.pi, around, endpoint=False)
    r, y = (arr(profile)[:, i][:, None] for i in (0, 1))
    points = np.stack([r * np.sin(a), HEAD_M + y + 0 * a, r * np.cos(a)], -1)
    pile.grid(slot, points, bone, close=True, tone=arr(tone)[:, None] if isinstance(tone, list) else tone, worth=1.0)


def build_lamp() -> Lamp:
    """The guide's near and far files."""
    look = Look("guide", "Guide", "向导", 1.45, 0.0, "robe", "bare", _COLOURS)
    bones = {
        "root": Bone(None, (0.0, 0.0, 0.0)),
        "hips": Bone("root", (0.0, HEAD_M - 0.30, 0.0)),
        "head": Bone("hips", (0.0, HEAD_M, 0.0)),
        "leftEye": Bone("head", (0.045, HEAD_M - 0.005, 0.125)),
        "rightEye": Bone("head", (-0.045, HEAD_M - 0.005, 0.125)),
    }
    pile = Pile()
    t = np.linspace(0, 1, 13)
    globe = [(float(0.006 + 0.134 * np.sin(np.pi * x) ** 0.62), float(-0.125 + 0.245 * x)) for x in t]
    _turned(pile, "paper", globe, "head", [float(0.30 + 0.55 * np.sin(np.pi * x)) for x in t])
    _turned(
        pile,
        "top",
        [
            (0.158, 0.035),
            (0.166, 0.028),
            (0.150, 0.075),
            (0.105, 0.132),
            (0.050, 0.165),
            (0.018, 0.172),
            (0.012, 0.190),
            (0.001, 0.194),
        ],
        "head",
        [0.15, 0.5, 0.55, 0.6, 0.62, 0.6, 0.6, 0.6],
    )
    _turned(pile, "metal", [(0.160, 0.030), (0.170, 0.024), (0.171, 0.034), (0.163, 0.040)], "head")
    _turned(
        pile,
        "metal",
        [
            (0.060, -0.112),
            (0.070, -0.120),
            (0.064, -0.134),
            (0.046, -0.140),
            (0.020, -0.165),
            (0.010, -0.200),
            (0.001, -0.204),
        ],
        "head",
    )
    ribbons(pile)
    for s, side in ((1, "left"), (-1, "right")):
        a = np.linspace(0, 2 * np.pi, 18, endpoint=False)
        ring = np.stack([0.013 * np.sin(a), 0.019 * np.cos(a), 0 * a], -1)
        centre = arr([s * 0.045, HEAD_M - 0.005, 0.1285])
        points = np.stack([centre + ring, centre + 0.02 * ring + arr([0, 0, 0.004])])
        shut = (points - centre) * arr([0, -0.92, 0])
        pile.grid(
            "dark",
            points,
            f"{side}Eye",
            close=True,
            cap=(False, True),
            tone=0.3,
            flip=True,
            worth=20.0,
            morphs={"blink": shut},
        )
        glint = centre + arr([s * 0.0 + 0.004, 0.007, 0.0055]) + ring * 0.28
        pile.grid(
            "paper",
            np.stack([glint, glint.mean(0) + 0 * glint]),
            f"{side}Eye",
            close=True,
            tone=1.0,
            flip=True,
            worth=20.0,
            morphs={"blink": np.broadcast_to(arr([0, 0, -0.02]), (2, 18, 3))},
        )
    u = np.linspace(-1, 1, 11)
    smile = np.stack([0.020 * u, HEAD_M - 0.043 + 0.009 * u**2, 0.1315 - 0.004 * u**2], -1)
    mouth = np.stack([smile + arr([0, 0.0022, 0]), smile - arr([0, 0.0022, 0])])
    opened = np.stack([0 * smile, np.stack([0 * u, -0.014 * (1 - u**2), 0 * u], -1)])
    pile.grid("dark", mouth, "head", tone=0.3, flip=True, worth=20.0, morphs={"aa": opened})

    def scene(p: Array) -> Array:
        return arr(np.linalg.norm(p - arr([0, HEAD_M, 0]), axis=-1) - 0.10)

    mesh = assemble(pile.parts, bones, scene)
    palette = picture(_COLOURS)
    return Lamp(
        look,
        {
            "guide.glb": encode("Guide", bones, 1.0, mesh, palette, near=True),
            "guide.far.glb": encode("Guide", bones, 1.0, simplified(mesh, 700), palette, near=False),
        },
    )


def ribbons(pile: Pile) -> None:
    """Two short ribbons that hang below the lamp, like bookmarks."""
    for s, tone in ((1.0, 0.55), (-1.0, 0.42)):
        t = np.linspace(0, 1, 9)
        x = s * (0.012 + 0.030 * t)
        y = HEAD_M - 0.190 - 0.20 * t
        z = 0.018 * np.sin(5 * t + s)
        half = arr([-0.014, 0.0, 0.014])
        points = np.stack(
            [
                x[:, None] + half,
                y[:, None] + 0.014 * (np.abs(half) / 0.014) * -smooth(t, 0.85, 1.0)[:, None],
                z[:, None] + 0 * half,
            ],
            -1,
        )
        pile.grid("accent", points, "hips", tone=tone, flip=True)
