"""The client's parts without a network."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.avatars.codec import CRUMB, DESKTOP, FLAG_HANDS, HAND_STEP_M, HEADSET, STEP_M, decode_positions, read_up
from carrel.server.client import People, PoseTable, RoomClock, pose_message
from carrel.server.wire import messages as m
from carrel.server.wire.frames import Section

steady = st.floats(0, 1e6, allow_nan=False)


def person(number: int, slot: int, name: str = "Ada") -> m.Person:
    return m.Person(participant=f"{number:016x}", slot=slot, name=name, role="guest", look=m.Look())


@given(st.lists(st.tuples(steady, st.floats(0, 2000), st.floats(0, 1)), min_size=1, max_size=16), st.floats(-1e6, 1e6))
def test_clock_is_never_more_wrong_than_half_its_best_round_trip(
    pings: list[tuple[float, float, float]], offset_ms: float
) -> None:
    clock = RoomClock()
    for sent_ms, rtt_ms, way_there in pings:
        clock.hear(sent_ms, sent_ms + rtt_ms, sent_ms + rtt_ms * way_there + offset_ms)
    assert clock.rtt_ms == pytest.approx(min(rtt for _, rtt, _ in pings), abs=1e-6)
    assert abs(clock.room_ms(1000.0) - (1000.0 + offset_ms)) <= clock.error_ms + 1e-6


def test_clock_refuses_an_answer_before_its_question() -> None:
    with pytest.raises(ValueError, match="before"):
        RoomClock().hear(2.0, 1.0, 0.0)


def test_people_follow_events_each_once_and_in_order() -> None:
    people = People()
    events: list[m.SharedEvent] = [
        m.Arrived(person(1, 5)),
        m.Changed(person(1, 5, "Ada L.")),
        m.Left(participant=f"{1:016x}", slot=5, reason="left"),
        m.Arrived(person(2, 5, "Bo")),
    ]
    people.next_event = 10
    assert len(people.hear(10, events[:2])) == 2
    assert people.by_slot[5].name == "Ada L."
    assert len(people.hear(10, events)) == 2, "the first two were heard before"
    assert people.by_slot[5].name == "Bo"
    assert people.next_event == 14
    assert [one.participant for one in people] == [f"{2:016x}"]


def test_a_slot_given_anew_is_not_taken_away_by_a_late_leaving() -> None:
    people = People()
    people.hear(0, [m.Arrived(person(1, 5)), m.Arrived(person(2, 5))])
    people.hear(2, [m.Left(participant=f"{1:016x}", slot=5, reason="left")])
    assert people.by_slot[5].participant == f"{2:016x}"


@given(st.tuples(*[st.floats(-65, 65)] * 3), st.tuples(*[st.floats(-3, 3)] * 3))
def test_pose_message_is_read_back_within_half_a_step(head: tuple[float, ...], hand: tuple[float, ...]) -> None:
    turn = (0.0, 0.0, 0.0, 1.0)
    record = read_up(pose_message(head, turn, sequence=300, hands=((hand, turn), (hand, turn))))
    assert np.abs(decode_positions(record["head"]) - head).max() <= STEP_M / 2 + 1e-9
    assert np.abs(decode_positions(record["left"], HAND_STEP_M) - hand).max() <= HAND_STEP_M / 2 + 1e-9
    assert record["sequence"] == 300 % 256
    assert record["flags"] & FLAG_HANDS


def test_pose_table_keeps_the_newest_and_grows() -> None:
    table = PoseTable()
    desktop, crumb, headset = np.zeros(2, DESKTOP), np.zeros(1, CRUMB), np.zeros(1, HEADSET)
    desktop["slot"], desktop["head"][1], desktop["sequence"] = (3, 700), (500, 0, -500), 9
    crumb["slot"], crumb["head"] = 3, (1, 2, 3)
    headset["slot"] = 40_000
    table.hear(50, [Section(1, desktop), Section(5, crumb), Section(2, headset)])
    assert table.offset_m(700) == pytest.approx([1.0, 0.0, -1.0])
    assert (table.kind[3], table.sequence[3], table.updates[3]) == (5, 9, 2)
    assert table.offset_m(40_000) is not None
    assert table.offset_m(41_000) is None
    table.forget(700)
    assert table.offset_m(700) is None
