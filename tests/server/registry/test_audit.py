"""The audit over processes finds the same as without them, and the first fault by the log's order, not by time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from carrel.ledger.audit import audit
from carrel.ledger.bodies import TYPES
from carrel.ledger.errors import BadEntry, BadTile
from carrel.ledger.policy import Policy
from carrel.ledger.sequencer import Accepted
from carrel.ledger.state import AccountRow
from carrel.server.bench.ledger_world import mixed_entries
from carrel.server.errors import StorageError
from carrel.server.registry import audit as audits
from carrel.server.registry.audit import audit_log
from carrel.server.registry.mirror import mirror
from carrel.server.registry.reading import Reading, read_log
from carrel.server.registry.recovery import create_log, open_log
from carrel.server.registry.source import FolderSource, WebSource
from tests.ledger.small_log import ORIGIN, START_MS, SmallLog, lively_log, seed
from tests.server.registry.published import about, served, write_log

LOG = lively_log(2600)


def reading_of(log: SmallLog, folder: Path) -> Reading:
    return read_log(FolderSource(write_log(log, folder)), None, Policy())


@pytest.mark.parametrize("processes", [0, 1, 2, 3])
def test_the_same_whatever_does_it(tmp_path: Path, processes: int) -> None:
    done: list[int] = []
    report = audit_log(reading_of(LOG, tmp_path), processes, done.append)
    assert report == audit(LOG.checkpoint(), LOG.read)
    assert done == sorted(done)
    assert done[-1] == 2600


def test_a_log_as_it_is_really_written_with_every_type_of_entry(tmp_path: Path) -> None:
    entries = list(mixed_entries(ORIGIN, 7, 700, START_MS))
    create_log(tmp_path / "log", ORIGIN, seed("log"))
    log = open_log(tmp_path / "log")
    try:
        for start in range(0, 700, 90):
            verdicts = log.append(entries[start : start + 90], max(one.body.ts for one in entries[start : start + 90]))
            assert all(isinstance(one, Accepted) for one in verdicts)
            note = log.seal()
            assert note is not None
            log.publish(note)
        books = {row.id: row.balance for row in log.state.rows(AccountRow)}
    finally:
        log.close()
    report = audit_log(read_log(FolderSource(tmp_path / "log"), None, Policy()), 2)
    assert set(report.types) == set(TYPES)
    assert report.supply == -books["issuer"]
    copy = mirror(FolderSource(tmp_path / "log"), tmp_path / "mirror", None, Policy())
    assert copy.reading.checkpoint.root == report.root


def test_over_the_web() -> None:
    with served({**LOG.files, "log.json": about(LOG)}) as shelf:
        assert audit_log(read_log(WebSource(shelf.url), None, Policy()), 2).size == 2600


@pytest.mark.parametrize("processes", [1, 2])
def test_the_first_fault_is_the_first_in_the_log(tmp_path: Path, processes: int) -> None:
    """A missing file far ahead, which is found while it is fetched, and a changed entry before it."""
    reading = reading_of(LOG, tmp_path)
    (tmp_path / "public/tile/entries/005").unlink()
    with pytest.raises(BadTile, match="tile/entries/005"):
        audit_log(reading, processes)
    bundle = tmp_path / "public/tile/entries/003"
    data = bytearray(bundle.read_bytes())
    data[-1] ^= 1
    bundle.write_bytes(data)
    with pytest.raises(BadEntry, match=r"Entry 1023: .*bad_signature"):
        audit_log(reading, processes)


def test_a_process_that_dies_is_not_a_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audits, "check", die)
    with pytest.raises(StorageError, match="ended from outside"):
        audit_log(reading_of(LOG, tmp_path), 2)


def die(_: object) -> None:
    os._exit(9)
