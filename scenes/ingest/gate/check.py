"""The one door: a GLB is refused with a sentence that names its fault, or described by facts that are true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.container import Bytes, read_container
from carrel.scenes.ingest.door import door
from carrel.scenes.ingest.gate.animations import check_animations
from carrel.scenes.ingest.gate.elements import check_values
from carrel.scenes.ingest.gate.extensions import REFUSED, REQUIRED, check_extensions, extension_tables
from carrel.scenes.ingest.gate.extents import measure
from carrel.scenes.ingest.gate.fields import Json, Walk, refuse, some
from carrel.scenes.ingest.gate.graph import Graph
from carrel.scenes.ingest.gate.layout import Layout
from carrel.scenes.ingest.gate.materials import (
    check_cameras,
    check_images,
    check_lights,
    check_materials,
    check_textures,
)
from carrel.scenes.ingest.gate.meshes import QUANTIZATION, check_meshes
from carrel.scenes.ingest.gate.schema import SCHEMA
from carrel.scenes.ingest.json_text import read_json
from carrel.scenes.ingest.limits import GLB_LIMITS, GlbLimits
from carrel.scenes.ingest.media.picture_header import PictureHeader

# Arrays of the document and how long they may be, by the limit's name.
LENGTHS = {"nodes": "nodes", "meshes": "meshes", "accessors": "accessors", "bufferViews": "buffer_views",
           "buffers": "images", "materials": "materials", "textures": "materials", "samplers": "materials",
           "images": "images", "skins": "skins", "animations": "animations", "scenes": "images", "cameras": "images"}  # fmt: skip
_TABLES = {**SCHEMA, **extension_tables()}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a model is made of. `low` and `high` are corners of the box around it in metres, +Y up."""

    file_bytes: int
    json_bytes: int
    decoded_bytes: int
    nodes: int
    meshes: int
    primitives: int
    materials: int
    textures: int
    images: tuple[PictureHeader, ...]
    skins: int
    animations: int
    morph_targets: int
    vertices: int
    triangles: int
    drawn_triangles: int
    low: tuple[float, ...]
    high: tuple[float, ...]
    extensions: tuple[str, ...]
    extensions_required: tuple[str, ...]
    copyright: str


@door
def check_glb(data: Bytes, limits: GlbLimits = GLB_LIMITS) -> Facts:
    """Check a whole GLB that lies in memory or in a mapped file. Raises Refused, and nothing else, for any bytes.

    Bytes that a decoder is still to unpack (EXT_meshopt_compression) are checked in size and shape only: check the
    decoded file again.
    """
    if len(data) > limits.file_bytes:
        text = f"The file has {len(data)} bytes; at most {limits.file_bytes} are allowed: simplify the model."
        raise Refused("file_size", text)
    container = read_container(data)
    document = read_json(container.text, limits)
    _check_versions(document)
    _check_lengths(document, limits)
    walk = Walk(_TABLES, document, lambda kind, values, where: check_extensions(kind, values, where, walk))
    walk.object("document", document, "")
    _check_needs(document)
    layout = Layout(document, container.binary, limits)
    images = check_images(document, layout, limits)
    check_textures(document, images)
    meshes = check_meshes(document, layout, limits)
    check_materials(document)
    check_cameras(document)
    check_lights(document)
    graph = Graph(document, layout, meshes.meshes, limits)
    low, high = measure(graph, layout, limits)
    animations = check_animations(document, layout, meshes.meshes, limits)
    for accessor in layout.accessors:
        check_values(accessor)
    pixels = sum(header.width * header.height for header in images)
    return Facts(
        file_bytes=len(data),
        json_bytes=len(container.text),
        decoded_bytes=layout.decoded_bytes + pixels * 4,
        nodes=len(graph.nodes),
        meshes=len(meshes.meshes),
        primitives=meshes.primitives,
        materials=len(document.get("materials", [])),
        textures=len(document.get("textures", [])),
        images=tuple(images),
        skins=len(document.get("skins", [])),
        animations=animations,
        morph_targets=meshes.targets,
        vertices=meshes.vertices,
        triangles=meshes.triangles,
        drawn_triangles=graph.drawn_triangles,
        low=low,
        high=high,
        extensions=tuple(document.get("extensionsUsed", ())),
        extensions_required=tuple(document.get("extensionsRequired", ())),
        copyright=document["asset"].get("copyright", ""),
    )


def _check_versions(document: Json) -> None:
    """Before the rest, so that a file of another version is told so and not of its first strange member."""
    asset: Any = document.get("asset")
    if not isinstance(asset, dict):
        raise refuse("missing_field", "The file does not say its version: “asset” is missing.", "")
    version, least = asset.get("version"), asset.get("minVersion")
    if isinstance(version, str) and version[:2].rstrip(".").isdigit() and not version.startswith("2."):
        raise refuse("gltf_version", f"The file is glTF {version[:20]}: export it as glTF 2.0.", "/asset/version")
    if not (isinstance(version, str) and isinstance(least, str) and _numbers(version) and _numbers(least)):
        return  # the table of fields says what is wrong with them
    if _numbers(least) > _numbers(version):
        raise refuse("gltf_version", "minVersion is larger than version.", "/asset/minVersion")
    if _numbers(least) > (2, 0):
        raise refuse("gltf_version", f"The file needs glTF {least[:20]}: export it as glTF 2.0.", "/asset/minVersion")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version[:20].split(".") if part.isascii() and part.isdigit())


def _check_lengths(document: Json, limits: GlbLimits) -> None:
    """Before anything counts in these arrays: that they are arrays, and not too long."""
    for name, limit in LENGTHS.items():
        if name not in document:
            continue
        value, most = document[name], getattr(limits, limit)
        some(value, f"/{name}")
        if len(value) > most:
            text = f"The file has {len(value)} {name}; at most {most} are allowed: simplify or join them."
            raise refuse("too_many", text, f"/{name}")


def _check_needs(document: Json) -> None:
    """The extensions without which the file is nothing: we have to know them."""
    used, required = document.get("extensionsUsed", []), document.get("extensionsRequired", [])
    for at, name in enumerate(required):
        where = f"/extensionsRequired/{at}"
        if name not in used:
            raise refuse("undeclared_extension", f"{name[:80]} is required and not declared as used.", where)
        if name not in REQUIRED:
            hint = REFUSED.get(name, "Export without it.")
            raise refuse("unsupported_extension", f"The file needs the extension {name[:80]!r}. {hint}", where)
    if QUANTIZATION in used and QUANTIZATION not in required:
        raise refuse(
            "optional_quantization", f"{QUANTIZATION} must be required when it is used.", "/extensionsRequired"
        )
