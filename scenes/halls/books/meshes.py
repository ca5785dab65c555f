"""The unit book: x thickness, y height, z depth; its spine at z = 0 faces +z. A near mesh and a far one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, Ints, Points, floats

SPINE, COVER, PAGES = 0.0, 0.5, 1.0


@dataclass
class BookMesh:
    """`kind` holds (what, ambient) for each vertex: what = 0 spine, 0.5 cover, 1 pages; ambient scales the light."""

    points: Floats
    normals: Floats
    uv: Floats
    kind: Floats
    faces: Ints


class _Builder:
    def __init__(self) -> None:
        self.rows: list[tuple[Floats, Floats, Floats, Floats]] = []
        self.faces: list[tuple[int, int, int]] = []
        self.count = 0

    def patch(self, points: Points, normals: Points, uv: Points, what: float, ambient: Points) -> int:
        p = floats(points)
        n = np.broadcast_to(floats(normals), (len(p), 3))
        kind = np.stack([np.full(len(p), what), floats(ambient)], 1)
        self.rows.append((p, floats(n), floats(uv), kind))
        first = self.count
        self.count += len(p)
        return first

    def quad(self, first: int) -> None:
        self.faces += [(first, first + 1, first + 2), (first, first + 2, first + 3)]

    def mesh(self) -> BookMesh:
        points, normals, uv, kind = (np.concatenate([row[k] for row in self.rows]) for k in range(4))
        faces = np.array(self.faces)
        n = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])
        turned = (n * normals[faces[:, 0]]).sum(1) < 0  # wind every face after its normal
        faces[turned] = faces[turned][:, ::-1]
        return BookMesh(points, normals, uv, kind, faces[np.linalg.norm(n, axis=1) > 1e-9])


WHOLE = [(0, 0), (1, 0), (1, 1), (0, 1)]


def near_book() -> BookMesh:
    """A rounded spine, boards, a sunken head of pages, fore-edge: 25 triangles."""
    b = _Builder()
    a = np.linspace(-1, 1, 5)
    x, z = 0.5 + 0.5 * a, 0.055 * (1 - a**2)
    out = np.stack([a * 0.75, 0 * a, np.ones_like(a)], 1)
    _spine(b, x, z, out / np.linalg.norm(out, axis=1, keepdims=True))
    _boards(b)
    inset, head = 0.12, 0.975
    ring = [(inset, head, -0.02), (1 - inset, head, -0.02), (1 - inset, head, -0.97), (inset, head, -0.97)]
    b.quad(b.patch(ring, (0, 1, 0), WHOLE, PAGES, [0.75, 0.75, 0.35, 0.35]))
    for x0, x1 in ((0.0, inset), (1 - inset, 1.0)):
        edge = [(x0, 1, 0), (x1, 1, 0), (x1, 1, -1), (x0, 1, -1)]
        b.quad(b.patch(edge, (0, 1, 0), [(0.5, 0.5)] * 4, COVER, [1, 1, 0.5, 0.5]))
    cap = [*((px, 1, pz) for px, pz in zip(x, z, strict=True)), (1, 1, -0.02), (0, 1, -0.02)]
    first = b.patch(cap, (0, 1, 0), [(0.5, 0.5)] * 7, COVER, [1.0] * 7)
    b.faces += [(first, first + k, first + k + 1) for k in range(1, 6)]
    fore = [(inset, 0.02, -0.985), (1 - inset, 0.02, -0.985), (1 - inset, 0.98, -0.985), (inset, 0.98, -0.985)]
    b.quad(b.patch(fore, (0, 0, -1), WHOLE, PAGES, [0.9] * 4))
    return b.mesh()


def far_book() -> BookMesh:
    """A box without back and foot: 8 triangles."""
    b = _Builder()
    _spine(b, floats([0, 1]), np.zeros(2), floats([[-0.5, 0, 0.87], [0.5, 0, 0.87]]))
    _boards(b)
    head = [(0, 1, -0.02), (1, 1, -0.02), (1, 1, -0.97), (0, 1, -0.97)]
    b.quad(b.patch(head, (0, 1, 0), WHOLE, PAGES, [0.75, 0.75, 0.35, 0.35]))
    return b.mesh()


def _spine(b: _Builder, x: Floats, z: Floats, normals: Floats) -> None:
    n = len(x)
    points = [*((px, 0, pz) for px, pz in zip(x, z, strict=True)), *((px, 1, pz) for px, pz in zip(x, z, strict=True))]
    round_off = 0.72 + 0.28 * (1 - np.abs(2 * x - 1) ** 3)
    uv = [*((px, 1) for px in x), *((px, 0) for px in x)]
    first = b.patch(points, np.vstack([normals, normals]), uv, SPINE, np.concatenate([round_off, round_off]))
    for k in range(n - 1):
        b.faces += [(first + k, first + k + 1, first + n + k + 1), (first + k, first + n + k + 1, first + n + k)]


def _boards(b: _Builder) -> None:
    for x, side in ((0, -1), (1, 1)):
        board = [(x, 0, 0), (x, 0, -1), (x, 1, -1), (x, 1, 0)]
        b.quad(b.patch(board, (side, 0, 0), [(0.5, 0.5)] * 4, COVER, [0.6, 0.25, 0.45, 0.9]))
