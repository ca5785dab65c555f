"""Every reason to refuse a file has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from carrel.server.publishing import words

ROOMS = Path(__file__).parents[3]
GATES = [*(ROOMS / "scenes" / "ingest").rglob("*.py"), *(ROOMS / "server" / "publishing").rglob("*.py")]


def codes() -> set[str]:
    found: set[str] = set()
    for file in GATES:
        found |= set(re.findall(r"\b(?:Refused|refuse)\(\s*\"([a-z0-9_]+)\"", file.read_text("utf-8")))
    return found


def test_every_code_has_advice_in_both_languages() -> None:
    assert len(codes()) > 100
    for code in codes() | {"crashed", "internal", "too_slow", "too_much_memory"}:
        english, chinese = words.advice(code, "en"), words.advice(code, "zh")
        assert english.endswith(".")
        assert re.search("[\u4e00-\u9fff]", chinese), code


def test_every_beginning_is_one_of_a_code() -> None:
    known = codes() | {"crashed", "internal", "too_slow", "unknown_kind"}
    idle = [start for start, _ in words.FAMILIES if not any(code.startswith(start) for code in known)]
    assert not [start for start in idle if start != "avatar_"], idle
    assert words.message("", "", "zh") == ""
    assert words.message("glb_magic", "Not a GLB.", "en") == "Not a GLB."
