"""The Ancient Books Room, the Consultation Room and the Exhibition Room: within budget, the same every time, fit for use."""

from __future__ import annotations

import pytest

from carrel.scenes.errors import BuildError
from carrel.scenes.halls.ancient.build import build_ancient_books_room
from carrel.scenes.halls.books.classics import CLASSICS
from carrel.scenes.halls.consultation.build import build_consultation_room
from carrel.scenes.halls.exhibition.build import build_exhibition_room
from carrel.scenes.halls.exhibition.layout import SPOTS
from carrel.scenes.halls.room.recipe import BuiltRoom, RoomInputs
from tests.scenes.halls.room_checks import check_budget, check_document, stands_free
from tests.scenes.halls.test_validator import issues

BUILDERS = {
    "ancient-books-room": build_ancient_books_room,
    "consultation-room": build_consultation_room,
    "exhibition-room": build_exhibition_room,
}
INPUTS = RoomInputs(CLASSICS)


@pytest.fixture(scope="module")
def rooms() -> dict[str, BuiltRoom]:
    return {name: build(INPUTS, 7, "draft") for name, build in BUILDERS.items()}


@pytest.mark.parametrize("name", BUILDERS)
def test_a_room(rooms: dict[str, BuiltRoom], name: str) -> None:
    assert rooms[name].scene.id == name
    check_document(rooms[name])
    check_budget(rooms[name])


def test_same_values_give_the_same_bytes(rooms: dict[str, BuiltRoom]) -> None:
    name = "exhibition-room"  # rooms with books are built twice by the tests of Readers' Rooms
    assert BUILDERS[name](INPUTS, 7, "draft").files() == rooms[name].files()


def test_drafts_are_valid(rooms: dict[str, BuiltRoom], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("rooms") / "room.glb"
    for room in rooms.values():
        for data in (room.glb, room.collider):
            path.write_bytes(data)
            found = issues(path)
            assert (found["numErrors"], found["numWarnings"]) == (0, 0), (room.stem, found)


def test_an_unknown_quality_is_named() -> None:
    with pytest.raises(BuildError, match="'best'"):
        build_consultation_room(INPUTS, 7, "best")


def test_doors_lead_there_and_back(rooms: dict[str, BuiltRoom]) -> None:
    doors = {
        name: {e.portal.target for e in room.scene.having("portal") if e.portal and e.portal.is_open}
        for name, room in rooms.items()
    }
    assert doors["consultation-room"] == {"great-hall"}
    assert doors["ancient-books-room"] == {"great-hall", "exhibition-room"}
    assert doors["exhibition-room"] == {"great-hall", "ancient-books-room"}


def test_a_consultation_has_a_board_and_four_seats(rooms: dict[str, BuiltRoom]) -> None:
    scene = rooms["consultation-room"].scene
    (board,) = scene.having("board")
    assert board.board is not None
    assert board.board.size[0] >= 2
    assert len(list(scene.having("seat"))) == 4


def test_the_racks_hold_the_four_branches(rooms: dict[str, BuiltRoom]) -> None:
    room = rooms["ancient-books-room"]
    labels = {e.shelf.label.zh for e in room.scene.having("shelf") if e.shelf}
    assert {"经部", "史部", "子部", "集部"} <= labels
    assert room.statistics["books"] >= 600
    assert len(list(room.scene.having("seat"))) == 6


def test_every_empty_place_of_the_exhibition_can_be_stood_before(rooms: dict[str, BuiltRoom]) -> None:
    room = rooms["exhibition-room"]
    named = {e.id: e for e in room.scene.entities}
    assert len(SPOTS) >= 12
    for spot in SPOTS:
        frame, place = named[f"exhibit-{spot.id}"], named[f"place-{spot.id}"]
        assert frame.transform.position == pytest.approx((spot.x, spot.y, spot.z), abs=0.001)
        x, _, z = place.transform.position
        assert 1.0 < ((x - spot.x) ** 2 + (z - spot.z) ** 2) ** 0.5 < 2.5
        assert stands_free(room, x, z), spot.id
