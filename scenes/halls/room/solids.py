"""What bodies and rays meet in a room: its floor, its walls, and a box for everything solid that the recipe names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carrel.scenes.halls.glb import GlbWriter
from carrel.scenes.halls.kit.arrays import Floats, Points, floats
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.room.facts import RoomFacts

WALL_M = 0.3
CORNERS = floats([[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1], [0, 1, 0], [1, 1, 0], [1, 1, 1], [0, 1, 1]])
FACES = np.array([
    [0, 2, 1], [0, 3, 2], [4, 5, 6], [4, 6, 7], [0, 1, 5], [0, 5, 4],
    [1, 2, 6], [1, 6, 5], [2, 3, 7], [2, 7, 6], [3, 0, 4], [3, 4, 7],
])  # fmt: skip


@dataclass(frozen=True)
class Solid:
    """A box in the world: eight corners (the first four are its foot, in order), and what the plan draws it as."""

    corners: Floats
    kind: str
    name: str = ""


class Solids:
    """Collects boxes in the frame that the model is working in."""

    def __init__(self) -> None:
        self.items: list[Solid] = []

    def box(self, m: Model, low: Points, high: Points, kind: str, name: str = "") -> None:
        a, b = floats(low), floats(high)
        self.items.append(Solid(m.world(a + CORNERS * (b - a)), kind, name))


def collider(facts: RoomFacts, solids: Sequence[Solid]) -> tuple[bytes, int]:
    """A GLB with the meshes `walk` (stand, click, teleport) and `block` (no way through), and its count of triangles."""
    (x0, _, z0), (x1, top, z1) = facts.low, facts.high
    floor = floats([[x0, 0, z1], [x1, 0, z1], [x1, 0, z0], [x0, 0, z0]])
    t = WALL_M
    walls = (
        ((x0 - t, 0, z0 - t), (x0, top, z1 + t)),
        ((x1, 0, z0 - t), (x1 + t, top, z1 + t)),
        ((x0, 0, z0 - t), (x1, top, z0)),
        ((x0, 0, z1), (x1, top, z1 + t)),
    )
    boxes = [floats(low) + CORNERS * (floats(high) - floats(low)) for low, high in walls]
    boxes += [solid.corners for solid in solids]
    title = f"{facts.en} collider"
    g = GlbWriter(title, "Carrel", "CC0-1.0")
    material = g.material({"name": "collider", "doubleSided": True})
    block = np.vstack([FACES + 8 * k for k in range(len(boxes))])
    shapes = (("walk", floor, np.array([[0, 1, 2], [0, 2, 3]])), ("block", np.vstack(boxes), block))
    triangles = 0
    for name, points, faces in shapes:
        attributes = {"POSITION": g.accessor(points, "f4", name, bounds=True)}
        number = g.mesh(name, attributes, faces, material, name)
        g.node({"name": name, "mesh": number, "extras": {"carrel": {"collider": name}}})
        triangles += len(faces)
    g.json["scenes"] = g.json["scenes"][:1]
    return g.finish({"carrel": {"title": title}}), triangles
