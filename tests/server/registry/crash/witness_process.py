"""A witness that is watched by recorder.c: it answers requests and says, in the same record as its calls, what it has cosigned.

Arguments: the watched folder, the record, a seed, and how many requests.
"""

from __future__ import annotations

import ctypes
import os
import sys
from itertools import count
from pathlib import Path
from random import Random

from carrel.ledger.checkpoint import Checkpoint
from carrel.ledger.witness import AddCheckpoint
from carrel.server.registry.witness_memory import Memory
from carrel.server.registry.witness_server import Witness
from tests.ledger.make_vectors import LOG, ORIGIN, WITNESSES, Log

SIZE = 60
LOGS = {ORIGIN: [LOG.verifier()]}


def main(root: Path, record: Path, seed: int, requests: int) -> None:
    recorder = ctypes.CDLL(None)
    recorder.recorder_say.argtypes = [ctypes.c_char_p]
    random, ledger, ticks = Random(seed), Log(SIZE), count(1, 1000)
    recorder.recorder_start(os.open(record, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), str(root).encode())
    memory = Memory(root / "witness", LOGS)
    for _ in range(requests):
        if random.random() < 0.1:
            memory.close()
            memory = Memory(root / "witness", LOGS)
        witness = Witness(WITNESSES[0], LOGS, memory, lambda: next(ticks))
        latest = memory.latest(ORIGIN)
        old = latest.size if latest else 0
        new = min(SIZE, old + random.randrange(3))
        note = ledger.checkpoint(new)
        if old and random.random() < 0.2:
            note = Checkpoint(ORIGIN, new, bytes(32)).sign([LOG])
        proof = ledger.consistency(old, new) if old else ()
        if witness.add_checkpoint(AddCheckpoint.of(old, proof, note).encode()).status == 200:
            recorder.recorder_say(str(new).encode())
    memory.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
