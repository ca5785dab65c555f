"""A copy of a log's public files that grows with it. Every file is verified before it is kept, and the checkpoint is written last: at any moment the folder
holds a whole log, and a run that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from carrel.ledger.checkpoint import NoteVerifier, open_checkpoint
from carrel.ledger.errors import BadTile, Invalid
from carrel.ledger.merkle import HASH_BYTES, leaf_hash
from carrel.ledger.policy import Policy
from carrel.ledger.tiles import (
    CHECKPOINT_PATH,
    TILE_HEIGHT,
    TILE_WIDTH,
    TileReader,
    decode_bundle,
    encode_bundle,
    entries_path,
    read_bundle,
    right_edge,
    tile_path,
)
from carrel.server.errors import BadRequest
from carrel.server.registry.files import FolderFiles, locked
from carrel.server.registry.reading import Reading, check_since, read_log
from carrel.server.registry.source import LOG_PATH, FolderSource, LogFile, Source, stated_key

AT_ONCE: Final = 4
"""Files asked for at the same time."""
KEPT_TOGETHER: Final = 64
"""Bundles that are made durable together."""
_LOCK: Final = ".lock"


class Mirrored(NamedTuple):
    reading: Reading
    old_size: int


class _Pair(NamedTuple):
    """A full bundle and the hashes of its leaves, as some place has them."""

    bundle: bytes
    tile: bytes


def mirror(
    source: Source,
    folder: Path,
    key: NoteVerifier | None,
    policy: Policy,
    progress: Callable[[int], None] = lambda _: None,
) -> Mirrored:
    """Bring `folder` up to the source's checkpoint; `progress` is told the entries that are safe. Raises Invalid, SourceError, StorageError, BadRequest.

    The key of the first run is kept in the folder's log.json, and every later run must be of that very log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / _LOCK):
        kept, files = FolderSource(folder), FolderFiles(folder)
        pinned = stated_key(kept)
        if pinned and key and pinned != key:
            raise BadRequest(f"{folder} is a mirror of the log with the key {pinned.vkey}. Take another folder.")
        reading = read_log(source, key or pinned, policy)
        if pinned and pinned != reading.key:
            raise BadRequest(f"{folder} is a mirror of the log with the key {pinned.vkey}. Take another folder.")
        old_size = _old_size(kept, reading)
        if pinned is None:
            stated = LogFile(reading.key.name, reading.key.vkey)
            files.write({LOG_PATH: msgspec.json.encode(stated)})
        _copy_full(reading, kept, files, old_size, progress)
        files.write({**_edge(reading), CHECKPOINT_PATH: reading.note.encode()})
        progress(reading.checkpoint.size)
        _clear_partials(folder, old_size)
        return Mirrored(reading, old_size)


def _old_size(kept: Source, reading: Reading) -> int:
    try:
        note = kept.read(CHECKPOINT_PATH)
    except FileNotFoundError:
        return 0
    try:
        open_checkpoint(note, reading.key, reading.key.name)
    except Invalid as error:
        raise BadRequest(f"{kept.name} holds a checkpoint that is not of this log: {error}") from error
    return check_since(reading, note).size


def _copy_full(
    reading: Reading, kept: Source, files: FolderFiles, old_size: int, progress: Callable[[int], None]
) -> None:
    """Full bundles and tiles that the mirror does not have yet."""
    numbers = range(old_size // TILE_WIDTH, reading.checkpoint.size // TILE_WIDTH)
    fetched: dict[str, bytes] = {}
    tree = TileReader(lambda path: fetched.pop(path, None) or reading.source.read(path), reading.checkpoint.size)
    waiting: dict[str, bytes] = {}
    for number, pair in _ahead(reading.source, kept, numbers):
        good = _good(tree, fetched, number, pair) or _good(tree, fetched, number, _pair(reading.source, number))
        if good is None:
            raise BadTile(f"{entries_path(number)}: its entries do not have the hashes that stand in the tree.")
        waiting[entries_path(number)], waiting[tile_path(0, number)] = good
        waiting.update(_upper(tree, number))
        if number % KEPT_TOGETHER == KEPT_TOGETHER - 1:
            files.write(waiting)
            waiting = {}
            progress((number + 1) * TILE_WIDTH)
    files.write(waiting)


def _ahead(source: Source, kept: Source, numbers: range) -> Iterator[tuple[int, _Pair]]:
    """What is there already, or else the source's, several at a time."""

    def fetch(number: int) -> _Pair:
        try:
            return _pair(kept, number)
        except BadTile:
            return _pair(source, number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        coming = iter(numbers)
        waiting: deque[tuple[int, Future[_Pair]]] = deque()
        waiting.extend((number, pool.submit(fetch, number)) for number in islice(coming, 2 * AT_ONCE))
        try:
            while waiting:
                number, future = waiting.popleft()
                yield number, future.result()
                waiting.extend((after, pool.submit(fetch, after)) for after in islice(coming, 1))
        finally:
            pool.shutdown(cancel_futures=True)


def _pair(place: Source, number: int) -> _Pair:
    """Raises BadTile if one of the two is missing."""
    path = entries_path(number)
    try:
        bundle = place.read(path)
        path = tile_path(0, number)
        return _Pair(bundle, place.read(path))
    except FileNotFoundError:
        raise BadTile(f"{path}: this file is missing.") from None


def _good(tree: TileReader, fetched: dict[str, bytes], number: int, pair: _Pair) -> _Pair | None:
    """The pair, if it is what the tree has there."""
    fetched[tile_path(0, number)] = pair.tile
    try:
        if _tile(tree, 0, number) == pair.tile == b"".join(map(leaf_hash, decode_bundle(pair.bundle, TILE_WIDTH))):
            return pair
    except BadTile:
        pass
    finally:
        fetched.clear()
    return None


def _upper(tree: TileReader, number: int) -> Iterator[tuple[str, bytes]]:
    """The tiles above that become full with this bundle."""
    level = 1
    while (number + 1) % TILE_WIDTH == 0:
        number //= TILE_WIDTH
        yield tile_path(level, number), _tile(tree, level, number)
        level += 1


def _tile(tree: TileReader, level: int, number: int) -> bytes:
    """A full tile's bytes, which the reader has compared with the tile above."""
    first = number * TILE_WIDTH
    tile = b"".join(tree.node(level * TILE_HEIGHT, index) for index in range(first, first + TILE_WIDTH))
    assert len(tile) == TILE_WIDTH * HASH_BYTES
    return tile


def _clear_partials(folder: Path, old_size: int) -> None:
    """Partial files whose full one is there now; the others may still be asked for."""
    for path in right_edge(old_size):
        full = path.rpartition(".p/")[0]
        if (folder / full).exists():
            shutil.rmtree(folder / f"{full}.p", ignore_errors=True)


def _edge(reading: Reading) -> dict[str, bytes]:
    """The partial files. Raises BadTile."""
    size, found = reading.checkpoint.size, {}
    for path in right_edge(size):
        if path.startswith("tile/entries/"):
            leaves = read_bundle(reading.source.read, size // TILE_WIDTH, size % TILE_WIDTH)
            if b"".join(map(leaf_hash, leaves)) != reading.tree.partial(0):
                raise BadTile(f"{path}: its entries do not have the hashes that stand in the tree.")
            found[path] = encode_bundle(leaves)
        else:
            found[path] = reading.tree.partial(int(path.split("/")[1]))
    return found
