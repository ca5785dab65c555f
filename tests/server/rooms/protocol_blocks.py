"""The generated parts of docs/design/protocol.md. `python -m tests.server.rooms.protocol_blocks` writes them; a test keeps them fresh."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import numpy as np

from carrel.avatars.codec import (
    CRUMB,
    DESKTOP,
    FLAGS,
    KIND_CRUMB,
    KIND_DESKTOP,
    RECORDS,
    UP_LAYOUTS,
    encode_positions,
    encode_rotations,
)
from carrel.server.errors import PeerError, peer_errors
from carrel.server.rooms.model import CLOSE_CODES
from carrel.server.rooms.scene_policy import RIGHTS, Rights, Standing
from carrel.server.wire import frames
from carrel.server.wire import messages as m

from .world import pose

DOCUMENT = Path(__file__).parents[3] / "docs/design/protocol.md"
_TYPES = {"B": "u8", "H": "u16", "I": "u32"}
_BODIES = {
    "pose": "a record from `flags` on",
    "request": "msgpack map",
    "ping": "u32, echoed",
    "drag": "u8 sequence, i16 × 3 position, u32 rotation, u16 scale",
    "frame": "see below",
    "answer": "msgpack map",
    "pong": "u32 echoed, u32 room clock",
    "private": "u32 number, msgpack map of one private event",
}
_CODES = {
    "bad_request": "malformed or out of limits",
    "not_signed_in": "no session, or one that ended",
    "forbidden": "known, but may not",
    "wrong_origin": "a page of another site",
    "not_found": "no such room or person",
    "conflict": "not possible now",
    "gone": "a ticket or token is used up or too old",
    "too_large": "more bytes than allowed",
    "out_of_date": "another version of the protocol: reload",
    "too_many_requests": "wait `retry_after_ms`",
    "room_full": "wait `retry_after_ms` or take another room",
    "banned": "until `until_ms` (Unix), or without end",
}


def table(head: str, rows: list[str]) -> str:
    return "\n".join([f"| {head} |", "|" + "---|" * (head.count("|") + 1), *(f"| {row} |" for row in rows)])


def messages() -> str:
    rows = [f"up | 0x{byte:02x} | {name} | {_BODIES[name]}" for name, byte in frames.UP_KINDS.items()]
    rows += [f"down | 0x{byte:02x} | {name} | {_BODIES[name]}" for name, byte in frames.DOWN_KINDS.items()]
    return table("direction | first byte | message | then", rows)


def header() -> str:
    rows, at = [], 0
    for letter, name in zip(frames.HEADER.format.lstrip("<"), frames.HEADER_FIELDS, strict=True):
        rows.append(f"{at} | {_TYPES[letter]} | {name}")
        at += {"B": 1, "H": 2, "I": 4}[letter]
    assert at == frames.HEADER.size
    return table("offset | type | a frame's header", rows) + f"\n\n{at} bytes."


def layouts() -> str:
    rows = []
    for kind, (name, layout) in RECORDS.items():
        assert layout.fields is not None
        for number, field in enumerate(layout.names or ()):
            inner, offset = layout.fields[field][:2]
            count = f" × {inner.shape[0]}" if inner.shape else ""
            kind_word = {"i": "i", "u": "u"}[inner.base.kind] + str(inner.base.itemsize * 8)
            rows.append(
                f"{f'{kind} {name}, {layout.itemsize} bytes' if not number else ''} | {offset} | {kind_word}{count} | {field}"
            )
    return table("section kind | offset | type | field", rows)


def flags() -> str:
    return table(
        "flag | bit | meaning", [f"{name} | 0x{bit:02x} | {meaning}" for name, (bit, meaning) in FLAGS.items()]
    )


def policies() -> str:
    """A row a policy: what each standing may."""
    columns: tuple[Standing, ...] = get_args(Standing)
    rows = [
        f"`{policy}` | " + " | ".join(_rights(standings[standing]) for standing in columns)
        for policy, standings in RIGHTS.items()
    ]
    return table("policy | " + " | ".join(columns), rows)


def _rights(rights: Rights) -> str:
    words = ["place"] * rights.may_place + [f"change {rights.reach}"] * (rights.reach != "none")
    return ", ".join([*words, *["restore"] * rights.may_restore]) or "look"


def codes() -> str:
    """Those of every room of the house; what belongs to one capability is described with it."""
    return table(
        "code | HTTP | meaning",
        [
            f"`{code}` | {status} | {_CODES[code]}"
            for code, status in sorted(
                {(e.code, e.status) for e in peer_errors() if e.__module__ == PeerError.__module__}
            )
        ],
    )


def closes() -> str:
    return table("code | reason", [f"{code} | `{reason}`" for code, reason in CLOSE_CODES.items()])


def examples() -> str:
    body = np.zeros(1, DESKTOP)
    body["slot"], body["sequence"], body["head"] = 3, 9, encode_positions(np.array([[1.0, 1.6, -2.0]]))
    body["rotation"] = encode_rotations(np.array([[0.0, 0.0, 0.0, 1.0]]))
    far = np.zeros(1, CRUMB)
    far["slot"], far["head"] = 7, encode_positions(np.array([[-10.0, 1.5, 4.0]]))
    sections = [frames.Section(KIND_DESKTOP, body), frames.Section(KIND_CRUMB, far)]
    frame = frames.Frame(0, 1200, 60_000, 42, [m.Reacted(participant="00112233445566aa", reaction="wave")], sections)
    say = bytes((frames.UP_REQUEST,)) + m.encode(m.Say(id=5, scope="room", text="你好"))
    shown = {
        "up, a pose at (1, 1.6, −2), looking along −Z, sequence 9": pose(1.0, 1.6, -2.0, 9),
        "up, `say` to the room": say,
        "down, its answer": bytes((frames.DOWN_ANSWER,)) + m.encode(m.Result(id=5)),
        "up, a clock ping of 77": frames.PING.pack(frames.UP_PING, 77),
        "down, its answer at room time 60 000 ms": frames.PONG.pack(frames.DOWN_PONG, 77, 60_000),
        "down, a frame: tick 1200, event 42 (a wave), that pose in slot 3, and slot 7 as a crumb": frames.encode_frame(
            frame
        ),
        "down, private event 2: put right": frames.PRIVATE.pack(frames.DOWN_PRIVATE, 2)
        + m.encode(m.Moved(position=(0.0, 0.0, 10.0), heading=0.0, reason="corrected")),
    }
    return "\n\n".join(f"{title}:\n\n```\n{message.hex(' ')}\n```" for title, message in shown.items())


BLOCKS = {
    "messages": messages,
    "header": header,
    "layouts": layouts,
    "flags": flags,
    "policies": policies,
    "codes": codes,
    "closes": closes,
    "examples": examples,
}


def filled(text: str) -> str:
    """The document with its generated blocks as they should be."""
    for name, make in BLOCKS.items():
        block = f"<!-- {name} -->\n{make()}\n<!-- /{name} -->"
        text, count = re.subn(
            f"<!-- {name} -->\n.*?<!-- /{name} -->", lambda _, block=block: block, text, flags=re.DOTALL
        )
        assert count == 1, name
    return text


assert set(UP_LAYOUTS) == {13, 33, 38}

if __name__ == "__main__":
    DOCUMENT.write_text(filled(DOCUMENT.read_text("utf-8")), "utf-8")
