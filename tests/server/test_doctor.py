"""`carrel doctor` finds what is wrong and says what to do."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from carrel.server import doctor
from carrel.server.registry.init import make_log
from carrel.server.settings import load


def verdicts(tmp_path: Path, **values: object) -> dict[str, doctor.Finding]:
    settings = load({"data_dir": str(tmp_path / "data"), "port": 0, **values}, {})
    return {finding.check: finding for finding in doctor.examine(settings)}


def test_a_fresh_loopback_library_is_fit(tmp_path: Path) -> None:
    found = verdicts(tmp_path)
    assert set(found) == set(doctor.CHECKS)
    assert not [finding for finding in found.values() if finding.verdict == "bad"]
    assert not list((tmp_path / "data").iterdir()), "the probe file stays behind"


def test_open_without_tls_is_bad(tmp_path: Path) -> None:
    assert verdicts(tmp_path, host="0.0.0.0")["network"].verdict == "bad"
    assert verdicts(tmp_path, host="0.0.0.0", tls_cert="self-signed")["network"].verdict == "good"


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        finding = verdicts(tmp_path, port=taken.getsockname()[1])["port"]
    assert finding.verdict == "bad"
    assert "--port" in finding.sentence


def test_a_full_disk_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: doctor.shutil._ntuple_diskusage(10, 10, 0))  # type: ignore[attr-defined]
    assert verdicts(tmp_path)["disk"].verdict == "bad"


def test_failing_fsync_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(doctor.os, "fsync", fail)
    assert verdicts(tmp_path)["fsync"].verdict == "bad"


def test_a_proxy_needs_to_be_trusted(tmp_path: Path) -> None:
    assert verdicts(tmp_path, public_url="https://library.example")["proxies"].verdict == "bad"


def test_the_ledger_is_looked_at(tmp_path: Path) -> None:
    assert verdicts(tmp_path)["ledger"].verdict == "note"
    folder = tmp_path / "data" / "ledger"
    make_log(folder, "library.example/ledger")
    found = verdicts(tmp_path)["ledger"]
    assert found.verdict == "note"
    assert "out of backups" in found.sentence
    (folder / "log.key").chmod(0o644)
    assert "chmod 600" in verdicts(tmp_path)["ledger"].sentence
    (folder / "log.key").chmod(0o600)
    (folder / "latest" / "checkpoint").unlink()
    assert verdicts(tmp_path)["ledger"].verdict == "bad"
    (folder / "log.json").write_text("{")
    assert verdicts(tmp_path)["ledger"].verdict == "bad"


def test_the_sandbox_says_which_walls_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from carrel.server.sandbox import Worker

    for standing, verdict in (
        (["limits", "uid", "network", "landlock", "seccomp"], "good"),
        (["limits", "landlock"], "note"),
        (["limits", "seccomp"], "bad" if sys.platform.startswith("linux") else "note"),
    ):
        monkeypatch.setattr(Worker, "ready", lambda _, standing=standing: standing)
        finding = verdicts(tmp_path)["sandbox"]
        assert finding.verdict == verdict
        assert all(name in finding.sentence for name in standing)
