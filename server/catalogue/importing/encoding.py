"""Which encoding a record is in: what its leader says is tried, and never believed against its bytes."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Final, Literal, get_args

from carrel.server.catalogue.importing import marc8
from carrel.server.catalogue.importing.found import Unreadable, check

Encoding = Literal["utf-8", "marc-8", "gb18030", "big5", "cp1252"]
ENCODINGS: Final[tuple[str, ...]] = get_args(Encoding)
CALLED: Final = {
    "utf8": "utf-8",
    "marc8": "marc-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "cp950": "big5",
    "latin-1": "cp1252",
}
"""Other names that librarians know them by."""
SURE: Final = 0.75
"""Share of everyday characters in a text that was read rightly."""
CLEARLY: Final = 0.2
_ROWS: Final = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))
"""Where the Chinese encodings keep their common characters."""
_ALIKE: Final = 8
"""Records read for sure before an unsure one is taken for one of theirs."""


class Decoder:
    """For one file: what was read for sure decides what could be two things."""

    def __init__(self, encoding: Encoding | None = None) -> None:
        self._told = encoding
        self._sure: Counter[Encoding] = Counter()

    def encoding(self, data: bytes, marc_8: bool = True) -> Encoding:
        """Of all of a record's text. `marc_8` says whether it could be that. Raises Unreadable when nothing or too much fits."""
        if self._told is not None:
            return self._told
        if data.isascii() and (b"\x1b" not in data or not marc_8):
            return "utf-8"
        if _reads(data, "utf-8"):
            self._sure["utf-8"] += 1
            return "utf-8"
        if marc_8 and not marc8.crowded(data) and _reads_marc_8(data):
            return "marc-8"
        return self._chinese(data)

    def _chinese(self, data: bytes) -> Encoding:
        shares: dict[Encoding, float] = {"gb18030": _share(data, "gb18030"), "big5": _share(data, "big5")}
        best: Encoding = max(shares, key=lambda one: shares[one])
        rest = max(share for name, share in shares.items() if name != best)
        if shares[best] >= SURE and shares[best] - rest >= CLEARLY:
            self._sure[best] += 1
            return best
        usual = max(shares, key=lambda one: self._sure[one])
        if self._sure[usual] >= _ALIKE and shares[usual] >= SURE:
            return usual
        raise Unreadable("encoding", "Its encoding cannot be told for sure: say which with --encoding.")


def decoded(data: bytes, encoding: Encoding) -> str:
    """Raises Unreadable."""
    if encoding == "marc-8":
        return marc8.decode(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        wrong = data[error.start : error.end].hex(" ")
        raise Unreadable("encoding", f"Not {encoding} at {wrong}: say which encoding it is with --encoding.") from error


def _reads(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _reads_marc_8(data: bytes) -> bool:
    """Field by field and value by value, since a set lasts no longer."""
    try:
        for part in data.replace(b"\x1e", b"\x1f").split(b"\x1f"):
            marc8.decode(part)
    except Unreadable:
        return False
    return True


def _share(data: bytes, encoding: str) -> float:
    """Of everyday characters among those that are not ASCII; 0 when it does not read."""
    try:
        text = data.decode(encoding)
        check("".join(one for one in text if one > "\x9f"))
    except (UnicodeDecodeError, Unreadable):
        return 0.0
    far = [one for one in text if one > "\x7f"]
    everyday = _everyday()
    return sum(one in everyday for one in far) / max(1, len(far))


@cache
def _everyday() -> frozenset[str]:
    """Simplified and traditional, whichever the encoding: both are written in both."""
    found = set("，。、；：？！（）《》“”‘’—…·")
    for codec, first, last in _ROWS:
        pairs = (bytes((high, low)) for high in range(first, last + 1) for low in range(0x40, 0xFF))
        found.update(one for pair in pairs if len(one := pair.decode(codec, "ignore")) == 1)
    return frozenset(found)
