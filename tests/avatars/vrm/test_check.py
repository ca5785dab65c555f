"""Bodies that can be worn, and the many that cannot."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.avatars.vrm import check, is_claimed
from carrel.avatars.vrm.bones import bone_named
from carrel.scenes.errors import Refused
from carrel.scenes.ingest.gate import check_glb

from .figures import JOINTS, mixamo, vrm_0, vrm_1
from .make_vectors import VECTORS, text

Json = dict[str, Any]
FIGURES = {"vrm1": vrm_1().json, "vrm0": vrm_0().json, "humanoid": mixamo().json}


@pytest.mark.parametrize("name", FIGURES)
def test_the_bones_of_every_format_are_the_same(name: str) -> None:
    facts = check(FIGURES[name])
    assert facts.format == name
    assert facts.bones == {bone: index for index, bone in enumerate(JOINTS)}
    assert is_claimed(FIGURES[name]) == (name != "humanoid")


def test_the_figures_pass_the_gate() -> None:
    for glb in (vrm_1(), vrm_0(), mixamo()):
        assert check_glb(glb.to_bytes()).skins == 1


def test_what_an_author_allows() -> None:
    one = check(vrm_1(avatarPermission="onlyAuthor", allowExcessivelyViolentUsage=True).json).permissions
    assert one is not None
    assert (one.who, one.violent, one.sexual, one.credit, one.modification) == ("author", True, False, True, True)
    none = check(vrm_1(modification="prohibited").json).permissions
    assert none is not None
    assert (none.modification, none.redistribution) == (False, False)
    old = check(vrm_0(allowedUserName="ExplicitlyLicensedPerson", licenseName="CC_BY_ND").json).permissions
    assert old is not None
    assert (old.who, old.redistribution, old.modification, old.licence) == ("licensed", True, False, "CC_BY_ND")
    silent = vrm_0().json
    silent["extensions"]["VRM"]["meta"] = {}
    least = check(silent).permissions
    assert least is not None
    assert (least.who, least.redistribution, least.commercial) == ("author", False, False)


@pytest.mark.parametrize(
    ("written", "bone"),
    [
        ("mixamorig:LeftForeArm", "leftLowerArm"),
        ("mixamorig9:RightHandPinky2", "rightLittleIntermediate"),
        ("LeftUpLeg", "leftUpperLeg"),
        ("RightToeBase", "rightToes"),
        ("upperarm_l", "leftUpperArm"),
        ("thigh_r", "rightUpperLeg"),
        ("Bip01 L Calf", "leftLowerLeg"),
        ("DEF-upper_arm.L", "leftUpperArm"),
        ("Spine2", "upperChest"),
        ("HeadTop_End", None),
        ("LeftForeArmTwist", None),
        ("Body", None),
        ("", None),
    ],
)
def test_a_bone_by_the_name_that_another_program_gave_it(written: str, bone: str | None) -> None:
    assert bone_named(written) == bone


def _one(document: Json) -> Json:
    vrm: Json = document["extensions"]["VRMC_vrm"]
    return vrm


HOSTILE: dict[str, tuple[str, Callable[[Json], Any]]] = {
    "no leg": ("avatar_bones_missing", lambda d: _one(d)["humanoid"]["humanBones"].pop("leftUpperLeg")),
    "two in one": (
        "avatar_bones_double",
        lambda d: _one(d)["humanoid"]["humanBones"].update(leftHand={"node": list(JOINTS).index("rightHand")}),
    ),
    "a tail": ("avatar_bones_strange", lambda d: _one(d)["humanoid"]["humanBones"].update(tail={"node": 0})),
    "nowhere": ("avatar_index", lambda d: _one(d)["humanoid"]["humanBones"].update(hips={"node": 10**9})),
    "below zero": ("avatar_index", lambda d: _one(d)["humanoid"]["humanBones"].update(hips={"node": -1})),
    "true": ("avatar_index", lambda d: _one(d)["humanoid"]["humanBones"].update(hips={"node": True})),
    "upside down": ("avatar_bones_order", lambda d: _swap(d, "leftUpperArm", "leftHand")),
    "a circle": ("avatar_bones_cycle", lambda d: d["nodes"][-2].update(children=[0])),
    "no skin": ("avatar_no_skin", lambda d: d["nodes"][-1].pop("skin")),
    "no author": ("avatar_meta", lambda d: _one(d)["meta"].pop("authors")),
    "no licence": ("avatar_meta", lambda d: _one(d)["meta"].pop("licenseUrl")),
    "who may": ("avatar_meta", lambda d: _one(d)["meta"].update(avatarPermission="whoever")),
    "a list for who": ("avatar_meta", lambda d: _one(d)["meta"].update(avatarPermission=["everyone"])),
    "maybe": ("avatar_meta", lambda d: _one(d)["meta"].update(allowRedistribution="yes")),
    "version": ("avatar_version", lambda d: _one(d).update(specVersion="9")),
    "weight": ("avatar_expression", lambda d: _bind(d).update(weight=float("nan"))),
    "morph": ("avatar_index", lambda d: _bind(d).update(index=-5)),
    "many faces": (
        "avatar_expression",
        lambda d: _one(d)["expressions"].update(custom={str(i): {} for i in range(300)}),
    ),
    "bones a list": ("avatar_shape", lambda d: _one(d)["humanoid"].update(humanBones=[])),
}


def _swap(document: Json, one: str, other: str) -> None:
    bones = _one(document)["humanoid"]["humanBones"]
    bones[one], bones[other] = bones[other], bones[one]


def _bind(document: Json) -> Json:
    bind: Json = _one(document)["expressions"]["preset"]["blink"]["morphTargetBinds"][0]
    return bind


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_worn_is_refused_by_name(name: str) -> None:
    code, harm = HOSTILE[name]
    document = copy.deepcopy(FIGURES["vrm1"])
    harm(document)
    with pytest.raises(Refused) as refused:
        check(document)
    assert refused.value.code == code
    assert refused.value.sentence.endswith(".")


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 30) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every place in the descriptions and the nodes where something else could stand."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in inside:
        found.append((value, name))
        _places(member, found)
    return found


@given(st.sampled_from(sorted(FIGURES)), st.integers(0, 10**6), _JUNK)
@settings(max_examples=150, deadline=None)
def test_nothing_but_a_refusal_comes_of_junk(name: str, place: int, junk: Any) -> None:
    document = copy.deepcopy(FIGURES[name])
    places = _places({"e": document.get("extensions", {}), "n": document["nodes"]}, [])[2:]
    holder, key = places[place % len(places)]
    holder[key] = junk
    with contextlib.suppress(Refused):
        check(document)


def test_the_golden_figures_are_those_that_are_made_here() -> None:
    assert VECTORS.read_text() == text()
