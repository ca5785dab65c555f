"""Nodes, scenes and skins: a forest of bounded depth, placings that make sense, skeletons that hang together."""

from __future__ import annotations

import math

from carrel.scenes.ingest.gate.elements import UNIT4, check_influences
from carrel.scenes.ingest.gate.fields import Json, pointer, refuse
from carrel.scenes.ingest.gate.layout import Layout
from carrel.scenes.ingest.gate.meshes import MeshFacts
from carrel.scenes.ingest.gate.transforms import find_fault, from_columns
from carrel.scenes.ingest.limits import GlbLimits

INSTANCING = "EXT_mesh_gpu_instancing"
_INSTANCE = {
    "TRANSLATION": {"VEC3 FLOAT"},
    "ROTATION": {"VEC4 FLOAT", "VEC4 BYTE normalized", "VEC4 SHORT normalized"},
    "SCALE": {"VEC3 FLOAT"},
}


class Graph:
    """The nodes of a document; built by checking them. Raises Refused."""

    def __init__(self, document: Json, layout: Layout, meshes: list[MeshFacts], limits: GlbLimits) -> None:
        self.nodes: list[Json] = document.get("nodes", [])
        self.meshes = meshes
        self._limits = limits
        self.parents = self._find_parents()
        self.depths = self._measure_depths()
        self._spans = self._number()
        self.skins: list[Json] = document.get("skins", [])
        self.roots = [self._root(at) for at in range(len(self.nodes))]
        self.instances: dict[int, int] = {}
        self._top_joints: dict[tuple[int, ...], int] = {}
        self._check_matrices()
        for at, node in enumerate(self.nodes):
            self._check_node(node, pointer("/nodes", at))
            if INSTANCING in node.get("extensions", {}):
                self.instances[at] = self._check_instances(node, layout, pointer("/nodes", at))
        self.scenes = self._check_scenes(document)
        for at, skin in enumerate(self.skins):
            self._check_skin(skin, layout, pointer("/skins", at))
        self._check_skinned_nodes()
        self.drawn_triangles = self._count_drawn()

    def _find_parents(self) -> list[int | None]:
        parents: list[int | None] = [None] * len(self.nodes)
        for at, node in enumerate(self.nodes):
            for place, child in enumerate(node.get("children", [])):
                if parents[int(child)] is not None:
                    text = f"The node {child} has two parents, {parents[int(child)]} and {at}."
                    raise refuse("two_parents", text, f"/nodes/{at}/children/{place}")
                parents[int(child)] = at
        return parents

    def _measure_depths(self) -> list[int]:
        depths = [0] * len(self.nodes)
        for at in range(len(self.nodes)):
            chain, node = [], at
            while depths[node] == 0:
                chain.append(node)
                depths[node] = -1
                parent = self.parents[node]
                if parent is None:
                    break
                node = parent
                if depths[node] == -1:
                    raise refuse("node_cycle", "The node is its own ancestor.", pointer("/nodes", node))
            base = max(depths[node], 0)
            for step, inner in enumerate(reversed(chain), base + 1):
                depths[inner] = step
                if step > self._limits.node_depth:
                    text = f"Nodes are nested deeper than {self._limits.node_depth}."
                    raise refuse("node_depth", f"{text} Flatten the hierarchy.", pointer("/nodes", inner))
        return depths

    def _root(self, node: int) -> int:
        parent = self.parents[node]
        while parent is not None:
            node, parent = parent, self.parents[parent]
        return node

    def _check_matrices(self) -> None:
        given = [at for at, node in enumerate(self.nodes) if "matrix" in node]
        fault = find_fault(from_columns([self.nodes[at]["matrix"] for at in given])) if given else None
        if fault:
            where = f"/nodes/{given[fault[0]]}/matrix"
            raise refuse("matrix", f"The node's matrix cannot be used: {fault[1]}.", where)

    def _check_node(self, node: Json, where: str) -> None:
        if "matrix" in node and any(name in node for name in ("translation", "rotation", "scale")):
            text = "A node has a matrix, or a translation, rotation and scale, not both."
            raise refuse("matrix_and_trs", text, where)
        if "rotation" in node and abs(math.hypot(*node["rotation"]) - 1) > UNIT4:
            raise refuse("rotation_unit", "The node's rotation is not a unit quaternion.", f"{where}/rotation")
        if "mesh" not in node:
            if "skin" in node:
                raise refuse("missing_field", "A node with a skin needs a mesh.", where)
            if "weights" in node:
                raise refuse("missing_field", "A node with weights needs a mesh.", where)
            return
        mesh = self.meshes[int(node["mesh"])]
        if "weights" in node and len(node["weights"]) != mesh.targets:
            text = f"The node has {len(node['weights'])} weights for {mesh.targets} morph targets."
            raise refuse("morph_weights", text, f"{where}/weights")
        if "skin" in node:
            self._check_influences(mesh, int(node["skin"]), where)

    def _check_influences(self, mesh: MeshFacts, skin: int, where: str) -> None:
        if not mesh.influences:
            raise refuse("skin_without_joints", "The node has a skin, its mesh has no joints.", where)
        count = len(self.skins[skin]["joints"])
        for joints, weights in mesh.influences:
            key = tuple(accessor.index for accessor in joints + weights)
            if key not in self._top_joints:
                readable = all(accessor.is_readable for accessor in joints + weights)
                self._top_joints[key] = check_influences(joints, weights) if readable else -1
            if self._top_joints[key] >= count:
                text = f"A vertex names joint {self._top_joints[key]} of a skin with {count} joints."
                raise refuse("joint_range", text, where)

    def _check_instances(self, node: Json, layout: Layout, where: str) -> int:
        """How many instances; they may be drawn only where there is a mesh."""
        here = f"{where}/extensions/{INSTANCING}/attributes"
        counts = set()
        for name, index in node["extensions"][INSTANCING]["attributes"].items():
            accessor = layout.accessors[int(index)]
            allowed = _INSTANCE.get(name)
            if allowed is None and not name.startswith("_"):
                raise refuse("attribute_name", f"{name[:60]!r} is not an attribute of instances.", here)
            if allowed is not None and accessor.format not in allowed:
                raise refuse("attribute_format", f"{name} of instances cannot be made of {accessor.format}.", here)
            counts.add(accessor.count)
        if len(counts) > 1:
            raise refuse("attribute_count", f"The instances' attributes have different counts: {sorted(counts)}.", here)
        if "mesh" not in node:
            raise refuse("missing_field", "A node with instances needs a mesh.", where)
        return int(counts.pop())

    def _check_scenes(self, document: Json) -> list[set[int]]:
        """The root nodes of each scene."""
        found = []
        for at, scene in enumerate(document.get("scenes", [])):
            roots = scene.get("nodes", [])
            for place, node in enumerate(roots):
                if self.parents[int(node)] is not None:
                    here = f"/scenes/{at}/nodes/{place}"
                    raise refuse("scene_root", f"The scene names node {node}, which is a child of another.", here)
            found.append({int(node) for node in roots})
        return found

    def _number(self) -> list[tuple[int, int]]:
        """For each node the span of numbers that it and all below it have, counted depth first: inside means below."""
        spans = [(0, 0)] * len(self.nodes)
        number = 0
        todo = [(at, False) for at, parent in enumerate(self.parents) if parent is None]
        while todo:
            at, is_left = todo.pop()
            if is_left:
                spans[at] = (spans[at][0], number)
                continue
            spans[at] = (number, number)
            number += 1
            todo.append((at, True))
            todo += [(int(child), False) for child in self.nodes[at].get("children", [])]
        return spans

    def _check_skin(self, skin: Json, layout: Layout, where: str) -> None:
        joints = [int(joint) for joint in skin["joints"]]
        if len(joints) > self._limits.joints:
            raise refuse("too_many_joints", f"A skin has more than {self._limits.joints} joints.", where)
        if len({self.roots[joint] for joint in joints}) > 1:
            raise refuse("skin_root", "The joints of the skin have no common root.", f"{where}/joints")
        if "skeleton" in skin:
            first, last = self._spans[int(skin["skeleton"])]
            if not all(first <= self._spans[joint][0] < last for joint in joints):
                raise refuse("skin_root", "The skeleton node is not above all joints.", f"{where}/skeleton")
        if "inverseBindMatrices" not in skin:
            return
        here = f"{where}/inverseBindMatrices"
        matrices = layout.use_accessor(skin["inverseBindMatrices"], "inverse bind matrices", "bind matrices", here)
        if matrices.view is not None and matrices.view.stride is not None:
            raise refuse("view_stride", "Inverse bind matrices cannot have a byteStride.", here)
        if matrices.format != "MAT4 FLOAT":
            raise refuse("bind_matrix", f"Inverse bind matrices cannot be {matrices.format}.", here)
        if matrices.count < len(joints):
            text = f"There are {matrices.count} inverse bind matrices for {len(joints)} joints."
            raise refuse("bind_matrix", text, here)
        matrices.checks.add("affine")

    def _check_skinned_nodes(self) -> None:
        for at, node in enumerate(self.nodes):
            if "skin" not in node:
                continue
            joint = int(self.skins[int(node["skin"])]["joints"][0])
            for scene in self.scenes:
                if self.roots[at] in scene and self.roots[joint] not in scene:
                    text = "A scene shows the skinned mesh of this node and not its joints."
                    raise refuse("skin_scene", text, pointer("/nodes", at))

    def _count_drawn(self) -> int:
        # Whoever shows the file makes one thing of each of these, were it of a single point.
        parts = sum(self.meshes[int(node["mesh"])].primitives for node in self.nodes if "mesh" in node)
        if parts > self._limits.drawn_primitives:
            text = f"{parts} primitives would be drawn; at most {self._limits.drawn_primitives} are allowed."
            raise refuse("too_many_primitives", f"{text} Join parts or use fewer copies.", "/nodes")
        drawn = sum(
            self.meshes[int(node["mesh"])].triangles * self.instances.get(at, 1)
            for at, node in enumerate(self.nodes)
            if "mesh" in node
        )
        if drawn > self._limits.drawn_triangles:
            text = f"{drawn} triangles would be drawn; at most {self._limits.drawn_triangles} are allowed."
            raise refuse("too_many_triangles", f"{text} Simplify the model or use fewer copies.", "/nodes")
        return drawn
