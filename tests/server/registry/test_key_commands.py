"""Keys in files, and entries signed by one and by several."""

from __future__ import annotations

import json
import re
import stat
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.ledger import bodies, ed25519
from carrel.ledger.admission import admit
from carrel.ledger.entry import parse
from carrel.server.errors import BadRequest
from carrel.server.registry.entry_file import read_entry_file
from carrel.server.registry.key_file import KeyFile, new_key, read_key, write_key
from tests.ledger.small_log import ORIGIN, SmallLog, a_file
from tests.server.registry.test_commands import Run, run

__all__ = ["run"]
CHEAP = {"ops": 1, "memory_bytes": 8192}
PASSPHRASE = "correct horse battery"


def plain(folder: Path, name: str) -> tuple[Path, str]:
    path = folder / f"{name}.key"
    made = new_key(None)
    write_key(path, made)
    return path, made.public


def test_a_new_key(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.key"
    code, out, _ = run("key", "new", path, "--passphrase-stdin", stdin=f"{PASSPHRASE}\n")
    assert code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = read_key(path)
    assert kept.seed is None
    assert kept.public in out
    assert ed25519.public_key(kept.open(PASSPHRASE)).hex() == kept.public
    before = path.read_bytes()
    code, _, err = run("key", "new", path, "--plain")
    assert code == 2
    assert "is there already" in err
    assert path.read_bytes() == before


def test_show(run: Run, tmp_path: Path) -> None:
    path, public = plain(tmp_path, "a")
    code, out, _ = run("key", "show", path, "--json")
    assert code == 0
    shown = json.loads(out)
    assert shown["public"] == public
    assert shown["did"].startswith("did:key:z6Mk")
    assert shown["commitment"] == sha256(bytes.fromhex(public)).hexdigest()
    assert public in run("key", "show", path)[1]


def test_a_passphrase_is_needed_and_must_be_right() -> None:
    sealed = new_key(PASSPHRASE, **CHEAP)
    assert ed25519.public_key(sealed.open(PASSPHRASE)).hex() == sealed.public
    for wrong in ("another one, and long", None):
        with pytest.raises(BadRequest):
            sealed.open(wrong)
    with pytest.raises(BadRequest, match="10 characters"):
        new_key("short", **CHEAP)


def test_letters_composed_otherwise_are_the_same() -> None:
    assert new_key("Bibliothèque nationale", **CHEAP).open("Bibliothèque nationale")


@settings(deadline=None)
@given(st.data())
def test_a_damaged_key_file_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("keys") / "key"
    write_key(path, SEALED)
    raw = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(raw)
    try:
        opened = read_key(path)
        assert opened == SEALED or opened.open(PASSPHRASE) == SEED
    except BadRequest:
        pass


SEALED = new_key(PASSPHRASE, **CHEAP)
SEED = SEALED.open(PASSPHRASE)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": "0" * 64},
        {"sealed": None},
        {"carrel_key": 2},
        {"more": 1},
        {"public": "zz"},
    ],
)
def test_what_is_no_key_file(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "key"
    write_key(path, SEALED)
    stated = {**json.loads(path.read_text()), **change}
    path.write_text(json.dumps({name: value for name, value in stated.items() if value is not None}))
    with pytest.raises(BadRequest):
        read_key(path)


def test_costs_that_would_stop_the_machine_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_key(path, SEALED)
    for name, value in (("memory_bytes", 2**40), ("ops", 10**6)):
        stated = json.loads(path.read_text())
        stated["sealed"][name] = value
        path.write_text(json.dumps(stated))
        with pytest.raises(BadRequest):
            read_key(path)


def test_the_halves_of_a_key_belong_together() -> None:
    wrong = KeyFile(carrel_key=1, public=SEALED.public, seed="0" * 64)
    with pytest.raises(BadRequest, match="do not belong"):
        wrong.open(None)


# --- signing ---


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value))
    return path


def work_members() -> dict[str, Any]:
    file = a_file("a")["files"][0]
    return {
        "type": "work.register",
        "kind": "text",
        "files": [{"hash": file.hash, "bytes": file.bytes, "media": file.media}],
    }


