"""A database that was lost comes back from the public files, and only what was signed is believed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from carrel.ledger.bodies import CreditCorrect, Leg
from carrel.ledger.errors import BadEntry, BadTile
from carrel.ledger.tiles import entries_path
from carrel.server.errors import BadRequest
from carrel.server.registry.errors import AnotherWriter, RolledBack
from carrel.server.registry.rebuild import rebuild
from carrel.server.registry.recovery import open_log
from carrel.server.registry.restore import restore
from carrel.server.registry.source import FolderSource

from .logs import Kept


def lose(kept: Kept) -> None:
    kept.log.close()
    for path in kept.folder.glob("ledger.db*"):
        path.unlink()


def test_a_lost_database_comes_back_whole(kept: Kept) -> None:
    first, *_ = kept.fill(people=20, works=14)  # more than one bundle
    issue = next(one for one in kept.log.store.latest(1 << 40, 10) if one.kind == "credit.issue")
    leg = Leg(amount=2, payer=first.key, to="issuer")
    kept.accepted(kept.library.entry(CreditCorrect, corrects=issue.hash.hex(), legs=(leg,), reason="mistake"))
    kept.publish()
    size, state = kept.log.size, kept.log.state
    head = kept.log.store.head()
    lose(kept)
    with pytest.raises(RolledBack):
        open_log(kept.folder)
    assert restore(kept.folder, FolderSource(kept.folder)) == size
    assert rebuild(kept.folder).differences == []
    log = kept.log = open_log(kept.folder)
    assert (log.size, log.sealed_size, log.store.head()) == (size, size, head)
    assert log.state.rule == state.rule
    kept.accepted(kept.person("late").joins())


def test_an_old_copy_is_replaced_and_kept_aside(kept: Kept, tmp_path: Path) -> None:
    kept.log.close()
    old = kept.database.read_bytes()
    kept.log = open_log(kept.folder)
    kept.fill()
    lose(kept)
    kept.database.write_bytes(old)
    mirror = tmp_path / "mirror"
    shutil.copytree(kept.folder / "public", mirror)
    shutil.rmtree(kept.folder / "public")
    assert restore(kept.folder, FolderSource(mirror)) == 16
    assert (kept.folder / "ledger.old" / "ledger.db").exists()
    log = open_log(kept.folder)
    assert log.size == 16
    log.close()


def test_a_damaged_database_file_is_replaced(kept: Kept) -> None:
    kept.fill()
    lose(kept)
    kept.database.write_bytes(b"not a database" * 1000)
    assert restore(kept.folder, FolderSource(kept.folder)) == 16


def test_a_database_that_has_everything_is_left(kept: Kept) -> None:
    kept.fill()
    kept.accepted(kept.person("late").joins())  # acknowledged, in no file yet
    with pytest.raises(AnotherWriter):
        restore(kept.folder, FolderSource(kept.folder))
    kept.log.close()
    with pytest.raises(BadRequest, match="carrel ledger rebuild"):
        restore(kept.folder, FolderSource(kept.folder))
    log = open_log(kept.folder)
    assert log.size == 17
    log.close()


def test_files_that_are_not_those_that_were_signed(kept: Kept, tmp_path: Path) -> None:
    other = Kept(tmp_path / "other")
    other.fill()
    other.log.close()
    kept.fill()
    lose(kept)
    with pytest.raises(BadTile, match="do not lead to"):
        restore(kept.folder, FolderSource(other.folder))
    bundle = kept.folder / "public" / entries_path(0, 16)
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"\0")
    with pytest.raises(BadEntry, match="Entry 15"):
        restore(kept.folder, FolderSource(kept.folder))
    assert not kept.database.exists()
