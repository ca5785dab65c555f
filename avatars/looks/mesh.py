"""Parts collected into one skinned mesh: palette coordinates, weights, morph deltas, occlusion; a part is one surface of one slot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from carrel.avatars.looks.arrays import Array, Ints, arr, unit
from carrel.avatars.looks.bones import Bone, Weigh, lowered_pose
from carrel.avatars.looks.field import Field
from carrel.avatars.looks.palette import GLOSSY, ROWS, SLOTS
from carrel.avatars.looks.surface import Skin

MORPHS = ("blink", "aa", "smile")


@dataclass(slots=True)
class Part:
    """One surface. `tone` is 0 (shadow) to 1 (light) in the slot's column; `worth` makes simplification spare it."""

    slot: str
    points: Array
    normals: Array
    faces: Ints
    weigh: Weigh
    tone: Array
    shade: Array
    lowered: bool = False
    worth: Array = field(default_factory=lambda: arr(1.0))
    morphs: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mesh:
    """Everything a file needs, one row a vertex; `gloss` marks triangles of shiny slots."""

    points: Array
    normals: Array
    uv: Array
    colour: Array
    joints: Ints
    weights: Ints
    faces: Ints
    gloss: Array
    island: Ints
    worth: Array
    morphs: Mapping[str, Array]


def rigid(bone: str) -> Weigh:
    """All points follow one bone."""
    return lambda p: {bone: np.ones(len(p))}


def face_normals(points: Array, faces: Ints) -> Array:
    """Area-weighted normals, shared by points in the same place."""
    _, key = np.unique(np.round(points, 5), axis=0, return_inverse=True)
    key = key.ravel()
    n = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])
    total = np.zeros((int(key.max()) + 1, 3))
    for k in range(3):
        np.add.at(total, key[faces[:, k]], n)
    return unit(total[key])


class Pile:
    """Collects parts."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    def add(
        self,
        slot: str,
        skin: Skin,
        weigh: Weigh | str,
        tone: Array | float = 0.5,
        shade: Array | float = 1.0,
        lowered: bool = False,
        worth: Array | float = 1.0,
        morphs: Mapping[str, Array] | None = None,
    ) -> Part:
        """A bare surface; a rim's hidden side is darkened."""
        n = len(skin.points)
        dim = 1 - 0.45 * skin.edge
        part = Part(
            slot,
            skin.points,
            skin.normals,
            skin.faces,
            rigid(weigh) if isinstance(weigh, str) else weigh,
            np.broadcast_to(arr(tone), (n,)) * (1 - 0.6 * skin.edge),
            np.broadcast_to(arr(shade), (n,)) * dim,
            lowered,
            np.broadcast_to(arr(worth), (n,)),
            morphs or {},
        )
        self.parts.append(part)
        return part

    def grid(
        self,
        slot: str,
        points: Array,
        weigh: Weigh | str,
        *,
        close: bool = False,
        cap: tuple[bool, bool] = (False, False),
        tone: Array | float = 0.5,
        shade: Array | float = 1.0,
        flip: bool = False,
        lowered: bool = False,
        worth: float = 1.0,
        morphs: Mapping[str, Array] | None = None,
    ) -> Part:
        """Rows x columns of points as a sheet; `close` joins first and last column, `cap` fills the first or last row."""
        r, c = points.shape[:2]
        flat = points.reshape(-1, 3)
        tones = np.broadcast_to(arr(tone), (r, c)).reshape(-1)
        shades = np.broadcast_to(arr(shade), (r, c)).reshape(-1)
        deltas = {name: value.reshape(-1, 3) for name, value in (morphs or {}).items()}
        i = np.arange(r - 1)[:, None] * c
        j = np.arange(c if close else c - 1)[None]
        k = (j + 1) % c
        faces = [
            np.stack([i + j, i + k, i + c + k], -1).reshape(-1, 3),
            np.stack([i + j, i + c + k, i + c + j], -1).reshape(-1, 3),
        ]
        for row, on in ((0, cap[0]), (r - 1, cap[1])):
            if not on:
                continue
            a = row * c + np.arange(c)
            b = row * c + (np.arange(c) + 1) % c
            middle = np.full(c, len(flat))
            faces.append(np.stack([b, a, middle] if row == 0 else [a, b, middle], -1))
            flat = np.concatenate([flat, points[row].mean(0)[None]])
            tones, shades = np.append(tones, tones[row * c]), np.append(shades, shades[row * c])
            deltas = {n: np.concatenate([d, d[row * c : row * c + c].mean(0)[None]]) for n, d in deltas.items()}
        f = np.concatenate(faces).astype(np.int64)
        if flip:
            f = f[:, ::-1]
        skin = Skin(flat, face_normals(flat, f), f, np.zeros(len(flat)))
        return self.add(slot, skin, weigh, tones, shades, lowered, worth, deltas)

    def tube(
        self,
        slot: str,
        path: Array,
        radii: Array,
        weigh: Weigh | str,
        *,
        sides: int = 8,
        up: tuple[float, float, float] = (0, 0, 1),
        cap: tuple[bool, bool] = (True, True),
        tone: Array | float = 0.5,
        worth: float = 1.0,
        lowered: bool = False,
    ) -> Part:
        """Rings across a path (n, 3); radii (n,) or (n, 2) as (sideways, along `up`)."""
        r = arr(radii)
        if r.ndim < 2:
            r = np.repeat(np.broadcast_to(r, (len(path),))[:, None], 2, 1)
        run = unit(arr(np.gradient(path, axis=0)))
        side = unit(np.cross(arr(up), run))
        top = np.cross(run, side)
        a = np.linspace(0, 2 * np.pi, sides, endpoint=False)
        points = (
            path[:, None]
            + side[:, None] * (np.cos(a)[None, :, None] * r[:, None, :1])
            + top[:, None] * (np.sin(a)[None, :, None] * r[:, None, 1:])
        )
        return self.grid(slot, points, weigh, close=True, cap=cap, tone=tone, worth=worth, lowered=lowered)

    def ball(
        self,
        slot: str,
        centre: Array,
        radii: tuple[float, float, float],
        weigh: Weigh | str,
        *,
        around: int = 10,
        tall: int = 7,
        tone: float = 0.5,
        worth: float = 1.0,
        lowered: bool = False,
    ) -> Part:
        """An ellipsoid."""
        e = np.linspace(-np.pi / 2 * 0.97, np.pi / 2 * 0.97, tall)[:, None]
        a = np.linspace(0, 2 * np.pi, around, endpoint=False)[None]
        points = np.stack([np.cos(e) * np.cos(a), np.sin(e) + 0 * a, -np.cos(e) * np.sin(a)], -1) * arr(radii) + centre
        return self.grid(slot, points, weigh, close=True, cap=(True, True), tone=tone, worth=worth, lowered=lowered)


