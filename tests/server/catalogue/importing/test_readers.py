"""Files of every format become the same kind of record; what is broken is set aside with its place and reason, and the rest is read."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc import MARCReader

from carrel.server.catalogue.importing.formats import Format, format_of, read
from carrel.server.catalogue.importing.found import Aside, Brought, Unreadable
from carrel.server.catalogue.model import CallNumber, Name, Record, Title
from tests.server.catalogue.importing.files import CNMARC, DREAM, marc


def every(data: bytes, form: Format | None = None) -> list[Brought | Aside]:
    return list(read(io.BytesIO(data), form or format_of(data[:8192], ""), None, "test"))


def records(data: bytes, form: Format | None = None) -> list[Record]:
    return [one.record for one in every(data, form) if isinstance(one, Brought)]


def codes(data: bytes, form: Format | None = None) -> list[str]:
    return [one.code if isinstance(one, Aside) else "" for one in every(data, form)]


def test_marc_21_with_both_scripts() -> None:
    (dream,) = records(marc(DREAM, status="a"))
    assert dream.titles[:2] == [Title("Hong lou meng", "transliteration"), Title("红楼梦", "original")]
    assert dream.title == "红楼梦"
    assert dream.creators == [Name("Cao, Xueqin, 1717-1763", "曹雪芹")]
    assert (dream.source, dream.source_id, dream.year, dream.languages) == ("WB", "dream-1", 1982, ["chi"])
    assert (dream.isbn, dream.subjects) == (["7020002208"], ["Families — China — Fiction"])
    assert dream.call_numbers == [CallNumber("ddc", "895.134")]
    assert [link.url for link in dream.links] == ["https://example.org/dream"]
    assert (dream.publisher, dream.place) == ("Ren min wen xue chu ban she", "Beijing")


def test_the_test_files_are_marc_for_others_too() -> None:
    other = next(MARCReader(io.BytesIO(marc(DREAM, status="a"))))
    assert other is not None
    assert other["245"]["a"] == "Hong lou meng /"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk"])
@pytest.mark.parametrize("status", [" ", "a"])
def test_cnmarc_in_any_encoding_whatever_its_leader_says(encoding: str, status: str) -> None:
    (dream,) = records(marc(CNMARC, lambda text: text.encode(encoding), status))
    assert dream.titles == [
        Title("红楼梦 : 校注本"),
        Title("红楼梦", "variant"),
        Title("hong lou meng", "transliteration"),
    ]
    assert dream.creators == [Name("cao xue qin", "曹雪芹", "著")]
    assert dream.call_numbers == [CallNumber("clc", "I242.4")]
    assert (dream.publisher, dream.year, dream.isbn) == ("人民文学出版社", 1982, ["9787020002207"])
    assert dream.holdings[0].call_number == "I242.4 12"


def test_big5() -> None:
    fields = [("001", "t1"), ("200", "1 $a紅樓夢研究導論$f曹雪芹學會編"), ("210", "  $a臺北$c中華書局$d1982")]
    (dream,) = records(marc(fields, lambda text: text.encode("big5")))
    assert (dream.title, dream.place) == ("紅樓夢研究導論", "臺北")


def test_marc_8_with_marks_and_chinese() -> None:
    def marc_8(text: str) -> bytes:
        return text.encode("latin-1").replace(b"DREAM", b"\x1b$1!0U\x1b(B")

    fields = [("001", "f1"), ("245", "10$aBeaut\xe2e et caf\xe2e fran\xf0cais /"), ("500", "  $aDREAM x")]
    (record,) = records(marc(fields, marc_8))
    assert record.title == "Beauté et café français"
    assert record.notes == ["互 x"]


def test_latin_1_is_not_guessed() -> None:
    assert codes(marc([("001", "1"), ("245", "10$aL'\xe9t\xe9, poèmes")], lambda text: text.encode("latin-1"))) == [
        "encoding"
    ]


def test_utf_8_that_was_read_as_latin_is_named() -> None:
    spoilt = "Élégies à la lune".encode().decode("latin-1")
    assert codes(marc([("001", "1"), ("245", f"10$a{spoilt}")], status="a"))[0] in ("mojibake", "encoding")
    assert codes(marc([("001", "1"), ("245", "10$a" + "café".encode().decode("cp1252"))], status="a")) == ["mojibake"]


def test_broken_records_are_set_aside_and_the_rest_is_read() -> None:
    good, cut = marc(DREAM, status="a"), marc(CNMARC, status="a")
    data = b"garbage\x1d" + good + cut[:90] + good + marc([("001", "x"), ("500", "  $ano title")]) + good + cut[:-20]
    assert codes(data, "marc") == ["leader", "", "truncated", "", "no_title", "", "truncated"]
    asides = [one for one in every(data, "marc") if isinstance(one, Aside)]
    assert [one.position for one in asides][:2] == [0, 8 + len(good)]


def test_a_wrong_length_is_no_matter_while_the_fields_can_be_told() -> None:
    wrong = b"00100" + marc(DREAM, status="a")[5:]
    assert codes(wrong) == [""]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from([DREAM, CNMARC]))
def test_no_bytes_stop_the_reader(noise: bytes, at: int, fields: tuple[tuple[str, str], ...]) -> None:
    whole = marc(fields, status="a")
    data = whole + whole[:at] + noise + whole[at + len(noise) :] + b"\x1d" + whole
    found = every(data, "marc")
    assert isinstance(found[0], Brought)
    assert isinstance(found[-1], Brought)


XML = """<?xml version="1.0"?><collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>00000nam a2200000 a 4500</leader>
<controlfield tag="001">7</controlfield><datafield tag="245" ind1="1" ind2="0"><subfield code="a">红楼梦</subfield></datafield></record>
<record><leader>00000nam</leader><datafield tag="toolong"/></record></collection>"""


def test_marcxml() -> None:
    assert [one.title for one in records(XML.encode())] == ["红楼梦"]
    assert codes(XML.encode()) == ["", "directory"]
    assert codes(XML.encode()[:-40]) == ["", "xml"]


def test_a_document_type_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]>' + XML.split("?>")[1]
    assert codes(bomb.encode(), "marcxml") == ["xml"]


def test_dublin_core_in_an_oai_envelope() -> None:
    text = """<r xmlns:dc="http://purl.org/dc/elements/1.1/"><record><header><identifier>oai:x:1</identifier></header><metadata>
    <dc:title>紅樓夢</dc:title><dc:creator>曹雪芹</dc:creator><dc:date>1982</dc:date><dc:type>Text</dc:type></metadata></record>
    <record><header status="deleted"><identifier>oai:x:2</identifier></header></record></r>"""
    (dream,) = records(text.encode())
    assert (dream.title, dream.source_id, dream.year, dream.form) == ("紅樓夢", "oai:x:1", 1982, "book")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv(encoding: str) -> None:
    head = "编号,题名,作者,出版年,中图分类号\n"
    text = (
        head
        + "1,红楼梦,曹雪芹;高鹗,1982,I242.4\n2,,无名,1983,\n3,西游记,吴承恩,1980,I242.4,too,many\n4,水浒传,施耐庵,1975,I242.4\n"
    )
    found = every(text.encode(encoding), "csv")
    assert [one.record.title for one in found if isinstance(one, Brought)] == ["红楼梦", "水浒传"]
    assert [one.position for one in found if isinstance(one, Aside)] == [3, 4]
    first = found[0]
    assert isinstance(first, Brought)
    assert [one.text for one in first.record.creators] == ["曹雪芹", "高鹗"]


def test_an_unknown_file_is_said_to_be_one() -> None:
    with pytest.raises(Unreadable, match="--format"):
        format_of(b"hello", ".txt")
