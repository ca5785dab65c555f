"""What readers take for the same has the same tokens; what they type finds the beginning, the pair and the phrase."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from carrel.server.catalogue.tokens import fold, key, pinyin, runs, syllables, tokens, without_tone

converter = functools.cache(OpenCC)
"""Its tables are read once, not at every example."""
COMMON = [bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
chinese = st.text(st.sampled_from(COMMON), min_size=1, max_size=12)


@settings(deadline=None)  # the first call builds the table of characters
@given(chinese, st.sampled_from(["s2t", "s2tw", "s2hk"]))
def test_simplified_and_traditional_have_the_same_tokens(text: str, conversion: str) -> None:
    assert tokens(converter(conversion).convert(text)) == tokens(text)


@given(st.text(max_size=40))
def test_folding_once_is_enough(text: str) -> None:
    assert tokens(key(text)) == tokens(text)
    assert all(run.text for run in runs(text))
    assert not any(" " in token for token in tokens(text))


@given(chinese, st.data())
def test_every_part_of_a_run_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    found, wanted = tokens(text), tokens(part)[:-1]
    if len(part) == 1:
        assert any(token.startswith(fold(part)) for token in found)
    else:
        assert any(found[at : at + len(wanted)] == wanted for at in range(len(found)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Éclair", "ECLAIR"),
        ("Łódź", "lodz"),
        ("Ｃａｒｒｅｌ　２０", "carrel 20"),
        ("straße", "STRASSE"),
        ("Tʻang shih", "Tang shih"),
        ("lǜ", "lu"),
        ("看著", "看着"),
        ("臺灣", "台湾"),
        ("圕", "圕"),
        ("\u2f00", "一"),
    ],
)
def test_spellings(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


def test_pinyin_is_read_with_and_without_tones_and_spaces() -> None:
    assert pinyin("紅樓夢 (Hong lou meng)") == pinyin("红楼梦") == ["hong", "lou", "meng"]
    assert pinyin("当代女性") == ["dang", "dai", "nu", "xing"]
    assert syllables("hongloumeng") == syllables("hong2lou2meng4") == [["hong", "lou", "meng"]]
    assert ["xi", "an"] in syllables("xian")
    assert syllables("library") == []
    assert [without_tone(one) for one in ("meng4", "nv3", "utf8", "b2")] == ["meng", "nv", "utf8", "b2"]


def test_characters_newer_than_the_index_are_letters_all_the_same() -> None:
    assert tokens("𫝆") == ["u2b746"]
