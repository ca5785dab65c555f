"""Mirrors: they grow, go on after an interruption, mend what is damaged, and take nothing that does not fit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from carrel.ledger.audit import audit
from carrel.ledger.errors import BadNote, BadTile, Forked, Invalid
from carrel.ledger.policy import Policy
from carrel.server.errors import BadRequest
from carrel.server.registry import mirror as mirrors
from carrel.server.registry.mirror import mirror
from carrel.server.registry.source import FolderSource, SourceError, WebSource
from tests.ledger.small_log import SmallLog, add_work, lively_log
from tests.server.registry.published import about, served, vkey, write_log

WHOLE = lively_log(1100)
SIZES = (0, 5, 255, 256, 300, 1024, 1100)


def grown(size: int, log: SmallLog | None = None) -> SmallLog:
    log = log or SmallLog()
    log.leaves = WHOLE.leaves[:size]
    log.publish()
    return log


def source_of(log: SmallLog, folder: Path) -> FolderSource:
    shutil.rmtree(folder, ignore_errors=True)
    return FolderSource(write_log(log, folder))


def check_whole(folder: Path, log: SmallLog) -> None:
    assert (folder / "checkpoint").read_bytes() == log.files["checkpoint"]
    assert audit(log.checkpoint(), FolderSource(folder).read).size == log.checkpoint().size


def test_it_grows_with_the_log(tmp_path: Path) -> None:
    log = SmallLog()
    last = 0
    for size in SIZES:
        grown(size, log)
        done = mirror(source_of(log, tmp_path / "log"), tmp_path / "mirror", None, Policy())
        assert (done.old_size, done.reading.checkpoint.size) == (last, size)
        check_whole(tmp_path / "mirror", log)
        last = size
    assert not list((tmp_path / "mirror/tile/0").rglob("000.p/*")), "partial files of full ones are cleared away"
    assert not list((tmp_path / "mirror").rglob(".*.new"))


def test_over_the_web_nothing_is_asked_for_twice(tmp_path: Path) -> None:
    log = grown(1024)
    with served({**log.files, "log.json": about(log)}) as shelf:
        mirror(WebSource(shelf.url), tmp_path, None, Policy())
        check_whole(tmp_path, log)
        shelf.files.update(grown(1100, log).files)
        shelf.asked.clear()
        mirror(WebSource(shelf.url), tmp_path, None, Policy())
        check_whole(tmp_path, log)
        assert not [path for path in shelf.asked if path in ("tile/entries/000", "tile/entries/003")]


def test_it_goes_on_where_it_was_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirrors, "KEPT_TOGETHER", 1)
    log = grown(1100)
    files = {**log.files, "log.json": about(log)}
    with served({path: data for path, data in files.items() if path != "tile/entries/003"}) as shelf:
        with pytest.raises(BadTile, match="tile/entries/003"):
            mirror(WebSource(shelf.url), tmp_path, None, Policy())
        assert not (tmp_path / "checkpoint").exists()
        assert (tmp_path / "tile/entries/001").exists()
        shelf.files = files
        shelf.asked.clear()
        mirror(WebSource(shelf.url), tmp_path, None, Policy())
        assert "tile/entries/001" not in shelf.asked
        assert "tile/entries/003" in shelf.asked
    check_whole(tmp_path, log)


def test_a_file_damaged_before_the_checkpoint_was_written_is_fetched_again(tmp_path: Path) -> None:
    log = grown(600)
    source = source_of(log, tmp_path / "log")
    mirror(source, tmp_path / "mirror", None, Policy())
    (tmp_path / "mirror/checkpoint").unlink()
    for path in ("tile/entries/000", "tile/0/001"):
        (tmp_path / "mirror" / path).write_bytes(b"damaged")
    mirror(source, tmp_path / "mirror", None, Policy())
    check_whole(tmp_path / "mirror", log)


@pytest.mark.parametrize("path", sorted(path for path in grown(600).files if "tile" in path))
def test_what_does_not_fit_is_not_taken(tmp_path: Path, path: str) -> None:
    log = grown(600)
    for spoilt in (log.files[path][:-1] + bytes([log.files[path][-1] ^ 1]), b"", None):
        source = source_of(log, tmp_path / "log")
        if spoilt is None:
            (tmp_path / "log/public" / path).unlink()
        else:
            (tmp_path / "log/public" / path).write_bytes(spoilt)
        with pytest.raises(Invalid):
            mirror(source, tmp_path / "mirror", None, Policy())
        assert not (tmp_path / "mirror/checkpoint").exists()


def test_another_history_is_refused(tmp_path: Path) -> None:
    mirror(source_of(grown(300), tmp_path / "log"), tmp_path / "mirror", None, Policy())
    kept = (tmp_path / "mirror/checkpoint").read_bytes()
    other = SmallLog()
    other.leaves = WHOLE.leaves[:50] + WHOLE.leaves[51:500]
    other.publish()
    with pytest.raises(Forked, match="another history"):
        mirror(source_of(other, tmp_path / "log"), tmp_path / "mirror", None, Policy())
    with pytest.raises(Forked, match="old copy"):
        mirror(source_of(grown(200), tmp_path / "log"), tmp_path / "mirror", None, Policy())
    same_size = SmallLog()
    same_size.leaves = [*WHOLE.leaves[:299], WHOLE.leaves[300]]
    same_size.publish()
    with pytest.raises(Forked, match="another history"):
        mirror(source_of(same_size, tmp_path / "log"), tmp_path / "mirror", None, Policy())
    assert (tmp_path / "mirror/checkpoint").read_bytes() == kept


def test_the_key_of_the_first_run_is_kept(tmp_path: Path) -> None:
    mirror(source_of(grown(20), tmp_path / "log"), tmp_path / "mirror", None, Policy())
    other = SmallLog("other.example/ledger")
    add_log = source_of(other_published(other), tmp_path / "log")
    with pytest.raises(BadNote):
        mirror(add_log, tmp_path / "mirror", None, Policy())
    with pytest.raises(BadRequest, match="another folder"):
        mirror(add_log, tmp_path / "mirror", other.signer.verifier(), Policy())
    assert vkey(other) not in (tmp_path / "mirror/log.json").read_text()


def other_published(log: SmallLog) -> SmallLog:
    from carrel.ledger import bodies

    log.add(bodies.KeyRegister, "library", key=log.person("library"), role="library")
    add_work(log, "library", "a")
    log.publish()
    return log


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror/checkpoint").write_bytes(other_published(SmallLog("other.example/ledger")).files["checkpoint"])
    with pytest.raises(BadRequest, match="not of this log"):
        mirror(source_of(grown(20), tmp_path / "log"), tmp_path / "mirror", None, Policy())


def test_a_source_that_breaks_off(tmp_path: Path) -> None:
    log = grown(600)
    with served({**log.files, "log.json": about(log)}) as shelf:
        shelf.answers["tile/entries/001"] = (503, {})
        with pytest.raises(SourceError, match="503"):
            mirror(WebSource(shelf.url), tmp_path, None, Policy())
    assert not (tmp_path / "checkpoint").exists()
