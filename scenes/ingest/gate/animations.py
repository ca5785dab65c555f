"""Animations: channels that move something that can be moved, samplers with as many values as moments."""

from __future__ import annotations

from carrel.scenes.ingest.gate.fields import Json, pointer, refuse
from carrel.scenes.ingest.gate.layout import Accessor, Layout
from carrel.scenes.ingest.gate.meshes import MeshFacts
from carrel.scenes.ingest.limits import GlbLimits

POINTER = "KHR_animation_pointer"
_KINDS = ("FLOAT", "UNSIGNED_BYTE normalized", "BYTE normalized", "UNSIGNED_SHORT normalized", "SHORT normalized")
OUTPUTS = {
    "translation": {"VEC3 FLOAT"},
    "rotation": {f"VEC4 {kind}" for kind in _KINDS},
    "scale": {"VEC3 FLOAT"},
    "weights": {f"SCALAR {kind}" for kind in _KINDS},
}


def check_animations(document: Json, layout: Layout, meshes: list[MeshFacts], limits: GlbLimits) -> int:
    """How many animations there are. Raises Refused."""
    animations = document.get("animations", [])
    channels = sum(len(animation["channels"]) for animation in animations)
    if channels > limits.channels:
        raise refuse("too_many_channels", f"The animations have more than {limits.channels} channels.", "/animations")
    for at, animation in enumerate(animations):
        where = pointer("/animations", at)
        for number, sampler in enumerate(animation["samplers"]):
            _check_sampler(sampler, layout, f"{where}/samplers/{number}")
        seen: set[tuple[int, str]] = set()
        for number, channel in enumerate(animation["channels"]):
            here = f"{where}/channels/{number}"
            target = channel["target"]
            if "node" in target:
                key = (int(target["node"]), target["path"])
                if key in seen:
                    raise refuse("duplicate_target", "Two channels move the same thing.", here)
                seen.add(key)
            _check_channel(document, channel, animation["samplers"], layout, meshes, here)
    return len(animations)


def _check_sampler(sampler: Json, layout: Layout, where: str) -> None:
    times = layout.use_accessor(sampler["input"], "times of an animation", "other data", f"{where}/input")
    values = layout.use_accessor(sampler["output"], "values of an animation", "other data", f"{where}/output")
    for accessor in (times, values):
        if accessor.view is not None and accessor.view.stride is not None:
            raise refuse("view_stride", "Animation data cannot lie in a buffer view with a byteStride.", where)
    if times.format != "SCALAR FLOAT":
        raise refuse("animation_format", f"Times cannot be made of {times.format}.", f"{where}/input")
    if times.low is None or times.high is None:
        raise refuse("missing_bounds", "The times of an animation must declare their min and max.", f"{where}/input")
    if _is_spline(sampler) and times.count < 2:
        raise refuse("animation_count", "A cubic spline needs two moments at least.", f"{where}/input")
    times.checks.add("times")


def _is_spline(sampler: Json) -> bool:
    return sampler.get("interpolation") == "CUBICSPLINE"


def _check_channel(
    document: Json, channel: Json, samplers: list[Json], layout: Layout, meshes: list[MeshFacts], where: str
) -> None:
    if channel["sampler"] >= len(samplers):
        text = f"The channel names sampler {channel['sampler']} of {len(samplers)}."
        raise refuse("dangling_index", text, f"{where}/sampler")
    target, path = channel["target"], channel["target"]["path"]
    if POINTER in target.get("extensions", {}):
        if "node" in target or path != "pointer":
            text = "A channel with a pointer names no node and has the path “pointer”."
            raise refuse("animation_pointer", text, f"{where}/target")
        return
    sampler = samplers[int(channel["sampler"])]
    values, moments = layout.accessors[int(sampler["output"])], layout.accessors[int(sampler["input"])].count
    targets = 0
    if "node" in target:
        node = document["nodes"][int(target["node"])]
        if path != "weights" and path in OUTPUTS and "matrix" in node:
            raise refuse("animated_matrix", "A node with a matrix cannot be animated.", f"{where}/target")
        targets = meshes[int(node["mesh"])].targets if "mesh" in node else 0
        if path == "weights" and not targets:
            raise refuse("animated_weights", "The node's mesh has no morph targets to animate.", f"{where}/target")
    _check_values(values, path, sampler, where)
    expected = moments * (3 if _is_spline(sampler) else 1) * (targets if path == "weights" else 1)
    if expected and values.count != expected and path in OUTPUTS:
        text = f"The animation has {values.count} values where {expected} are expected."
        raise refuse("animation_count", text, f"{where}/sampler")


def _check_values(values: Accessor, path: str, sampler: Json, where: str) -> None:
    allowed = OUTPUTS.get(path)
    if allowed is not None and values.format not in allowed:
        raise refuse("animation_format", f"A {path} cannot be made of {values.format}.", f"{where}/sampler")
    if path == "rotation":
        values.checks.add("spline rotation" if _is_spline(sampler) else "rotation")
