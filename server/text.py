"""Text from people is text: normalised, without control, direction and unseen characters, bounded. It is escaped where it is shown."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import Final

from carrel.server.errors import BadRequest

NAME_CHARS: Final = 40
MARKS_ON_A_LETTER: Final = 4
"""More than any living script stacks; taller stacks are written over other people's lines."""
_JOINERS: Final = "\u200c\u200d"
_UNSEEN: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")
"""Letters and marks that look like nothing. With every format character (category Cf) they are dropped: with them one name is made to look like another."""
_LAST_LATIN: Final = "\u02ff"
_AS_SPACE: Final = frozenset({"Cc", "Zl", "Zp"})
_MARKS: Final = ("Mn", "Me")
_SHOWN: Final = frozenset("LNPS")


def clean_line(text: str) -> str:
    """One line of text: NFC, nothing unseen, no space around. Raises BadRequest when nothing is left to see."""
    spaced = "".join(" " if unicodedata.category(letter) in _AS_SPACE else letter for letter in text)
    line = unicodedata.normalize("NFC", "".join(letter for letter in spaced if _stays(letter)))
    line = unicodedata.normalize("NFC", _joined_where_needed(line))
    line = " ".join(_bounded_marks(line).split())
    if not any(unicodedata.category(letter)[0] in _SHOWN for letter in line):
        raise BadRequest("There is no text to show. Write at least one visible letter.")
    if any(unicodedata.category(letter) == "Cs" for letter in line):
        raise BadRequest("This text is broken in the middle of a letter. Write it anew.")
    return line


def clean_name(name: str) -> str:
    """A person's shown name: one line of at most NAME_CHARS characters. Raises BadRequest."""
    line = clean_line(name)
    if len(line) > NAME_CHARS:
        raise BadRequest(f"A name has at most {NAME_CHARS} characters.")
    return line


def _stays(letter: str) -> bool:
    return letter in _JOINERS or (letter not in _UNSEEN and unicodedata.category(letter) != "Cf")


def _bounded_marks(line: str) -> str:
    kept, marks = [], 0
    for letter in line:
        marks = marks + 1 if unicodedata.category(letter) in _MARKS else 0
        if marks <= MARKS_ON_A_LETTER:
            kept.append(letter)
    return "".join(kept)


def _joined_where_needed(line: str) -> str:
    """Joiners stay inside scripts and emoji that need them, one at a time; between Latin letters they only hide."""
    kept: list[str] = []
    base = ""
    for letter, following in pairwise(line + " "):
        if letter in _JOINERS:
            if kept and kept[-1] not in _JOINERS and _may_join(base) and _may_join(following):
                kept.append(letter)
            continue
        kept.append(letter)
        if unicodedata.category(letter) not in _MARKS:
            base = letter
    return "".join(kept)


def _may_join(letter: str) -> bool:
    return letter > _LAST_LATIN and not letter.isspace() and unicodedata.category(letter) not in (*_MARKS, "Cf")
