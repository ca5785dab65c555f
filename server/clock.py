"""The one clock, given to every part that needs the time."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Unix time in milliseconds that never goes back."""


def steady_clock() -> Clock:
    """Unix milliseconds that never go back, whatever is done to the system's clock."""
    start_ns = time.time_ns() - time.monotonic_ns()
    return lambda: (start_ns + time.monotonic_ns()) // 1_000_000


def wall_clock() -> Clock:
    """Unix milliseconds that follow the system's clock when it is set right, and never go back: for what others compare with their own clocks."""
    latest = 0

    def now_ms() -> int:
        nonlocal latest
        latest = max(latest, time.time_ns() // 1_000_000)
        return latest

    return now_ms
