"""What a reader typed, as terms of the index: words, "phrases", beginnings* and fields, all of which a record must have."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from carrel.server.catalogue.tokens import Run, pairs, runs, safe, syllables, without_tone
from carrel.server.errors import BadRequest

QUERY_CHARACTERS: Final = 200
TERMS: Final = 24
COLUMNS: Final = ("title", "creator", "subject", "other", "pinyin", "number")
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    name: columns
    for names, columns in (
        ("title 题名 題名 书名 書名", ("title", "pinyin")),
        ("author creator 作者 著者 责任者 責任者", ("creator", "pinyin")),
        ("subject 主题 主題", ("subject",)),
        ("isbn number call 索书号 索書號 分类号 分類號", ("number",)),
    )
    for name in names.split()
}
_PARTS: Final = re.compile(r'(?:(\w+)[:：])?(?:["“”「『]([^"“”」』]*)["“”」』]|(\S+))')


class Term(NamedTuple):
    """Tokens one after another in one of `columns`; the last may be a beginning. `otherwise` are other readings of the same words."""

    tokens: tuple[str, ...]
    prefix: bool = False
    columns: tuple[str, ...] = COLUMNS
    otherwise: tuple[tuple[str, ...], ...] = ()


def parse(text: str) -> list[Term]:
    """Empty when there is no letter in it. Raises BadRequest."""
    if len(text) > QUERY_CHARACTERS:
        raise BadRequest(f"A search has at most {QUERY_CHARACTERS} characters.")
    terms: list[Term] = []
    for name, phrase, word in _PARTS.findall(text):
        columns = FIELDS.get(name.lower(), COLUMNS)
        said = phrase or word if not name or name.lower() in FIELDS else f"{name} {phrase or word}"
        found = list(runs(said))
        if not found:
            continue
        if columns == ("number",):
            terms.append(Term((number_token(said),), prefix=True, columns=columns))
        elif phrase:
            terms.append(_phrase(found, columns))
        else:
            terms += [_phrase([run], columns) for run in found]
            if word.endswith("*"):
                terms[-1] = terms[-1]._replace(prefix=True)
    if len(terms) > TERMS:
        raise BadRequest(f"A search has at most {TERMS} words.")
    return list(dict.fromkeys(terms))


def as_pinyin(terms: list[Term]) -> list[Term]:
    """The same with tones left out and joined syllables parted; equal to `terms` when nothing in it can be read so."""
    return [_read_as_pinyin(one) for one in terms]


def number_token(text: str) -> str:
    """Of a number of any kind: its letters and digits alone."""
    return safe("".join(run.text for run in runs(text)) or "0")


def _phrase(found: list[Run], columns: tuple[str, ...]) -> Term:
    """One character alone is the beginning of a pair; before another word it is the end of its run."""
    made: list[str] = []
    for run in found:
        if not run.paired:
            made.append(run.text)
        elif len(run.text) > 1:
            made += pairs(run.text)
        if run.paired and (run is not found[-1] or len(run.text) == 1):
            made.append(safe(run.text[-1]))
    last = found[-1]
    return Term(tuple(made), last.paired and len(last.text) == 1, columns)


def _read_as_pinyin(term: Term) -> Term:
    if len(term.tokens) != 1 or "pinyin" not in term.columns:
        return term
    word = without_tone(term.tokens[0])
    ways = [tuple(way) for way in syllables(word)]
    return term._replace(otherwise=tuple(ways)) if ways else term
