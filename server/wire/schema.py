"""The schema as one value: JSON Schema of every message and the tables of the binary layouts, and its hash."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Final

import msgspec

from carrel.avatars import codec
from carrel.server.wire import frames, messages

GROUPS: Final = {
    "up": messages.UP,
    "down": messages.DOWN,
    "shared": messages.SHARED,
    "private": messages.PRIVATE,
    "library": messages.LIBRARY,
    "http": messages.HTTP,
}
REF: Final = "#/components/schemas/{name}"


@cache
def components() -> dict[str, Any]:
    """JSON Schema (2020-12) of each struct by name."""
    kinds = list(dict.fromkeys(kind for group in GROUPS.values() for kind in group))
    return msgspec.json.schema_components(kinds, ref_template=REF)[1]


@cache
def layouts() -> dict[str, Any]:
    """Tables of the binary messages: what TypeScript and the protocol document are made from."""
    return {
        "up": frames.UP_KINDS,
        "down": frames.DOWN_KINDS,
        "flags": {name: bit for name, (bit, _) in codec.FLAGS.items()},
        "steps": {"position_m": codec.STEP_M, "hand_m": codec.HAND_STEP_M, "scale": codec.SCALE_STEP},
        "header_bytes": frames.HEADER.size,
        "section_bytes": frames.SECTION.size,
        "records": {
            name: {"kind": kind, "bytes": layout.itemsize, "fields": _fields(layout)}
            for kind, (name, layout) in codec.RECORDS.items()
        },
        "up_drag": {"bytes": codec.UP_DRAG_LAYOUT.itemsize, "fields": _fields(codec.UP_DRAG_LAYOUT)},
    }


def _fields(layout: Any) -> dict[str, Any]:
    return {
        field: {
            "offset": layout.fields[field][1],
            "type": layout.fields[field][0].base.name,
            "count": _count(layout.fields[field][0]),
        }
        for field in layout.names
    }


def _count(dtype: Any) -> int:
    return int(dtype.shape[0]) if dtype.shape else 1


@cache
def schema_hash() -> str:
    """Sixteen hex digits that differ whenever a message or a layout does. Peers exchange it in `Hello` and `EnterAnswer`."""
    value = {"version": messages.PROTOCOL_VERSION, "components": components(), "layouts": layouts()}
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()[:16]
