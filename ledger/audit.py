"""Everything about a log verified from its files and its public key alone: signatures, form, tree, and every rule replayed from the first entry on.

The work is in two halves, so that it can be spread: `check` looks at one bundle by itself (signatures, hashes; nearly all of the time) and may run anywhere;
`Audit.add` takes the bundles in order (form, rules, upper tiles). The first fault ends the audit: an `Invalid` that names the entry or the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from carrel.ledger import ed25519, entry
from carrel.ledger.admission import admit
from carrel.ledger.bodies import CreditCorrect
from carrel.ledger.checkpoint import Checkpoint
from carrel.ledger.errors import BadEntry, BadTile, Invalid, LedgerError, Refused
from carrel.ledger.merkle import EMPTY_ROOT, HASH_BYTES
from carrel.ledger.state import ISSUER, AccountRow, HoldRow, MoveRow, State, WorkRow
from carrel.ledger.tiles import (
    TILE_BYTES,
    TILE_HEIGHT,
    TILE_WIDTH,
    Read,
    TileReader,
    TileWriter,
    read_bundle,
    tile_path,
)

_pack: Final = msgspec.msgpack.Encoder()
_unpack: Final = msgspec.msgpack.Decoder(MoveRow)

BALANCE_EVERY: Final = 64
"""Bundles between two countings of all accounts; they are counted at the end in any case."""


class Bundle(NamedTuple):
    """As the files have it, not yet checked. `first`: index of its first entry. `tile`: the hashes of its leaves."""

    first: int
    leaves: list[bytes]
    tile: bytes


class Checked(NamedTuple):
    """`root` (32,) over the bundle if it is full. `fault`: what is wrong with the entry at index `fault_at`, the first that is."""

    root: bytes
    signatures: int
    fault_at: int = -1
    fault: LedgerError | None = None


class Report(NamedTuple):
    """What was verified. `supply`: credit that there is. `types`: entries by type."""

    origin: str
    size: int
    root: bytes
    signatures: int
    types: dict[str, int]
    accounts: int
    works: int
    supply: int
    clock_ms: int


def check(bundle: Bundle, verify: Callable[[bytes, bytes, bytes], None] = ed25519.verify) -> Checked:
    """The half that needs nothing but the bundle: every signature, every leaf's hash."""
    hashes: list[bytes] = []
    count = 0
    for index, leaf in enumerate(bundle.leaves, bundle.first):
        try:
            _, raw, signatures = entry.decode_leaf(leaf)
            message = entry.DOMAIN + raw
            for key, signature in signatures:
                verify(key, message, signature)
        except LedgerError as error:
            return Checked(b"", count, index, error)
        count += len(signatures)
        hashes.append(sha256(b"\x00" + leaf).digest())
    found = b"".join(hashes)
    if found != bundle.tile:
        return _differing(bundle, found, count)
    return Checked(_fold(hashes) if len(hashes) == TILE_WIDTH else b"", count)


