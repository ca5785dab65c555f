"""Hair as soft shells over the skull, cut along a hairline, with buns, tails and curtains growing out of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, bump, line, smooth
from carrel.avatars.looks.bones import Weights
from carrel.avatars.looks.field import Field, ellipsoid, grown, limb, slices, union
from carrel.avatars.looks.head import SCALE, Head, to_local, to_world
from carrel.avatars.looks.mesh import Pile
from carrel.avatars.looks.surface import shell

Line = Sequence[tuple[float, float]]

NAPE: Line = (
    (0, 0.078),
    (0.45, 0.076),
    (0.75, 0.066),
    (0.98, 0.046),
    (1.14, 0.024),
    (1.26, -0.004),
    (1.42, -0.008),
    (1.58, 0.010),
    (1.80, 0.004),
    (1.98, -0.034),
    (2.4, -0.072),
    (3.15, -0.084),
)
SOFT: Line = (
    (0, 0.076),
    (0.45, 0.073),
    (0.80, 0.060),
    (1.05, 0.038),
    (1.25, 0.014),
    (1.45, 0.006),
    (1.62, 0.008),
    (1.95, -0.030),
    (2.4, -0.076),
    (3.15, -0.086),
)


@dataclass(frozen=True, slots=True)
class Style:
    """A hair style: the hairline (|angle|, head-unit height), thickness over (|angle|, height), strand ripple, and what grows from it."""

    hairline: Line
    thick: Callable[[Array, Array], Array]
    ripple: float = 0.0011
    strands: float = 17.0
    curl: float = 0.0
    curtain: Sequence[Sequence[float]] = ()
    extra: Callable[[], Field] | None = None
    low: float = -0.12
    part: float = 0.0
    shift: float = 0.0


def _bun() -> Field:
    return union(
        [ellipsoid((0, 0.050, -0.128), (0.042, 0.040, 0.036)), ellipsoid((0, 0.047, -0.105), (0.030, 0.028, 0.030))],
        0.02,
    )


def _tail() -> Field:
    return limb(
        [(0, 0.052, -0.108), (0, 0.050, -0.138), (0, -0.02, -0.146), (0, -0.12, -0.124), (0, -0.20, -0.116)],
        [0.020, 0.025, 0.028, 0.022, 0.007],
    )


def _braid() -> Field:
    t = np.linspace(0, 1, 9)
    points = np.stack(
        [0.02 + 0.062 * smooth(t, 0.05, 0.5), -0.055 - 0.235 * t, -0.090 + 0.150 * smooth(t, 0.12, 0.62)], -1
    )
    beads = [
        ellipsoid(p.tolist(), (0.0205 - 0.006 * k, 0.0205, 0.0195 - 0.006 * k)) for p, k in zip(points, t, strict=True)
    ]
    return union([ellipsoid((0.012, -0.035, -0.092), (0.030, 0.036, 0.022)), *beads], 0.008)


STYLES: Mapping[str, Style] = {
    "crop": Style(NAPE, lambda a, y: 0.0065 + 0.002 * smooth(y, 0.0, 0.06), 0.0004, 40),
    "side": Style(
        (
            (0, 0.071),
            (0.35, 0.076),
            (0.75, 0.064),
            (1.0, 0.044),
            (1.14, 0.022),
            (1.26, -0.006),
            (1.42, -0.010),
            (1.58, 0.010),
            (1.80, 0.004),
            (1.98, -0.034),
            (2.4, -0.072),
            (3.15, -0.084),
        ),
        lambda a, y: 0.0070 + 0.0160 * smooth(y, 0.00, 0.085) + 0.008 * bump(a, 0.2, 0.5) * smooth(y, 0.055, 0.09),
        0.0020,
        11,
        part=0.55,
        shift=0.22,
    ),
    "rim": Style(
        (
            (0, 0.140),
            (0.95, 0.140),
            (1.12, 0.040),
            (1.26, 0.002),
            (1.42, -0.006),
            (1.58, 0.010),
            (1.80, 0.004),
            (1.98, -0.034),
            (2.4, -0.072),
            (3.15, -0.082),
        ),
        lambda a, y: 0.0125 * smooth(y, 0.084, 0.050) - 0.0040,
        0.0005,
        30,
    ),
    "long": Style(
        (
            (0, 0.080),
            (0.40, 0.074),
            (0.70, 0.050),
            (0.92, 0.0),
            (1.12, -0.080),
            (1.30, -0.190),
            (1.6, -0.262),
            (2.2, -0.290),
            (3.15, -0.300),
        ),
        lambda a, y: 0.0130 + 0.006 * smooth(y, 0.02, 0.08),
        0.0016,
        13,
        curtain=(
            (0.03, 0.078, 0.036, 0.100),
            (-0.05, 0.088, 0.036, 0.100),
            (-0.12, 0.092, 0.034, 0.100),
            (-0.19, 0.100, 0.030, 0.120),
            (-0.33, 0.090, 0.02, 0.128),
        ),
        low=-0.36,
    ),
    "wavy": Style(
        (
            (0, 0.076),
            (0.40, 0.069),
            (0.68, 0.046),
            (0.88, 0.0),
            (1.02, -0.070),
            (1.16, -0.140),
            (1.6, -0.172),
            (3.15, -0.180),
        ),
        lambda a, y: 0.0175 + 0.006 * smooth(y, 0.02, 0.08),
        0.0028,
        11,
        curtain=(
            (0.03, 0.082, 0.046, 0.106),
            (-0.04, 0.094, 0.048, 0.108),
            (-0.10, 0.100, 0.048, 0.106),
            (-0.15, 0.100, 0.044, 0.108),
            (-0.21, 0.088, 0.03, 0.098),
        ),
        low=-0.24,
        shift=-0.20,
    ),
    "bun": Style(SOFT, lambda a, y: 0.0085 + 0.005 * smooth(y, 0.0, 0.08), 0.0009, 21, extra=_bun),
    "tail": Style(SOFT, lambda a, y: 0.0085 + 0.006 * smooth(y, 0.0, 0.08), 0.0010, 21, extra=_tail, low=-0.24),
    "braid": Style(
        SOFT, lambda a, y: 0.0085 + 0.005 * smooth(y, 0.0, 0.08), 0.0009, 19, extra=_braid, low=-0.33, part=0.02
    ),
    "afro": Style(
        (
            (0, 0.072),
            (0.6, 0.066),
            (0.95, 0.046),
            (1.16, 0.018),
            (1.28, -0.012),
            (1.44, -0.012),
            (1.60, 0.004),
            (2.0, -0.050),
            (3.15, -0.088),
        ),
        lambda a, y: 0.013 + 0.034 * smooth(y, -0.02, 0.10),
        0.0,
        curl=0.0042,
    ),
    "curls": Style(
        (
            (0, 0.062),
            (0.5, 0.060),
            (0.90, 0.044),
            (1.14, 0.012),
            (1.28, -0.014),
            (1.44, -0.014),
            (1.62, 0.002),
            (2.0, -0.050),
            (3.15, -0.088),
        ),
        lambda a, y: 0.011 + 0.017 * smooth(y, -0.03, 0.06),
        0.0,
        curl=0.0065,
    ),
}


def _weights(p: Array) -> Weights:
    fall = smooth(p[:, 1], 1.50, 1.36) * 0.8
    return {"head": 1 - fall, "chest": fall}


def parted(phi: Array, shift: float) -> Array:
    """Absolute angle from a parting that lies `shift` radians to the left in front and nowhere behind."""
    return arr(np.abs(phi - shift * np.maximum(np.cos(phi), 0.0)))


def angle(local: Array) -> Array:
    """Angle about the vertical axis, 0 in front, positive to the person's left."""
    return arr(np.arctan2(local[..., 0], local[..., 2] + 0.005))


