"""What is made of models: valid, alike, smaller; and what we do not understand comes out as it went in."""

from __future__ import annotations

import copy
import hashlib
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.edit import Glb
from carrel.scenes.ingest.gate import check_glb
from carrel.server.publishing.optimise import accessors, build, compare, meshopt, pools, textures
from carrel.server.publishing.optimise.unpack import is_packed, unpacked

from . import glbs, khronos

ROOT = Path(__file__).parents[3]
FURNITURE, AVATARS = ROOT / "assets" / "gltf" / "furniture", ROOT / "assets" / "gltf" / "avatars"
MODELS = {
    "sheet": lambda: glbs.model(30).to_bytes(),
    "textured": lambda: glbs.model(30, texture=64).to_bytes(),
    "figure": lambda: glbs.figure().to_bytes(),
    "soup": lambda: glbs.soup().to_bytes(),
    "mixed": lambda: glbs.mixed().to_bytes(),
    "triangle": lambda: glbs.model(2).to_bytes(),
    "chair": lambda: (FURNITURE / "armchair.glb").read_bytes(),
    "reader": lambda: next(iter(sorted(AVATARS.glob("*.glb")))).read_bytes(),
}


def renditions(data: bytes) -> dict[str, bytes]:
    made = build.renditions(hashlib.sha256(data).digest(), data, "CC-BY-4.0", "ed25519:0123")
    return {one.name.removesuffix(".glb"): one.data for one in made if one.name.endswith(".glb")}


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, bytes]]:
    return {name: renditions(model()) for name, model in MODELS.items()}


def test_every_file_is_valid_packed_and_unpacked(made: dict[str, dict[str, bytes]], tmp_path: Path) -> None:
    files = []
    for name, levels in made.items():
        for level, data in levels.items():
            check_glb(data)
            plain = unpacked(data) if is_packed(data) else data
            check_glb(plain)
            for kind, whole in (("packed", data), ("plain", plain)):
                files.append(tmp_path / f"{name}-{level}-{kind}.glb")
                files[-1].write_bytes(whole)
    told = dict(zip(files, khronos.errors(files), strict=True))
    assert not {file.name: found for file, found in told.items() if found}


def test_levels_have_fewer_triangles(made: dict[str, dict[str, bytes]]) -> None:
    assert made["sheet"].keys() == set(build.LEVELS)
    count = [check_glb(made["sheet"][level]).triangles for level in build.LEVELS]
    whole = check_glb(MODELS["sheet"]()).triangles
    assert count[0] == whole
    assert [share <= wanted * whole * 1.1 for share, wanted in zip(count, (1, 0.5, 0.25, 0.1), strict=True)] == [
        True
    ] * 4
    assert made["triangle"].keys() == {"view"}, "nothing is to be saved on two triangles"


def test_bounds_stay(made: dict[str, dict[str, bytes]]) -> None:
    for name in ("sheet", "figure", "soup", "chair"):
        before = check_glb(MODELS[name]())
        for level, data in made[name].items():
            after = check_glb(data)
            slack = 1e-3 if level == "view" else 0.12
            extent = float(np.ptp([before.low, before.high], axis=0).max())
            assert np.allclose(before.low, after.low, atol=slack * extent), (name, level)
            assert np.allclose(before.high, after.high, atol=slack * extent), (name, level)


def test_what_we_do_not_understand_comes_out_as_it_went_in(made: dict[str, dict[str, bytes]]) -> None:
    before = Glb.parse(MODELS["figure"]())
    for data in made["figure"].values():
        after = Glb.parse(data)
        for member in ("skins", "nodes", "animations", "scenes", "scene", "materials", "extras"):
            assert after.json[member] == before.json[member], member
        assert after.json["extensions"]["EXAMPLE_world"] == before.json["extensions"]["EXAMPLE_world"]
        assert after.json["meshes"][0]["extras"] == before.json["meshes"][0]["extras"]
        assert after.json["meshes"][0]["weights"] == before.json["meshes"][0]["weights"]
        assert after.json["asset"]["copyright"] == "2026 Example"
        animation = before.json["animations"][0]["samplers"][0]
        bind = before.json["skins"][0]["inverseBindMatrices"]
        for index in (animation["input"], animation["output"], bind):
            old, new = before.json["accessors"][index], after.json["accessors"][index]
            assert {**old, "bufferView": 0} == {**new, "bufferView": 0}
            assert before.view(old["bufferView"]) == after.view(new["bufferView"])


