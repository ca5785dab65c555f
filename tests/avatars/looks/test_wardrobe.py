"""Looks put together: what parts there are, and that those of one figure share its skeleton and a crowd's budget."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from carrel.avatars.looks.mesh import Part
from carrel.avatars.looks.people import PEOPLE
from carrel.avatars.looks.wardrobe import _BUILDERS, BUDGETS, FIGURES, ORDER, PARTS, _tucked, _worn_with, described
from carrel.avatars.looks.wardrobe import _mesh as mesh
from tests.avatars.looks.test_looks import FAR_TRIANGLES, NEAR_TRIANGLES, SHIPPED, shipped, triangles

FIGURE_PARTS = [
    (figure["id"], level, part[level])
    for figure in shipped().get("wardrobe", {}).get("figures", [])
    for part in (figure["base"], *(one for kind in figure["parts"].values() for one in kind.values()))
    for level in ("near", "far")
    if level in part
]


def document(data: bytes) -> Mapping[str, Any]:
    length = struct.unpack_from("<I", data, 12)[0]
    parsed: dict[str, Any] = json.loads(data[20 : 20 + length])
    return parsed


def test_there_is_a_real_choice() -> None:
    assert len(FIGURES) >= 4
    assert len(PARTS["hair"]) >= 5
    assert len(PARTS["outfit"]) >= 5
    assert set(FIGURES) <= {person.id for person in PEOPLE}, "each figure has a shipped reader to stand for it"
    assert list(described()) == list(ORDER)


def test_a_whole_look_stays_within_a_readers_budget() -> None:
    worn = [budget for kind, budget in BUDGETS.items() if kind != "headwear"]  # which takes the hair's place
    assert sum(budget.near for budget in worn) <= NEAR_TRIANGLES
    chair = BUDGETS["chair"].far
    assert sum(budget.far for budget in worn) - chair <= FAR_TRIANGLES
    assert 12 * NEAR_TRIANGLES + 40 * (FAR_TRIANGLES + chair) + 1000 * 4 <= 300_000
    assert BUDGETS["headwear"] == BUDGETS["hair"]


@pytest.mark.parametrize("kind", ["glasses", "chair"])
def test_a_part_is_the_same_at_every_call(kind: str) -> None:
    person = replace(PEOPLE[0], glasses="round")
    assert (mesh(kind, person)[1].points == mesh(kind, person)[1].points).all()


def test_every_kind_can_be_built_and_every_outfit_has_colours() -> None:
    assert set(_BUILDERS) == set(BUDGETS) == {"base", *ORDER}
    for outfit in PARTS["outfit"]:
        assert _worn_with(outfit)["top"].startswith("#")


def test_trousers_are_drawn_in_under_a_coat_and_end_where_it_hides_them() -> None:
    points = np.array([[0.1, 0.95, 0.1], [0.1, 0.97, 0.1], [0.12, 0.96, 0.1], [0, 0.95, 0.1], [0.1, 0.5, 0.1]])
    faces = np.array([[0, 1, 2], [0, 2, 3], [2, 3, 4]])
    out, ones = np.tile([0.0, 0.0, 1.0], (5, 1)), np.ones(5)
    part = Part("bottom", points, out, faces, lambda p: {"hips": np.ones(len(p))}, ones, ones, worth=ones)
    left = _tucked(part, 0.85, 0.06)
    assert left.faces.tolist() == [[0, 1, 2], [1, 2, 3]], "what is hidden is gone, and what is half hidden is left"
    deeper = points[[0, 2, 3, 4], 2] - left.points[:, 2]
    assert (deeper > 0).tolist() == [True, True, False, False], "not in front, where it is open, nor below its hem"
    assert _tucked(replace(part, slot="top"), 0.85, 0.06).faces is faces


@pytest.mark.parametrize(("figure", "level", "file"), FIGURE_PARTS, ids=[f"{f['file']}" for _, _, f in FIGURE_PARTS])
def test_a_shipped_part_has_its_figures_skeleton(figure: str, level: str, file: dict[str, Any]) -> None:
    data = (SHIPPED / file["file"]).read_bytes()
    gltf = document(data)
    kind = file["file"].split(".")[1].split("-")[0]
    budget = BUDGETS[kind]
    assert triangles(gltf) <= 1.06 * (budget.near if level == "near" else budget.far) + 40
    ours = document((SHIPPED / f"{figure}.glb").read_bytes())
    names = [node.get("name") for node in ours["nodes"]][:-1]
    assert [node.get("name") for node in gltf["nodes"]][:-1] == names
