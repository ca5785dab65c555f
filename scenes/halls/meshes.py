"""From parts to meshes: merged by family, cut into zones along the hall and into levels of detail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carrel.scenes.halls.finishes import FAMILIES, FINISHES, palette
from carrel.scenes.halls.kit.arrays import Bytes, Floats, Ints, floats
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model, Part
from carrel.scenes.halls.lighting import Lit

LEVELS = (NEAR, MID, FAR)


@dataclass(frozen=True)
class MeshData:
    """One family in one zone: shared vertices, and faces for each level (an absent level shows nothing)."""

    family: str
    zone: int
    points: Floats
    normals: Floats
    uv: Floats
    uv1: Floats | None
    colours: Bytes | None
    faces: dict[int, Ints]


def meshes_of(model: Model, lit: Lit, bay_m: float, zones: int) -> list[MeshData]:
    """All meshes of the model, in the order of the families' table, then zones; families that are not zoned have zone -1."""
    out: list[MeshData] = []
    for family in FAMILIES:
        chosen = [(i, p) for i, p in enumerate(model.parts) if FINISHES[p.finish].family == family]
        if chosen:
            out += _family(model, lit, family, chosen, bay_m, zones)
    return out


def _family(
    model: Model,
    lit: Lit,
    family: str,
    chosen: Sequence[tuple[int, Part]],
    bay_m: float,
    zones: int,
) -> list[MeshData]:
    kind = FAMILIES[family]
    numbers = {name: k for k, name in enumerate(palette(family))}
    sizes = [len(p.points) for _, p in chosen]
    starts = np.cumsum([0, *sizes[:-1]])
    points = np.vstack([p.points for _, p in chosen])
    normals = np.vstack([p.normals for _, p in chosen])
    uv = np.vstack([_texture_uv(p) for _, p in chosen])
    uv1 = np.vstack([lit.lightmap.uv(p, model.panels) for _, p in chosen]) if kind.light == "lightmap" else None
    colours = None
    if kind.light == "vertex":
        alpha = [np.full((n, 1), numbers[p.finish], "u1") for n, (_, p) in zip(sizes, chosen, strict=True)]
        colours = np.concatenate([np.vstack([lit.vertices[i] for i, _ in chosen]), np.vstack(alpha)], 1)
    elif kind.blend:
        alphas = np.concatenate([p.alpha if p.alpha is not None else np.ones(len(p.points)) for _, p in chosen])
        colours = np.concatenate([np.full((len(points), 3), 255), np.round(alphas[:, None] * 255)], 1).astype("u1")
    faces = np.vstack([p.faces + start for (_, p), start in zip(chosen, starts, strict=True)])
    levels = np.concatenate([np.full(len(p.faces), p.levels) for _, p in chosen])
    corners = points[faces]
    solid = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) > 1e-9
    faces, levels, corners = faces[solid], levels[solid], corners[solid]
    cut = kind.zoned
    zone = np.full(len(faces), -1)
    if cut:
        homes = np.concatenate([np.full(len(p.faces), -1 if p.zone is None else p.zone) for _, p in chosen])[solid]
        lies_in = np.clip(np.floor(-corners[..., 2].mean(1) / bay_m), 0, zones - 1).astype(int)
        zone = np.where(homes >= 0, homes, lies_in)
    out = []
    for z in np.unique(zone).tolist():
        mine = zone == z
        used = np.unique(faces[mine])
        renumber = np.zeros(len(points), np.int64)
        renumber[used] = np.arange(len(used))
        by_level = {}
        for level in LEVELS if cut else (NEAR,):
            shown = faces[mine & (levels & level > 0)]
            if len(shown):
                by_level[level] = renumber[shown]
        taken_uv1, taken_colours = (None if a is None else a[used] for a in (uv1, colours))
        out.append(MeshData(family, z, points[used], normals[used], uv[used], taken_uv1, taken_colours, by_level))
    return out


def _texture_uv(part: Part) -> Floats:
    """Texture coordinates in repeats, kept small part by part."""
    tile = FINISHES[part.finish].tile_m
    if tile == 1.0:
        return part.uv
    scaled = part.uv / tile
    return floats(scaled - np.floor(scaled.min(0)))
