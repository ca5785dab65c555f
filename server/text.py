"""Text from people is text: normalised, without control and direction characters, bounded. It is escaped where it is shown."""

from __future__ import annotations

import unicodedata
from typing import Final

from carrel.server.errors import BadRequest

NAME_CHARS: Final = 40
_UNSEEN: Final = frozenset(
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""Direction controls and invisible characters with which text is made to look like something else. Joiners stay: scripts and emoji need them."""
_JOINERS: Final = "\u200c\u200d"


def clean_line(text: str) -> str:
    """One line of text: NFC, no control or direction characters, no space around. Raises BadRequest when nothing is left."""
    kept = (
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in text
        if letter not in _UNSEEN
    )
    line = " ".join(unicodedata.normalize("NFC", "".join(kept)).split())
    if not line.strip(_JOINERS + " ") or any(unicodedata.category(letter) == "Cs" for letter in line):
        raise BadRequest("There is no text to show. Write at least one visible letter.")
    return line


def clean_name(name: str) -> str:
    """A person's shown name: one line of at most NAME_CHARS characters. Raises BadRequest."""
    line = clean_line(name)
    if len(line) > NAME_CHARS:
        raise BadRequest(f"A name has at most {NAME_CHARS} characters.")
    return line
