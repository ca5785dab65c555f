"""Tiles: their names, exactly the files that the specification asks for at each size, and damage that is found wherever it lies."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.ledger import merkle, tiles
from carrel.ledger.errors import BadTile
from tests.ledger.make_vectors import leaf
from tests.ledger.rfc6962 import NaiveTree

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ledger-tiles.json").read_text("utf-8"))
TREE = NaiveTree([leaf(index) for index in range(1300)])
LARGE = 66_000


def expected_files(size: int) -> dict[str, bytes]:
    """By the formula of tlog-tiles: hash i of tile n at level l is MTH(D[(n·256 + i)·256^l : (n·256 + i + 1)·256^l])."""
    files = {}
    level, count = 0, size
    while count:
        for start in range(0, count, 256):
            spans = [((start + i) * 256**level, (start + i + 1) * 256**level) for i in range(min(256, count - start))]
            files[tiles.tile_path(level, start // 256, len(spans))] = b"".join(TREE.mth(*span) for span in spans)
        level, count = level + 1, count // 256
    for start in range(0, size, 256):
        part = TREE.leaves[start : min(start + 256, size)]
        lengths = [len(each).to_bytes(2, "big") for each in part]
        files[tiles.entries_path(start // 256, len(part))] = b"".join(map(bytes.__add__, lengths, part))
    return files


@cache
def large_log() -> tuple[tiles.TileWriter, dict[str, bytes]]:
    return tiles.TileWriter().grow([leaf(index) for index in range(LARGE)])


@given(st.lists(st.integers(0, 600), max_size=4))
@settings(max_examples=40, deadline=None)
def test_a_growing_tree_adds_exactly_the_files_of_its_new_size(steps: list[int]) -> None:
    writer = tiles.TileWriter()
    for step in steps:
        if writer.size + step > len(TREE.leaves):
            break
        before = expected_files(writer.size)
        writer, files = writer.grow(TREE.leaves[writer.size : writer.size + step])
        now = expected_files(writer.size)
        assert files == {path: data for path, data in now.items() if path not in before}
        assert writer.root() == TREE.mth(0, writer.size)
        assert tiles.TileReader(now.__getitem__, writer.size).root() == TREE.mth(0, writer.size)
        assert tiles.TileWriter.resume(writer.size, now.__getitem__) == writer
        assert tiles.right_edge(writer.size) == sorted(
            (path for path in now if ".p/" in path), key=lambda path: (path.split("/")[1] != "entries", path)
        )


def test_the_specifications_example_of_70_000_leaves() -> None:
    _, files = tiles.TileWriter().grow([b""] * 70_000)
    found = [tiles.parse_path(path) for path in files]
    full = [sum(each.level == level and each.width == 256 for each in found) for level in range(3)]
    partial = [(each.level, each.width) for each in found if each.level is not None and each.width < 256]
    assert (full, partial) == ([273, 1, 0], [(0, 112), (1, 17), (2, 1)])


def test_golden_files() -> None:
    writer = tiles.TileWriter()
    for step in VECTORS["log"]["steps"]:
        writer, files = writer.grow([leaf(index) for index in range(writer.size, step["size"])])
        assert writer.root().hex() == step["root"]
        assert step["files"].items() <= {path: sha256(data).hexdigest() for path, data in files.items()}.items()


@pytest.mark.parametrize("case", VECTORS["paths"], ids=lambda case: case["path"])
def test_golden_paths(case: dict[str, Any]) -> None:
    address = tiles.parse_path(case["path"])
    assert address._asdict() | {"path": case["path"]} == case
    level, number, width = address
    assert case["path"] == (
        tiles.entries_path(number, width) if level is None else tiles.tile_path(level, number, width)
    )


@given(st.none() | st.integers(0, 63), st.integers(0, merkle.MAX_SIZE // 256), st.integers(1, 256))
def test_a_path_and_its_address_are_one_to_one(level: int | None, number: int, width: int) -> None:
    path = tiles.entries_path(number, width) if level is None else tiles.tile_path(level, number, width)
    assert tiles.parse_path(path) == (level, number, width)


@given(st.from_regex(r"tile/(entries|[0-9]{1,3})/(x?[0-9]{2,4}/){0,3}[0-9]{2,4}(\.p/[0-9]{0,4})?", fullmatch=True))
def test_no_tile_has_two_names(path: str) -> None:
    try:
        level, number, width = tiles.parse_path(path)
    except BadTile:
        return
    assert path == (tiles.entries_path(number, width) if level is None else tiles.tile_path(level, number, width))


@pytest.mark.parametrize(
    "path", [*VECTORS["refused_paths"], "tile/0/٠٠٠", "tile/0/000\n", "tile/0/" + "x001/" * 50 + "001"]
)
def test_a_path_that_names_no_tile_is_refused(path: str) -> None:
    with pytest.raises(BadTile):
        tiles.parse_path(path)


@pytest.mark.parametrize(
    ("level", "number", "width"), [(64, 0, 256), (0, -1, 256), (0, 0, 0), (0, 0, 257), (0, 2**56, 1)]
)
def test_a_tile_that_cannot_be_has_no_path(level: int, number: int, width: int) -> None:
    with pytest.raises(ValueError, match="no"):
        tiles.tile_path(level, number, width)


@given(st.lists(st.binary(max_size=40), max_size=256))
def test_a_bundle_comes_back_whole(leaves: list[bytes]) -> None:
    assert tiles.decode_bundle(tiles.encode_bundle(leaves), len(leaves)) == leaves


def test_the_longest_entry_fits_and_a_longer_one_does_not() -> None:
    longest = bytes(tiles.MAX_ENTRY_BYTES)
    assert tiles.decode_bundle(tiles.encode_bundle([longest]), 1) == [longest]
    with pytest.raises(ValueError, match="65536"):
        tiles.encode_bundle([longest + b"\x00"])


@pytest.mark.parametrize("case", VECTORS["refused_bundles"], ids=lambda case: case["why"])
def test_a_malformed_bundle_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(BadTile):
        tiles.decode_bundle(bytes.fromhex(case["hex"]), case["width"])


@given(st.binary(max_size=600), st.integers(0, 256))
def test_foreign_bytes_are_a_bundle_or_the_named_error(data: bytes, width: int) -> None:
    try:
        leaves = tiles.decode_bundle(data, width)
    except BadTile:
        return
    assert tiles.encode_bundle(leaves) == data
    assert len(leaves) == width


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_changed_bit_in_any_file_is_found(data: st.DataObject) -> None:
    """In a full tile when it is read, in a partial one by the root, in a bundle by the leaf's hash."""
    writer, files = large_log()
    path = data.draw(
        st.sampled_from(sorted(files, key=lambda name: (".p/" not in name, "/0/" in name, name))[:200])
        | st.sampled_from(sorted(files))
    )
    at = data.draw(st.integers(0, len(files[path]) - 1))
    damaged = bytearray(files[path])
    damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    read = (files | {path: bytes(damaged)}).__getitem__
    reader = tiles.TileReader(read, LARGE)
    level, number, width = tiles.parse_path(path)
    if level is None:
        good = tiles.TileReader(files.__getitem__, LARGE)
        try:
            leaves = tiles.read_bundle(read, number, width)
        except BadTile:
            return
        assert [*map(merkle.leaf_hash, leaves)] != [good.leaf_hash(number * 256 + i) for i in range(width)]
    elif width == 256:
        with pytest.raises(BadTile):
            reader.node(8 * level, number * 256 + at // 32)
    else:
        assert reader.root() != writer.root()


def test_a_partial_tile_that_is_gone_is_read_from_the_full_one() -> None:
    writer, files = large_log()
    old = 300
    full_only = {path: data for path, data in files.items() if ".p/" not in path}
    reader = tiles.TileReader(full_only.__getitem__, old)
    assert reader.root() == merkle.range_root(0, old, tiles.TileReader(files.__getitem__, LARGE).node)
    assert tiles.read_bundle(full_only.__getitem__, 1, 44) == [leaf(index) for index in range(256, 300)]
    assert tiles.TileWriter.resume(old, full_only.__getitem__).size == old
    assert writer.size == LARGE


@pytest.mark.parametrize("path", tiles.right_edge(LARGE))
def test_a_writer_does_not_resume_from_damaged_files(path: str) -> None:
    writer, files = large_log()
    damaged = files[path][:-1] + bytes((files[path][-1] ^ 1,))
    read = (files | {path: damaged}).__getitem__
    if "/0/" in path or "entries" in path:
        with pytest.raises(BadTile, match="damaged"):
            tiles.TileWriter.resume(LARGE, read)
    else:
        assert tiles.TileWriter.resume(LARGE, read).root() != writer.root()


def test_what_is_missing_is_named() -> None:
    with pytest.raises(BadTile, match=r"tile/0/000\.p/7: .* missing"):
        tiles.TileReader({}.__getitem__, 7).root()
    with pytest.raises(BadTile, match=r"tile/0/000\.p/7: it has 3 bytes and should have 224"):
        tiles.TileReader(lambda path: b"abc", 7).root()
    with pytest.raises(BadTile, match=r"tile/entries/000\.p/7"):
        tiles.read_bundle({}.__getitem__, 0, 7)
    with pytest.raises(BadTile, match=r"tile/entries/000\.p/7: Entry bundle"):
        tiles.read_bundle(lambda path: b"abc", 0, 7)


def test_a_reader_of_a_later_size_keeps_the_full_tiles() -> None:
    _, files = large_log()
    read: list[str] = []

    def counting(path: str) -> bytes:
        read.append(path)
        return files[path]

    reader = tiles.TileReader(counting, LARGE - LARGE % 256)
    reader.leaf_hash(5)
    before = len(read)
    later = reader.at(LARGE)
    assert later.leaf_hash(6) == merkle.leaf_hash(leaf(6))
    assert len(read) == before
    proof = merkle.inclusion_proof(LARGE - 1, LARGE, later.node)
    merkle.verify_inclusion(merkle.leaf_hash(leaf(LARGE - 1)), LARGE - 1, LARGE, proof, later.root())


def test_a_reader_keeps_no_more_tiles_than_it_may() -> None:
    _, files = large_log()
    reader = tiles.TileReader(files.__getitem__, LARGE, cached_tiles=4)
    for number in range(20):
        reader.leaf_hash(number * 256)
    assert len(reader._cache) <= 4


@pytest.mark.parametrize(("level", "index"), [(0, 300), (-1, 0), (0, -1), (9, 0), (8, 1), (70, 0)])
def test_a_node_that_the_tree_does_not_have_is_not_asked_for(level: int, index: int) -> None:
    _, files = large_log()
    with pytest.raises(ValueError, match="no complete subtree"):
        tiles.TileReader(files.__getitem__, 300).node(level, index)


def test_a_size_that_no_tree_has_is_refused() -> None:
    with pytest.raises(ValueError, match="No tree"):
        tiles.TileReader({}.__getitem__, -1)
    with pytest.raises(ValueError, match="one hash"):
        tiles.TileWriter().grow([b"a"], [])


def test_an_empty_tree_has_no_files() -> None:
    assert tiles.right_edge(0) == []
    assert tiles.TileWriter.resume(0, {}.__getitem__) == tiles.TileWriter()
    assert tiles.TileWriter().root() == tiles.TileReader({}.__getitem__, 0).root() == merkle.EMPTY_ROOT
    assert tiles.TileWriter().grow([]) == (tiles.TileWriter(), {})
