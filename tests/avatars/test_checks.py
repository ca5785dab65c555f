"""What a room believes of a pose."""

from __future__ import annotations

import numpy as np
import pytest

from carrel.avatars import checks
from carrel.avatars.codec import FLAG_AWAY, FLAG_JUMP, FLAG_SEATED, STEP_M

BOUNDS = checks.bounds_in_steps((-10, 0, -10), (10, 3, 10), (0, 0, 0))


def judge(
    before: list[float], after: list[float], elapsed_ms: int = 50, allowance: float = 5
) -> tuple[bool, bool, bool]:
    def steps(metres: list[float]) -> np.ndarray:
        return np.rint(np.array([metres]) / STEP_M).astype(np.int16)

    verdict = checks.judge(
        steps(before), steps(after), np.array([elapsed_ms]), np.array([allowance], np.float32), BOUNDS, 8.0
    )
    return tuple(bool(part[0]) for part in verdict)


@pytest.mark.parametrize(
    ("before", "after", "elapsed_ms", "allowance", "accepted", "jumped", "outside"),
    [
        ([0, 1.6, 0], [0.4, 1.6, 0], 50, 5, True, False, False),
        ([0, 1.6, 0], [5, 1.6, 0], 50, 5, True, True, False),
        ([0, 1.6, 0], [5, 1.6, 0], 50, 0.9, False, False, False),
        ([0, 1.6, 0], [5, 1.6, 0], 600, 0, True, False, False),
        ([-9, 1.6, 0], [9, 1.6, 0], 60_000, 0, False, False, False),
        ([9.9, 1.6, 0], [10.1, 1.6, 0], 50, 5, False, False, True),
        ([0, 1.6, 0], [0, -0.1, 0], 50, 5, False, False, True),
        ([0, 1.6, 0], [10, 3, 10], 50, 5, True, True, False),
    ],
)
def test_judgements(
    before: list[float],
    after: list[float],
    elapsed_ms: int,
    allowance: float,
    accepted: bool,
    jumped: bool,
    outside: bool,
) -> None:
    assert judge(before, after, elapsed_ms, allowance) == (accepted, jumped, outside)


def test_the_servers_flags_are_not_the_clients() -> None:
    flags = np.array([FLAG_AWAY | FLAG_SEATED, FLAG_AWAY], np.uint8)
    assert checks.client_flags(flags).tolist() == [FLAG_SEATED, 0]
    assert checks.flag_jumps(checks.client_flags(flags), np.array([True, False])).tolist() == [
        FLAG_SEATED | FLAG_JUMP,
        0,
    ]


def test_bounds_must_fit_around_the_origin() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        checks.bounds_in_steps((-100, 0, -100), (100, 5, 100), (0, 0, 0))
    with pytest.raises(ValueError, match="do not fit"):
        checks.bounds_in_steps((1, 0, 0), (0, 0, 0), (0, 0, 0))
    with pytest.raises(ValueError, match="do not fit"):
        checks.bounds_in_steps((float("nan"), 0, 0), (1, 1, 1), (0, 0, 0))
