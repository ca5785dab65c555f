"""Right files of many kinds, each of which the gate must let in; mutations start from them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from tests.scenes.ingest.glb import Builder, Json

Sample = Callable[[], Builder]


def picture(kind: str = "PNG", size: tuple[int, int] = (4, 4), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 40, 90)).save(buffer, kind, **options)
    return buffer.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def empty() -> Builder:
    return Builder()


def triangle() -> Builder:
    b = Builder()
    b.stand(mesh=b.triangle(), translation=[1, 2, 3], rotation=[0, 0, 0, 1], scale=[2, 2, 2])
    b.json["scene"] = 0
    b.json["asset"] |= {"generator": "by hand", "copyright": "nobody", "minVersion": "2.0", "extras": {"a": 1}}
    return b


def textured() -> Builder:
    b = triangle()
    b.add("samplers", {"magFilter": 9729, "wrapS": 10497, "wrapT": 33071})
    for kind in ("PNG", "JPEG"):
        source = b.add("images", {"bufferView": b.view(picture(kind)), "mimeType": f"image/{kind.lower()}"})
        b.add("textures", {"source": source, "sampler": 0})
    b.add("materials", {
        "name": "all of it",
        "pbrMetallicRoughness": {"baseColorFactor": [1, 0.5, 0, 1], "baseColorTexture": {"index": 0, "texCoord": 0},
                                 "metallicFactor": 0, "roughnessFactor": 0.5, "metallicRoughnessTexture": {"index": 1}},
        "normalTexture": {"index": 0, "scale": 0.8}, "occlusionTexture": {"index": 1, "strength": 0.4},
        "emissiveTexture": {"index": 1}, "emissiveFactor": [0, 1, 0], "alphaMode": "MASK", "alphaCutoff": 0.4,
        "doubleSided": True,
    })  # fmt: skip
    b.json["meshes"][0]["primitives"][0]["material"] = 0
    return b


def interleaved() -> Builder:
    b = Builder()
    rows = np.zeros(3, [("p", "<f4", 3), ("n", "<f4", 3), ("c", "u1", 4), ("t", "<u2", 2)])
    rows["p"], rows["n"], rows["c"] = np.eye(3), [0, 1, 0], 200
    view = b.view(rows.tobytes(), byteStride=32, target=34962)
    parts = {
        "POSITION": {"componentType": 5126, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 1]},
        "NORMAL": {"componentType": 5126, "type": "VEC3"},
        "COLOR_0": {"componentType": 5121, "type": "VEC4", "normalized": True},
        "TEXCOORD_0": {"componentType": 5123, "type": "VEC2", "normalized": True},
    }
    offsets = (0, 12, 24, 28)
    made = {
        name: b.add("accessors", {"bufferView": view, "byteOffset": at, "count": 3, **part})
        for at, (name, part) in zip(offsets, parts.items(), strict=True)
    }
    b.stand(mesh=b.add("meshes", {"primitives": [{"attributes": made}]}))
    return b


def bent() -> Builder:
    """Tangents and colours as floats, two sets of coordinates, a strip, and a matrix that nothing uses."""
    b = triangle()
    primitive = b.json["meshes"][0]["primitives"][0]
    primitive["attributes"] |= {
        "TANGENT": b.accessor([[1, 0, 0, -1]] * 3),
        "COLOR_0": b.accessor([[1, 0.5, 0, 1]] * 3),
        "TEXCOORD_1": b.accessor([[0, 0]] * 3),
        "_HEAT": b.accessor([[1, 2, 3, 4]] * 3, "u1"),
    }
    primitive["mode"] = 5
    b.accessor([np.eye(4).ravel()] * 2)
    return b


def pointed() -> Builder:
    """An animation that points into the document."""
    b = animated()
    name = "KHR_animation_pointer"
    target = {"path": "pointer", "extensions": {name: {"pointer": "/nodes/0/scale"}}}
    b.json["animations"][0]["channels"][2]["target"] = target
    b.json["extensionsUsed"] = [name]
    return b


def skinned() -> Builder:
    b = triangle()
    attributes = b.json["meshes"][0]["primitives"][0]["attributes"]
    attributes["JOINTS_0"] = b.accessor([[0, 1, 0, 0]] * 3, "u1")
    attributes["WEIGHTS_0"] = b.accessor([[0.25, 0.75, 0, 0]] * 3)
    matrices = b.accessor([np.eye(4).ravel()] * 2)
    b.json["nodes"] += [{"children": [2], "name": "hip"}, {"translation": [0, 1, 0], "name": "head"}]
    b.json["scenes"][0]["nodes"].append(1)
    b.add("skins", {"joints": [1, 2], "skeleton": 1, "inverseBindMatrices": matrices})
    b.json["nodes"][0]["skin"] = 0
    return b


def morphing() -> Builder:
    b = triangle()
    mesh = b.json["meshes"][0]
    moved = b.accessor([[0, 0, 1]] * 3, bounds=True)
    turned = b.accessor([[0, 0, 0.1]] * 3)
    mesh["primitives"][0]["targets"] = [{"POSITION": moved, "NORMAL": turned}, {"POSITION": moved}]
    mesh["weights"] = [0.5, 0]
    b.json["nodes"][0]["weights"] = [0, 1]
    times = b.accessor([0, 1], bounds=True)
    weights = b.accessor([0, 0, 1, 1])
    b.add(
        "animations",
        {
            "samplers": [{"input": times, "output": weights}],
            "channels": [{"sampler": 0, "target": {"node": 0, "path": "weights"}}],
        },
    )
    return b


def animated() -> Builder:
    b = triangle()
    times = b.accessor([0, 0.5, 2], bounds=True)
    move = b.accessor([[0, 0, 0]] * 3)
    turn = b.accessor([[0, 0, 0, 1]] * 3)
    spline = b.accessor([[1, 1, 1]] * 9)
    b.add("animations", {
        "name": "wave",
        "samplers": [{"input": times, "output": move, "interpolation": "STEP"}, {"input": times, "output": turn},
                     {"input": times, "output": spline, "interpolation": "CUBICSPLINE"}],
        "channels": [{"sampler": 0, "target": {"node": 0, "path": "translation"}},
                     {"sampler": 1, "target": {"node": 0, "path": "rotation"}},
                     {"sampler": 2, "target": {"node": 0, "path": "scale"}}],
    })  # fmt: skip
    return b


def sparse() -> Builder:
    b = triangle()
    places = b.view(np.array([0, 2], "<u2").tobytes())
    values = b.view(np.array([[5, 0, 0], [0, 5, 0]], "<f4").tobytes())
    parts = {"count": 2, "indices": {"bufferView": places, "componentType": 5123}, "values": {"bufferView": values}}
    accessor: Json = {"componentType": 5126, "count": 3, "type": "VEC3", "sparse": parts}
    made = b.add("accessors", accessor | {"min": [0, 0, 0], "max": [5, 5, 0]})
    b.stand(mesh=b.add("meshes", {"primitives": [{"attributes": {"POSITION": made}, "mode": 0}]}))
    return b


def instanced() -> Builder:
    b = triangle()
    name = "EXT_mesh_gpu_instancing"
    places = b.accessor([[0, 0, 0], [3, 0, 0]])
    turns = b.accessor([[0, 0, 0, 32767]] * 2, "i2", normalized=True)
    b.json["nodes"][0]["extensions"] = {name: {"attributes": {"TRANSLATION": places, "ROTATION": turns}}}
    b.json |= {"extensionsUsed": [name], "extensionsRequired": [name]}
    return b


def quantized() -> Builder:
    b = Builder()
    positions = np.zeros((3, 4), "<i2")
    positions[1:, :2] = [[100, 0], [0, 100]]
    view = b.view(positions.tobytes(), byteStride=8)
    bounds: Json = {"min": [0, 0, 0], "max": [100, 100, 0]}
    index = b.add("accessors", {"bufferView": view, "componentType": 5122, "count": 3, "type": "VEC3", **bounds})
    b.stand(mesh=b.add("meshes", {"primitives": [{"attributes": {"POSITION": index}}]}), scale=[0.01] * 3)
    b.json |= {"extensionsUsed": ["KHR_mesh_quantization"], "extensionsRequired": ["KHR_mesh_quantization"]}
    return b


def cameras() -> Builder:
    b = triangle()
    b.add("cameras", {"type": "perspective", "perspective": {"yfov": 1, "znear": 0.1, "zfar": 10, "aspectRatio": 1.5}})
    b.add("cameras", {"type": "orthographic", "orthographic": {"xmag": 1, "ymag": 1, "znear": 0, "zfar": 10}})
    b.stand(camera=0)
    b.stand(camera=1, matrix=[2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 5, 6, 7, 1])
    return b


def dressed() -> Builder:
    """Every extension of materials, textures and lights that we know."""
    b = textured()
    texture: Json = {"index": 0, "extensions": {"KHR_texture_transform": {"offset": [0.5, 0], "scale": [2, 2]}}}
    parts: Json = {
        "KHR_materials_clearcoat": {
            "clearcoatFactor": 1,
            "clearcoatTexture": texture,
            "clearcoatNormalTexture": {"index": 1},
        },
        "KHR_materials_sheen": {"sheenColorFactor": [1, 0, 0], "sheenRoughnessFactor": 0.2},
        "KHR_materials_transmission": {"transmissionFactor": 0.5, "transmissionTexture": texture},
        "KHR_materials_volume": {"thicknessFactor": 0.1, "attenuationDistance": 2, "attenuationColor": [1, 1, 0]},
        "KHR_materials_ior": {"ior": 1.4},
        "KHR_materials_specular": {"specularFactor": 0.5, "specularColorFactor": [2, 1, 1]},
        "KHR_materials_iridescence": {"iridescenceFactor": 1, "iridescenceIor": 1.3},
        "KHR_materials_anisotropy": {"anisotropyStrength": 0.6, "anisotropyRotation": 1.5},
        "KHR_materials_emissive_strength": {"emissiveStrength": 5},
        "KHR_materials_dispersion": {"dispersion": 0.1},
    }
    b.json["materials"][0]["extensions"] = parts
    b.add("materials", {"extensions": {"KHR_materials_unlit": {}}})
    lights: Json = {"lights": [{"type": "point", "color": [1, 1, 1], "intensity": 20, "range": 5},
                         {"type": "spot", "spot": {"innerConeAngle": 0.1, "outerConeAngle": 0.6}}]}  # fmt: skip
    variants = {"variants": [{"name": "red"}, {"name": "blue"}]}
    b.json["extensions"] = {"KHR_lights_punctual": lights, "KHR_materials_variants": variants}
    b.json["nodes"][0]["extensions"] = {"KHR_lights_punctual": {"light": 1}}
    mapped: Json = {"mappings": [{"material": 0, "variants": [0]}, {"material": 1, "variants": [1]}]}
    b.json["meshes"][0]["primitives"][0]["extensions"] = {"KHR_materials_variants": mapped}
    b.json["extensionsUsed"] = [*parts, "KHR_materials_unlit", "KHR_texture_transform", *b.json["extensions"]]
    return b


def glossy() -> Builder:
    """The older material model, every texture of the others, visibility, and a licence."""
    b = textured()
    texture: Json = {"index": 0, "texCoord": 0}
    parts: Json = {
        "KHR_materials_pbrSpecularGlossiness": {
            "diffuseFactor": [1, 1, 1, 1],
            "diffuseTexture": texture,
            "glossinessFactor": 0.5,
            "specularFactor": [1, 1, 1],
            "specularGlossinessTexture": texture,
        },
    }
    others: Json = {
        "KHR_materials_sheen": {"sheenColorTexture": texture, "sheenRoughnessTexture": texture},
        "KHR_materials_specular": {"specularTexture": texture, "specularColorTexture": texture},
        "KHR_materials_volume": {"thicknessTexture": texture},
        "KHR_materials_iridescence": {"iridescenceTexture": texture, "iridescenceThicknessMinimum": 100,
                                      "iridescenceThicknessMaximum": 400, "iridescenceThicknessTexture": texture},
        "KHR_materials_anisotropy": {"anisotropyTexture": texture},
        "KHR_materials_clearcoat": {"clearcoatRoughnessFactor": 0.1, "clearcoatRoughnessTexture": texture},
    }  # fmt: skip
    b.json["materials"][0]["extensions"] = others
    b.add("materials", {"extensions": parts})
    b.json["meshes"].append({"primitives": [b.json["meshes"][0]["primitives"][0] | {"material": 1}]})
    b.stand(mesh=1, extensions={"KHR_node_visibility": {"visible": False}})
    b.json["extensions"] = {"KHR_xmp_json_ld": {"packets": [{"dc:rights": "CC0"}]}}
    b.json["asset"]["extensions"] = {"KHR_xmp_json_ld": {"packet": 0}}
    b.json["extensionsUsed"] = [*parts, *others, "KHR_node_visibility", "KHR_xmp_json_ld"]
    return b


def webp() -> Builder:
    b = textured()
    source = b.add("images", {"bufferView": b.view(picture("WEBP")), "mimeType": "image/webp"})
    b.json["textures"][0]["extensions"] = {"EXT_texture_webp": {"source": source}}
    b.json["extensionsUsed"] = ["EXT_texture_webp"]
    return b


def strange() -> Builder:
    """Extensions and members that nobody has heard of: they are none of our business."""
    b = triangle()
    b.json |= {"extensionsUsed": ["ACME_smell"], "extensions": {"ACME_smell": {"of": ["roses", {"x": 1e300}]}}}
    b.json["nodes"][0] |= {"extensions": {"ACME_smell": {"strength": 2}}, "mood": "good", "extras": [1, None]}
    b.add("accessors", {"componentType": 5126, "count": 3, "type": "VEC77"})
    return b


SAMPLES: dict[str, Sample] = {
    made.__name__: made
    for made in (empty, triangle, textured, interleaved, bent, pointed, skinned, morphing, animated, sparse, instanced, quantized, cameras,
                 dressed, glossy, webp, strange)
}  # fmt: skip
