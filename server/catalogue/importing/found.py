"""What a reader yields, and the limits of what it takes."""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

from msgspec import Struct

from carrel.server.catalogue.model import Record
from carrel.server.errors import CarrelError

RECORD_BYTES: Final = 1 << 20
FIELDS: Final = 5_000
TEXT_CHARACTERS: Final = 20_000
"""Of one value; a longer one is no title and no note."""
_FIRST_PRIVATE, _LAST_PRIVATE = "\ue000", "\uf8ff"
_DIRECTIONS: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0xFEFF, 0x98, 0x9C])
"""Direction overrides and MARC's marks round the words that sorting skips: left out, since nobody sees them."""
_SPACES: Final = dict.fromkeys([9, 10, 11, 12, 13, 0x85, 0x2028, 0x2029], " ")


class Unreadable(CarrelError):
    """One record that cannot be taken; `code` is for machines, the sentence says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


class Aside(Struct, frozen=True):
    """A record that was set aside. `number` counts from 1 in its file; `position` is where it begins, in bytes, or its line in text formats."""

    number: int
    position: int
    code: str
    sentence: str


class Brought(NamedTuple):
    """A record, and where it began."""

    number: int
    position: int
    record: Record


Found = Brought | Aside


def clean(text: str) -> str:
    """NFC in one line. Raises Unreadable for text that no cataloguer wrote."""
    if text.isascii() and text.isprintable():
        return " ".join(text[: TEXT_CHARACTERS + 1].split())
    line = " ".join(unicodedata.normalize("NFC", text.translate(_DIRECTIONS).translate(_SPACES)).split())
    if len(line) > TEXT_CHARACTERS:
        raise Unreadable("too_large", f"A value has at most {TEXT_CHARACTERS} characters here.")
    check(line)
    return line


def check(text: str) -> None:
    """Raises Unreadable for what a wrong encoding leaves behind: signs of no text, and UTF-8 that was once read as Latin."""
    for one in text:
        if (
            one == "\ufffd"
            or (_FIRST_PRIVATE <= one <= _LAST_PRIVATE)
            or unicodedata.category(one) in ("Cc", "Cs", "Cn")
        ):
            raise Unreadable(
                "encoding", f"The text holds U+{ord(one):04X}, which nobody writes: its encoding was lost on the way."
            )
    if not text.isascii():
        for western in ("cp1252", "latin-1"):
            try:
                again = text.encode(western).decode("utf-8")
            except UnicodeError:
                continue
            if again != text:
                raise Unreadable(
                    "mojibake",
                    f"The text was UTF-8 that something read as Latin: it should say {again[:60]!r}. Export it anew.",
                )
