"""Materials, textures, pictures, cameras and lights: what one field cannot know of another."""

from __future__ import annotations

from collections.abc import Iterator

from carrel.scenes.ingest.buffers import embedded
from carrel.scenes.ingest.gate.extensions import EXTENSIONS
from carrel.scenes.ingest.gate.fields import Json, pointer, refuse
from carrel.scenes.ingest.gate.layout import Layout
from carrel.scenes.ingest.limits import GlbLimits
from carrel.scenes.ingest.media.picture_header import PictureHeader, read_header

WEBP, BASISU, TRANSFORM = "EXT_texture_webp", "KHR_texture_basisu", "KHR_texture_transform"
# Which types of pictures a file may hold, by the extension that brings them.
TYPES = {"image/png": None, "image/jpeg": None, "image/webp": WEBP, "image/ktx2": BASISU}
_TANGENT_USES = {"anisotropyTexture", "clearcoatNormalTexture"}  # a normalTexture lets viewers make tangents themselves
_SOURCES = {WEBP: "image/webp", BASISU: "image/ktx2"}


def check_images(document: Json, layout: Layout, limits: GlbLimits) -> list[PictureHeader]:
    """The header of every picture. Raises Refused before anything is decoded."""
    used = document.get("extensionsUsed", [])
    found: list[PictureHeader] = []
    for at, image in enumerate(document.get("images", [])):
        where = pointer("/images", at)
        if ("uri" in image) == ("bufferView" in image):
            raise refuse("one_of", "A picture has either a bufferView or a uri.", where)
        if "bufferView" in image:
            if "mimeType" not in image:
                raise refuse("missing_field", "A picture in a bufferView needs its mimeType.", where)
            view = layout.views[int(image["bufferView"])]
            layout.use_view(view, "a picture", f"{where}/bufferView")
            if view.stride is not None:
                raise refuse("view_stride", "A picture cannot lie in a buffer view with a byteStride.", where)
            if view.data is None:
                raise refuse("missing_bytes", "A picture cannot lie in compressed bytes.", where)
            data: memoryview | bytes = view.data
            declared = image["mimeType"]
        else:
            kind, data = embedded(image["uri"], f"{where}/uri")
            declared = image.get("mimeType", kind)
        header = read_header(data, where)
        if TYPES[header.type] is not None and TYPES[header.type] not in used:
            text = f"A picture of the type {header.type} needs the extension {TYPES[header.type]}."
            raise refuse("image_extension", text, where)
        if declared != header.type:
            text = f"The picture is declared as {declared[:60]!r} and is {header.type}."
            raise refuse("image_mime", text, f"{where}/mimeType")
        if max(header.width, header.height) > limits.image_side:
            text = f"The picture has {header.width} × {header.height} pixels; a side may have {limits.image_side}."
            raise refuse("image_size", f"{text} Make it smaller.", where)
        found.append(header)
    if sum(header.width * header.height for header in found) > limits.image_pixels:
        text = f"The pictures have more than {limits.image_pixels >> 20} megapixels together: make them smaller."
        raise refuse("image_size", text, "/images")
    return found


def check_textures(document: Json, images: list[PictureHeader]) -> None:
    """A texture takes a picture that every viewer can show, an extension of it a picture of its own type."""
    for at, texture in enumerate(document.get("textures", [])):
        where = pointer("/textures", at)
        if "source" in texture and images[int(texture["source"])].type not in ("image/png", "image/jpeg"):
            raise refuse("texture_image", "The picture of a texture must be PNG or JPEG.", f"{where}/source")
        for extension, kind in _SOURCES.items():
            value = texture.get("extensions", {}).get(extension)
            if value is not None and "source" in value and images[int(value["source"])].type != kind:
                text = f"{extension} needs a picture of the type {kind}."
                raise refuse("texture_image", text, f"{where}/extensions/{extension}")


