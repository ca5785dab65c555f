"""The demonstration collection: its facts agree with each other, and its works can be read."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from carrel.server.catalogue.demonstration import FOLDER, Record, Work, records, works

CALL_NUMBERS = {
    "ddc": re.compile(r"\d{3}(\.\d+)?"),
    "lcc": re.compile(r"[A-HJ-NP-VZ][A-Z]{0,2}\d{1,4}(\.\d+)?(\.[A-Z]\d*)*"),
    "clc": re.compile(r"[A-KN-VXZ][A-Z]?\d+(\.\d+)*"),
}
HAN = re.compile(r"[\u3400-\u9fff]")
SYLLABLE = re.compile(
    r"([bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?(i?[aeou]|[iuü]|[ui]?a[io]|u?ei|[iu]?e|i[au]|ou|uo|üe|u[ai]|ui|er)(n|ng)?"
)
CHINESE = [record for record in records() if record.title_traditional]
WORKS = {work.id: work for work in works()}
BYWORD = ("as an ai", "in conclusion", "delve", "tapestry", "综上所述", "总而言之")


def test_it_is_large_and_of_many_languages() -> None:
    assert len(records()) >= 520
    assert len(CHINESE) >= 160
    languages = Counter(language for record in records() for language in record.languages)
    assert {"zh", "en", "fr", "de", "ru", "ja", "ar", "es", "la", "sa", "fa", "ko", "grc", "it"} <= set(languages)
    assert sum(record.form == "children" for record in records()) >= 30
    assert all(sum(bool(getattr(record, scheme)) for record in records()) >= 300 for scheme in CALL_NUMBERS)


def test_ids_are_unique_and_in_order() -> None:
    ids = [record.id for record in records()]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in ids)


def test_no_book_is_there_twice() -> None:
    known = Counter((r.title, tuple(c.name for c in r.creators)) for r in records())
    known.update((r.original_title, tuple(c.name for c in r.creators)) for r in records() if r.original_title)
    assert [key for key, count in known.items() if count > 1] == []


@pytest.mark.parametrize("scheme", CALL_NUMBERS)
def test_call_numbers_have_their_scheme_s_shape(scheme: str) -> None:
    given = [getattr(record, scheme) for record in records() if getattr(record, scheme)]
    assert [number for number in given if not CALL_NUMBERS[scheme].fullmatch(number)] == []


def test_every_record_can_be_found_on_a_shelf() -> None:
    assert [record.id for record in records() if not (record.ddc or record.lcc or record.clc)] == []


def test_pinyin_has_a_syllable_for_every_character() -> None:
    pairs = [(record.title, record.title_pinyin or "") for record in CHINESE]
    pairs += [(c.original_name or "", c.pinyin) for record in records() for c in record.creators if c.pinyin]
    for characters, pinyin in pairs:
        syllables = pinyin.split(" ")
        assert len(syllables) == len(HAN.findall(characters)) == len(characters), characters
        assert [syllable for syllable in syllables if not SYLLABLE.fullmatch(syllable)] == [], characters


def test_both_scripts_agree() -> None:
    for record in CHINESE:
        assert record.title_traditional is not None
        assert len(record.title_traditional) == len(record.title)
        assert record.title_en
        assert record.languages == ("zh",)
    # One simplified character may stand for several, never the other way round: a slip of the pen shows here.
    pairs = {(t, s) for record in CHINESE for t, s in zip(record.title_traditional or "", record.title, strict=True)}
    assert [t for t, count in Counter(t for t, _ in pairs).items() if count > 1] == []


def test_original_titles_say_their_script() -> None:
    for record in records():
        assert bool(record.original_title) == bool(record.original_script), record.id
        assert record.original_script is None or re.fullmatch(r"[A-Z][a-z]{3}", record.original_script)


def test_years_fit_the_authors_lives() -> None:
    for record in records():
        assert record.year is None or record.century is None, record.id
        assert record.year != 0
        assert record.century != 0
        latest = record.year if record.year is not None else end_of_century(record)
        for creator in record.creators:
            if creator.birth is not None and creator.death is not None:
                assert 15 <= creator.death - creator.birth <= 110, creator.name
            if creator.birth is not None and latest is not None:
                assert creator.birth + 14 <= latest <= 2026, (record.id, creator.name)


def end_of_century(record: Record) -> int | None:
    if record.century is None:
        return None
    return record.century * 100 if record.century > 0 else (record.century + 1) * 100 - 1


def test_one_person_has_one_name_and_one_life() -> None:
    lives: dict[str, set[tuple[object, ...]]] = {}
    for creator in (creator for record in records() for creator in record.creators):
        facts = (creator.original_name, creator.pinyin, creator.birth, creator.death)
        lives.setdefault(creator.name, set()).add(facts)
    assert {name: facts for name, facts in lives.items() if len(facts) > 1} == {}


def test_a_subject_has_one_word_in_each_language() -> None:
    pairs = {(subject.en, subject.zh) for record in records() for subject in record.subjects}
    assert all(count == 1 for count in Counter(en for en, _ in pairs).values())
    assert all(HAN.search(zh) for _, zh in pairs)
    assert all(record.subjects for record in records())


def test_there_are_works_to_read_in_both_languages() -> None:
    assert len(WORKS) >= 12
    assert Counter(work.language for work in WORKS.values()).keys() == {"en", "zh"}
    assert sum(work.language == "zh" for work in WORKS.values()) >= 6
    assert len(WORKS["history-of-libraries"].text.split()) >= 2500
    assert WORKS["history-of-libraries"].text.count("\n## ") >= 8
    assert len(HAN.findall(WORKS["tushuguan-jianshi"].text)) >= 4000


@pytest.mark.parametrize("name", WORKS)
def test_a_work_is_whole(name: str) -> None:
    work = WORKS[name]
    assert (FOLDER / "works" / f"{name}.md").exists()
    assert (work.author, work.licence) == ("Carrel", "CC0-1.0")
    assert work.text.startswith(f"# {work.title_en if work.language == 'en' else work.title_zh}\n")
    assert HAN.search(work.title_zh)
    assert length(work) >= 400
    assert work.text.count("\n## ") >= 3
    assert not [word for word in BYWORD if word in work.text.lower()]


def length(work: Work) -> int:
    return len(HAN.findall(work.text)) // 2 if work.language == "zh" else len(work.text.split())


@pytest.mark.parametrize("name", WORKS)
def test_links_between_works_resolve(name: str) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", WORKS[name].text)
    assert [link for link in links if not (FOLDER / "works" / link).is_file()] == []
