"""The shipped avatars: budgets, the same bytes twice, the Khronos validator, and what looks.json promises."""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from carrel.avatars.looks import build_looks
from carrel.avatars.looks.bones import skeleton
from carrel.avatars.looks.choices import PALETTES
from carrel.avatars.looks.mesh import MORPHS
from carrel.avatars.looks.palette import SLOTS

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "assets" / "gltf" / "avatars"
NEAR_TRIANGLES, NEAR_BYTES, FAR_TRIANGLES = 8000, 250_000, 1500
VALIDATE = """
const validator = require("gltf-validator"), fs = require("node:fs");
(async () => {
  const out = {};
  for (const file of process.argv.slice(1)) {
    const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(file)), { maxIssues: 20 });
    out[file] = [report.issues.numErrors, report.issues.numWarnings, report.issues.messages.filter((m) => m.severity < 2)];
  }
  console.log(JSON.stringify(out));
})();
"""


def document(data: bytes) -> dict[str, Any]:
    magic, version, total = struct.unpack_from("<4sII", data)
    assert (magic, version, total) == (b"glTF", 2, len(data))
    length, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON"
    parsed: dict[str, Any] = json.loads(data[20 : 20 + length])
    return parsed


def triangles(gltf: Mapping[str, Any]) -> int:
    primitives = [p for mesh in gltf["meshes"] for p in mesh["primitives"]]
    return sum(gltf["accessors"][p["indices"]]["count"] for p in primitives) // 3


@cache
def shipped() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((SHIPPED / "looks.json").read_text("utf-8"))
    return parsed


LOOKS = [look["id"] for look in shipped()["looks"]]


def test_there_is_somebody_for_everybody() -> None:
    readers = [look for look in shipped()["looks"] if look["kind"] == "reader"]
    assert len(readers) >= 8
    assert any(look["wheelchair"] for look in readers)
    assert len({look["colours"]["skin"] for look in readers}) == len(readers)
    assert [look["id"] for look in shipped()["looks"] if look["kind"] == "guide"] == ["guide"]


@pytest.mark.parametrize("look_id", LOOKS)
def test_files_keep_their_budgets_and_hashes(look_id: str) -> None:
    look = next(entry for entry in shipped()["looks"] if entry["id"] == look_id)
    for level, limit in (("near", NEAR_TRIANGLES), ("far", FAR_TRIANGLES)):
        data = (SHIPPED / look[level]["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == look[level]["sha256"]
        assert len(data) == look[level]["size_bytes"] <= NEAR_BYTES
        gltf = document(data)
        assert triangles(gltf) <= limit
        assert len(gltf["materials"]) <= 2
        assert all("uri" not in buffer for buffer in gltf["buffers"])


@pytest.mark.parametrize("look_id", [i for i in LOOKS if i != "guide"])
def test_a_reader_is_a_humanoid_with_a_face(look_id: str) -> None:
    near = document((SHIPPED / f"{look_id}.glb").read_bytes())
    bones = near["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]
    assert set(skeleton(0.16, 0.09)) - {"chair"} == set(bones)
    assert near["meshes"][0]["extras"]["targetNames"] == list(MORPHS)
    moved = [near["accessors"][t["POSITION"]] for t in near["meshes"][0]["primitives"][0]["targets"]]
    assert all(a["sparse"]["count"] > 20 for a in moved)
    stands_m = [n["translation"][1] for n in near["nodes"] if n.get("name") == "hips"]
    assert 0.8 < stands_m[0] < 1.1


def test_the_list_names_slots_palettes_and_both_languages() -> None:
    listed = shipped()
    assert listed["slots"] == list(SLOTS)
    assert set(listed["palettes"]) == set(PALETTES)
    for look in listed["looks"]:
        assert look["names"]["en"]
        assert look["names"]["zh"]
        assert set(look["colours"]) == set(SLOTS)
        assert set(look["tints"]) <= set(listed["palettes"])
    for choices in listed["palettes"].values():
        assert len({choice["id"] for choice in choices}) == len(choices) >= 8


def test_the_same_bytes_twice() -> None:
    first, second = build_looks(["amara"]), build_looks(["amara"])
    assert dict(first) == dict(second)
    assert set(first) == {"amara.glb", "amara.far.glb", "looks.json"}


def test_the_khronos_validator_finds_no_error() -> None:
    node = shutil.which("node")
    modules = ROOT / "web_client" / "node_modules"
    assert node, "Node is needed: the validator is an npm package."
    assert (modules / "gltf-validator").is_dir(), "Run `npm ci` in web_client first."
    files = sorted(str(f) for f in SHIPPED.rglob("*.glb"))
    assert len(files) > 2 * len(LOOKS)
    done = subprocess.run(
        [node, "-e", VALIDATE, *files],
        env={"NODE_PATH": str(modules), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    assert {name: issues for name, issues in report.items() if issues[0] or issues[1]} == {}
