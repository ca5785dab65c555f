"""Head and neck as one soft body, and the sheet of points that skins it: crown, face, under the jaw, down into the collar."""

from __future__ import annotations

from typing import Any

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, bump, curve, smooth
from carrel.avatars.looks.bones import HEAD_Y, Weights
from carrel.avatars.looks.field import Field, carve, ellipsoid, first_hit, limb, mirrored, normals, union
from carrel.avatars.looks.mesh import Pile
from carrel.avatars.looks.morphs import face_morphs
from carrel.avatars.looks.shape import Look
from carrel.avatars.looks.surface import Skin

SCALE = 1.05
MIDDLE = arr([0.0, HEAD_Y, 0.0])
MOUTH_Y = -0.0655
EYE_X, EYE_Y = 0.0318, 0.0015


def to_world(local: Any) -> Array:
    """Head units (origin between the eyes) to metres."""
    return arr(arr(local) * SCALE + MIDDLE)


def to_local(points: Array) -> Array:
    """Metres to head units."""
    return arr((points - MIDDLE) / SCALE)


class Head:
    """The head of a look: `field` with neck and `skull` without, both in metres."""

    def __init__(self, look: Look) -> None:
        f, fem = look.face, look.fem
        self.look = look
        self.long = 0.060 * (f.length - 1)
        chin_y = -0.106 - self.long
        half = [
            ellipsoid((0.0, 0.032, -0.014), (0.0735, 0.087, 0.0945)),
            ellipsoid((0.0, 0.050, -0.016), (0.0660, 0.067, 0.0850)),
            ellipsoid((0.0, -0.012, 0.024), (0.0655 * f.width, 0.080, 0.0625)),
            ellipsoid((0.0, -0.066 - self.long * 0.5, 0.022), (0.0560 * f.jaw, 0.046, 0.0580)),
            ellipsoid((0.0, chin_y + 0.006, 0.056), (0.0270 * f.chin, 0.0200, 0.0250)),
            ellipsoid((0.0, -0.064 - self.long * 0.5, 0.064), (0.0290, 0.0220, 0.0240)),
            ellipsoid((0.0355 * f.width, -0.030, 0.052), (0.0235, 0.0200, 0.0235 + 0.004 * (f.cheek - 1) * 4)),
        ]
        mass = union(half, 0.030)
        brow = limb(
            [(0.010, 0.0225, 0.0815), (0.043, 0.0235, 0.0665)], [0.0075 + 0.0016 * (1 - fem), 0.0065], (1, 1, 1)
        )
        socket = ellipsoid((EYE_X, EYE_Y - 0.001, 0.0930), (0.0190, 0.0125, 0.0130))
        shaped = carve(union([mass, brow], 0.014), socket, 0.014)
        tip_y, tip_z = -0.0325 - 0.010 * (f.nose_length - 1), 0.1000 + 0.016 * (f.nose_length - 1)
        nose = union(
            [
                limb(
                    [
                        (0.0, 0.0165, 0.0800),
                        (0.0, -0.008, 0.0895 + 0.004 * (f.nose_bridge - 1) * 4),
                        (0.0, tip_y, tip_z - 0.006),
                    ],
                    [0.0060, 0.0062 + 0.0036 * (f.nose_width - 1), 0.0086 * (0.6 + 0.4 * f.nose_width)],
                ),
                ellipsoid(
                    (0.0085 * f.nose_width, tip_y - 0.0025, tip_z - 0.0145), (0.0068 * f.nose_width, 0.0062, 0.0095)
                ),
            ],
            0.006,
        )
        skull = mirrored(union([shaped, nose], 0.013))
        fold = 0.0016 * f.age

        def local_skull(p: Array) -> Array:
            x, y, z = np.abs(p[..., 0]), p[..., 1], p[..., 2]
            crease = (
                fold
                * bump(x - (0.020 + 0.35 * np.maximum(-0.030 - y, 0)), 0.0, 0.0035)
                * bump(y, -0.052, 0.012)
                * (z > 0.04)
            )
            bag = 0.7 * fold * bump(y + 4 * (x - EYE_X) ** 2, -0.0185, 0.003) * bump(x, EYE_X, 0.012) * (z > 0.04)
            return arr(skull(p) + crease + bag)

        self._skull = local_skull
        thick = 0.0475 + 0.0075 * (1 - fem) + 0.012 * (look.width - 1)
        neck = limb(
            [(0, 1.39, -0.030), (0, 1.46, -0.022), (0, 1.54, -0.014)], [thick * 1.12, thick, thick * 0.98], (1, 1, 1.02)
        )
        self.field: Field = union([self.skull, neck], 0.030)

    def skull(self, p: Array) -> Array:
        """Distance to the head without its neck, metres."""
        return arr(self._skull(to_local(p)) * SCALE)

    def front(self, x: Any, y: Any, off: Any = 0.0) -> Array:
        """Face points (metres) seen from the front at head-unit x, y, lifted by `off` head units along +Z."""
        xb, yb, ob = np.broadcast_arrays(arr(x), arr(y), arr(off))
        start = to_world(np.stack([xb, yb, np.full(xb.shape, 0.16)], -1))
        hit = first_hit(self.skull, start, arr([0.0, 0.0, -1.0]), 0.17 * SCALE)
        hit[..., 2] += ob * SCALE
        return hit

    def around(self, phi: Any, y: Any, off: Any = 0.0, field: Field | None = None) -> Array:
        """Head points at angle `phi` (0 in front, positive to the person's left) and head-unit height y, `off` head units out."""
        ph, yb, ob = np.broadcast_arrays(arr(phi), arr(y), arr(off))
        out = np.stack([np.sin(ph), np.zeros(ph.shape), np.cos(ph)], -1)
        axis = to_world(np.stack([np.zeros(ph.shape), yb, np.full(ph.shape, -0.005)], -1))
        hit = first_hit(field or self.skull, axis + out * 0.2, -out, 0.2)
        return arr(hit + out * (ob * SCALE)[..., None])


