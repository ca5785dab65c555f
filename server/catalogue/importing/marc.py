"""A MARC record as its fields, whichever way it was written down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from carrel.server.catalogue.model import Form, Link


class Field(NamedTuple):
    """A control field has its text under the code ""."""

    tag: str
    indicators: str
    subfields: tuple[tuple[str, str], ...]

    def all(self, codes: str) -> list[str]:
        """In the record's order."""
        return [text for code, text in self.subfields if code and code in codes and text]

    def first(self, codes: str) -> str:
        return next(iter(self.all(codes)), "")

    def joined(self, codes: str, between: str = " ") -> str:
        return between.join(self.all(codes))


class Marc(NamedTuple):
    leader: str
    fields: list[Field]

    def control(self, tag: str) -> str:
        return next((one.subfields[0][1] for one in self.fields if one.tag == tag and one.subfields), "")

    def of(self, *tags: str) -> Iterator[Field]:
        return (one for one in self.fields if one.tag in tags)

    @property
    def form(self) -> Form:
        kind, level = self.leader[6:7], self.leader[7:8]
        return "serial" if kind == "a" and level in "bis" and level else _FORMS.get(kind, "other")


_FORMS: dict[str, Form] = {
    "a": "book",
    "b": "manuscript",
    "c": "score",
    "d": "score",
    "e": "map",
    "f": "map",
    "g": "video",
    "i": "sound",
    "j": "sound",
    "k": "picture",
    "l": "electronic",
    "m": "electronic",
    "p": "other",
    "r": "thing",
    "t": "manuscript",
}


def trim(text: str) -> str:
    """Without the punctuation that stands between a card's parts."""
    shorter = text.strip().rstrip("/:;,=").rstrip()
    return (
        shorter[:-1]
        if shorter.endswith(".") and not shorter.endswith(("..", " Jr.", " Sr.")) and shorter[-3:-2] not in (" ", ".")
        else shorter
    )


def links(marc: Marc) -> list[Link]:
    """Field 856 of both formats: web addresses alone."""
    return [
        Link(url, trim(one.first("y3z2")))
        for one in marc.of("856")
        for url in one.all("u")
        if url.lower().startswith(("http://", "https://")) and " " not in url
    ]