def test_sign_fills_in_what_is_missing_and_the_log_takes_it(run: Run, tmp_path: Path) -> None:
    path, public = plain(tmp_path, "a")
    body = write(tmp_path / "body.json", {"type": "key.register", "key": public, "role": "library"})
    out = tmp_path / "entry.json"
    code, _, err = run("key", "sign", path, body, "--log", ORIGIN, "-o", out, "--yes")
    assert code == 0
    assert "Register the key" in err
    assert "signed by everybody" in err
    entry = parse(*read_entry_file(out.read_bytes()).parts())
    assert entry.body.by == public
    log = SmallLog()
    admit(log.state, entry, entry.body.ts)
    assert entry.body.id[12] == "7"


def test_a_sealed_key_signs_with_its_passphrase(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sealed.key"
    write_key(path, SEALED)
    body = write(tmp_path / "body.json", work_members())
    words = ("key", "sign", path, body, "--log", ORIGIN, "--yes", "--passphrase-stdin")
    code, out, _ = run(*words, stdin=f"{PASSPHRASE}\n")
    assert code == 0
    parse(*read_entry_file(out.encode()).parts())
    assert run(*words, stdin="another one, and long\n")[0] == 2


def test_two_signers_one_after_the_other(run: Run, tmp_path: Path) -> None:
    (ann, ann_key), (ben, ben_key), (eve, eve_key) = (plain(tmp_path, name) for name in ("ann", "ben", "eve"))
    body = {"type": "work.transfer", "work": "0" * 64, "prev": "1" * 64, "to": ben_key, "also": [ben_key]}
    half, whole = tmp_path / "half.json", tmp_path / "whole.json"
    code, _, err = run("key", "sign", ann, write(tmp_path / "b.json", body), "--log", ORIGIN, "-o", half, "--yes")
    assert code == 0
    assert f"Still to sign: {ben_key}" in err
    for key_file, reason in ((ann, "has signed"), (eve, "not by")):
        code, _, err = run("key", "sign", key_file, half, "--yes")
        assert code == 2
        assert reason in err
    code, out, _ = run("key", "sign", ben, half, "-o", whole, "--yes", "--json")
    assert code == 0
    assert json.loads(out)["missing"] == []
    entry = parse(*read_entry_file(whole.read_bytes()).parts())
    assert [one.key.hex() for one in entry.signatures] == sorted([ann_key, ben_key])
    assert isinstance(entry.body, bodies.WorkTransfer)

    changed = json.loads(half.read_text())
    changed["body"]["work"] = "2" * 64
    code, _, err = run("key", "sign", ben, write(half, changed), "--yes")
    assert code == 2
    assert "changed after" in err
    changed["signatures"].append({"key": eve_key, "signature": "0" * 128})
    code, _, err = run("key", "sign", ben, write(half, changed), "--yes")
    assert code == 2


def test_nothing_is_signed_without_a_yes(run: Run, tmp_path: Path) -> None:
    path, _ = plain(tmp_path, "a")
    body = write(tmp_path / "body.json", work_members())
    out = tmp_path / "entry.json"
    code, _, err = run("key", "sign", path, body, "--log", ORIGIN, "-o", out, stdin="n\n")
    assert code == 2
    assert "Nothing was signed" in err
    assert not out.exists()
    assert run("key", "sign", path, body, "--log", ORIGIN, "-o", out, stdin="y\n")[0] == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"log": None}, "--log"),
        ({"log": "elsewhere.example"}, "elsewhere"),
        ({"type": "work.unheard"}, "no entry of the type"),
        ({"title": "My poem"}, "unknown field"),
        ({"royalty_bp": 0}, "default"),
        ({"royalty_bp": 1.5}, "not an integer|integers"),
        ({"by": "0" * 64}, "not by"),
        ({"licence": "e\u0301"}, "normal form"),
    ],
)
def test_bodies_that_no_log_takes(run: Run, tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    path, _ = plain(tmp_path, "a")
    members = {"log": ORIGIN, **work_members(), **change}
    body = write(tmp_path / "body.json", {name: value for name, value in members.items() if value is not None})
    log = ("--log", ORIGIN) if "elsewhere" in reason else ()
    code, _, err = run("key", "sign", path, body, *log, "--yes")
    assert code == 2
    assert re.search(reason, err), err


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"a":' + "[" * 9999 + "]" * 9999 + "}",
        '{"body": {}, "signatures": 5}',
        '{"body": {}, "more": 1}',
    ],
)
def test_files_that_are_no_entries(run: Run, tmp_path: Path, text: str) -> None:
    path, _ = plain(tmp_path, "a")
    body = tmp_path / "body.json"
    body.write_text(text)
    assert run("key", "sign", path, body, "--log", ORIGIN, "--yes")[0] == 2
