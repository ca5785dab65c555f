"""Opening: what is kept has to agree with what was signed, and what can be made again is made again."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from carrel.ledger.checkpoint import Checkpoint, parse_note
from carrel.ledger.errors import BadNote
from carrel.ledger.tiles import right_edge, tile_path
from carrel.server.registry import key_file, library_key, recovery
from carrel.server.registry.errors import Damaged, LogStopped, NoLog, RolledBack
from carrel.server.registry.init import make_log
from carrel.server.registry.recovery import open_log

from .logs import ORIGIN, Kept, other_signer


def test_what_was_acknowledged_before_a_crash_is_signed_after_it(kept: Kept) -> None:
    entry = kept.person("ana").joins()
    (verdict,) = kept.accepted(entry)
    log = kept.reopen()
    assert (log.size, log.sealed_size) == (3, 2)
    kept.publish()
    assert log.sealed_size == 3
    (again,) = kept.accepted(entry)
    assert again.again
    assert again.record.leaf == verdict.record.leaf


def test_a_crash_between_signing_and_publishing(kept: Kept) -> None:
    kept.accepted(kept.person("ana").joins())
    note = kept.log.seal()
    assert note is not None
    assert kept.log.published() != note
    assert kept.reopen().sealed == note.encode()


@pytest.mark.parametrize("what", ["all", "entries", "edge", "changed"])
def test_lost_or_damaged_tiles_are_made_again(kept: Kept, what: str) -> None:
    kept.fill()
    public = kept.folder / "public"
    before = {path: (public / path).read_bytes() for path in ["checkpoint", *right_edge(kept.log.size)]}
    kept.log.close()
    edge = public / tile_path(0, 0, kept.log.size)
    match what:
        case "all":
            shutil.rmtree(public / "tile")
        case "entries":
            shutil.rmtree(public / "tile" / "entries")
        case "edge":
            edge.unlink()
        case _:
            edge.write_bytes(edge.read_bytes()[:-1] + b"\0")
    log = open_log(kept.folder)
    log.close()
    assert {path: (public / path).read_bytes() for path in before} == before


def test_a_database_that_was_put_back_is_refused(kept: Kept) -> None:
    kept.log.close()
    old = kept.database.read_bytes()
    kept.log = open_log(kept.folder)
    kept.fill()
    kept.log.close()
    for path in kept.folder.glob("ledger.db*"):
        path.unlink()
    kept.database.write_bytes(old)
    with pytest.raises(RolledBack, match="an old copy was put back"):
        open_log(kept.folder)


def test_a_lost_database_is_refused(kept: Kept) -> None:
    kept.log.close()
    for path in kept.folder.glob("ledger.db*"):
        path.unlink()
    with pytest.raises(RolledBack):
        open_log(kept.folder)


def test_another_history_in_the_database_is_refused(kept: Kept, tmp_path: Path) -> None:
    other = Kept(tmp_path / "other")
    other.fill(people=5)
    other.log.close()
    kept.fill()
    kept.log.close()
    for path in kept.folder.glob("ledger.db*"):
        path.unlink()
    shutil.copy(other.database, kept.database)
    with pytest.raises((Damaged, RolledBack)):
        open_log(kept.folder)


def test_a_lost_place_of_the_checkpoint_is_refused(kept: Kept) -> None:
    kept.log.close()
    (kept.folder / "latest" / "checkpoint").unlink()
    with pytest.raises(RolledBack, match="nobody here can say what was signed last"):
        open_log(kept.folder)


def test_a_checkpoint_that_is_not_ours_is_refused(kept: Kept) -> None:
    kept.log.close()
    place = kept.folder / "latest" / "checkpoint"
    good = parse_note(place.read_bytes())
    stranger = Checkpoint(ORIGIN, 2, b"\1" * 32).sign([other_signer()])
    for bad in (good.text.replace("2", "1").encode(), stranger.encode(), b""):
        place.write_bytes(bad)
        with pytest.raises(Damaged, match="latest checkpoint is damaged"):
            open_log(kept.folder)


def test_a_signed_root_that_the_database_does_not_have(kept: Kept) -> None:
    """As after a fork: the key signed another tree of this size."""
    kept.log.close()
    forked = Checkpoint(ORIGIN, 2, b"\1" * 32).sign([kept.log.signer])
    (kept.folder / "latest" / "checkpoint").write_bytes(forked.encode())
    with pytest.raises(Damaged, match="not those that were signed"):
        open_log(kept.folder)


def test_another_key_is_refused(kept: Kept, tmp_path: Path) -> None:
    kept.log.close()
    other = Kept(tmp_path / "other")
    other.log.close()
    shutil.copy(other.folder / "log.key", kept.folder / "log.key")
    with pytest.raises(Damaged, match="not the key of this log"):
        open_log(kept.folder)


def test_no_log_is_said_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(NoLog, match="carrel ledger init"):
        open_log(tmp_path)


def test_a_log_is_not_made_over_another(kept: Kept) -> None:
    kept.log.close()
    with pytest.raises(LogStopped, match="already"):
        make_log(kept.folder, ORIGIN)


@pytest.mark.parametrize("name", ["a name with spaces", "bücherei.example/ledger", "x" * 129, ""])
def test_a_name_that_no_entry_can_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadNote):
        make_log(tmp_path / "log", name)


def test_a_sealed_key_needs_its_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cheaply = partial(key_file.key_of, ops=1, memory_bytes=8192)
    monkeypatch.setattr(recovery, "key_of", cheaply)
    monkeypatch.setattr(library_key, "new_key", partial(key_file.new_key, ops=1, memory_bytes=8192))
    folder = tmp_path / "sealed"
    make_log(folder, ORIGIN, "correct horse battery")
    with pytest.raises(Damaged, match="passphrase is needed"):
        open_log(folder)
    with pytest.raises(Damaged, match="passphrase is wrong"):
        open_log(folder, passphrase="wrong horse battery")
    open_log(folder, passphrase="correct horse battery").close()
    assert b'"seed"' not in (folder / "log.key").read_bytes() + (folder / "library.key").read_bytes()
