"""Hostile input, drawn from a seed: broken WebSocket frames, and room messages that are nearly right."""

from __future__ import annotations

import random
from typing import Any

import msgpack

from carrel.server.rooms.websocket_frames import unmask
from carrel.server.wire import messages as m
from tests.server.rooms.world import pose

PLACE: dict[str, Any] = {"position": [1, 1.5, -2.0]}
THING: dict[str, Any] = {
    "id": "t-000000000001",
    "transform": PLACE,
    "caption": {"text": "words", "language": "zh-Hans"},
}
VALUES: list[Any] = [
    None, True, -1, 0, 7, 2**32, 2**63, 1.5, float("nan"), float("inf"), "", "x", "x" * 1001, "\u202e", "0" * 16, "great-hall", b"", b"\xff" * 70, [], [1],
    {}, {"id": "ada"}, {"id": "ada", "colours": {"hair": "#ffffff"}}, "room", "nearby", "direct", "wave", "warn", "ban", "spam", pose(0, 1.6, 0),
    THING, THING, "t-000000000001", "t-000000000001", {"transform": PLACE}, {"caption": {"text": "x", "language": "en"}},
    {"model": {"url": "/", "sha256": "0" * 64}}, PLACE, {"position": [float("nan"), 0, 0]}, ["caption"], ["transform", "id"],
    {**THING, "portal": {}}, {**THING, "id": "t-000000000002"},
]  # fmt: skip


def whole_frame(source: random.Random) -> bytes:
    payload = source.randbytes(source.choice((0, 1, 13, 33, 125, 126, 400)))
    size = len(payload)
    head = bytes((source.choice((0x82, 0x82, 0x02, 0x80, 0x00, 0x88, 0x89, 0x8A, 0x81, 0xC2, 0x83)),))
    head += bytes((0x80 | size,)) if size < 126 else bytes((0xFE,)) + size.to_bytes(2, "big")
    return head + b"mask" + unmask(payload, b"mask")


def damaged(source: random.Random, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(source.choice((0, 0, 1, 3))):
        if found:
            found[source.randrange(len(found))] = source.randrange(256)
    return bytes(found[: source.randrange(len(found) + 1)]) if source.random() < 0.2 else bytes(found)


def request(source: random.Random) -> bytes:
    kind = source.choice(m.UP)
    fields: dict[Any, Any] = {"type": kind.__struct_config__.tag, "id": source.choice((1, 2, 3, source.choice(VALUES)))}
    for name in kind.__struct_fields__:
        if name != "id" and source.random() < 0.8:
            fields[name] = source.choice(VALUES)
    if source.random() < 0.1:
        fields[source.choice(("surprise", 5, "type"))] = source.choice(VALUES)
    return b"\x02" + damaged(source, msgpack.packb(fields))


def message(source: random.Random) -> bytes:
    draw = source.random()
    if draw < 0.6:
        return request(source)
    if draw < 0.8:
        return damaged(
            source,
            pose(
                source.uniform(-40, 40),
                source.uniform(-1, 12),
                source.uniform(-40, 40),
                source.randrange(256),
                source.randrange(256),
            ),
        )
    if draw < 0.9:
        return b"\x03" + source.randbytes(source.choice((4, 4, 4, 0, 9)))
    if draw < 0.95:
        return b"\x04" + source.randbytes(source.choice((13, 13, 13, 0, 14)))
    return source.randbytes(source.randrange(60))
