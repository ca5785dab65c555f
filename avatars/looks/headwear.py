"""Headscarf, turban and hat."""

from __future__ import annotations

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, bump, line, smooth
from carrel.avatars.looks.bones import Weights
from carrel.avatars.looks.field import Field, ellipsoid, grown, limb, slices, union
from carrel.avatars.looks.hair import angle
from carrel.avatars.looks.head import SCALE, Head, to_local, to_world
from carrel.avatars.looks.mesh import Pile
from carrel.avatars.looks.surface import shell

FOLDS = 100.0


def _scarf_weights(p: Array) -> Weights:
    up = smooth(p[:, 1], 1.455, 1.52)
    low = smooth(p[:, 1], 1.455, 1.40)
    return {"head": up, "neck": (1 - up) * (1 - low), "chest": (1 - up) * low}


def _hijab(pile: Pile, head: Head, upper: Field) -> Field:
    """A soft scarf: close over the crown, an oval round the face, folds gathered at the throat and lying on the shoulders."""
    cowl = slices(
        [
            (0.02, 0.083, 0.058, 0.104),
            (-0.04, 0.084, 0.052, 0.098),
            (-0.085, 0.078, 0.062, 0.088),
            (-0.115, 0.074, 0.070, 0.080),
            (-0.150, 0.082, 0.070, 0.078),
            (-0.185, 0.105, 0.066, 0.088),
        ],
        2.1,
        0.0,
    )
    lap = limb(
        [(-0.050, -0.130, 0.050), (0.020, -0.158, 0.082), (0.085, -0.165, 0.030)], [0.012, 0.017, 0.012], (1, 1.2, 1)
    )

    def cloth(p: Array) -> Array:
        q = to_local(p)
        phi, y = angle(q), q[..., 1]
        return arr(
            0.0016 * np.sin(26 * phi + 60 * y + 3 * np.sin(2 * phi)) * smooth(y, 0.09, -0.06)
            + 0.0017 * np.sin(62 * y + 2.4 * np.cos(phi - 0.6)) * smooth(y, -0.095, -0.125)
        )

    skull = grown(head.skull, 0.0105 * SCALE)
    cape = grown(upper, 0.011)
    soft = union([skull, lambda p: arr(cowl(to_local(p)) * SCALE), lambda p: arr(lap(to_local(p)) * SCALE)], 0.030)
    field = grown(union([soft, lambda p: np.maximum(cape(p), p[..., 1] - 1.45)], 0.028), cloth)

    def keep(p: Array) -> Array:
        q = to_local(p)
        x, y, z = q[..., 0], q[..., 1], q[..., 2]
        oval = np.hypot(x / 0.0600, (y + 0.022) / np.where(y > -0.022, 0.094, 0.089)) - 1
        face = np.where(z > 0.0, oval * 0.06, 0.05)
        drop = -0.215 - 0.055 * bump(x, 0.02, 0.06) * smooth(z, 0.0, 0.05) - 0.030 * smooth(z, 0.0, -0.06)
        hem = y - drop - 1.7 * np.maximum(np.abs(x) - 0.058, 0)
        return arr(np.minimum(face, hem))

    low, high = to_world((-0.20, -0.36, -0.20)), to_world((0.20, 0.15, 0.18))
    skin = shell(field, low.tolist(), high.tolist(), (0.0135,) * 3, keep, 0.010)
    q = to_local(skin.points)
    skin = skin.where(head.skull(skin.points) > -0.004)
    q = to_local(skin.points)
    tone = 0.5 + 40 * cloth(skin.points) - 0.10 * smooth(q[:, 1], -0.08, -0.12) * smooth(q[:, 1], -0.20, -0.14)
    pile.add("headwear", skin, _scarf_weights, np.clip(tone, 0.1, 0.9), lowered=True, worth=4.0)
    return lambda p: arr(np.maximum(field(p), -keep(p)))


