"""Bodies of every type within their limits, drawn from the types themselves: what is added there is tested here without a word."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

from carrel.ledger.bodies import TYPES, Body

_MOST_ITEMS = 3


def bodies() -> st.SearchStrategy[Any]:
    return st.sampled_from(sorted(TYPES)).flatmap(lambda tag: body_of(TYPES[tag]))


def body_of(kind: type[Body]) -> st.SearchStrategy[Any]:
    return _of(inspect.type_info(kind))


def _of(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.StructType():
            return st.fixed_dictionaries(
                {field.name: _of(field.type) for field in info.fields if field.required},
                optional={field.name: _of(field.type) for field in info.fields if not field.required},
            ).map(lambda members: info.cls(**members))
        case inspect.IntType():
            return st.integers(info.ge, info.le)
        case inspect.StrType():
            return _text(info.pattern or "", info.max_length or 0)
        case inspect.LiteralType():
            return st.sampled_from(info.values)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.UnionType():
            return st.one_of(*(_of(one) for one in info.types))
        case inspect.VarTupleType():
            return st.lists(_of(info.item_type), min_size=info.min_length or 0, max_size=_MOST_ITEMS).map(tuple)
        case _:
            raise TypeError(info)


def _text(pattern: str, most: int) -> st.SearchStrategy[str]:
    hexadecimal = re.fullmatch(r"\^\(?\[0-9a-f\]\{(\d+)\}(\|issuer\))?\\Z", pattern)
    if hexadecimal is None:
        return st.from_regex(pattern, fullmatch=True).filter(lambda text: len(text) <= most)
    count = int(hexadecimal[1]) // 2
    keys = st.binary(min_size=count, max_size=count).map(bytes.hex)  # as the expression says, many times faster
    return keys | st.just("issuer") if hexadecimal[2] else keys
