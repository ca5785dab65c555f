"""Who is entitled to see whom, and the share that came, as arithmetic."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.server.bench.entitlement import (
    NEAREST,
    NEXT,
    NEXT_HZ,
    REST_HZ,
    Delivery,
    entitled,
    everybody,
    nearest_full_share,
    nearness,
)

counts = st.integers(2, 220)
seeds = st.integers(0, 2**32 - 1)


def places(people: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-30, 30, (people, 3))


@settings(max_examples=40, deadline=None)
@given(counts, seeds)
def test_nearness_is_that_of_a_plain_sort(people: int, seed: int) -> None:
    at = places(people, seed)
    nearest, following = nearness(at)
    for one in range(people):
        order = [int(other) for other in np.argsort(np.linalg.norm(at - at[one], axis=1)) if other != one]
        assert set(nearest[one].tolist()) == set(order[:NEAREST])
        assert set(following[one].tolist()) == set(order[NEAREST : NEAREST + NEXT])


@settings(max_examples=40, deadline=None)
@given(counts, seeds)
def test_due_updates_add_up_for_each_reader(people: int, seed: int) -> None:
    due = entitled(places(people, seed), np.full(people, 20, np.uint16))
    others = people - 1
    nearest, following = min(NEAREST, others), min(NEXT, max(0, others - NEAREST))
    rest = others - nearest - following
    assert (due.sum(axis=1) == nearest * 20 + following * NEXT_HZ + rest * REST_HZ).all()
    assert not due.diagonal().any()


def test_nobody_is_owed_more_than_was_sent() -> None:
    sent = np.array([0, 1, 20], np.uint16)
    assert (entitled(places(3, 1), sent) == everybody(sent)).all()
    assert everybody(sent).sum() == 0 * 2 + 1 * 2 + 20 * 2


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(1, 8))
def test_delivered_share_stays_between_nothing_and_all(seed: int, seconds: int) -> None:
    rng = np.random.default_rng(seed)
    delivery = Delivery()
    for _ in range(seconds):
        delivery.add(rng.integers(0, 21, (4, 4)).astype(np.uint16), rng.integers(0, 25, (4, 4)).astype(np.uint8))
    assert 0 <= delivery.came <= delivery.due
    assert 0 <= delivery.share <= 1


def test_an_update_that_slips_over_a_second_counts_but_a_surplus_does_not() -> None:
    due = np.full((1, 1), 20, np.uint16)
    slipped, surplus = Delivery(), Delivery()
    for shown in (21, 19, 21, 19):
        slipped.add(due, np.full((1, 1), shown, np.uint8))
    for shown in (40, 10):
        surplus.add(due, np.full((1, 1), shown, np.uint8))
    assert slipped.share == 1.0
    assert surplus.came == 20 + 11


def test_full_rate_is_judged_on_the_nearest_alone() -> None:
    at = np.array([[float(x), 0.0, 0.0] for x in range(20)])
    sent = np.full(20, 20, np.uint16)
    shown = np.zeros((20, 20), np.uint8)
    shown[0, 1:13] = 19
    shown[1, 2:14] = 18
    shares = nearest_full_share(at, sent, shown)
    assert shares[0] == 1.0
    assert shares[1] == 0.0
