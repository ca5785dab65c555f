"""Books as data: every record on its shelf, nothing beyond it, the same bytes every time, and bad bytes refused."""

from __future__ import annotations

import struct
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.scenes.document import Entity, Shelf, Text, Transform
from carrel.scenes.errors import CatalogueError
from carrel.scenes.halls.books.bays import bays_of
from carrel.scenes.halls.books.placing import LIES
from carrel.scenes.halls.books.records import Record, read_records
from carrel.scenes.halls.books.table import HEAD, BooksTable, books_table, read_books_table, titles_table
from carrel.scenes.halls.great.hall import BuiltHall
from tests.scenes.halls.make_books_vectors import PATH, RECORDS, encode, entities, vectors

TITLES = st.text(max_size=40)


@st.composite
def shelves(draw: st.DrawFn) -> tuple[Entity, ...]:
    words = Text(en="Any", zh="任意")
    made = []
    for k in range(draw(st.integers(1, 3))):
        columns = draw(st.integers(1, 3))
        boards = tuple(draw(st.lists(st.floats(0.2, 0.5), min_size=1, max_size=4)))
        width = columns * draw(st.floats(0.4, 2.0))
        part = Shelf(
            label=words, size=(width, 2.5, draw(st.floats(0.2, 0.5))), bays=columns, base_m=0.1, boards_m=boards
        )
        turn = draw(st.floats(-3.1, 3.1)) / 2
        rotation = (0.0, float(np.sin(turn)), 0.0, float(np.cos(turn)))
        at = Transform(position=(draw(st.floats(-9, 9)), 0.0, draw(st.floats(-9, 9))), rotation=rotation)
        made.append(Entity(id=f"shelf-{k}", transform=at, shelf=part))
    return tuple(made)


@st.composite
def catalogues(draw: st.DrawFn) -> tuple[Record, ...]:
    count = draw(st.integers(1, 40))
    return tuple(
        Record(
            id=f"r{k}",
            title=draw(TITLES),
            creator=draw(TITLES),
            height_mm=draw(st.none() | st.integers(1, 2000)),
            pages=draw(st.none() | st.integers(1, 100_000)),
            volumes=draw(st.integers(1, 10)),
        )
        for k in range(count)
    )


def spans(table: BooksTable, run: int) -> list[tuple[float, float]]:
    """Where the standing books of a run begin and end, metres."""
    first, count = int(table.runs["first_book"][run]), int(table.runs["books"][run])
    out = []
    for book in table.books[first : first + count]:
        if not book["how"] & LIES:
            aside = float(np.sin(np.radians(book["lean"] / 4)) * book["height"] * 1e-4)
            out.append((book["x"] * 1e-4 - aside, book["x"] * 1e-4 + book["thickness"] * 5e-4))
    return out


@settings(max_examples=60, deadline=None)
@given(shelves(), catalogues(), st.integers(0, 9), st.booleans())
def test_books_stand_within_their_runs_and_beside_each_other(
    hall: tuple[Entity, ...], records: tuple[Record, ...], seed: int, copies: bool
) -> None:
    bays = bays_of(hall)
    data = books_table(bays, records, seed, copies=copies)
    assert data == books_table(bays, records, seed, copies=copies)
    table = read_books_table(data)
    assert len(table.runs) == sum(len(bay.runs) for bay in bays)
    for run in range(len(table.runs)):
        width, clear = int(table.runs["width"][run]) / 1000, int(table.runs["clear"][run]) / 1000
        found = spans(table, run)
        assert all(low > -0.001 and high < width + 0.002 for low, high in found)
        assert all(a[1] <= b[0] + 0.002 for a, b in pairwise(found))
        first, count = int(table.runs["first_book"][run]), int(table.runs["books"][run])
        mine = table.books[first : first + count]
        tall = np.where(mine["how"] & LIES, mine["thickness"] * 5e-4, mine["height"] * 1e-4) + mine["y"] * 2e-3
        assert (tall <= clear + 0.002).all()
        assert (mine["depth"] * 2e-3 <= int(table.runs["depth"][run]) / 1000).all()


