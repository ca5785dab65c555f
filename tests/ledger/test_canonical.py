"""One way to write each body: all others are refused, whatever bytes come."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.ledger import canonical
from carrel.ledger.bodies import MOST_INTEGER, TYPES, CreditVoid
from carrel.ledger.canonical import MOST_BODY_BYTES
from carrel.ledger.errors import (
    BadField,
    FloatFound,
    Malformed,
    NotCanonical,
    NotJson,
    Refused,
    TooLong,
    UnknownField,
    UnknownType,
)

from .bodies_strategy import bodies, body_of

BODY = {
    "by": "00" * 32,
    "hold": "0f" * 32,
    "id": "ab" * 16,
    "log": "ledger.carrel.example",
    "ts": 1_700_000_000_000,
    "type": "credit.void",
}
RAW = canonical.encode(BODY)


def reason(raw: bytes) -> type[Refused]:
    with pytest.raises(Malformed) as refused:
        canonical.decode(raw)
    return refused.type


def changed(**members: Any) -> bytes:
    return json.dumps({**BODY, **members}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@given(bodies())
def test_every_body_reads_back_as_it_was_written(body: Any) -> None:
    raw = canonical.encode(body)
    if len(raw) > MOST_BODY_BYTES:
        assert reason(raw) is TooLong
        return
    assert canonical.decode(raw) == body
    assert canonical.plain_form(json.loads(raw)) == raw == canonical.encode(json.loads(raw))


def _members_turned(text: dict[str, Any]) -> bytes:
    return json.dumps(dict(reversed(text.items())), separators=(",", ":")).encode()


SPELLINGS = {
    "members in another order": lambda raw: _members_turned(json.loads(raw)),
    "a space": lambda raw: raw.replace(b":", b": ", 1),
    "a line at the end": lambda raw: raw + b"\n",
    "a member doubled": lambda raw: raw[:-1] + b"," + raw[1:],
    "an escape nobody needs": lambda raw: raw.replace(b"by", b"\\u0062y", 1),
    "an escaped slash": lambda raw: raw.replace(b"by", b"by\\/", 1),
    "a number with an exponent": lambda raw: raw.replace(b'"ts":', b'"ts":1e0,"x":', 1),
    "a number with a sign": lambda raw: raw.replace(b'"ts":', b'"ts":-', 1),
    "a number with a fraction": lambda raw: raw.replace(b'"ts":', b'"ts":0.', 1),
    "a byte order mark": lambda raw: b"\xef\xbb\xbf" + raw,
    "UTF-16": lambda raw: raw.decode().encode("utf-16"),
    "cut short": lambda raw: raw[:-1],
    "two bodies": lambda raw: raw + raw,
    "a comment": lambda raw: raw + b"/**/",
}


@given(body=bodies())
def test_no_other_bytes_say_the_same(body: Any) -> None:
    raw = canonical.encode(body)
    for spell in SPELLINGS.values():
        assert spell(raw) != raw
        assert issubclass(reason(spell(raw)), Malformed)


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_reason(raw: bytes) -> None:
    reason(raw)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("attest"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("type", "by", "x", "ts")), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(value=_VALUES)
def test_any_json_is_refused_with_a_reason(value: Any) -> None:
    reason(json.dumps(value).encode())


@given(at=st.integers(0, len(RAW) - 1), byte=st.integers(0, 255))
def test_a_changed_byte_is_another_body_or_none(at: int, byte: int) -> None:
    other = bytearray(RAW)
    other[at] = byte
    try:
        body = canonical.decode(bytes(other))
    except Malformed:
        return
    assert canonical.encode(body) == bytes(other)


REASONS: dict[str, tuple[bytes, type[Refused]]] = {
    "nothing": (b"", NotJson),
    "no object": (b"[1]", NotJson),
    "null": (b"null", NotJson),
    "not UTF-8": (RAW.replace(b"carrel", b"carre\xff"), NotJson),
    "cut short": (RAW[:-1], NotJson),
    "no type": (RAW.replace(b',"type":"credit.void"', b""), UnknownType),
    "another type": (changed(type="credit.burn"), UnknownType),
    "a type that is no text": (changed(type=7), UnknownType),
    "a field that there is not": (changed(note="hello"), UnknownField),
    "a field of another type": (changed(amount=1), UnknownField),
    "a field missing": (RAW.replace(b'"hold":"' + b"0f" * 32 + b'",', b""), BadField),
    "a field of another kind": (changed(hold=7), BadField),
    "capitals in hex": (changed(hold="0F" * 32), BadField),
    "hex that is too short": (changed(hold="0f" * 31), BadField),
    "hex with a line after it": (changed(hold="0f" * 32 + "x"), BadField),
    "a time before all times": (changed(ts=-1), BadField),
    "a float": (changed(ts=1.5), FloatFound),
    "a whole float": (changed(ts=1.0), FloatFound),
    "infinity": (changed(ts=float("inf")), FloatFound),
    "not a number": (changed(ts=float("nan")), FloatFound),
    "an integer that others cannot hold": (changed(ts=MOST_INTEGER + 1), NotCanonical),
    "an integer of many digits": (changed(ts=10**400), NotCanonical),
    "null for a member": (changed(hold=None), NotCanonical),
    "a control character": (changed(log="a\n"), NotCanonical),
    "half a character": (RAW.replace(b"carrel", b"\\ud800"), NotCanonical),
    "text that is not composed": (changed(log="e\u0301"), NotCanonical),
    "text beyond ASCII": (changed(log="bücher"), BadField),
    "a name beyond ASCII": (changed(ö=1), NotCanonical),
    "a default spelled out": (changed(also=[]), NotCanonical),
    "a list too long": (changed(also=["00" * 32] * 17), BadField),
    "deep": (changed(x=[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]), NotCanonical),
    "deeper than any stack": (b'{"x":' + b"[" * 29_000 + b"]" * 29_000 + b',"type":"credit.void"}', NotCanonical),
    "deep and never ending": (b'{"by":' + b'{"a":' * 11_000, NotCanonical),
    "too long": (changed(log="x" * 60_000), TooLong),
}


@pytest.mark.parametrize("case", REASONS)
def test_the_reason_is_said(case: str) -> None:
    raw, expected = REASONS[case]
    assert reason(raw) is expected


def test_what_they_all_come_from_is_right() -> None:
    body = canonical.decode(RAW)
    assert isinstance(body, CreditVoid)
    assert canonical.decode(changed(ts=MOST_INTEGER)).ts == MOST_INTEGER
    assert canonical.decode(changed(also=["00" * 32])).also == ("00" * 32,)


@pytest.mark.parametrize("tag", sorted(TYPES))
@given(data=st.data())
@settings(max_examples=5)
def test_no_member_may_spell_its_default_out(tag: str, data: st.DataObject) -> None:
    """msgspec leaves a default out by what object it is, not by its value: an integer above 256 as a default would have two spellings."""
    body = data.draw(body_of(TYPES[tag]))
    plain = json.loads(canonical.encode(body))
    for where, part in ((plain, body), *(((plain["rules"], body.rules),) if tag == "rule.publish" else ())):
        for field in msgspec.structs.fields(part):
            if field.required or field.name in where or field.default is None:
                continue
            where[field.name] = field.default
            with pytest.raises(NotCanonical):
                canonical.decode(canonical.plain_form(plain))
            del where[field.name]
