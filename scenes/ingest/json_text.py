"""JSON from outside: size, depth, number of values and length of strings are bounded before the parser sees a byte."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

import numpy as np

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.limits import GlbLimits

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_DIGITS = 19  # every whole number of 63 bits


def read_json(text: memoryview, limits: GlbLimits) -> dict[str, Any]:
    """The object that a JSON text holds: strict UTF-8, no key twice, finite numbers. Raises Refused."""
    if len(text) > limits.json_bytes:
        raise Refused("json_size", f"The description has {len(text)} bytes; at most {limits.json_bytes} are allowed.")
    plain = bytes(text)
    if plain.startswith(b"\xef\xbb\xbf"):
        raise Refused("json_bom", "The JSON begins with a byte order mark, which glTF does not allow.", "byte 0")
    _check_shape(plain, limits)
    try:
        value = json.loads(
            plain.decode(),
            object_pairs_hook=_distinct,
            parse_constant=_not_a_number,
            parse_float=_finite,
            parse_int=_whole,
        )
        if _SURROGATE.search(plain):  # half of a pair would break whoever writes the text again
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeError as fault:
        raise Refused("json_utf8", f"The JSON is not clean UTF-8 text: {fault}.") from fault
    except (ValueError, RecursionError) as fault:
        raise Refused("json_syntax", f"The JSON cannot be read: {str(fault)[:160]}.") from fault
    if not isinstance(value, dict):
        raise Refused("json_not_object", "The JSON must be an object.")
    return value


def _check_shape(plain: bytes, limits: GlbLimits) -> None:
    """Depth, number of values, longest string; counted with brackets alone, so a bomb costs us one pass."""
    seen = np.frombuffer(_ESCAPE.sub(b"__", plain) if b"\\" in plain else plain, np.uint8)
    quotes = np.flatnonzero(seen == 0x22)
    if len(quotes) % 2:
        raise Refused("json_syntax", "The JSON cannot be read: a string never ends.")
    is_text = np.cumsum(seen == 0x22, dtype=np.uint8) & 1
    lower = np.where(is_text, 0, seen | 0x20)  # [ and { become the same, so do ] and }
    opening, closing = lower == 0x7B, lower == 0x7D
    values = int(np.count_nonzero(opening)) + int(np.count_nonzero((seen == 0x2C) & (is_text == 0)))
    if values > limits.json_values:
        raise Refused("json_values", f"The description has {values} values; at most {limits.json_values} are allowed.")
    steps = opening[opening | closing].astype(np.int32) * 2 - 1
    depth = int(np.cumsum(steps).max(initial=0))
    if depth > limits.json_depth:
        raise Refused("json_depth", f"The JSON is nested {depth} deep; at most {limits.json_depth} are allowed.")
    if len(quotes):
        ends = quotes.reshape(-1, 2)
        lengths = ends[:, 1] - ends[:, 0] - 1
        for at in np.flatnonzero(lengths > limits.string_bytes):
            if not plain[ends[at, 0] + 1 :].startswith(b"data:"):
                text = f"A string of {lengths[at]} bytes is too long; at most {limits.string_bytes} are allowed."
                raise Refused("json_string", text, f"byte {ends[at, 0]} of the JSON")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused("json_duplicate_key", f"The name {twice[:80]!r} stands twice in one object of the JSON.")
    return made


def _not_a_number(word: str) -> NoReturn:
    raise Refused("json_number", f"The JSON holds {word}, which is not a number.")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Refused("json_number", f"The JSON holds the number {text[:40]}, which is too large.")
    return value


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        raise Refused("json_number", f"The JSON holds the number {text[:40]}, which is too large.")
    return int(text)
