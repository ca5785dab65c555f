"""The audit over processes finds the same as without them, and the first fault by the log's order, not by time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from carrel.ledger.audit import audit
from carrel.ledger.errors import BadEntry, BadTile
from carrel.ledger.policy import Policy
from carrel.server.errors import StorageError
from carrel.server.registry import audit as audits
from carrel.server.registry.audit import audit_log
from carrel.server.registry.reading import Reading, read_log
from carrel.server.registry.source import FolderSource, WebSource
from tests.ledger.small_log import SmallLog, lively_log
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
