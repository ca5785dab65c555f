"""glTF 2.0 as tables: every object, its members, their types and ranges. What a table does not name may be anything."""

from __future__ import annotations

from carrel.scenes.ingest.gate.fields import (
    LARGEST,
    NAMED,
    Field,
    Index,
    Indices,
    Many,
    ManyNames,
    Names,
    Number,
    Numbers,
    One,
    Text,
    Texts,
    Truth,
    Whole,
)

UNIT = Number(low=0, high=1)
POSITIVE = Number(above=0)
NOT_NEGATIVE = Number(low=0)
ANGLE = Number()
GL_ENUM = Whole(low=-LARGEST)  # the format leaves room for values that extensions add
VERSION = r"\d+\.\d+"

SCHEMA: dict[str, dict[str, Field]] = {
    "document": {
        "asset": One(required=True, kind="asset"),
        "extensionsUsed": Texts(),
        "extensionsRequired": Texts(),
        "scene": Index(array="scenes"),
        "scenes": Many(kind="scene"),
        "nodes": Many(kind="node"),
        "meshes": Many(kind="mesh"),
        "skins": Many(kind="skin"),
        "cameras": Many(kind="camera"),
        "materials": Many(kind="material"),
        "textures": Many(kind="texture"),
        "samplers": Many(kind="sampler"),
        "images": Many(kind="image"),
        "animations": Many(kind="animation"),
        "accessors": Many(kind="accessor"),
        "bufferViews": Many(kind="bufferView"),
        "buffers": Many(kind="buffer"),
    },
    "asset": {
        "version": Text(required=True, pattern=VERSION),
        "minVersion": Text(pattern=VERSION),
        "generator": Text(),
        "copyright": Text(),
    },
    "scene": {"nodes": Indices(array="nodes")},
    "node": {
        "camera": Index(array="cameras"),
        "children": Indices(array="nodes"),
        "skin": Index(array="skins"),
        "mesh": Index(array="meshes"),
        "matrix": Numbers(lengths=(16,)),
        "translation": Numbers(lengths=(3,)),
        "rotation": Numbers(lengths=(4,), each=Number(low=-1, high=1)),
        "scale": Numbers(lengths=(3,)),
        "weights": Numbers(),
    },
    "mesh": {"primitives": Many(required=True, kind="primitive"), "weights": Numbers()},
    "primitive": {
        "attributes": Names(required=True, array="accessors"),
        "indices": Index(array="accessors"),
        "material": Index(array="materials"),
        "mode": Whole(of=frozenset(range(7))),
        "targets": ManyNames(array="accessors"),
    },
    "skin": {
        "inverseBindMatrices": Index(array="accessors"),
        "skeleton": Index(array="nodes"),
        "joints": Indices(required=True, array="nodes"),
    },
    "camera": {
        "type": Text(required=True),
        "orthographic": One(kind="orthographic"),
        "perspective": One(kind="perspective"),
    },
    "orthographic": {
        "xmag": Number(required=True),
        "ymag": Number(required=True),
        "zfar": Number(required=True, above=0),
        "znear": Number(required=True, low=0),
    },
    "perspective": {
        "aspectRatio": POSITIVE,
        "yfov": Number(required=True, above=0),
        "zfar": POSITIVE,
        "znear": Number(required=True, above=0),
    },
    "material": {
        "pbrMetallicRoughness": One(kind="pbrMetallicRoughness"),
        "normalTexture": One(kind="normalTextureInfo"),
        "occlusionTexture": One(kind="occlusionTextureInfo"),
        "emissiveTexture": One(kind="textureInfo"),
        "emissiveFactor": Numbers(lengths=(3,), each=UNIT),
        "alphaMode": Text(),
        "alphaCutoff": NOT_NEGATIVE,
        "doubleSided": Truth(),
    },
    "pbrMetallicRoughness": {
        "baseColorFactor": Numbers(lengths=(4,), each=UNIT),
        "baseColorTexture": One(kind="textureInfo"),
        "metallicFactor": UNIT,
        "roughnessFactor": UNIT,
        "metallicRoughnessTexture": One(kind="textureInfo"),
    },
    "textureInfo": {"index": Index(required=True, array="textures"), "texCoord": Whole(high=255)},
    "texture": {"sampler": Index(array="samplers"), "source": Index(array="images")},
    "sampler": {"magFilter": GL_ENUM, "minFilter": GL_ENUM, "wrapS": GL_ENUM, "wrapT": GL_ENUM},
    "image": {"uri": Text(), "mimeType": Text(), "bufferView": Index(array="bufferViews")},
    "animation": {
        "channels": Many(required=True, kind="channel"),
        "samplers": Many(required=True, kind="animationSampler"),
    },
    "channel": {"sampler": Whole(required=True), "target": One(required=True, kind="target")},
    "target": {"node": Index(array="nodes"), "path": Text(required=True)},
    "animationSampler": {
        "input": Index(required=True, array="accessors"),
        "interpolation": Text(),
        "output": Index(required=True, array="accessors"),
    },
    "accessor": {
        "bufferView": Index(array="bufferViews"),
        "byteOffset": Whole(),
        "componentType": Whole(required=True, high=0xFFFF_FFFF),
        "normalized": Truth(),
        "count": Whole(required=True, low=1),
        "type": Text(required=True),
        "sparse": One(kind="sparse"),
    },
    "sparse": {
        "count": Whole(required=True, low=1),
        "indices": One(required=True, kind="sparseIndices"),
        "values": One(required=True, kind="sparseValues"),
    },
    "sparseIndices": {
        "bufferView": Index(required=True, array="bufferViews"),
        "byteOffset": Whole(),
        "componentType": Whole(required=True, of=frozenset({5121, 5123, 5125})),
    },
    "sparseValues": {"bufferView": Index(required=True, array="bufferViews"), "byteOffset": Whole()},
    "bufferView": {
        "buffer": Index(required=True, array="buffers"),
        "byteOffset": Whole(),
        "byteLength": Whole(required=True, low=1),
        "byteStride": Whole(low=4, high=252, step=4),
        "target": GL_ENUM,
    },
    "buffer": {"uri": Text(), "byteLength": Whole(required=True, low=1)},
}
SCHEMA["normalTextureInfo"] = SCHEMA["textureInfo"] | {"scale": Number()}
SCHEMA["occlusionTextureInfo"] = SCHEMA["textureInfo"] | {"strength": UNIT}
NAMED |= {
    "scene", "node", "mesh", "skin", "camera", "material", "texture", "sampler", "image", "animation", "accessor",
    "bufferView", "buffer",
}  # fmt: skip
