"""What bodies and rays meet: boxes for everything solid, and the surfaces one can stand on. A few hundred triangles."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.glb import GlbWriter
from carrel.scenes.halls.great import layout as at
from carrel.scenes.halls.kit.arrays import Floats, Ints, Points, floats
from carrel.scenes.halls.kit.furniture import TABLE_HEIGHT, TABLE_LENGTH, TABLE_WIDTH
from carrel.scenes.halls.kit.model import Model

WALL, RAIL = 0.3, 0.95
FACES = np.array(
    [
        [0, 2, 1],
        [0, 3, 2],
        [4, 5, 6],
        [4, 6, 7],
        [0, 1, 5],
        [0, 5, 4],
        [1, 2, 6],
        [1, 6, 5],
        [2, 3, 7],
        [2, 7, 6],
        [3, 0, 4],
        [3, 4, 7],
    ]
)
CORNERS = floats([[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1], [0, 1, 0], [1, 1, 0], [1, 1, 1], [0, 1, 1]])


class _Mesh:
    def __init__(self) -> None:
        self.points: list[Floats] = []
        self.faces: list[Ints] = []
        self.count = 0

    def add(self, points: Floats, faces: Ints) -> None:
        self.points.append(points)
        self.faces.append(faces + self.count)
        self.count += len(points)

    def box(self, low: Points, high: Points, matrix: Floats | None = None, origin: Points = (0, 0, 0)) -> None:
        a, b = floats(low), floats(high)
        corners = a + CORNERS * (b - a)
        self.add(corners @ (np.eye(3) if matrix is None else matrix).T + floats(origin), FACES)

    def floor(self, x0: float, x1: float, z0: float, z1: float, y: float) -> None:
        """A surface seen from above; z0 lies nearer the entrance than z1."""
        self.add(floats([[x0, y, z0], [x1, y, z0], [x1, y, z1], [x0, y, z1]]), np.array([[0, 1, 2], [0, 2, 3]]))


def collider(model: Model) -> tuple[bytes, int]:
    """A GLB with two meshes, `walk` (stand, click, teleport) and `block` (no way through), and its count of triangles."""
    g = GlbWriter("Great Hall collider", "Carrel", "CC0-1.0")
    material = g.material({"name": "collider", "doubleSided": True})
    triangles = 0
    for name, mesh in (("walk", _walk()), ("block", _block(model))):
        points, faces = np.vstack(mesh.points), np.vstack(mesh.faces)
        attributes = {"POSITION": g.accessor(points, "f4", name, bounds=True)}
        number = g.mesh(name, attributes, faces, material, name)
        g.node({"name": name, "mesh": number, "extras": {"carrel": {"collider": name}}})
        triangles += len(faces)
    g.json["scenes"] = g.json["scenes"][:1]
    return g.finish({"carrel": {"title": "Great Hall collider"}}), triangles


def _walk() -> _Mesh:
    m, gallery = _Mesh(), at.GALLERY + 0.02
    m.floor(-at.HALF, at.HALF, 0, -at.LENGTH, 0)
    x, _, z = at.DAIS_CENTER
    wide, up, deep = at.DAIS_SIZE
    m.floor(x - wide / 2, x + wide / 2, z + deep / 2, z - deep / 2, up)
    m.floor(-at.HALF, at.GALLERY_EDGE + 0.25, 0, -at.LENGTH, gallery)
    stair = at.STAIR
    for k in range(stair.risers):  # a ramp, so that a body glides up without steps
        inner, outer = 0.15, stair.radius
        ring = [stair.edge(k, inner), stair.edge(k, outer), stair.edge(k + 1, outer), stair.edge(k + 1, inner)]
        m.add(floats(ring), np.array([[0, 2, 1], [0, 3, 2]]))
    return m


def _block(model: Model) -> _Mesh:
    m, half, long, high = _Mesh(), at.HALF, at.LENGTH, at.SPRING
    m.box((-half - WALL, 0, -long), (-half, high, 0))
    m.box((half, 0, -long), (half + WALL, high, 0))
    m.box((-half, 0, 0), (half, high + at.RISE, WALL))
    m.box((-half, 0, -long - WALL - at.PORTAL_DEPTH), (half, high + at.RISE, -long - at.PORTAL_DEPTH))
    for s in (-1, 1):
        inner = s * at.PORTAL_WIDTH / 2
        m.box((min(inner, s * half), 0, -long - at.PORTAL_DEPTH), (max(inner, s * half), high, -long))
    for case in model.cases:
        m.box((0, 0, -case.depth), (case.width, case.height + 0.25, 0.05), case.matrix, case.origin)
    for bay in range(1, at.BAYS):
        m.box(
            (at.GALLERY_EDGE - 0.05, 0, -at.BAY * bay - 0.19),
            (at.GALLERY_EDGE + 0.33, at.GALLERY, -at.BAY * bay + 0.19),
        )
    for bay in range(at.BAYS + 1):
        m.box((half - 0.36, 0, -at.BAY * bay - 0.36), (half, high, -at.BAY * bay + 0.36))
    for bay in at.TABLE_BAYS:
        for x in at.TABLE_X:
            z = at.bay_center(bay)
            size = (TABLE_WIDTH / 2, TABLE_LENGTH / 2)
            m.box((x - size[0], 0, z - size[1]), (x + size[0], TABLE_HEIGHT, z + size[1]))
    for k in range(5):  # the curved counter, in five pieces
        x = -2.1 + 4.2 * (k + 0.5) / 5
        front = at.DESK_Z - 3.4 + np.sqrt(3.4**2 - x**2)
        m.box((x - 0.42, 0, front - 0.62), (x + 0.42, 1.2, front + 0.08))
    gallery, edge = at.GALLERY, at.GALLERY_EDGE
    for z0, z1 in ((0.0, at.GALLERY_GATE[0]), (at.GALLERY_GATE[1], -long)):
        m.box((edge + 0.02, gallery - 0.34, z1), (edge + 0.16, gallery + RAIL + 0.05, z0))
    gx, _, gz = at.GLOBE_AT
    m.box((gx - 0.5, 0, gz - 0.5), (gx + 0.5, 1.3, gz + 0.5))
    sx, sz = at.STAIR.center
    m.box((sx - 0.1, 0, sz - 0.1), (sx + 0.1, at.STAIR.height, sz + 0.1))
    for bay in at.PALM_BAYS:
        m.box((4.8, 0, -at.BAY * bay - 0.25), (5.3, 0.8, -at.BAY * bay + 0.25))
    return m
