"""Extensions that we know: what they may say and where. Others may stand in a file as long as it does not need them.

An unknown extension is kept as it is and looked at for one thing only: it may not point outside the file.
"""

from __future__ import annotations

from typing import Any

from carrel.scenes.ingest.buffers import embedded
from carrel.scenes.ingest.gate.fields import (
    Field,
    Index,
    Indices,
    Json,
    Many,
    Names,
    Number,
    Numbers,
    One,
    Text,
    Truth,
    Walk,
    Whole,
    pointer,
    refuse,
)
from carrel.scenes.ingest.gate.schema import ANGLE, NOT_NEGATIVE, UNIT

COLOUR = Numbers(lengths=(3,), each=UNIT)
TEXTURE = One(kind="textureInfo")
NORMAL = One(kind="normalTextureInfo")
PACKET: dict[str, Field] = {"packet": Index(required=True, array="KHR_xmp_json_ld.packets")}

MESHOPT: dict[str, Field] = {
    "buffer": Index(required=True, array="buffers"),
    "byteOffset": Whole(),
    "byteLength": Whole(required=True, low=1),
    "byteStride": Whole(required=True, low=1, high=256),
    "count": Whole(required=True, low=1),
    "mode": Text(required=True, of=frozenset({"ATTRIBUTES", "TRIANGLES", "INDICES"})),
    "filter": Text(of=frozenset({"NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL"})),
}

# Of each extension: the kinds of objects it may stand in, and its members there.
EXTENSIONS: dict[str, dict[str, dict[str, Field]]] = {
    "KHR_mesh_quantization": {},
    "KHR_texture_transform": {
        kind: {
            "offset": Numbers(lengths=(2,)),
            "rotation": ANGLE,
            "scale": Numbers(lengths=(2,)),
            "texCoord": Whole(high=255),
        }
        for kind in ("textureInfo", "normalTextureInfo", "occlusionTextureInfo")
    },
    "KHR_materials_unlit": {"material": {}},
    "KHR_materials_emissive_strength": {"material": {"emissiveStrength": NOT_NEGATIVE}},
    "KHR_materials_ior": {"material": {"ior": Number(low=1, also=0)}},
    "KHR_materials_dispersion": {"material": {"dispersion": NOT_NEGATIVE}},
    "KHR_materials_clearcoat": {
        "material": {
            "clearcoatFactor": UNIT,
            "clearcoatTexture": TEXTURE,
            "clearcoatRoughnessFactor": UNIT,
            "clearcoatRoughnessTexture": TEXTURE,
            "clearcoatNormalTexture": NORMAL,
        }
    },
    "KHR_materials_sheen": {
        "material": {
            "sheenColorFactor": COLOUR,
            "sheenColorTexture": TEXTURE,
            "sheenRoughnessFactor": UNIT,
            "sheenRoughnessTexture": TEXTURE,
        }
    },
    "KHR_materials_specular": {
        "material": {
            "specularFactor": UNIT,
            "specularTexture": TEXTURE,
            "specularColorFactor": Numbers(lengths=(3,), each=NOT_NEGATIVE),
            "specularColorTexture": TEXTURE,
        }
    },
    "KHR_materials_transmission": {"material": {"transmissionFactor": UNIT, "transmissionTexture": TEXTURE}},
    "KHR_materials_volume": {
        "material": {
            "thicknessFactor": NOT_NEGATIVE,
            "thicknessTexture": TEXTURE,
            "attenuationDistance": Number(above=0),
            "attenuationColor": COLOUR,
        }
    },
    "KHR_materials_iridescence": {
        "material": {
            "iridescenceFactor": UNIT,
            "iridescenceTexture": TEXTURE,
            "iridescenceIor": Number(low=1),
            "iridescenceThicknessMinimum": NOT_NEGATIVE,
            "iridescenceThicknessMaximum": NOT_NEGATIVE,
            "iridescenceThicknessTexture": TEXTURE,
        }
    },
    "KHR_materials_anisotropy": {
        "material": {"anisotropyStrength": UNIT, "anisotropyRotation": ANGLE, "anisotropyTexture": TEXTURE}
    },
    "KHR_materials_pbrSpecularGlossiness": {
        "material": {
            "diffuseFactor": Numbers(lengths=(4,), each=UNIT),
            "diffuseTexture": TEXTURE,
            "specularFactor": COLOUR,
            "glossinessFactor": UNIT,
            "specularGlossinessTexture": TEXTURE,
        }
    },
    "KHR_materials_variants": {
        "document": {"variants": Many(required=True, kind="variant")},
        "primitive": {"mappings": Many(required=True, kind="variantMapping")},
    },
    "KHR_lights_punctual": {
        "document": {"lights": Many(required=True, kind="light")},
        "node": {"light": Index(required=True, array="KHR_lights_punctual.lights")},
    },
    "KHR_animation_pointer": {"target": {"pointer": Text(required=True, pattern=r"(?:/(?:[^/~]|~0|~1)*)*")}},
    "KHR_node_visibility": {"node": {"visible": Truth()}},
    "KHR_xmp_json_ld": {
        "document": {"packets": Many(required=True, kind="packet")},
        **dict.fromkeys(("asset", "scene", "node", "mesh", "material", "image", "animation"), PACKET),
    },
    "EXT_texture_webp": {"texture": {"source": Index(array="images")}},
    "EXT_texture_avif": {"texture": {"source": Index(required=True, array="images")}},
    "KHR_texture_basisu": {"texture": {"source": Index(required=True, array="images")}},
    "EXT_mesh_gpu_instancing": {"node": {"attributes": Names(required=True, array="accessors")}},
    "EXT_meshopt_compression": {"bufferView": MESHOPT, "buffer": {"fallback": Truth()}},
    "MSFT_lod": {
        "node": {"ids": Indices(required=True, array="nodes")},
        "material": {"ids": Indices(required=True, array="materials")},
    },
}  # fmt: skip

