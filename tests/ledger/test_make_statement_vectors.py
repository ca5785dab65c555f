"""The committed statements are those that the code makes today, and each verifies by its own means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from carrel.ledger import promise
from carrel.ledger.certificate import parse_certificate
from carrel.ledger.checkpoint import NoteVerifier, open_checkpoint, parse_note
from carrel.ledger.credential import verify_credential
from carrel.ledger.policy import Policy, TrustedLog
from carrel.ledger.proof import parse_proof

from .make_statement_vectors import PATH, encode, vectors
from .worlds import LOG


@pytest.fixture(scope="module")
def said() -> Any:
    return json.loads(PATH.read_text("utf-8"))


@pytest.fixture(scope="module")
def policy(said: Any) -> Policy:
    return Policy((TrustedLog(NoteVerifier.parse(said["vkeys"]["log"])),))


def test_the_vectors_are_fresh() -> None:
    stale = "tests/vectors/ledger-statements.json is stale: run python -m tests.ledger.make_statement_vectors"
    assert PATH.read_text("utf-8") == encode(vectors()), stale


def test_the_checkpoint_and_its_witness(said: Any) -> None:
    log, witness = (NoteVerifier.parse(said["vkeys"][name]) for name in ("log", "witness"))
    note = said["cosigned"].encode()
    assert open_checkpoint(said["checkpoint"].encode(), log, LOG) == open_checkpoint(note, log, LOG)
    assert witness.verify(parse_note(note)) == said["seen_s"]


def test_the_promise(said: Any) -> None:
    given = said["promise"]
    body = given["signed_bytes"].removeprefix(promise.DOMAIN.decode())
    signed = promise.decode(f'{{"promise":{body},"signature":"{given["signature"]}"}}'.encode())
    hashes = [bytes.fromhex(each) for each in given["leaf_hashes"]]
    promise.verify(signed, NoteVerifier.parse(said["vkeys"]["log"]).key, hashes)


def test_the_certificate_carries_the_proof(said: Any, policy: Policy) -> None:
    certificate = parse_certificate(said["certificate"].encode())
    proven = certificate.verify(policy)
    assert parse_proof(said["proof"].encode()) == certificate.proof(0)
    assert len(proven.history) > 4
    assert {step.entry.hash.hex() for step in proven.history} > {certificate.work}


def test_the_credential(said: Any, policy: Policy) -> None:
    certificate, _ = verify_credential(said["credential"], policy)
    assert certificate.encode().decode() == said["certificate"]
