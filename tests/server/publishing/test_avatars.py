"""Avatars that people bring: accepted with what their authors allow, made light enough, refused with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.gate import check_glb
from carrel.server.accounts.model import Identity
from carrel.server.publishing import avatars
from carrel.server.publishing.tasks import prepare
from tests.avatars.vrm.figures import figure, mixamo, vrm_0, vrm_1

from .world import world


class Made:
    """The sandbox's way out, kept."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def file(self, name: str, data: bytes | memoryview) -> None:
        self.files[name] = bytes(data)

    def step(self, name: str) -> None:
        """Nobody waits."""


def prepared(data: bytes, folder: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    file = folder / "work.glb"
    file.write_bytes(data)
    out = Made()
    with file.open("rb") as opened:
        return prepare([opened], {"name": "lin.vrm"}, out), out.files


@pytest.mark.parametrize("make", [vrm_1, vrm_0, mixamo])
def test_one_file_of_an_avatar_is_marked_to_be_worn(make: Any, tmp_path: Path) -> None:
    answer, files = prepared(make().to_bytes(), tmp_path)
    assert answer["kind"] == "avatar"
    worn = [name for name, facts in answer["made"].items() if avatars.WORN in facts]
    assert worn == ["view.glb"]
    assert check_glb(files["view.glb"]).skins == 1


def test_a_heavy_avatar_is_made_lighter(tmp_path: Path) -> None:
    answer, files = prepared(vrm_1(boxes=180).to_bytes(), tmp_path)
    assert answer["facts"]["triangles"] > avatars.TRIANGLES
    worn = next(name for name, facts in answer["made"].items() if avatars.WORN in facts)
    assert check_glb(files[worn]).triangles <= avatars.TRIANGLES


def test_what_cannot_be_worn_is_refused_when_it_says_that_it_is_an_avatar(tmp_path: Path) -> None:
    crowded = vrm_1()
    crowded.json["materials"] = crowded.json["materials"] * 5
    unchangeable = vrm_1(boxes=180, modification="prohibited")
    broken = vrm_1()
    del broken.json["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]["hips"]
    for glb, code in (
        (crowded, "avatar_materials"),
        (unchangeable, "avatar_unchangeable"),
        (broken, "avatar_bones_missing"),
    ):
        with pytest.raises(Refused) as refused:
            prepared(glb.to_bytes(), tmp_path)
        assert refused.value.code == code


def test_a_figure_that_does_not_say_so_stays_a_model(tmp_path: Path) -> None:
    answer, _ = prepared(figure({"hips": "root"}).to_bytes(), tmp_path)
    assert answer["kind"] == "model"


async def test_who_brought_it_wears_it_and_nobody_else(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin, staff = await library.person("lin"), await library.person("mo", "librarian")
        work = await lin.bring(vrm_1(avatarPermission="onlyAuthor").to_bytes(), "lin.vrm")
        found = await lin.looked_at(work)
        assert (found["state"], found["kind"]) == ("accepted", "avatar")
        assert found["facts"]["avatar"]["permissions"]["who"] == "author"
        worn = next(file["sha256"] for file in found["files"] if avatars.WORN in file["facts"])

        async def may(browser: Any, rendition: str) -> bool:
            identity = await library.accounts.identify_token(browser.headers["Cookie"].partition("=")[2])
            assert isinstance(identity, Identity)
            return await library.works.may_wear(identity, work, rendition)

        assert await may(lin, worn)
        assert not await may(lin, work), "the original is never worn"
        assert not await may(staff, worn), "staff look at works; they do not go about in them"
