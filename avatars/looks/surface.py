"""From a field to triangles: surface nets, clean cuts along a line, and the thickness that a cut edge shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from carrel.avatars.looks.arrays import Array, Ints, arr, unit
from carrel.avatars.looks.field import Field, normals, settle

Keep = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Skin:
    """A bare surface: points (n, 3) in metres, unit normals (n, 3), triangles (m, 3), `edge` 1 on a rim's hidden side."""

    points: Array
    normals: Array
    faces: Ints
    edge: Array

    def where(self, keep: npt.NDArray[np.bool_]) -> Skin:
        """Without the triangles that have no kept point."""
        used, new = np.unique(self.faces[keep[self.faces].any(1)], return_inverse=True)
        return Skin(self.points[used], self.normals[used], new.reshape(-1, 3).astype(np.int64), self.edge[used])


CORNERS = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)])
EDGES = [(a, b) for a in range(8) for b in range(a + 1, 8) if int(np.abs(CORNERS[a] - CORNERS[b]).sum()) == 1]


def net(field: Field, low: Sequence[float], high: Sequence[float], cell: Sequence[float]) -> tuple[Array, Ints]:
    """Surface nets over a box with cells of the given size (metres): points and triangles, facing outwards."""
    low_, cell_ = arr(low), arr(cell)
    count = np.ceil((arr(high) - low_) / cell_).astype(int) + 1
    index = np.stack(np.meshgrid(*(np.arange(n) for n in count), indexing="ij"), -1)
    value = field(low_ + index * cell_)
    value = np.where(value == 0, 1e-9, value)
    inside = value < 0
    n = count - 1
    corner = [tuple(slice(c[a], c[a] + n[a]) for a in range(3)) for c in CORNERS]
    total = sum(inside[c].astype(int) for c in corner)
    active = (total > 0) & (total < 8)
    at = np.argwhere(active)
    number = np.full(tuple(n), -1)
    number[tuple(at.T)] = np.arange(len(at))
    place, hits = np.zeros((len(at), 3)), np.zeros(len(at))
    for a, b in EDGES:
        va, vb = (value[tuple((at + CORNERS[i]).T)] for i in (a, b))
        cross = (va < 0) != (vb < 0)
        t = np.where(cross, va / np.where(cross, va - vb, 1.0), 0.0)
        where = CORNERS[a] + t[:, None] * (CORNERS[b] - CORNERS[a])
        place += where * cross[:, None]
        hits += cross
    points = low_ + (at + place / hits[:, None]) * cell_
    faces: list[Ints] = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        head = [slice(None)] * 3
        tail = [slice(None)] * 3
        head[axis], tail[axis] = slice(1, None), slice(None, -1)
        change = np.argwhere(inside[tuple(tail)] != inside[tuple(head)])
        change = change[(change[:, u] > 0) & (change[:, v] > 0) & (change[:, u] < n[u]) & (change[:, v] < n[v])]
        du, dv = np.eye(3, dtype=int)[u], np.eye(3, dtype=int)[v]
        quad = [number[tuple((change - o).T)] for o in (du + dv, dv, 0 * du, du)]
        out = inside[tuple(change.T)]
        a, b, c, d = (np.where(out, x, y) for x, y in zip(quad, quad[::-1], strict=True))
        short = ((points[a] - points[c]) ** 2).sum(1) <= ((points[b] - points[d]) ** 2).sum(1)
        faces.append(
            np.concatenate(
                [
                    np.where(short[:, None], np.stack([a, b, c], 1), np.stack([a, b, d], 1)),
                    np.where(short[:, None], np.stack([a, c, d], 1), np.stack([b, c, d], 1)),
                ]
            )
        )
    return points, np.concatenate(faces).astype(np.int64)


def compact(points: Array, faces: Ints) -> tuple[Array, Ints]:
    """Without the points that no triangle uses."""
    used, new = np.unique(faces, return_inverse=True)
    return points[used], new.reshape(-1, 3).astype(np.int64)


