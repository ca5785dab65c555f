"""The ray scene: the near surfaces of a Model and a box for every book, traced by embree (an optional package)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from carrel.scenes.errors import BuildError
from carrel.scenes.halls.kit.arrays import Floats, Ints, floats, unit
from carrel.scenes.halls.kit.model import Model

LARGEST_EDGE = 0.6
CORNERS = floats([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, -1], [1, 0, -1], [1, 1, -1], [0, 1, -1]])
SIDES = np.array(
    [
        [0, 1, 2],
        [0, 2, 3],
        [5, 4, 7],
        [5, 7, 6],
        [4, 0, 3],
        [4, 3, 7],
        [1, 5, 6],
        [1, 6, 2],
        [3, 2, 6],
        [3, 6, 7],
        [4, 5, 1],
        [4, 1, 0],
    ]
)


@dataclass(frozen=True)
class Boxes:
    """Books as boxes: corners, frames, sizes, linear albedo."""

    positions: Floats
    matrices: Floats
    sizes: Floats
    albedo: Floats


class RayScene:
    """Triangles with areas, normals, centres and albedo. Raises BuildError when embreex is not installed."""

    def __init__(self, model: Model, boxes: Boxes, albedo: Mapping[str, Floats]) -> None:
        try:
            from embreex import rtcore_scene
            from embreex.mesh_construction import TriangleMesh
            from trimesh.remesh import subdivide_to_size
        except ImportError as missing:
            raise BuildError(
                "Baking light needs the packages of the extra `build`: pip install 'carrel[build]'."
            ) from missing
        subdivide: Any = subdivide_to_size
        points, faces, colours, first = [], [], [], 0
        for part in model.parts:
            if not part.blocks:
                continue
            p, f = part.points, part.faces
            if np.linalg.norm(p[f] - p[np.roll(f, 1, 1)], axis=2).max() > LARGEST_EDGE + 0.1:
                p, f = subdivide(p, f, LARGEST_EDGE, max_iter=14)
            points.append(p)
            faces.append(f + first)
            colours.append(np.broadcast_to(albedo[part.finish], (len(f), 3)))
            first += len(p)
        corners = boxes.positions[:, None] + np.einsum(
            "nij,nkj->nki", boxes.matrices, CORNERS[None] * boxes.sizes[:, None]
        )
        points.append(corners.reshape(-1, 3))
        faces.append((SIDES[None] + 8 * np.arange(len(corners))[:, None, None]).reshape(-1, 3) + first)
        colours.append(np.repeat(boxes.albedo, 12, 0))
        triangles = np.vstack(points).astype("f4")[np.vstack(faces)]
        normal = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
        self.albedo = np.vstack(colours).astype("f4")
        self.area = np.linalg.norm(normal, axis=1) / 2
        self.normals = unit(floats(normal)).astype("f4")
        self.centers = triangles.mean(1)
        self.count = 0
        self._scene: Any = rtcore_scene.EmbreeScene()
        self._mesh = TriangleMesh(self._scene, np.ascontiguousarray(triangles, "f4"))

    def hit(self, origins: Floats, directions: Floats, what: str = "INTERSECT", far: Floats | None = None) -> Ints:
        """The first triangle on each ray (-1: none), or what embree calls OCCLUDED or DISTANCE."""
        o, d = np.ascontiguousarray(origins, "f4"), np.ascontiguousarray(directions, "f4")
        self.count += len(o)
        if not len(o):
            return np.zeros(0, np.int64)
        if far is None:
            found: Ints = self._scene.run(o, d, query=what)
        else:
            found = self._scene.run(o, d, np.ascontiguousarray(far, "f4"), query=what)
        return found

    def clear(self, origins: Floats, targets: Floats) -> Floats:
        """1.0 where nothing stands between origin and target."""
        blocked = self.hit(origins, targets - origins, "OCCLUDED", np.full(len(origins), 0.985))
        return floats(blocked < 0)
