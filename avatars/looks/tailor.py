"""Sewing: shells cut from the body's field, strips laid on them, collars, bands, cuffs, buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, bump, line, smooth
from carrel.avatars.looks.bones import LOWER_ARM_M, SIDES, UPPER_ARM_M, Weights
from carrel.avatars.looks.field import Field, grown, normals, settle, union
from carrel.avatars.looks.figure import Figure
from carrel.avatars.looks.head import Head
from carrel.avatars.looks.limbs import arm_weights
from carrel.avatars.looks.mesh import Pile
from carrel.avatars.looks.surface import shell

Open = Sequence[tuple[float, float]]  # rows (height, half width of the front opening), metres
WRIST_M = UPPER_ARM_M + LOWER_ARM_M


def collar_height(p: Array, base: float = 1.437) -> Array:
    """Height of a neckline that is lower in front than behind."""
    return arr(base - 0.40 * (p[..., 2] + 0.02))


class Tailor:
    """Makes the garments of one figure into one pile."""

    def __init__(self, pile: Pile, figure: Figure, head: Head) -> None:
        self.pile, self.figure, self.head = pile, figure, head
        self.neck: Field = union([figure.trunk, head.field], 0.02)

    def folds(self, loose: float) -> Field:
        """Cloth thickness with folds at waist, elbows, armpits and wrists; `loose` metres of ease."""
        figure = self.figure

        def cloth(p: Array) -> Array:
            x, y, z = np.abs(p[..., 0]), p[..., 1], p[..., 2]
            t = figure.along_arm(p)
            sleeve = smooth(t, 0.04, 0.10)
            waist = np.sin(y * 58 + 2.2 * np.sin(6 * x) + 5 * z) * bump(y, 1.07, 0.055) * (1 - sleeve)
            elbow = np.sin(t * 150 + 40 * z) * bump(t, UPPER_ARM_M, 0.055) * sleeve
            cuff = np.sin(t * 110 + 30 * z) * bump(t, WRIST_M - 0.06, 0.05) * sleeve
            pit = (
                np.sin((y - 0.8 * x) * 120)
                * bump(x, figure.shoulder_m - 0.02, 0.05)
                * bump(y, 1.27, 0.05)
                * (1 - sleeve)
            )
            return arr(loose + (0.10 + 0.22 * loose) * 0.020 * (waist + 1.2 * elbow + cuff + 0.8 * pit))

        return cloth

    def top(
        self,
        slot: str,
        loose: float,
        hem: float,
        *,
        sleeve: float = WRIST_M - 0.02,
        opening: Open = (),
        neck: float = 1.437,
        cell: float = 0.0215,
        flare: float = 0.0,
        ease: Callable[[Array], Array] | None = None,
        depth: float = 0.009,
        legs: float = 0.7,
    ) -> Field:
        """A garment on trunk and arms in one piece. `opening` is cut out in front; `flare` metres stand off at the hem."""
        figure = self.figure
        cloth = self.folds(loose)
        drop = min(hem, 0.99)

        def thick(p: Array) -> Array:
            out = cloth(p) + flare * smooth(p[..., 1], 1.00, drop)
            return arr(out if ease is None else out + ease(p))

        field = grown(figure.upper, thick)

        def keep(p: Array) -> Array:
            t = figure.along_arm(p)
            k = np.minimum(np.where(t > 0.05, 1.0, p[..., 1] - hem), sleeve - t)
            k = np.minimum(k, collar_height(p, neck) - p[..., 1])
            if opening:
                gap = line(p[..., 1], opening)
                k = np.minimum(k, np.where(p[..., 2] > 0.0, np.abs(p[..., 0]) - gap, 1.0))
            return arr(k)

        x = figure.shoulder_m + 0.42
        low, high = (-x, min(hem, 0.94) - 0.06, -0.22), (x, 1.50, 0.26)
        skin = shell(field, low, high, (cell,) * 3, keep, depth)
        tone = 0.5 + 55 * (cloth(skin.points) - loose)
        self.pile.add(slot, skin, figure.weigh(legs), np.clip(tone, 0.15, 0.88), lowered=True)
        return field

    def inset(
        self,
        slot: str,
        field: Field,
        opening: Open,
        low: float,
        high: float,
        margin: float,
        cell: float = 0.019,
        hole: Open = (),
        neck: float = 1.47,
    ) -> None:
        """What shows in a garment's opening: a piece of `field` a little larger than the opening."""

        def keep(p: Array) -> Array:
            gap = line(p[..., 1], opening) + margin
            k = np.minimum(gap - np.abs(p[..., 0]), np.minimum(p[..., 1] - low, collar_height(p, neck) - p[..., 1]))
            k = np.minimum(k, np.where(p[..., 1] > 1.40, 1.0, p[..., 2] + 0.01))
            if hole:
                k = np.minimum(k, np.where(p[..., 2] > 0, np.abs(p[..., 0]) - line(p[..., 1], hole), 1.0))
            return arr(k)

        skin = shell(field, (-0.14, low - 0.03, -0.13), (0.14, high, 0.24), (cell,) * 3, keep, 0.004)
        self.pile.add(slot, skin, self.figure.weigh(), 0.5, lowered=True)

    def strip(
        self,
        slot: str,
        field: Field,
        inner: Sequence[tuple[float, float]],
        outer: Sequence[tuple[float, float]],
        lift: float,
        *,
        tone: float = 0.5,
        both: bool = True,
        columns: int = 18,
        puff: float = 0.0,
    ) -> None:
        """A flat piece of cloth between two lines of (x, y) seen from the front, its borders tucked into `field`."""
        if both:
            for s in (1.0, -1.0):
                self.strip(
                    slot,
                    field,
                    [(s * x, y) for x, y in inner],
                    [(s * x, y) for x, y in outer],
                    lift,
                    tone=tone,
                    both=False,
                    columns=columns,
                    puff=puff,
                )
            return
        u = np.linspace(0, 1, columns)
        a, b = (
            np.stack([np.interp(u, np.linspace(0, 1, len(q)), arr(q)[:, i]) for i in (0, 1)], -1)
            for q in (inner, outer)
        )
        rows = arr([-0.02, 0.0, 0.5, 1.0, 1.02])
        rise = arr([-0.006, lift, lift + puff, lift, -0.006])
        q = a[None] + (b - a)[None] * rows[:, None, None]
        points = self.figure.facing(field, q[..., 0], q[..., 1], rise[:, None])
        run, across = a[1:] - a[:-1], (b - a)[1:]
        flip = float((run[:, 0] * across[:, 1] - run[:, 1] * across[:, 0]).sum()) < 0
        shade = arr([0.55, 0.92, 1.0, 0.92, 0.55])[:, None]
        self.pile.grid(slot, points, self.figure.weigh(), tone=tone, shade=shade, flip=flip, lowered=True, worth=1.5)

    def band(
        self, slot: str, loose: float, low: float, high: float, lift: float, tone: float = 0.5, slope: float = 0.0
    ) -> None:
        """A belt, sash or waistband around the trunk; `slope` metres higher in front."""
        phi = np.linspace(-np.pi, np.pi, 44, endpoint=False)[None]
        y = arr([low - 0.001, low, (low + high) / 2, high, high + 0.001])[:, None] + slope * np.cos(phi)
        field = grown(self.figure.legs, loose)
        points = self.figure.ring(field, phi, y, arr([-0.006, lift, lift * 1.15, lift, -0.006])[:, None])
        self.pile.grid(
            slot,
            points,
            self.figure.weigh(),
            close=True,
            flip=True,
            tone=tone,
            shade=arr([0.6, 0.95, 1, 0.95, 0.6])[:, None],
            lowered=True,
        )

    def wrap(
        self,
        slot: str,
        field: Field,
        inner: Sequence[tuple[float, float]],
        outer: Sequence[tuple[float, float]],
        lift: float,
        tone: float = 0.5,
    ) -> None:
        """A length of cloth around the trunk between two lines of (angle, height)."""
        u = np.linspace(0, 1, 34)
        a, b = (
            np.stack([np.interp(u, np.linspace(0, 1, len(q)), arr(q)[:, i]) for i in (0, 1)], -1)
            for q in (inner, outer)
        )
        rows, rise = (
            arr([-0.01, 0.0, 0.35, 0.7, 1.0, 1.01]),
            arr([-0.008, lift, lift + 0.003, lift + 0.001, lift, -0.008]),
        )
        q = a[None] + (b - a)[None] * rows[:, None, None]
        points = self.figure.ring(field, q[..., 0], q[..., 1], rise[:, None])
        self.pile.grid(
            slot,
            points,
            self.figure.weigh(1.0),
            tone=tone,
            shade=arr([0.6, 0.95, 1, 1, 0.95, 0.6])[:, None],
            flip=True,
            lowered=True,
        )

    def collar(
        self,
        slot: str,
        field: Field,
        *,
        stand: float = 0.030,
        fall: float = 0.034,
        point: float = 0.026,
        gap: float = 0.20,
        spread: float = 0.55,
        base: float = 1.437,
        away: float = 0.006,
        tone: float = 0.55,
    ) -> None:
        """A shirt or coat collar: a stand round the neck, open in front by `gap` radians, turned over into two pointed leaves."""
        phi = np.linspace(gap, 2 * np.pi - gap, 41)[None]
        front = smooth(np.cos(phi), 0.2, 1.0)
        axis = arr([0, 0, -0.024])
        out = np.stack([np.sin(phi), 0 * phi, np.cos(phi)], -1)
        neck_r = np.linalg.norm(
            self.figure.ring(self.neck, phi, base + 0.035)[0] - axis - arr([0, base + 0.035, 0]), axis=-1
        )[None]
        y0 = base + 0.006 - 0.030 * front + 0.012 * smooth(np.cos(phi), 0, -1)
        top = y0 + stand * (1 - 0.35 * front)
        ends = smooth(np.abs(np.pi - phi), np.pi - gap, np.pi - gap - 0.6) if point == 0.0 and gap > 0 else 1.0
        leaf = (fall + point * smooth(np.abs(np.pi - phi), 1.9, np.pi - gap)) * ends + 0.004
        rows = [
            (y0 - 0.014, neck_r + away * 1.6),
            (y0 + 0.4 * (top - y0), neck_r + away * 0.9),
            (top, neck_r + away * 0.7),
            (top + 0.003, neck_r + away * 0.7 + 0.0045),
            (top - 0.25 * leaf, neck_r + away + 0.009),
            (top - 0.65 * leaf, neck_r + away + 0.013 + 0.25 * leaf * spread),
        ]
        points = [
            axis + out * r[..., None] + arr([0, 1, 0]) * y[..., None]
            for y, r in (np.broadcast_arrays(y, r) for y, r in rows)
        ]
        points[4:] = [p + normals(field, p) * np.maximum(away - field(p), 0)[..., None] for p in points[4:]]
        tip_phi = phi + np.sign(np.pi - phi) * 0.12 * smooth(np.abs(np.pi - phi), 1.9, np.pi - gap)
        tip_out = np.stack([np.sin(tip_phi), 0 * phi, np.cos(tip_phi)], -1)
        guess = (
            axis
            + tip_out * (neck_r + away + 0.012 + 0.55 * leaf)[..., None]
            + arr([0, 1, 0]) * (top - 0.85 * leaf)[..., None]
        )
        seat = settle(field, guess, 4)
        lift = normals(field, seat)
        tip, inner = seat + lift * away, seat - lift * 0.004
        stack = np.stack([p[0] for p in points] + [tip[0], inner[0]])

        def weigh(p: Array) -> Weights:
            up = smooth(p[:, 1], base - 0.02, base + 0.05) * 0.55
            return {"neck": up, "chest": 1 - up}

        self.pile.grid(
            slot,
            stack,
            weigh,
            tone=arr([0.35, 0.4, 0.6, 0.64, tone, tone, tone, 0.2])[:, None],
            shade=arr([0.7, 0.8, 1, 1, 1, 1, 0.95, 0.6])[:, None],
            flip=True,
            lowered=True,
            worth=2.0,
        )

    def cuffs(self, slot: str, at: float = WRIST_M - 0.025, long: float = 0.024, radius: float = 0.034) -> None:
        """Bands at the wrists, made in the T-pose."""
        a = np.linspace(0, 2 * np.pi, 16, endpoint=False)[None]
        for s, side in SIDES:
            root = arr(self.figure.bones[f"{side}UpperArm"].at)
            t, r = arr([(0.0, 0.9), (0.004, 1.0), (long, 1.0), (long + 0.002, 0.94), (long - 0.008, 0.86)]).T
            r = r * radius * (0.6 + 0.4 * self.figure.look.width) * (1.04 - 0.1 * self.figure.look.fem)
            points = np.stack(
                [
                    root[0] + s * (at + t[:, None] + 0 * a),
                    root[1] + r[:, None] * np.sin(a),
                    root[2] + r[:, None] * np.cos(a),
                ],
                -1,
            )
            self.pile.grid(
                slot,
                points,
                arm_weights(self.figure, side, s),
                close=True,
                flip=s > 0,
                tone=arr([0.4, 0.5, 0.55, 0.5, 0.1])[:, None],
            )

    def buttons(self, slot: str, field: Field, x: float, heights: Sequence[float], radius: float, lift: float) -> None:
        """A row of buttons down the front."""
        for y in heights:
            centre = self.figure.facing(field, x, y, lift)
            self.pile.ball(
                slot,
                centre,
                (radius, radius, radius * 0.5),
                self.figure.weigh(),
                around=8,
                tall=5,
                lowered=True,
                worth=40.0,
            )

    def lanyard(self, field: Field) -> None:
        """A ribbon round the neck with a card on it."""
        line_ = [(0.058, 1.445), (0.070, 1.40), (0.062, 1.33), (0.040, 1.22), (0.012, 1.135)]
        self.strip("accent", field, line_, [(x + 0.011, y) for x, y in line_], 0.006, tone=0.55)
        c = self.figure.facing(field, 0.0, 1.098, 0.010)
        a = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        card = np.stack(
            [
                0.026 * np.sign(np.cos(a)) * np.abs(np.cos(a)) ** 0.4,
                0.036 * np.sign(np.sin(a)) * np.abs(np.sin(a)) ** 0.4,
                0 * a,
            ],
            -1,
        )
        weigh = self.figure.weigh()
        self.pile.grid(
            "metal",
            np.stack([c + card, c + card * 0.98 + arr([0, 0, 0.003]), c + card * 0.88 + arr([0, 0, 0.003])]),
            weigh,
            close=True,
            lowered=True,
        )
        self.pile.grid(
            "paper",
            np.stack([c + card * 0.88 + arr([0, 0, 0.0028]), c + card * 0.4 + arr([0, 0, 0.003])]),
            weigh,
            close=True,
            cap=(False, True),
            tone=0.6,
            lowered=True,
        )
