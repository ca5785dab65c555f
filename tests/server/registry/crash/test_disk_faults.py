"""A disk that is full or fails: the log stops with a sentence, stays stopped though the disk is well again, and has lost nothing when it is opened next."""

from __future__ import annotations

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from carrel.ledger.entry import Entry
from carrel.ledger.sequencer import Accepted
from carrel.server.registry.errors import LogStopped
from carrel.server.registry.recovery import create_log, open_log
from tests.server.registry.crash.disk import everything, nothing
from tests.server.registry.crash.lab import FAIL_FROM, FAIL_ONCE, FAIL_OPEN_ONCE, FAIL_SYNC_ONCE, SHORT_WRITE, Lab
from tests.server.registry.crash.process import ORIGIN, SEED, START_MS

FAULTS = {
    "one call fails": (FAIL_ONCE, errno.EIO),
    "the disk is full": (FAIL_FROM, errno.ENOSPC),
    "one sync fails and the next goes well": (FAIL_SYNC_ONCE, errno.EIO),
    "a write is short": (SHORT_WRITE, 0),
    "too many files are open for a moment": (FAIL_OPEN_ONCE, errno.EMFILE),
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
    assert bool(stopped) or what in (SHORT_WRITE, FAIL_OPEN_ONCE)


def fails_well(lab: Lab, fault: tuple[int, int, int], random: Random) -> bool:
    """Whether the log stopped; SQLite and the log do without some calls (a WAL copied back later, an old file that stays)."""
    code, ops = lab.run(3, 12, fault)
    lab.follow(ops)
    stopped = lab.promised.stopped
    assert code == (1 if stopped else 0)
    if stopped:
        kind, sentence = stopped
        assert kind in ("LogStopped", "StorageError", "NotNow", "NoLog"), stopped
        assert "disk" in sentence or "cannot be" in sentence, sentence
    lab.cut(everything)
    lab.cut(nothing)
    lab.cut_some_way(random)
    return stopped is not None


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """For this process; a write beyond fails with EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_files_that_may_not_grow_any_more(entries: list[Entry], in_memory: Path) -> None:
    """The kernel's own refusal: the log stops, stays stopped when there is room again, and goes on at its next start."""
    folder = in_memory / "log"
    create_log(folder, ORIGIN, SEED)
    log = open_log(folder)
    kept: dict[int, bytes] = {}

    def grow() -> None:
        for at in range(0, len(entries), 20):
            for one in log.append(entries[at : at + 20], START_MS + at):
                assert isinstance(one, Accepted)
                kept[one.record.index] = one.record.leaf_hash

    with files_of_at_most(300_000), pytest.raises(LogStopped, match="library's disk"):
        grow()
    with pytest.raises(LogStopped):
        log.append(entries[log.size : log.size + 1], START_MS)
    with pytest.raises(LogStopped):
        log.seal()
    log.close()
    assert kept
    log = open_log(folder)
    assert {record.index: record.leaf_hash for record in log.store.records(0, len(kept))} == kept
    log.append(entries[log.size : log.size + 3], START_MS + len(entries))
    assert log.seal()
    log.close()