class Audit:
    """One pass over the log of a checkpoint that is signed as it should be. Feed `add` with the bundles in order, then `finish`."""

    def __init__(self, checkpoint: Checkpoint, read: Read) -> None:
        self.checkpoint = checkpoint
        self.state = State(checkpoint.origin)
        self._read = read
        self._ids: set[str] = set()
        self._moves: dict[str, bytes] = {}
        """What entries moved, packed: the state itself keeps only what most entries want."""
        self._types: Counter[type] = Counter()
        self._signatures = 0
        self._edges: list[bytearray] = []
        """By level, from 1 on: the hashes of the tile that is not yet full."""

    def bundles(self) -> Iterator[Bundle]:
        """What there is to check, as it is read. Raises BadTile if a file is missing or of the wrong length."""
        size = self.checkpoint.size
        for number in range(size // TILE_WIDTH):
            tile = self._full_tile(0, number)
            yield Bundle(number * TILE_WIDTH, read_bundle(self._read, number, TILE_WIDTH), tile)
        if width := size % TILE_WIDTH:
            tile = TileReader(self._read, size).partial(0)
            yield Bundle(size - width, read_bundle(self._read, size // TILE_WIDTH, width), tile)

    def add(self, bundle: Bundle, checked: Checked) -> None:
        """The next bundle, with what `check` said of it. Raises Invalid at the first fault."""
        if checked.fault is None:
            self._replay(bundle.leaves)
        else:
            # what comes before is judged first, so that the fault which is named is the first one
            self._replay(bundle.leaves[: checked.fault_at - bundle.first])
            if isinstance(checked.fault, BadTile):
                raise checked.fault
            raise _bad_entry(checked.fault_at, checked.fault)
        self._signatures += checked.signatures
        if checked.root:
            self._climb(bundle.first // TILE_WIDTH, checked.root)
        if bundle.first // TILE_WIDTH % BALANCE_EVERY == BALANCE_EVERY - 1:
            check_balance(self.state)

    def finish(self) -> Report:
        """The right edge, the root, the books. Raises Invalid."""
        size, state = self.checkpoint.size, self.state
        if state.size != size:
            raise BadEntry(f"There are {state.size} entries; the checkpoint has {size}.")
        reader = TileReader(self._read, size)
        edge = [reader.partial(0)]
        for level, ours in enumerate(self._edges, 1):
            if reader.partial(level) != ours:
                number, width = divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)
                raise BadTile(f"{tile_path(level, number, width)}: it is not what the tiles below it lead to.")
            edge.append(bytes(ours))
        root = TileWriter(size, tuple(edge)).root() if size else EMPTY_ROOT
        if root != self.checkpoint.root:
            raise BadTile(f"The root of the {size} entries is {root.hex()}, not the signed one: entries were changed.")
        check_balance(state)
        issuer = state.get(AccountRow, ISSUER)
        return Report(
            origin=state.log,
            size=size,
            root=root,
            signatures=self._signatures,
            types={str(kind.__struct_config__.tag): count for kind, count in self._types.items()},  # type: ignore[attr-defined]
            accounts=sum(1 for row in state.rows(AccountRow) if row.id != ISSUER),
            works=sum(1 for _ in state.rows(WorkRow)),
            supply=-issuer.balance if issuer else 0,
            clock_ms=state.clock_ms,
        )

    def _replay(self, leaves: list[bytes]) -> None:
        state, ids, types = self.state, self._ids, self._types
        for leaf in leaves:
            try:
                logged_ms, one = entry.open_leaf(leaf, verify=_verified)
                body = one.body
                if logged_ms < state.clock_ms:
                    raise BadEntry("It was logged before the one in front of it.")
                if body.id in ids:
                    raise BadEntry(f"Its `id` {body.id} was used before.")
                if isinstance(body, CreditCorrect):
                    self._bring_back(body.corrects)
                admit(state, one, logged_ms)
            except (Refused, Invalid) as error:
                raise _bad_entry(state.size, error) from error
            ids.add(body.id)
            types[type(body)] += 1
        for _, row in state.take_changes():
            if isinstance(row, MoveRow):
                self._moves[row.id] = _pack.encode(row)

    def _bring_back(self, entry_id: str) -> None:
        packed = self._moves.get(entry_id)
        if packed is not None and self.state.get(MoveRow, entry_id) is None:
            self.state.load(_unpack.decode(packed))

    def _climb(self, number: int, root: bytes, level: int = 1) -> None:
        """`root` is hash `number` at this level of tiles; a tile that it fills is compared with the file."""
        if len(self._edges) < level:
            self._edges.append(bytearray())
        edge = self._edges[level - 1]
        edge += root
        if len(edge) < TILE_BYTES:
            return
        number //= TILE_WIDTH
        if self._full_tile(level, number) != edge:
            raise BadTile(f"{tile_path(level, number)}: it is not what the tiles below it lead to.")
        hashes = [bytes(edge[at : at + HASH_BYTES]) for at in range(0, TILE_BYTES, HASH_BYTES)]
        edge.clear()
        self._climb(number, _fold(hashes), level + 1)

    def _full_tile(self, level: int, number: int) -> bytes:
        path = tile_path(level, number)
        try:
            tile = self._read(path)
        except (KeyError, FileNotFoundError):
            raise BadTile(f"{path}: this tile is missing.") from None
        if len(tile) != TILE_BYTES:
            raise BadTile(f"{path}: it has {len(tile)} bytes and should have {TILE_BYTES}.")
        return tile


def audit(checkpoint: Checkpoint, read: Read) -> Report:
    """All of it, one bundle after the other. `checkpoint` is one whose signature was verified."""
    whole = Audit(checkpoint, read)
    for bundle in whole.bundles():
        whole.add(bundle, check(bundle))
    return whole.finish()


def check_balance(state: State) -> None:
    """Raises BadEntry unless what was taken anywhere was given somewhere, and what is held is held by somebody."""
    posted = pending = owed = 0
    for row in state.rows(AccountRow):
        posted += row.credits_posted - row.debits_posted
        pending += row.credits_pending - row.debits_pending
        owed += row.debits_pending
    held = sum(row.amount for row in state.rows(HoldRow) if row.standing == "open")
    if posted or pending or owed != held:
        raise BadEntry(
            f"Up to entry {state.size - 1} the accounts do not balance: posted {posted}, pending {pending}, held {held} of {owed}."
        )


def _verified(_: bytes, __: bytes, ___: bytes) -> None:
    """`check` has verified this signature already."""


def _bad_entry(index: int, error: LedgerError) -> BadEntry:
    reason = str(error)
    return BadEntry(
        f"Entry {index}: {reason}" if isinstance(error, Invalid) else f"Entry {index}: {reason} ({error.code})"
    )


def _differing(bundle: Bundle, found: bytes, count: int) -> Checked:
    starts = range(0, len(found), HASH_BYTES)
    at = next(at for at in starts if found[at : at + HASH_BYTES] != bundle.tile[at : at + HASH_BYTES]) // HASH_BYTES
    path = tile_path(0, bundle.first // TILE_WIDTH, len(bundle.leaves))
    index = bundle.first + at
    fault = BadTile(f"Entry {index}: its hash is not the one in {path}: the entry or the tile was changed.")
    return Checked(b"", count, index, fault)


def _fold(hashes: list[bytes]) -> bytes:
    """(32,): root over 2^k hashes."""
    while len(hashes) > 1:
        hashes = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=True)
        ]
    return hashes[0]
