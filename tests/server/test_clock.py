from __future__ import annotations

import time

import pytest

from carrel.server.clock import steady_clock, wall_clock


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The system's clock, to be set; the monotonic one stands still."""
    now = {"ns": 1_000_000_000_000_000_000}
    monkeypatch.setattr(time, "time_ns", lambda: now["ns"])
    monkeypatch.setattr(time, "monotonic_ns", lambda: 5)
    return now


def test_the_wall_clock_follows_forward_and_never_goes_back(system: dict[str, int]) -> None:
    clock = wall_clock()
    began = clock()
    system["ns"] -= 3_600_000_000_000
    assert clock() == began
    system["ns"] += 7_200_000_000_000
    assert clock() == began + 3_600_000


def test_the_steady_clock_does_not_follow(system: dict[str, int]) -> None:
    clock = steady_clock()
    began = clock()
    system["ns"] += 3_600_000_000_000
    assert clock() == began
