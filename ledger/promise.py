"""The acknowledgement: the log's signed word that entries are kept and by when they will be in a published tree.

    signed bytes = "carrel-ledger-promise-v1\\n" ‖ canonical JSON of {count, index, integrate_by_ms, log, logged_ms, root}

`root` is the RFC 6962 root of the hashes of these `count` leaves alone: for one entry its leaf hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from carrel.ledger import canonical, ed25519
from carrel.ledger.bodies import Count, Hash, Origin, Part
from carrel.ledger.errors import BadNote, BadSignature
from carrel.ledger.merkle import Frontier

DOMAIN: Final = b"carrel-ledger-promise-v1\n"
INTEGRATE_MS: Final = 5_000
"""From the acknowledgement of an entry to a published tree with it, at most."""


class Promise(Part, frozen=True, kw_only=True):
    count: Count
    index: Count
    integrate_by_ms: Count
    log: Origin
    logged_ms: Count
    root: Hash


class SignedPromise(Part, frozen=True, kw_only=True):
    promise: Promise
    signature: str


def promise(log: str, index: int, leaf_hashes: Sequence[bytes], logged_ms: int) -> Promise:
    return Promise(
        count=len(leaf_hashes),
        index=index,
        integrate_by_ms=logged_ms + INTEGRATE_MS,
        log=log,
        logged_ms=logged_ms,
        root=Frontier().extend(leaf_hashes).root().hex(),
    )


def sign(given: Promise, seed: bytes) -> SignedPromise:
    return SignedPromise(promise=given, signature=ed25519.sign(seed, DOMAIN + canonical.encode(given)).hex())


def verify(signed: SignedPromise, key: bytes, leaf_hashes: Sequence[bytes]) -> None:
    """`key` (32,) is the log's. Raises BadNote unless the log promised exactly these leaves."""
    given = signed.promise
    if given.count != len(leaf_hashes) or given.root != Frontier().extend(leaf_hashes).root().hex():
        raise BadNote("The promise is about other entries.")
    try:
        ed25519.verify(key, DOMAIN + canonical.encode(given), bytes.fromhex(signed.signature))
    except (BadSignature, ValueError):
        raise BadNote("The promise is not signed by this log's key.") from None


def decode(data: bytes) -> SignedPromise:
    """Raises BadNote."""
    try:
        return msgspec.json.decode(data, type=SignedPromise)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadNote(f"This is not a promise: {error}.") from None
