"""A process that keeps logs and is watched by recorder.c: each line that it reads is a job, done in a child of its own that may be killed.

The child says what it promised to whom, in the same record as its calls: so it stands in between them where it belongs.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from carrel.ledger.checkpoint import Note, parse_note
from carrel.ledger.entry import Entry
from carrel.ledger.promise import SignedPromise
from carrel.ledger.sequencer import Accepted
from carrel.server.bench.ledger_world import mixed_entries
from carrel.server.registry.databases import open_store
from carrel.server.registry.errors import LogStopped, NotNow
from carrel.server.registry.init import open_library_log
from carrel.server.registry.log import Log
from carrel.server.registry.recovery import ABOUT, create_log, open_log
from carrel.server.registry.store import SqlStore
from carrel.server.settings import Settings

ORIGIN: Final = "library.example/crash"
SEED: Final = sha256(b"the key of a log that will crash").digest()
START_MS: Final = 1_750_000_000_000
ENTRIES: Final = 400


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """`fault`: (the step at which, what, errno), of recorder.c's kinds. `acts`: how much is done, after the log has got `size` entries.

    `wal_pages`: how often SQLite copies its WAL back. `founds`: the log is a library's own, made and founded as at its first start, and that is all.
    """

    root: str
    folder: str
    record: str
    seed: int
    acts: int
    size: int = 0
    fault: tuple[int, int, int] = (0, 0, 0)
    wal_pages: int = 40
    founds: bool = False


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of these at a time. `acknowledged`: (index, leaf hash in hex) each. `signed`, `published`: a note. `stopped`: an error's type and sentence."""

    created: bool = False
    opened: int | None = None
    acknowledged: tuple[tuple[int, str], ...] = ()
    promise: SignedPromise | None = None
    signed: str = ""
    published: str = ""
    stopped: tuple[str, str] | None = None


def world() -> list[Entry]:
    """The entries that every job appends, in their order."""
    return list(mixed_entries(ORIGIN, 7, ENTRIES, START_MS))


def eager_store(wal_pages: int) -> Callable[[str], SqlStore]:
    """Copies its WAL back so often that a short run has all of that too."""

    def store(url: str) -> SqlStore:
        made = open_store(url)
        made._transact(lambda connection: connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={wal_pages}").all())
        return made

    return store


def first_start(root: Path) -> Log:
    return open_library_log(Settings(data_dir=str(root / "data")), lambda: START_MS)


class Work:
    def __init__(self, job: Job, entries: list[Entry], say: Callable[[Said], None]) -> None:
        self.job = job
        self.entries = entries
        self.say = say
        self.random = Random(job.seed)
        self.folder = Path(job.folder)
        self.note: Note | None = None
        self.log: Log | None = None

    def run(self) -> None:
        if self.job.founds:
            first_start(Path(self.job.root)).close()
            self.say(Said(created=True))
            return
        if not (self.folder / ABOUT).exists():
            create_log(self.folder, ORIGIN, SEED)
            self.say(Said(created=True))
        log = self.open()
        self.append(log, max(0, log.size - 3), log.size)  # whoever got no answer asks again
        for end in range(log.size + 50, self.job.size + 1, 50):
            self.append(log, log.size, end)
            self.publish(self.seal(log))
        acts = (self.grow, self.grow, self.grow, self.seal, self.seal, self.publish, self.again)
        for _ in range(self.job.acts):
            act = self.random.choice(acts)
            try:
                log = act(log)
            except NotNow:
                log = act(log)
        log.close()

    def open(self) -> Log:
        self.note = self.log = None
        self.log = open_log(self.folder, store=eager_store(self.job.wal_pages))
        self.say(Said(opened=self.log.size))
        return self.log

    def stays_stopped(self) -> None:
        """Whatever failed: the disk may be well again now, and the log does not trust it."""
        log = self.log
        if log is None:
            return
        acts: tuple[Callable[[], object], ...] = (
            lambda: log.append(self.entries[log.size : log.size + 1], START_MS + ENTRIES),
            log.seal,
            lambda: log.publish(parse_note(log.sealed)),
        )
        for act in acts:
            try:
                act()
            except LogStopped:
                continue
            os._exit(2)
        log.close()

    def grow(self, log: Log) -> Log:
        start = log.size - min(log.size, self.random.choice((0, 0, 2)))
        self.append(log, start, log.size + self.random.choice((1, 1, 2, 12)))
        return log

    def append(self, log: Log, start: int, end: int) -> None:
        some = self.entries[start:end]
        verdicts = log.append(some, START_MS + end) if some else []
        accepted = [one for one in verdicts if isinstance(one, Accepted)]
        assert len(accepted) == len(some), verdicts
        if accepted:
            promise = log.promise(verdicts) if not any(one.again for one in accepted) else None
            given = tuple((one.record.index, one.record.leaf_hash.hex()) for one in accepted)
            self.say(Said(acknowledged=given, promise=promise))

    def seal(self, log: Log) -> Log:
        self.note = log.seal() or self.note
        if self.note:
            self.say(Said(signed=self.note.encode().decode()))
        return log

    def publish(self, log: Log) -> Log:
        if self.note:
            log.publish(self.note)
            self.say(Said(published=self.note.encode().decode()))
        return log

    def again(self, log: Log) -> Log:
        log.close()
        return self.open()


def child(job: Job, entries: list[Entry]) -> int:
    recorder = ctypes.CDLL(None)
    recorder.recorder_say.argtypes = [ctypes.c_char_p]
    recorder.recorder_fault.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_int]
    descriptor = os.open(job.record, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def say(said: Said) -> None:
        recorder.recorder_say(msgspec.json.encode(said))

    recorder.recorder_start(descriptor, job.root.encode())
    recorder.recorder_fault(*job.fault)
    work = Work(job, entries, say)
    try:
        work.run()
    except Exception as error:
        say(Said(stopped=(type(error).__name__, str(error))))
        work.stays_stopped()
        return 1
    return 0


def main() -> None:
    entries = world()
    for line in sys.stdin:
        job = msgspec.json.decode(line, type=Job)
        pid = os.fork()
        if not pid:
            code = 2
            try:
                code = child(job, entries)
            finally:
                os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
