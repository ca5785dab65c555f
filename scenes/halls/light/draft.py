"""The draft's light: a plain bright sky without shadows, for tests and for trying shapes; needs no rays."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, floats
from carrel.scenes.halls.light.baker import Effort
from carrel.scenes.halls.light.coding import Daylight


class PlainSky:
    """Brighter toward the sun's side and toward the sky; no surface shades another."""

    def __init__(self, daylight: Daylight) -> None:
        self.day = daylight

    def soft(self, points: Floats, normals: Floats, effort: Effort) -> Floats:
        up, side = 0.5 + 0.5 * normals[:, 1], 0.5 + 0.5 * (normals @ self.day.sun_direction)
        return floats(0.12 + 0.25 * up[:, None] * self.day.sky + 0.15 * side[:, None] * self.day.ground)

    def sunlight(self, points: Floats, normals: Floats, effort: Effort) -> Floats:
        return np.zeros((len(points), 3))

    def light(self, points: Floats, normals: Floats, effort: Effort) -> Floats:
        return self.soft(points, normals, effort)
