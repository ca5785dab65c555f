"""MARC-8 to Unicode, strictly: what the tables lack raises, where other decoders write a space. The tables are pymarc's."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

from pymarc.marc8_mapping import CODESETS

from carrel.server.catalogue.importing.found import Unreadable

_ASCII, _ANSEL, _EACC = 0x42, 0x45, 0x31
_ESCAPE: Final = 0x1B
_HALVES: Final[Mapping[int, int]] = {0x28: 0, 0x2C: 0, 0x29: 1, 0x2D: 1}
"""Which half of the byte the set is for, by the sign after the escape."""
_SINGLE: Final = {0x67: 0x67, 0x62: 0x62, 0x70: 0x70, 0x73: _ASCII}
_UNSEEN: Final = frozenset((0x88, 0x89, 0x8D, 0x8E))
_LETTERS: Final[Mapping[str, str]] = {
    "\u0300": "aeiounwy",
    "\u0301": "aeiouycnszlrgkmpw",
    "\u0302": "aeiouwycghjsz",
    "\u0303": "anoiuevy",
    "\u0304": "aeiouyg",
    "\u0306": "aegiouzk",
    "\u0307": "zcgiehmnsrabdfptwxy",
    "\u0308": "aeiouywhtxz",
    "\u030c": "cszrendtlgaioukhj",
    "\u030a": "auwy",
    "\u0327": "csktnlrgehd",
    "\u0328": "aeiou",
}
"""Letters that a mark stands on in living spellings; marks that are not here stand on any."""


def decode(data: bytes) -> str:
    """Raises Unreadable."""
    sets = [_ASCII, _ANSEL]
    made: list[str] = []
    marks: list[str] = []
    at = 0
    while at < len(data):
        code = data[at]
        if code == _ESCAPE:
            at = _escape(data, at + 1, sets)
            continue
        if code <= 0x20 or code in _UNSEEN:
            if code <= 0x20:
                made.append(" ")
            at += 1
            continue
        if sets[code >> 7] == _EACC:
            code, step = int.from_bytes(bytes(one & 0x7F for one in data[at : at + 3])), 3
        else:
            step = 1
        table = CODESETS[sets[data[at] >> 7]]
        known = table.get(code) or table.get(code ^ 0x80)
        if known is None:
            raise _wrong(data[at : at + step])
        at += step
        letter = chr(known[0])
        if known[1]:
            marks.append(letter)
            continue
        for mark in marks:
            if letter.lower() not in _LETTERS.get(mark, letter.lower()) or not (letter.isalpha() or letter == " "):
                raise _wrong(letter.encode())
        made += (letter, *marks)
        marks.clear()
    if marks:
        raise _wrong(b"")
    return unicodedata.normalize("NFC", "".join(made))


def crowded(data: bytes) -> bool:
    """True when signs of the upper half stand side by side as they never do in MARC-8 but always do in Chinese encodings."""
    signs = bytes(0xA1 <= one <= 0xDF for one in data)
    return b"\1\1" in signs and b"\x1b" not in data


def _escape(data: bytes, at: int, sets: list[int]) -> int:
    """Where the text goes on, the set that was asked for in its place."""
    try:
        if data[at] in _SINGLE:
            sets[0] = _SINGLE[data[at]]
            return at + 1
        half = 0
        if data[at] == 0x24:
            at += 1
        if data[at] in _HALVES:
            half = _HALVES[data[at]]
            at += 1
        if data[at] == 0x21:
            at += 1
        chosen = data[at]
    except IndexError:
        raise _wrong(data[-3:]) from None
    if chosen not in CODESETS:
        raise _wrong(data[at : at + 1])
    sets[half] = chosen
    return at + 1


def _wrong(data: bytes) -> Unreadable:
    return Unreadable(
        "encoding", f"Not MARC-8 at {data.hex(' ') or 'the end'}: say which encoding it is with --encoding."
    )
