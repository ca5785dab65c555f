"""Gives entries their place: entries in, verdicts and one batch of writes out, all as values."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import chain
from typing import Any, Final, NamedTuple

import msgspec

from carrel.ledger import admission
from carrel.ledger.bodies import (
    TYPES,
    AnyBody,
    Body,
    CreditCorrect,
    CreditIssue,
    CreditTransfer,
    KeyRecover,
    KeyRegister,
    KeyRevoke,
    KeyRotate,
    WorkDerive,
)
from carrel.ledger.entry import Entry, encode_leaf
from carrel.ledger.errors import IdReplayed, Refused
from carrel.ledger.merkle import EMPTY, Frontier, leaf_hash
from carrel.ledger.state import ROWS, Change, KeyRow, Row, State
from carrel.ledger.storage import Batch, Head, Record

_pack: Final = msgspec.msgpack.Encoder(order="sorted")
_DIGEST_BITS: Final = 256
_TABLES: Final = {kind: kind.table.encode() + b"\n" for kind in ROWS}
_SEAL: Final = b"carrel-ledger-rows-v2\n"
_NAMED: Final = {
    kind: tuple(name for name in ("work", "to", "subject") if name in kind.__struct_fields__) for kind in TYPES.values()
}
"""By type, its members that name an account or a work."""


class Accepted(NamedTuple):
    """`again`: the very same entry was there already."""

    record: Record
    again: bool = False


Verdict = Accepted | Refused


class Sequencer:
    """The one writer's thinking. After the last batch `digest` sums up the rows, and `tree` all entries."""

    def __init__(self, state: State, digest: int, seal_key: bytes, tree: Frontier = EMPTY) -> None:
        self.state = state
        self._digest = digest
        self._seal_key = seal_key
        self._tree = tree

    def admit(self, entries: Iterable[Entry], known: Mapping[bytes, Record], now_ms: int) -> list[Verdict]:
        """A verdict each, in order. `known`: the records of those of their ids that the store has. The state is then ahead of the store by `batch`."""
        logged_ms = max(now_ms, self.state.clock_ms)
        fresh: dict[bytes, Record] = {}
        return [self._verdict(entry, known, fresh, logged_ms) for entry in entries]

    def _verdict(
        self, entry: Entry, known: Mapping[bytes, Record], fresh: dict[bytes, Record], logged_ms: int
    ) -> Verdict:
        key = bytes.fromhex(entry.body.id)
        earlier = known.get(key) or fresh.get(key)
        if earlier is not None:
            if earlier.hash == entry.hash:
                return Accepted(earlier, again=True)
            return IdReplayed(
                f"Entry {earlier.index} has this id and says something else. Make a new id for a new entry."
            )
        try:
            entry_id = admission.admit(self.state, entry, logged_ms)
        except Refused as refused:
            return refused
        leaf = encode_leaf(entry, logged_ms)
        record = Record(
            self.state.size - 1,
            logged_ms,
            key,
            bytes.fromhex(entry_id),
            leaf_hash(leaf),
            leaf,
            str(entry.body.__struct_config__.tag),
            subjects(self.state, entry.body, entry_id),
        )
        fresh[key] = record
        return Accepted(record)

    def batch(self, verdicts: Sequence[Verdict]) -> Batch | None:
        """The writes that make these verdicts lasting; None when nothing new was accepted."""
        records = [one.record for one in verdicts if isinstance(one, Accepted) and not one.again]
        if not records:
            return None
        changes = self.state.take_changes()
        self._digest = digest_after(self._digest, changes)
        self._tree = self._tree.extend([one.leaf_hash for one in records])
        head = sealed_head(self._tree, self.state.clock_ms, self._digest, self._seal_key)
        return Batch(records[0].index, records, [change.row for change in changes], head)


def digest_after(digest: int, changes: Iterable[Change]) -> int:
    """The sum, modulo 2^256, of the SHA-256 of all rows: order does not matter, and one row is exchanged without reading the others.

    It shows a damaged or edited row to whoever opens the store. It is no proof against somebody who can search for sums: that proof is the replay.
    """
    for before, row in changes:
        if before is not None:
            digest -= row_digest(before)
        digest += row_digest(row)
    return digest % (1 << _DIGEST_BITS)


def row_digest(row: Row) -> int:
    return int.from_bytes(sha256(_TABLES[type(row)] + _pack.encode(row)).digest())


def sealed_head(tree: Frontier, clock_ms: int, digest: int, seal_key: bytes) -> Head:
    """`tree` is of all entries: those that no checkpoint has yet cannot be exchanged behind the log's back either."""
    raw = digest.to_bytes(_DIGEST_BITS // 8)
    return Head(tree.size, clock_ms, raw, _seal(tree, clock_ms, raw, seal_key))


def is_sealed(head: Head, tree: Frontier, seal_key: bytes) -> bool:
    return head.size == tree.size and hmac.compare_digest(head.seal, _seal(tree, head.clock_ms, head.digest, seal_key))


def _seal(tree: Frontier, clock_ms: int, digest: bytes, seal_key: bytes) -> bytes:
    return hmac.digest(seal_key, _SEAL + tree.size.to_bytes(8) + tree.root() + clock_ms.to_bytes(8) + digest, "sha256")


def subjects(state: State, body: AnyBody, entry_id: str) -> tuple[str, ...]:
    """The accounts and works in whose history the entry stands, and the entry itself: it is the first in its own."""
    kind = type(body)
    found: list[str | None] = [entry_id, _account(state, body.by)]
    found += [getattr(body, name) for name in _NAMED[kind]]
    if kind in _OTHERS:
        found += _OTHERS[kind](state, body)
    return tuple(one for one in dict.fromkeys(found) if one)


def _of_key(state: State, body: KeyRevoke | KeyRotate) -> Iterable[str]:
    return (_account(state, body.key),)


def _of_new_key(_: State, body: KeyRegister | KeyRecover) -> Iterable[str]:
    return (body.account or body.key,)


def _of_transfers(_: State, body: CreditIssue | CreditTransfer) -> Iterable[str | None]:
    return chain.from_iterable((one.to, one.work) for one in body.transfers)


def _of_legs(_: State, body: CreditCorrect) -> Iterable[str]:
    return chain.from_iterable((leg.to, leg.payer) for leg in body.legs)


def _of_sources(_: State, body: WorkDerive) -> Iterable[str]:
    return body.sources


_OTHERS: Final[dict[type[Body], Callable[[State, Any], Iterable[str | None]]]] = {
    KeyRegister: _of_new_key,
    KeyRecover: _of_new_key,
    KeyRevoke: _of_key,
    KeyRotate: _of_key,
    CreditIssue: _of_transfers,
    CreditTransfer: _of_transfers,
    CreditCorrect: _of_legs,
    WorkDerive: _of_sources,
}
"""Whom an entry of this type is about besides its signer and its own members of `_NAMED`."""


def _account(state: State, key: str) -> str:
    row = state.get(KeyRow, key)
    return row.account if row else key
