"""What a record says, whatever format it came in. All text is Unicode NFC without control characters."""

from __future__ import annotations

import hashlib
from typing import Final, Literal

import msgspec
from msgspec import Struct

Form = Literal[
    "book", "serial", "map", "score", "sound", "video", "picture", "manuscript", "electronic", "thing", "other"
]
Scheme = Literal["ddc", "lcc", "clc", "local"]
TitleKind = Literal["main", "original", "transliteration", "parallel", "uniform", "variant", "series"]

ID_BYTES: Final = 8
YEARS: Final = range(1, 2101)


class Title(Struct, frozen=True, omit_defaults=True):
    """`original` is the main title in its own script, `transliteration` the same in Latin letters."""

    text: str
    kind: TitleKind = "main"


class Name(Struct, frozen=True, omit_defaults=True):
    """A person or body. `original` is the name in its own script where the record has both; `role` as the source writes it."""

    text: str
    original: str = ""
    role: str = ""


class CallNumber(Struct, frozen=True):
    scheme: Scheme
    text: str


class Holding(Struct, frozen=True, omit_defaults=True):
    """One copy and where it stands."""

    place: str = ""
    call_number: str = ""
    item: str = ""


class Link(Struct, frozen=True, omit_defaults=True):
    """`url` is http or https and nothing else."""

    url: str
    text: str = ""


class Record(Struct, frozen=True, omit_defaults=True):
    """`source` and `source_id` say whose record it is and its number there; they make the `id`, which stays when the record is brought in again."""

    source: str
    source_id: str
    titles: list[Title]
    creators: list[Name] = []
    contributors: list[Name] = []
    dates: list[str] = []
    year: int | None = None
    languages: list[str] = []
    subjects: list[str] = []
    call_numbers: list[CallNumber] = []
    form: Form = "book"
    publisher: str = ""
    place: str = ""
    isbn: list[str] = []
    notes: list[str] = []
    holdings: list[Holding] = []
    links: list[Link] = []

    @property
    def id(self) -> str:
        """16 hexadecimal digits."""
        named = f"{self.source}\0{self.source_id}".encode()
        return hashlib.sha256(named).digest()[:ID_BYTES].hex()

    @property
    def title(self) -> str:
        """As it is shown: in its own script where the record has it."""
        original = next((one.text for one in self.titles if one.kind == "original"), None)
        return original or self.titles[0].text


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Record).decode


def packed(record: Record) -> bytes:
    return _encode(record)


def unpacked(data: bytes) -> Record:
    """Raises msgspec.MsgspecError."""
    return _decode(data)
