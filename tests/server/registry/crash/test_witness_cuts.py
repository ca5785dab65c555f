"""The power is cut at any step of a witness: what it has cosigned by then it remembers."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from carrel.ledger.checkpoint import parse_checkpoint, parse_note
from carrel.server.registry.witness_memory import Memory
from tests.ledger.make_vectors import ORIGIN
from tests.server.registry.crash.disk import KINDS, Disk, Image, read_record, write_image
from tests.server.registry.crash.recorded import COMPILER, ROOT, build_recorder
from tests.server.registry.crash.witness_process import LOGS, Log

FOLDER = sha256(ORIGIN.encode()).hexdigest()


def remembered(image: Image) -> int:
    """The size in what a cut has left; 0 when there is nothing."""
    for name in ("witness", "logs", FOLDER, "checkpoint"):
        found = image.get(name)
        if isinstance(found, bytes):
            return parse_checkpoint(parse_note(found).text).size
        if found is None:
            return 0
        image = found
    raise AssertionError("the checkpoint is a folder")


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.skipif(COMPILER is None, reason="recorder.c needs Linux and a C compiler (cc)")
def test_what_was_cosigned_outlives_a_power_cut_at_any_step(in_memory: Path, tmp_path: Path, seed: int) -> None:
    root, record, random = in_memory / "disk", tmp_path / "record", Random(seed)
    root.mkdir()
    library = build_recorder(tmp_path)
    command = [sys.executable, "-m", "tests.server.registry.crash.witness_process", root, record, str(seed), "40"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"LD_PRELOAD": str(library)}, check=True)
    ops = read_record(record)
    disk, cosigned = Disk(root), -1
    opened = set(random.sample(range(len(ops)), 8))
    for number, op in enumerate(ops):
        disk.run(op)
        if op.kind == "x":
            cosigned = int(op.one)
        for kind in KINDS:
            image = disk.image(kind(random))
            if cosigned > 0:
                assert remembered(image) >= cosigned, f"step {number}"
        if number in opened:
            left = in_memory / f"left {number}"
            write_image(image, left)
            memory = Memory(left / "witness", LOGS)
            latest = memory.latest(ORIGIN)
            assert max(0, cosigned) <= (latest.size if latest else 0)
            assert latest is None or latest.root == Log(latest.size).root(latest.size)
            memory.close()
    assert cosigned > 20
    assert {op.kind for op in ops} >= set("osrwx")
