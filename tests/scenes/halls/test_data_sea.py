"""The Data Sea shows the numbers it is given, and says which."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.scenes import document
from carrel.scenes.errors import BuildError
from carrel.scenes.halls.books.classics import CLASSICS, classic_records
from carrel.scenes.halls.books.records import Record
from carrel.scenes.halls.data_sea import layout as at
from carrel.scenes.halls.data_sea.build import build_data_sea
from carrel.scenes.halls.data_sea.centuries import CENTURY_OF
from carrel.scenes.halls.data_sea.lights import sectors
from carrel.scenes.halls.data_sea.numbers import SeaNumbers, SeaWork, century_of, sea_numbers
from carrel.scenes.halls.data_sea.words import plaques
from carrel.scenes.halls.room.recipe import BuiltRoom, RoomInputs
from tests.scenes.halls.room_checks import check_budget, check_document, inside
from tests.scenes.halls.test_validator import issues

HALL = document.decode((Path(__file__).parents[3] / "assets" / "gltf" / "halls" / "great_hall.scene.json").read_bytes())
WORKS = st.builds(SeaWork, length=st.integers(1, 40), han=st.booleans(), century=st.integers(-9, 21).filter(bool))


@pytest.fixture(scope="module")
def numbers() -> SeaNumbers:
    return sea_numbers(classic_records(), HALL)


@pytest.fixture(scope="module")
def hall(numbers: SeaNumbers) -> BuiltRoom:
    return build_data_sea(numbers, RoomInputs(()), 7, "draft")


def test_every_classic_is_dated_once() -> None:
    assert set(CENTURY_OF) == {work.title for work in CLASSICS}


def test_the_numbers_are_those_of_the_collection(numbers: SeaNumbers) -> None:
    assert len(numbers.works) == len(CLASSICS)
    assert sum(work.han for work in numbers.works) == sum(title.han for title in CLASSICS)
    assert sum(numbers.centuries.values()) == len(CLASSICS)
    boards = sum(e.shelf.size[0] * len(e.shelf.boards_m) for e in HALL.having("shelf") if e.shelf is not None)
    assert abs(sum(metres for _, _, metres in numbers.shelves) - boards) < 1.0


@pytest.mark.parametrize(
    ("year", "century"),
    [("1899", 19), ("1900", 19), ("1901", 20), ("-44", -1), ("c. 1008", 11), ("", None), ("0", None)],
)
def test_a_year_has_a_century(year: str, century: int | None) -> None:
    assert century_of(year) == century


def test_a_catalogue_of_its_own(numbers: SeaNumbers) -> None:
    records = [
        Record(id="a", title="One", year="1850"),
        Record(id="b", title="二", year="1120"),
        Record(id="c", title="x"),
    ]
    mine = sea_numbers(records, HALL)
    assert mine.works == (SeaWork(3, False, 19), SeaWork(1, True, 12))
    assert mine.shelves == numbers.shelves
    with pytest.raises(BuildError, match="dated works"):
        sea_numbers(records[2:], HALL)


@given(works=st.lists(WORKS, min_size=1, max_size=60))
def test_sectors_go_round_once_from_the_oldest(works: list[SeaWork]) -> None:
    spans = sectors(SeaNumbers(tuple(works), (("Law", "法律", 1.0),)))
    assert list(spans) == sorted({work.century for work in works})
    edges = [edge for span in spans.values() for edge in span]
    assert edges == sorted(edges)
    assert abs(edges[0] - at.FIRST_DEGREES) < 1e-6
    assert abs(edges[-1] - at.LAST_DEGREES) < 1e-6


def test_plaques_state_the_numbers(numbers: SeaNumbers) -> None:
    words = plaques(numbers)
    for (_, en), (_, zh) in (words["sea"], words["centuries"], words["shelves"]):
        assert en
        assert zh
    for text in (words["sea"][0][1], words["sea"][1][1]):
        assert str(len(numbers.works)) in text
        assert str(numbers.characters) in text
    assert str(len(numbers.centuries)) in words["centuries"][1][1]


def test_the_hall(hall: BuiltRoom) -> None:
    assert hall.scene.id == "data-sea"
    check_document(hall)
    check_budget(hall)
    assert inside(hall, at.RADIUS)
    assert len(list(hall.scene.having("seat"))) >= 8


def test_same_numbers_give_the_same_bytes(hall: BuiltRoom, numbers: SeaNumbers) -> None:
    assert build_data_sea(numbers, RoomInputs(()), 7, "draft").files() == hall.files()


def test_a_draft_is_valid(hall: BuiltRoom, tmp_path: Path) -> None:
    for name in ("glb", "collider"):
        path = tmp_path / f"{name}.glb"
        path.write_bytes(getattr(hall, name))
        found = issues(path)
        assert (found["numErrors"], found["numWarnings"]) == (0, 0), found