def test_joints_weights_and_unknown_attributes_are_exact(made: dict[str, dict[str, bytes]]) -> None:
    before, after = Glb.parse(MODELS["figure"]()), Glb.parse(made["figure"]["view"])
    attributes = before.json["meshes"][0]["primitives"][0]["attributes"]
    order = ("JOINTS_0", "WEIGHTS_0", "_HEIGHT")

    def rows(glb: Glb) -> Any:
        found = np.hstack([accessors.read(glb, attributes[name]).astype(np.float64) for name in order])
        return found[np.lexsort(found.T)]

    assert np.array_equal(rows(before), rows(after))


def test_a_rendition_names_its_original_and_nobody(made: dict[str, dict[str, bytes]]) -> None:
    document = Glb.parse(made["sheet"]["view"]).json
    packet = document["extensions"]["KHR_xmp_json_ld"]["packets"][
        document["asset"]["extensions"]["KHR_xmp_json_ld"]["packet"]
    ]
    digest = hashlib.sha256(MODELS["sheet"]()).digest()
    import base64

    assert packet["dc:source"] == "ni:///sha-256;" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert packet["dc:rights"]["rdf:_1"]["@value"] == "CC-BY-4.0"
    assert packet["dc:creator"] == {"@list": ["ed25519:0123"]}


def test_the_same_file_makes_the_same_files() -> None:
    """So that what was half kept when a server died is found again, and not kept twice."""
    data = glbs.figure().to_bytes()
    assert renditions(data) == renditions(data)


def test_geometry_is_a_fifth_or_less() -> None:
    data = glbs.model(120).to_bytes()
    assert len(data) > 5 * len(renditions(data)["view"])


def test_pictures_become_webp_and_small(monkeypatch: pytest.MonkeyPatch) -> None:
    assert textures.SIDES == {"view": 2048, "half": 1024, "quarter": 512, "tenth": 256}
    monkeypatch.setitem(textures.SIDES, "view", 300)
    glb = glbs.model(8, texture=400)
    found = Glb.parse(renditions(glb.to_bytes())["view"])
    image = found.json["images"][0]
    assert image["mimeType"] == "image/webp"
    picture = Image.open(io.BytesIO(found.view(image["bufferView"])))
    assert picture.size == (300, 300)
    assert found.json["textures"][0] == {"extensions": {"EXT_texture_webp": {"source": 0}}}
    assert "EXT_texture_webp" in found.json["extensionsRequired"]


def test_a_picture_that_would_grow_stays() -> None:
    glb = glbs.model(4, texture=8)
    small = io.BytesIO()
    Image.new("RGB", (8, 8), (10, 20, 30)).save(small, "PNG", optimize=True)
    glb.replace_view(glb.json["images"][0]["bufferView"], small.getvalue())
    found = Glb.parse(renditions(glb.to_bytes())["view"])
    if len(small.getvalue()) <= len(found.view(found.json["images"][0]["bufferView"])):
        assert found.json["images"][0]["mimeType"] == "image/png"
    assert len(found.view(found.json["images"][0]["bufferView"])) <= len(small.getvalue())


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "I;16", "1", "CMYK"])
def test_pictures_of_every_kind(mode: str) -> None:
    glb = glbs.model(4, texture=8)
    image, out = Image.effect_noise((64, 64), 80), io.BytesIO()
    if mode == "CMYK":
        Image.merge("CMYK", [image] * 4).save(out, "JPEG")
        glb.json["images"][0]["mimeType"] = "image/jpeg"
    elif mode == "I;16":
        Image.fromarray(np.asarray(image).astype(np.uint16) << 8).save(out, "PNG")
    else:
        image.convert(mode).save(out, "PNG")
    glb.replace_view(glb.json["images"][0]["bufferView"], out.getvalue())
    found = Glb.parse(renditions(glb.to_bytes())["view"])
    picture = Image.open(io.BytesIO(found.view(found.json["images"][0]["bufferView"])))
    assert picture.size == (64, 64)
    if mode in ("L", "RGB", "I;16"):
        assert abs(float(np.asarray(picture.convert("L")).mean()) - float(np.asarray(image).mean())) < 4


