"""Records are found in any script and spelling, by part, phrase, field and facet; bringing them in again changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from carrel.server.catalogue.model import CallNumber, Name, Record, Title
from carrel.server.catalogue.search import Catalogue
from carrel.server.catalogue.store import Brought, CatalogueStore
from carrel.server.errors import BadRequest
from carrel.server.settings import Settings
from carrel.server.storage import open_database


def record(number: str, title: str, creator: str = "", **more: object) -> Record:
    made = Record("test", number, [Title(title)], [Name(creator)] if creator else [])
    return msgspec.structs.replace(made, **more)


SHELF = [
    record(
        "1",
        "紅樓夢",
        "曹雪芹",
        year=1982,
        languages=["chi"],
        isbn=["7020002207"],
        call_numbers=[CallNumber("clc", "I242.4")],
    ),
    record("2", "红楼梦研究", "俞平伯", year=1952, languages=["chi"], subjects=["红楼梦"]),
    record("3", "Dream of the Red Chamber", "Cao, Xueqin", year=1958, languages=["eng"]),
    record(
        "4",
        "The Red Chamber: essays on a dream",
        "Smith, Ann",
        year=1990,
        languages=["eng"],
        subjects=["Chinese fiction"],
    ),
    record("5", "Élégies à la lune", "Łukasz Müller", year=1921, languages=["fre"], form="score"),
    record("6", "庄子", "莊周", languages=["chi"]),
    record("7", "中国图书馆史", "", subjects=["图书馆"]),
    record("8", "書", ""),
]


@pytest.fixture
async def catalogue(tmp_path: Path) -> AsyncIterator[Catalogue]:
    database = await open_database(Settings(data_dir=str(tmp_path)))
    store = CatalogueStore(database)
    assert await store.bring(SHELF, 1) == Brought(len(SHELF), 0, 0)
    yield Catalogue(store)
    await database.close()


async def numbers(catalogue: Catalogue, query: str, *wanted: tuple[str, str]) -> list[str]:
    return [one.source_id for one in (await catalogue.search(query, wanted)).records]


FOUND = {
    "红楼梦": ["1", "2"],
    "紅樓夢": ["1", "2"],
    "ＲＥＤ chamber": ["4", "3"],
    "Dream of the Red Chamber": ["3"],
    '"red chamber"': ["4", "3"],
    '"chamber red"': [],
    "elegies lune": ["5"],
    "lukasz muller": ["5"],
    "cham*": ["4", "3"],
    "红楼": ["1", "2"],
    "楼夢": ["1", "2"],
    "梦": ["1", "2"],
    "书": ["8", "7"],
    "莊子": ["6"],
    "hong lou meng": ["1", "2"],
    "hongloumeng": ["1", "2"],
    "hóng lóu mèng": ["1", "2"],
    "hong2 lou2 meng4": ["1", "2"],
    "cao xueqin": ["3", "1"],
    "author:曹雪芹": ["1"],
    "作者：曹雪芹": ["1"],
    "title:smith": [],
    "subject:红楼梦": ["2"],
    "isbn:7-02-000220-7": ["1"],
    "索书号:I242": ["1"],
    "1921": [],
    '"': [],
    "nothing like it": [],
    "AND OR NOT NEAR( ^ *": [],
}


async def test_what_is_found(catalogue: Catalogue) -> None:
    for query, found in FOUND.items():
        assert (query, sorted(await numbers(catalogue, query))) == (query, sorted(found))


FIRST = {"红楼梦": "1", "紅樓夢": "1", "书": "8", "dream of the red chamber": "3", "the red": "4"}


async def test_the_exact_title_comes_first_then_its_beginning(catalogue: Catalogue) -> None:
    for query, first in FIRST.items():
        assert (query, (await numbers(catalogue, query))[0]) == (query, first)


async def test_a_reading_as_pinyin_is_said(catalogue: Catalogue) -> None:
    assert (await catalogue.search("hongloumeng")).read_as == "pinyin"
    assert (await catalogue.search("hong lou meng")).read_as == "typed"
    assert (await catalogue.search("nothinglikeit")).read_as == "typed"


async def test_facets_count_and_narrow(catalogue: Catalogue) -> None:
    answer = await catalogue.search("red")
    assert answer.facets["language"] == [("eng", 2)]
    assert answer.facets["period"] == [("1950", 1), ("1990", 1)]
    assert await numbers(catalogue, "red", ("period", "1950")) == ["3"]
    assert await numbers(catalogue, "red", ("period", "1950"), ("language", "chi")) == []
    with pytest.raises(BadRequest):
        await catalogue.search("red", [("secret", "x")])


async def test_what_comes_again_is_known(catalogue: Catalogue) -> None:
    changed = [*SHELF[1:], record("1", "石头记", "曹雪芹")]
    assert await catalogue.store.bring(changed, 2) == Brought(0, 1, len(SHELF) - 1)
    assert await numbers(catalogue, "红楼梦") == ["2"]
    assert await numbers(catalogue, "石頭記") == ["1"]
    assert await catalogue.store.count() == len(SHELF)