@settings(max_examples=40, deadline=None)
@given(catalogues())
def test_without_copies_each_record_stands_once_and_in_order(records: tuple[Record, ...]) -> None:
    table = read_books_table(books_table(bays_of(entities()), records, 3))
    numbers = (table.books["record"] & 0xFFFFFF).astype(int)
    assert (np.diff(numbers) >= 0).all()
    for number, count in zip(*np.unique(numbers, return_counts=True), strict=True):
        assert count <= records[number].volumes


def test_an_import_changes_no_other_books_looks() -> None:
    def looks(records: tuple[Record, ...]) -> dict[str, tuple[int, int]]:
        table = read_books_table(books_table(bays_of(entities()), records, 5))
        return {records[b["record"] & 0xFFFFFF].id: (int(b["design"]), int(b["cloth"])) for b in table.books}

    before, after = looks(RECORDS), looks((Record(id="new", title="New"), *RECORDS))
    assert all(after[name] == before[name] for name in before if name in after)


def test_the_runs_are_those_of_the_built_cases(draft: BuiltHall) -> None:
    table = read_books_table(draft.books)
    bays = bays_of(draft.scene.entities)
    assert [bay["name"].decode() for bay in table.bays] == [bay.id for bay in bays]
    assert len(table.books) >= 10_000
    cases = {f"shelf-{case.id.lower()}": case for case in draft.cases}
    for bay in bays:
        built = sorted(tuple(np.round(shelf.origin, 2)) for shelf in cases[bay.id].shelves)
        assert np.allclose(built, sorted(tuple(np.round(run.origin, 2)) for run in bay.runs), atol=0.011)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_broken_tables_are_refused(data: st.DataObject) -> None:
    good = books_table(bays_of(entities()), RECORDS, 5, copies=True)
    at = data.draw(st.integers(0, HEAD.size - 5))
    value = data.draw(st.integers(0, 255).filter(lambda v: v != good[at]))
    broken = good[:at] + bytes([value]) + good[at + 1 :]
    head = struct.unpack_from("<4sHHIIIH", good)
    changed = struct.unpack_from("<4sHHIIIH", broken)
    if changed[:5] + changed[6:] == head[:5] + head[6:] and at < 24:
        return  # only the count of records, or a byte that is not read
    with pytest.raises(CatalogueError):
        read_books_table(broken)
    with pytest.raises(CatalogueError):
        read_books_table(good[: data.draw(st.integers(0, len(good) - 1))])


def test_titles_are_read_by_number() -> None:
    data = titles_table(RECORDS)
    count, text_bytes = struct.unpack_from("<II", data, 8)
    ends = struct.unpack_from(f"<{count}I", data, 16)
    text = data[16 + 4 * count :]
    assert (count, text_bytes) == (len(RECORDS), len(text))
    assert text[ends[0] : ends[1]].decode().split("\x1f") == ["r2", "史记", "司马迁", "-91", "zh", "K204.2"]


def test_the_vectors_are_fresh() -> None:
    stale = "tests/vectors/books-table.json is stale: run python -m tests.scenes.halls.make_books_vectors"
    assert PATH.read_text("utf-8") == encode(vectors()), stale


def test_lists_of_records() -> None:
    lines = b'{"id":"a","title":"One","pages":12,"extra":1}\n\n{"id":"b","title":"\xe4\xba\x8c","year":1999}\n'
    assert read_records(lines) == (Record(id="a", title="One", pages=12), Record(id="b", title="二", year="1999"))
    table = '\ufeffid,title,creator,height_mm\nx,"Two, or more",Ada,210\ny,Three,,\n'.encode()
    first, second = read_records(table)
    assert (first.title, first.height_mm, second.creator) == ("Two, or more", 210, "")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "first line"),
        (b"name\nx\n", "first line"),
        (b"id,title\n", "no records"),
        (b'{"id": "a", "title": 3}', "Line 1"),
        (b'{"id": "a"}\n{"id": "a"}', "Line 2"),
        (b'{"id": "a"\n', "Line 1"),
        (b"id,title,pages\na,b,many\n", "Line 2"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_bad_lists_are_refused_by_line(data: bytes, what: str) -> None:
    with pytest.raises(CatalogueError, match=what):
        read_records(data)