def _winding(x: Array, y: Array, z: Array) -> Array:
    """Which turn of the cloth a place lies on: turns rise to the sides from a point above the brow."""
    return arr(y - 0.42 * np.sqrt(x * x + 0.0001) + 0.16 * z)


def _turban(pile: Pile, head: Head) -> Field:
    """Wound cloth: a body wider than the crown, with the windings as raised diagonal folds."""
    body = union(
        [ellipsoid((0, 0.086, -0.016), (0.090, 0.056, 0.107)), ellipsoid((0, 0.112, -0.020), (0.070, 0.046, 0.086))],
        0.02,
    )

    def field(p: Array) -> Array:
        q = to_local(p)
        x, y, z = q[..., 0], q[..., 1], q[..., 2]
        wind = _winding(x, y, z)
        fold = 0.0034 * np.abs(np.sin(wind * FOLDS)) ** 0.8
        return arr((body(q) - fold) * SCALE)

    def keep(p: Array) -> Array:
        q = to_local(p)
        a = np.abs(angle(q))
        return arr(
            q[..., 1] - line(a, ((0, 0.062), (0.6, 0.050), (1.2, 0.016), (1.6, 0.002), (2.2, -0.016), (3.15, -0.026)))
        )

    low, high = to_world((-0.13, -0.04, -0.16)), to_world((0.13, 0.19, 0.13))
    skin = shell(field, low.tolist(), high.tolist(), (0.0085,) * 3, keep, 0.012)
    q = to_local(skin.points)
    wind = _winding(q[:, 0], q[:, 1], q[:, 2])
    pile.add("headwear", skin, "head", np.clip(0.28 + 0.36 * np.abs(np.sin(wind * FOLDS)), 0, 1), worth=7.0)
    return field


def _hat(pile: Pile, head: Head) -> None:
    """A soft brimmed hat, turned as one profile, a little tilted back."""
    a = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    profile = arr(
        [
            (0.074, 0.050),
            (0.085, 0.056),
            (0.120, 0.0555),
            (0.134, 0.0535),
            (0.136, 0.0560),
            (0.122, 0.0600),
            (0.089, 0.0625),
            (0.0865, 0.080),
            (0.0845, 0.115),
            (0.080, 0.140),
            (0.068, 0.152),
            (0.045, 0.155),
            (0.020, 0.1535),
        ]
    )
    r, y = profile[:, 0][:, None], profile[:, 1][:, None]
    brim = smooth(r, 0.09, 0.13)
    points = np.stack([0.98 * r * np.sin(a), y - brim * 0.010 * np.cos(2 * a), 1.16 * r * np.cos(a) - 0.012], -1)
    points[..., 1] -= points[..., 2] * 0.16
    shade = arr([0.6, 0.7, 0.9, 1, 1, 1, 0.75, 0.95, 1, 1, 1, 1, 1])[:, None]
    tone = arr([0.2, 0.3, 0.35, 0.5, 0.6, 0.52, 0.45, 0.48, 0.5, 0.55, 0.6, 0.6, 0.6])[:, None]
    pile.grid("headwear", to_world(points), "head", close=True, cap=(False, True), tone=tone, shade=shade, worth=12.0)
    ring = arr([(0.0905, 0.063), (0.0892, 0.083), (0.0862, 0.084)])
    r, y = ring[:, 0][:, None], ring[:, 1][:, None]
    band = np.stack([0.98 * r * np.sin(a), y + 0 * a, 1.16 * r * np.cos(a) - 0.012], -1)
    band[..., 1] -= band[..., 2] * 0.16
    pile.grid("accent", to_world(band), "head", close=True, worth=2.0)


def build_headwear(pile: Pile, head: Head, upper: Field) -> Field | None:
    """Adds what a look wears on its head; returns its field for occlusion where it has one. `upper` is the dressed trunk."""
    wrap = head.look.wrap
    if wrap == "hijab":
        return _hijab(pile, head, upper)
    if wrap == "turban":
        return _turban(pile, head)
    if wrap == "hat":
        _hat(pile, head)
    return None
