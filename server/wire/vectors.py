"""Golden vectors: messages as bytes beside what they mean, read by pytest and vitest alike."""

from __future__ import annotations

import struct
from typing import Any

import msgspec
import numpy as np

from carrel.avatars import codec
from carrel.scenes.arrangement.values import Placement
from carrel.scenes.document import Caption, Components, Entity, Media, Model, Transform
from carrel.server.wire import frames
from carrel.server.wire import messages as m

ADA = m.Person(
    participant="00112233445566aa", slot=1, name="Ada", role="reader", look=m.Look(id="ada", colours={"top": "#1f4d3a"})
)
LIN = m.Person(
    participant="ffeeddccbbaa9988", slot=513, name="林巧", role="librarian", look=m.Look(id="mei"), hand_raised=True
)
HEAD_M = (1.25, 1.6, -3.002)
LEFT_M = (-0.2, -0.4501, -0.3)
RIGHT_M = (0.25, -0.4, -0.35)
TURNED = (0.0, 0.7071067811865476, 0.0, 0.7071067811865476)
STOOL = Placement(
    owner="0123456789abcdef",
    entity=Entity(
        id="t-00112233aabb",
        transform=Transform(position=(1.5, 0.0, -2.25), rotation=(0.0, 1.0, 0.0, 0.0), scale=1.25),
        model=Model(url="/gltf/furniture/stool.glb", sha256="cd" * 32),
    ),
)
PICTURE = Placement(
    owner="fedcba9876543210",
    entity=Entity(
        id="t-ffeeddccbbaa",
        transform=Transform(position=(0.0, 1.5, 0.0)),
        media=Media(kind="pdf", work="ab" * 32, size=(0.7, 1.0), page=3),
        caption=Caption(text="柳桥图书馆，1908 年", language="zh-Hans"),
    ),
)
TILTED = (0.1825741858, 0.3651483717, 0.5477225575, 0.7302967433)


def vectors() -> dict[str, list[dict[str, Any]]]:
    """File name (without ending) → list of {name, hex, value}."""
    return {
        "requests": _requests(),
        "answers": _answers(),
        "frames": _frames(),
        "poses": _poses(),
        "drags": _drags(),
        "rotations": _rotations(),
    }


def _entry(name: str, data: bytes, value: Any) -> dict[str, Any]:
    return {"name": name, "hex": data.hex(), "value": msgspec.to_builtins(value)}


def _requests() -> list[dict[str, Any]]:
    values: list[tuple[str, m.RoomRequest]] = [
        ("hello with a ticket", m.Hello(id=1, protocol=m.PROTOCOL_VERSION, schema="0123456789abcdef", ticket="T" * 32)),
        (
            "hello with a resume token",
            m.Hello(
                id=1,
                protocol=m.PROTOCOL_VERSION,
                schema="0123456789abcdef",
                resume="R" * 32,
                last_event=70000,
                last_private=3,
            ),
        ),
        ("words to the room in Chinese", m.Say(id=2, scope="room", text="您好，柳桥。")),
        ("direct words", m.Say(id=4_294_967_295, scope="direct", text="hello", to=LIN.participant)),
        ("a raised hand", m.RaiseHand(id=3, raised=True)),
        ("a thing to place", m.Spawn(id=5, entity=PICTURE.entity)),
        (
            "a change of its place and words",
            m.Patch(
                id=6,
                entity=STOOL.entity.id,
                set=Components(transform=STOOL.entity.transform, caption=PICTURE.entity.caption),
                unset=["media"],
            ),
        ),
        ("a thing to take away", m.Remove(id=7, entity=STOOL.entity.id)),
        ("a grab", m.Grab(id=8, entity=STOOL.entity.id)),
        ("a release elsewhere", m.Release(id=9, entity=STOOL.entity.id, transform=STOOL.entity.transform)),
        ("undo", m.Undo(id=10)),
        ("redo", m.Redo(id=11)),
        ("a report", m.Report(id=4, participant=ADA.participant, reason="spam", note="three times")),
    ]
    return [_entry(name, bytes((frames.UP_REQUEST,)) + m.encode(value), value) for name, value in values]


