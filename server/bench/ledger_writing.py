"""What it costs to add to a log, beside the bare work that cannot be avoided: signatures to verify, a disk to wait for.

Floor and figure take turns in short rounds, so that both see the same machine. Entries are made and signed before the clock runs.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final, NamedTuple, NoReturn

from nacl.bindings import crypto_sign_open

from carrel.ledger.entry import DOMAIN, Entry, parse
from carrel.ledger.errors import LedgerError, Refused
from carrel.ledger.sequencer import Accepted, Verdict
from carrel.server.bench.generator import BenchmarkError
from carrel.server.registry.group_checker import Given, GroupChecker
from carrel.server.registry.log import Log
from carrel.server.registry.metrics import LogMetrics
from carrel.server.registry.pipeline import SEAL_EVERY_S, Appender
from carrel.server.registry.recovery import create_log, open_log

ORIGIN: Final = "example.org/bench"
GROUP: Final = 1000
GROUPS_AHEAD: Final = 8
"""Groups that are being checked or appended: as many as a few clients send at once."""
CHECKED_AHEAD: Final = 3
"""Of them, those being checked: one whose signatures are verified, one before that and one after."""
BLOCK: Final = 50
"""Single appends between two turns of the floor."""
FLOOR_BYTES: Final = 4096


class Turns(NamedTuple):
    """Seconds by round: of the floor's work and of ours, on the same entries. `floor_cpu_s`: of its seconds, those in which it had a core."""

    floor_s: list[float]
    ours_s: list[float]
    floor_cpu_s: list[float]

    @property
    def ratio(self) -> float:
        """How fast we are, the floor being 1."""
        return sum(self.floor_s) / sum(self.ours_s)

    @property
    def ratios(self) -> list[float]:
        """The same by round."""
        return [round(floor / ours, 3) for floor, ours in zip(self.floor_s, self.ours_s, strict=True)]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@contextmanager
def fresh_log(folder: Path) -> Iterator[Log]:
    create_log(folder, ORIGIN, os.urandom(32))
    opened = open_log(folder)
    try:
        yield opened
    finally:
        opened.close()


def verify_bare(entries: Sequence[Entry]) -> tuple[float, float]:
    """Seconds that libsodium needs for their signatures, called as plainly as Python can, and how many of them it had a core."""
    signed = [(one.signature + DOMAIN + entry.raw, one.key) for entry in entries for one in entry.signatures]
    began_s, began_cpu_s = time.perf_counter(), time.thread_time()
    for message, key in signed:
        crypto_sign_open(message, key)
    return time.perf_counter() - began_s, time.thread_time() - began_cpu_s


class GroupWriter:
    """Groups in: form, signatures, admission, tree, commit; and once a second a sealed and published checkpoint. The parts are the library's own."""

    def __init__(self, opened: Log) -> None:
        self._log = opened
        self._checker = GroupChecker()
        self._checker.check([])
        self._threads = ThreadPoolExecutor(2, "bench-check")
        self._appender = Appender(opened, now_ms, LogMetrics(), lambda: None)

    def append(self, entries: Sequence[Entry]) -> float:
        """Seconds until all are acknowledged and under a published checkpoint. The order of groups is kept. Raises BenchmarkError if one is refused."""
        given: list[Given] = [(one.raw, one.signatures) for one in entries]
        groups = [given[at : at + GROUP] for at in range(0, len(given), GROUP)]
        began_s = time.perf_counter()
        with _sealed_every_second(self._log):
            self._append(groups)
        return time.perf_counter() - began_s

    def _append(self, groups: list[list[Given]]) -> None:
        checked: deque[Future[list[Entry | Refused]]] = deque()
        answers: deque[Future[list[Verdict]]] = deque()
        for group in groups:
            if len(checked) == CHECKED_AHEAD:
                answers.append(self._appender.put(_all_good(checked.popleft().result())))
            if len(checked) + len(answers) == GROUPS_AHEAD:
                expect_accepted(answers.popleft().result())
            checked.append(self._threads.submit(self._checker.check, group))
        answers.extend(self._appender.put(_all_good(one.result())) for one in checked)
        for one in answers:
            expect_accepted(one.result())

    def close(self) -> None:
        self._appender.end()
        self._threads.shutdown()
        self._checker.close()


def grouped(folder: Path, opening: Sequence[Entry], rounds: Sequence[Sequence[Entry]]) -> Turns:
    """The log is `folder`'s and stays there."""
    turns = Turns([], [], [])
    with fresh_log(folder) as opened:
        writer = GroupWriter(opened)
        try:
            writer.append(opening)
            for entries in rounds:
                floor_s, floor_cpu_s = verify_bare(entries)
                turns.floor_s.append(floor_s)
                turns.floor_cpu_s.append(floor_cpu_s)
                turns.ours_s.append(writer.append(entries))
        finally:
            writer.close()
    return turns


def single(opened: Log, entries: Sequence[Entry], file: Path) -> Turns:
    """One entry after the other, each verified, admitted and durable before the next begins; the floor appends 4 KiB to a file and syncs it."""
    turns = Turns([], [], [])
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        for at in range(0, len(entries), BLOCK):
            turns.floor_s.append(_sync_bare(descriptor, len(entries[at : at + BLOCK])))
            began_s = time.perf_counter()
            for one in entries[at : at + BLOCK]:
                expect_accepted(opened.append([parse(one.raw, one.signatures)], now_ms()))
            turns.ours_s.append(time.perf_counter() - began_s)
    finally:
        os.close(descriptor)
        file.unlink()
    return turns


def _sync_bare(descriptor: int, count: int) -> float:
    data = os.urandom(FLOOR_BYTES)
    began_s = time.perf_counter()
    for _ in range(count):
        os.write(descriptor, data)
        os.fdatasync(descriptor)
    return time.perf_counter() - began_s


@contextmanager
def _sealed_every_second(opened: Log) -> Iterator[None]:
    """While it lasts and once more at its end, which does not wait for the second to be over."""
    over = Event()
    thread = Thread(target=_seal, args=(opened, over), name="bench-seal")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _seal(opened: Log, over: Event) -> None:
    while True:
        last = over.wait(SEAL_EVERY_S)
        note = opened.seal()
        if note is not None:
            opened.publish(note)
        if last:
            return


def _all_good(found: list[Entry | Refused]) -> list[Entry]:
    return [one if isinstance(one, Entry) else _complain(one) for one in found]


def expect_accepted(verdicts: Sequence[Verdict]) -> None:
    for one in verdicts:
        if not isinstance(one, Accepted):
            _complain(one)


def _complain(error: LedgerError) -> NoReturn:
    raise BenchmarkError(f"The log refused an entry of the benchmark: {error}") from error
