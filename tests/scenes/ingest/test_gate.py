"""The gate: right files come in with true facts, hostile ones are refused by name, and no bytes make it stumble."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pygltflib
import pytest
import trimesh

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.gate import check_glb
from tests.scenes.ingest.hostile_glb import ATTACKS
from tests.scenes.ingest.mutations import mutants
from tests.scenes.ingest.samples import SAMPLES

SHIPPED = sorted((Path(__file__).parents[3] / "assets" / "gltf").rglob("*.glb"))
TRIANGLES = {"empty": 0, "glossy": 2}
MUTATIONS = 2200


@pytest.mark.parametrize("name", SAMPLES)
def test_a_right_file_comes_in(name: str) -> None:
    facts = check_glb(SAMPLES[name]().build())
    assert facts.triangles == TRIANGLES.get(name, 1)
    assert facts.nodes >= facts.triangles


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_we_ship_comes_in(path: Path) -> None:
    assert check_glb(path.read_bytes()).triangles


@pytest.mark.parametrize("name", ["box", "icosphere", "capsule", "torus"])
@pytest.mark.parametrize("normals", [True, False])
def test_what_trimesh_writes_comes_in(name: str, normals: bool) -> None:
    shape = trimesh.creation.torus(1, 0.3) if name == "torus" else getattr(trimesh.creation, name)()
    scene = trimesh.Scene([shape])
    shape.visual.vertex_colors = np.full((len(shape.vertices), 4), 200, np.uint8)
    scene.add_geometry(shape.copy(), transform=trimesh.transformations.translation_matrix([1, 2, 3]))
    facts = check_glb(scene.export(file_type="glb", include_normals=normals))
    assert facts.drawn_triangles == 2 * len(shape.faces)
    assert facts.high == pytest.approx(tuple(shape.bounds[1] + [1, 2, 3]), abs=1e-5)


# The library itself writes these wrongly, as the Khronos validator says too, or cannot read them.
BEYOND_PYGLTFLIB = {"empty", "sparse", "strange"}


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - BEYOND_PYGLTFLIB))
def test_what_pygltflib_writes_comes_in(name: str, tmp_path: Path) -> None:
    """What the library understands, written anew by it."""
    path = tmp_path / "sample.glb"
    path.write_bytes(SAMPLES[name]().build())
    pygltflib.GLTF2.load(str(path)).save(str(path))
    assert check_glb(path.read_bytes()).triangles == TRIANGLES.get(name, 1)


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, code, _ in ATTACKS])
def test_a_hostile_file_is_refused_by_name(name: str, code: str) -> None:
    (data,) = [make() for known, _, make in ATTACKS if known == name]
    with pytest.raises(Refused) as caught:
        check_glb(data)
    assert caught.value.code == code, caught.value
    assert len(caught.value.sentence) > 20


def test_there_are_attacks_of_many_kinds() -> None:
    assert len(ATTACKS) >= 80
    assert len({code for _, code, _ in ATTACKS}) >= 60


def test_mutated_files_never_make_it_stumble() -> None:
    """Whatever the damage, the answer is facts or a refusal: no other error leaves the gate."""
    chance = random.Random(20_260_101)
    streams = [mutants(make(), chance) for make in SAMPLES.values()]
    refused = 0
    for number in range(MUTATIONS):
        try:
            check_glb(next(streams[number % len(streams)]))
        except Refused:
            refused += 1
    assert refused > MUTATIONS / 3
