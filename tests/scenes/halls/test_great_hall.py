"""The Great Hall keeps its budgets, is the same every time, and says where things are."""

from __future__ import annotations

import base64
import gzip
import math

import pytest

from carrel.scenes.errors import BuildError
from carrel.scenes.halls.books.classics import classic_records
from carrel.scenes.halls.books.spines import SpineTitle, spine_atlas
from carrel.scenes.halls.great.hall import BuiltHall, build_great_hall
from tests.scenes.halls.glb_reading import read_json, shown

ENTRANCE_Z, MIDDLE_Z = -0.6, -14.0


@pytest.mark.proof
def test_same_values_give_the_same_bytes(draft: BuiltHall) -> None:
    again = build_great_hall(classic_records(), 7, "draft")
    assert again.files() == draft.files()


def test_titles_stand_on_the_spines() -> None:
    titles = [SpineTitle("A Room of One's Own", "Woolf"), SpineTitle("诗经"), SpineTitle("")]
    atlas = spine_atlas(titles, None, 1)
    assert atlas.cells[:3] == (titles[0], titles[1], None)
    assert atlas.image.size == (2048, 3104)


def test_an_unknown_quality_is_named() -> None:
    with pytest.raises(BuildError, match="'best'"):
        build_great_hall(classic_records(), 7, "best")


@pytest.mark.parametrize("eye_z", [ENTRANCE_Z, MIDDLE_Z, -30.0])
def test_budgets_of_the_high_tier(draft: BuiltHall, eye_z: float) -> None:
    gltf = read_json(draft.glb)
    draws, triangles = shown(gltf, eye_z, tuple(gltf["scenes"][0]["extras"]["carrel"]["switch_m"]["high"]))
    assert draws <= 75  # nothing culled; a view sees at most 60 of them
    assert triangles <= 190_000


@pytest.mark.parametrize("eye_z", [ENTRANCE_Z, MIDDLE_Z, -30.0])
def test_budgets_of_the_low_tier(draft: BuiltHall, eye_z: float) -> None:
    gltf = read_json(draft.glb)
    draws, triangles = shown(gltf, eye_z, tuple(gltf["scenes"][0]["extras"]["carrel"]["switch_m"]["low"]))
    assert draws <= 60
    assert triangles <= 75_000


def test_each_level_is_at_most_half_of_the_nearer(draft: BuiltHall) -> None:
    near, mid, far = (draft.statistics["triangles_by_level"][name] for name in ("near", "mid", "far"))
    assert near <= 190_000
    assert mid <= near / 2
    assert far <= mid / 2


def test_size_on_the_wire(draft: BuiltHall) -> None:
    assert len(draft.glb) <= 10_000_000
    assert len(gzip.compress(draft.glb, 6)) <= 6_000_000
    assert draft.statistics["collider_triangles"] <= 3000


def test_every_zone_has_all_levels(draft: BuiltHall) -> None:
    gltf = read_json(draft.glb)
    marks = [n["extras"]["carrel"] for n in gltf["nodes"] if "level" in n.get("extras", {}).get("carrel", {})]
    assert {(m["zone"], m["level"]) for m in marks} == {(z, level) for z in range(8) for level in range(3)}


def test_other_levels_stand_in_the_second_scene(draft: BuiltHall) -> None:
    gltf = read_json(draft.glb)
    first = [gltf["nodes"][n].get("extras", {}).get("carrel", {}) for n in gltf["scenes"][0]["nodes"]]
    assert all(m.get("level", 0) == 0 for m in first)


def test_materials_say_how_they_are_lit(draft: BuiltHall) -> None:
    for material in read_json(draft.glb)["materials"]:
        made = material["extras"]["carrel"]
        assert made["light"] in {"vertex", "lightmap", "book", "picture", "none"}
        if made["light"] == "vertex":
            assert 1 <= len(made["finishes"]) <= 32
            assert all(len(finish) == 5 for finish in made["finishes"])


def test_probes_fill_their_grid(draft: BuiltHall) -> None:
    probes = read_json(draft.glb)["scenes"][0]["extras"]["carrel"]["probes"]
    assert len(base64.b64decode(probes["data"])) == math.prod(probes["counts"]) * 18


def test_nothing_is_fetched(draft: BuiltHall) -> None:
    gltf = read_json(draft.glb)
    assert all("uri" not in image for image in gltf["images"])
    assert all("uri" not in buffer for buffer in gltf["buffers"])
