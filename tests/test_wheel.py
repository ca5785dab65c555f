"""The wheel holds every room, the built client and the shipped models, and its command starts without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("carrel-*.whl"))


def test_every_tracked_module_is_inside(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "server", "scenes", "avatars", "ledger"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    inside = set(zipfile.ZipFile(wheel).namelist())
    missing = [path for path in tracked if f"carrel/{path}" not in inside]
    assert tracked
    assert not missing


def test_client_and_models_are_inside(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    inside = set(archive.namelist())
    manifest = json.loads(archive.read("carrel/server/static/manifest.json"))
    files = {chunk["file"] for chunk in manifest.values()} | {
        css for chunk in manifest.values() for css in chunk.get("css", [])
    }
    assert {f"carrel/server/static/{file}" for file in files} <= inside
    shipped = json.loads((ROOT / "assets/gltf/manifest.json").read_text())
    for entry in shipped["files"]:
        assert f"carrel/server/gltf/{entry['path']}" in inside


def test_command_starts_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    program = "import carrel.server.cli as c, pathlib; print(pathlib.Path(c.__file__)); c.main()"
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program, "--help"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
    assert "serve" in done.stdout
