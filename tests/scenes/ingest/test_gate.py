"""The gate: right files come in with true facts, hostile ones are refused by name, and no bytes make it stumble."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.gate import check_glb
from tests.scenes.ingest.hostile_glb import ATTACKS
from tests.scenes.ingest.mutations import mutants
from tests.scenes.ingest.samples import SAMPLES

SHIPPED = sorted((Path(__file__).parents[3] / "assets" / "gltf").rglob("*.glb"))
MUTATIONS = 3000


@pytest.mark.parametrize("name", SAMPLES)
def test_a_right_file_comes_in(name: str) -> None:
    facts = check_glb(SAMPLES[name]().build())
    assert facts.triangles == (0 if name == "empty" else 1)
    assert facts.nodes >= facts.triangles


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_we_ship_comes_in(path: Path) -> None:
    assert check_glb(path.read_bytes()).triangles


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
