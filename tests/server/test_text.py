"""Text from people: what is dropped, what stays, and that cleaning twice is cleaning once."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from carrel.server.errors import BadRequest
from carrel.server.text import MARKS_ON_A_LETTER, NAME_CHARS, clean_line, clean_name

HIDING = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u202e\u2060\u2066\u2800\u3164\ufeff\U000e0041\u0301\u3099"
anything = st.text(max_size=60) | st.text(alphabet="aé e\u4e00か👩\ud800\x00\n\x85\u2028" + HIDING, max_size=60)


@settings(max_examples=600, deadline=None)
@given(anything)
@example("e\u200d\u0301\u200d\u4e00")
@example("\u0301" * 9)
def test_a_cleaned_line_is_one_line_in_order_and_stays_as_it_is(text: str) -> None:
    try:
        line = clean_line(text)
    except BadRequest:
        return
    categories = {unicodedata.category(letter) for letter in line if letter not in "\u200c\u200d"}
    assert not categories & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert line == line.strip()
    assert "  " not in line
    assert unicodedata.is_normalized("NFC", line)
    assert clean_line(line) == line
    line.encode()


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        alphabet=st.characters(whitelist_categories=("Lu", "Ll", "Nd"), max_codepoint=0x24F), min_size=1, max_size=30
    )
)
def test_plain_words_stay_as_they_are_whatever_hides_between_them(word: str) -> None:
    plain = unicodedata.normalize("NFC", word)
    assert clean_line(plain) == plain
    assert clean_line("\u200d".join(plain)) == plain
    assert clean_line("\u202e" + "\u00ad".join(plain) + "\ufeff") == plain


@pytest.mark.parametrize(
    "name", ["Ana", "Zoë O’Neill", "馆员 林巧", "می‌خواهم", "क्‍ष", "👩‍👩‍👧", "1️⃣", "Nguyễn Thị Ngọc", "שָׁלוֹם", "<b>&amp;"]
)
def test_names_of_many_scripts_stay(name: str) -> None:
    assert clean_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "text", ["", " ", "\t\n", "\u200b", "\u200d\u200d", "\u3164", "\u2800\u2800", "\u0301", "\U000e0041", "a\ud800"]
)
def test_what_nobody_could_see_or_store_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        clean_line(text)


def test_lines_and_controls_become_spaces() -> None:
    assert clean_line("  one\r\ntwo\u2028three\x1b[31m\x00\x85four ") == "one two three [31m four"


def test_stacks_of_marks_are_cut() -> None:
    assert clean_line("x" + "\u0335" * 200 + "y") == "x" + "\u0335" * MARKS_ON_A_LETTER + "y"


def test_a_name_has_a_length() -> None:
    assert clean_name("x" * NAME_CHARS)
    assert clean_name("e\u0301" * NAME_CHARS) == "é" * NAME_CHARS
    with pytest.raises(BadRequest, match="40"):
        clean_name("x" * (NAME_CHARS + 1))
    with pytest.raises(BadRequest):
        clean_name("\ufb2c" * (NAME_CHARS - 1))
