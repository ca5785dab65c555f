"""A log's two threads: one appends, and beside it one seals and publishes, so that nobody's acknowledgement waits for tiles.

The appender takes all that has gathered while it was busy, up to `MOST_IN_COMMIT` entries, into one commit: an idle log commits at once, a busy one in groups.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Condition, Event, Thread
from typing import Final, NamedTuple

import structlog

from carrel.ledger.checkpoint import Note, parse_note
from carrel.ledger.entry import Entry
from carrel.ledger.errors import BadNote
from carrel.ledger.sequencer import Verdict
from carrel.server.clock import Clock
from carrel.server.registry.errors import LogStopped, NotNow, Unwitnessed
from carrel.server.registry.log import MOST_IN_COMMIT, Log
from carrel.server.registry.metrics import LogMetrics

log = structlog.get_logger("carrel.ledger")

SEAL_EVERY_S: Final = 1.0
Cosign = Callable[[Note], Note]
"""A sealed checkpoint, perhaps with cosignatures → the note with as many as the policy asks for. Raises Unwitnessed, LogStopped."""


class _Job(NamedTuple):
    entries: Sequence[Entry]
    answer: Future[list[Verdict]]


class Appender:
    """Raises nothing: what goes wrong is the answer of those who wait."""

    def __init__(self, opened: Log, clock: Clock, metrics: LogMetrics, committed: Callable[[], None]) -> None:
        self._log = opened
        self._now_ms = clock
        self._metrics = metrics
        self._committed = committed
        self._jobs: deque[_Job] = deque()
        self._change = Condition()
        self._ending = False
        self.rate_per_s = 1000.0
        """Entries that a busy log commits in a second, as lately measured."""
        self._thread = Thread(target=self._run, name="ledger-append", daemon=True)
        self._thread.start()

    def put(self, entries: Sequence[Entry]) -> Future[list[Verdict]]:
        """At most `MOST_AT_ONCE`; they stay together and in their order. The answer may be LogStopped."""
        answer: Future[list[Verdict]] = Future()
        answer.set_running_or_notify_cancel()  # who asked may go away; the commit goes on
        with self._change:
            if self._ending:
                answer.set_exception(self._log.stopped or LogStopped("The library is closing."))
                return answer
            self._jobs.append(_Job(entries, answer))
            self._change.notify()
        return answer

    def end(self) -> None:
        """Finish what was put, then stop."""
        with self._change:
            self._ending = True
            self._change.notify()
        self._thread.join()

    def _run(self) -> None:
        while jobs := self._next():
            self._commit(jobs)

    def _next(self) -> list[_Job]:
        with self._change:
            while not self._jobs and not self._ending:
                self._change.wait()
            taken, room = [], MOST_IN_COMMIT
            while self._jobs and len(self._jobs[0].entries) <= room:
                taken.append(self._jobs.popleft())
                room -= len(taken[-1].entries)
            return taken

    def _commit(self, jobs: list[_Job]) -> None:
        entries = [entry for job in jobs for entry in job.entries]
        began = time.monotonic()
        try:
            verdicts = self._log.append(entries, self._now_ms())
        except Exception as error:
            stopped = error if isinstance(error, LogStopped) else self._log.stopped or LogStopped(str(error))
            for job in jobs:
                job.answer.set_exception(stopped)
            self._committed()
            return
        spent_s = time.monotonic() - began
        self._metrics.commit_seconds.observe(spent_s)
        self._metrics.count(verdicts)
        if len(entries) > 1:
            self.rate_per_s += 0.2 * (len(entries) / max(spent_s, 1e-6) - self.rate_per_s)
        at = 0
        for job in jobs:
            job.answer.set_result(verdicts[at : at + len(job.entries)])
            at += len(job.entries)
        self._committed()


class Sealer:
    """`published(note, size)` is called on its thread after each checkpoint that everybody can read, `stopped` when the log has stopped."""

    def __init__(
        self, opened: Log, cosign: Cosign, published: Callable[[Note, int], None], stopped: Callable[[], None]
    ) -> None:
        self._log = opened
        self._cosign = cosign
        self._published = published
        self._stopped = stopped
        self._work = Event()
        self._ending = Event()
        self._unwitnessed = False
        self._thread = Thread(target=self._run, name="ledger-seal", daemon=True)
        self._work.set()  # what was acknowledged before a crash, or sealed and not published
        self._thread.start()

    def wake(self) -> None:
        self._work.set()

    def end(self) -> None:
        """Seal and publish what there is, then stop."""
        self._ending.set()
        self._work.set()
        self._thread.join()

    def _run(self) -> None:
        due = 0.0
        while not self._ending.is_set():
            self._work.wait()
            self._ending.wait(max(0.0, due - time.monotonic()))
            self._work.clear()
            began = time.monotonic()
            if self._round():
                due = began + SEAL_EVERY_S
        self._round()

    def _round(self) -> bool:
        """Whether something was done, or tried."""
        if self._log.stopped is not None:
            self._stopped()
            return False
        try:
            sealed = self._log.seal() is not None
            published = self._publish(parse_note(self._log.sealed), self._log.sealed_size)
            return sealed or published
        except Unwitnessed as error:
            if not self._unwitnessed:
                log.warning("ledger_unwitnessed", error=str(error))
            self._unwitnessed = True
            self._work.set()
        except NotNow as error:
            log.warning("ledger_seals_later", error=str(error))
            self._work.set()
        except LogStopped as error:
            self._log.stop(error)
            self._stopped()
        except Exception as error:
            self._log.stop(LogStopped(f"The ledger stopped on an unforeseen {type(error).__name__}: {error}"))
            self._stopped()
        return True

    def _publish(self, sealed: Note, size: int) -> bool:
        there = self._there(sealed)
        # Asked for what is published too: the policy may have changed since.
        wanted = self._cosign(there or sealed)
        if wanted != there:
            self._log.publish(wanted)
        self._unwitnessed = False
        self._published(wanted, size)
        return wanted != there

    def _there(self, sealed: Note) -> Note | None:
        """The sealed checkpoint as it is published, if it is."""
        try:
            there = self._log.published()
        except (OSError, BadNote):
            return None  # it is made again
        return there if there.text == sealed.text else None
