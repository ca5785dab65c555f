"""Eyes with lids that sweep over the ball, brows, lips, moustache and beard, glasses."""

from __future__ import annotations

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, bump, smooth, unit
from carrel.avatars.looks.bones import SIDES
from carrel.avatars.looks.field import grown
from carrel.avatars.looks.head import EYE_X, EYE_Y, MOUTH_Y, SCALE, Head, bare, to_local, to_world
from carrel.avatars.looks.mesh import Pile
from carrel.avatars.looks.morphs import Kind, face_morphs
from carrel.avatars.looks.surface import shell

WORTH = 600.0


def _eye(pile: Pile, head: Head, s: int, side: str) -> None:
    face = head.look.face
    r = 0.0172 * SCALE * face.eye
    surface = float(to_local(head.front(EYE_X, EYE_Y))[2])
    c = to_world((s * EYE_X, EYE_Y, surface + 0.0030 - r / SCALE))
    bone = f"{side}Eye"
    az = np.linspace(0, 2 * np.pi, 16, endpoint=False)

    def cap(near: float, far: float, slot: str, rows: int, tone: Array | float, lift: float) -> None:
        an = np.radians(np.linspace(near, far, rows))[:, None]
        aim = unit(
            np.stack(
                [np.sin(an) * np.cos(az) - s * 0.06 * np.cos(an), np.sin(an) * np.sin(az), np.cos(an) + 0 * az], -1
            )
        )
        pile.grid(
            slot,
            c + (r + lift) * aim,
            bone,
            close=True,
            cap=(near < 2, False),
            tone=tone,
            flip=False,
            worth=WORTH,
            shade=1.6,
        )

    cap(32, 88, "sclera", 4, arr([0.60, 0.55, 0.40, 0.25])[:, None], 0.0)
    cap(
        14,
        34,
        "iris",
        4,
        np.stack([0.92 - 0.10 * np.sin(az), 0.80 - 0.16 * np.sin(az), 0.66 - 0.20 * np.sin(az), 0.15 + 0 * az]),
        0.00015,
    )
    cap(1, 15, "dark", 2, 0.3, 0.0003)
    aim = unit(arr([0.20, 0.27, 1.0]))
    across, upward = unit(np.cross(arr([0.0, 1.0, 0.0]), aim)), arr([0.0, 1.0, 0.0])
    ring = c + (r + 0.0007) * aim + 0.0022 * (np.cos(az)[:, None] * across + np.sin(az)[:, None] * upward)
    hide = np.broadcast_to(arr([0.0, 0.0, -0.010]), ring.shape)
    glint = np.stack([ring, 0 * ring + c + (r + 0.0009) * aim])
    pile.grid("paper", glint, "head", close=True, tone=1.0, worth=WORTH, morphs={"blink": np.stack([hide, hide])})

    al = np.radians(np.linspace(-80, 80, 15))
    arch = np.cos(al) ** 0.6
    lean = face.tilt * np.sin(al) * s
    droop = np.radians(4.0) * face.age * smooth(al * s, 0.2, 1.2)
    upper = np.radians(26.0 * face.eye_open) * arch + lean - droop
    lower = -np.radians(23.0) * arch + lean
    shut = -np.radians(20.0) * arch + lean

    def sheet(edge: Array, outer: Array, lift: float, rows: int) -> Array:
        el = edge[None] + (outer - edge)[None] * np.linspace(0, 1, rows)[:, None]
        return arr(c + (r + lift) * np.stack([np.sin(al) * np.cos(el), np.sin(el), np.cos(al) * np.cos(el)], -1))

    top, bottom = np.radians(84) * np.cos(al) ** 0.4, -np.radians(82) * np.cos(al) ** 0.4
    tone = arr([0.36, 0.36, 0.40, 0.44, 0.48, 0.5])[:, None]
    still, closed = sheet(upper, top, 0.0021, 6), sheet(shut, top, 0.0021, 6)
    pile.grid(
        "skin",
        still,
        "head",
        tone=tone,
        shade=arr([0.86, 0.95, 1, 1, 1, 1])[:, None],
        flip=False,
        worth=WORTH,
        morphs={"blink": closed - still},
    )
    low = sheet(lower, bottom, 0.0014, 4)
    pile.grid(
        "skin",
        low,
        "head",
        tone=arr([0.60, 0.5, 0.5, 0.5])[:, None],
        flip=True,
        worth=WORTH,
        morphs={"smile": face_morphs("lower lid", to_local(low), MOUTH_Y, SCALE)["smile"]},
    )
    thick = (
        np.radians(2.6 + 3.0 * face.lashes + 3.2 * face.lashes * smooth(al * s, -0.2, 1.3))
        * np.clip(np.cos(al), 0.02, 1) ** 0.9
    )

    def lash(edge: Array) -> Array:
        rows = [
            c + (r + lift) * np.stack([np.sin(al) * np.cos(e), np.sin(e), np.cos(al) * np.cos(e)], -1)
            for e, lift in ((edge - np.radians(1.5), 0.0025), (edge + thick, 0.0028))
        ]
        return arr(np.stack(rows))

    pile.grid("dark", lash(upper), "head", tone=0.35, worth=WORTH, morphs={"blink": lash(shut) - lash(upper)})


