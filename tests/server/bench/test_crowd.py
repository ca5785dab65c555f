"""The crowd: inside the room, at walking pace, the same each time; and the plan as the generator reads it."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from carrel.avatars.codec import decode_positions
from carrel.server.bench.crowd import (
    EYES_M,
    HEADSETS,
    SPOT_M,
    SPREADS,
    STEP_HZ,
    WALK_M_S,
    Hall,
    Spread,
    headsets,
    paths,
)
from carrel.server.bench.generator import MAGIC, Guest, plan_bytes, upgrade_request

HALL = Hall((1.0, 0.0, -2.0), (-20.0, 0.0, -10.0), (20.0, 6.0, 14.0))


@pytest.mark.parametrize("spread", SPREADS)
def test_everybody_stays_inside_and_moves_at_each_step(spread: Spread) -> None:
    steps = paths(spread, 50, 100, HALL)
    at = decode_positions(steps) + np.array(HALL.origin)
    assert (at >= np.array(HALL.bounds_min)).all()
    assert (at <= np.array(HALL.bounds_max)).all()
    assert np.allclose(at[..., 1], EYES_M, atol=0.01)
    moved = np.abs(np.diff(steps.astype(int), axis=0)).any(axis=2)
    assert moved.mean() > 0.95, "whoever does not move need not be shown"
    assert np.linalg.norm(np.diff(at, axis=0), axis=2).max() <= WALK_M_S / STEP_HZ + 0.005


def test_a_crowd_is_on_its_spot_and_the_same_again() -> None:
    steps = paths("crowd", 200, 3, HALL)
    assert np.ptp(decode_positions(steps)[..., 0]) <= SPOT_M + 0.5
    assert (steps == paths("crowd", 200, 3, HALL)).all()


@pytest.mark.parametrize("people", [2, 10, 333, 1000])
def test_the_share_of_headsets_holds_everywhere(people: int) -> None:
    worn = headsets(people)
    assert abs(worn.sum() - people * HEADSETS) < 1
    assert abs(worn[: people // 2].mean() - HEADSETS) <= 1 / max(people // 2, 1) + 0.3 * (people < 4)


def test_the_plan_has_its_parts_in_order() -> None:
    guests = [Guest(7, b"up"), Guest(9, upgrade_request("localhost:1", "/x", [("Cookie", "a=b")]), b"hello", b"lib")]
    steps = np.arange(12, dtype=np.int16).reshape(2, 2, 3)
    plan = plan_bytes("tick", guests, np.array([True, False]), steps, warm_steps=1, windows=3, stalled=1, at_once=4)
    assert struct.unpack_from("<8I", plan) == (MAGIC, 2, 2, 2, 50_000, 1, 3, 4)
    assert struct.unpack_from("<I", plan, 32) == (7 | 1 << 16,)
    assert plan[40:42] == b"up"
    assert struct.unpack_from("<I", plan, 50) == (9 | 1 << 17,)
    assert plan.endswith(steps.tobytes())
    assert b"Cookie: a=b\r\n\r\n" in plan
