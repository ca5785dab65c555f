"""Meshes: attributes and what they may be made of, indices, morph targets, and how much there is to draw."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from carrel.scenes.ingest.gate.elements import largest
from carrel.scenes.ingest.gate.fields import Json, pointer, refuse
from carrel.scenes.ingest.gate.layout import COMPONENTS, FLOAT, RANGES, UNSIGNED_INT, Accessor, Layout
from carrel.scenes.ingest.limits import GlbLimits

QUANTIZATION = "KHR_mesh_quantization"
_SIGNED, _UNSIGNED = ("BYTE", "SHORT"), ("UNSIGNED_BYTE", "UNSIGNED_SHORT")


def _formats(shapes: str, *kinds: tuple[str, ...]) -> frozenset[str]:
    return frozenset(f"{shape} {kind}" for shape in shapes.split() for group in kinds for kind in group)


_FLOAT = ("FLOAT",)
_FRACTION = tuple(f"{kind} normalized" for kind in _UNSIGNED)
_SIGNED_FRACTION = tuple(f"{kind} normalized" for kind in _SIGNED)
_ANY = (*_SIGNED, *_UNSIGNED, *_FRACTION, *_SIGNED_FRACTION)
FORMATS = {
    "POSITION": _formats("VEC3", _FLOAT),
    "NORMAL": _formats("VEC3", _FLOAT),
    "TANGENT": _formats("VEC4", _FLOAT),
    "TEXCOORD": _formats("VEC2", _FLOAT, _FRACTION),
    "COLOR": _formats("VEC3 VEC4", _FLOAT, _FRACTION),
    "JOINTS": _formats("VEC4", _UNSIGNED),
    "WEIGHTS": _formats("VEC4", _FLOAT, _FRACTION),
}
QUANTIZED = FORMATS | {
    "POSITION": FORMATS["POSITION"] | _formats("VEC3", _ANY),
    "NORMAL": FORMATS["NORMAL"] | _formats("VEC3", _SIGNED_FRACTION),
    "TANGENT": FORMATS["TANGENT"] | _formats("VEC4", _SIGNED_FRACTION),
    "TEXCOORD": FORMATS["TEXCOORD"] | _formats("VEC2", _ANY),
}
MORPHS = {
    "POSITION": _formats("VEC3", _FLOAT),
    "NORMAL": _formats("VEC3", _FLOAT),
    "TANGENT": _formats("VEC3", _FLOAT),
    "TEXCOORD": _formats("VEC2", _FLOAT, _FRACTION, _SIGNED_FRACTION),
    "COLOR": _formats("VEC3 VEC4", _FLOAT, _FRACTION, _SIGNED_FRACTION),
}
QUANTIZED_MORPHS = MORPHS | {
    "POSITION": MORPHS["POSITION"] | _formats("VEC3", _SIGNED, _SIGNED_FRACTION),
    "NORMAL": MORPHS["NORMAL"] | _formats("VEC3", _SIGNED_FRACTION),
    "TANGENT": MORPHS["TANGENT"] | _formats("VEC3", _SIGNED_FRACTION),
    "TEXCOORD": MORPHS["TEXCOORD"] | _formats("VEC2", _SIGNED),
}
_INDICES = _formats("SCALAR", ("UNSIGNED_BYTE", "UNSIGNED_SHORT", "UNSIGNED_INT"))
_SINGLE = ("POSITION", "NORMAL", "TANGENT")
_NAME = re.compile(r"(?:TEXCOORD|COLOR|JOINTS|WEIGHTS)_(?:0|[1-9]\d{0,3})")
_TRIANGLES, _STRIP, _FAN = 4, 5, 6


@dataclass(slots=True)
class MeshFacts:
    """What nodes, skins and animations need to know of a mesh."""

    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None
    primitives: int = 0
    triangles: int = 0
    targets: int = 0
    influences: list[tuple[list[Accessor], list[Accessor]]] = field(default_factory=list)


@dataclass(slots=True)
class MeshSet:
    """All meshes of a document, and sums over them."""

    meshes: list[MeshFacts]
    primitives: int
    vertices: int
    triangles: int
    targets: int


def check_meshes(document: Json, layout: Layout, limits: GlbLimits) -> MeshSet:
    """Raises Refused. Vertices that several primitives share count once."""
    declared = document.get("extensionsUsed", [])
    formats = (QUANTIZED, QUANTIZED_MORPHS) if QUANTIZATION in declared else (FORMATS, MORPHS)
    vertices: dict[tuple[int, ...], int] = {}
    tops: dict[int, int] = {}
    made: list[MeshFacts] = []
    primitives = triangles = total = 0
    for at, mesh in enumerate(document.get("meshes", [])):
        where, facts = pointer("/meshes", at), MeshFacts(primitives=len(mesh["primitives"]))
        primitives += facts.primitives
        if primitives > limits.primitives:
            text = f"The file has more than {limits.primitives} primitives: join parts that share a material."
            raise refuse("too_many_primitives", text, where)
        for number, primitive in enumerate(mesh["primitives"]):
            here = pointer(f"{where}/primitives", number)
            attributes, count = _check_attributes(primitive, layout, formats[0], here)
            key = tuple(sorted(a.index for a in attributes.values()))
            if key not in vertices:
                vertices[key] = count
                total += count
            if total > limits.vertices:
                text = f"There are more than {limits.vertices} vertices: simplify the model."
                raise refuse("too_many_vertices", text, here)
            indices = _check_indices(primitive, layout, count, tops, here)
            _check_targets(primitive, layout, attributes, formats[1], here)
            _find_influences(attributes, facts)
            facts.triangles += _triangles(primitive, count if indices is None else indices.count)
            _widen(facts, attributes.get("POSITION"))
        triangles += facts.triangles
        _check_mesh_targets(mesh, facts, limits, where)
        made.append(facts)
    return MeshSet(made, primitives, total, triangles, sum(mesh.targets for mesh in made))


def _check_attributes(
    primitive: Json, layout: Layout, formats: dict[str, frozenset[str]], where: str
) -> tuple[dict[str, Accessor], int]:
    found: dict[str, Accessor] = {}
    sets = {"JOINTS": 0, "WEIGHTS": 0}
    for name, index in primitive["attributes"].items():
        here = pointer(f"{where}/attributes", name)
        if not (name in _SINGLE or name.startswith("_") or _NAME.fullmatch(name)):
            raise refuse("attribute_name", f"{name[:60]!r} is not the name of an attribute.", here)
        accessor = layout.use_accessor(index, "vertices", "vertices", here)
        family = name.split("_")[0] or name
        allowed = formats.get(family)
        if accessor.format not in allowed if allowed else accessor.component not in COMPONENTS:
            raise refuse("attribute_format", f"{name[:60]} cannot be made of {accessor.format}.", here)
        if not allowed and accessor.component == UNSIGNED_INT:
            raise refuse("attribute_format", f"{name[:60]} cannot be made of 32 bit whole numbers.", here)
        _check_alignment(accessor, here)
        sets |= {family: sets[family] + 1} if family in sets else {}
        if name == "POSITION" and (accessor.low is None or accessor.high is None):
            raise refuse("missing_bounds", "Positions must declare their min and max.", here)
        _ask(accessor, name)
        found[name] = accessor
    _check_sets(found, where)
    counts = {accessor.count for accessor in found.values()}
    if len(counts) > 1:
        raise refuse("attribute_count", f"The attributes have different counts: {sorted(counts)}.", where)
    if sets["JOINTS"] != sets["WEIGHTS"]:
        raise refuse("joints_weights", "There are not as many sets of joints as of weights.", where)
    return found, counts.pop()


def _check_sets(attributes: dict[str, Accessor], where: str) -> None:
    """Numbered attributes are numbered from 0 without a gap."""
    for family in ("TEXCOORD", "COLOR", "JOINTS", "WEIGHTS"):
        numbers = sorted(int(name.split("_")[1]) for name in attributes if name.startswith(f"{family}_"))
        if numbers != list(range(len(numbers))):
            raise refuse("attribute_sets", f"The sets of {family} must be numbered 0, 1, 2 … without a gap.", where)


def _check_alignment(accessor: Accessor, where: str) -> None:
    view = accessor.view
    if view is None:
        return
    if accessor.offset % 4 or (view.stride is None and accessor.element_bytes % 4):
        raise refuse("attribute_alignment", "Vertices must begin at multiples of four bytes.", where)
    view.readers.add(accessor.index)
    if view.stride is None and len(view.readers) > 1:
        text = "Several attributes share a buffer view that has no byteStride."
        raise refuse("view_stride", text, where)


def _ask(accessor: Accessor, name: str) -> None:
    """What the pass over the data is to look at."""
    if name == "NORMAL":
        accessor.checks.add("unit")
    elif name == "TANGENT":
        accessor.checks |= {"unit", "tangent"}
    elif name.startswith("COLOR_") and accessor.component == FLOAT:
        accessor.checks.add("clamped")


def _check_indices(primitive: Json, layout: Layout, count: int, tops: dict[int, int], where: str) -> Accessor | None:
    if "indices" not in primitive:
        return None
    here = f"{where}/indices"
    accessor = layout.use_accessor(primitive["indices"], "indices", "indices", here)
    if accessor.view is not None and accessor.view.stride is not None:
        raise refuse("view_stride", "Indices cannot lie in a buffer view with a byteStride.", here)
    if accessor.format not in _INDICES:
        raise refuse("index_format", f"Indices cannot be made of {accessor.format}.", here)
    if accessor.is_readable:
        if accessor.index not in tops:
            tops[accessor.index] = largest(accessor)
        top = tops[accessor.index]
        if top == (1 << 8 * accessor.item_bytes) - 1:
            raise refuse("index_restart", f"The index {top} stands for “begin anew” and cannot be used.", here)
        if top >= count:
            raise refuse("index_range", f"An index points to vertex {top} of {count}.", here)
    return accessor


def _check_targets(
    primitive: Json, layout: Layout, attributes: dict[str, Accessor], formats: dict[str, frozenset[str]], where: str
) -> None:
    for number, target in enumerate(primitive.get("targets", [])):
        for name, index in target.items():
            here = pointer(f"{where}/targets/{number}", name)
            allowed = formats.get(name.split("_")[0])
            if not (name.startswith("_") or name in _SINGLE or (allowed and _NAME.fullmatch(name))):
                raise refuse("attribute_name", f"{name[:60]!r} cannot be morphed.", here)
            if name not in attributes:
                raise refuse("morph_without_base", f"{name[:60]} is morphed and the primitive has none.", here)
            accessor = layout.use_accessor(index, "vertices", "vertices", here)
            if allowed and accessor.format not in allowed:
                raise refuse("attribute_format", f"A morph of {name[:60]} cannot be made of {accessor.format}.", here)
            _check_alignment(accessor, here)
            if name == "POSITION" and (accessor.low is None or accessor.high is None):
                raise refuse("missing_bounds", "Morphed positions must declare their min and max.", here)
            if accessor.count != attributes[name].count:
                text = f"A morph target has {accessor.count} elements, its base {attributes[name].count}."
                raise refuse("attribute_count", text, here)


def _check_mesh_targets(mesh: Json, facts: MeshFacts, limits: GlbLimits, where: str) -> None:
    counts = {len(primitive.get("targets", [])) for primitive in mesh["primitives"]}
    if len(counts) > 1:
        raise refuse("morph_count", "The primitives of the mesh have different numbers of morph targets.", where)
    facts.targets = counts.pop()
    if facts.targets > limits.morph_targets:
        raise refuse("too_many_morphs", f"A mesh has more than {limits.morph_targets} morph targets.", where)
    if "weights" in mesh and len(mesh["weights"]) != facts.targets:
        text = f"The mesh has {len(mesh['weights'])} weights for {facts.targets} morph targets."
        raise refuse("morph_weights", text, f"{where}/weights")


def _find_influences(attributes: dict[str, Accessor], facts: MeshFacts) -> None:
    """Sets of joints with their weights; they are looked at when a node with a skin wears the mesh."""
    joints, weights = (
        [attributes[f"{family}_{n}"] for n in range(8) if f"{family}_{n}" in attributes]
        for family in ("JOINTS", "WEIGHTS")
    )
    if joints and len(joints) == len(weights):
        facts.influences.append((joints, weights))


def _triangles(primitive: Json, count: int) -> int:
    mode = primitive.get("mode", _TRIANGLES)
    if mode == _TRIANGLES:
        return count // 3
    return max(0, count - 2) if mode in (_STRIP, _FAN) else 0


def _widen(facts: MeshFacts, positions: Accessor | None) -> None:
    """The box of the mesh, from the bounds that positions declare (and that are compared with the data)."""
    if positions is None or positions.low is None or positions.high is None:
        return
    scale = 1 / RANGES[positions.component][1] if positions.is_normalized else 1.0
    low, high = (tuple(value * scale for value in bound) for bound in (positions.low, positions.high))
    facts.low = low if facts.low is None else tuple(map(min, facts.low, low))
    facts.high = high if facts.high is None else tuple(map(max, facts.high, high))