def _brow(pile: Pile, head: Head, s: int) -> None:
    f = head.look.face
    t = np.linspace(0, 1, 10)
    x = 0.0125 + 0.0385 * t * f.width
    y = 0.0265 + 0.0065 * f.arch * np.sin(np.pi * t**0.85 * 0.92) - 0.0045 * t**2
    half = 0.0034 * f.brow * (1 - t) ** 0.45 * (0.7 + 0.3 * smooth(t, 0, 0.3)) + 0.0003
    rows = [
        head.front(s * x, y + d * half, o) for d, o in ((-1.0, 0.0002), (-0.3, 0.0022), (0.5, 0.0018), (1.0, 0.0003))
    ]
    points = np.stack(rows)
    down = np.broadcast_to(arr([0.0, -0.0012, 0.0]), points.shape)
    pile.grid(
        "brow",
        points,
        "head",
        flip=s < 0,
        tone=arr([0.40, 0.5, 0.52, 0.45])[:, None],
        worth=WORTH,
        morphs={"blink": down},
    )


def _lips(pile: Pile, head: Head) -> None:
    f = head.look.face
    u = np.linspace(-1, 1, 17)
    x = 0.0228 * f.lip_width * u
    full = np.clip(1 - np.abs(u) ** 2.1, 0, 1) ** 0.85
    seam = MOUTH_Y + 0.0024 * f.smile * np.abs(u) ** 2.2 - 0.0006
    upper = seam + 0.0070 * f.lip * full * (1 - 0.24 * bump(u, 0, 0.14)) + 0.0002
    lower = seam - 0.0082 * f.lip * full * (1 - 0.12 * u * u) - 0.0002
    sheets: tuple[tuple[Array, Kind, tuple[float, ...], bool], ...] = (
        (upper, "upper lip", (0.10, 0.34, 0.44, 0.52), False),
        (lower, "lower lip", (0.12, 0.60, 0.72, 0.52), True),
    )
    for edge, kind, tones, flip in sheets:
        rows = [
            head.front(x, seam + (edge - seam) * t, o * (0.25 + 0.75 * full))
            for t, o in ((0, 0.0008), (0.3, 0.0040), (0.7, 0.0036), (1, -0.0006))
        ]
        points = np.stack(rows)
        pile.grid(
            "lip",
            points,
            "head",
            flip=flip,
            tone=arr(tones)[:, None],
            worth=WORTH,
            morphs=face_morphs(kind, to_local(points), MOUTH_Y, SCALE),
        )
    inner = np.stack([head.front(x * 0.96, seam + d, 0.0014) for d in (0.0, -0.0002, -0.0005)])
    part_local = to_local(inner)
    part_local[..., 1] += MOUTH_Y - seam
    pile.grid(
        "mouth",
        inner,
        "head",
        flip=True,
        tone=arr([0.2, 0.35, 0.6])[:, None],
        worth=WORTH,
        morphs=face_morphs("inner mouth", part_local, MOUTH_Y, SCALE),
    )


