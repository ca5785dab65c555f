"""Ed25519 as libsodium understands it: strict, so that every other verifier accepts what we accept.

Verifiers disagree about edge cases: points of small order, encodings that are not the shortest, scalars that are not reduced. libsodium refuses all of
these, and nothing that it accepts is refused by OpenSSL, WebCrypto, Go or ring; so it alone decides what enters the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.bindings.crypto_core import crypto_core_ed25519_is_valid_point
from nacl.exceptions import CryptoError

from carrel.ledger.errors import BadKey, BadSignature

KEY_BYTES: Final = 32
SEED_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
Signed = tuple[bytes, bytes, bytes]
"""Key, message, signature."""


def public_key(seed: bytes) -> bytes:
    """(32,) of a seed (32,)."""
    return bytes(crypto_sign_seed_keypair(seed)[0])


def sign(seed: bytes, message: bytes) -> bytes:
    """(64,)."""
    return bytes(crypto_sign(message, _secret(seed))[:SIGNATURE_BYTES])


@lru_cache(maxsize=8)
def _secret(seed: bytes) -> bytes:
    """(64,) as libsodium signs with it. Making it takes as long as a signature, and a log signs with one key all its life."""
    return bytes(crypto_sign_seed_keypair(seed)[1])


def check_key(key: bytes) -> None:
    """Raises BadKey unless `key` is the shortest form of a point of the main subgroup."""
    if len(key) != KEY_BYTES or not _is_point(key):
        raise BadKey("This is not an Ed25519 public key that every verifier accepts. Make a new key.")


@lru_cache(maxsize=8192)
def _is_point(key: bytes) -> bool:
    """It takes as long as a signature, and is asked when an entry is read and again when it is admitted."""
    return crypto_core_ed25519_is_valid_point(key)


def verify(key: bytes, message: bytes, signature: bytes) -> None:
    """Raises BadSignature. Lets other threads run meanwhile."""
    if len(key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        raise BadSignature("A signature has 64 bytes and a key 32.")
    try:
        crypto_sign_open(signature + message, key)
    except CryptoError:
        raise BadSignature("The signature does not fit the bytes and the key.") from None


def wrong_ones(signed: Sequence[Signed]) -> list[int]:
    """Places of those that `verify` refuses."""
    wrong = []
    for at, one in enumerate(signed):
        try:
            verify(*one)
        except BadSignature:
            wrong.append(at)
    return wrong
