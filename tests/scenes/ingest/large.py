"""A large right file: a bumpy sphere with normals, coordinates and tangents, and a few pictures' worth of bytes."""

from __future__ import annotations

import numpy as np

from tests.scenes.ingest.glb import Builder


def large_glb(size_bytes: int) -> bytes:
    """About so many bytes: 48 a vertex and 24 for its two triangles."""
    side = int((size_bytes / 72) ** 0.5)
    around, up = np.meshgrid(np.linspace(0, 2 * np.pi, side), np.linspace(0.1, np.pi - 0.1, side))
    around, up = around.ravel().astype("f4"), up.ravel().astype("f4")
    normals = np.stack([np.cos(around) * np.sin(up), np.cos(up), np.sin(around) * np.sin(up)], 1).astype("f4")
    points = (normals * (1 + 0.02 * np.sin(40 * around + 30 * up))[:, None]).astype("f4")
    tangents = np.stack([-np.sin(around), 0 * around, np.cos(around), 1 + 0 * around], 1).astype("f4")
    corner = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    faces = np.stack([corner, corner + 1, corner + side, corner + 1, corner + side + 1, corner + side], 1)
    b = Builder()
    attributes = {
        "POSITION": b.accessor(points, bounds=True),
        "NORMAL": b.accessor(normals),
        "TANGENT": b.accessor(tangents),
        "TEXCOORD_0": b.accessor(np.stack([around, up], 1)),
    }
    indices = b.accessor(faces.ravel(), "u4")
    b.stand(mesh=b.add("meshes", {"primitives": [{"attributes": attributes, "indices": indices}]}))
    return b.build()