def _answers() -> list[dict[str, Any]]:
    welcome = m.Welcome(
        id=1,
        resumed=False,
        participant=ADA.participant,
        slot=1,
        resume_token="R" * 32,
        space=m.Space(
            room="great-hall",
            scene_url="/gltf/halls/great_hall.scene.json",
            scene_sha256="ab" * 32,
            op_sequence=7,
            arrangement_url="/api/rooms/great-hall/scene",
            owner=STOOL.owner,
            may_place=True,
            may_change="own",
            may_restore=False,
            entity_limit=5000,
            origin=(0.0, 0.0, 0.0),
            bounds_min=(-20.0, -1.0, -40.0),
            bounds_max=(20.0, 15.0, 40.0),
        ),
        pacing=m.Pacing(
            tick_hz=20,
            pose_hz=20,
            chat_chars=1000,
            chats_per_minute=20,
            hearing_metres=8.0,
            resume_window_ms=60000,
            lease_ms=10000,
        ),
        position=(0.0, 0.0, 12.0),
        heading=0.0,
        room_ms=123456,
        epoch_ms=1790000000000,
        event_sequence=17,
        private_sequence=0,
        permissions=["chat"],
        people=[ADA, LIN],
        held=[m.Grabbed(entity=STOOL.entity.id, participant=LIN.participant, slot=513)],
    )
    values: list[tuple[str, m.Answer]] = [
        ("a result", m.Result(id=2)),
        ("an operation that is kept", m.Applied(id=5, op_sequence=8, entity=PICTURE.entity.id)),
        (
            "a failure with a time to wait",
            m.Failure(id=3, code="too_many_requests", message="Wait a little.", retry_after_ms=3000),
        ),
        ("a welcome", welcome),
    ]
    out = [_entry(name, bytes((frames.DOWN_ANSWER,)) + m.encode(value), value) for name, value in values]
    moved = m.Moved(position=(0.5, 0.0, 1.5), heading=1.5, reason="safe_place")
    out.append(
        _entry(
            "a private event",
            frames.PRIVATE.pack(frames.DOWN_PRIVATE, 9) + m.encode(moved),
            {"sequence": 9, "event": msgspec.to_builtins(moved)},
        )
    )
    out.append(_entry("a pong", frames.PONG.pack(frames.DOWN_PONG, 77, 123456), {"echo": 77, "room_ms": 123456}))
    return out


def _record(kind: int, slot: int, flags: int, sequence: int) -> np.void:
    record = np.zeros(1, dtype=codec.RECORDS[kind][1])
    names = record.dtype.names or ()
    record["slot"] = slot
    if kind == codec.KIND_DRAG:
        record["flags"], record["sequence"], record["scale"] = flags, sequence, 320
        record["position"] = codec.encode_positions(np.array([HEAD_M]))
        record["rotation"] = codec.encode_rotations(np.array([TILTED]))
        dragged: np.void = record[0]
        return dragged
    record["head"] = codec.encode_positions(np.array([HEAD_M]))
    if "flags" in names:
        record["flags"], record["sequence"] = flags, sequence
        record["rotation"] = codec.encode_rotations(np.array([TILTED]))
    if "left" in names:
        record["left"] = codec.encode_positions(np.array([LEFT_M]), codec.HAND_STEP_M)
        record["right"] = codec.encode_positions(np.array([RIGHT_M]), codec.HAND_STEP_M)
        record["left_rotation"] = codec.encode_rotations(np.array([TURNED]))
        record["right_rotation"] = codec.encode_rotations(np.array([TILTED]))
    if "curls" in names:
        record["curls"] = np.array([[0x0F, 0xF0, 0x12, 0x34, 0xFF]], dtype=np.uint8)
    out: np.void = record[0]
    return out


def _decoded(kind: int, record: np.void) -> dict[str, Any]:
    """The record in metres and quaternions, exactly as a decoder must read it (hands absolute)."""
    names = record.dtype.names or ()
    if kind == codec.KIND_DRAG:
        return {
            "kind": "drag",
            "slot": int(record["slot"]),
            "flags": int(record["flags"]),
            "sequence": int(record["sequence"]),
            "position": codec.decode_positions(record["position"]).tolist(),
            "rotation": _quaternion(record["rotation"]),
            "scale": float(record["scale"] * codec.SCALE_STEP),
        }
    head = codec.decode_positions(record["head"])
    value: dict[str, Any] = {"kind": codec.RECORDS[kind][0], "slot": int(record["slot"]), "head": head.tolist()}
    if "flags" in names:
        value |= {
            "flags": int(record["flags"]),
            "sequence": int(record["sequence"]),
            "rotation": _quaternion(record["rotation"]),
        }
    if "left" in names:
        for side in ("left", "right"):
            value[side] = (head + codec.decode_positions(record[side], codec.HAND_STEP_M)).tolist()
            value[f"{side}_rotation"] = _quaternion(record[f"{side}_rotation"])
    if "curls" in names:
        value["curls"] = [int(curl) for curl in record["curls"]]
    return value


