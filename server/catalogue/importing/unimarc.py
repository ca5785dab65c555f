"""UNIMARC and CNMARC bibliographic: the title in 200, the author in 701, the class of the Chinese Library Classification in 690."""

from __future__ import annotations

from typing import Final

from carrel.server.catalogue.importing.found import Unreadable
from carrel.server.catalogue.importing.marc import Field, Marc, links, trim
from carrel.server.catalogue.importing.marc21 import isbns, number, unique, year
from carrel.server.catalogue.model import CallNumber, Holding, Name, Record, Scheme, Title, TitleKind

_CALL_NUMBERS: Final[dict[str, Scheme]] = {"676": "ddc", "680": "lcc", "690": "clc", "686": "local"}
_CREATORS: Final = ("700", "701", "710", "711", "720", "721")
_CONTRIBUTORS: Final = ("702", "712", "722")
_SUBJECTS: Final = ("600", "601", "602", "605", "606", "607", "608", "610")
_NOTES: Final = ("300", "305", "307", "314", "327", "330")
_VARIANTS: Final = (*(str(tag) for tag in range(512, 519)), "532", "540", "541")
_VARIANT: Final[TitleKind] = "variant"
_OTHER_TITLES: Final[dict[str, TitleKind]] = {
    "225": "series",
    "500": "uniform",
    "510": "parallel",
    **dict.fromkeys(_VARIANTS, _VARIANT),
}


def to_record(marc: Marc, source: str) -> Record:
    """Raises Unreadable for one without a title."""
    titles = _titles(marc)
    if not titles:
        raise Unreadable("no_title", "It has no title (200 $a).")
    published = list(marc.of("210", "214"))
    dates = [trim(text) for one in published for text in one.all("d")]
    general = next((one.first("a") for one in marc.of("100")), "")
    return Record(
        source=source,
        source_id=number(marc),
        titles=titles,
        creators=[_name(one) for one in marc.of(*_CREATORS) if one.first("a")],
        contributors=[_name(one) for one in marc.of(*_CONTRIBUTORS) if one.first("a")],
        dates=dates,
        year=year(*dates, general[9:13]),
        languages=unique(text.lower() for one in marc.of("101") for text in one.all("a") if len(text) == 3),
        subjects=unique(trim(one.joined("abcfjxyz", " — ")) for one in marc.of(*_SUBJECTS)),
        call_numbers=list(
            dict.fromkeys(
                CallNumber(_CALL_NUMBERS[one.tag], text) for one in marc.of(*_CALL_NUMBERS) for text in one.all("a")
            )
        ),
        form=marc.form,
        publisher=next((trim(text) for one in published for text in one.all("c")), ""),
        place=next((trim(text) for one in published for text in one.all("a")), ""),
        isbn=isbns(text for one in marc.of("010") for text in one.all("a")),
        notes=[one.joined("a") for one in marc.of(*_NOTES) if one.first("a")],
        holdings=[
            Holding(one.first("a"), " ".join((one.first("d"), one.first("e"))).strip(), one.first("b"))
            for one in marc.of("905")
            if one.joined("ad")
        ],
        links=links(marc),
    )


def _titles(marc: Marc) -> list[Title]:
    """200 $a may come again for works bound together, $9 or $A has the pinyin."""
    made: list[Title] = []
    for one in marc.of("200"):
        names = one.all("a")
        if not names:
            continue
        rest = one.all("ehi")
        made.append(Title(trim(" : ".join((names[0], *rest)))))
        if rest:
            made.append(Title(trim(names[0]), "variant"))
        made += [Title(trim(text), "variant") for text in names[1:]]
        made += [Title(trim(text), "transliteration") for text in one.all("9A")]
        made += [Title(trim(text), "parallel") for text in one.all("d")]
        break
    if made:
        for one in marc.of(*_OTHER_TITLES):
            made += [Title(trim(text), _OTHER_TITLES[one.tag]) for text in one.all("a")]
    return list(dict.fromkeys(one for one in made if one.text))


def _name(field: Field) -> Name:
    """`original` is what the reader of Chinese sees; the pinyin of $9 makes the Latin form."""
    parts = field.joined("ab", ", ") if field.tag in ("700", "701", "702") else field.joined("ab")
    latin = field.first("9A")
    return Name(latin or trim(parts), trim(parts) if latin else "", field.first("4"))
