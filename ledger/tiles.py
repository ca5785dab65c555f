"""The tree as static files, to the byte as C2SP tlog-tiles has them: tiles of 256 hashes, bundles of 256 entries, and their paths.

`TileWriter` says which files a growing tree adds; `TileReader` finds any node in them and refuses a full tile that does not fit the tile above it. Neither
touches a disk: the writer returns bytes by path, the reader asks a callable.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from carrel.ledger.errors import BadTile
from carrel.ledger.merkle import HASH_BYTES, MAX_SIZE, Frontier, leaf_hash, range_root

TILE_WIDTH: Final = 256
TILE_BYTES: Final = TILE_WIDTH * HASH_BYTES
TILE_HEIGHT: Final = 8
"""Levels of the tree that one tile spans."""
MAX_LEVEL: Final = 63
MAX_ENTRY_BYTES: Final = 65_535
MAX_BUNDLE_BYTES: Final = TILE_WIDTH * (2 + MAX_ENTRY_BYTES)
CHECKPOINT_PATH: Final = "checkpoint"
CACHED_TILES: Final = 1024
"""Tiles a reader keeps, about 17 kB each with their inner nodes."""

Read = Callable[[str], bytes]
"""`read(path)` → bytes; KeyError or FileNotFoundError if there is no such file."""

_PATH: Final = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?", re.ASCII)


class TileAddress(NamedTuple):
    level: int | None
    """0 … 63; None for a bundle of entries."""
    number: int
    width: int
    """Hashes or entries: 1 … 256, where 256 is a full tile."""


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """`tile/<level>/<number>[.p/<width>]`. ValueError beyond what can be named."""
    if not 0 <= level <= MAX_LEVEL:
        raise ValueError(f"Tiles have no level {level}.")
    return f"tile/{level}/{_number_path(number, width)}"


def entries_path(number: int, width: int = TILE_WIDTH) -> str:
    """`tile/entries/<number>[.p/<width>]`. ValueError beyond what can be named."""
    return f"tile/entries/{_number_path(number, width)}"


def parse_path(path: str) -> TileAddress:
    """The one address that `path` names. BadTile unless it is spelled exactly so."""
    match = _PATH.fullmatch(path)
    if match:
        kind, digits, part = match.groups()
        level = None if kind == "entries" else int(kind)
        number = int(digits.replace("x", "").replace("/", ""))
        width = int(part) if part else TILE_WIDTH
        try:
            if path == (entries_path(number, width) if level is None else tile_path(level, number, width)):
                return TileAddress(level, number, width)
        except ValueError:
            pass
    raise BadTile(f"{path[:100]}: this names no tile. A path is tile/<level or 'entries'>/<x001/234>[.p/<width>].")


def encode_bundle(leaves: Iterable[bytes]) -> bytes:
    """Each leaf's data after its length in two bytes, big-endian. ValueError if one is longer than 65,535 bytes."""
    parts = []
    for leaf in leaves:
        if len(leaf) > MAX_ENTRY_BYTES:
            raise ValueError(f"A leaf of {len(leaf)} bytes does not fit into a bundle.")
        parts.append(len(leaf).to_bytes(2, "big") + leaf)
    return b"".join(parts)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """The data of `width` leaves. BadTile unless the bytes hold exactly these."""
    leaves = []
    position = 0
    for index in range(width):
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        if start > len(data) or position > len(data):
            raise BadTile(f"Entry bundle: it ends within entry {index} of {width}.")
        leaves.append(data[start:position])
    if position != len(data):
        raise BadTile(f"Entry bundle: {len(data) - position} bytes follow the last of its {width} entries.")
    return leaves


