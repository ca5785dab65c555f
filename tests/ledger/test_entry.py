"""Entries and leaves: exactly their signers, and not a bit that could be otherwise."""

from __future__ import annotations

import json
import uuid
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.ledger import canonical, ed25519, entry
from carrel.ledger.bodies import Attest, CreditIssue, KeyRecover, KeyRegister, KeyRotate, Transfer, WorkWithdraw
from carrel.ledger.entry import MOST_LEAF_BYTES, MOST_SIGNATURES, Signature
from carrel.ledger.errors import (
    BadEntry,
    BadSignature,
    LedgerError,
    Malformed,
    MissingSignature,
    SurplusSignature,
    TooLong,
)

from .make_entry_vectors import PATH
from .worlds import World, key_of, seed_of

LEAVES = [bytes.fromhex(each["leaf"]) for each in json.loads(PATH.read_text("utf-8"))["entries"]]
LEAF = st.sampled_from(LEAVES)


@pytest.fixture
def world() -> World:
    made = World()
    made.found("ada", "ben")
    return made


def signed_by(body: Any, *names: str) -> list[Signature]:
    message = entry.DOMAIN + canonical.encode(body)
    return [Signature(bytes.fromhex(key_of(name)), ed25519.sign(seed_of(name), message)) for name in names]


# --- leaves ---


@given(leaf=LEAF)
def test_a_leaf_reads_back(leaf: bytes) -> None:
    logged_ms, read = entry.open_leaf(leaf)
    assert entry.encode_leaf(read, logged_ms) == leaf
    assert read.hash == sha256(read.raw).digest()
    assert len(leaf) == entry.leaf_bytes(read.raw, len(read.signatures))


@given(leaf=LEAF, at=st.integers(0, 2**16), bit=st.integers(0, 7))
def test_a_flipped_bit_is_refused_or_stands_in_the_logged_time_which_the_tree_holds(
    leaf: bytes, at: int, bit: int
) -> None:
    other = bytearray(leaf)
    other[at % len(leaf)] ^= 1 << bit
    if at % len(leaf) >= 8:
        with pytest.raises(BadEntry):
            entry.open_leaf(bytes(other))
    else:
        logged_ms, _ = entry.open_leaf(bytes(other))
        assert logged_ms != entry.open_leaf(leaf)[0]
        assert sha256(b"\0" + other).digest() != sha256(b"\0" + leaf).digest()


@given(leaf=LEAF, cut=st.integers(1, 2**16), more=st.binary(min_size=1, max_size=100))
def test_a_leaf_is_neither_shorter_nor_longer(leaf: bytes, cut: int, more: bytes) -> None:
    for other in (leaf[: -(cut % len(leaf)) or None][: len(leaf) - 1], leaf + more, more + leaf):
        with pytest.raises(BadEntry):
            entry.open_leaf(other)


@given(raw=st.binary(max_size=400))
def test_any_bytes_are_no_leaf_and_say_so(raw: bytes) -> None:
    with pytest.raises(BadEntry):
        entry.open_leaf(raw)


@given(one=LEAF, other=LEAF)
def test_signatures_of_another_entry_do_not_fit(one: bytes, other: bytes) -> None:
    mine, theirs = entry.decode_leaf(one), entry.decode_leaf(other)
    if mine.raw != theirs.raw:
        with pytest.raises(Malformed):
            entry.parse(mine.raw, theirs.signatures)


def test_signatures_stand_in_the_order_of_their_keys() -> None:
    leaf = next(leaf for leaf in LEAVES if len(entry.decode_leaf(leaf).signatures) == 2)
    turned = leaf[:-192] + leaf[-96:] + leaf[-192:-96]
    with pytest.raises(BadEntry, match="order"):
        entry.open_leaf(turned)
    _, read = entry.open_leaf(leaf)
    assert all(one.key < other.key for one, other in pairwise(read.signatures))


# --- who signs ---


