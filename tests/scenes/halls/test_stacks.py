"""The stacks grow with the number of books, keep their budgets and say where things are; 100,000 books are a proof of their own."""

from __future__ import annotations

import pytest

from carrel.scenes import document
from carrel.scenes.errors import BuildError
from carrel.scenes.halls.books.bays import bays_of
from carrel.scenes.halls.books.classics import classic_records
from carrel.scenes.halls.books.table import read_books_table
from carrel.scenes.halls.stacks import layout
from carrel.scenes.halls.stacks.build import BuiltStacks, build_stacks
from tests.scenes.halls.glb_reading import read_json

BOOKS = 4000


@pytest.fixture(scope="module")
def small() -> BuiltStacks:
    return build_stacks(classic_records(), BOOKS, 7, "draft", copies=True)


def test_at_least_as_many_books_as_asked_for(small: BuiltStacks) -> None:
    table = read_books_table(small.files()["stacks.books.bin"])
    assert len(table.books) >= BOOKS
    assert len(table.bays) == layout.ranges_for(BOOKS) * layout.ROW * 4


def test_the_hall_has_light_for_every_run(small: BuiltStacks) -> None:
    settings = read_json(small.files()["stacks.glb"])["scenes"][0]["extras"]["carrel"]
    runs = sum(len(bay.runs) for bay in bays_of(small.scene.entities))
    assert settings["shelf_light"]["runs"] == runs
    assert settings["zones"] == layout.ranges_for(BOOKS) + 3


def test_every_case_belongs_to_the_zone_it_stands_in(small: BuiltStacks) -> None:
    for entity in small.scene.having("shelf"):
        assert entity.shelf is not None
        deep = -entity.transform.position[2] / layout.PITCH
        assert abs(entity.shelf.zone + 0.5 - deep) <= 0.75, entity.id


def test_the_document_is_whole(small: BuiltStacks) -> None:
    files = small.files()
    scene = document.decode(files["stacks.scene.json"])
    assert scene == document.validate(small.scene)
    assert scene.environment.books is not None
    assert scene.environment.books.url in files


def test_more_than_a_storey_is_refused() -> None:
    with pytest.raises(BuildError, match="at most"):
        layout.ranges_for(1_000_000)
    assert layout.ranges_for(1) == 1
