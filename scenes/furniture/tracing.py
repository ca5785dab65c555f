"""Rays against one piece's triangles (embree, an optional package)."""

from __future__ import annotations

from typing import Any

import numpy as np

from carrel.scenes.errors import BuildError
from carrel.scenes.halls.kit.arrays import Floats, Ints, floats, unit

GOLDEN_ANGLE = 2.399963


class Tracer:
    """(n, 3, 3) corners of triangles. Raises BuildError when embreex is not installed."""

    def __init__(self, corners: Floats) -> None:
        try:
            from embreex import rtcore_scene
            from embreex.mesh_construction import TriangleMesh
        except ImportError as missing:
            raise BuildError(
                "Furniture needs the packages of the extra `build`: pip install 'carrel[build]'."
            ) from missing
        self._scene: Any = rtcore_scene.EmbreeScene()
        self._mesh = TriangleMesh(self._scene, np.ascontiguousarray(corners, "f4"))

    def first(self, origins: Floats, directions: Floats, reach_m: float = 1e9) -> Ints:
        """The first triangle on each ray within `reach_m`, or -1."""
        o, d = np.ascontiguousarray(origins, "f4"), np.ascontiguousarray(directions, "f4")
        if not len(o):
            return np.zeros(0, np.int64)
        far = np.full(len(o), reach_m, "f4")
        return np.asarray(self._scene.run(o, d, far, query="INTERSECT"), np.int64)


def hemisphere(normals: Floats, rays: int, rng: np.random.Generator) -> list[Floats]:
    """`rays` cosine-weighted directions about each normal, turned at random so that no pattern shows."""
    aside = np.where(np.abs(normals[:, :1]) > 0.7, floats([[0, 1, 0]]), floats([[1, 0, 0]]))
    a = unit(floats(np.cross(normals, aside)))
    b = np.cross(normals, a)
    spin = rng.random(len(normals)) * 2 * np.pi
    out = []
    for i in range(rays):
        s = np.sqrt((i + 0.5) / rays)
        turn = i * GOLDEN_ANGLE + spin
        c = np.sqrt(1 - s * s)
        out.append(floats((s * np.cos(turn))[:, None] * a + (s * np.sin(turn))[:, None] * b + c * normals))
    return out
