"""From a lit Model to the bytes of one GLB: materials, textures, meshes by zone and level, books, probes."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from carrel.scenes.halls.books.meshes import BookMesh, far_book, near_book
from carrel.scenes.halls.books.shelf_light import SAMPLES, ShelfLight
from carrel.scenes.halls.books.shelving import LitBooks
from carrel.scenes.halls.books.spines import CELL_HEIGHT, COLUMNS, NUMERALS, VOLUME_BAND, SpineAtlas
from carrel.scenes.halls.finishes import FAMILIES, FINISHES, palette
from carrel.scenes.halls.glb import GlbWriter, Json
from carrel.scenes.halls.kit.arrays import Bytes, Floats, quaternions
from carrel.scenes.halls.kit.model import FAR, MID, NEAR
from carrel.scenes.halls.light.coding import LIGHT_RANGE, encode, linear
from carrel.scenes.halls.light.receivers import ProbeGrid
from carrel.scenes.halls.meshes import MeshData

AUTHOR, LICENCE = "Carrel", "CC0-1.0"
LEVEL_NUMBER = {NEAR: 0, MID: 1, FAR: 2}
LEVEL_NAME = {NEAR: "near", MID: "mid", FAR: "far"}
CLAMPED = {"sky", "print", "card", "lightmap", "spines"}
QUALITY = {"lightmap": 93, "spines": 66, "rug": 78, "veneer": 80, "limewash": 80, "print": 82}
FULL_CHROMA = {"lightmap", "spines"}


@dataclass(frozen=True)
class HallFile:
    """The GLB, and the facts that tests and pages state about it."""

    data: bytes
    triangles_by_level: dict[str, int]
    books: int
    size_bytes: dict[str, int]


@dataclass(frozen=True)
class Contents:
    """What goes into one file besides the meshes. `books` are part of the hall; those of its shelves come as a table."""

    title: str
    textures: Mapping[str, Image.Image]
    lightmap: Bytes
    atlas: SpineAtlas | None  # None: a hall without books
    books: Mapping[str, LitBooks]
    book_zones: Mapping[str, int]
    probes: ProbeGrid
    settings: Json
    shelf_light: ShelfLight | None = None


def write_hall(meshes: list[MeshData], contents: Contents) -> HallFile:
    g = GlbWriter(contents.title, AUTHOR, LICENCE)
    pictures = {**contents.textures, "lightmap": Image.fromarray(contents.lightmap)}
    if contents.atlas is not None:
        pictures["spines"] = contents.atlas.image
    textures = {
        name: g.texture(
            image, name, quality=QUALITY.get(name, 84), clamp=name in CLAMPED, full_chroma=name in FULL_CHROMA
        )
        for name, image in pictures.items()
    }
    triangles = dict.fromkeys(LEVEL_NAME.values(), 0)
    ranges = {
        f: max(float(np.abs(m.uv).max()) for m in meshes if m.family == f) * 1.001 + 1e-6
        for f in {m.family for m in meshes}
    }
    materials = {f: g.material(_material(f, ranges[f], textures)) for f in FAMILIES if f in ranges}
    for mesh in meshes:
        _write_mesh(g, mesh, materials[mesh.family], ranges[mesh.family], triangles)
    books = _write_books(g, contents, contents.atlas, textures["spines"]) if contents.atlas is not None else 0
    ours = {"title": contents.title, "probes": _probes(contents.probes), **contents.settings}
    if contents.shelf_light is not None:
        ours["shelf_light"] = _shelf_light(contents.shelf_light)
    data = g.finish({"carrel": ours})
    return HallFile(data, triangles, books, dict(sorted(g.size_bytes.items(), key=lambda item: -item[1])))


def _material(name: str, uv_range: float, textures: Mapping[str, int]) -> Json:
    family = FAMILIES[name]
    surface: Json = {"roughnessFactor": family.roughness, "metallicFactor": 0.0}
    if family.tint != (255, 255, 255):
        surface["baseColorFactor"] = [*_rounded(linear(family.tint)), 1.0]
    placing = {"extensions": {"KHR_texture_transform": {"scale": [uv_range, uv_range]}}}
    if family.texture:
        surface["baseColorTexture"] = {"index": textures[family.texture], **placing}
    if family.roughness_texture:
        surface["metallicRoughnessTexture"] = {"index": textures[family.roughness_texture], **placing}
    ours: Json = {
        "light": family.light,
        "range": LIGHT_RANGE,
        "gain": family.gain,
    }
    value: Json = {"name": name, "pbrMetallicRoughness": surface, "extras": {"carrel": ours}}
    if family.light == "vertex":
        ours["finishes"] = [
            [*_rounded(FINISHES[f].linear()), FINISHES[f].roughness, FINISHES[f].metalness] for f in palette(name)
        ]
    if family.light == "lightmap":
        value["occlusionTexture"] = {"index": textures["lightmap"], "texCoord": 1}
    if family.light == "none":
        value["extensions"] = {"KHR_materials_unlit": {}}
    if family.double:
        value["doubleSided"] = True
    if family.blend:
        value["alphaMode"] = "BLEND"
    return value


def _rounded(values: Floats) -> list[float]:
    return [round(float(v), 5) for v in values]


def _write_mesh(g: GlbWriter, mesh: MeshData, material: int, uv_range: float, triangles: dict[str, int]) -> None:
    family = FAMILIES[mesh.family]
    textured = family.texture is not None or family.light == "lightmap"
    uv = (mesh.uv, uv_range) if textured else None
    attributes, transform = g.quantised(mesh.points, mesh.normals, uv, mesh.colours, mesh.uv1)
    for level, faces in mesh.faces.items():
        name = mesh.family if mesh.zone < 0 else f"zone {mesh.zone} {mesh.family} {LEVEL_NAME[level]}"
        number = g.mesh(name, attributes, faces, material)
        node: Json = {"name": name, "mesh": number, **transform}
        if mesh.zone >= 0:
            node["extras"] = {"carrel": {"zone": mesh.zone, "level": LEVEL_NUMBER[level]}}
        g.node(node, 0 if level == NEAR else 1)
        if mesh.zone >= 0:
            triangles[LEVEL_NAME[level]] += len(faces)
        else:
            for each in triangles:
                triangles[each] += len(faces)


def _write_books(g: GlbWriter, contents: Contents, spines: SpineAtlas, texture: int) -> int:
    if not contents.books and contents.shelf_light is None:
        return 0
    atlas: Json = {"columns": COLUMNS, "rows": spines.rows, "rows_part": round(spines.rows_part, 6)}
    atlas |= {"volume_band": list(VOLUME_BAND), "numerals": len(NUMERALS)}
    if spines.designs:
        atlas["designs"] = [[round(a / CELL_HEIGHT, 4), round(b / CELL_HEIGHT, 4), ink] for a, b, ink in spines.designs]
    surface = {"baseColorTexture": {"index": texture}, "roughnessFactor": 0.62, "metallicFactor": 0.0}
    extras = {"carrel": {"light": "book", "range": LIGHT_RANGE, "gain": 1.0, "atlas": atlas}}
    material = g.material({"name": "books", "pbrMetallicRoughness": surface, "extras": extras})
    near = _book(g, "book", near_book(), material)
    far = _book(g, "book far", far_book(), material)
    g.node({"name": "book far", "mesh": far, "extras": {"carrel": {"book": "far"}}}, 1)
    if contents.shelf_light is not None:
        g.node({"name": "book near", "mesh": near, "extras": {"carrel": {"book": "near"}}}, 1)
    for name, lit in contents.books.items():
        t = lit.table
        columns = {
            "_CELL": (t.cells + 256 * t.volumes, "u2", False),
            "_CLOTH": (_padded(np.round(t.cloths).astype("u1")), "u1", True),
            "_LIT0": (_padded(encode(lit.foot)), "u1", True),
            "_LIT1": (_padded(encode(lit.head)), "u1", True),
        }
        marks = {"carrel": {"books": name, "zone": contents.book_zones[name]}}
        g.instances(f"books {name}", near, (t.positions, quaternions(t.matrices), t.sizes), columns, marks)
    return sum(len(lit.table.cells) for lit in contents.books.values())


def _book(g: GlbWriter, name: str, mesh: BookMesh, material: int) -> int:
    what = "book mesh"
    attributes = {
        "POSITION": g.accessor(mesh.points, "f4", what, bounds=True),
        "NORMAL": g.accessor(mesh.normals, "f4", what),
        "TEXCOORD_0": g.accessor(mesh.uv, "f4", what),
        "TEXCOORD_1": g.accessor(mesh.kind, "f4", what),
    }
    return g.mesh(name, attributes, mesh.faces, material, what)


def _padded(rgb: Bytes) -> Bytes:
    return np.concatenate([rgb, np.full((len(rgb), 1), 255, "u1")], 1)


def _probes(grid: ProbeGrid) -> dict[str, Any]:
    data = base64.b64encode(grid.coded.tobytes()).decode()
    return {"origin": grid.origin, "step": grid.step, "counts": grid.counts, "range": LIGHT_RANGE, "data": data}


def _shelf_light(light: ShelfLight) -> dict[str, Any]:
    data = base64.b64encode(light.coded.tobytes()).decode()
    return {"runs": len(light.coded), "samples": SAMPLES, "range": LIGHT_RANGE, "data": data}
