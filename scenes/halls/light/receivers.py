"""Who takes light: vertices, the panels of the lightmap, books, and the probes that light avatars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carrel.scenes.halls.kit.arrays import Bytes, Floats, floats
from carrel.scenes.halls.kit.model import NEAR, Panel, Part
from carrel.scenes.halls.light.baker import Effort, Illuminator
from carrel.scenes.halls.light.coding import encode

MARGIN, BLOCK = 3, 8
SIX_WAYS = floats([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]])


def vertex_light(parts: Sequence[Part], sky: Illuminator, effort: Effort) -> list[Floats]:
    """H for every vertex. Near parts are baked; parts of other levels only take their light from the near ones."""
    near = [p for p in parts if p.levels & NEAR]
    baked = _baked(near, sky, effort)
    found = {id(p): light for p, light in zip(near, baked, strict=True)}
    for finish in {p.finish: None for p in parts}:
        others = [p for p in parts if p.finish == finish and not p.levels & NEAR]
        sources = [p for p in near if p.finish == finish]
        if others and sources:
            lent = _lent(sources, [found[id(p)] for p in sources], others)
            found |= {id(p): light for p, light in zip(others, lent, strict=True)}
        elif others:
            found |= {id(p): light for p, light in zip(others, _baked(others, sky, effort), strict=True)}
    return [found[id(p)] for p in parts]


def _baked(parts: Sequence[Part], sky: Illuminator, effort: Effort) -> list[Floats]:
    """Sampled slightly inside each vertex's faces, so that edges in contact do not turn black."""
    points, normals = [], []
    for part in parts:
        middle = part.points[part.faces].mean(1)
        total, count = np.zeros_like(part.points), np.zeros(len(part.points))
        for k in range(3):
            np.add.at(total, part.faces[:, k], middle)
            np.add.at(count, part.faces[:, k], 1)
        inward = total / np.maximum(count, 1)[:, None] - part.points
        length = np.linalg.norm(inward, axis=1, keepdims=True)
        points.append(part.points + inward * np.minimum(0.25, 0.05 / np.maximum(length, 1e-6)) + part.normals * 0.010)
        normals.append(part.normals)
    light = sky.light(np.vstack(points), np.vstack(normals), effort)
    return list(np.split(light, np.cumsum([len(p) for p in points])[:-1]))


def _lent(sources: Sequence[Part], light: Sequence[Floats], takers: Sequence[Part]) -> list[Floats]:
    """Light of the nearest vertices that look the same way: simplified shapes lie inside the near ones, where no ray comes."""
    from scipy.spatial import cKDTree

    def place(parts: Sequence[Part]) -> Floats:
        return np.concatenate([np.vstack([p.points for p in parts]), np.vstack([p.normals for p in parts]) * 0.4], 1)

    tree = cKDTree(place(sources))
    distance, index = tree.query(place(takers), k=min(6, tree.n))
    weight = 1 / (distance.reshape(len(index), -1) + 0.03) ** 2
    taken = np.vstack(light)[index.reshape(len(index), -1)]
    mixed = floats((taken * weight[..., None]).sum(1) / weight.sum(1, keepdims=True))
    return list(np.split(mixed, np.cumsum([len(p.points) for p in takers])[:-1]))


@dataclass(frozen=True)
class Lightmap:
    """The coded picture (height, width, 3), and for each panel its place and whether it lies turned."""

    image: Bytes
    places: dict[int, tuple[int, int]]
    sizes: list[tuple[int, int]]
    turned: list[bool]

    def uv(self, part: Part, panels: Sequence[Panel]) -> Floats:
        """Texture coordinates on the lightmap for a part of a panel."""
        i = part.panel if part.panel is not None else 0
        st = panels[i].locate(part.points) if part.panel_st is None else part.panel_st
        (w, h), (x, y) = self.sizes[i], self.places[i]
        height, width = self.image.shape[:2]
        # half a texel inside the edge, so that filtering never reads a neighbour
        s, t = 0.5 + st[:, 0] * (w - 1), 0.5 + st[:, 1] * (h - 1)
        u, v = (x + t, y + s) if self.turned[i] else (x + s, y + t)
        return np.stack([u / width, v / height], 1)


