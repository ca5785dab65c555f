"""A disk that is full or fails: the log stops with a sentence, stays stopped though the disk is well again, and has lost nothing when it is opened next."""

from __future__ import annotations

import errno
from random import Random

import pytest

from tests.server.registry.crash.disk import everything, nothing
from tests.server.registry.crash.lab import FAIL_FROM, FAIL_ONCE, FAIL_SYNC_ONCE, SHORT_WRITE, Lab

FAULTS = {
    "one call fails": (FAIL_ONCE, errno.EIO),
    "the disk is full": (FAIL_FROM, errno.ENOSPC),
    "one sync fails and the next goes well": (FAIL_SYNC_ONCE, errno.EIO),
    "a write is short": (SHORT_WRITE, 0),
}
STEPS = 8


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_the_log_and_loses_nothing(lab: Lab, fault: str) -> None:
    random = Random(fault)
    what, error = FAULTS[fault]
    stopped = 0
    for _ in range(STEPS):
        lab.begin()
        stopped += fails_well(lab, (random.randrange(250), what, error), random)
    assert bool(stopped) == (what != SHORT_WRITE)


def fails_well(lab: Lab, fault: tuple[int, int, int], random: Random) -> bool:
    """Whether the log stopped; SQLite and the log do without some calls (a WAL copied back later, an old file that stays)."""
    code, ops = lab.run(3, 12, fault)
    lab.follow(ops)
    stopped = lab.promised.stopped
    assert code == (1 if stopped else 0)
    if stopped:
        kind, sentence = stopped
        assert kind in ("LogStopped", "StorageError"), stopped
        assert "disk" in sentence or "cannot be" in sentence, sentence
    lab.cut(everything)
    lab.cut(nothing)
    lab.cut_some_way(random)
    return stopped is not None