# Objects that stand only inside extensions.
INNER: dict[str, dict[str, Field]] = {
    "variant": {"name": Text(required=True)},
    "variantMapping": {
        "variants": Indices(required=True, array="KHR_materials_variants.variants"),
        "material": Index(required=True, array="materials"),
        "name": Text(),
    },
    "light": {
        "type": Text(required=True),
        "color": COLOUR,
        "intensity": NOT_NEGATIVE,
        "range": Number(above=0),
        "spot": One(kind="spot"),
        "name": Text(),
    },
    "spot": {
        "innerConeAngle": Number(low=0, high=1.5707963267948966),
        "outerConeAngle": Number(above=0, high=1.5707963267948966),
    },
    "packet": {},
}

# A file may need these: the client draws them, or is right without them.
REQUIRED = frozenset(EXTENSIONS) - {"EXT_texture_avif", "KHR_texture_basisu"} | {
    "VRM", "VRMC_vrm", "VRMC_springBone", "VRMC_node_constraint", "VRMC_materials_mtoon",
}  # fmt: skip
# Why a creator is turned away, and what to do instead.
REFUSED = {
    "KHR_draco_mesh_compression": "Export without Draco compression: the library compresses the model itself.",
    "KHR_texture_basisu": "Export with PNG, JPEG or WebP textures.",
    "EXT_texture_avif": "Export with PNG, JPEG or WebP textures.",
}


def check_extensions(kind: str, values: Json, where: str, walk: Walk) -> None:
    """The extensions of one object."""
    used = walk.document.get("extensionsUsed")
    for name, value in values.items():
        here = pointer(where, name)
        if not isinstance(used, list) or name not in used:
            raise refuse("undeclared_extension", f"The extension {name[:80]} is not declared in extensionsUsed.", here)
        known = EXTENSIONS.get(name)
        if not isinstance(value, dict):
            raise refuse("wrong_type", "An extension must be an object.", here)
        if known is None:
            if name in REFUSED:
                raise refuse("unsupported_extension", f"{name} cannot be shown here. {REFUSED[name]}", here)
            _check_addresses(value, here)
        elif kind not in known:
            raise refuse("misplaced_extension", f"The extension {name} does not belong here.", here)
        else:
            walk.object(f"{name} {kind}", value, here)


def _check_addresses(value: Any, where: str) -> None:
    """No member called `uri`, however deep, points outside the file."""
    todo = [(value, where)]
    while todo:
        inner, here = todo.pop()
        if isinstance(inner, dict):
            for name, member in inner.items():
                if name == "uri" and isinstance(member, str):
                    embedded(member, pointer(here, name))
                todo.append((member, pointer(here, name)))
        elif isinstance(inner, list):
            todo += [(member, pointer(here, at)) for at, member in enumerate(inner)]


def extension_tables() -> dict[str, dict[str, Field]]:
    """The tables under the names that `check_extensions` looks them up by."""
    tables = {f"{name} {kind}": table for name, kinds in EXTENSIONS.items() for kind, table in kinds.items()}
    return tables | INNER
