"""Readers' Rooms: three looks from one builder, each within its budget and with room for works."""

from __future__ import annotations

import pytest

from carrel.scenes.errors import BuildError
from carrel.scenes.halls.books.classics import CLASSICS
from carrel.scenes.halls.readers.build import LOOKS, build_readers_room
from carrel.scenes.halls.room.recipe import BuiltRoom, RoomInputs
from tests.scenes.halls.room_checks import check_budget, check_document
from tests.scenes.halls.test_validator import issues

INPUTS = RoomInputs(CLASSICS)


@pytest.fixture(scope="module")
def rooms() -> dict[str, BuiltRoom]:
    return {name: build_readers_room(name, INPUTS, 7, "draft") for name in LOOKS}


@pytest.mark.parametrize("name", LOOKS)
def test_a_look(rooms: dict[str, BuiltRoom], name: str) -> None:
    room = rooms[name]
    assert room.scene.id == f"readers-room-{name}"
    check_document(room)
    check_budget(room)


@pytest.mark.parametrize("name", LOOKS)
def test_a_reader_finds_seats_books_and_empty_places(rooms: dict[str, BuiltRoom], name: str) -> None:
    scene = rooms[name].scene
    assert len(list(scene.having("seat"))) >= 3
    assert len(list(scene.having("shelf"))) >= 1
    assert rooms[name].statistics["books"] >= 60
    assert sum(e.id.startswith("frame-") for e in scene.entities) >= 4


def test_same_values_give_the_same_bytes(rooms: dict[str, BuiltRoom]) -> None:
    assert build_readers_room("garden", INPUTS, 7, "draft").files() == rooms["garden"].files()


def test_a_draft_is_valid(rooms: dict[str, BuiltRoom], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("rooms") / "room.glb"
    for room in rooms.values():
        for data in (room.glb, room.collider):
            path.write_bytes(data)
            found = issues(path)
            assert (found["numErrors"], found["numWarnings"]) == (0, 0), (room.stem, found)


def test_an_unknown_look_is_named() -> None:
    with pytest.raises(BuildError, match="'castle'"):
        build_readers_room("castle", INPUTS, 7, "draft")
