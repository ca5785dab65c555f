"""A small picture of a model, drawn by processor alone: a z-buffer over numpy, one light from the window and one from the sky.

It is for lists and shelves. Materials are their base colour; what is transparent is drawn whole or not at all. Skins stand as their joints stand in the file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.edit import Glb
from carrel.server.publishing.optimise.accessors import as_floats, read
from carrel.server.publishing.optimise.pools import Pool
from carrel.server.publishing.optimise.textures import FORMATS, decoded, webp

Array = npt.NDArray[Any]
Json = dict[str, Any]

SIDE: Final = 384
FINER: Final = 2
"""Drawn so many times larger, then made smooth."""
MARGIN: Final = 0.06
TURN, TILT = np.radians(32.0), np.radians(16.0)
"""From where: a little to its left and above, as one looks at a thing on a table."""
SUN: Final = np.array([-0.45, 0.75, 0.5]) / np.linalg.norm([-0.45, 0.75, 0.5])
SUNLIGHT, SKYLIGHT, GROUNDLIGHT = 0.75, 0.5, 0.22
TEXTURE_SIDE: Final = 256
SPANS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768)
"""Triangles are drawn together with those whose box is about as large."""
CELLS_AT_ONCE: Final = 1 << 18
TOO_THIN: Final = 1e-6
HALF: Final = np.float32(0.5)
OPAQUE_FROM: Final = 0.5
QUALITY: Final = 85


@dataclass(slots=True)
class Part:
    """Triangles of one material in the world: corners (n, 3, 3), normals alike, texture coordinates (n, 3, 2), colours (n, 3, 3)."""

    corners: Array
    normals: Array
    coordinates: Array | None
    colours: Array
    texture: Array | None
    cut_out: bool


def draw(glb: Glb, pools: list[Pool]) -> bytes | None:
    """WebP with nothing behind the model; None when there is nothing to draw."""
    parts = [part for part in _parts(glb, pools) if len(part.corners)]
    if not parts:
        return None
    side = SIDE * FINER
    view = _view(parts, side)
    surface = _Surface(side * side)
    for number, part in enumerate(parts):
        for pixels, depth, triangles, weights in _covered(part, view, side):
            surface.put(number, pixels, depth, triangles, weights)
    colour = np.zeros((side * side, 4), np.float32)
    for number, part in enumerate(parts):
        # Only what is seen at last is given its colour.
        seen = np.flatnonzero(surface.part == number)
        colour[seen, :3] = _colour(part, surface.triangle[seen], surface.weights[seen])
        colour[seen, 3] = 1
    return webp(_smooth(colour.reshape(side, side, 4)), quality=QUALITY, method=2, exact=False)


class _Surface:
    """Of each pixel what is nearest: its part, its triangle, and where within that."""

    def __init__(self, pixels: int) -> None:
        self.depth = np.full(pixels, np.inf, np.float32)
        self.part = np.full(pixels, -1, np.int32)
        self.triangle = np.zeros(pixels, np.int64)
        self.weights = np.zeros((pixels, 3), np.float32)

    def put(self, part: int, pixels: Array, depth: Array, triangles: Array, weights: Array) -> None:
        np.minimum.at(self.depth, pixels, depth)
        nearest = np.flatnonzero(depth == self.depth[pixels])
        places = pixels[nearest]
        self.part[places] = part
        self.triangle[places] = triangles[nearest]
        self.weights[places] = weights[nearest]


def _view(parts: list[Part], side: int) -> Array:
    """A 3 × 4 matrix from the world to pixels and depth that fits all of it."""
    turn = np.array([[np.cos(TURN), 0, -np.sin(TURN)], [0, 1, 0], [np.sin(TURN), 0, np.cos(TURN)]])
    tilt = np.array([[1, 0, 0], [0, np.cos(TILT), -np.sin(TILT)], [0, np.sin(TILT), np.cos(TILT)]])
    looking = tilt @ turn
    seen = [part.corners.reshape(-1, 3) @ looking.T for part in parts]
    low = np.min([points.min(axis=0) for points in seen], axis=0)
    high = np.max([points.max(axis=0) for points in seen], axis=0)
    scale = side * (1 - 2 * MARGIN) / max(float((high - low)[:2].max()), 1e-9)
    matrix = np.zeros((3, 4))
    matrix[:, :3] = looking * scale
    matrix[1:, :3] *= -1  # rows of a picture go down, and what is nearer has less depth
    middle = (low + high) / 2 * scale
    matrix[:, 3] = side / 2 - middle[0], side / 2 + middle[1], middle[2]
    return matrix


def _covered(part: Part, view: Array, side: int) -> Iterator[tuple[Array, Array, Array, Array]]:
    """(pixel, depth, triangle, weights of its corners) of every place that a triangle covers, in blocks."""
    points = (part.corners @ view[:, :3].T + view[:, 3]).astype(np.float32)
    flat = points[:, :, :2]
    low = np.clip(np.ceil(flat.min(axis=1) - 0.5), 0, side - 1).astype(np.int32)
    high = np.clip(np.floor(flat.max(axis=1) - 0.5), 0, side - 1).astype(np.int32)
    span = (high - low).max(axis=1) + 1
    edge = flat[:, 1:] - flat[:, :1]
    twice = edge[:, 0, 0] * edge[:, 1, 1] - edge[:, 0, 1] * edge[:, 1, 0]
    whole = (np.abs(twice) > TOO_THIN) & (high >= low).all(axis=1)
    before = 0
    for size in SPANS:
        chosen = np.flatnonzero((span > before) & (span <= size) & whole)
        before = size
        step = max(1, CELLS_AT_ONCE // (size * size))
        across, down = (
            axis.ravel() for axis in np.meshgrid(np.arange(size, dtype=np.int32), np.arange(size, dtype=np.int32))
        )
        for start in range(0, len(chosen), step):
            some = chosen[start : start + step]
            x, y = low[some, :1] + across, low[some, 1:] + down
            # Middles of pixels, from the first corner; whole numbers would make doubles of all that follows.
            right = x.astype(np.float32) - (flat[some, 0, :1] - HALF)
            below = y.astype(np.float32) - (flat[some, 0, 1:] - HALF)
            slope = edge[some] / twice[some, None, None]
            second = right * slope[:, 1, 1:] - below * slope[:, 1, :1]
            third = below * slope[:, 0, :1] - right * slope[:, 0, 1:]
            inside = (second >= 0) & (third >= 0) & (second + third <= 1) & (x < side) & (y < side)
            rows, cells = np.nonzero(inside)
            b, c, triangles = second[rows, cells], third[rows, cells], some[rows]
            weights = np.stack([1 - b - c, b, c], -1)
            if part.cut_out:
                kept = _alpha(part, triangles, weights) >= OPAQUE_FROM
                rows, cells, triangles, weights = rows[kept], cells[kept], triangles[kept], weights[kept]
            depth = (points[triangles, :, 2] * weights).sum(axis=1)
            yield y[rows, cells] * side + x[rows, cells], depth, triangles, weights


def _between(values: Array, triangles: Array, weights: Array) -> Array:
    found: Array = np.einsum("nkj,nk->nj", values[triangles], weights)
    return found


def _alpha(part: Part, triangles: Array, weights: Array) -> Array:
    if part.texture is None or part.coordinates is None:
        return np.ones(len(triangles))
    return _texels(part.texture, _between(part.coordinates, triangles, weights))[:, 3]


def _colour(part: Part, triangles: Array, weights: Array) -> Array:
    normal = _between(part.normals, triangles, weights)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    base = _between(part.colours, triangles, weights)
    if part.texture is not None and part.coordinates is not None:
        base = base * _texels(part.texture, _between(part.coordinates, triangles, weights))[:, :3]
    sky = GROUNDLIGHT + (SKYLIGHT - GROUNDLIGHT) * (normal[:, 1:2] + 1) / 2
    sun = normal @ SUN
    # Sheets are seen from both sides.
    light = sky + SUNLIGHT * np.maximum(sun, -0.25 * sun)[:, None]
    shown: Array = np.clip(base * light, 0, 1)
    return shown


def _texels(texture: Array, coordinates: Array) -> Array:
    height, width = texture.shape[:2]
    across = (np.mod(coordinates[:, 0], 1) * width).astype(np.int64).clip(0, width - 1)
    down = (np.mod(coordinates[:, 1], 1) * height).astype(np.int64).clip(0, height - 1)
    found: Array = texture[down, across]
    return found


def _smooth(colour: Array) -> Image.Image:
    """Linear light as a picture, edges soft."""
    cells = colour.reshape(SIDE, FINER, SIDE, FINER, 4)
    covered = cells[..., 3:]
    alpha = covered.mean(axis=(1, 3))
    light = (cells[..., :3] * covered).sum(axis=(1, 3)) / np.maximum(covered.sum(axis=(1, 3)), 1e-6)
    shown = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    return Image.fromarray((np.dstack([shown, alpha]).clip(0, 1) * 255 + 0.5).astype(np.uint8), "RGBA")


# --- the scene ---


def _parts(glb: Glb, pools: list[Pool]) -> Iterator[Part]:
    document = glb.json
    runs = {place: (pool, run.indices) for pool in pools for run in pool.runs for place in run.primitives}
    worlds = _worlds(document)
    textures: dict[int, Array | None] = {}
    for node, world in worlds.items():
        entry = document["nodes"][node]
        for place in range(len(document["meshes"][entry["mesh"]]["primitives"]) if "mesh" in entry else 0):
            found = runs.get((entry["mesh"], place))
            if found is not None:
                primitive = document["meshes"][entry["mesh"]]["primitives"][place]
                skin = (
                    document["skins"][entry["skin"]]
                    if "skin" in entry and "JOINTS_0" in primitive["attributes"]
                    else None
                )
                yield _part(glb, primitive, *found, _moves(glb, skin, primitive, found[0], worlds, world), textures)


def _part(
    glb: Glb, primitive: Json, pool: Pool, indices: Array, moves: Array, textures: dict[int, Array | None]
) -> Part:
    """`moves` are 4 × 4 matrices, one for all vertices or one for each."""
    document, attributes = glb.json, primitive["attributes"]

    def rows(name: str) -> Array | None:
        index = attributes.get(name)
        if index is None or index not in pool.rows:
            return None
        return as_floats(pool.rows[index], document["accessors"][index].get("normalized", False))

    positions = rows("POSITION")
    assert positions is not None, "a pool has positions"
    placed = (
        np.einsum("nij,nj->ni", moves[:, :3, :3], positions) + moves[:, :3, 3]
        if len(moves) > 1
        else (positions @ moves[0, :3, :3].T + moves[0, :3, 3])
    )
    corners = placed[indices].reshape(-1, 3, 3)
    normals = rows("NORMAL")
    if normals is None:
        face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        turned = np.repeat(face[:, None], 3, axis=1)
    else:
        turned = np.einsum("nij,nj->ni", moves[:, :3, :3], normals) if len(moves) > 1 else normals @ moves[0, :3, :3].T
        turned = turned[indices].reshape(-1, 3, 3)
    material: Json = document["materials"][primitive["material"]] if "material" in primitive else {}
    surface = material.get("pbrMetallicRoughness", {})
    colours = np.tile(np.array(surface.get("baseColorFactor", [1, 1, 1, 1])[:3], np.float32), (len(corners), 3, 1))
    vertex_colours = rows("COLOR_0")
    if vertex_colours is not None:
        colours = colours * vertex_colours[indices][:, :3].reshape(-1, 3, 3)
    named = surface.get("baseColorTexture")
    coordinates = rows(f"TEXCOORD_{named.get('texCoord', 0)}") if named else None
    texture = None
    if named and coordinates is not None:
        if named["index"] not in textures:
            textures[named["index"]] = _texture(glb, named["index"])
        texture = textures[named["index"]]
    return Part(
        corners,
        turned,
        None if coordinates is None else coordinates[indices].reshape(-1, 3, 2),
        colours,
        texture,
        material.get("alphaMode", "OPAQUE") != "OPAQUE",
    )


def _texture(glb: Glb, index: int) -> Array | None:
    """Linear light with alpha; None for a picture that we do not decode."""
    texture = glb.json["textures"][index]
    sources = [extension.get("source") for extension in texture.get("extensions", {}).values()]
    for source in (texture.get("source"), *sources):
        if source is not None and "bufferView" in glb.json["images"][source]:
            data = glb.view(glb.json["images"][source]["bufferView"])
            try:
                image = decoded(io.BytesIO(data), FORMATS, TEXTURE_SIDE).convert("RGBA")
            except Refused:
                continue
            image.thumbnail((TEXTURE_SIDE, TEXTURE_SIDE), Image.Resampling.BOX)
            values = np.asarray(image, np.float32) / 255
            return np.dstack([values[..., :3] ** 2.2, values[..., 3:]])
    return None


def _worlds(document: Json) -> dict[int, Array]:
    """Node → its matrix in the world, of the scene that is shown."""
    found: dict[int, Array] = {}
    scenes = document.get("scenes", [])
    roots = scenes[document.get("scene", 0)].get("nodes", []) if scenes else range(len(document.get("nodes", [])))
    waiting = [(node, np.eye(4)) for node in roots]
    while waiting:
        node, above = waiting.pop()
        entry = document["nodes"][node]
        found[node] = above @ _local(entry)
        waiting += [(child, found[node]) for child in entry.get("children", ())]
    return found


def _local(node: Json) -> Array:
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)))
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def _moves(glb: Glb, skin: Json | None, primitive: Json, pool: Pool, worlds: dict[int, Array], world: Array) -> Array:
    """Of a skinned mesh a matrix for each vertex, as its joints stand; of any other its node's."""
    indices = [primitive["attributes"].get(name) for name in ("JOINTS_0", "WEIGHTS_0")]
    if skin is None or any(index not in pool.rows for index in indices):
        return world[None]
    stand = np.array([worlds.get(joint, np.eye(4)) for joint in skin["joints"]])
    if "inverseBindMatrices" in skin:
        stand = stand @ read(glb, skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)[: len(stand)]
    joints = pool.rows[indices[0]].astype(np.int64)
    weights = as_floats(pool.rows[indices[1]], normalized=True)
    moves: Array = np.einsum("nk,nkij->nij", weights, stand[joints])
    return moves
