"""The collection that a library shows before it has its own: records of real books, and works written for Carrel.

`records.jsonl` holds one record a line, sorted by id; `works/*.md` are whole readable works, each under a short heading
(`---`, then `key: value` lines, then `---`). Both are read here and nowhere else.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

FOLDER = Path(__file__).parent

Role = Literal["author", "attributed", "editor", "translator", "illustrator"]
Form = Literal[
    "novel",
    "stories",
    "poetry",
    "drama",
    "essays",
    "treatise",
    "history",
    "biography",
    "travel",
    "scripture",
    "reference",
    "catalogue",
    "atlas",
    "law",
    "textbook",
    "children",
]


class Creator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who made a work; years are astronomical only in sign: -551 is 551 BCE. `attributed` is tradition's word, not ours."""

    name: str
    role: Role
    original_name: str | None = None
    pinyin: str | None = None
    birth: int | None = None
    death: int | None = None


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One subject in both languages of the house."""

    en: str
    zh: str


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A book as a catalogue knows it. What is not known for certain is absent.

    `title` is how the catalogue files it: Chinese works in simplified characters, works in other non-Latin scripts under
    their English name with `original_title` beside it, everything else in its own language. `year` is the first
    publication, or the completion of what was not published; negative is BCE, as is a negative `century`.
    """

    id: str
    title: str
    creators: tuple[Creator, ...]
    languages: tuple[str, ...]
    subjects: tuple[Subject, ...]
    form: Form
    title_traditional: str | None = None
    title_pinyin: str | None = None
    original_title: str | None = None
    original_script: str | None = None
    title_en: str | None = None
    title_zh: str | None = None
    year: int | None = None
    century: int | None = None
    ddc: str | None = None
    lcc: str | None = None
    clc: str | None = None
    place: str | None = None
    publisher: str | None = None


class Work(msgspec.Struct, frozen=True):
    """A readable work of ours: what its heading says, and its text in Markdown, which begins with the title."""

    id: str
    title_en: str
    title_zh: str
    language: Literal["en", "zh"]
    author: str
    licence: str
    text: str


@lru_cache(maxsize=1)
def records() -> tuple[Record, ...]:
    """Every record, sorted by id. Raises msgspec.ValidationError when a line is not a record."""
    decoder = msgspec.json.Decoder(Record)
    return tuple(decoder.decode_lines((FOLDER / "records.jsonl").read_bytes()))


@lru_cache(maxsize=1)
def works() -> tuple[Work, ...]:
    """Every readable work, sorted by id. Raises msgspec.ValidationError when a heading lacks something."""
    return tuple(work(path.read_text("utf-8")) for path in sorted((FOLDER / "works").glob("*.md")))


def work(markdown: str) -> Work:
    """One work from its file's text."""
    _, heading, text = markdown.split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in heading.splitlines())
    return msgspec.convert(fields | {"text": text.strip() + "\n"}, Work)