def cut(points: Array, faces: Ints, keep: Keep, snap: float = 0.22) -> tuple[Array, Ints]:
    """The part where keep(points) > 0, cut cleanly along its zero line; near points are moved onto the line first."""
    points = points.copy()
    value = keep(points)
    for a, b in ((0, 1), (1, 2), (2, 0)):
        for i, j in ((a, b), (b, a)):
            p, q = faces[:, i], faces[:, j]
            cross = (value[p] > 0) != (value[q] > 0)
            t = np.where(cross, value[p] / np.where(cross, value[p] - value[q], 1.0), 1.0)
            pick = cross & (t < snap) & (value[p] != 0)
            who, first = np.unique(p[pick], return_index=True)
            points[who] += (points[q[pick][first]] - points[who]) * t[pick][first][:, None]
            value[who] = 0.0
    side = value[faces]
    faces = faces[(side > 0).any(1)]
    side = value[faces]
    whole = (side >= 0).all(1)
    out: list[Ints] = [faces[whole]]
    made: dict[tuple[int, int], int] = {}
    fresh: list[Array] = []

    def between(i: int, j: int) -> int:
        key = (min(i, j), max(i, j))
        if key not in made:
            t = value[key[0]] / (value[key[0]] - value[key[1]])
            made[key] = len(points) + len(fresh)
            fresh.append(points[key[0]] + t * (points[key[1]] - points[key[0]]))
        return made[key]

    rest: list[tuple[int, int, int]] = []
    for tri in faces[~whole].tolist():
        poly: list[int] = []
        for i, j in zip(tri, tri[1:] + tri[:1], strict=True):
            if value[i] >= 0:
                poly.append(i)
            if (value[i] > 0) != (value[j] > 0) and value[i] != 0 and value[j] != 0:
                poly.append(between(i, j))
        rest += [(poly[0], poly[k], poly[k + 1]) for k in range(1, len(poly) - 1)]
    if rest:
        out.append(np.array(rest, dtype=np.int64))
    every = np.concatenate([points, np.array(fresh)]) if fresh else points
    return compact(every, np.concatenate(out))


def rim(points: Array, normal: Array, faces: Ints, depth: float) -> Skin:
    """The surface with its open edges turned inwards by `depth` metres, so that cloth shows a thickness."""
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    key = np.sort(pairs, 1) @ np.array([len(points), 1])
    _, first, count = np.unique(key, return_index=True, return_counts=True)
    edge = pairs[first[count == 1]]
    if depth <= 0 or not len(edge):
        return Skin(points, normal, faces, np.zeros(len(points)))
    who = np.unique(edge)
    new = np.full(len(points), -1)
    new[who] = np.arange(len(who))
    away = np.zeros((len(who), 3))
    run = points[edge[:, 1]] - points[edge[:, 0]]
    out = unit(np.cross(run, normal[edge[:, 0]]))
    np.add.at(away, new[edge[:, 0]], out)
    np.add.at(away, new[edge[:, 1]], out)
    away = unit(away)
    lip = points[who] - normal[who] * depth * 0.35 + away * depth * 0.22
    inner = points[who] - normal[who] * depth - away * depth * 0.3
    n, m = len(points), len(who)
    a, b = edge[:, 0], edge[:, 1]
    c, d = n + new[b], n + new[a]
    strips = [
        np.stack([b, a, d], 1),
        np.stack([b, d, c], 1),
        np.stack([c, d, d + m], 1),
        np.stack([c, d + m, c + m], 1),
    ]
    normals_ = np.concatenate([normal, unit(away + 0.4 * normal[who]), unit(away - 0.6 * normal[who])])
    shade = np.concatenate([np.zeros(n), np.full(m, 0.35), np.ones(m)])
    return Skin(np.concatenate([points, lip, inner]), normals_, np.concatenate([faces, *strips]), shade)


def shell(
    field: Field,
    low: Sequence[float],
    high: Sequence[float],
    cell: Sequence[float],
    keep: Keep | None = None,
    depth: float = 0.0,
) -> Skin:
    """A field's surface inside a box, cut by `keep`, with rims of `depth` metres."""
    points, faces = net(field, low, high, cell)
    points = settle(field, points)
    if keep is not None:
        points, faces = cut(points, faces, keep)
        points = settle(field, points, 1)
    flat = (
        np.linalg.norm(
            np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]]), axis=1
        )
        < 1e-9
    )
    points, faces = compact(points, faces[~flat])
    return rim(points, normals(field, points), faces, depth)
