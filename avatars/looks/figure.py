"""The body under the clothes: trunk, lowered arms and legs as fields, with the skeleton that fits them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from carrel.avatars.looks.arrays import Array, arr
from carrel.avatars.looks.bones import LOWER_ARM_M, UPPER_ARM_M, Bone, Weigh, arm_line, body_weights, skeleton
from carrel.avatars.looks.field import Field, first_hit, limb, mirrored, slices, union
from carrel.avatars.looks.shape import Look

AXIS_Z = -0.012


class Figure:
    """Fields of one look's body, metres, arms lowered."""

    def __init__(self, look: Look) -> None:
        self.look = look
        w, fem = look.width, look.fem
        self.shoulder_m = (0.150 + 0.015 * (1 - fem)) * (0.55 + 0.45 * w)
        self.hip_m = 0.088 * (0.6 + 0.4 * w)
        self.bones: Mapping[str, Bone] = skeleton(self.shoulder_m, self.hip_m)

    @cached_property
    def trunk(self) -> Field:
        """Hips to the root of the neck."""
        w, f, b = self.look.width, self.look.fem, self.look.belly
        sh = 0.45 + 0.55 * w
        return slices(
            [
                (0.79, 0.148 * w, 0.096, 0.112),
                (0.87, (0.164 + 0.008 * f) * w, 0.098 + 0.3 * b, 0.120),
                (0.94, (0.162 + 0.007 * f) * w, 0.100 + 0.7 * b, 0.116),
                (1.03, (0.149 - 0.006 * f) * w + 0.4 * b, 0.096 + 1.2 * b, 0.097),
                (1.10, (0.141 - 0.015 * f) * w + 0.5 * b, 0.093 + 1.3 * b, 0.088),
                (1.18, (0.144 - 0.013 * f) * w + 0.2 * b, 0.098 + 0.8 * b + 0.002 * f, 0.092),
                (1.26, (0.152 - 0.010 * f) * w, 0.106 + 0.014 * f + 0.3 * b, 0.102),
                (1.31, (0.155 - 0.011 * f) * sh, 0.106 + 0.014 * f, 0.106),
                (1.36, (0.147 - 0.010 * f) * sh, 0.095 + 0.003 * f, 0.104),
                (1.40, (0.120 - 0.008 * f) * sh, 0.076, 0.094),
                (1.43, (0.088 - 0.006 * f) * sh, 0.060, 0.080),
                (1.455, 0.066 * sh, 0.051, 0.067),
                (1.48, 0.054 * sh, 0.046, 0.060),
            ],
            2.35,
            AXIS_Z,
        )

    @cached_property
    def arm(self) -> Field:
        """Both arms, shoulder to wrist."""
        root, along = arm_line(self.bones, 1)
        k = (0.5 + 0.5 * self.look.width) * (1.06 - 0.10 * self.look.fem)
        t = arr([0.0, 0.07, 0.5 * UPPER_ARM_M, UPPER_ARM_M, UPPER_ARM_M + 0.08, UPPER_ARM_M + LOWER_ARM_M + 0.02])
        points = root + t[:, None] * along
        return mirrored(limb(points.tolist(), (k * arr([0.0520, 0.0500, 0.0450, 0.0395, 0.0385, 0.0285])).tolist()))

    @cached_property
    def upper(self) -> Field:
        """Trunk and arms with soft shoulders."""
        return union([self.trunk, self.arm], 0.075)

    @cached_property
    def legs(self) -> Field:
        """Pelvis and legs to the ankles."""
        k = 0.5 + 0.5 * self.look.width
        x = self.hip_m
        leg = mirrored(
            limb(
                [
                    (x + 0.006, 0.90, 0.0),
                    (x + 0.002, 0.70, 0.004),
                    (x, 0.50, 0.008),
                    (x, 0.34, -0.010),
                    (x, 0.05, -0.018),
                ],
                [0.089 * k, 0.076 * k, 0.058 * k, 0.055 * k, 0.045 * k],
            )
        )
        return union([self.trunk, leg], 0.025)

    @cached_property
    def scene(self) -> Field:
        """All of the body, for occlusion."""
        upper, legs = self.upper, self.legs
        return lambda p: np.minimum(upper(p), legs(p))

    def weigh(self, legs: float = 0.7) -> Weigh:
        """Weights for clothes on trunk and arms."""
        return body_weights(self.bones, self.trunk, self.arm, legs)

    def along_arm(self, p: Array) -> Array:
        """Distance from the shoulder joint along the arm, metres; -1 for points of the trunk."""
        root, along = arm_line(self.bones, 1)
        q = p.copy()
        q[..., 0] = np.abs(q[..., 0])
        return np.where(self.trunk(p) - self.arm(p) > -0.01, (q - root) @ along, -1.0)

    def facing(
        self, field: Field, x: Array | float, y: Array | float, off: Array | float = 0.0, back: bool = False
    ) -> Array:
        """Points of a field seen from the front (or the back) at x, y metres, lifted by `off`."""
        xb, yb, ob = np.broadcast_arrays(arr(x), arr(y), arr(off))
        s = -1.0 if back else 1.0
        hit = first_hit(field, np.stack([xb, yb, np.full(xb.shape, 0.32 * s)], -1), arr([0.0, 0.0, -s]), 0.40)
        hit[..., 2] += s * ob
        return hit

    def ring(self, field: Field, phi: Array | float, y: Array | float, off: Array | float = 0.0) -> Array:
        """Points of a field at angle `phi` about the body's axis (0 in front, positive to the left) and height y metres."""
        ph, yb, ob = np.broadcast_arrays(arr(phi), arr(y), arr(off))
        out = np.stack([np.sin(ph), np.zeros(ph.shape), np.cos(ph)], -1)
        axis = np.stack([np.zeros(ph.shape), yb, np.full(ph.shape, AXIS_Z)], -1)
        return arr(first_hit(field, axis + out * 0.42, -out, 0.42, 60) + out * ob[..., None])