def texture_uses(material: Json) -> Iterator[tuple[str, Json]]:
    """Every texture reference of a material, those in extensions that we know too, with its name."""
    known = [value for name, value in material.get("extensions", {}).items() if name in EXTENSIONS]
    for owner in (material, material.get("pbrMetallicRoughness", {}), *known):
        for name, value in owner.items():
            if name.endswith("Texture") and isinstance(value, dict):
                yield name, value


def check_materials(document: Json) -> None:
    """Materials by themselves, and each against the texture coordinates of the primitives that wear it."""
    needed: list[dict[int, str]] = []
    bent: list[str | None] = []  # what cannot be drawn without tangents, of each material
    for material in document.get("materials", []):
        sets: dict[int, str] = {}
        for name, use in texture_uses(material):
            moved = use.get("extensions", {}).get(TRANSFORM, {}).get("texCoord", use.get("texCoord", 0))
            sets[int(moved) if isinstance(moved, int | float) else 0] = name
        needed.append(sets)
        names = {name for name, _ in texture_uses(material)}
        bent.append(None if "normalTexture" in names else next(iter(names & _TANGENT_USES), None))
    for at, mesh in enumerate(document.get("meshes", [])):
        for number, primitive in enumerate(mesh["primitives"]):
            where = f"/meshes/{at}/primitives/{number}"
            mappings = primitive.get("extensions", {}).get("KHR_materials_variants", {}).get("mappings", [])
            if "material" in primitive:
                worn = int(primitive["material"])
                _check_worn(primitive["attributes"], needed[worn], bent[worn], where)
            chosen = [int(variant) for mapping in mappings for variant in mapping["variants"]]
            if len(set(chosen)) != len(chosen):
                raise refuse("duplicate_element", "A variant is mapped twice.", where)


def _check_worn(attributes: Json, sets: dict[int, str], bent: str | None, where: str) -> None:
    for coordinates, name in sets.items():
        if f"TEXCOORD_{coordinates}" not in attributes:
            text = f"The material's {name} needs TEXCOORD_{coordinates}, which the primitive does not have."
            raise refuse("missing_texcoord", text, where)
    if bent is not None and not {"NORMAL", "TANGENT"} <= attributes.keys():
        raise refuse("missing_tangents", f"The material's {bent} needs tangents: export the model with them.", where)


def check_cameras(document: Json) -> None:
    """Exactly one projection, and a far plane behind the near one."""
    for at, camera in enumerate(document.get("cameras", [])):
        where = pointer("/cameras", at)
        kinds = [kind for kind in ("orthographic", "perspective") if kind in camera]
        if len(kinds) > 1:
            raise refuse("one_of", "A camera is orthographic or perspective, not both.", where)
        if camera["type"] in ("orthographic", "perspective") and kinds != [camera["type"]]:
            raise refuse("missing_field", f"The camera's “{camera['type']}” is missing.", where)
        if not kinds:
            continue
        lens, here = camera[kinds[0]], pointer(where, kinds[0])
        if "zfar" in lens and lens["zfar"] <= lens["znear"]:
            raise refuse("camera", "The camera's far plane must lie behind its near plane.", here)
        if kinds[0] == "orthographic" and not (lens["xmag"] and lens["ymag"]):
            raise refuse("camera", "The camera shows nothing: xmag or ymag is zero.", here)


def check_lights(document: Json) -> None:
    """Lights as KHR_lights_punctual has them."""
    lights = document.get("extensions", {}).get("KHR_lights_punctual", {}).get("lights", [])
    for at, light in enumerate(lights):
        where = pointer("/extensions/KHR_lights_punctual/lights", at)
        if light["type"] == "spot" and "spot" not in light:
            raise refuse("missing_field", "A spot light needs its “spot”.", where)
        spot = light.get("spot", {})
        if spot.get("outerConeAngle", 0.7853981633974483) <= spot.get("innerConeAngle", 0):
            raise refuse("light_cone", "The outer cone of a light must be wider than its inner cone.", where)
