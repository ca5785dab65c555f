"""What the Data Sea shows, as plain numbers: works with their century and language, and metres of shelf by subject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from carrel.scenes.document import SceneDocument
from carrel.scenes.errors import BuildError
from carrel.scenes.halls.books.records import Record
from carrel.scenes.halls.data_sea.centuries import CENTURY_OF

WORK_LIMIT, SUBJECT_LIMIT = 4000, 24
YEAR = re.compile(r"(-?)(\d{1,4})")


@dataclass(frozen=True)
class SeaWork:
    """One work: how many letters or characters its title has, whether they are Han, and its century (never 0)."""

    length: int
    han: bool
    century: int


@dataclass(frozen=True)
class SeaNumbers:
    """`shelves` are (English, Chinese, metres of board) by subject."""

    works: tuple[SeaWork, ...]
    shelves: tuple[tuple[str, str, float], ...]

    @property
    def centuries(self) -> dict[int, int]:
        """How many works each century has, from the oldest to the newest; those without any are missing."""
        found: dict[int, int] = {}
        for work in self.works:
            found[work.century] = found.get(work.century, 0) + 1
        return dict(sorted(found.items()))

    @property
    def characters(self) -> int:
        return sum(work.length for work in self.works)


def century_of(year: str) -> int | None:
    """The century of a catalogue's year ("1899", "-44", "c. 1008"), or None when there is no number in it."""
    found = YEAR.search(year)
    if found is None or int(found[2]) == 0:
        return None
    number = (int(found[2]) + 99) // 100
    return -number if found[1] else number


def sea_numbers(records: Iterable[Record], hall: SceneDocument) -> SeaNumbers:
    """Count a catalogue's dated works and a hall's shelves. Raises BuildError when there is nothing to show, or too much."""
    works = []
    for record in records:
        century = century_of(record.year) or CENTURY_OF.get(record.title)
        if century is not None and record.title:
            han = any("\u3400" <= ch <= "\u9fff" for ch in record.title)
            length = sum(not ch.isspace() for ch in record.title)
            works.append(SeaWork(min(length, 40), han, century))
    shelves = _shelves(hall)
    if not 1 <= len(works) <= WORK_LIMIT:
        raise BuildError(f"The Data Sea shows 1 to {WORK_LIMIT} dated works; these records hold {len(works)}.")
    if not 1 <= len(shelves) <= SUBJECT_LIMIT:
        raise BuildError(f"The Data Sea shows 1 to {SUBJECT_LIMIT} subjects; the hall's shelves name {len(shelves)}.")
    return SeaNumbers(tuple(works), tuple((en, zh, metres) for (en, zh), metres in shelves.items()))


def _shelves(hall: SceneDocument) -> Mapping[tuple[str, str], float]:
    """Metres of board by subject, the longest first; equals by name."""
    found: dict[tuple[str, str], float] = {}
    for entity in hall.having("shelf"):
        shelf = entity.shelf
        if shelf is not None:
            label = (shelf.label.en, shelf.label.zh)
            found[label] = found.get(label, 0.0) + shelf.size[0] * len(shelf.boards_m)
    return dict(sorted(((label, round(m, 1)) for label, m in found.items()), key=lambda item: (-item[1], item[0])))