def openness(scene: Field, points: Array, normal: Array) -> Array:
    """Ambient occlusion from the field itself: 1 in the open, less in creases, under chins and arms."""
    dark = np.zeros(len(points))
    for reach, share in ((0.012, 0.55), (0.03, 0.6), (0.065, 0.5), (0.12, 0.35)):
        dark += share * np.clip(1 - scene(points + normal * reach) / reach, 0, 1.2)
    return np.clip(1.06 - 0.42 * dark, 0.38, 1.0)


def assemble(
    parts: list[Part], bones: Mapping[str, Bone], scene: Field, shape: Callable[[Array], Array] | None = None
) -> Mesh:
    """All parts as one mesh in the rest pose; `scene` (the whole body's field, lowered pose) gives the occlusion."""
    names = list(bones)
    pose = lowered_pose(bones)
    carry = np.stack([pose[n] for n in names])
    rows: dict[str, list[Array]] = {k: [] for k in ("p", "n", "uv", "c", "j", "w", "f", "g", "i", "worth")}
    deltas: dict[str, list[Array]] = {m: [] for m in MORPHS}
    base = 0
    for number, part in enumerate(parts):
        n = len(part.points)
        table = np.zeros((n, len(names)))
        for bone, value in part.weigh(part.points).items():
            table[:, names.index(bone)] += np.broadcast_to(value, (n,))
        order = np.argsort(-table, axis=1, kind="stable")[:, :4]
        w = np.take_along_axis(table, order, 1)
        w = w / w.sum(1, keepdims=True)
        fixed = np.rint(w * 255).astype(np.int64)
        fixed[:, 0] += 255 - fixed.sum(1)
        w = fixed / 255.0
        order = np.where(fixed == 0, 0, order)
        blend = np.einsum("nk,nkij->nij", w, carry[order])
        if part.lowered:
            posed, posed_n = part.points, part.normals
            inverse = np.linalg.inv(blend)
            points = np.einsum("nij,nj->ni", inverse[:, :3, :3], posed) + inverse[:, :3, 3]
            normal = unit(np.einsum("nji,nj->ni", blend[:, :3, :3], posed_n))
        else:
            points, normal = part.points, part.normals
            posed = np.einsum("nij,nj->ni", blend[:, :3, :3], points) + blend[:, :3, 3]
            posed_n = unit(np.einsum("nij,nj->ni", blend[:, :3, :3], normal))
        light = openness(scene, posed, posed_n) * part.shade
        rows["p"].append(points if shape is None else shape(points))
        rows["n"].append(normal)
        v = (0.5 + (ROWS - 1) * np.clip(part.tone, 0, 1)) / ROWS
        rows["uv"].append(np.stack([np.full(n, (SLOTS.index(part.slot) + 0.5) / len(SLOTS)), v], -1))
        rows["c"].append(np.stack([light**0.85, light, light**1.15, np.ones(n)], -1))
        rows["j"].append(arr(order))
        rows["w"].append(arr(fixed))
        rows["f"].append(arr(part.faces + base))
        rows["g"].append(np.full(len(part.faces), 1.0 if part.slot in GLOSSY else 0.0))
        rows["i"].append(np.full(n, float(number)))
        rows["worth"].append(part.worth)
        for m in MORPHS:
            deltas[m].append(part.morphs.get(m, np.zeros((n, 3))))
        base += n
    got = {k: np.concatenate(v) for k, v in rows.items()}
    whole = {k: got[k].astype(np.int64) for k in ("j", "w", "f", "i")}
    return Mesh(
        got["p"],
        got["n"],
        got["uv"],
        np.clip(got["c"], 0, 1),
        whole["j"],
        whole["w"],
        whole["f"],
        got["g"],
        whole["i"],
        got["worth"],
        {m: np.concatenate(v) for m, v in deltas.items()},
    )
