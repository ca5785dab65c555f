"""The Khronos validator finds no error in what we emit."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from carrel.scenes.halls.great.hall import BuiltHall

ROOT = Path(__file__).parents[3]
SCRIPT = """
import { createRequire } from "node:module"; import fs from "node:fs";
const validator = createRequire(process.argv[1] + "/")("gltf-validator");
const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(process.argv[2])), { maxIssues: 50 });
console.log(JSON.stringify(report.issues));
"""


def issues(path: Path) -> dict[str, object]:
    node = shutil.which("node")
    assert node is not None, "the validator needs Node on the PATH"
    command = [node, "--input-type=module", "-e", SCRIPT, str(ROOT / "web_client"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("part", ["glb", "collider"])
def test_a_fresh_build_is_valid(draft: BuiltHall, part: str, tmp_path: Path) -> None:
    path = tmp_path / f"{part}.glb"
    path.write_bytes(getattr(draft, part))
    found = issues(path)
    assert found["numErrors"] == 0, found
    assert found["numWarnings"] == 0, found


@pytest.mark.parametrize("name", ["great_hall.glb", "great_hall.collider.glb"])
def test_the_shipped_file_is_valid(name: str) -> None:
    found = issues(ROOT / "assets" / "gltf" / "halls" / name)
    assert found["numErrors"] == 0, found
