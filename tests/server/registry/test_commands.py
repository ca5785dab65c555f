"""The commands for readers of a log: what they say, and with which code they end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from carrel.ledger import bodies
from carrel.ledger.bodies import TYPES
from carrel.ledger.checkpoint import COSIGNATURE, cosign, parse_note
from carrel.ledger.policy import Policy, TrustedWitness
from carrel.server.cli import app
from carrel.server.errors import CarrelError
from carrel.server.registry.plain_words import _SENTENCES, plainly
from tests.ledger.small_log import ORIGIN, SmallLog, key, lively_log
from tests.ledger.test_certificate import WITNESSES, storied_work
from tests.server.registry.published import about, served, vkey, write_log

LOG = lively_log(300)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run() -> Run:
    """Code, standard output, standard error: as `main` ends."""

    def call(*words: object, stdin: str = "") -> tuple[int, str, str]:
        result = CliRunner().invoke(app, [str(word) for word in words], input=stdin)
        if isinstance(result.exception, CarrelError):
            return 2, result.stdout, f"{result.stderr}carrel: {result.exception}"
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_log(LOG, tmp_path / "log")


def told(run: Run, *words: object) -> dict[str, Any]:
    code, out, err = run(*words, "--json")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    assert found["ok"] is True
    return found


def refused(run: Run, *words: object) -> str:
    code, out, err = run(*words)
    assert code == 1
    assert "NOT VALID" in err
    code, out, _ = run(*words, "--json")
    assert code == 1
    found = json.loads(out)
    assert found["ok"] is False
    return str(found["sentence"])


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_verify(run: Run, folder: Path) -> None:
    found = told(run, "ledger", "verify", folder)
    assert (found["log"], found["size"], found["root"]) == (ORIGIN, 300, LOG.checkpoint().root.hex())
    assert "Compare it" in found["sentences"][-1]
    found = told(run, "ledger", "verify", folder, "--key", vkey(LOG))
    assert len(found["sentences"]) == 1
    code, out, _ = run("ledger", "verify", folder)
    assert code == 0
    assert f"size: {300}" in out


def test_verify_since(run: Run, tmp_path: Path) -> None:
    log = SmallLog()
    log.leaves = LOG.leaves[:100]
    old = tmp_path / "old"
    old.write_bytes(log.publish())
    log.leaves = list(LOG.leaves)
    log.publish()
    folder = write_log(log, tmp_path / "log")
    assert told(run, "ledger", "verify", folder, "--since", old)["since"] == 100
    other = SmallLog()
    other.leaves = LOG.leaves[1:90]
    old.write_bytes(other.publish())
    assert "another history" in refused(run, "ledger", "verify", folder, "--since", old)
    log.leaves = LOG.leaves + LOG.leaves[:1]
    old.write_bytes(log.publish())
    assert "old copy" in refused(run, "ledger", "verify", folder, "--since", old)
    old.write_bytes(b"nonsense")
    refused(run, "ledger", "verify", folder, "--since", old)


def test_a_damaged_log(run: Run, folder: Path) -> None:
    damage(folder / "public/tile/0/001.p/44")
    assert "lead to" in refused(run, "ledger", "verify", folder)
    assert "lead to" in refused(run, "ledger", "audit", folder)


def test_audit(run: Run, folder: Path) -> None:
    found = told(run, "ledger", "audit", folder, "--key", vkey(LOG), "--processes", "2")
    assert (found["size"], found["signatures"], found["supply"]) == (300, 300, 6)
    damage(folder / "public/tile/entries/000")
    assert "Entry " in refused(run, "ledger", "audit", folder, "--processes", "1")


def test_a_policy_with_witnesses(run: Run, tmp_path: Path) -> None:
    log = lively_log(20)
    policy = tmp_path / "policy"
    witness = TrustedWitness("a", WITNESSES[0].verifier(COSIGNATURE))
    policy.write_bytes(Policy((), (witness,), quorum="a").encode())
    folder = write_log(log, tmp_path / "log")
    assert "quorum" in refused(run, "ledger", "audit", folder, "--policy", policy)
    note = parse_note(log.files["checkpoint"])
    seen = note.signed_by(cosign(WITNESSES[0], note.text, 1_750_000_000))
    (folder / "public/checkpoint").write_bytes(seen.encode())
    assert told(run, "ledger", "audit", folder, "--policy", policy)["seen"] == {"a": "2025-06-15T15:06:40Z"}
    policy.write_text("quorum nobody\n")
    code, _, err = run("ledger", "audit", folder, "--policy", policy)
    assert code == 2
    assert "nobody" in err


@pytest.mark.parametrize("entry", ["7", LOG.entries[7].hash.hex()])
def test_prove_and_check(run: Run, folder: Path, tmp_path: Path, entry: str) -> None:
    proof, wanted = tmp_path / "seven.tlog-proof", tmp_path / "seven.json"
    assert told(run, "ledger", "prove", entry, "--source", folder, "-o", proof, "--entry-out", wanted)["index"] == 7
    found = told(run, "ledger", "check-proof", proof, "--entry", wanted, "--key", vkey(LOG))
    assert (found["index"], found["entry"], found["type"]) == (7, LOG.entries[7].hash.hex(), "credit.issue")
    assert told(run, "ledger", "check-proof", proof, "--key", vkey(LOG))["index"] == 7
    other = tmp_path / "eight.json"
    run("ledger", "prove", "8", "--source", folder, "-o", tmp_path / "eight", "--entry-out", other)
    assert "another entry" in refused(run, "ledger", "check-proof", proof, "--entry", other, "--key", vkey(LOG))
    forged = wanted.read_text().replace('"amount": 10', '"amount": 99')
    other.write_text(forged)
    assert "does not fit" in refused(run, "ledger", "check-proof", proof, "--entry", other, "--key", vkey(LOG))
    stranger = SmallLog("other.example")
    refused(run, "ledger", "check-proof", proof, "--key", vkey(stranger))
    damage(proof)
    refused(run, "ledger", "check-proof", proof, "--key", vkey(LOG))


def test_proofs_go_to_standard_output(run: Run, folder: Path) -> None:
    code, out, _ = run("ledger", "prove", "0", "--source", folder)
    assert code == 0
    assert out.startswith("c2sp.org/tlog-proof@v1\n")


def test_certificates(run: Run, tmp_path: Path) -> None:
    log, work = storied_work()
    folder = write_log(log, tmp_path / "log")
    made = tmp_path / "work.certificate"
    assert told(run, "ledger", "certificate", work, "--source", folder, "-o", made)["entries"] == 5
    found = told(run, "ledger", "check-certificate", made, "--key", vkey(log))
    assert found["work"] == work
    assert [step["type"] for step in found["history"]] == [
        "work.register",
        "work.license",
        "work.transfer",
        "work.dispute",
        "work.decision",
    ]
    assert found["proves"]
    assert found["proves_not"]
    refused(run, "ledger", "check-certificate", made, "--key", vkey(SmallLog("other.example")))

    credential = tmp_path / "work.json"
    words = ("ledger", "certificate", work, "--source", folder, "-o", credential, "--vc")
    assert run(*words)[0] == 2
    assert run(*words, "--log-key", folder / "log.key")[0] == 0
    assert told(run, "ledger", "check-certificate", credential, "--key", vkey(log))["issuer"].startswith("did:key:z6Mk")
    credential.write_text(credential.read_text().replace('"text"', '"image"'))
    assert "changed" in refused(run, "ledger", "check-certificate", credential, "--key", vkey(log))
    for nonsense in ('{"evidence": [{}]}', '{"evidence": ' + "[" * 9999 + "]" * 9999 + "}", "{"):
        credential.write_text(nonsense)
        refused(run, "ledger", "check-certificate", credential, "--key", vkey(log))

    page = tmp_path / "work.html"
    assert run("ledger", "certificate", work, "--source", folder, "-o", page, "--html")[0] == 0
    text = page.read_text()
    assert made.read_text() in text
    assert 'lang="zh-Hans"' in text
    assert "本证书不证明什么" in text
    damage(made)
    refused(run, "ledger", "check-certificate", made, "--key", vkey(log))


def test_only_works_have_certificates(run: Run, folder: Path) -> None:
    for name, reason in (
        ("0", "registers no work"),
        ("f" * 64, "No entry"),
        ("300", "300 is none"),
        ("first", "neither"),
    ):
        code, _, err = run("ledger", "certificate", name, "--source", folder)
        assert code == 2
        assert reason in err


def test_mirror_and_what_it_holds(run: Run, folder: Path, tmp_path: Path) -> None:
    with served({**LOG.files, "log.json": about(LOG)}) as shelf:
        assert told(run, "ledger", "mirror", shelf.url, tmp_path / "mirror")["new"] == 300
        assert told(run, "ledger", "mirror", shelf.url, tmp_path / "mirror")["new"] == 0
    assert told(run, "ledger", "audit", tmp_path / "mirror")["size"] == 300


def test_words_of_a_log_do_not_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    log = SmallLog("strange\u009b2J\u202e.example")
    log.publish()
    code, out, _ = run("ledger", "verify", write_log(log, tmp_path))
    assert code == 0
    assert all(line.isprintable() for line in out.splitlines())


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "/nowhere/at/all"),
        ("verify", "ftp://example.org"),
        ("verify", "{folder}", "--key", "nonsense"),
        ("verify", "{folder}", "--since", "/nowhere"),
        ("verify", "{folder}/public"),
        ("check-proof", "/nowhere"),
        ("prove", "7"),
        ("audit", "{folder}", "--processes", "1000"),
        ("unheard-of",),
    ],
)
def test_wrong_use_is_told_from_a_wrong_log(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    assert run("ledger", *(word.format(folder=folder) for word in words))[0] == 2


def test_whom_to_believe_must_be_said(run: Run, folder: Path, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    run("ledger", "prove", "0", "--source", folder, "-o", proof)
    code, _, err = run("ledger", "check-proof", proof)
    assert code == 2
    assert "whom you believe" in err


def test_as_a_process(folder: Path) -> None:
    carrel = [sys.executable, "-m", "carrel.server", "ledger", "verify"]
    ended = subprocess.run([*carrel, folder / "none"], capture_output=True, check=False, text=True)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("carrel: There is no folder")


def test_every_type_has_a_sentence() -> None:
    assert set(_SENTENCES) == set(TYPES.values())
    for entry in LOG.entries:
        assert plainly(entry.body).endswith((".", "%"))
    body = LOG.body(bodies.WorkTransfer, "ann", work="0" * 64, prev="1" * 64, to=key("ben"))
    assert plainly(body) == f"Pass the work {'0' * 16}… on to the account {key('ben')[:16]}…."
