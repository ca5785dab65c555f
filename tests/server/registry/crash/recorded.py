"""Runs of `process` under recorder.c, and what was promised in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from carrel.ledger import promise as promises
from carrel.ledger.audit import audit
from carrel.ledger.checkpoint import Checkpoint, NoteSigner, open_checkpoint, parse_checkpoint, parse_note
from carrel.ledger.entry import Entry
from carrel.ledger.sequencer import Accepted
from carrel.server.registry.log import Log
from carrel.server.registry.recovery import ABOUT, create_log, open_log
from tests.ledger.rfc6962 import NaiveTree
from tests.server.registry.crash.disk import Op
from tests.server.registry.crash.process import ORIGIN, SEED, START_MS, Job, Said

SOURCE = Path(__file__).with_name("recorder.c")
ROOT = Path(__file__).parents[4]
SIGNER = NoteSigner(ORIGIN, SEED)
COMPILER = shutil.which("cc") if sys.platform == "linux" else None


def build_recorder(folder: Path) -> Path:
    library = folder / "recorder.so"
    assert COMPILER
    subprocess.run([COMPILER, "-O1", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl", "-lpthread"], check=True)
    return library


class Recorder:
    """Does jobs in a process that is watched."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, job: Job) -> int:
        """The child's exit code, negative if a signal ended it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(msgspec.json.encode(job).decode() + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        assert code != 2, "the workload itself failed"
        return code


@contextmanager
def recorder(library: Path) -> Iterator[Recorder]:
    environment = os.environ | {"LD_PRELOAD": str(library)}
    command = [sys.executable, "-m", "tests.server.registry.crash.process"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Recorder(process)
        assert process.stdin
        process.stdin.close()


class Promised:
    """Everything that a log said to others, up to some moment."""

    def __init__(self) -> None:
        self.created = False
        self.entries: dict[int, str] = {}
        self.checkpoints: set[Checkpoint] = set()
        self.stopped: tuple[str, str] | None = None

    def hear(self, op: Op) -> None:
        said = msgspec.json.decode(op.one, type=Said)
        self.created |= said.created
        self.stopped = said.stopped or self.stopped
        for index, leaf_hash in said.acknowledged:
            assert self.entries.setdefault(index, leaf_hash) == leaf_hash, "one index, two entries"
        if said.promise:
            hashes = [bytes.fromhex(leaf_hash) for _, leaf_hash in said.acknowledged]
            promises.verify(said.promise, SIGNER.verifier().key, hashes)
        for note in (said.signed, said.published):
            if note:
                self.checkpoints.add(parse_checkpoint(parse_note(note.encode()).text))

    def check(self, folder: Path, entries: list[Entry]) -> int:
        """That the log in `folder` opens, kept all of it, and goes on. The size that it was found with."""
        if not self.created and not (folder / ABOUT).exists():
            create_log(folder, ORIGIN, SEED)
        log = open_log(folder)
        try:
            found = log.size
            self._go_on(log, entries)
        finally:
            log.close()
        return found

    def _go_on(self, log: Log, entries: list[Entry]) -> None:
        self.kept(log)
        size, sealed = log.size, log.sealed
        verdicts = log.append(entries[max(0, size - 2) : size + 2], START_MS + len(entries))
        assert all(isinstance(one, Accepted) for one in verdicts)
        assert log.size == size + 2
        note = log.seal()
        assert note
        log.publish(note)
        self.kept(log)
        public = open_checkpoint(log.files.read("checkpoint"), SIGNER.verifier(), ORIGIN)
        assert audit(public, log.files.read).size == size + 2
        assert parse_checkpoint(parse_note(sealed).text).size <= size

    def kept(self, log: Log) -> None:
        leaves = list(log.store.records(0, log.size))
        for index, leaf_hash in self.entries.items():
            assert index < len(leaves), f"entry {index} was acknowledged and is lost"
            assert leaves[index].leaf_hash.hex() == leaf_hash, f"entry {index} is another one"
        tree = NaiveTree([one.leaf for one in leaves])
        for checkpoint in self.checkpoints:
            assert checkpoint.size <= len(leaves), f"{checkpoint.size} entries were signed and {len(leaves)} are left"
            assert checkpoint.root == tree.mth(0, checkpoint.size), f"two histories of {checkpoint.size} entries"