def hair_field(head: Head, style: Style) -> Field:
    """The hair's outer surface, metres."""

    def thick(p: Array) -> Array:
        q = to_local(p)
        phi = angle(q)
        a, y = parted(phi, style.shift), q[..., 1]
        reach, least = (0.045, 0.18) if style.curl else (0.020, 0.40)
        edge = np.clip((y - line(a, style.hairline)) / reach, 0.0, 1.0) ** 0.6 if not style.curtain else 1.0
        t = style.thick(a, y) * (least + (1 - least) * edge)
        fade = smooth(y, 0.118, 0.06)
        t = t + style.ripple * np.sin(phi * style.strands + 14 * y) * fade
        if style.part:
            t = t - 0.006 * bump(q[..., 0], style.part * 0.06, 0.006) * smooth(q[..., 2], -0.03, 0.02) * smooth(
                y, 0.05, 0.08
            )
        if style.curl:
            x, z = q[..., 0], q[..., 2]
            t = t + style.curl * np.sin(x * 118 + 2 * np.sin(y * 70)) * np.sin(y * 112 + 1.3 + np.sin(z * 60)) * np.sin(
                z * 115 + 0.4
            )
        return arr(t * SCALE)

    body = grown(head.skull, thick)
    more: list[Field] = []
    if style.curtain:
        drape = slices(style.curtain, 2.1, -0.004)

        def curtain(p: Array) -> Array:
            q = to_local(p)
            phi = angle(q)
            wave = style.ripple * np.sin(
                phi * style.strands + 60 * style.ripple * np.sin(q[..., 1] * 70)
            ) + style.ripple * np.sin(q[..., 1] * 60) * (style.ripple > 0.002)
            return arr((drape(q) - wave) * SCALE)

        more.append(curtain)
    if style.extra is not None:
        extra = style.extra()
        more.append(lambda p: arr(extra(to_local(p)) * SCALE))
    return union([body, *more], 0.014) if more else body


