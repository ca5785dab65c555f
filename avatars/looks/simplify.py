"""Fewer triangles by half-edge collapse on quadric error; points are only dropped, never moved, so every attribute survives."""

from __future__ import annotations

import heapq
from math import sqrt

import numpy as np

from carrel.avatars.looks.arrays import Array
from carrel.avatars.looks.mesh import Mesh

BORDER = 6.0


def _quadrics(mesh: Mesh) -> Array:
    p, f = mesh.points, mesh.faces
    n = np.cross(p[f[:, 1]] - p[f[:, 0]], p[f[:, 2]] - p[f[:, 0]])
    area = np.linalg.norm(n, axis=1)
    n = n / np.maximum(area, 1e-12)[:, None]
    plane = np.concatenate([n, -(n * p[f[:, 0]]).sum(1, keepdims=True)], 1)
    each = plane[:, :, None] * plane[:, None, :] * (area[:, None, None] / 2)
    out = np.zeros((len(p), 4, 4))
    for k in range(3):
        np.add.at(out, f[:, k], each)
    pairs = np.concatenate([f[:, [0, 1]], f[:, [1, 2]], f[:, [2, 0]]])
    owner = np.tile(np.arange(len(f)), 3)
    key = np.sort(pairs, 1) @ np.array([len(p), 1])
    _, first, count = np.unique(key, return_index=True, return_counts=True)
    for e in first[count == 1]:
        a, b = pairs[e]
        run = p[b] - p[a]
        wall = np.cross(run, n[owner[e]])
        length = float(np.linalg.norm(wall))
        if length < 1e-9:
            continue
        wall = wall / length
        plane1 = np.append(wall, -wall @ p[a])
        q = np.outer(plane1, plane1) * float(run @ run) * BORDER
        out[a] += q
        out[b] += q
    return out * mesh.worth[:, None, None]


def simplified(mesh: Mesh, budget: int) -> Mesh:
    """The mesh with at most `budget` triangles (or as near as its islands allow)."""
    if len(mesh.faces) <= budget:
        return mesh
    q = _quadrics(mesh)
    p = np.concatenate([mesh.points, np.ones((len(mesh.points), 1))], 1)
    tone, normal = mesh.uv[:, 1], mesh.normals
    faces = [list(map(int, f)) for f in mesh.faces]
    alive = [True] * len(faces)
    around: list[set[int]] = [set() for _ in range(len(p))]
    for i, f in enumerate(faces):
        for v in f:
            around[v].add(i)
    stamp = [0] * len(p)
    gone = [False] * len(p)
    heap: list[tuple[float, int, int, int]] = []

    def cost(a: int, b: int) -> float:
        quad = q[a] + q[b]
        bend = 1.0 - float(normal[a] @ normal[b])
        span = float(((p[a, :3] - p[b, :3]) ** 2).sum())
        drift = (float(tone[a] - tone[b]) ** 2 * 0.35 + 0.02 * bend + 0.002) * span * float(mesh.worth[a])
        error = float(p[b] @ quad @ p[b])
        return error + drift * 0.02 * sqrt(span) + 1e-9 * span

    def push(a: int) -> None:
        near = sorted({v for i in around[a] for v in faces[i]} - {a})
        if near:
            best = min((cost(a, b), b) for b in near)
            heapq.heappush(heap, (best[0], a, best[1], stamp[a]))

    def turned(a: int, b: int) -> bool:
        for i in around[a]:
            f = faces[i]
            if b in f:
                continue
            x, y, z = (p[v, :3] for v in f)
            old = np.cross(y - x, z - x)
            x, y, z = (p[b if v == a else v, :3] for v in f)
            new = np.cross(y - x, z - x)
            size = float(np.linalg.norm(old) * np.linalg.norm(new))
            if float(old @ new) < 0.25 * size:
                return True
        return False

    for v in range(len(p)):
        push(v)
    left = len(faces)
    while left > budget and heap:
        _, a, b, when = heapq.heappop(heap)
        if gone[a] or gone[b] or when != stamp[a]:
            continue
        shared = [i for i in around[a] if b in faces[i]]
        ring_a = {v for i in around[a] for v in faces[i]} - {a, b}
        ring_b = {v for i in around[b] for v in faces[i]} - {a, b}
        if len(shared) > 2 or len(ring_a & ring_b) > len(shared) or turned(a, b):
            stamp[a] += 1
            continue
        for i in shared:
            alive[i] = False
            left -= 1
            for v in faces[i]:
                around[v].discard(i)
        for i in around[a]:
            faces[i] = [b if v == a else v for v in faces[i]]
            around[b].add(i)
        around[a] = set()
        gone[a] = True
        q[b] += q[a]
        for v in sorted(ring_a | {b}):
            stamp[v] += 1
            push(v)
    keep = np.array(alive)
    kept = np.array(faces, dtype=np.int64)[keep]
    used, new = np.unique(kept, return_inverse=True)
    return Mesh(
        mesh.points[used],
        mesh.normals[used],
        mesh.uv[used],
        mesh.colour[used],
        mesh.joints[used],
        mesh.weights[used],
        new.reshape(-1, 3).astype(np.int64),
        mesh.gloss[keep],
        mesh.island[used],
        mesh.worth[used],
        {k: v[used] for k, v in mesh.morphs.items()},
    )
