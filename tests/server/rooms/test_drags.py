"""Held things in frames: each once, the longest waiting first, believed only when they could be there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.avatars import checks, codec
from carrel.avatars.errors import PoseError
from carrel.server.rooms.drags import MOST, Drags
from carrel.server.rooms.frame_builder import NO_POSES, Poses
from carrel.server.wire.frames import SECTION

LOW, HIGH = (-30.0, 0.0, -30.0), (30.0, 10.0, 30.0)


def drags() -> Drags:
    return Drags(checks.bounds_in_steps(LOW, HIGH, (0.0, 0.0, 0.0)), 10.0)


def up(x: float, sequence: int = 0, scale: float = 1.0) -> np.void:
    record = np.zeros(1, codec.DRAG)
    record["position"] = codec.encode_positions(np.array([[x, 1.0, 0.0]]))
    record["sequence"], record["scale"] = sequence, round(scale / codec.SCALE_STEP)
    out: np.void = record[0]
    return out


def seen(section: Poses) -> list[tuple[int, int, int]]:
    """(slot, sequence, flags) of each record."""
    if section is NO_POSES:
        return []
    kind, _, count = SECTION.unpack_from(section.sections)
    records = np.frombuffer(section.sections, codec.DRAG, offset=SECTION.size)
    assert (kind, section.section_count, count) == (codec.KIND_DRAG, 1, len(records))
    return [(int(one["slot"]), int(one["sequence"]), int(one["flags"])) for one in records]


def test_only_a_holders_drags_count_and_each_is_sent_once() -> None:
    held = drags()
    assert held.move("ada", up(0.0), 0) is None
    held.take("ada", 7, "t-1", 0)
    assert held.build(1) is NO_POSES
    assert held.move("ada", up(0.0, 1), 0) == "t-1"
    assert held.move("ada", up(0.1, 2), 50) == "t-1"
    assert seen(held.build(1)) == [(7, 2, codec.FLAG_JUMP)], "the newest, marked as the first of a hold"
    assert held.build(2) is NO_POSES
    held.move("ada", up(0.2, 3), 100)
    assert seen(held.build(3)) == [(7, 3, 0)]
    held.show_all()
    assert seen(held.build(4)) == [(7, 3, 0)]
    held.drop("ada")
    held.show_all()
    assert held.build(5) is NO_POSES
    assert held.move("ada", up(0.2), 150) is None


@pytest.mark.parametrize(
    ("x", "scale", "after_ms", "believed"),
    [
        (1.4, 1.0, 100, True),
        (1.6, 1.0, 100, False),
        (10.0, 1.0, 1000, True),
        (11.0, 1.0, 60_000, False),
        (31.0, 1.0, 60_000, False),
        (0.1, 20.0, 100, True),
        (0.1, 20.1, 100, False),
        (0.1, 1 / 256, 100, False),
    ],
)
def test_what_could_not_be_there_is_not_believed(x: float, scale: float, after_ms: int, believed: bool) -> None:
    held = drags()
    held.take("ada", 7, "t-1", 0)
    held.move("ada", up(0.0), 0)
    assert (held.move("ada", up(x, scale=scale), after_ms) is not None) == believed


@given(st.lists(st.sets(st.integers(0, 39), max_size=40), min_size=1, max_size=12))
def test_a_frame_has_a_bounded_number_and_nobody_waits_behind_a_later_one(moves: list[set[int]]) -> None:
    held = drags()
    for slot in range(40):
        held.take(str(slot), slot, f"t-{slot}", 0)
    waiting: list[int] = []
    for tick, moved in enumerate(moves):
        for slot in sorted(moved):
            held.move(str(slot), up(0.0, tick), tick * 50)
            if slot not in waiting:
                waiting.append(slot)
        sent = [slot for slot, _, _ in seen(held.build(tick))]
        assert sent == waiting[:MOST]
        del waiting[:MOST]
        assert len(seen(held.since(tick - 4))) <= MOST
        assert {slot for slot, _, _ in seen(held.since(tick - 1))} == set(sent)


@given(st.binary(max_size=20))
def test_any_bytes_are_a_drag_or_a_named_error(data: bytes) -> None:
    message = bytes((codec.UP_DRAG,)) + data
    try:
        record = codec.read_drag(message)
    except PoseError:
        assert len(message) != codec.UP_DRAG_LAYOUT.itemsize or message[-2:] == b"\0\0"
    else:
        assert codec.write_drag(record) == message