# t, origin y, origin z, elevation in front, elevation behind (degrees)
_ROWS = [
    (0.00, 0.000, -0.005, 87, 87),
    (0.06, 0.000, -0.005, 68, 66),
    (0.14, 0.000, -0.005, 46, 44),
    (0.22, 0.000, -0.005, 28, 26),
    (0.30, 0.000, -0.005, 15, 12),
    (0.38, 0.000, -0.005, 6, 2),
    (0.46, 0.000, -0.005, -3, -8),
    (0.54, 0.000, -0.005, -13, -17),
    (0.62, 0.000, -0.005, -24, -25),
    (0.70, 0.000, -0.005, -36, -33),
    (0.77, -0.004, -0.005, -48, -39),
    (0.83, -0.010, -0.005, -59, -42),
    (0.88, -0.030, -0.007, -66, -40),
    (0.92, -0.070, -0.012, -50, -32),
    (0.96, -0.120, -0.018, -18, -12),
    (1.00, -0.185, -0.026, 0, 0),
]


def skin_weights(p: Array) -> Weights:
    """Head above the jaw, neck below it, chest at the collar."""
    y = p[:, 1] + 0.35 * np.maximum(p[:, 2] - 0.03, 0)
    up = smooth(y, 1.475, 1.535)
    low = smooth(y, 1.44, 1.40)
    return {"head": up, "neck": (1 - up) * (1 - low), "chest": (1 - up) * low}


