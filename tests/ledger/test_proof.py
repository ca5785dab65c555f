"""A proof in one file: it convinces whom it should, and nothing that differs from it convinces anybody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.ledger import proof
from carrel.ledger.errors import BadNote, BadProof, Invalid
from carrel.ledger.policy import parse_policy
from tests.ledger.make_vectors import Log, cosigned, policy

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ledger-proofs.json").read_text("utf-8"))
POLICY = parse_policy(VECTORS["policy"].encode())
LOG = Log(300)


@pytest.mark.parametrize("case", VECTORS["proofs"], ids=lambda case: f"{case['index']} in {case['size']}")
def test_golden_proofs(case: dict[str, Any]) -> None:
    data = case["proof"].encode()
    found = proof.parse_proof(data)
    assert found.encode() == data
    witnessed = found.verify(bytes.fromhex(case["leaf_hash"]), POLICY)
    assert (found.index, witnessed.checkpoint.size, witnessed.seen_s) == (case["index"], case["size"], case["seen_s"])
    assert found.checkpoint() == witnessed.checkpoint


@pytest.mark.parametrize("case", VECTORS["refused_proofs"], ids=lambda case: case["why"])
def test_a_malformed_proof_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises((BadProof, BadNote)):
        proof.parse_proof(case["proof"].encode()).verify(bytes.fromhex(case["leaf_hash"]), POLICY)


def test_every_changed_bit_of_a_proof_is_found() -> None:
    """Without extra data, which nothing vouches for; and asking for every witness that is in it."""
    note = cosigned(LOG.checkpoint(300), 3)
    good = proof.TlogProof(137, LOG.inclusion(137, 300), note).encode()
    leaf, everybody = LOG.reader.leaf_hash(137), policy(threshold=3)
    proof.parse_proof(good).verify(leaf, everybody)
    for position in range(len(good)):
        changed = bytearray(good)
        changed[position] ^= 1 << position % 8
        with pytest.raises(Invalid):
            proof.parse_proof(bytes(changed)).verify(leaf, everybody)


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63), st.binary(max_size=99))
def test_a_proof_comes_back(index: int, hashes: list[bytes], extra: bytes) -> None:
    made = proof.TlogProof(index, tuple(hashes), LOG.checkpoint(300), extra)
    assert proof.parse_proof(made.encode()) == made


@given(st.binary(max_size=200) | st.text("extra index0123456789=\nAB—é", max_size=60).map(str.encode))
def test_foreign_bytes_are_a_proof_or_the_named_error(data: bytes) -> None:
    note = LOG.checkpoint(300).encode()
    for candidate in (data, proof.HEADER.encode() + b"\n" + data + b"\n\n" + note):
        try:
            found = proof.parse_proof(candidate)
        except Invalid:
            continue
        assert found.encode() == candidate


def test_a_proof_has_limits() -> None:
    hashes = tuple([bytes(32)] * 64)
    with pytest.raises(BadProof, match="63 are the limit"):
        proof.parse_proof(proof.TlogProof(0, hashes, LOG.checkpoint(300)).encode())
    with pytest.raises(BadProof, match="limit"):
        proof.parse_proof(bytes(proof.MAX_PROOF_BYTES + 1))
    extra = bytes(proof.MAX_EXTRA_BYTES)
    assert proof.parse_proof(proof.TlogProof(0, (), LOG.checkpoint(1), extra).encode()).extra == extra
    with pytest.raises(BadProof, match="extra"):
        proof.parse_proof(proof.TlogProof(0, (), LOG.checkpoint(1), extra + b"\x00").encode())
