"""Both languages say everything: the same keys, the same placeholders, and Chinese that is Chinese."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from carrel.server.errors import LocalError, peer_errors
from carrel.server.web.icons import SHEET, icon
from carrel.server.web.view import TEMPLATES
from carrel.server.web.words import FOLDER, words

SAME_IN_BOTH = frozenset({"settings.language.own"})
ROOMS_OF_WORDS = ("pages", "catalogue", "ledger", "certificate", "witness", "hall", "errors", "refusals")


def read(language: str, name: str) -> dict[str, str]:
    return json.loads((FOLDER / language / f"{name}.json").read_text("utf-8"))  # type: ignore[no-any-return]


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("name", ROOMS_OF_WORDS)
def test_same_keys_and_placeholders(name: str) -> None:
    english, chinese = read("en", name), read("zh", name)
    plain = {key for key in english if not key.endswith(".one")}
    assert plain == {key for key in chinese if not key.endswith(".one")}
    for key in plain:
        assert placeholders(english[key]) == placeholders(chinese[key]), key


@pytest.mark.parametrize("name", ["pages", "catalogue", "ledger", "certificate", "witness", "errors", "refusals"])
def test_chinese_is_not_english(name: str) -> None:
    english, chinese = read("en", name), read("zh", name)
    assert [key for key in chinese if english[key] == chinese[key] and key not in SAME_IN_BOTH] == []
    assert [key for key, text in chinese.items() if not re.search(r"[\u4e00-\u9fff]", text)] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_wire_code_has_a_title_and_a_sentence(language: str) -> None:
    known = read(language, "errors")
    for code in {kind.code for kind in peer_errors()} | {LocalError.code}:
        assert known[f"error.{code}"]
        assert known[f"error.{code}.title"]


def test_templates_ask_for_words_and_icons_that_exist() -> None:
    known = words("en")
    for path in sorted(Path(TEMPLATES).glob("*.html")):
        text = path.read_text("utf-8")
        for key in re.findall(r"""\bt\((?:"([\w.]+)"|'([\w.]+)')\s*[,)]""", text):
            assert (key[0] or key[1]) in known, (path.name, key)
        for name in re.findall(r'icon\("(\w+)"\)', text):
            assert icon(name), (path.name, name)
    assert SHEET.exists()
