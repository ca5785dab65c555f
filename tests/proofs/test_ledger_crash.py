"""The power is cut at every call that changes the disk, in every way; processes are killed at each; each call fails once."""

from __future__ import annotations

import errno
from collections.abc import Callable
from random import Random

import pytest

from tests.server.registry.crash.conftest import entries, in_memory, lab, watched  # noqa: F401 - fixtures
from tests.server.registry.crash.lab import (
    FAIL_FROM,
    FAIL_ONCE,
    FAIL_OPEN_ONCE,
    FAIL_SYNC_ONCE,
    KILL,
    KILL_HALFWAY,
    SHORT_WRITE,
    Lab,
)
from tests.server.registry.crash.test_disk_faults import fails_well

pytestmark = pytest.mark.proof

LIVES = 60
STEPS = 300
MOST_STEPS = 700
CUTS_A_PROCESS = 6


@pytest.mark.parametrize(("seed", "size", "every"), [(11, 0, 1), (12, 0, 1), (13, 250, 8)])
def test_power_cuts(lab: Lab, seed: int, size: int, every: int, measured: Callable[..., None]) -> None:  # noqa: F811
    """The power cut after every single call: every acknowledged entry is there, no two signed checkpoints disagree, the log goes on, its audit passes."""
    random = Random(seed)
    code, ops = lab.run(seed, acts=20, size=size)
    assert code == 0
    for number in lab.live(ops):
        if number % every == 0:
            lab.cut_each_way(random)
    measured(calls=len(ops), states_of_the_disk=lab.checked)


def test_kills_and_then_power_cuts(lab: Lab, measured: Callable[..., None]) -> None:  # noqa: F811
    """Logs killed at any call, up to four times, then a power cut in the next process: nothing that one of them acknowledged is lost."""
    random, killed = Random(21), 0
    for _ in range(LIVES):
        lab.begin()
        for _ in range(random.randint(2, 5)):
            fault = (random.randrange(MOST_STEPS // 2), random.choice((KILL, KILL_HALFWAY)), 0)
            code, ops = lab.run(random.randrange(10**6), random.randrange(3, 15), fault)
            assert code in (0, -9)
            killed += code == -9
            last = set(random.sample(range(len(ops)), min(len(ops), CUTS_A_PROCESS)))
            for number in lab.live(ops):
                if number in last:
                    lab.cut_some_way(random)
    measured(logs=LIVES, kills=killed, states_of_the_disk=lab.checked)


@pytest.mark.parametrize(
    ("what", "error"),
    [
        (FAIL_ONCE, errno.EIO),
        (FAIL_FROM, errno.ENOSPC),
        (FAIL_SYNC_ONCE, errno.EIO),
        (SHORT_WRITE, 0),
        (FAIL_OPEN_ONCE, errno.EMFILE),
    ],
    ids=["one call fails", "disk full", "one sync fails", "short write", "too many open files"],
)
def test_faults(lab: Lab, what: int, error: int, measured: Callable[..., None]) -> None:  # noqa: F811
    """Each call of a log's life fails, or the disk is full from there on: it stops with a sentence, stays stopped, and has lost nothing when opened."""
    random, stopped = Random(what), 0
    for step in range(0, STEPS, 2):
        lab.begin()
        stopped += fails_well(lab, (step, what, error), random)
    measured(faults=STEPS // 2, stopped=stopped, states_of_the_disk=lab.checked)