def _quaternion(word: np.uint32) -> list[float]:
    out: list[float] = codec.decode_rotations(np.array([word]))[0].tolist()
    return out


def _frames() -> list[dict[str, Any]]:
    said = m.Said(participant=LIN.participant, name=LIN.name, scope="room", text="开馆了。", room_ms=99000)
    cases: list[tuple[str, list[m.SharedEvent], list[tuple[int, list[np.void]]]]] = [
        ("nothing new", [], []),
        ("events alone", [m.Arrived(LIN), said, m.Left(ADA.participant, 1, "left")], []),
        (
            "every kind of body",
            [m.Changed(ADA)],
            [
                (kind, [_record(kind, 1, codec.FLAG_JUMP, 254), _record(kind, 513, codec.FLAG_SEATED, 0)])
                for kind in codec.RECORDS
                if kind != codec.KIND_DRAG
            ],
        ),
        (
            "the scene changes",
            [
                m.Grabbed(entity=STOOL.entity.id, participant=LIN.participant, slot=513),
                m.Operated(op_sequence=8, by=LIN.participant, put=[STOOL, PICTURE]),
                m.Released(entity=STOOL.entity.id),
                m.Operated(op_sequence=9, by=ADA.participant, gone=[STOOL.entity.id]),
                m.Operated(op_sequence=10, by=None, reload=True),
            ],
            [],
        ),
        (
            "things that are held",
            [],
            [(codec.KIND_DRAG, [_record(codec.KIND_DRAG, slot, codec.FLAG_JUMP, 254) for slot in (1, 513)])],
        ),
    ]
    out = []
    for number, (name, events, sections) in enumerate(cases):
        arrays = [frames.Section(kind, np.array(records, dtype=codec.RECORDS[kind][1])) for kind, records in sections]
        frame = frames.Frame(number % 2, 70_000 + number, 4_000_000_000 + number, 65_536 + number, events, arrays)
        value = {
            "flags": frame.flags,
            "tick": frame.tick,
            "room_ms": frame.room_ms,
            "event_sequence": frame.event_sequence,
            "events": msgspec.to_builtins(events),
            "sections": [
                {"kind": kind, "records": [_decoded(kind, record) for record in records]} for kind, records in sections
            ],
        }
        out.append(_entry(name, frames.encode_frame(frame), value))
    return out


def _poses() -> list[dict[str, Any]]:
    """Upward pose messages."""
    out = []
    for kind in codec.UP_LAYOUTS.values():
        record = _record(kind, 0, codec.FLAG_HANDS if kind != codec.KIND_DESKTOP else 0, 7)
        out.append(_entry(codec.RECORDS[kind][0], codec.write_up(record), _decoded(kind, record)))
    return out


def _drags() -> list[dict[str, Any]]:
    """Upward drags."""
    record = _record(codec.KIND_DRAG, 0, 0, 7)
    return [_entry("a thing held", codec.write_drag(record), _decoded(codec.KIND_DRAG, record))]


def _rotations() -> list[dict[str, Any]]:
    quaternions = [
        (0, 0, 0, 1),
        (1, 0, 0, 0),
        (0, -1, 0, 0),
        (0, 0, 1, 0),
        TURNED,
        TILTED,
        (-0.5, 0.5, -0.5, 0.5),
        (0.5, 0.5, 0.5, -0.5),
    ]
    words = codec.encode_rotations(np.array(quaternions, dtype=np.float64))
    return [
        _entry(
            f"{quaternion}",
            struct.pack("<I", int(word)),
            {"given": list(quaternion), "word": int(word), "decoded": _quaternion(word)},
        )
        for quaternion, word in zip(quaternions, words, strict=True)
    ]