def build_hair(pile: Pile, head: Head) -> Field | None:
    """Adds the hair of a look and returns its field (None when the head is bare)."""
    style = STYLES.get(head.look.hair)
    if style is None:
        return None
    field = hair_field(head, style)

    def keep(p: Array) -> Array:
        q = to_local(p)
        over = q[..., 1] - line(parted(angle(q), style.shift), style.hairline)
        if style.extra is not None:
            tail = style.extra()(q)
            over = np.maximum(over, 0.006 - tail)
        if head.look.wrap == "hat":
            over = np.minimum(over, 0.062 - 0.16 * q[..., 2] - q[..., 1])
        return arr(over)

    low, high = to_world((-0.15, style.low, -0.185)), to_world((0.15, 0.20, 0.16))
    skin = shell(field, low.tolist(), high.tolist(), (0.0105,) * 3, keep, 0.007)
    skin = skin.where(head.skull(skin.points) > -0.0045)
    q = to_local(skin.points)
    phi, y = angle(q), q[:, 1]
    sheen = (
        0.42
        + 0.26 * bump(y + 0.03 * np.cos(phi), 0.072, 0.020)
        + 0.14 * np.sin(phi * style.strands * 2 + 40 * y + 2 * np.sin(7 * phi))
        - 0.14 * smooth(y, 0.0, -0.2)
    )
    if style.curl:
        sheen = (
            0.40 + 30 * (head.skull(skin.points) / SCALE - style.thick(np.abs(phi), y)) + 0.12 * smooth(y, 0.03, 0.14)
        )
    pile.add("hair", skin, _weights, np.clip(sheen, 0.05, 0.95), worth=7.0)
    if head.look.hair == "bun":
        pin = to_world([[-0.060, 0.072, -0.128], [0.064, 0.044, -0.140]])
        pile.tube("metal", pin, arr(0.0026), "head", sides=5, worth=2.0)
    if head.look.hair in ("tail", "braid"):
        tie = to_world(
            [[0, 0.050, -0.112], [0, 0.049, -0.128]]
            if head.look.hair == "tail"
            else [[0.078, -0.262, 0.058], [0.079, -0.274, 0.058]]
        )
        pile.tube(
            "accent",
            tie,
            arr(0.024 if head.look.hair == "tail" else 0.015),
            "head" if head.look.hair == "tail" else _weights,
            sides=10,
            up=(0, 1, 0) if head.look.hair == "tail" else (0, 0, 1),
            worth=2.0,
        )
    return lambda p: arr(np.maximum(field(p), -keep(p)))
