"""The Merkle tree of RFC 6962 over SHA-256: hashes of leaves and nodes, the growing edge, proofs of inclusion and of consistency.

Nodes are named by `(level, index)`: level 0 are the leaves, and node (l, i) is the complete subtree over leaves i·2^l … (i+1)·2^l − 1. Makers of proofs ask for
such hashes through a callable, so that the tree itself may lie in memory, in tiles or in a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from carrel.ledger.errors import BadProof

HASH_BYTES: Final = 32
MAX_SIZE: Final = 2**63 - 1
"""Leaves of the largest tree that the formats on the wire can name."""
EMPTY_ROOT: Final = sha256(b"").digest()

NodeHash = Callable[[int, int], bytes]
"""`node(level, index)` → (32,): the hash of a complete subtree."""


def leaf_hash(data: bytes) -> bytes:
    """(32,) of a leaf's data."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """(32,) of two hashes (32,)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: all that is needed to append to it and to know its root. A value: appending makes a new one."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()
    """One (32,) for each bit set in `size`, the largest complete subtree first."""

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"A frontier of {self.size} leaves has {self.size.bit_count()} hashes.")

    def append(self, leaf: bytes) -> Frontier:
        """`leaf` is a leaf's hash (32,)."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """`leaves` are leaves' hashes (32,) in order."""
        stack, size = list(self.hashes), self.size
        for leaf in leaves:
            merge = size
            while merge & 1:
                leaf = sha256(b"\x01" + stack.pop() + leaf).digest()
                merge >>= 1
            stack.append(leaf)
            size += 1
        return Frontier(size, tuple(stack))

    def root(self) -> bytes:
        """(32,); `EMPTY_ROOT` of an empty tree."""
        return _join(self.hashes) if self.hashes else EMPTY_ROOT


EMPTY: Final = Frontier()


def inclusion_proof(index: int, size: int, node: NodeHash) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves, from the leaf's sibling up. ValueError unless 0 ≤ index < size."""
    if not 0 <= index < size <= MAX_SIZE:
        raise ValueError(f"A tree of {size} leaves has no leaf {index}.")
    return _path(index, 0, size, node)


def consistency_proof(old_size: int, new_size: int, node: NodeHash) -> list[bytes]:
    """That the tree of `old_size` leaves is the beginning of that of `new_size`; empty if they are equal. ValueError unless 0 < old ≤ new."""
    if not 0 < old_size <= new_size <= MAX_SIZE:
        raise ValueError(f"There is no proof that {old_size} leaves are the beginning of {new_size}.")
    if old_size == new_size:
        return []
    level = _trailing_zeros(old_size)
    last = old_size - 1
    path = _path(last, level, new_size, node)
    # An old tree that is one complete subtree is known by its root; else the last complete subtree comes first.
    return path if last >> level == 0 else [node(level, last >> level), *path]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises BadProof unless `proof` leads from the leaf's hash at `index` to `root` of the tree of `size` leaves."""
    if not 0 <= index < size <= MAX_SIZE:
        raise BadProof(f"Inclusion proof: a tree of {size} leaves has no leaf {index}.")
    _check_hashes("Inclusion proof", (leaf, root, *proof))
    inner = (index ^ (size - 1)).bit_length()
    _check_length("Inclusion proof", proof, inner + (index >> inner).bit_count())
    found = _climb(leaf, proof[:inner], index)
    for left in proof[inner:]:
        found = node_hash(left, found)
    if found != root:
        raise BadProof(f"Inclusion proof: leaf {index} with this path does not lead to the root of {size} leaves.")


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raises BadProof unless `proof` shows that the old tree is the beginning of the new one. An old tree of no leaves proves nothing and is refused."""
    if not 0 < old_size <= new_size <= MAX_SIZE:
        raise BadProof(f"Consistency proof: {old_size} leaves cannot be shown to be the beginning of {new_size}.")
    _check_hashes("Consistency proof", (old_root, new_root, *proof))
    if old_size == new_size:
        _check_length("Consistency proof", proof, 0)
        if old_root != new_root:
            raise BadProof(f"Consistency proof: two roots for the same {old_size} leaves.")
        return
    last = old_size - 1
    level = _trailing_zeros(old_size)
    inner = (last ^ (new_size - 1)).bit_length() - level
    border = (last >> (inner + level)).bit_count()
    whole = last >> level == 0
    _check_length("Consistency proof", proof, inner + border + (not whole))
    start = old_root if whole else proof[0]
    path = proof if whole else proof[1:]
    steps = last >> level
    old = start
    for height, sibling in enumerate(path[:inner]):
        if steps >> height & 1:  # a left sibling belongs to both trees, a right one to the new tree alone
            old = node_hash(sibling, old)
    new = _climb(start, path[:inner], steps)
    for left in path[inner:]:
        old, new = node_hash(left, old), node_hash(left, new)
    if old != old_root:
        raise BadProof(f"Consistency proof: it does not lead to the old root, of {old_size} leaves.")
    if new != new_root:
        raise BadProof(f"Consistency proof: it does not lead to the new root, of {new_size} leaves.")


def range_root(start: int, end: int, node: NodeHash) -> bytes:
    """(32,): root over leaves start … end − 1, where `start` is a multiple of a power of two that is not less than end − start."""
    hashes = []
    position = start
    while position < end:
        level = (end - position).bit_length() - 1
        hashes.append(node(level, position >> level))
        position += 1 << level
    return _join(hashes) if hashes else EMPTY_ROOT


def _path(index: int, level: int, size: int, node: NodeHash) -> list[bytes]:
    """Siblings, from `level` up, of the subtree that holds leaf `index`."""
    inner = (index ^ (size - 1)).bit_length()
    path = [node(height, (index >> height) ^ 1) for height in range(level, inner - 1)]
    if inner > level:
        # Where the way to this leaf and that to the last leaf part, the sibling is the right edge, complete or not.
        path.append(range_root(((index >> (inner - 1)) ^ 1) << (inner - 1), size, node))
    borders = [height for height in range(inner, index.bit_length()) if index >> height & 1]
    return path + [node(height, (index >> height) - 1) for height in borders]


def _climb(found: bytes, siblings: Sequence[bytes], index: int) -> bytes:
    for height, sibling in enumerate(siblings):
        found = node_hash(sibling, found) if index >> height & 1 else node_hash(found, sibling)
    return found


def _join(hashes: Sequence[bytes]) -> bytes:
    """Root over complete subtrees, the largest first."""
    found = hashes[-1]
    for left in hashes[-2::-1]:
        found = node_hash(left, found)
    return found


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1


def _check_hashes(what: str, hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise BadProof(f"{what}: a hash has {HASH_BYTES} bytes.")


def _check_length(what: str, proof: Sequence[bytes], expected: int) -> None:
    if len(proof) != expected:
        raise BadProof(f"{what}: it has {len(proof)} hashes and should have {expected}.")
