"""An entry: a body, who signed it, and the leaf that it becomes in the tree.

signed bytes = "carrel-ledger-entry-v1\\n" ‖ body
leaf         = u64 logged_ms ‖ u16 body length ‖ body ‖ u8 count ‖ count × (key 32 ‖ signature 64), keys ascending; integers big-endian
entry id     = SHA-256(body)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from itertools import chain
from struct import Struct
from typing import Final, NamedTuple

from carrel.ledger import canonical, ed25519
from carrel.ledger.bodies import MOST_COSIGNERS, AnyBody, KeyRecover, KeyRegister, KeyRotate
from carrel.ledger.errors import BadEntry, BadSignature, MissingSignature, Refused, SurplusSignature, TooLong

DOMAIN: Final = b"carrel-ledger-entry-v1\n"
MOST_LEAF_BYTES: Final = 65_535
MOST_SIGNATURES: Final = MOST_COSIGNERS + 2

_HEAD: Final = Struct(">QH")
_SIGNATURE: Final = Struct(f"{ed25519.KEY_BYTES}s{ed25519.SIGNATURE_BYTES}s")
_BRINGERS: Final = (KeyRegister, KeyRotate, KeyRecover)


class Signature(NamedTuple):
    key: bytes
    signature: bytes


class Entry(NamedTuple):
    """`raw`: the canonical bytes of `body`. `signatures` by ascending key. Made by `parse` or `sign`, so that it is well-formed and fully signed."""

    raw: bytes
    body: AnyBody
    signatures: tuple[Signature, ...]

    @property
    def hash(self) -> bytes:
        """The entry's id, (32,)."""
        return hashlib.sha256(self.raw).digest()


def signers(body: AnyBody) -> set[str]:
    """The keys whose signatures it bears: exactly these."""
    return _first(body).union(body.also)


def _first(body: AnyBody) -> set[str]:
    # Whoever brings a key shows that they have it.
    return {body.by, body.key} if isinstance(body, _BRINGERS) else {body.by}


def _check_signers(body: AnyBody, given: tuple[Signature, ...]) -> None:
    """Raises SurplusSignature or MissingSignature unless these are the signatures that it bears, before any of them is verified."""
    keys = [one.key.hex() for one in given]
    if keys == [body.by] and not body.also and not isinstance(body, _BRINGERS):
        return  # as nearly all are
    if len(given) > MOST_SIGNATURES:
        raise SurplusSignature(f"No entry has more than {MOST_SIGNATURES} signatures.")
    wanted = signers(body)
    if sorted(set(body.also)) != list(body.also) or len(wanted) < len(_first(body)) + len(body.also):
        raise SurplusSignature("`also` names each further key once, in ascending order.")
    if missing := wanted - set(keys):
        raise MissingSignature(f"The signature of key {min(missing)} is missing.")
    if len(keys) > len(wanted) or len(set(keys)) < len(keys):
        raise SurplusSignature("There are signatures of keys that the entry does not name, or two of one key.")


def parse(
    raw: bytes, signatures: Iterable[Signature], *, verify: Callable[[bytes, bytes, bytes], None] = ed25519.verify
) -> Entry:
    """An entry from outside. Raises a kind of Malformed. Most of its time is `verify(key, message, signature)`, which needs no lock."""
    body = canonical.decode(raw)
    given = tuple(sorted(signatures))
    _check_signers(body, given)
    if leaf_bytes(raw, len(given)) > MOST_LEAF_BYTES:
        raise TooLong(f"With its signatures the entry has more than {MOST_LEAF_BYTES} bytes.")
    if isinstance(body, _BRINGERS):
        ed25519.check_key(bytes.fromhex(body.key))  # admission asks again, on the one thread that appends
    message = DOMAIN + raw
    for one in given:
        verify(one.key, message, one.signature)
    return Entry(raw, body, given)


def sign(body: AnyBody, seeds: Iterable[bytes]) -> Entry:
    """Signed by the keys of these seeds (32,), which are those that `signers` names."""
    raw = canonical.encode(body)
    message = DOMAIN + raw
    made = [Signature(ed25519.public_key(seed), ed25519.sign(seed, message)) for seed in seeds]
    return parse(raw, made, verify=lambda *_: None)


def uuid7(now_ms: int, random: bytes) -> str:
    """An `id` (RFC 9562, hex without dashes): 48 bits of Unix milliseconds, then version, variant and 74 random bits out of `random` (10,)."""
    value = (now_ms & (1 << 48) - 1) << 80 | int.from_bytes(random)
    value = value & ~(0xF << 76) | 0x7 << 76
    return f"{value & ~(0x3 << 62) | 0x2 << 62:032x}"


def leaf_bytes(raw: bytes, signature_count: int) -> int:
    return _HEAD.size + len(raw) + 1 + signature_count * _SIGNATURE.size


def encode_leaf(entry: Entry, logged_ms: int) -> bytes:
    return b"".join(
        (
            _HEAD.pack(logged_ms, len(entry.raw)),
            entry.raw,
            bytes((len(entry.signatures),)),
            *chain.from_iterable(entry.signatures),
        )
    )


class Leaf(NamedTuple):
    logged_ms: int
    raw: bytes
    signatures: tuple[Signature, ...]


def decode_leaf(leaf: bytes) -> Leaf:
    """The parts, not yet checked. Raises BadEntry unless every byte has its place."""
    if len(leaf) < _HEAD.size + 1:
        raise BadEntry("A leaf is cut short.")
    logged_ms, length = _HEAD.unpack_from(leaf)
    at = _HEAD.size + length
    if at >= len(leaf) or len(leaf) != at + 1 + leaf[at] * _SIGNATURE.size:
        raise BadEntry("A leaf's length does not fit its parts.")
    found = tuple(map(Signature._make, _SIGNATURE.iter_unpack(leaf[at + 1 :])))
    if len(found) > 1 and list(found) != sorted(found):
        raise BadEntry("A leaf's signatures are not in the order of their keys.")
    return Leaf(logged_ms, leaf[_HEAD.size : at], found)


def open_leaf(leaf: bytes, *, verify: Callable[[bytes, bytes, bytes], None] = ed25519.verify) -> tuple[int, Entry]:
    """(logged_ms, entry) of a leaf out of a log. Raises BadEntry with the reason."""
    parts = decode_leaf(leaf)
    try:
        return parts.logged_ms, parse(parts.raw, parts.signatures, verify=verify)
    except (Refused, BadSignature) as error:
        raise BadEntry(f"{error} ({error.code})") from error
