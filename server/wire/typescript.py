"""The schema as TypeScript: types of every message, numbers of every binary layout."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct
from msgspec import inspect as mi

from carrel.server.wire import messages, schema

HEAD = "// Made from server/wire by `make generate`. Do not edit.\n"


def typescript() -> str:
    """The whole of web_client/src/net/protocol.gen.ts."""
    structs = _with_nested(kind for group in schema.GROUPS.values() for kind in group)
    parts = [HEAD, _constants(), *(_interface(kind) for kind in structs)]
    parts += [_union(name.capitalize() + suffix, kinds) for name, suffix, kinds in _UNIONS]
    return "\n".join(parts) + "\n"


_UNIONS: tuple[tuple[str, str, tuple[type[Struct], ...]], ...] = (
    ("room", "Request", messages.UP),
    ("answer", "", messages.DOWN),
    ("shared", "Event", messages.SHARED),
    ("private", "Event", messages.PRIVATE),
)


def _union(name: str, kinds: tuple[type[Struct], ...]) -> str:
    return f"export type {name} = {' | '.join(kind.__name__ for kind in kinds)};"


def _constants() -> str:
    layouts = schema.layouts()
    values: dict[str, Any] = {
        "PROTOCOL_VERSION": messages.PROTOCOL_VERSION,
        "SCHEMA_HASH": schema.schema_hash(),
        "UP": layouts["up"],
        "DOWN": layouts["down"],
        "FLAG": layouts["flags"],
        "STEP": layouts["steps"],
        "HEADER_BYTES": layouts["header_bytes"],
        "SECTION_BYTES": layouts["section_bytes"],
        "RECORD": layouts["records"],
        "UP_DRAG": layouts["up_drag"],
    }
    return "\n".join(
        f"export const {name} = {msgspec.json.encode(value).decode()} as const;" for name, value in values.items()
    )


def _with_nested(kinds: Iterable[type[Struct]]) -> list[type[Struct]]:
    """Each struct once, nested ones before those that use them."""
    found: dict[type[Struct], None] = {}

    def visit(kind: mi.Type) -> None:
        match kind:
            case mi.StructType(cls=cls, fields=fields):
                if cls not in found:
                    for field in fields:
                        visit(field.type)
                    found[cls] = None
            case mi.Metadata(type=inner):
                visit(inner)
            case mi.UnionType(types=types) | mi.TupleType(item_types=types):
                for item in types:
                    visit(item)
            case mi.ListType(item_type=item) | mi.VarTupleType(item_type=item):
                visit(item)
            case mi.DictType(key_type=key, value_type=value):
                visit(key)
                visit(value)
            case _:
                pass

    for kind in kinds:
        visit(mi.type_info(kind))
    return list(found)


def _interface(kind: type[Struct]) -> str:
    info = mi.type_info(kind)
    assert isinstance(info, mi.StructType)
    lines = [f'  {info.tag_field}: "{info.tag}";'] if info.tag else []
    lines += [f"  {field.encode_name}{'' if field.required else '?'}: {_type(field.type)};" for field in info.fields]
    doc = " ".join((kind.__doc__ or "").split())
    comment = f"/** {doc} */\n" if doc else ""
    return f"{comment}export interface {kind.__name__} {{\n" + "\n".join(lines) + "\n}"


def _type(kind: mi.Type) -> str:
    match kind:
        case mi.Metadata(type=inner):
            return _type(inner)
        case mi.UnionType(types=types):
            return " | ".join(_type(item) for item in types)
        case mi.TupleType(item_types=types):
            return f"[{', '.join(_type(item) for item in types)}]"
        case mi.ListType(item_type=item) | mi.VarTupleType(item_type=item):
            return f"{_type(item)}[]"
        case mi.DictType(value_type=value):
            return f"Record<string, {_type(value)}>"
        case mi.LiteralType(values=values):
            return " | ".join(f'"{value}"' for value in values)
        case mi.StructType(cls=cls):
            return cls.__name__
        case mi.IntType() | mi.FloatType():
            return "number"
        case mi.StrType():
            return "string"
        case mi.BoolType():
            return "boolean"
        case mi.BytesType():
            return "Uint8Array"
        case mi.NoneType():
            return "null"
        case mi.AnyType():
            return "unknown"
    raise TypeError(f"no TypeScript for {kind}")
