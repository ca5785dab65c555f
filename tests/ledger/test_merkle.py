"""The tree against RFC 6962 as its authors wrote it, against the vectors that others publish, and against proofs that are not quite right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.ledger import merkle
from carrel.ledger.errors import BadProof
from tests.ledger import published
from tests.ledger.rfc6962 import NaiveTree

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ledger-merkle.json").read_text("utf-8"))
TREE = NaiveTree([f"{index}".encode() for index in range(3000)])
CT = NaiveTree([bytes.fromhex(leaf) for leaf in published.CT_LEAVES])


def node(level: int, index: int) -> bytes:
    return TREE.mth(index << level, (index + 1) << level)


def ct_node(level: int, index: int) -> bytes:
    return CT.mth(index << level, (index + 1) << level)


def unhex(case: dict[str, Any]) -> dict[str, Any]:
    def value(found: Any) -> Any:
        return (
            bytes.fromhex(found)
            if isinstance(found, str)
            else list(map(value, found))
            if isinstance(found, list)
            else found
        )

    return {name: value(found) for name, found in case.items() if name != "why"}


def verify_inclusion(case: dict[str, Any]) -> None:
    merkle.verify_inclusion(case["leaf_hash"], case["index"], case["size"], case["proof"], case["root"])


def verify_consistency(case: dict[str, Any]) -> None:
    merkle.verify_consistency(case["old_size"], case["new_size"], case["old_root"], case["new_root"], case["proof"])


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    leaves = [merkle.leaf_hash(leaf) for leaf in CT.leaves[:size]]
    assert merkle.Frontier().extend(leaves).root().hex() == published.CT_ROOTS[size] == CT.mth(0, size).hex()


def test_proofs_are_those_of_certificate_transparency() -> None:
    for (index, size), path in published.CT_INCLUSION.items():
        assert [each.hex() for each in merkle.inclusion_proof(index, size, ct_node)] == path
    for (old, new), proof in published.CT_CONSISTENCY.items():
        assert [each.hex() for each in merkle.consistency_proof(old, new, ct_node)] == proof


def test_every_proof_of_small_trees_is_that_of_the_rfc_and_verifies() -> None:
    for size in range(1, 68):
        root = TREE.mth(0, size)
        for index in range(size):
            path = merkle.inclusion_proof(index, size, node)
            assert path == TREE.path(index, 0, size)
            merkle.verify_inclusion(TREE.mth(index, index + 1), index, size, path, root)
        for old in range(1, size + 1):
            proof = merkle.consistency_proof(old, size, node)
            assert proof == TREE.proof(old, size)
            merkle.verify_consistency(old, size, TREE.mth(0, old), root, proof)


@given(st.integers(1, 3000), st.data())
def test_proofs_of_larger_trees_are_those_of_the_rfc_and_verify(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(index, size, node)
    assert path == TREE.path(index, 0, size)
    merkle.verify_inclusion(TREE.mth(index, index + 1), index, size, path, TREE.mth(0, size))
    proof = merkle.consistency_proof(index + 1, size, node)
    assert proof == TREE.proof(index + 1, size)
    merkle.verify_consistency(index + 1, size, TREE.mth(0, index + 1), TREE.mth(0, size), proof)


@given(st.lists(st.integers(0, 300), max_size=8))
def test_a_frontier_grows_in_any_steps_to_the_same_root(steps: list[int]) -> None:
    frontier = merkle.Frontier()
    for step in steps:
        before, root = frontier, frontier.root()
        frontier = frontier.extend(TREE.mth(at, at + 1) for at in range(frontier.size, frontier.size + step))
        assert frontier.root() == TREE.mth(0, frontier.size)
        assert before.root() == root
    assert frontier.append(merkle.leaf_hash(TREE.leaves[frontier.size])).root() == TREE.mth(0, frontier.size + 1)


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=lambda case: f"{case['index']} in {case['size']}")
def test_golden_inclusion(case: dict[str, Any]) -> None:
    verify_inclusion(unhex(case))


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=lambda case: f"{case['old_size']} to {case['new_size']}")
def test_golden_consistency(case: dict[str, Any]) -> None:
    verify_consistency(unhex(case))


@pytest.mark.parametrize("case", VECTORS["refused_inclusion"], ids=lambda case: case["why"])
def test_a_malformed_inclusion_proof_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(BadProof):
        verify_inclusion(unhex(case))


@pytest.mark.parametrize("case", VECTORS["refused_consistency"], ids=lambda case: case["why"])
def test_a_malformed_consistency_proof_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(BadProof):
        verify_consistency(unhex(case))


@given(st.integers(1, 500), st.data())
def test_a_changed_bit_anywhere_in_a_proof_is_found(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = index + 1
    root = TREE.mth(0, size)
    hashes = [TREE.mth(index, index + 1), root, *TREE.path(index, 0, size)]
    leaf, changed_root, *path = flipped(hashes, data)
    with pytest.raises(BadProof):
        merkle.verify_inclusion(leaf, index, size, path, changed_root)
    old_root, new_root, *proof = flipped([TREE.mth(0, old), root, *TREE.proof(old, size)], data)
    with pytest.raises(BadProof):
        merkle.verify_consistency(old, size, old_root, new_root, proof)


@given(st.integers(-2, 40), st.integers(-2, 40), st.lists(st.binary(min_size=31, max_size=33), max_size=8))
def test_foreign_numbers_and_hashes_end_in_the_named_error(first: int, second: int, proof: list[bytes]) -> None:
    with pytest.raises(BadProof):
        merkle.verify_inclusion(bytes(32), first, second, proof, bytes(31) + b"\x01")
    with pytest.raises(BadProof):
        merkle.verify_consistency(first, second, bytes(32), bytes(31) + b"\x01", proof)


@pytest.mark.parametrize(("first", "second"), [(-1, 5), (5, 5), (6, 5), (0, 0), (0, 2**63)])
def test_nobody_asks_for_a_proof_that_cannot_be(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="leaves"):
        merkle.inclusion_proof(first, second, node)
    with pytest.raises(ValueError, match="leaves"):
        merkle.consistency_proof(first + (first == second), second, node)


def test_a_frontier_has_a_hash_for_each_subtree() -> None:
    with pytest.raises(ValueError, match="3 leaves has 2"):
        merkle.Frontier(3, (bytes(32),))


def flipped(hashes: list[bytes], data: st.DataObject) -> list[bytes]:
    at = data.draw(st.integers(0, len(hashes) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = int.from_bytes(hashes[at], "big") ^ (1 << bit)
    return [*hashes[:at], changed.to_bytes(32, "big"), *hashes[at + 1 :]]
