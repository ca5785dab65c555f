"""Text from people: what stays of it. It is escaped where it is shown; here it loses what would disturb its neighbours."""

from __future__ import annotations

import unicodedata
from typing import Final

from carrel.server.errors import BadRequest

NAME_LETTERS: Final = 40
TEXT_LETTERS: Final = 4000

_BIDI: Final = frozenset(map(chr, (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_UNSEEN: Final = _BIDI | frozenset(map(chr, (0x00AD, 0x200B, 0x2060, 0xFEFF, 0x180E, 0x115F, 0x1160, 0x3164, 0xFFA0)))
_DROPPED: Final = frozenset({"Cs", "Co", "Cn"})
_MARKS_IN_A_ROW: Final = 3


def clean_line(text: str) -> str:
    """One line of text: NFC, no control or direction characters, single spaces. Raises BadRequest when nothing is left to show."""
    line = " ".join(_cleaned(text).split())
    if not line or any(unicodedata.category(letter) == "Cs" for letter in text):
        raise BadRequest("There is no text to show. Write at least one visible letter.")
    return line


def clean_name(text: str, letters: int = NAME_LETTERS) -> str:
    """A name: a line of at most `letters`. Raises BadRequest when nothing is left to show."""
    return _cut(clean_line(text), letters)


def clean_text(text: str, letters: int = TEXT_LETTERS) -> str:
    """Words over several lines, at most `letters` long: as in a name, but line breaks stay and no more than two in a row."""
    lines = [" ".join(line.split()) for line in _cleaned(text, keep="\n").split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return _cut("\n".join(kept).strip(), letters)


def _cleaned(text: str, keep: str = "") -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    out: list[str] = []
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        if letter in keep:
            out.append(letter)
            continue
        if letter in _UNSEEN or category in _DROPPED:
            continue
        marks = marks + 1 if category == "Mn" else 0
        if marks > _MARKS_IN_A_ROW:
            continue
        out.append(" " if category in ("Cc", "Zl", "Zp") else letter)
    return "".join(out)


def _cut(text: str, letters: int) -> str:
    """Cut without leaving half a cluster: marks and joiners go with the letter they belong to."""
    if len(text) <= letters:
        return text
    end = letters
    while end and (unicodedata.combining(text[end]) or text[end] == "\u200d" or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip()