def test_each_type_is_signed_by_whom_it_names(world: World) -> None:
    hash_ = "00" * 32
    cases = (
        (KeyRegister, {"key": key_of("new")}, {"ada", "new"}),
        (KeyRotate, {"key": key_of("new"), "prev": hash_}, {"ada", "new"}),
        (KeyRecover, {"key": key_of("new"), "account": key_of("ben"), "prev": hash_}, {"ada", "new"}),
        (WorkWithdraw, {"work": hash_, "prev": hash_, "reason": "asked"}, {"ada"}),
        (WorkWithdraw, {"work": hash_, "prev": hash_, "reason": "asked", "also": ("ben",)}, {"ada", "ben"}),
        (Attest, {"claim": "thanks", "subject": key_of("ben")}, {"ada"}),
    )
    for kind, members, expected in cases:
        body = world.body(kind, "ada", **members)
        assert entry.signers(body) == {key_of(name) for name in expected}
        raw = canonical.encode(body)
        entry.parse(raw, signed_by(body, *expected))
        for missing in expected:
            with pytest.raises(MissingSignature):
                entry.parse(raw, signed_by(body, *expected - {missing}))
        with pytest.raises(SurplusSignature):
            entry.parse(raw, signed_by(body, *expected, "cyd"))
        with pytest.raises(SurplusSignature):
            entry.parse(raw, signed_by(body, *expected, min(expected)))
        with pytest.raises(MissingSignature):
            entry.parse(raw, ())


def test_every_signature_is_over_the_domain_and_the_body(world: World) -> None:
    body = world.body(Attest, "ada", claim="thanks", subject=key_of("ben"))
    raw = canonical.encode(body)
    for message in (raw, b"carrel-ledger-promise-v1\n" + raw, entry.DOMAIN + raw + b"\n"):
        with pytest.raises(BadSignature):
            entry.parse(raw, [Signature(bytes.fromhex(key_of("ada")), ed25519.sign(seed_of("ada"), message))])


def test_further_signers_are_named_once_in_order(world: World) -> None:
    names = sorted(("ben", "cyd"), key=key_of)
    for also in (tuple(reversed(names)), (names[0], names[0])):
        body = world.body(Attest, "ada", claim="thanks", subject=key_of("ben"))
        body = type(body)(**{**_members(body), "also": tuple(key_of(name) for name in also)})
        with pytest.raises(SurplusSignature):
            entry.parse(canonical.encode(body), signed_by(body, "ada", *set(also)))


def _members(body: Any) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.__struct_fields__}


def test_more_signatures_than_any_entry_has_are_not_looked_at(world: World) -> None:
    body = world.body(Attest, "ada", claim="thanks", subject=key_of("ben"))
    many = signed_by(body, "ada") * (MOST_SIGNATURES + 1)

    def verify(*_: bytes) -> None:
        raise AssertionError

    with pytest.raises(SurplusSignature):
        entry.parse(canonical.encode(body), many, verify=verify)


def test_an_entry_with_its_signatures_has_a_limit(world: World) -> None:
    """The largest body and the most signers fit: the limits of the parts are those of the whole."""
    assert entry.leaf_bytes(bytes(canonical.MOST_BODY_BYTES), MOST_SIGNATURES) <= MOST_LEAF_BYTES
    transfers = tuple(Transfer(to="00" * 32, amount=10**12) for _ in range(500))
    body = world.body(CreditIssue, "ada", code="desk", rule="00" * 32, transfers=transfers)
    assert len(canonical.encode(body)) <= canonical.MOST_BODY_BYTES
    long = world.body(
        CreditIssue, "ada", code="desk", rule="00" * 32,
        transfers=tuple(Transfer(to="00" * 32, amount=1, work="00" * 32) for _ in range(500)),
    )  # fmt: skip
    with pytest.raises(TooLong):
        entry.parse(canonical.encode(long), signed_by(long, "ada"))


@given(
    raw=st.binary(max_size=300),
    signatures=st.lists(st.tuples(st.binary(max_size=40), st.binary(max_size=70)), max_size=4),
)
def test_any_bytes_and_signatures_are_refused_with_a_reason(raw: bytes, signatures: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(LedgerError):
        entry.parse(raw, [Signature(*one) for one in signatures])
    _, good = entry.open_leaf(LEAVES[0])
    with pytest.raises(LedgerError):
        entry.parse(good.raw, [Signature(*one) for one in signatures])


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_ids_are_in_the_order_of_time(now_ms: int, random: bytes) -> None:
    made = uuid.UUID(entry.uuid7(now_ms, random))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert int(entry.uuid7(now_ms, random)[:12], 16) == now_ms
