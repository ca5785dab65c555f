"""Text as search sees it: the same tokens from a record and from what a reader types, for every index.

Width, case and diacritics are folded. Chinese and Japanese are written without spaces, so a run of them becomes its overlapping pairs and its
last single character: `红楼梦` is `红楼 楼梦 梦`. Then two characters are one token, three are a phrase, and one is the beginning of a token. Traditional,
simplified and regional forms of a character are one character here. It is folded by itself and not by the phrase around it, since a pair cut
from a long run has no phrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

TOKEN_CHARACTERS: Final = 64
"""Of one token; the rest of a longer word is not looked at."""
READINGS: Final = 8
"""Ways to cut syllables that were typed without spaces."""
SYLLABLE_MOST: Final = 6

_CONVERSIONS: Final = ("t2s", "tw2s", "hk2s", "s2t", "s2tw", "s2hk")
_BY_PHRASE: Final = (
    "着著",
    "借藉",
    "了瞭",
    "余餘",
    "征徵",
    "复覆",
    "仿彷",
    "夫伕",
    "熏薰",
    "坐座",
    "苏甦",
    "具俱",
    "拿拏",
    "戚鏚",
    "澄澂",
    "背揹",
    "斫斲",
    "沉沈",
)
"""Pairs that OpenCC tells apart by the phrase alone."""
_HAN: Final = ((0x3400, 0x9FFF), (0x20000, 0x323AF))
_BIGRAM: Final = "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUNS: Final = re.compile(rf"([{_BIGRAM}]+)|((?:(?![{_BIGRAM}])[^\W_])+)")
_HAN_RUNS: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]+")
_KNOWN_TO_INDEXES: Final = "\u9fcc"
"""Later characters are not letters for SQLite's `unicode61`, which knows Unicode 6.1: they go by their number."""
_PLAIN: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ħ": "h", "ŋ": "n"}
    | dict.fromkeys("'’‘ʼʻʹʺʾʿ`´ˈ·", "")
    | {
        chr(code): ""
        for first, last in ((0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))
        for code in range(first, last + 1)
    }
)


class Run(NamedTuple):
    """A word, or what is written without spaces."""

    text: str
    paired: bool


def fold(text: str) -> str:
    """One spelling for all that readers take for the same."""
    if text.isascii():
        return text.lower().replace("'", "")
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    return unicodedata.normalize("NFKC", plain).casefold().translate(_same_characters())


def runs(text: str) -> Iterator[Run]:
    """Of any text, in its order."""
    for found in _RUNS.finditer(fold(text)):
        yield Run(found[0], found[1] is not None)


def tokens(text: str) -> list[str]:
    """What a record's text is found by, in its order."""
    made: list[str] = []
    for run in runs(text):
        made += pairs(run.text) if run.paired else (run.text[:TOKEN_CHARACTERS],)
        if run.paired:
            made.append(safe(run.text[-1]))
    return made


def pairs(run: str) -> list[str]:
    """Overlapping pairs of neighbours; none of a single character."""
    return [safe(run[at : at + 2]) for at in range(len(run) - 1)]


def safe(text: str) -> str:
    """Characters too new for an index by their number."""
    if max(text) <= _KNOWN_TO_INDEXES:
        return text
    return "".join(one if one <= _KNOWN_TO_INDEXES else f"u{ord(one):x}" for one in text)


def key(text: str) -> str:
    """Equal for two texts that say the same: their folded words with one space between."""
    return " ".join(run.text for run in runs(text))


def pinyin(text: str) -> list[str]:
    """The syllables of its Chinese characters, without tones; empty for a text that has none."""
    found = _HAN_RUNS.findall(fold(text))
    if not found:
        return []
    from pypinyin import lazy_pinyin

    return [one.replace("v", "u") for run in found for one in lazy_pinyin(run) if one.isascii() and one.isalpha()]


def syllables(word: str) -> list[list[str]]:
    """The ways to read a folded word as pinyin without spaces, fewest syllables first: `hongloumeng`, `hong2lou2meng4`."""
    word = re.sub(r"(?<=[a-z])[1-5]", "", word).replace("v", "u")
    if not (word.isascii() and word.isalpha()) or len(word) > TOKEN_CHARACTERS:
        return []
    known = _syllables()
    ways: list[list[list[str]]] = [[[]]]
    for end in range(1, len(word) + 1):
        here = [
            [*before, word[start:end]]
            for start in range(max(0, end - SYLLABLE_MOST), end)
            if word[start:end] in known
            for before in ways[start]
        ]
        ways.append(sorted(here, key=len)[:READINGS])
    return ways[-1]


def without_tone(word: str) -> str:
    """`meng4` is `meng`; any other word is itself."""
    return word[:-1] if word[-1:] in "12345" and word[:-1].replace("v", "u") in _syllables() else word


def load_tables() -> None:
    """What the first search would wait for: a second of work."""
    pinyin("字")
    _syllables()


@cache
def _same_characters() -> dict[int, str]:
    """Each character to the one that stands for all its forms."""
    from opencc import OpenCC

    characters = [chr(code) for first, last in _HAN for code in range(first, last + 1)]
    parents: dict[str, str] = {}

    def root(one: str) -> str:
        while (up := parents.get(one, one)) != one:
            one = up
        return one

    text = "\n".join(characters)
    for conversion in _CONVERSIONS:
        for one, other in zip(characters, OpenCC(conversion).convert(text).split("\n"), strict=True):
            if root(one) != root(other) and len(other) == 1:
                parents[root(one)] = root(other)
    for one, other in _BY_PHRASE:
        if root(one) != root(other):
            parents[root(one)] = root(other)
    families: dict[str, list[str]] = {}
    for one in parents:
        families.setdefault(root(one), [root(one)]).append(one)
    return {ord(one): chosen for family in families.values() for chosen in [min(family, key=_rank)] for one in family}


def _rank(character: str) -> tuple[bool, str]:
    """The everyday simplified form stands for all, since readings are known by it."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return True, character
    return False, character


@cache
def _syllables() -> frozenset[str]:
    from pypinyin.pinyin_dict import pinyin_dict

    spoken: dict[str, int] = {}
    for code, readings in pinyin_dict.items():
        if 0x4E00 <= code <= 0x9FFF:
            for reading in readings.split(","):
                plain = fold(reading)
                spoken[plain] = spoken.get(plain, 0) + 1
    return frozenset(one for one, count in spoken.items() if count > 2 and set(one) & set("aeiou") and one.isascii())
