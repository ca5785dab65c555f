"""The binary messages of the room channel: one byte says which, the rest is below. Little-endian.

    up    0x01 pose      record from `flags` on (carrel.avatars.codec)
          0x02 request   msgpack map (carrel.server.wire.messages)
          0x03 ping      u32 any number of the client's, echoed
          0x04 drag      u8 sequence, i16 x 3 position, u32 rotation, u16 scale (carrel.avatars.codec)
    down  0x81 frame     header, events, sections
          0x82 answer    msgpack map
          0x83 pong      u32 echoed, u32 room_ms
          0x84 private   u32 private_sequence, msgpack map of one private event

A frame's header: u8 type, u8 flags, u16 section_count, u32 tick, u32 room_ms, u32 event_sequence (number of the first event; events are numbered on from it),
u32 events_bytes. Then the events as one msgpack array (zero bytes when there are none), then sections: u8 kind, u8 reserved, u16 count, `count` records.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from carrel.avatars.codec import RECORDS, UP_DRAG, UP_POSE
from carrel.server.errors import BadRequest
from carrel.server.wire.messages import (
    Answer,
    PrivateEvent,
    SharedEvent,
    answer_decoder,
    encode,
    private_event_decoder,
    shared_events_decoder,
)

UP_REQUEST: Final = 0x02
UP_PING: Final = 0x03
DOWN_FRAME: Final = 0x81
DOWN_ANSWER: Final = 0x82
DOWN_PONG: Final = 0x83
DOWN_PRIVATE: Final = 0x84

UP_KINDS: Final = {"pose": UP_POSE, "request": UP_REQUEST, "ping": UP_PING, "drag": UP_DRAG}
DOWN_KINDS: Final = {"frame": DOWN_FRAME, "answer": DOWN_ANSWER, "pong": DOWN_PONG, "private": DOWN_PRIVATE}

FLAG_SHORT: Final = 1
"""Frame flag: poses were left out because this reader's connection is behind; the next frame in time holds everything in view."""

HEADER: Final = struct.Struct("<BBHIIII")
SECTION: Final = struct.Struct("<BBH")
PING: Final = struct.Struct("<BI")
PONG: Final = struct.Struct("<BII")
PRIVATE: Final = struct.Struct("<BI")
HEADER_FIELDS: Final = ("type", "flags", "section_count", "tick", "room_ms", "event_sequence", "events_bytes")


class Section(NamedTuple):
    kind: int
    records: NDArray[np.void]


class Frame(NamedTuple):
    flags: int
    tick: int
    room_ms: int
    event_sequence: int
    events: list[SharedEvent]
    sections: list[Section]


class Pong(NamedTuple):
    echo: int
    room_ms: int


class Private(NamedTuple):
    sequence: int
    event: PrivateEvent


def frame_head(flags: int, section_count: int, tick: int, room_ms: int, event_sequence: int, events: bytes) -> bytes:
    """Header and events of a frame. `events` is the msgpack array, or empty."""
    return (
        HEADER.pack(DOWN_FRAME, flags, section_count, tick, room_ms & 0xFFFFFFFF, event_sequence, len(events)) + events
    )


def section_bytes(kind: int, records: NDArray[np.void]) -> bytes:
    """One section; `records` must have the layout of `kind`."""
    return SECTION.pack(kind, 0, len(records)) + records.tobytes()


def encode_events(events: Sequence[SharedEvent]) -> bytes:
    return encode(list(events)) if events else b""


def encode_frame(frame: Frame) -> bytes:
    """A whole frame; for clients' tests and vectors, the room builds its frames from parts."""
    parts: Iterable[bytes] = (section_bytes(kind, records) for kind, records in frame.sections)
    head = frame_head(
        frame.flags, len(frame.sections), frame.tick, frame.room_ms, frame.event_sequence, encode_events(frame.events)
    )
    return head + b"".join(parts)


def decode_frame(message: bytes) -> Frame:
    """Raises BadRequest for anything that is not exactly one well-formed frame."""
    try:
        _, flags, count, tick, room_ms, event_sequence, events_bytes = HEADER.unpack_from(message)
        at = HEADER.size + events_bytes
        events = shared_events_decoder.decode(message[HEADER.size : at]) if events_bytes else []
        sections = []
        for _ in range(count):
            kind, _, n = SECTION.unpack_from(message, at)
            layout = RECORDS[kind][1]
            at += SECTION.size
            sections.append(Section(kind, np.frombuffer(message, dtype=layout, count=n, offset=at)))
            at += n * layout.itemsize
    except (struct.error, KeyError, ValueError, msgspec.MsgspecError) as error:
        raise BadRequest(f"not a frame: {error}") from error
    if message[0] != DOWN_FRAME or at != len(message):
        raise BadRequest("not a frame: its length is wrong")
    return Frame(flags, tick, room_ms, event_sequence, events, sections)


def decode_down(message: bytes) -> Frame | Answer | Pong | Private:
    """Any message from the server, for clients. Raises BadRequest."""
    try:
        match message[0]:
            case 0x81:
                return decode_frame(message)
            case 0x82:
                return answer_decoder.decode(message[1:])
            case 0x83:
                _, echo, room_ms = PONG.unpack(message)
                return Pong(echo, room_ms)
            case 0x84:
                _, sequence = PRIVATE.unpack_from(message)
                return Private(sequence, private_event_decoder.decode(message[PRIVATE.size :]))
            case kind:
                raise BadRequest(f"unknown message type {kind:#x}")
    except (struct.error, IndexError, msgspec.MsgspecError) as error:
        raise BadRequest(f"malformed message: {error}") from error
