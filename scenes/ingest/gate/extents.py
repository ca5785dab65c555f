"""How far a model reaches: the box around everything that its scenes show, in metres."""

from __future__ import annotations

from typing import Any

import numpy as np

from carrel.scenes.ingest.gate.elements import Block, blocks, column_bounds
from carrel.scenes.ingest.gate.fields import Json, pointer, refuse
from carrel.scenes.ingest.gate.graph import INSTANCING, Graph
from carrel.scenes.ingest.gate.layout import FLOAT, Layout
from carrel.scenes.ingest.gate.transforms import Matrices, local_matrices
from carrel.scenes.ingest.limits import GlbLimits

Corner = tuple[float, ...]


def measure(graph: Graph, layout: Layout, limits: GlbLimits) -> tuple[Corner, Corner]:
    """Lowest and highest corner; zeros when nothing is shown. Raises Refused when it is too large to be a place."""
    world = _world(graph)
    shown = set().union(*graph.scenes) if graph.scenes else set(range(len(graph.nodes)))
    drawn = [
        at
        for at, node in enumerate(graph.nodes)
        if "mesh" in node and graph.roots[at] in shown and graph.meshes[int(node["mesh"])].low is not None
    ]
    if not drawn:
        return (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    boxes = np.array([_box(graph, graph.nodes[at], layout) for at in drawn])
    with np.errstate(over="ignore", invalid="ignore"):
        places = np.array(
            [_bind(graph, graph.nodes[at], world, layout) if "skin" in graph.nodes[at] else world[at] for at in drawn]
        )
        middles = (places[:, :3, :3] @ boxes.mean(1)[:, :, None])[:, :, 0] + places[:, :3, 3]
        halves = (np.abs(places[:, :3, :3]) @ ((boxes[:, 1] - boxes[:, 0]) / 2)[:, :, None])[:, :, 0]
        low, high = middles - halves, middles + halves
        far = ~(np.maximum(np.abs(low), np.abs(high)).max(1) <= limits.extent_m)
    if far.any():
        text = f"The model reaches farther than {limits.extent_m:g} m from its origin: scale it down."
        raise refuse("extent", text, pointer("/nodes", drawn[int(np.argmax(far))]))
    return tuple(map(float, low.min(0))), tuple(map(float, high.max(0)))


def _world(graph: Graph) -> Matrices:
    """Where each node stands: the product of the matrices from its root down, level by level."""
    world = local_matrices(graph.nodes)
    depths, parents = np.array(graph.depths), np.array([-1 if parent is None else parent for parent in graph.parents])
    for depth in range(2, int(depths.max(initial=0)) + 1):
        level = np.flatnonzero(depths == depth)
        with np.errstate(over="ignore", invalid="ignore"):
            world[level] = world[parents[level]] @ world[level]
    return world


def _bind(graph: Graph, node: Json, world: Matrices, layout: Layout) -> Matrices:
    """Where a skinned mesh stands: its own node does not move it, its joints do. In the bind pose all agree; take the first."""
    skin = graph.skins[int(node["skin"])]
    joint: Matrices = world[int(skin["joints"][0])]
    if "inverseBindMatrices" not in skin:
        return joint
    matrices = layout.accessors[int(skin["inverseBindMatrices"])]
    if not matrices.is_readable:
        return joint
    inverse = next(blocks(matrices))[1][0].astype(np.float64).reshape(4, 4).T
    return np.asarray(joint @ inverse)


def _box(graph: Graph, node: Json, layout: Layout) -> Block:
    """Lowest and highest corner of the node's mesh; of all instances: their places widened by the largest of them."""
    mesh = graph.meshes[int(node["mesh"])]
    box = np.array([mesh.low, mesh.high], np.float64)
    values: dict[str, Any] = node.get("extensions", {}).get(INSTANCING, {}).get("attributes", {})
    if not values:
        return box
    ranges = {"TRANSLATION": np.zeros((2, 3)), "SCALE": np.ones((2, 3))}
    for name, found in ranges.items():
        accessor = layout.accessors[int(values[name])] if name in values else None
        if accessor is not None and accessor.is_readable and accessor.component == FLOAT:
            bounds = [column_bounds(rows) for _, rows in blocks(accessor)]
            found[0], found[1] = np.min([b[0] for b in bounds], 0), np.max([b[1] for b in bounds], 0)
    with np.errstate(over="ignore", invalid="ignore"):
        reach = float(np.linalg.norm(np.abs(box).max(0))) * float(np.abs(ranges["SCALE"]).max())
        return np.array([ranges["TRANSLATION"][0] - reach, ranges["TRANSLATION"][1] + reach])
