"""`carrel ledger init, status, append, rebuild` as a person types them."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from typer.testing import CliRunner

from carrel.ledger.bodies import KeyRecover, KeyRegister
from carrel.ledger.ed25519 import public_key
from carrel.ledger.entry import Entry, sign
from carrel.ledger.keys import commitment
from carrel.ledger.proof import parse_proof
from carrel.ledger.sequencer import Accepted
from carrel.ledger.state import AccountRow
from carrel.server.app import make_app
from carrel.server.cli import app
from carrel.server.clock import steady_clock
from carrel.server.errors import BadRequest, ConfigurationError
from carrel.server.registry import init, key_file, library_key, recovery
from carrel.server.registry.entry_file import write_entry_file
from carrel.server.registry.errors import LogStopped, NoLog, RolledBack
from carrel.server.registry.init import default_origin, log_folder, open_library_log
from carrel.server.registry.library_key import new_id
from carrel.server.registry.recovery import open_log, read_about
from carrel.server.settings import Settings

ORIGIN = "library.example/ledger"


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["ledger", *map(str, words)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def told(*words: object, code: int = 0) -> Any:
    return json.loads(run(*words, "--json", code=code))


def newcomer(log: str = ORIGIN) -> Entry:
    seed = new_id(0).encode()[:32]
    key, now_ms = public_key(seed).hex(), steady_clock()()
    return sign(KeyRegister(by=key, id=new_id(now_ms), key=key, log=log, ts=now_ms), [seed])


def entry_file(path: Path, entry: Entry) -> Path:
    path.write_bytes(write_entry_file(entry.raw, list(entry.signatures)))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run("init", "--origin", ORIGIN, "--dir", tmp_path / "log")
    return tmp_path / "log"


def test_a_log_is_made_with_its_first_two_entries(folder: Path) -> None:
    status = told("status", "--dir", folder)
    assert (status["log"], status["size"], status["entries"], status["signed"]) == (ORIGIN, 2, 2, 2)
    assert status["key"] == read_about(folder).vkey
    assert told("audit", folder)["types"] == {"key.register": 1, "rule.publish": 1}
    assert (folder / "log.key").stat().st_mode & 0o777 == 0o600
    assert (folder / "library.key").stat().st_mode & 0o777 == 0o600


def test_the_library_takes_its_account_back_from_a_thief(tmp_path: Path) -> None:
    folder, offline = tmp_path / "log", public_key(b"offline".ljust(32)).hex()
    run("init", "--origin", ORIGIN, "--dir", folder, "--recovery", commitment(offline))
    log = open_log(folder)
    try:
        now_ms, account = log.state.clock_ms, log.state.library
        assert account is not None
        seeds = [b"offline".ljust(32), b"new".ljust(32)]
        key = public_key(seeds[1]).hex()
        back = KeyRecover(by=offline, id=new_id(now_ms), log=ORIGIN, ts=now_ms, account=account, key=key, prev="0" * 64)
        assert isinstance(log.append([sign(back, seeds)], now_ms)[0], Accepted)
        row = log.state.get(AccountRow, account)
        assert row is not None
        assert (row.role, row.keys) == ("library", (key,))
    finally:
        log.close()
    with pytest.raises(BadRequest, match="64"):
        run("init", "--origin", ORIGIN, "--dir", tmp_path / "other", "--recovery", "abc")


def test_nothing_is_published_offline_where_nobody_knows_who_witnesses(folder: Path, tmp_path: Path) -> None:
    published = folder / "public" / "checkpoint"
    published.unlink()
    run("append", entry_file(tmp_path / "entry.json", newcomer()), "--dir", folder)
    assert not published.exists()


def test_a_second_one_is_not_made_there(folder: Path) -> None:
    with pytest.raises(LogStopped, match="already"):
        run("init", "--origin", ORIGIN, "--dir", folder)


def test_a_name_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="no space"):
        run("init", "--origin", "a b", "--dir", tmp_path / "log")


def test_a_sealed_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "key_of", partial(key_file.key_of, ops=1, memory_bytes=8192))
    monkeypatch.setattr(library_key, "new_key", partial(key_file.new_key, ops=1, memory_bytes=8192))
    phrase = tmp_path / "phrase"
    phrase.write_text("correct horse battery\nnot this\n")
    folder = tmp_path / "log"
    run("init", "--origin", ORIGIN, "--dir", folder, "--passphrase-file", phrase)
    assert told("rebuild", "--dir", folder, "--passphrase-file", phrase)["entries"] == 2
    assert run("rebuild", "--dir", folder, code=1)
    phrase.write_text("short\n")
    with pytest.raises(ConfigurationError, match="no passphrase"):
        run("rebuild", "--dir", folder, "--passphrase-file", phrase)


def test_an_entry_is_added_and_proved(folder: Path, tmp_path: Path) -> None:
    entry = newcomer()
    file, proof = entry_file(tmp_path / "entry.json", entry), tmp_path / "entry.tlog-proof"
    receipt = told("append", file, "--dir", folder, "--wait", "proof", "-o", proof)
    assert (receipt["index"], receipt["entry"], receipt["again"]) == (2, entry.hash.hex(), False)
    assert parse_proof(proof.read_bytes()).index == 2
    assert "was there already" in run("append", file, "--dir", folder)
    run("check-proof", proof, "--entry", file, "--key", read_about(folder).vkey)


def test_wrong_use_is_said(folder: Path, tmp_path: Path) -> None:
    file = entry_file(tmp_path / "entry.json", newcomer())
    for words, sentence in (
        (("append", file), "Say where"),
        (("append", file, "--dir", folder, "--url", "http://localhost"), "Say where"),
        (("append", file, "--dir", folder, "--wait", "never"), "--wait"),
        (("append", file, "--url", "ftp://localhost"), "no address"),
        (("status",), "Name a source"),
    ):
        with pytest.raises(BadRequest, match=sentence):
            run(*words)
    with pytest.raises(NoLog):
        run("append", file, "--dir", tmp_path)


def test_differences_are_told_and_mended(folder: Path) -> None:
    tile = next((folder / "public" / "tile" / "0").rglob("*.p/2"))
    tile.write_bytes(bytes(64))
    found = told("rebuild", "--dir", folder, code=1)
    assert [(one["where"], one["what"]) for one in found["differences"]] == [("files", "other")]
    assert told("rebuild", "--dir", folder, "--write")["written"]
    assert "Everything is as the entries say." in run("rebuild", "--dir", folder)


def test_a_lost_database_is_restored(folder: Path) -> None:
    for path in folder.glob("ledger.db*"):
        path.unlink()
    with pytest.raises(RolledBack, match="carrel ledger restore"):
        open_log(folder)
    assert told("restore", "--dir", folder)["entries"] == 2
    assert told("rebuild", "--dir", folder)["entries"] == 2


async def test_an_entry_is_sent_to_a_library(tmp_path: Path) -> None:
    library = await make_app(Settings(data_dir=str(tmp_path / "data"), ledger_origin=ORIGIN))
    async with TestServer(library.app) as server:
        url = str(server.make_url("/"))
        file = entry_file(tmp_path / "entry.json", newcomer())
        receipt = await asyncio.to_thread(told, "append", file, "--url", url, "--wait", "proof")
        assert (receipt["index"], receipt["again"]) == (2, False)
        again = await asyncio.to_thread(told, "append", file, "--url", f"{url}ledger")
        assert (again["index"], again["again"]) == (2, True)
        other = entry_file(tmp_path / "other.json", newcomer("another.example/ledger"))
        with pytest.raises(BadRequest, match="this one is library"):
            await asyncio.to_thread(run, "append", other, "--url", url)
        status = await asyncio.to_thread(told, "status", f"{url}ledger")
        assert (status["log"], status["size"]) == (ORIGIN, 3)


def test_a_library_names_its_log_by_its_address(tmp_path: Path) -> None:
    assert default_origin(Settings(public_url="https://library.example")) == "library.example/ledger"
    assert default_origin(Settings(public_url="http://library.example:8080/")) == "library.example:8080/ledger"
    assert default_origin(Settings(public_url="https://bücherei.example:8080")) == "xn--bcherei-n2a.example:8080/ledger"
    first, second = default_origin(Settings()), default_origin(Settings())
    assert first != second
    assert first.endswith(".local/ledger")


def test_a_log_keeps_its_name(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path))
    log = open_library_log(settings, steady_clock())
    origin = log.origin
    log.close()
    assert read_about(log_folder(settings)).origin == origin
    with pytest.raises(ConfigurationError, match="A log keeps its name"):
        open_library_log(Settings(data_dir=str(tmp_path), ledger_origin=ORIGIN), steady_clock())
    again = open_library_log(Settings(data_dir=str(tmp_path), public_url="https://moved.example"), steady_clock())
    assert (again.origin, again.size) == (origin, 2)
    again.close()


def test_founding_that_was_cut_short_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=str(tmp_path))
    with monkeypatch.context() as cut:
        cut.setattr(init, "found", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            open_library_log(settings, steady_clock())
    log = open_library_log(settings, steady_clock())
    assert log.size == 2
    log.close()
