from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from carrel.server.rooms.model import Spawn
from carrel.server.rooms.pose_table import PoseTable
from carrel.server.settings import Settings

from .world import HALL, pose

SETTINGS = Settings(poses_per_s=120)
ENTERED_MS = 1_000_000


def shown(arrivals: list[int]) -> list[int]:
    """The running number that stands in the table after each tick, when so many poses came before it; 0 before the first."""
    table = PoseTable(4, HALL, SETTINGS)
    table.enter(2, Spawn((0, 0, 0)), None, 0, ENTERED_MS)
    table.harvest(0, ENTERED_MS)
    sent, stands = 0, []
    for tick, count in enumerate(arrivals, 1):
        for _ in range(count):
            sent += 1
            table.put(2, pose(sent % 7 / 10, 1.6, 0, sequence=sent))
        table.harvest(tick, ENTERED_MS + 50 * tick)
        stands.append(int(table.records["sequence"][2]))
    return stands


@given(st.lists(st.booleans(), max_size=SETTINGS.tick_hz - 2))
def test_poses_out_of_step_with_the_ticks_are_all_shown(late: list[bool]) -> None:
    # A pose a tick, some of which come only after it: none, then two, and so on.
    arrivals = [1 - now + before for before, now in zip([False, *late], [*late, False], strict=True)]
    stands = shown([*arrivals, 0])
    assert sorted(set(stands) - {0}) == list(range(1, sum(arrivals) + 1))


def test_the_second_of_two_waits_for_the_next_tick() -> None:
    assert shown([2, 0, 2, 1, 0]) == [1, 2, 3, 4, 5]


def test_whoever_sends_more_than_that_is_shown_the_newest() -> None:
    assert shown([2, 2, 0, 5, 3, 0]) == [1, 4, 4, 5, 12, 12]


def test_who_stays_a_tick_behind_catches_up_after_a_second() -> None:
    stands = shown([2, *[1] * (2 * SETTINGS.tick_hz)])
    assert stands[SETTINGS.tick_hz - 1] == SETTINGS.tick_hz
    assert stands[-1] == 2 * SETTINGS.tick_hz + 2


@given(st.lists(st.integers(0, 4), max_size=100))
def test_nobody_goes_back_or_is_more_than_a_tick_behind(arrivals: list[int]) -> None:
    stands, sent = shown(arrivals), [sum(arrivals[: tick + 1]) for tick in range(len(arrivals))]
    assert stands == sorted(stands)
    assert all(stand >= before for stand, before in zip(stands[1:], sent, strict=False))


def test_after_a_tick_that_was_left_out_nobody_is_behind() -> None:
    table = PoseTable(4, HALL, SETTINGS)
    table.enter(2, Spawn((0, 0, 0)), None, 0, ENTERED_MS)
    table.harvest(1, ENTERED_MS + 50)
    for sequence in (1, 2):
        table.put(2, pose(0, 1.6, 0, sequence=sequence))
    table.harvest(2, ENTERED_MS + 150)
    assert table.records["sequence"][2] == 2


def test_what_waits_is_forgotten_when_the_slot_changes_hands() -> None:
    table = PoseTable(4, HALL, SETTINGS)
    for _ in range(2):
        table.enter(2, Spawn((0, 0, 0)), None, 0, ENTERED_MS)
        table.harvest(1, ENTERED_MS + 50)
        assert table.records["sequence"][2] == 0
        for sequence in (1, 2):
            table.put(2, pose(0, 1.6, 0, sequence=sequence))
        table.harvest(2, ENTERED_MS + 100)
        assert table.records["sequence"][2] == 1
        table.leave(2)