def right_edge(size: int) -> list[str]:
    """Paths of the partial files of a tree: all that a resuming writer must read. The bundle first, then tiles by level."""
    paths = [entries_path(size // TILE_WIDTH, size % TILE_WIDTH)] if size % TILE_WIDTH else []
    level, count = 0, size
    while count:
        if count % TILE_WIDTH:
            paths.append(tile_path(level, count // TILE_WIDTH, count % TILE_WIDTH))
        level, count = level + 1, count // TILE_WIDTH
    return paths


@dataclass(frozen=True, slots=True)
class TileWriter:
    """The partial files at the right edge of a tree of `size` leaves. A value: growing makes a new one, so a write that fails loses nothing."""

    size: int = 0
    tiles: tuple[bytes, ...] = ()
    """By level: the partial tile's bytes, empty where there is none."""
    bundle: bytes = b""
    """The partial bundle's bytes."""

    @classmethod
    def resume(cls, size: int, read: Read) -> TileWriter:
        """From the files of `right_edge(size)`. BadTile if one is missing or of the wrong length, or if the bundle's entries do not hash to their leaves;
        whether the tiles are the right ones, `root()` shows."""
        if not size:
            return cls()
        edge = TileReader(read, size)
        tiles = tuple(edge.partial(level) for level in range((size.bit_length() - 1) // TILE_HEIGHT + 1))
        number, width = divmod(size, TILE_WIDTH)
        if not width:
            return cls(size, tiles)
        leaves = read_bundle(read, number, width)
        if b"".join(map(leaf_hash, leaves)) != tiles[0]:
            where = f"{entries_path(number, width)}, {tile_path(0, number, width)}"
            raise BadTile(f"{where}: the entries do not hash to these leaves: one of the two files is damaged.")
        return cls(size, tiles, encode_bundle(leaves))

    def grow(
        self, leaves: Sequence[bytes], hashes: Sequence[bytes] | None = None
    ) -> tuple[TileWriter, dict[str, bytes]]:
        """The writer after `leaves` (data, in order; `hashes` if known already) and exactly the files that the larger tree adds, by path."""
        if hashes is None:
            hashes = [leaf_hash(leaf) for leaf in leaves]
        if len(hashes) != len(leaves) or self.size + len(leaves) > MAX_SIZE:
            raise ValueError("Each leaf has one hash, and a tree has an end.")
        if not leaves:
            return self, {}
        files: dict[str, bytes] = {}
        bundle = self._add_bundles(leaves, files)
        tiles = list(self.tiles)
        level = 0
        while hashes:
            if level == len(tiles):
                tiles.append(b"")
            tiles[level], hashes = self._add_tiles(level, tiles[level] + b"".join(hashes), files)
            level += 1
        return TileWriter(self.size + len(leaves), tuple(tiles), bundle), files

    def root(self) -> bytes:
        """(32,) of the tree of `size` leaves."""
        return range_root(0, self.size, self._node)

    def frontier(self) -> Frontier:
        """The same tree for whoever needs no files."""
        bits = [level for level in range(self.size.bit_length()) if self.size >> level & 1]
        return Frontier(self.size, tuple(self._node(level, (self.size >> level) - 1) for level in reversed(bits)))

    def _add_bundles(self, leaves: Sequence[bytes], files: dict[str, bytes]) -> bytes:
        number, filled = divmod(self.size, TILE_WIDTH)
        bundle, position = self.bundle, 0
        while position < len(leaves):
            part = leaves[position : position + TILE_WIDTH - filled]
            bundle += encode_bundle(part)
            position += len(part)
            filled += len(part)
            files[entries_path(number, filled)] = bundle
            if filled == TILE_WIDTH:
                number, filled, bundle = number + 1, 0, b""
        return bundle

    def _add_tiles(self, level: int, data: bytes, files: dict[str, bytes]) -> tuple[bytes, list[bytes]]:
        """`data` are the hashes from the partial tile's first on → the new partial tile, and the roots of the tiles that became full."""
        number = self.size >> TILE_HEIGHT * (level + 1)
        roots = []
        full = len(data) - len(data) % TILE_BYTES
        for start in range(0, full, TILE_BYTES):
            tile = data[start : start + TILE_BYTES]
            files[tile_path(level, number)] = tile
            roots.append(_fold(tile))
            number += 1
        rest = data[full:]
        if rest:
            files[tile_path(level, number, len(rest) // HASH_BYTES)] = rest
        return rest, roots

    def _node(self, level: int, index: int) -> bytes:
        return _within(self.tiles[level // TILE_HEIGHT], level % TILE_HEIGHT, index)


class TileReader:
    """Any node of the tree of `size` leaves, from its tiles. For one thread at a time.

    A full tile is believed only if it hashes to what the tile above says; the partial ones at the right edge are vouched for by `root()`, which the caller
    compares with a signed checkpoint. Full tiles stay known to the readers of later sizes made by `at`.
    """

    def __init__(self, read: Read, size: int, cached_tiles: int = CACHED_TILES) -> None:
        if not 0 <= size <= MAX_SIZE:
            raise ValueError(f"No tree has {size} leaves.")
        self.size = size
        self._read = read
        self._cached_tiles = cached_tiles
        self._cache: OrderedDict[tuple[int, int, int], _Tile] = OrderedDict()

    def at(self, size: int) -> TileReader:
        """A reader of the same log at another size, with the same cache."""
        other = TileReader(self._read, size, self._cached_tiles)
        other._cache = self._cache
        return other

    def node(self, level: int, index: int) -> bytes:
        """(32,): hash of the complete subtree. BadTile if its tile is missing or damaged; ValueError if the tree has no such subtree."""
        if level < 0 or index < 0 or index + 1 << level > self.size:
            raise ValueError(f"A tree of {self.size} leaves has no complete subtree {index} at level {level}.")
        tile_level, height = divmod(level, TILE_HEIGHT)
        number, inner = divmod(index, TILE_WIDTH >> height)
        return self._tile(tile_level, number).node(height, inner)

    def leaf_hash(self, index: int) -> bytes:
        """(32,)."""
        return self.node(0, index)

    def root(self) -> bytes:
        """(32,) of the tree of `size` leaves."""
        return range_root(0, self.size, self.node)

    def partial(self, level: int) -> bytes:
        """The bytes of the partial tile at `level`; empty if there is none."""
        number, width = divmod(self.size >> TILE_HEIGHT * level, TILE_WIDTH)
        return self._tile(level, number).hashes if width else b""

    def _tile(self, level: int, number: int) -> _Tile:
        width = min((self.size >> TILE_HEIGHT * level) - number * TILE_WIDTH, TILE_WIDTH)
        key = (level, number, width)
        tile = self._cache.get(key)
        if tile is None:
            tile = self._cache[key] = self._load(level, number, width)
            if len(self._cache) > self._cached_tiles:
                self._cache.popitem(last=False)
        else:
            self._cache.move_to_end(key)
        return tile

    def _load(self, level: int, number: int, width: int) -> _Tile:
        path = tile_path(level, number, width)
        tile = _Tile(_read_part(self._read, path, tile_path(level, number), width * HASH_BYTES))
        if width == TILE_WIDTH and tile.node(TILE_HEIGHT, 0) != self.node(TILE_HEIGHT * (level + 1), number):
            raise BadTile(f"{path}: its hashes do not lead to the one in the tile above it: one of the two is damaged.")
        return tile


def read_bundle(read: Read, number: int, width: int) -> list[bytes]:
    """The data of the first `width` leaves of a bundle, from the full one if the partial is gone. BadTile names the path."""
    path = entries_path(number, width)
    for name, count in ((path, width), (entries_path(number), TILE_WIDTH)):
        try:
            data = read(name)
        except (KeyError, FileNotFoundError):
            continue
        try:
            return decode_bundle(data, count)[:width]
        except BadTile as error:
            raise BadTile(f"{name}: {error}") from None
    raise BadTile(f"{path}: this bundle is missing.")


class _Tile:
    """A tile's hashes and, once asked for, the nodes above them."""

    __slots__ = ("_levels",)

    def __init__(self, hashes: bytes) -> None:
        self._levels = [hashes]

    @property
    def hashes(self) -> bytes:
        return self._levels[0]

    def node(self, height: int, index: int) -> bytes:
        while len(self._levels) <= height:
            below = self._levels[-1]
            self._levels.append(_parents(below[: len(below) - len(below) % (2 * HASH_BYTES)]))
        return self._levels[height][index * HASH_BYTES : (index + 1) * HASH_BYTES]


def _number_path(number: int, width: int) -> str:
    if not 0 <= number <= MAX_SIZE // TILE_WIDTH or not 1 <= width <= TILE_WIDTH:
        raise ValueError(f"There is no tile {number} of width {width}.")
    path = f"{number % 1000:03}"
    while number := number // 1000:
        path = f"x{number % 1000:03}/{path}"
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def _read_part(read: Read, path: str, full_path: str, size_bytes: int) -> bytes:
    """A log may drop a partial tile once the full one is there: then the full one's beginning is the same."""
    for name, expected in ((path, size_bytes), (full_path, TILE_BYTES)):
        try:
            data = read(name)
        except (KeyError, FileNotFoundError):
            continue
        if len(data) != expected:
            raise BadTile(f"{name}: it has {len(data)} bytes and should have {expected}.")
        return data[:size_bytes]
    raise BadTile(f"{path}: this tile is missing.")


def _within(tile: bytes, height: int, index: int) -> bytes:
    """(32,): the node `height` levels above a tile's hashes; `index` counts from the beginning of the level."""
    start = (index << height) % TILE_WIDTH * HASH_BYTES
    return _fold(tile[start : start + (HASH_BYTES << height)])


def _fold(hashes: bytes) -> bytes:
    """Root over 2^k hashes."""
    while len(hashes) > HASH_BYTES:
        hashes = _parents(hashes)
    return hashes


def _parents(hashes: bytes) -> bytes:
    step = 2 * HASH_BYTES
    return b"".join([sha256(b"\x01" + hashes[at : at + step]).digest() for at in range(0, len(hashes), step)])
