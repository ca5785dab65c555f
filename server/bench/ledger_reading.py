"""What it costs to check a log, and to prove an entry of a large one."""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Final

from nacl.bindings import crypto_sign_open

from carrel.ledger.audit import Audit
from carrel.ledger.checkpoint import NoteVerifier
from carrel.ledger.entry import DOMAIN, decode_leaf
from carrel.ledger.merkle import inclusion_proof, node_hash, verify_inclusion
from carrel.ledger.policy import Policy
from carrel.ledger.tiles import TILE_WIDTH, TileReader, parse_path
from carrel.server.registry.audit import audit_log
from carrel.server.registry.reading import read_log
from carrel.server.registry.recovery import read_about
from carrel.server.registry.source import FolderSource

LARGE: Final = 10_000_000
"""Leaves of the tree that is proved from."""
PROVED: Final = 500
"""Leaves of it that are proved again and again: their tiles fit the reader's cache."""
PASSES: Final = 9
_Signed = list[tuple[bytes, bytes]]


def audit_seconds(folder: Path, processes: int) -> tuple[float, float]:
    """(of the whole audit, of its signatures alone), each spread over so many processes. The starting of the processes counts in both."""
    began_s = time.perf_counter()
    reading = read_log(FolderSource(folder), NoteVerifier.parse(read_about(folder).vkey), Policy())
    audit_log(reading, processes)
    whole_s = time.perf_counter() - began_s
    bundles = Audit(reading.checkpoint, reading.source.read).bundles()
    signed = [[pair for leaf in one.leaves for pair in _signed(leaf)] for one in bundles]
    began_s = time.perf_counter()
    if processes > 1:
        with ProcessPoolExecutor(processes, get_context("fork")) as pool:
            list(pool.map(_verify, signed))
    else:
        list(map(_verify, signed))
    return whole_s, time.perf_counter() - began_s


def _signed(leaf: bytes) -> _Signed:
    parts = decode_leaf(leaf)
    return [(one.signature + DOMAIN + parts.raw, one.key) for one in parts.signatures]


def _verify(signed: _Signed) -> None:
    for message, key in signed:
        crypto_sign_open(message, key)


def proof_us(leaves: int = LARGE) -> float:
    """Microseconds for one inclusion proof out of a tree of so many leaves, its tiles in the reader's cache. Of passes over the same leaves the median."""
    tree = TileReader(synthetic_tiles(leaves), leaves)
    root = tree.root()
    chance = Random(leaves)  # the same leaves each time
    asked = [chance.randrange(leaves) for _ in range(PROVED)]
    for index in asked:
        verify_inclusion(tree.leaf_hash(index), index, leaves, inclusion_proof(index, leaves, tree.node), root)
    return statistics.median(_proof_pass(tree, asked) for _ in range(PASSES))


def _proof_pass(tree: TileReader, asked: list[int]) -> float:
    began_s = time.perf_counter()
    for index in asked:
        inclusion_proof(index, tree.size, tree.node)
    return (time.perf_counter() - began_s) / len(asked) * 1e6


def synthetic_tiles(leaves: int) -> Callable[[str], bytes]:
    """The hash tiles of a tree in which the same 256 leaves come again and again: one tile a level is all tiles of the level."""
    hashes = [hashlib.sha256(number.to_bytes(2)).digest() for number in range(TILE_WIDTH)]
    levels = []
    while leaves:
        levels.append(b"".join(hashes))
        hashes = [_root(hashes)] * TILE_WIDTH
        leaves //= TILE_WIDTH

    def read(path: str) -> bytes:
        address = parse_path(path)
        return levels[address.level or 0][: 32 * address.width]

    return read


def _root(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]
