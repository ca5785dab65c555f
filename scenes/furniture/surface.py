"""A piece's parts as flat columns, grouped by material, with the shade that its own shape throws on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carrel.scenes.furniture.tracing import Tracer, hemisphere
from carrel.scenes.halls.finishes import FAMILIES, FINISHES
from carrel.scenes.halls.kit.arrays import Floats, Ints, floats
from carrel.scenes.halls.kit.model import Model, Part

RAYS, REACH_M, FLOOR_LIGHT, DARKEST = 96, 0.8, 0.42, 0.16
"""Rays a vertex, how far a thing shades another, what the floor gives back, and the floor of the shade itself."""


@dataclass(frozen=True)
class Material:
    """One ordinary material of glTF; pieces with the same values share it."""

    name: str
    texture: str | None = None
    roughness: float = 0.8
    metalness: float = 0.0
    glow: tuple[float, float, float] = (0.0, 0.0, 0.0)
    opacity: float = 1.0
    double: bool = False


@dataclass(frozen=True)
class Surface:
    """Everything of one material: `colours` are linear RGB with the shade in them."""

    material: Material
    points: Floats
    normals: Floats
    uv: Floats
    colours: Floats
    faces: Ints


def surfaces(model: Model, *, on_floor: bool, seed: int) -> list[Surface]:
    """The model's parts by material, in the order of their names. Raises BuildError without the build packages."""
    parts = model.parts
    shades = _shades(parts, on_floor, seed)
    groups: dict[Material, list[int]] = {}
    for i, part in enumerate(parts):
        groups.setdefault(_material(part), []).append(i)
    return [
        _surface(material, [(parts[i], shades[i]) for i in groups[material]])
        for material in sorted(groups, key=lambda m: (m.name, m.roughness, m.glow))
    ]


def _material(part: Part) -> Material:
    finish = FINISHES[part.finish]
    family = FAMILIES[finish.family]
    if finish.family == "glass":
        return Material("glass", roughness=0.06, opacity=0.14, double=True)
    if part.glow:
        shine = np.round(finish.linear() * min(1.0, part.glow * 0.6), 3).tolist()
        return Material(f"shine {part.finish}", roughness=0.9, glow=(shine[0], shine[1], shine[2]), double=True)
    if finish.metalness:
        return Material("metal", roughness=0.34, metalness=0.5, double=True)
    if family.texture:
        return Material(family.texture, family.texture, finish.roughness, double=family.double)
    return Material(
        "satin" if finish.roughness < 0.7 else "matte", roughness=0.5 if finish.roughness < 0.7 else 0.92, double=True
    )


def _shades(parts: Sequence[Part], on_floor: bool, seed: int) -> list[Floats]:
    """For each vertex the part of a half sphere that is open, sampled a little inside its faces."""
    solid = [p for p in parts if p.blocks]
    corners = [p.points[p.faces] for p in solid]
    floor = floats([[[-9, 0, -9], [-9, 0, 9], [9, 0, 9]], [[-9, 0, -9], [9, 0, 9], [9, 0, -9]]])
    count = sum(len(c) for c in corners)
    tracer = Tracer(np.vstack([*corners, floor - [0, 0 if on_floor else 50, 0]]))
    rng, out = np.random.default_rng(seed), []
    for part in parts:
        middle = part.points[part.faces].mean(1)
        total, uses = np.zeros_like(part.points), np.zeros(len(part.points))
        for k in range(3):
            np.add.at(total, part.faces[:, k], middle)
            np.add.at(uses, part.faces[:, k], 1)
        inward = total / np.maximum(uses, 1)[:, None] - part.points
        length = np.linalg.norm(inward, axis=1, keepdims=True)
        at = part.points + inward * np.minimum(0.25, 0.03 / np.maximum(length, 1e-6)) + part.normals * 0.004
        open_part = np.zeros(len(at))
        for way in hemisphere(part.normals, RAYS, rng):
            met = tracer.first(at, way, REACH_M)
            open_part += np.where(met < 0, 1.0, np.where(met >= count, FLOOR_LIGHT, 0.0)) / RAYS
        out.append(DARKEST + (1 - DARKEST) * open_part)
    return out


def _surface(material: Material, chosen: Sequence[tuple[Part, Floats]]) -> Surface:
    points, normals, uv, colours, faces, first = [], [], [], [], [], 0
    for part, shade in chosen:
        finish = FINISHES[part.finish]
        scaled = part.uv / finish.tile_m
        if material.texture and finish.tile_m != 1.0:
            scaled = scaled - np.floor(scaled.min(0))
        p = part.points
        a, b, c = (p[part.faces[:, k]] for k in range(3))
        whole = np.linalg.norm(np.cross(b - a, c - a), axis=1) > 1e-9
        points.append(p)
        normals.append(part.normals)
        uv.append(scaled)
        colours.append(np.clip(finish.linear() * shade[:, None], 0, 1))
        faces.append(part.faces[whole] + first)
        first += len(p)
    columns = (floats(np.vstack(rows)) for rows in (points, normals, uv, colours))
    return Surface(material, next(columns), next(columns), next(columns), next(columns), np.vstack(faces))
