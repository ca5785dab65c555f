"""Runs a log under the recorder, cuts the power where it is told to, and looks at what is left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

from carrel.ledger.entry import Entry
from tests.server.registry.crash.disk import KINDS, Disk, Keep, Op, read_record, write_image
from tests.server.registry.crash.process import Job
from tests.server.registry.crash.recorded import Promised, Recorder

KILL, KILL_HALFWAY, FAIL_ONCE, FAIL_FROM, SHORT_WRITE, FAIL_SYNC_ONCE, FAIL_OPEN_ONCE = range(1, 8)
"""recorder.c's faults."""
STEP_KINDS = "wtsrum"
"""Calls that the recorder counts; opening counts when it makes or empties a file."""


class Lab:
    """One log's life, over several processes. `promised` is what it said so far to others, `disk` what it wrote."""

    def __init__(self, recorder: Recorder, folder: Path, entries: list[Entry]) -> None:
        self._recorder = recorder
        self._folder = folder
        self._entries = entries
        self.root = folder / "disk"
        self.log = self.root / "data" / "ledger"
        self.checked = 0
        self.begin()

    def begin(self) -> None:
        """Another life, on an empty disk."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir()
        self.disk, self.promised = Disk(self.root), Promised()

    def run(
        self, seed: int, acts: int, fault: tuple[int, int, int] = (0, 0, 0), size: int = 0, founds: bool = False
    ) -> tuple[int, list[Op]]:
        """The next process: how it ended (a signal is negative) and what it did; `live` goes through that."""
        record = self._folder / "record"
        record.unlink(missing_ok=True)
        job = Job(
            root=str(self.root),
            folder=str(self.log),
            record=str(record),
            seed=seed,
            acts=acts,
            size=size,
            fault=fault,
            founds=founds,
        )
        code = self._recorder.run(job)
        return code, read_record(record)

    def live(self, ops: list[Op]) -> Iterator[int]:
        """Follows a process's life; after each step that could be the last one, its number."""
        for number, op in enumerate(ops):
            self.disk.run(op)
            if op.kind == "x":
                self.promised.hear(op)
            if op.kind != "c":
                yield number
        self.disk.died()

    def follow(self, ops: list[Op]) -> None:
        for _ in self.live(ops):
            pass

    def cut(self, keep: Keep) -> None:
        """The power goes, now; the machine starts again with what `keep` left. Raises whatever the log's promises break on."""
        left = self._folder / "left"
        write_image(self.disk.image(keep), left)
        try:
            self.promised.check(left / "data" / "ledger", self._entries)
        finally:
            shutil.rmtree(left)
        self.checked += 1

    def cut_each_way(self, random: Random) -> None:
        for kind in KINDS:
            self.cut(kind(random))

    def cut_some_way(self, random: Random) -> None:
        self.cut(random.choice(KINDS)(random))


def is_sync_of(ops: list[Op], name: str) -> Iterator[int]:
    """The steps, as the recorder counts them, at which the file `name` is synced."""
    opened: dict[int, str] = {}
    step, there = 0, set[bytes]()
    for op in ops:
        if op.kind == "o" and not op.error:
            opened[op.descriptor] = op.one.decode()
        if op.kind == "s" and opened[op.descriptor].endswith(name):
            yield step
        step += op.kind in STEP_KINDS or (
            op.kind == "o" and bool(op.number & 0o1000 or (op.number & 0o100 and op.one not in there))
        )
        if op.kind == "o":
            there.add(op.one)
        if op.kind == "r":
            there.add(op.two)
            there.discard(op.one)
        if op.kind == "u":
            there.discard(op.one)