def lightmap(
    panels: Sequence[Panel], sky: Illuminator, effort: Effort, *, width: int = 1024, coarse: float = 1.0
) -> Lightmap:
    """Pack the panels on shelves, longest short side first, and light every texel; `coarse` > 1 takes larger texels."""
    if coarse != 1.0:
        panels = [Panel(p.columns, p.normals, p.stations, p.depth, p.texel_m * coarse, p.dim, p.arched) for p in panels]
    sizes = [p.size() for p in panels]
    turned = [h > w for w, h in sizes]
    places: dict[int, tuple[int, int]] = {}
    x = y = row = 0
    for i in sorted(range(len(sizes)), key=lambda i: -min(sizes[i])):
        w, h = _blocks(max(sizes[i])), _blocks(min(sizes[i]))
        if x + w > width:
            x, y, row = 0, y + row, 0
        places[i] = (x + MARGIN, y + MARGIN)
        x, row = x + w, max(row, h)
    image = np.zeros((y + row, width, 3), "u1")
    for i, panel in enumerate(panels):
        tile = encode(_panel_light(panel, sky, effort))  # (s, t, 3)
        tile = tile if turned[i] else tile.transpose(1, 0, 2)
        h, w = tile.shape[:2]
        after = (_blocks(h) - h - MARGIN, _blocks(w) - w - MARGIN)
        tile = np.pad(tile, ((MARGIN, after[0]), (MARGIN, after[1]), (0, 0)), mode="edge")
        px, py = places[i][0] - MARGIN, places[i][1] - MARGIN
        image[py : py + tile.shape[0], px : px + tile.shape[1]] = tile
    return Lightmap(image, places, sizes, turned)


def _blocks(texels: int) -> int:
    """Room for so many texels and their margins in whole JPEG blocks: what is coded together belongs together."""
    return BLOCK * int(np.ceil((texels + 2 * MARGIN) / BLOCK))


def _panel_light(panel: Panel, sky: Illuminator, effort: Effort) -> Floats:
    """Sun at every texel; soft light at every other one of fine panels, smoothed."""
    from scipy.ndimage import gaussian_filter

    w, h = panel.size()
    if panel.dim < 1:  # close to the glass light comes from few directions: more samples
        effort = Effort(effort.sun, effort.sky * 4, effort.rays)
    points, normals = _texels(panel, w, h)
    sun = sky.sunlight(points, normals, effort).reshape(w, h, 3)
    half = 2 if panel.texel_m < 0.05 else 1
    w2, h2 = max(2, w // half), max(2, h // half)
    coarse, facing = _texels(panel, w2, h2)
    soft = sky.soft(coarse, facing, effort).reshape(w2, h2, 3)
    soft = gaussian_filter(soft, (1.8, 1.8, 0), mode="nearest")
    if (w2, h2) != (w, h):
        soft = _stretched(soft, w, h)
    return floats(sun + soft) * panel.dim


def _texels(panel: Panel, w: int, h: int) -> tuple[Floats, Floats]:
    """Texel centres, the first and last on the panel's very edge drawn in by a little so that corners get light."""
    s, t = np.meshgrid(np.linspace(0, 1, w), np.linspace(0, 1, h), indexing="ij")
    inset_s, inset_t = 0.35 / w, 0.35 / h
    points, normals = panel.at(floats(inset_s + s * (1 - 2 * inset_s)), floats(inset_t + t * (1 - 2 * inset_t)))
    return points.reshape(-1, 3) + normals.reshape(-1, 3) * 0.012, normals.reshape(-1, 3)


def _stretched(soft: Floats, w: int, h: int) -> Floats:
    w2, h2 = soft.shape[:2]
    a, b = np.linspace(0, w2 - 1, w), np.linspace(0, h2 - 1, h)
    i, j = np.clip(np.floor(a).astype(int), 0, w2 - 2), np.clip(np.floor(b).astype(int), 0, h2 - 2)
    fa, fb = (a - i)[:, None, None], (b - j)[None, :, None]
    low = soft[i][:, j] * (1 - fa) + soft[i + 1][:, j] * fa
    high = soft[i][:, j + 1] * (1 - fa) + soft[i + 1][:, j + 1] * fa
    return floats(low * (1 - fb) + high * fb)


@dataclass(frozen=True)
class ProbeGrid:
    """Ambient cubes on a regular grid: `coded` is (nz, ny, nx, 6, 3), the six in the order +x -x +y -y +z -z."""

    origin: tuple[float, float, float]
    step: tuple[float, float, float]
    counts: tuple[int, int, int]
    coded: Bytes


def probe_grid(
    origin: tuple[float, float, float],
    step: tuple[float, float, float],
    counts: tuple[int, int, int],
    sky: Illuminator,
    effort: Effort,
) -> ProbeGrid:
    """Light from six sides at each grid point; direct sun is averaged over the point's neighbourhood."""
    nx, ny, nz = counts
    z, y, x = np.meshgrid(np.arange(nz), np.arange(ny), np.arange(nx), indexing="ij")
    at = floats(origin) + np.stack([x, y, z], -1).reshape(-1, 3) * floats(step)
    points, normals = np.repeat(at, 6, 0), np.tile(SIX_WAYS, (len(at), 1))
    light = sky.soft(points, normals, effort)
    rng, around = np.random.default_rng(5), 8
    for _ in range(around):
        aside = np.repeat(rng.uniform(-0.4, 0.4, at.shape) * floats(step), 6, 0)
        light += sky.sunlight(points + aside, normals, Effort(1, 0, 0)) / around
    return ProbeGrid(origin, step, counts, encode(light).reshape(nz, ny, nx, 6, 3))
