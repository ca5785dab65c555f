"""Sources: folders and addresses give the same bytes, and nothing beyond its limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from carrel.ledger.errors import BadNote, BadTile
from carrel.server.registry import source as sources
from carrel.server.registry.source import FolderSource, SourceError, WebSource, limit_bytes, open_source, stated_key
from tests.ledger.small_log import SmallLog, lively_log
from tests.server.registry.published import Shelf, about, served, vkey, write_log

LOG = lively_log(40)
FILES = {**LOG.files, "log.json": about(LOG)}


def test_a_folder_an_address_and_a_bare_folder_give_the_same(tmp_path: Path) -> None:
    write_log(LOG, tmp_path)
    with served(FILES) as shelf:
        for source in (open_source(str(tmp_path)), open_source(shelf.url), open_source(f"{shelf.url}/")):
            assert all(source.read(path) == data for path, data in LOG.files.items())
            key = stated_key(source)
            assert key
            assert key.vkey == vkey(LOG)
        bare = open_source(str(tmp_path / "public"))
        assert bare.read("checkpoint") == LOG.files["checkpoint"]
        assert stated_key(bare) is None


def test_what_is_not_there(tmp_path: Path) -> None:
    with served({}) as shelf:
        for source in (FolderSource(tmp_path), WebSource(shelf.url)):
            with pytest.raises(FileNotFoundError):
                source.read("tile/0/000")
    with pytest.raises(SourceError, match="no folder"):
        open_source(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    "path", ["../log.key", "log.key", "tile/0/../../../etc/passwd", "/etc/passwd", "tile/0/1", "", "x"]
)
def test_only_a_logs_files_are_asked_for(tmp_path: Path, path: str) -> None:
    write_log(LOG, tmp_path)
    with pytest.raises(BadTile):
        FolderSource(tmp_path).read(path)


def test_files_have_limits(tmp_path: Path) -> None:
    write_log(LOG, tmp_path)
    for path in ("checkpoint", "tile/0/000", "log.json"):
        data = bytes(limit_bytes(path) + 1)
        target = tmp_path / path if path == "log.json" else tmp_path / "public" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        with pytest.raises(BadTile, match="more than"):
            FolderSource(tmp_path).read(path)
        with served({path: data}) as shelf, pytest.raises(BadTile, match="more than"):
            WebSource(shelf.url).read(path)


def test_one_connection_for_many_files() -> None:
    with served(FILES) as shelf:
        source = WebSource(shelf.url)
        for path in LOG.files:
            source.read(path)
            with pytest.raises(FileNotFoundError):
                source.read("tile/63/000")
        assert shelf.connections == 1


def test_a_connection_that_was_closed_meanwhile_is_opened_again() -> None:
    with served(FILES) as shelf:
        source = WebSource(shelf.url)
        source.read("checkpoint")
        shelf.gone = 1
        assert source.read("checkpoint") == LOG.files["checkpoint"]
        shelf.gone = 2
        with pytest.raises(SourceError, match="cannot be read"):
            source.read("checkpoint")
        assert source.read("checkpoint") == LOG.files["checkpoint"]


def misled(shelf: Shelf, status: int, **headers: str) -> None:
    shelf.answers["checkpoint"] = (status, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("status", [301, 302, 307, 308, 206, 403, 500])
def test_other_answers_are_refused(status: int) -> None:
    with served(FILES) as shelf:
        misled(shelf, status, Location="http://127.0.0.1:1/\x1b[2J")
        with pytest.raises(SourceError, match=f"answers {status}") as caught:
            WebSource(shelf.url).read("checkpoint")
        assert str(caught.value).isprintable()
        assert shelf.asked == ["checkpoint"]


def test_an_answer_that_is_cut_short() -> None:
    with served(FILES) as shelf:
        misled(shelf, 200, Content_Length="100000", Connection="close")
        with pytest.raises(SourceError):
            WebSource(shelf.url, timeout_s=0.2).read("checkpoint")


def test_an_answer_that_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "FILE_TIMEOUT_S", -1.0)
    with served(FILES) as shelf, pytest.raises(SourceError, match="too slowly"):
        WebSource(shelf.url).read("checkpoint")


def test_nobody_listens() -> None:
    with served({}) as shelf:
        url = shelf.url
    with pytest.raises(SourceError, match="cannot be read"):
        WebSource(url).read("checkpoint")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/ledger",
        "file:///etc/passwd",
        "http://",
        "http://name:word@example.org/",
        "http://example.org/?a",
        "http://example.org/#a",
        "http://example.org:99999/",
        "http://example.org/a b",
        "http://example.org/\r\nHost: other",
        "http://exämple.org/",
        "http://[::1",
    ],
)
def test_addresses_of_another_kind(url: str) -> None:
    with pytest.raises(SourceError):
        open_source(url)


@pytest.mark.parametrize(
    "stated",
    [
        b"{}",
        b"no",
        b'{"origin": 1, "vkey": ""}',
        b'{"origin": "a", "vkey": "a+b"}',
        about(SmallLog("a")).replace(b'"a"', b'"b"'),
    ],
)
def test_a_key_that_makes_no_sense(tmp_path: Path, stated: bytes) -> None:
    (tmp_path / "log.json").write_bytes(stated)
    with pytest.raises(BadNote):
        stated_key(FolderSource(tmp_path))
