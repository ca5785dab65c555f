"""A ledger's service is killed again and again, without warning, while many clients write to it; another process keeps what it promised them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random

import msgspec
import pytest

from carrel.ledger import promise as promises
from carrel.ledger.audit import audit
from carrel.ledger.checkpoint import open_checkpoint, parse_checkpoint, parse_note
from carrel.server.registry.log import Log
from carrel.server.registry.recovery import create_log, open_log
from tests.ledger.rfc6962 import NaiveTree
from tests.server.registry.crash.busy import JOINS, MIXED, Heard, Life
from tests.server.registry.crash.process import ORIGIN, SEED
from tests.server.registry.crash.recorded import ROOT, SIGNER

pytestmark = pytest.mark.proof

KILLS = 220
A_LOG = 20
"""Kills that one log survives before the next one begins."""


class Load:
    """The two processes: one that is killed, one that keeps what it said."""

    def __init__(self, held: ExitStack, folder: Path) -> None:
        reading, self._pipe = os.pipe()
        self._kept = folder / "heard"
        self._asked = 0
        keeper = [sys.executable, "-m", "tests.server.registry.crash.keeper", str(self._kept)]
        self._keeper = held.enter_context(
            subprocess.Popen(keeper, cwd=ROOT, stdin=reading, stdout=subprocess.PIPE, text=True)
        )
        os.close(reading)
        busy = [sys.executable, "-m", "tests.server.registry.crash.busy", str(self._pipe)]
        self._busy = held.enter_context(
            subprocess.Popen(
                busy, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=[self._pipe]
            )
        )
        held.callback(self._end)
        assert self._line(self._busy) == "ready"

    def kill_after(self, life: Life, seconds: float) -> None:
        assert self._busy.stdin
        self._busy.stdin.write(msgspec.json.encode(life).decode() + "\n")
        self._busy.stdin.flush()
        child = int(self._line(self._busy))
        time.sleep(seconds)  # the moment of a kill is chance
        os.kill(child, signal.SIGKILL)
        assert self._line(self._busy) == str(-signal.SIGKILL), "it ended by itself"

    def heard(self) -> list[Heard]:
        """All that was said and is on the keeper's disk."""
        self._asked += 1
        # A kill may have left half a line in the pipe.
        os.write(self._pipe, f"\n?{self._asked}\n".encode())
        assert self._line(self._keeper) == f"?{self._asked}"
        found = []
        for line in self._kept.read_bytes().splitlines():
            try:
                found.append(msgspec.json.decode(line, type=Heard))
            except msgspec.DecodeError:
                assert not line.endswith(b"}")
        return found

    def forget(self) -> None:
        self.heard()
        os.truncate(self._kept, 0)

    def _line(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout
        return process.stdout.readline().strip()

    def _end(self) -> None:
        os.close(self._pipe)
        assert self._busy.stdin
        self._busy.stdin.close()


def test_kills(tmp_path: Path, measured: Callable[..., None]) -> None:
    """A ledger killed under load: every promise that anybody got is kept, every checkpoint that a witness saw is part of the tree, the audit passes."""
    random = Random(31)
    kept = seen = 0
    with ExitStack() as held:
        load = Load(held, tmp_path)
        for number in range(KILLS // A_LOG):
            folder = tmp_path / f"ledger {number}"
            create_log(folder, ORIGIN, SEED)
            load.forget()
            sent = {"mixed": 0, "joins": 0, "first": 0}
            for _ in range(A_LOG):
                load.kill_after(
                    Life(folder=str(folder), mixed=sent["mixed"], joins=max(0, sent["joins"] - 20)),
                    random.random() * 0.3,
                )
                heard = load.heard()
                for one in heard:
                    if one.source:
                        sent[one.source] = max(sent[one.source], one.next)
                assert sent["mixed"] < MIXED
                assert sent["joins"] < JOINS
                log = open_log(folder)
                try:
                    keeps(log, heard)
                finally:
                    log.close()
            kept += log.size
            seen += sum(1 for one in heard if one.note)
            log = open_log(folder)
            note = log.seal()
            if note:
                log.publish(note)
            audited = audit(open_checkpoint(log.sealed, SIGNER.verifier(), ORIGIN), log.files.read)
            assert audited.size == log.size
            log.close()
    assert kept > KILLS
    measured(kills=KILLS, entries=kept, checkpoints_seen=seen)


def keeps(log: Log, heard: list[Heard]) -> None:
    records = list(log.store.records(0, log.size))
    for one in heard:
        if one.promise:
            at = one.promise.promise.index
            found = [record.leaf_hash for record in records[at : at + one.promise.promise.count]]
            assert [bytes.fromhex(leaf_hash) for leaf_hash in one.leaf_hashes] == found
            promises.verify(one.promise, SIGNER.verifier().key, found)
    tree = NaiveTree([record.leaf for record in records])
    for note in {one.note for one in heard if one.note}:
        checkpoint = parse_checkpoint(parse_note(note.encode()).text)
        assert checkpoint.size <= len(records)
        assert tree.mth(0, checkpoint.size) == checkpoint.root
