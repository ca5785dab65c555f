"""Which vertices belong together: accessors that primitives use side by side, and may be given another order only together.

A pool is *free* when all who refer to its accessors are triangle primitives that we understand whole; everything else keeps its order and its bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from carrel.scenes.ingest.edit import Glb
from carrel.server.publishing.optimise import meshopt
from carrel.server.publishing.optimise.accessors import Array, read

Json = dict[str, Any]
Place = tuple[int, int]
TRIANGLES: Final = 4
HARMLESS: Final = frozenset({"KHR_materials_variants", "EXT_mesh_features"})
"""Extensions of a primitive that say nothing about the order or number of its vertices."""


@dataclass(slots=True)
class Run:
    """Triangles over a pool, and the primitives (mesh, place in it) that draw them. `accessor` None: they named no indices."""

    accessor: int | None
    indices: meshopt.Indices
    primitives: list[Place]


@dataclass(slots=True)
class Pool:
    """Rows of every accessor, as many in each; `roles` says what an accessor is, as `POSITION` or, of a morph, `target POSITION`."""

    rows: dict[int, Array]
    roles: dict[int, str]
    positions: int
    """The accessor of the positions."""
    runs: list[Run] = field(default_factory=list)

    @property
    def vertices(self) -> int:
        return len(next(iter(self.rows.values())))

    @property
    def triangles(self) -> int:
        return sum(len(run.indices) // 3 for run in self.runs)


def find(glb: Glb) -> list[Pool]:
    """The free pools of the file, in the order of their first primitive."""
    uses = _uses(glb.json)
    groups: list[tuple[set[int], dict[Place, Json]]] = []
    for place, primitive in _primitives(glb.json):
        accessors, members = {index for _, index in _named(primitive)}, {place: primitive}
        apart = []
        for group in groups:
            if group[0] & accessors:
                accessors |= group[0]
                members = group[1] | members
            else:
                apart.append(group)
        groups = [*apart, (accessors, members)]
    pools = [_pool(glb, members) for accessors, members in groups if _free(glb.json, accessors, members, uses)]
    return [pool for pool in pools if all(len(run.indices) for run in pool.runs)]


def _free(document: Json, accessors: set[int], places: dict[Place, Json], uses: Counter[int]) -> bool:
    members = list(places.values())
    used = Counter(index for primitive in members for _, index in _named(primitive))
    used.update(primitive["indices"] for primitive in members if "indices" in primitive)
    entries = [document["accessors"][index] for index in accessors]
    return (
        bool(accessors)
        and all(primitive.get("mode", TRIANGLES) == TRIANGLES for primitive in members)
        and all(primitive.get("extensions", {}).keys() <= HARMLESS for primitive in members)
        and all("POSITION" in primitive["attributes"] for primitive in members)
        and len({entry["count"] for entry in entries}) == 1
        and all(not entry["type"].startswith("MAT") for entry in entries)
        and all(uses[index] == count for index, count in used.items())
        and len({primitive["attributes"]["POSITION"] for primitive in members}) == 1
    )


def _pool(glb: Glb, members: dict[Place, Json]) -> Pool:
    roles: dict[int, str] = {}
    for primitive in members.values():
        for role, index in _named(primitive):
            roles.setdefault(index, role)
    pool = Pool(
        {index: read(glb, index) for index in roles}, roles, next(i for i, role in roles.items() if role == "POSITION")
    )
    known: dict[int | None, Run] = {}
    for place, primitive in members.items():
        accessor = primitive.get("indices")
        run = known.get(accessor)
        if run is None:
            indices = np.arange(pool.vertices) if accessor is None else read(glb, accessor).ravel()
            whole = len(indices) // 3 * 3
            run = known[accessor] = Run(accessor, indices[:whole].astype(np.uint32), [])
            pool.runs.append(run)
        run.primitives.append(place)
    return pool


def _named(primitive: Json) -> Iterator[tuple[str, int]]:
    yield from primitive["attributes"].items()
    for target in primitive.get("targets", ()):
        for name, index in target.items():
            yield f"target {name}", index


def _primitives(document: Json) -> Iterator[tuple[Place, Json]]:
    for number, mesh in enumerate(document.get("meshes", ())):
        for place, primitive in enumerate(mesh["primitives"]):
            yield (number, place), primitive


def _uses(document: Json) -> Counter[int]:
    """How often each accessor is referred to by what the specification knows."""
    uses: Counter[int] = Counter()
    for _, primitive in _primitives(document):
        uses.update(index for _, index in _named(primitive))
        if "indices" in primitive:
            uses[primitive["indices"]] += 1
    for animation in document.get("animations", ()):
        for sampler in animation["samplers"]:
            uses.update((sampler["input"], sampler["output"]))
    uses.update(skin["inverseBindMatrices"] for skin in document.get("skins", ()) if "inverseBindMatrices" in skin)
    for node in document.get("nodes", ()):
        uses.update(node.get("extensions", {}).get("EXT_mesh_gpu_instancing", {}).get("attributes", {}).values())
    return uses
