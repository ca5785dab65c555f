"""MARC 21 bibliographic: its fields as a Record."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Final

from carrel.server.catalogue.importing.found import Unreadable
from carrel.server.catalogue.importing.marc import Field, Marc, links, trim
from carrel.server.catalogue.model import YEARS, CallNumber, Holding, Name, Record, Scheme, Title

_CALL_NUMBERS: Final[dict[str, Scheme]] = {"050": "lcc", "090": "lcc", "082": "ddc", "092": "ddc"}
_MAIN_NAMES: Final = ("100", "110", "111")
_MORE_NAMES: Final = ("700", "710", "711")
_OTHER_TITLES: Final = {"130": "uniform", "240": "uniform", "246": "variant", "247": "variant", "490": "series"}
_SUBJECTS: Final = ("600", "610", "611", "630", "648", "650", "651", "653")
_NOTES: Final = ("500", "502", "504", "505", "520", "546")
_YEAR: Final = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_ISBN: Final = re.compile(r"[\dXx-]{10,17}")


def to_record(marc: Marc, source: str) -> Record:
    """Raises Unreadable for one without a title."""
    original = _originals(marc)
    titles = _titles(marc, original)
    if not titles:
        raise Unreadable("no_title", "It has no title (245 $a).")
    fixed = marc.control("008")
    published = [one for one in marc.of("264", "260") if one.tag == "260" or one.indicators[1:2] in ("1", " ", "")]
    dates = [trim(text) for one in published for text in one.all("c")]
    return Record(
        source=marc.control("003").strip() or source,
        source_id=number(marc),
        titles=titles,
        creators=[_name(one, original) for one in marc.of(*_MAIN_NAMES) if one.first("a")],
        contributors=[_name(one, original) for one in marc.of(*_MORE_NAMES) if one.first("a")],
        dates=dates,
        year=year(fixed[7:11], *dates),
        languages=_languages(marc, fixed),
        subjects=unique(trim(one.joined("abcdtvxyz", " — ")) for one in marc.of(*_SUBJECTS)),
        call_numbers=_call_numbers(marc),
        form=marc.form,
        publisher=next((trim(text) for one in published for text in one.all("b")), ""),
        place=next((trim(text) for one in published for text in one.all("a")), ""),
        isbn=isbns(text for one in marc.of("020") for text in one.all("a")),
        notes=[one.joined("agrt") for one in marc.of(*_NOTES) if one.joined("agrt")],
        holdings=[
            Holding(one.joined("bc"), one.joined("hi"), one.first("p")) for one in marc.of("852") if one.joined("bchi")
        ],
        links=links(marc),
    )


def number(marc: Marc) -> str:
    """Its control number; of a record without one what it says stands for it, so that the same record is known again."""
    found = marc.control("001").strip()
    return found[:200] or hashlib.sha256(repr(marc.fields).encode()).hexdigest()


def year(*texts: str) -> int | None:
    """The first that is one."""
    for text in texts:
        for found in _YEAR.findall(text):
            if int(found) in YEARS and int(found) > 0:
                return int(found)
    return None


def isbns(texts: object) -> list[str]:
    """Without hyphens and what stands behind them."""
    found = (_ISBN.search(text) for text in texts)  # type: ignore[attr-defined]
    return unique(one[0].replace("-", "").upper() for one in found if one)


def unique(texts: object) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))  # type: ignore[attr-defined]


def _originals(marc: Marc) -> Callable[[Field], Field | None]:
    """From a field to the one (880) that says the same in its own script."""
    linked: dict[str, Field] = {}
    for one in marc.of("880"):
        tag, _, rest = one.first("6").partition("-")
        if rest[:2].isdigit() and rest[:2] != "00":
            linked[tag + rest[:2]] = one

    def find(field: Field) -> Field | None:
        _, _, rest = field.first("6").partition("-")
        return linked.get(field.tag + rest[:2])

    return find


def _titles(marc: Marc, original: Callable[[Field], Field | None]) -> list[Title]:
    made: list[Title] = []
    for one in marc.of("245"):
        text = trim(one.joined("abnp"))
        if not text:
            continue
        other = original(one)
        made.append(Title(text, "transliteration" if other else "main"))
        if other and (own := trim(other.joined("abnp"))):
            made.append(Title(own, "original"))
        if short := trim(one.first("a")):
            made += [Title(short, "variant")] if short != text else []
        break
    if not made:
        made = [
            Title(trim(one.joined("abnp")))
            for one in marc.of("880")
            if one.first("6").startswith("245") and one.first("a")
        ][:1]
    if made:
        for one in marc.of(*_OTHER_TITLES):
            for field in (one, original(one)):
                if field and (text := trim(field.joined("abnp"))):
                    made.append(Title(text, _OTHER_TITLES[one.tag]))  # type: ignore[arg-type]
    return list(dict.fromkeys(made))


def _name(field: Field, original: Callable[[Field], Field | None]) -> Name:
    other = original(field)
    text = trim(field.joined("abcdq" if field.tag[1:] == "00" else "ab"))
    return Name(text, trim(other.joined("abc")) if other else "", trim(field.joined("e", ", ") or field.first("4")))


def _languages(marc: Marc, fixed: str) -> list[str]:
    more = (text[at : at + 3] for one in marc.of("041") for text in one.all("ad") for at in range(0, len(text), 3))
    return unique(
        one for one in (fixed[35:38], *more) if len(one) == 3 and one.isalpha() and one not in ("und", "zxx", "xxx")
    )


def _call_numbers(marc: Marc) -> list[CallNumber]:
    made = [
        CallNumber(
            _CALL_NUMBERS[one.tag], one.joined("ab").replace("/", "") if one.tag in ("082", "092") else one.joined("ab")
        )
        for one in marc.of(*_CALL_NUMBERS)
        if one.first("a")
    ]
    made += [
        CallNumber("clc" if one.first("2").lower() in ("clc", "ztf", "zhtf") else "local", one.joined("ab"))
        for one in marc.of("084")
        if one.first("a")
    ]
    return list(dict.fromkeys(made))
