"""From surfaces to one piece's GLB: core glTF 2.0 alone, so that every viewer shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from carrel.scenes.furniture.surface import Material, Surface
from carrel.scenes.halls.assembly import AUTHOR, LICENCE
from carrel.scenes.halls.glb import GlbWriter, Json

QUALITY = {"rug": 74, "weave": 70, "veneer": 62, "timber": 62, "print": 76}


def piece_file(
    title: str, surfaces: Sequence[Surface], textures: Mapping[str, Image.Image], slots: Sequence[Json]
) -> bytes:
    """One node a material, and an empty node for each slot ({name, position, size}) that says so in its extras."""
    g = GlbWriter(title, AUTHOR, LICENCE)
    needed = dict.fromkeys(s.material.texture for s in surfaces if s.material.texture)
    images = {name: g.texture(textures[name], name, quality=QUALITY[name], clamp=name == "print") for name in needed}
    for surface in surfaces:
        material = g.material(_material(surface.material, images))
        attributes = {
            "POSITION": g.accessor(surface.points, "f4", "mesh", bounds=True),
            "NORMAL": g.accessor(surface.normals, "f4", "mesh"),
            "COLOR_0": g.accessor(_coloured(surface), "u2", "mesh", normalized=True),
        }
        if surface.material.texture:
            attributes["TEXCOORD_0"] = g.accessor(surface.uv, "f4", "mesh")
        g.node({"name": surface.material.name, "mesh": g.mesh(title, attributes, surface.faces, material)})
    for slot in slots:
        marks = {"carrel": {"slot": slot["name"], "size": slot["size"]}}
        g.node({"name": f"slot {slot['name']}", "translation": slot["position"], "extras": marks})
    g.json["scenes"] = g.json["scenes"][:1]
    return g.finish({"carrel": {"title": title}})


def _coloured(surface: Surface) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    plain = np.ones_like(surface.colours) if surface.material.opacity < 1 else surface.colours
    return np.concatenate([np.round(plain * 65535), np.full((len(plain), 1), 65535.0)], 1)


def _material(material: Material, images: Mapping[str, int]) -> Json:
    surface: Json = {"roughnessFactor": material.roughness, "metallicFactor": material.metalness}
    if material.opacity < 1:
        surface["baseColorFactor"] = [1.0, 1.0, 1.0, material.opacity]
    if material.texture:
        surface["baseColorTexture"] = {"index": images[material.texture]}
    value: Json = {"name": material.name, "pbrMetallicRoughness": surface}
    if any(material.glow):
        value["emissiveFactor"] = list(material.glow)
    if material.opacity < 1:
        value["alphaMode"] = "BLEND"
    if material.double:
        value["doubleSided"] = True
    return value
