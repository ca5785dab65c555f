"""The baker: light at points, from sun, windows, lamps and two bounces.

Noise is kept away by construction: windows are sampled explicitly, sunlight's first bounce comes from virtual lights put
where sun rays land, and only the smooth rest is gathered by random rays into a cache of one radiance a cell and facing.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, floats, unit
from carrel.scenes.halls.kit.model import Model, Opening
from carrel.scenes.halls.light.coding import Daylight
from carrel.scenes.halls.light.rays import RayScene

GOLDEN = 0.618034


@dataclass(frozen=True)
class Effort:
    """How many samples one kind of receiver takes."""

    sun: int
    sky: int
    rays: int


class Illuminator(Protocol):
    """Whatever can say how much light falls on points: the ray baker, or the draft's plain sky."""

    def light(self, points: Floats, normals: Floats, effort: Effort) -> Floats: ...

    def soft(self, points: Floats, normals: Floats, effort: Effort) -> Floats: ...

    def sunlight(self, points: Floats, normals: Floats, effort: Effort) -> Floats: ...


class Baker:
    """H = irradiance / pi at points with normals, (n, 3) linear RGB."""

    def __init__(self, model: Model, scene: RayScene, daylight: Daylight, seed: int, workers: int = 2) -> None:
        self.model, self.scene, self.day, self.workers = model, scene, daylight, workers
        self.rng = np.random.default_rng(seed)
        self.cache: Floats | None = None
        self.spots, self.spot_normals, self.spot_power = self._sun_spots(12)
        self._fill_cache()

    def light(self, points: Floats, normals: Floats, effort: Effort) -> Floats:
        """Everything at many points; equal ones are computed once."""
        key = np.concatenate([np.round(points * 500), np.round(normals * 20)], 1).astype("i4")
        _, first, back = np.unique(key, axis=0, return_index=True, return_inverse=True)
        p, n = points[first], normals[first]
        found = self._split(
            lambda s, rng: self._sun(p[s], n[s], effort.sun) + self._soft(p[s], n[s], rng, effort), len(p)
        )
        return found[back.reshape(-1)]

    def soft(self, points: Floats, normals: Floats, effort: Effort) -> Floats:
        return self._split(lambda s, rng: self._soft(points[s], normals[s], rng, effort), len(points))

    def sunlight(self, points: Floats, normals: Floats, effort: Effort) -> Floats:
        return self._split(lambda s, _: self._sun(points[s], normals[s], effort.sun), len(points), 40000)

    def _split(self, work: Callable[[slice, np.random.Generator], Floats], n: int, chunk: int = 12000) -> Floats:
        cuts = [slice(i, min(i + chunk, n)) for i in range(0, n, chunk)]
        with ThreadPoolExecutor(self.workers) as pool:
            done = list(pool.map(lambda it: work(it[1], np.random.default_rng(1000 + it[0])), enumerate(cuts)))
        return np.vstack(done) if done else np.zeros((0, 3))

    def _window_points(self, w: Opening, a: Floats, b: Floats) -> tuple[Floats, Floats, float]:
        """Points of a window at (a, b) in 0..1, whether they lie in the hole, and the area of the sampled rectangle."""
        top = w.spring + (w.width / 2 if w.arched else 0)
        x, y = (a - 0.5) * w.width, w.sill + b * (top - w.sill)
        over = np.maximum(y - w.spring, 0)
        inside = (np.hypot(x, over) <= w.width / 2) | (over <= 0)
        base = w.center - (w.center @ w.up) * w.up - 0.06 * w.normal
        points = base + x[..., None] * w.across + y[..., None] * w.up
        return points, floats(inside), w.width * (top - w.sill)

    def _sun_spots(self, per_window: int) -> tuple[Floats, Floats, Floats]:
        """Virtual lights where sun rays through the windows land: position, normal, power."""
        at, facing, power = [], [], []
        for w in self.model.openings:
            k = per_window * 4
            cosine = max(0.0, float(-(w.normal @ self.day.sun_direction)))
            a, b = (np.arange(k) + self.rng.random(k)) / k, (np.arange(k) * GOLDEN + self.rng.random()) % 1
            points, inside, area = self._window_points(w, floats(a), floats(b))
            if cosine <= 0:
                continue
            points = points[inside > 0]
            rays = np.broadcast_to(-self.day.sun_direction, points.shape)
            triangle, distance = self.scene.hit(points, rays), self.scene.hit(points, rays, "DISTANCE")
            good = triangle >= 0
            at.append((points + rays * distance[:, None])[good])
            facing.append(self.scene.normals[triangle[good]])
            power.append(self.scene.albedo[triangle[good]] * self.day.sun * cosine * area / k)
        if not at:
            return np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3))
        points, normals, phi = np.vstack(at), floats(np.vstack(facing)), floats(np.vstack(power))
        normals[normals @ self.day.sun_direction < 0] *= -1
        pick = self.rng.permutation(len(points))[: per_window * len(self.model.openings)]
        scale = phi.sum(0) / np.maximum(phi[pick].sum(0), 1e-9)
        return points[pick] + normals[pick] * 0.02, normals[pick], phi[pick] * scale

    def _sun(self, points: Floats, normals: Floats, samples: int) -> Floats:
        out, way = np.zeros((len(points), 3)), self.day.sun_direction
        cosine = normals @ way
        lit = np.nonzero(cosine > 0)[0]
        if not len(lit):
            return out
        a = unit(np.cross(way, floats([0, 1, 0])))
        b = np.cross(way, a)
        for i in range(samples):
            r, turn = 0.009 * np.sqrt((i + 0.5) / samples), i * 2.39996
            d = unit(way + r * np.cos(turn) * a + r * np.sin(turn) * b)
            free = self.scene.hit(points[lit], np.broadcast_to(d, (len(lit), 3)), "OCCLUDED") < 0
            out[lit] += free[:, None] * cosine[lit, None] * self.day.sun / samples
        return out

    def _soft(self, points: Floats, normals: Floats, rng: np.random.Generator, effort: Effort) -> Floats:
        out = np.tile(self.day.ambient, (len(points), 1))
        for w in self.model.openings:
            self._add_window(out, points, normals, rng, w, effort.sky)
        self._add_lamps(out, points, normals)
        self._add_spots(out, points, normals)
        if self.cache is not None and effort.rays:
            out += self._gather(points, normals, rng, effort.rays)
        return out

    def _add_window(
        self, out: Floats, points: Floats, normals: Floats, rng: np.random.Generator, w: Opening, samples: int
    ) -> None:
        """Sky seen by rays that go up through the opening, sunlit ground by rays that go down."""
        n, rows = len(points), max(1, samples // 2)
        for i in range(samples):
            a, b = ((i % 2) + rng.random(n)) / 2, ((i // 2) + rng.random(n)) / rows
            target, inside, area = self._window_points(w, floats(a), floats(b))
            v = target - points
            d2 = (v * v).sum(1)
            d = v / np.sqrt(d2)[:, None]
            cosines = np.clip((normals * d).sum(1), 0, 1) * np.clip(-(d @ w.normal), 0, 1)
            weight = cosines * area / samples / (np.pi * np.maximum(d2, 0.15)) * inside
            j = np.nonzero(weight > 2e-5)[0]
            if not len(j):
                continue
            free, up = self.scene.clear(points[j], target[j]), np.clip(-d[j, 1:2] * 4 + 0.5, 0, 1)
            out[j] += (weight[j] * free)[:, None] * (self.day.sky * (1 - up) + self.day.ground * up)

    def _add_lamps(self, out: Floats, points: Floats, normals: Floats) -> None:
        for lamp in self.model.lamps:
            v = lamp.position - points
            d2 = (v * v).sum(1)
            j = np.nonzero(d2 < lamp.reach_m**2)[0]
            if not len(j):
                continue
            distance = np.sqrt(d2[j])
            d = v[j] / distance[:, None]
            weight = np.clip((normals[j] * d).sum(1), 0, 1) / (d2[j] + 0.02) * (1 - (distance / lamp.reach_m) ** 4) ** 2
            if lamp.shaded:
                weight *= np.clip((d[:, 1] + 0.05) * 3, 0, 1)  # light leaves downward only
            strong = weight > 1e-4
            j, weight = j[strong], weight[strong]
            if len(j):
                free = self.scene.clear(points[j], np.broadcast_to(lamp.position, (len(j), 3)))
                out[j] += (weight * free)[:, None] * lamp.intensity

    def _add_spots(self, out: Floats, points: Floats, normals: Floats) -> None:
        for spot, facing, power in zip(self.spots, self.spot_normals, self.spot_power, strict=True):
            v = spot - points
            d2 = (v * v).sum(1)
            d = v / np.sqrt(d2 + 1e-9)[:, None]
            weight = np.clip((normals * d).sum(1), 0, 1) * np.clip(-(d @ facing), 0, 1) / (np.pi * np.maximum(d2, 0.6))
            j = np.nonzero(weight * power.max() > 4e-5)[0]
            if len(j):
                free = self.scene.clear(points[j], np.broadcast_to(spot, (len(j), 3)))
                out[j] += (weight[j] * free)[:, None] * power

    def _gather(self, points: Floats, normals: Floats, rng: np.random.Generator, rays: int) -> Floats:
        cache = self.cache
        if cache is None:
            return np.zeros((len(points), 3))
        n = len(points)
        aside = np.where(np.abs(normals[:, :1]) > 0.7, floats([[0, 1, 0]]), floats([[1, 0, 0]]))
        a = unit(np.cross(normals, aside))
        b = np.cross(normals, a)
        out, r1, r2 = np.zeros((n, 3)), rng.random(n), rng.random(n)
        for i in range(rays):
            turn, u = 2 * np.pi * ((i * GOLDEN + r1) % 1), ((i + 0.5) / rays + r2 / rays) % 1
            s, c = np.sqrt(u), np.sqrt(1 - u)
            d = (s * np.cos(turn))[:, None] * a + (s * np.sin(turn))[:, None] * b + c[:, None] * normals
            k = self.scene.hit(points, d)
            front = k >= 0
            front[front] = (self.scene.normals[k[front]] * d[front]).sum(1) <= 0
            out[front] += cache[k[front]]
        return out / rays

    def _fill_cache(self, cell: float = 0.35, bounces: int = 2) -> None:
        """Radiance of every triangle, computed once a cell of space and facing."""
        scene = self.scene
        axis = np.argmax(np.abs(scene.normals), 1)
        facing = axis * 2 + (np.take_along_axis(scene.normals, axis[:, None], 1)[:, 0] > 0)
        key = np.concatenate([np.floor(scene.centers / cell).astype(int), facing[:, None]], 1)
        order = np.argsort(-scene.area, kind="stable")
        _, first, back = np.unique(key[order], axis=0, return_index=True, return_inverse=True)
        largest = order[first]
        group = np.empty(len(order), int)
        group[order] = back.reshape(-1)
        normals = floats(scene.normals[largest])
        points = floats(scene.centers[largest]) + normals * 0.012
        direct = self.soft(points, normals, Effort(0, 4, 0))
        light = direct
        for _ in range(bounces):
            self.cache = (scene.albedo * light[group]).astype("f4")
            light = direct + self._split(lambda s, rng: self._gather(points[s], normals[s], rng, 32), len(points))
        self.cache = (scene.albedo * light[group]).astype("f4")