def test_triangles_that_cover_nothing_cost_nothing() -> None:
    """A few hundred bytes can ask for a million triangles on one point."""
    glb = glbs.empty()
    nothing = {"componentType": 5126, "count": 300_000, "type": "VEC3", "min": [0, 0, 0], "max": [0, 0, 0]}
    glb.json |= {
        "accessors": [nothing],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "nodes": [{"mesh": 0}],
    }
    data = glb.to_bytes()
    check_glb(data)
    assert check_glb(renditions(data)["view"]).triangles == 1


def test_a_texture_that_does_not_decode_is_named() -> None:
    glb = glbs.model(4, texture=64)
    view = glb.json["images"][0]["bufferView"]
    data = bytearray(glb.view(view))
    data[200:600] = bytes(400)
    glb.replace_view(view, bytes(data))
    with pytest.raises(Refused) as refused:
        renditions(glb.to_bytes())
    assert (refused.value.code, refused.value.where) == ("image_data", "/images/0")


def test_what_was_compressed_elsewhere_is_unpacked_and_made_again(made: dict[str, dict[str, bytes]]) -> None:
    again = renditions(unpacked(made["figure"]["view"]))
    assert check_glb(again["view"]).triangles == check_glb(MODELS["figure"]()).triangles


def test_compressed_bytes_that_are_none_are_refused(made: dict[str, dict[str, bytes]]) -> None:
    glb = Glb.parse(made["sheet"]["view"])
    view = next(view for view in glb.json["bufferViews"] if "extensions" in view)
    packed = view["extensions"]["EXT_meshopt_compression"]
    packed["byteOffset"] = glb.append_bytes(bytes([0xFF]) * packed["byteLength"])
    with pytest.raises(Refused) as refused:
        unpacked(glb.to_bytes())
    assert refused.value.code == "meshopt_data"


def test_an_encoder_that_failed_would_be_noticed() -> None:
    data = glbs.model(10).to_bytes()
    level, found = next(iter(build._levels(pools.find(Glb.parse(data)))))
    assert level == "view"
    packed = renditions(data)["view"]
    compare.compare(packed, found)
    for change in ("positions", "normals", "indices"):
        wrong = copy.deepcopy(found)
        if change == "indices":
            wrong[0].runs[0].indices[:3] = wrong[0].runs[0].indices[:3][::-1].copy()
        else:
            role = "POSITION" if change == "positions" else "NORMAL"
            index = next(index for index, named in wrong[0].roles.items() if named == role)
            wrong[0].rows[index] = wrong[0].rows[index] + np.float32(0.06)
        with pytest.raises(compare.Differs):
            compare.compare(packed, wrong)


def test_the_programs_are_those_that_npm_ships() -> None:
    package = ROOT / "web_client" / "node_modules" / "meshoptimizer"
    for name, script, variable in (
        ("encoder", "meshopt_encoder.js", "wasm"),
        ("simplifier", "meshopt_simplifier.js", "wasm"),
        ("decoder", "meshopt_decoder.mjs", "wasm_simd"),
    ):
        source = (package / script).read_text()
        coded = re.search(rf"var {variable} =\s*'([^']*)'", source)
        table = re.search(r"wasmpack = new Uint8Array\(\[([\d,\s]+)\]\)", source)
        assert coded is not None
        assert table is not None
        pack = bytes(int(number) for number in table[1].split(",") if number.strip())
        ours = (Path(meshopt.__file__).parent / f"{name}.wasm").read_bytes()
        assert ours == _unpacked_wasm(coded[1], pack), f"{name}.wasm is of another version than the client's"


def _unpacked_wasm(text: str, pack: bytes) -> bytes:
    """As the scripts do: letters are numbers under 60 that stand in a table, or two digits of base 64."""
    digits = [ord(a) - 97 if a > "`" else ord(a) - 39 if a > "@" else ord(a) + 4 for a in text]
    found, at = bytearray(), 0
    while at < len(digits):
        if digits[at] < 60:
            found.append(pack[digits[at]])
            at += 1
        else:
            found.append((digits[at] - 60) * 64 + digits[at + 1])
            at += 2
    return bytes(found)
