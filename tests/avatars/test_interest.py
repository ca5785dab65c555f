"""Neighbourhoods: everybody is somewhere, near people are seen in full, the budget holds, and turns come round."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.avatars import interest
from carrel.avatars.interest import FIRST, SECOND, THIRD, Budget

BUDGET = Budget(20, 40_000, 24_000, 128, 6)
NO_TALKS = np.zeros((0, 2), np.intp)


def crowd(count: int, side_m: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    positions = random.uniform(0, side_m, (count, 3))
    positions[:, 1] = 1.6
    return positions, np.where(random.random(count) < 0.3, 34, 14)


def divided(
    positions: np.ndarray,
    sizes: np.ndarray,
    pinned: np.ndarray | None = None,
    talks: np.ndarray = NO_TALKS,
    motion: np.ndarray | None = None,
) -> interest.Division:
    nobody, still = np.zeros(len(positions), np.bool_), np.zeros_like(positions)
    return interest.divide(
        positions,
        still if motion is None else motion,
        sizes,
        nobody if pinned is None else pinned,
        talks,
        BUDGET,
    )


@given(st.integers(1, 300), st.integers(2, 20), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_leaves_hold_everybody_once_and_are_even(count: int, people: int, seed: int) -> None:
    positions, _ = crowd(count, 30.0 if seed else 0.0, seed)
    leaves = interest.leaves(positions, people)
    assert sorted(np.concatenate(leaves).tolist()) == list(range(count))
    assert max(len(leaf) for leaf in leaves) <= people
    if count > people:
        assert min(len(leaf) for leaf in leaves) >= people // 2


@pytest.mark.parametrize("side_m", [60.0, 8.0])
@pytest.mark.parametrize("count", [100, 1000, 1200])
def test_the_nearest_twelve_are_in_the_first_tier(count: int, side_m: float) -> None:
    positions, sizes = crowd(count, side_m)
    division = divided(positions, sizes)
    apart = np.linalg.norm(positions[:, None] - positions[None], axis=2)
    near = np.argsort(apart, axis=1)[:, 1:13]
    assert np.mean(division.tier[division.home[:, None], near] == FIRST) >= 0.99


@pytest.mark.parametrize("count", [60, 200, 500, 1000, 1500, 2000])
@pytest.mark.parametrize("headsets", [0.0, 0.3, 1.0])
def test_a_reader_never_costs_more_than_the_budget(count: int, headsets: float) -> None:
    positions, _ = crowd(count, 20.0)
    sizes = np.where(np.random.default_rng(2).random(count) < headsets, 34, 14)
    division = divided(positions, sizes)
    for seen in division.tier:
        first = sizes[seen == FIRST].sum() * 20
        assert first <= BUDGET.first_tier_bytes_per_s
        rest = (seen == SECOND).sum() * 14 * 5 + (seen == THIRD).sum() * 8 * 20 / division.crumb_ticks
        assert first + rest + 20 * interest.OVERHEAD_BYTES <= BUDGET.client_bytes_per_s
    assert division.crumb_ticks == 20


def test_oneself_and_ones_neighbours_come_first() -> None:
    positions, sizes = crowd(400, 40.0)
    division = divided(positions, sizes)
    assert (division.tier[division.home, np.arange(400)] == FIRST).all()


def test_pinned_people_are_in_everybodys_first_tier() -> None:
    positions, sizes = crowd(300, 60.0)
    pinned = np.zeros(300, np.bool_)
    pinned[[3, 77]] = True
    division = divided(positions, sizes, pinned)
    assert (division.tier[:, [3, 77]] == FIRST).all()


def test_no_more_than_the_limit_is_pinned() -> None:
    positions, _sizes = crowd(100, 60.0)
    positions[:, 0] *= 100
    division = divided(positions, np.full(100, 90), np.ones(100, np.bool_))
    assert (division.tier == FIRST).all(axis=0).sum() == interest.PINNED_LIMIT


def test_the_list_of_the_first_tier_says_what_the_table_says() -> None:
    positions, sizes = crowd(500, 30.0)
    division = divided(positions, sizes)
    lists = np.split(division.first, division.first_ends[:-1])
    assert [set(rows.tolist()) for rows in lists] == [set(np.flatnonzero(row == FIRST)) for row in division.tier]


def test_whoever_comes_closer_and_whoever_has_just_passed_is_seen_in_full() -> None:
    positions, sizes = crowd(1000, 20.0)
    positions[0] = (10.0, 1.6, 10.0)
    motion = np.zeros_like(positions)
    for row, speed_m_s in ((1, -3.5), (2, 3.5)):
        positions[row], motion[row, 0] = (10.0 + (1.75 if row == 1 else 0.9), 1.6, 10.0), speed_m_s
    beyond = int((np.linalg.norm(positions - positions[0], axis=1) < 1.0).sum())
    assert beyond >= 3
    division = divided(positions, sizes, motion=motion)
    assert (division.tier[division.home[0], [1, 2]] == FIRST).all()


def test_whoever_was_put_elsewhere_does_not_go_on_like_that() -> None:
    positions, sizes = crowd(300, 60.0)
    motion = np.zeros_like(positions)
    motion[7] = (80.0, 0.0, 0.0)
    assert (divided(positions, sizes, motion=motion).tier == divided(positions, sizes).tier).all()


def test_those_in_conversation_see_each_other_in_full() -> None:
    positions, sizes = crowd(1000, 60.0)
    far = [int(np.argmin(positions.sum(axis=1))), int(np.argmax(positions.sum(axis=1)))]
    before = divided(positions, sizes)
    assert before.tier[before.home[far[0]], far[1]] == THIRD
    after = divided(positions, sizes, talks=np.array([far]))
    assert after.tier[after.home[far[0]], far[1]] == FIRST
    assert after.tier[after.home[far[1]], far[0]] == FIRST


@given(st.integers(1, 80), st.integers(0, 10_000), st.integers(1, 4))
def test_every_turn_comes_once_in_its_time(every: int, tick: int, window: int) -> None:
    slots = np.arange(200)
    turns = sum(interest.due(slots, tick + step, every).astype(int) for step in range(every))
    assert (turns == 1).all()
    windowed = interest.due(slots, tick + window - 1, every, window)
    single = np.any([interest.due(slots, tick + step, every) for step in range(window)], axis=0)
    assert (windowed == single).all()


def test_turns_are_spread_evenly() -> None:
    slots = np.arange(1000)
    counts = [int(interest.due(slots, tick, 20).sum()) for tick in range(20)]
    assert set(counts) == {50}


def test_a_crowd_on_one_point_is_divided_too() -> None:
    division = divided(np.zeros((200, 3)), np.full(200, 14))
    assert len(division.centres) >= 17
