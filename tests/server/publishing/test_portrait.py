"""The small picture of a model: what is near hides what is far, whatever stands where it stands, and nothing drawable draws nothing."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from carrel.scenes.ingest.edit import Glb
from carrel.server.publishing.optimise import pools, portrait

from . import glbs

FURNITURE = Path(__file__).parents[3] / "assets" / "gltf" / "furniture"
RED, BLUE = [0.8, 0.05, 0.05, 1], [0.05, 0.05, 0.8, 1]


def drawn(glb: Glb) -> npt.NDArray[Any]:
    data = portrait.draw(glb, pools.find(glb))
    assert data is not None
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")).astype(int)


def share(picture: npt.NDArray[Any], band: int) -> float:
    """Of what is covered, how much is mostly of this colour."""
    covered = picture[picture[..., 3] > 200]
    others = [other for other in range(3) if other != band]
    return float((covered[:, band] > covered[:, others].max(axis=1) + 20).mean())


def boards(*places: tuple[list[float], float]) -> Glb:
    """Upright squares one metre wide, each of a colour at its distance toward the viewer."""
    glb = glbs.empty()
    square = np.array([[-0.5, 0, 0], [0.5, 0, 0], [0.5, 1, 0], [-0.5, 1, 0]], np.float32)
    corners = np.array([0, 1, 2, 0, 2, 3], np.uint16).reshape(-1, 1)
    look = [-math.sin(-portrait.TURN), 0, math.cos(portrait.TURN)]
    glb.json |= {"materials": [], "meshes": [], "nodes": []}
    for index, (colour, distance) in enumerate(places):
        primitive = {
            "attributes": {"POSITION": glbs.accessor(glb, square)},
            "indices": glbs.accessor(glb, corners),
            "material": index,
        }
        glb.json["materials"].append({"pbrMetallicRoughness": {"baseColorFactor": colour}, "doubleSided": True})
        glb.json["meshes"].append({"primitives": [primitive]})
        glb.json["nodes"].append({"mesh": index, "translation": [distance * part for part in look]})
    glb.json["scenes"] = [{"nodes": list(range(len(places)))}]
    return glb


@pytest.mark.parametrize("order", [1, -1])
def test_the_near_hides_the_far_in_any_order(order: int) -> None:
    picture = drawn(boards(*[(RED, 0.4), (BLUE, -0.4)][::order]))
    assert share(picture, 0) > 0.6
    assert share(picture, 2) < 0.4


def test_all_of_it_is_in_the_picture() -> None:
    alpha = drawn(glbs.model(30))[..., 3]
    assert alpha.shape == (portrait.SIDE, portrait.SIDE)
    assert 0.05 < (alpha > 128).mean() < 0.95
    border = np.concatenate([alpha[:8].ravel(), alpha[-8:].ravel(), alpha[:, :8].ravel(), alpha[:, -8:].ravel()])
    assert border.max() < 60, "with air around"


def test_what_is_cut_out_is_not_there() -> None:
    glb = boards((RED, 0.0))
    whole = (drawn(glb)[..., 3] > 128).sum()
    coordinates = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
    holes = Image.new("RGBA", (8, 8), (200, 20, 20, 255))
    holes.paste((0, 0, 0, 0), (0, 0, 4, 8))
    out = io.BytesIO()
    holes.save(out, "PNG")
    glb.json["images"] = [{"bufferView": glb.append_view(out.getvalue()), "mimeType": "image/png"}]
    glb.json["textures"] = [{"source": 0}]
    glb.json["materials"][0] |= {"alphaMode": "MASK", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}
    glb.json["meshes"][0]["primitives"][0]["attributes"]["TEXCOORD_0"] = glbs.accessor(glb, coordinates)
    left = (drawn(glb)[..., 3] > 128).sum()
    assert 0.45 < left / whole < 0.55


def test_a_skin_stands_as_its_joints_stand() -> None:
    glb = glbs.figure()
    still = drawn(glb)
    glb.json["nodes"][2]["translation"] = [0, 3, 0]
    assert np.abs(drawn(glb) - still).mean() > 3


def test_nothing_to_draw_draws_nothing() -> None:
    glb = glbs.empty()
    glb.json["nodes"] = [{}]
    assert portrait.draw(glb, pools.find(glb)) is None


def test_things_can_be_told_apart() -> None:
    pictures = [
        drawn(Glb.parse((FURNITURE / name).read_bytes())) for name in ("armchair.glb", "globe.glb", "stool.glb")
    ]
    for index, one in enumerate(pictures):
        assert (one[..., 3] > 128).mean() > 0.05
        for other in pictures[index + 1 :]:
            assert np.abs(one - other).mean() > 8
