"""A log read from outside, believing nothing but its public key: the signed checkpoint, whose right edge was computed anew, and what can be proved under it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from carrel.ledger.certificate import REGISTRATIONS, Certificate, Logged, make_certificate, previous
from carrel.ledger.checkpoint import Checkpoint, Note, NoteVerifier, open_checkpoint, parse_note
from carrel.ledger.entry import decode_leaf, open_leaf
from carrel.ledger.errors import BadNote, BadProof, BadTile, Forked
from carrel.ledger.merkle import EMPTY_ROOT, consistency_proof, inclusion_proof, leaf_hash, verify_consistency
from carrel.ledger.policy import Policy
from carrel.ledger.proof import TlogProof
from carrel.ledger.tiles import CHECKPOINT_PATH, TILE_WIDTH, TileReader, read_bundle
from carrel.server.errors import NotFound
from carrel.server.registry.source import Source, stated_key


class Reading(NamedTuple):
    """A verified checkpoint, and its tree. `key_stated`: nobody gave the key, the source itself did. `seen_s`: witness → when it cosigned (Unix seconds)."""

    source: Source
    key: NoteVerifier
    key_stated: bool
    note: Note
    checkpoint: Checkpoint
    tree: TileReader
    seen_s: dict[str, int]


def read_log(source: Source, key: NoteVerifier | None, policy: Policy) -> Reading:
    """Raises Invalid with what is wrong, SourceError when the source fails. Without a `key` one of the policy's or the source's own is taken."""
    data = _checkpoint(source)
    note = parse_note(data)
    stated = key is None and not policy.logs
    if stated:
        key = stated_key(source)
        if key is None:
            raise NotFound("The source does not state its key. Give the one that the library publishes: --key.")
    witnessed = policy.verify(note, key)
    checkpoint = witnessed.checkpoint
    key = key or next(log.key for log in policy.logs if log.key.name == checkpoint.origin)
    tree = TileReader(source.read, checkpoint.size)
    root = tree.root() if checkpoint.size else EMPTY_ROOT
    if root != checkpoint.root:
        raise BadTile(
            f"The tiles of {checkpoint.size} entries lead to {root.hex()}, the checkpoint says {checkpoint.root.hex()}."
        )
    return Reading(source, key, stated, note, checkpoint, tree, witnessed.seen_s)


def check_since(reading: Reading, old: bytes) -> Checkpoint:
    """That the log still holds all that `old`, an earlier checkpoint's note, stated. Raises Forked, or BadNote if the note is none of this log."""
    earlier = open_checkpoint(old, reading.key, reading.key.name)
    if earlier.size > reading.checkpoint.size:
        raise Forked(
            f"The log had {earlier.size} entries and shows {reading.checkpoint.size}: this is an old copy, or entries were taken away."
        )
    if earlier.size == 0:
        return earlier
    proof = consistency_proof(earlier.size, reading.checkpoint.size, reading.tree.node)
    try:
        verify_consistency(earlier.size, reading.checkpoint.size, earlier.root, reading.checkpoint.root, proof)
    except BadProof as error:
        raise Forked(
            f"The log tells another history than at {earlier.size} entries: {error} Keep both checkpoints: they prove it."
        ) from error
    return earlier


def leaf_at(reading: Reading, index: int) -> bytes:
    """The leaf's data, which is under the checkpoint. Raises NotFound, BadTile."""
    size = reading.checkpoint.size
    if not 0 <= index < size:
        raise NotFound(f"The log has {size} entries, from 0 on; {index} is none of them.")
    number, at = divmod(index, TILE_WIDTH)
    leaf = read_bundle(reading.source.read, number, min(TILE_WIDTH, size - number * TILE_WIDTH))[at]
    if leaf_hash(leaf) != reading.tree.leaf_hash(index):
        raise BadTile(f"Entry {index}: its hash is not the one in the tree: the entry or its tile was changed.")
    return leaf


def leaves(reading: Reading, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """(index, data) of all leaves from `start` on, as the bundles have them; not verified."""
    size = reading.checkpoint.size
    for number in range(start // TILE_WIDTH, -(-size // TILE_WIDTH)):
        first = number * TILE_WIDTH
        bundle = read_bundle(reading.source.read, number, min(TILE_WIDTH, size - first))
        yield from ((first + at, leaf) for at, leaf in enumerate(bundle) if first + at >= start)


def find(reading: Reading, name: str) -> int:
    """The index of an entry named by index or id. An id is looked for from the first entry on. Raises NotFound, BadTile."""
    if name.isascii() and name.isdigit() and len(name) < 20:
        return int(name)
    try:
        wanted = bytes.fromhex(name)
    except ValueError:
        wanted = b""
    if len(wanted) != 32:
        raise NotFound(f"{name[:80]!r} is neither an index nor the id of an entry (64 hexadecimal digits).")
    for index, leaf in leaves(reading):
        if sha256(decode_leaf(leaf).raw).digest() == wanted:
            return index
    raise NotFound(f"No entry {name} is in this log of {reading.checkpoint.size} entries.")


def prove(reading: Reading, index: int) -> TlogProof:
    """The proof file's content; it carries the leaf."""
    leaf = leaf_at(reading, index)
    path = inclusion_proof(index, reading.checkpoint.size, reading.tree.node)
    return TlogProof(index, tuple(path), reading.note, leaf)


def certify(reading: Reading, work: str, policy: Policy) -> Certificate:
    """The certificate of a work named by the id or index of its registration. Raises NotFound, Invalid."""
    first = find(reading, work)
    _, entry = open_leaf(leaf_at(reading, first))
    if not isinstance(entry.body, REGISTRATIONS):
        raise NotFound(f"Entry {first} registers no work.")
    work = entry.hash.hex()
    found = [first]
    for index, leaf in leaves(reading, first + 1):
        if work.encode() in leaf:  # most entries have nothing to do with it
            _, other = open_leaf(leaf)
            if (previous(other.body) or ("",))[0] == work:
                found.append(index)
    proofs = [prove(reading, index) for index in found]
    entries = [Logged(proof.index, proof.extra, proof.hashes) for proof in proofs]
    witnesses = [witness.key for witness in policy.witnesses]
    return make_certificate(work, reading.key, witnesses, entries, reading.note)


def _checkpoint(source: Source) -> bytes:
    try:
        return source.read(CHECKPOINT_PATH)
    except FileNotFoundError:
        raise BadNote(f"{source.name} has no checkpoint: there is no log there.") from None
