"""The log's signed word: for these leaves and no others, and nothing else is taken for one."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from carrel.ledger import ed25519, promise
from carrel.ledger.errors import BadNote

from .worlds import LOG, START_MS, seed_of

SEED = seed_of("log")
KEY = ed25519.public_key(SEED)
LEAVES = [sha256(bytes((at,))).digest() for at in range(3)]
SIGNED = promise.sign(promise.promise(LOG, 7, LEAVES, START_MS), SEED)


def test_it_is_about_these_leaves_alone() -> None:
    promise.verify(promise.decode(msgspec.json.encode(SIGNED)), KEY, LEAVES)
    for others in (LEAVES[:2], LEAVES[::-1], [*LEAVES, LEAVES[0]]):
        with pytest.raises(BadNote):
            promise.verify(SIGNED, KEY, others)


@pytest.mark.parametrize("name", promise.Promise.__struct_fields__)
def test_every_member_is_signed(name: str) -> None:
    given = SIGNED.promise
    value = getattr(given, name)
    changed = msgspec.structs.replace(given, **{name: value + 1 if isinstance(value, int) else value[::-1]})
    with pytest.raises(BadNote):
        promise.verify(msgspec.structs.replace(SIGNED, promise=changed), KEY, LEAVES)


@pytest.mark.parametrize("signature", ["", "zz", SIGNED.signature[:-2], SIGNED.signature[::-1]])
def test_other_signatures(signature: str) -> None:
    with pytest.raises(BadNote):
        promise.verify(msgspec.structs.replace(SIGNED, signature=signature), KEY, LEAVES)


@given(st.binary(max_size=50))
@example(b'{"signature":"\xff"}')
def test_what_is_none(data: bytes) -> None:
    with pytest.raises(BadNote):
        promise.decode(data)
