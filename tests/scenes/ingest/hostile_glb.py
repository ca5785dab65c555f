"""Files made to do harm, each a class of attack: its name, the code that must refuse it, and how it is made."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.scenes.ingest import samples
from tests.scenes.ingest.glb import Builder, Json, chunk, frame, pack

Attack = tuple[str, str, Callable[[], bytes]]
ATTACKS: list[Attack] = []


def attack(code: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """The function makes a file that must be refused with the code."""

    def keep(make: Callable[[], bytes]) -> Callable[[], bytes]:
        ATTACKS.append((make.__name__, code, make))
        return make

    return keep


def change(name: str, code: str, sample: Callable[[], Builder], path: str, value: Any) -> None:
    """A right sample with one member set (`…` as value: taken away)."""

    def make() -> bytes:
        built = sample()
        built.build()
        holder: Any = built.json
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        for step in steps:
            holder = holder[step]
        if value is ...:
            del holder[last]
        elif isinstance(holder, list) and last == len(holder):
            holder.append(value)
        else:
            holder[last] = value
        return pack(built.json, bytes(built.binary))

    ATTACKS.append((name, code, make))


def data(
    name: str, code: str, sample: Callable[[], Builder], accessor: int, kind: str, place: int, value: float
) -> None:
    """A right sample with one number of an accessor's data changed."""

    def make() -> bytes:
        built = sample()
        whole = built.build()
        view = built.json["bufferViews"][built.json["accessors"][accessor]["bufferView"]]
        start = len(whole) - len(built.binary) - (-len(built.binary) % 4) + view["byteOffset"]
        made = bytearray(whole)
        struct.pack_into(f"<{kind}", made, start + place * struct.calcsize(kind), value)
        return bytes(made)

    ATTACKS.append((name, code, make))


def text(name: str, code: str, make: Callable[[], bytes]) -> None:
    """A file whose JSON is these bytes."""
    ATTACKS.append((name, code, lambda: pack(make())))


# The frame.

WHOLE = samples.triangle().build()
JSON = json.dumps({"asset": {"version": "2.0"}}).encode() + b"  "
JSON += b" " * (-len(JSON) % 4)
FRAMES: list[tuple[str, str, bytes]] = [
    ("nothing", "glb_truncated", b""),
    ("half a header", "glb_truncated", WHOLE[:7]),
    ("only a header", "glb_truncated", frame()),
    ("another magic", "glb_magic", frame(chunk(b"JSON", JSON), magic=b"gLTF")),
    ("a text file", "glb_magic", b'{"asset": {"version": "2.0"}}'),
    ("an archive", "glb_magic", b"PK\x03\x04" + bytes(60)),
    ("version one", "glb_version", frame(chunk(b"JSON", JSON), version=1)),
    ("version of four bytes", "glb_version", frame(chunk(b"JSON", JSON), version=0xFFFFFFFF)),
    ("truncated", "glb_length", WHOLE[:-9]),
    ("trailing bytes", "glb_length", WHOLE + b"<script>"),
    ("length of zero", "glb_length", frame(chunk(b"JSON", JSON), length=0)),
    ("length of four gigabytes", "glb_length", frame(chunk(b"JSON", JSON), length=0xFFFFFFFF)),
    ("chunk beyond the end", "glb_truncated", frame(struct.pack("<I4s", 0xFFFFFFFC, b"JSON") + JSON)),
    ("chunk header cut", "glb_truncated", frame(chunk(b"JSON", JSON), b"\0\0\0\0")),
    ("odd chunk", "glb_chunk_unaligned", frame(struct.pack("<I4s", len(JSON) - 1, b"JSON") + JSON)),
    ("empty JSON", "glb_empty_json", frame(chunk(b"JSON", b""))),
    ("binary first", "glb_first_chunk", frame(chunk(b"BIN\0", bytes(8)), chunk(b"JSON", JSON))),
    ("two descriptions", "glb_duplicate_chunk", frame(chunk(b"JSON", JSON), chunk(b"JSON", JSON))),
    ("two binaries", "glb_duplicate_chunk", frame(chunk(b"JSON", JSON), *[chunk(b"BIN\0", bytes(4))] * 2)),
    ("binary third", "glb_binary_order", frame(chunk(b"JSON", JSON), chunk(b"ELSE", bytes(4)), chunk(b"BIN\0", bytes(4)))),
    ("a thousand chunks", "glb_too_many_chunks", frame(chunk(b"JSON", JSON), *[chunk(b"ELSE", b"")] * 1000)),
]  # fmt: skip
ATTACKS += [(name, code, lambda made=made: made) for name, code, made in FRAMES]  # type: ignore[misc]

