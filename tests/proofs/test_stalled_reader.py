"""One of fifty people stops reading: what the others are shown, and how old it is, with and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from carrel.server.bench.room import RoomFigures, measure

pytestmark = pytest.mark.proof

PEOPLE = 50
SECONDS = 8
TICK_MS = 50


def figures(stalled: int) -> RoomFigures:
    found = measure(PEOPLE, SECONDS, stalled=stalled, companions=0)
    assert not found.misread
    return found


def test_a_stalled_reader_costs_the_others_nothing(measured: Callable[..., None]) -> None:
    """Somebody who stops reading costs the others nothing: they are shown as much, and not a tick later."""
    without, with_one = figures(0), figures(1)
    measured(
        people=PEOPLE,
        p99_ms=f"{without.age_p99_ms:.0f} → {with_one.age_p99_ms:.0f}",
        ratio=f"{with_one.age_p99_ms / without.age_p99_ms:.2f}",
        delivered=f"{without.delivered_share:.1%} → {with_one.delivered_share:.1%}",
        server_core=f"{without.server_core_share:.1%} → {with_one.server_core_share:.1%}",
    )
    assert with_one.delivered_share >= without.delivered_share - 0.01
    assert with_one.age_p99_ms <= without.age_p99_ms + TICK_MS
