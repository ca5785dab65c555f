"""The one way to write a value as bytes: RFC 8785 without its hard parts (no floats, no null, ASCII keys, NFC strings without control characters)."""

from __future__ import annotations

import json
import unicodedata
from typing import Any, Final, NoReturn

import msgspec

from carrel.ledger.bodies import MOST_INTEGER, TYPES, AnyBody
from carrel.ledger.errors import (
    BadField,
    FloatFound,
    NotCanonical,
    NotJson,
    Refused,
    TooLong,
    UnknownField,
    UnknownType,
)

MOST_BODY_BYTES: Final = 60_000
"""Leaves room for the signatures in a leaf, which is under 65,536 bytes."""

_TOO_DEEP: Final = "Values are nested deeper than any entry needs."

_encoder: Final = msgspec.json.Encoder(order="sorted")
_decoder: Final = msgspec.json.Decoder(AnyBody)


def encode(value: object) -> bytes:
    """The canonical bytes of a body, or of plain values that keep to the profile."""
    return _encoder.encode(value)


def decode(body: bytes) -> AnyBody:
    """The entry's body, if these are its canonical bytes. Raises a kind of Malformed that says what is wrong with them."""
    if len(body) > MOST_BODY_BYTES:
        raise TooLong(f"The body has {len(body)} bytes; at most {MOST_BODY_BYTES} are taken.")
    try:
        value: AnyBody = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _diagnosis(body, str(error)) from None
    # Strings are narrowed to ASCII by every type, so that this one comparison settles order, spacing, escapes, numbers and doubled members.
    if _encoder.encode(value) != body:
        raise _diagnosis(body, "its members are not in canonical order and form")
    return value


def _diagnosis(body: bytes, reason: str) -> Refused:
    """Slow, for what is refused anyway: which of the profile's sentences was broken."""
    try:
        plain = json.loads(body.decode(), parse_float=_no_float, parse_constant=_no_constant)
    except FloatFound as error:
        return error
    except RecursionError:
        return NotCanonical(_TOO_DEEP)
    except ValueError:
        return NotJson("The body is not JSON in UTF-8.")
    if not isinstance(plain, dict):
        return NotJson("The body is not a JSON object.")
    try:
        if plain_form(plain) != body:
            return NotCanonical(
                "The body is not in canonical form (RFC 8785): members sorted, no spaces, no escapes but the needed ones."
            )
    except Refused as error:
        return error
    kind = plain.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        return UnknownType(f"There is no entry of the type {str(kind)[:40]!r}.")
    if "unknown field" in reason:
        return UnknownField(f"{kind}: {reason}.")
    if "canonical" in reason:
        return NotCanonical(f"{kind}: a member that has its default value is left out.")
    return BadField(f"{kind}: {reason}.")


def plain_form(value: Any) -> bytes:
    """Canonical bytes of plain JSON values. Raises FloatFound or NotCanonical for what the profile does not have."""
    _check_profile(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _check_profile(value: Any, depth: int = 0) -> None:
    if depth > 16:
        raise NotCanonical(_TOO_DEEP)
    match value:
        case bool():
            pass
        case int():
            if abs(value) > MOST_INTEGER:
                raise NotCanonical("An integer is larger than 2^53 - 1.")
        case float():
            raise FloatFound("Numbers are integers: an amount, a count, a time in milliseconds.")
        case str():
            if not unicodedata.is_normalized("NFC", value) or any(
                unicodedata.category(mark) in {"Cc", "Cs"} for mark in value
            ):
                raise NotCanonical("Strings are in normal form C and have no control characters.")
        case list() | tuple():
            for item in value:
                _check_profile(item, depth + 1)
        case dict():
            for key, item in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise NotCanonical("Member names are ASCII.")
                _check_profile(key)
                _check_profile(item, depth + 1)
        case _:
            raise NotCanonical("There is no null: a member without a value is left out.")


def _no_float(text: str) -> NoReturn:
    raise FloatFound(f"{text[:20]} is not an integer.")


def _no_constant(text: str) -> NoReturn:
    raise FloatFound(f"{text} is not a number.")