def complexion(look: Look, local: Array) -> Array:
    """Tone of the skin: blush on cheeks, nose tip and ears, a little shade in the sockets and under the jaw."""
    x, y, z = np.abs(local[..., 0]), local[..., 1], local[..., 2]
    face = smooth(z, 0.0, 0.04)
    warm = 0.30 * bump(x, 0.043, 0.017) * bump(y, -0.030, 0.015) + 0.20 * bump(x, 0, 0.010) * bump(y, -0.033, 0.010)
    warm = warm + 0.08 * bump(x, 0, 0.020) * bump(y, -0.105, 0.010)
    shade = 0.16 * bump(x, EYE_X, 0.016) * bump(y, EYE_Y + 0.006, 0.011) + 0.12 * smooth(y, -0.110, -0.145)
    stubble = 0.10 * (1 - look.fem) * smooth(y, -0.045, -0.07) * smooth(x, 0.085, 0.03)
    return arr(0.5 + (warm - shade - stubble) * face - 0.10 * (1 - face) * smooth(y, -0.06, -0.12))


def build_head(pile: Pile, head: Head, columns: int = 44, rows: int = 46) -> None:
    """Adds the skin of head and neck, with its morphs, and two ears."""
    s = np.linspace(-1, 1, columns, endpoint=False)
    phi = np.pi * s - 0.68 * np.sin(np.pi * s)
    t = np.linspace(0, 1, rows)
    oy, oz, front, back = np.moveaxis(curve(t, _ROWS), -1, 0)
    blend = (1 - np.cos(phi)) / 2
    elevation = np.radians(front[:, None] * (1 - blend) + back[:, None] * blend)
    out = np.stack([np.cos(elevation) * np.sin(phi), np.sin(elevation), np.cos(elevation) * np.cos(phi)], -1)
    origin = to_world(np.stack([0 * oy, oy, oz], -1))[:, None, :] + 0 * out
    points = first_hit(head.field, origin + out * 0.22, -out, 0.22, 60)
    local = to_local(points)
    part = pile.grid(
        "skin",
        points,
        skin_weights,
        close=True,
        cap=(True, False),
        tone=complexion(head.look, local),
        flip=True,
        worth=8.0,
        morphs=face_morphs("skin", local, MOUTH_Y, SCALE),
    )
    part.normals[: points.shape[0] * columns] = normals(head.field, points.reshape(-1, 3))
    keen = 1 + 6 * smooth(to_local(part.points)[:, 2], 0.02, 0.06) * smooth(to_local(part.points)[:, 1], -0.13, -0.11)
    part.worth = part.worth * keen
    _ears(pile, head)


def _ears(pile: Pile, head: Head) -> None:
    for s in (1, -1):
        a = np.linspace(0, 2 * np.pi, 14, endpoint=False)[None]
        ring = arr([1.0, 1.13, 1.04, 0.78, 0.42])[:, None]
        lift = arr([-0.016, 0.004, 0.0105, 0.006, 0.001])[:, None]
        y = -0.010 + (0.0285 + 0.002 * np.sin(a)) * ring * np.sin(a)
        z = -0.010 + (0.0165 + 0.0045 * np.sin(a)) * ring * np.cos(a) - 0.16 * (y + 0.010)
        side = float(to_local(head.around(s * np.pi / 2, -0.008))[0]) * s
        lobe = 0.62 + 0.38 * smooth(np.sin(a), -1.0, 0.4)
        x = (
            side
            - 0.002
            + lift * lobe * (0.62 + 0.8 * smooth(np.cos(a), 0.3, -0.8) * (lift > 0))
            - 0.004 * smooth(np.sin(a), -0.3, -1.0)
        )
        points = to_world(np.stack(np.broadcast_arrays(s * x, y, z), -1))
        pile.grid(
            "skin",
            points,
            "head",
            close=True,
            cap=(False, True),
            flip=s > 0,
            tone=0.62,
            worth=25.0,
            shade=arr([0.85, 0.95, 1, 0.74, 0.62])[:, None],
        )


def bare(skin: Skin) -> Skin:
    """The same surface without rim shading."""
    return Skin(skin.points, skin.normals, skin.faces, np.zeros(len(skin.points)))
