"""Readers' Rooms: three looks from one builder, each within its budget and with room for works."""

from __future__ import annotations

import pytest

from carrel.scenes.errors import BuildError
from carrel.scenes.halls.books.classics import CLASSICS
from carrel.scenes.halls.readers.build import LOOKS, build_readers_room
from carrel.scenes.halls.room.recipe import BuiltRoom, RoomInputs
from tests.scenes.halls.room_checks import SHIPPED, book_count, check_budget, check_document, shipped
from tests.scenes.halls.test_validator import issues

INPUTS = RoomInputs(CLASSICS)


@pytest.fixture(scope="module")
def garden() -> BuiltRoom:
    return build_readers_room("garden", INPUTS, 7, "draft")


@pytest.mark.parametrize("name", LOOKS)
def test_a_shipped_look(name: str) -> None:
    room = shipped(LOOKS[name].stem)
    assert room.scene.id == f"readers-room-{name}"
    assert (room.scene.title.en, room.scene.title.zh) == (LOOKS[name].en, LOOKS[name].zh)
    check_document(room)
    check_budget(room)


@pytest.mark.parametrize("name", LOOKS)
def test_a_reader_finds_seats_books_and_empty_places(name: str) -> None:
    room = shipped(LOOKS[name].stem)
    assert len(list(room.scene.having("seat"))) >= 3
    assert len(list(room.scene.having("shelf"))) >= 1
    assert book_count(room) >= 60
    assert sum(e.id.startswith("frame-") for e in room.scene.entities) >= 4


def test_a_draft_keeps_the_promises_of_the_shipped_one(garden: BuiltRoom) -> None:
    check_document(garden)
    check_budget(garden)


@pytest.mark.parametrize("name", LOOKS)
def test_a_shipped_look_is_valid(name: str) -> None:
    for end in (".glb", ".collider.glb"):
        found = issues(SHIPPED / f"{LOOKS[name].stem}{end}")
        assert (found["numErrors"], found["numWarnings"]) == (0, 0), found


def test_an_unknown_look_is_named() -> None:
    with pytest.raises(BuildError, match="'castle'"):
        build_readers_room("castle", INPUTS, 7, "draft")