# The JSON text.

HEAD = b'{"asset":{"version":"2.0"}'
text("byte order mark", "json_bom", lambda: b"\xef\xbb\xbf" + JSON)
text("broken UTF-8", "json_utf8", lambda: HEAD + b',"extras":"\xff\xfe"}')
text("overlong UTF-8", "json_utf8", lambda: HEAD + b',"extras":"\xc0\xaf"}')
text("half a surrogate", "json_utf8", lambda: HEAD + rb',"extras":"\ud800"}')
text("not JSON", "json_syntax", lambda: b"{asset: 2}")
text("JSON cut", "json_syntax", lambda: HEAD)
text("text never ends", "json_syntax", lambda: HEAD + b',"extras":"')
text("a list", "json_not_object", lambda: b"[1]")
text("null", "json_not_object", lambda: b"null")
text("depth of a hundred thousand", "json_depth", lambda: HEAD + b',"extras":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
text("depth of objects", "json_depth", lambda: HEAD + b',"extras":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}")
text("a million values", "json_values", lambda: HEAD + b',"extras":[' + b"0," * 1_000_000 + b"0]}")
text("a million objects", "json_values", lambda: HEAD + b',"extras":[' + b"{}," * 700_000 + b"0]}")
text("nine megabytes", "json_size", lambda: HEAD + b" " * (9 << 20) + b"}")
text("a name of a megabyte", "json_string", lambda: HEAD + b',"' + b"a" * (1 << 20) + b'":1}')
text("duplicate key", "json_duplicate_key", lambda: HEAD + b',"asset":{"version":"2.0"}}')
text("NaN", "json_number", lambda: HEAD + b',"extras":NaN}')
text("infinity", "json_number", lambda: HEAD + b',"extras":-Infinity}')
text("a number of 1e999", "json_number", lambda: HEAD + b',"extras":1e999}')
text("a number of a million digits", "json_number", lambda: HEAD + b',"extras":' + b"9" * 1_000_000 + b"}")

# Members and types.

change("no asset", "missing_field", samples.triangle, "asset", ...)
change("asset is a list", "missing_field", samples.triangle, "asset", [])
change("version is a number", "wrong_type", samples.triangle, "asset/version", 2)
change("version of words", "wrong_text", samples.triangle, "asset/version", "two")
change("glTF 1.0", "gltf_version", samples.triangle, "asset/version", "1.0")
change("needs glTF 2.9", "gltf_version", samples.triangle, "asset/minVersion", "2.9")
change("nodes are an object", "wrong_type", samples.triangle, "nodes", {})
change("no nodes at all", "empty", samples.triangle, "nodes", [])
change("node is a number", "wrong_type", samples.triangle, "nodes/0", 7)
change("name is a number", "wrong_type", samples.triangle, "nodes/0/name", 7)
change("index as text", "wrong_type", samples.triangle, "nodes/0/mesh", "0")
change("index as truth", "wrong_type", samples.triangle, "nodes/0/mesh", True)
change("negative index", "negative_index", samples.triangle, "nodes/0/mesh", -1)
change("dangling mesh", "dangling_index", samples.triangle, "nodes/0/mesh", 1)
change("dangling scene", "dangling_index", samples.triangle, "scene", 3)
change("dangling by 2**63", "dangling_index", samples.triangle, "nodes/0/mesh", 2**63 - 1)
change("a fraction of a count", "wrong_type", samples.triangle, "accessors/0/count", 2.5)
change("count of zero", "out_of_range", samples.triangle, "accessors/0/count", 0)
change("count of 2**60", "out_of_range", samples.triangle, "accessors/0/count", 2**60)
change("colour above one", "out_of_range", samples.textured, "materials/0/pbrMetallicRoughness/metallicFactor", 1.5)
change("colour of five", "wrong_length", samples.textured, "materials/0/emissiveFactor", [1] * 5)
change("a number of 1e300", "out_of_range", samples.triangle, "nodes/0/translation", [1e300, 0, 0])

# The node tree.

change("own child", "node_cycle", samples.triangle, "nodes/0/children", [0])
change("two parents", "two_parents", samples.skinned, "nodes/0/children", [2])
change("child twice", "duplicate_element", samples.skinned, "nodes/1/children", [2, 2])
change("scene of a child", "scene_root", samples.skinned, "scenes/0/nodes", [0, 1, 2])
change("matrix and rotation", "matrix_and_trs", samples.triangle, "nodes/0/matrix", list(np.eye(4).ravel()))
change("singular matrix", "matrix", samples.cameras, "nodes/2/matrix", [0] * 15 + [1])
change(
    "matrix of perspective", "matrix", samples.cameras, "nodes/2/matrix", [1, 0, 0, 0.5, *list(np.eye(4).ravel())[4:]]
)
change(
    "matrix that shears", "matrix", samples.cameras, "nodes/2/matrix", [1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
)
change("rotation not of one", "rotation_unit", samples.triangle, "nodes/0/rotation", [1, 1, 0, 0])
change("huge extent", "extent", samples.triangle, "nodes/0/scale", [1e9] * 3)
change(
    "camera of both kinds",
    "one_of",
    samples.cameras,
    "cameras/0/orthographic",
    {"xmag": 1, "ymag": 1, "zfar": 2, "znear": 1},
)
change("camera of nothing", "camera", samples.cameras, "cameras/1/orthographic/xmag", 0)
change("camera inside out", "camera", samples.cameras, "cameras/0/perspective/zfar", 0.01)


@attack("node_cycle")
def cycle_of_three() -> bytes:
    b = samples.triangle()
    b.json["nodes"] += [{"children": [2]}, {"children": [3]}, {"children": [1]}]
    return b.build()


@attack("node_depth")
def deep_tree() -> bytes:
    b = samples.triangle()
    b.json["nodes"] += [{"children": [at + 2]} for at in range(80)] + [{}]
    return b.build()


@attack("node_depth")
def deep_tree_backwards() -> bytes:
    b = Builder()
    b.json["nodes"] = [{}] + [{"children": [at]} for at in range(5000)]
    return b.build()


@attack("extent")
def scales_multiply_to_infinity() -> bytes:
    b = samples.triangle()
    for at in range(1, 12):
        b.json["nodes"].append({"children": [at - 1], "scale": [1e30] * 3})
    b.json["scenes"][0]["nodes"] = [11]
    return b.build()


@attack("too_many")
def a_quarter_of_a_million_nodes() -> bytes:
    return pack(HEAD + b',"nodes":[' + b"{}," * 250_000 + b"{}]}")


@attack("too_many_triangles")
def copies_of_copies() -> bytes:
    b = samples.triangle()
    accessor: Json = {"componentType": 5126, "count": 9_000_000, "type": "VEC3"}
    big = b.add("accessors", accessor)
    for _ in range(3):
        b.stand(mesh=0, extensions={"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": big}}})
    b.json |= {"extensionsUsed": ["EXT_mesh_gpu_instancing"]}
    return b.build()


@attack("too_many_primitives")
def a_mesh_of_points_everywhere() -> bytes:
    """Not one triangle, and a million things to draw."""
    b = samples.triangle()
    b.json["meshes"][0]["primitives"] = [b.json["meshes"][0]["primitives"][0] | {"mode": 0}] * 1000
    for _ in range(1000):
        b.stand(mesh=0)
    return b.build()


# Buffers and ranges.

change("buffer longer than the file", "buffer_length", samples.triangle, "buffers/0/byteLength", 10**9)
change("view beyond the buffer", "view_range", samples.triangle, "bufferViews/0/byteLength", 10**6)
change("view overflows 32 bits", "view_range", samples.triangle, "bufferViews/0/byteOffset", 2**32 - 4)
change("view overflows 64 bits", "view_range", samples.triangle, "bufferViews/0/byteOffset", 2**53)
change("view of nothing", "out_of_range", samples.triangle, "bufferViews/0/byteLength", 0)
change("stride of five", "out_of_range", samples.triangle, "bufferViews/0/byteStride", 5)
change("stride of two hundred and fifty-six", "out_of_range", samples.triangle, "bufferViews/0/byteStride", 256)
change("stride above the view", "view_stride", samples.triangle, "bufferViews/0/byteStride", 40)
change("stride smaller than an element", "accessor_stride", samples.triangle, "bufferViews/0/byteStride", 8)
change("accessor beyond the view", "accessor_range", samples.triangle, "accessors/0/count", 4)
change("accessor starts too late", "accessor_range", samples.triangle, "accessors/0/byteOffset", 4)
change("accessor not aligned", "accessor_alignment", samples.triangle, "accessors/0/byteOffset", 2)
change("offset without a view", "missing_field", samples.strange, "accessors/4/byteOffset", 4)
change("normalised floats", "accessor_normalized", samples.triangle, "accessors/0/normalized", True)
change("bounds of two", "wrong_length", samples.triangle, "accessors/0/min", [0, 0])
change("bounds of nothing", "wrong_type", samples.triangle, "accessors/2/min", None)
change("bounds of words", "wrong_type", samples.triangle, "accessors/0/min", ["a", 0, 0])
change("bounds of another type", "out_of_range", samples.triangle, "accessors/3/max", [70_000])
change("indices with a stride", "view_stride", samples.triangle, "bufferViews/3",
       {"buffer": 0, "byteOffset": 0, "byteLength": 96, "byteStride": 4})  # fmt: skip
change("target of indices with a stride", "view_stride", samples.triangle, "bufferViews/3",
       {"buffer": 0, "byteOffset": 0, "byteLength": 96, "byteStride": 4, "target": 34963})  # fmt: skip
change("bounds that lie", "wrong_bounds", samples.triangle, "accessors/0/max", [2, 1, 0])
change("address of another site", "external_resource", samples.triangle, "buffers/0/uri", "https://example.org/a.bin")
change("address of a file", "external_resource", samples.triangle, "buffers/0/uri", "file:///etc/passwd")
change("address up the folders", "external_resource", samples.triangle, "buffers/0/uri", "../../secret.bin")
change("broken base64", "data_uri", samples.triangle, "buffers/0/uri", "data:application/octet-stream;base64,####")
change("buffer as a page", "data_uri", samples.triangle, "buffers/0/uri", "data:text/html,<script>")


@attack("missing_bytes")
def a_buffer_of_nothing() -> bytes:
    b = samples.triangle()
    b.build()
    b.json["buffers"].append({"byteLength": 100})
    b.json["bufferViews"].append({"buffer": 1, "byteLength": 100})
    return b.build()


@attack("missing_binary")
def no_binary_chunk() -> bytes:
    b = samples.triangle()
    b.build()
    return pack(b.json)


@attack("decoded_size")
def zero_filled_accessors() -> bytes:
    b = samples.triangle()
    for _ in range(40):
        b.add("accessors", {"componentType": 5126, "count": 1_000_000, "type": "MAT4"})
    return b.build()


@attack("decoded_size")
def one_view_read_ten_thousand_times() -> bytes:
    b = samples.triangle()
    view = b.view(bytes(100_000))
    for _ in range(10_000):
        b.add("accessors", {"bufferView": view, "componentType": 5126, "count": 25_000, "type": "SCALAR"})
    return b.build()


@attack("decoded_size")
def counts_that_overflow_when_added() -> bytes:
    b = samples.triangle()
    for _ in range(3):
        b.add("accessors", {"componentType": 5126, "count": 2**53, "type": "MAT4"})
    return b.build()


# Sparse.

change("more replaced than there are", "sparse_count", samples.sparse, "accessors/4/sparse/count", 9)
change("sparse values beyond", "accessor_range", samples.sparse, "accessors/4/sparse/values/byteOffset", 12)
change("sparse indices of floats", "unknown_value", samples.sparse, "accessors/4/sparse/indices/componentType", 5126)
change("sparse indices not aligned", "accessor_alignment", samples.sparse, "accessors/4/sparse/indices/byteOffset", 1)


def sparse_places(name: str, code: str, places: list[int]) -> None:
    def make() -> bytes:
        b = samples.sparse()
        view = b.json["bufferViews"][4]
        b.binary[view["byteOffset"] : view["byteOffset"] + 4] = np.array(places, "<u2").tobytes()
        return b.build()

    ATTACKS.append((name, code, make))


sparse_places("sparse backwards", "sparse_order", [2, 0])
sparse_places("sparse twice", "sparse_order", [1, 1])
sparse_places("sparse out of range", "sparse_index", [0, 3])

# Meshes.

PRIMITIVE = "meshes/0/primitives/0"
change("no attributes", "empty", samples.triangle, f"{PRIMITIVE}/attributes", {})
change("mode seven", "unknown_value", samples.triangle, f"{PRIMITIVE}/mode", 7)
change("attribute of no name", "attribute_name", samples.triangle, f"{PRIMITIVE}/attributes/SMELL", 0)
change("positions of two", "attribute_format", samples.triangle, f"{PRIMITIVE}/attributes/POSITION", 2)
change("positions without bounds", "missing_bounds", samples.triangle, "accessors/0/min", ...)
change("positions as indices", "accessor_use", samples.triangle, f"{PRIMITIVE}/indices", 0)
change("normals of another count", "accessor_range", samples.triangle, "accessors/1/count", 4)
change("fewer normals", "attribute_count", samples.triangle, "accessors/1/count", 2)
change("indices of floats", "index_format", samples.triangle, "accessors/3",
       {"bufferView": 3, "componentType": 5121, "count": 3, "type": "SCALAR", "normalized": True})  # fmt: skip
change("material without coordinates", "missing_texcoord", samples.textured, f"{PRIMITIVE}/attributes/TEXCOORD_0", ...)
change("dangling material", "dangling_index", samples.textured, f"{PRIMITIVE}/material", 8)
change("joints without weights", "joints_weights", samples.skinned, f"{PRIMITIVE}/attributes/WEIGHTS_0", ...)
change("one view for three attributes", "view_stride", samples.triangle, "accessors/1/bufferView", 0)
data("index out of range", "index_range", samples.triangle, 3, "H", 1, 3)
data("index that restarts", "index_restart", samples.triangle, 3, "H", 1, 0xFFFF)
data("NaN position", "not_finite", samples.triangle, 0, "f", 4, float("nan"))
data("infinite position", "not_finite", samples.triangle, 0, "f", 4, float("inf"))
data("position beyond its bounds", "wrong_bounds", samples.triangle, 0, "f", 4, 7.0)
data("normal of no length", "not_unit", samples.triangle, 1, "f", 2, 0.0)
data("joint beyond the skin", "joint_range", samples.skinned, 4, "B", 1, 9)
data("joint twice", "joint_twice", samples.skinned, 4, "B", 1, 0)
data("negative weight", "weight_negative", samples.skinned, 5, "f", 0, -0.25)
data("weights of three", "weight_sum", samples.skinned, 5, "f", 0, 2.25)
data("bind matrix with a last row", "bind_matrix", samples.skinned, 6, "f", 15, 0.0)
change("fewer bind matrices", "bind_matrix", samples.skinned, "accessors/6/count", 1)
change("bind matrices of floats", "bind_matrix", samples.skinned, "accessors/6/type", "SCALAR")
change("skeleton elsewhere", "skin_root", samples.skinned, "skins/0/skeleton", 2)
change("joints of two trees", "skin_root", samples.skinned, "skins/0/joints", [0, 2])
change("skin without a mesh", "missing_field", samples.skinned, "nodes/0/mesh", ...)
change("joints not in the scene", "skin_scene", samples.skinned, "scenes/0/nodes", [0])


@attack("skin_without_joints")
def a_skin_for_a_mesh_without_joints() -> bytes:
    b = samples.triangle()
    b.add("skins", {"joints": [0]})
    b.json["nodes"][0]["skin"] = 0
    return b.build()


change("weights for other morphs", "morph_weights", samples.morphing, "meshes/0/weights", [1])
change("node weights for other morphs", "morph_weights", samples.morphing, "nodes/0/weights", [1, 2, 3])
change("morph of nothing", "empty", samples.morphing, f"{PRIMITIVE}/targets/0", {})
change("morph without a base", "morph_without_base", samples.morphing, f"{PRIMITIVE}/targets/0/TANGENT", 4)
change("morph of another count", "attribute_count", samples.morphing, "accessors/5/count", 2)

change("colours of three bytes", "attribute_alignment", samples.bent, "accessors/5",
       {"bufferView": 5, "componentType": 5121, "count": 3, "type": "VEC3", "normalized": True})  # fmt: skip
change("sets with a gap", "attribute_sets", samples.bent, f"{PRIMITIVE}/attributes/TEXCOORD_0", ...)
change("32 bit attribute", "attribute_format", samples.bent, "accessors/7",
       {"bufferView": 7, "componentType": 5125, "count": 3, "type": "SCALAR"})  # fmt: skip
data("tangent with half a sign", "tangent_sign", samples.bent, 4, "f", 3, 0.5)
data("colour of two", "colour_range", samples.bent, 5, "f", 0, 2.0)
change("matrix not aligned", "accessor_alignment", samples.bent, "accessors/8/byteOffset", 2)
change("normals that bend nothing", "missing_tangents", samples.dressed, "materials/0/normalTexture", ...)


def two_primitives(name: str, code: str, second: Json) -> None:
    def make() -> bytes:
        b = samples.morphing()
        first = b.json["meshes"][0]["primitives"][0]
        b.json["meshes"][0]["primitives"].append({"attributes": first["attributes"], **second})
        return b.build()

    ATTACKS.append((name, code, make))


two_primitives("primitives of different morphs", "morph_count", {"targets": [{"POSITION": 4}]})

# Animations.

change("channel of no sampler", "dangling_index", samples.animated, "animations/0/channels/0/sampler", 9)
change(
    "two channels, one target",
    "duplicate_target",
    samples.animated,
    "animations/0/channels/1/target/path",
    "translation",
)
change("times as values", "accessor_use", samples.animated, "animations/0/samplers/0/output", 4)
change(
    "more times than values",
    "animation_count",
    samples.animated,
    "animations/0/samplers/1/interpolation",
    "CUBICSPLINE",
)
change("weights without morphs", "animated_weights", samples.animated, "animations/0/channels/0/target/path", "weights")
change("values of two for a scale", "animation_format", samples.animated, "accessors/7/type", "VEC2")
change("times without bounds", "missing_bounds", samples.animated, "accessors/4/max", ...)
change(
    "animated matrix", "animated_matrix", samples.animated, "nodes/0", {"mesh": 0, "matrix": list(np.eye(4).ravel())}
)
change("animation with a stride", "view_stride", samples.animated, "bufferViews/4/byteStride", 4)
change("pointer with a node", "animation_pointer", samples.pointed, "animations/0/channels/2/target/node", 0)
change("pointer with a path", "animation_pointer", samples.pointed, "animations/0/channels/2/target/path", "scale")
change("pointer that is none", "wrong_text", samples.pointed,
       "animations/0/channels/2/target/extensions/KHR_animation_pointer/pointer", "nodes")  # fmt: skip
change("bind matrices with a stride", "view_stride", samples.skinned, "bufferViews/6/byteStride", 64)
change("picture with a stride", "view_stride", samples.textured, "bufferViews/4/byteStride", 4)
data("time before zero", "time_negative", samples.animated, 4, "f", 0, -1.0)
data("time that stands still", "time_order", samples.animated, 4, "f", 1, 0.0)
data("rotation that is none", "rotation_unit", samples.animated, 6, "f", 3, 0.0)

# Pictures.

change("picture twice", "one_of", samples.textured, "images/0/uri", "data:image/png;base64,AAAA")
change("picture elsewhere", "one_of", samples.textured, "images/0/bufferView", ...)
change("picture from the net", "external_resource", samples.textured, "images/0", {"uri": "//example.org/a.png"})
change("picture without a type", "missing_field", samples.textured, "images/0/mimeType", ...)
change("picture of another type", "image_mime", samples.textured, "images/0/mimeType", "image/jpeg")
change("a picture as vertices", "view_use", samples.textured, "accessors/1",
       {"bufferView": 4, "componentType": 5126, "count": 3, "type": "VEC3"})  # fmt: skip
change("WebP where any viewer looks", "texture_image", samples.webp, "textures/1/source", 2)
change("dangling texture", "dangling_index", samples.textured, "materials/0/normalTexture/index", 77)


def pixels(name: str, code: str, content: bytes, kind: str = "image/png") -> None:
    def make() -> bytes:
        b = samples.triangle()
        b.add("images", {"bufferView": b.view(content), "mimeType": kind})
        return b.build()

    ATTACKS.append((name, code, make))


SIZE = struct.pack(">II5B", 60_000, 60_000, 8, 2, 0, 0, 0)
PNG = b"\x89PNG\r\n\x1a\n"
pixels(
    "a PNG of four gigapixels", "image_size", PNG + samples.png_chunk(b"IHDR", SIZE) + samples.png_chunk(b"IDAT", b"")
)
pixels(
    "a PNG of no width", "image_broken", PNG + samples.png_chunk(b"IHDR", bytes(13)) + samples.png_chunk(b"IDAT", b"")
)
pixels("a PNG cut", "image_broken", samples.picture()[:30])
pixels("a PNG without its header", "image_broken", PNG + samples.png_chunk(b"IDAT", b"1234"))
pixels("a PNG of ten thousand chunks", "image_broken",
       PNG + samples.png_chunk(b"IHDR", SIZE) + samples.png_chunk(b"tEXt", b"") * 20_000)  # fmt: skip
pixels("a page as a picture", "image_type", b"<svg onload=alert(1)>" + bytes(40))
pixels("WebP without its extension", "image_extension", samples.picture("WEBP"), "image/webp")
pixels("a JPEG of endless filling", "image_broken", b"\xff\xd8" + b"\xff" * 200_000, "image/jpeg")

# Extensions.

change("undeclared extension", "undeclared_extension", samples.triangle, "nodes/0/extensions", {"ACME": {}})
change(
    "required and not used", "undeclared_extension", samples.triangle, "extensionsRequired", ["KHR_texture_transform"]
)
change("extension twice", "duplicate_element", samples.strange, "extensionsUsed", ["ACME_smell", "ACME_smell"])
change("extension that nobody knows", "unsupported_extension", samples.strange, "extensionsRequired", ["ACME_smell"])
change("extensions are a list", "wrong_type", samples.triangle, "nodes/0/extensions", [])
change(
    "extension in the wrong place", "misplaced_extension", samples.dressed, "nodes/0/extensions/KHR_materials_ior", {}
)
change("extension of the wrong type", "wrong_type", samples.dressed, "materials/0/extensions/KHR_materials_ior", [])
change("extension that points outside", "external_resource", samples.strange, "extensions/ACME_smell",
       {"deep": [{"uri": "http://169.254.169.254/"}]})  # fmt: skip
change("light of no type", "missing_field", samples.dressed, "extensions/KHR_lights_punctual/lights/0/type", ...)
change("light with cones inside out", "light_cone", samples.dressed,
       "extensions/KHR_lights_punctual/lights/1/spot/innerConeAngle", 0.9)  # fmt: skip
change("dangling light", "dangling_index", samples.dressed, "nodes/0/extensions/KHR_lights_punctual/light", 5)
change("variant twice", "duplicate_element", samples.dressed,
       f"{PRIMITIVE}/extensions/KHR_materials_variants/mappings/1/variants", [0])  # fmt: skip
change("quantised and not required", "optional_quantization", samples.quantized, "extensionsRequired", ...)
change("instances of texts", "attribute_name", samples.instanced,
       "nodes/0/extensions/EXT_mesh_gpu_instancing/attributes/SMELL", 0)  # fmt: skip


@attack("unsupported_extension")
def draco() -> bytes:
    b = samples.triangle()
    name = "KHR_draco_mesh_compression"
    b.json["meshes"][0]["primitives"][0]["extensions"] = {name: {"bufferView": 0, "attributes": {"POSITION": 0}}}
    b.json |= {"extensionsUsed": [name], "extensionsRequired": [name]}
    return b.build()


def meshopt(name: str, code: str, **members: Any) -> None:
    """A compressed view: 100 elements of 16 bytes, whose compressed form is a few bytes."""

    def make() -> bytes:
        b = Builder()
        packed = b.view(b"\xa0" + bytes(31))
        b.json["bufferViews"].clear()
        assert packed == 0
        extension = {"buffer": 0, "byteLength": 32, "byteStride": 16, "count": 100, "mode": "ATTRIBUTES"} | members
        b.add("bufferViews", {"buffer": 1, "byteLength": 1600, "extensions": {"EXT_meshopt_compression": extension}})
        fallback = {"byteLength": 1600, "extensions": {"EXT_meshopt_compression": {"fallback": True}}}
        b.json["buffers"] = [{"byteLength": 32}, fallback]
        b.add("accessors", {"bufferView": 0, "componentType": 5126, "count": 100, "type": "VEC4"})
        b.json |= {"extensionsUsed": ["EXT_meshopt_compression"], "extensionsRequired": ["EXT_meshopt_compression"]}
        return b.build()

    ATTACKS.append((name, code, make))


meshopt("compressed bytes beyond", "view_range", byteLength=1000)
meshopt("compressed bomb", "meshopt_size", count=2**40)
meshopt("compressed of no mode", "unknown_value", mode="MAGIC")
meshopt("compressed stride of three", "meshopt_shape", byteStride=10, count=160)
meshopt("compressed as triangles", "meshopt_shape", mode="TRIANGLES", byteStride=4, count=400)
meshopt("compressed header of another kind", "meshopt_header", mode="INDICES", byteStride=4, count=400)
meshopt("compressed in a dangling buffer", "dangling_index", buffer=3)