def _beard(pile: Pile, head: Head) -> None:
    b = head.look.face.beard
    long = 0.030 * max(b - 0.6, 0)

    def thick(p: Array) -> Array:
        q = to_local(p)
        x, y, z = np.abs(q[..., 0]), q[..., 1], q[..., 2]
        rough = 0.0009 * np.sin(q[..., 0] * 520 + 3 * np.sin(y * 160)) * smooth(y, -0.04, -0.08)
        body = (
            0.0030
            + 0.0105 * b * smooth(y, -0.045, -0.100) * smooth(z, -0.01, 0.05)
            + long * smooth(y, -0.085, -0.12) * smooth(x, 0.05, 0.0)
        )
        return arr((body + rough) * SCALE)

    field = grown(head.skull, thick)

    def keep(p: Array) -> Array:
        q = to_local(p)
        x, y, z = np.abs(q[..., 0]), q[..., 1], q[..., 2]
        cheek = -0.074 + 0.030 * smooth(x, 0.022, 0.046) + 0.060 * smooth(x, 0.057, 0.071)
        chin = 0.0055 * bump(x, 0, 0.010) * (y > -0.09)
        upper = cheek - y - chin
        ear = z - (-0.004 + 0.30 * np.maximum(-0.03 - y, 0))
        under = y - (-0.150 - long) + 0 * z
        return arr(np.minimum(np.minimum(upper, ear * 1.2), under))

    low, high = to_world((-0.09, -0.20, -0.03)), to_world((0.09, 0.03, 0.13))
    skin = shell(field, low.tolist(), high.tolist(), (0.0085,) * 3, keep, 0.004)
    local = to_local(skin.points)
    tone = (
        0.46
        + 0.12 * np.sin(local[:, 0] * 430 + 2 * np.sin(local[:, 1] * 120))
        - 0.15 * smooth(local[:, 1], -0.10, -0.14)
    )
    pile.add("brow", bare(skin), "head", tone, worth=9.0, morphs=face_morphs("beard", local, MOUTH_Y, SCALE))
    for s in (1, -1):
        t = np.linspace(0, 1, 8)
        x = s * (0.0008 + 0.0285 * t)
        y = -0.0500 - 0.0035 * t - 0.0125 * t**2.6
        half = 0.0046 * (1 - t) ** 0.4 + 0.0008
        rows = [
            head.front(x, y + d * half, o * (1 - 0.5 * t)) for d, o in ((-1.0, 0.0012), (0.0, 0.0046), (1.0, 0.0004))
        ]
        points = np.stack(rows)
        pile.grid(
            "brow",
            points,
            "head",
            flip=s < 0,
            tone=0.5,
            worth=8.0,
            morphs=face_morphs("moustache", to_local(points), MOUTH_Y, SCALE),
        )


def build_glasses(pile: Pile, head: Head) -> None:
    round_ = head.look.glasses == "round"
    z0 = float(to_local(head.front(0.0, 0.010))[2]) + 0.004
    wide = float(to_local(head.around(np.pi / 2, 0.0))[0])
    power = 1.0 if round_ else 0.62
    rx, ry = (0.0235, 0.0225) if round_ else (0.0250, 0.0190)
    bar = 0.0012 if round_ else 0.0018
    slot = "metal" if round_ else "dark"
    for s in (1, -1):
        a = np.linspace(0, 2 * np.pi, 25)
        cx, sx = np.cos(a), np.sin(a)
        x = EYE_X + 0.0015 + rx * np.sign(cx) * np.abs(cx) ** power
        ring = to_world(
            np.stack(
                [
                    s * x,
                    -0.0015 + ry * np.sign(sx) * np.abs(sx) ** power,
                    z0 + 0.001 - 2.0 * np.maximum(x - 0.01, 0) ** 2,
                ],
                -1,
            )
        )
        pile.tube(slot, ring, arr(bar), "head", sides=5, cap=(False, False), worth=60.0)
        edge = EYE_X + 0.0015 + rx
        arm = arr(
            [[s * edge, 0.006, z0 - 0.006], [s * (wide + 0.002), 0.007, 0.045], [s * (wide + 0.003), 0.004, -0.010]]
        )
        pile.tube(slot, to_world(arm), arr(bar), "head", sides=4, up=(0, 1, 0), worth=60.0)
    bridge = arr([[-0.0095, 0.003, z0 + 0.001], [0, 0.0065, z0 + 0.0035], [0.0095, 0.003, z0 + 0.001]])
    pile.tube(slot, to_world(bridge), arr(bar), "head", sides=4, up=(0, 1, 0), worth=60.0)


def build_features(pile: Pile, head: Head) -> None:
    """Everything on the face."""
    for s, side in SIDES:
        _eye(pile, head, s, side)
        _brow(pile, head, s)
    _lips(pile, head)
    if head.look.face.beard > 0:
        _beard(pile, head)
    if head.look.glasses != "none":
        build_glasses(pile, head)
