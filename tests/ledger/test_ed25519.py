"""Signatures are those of RFC 8032, and what we take every other verifier takes."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from carrel.ledger import ed25519
from carrel.ledger.errors import BadKey, BadSignature

CASES = json.loads((Path(__file__).parents[1] / "vectors/ed25519-edge-cases.json").read_text("utf-8"))["cases"]
ORDER = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19
SIGN = 1 << 255
_SMALL_Y = (
    1,
    P - 1,
    0,
    2707385501144840649318225287225658788936804267575313519463743609750303021862,
    P - 2707385501144840649318225287225658788936804267575313519463743609750303021862,
)
SMALL = [
    form.to_bytes(32, "little")
    for y in _SMALL_Y
    for form in (y, y | SIGN, y + P, y + P | SIGN)
    if form < 2**256 and form % SIGN >= y
]
"""Every way to write a point of small order, shortest or not."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_published_edge_cases_are_taken_as_libsodium_takes_them(case: dict[str, Any]) -> None:
    key, message, signature = (bytes.fromhex(case[name]) for name in ("key", "message", "signature"))
    if case["libsodium"]:
        ed25519.verify(key, message, signature)
    else:
        with pytest.raises(BadSignature):
            ed25519.verify(key, message, signature)
    if case["order_l"]:
        ed25519.check_key(key)
    else:
        with pytest.raises(BadKey):
            ed25519.check_key(key)


def test_none_of_them_could_enter_the_log() -> None:
    assert not [case for case in CASES if case["libsodium"] and case["order_l"]]


def test_points_of_small_order_sign_nothing() -> None:
    assert len(set(SMALL)) == 14
    for key in SMALL:
        with pytest.raises(BadKey):
            ed25519.check_key(key)
    for key, point in product(SMALL, SMALL):
        with pytest.raises(BadSignature):
            ed25519.verify(key, b"Zcash", point + bytes(32))


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=100))
def test_signatures_are_those_of_another_library(seed: bytes, message: bytes) -> None:
    other = Ed25519PrivateKey.from_private_bytes(seed)
    key, signature = ed25519.public_key(seed), ed25519.sign(seed, message)
    assert (key, signature) == (other.public_key().public_bytes_raw(), other.sign(message))
    ed25519.check_key(key)
    ed25519.verify(key, message, signature)


@given(
    seed=st.binary(min_size=32, max_size=32),
    message=st.binary(min_size=1, max_size=100),
    which=st.sampled_from(("key", "message", "signature")),
    at=st.integers(0, 10**6),
    bit=st.integers(0, 7),
)
def test_no_bit_can_be_changed(seed: bytes, message: bytes, which: str, at: int, bit: int) -> None:
    parts = {"key": ed25519.public_key(seed), "message": message, "signature": ed25519.sign(seed, message)}
    changed = bytearray(parts[which])
    changed[at % len(changed)] ^= 1 << bit
    parts[which] = bytes(changed)
    with pytest.raises(BadSignature):
        ed25519.verify(**parts)
    with pytest.raises((InvalidSignature, ValueError)):
        Ed25519PublicKey.from_public_bytes(parts["key"]).verify(parts["signature"], parts["message"])


@given(seed=st.binary(min_size=32, max_size=32), times=st.integers(1, 15))
def test_a_scalar_is_written_in_one_way(seed: bytes, times: int) -> None:
    key, signature = ed25519.public_key(seed), ed25519.sign(seed, b"message")
    scalar = int.from_bytes(signature[32:], "little") + times * ORDER
    if scalar < 2**256:
        with pytest.raises(BadSignature):
            ed25519.verify(key, b"message", signature[:32] + scalar.to_bytes(32, "little"))


@pytest.mark.parametrize(("key", "signature"), [(31, 64), (33, 64), (32, 63), (32, 65), (0, 0)])
def test_lengths_are_fixed(key: int, signature: int) -> None:
    with pytest.raises(BadSignature):
        ed25519.verify(bytes(key), b"", bytes(signature))
    if key != ed25519.KEY_BYTES:
        with pytest.raises(BadKey):
            ed25519.check_key(bytes(key))
