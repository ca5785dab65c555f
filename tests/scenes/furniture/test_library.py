"""The furniture library: what is shipped keeps its promises, and a piece is the same every time."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from carrel.scenes.furniture.library import LIBRARY_JSON, build_piece, textures
from carrel.scenes.furniture.pieces import PIECES
from tests.scenes.halls.glb_reading import read_json, triangles

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "assets" / "gltf" / "furniture"
TRIANGLE_LIMIT, SIZE_LIMIT_BYTES, THUMBNAIL_LIMIT_BYTES = 4_000, 120_000, 30_000
VALIDATE = """
import { createRequire } from "node:module"; import fs from "node:fs";
const validator = createRequire(process.argv[1] + "/")("gltf-validator");
for (const path of process.argv.slice(2)) {
  const { issues } = await validator.validateBytes(new Uint8Array(fs.readFileSync(path)));
  console.log(JSON.stringify([path, issues.numErrors, issues.numWarnings, issues.messages.slice(0, 5)]));
}
"""
ROWS: list[dict[str, Any]] = json.loads((SHIPPED / LIBRARY_JSON).read_bytes())


def positions(data: bytes) -> list[np.ndarray[Any, Any]]:
    """The positions of every mesh of a piece, in the order of its nodes."""
    gltf = read_json(data)
    (length,) = struct.unpack_from("<I", data, 12)
    start, out = 20 + length + 8, []
    for mesh in gltf["meshes"]:
        accessor = gltf["accessors"][mesh["primitives"][0]["attributes"]["POSITION"]]
        view = gltf["bufferViews"][accessor["bufferView"]]
        raw = data[start + view["byteOffset"] :][: accessor["count"] * 12]
        out.append(np.frombuffer(raw, "<f4").reshape(-1, 3))
    return out


def test_the_list_names_every_piece_of_the_table() -> None:
    assert [row["id"] for row in ROWS] == [piece.id for piece in PIECES]
    for row, piece in zip(ROWS, PIECES, strict=True):
        assert row["name"] == {"en": piece.en, "zh": piece.zh}
        assert row["stands"] in {"floor", "wall", "top"}


def test_nothing_else_lies_in_the_folder() -> None:
    named = {LIBRARY_JSON} | {f"{row['id']}.{end}" for row in ROWS for end in ("glb", "webp")}
    assert {path.name for path in SHIPPED.iterdir()} == named


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_shipped_piece(row: dict[str, Any]) -> None:
    data = (SHIPPED / f"{row['id']}.glb").read_bytes()
    gltf = read_json(data)
    assert row["url"] == f"/gltf/furniture/{row['id']}.glb"
    assert hashlib.sha256(data).hexdigest() == row["sha256"]
    assert len(data) <= SIZE_LIMIT_BYTES
    assert sum(triangles(gltf, k) for k in range(len(gltf["meshes"]))) <= TRIANGLE_LIMIT
    assert "extensionsUsed" not in gltf  # core glTF: every viewer shows it
    assert all("uri" not in image for image in gltf.get("images", []))
    points = np.vstack(positions(data))
    low, high = points.min(0), points.max(0)
    assert np.allclose(high - low, row["size"], atol=0.002)
    assert abs(low[1]) < 0.012  # the foot is at the origin's height
    assert np.abs((low + high)[[0, 2]] / 2).max() < 0.16 or row["stands"] == "wall"
    with Image.open(io.BytesIO((SHIPPED / f"{row['id']}.webp").read_bytes())) as picture:
        assert picture.size == (256, 256)
        assert picture.mode == "RGBA"
    assert (SHIPPED / f"{row['id']}.webp").stat().st_size <= THUMBNAIL_LIMIT_BYTES


def test_seats_and_slots_lie_within_their_piece() -> None:
    for row in ROWS:
        wide, tall, deep = row["size"]
        for place in (*row.get("seats", ()), *row.get("slots", ())):
            x, y, z = place["position"]
            assert abs(x) <= wide / 2, row["id"]
            assert 0 <= y <= tall, row["id"]
            assert abs(z) <= deep, row["id"]
    assert sum(len(row.get("seats", ())) for row in ROWS) >= 6


def test_a_piece_is_the_same_every_time() -> None:
    piece, pictures = next(p for p in PIECES if p.id == "picture-frame"), textures()
    built = build_piece(piece, pictures)
    assert built == build_piece(piece, pictures)
    slots = [n for n in read_json(built.glb)["nodes"] if n.get("extras", {}).get("carrel", {}).get("slot")]
    assert [n["extras"]["carrel"] for n in slots] == [{"slot": "picture", "size": [0.764, 0.564]}]


def test_every_shipped_piece_is_valid() -> None:
    node = shutil.which("node")
    assert node is not None, "the validator needs Node on the PATH"
    paths = [str(SHIPPED / f"{row['id']}.glb") for row in ROWS]
    command = [node, "--input-type=module", "-e", VALIDATE, str(ROOT / "web_client"), *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        path, errors, warnings, messages = json.loads(line)
        assert (errors, warnings) == (0, 0), (path, messages)
