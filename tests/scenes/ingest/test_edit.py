"""Lossless editing: what nobody names stays as it was, whatever it is."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.container import read_container
from carrel.scenes.ingest.edit import Glb
from tests.scenes.ingest.glb import Json, pack

names = st.text(min_size=1, max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | names,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
extensions = st.dictionaries(st.sampled_from(["ACME_thing", "EXT_unheard_of", "VRMC_vrm"]), values, max_size=2)


@st.composite
def files(draw: st.DrawFn) -> tuple[Json, bytes]:
    """Documents with skins, animations, unknown extensions and extras, over buffer views that may overlap."""
    binary = draw(st.binary(min_size=4, max_size=200))
    views = []
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(binary) - 1))
        view: Json = {"buffer": 0, "byteLength": draw(st.integers(1, len(binary) - start))}
        if start or draw(st.booleans()):
            view["byteOffset"] = start
        if draw(st.booleans()):
            length = draw(st.integers(1, len(binary)))
            packed = {"buffer": 0, "byteOffset": len(binary) - length, "byteLength": length, "mode": "ATTRIBUTES"}
            view["extensions"] = {"EXT_meshopt_compression": packed}
        views.append(view)
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "copyright": draw(names), "extras": draw(values)},
        "buffers": [{"byteLength": len(binary)}],
        "bufferViews": views,
        "skins": [{"joints": [0], "extras": draw(values)}],
        "animations": [{"name": draw(names), "channels": draw(values), "extensions": draw(extensions)}],
        "nodes": [{"extensions": draw(extensions), "extras": draw(values)}],
        "extensions": draw(extensions),
        draw(names): draw(values),
    }
    return document, binary


def ranges(glb: Glb) -> list[bytes]:
    """Every named range of the file as bytes."""
    found = []
    for index, view in enumerate(glb.json["bufferViews"]):
        found.append(glb.view(index))
        places = view.get("extensions", {}).values()
        found += [glb.stored(place["buffer"], place["byteOffset"], place["byteLength"]) for place in places]
    return found


def without_ranges(document: Json) -> Json:
    """The document without what an edit of the binary chunk may change."""
    rest = copy.deepcopy(document)
    del rest["bufferViews"], rest["buffers"]
    return rest


@given(files())
@settings(max_examples=60)
def test_a_file_that_nobody_touched_comes_out_the_same(file: tuple[Json, bytes]) -> None:
    document, binary = file
    data = pack(document, binary)
    out = Glb.parse(data).to_bytes()
    assert json.loads(bytes(read_container(out).text)) == document
    assert read_container(out).binary == read_container(data).binary
    assert list(Glb.parse(out).json) == list(document), "the order of members too"


@given(files(), st.binary(min_size=1, max_size=60), st.data(), st.booleans())
@settings(max_examples=80)
def test_an_edit_changes_only_what_it_names(
    file: tuple[Json, bytes], fresh: bytes, data: st.DataObject, is_compacted: bool
) -> None:
    document, binary = file
    before = Glb.parse(pack(document, binary))
    glb = Glb.parse(pack(document, binary))
    chosen = data.draw(st.integers(0, len(document["bufferViews"]) - 1))
    glb.replace_view(chosen, fresh)
    added = glb.append_view(fresh[::-1], target=34962, stride=4)
    if is_compacted:
        glb.compact()
    after = Glb.parse(glb.to_bytes())
    assert after.view(chosen) == fresh
    assert after.view(added) == fresh[::-1]
    assert after.json["bufferViews"][added]["target"] == 34962
    assert without_ranges(after.json) == without_ranges(document)
    old, new = ranges(before), ranges(after)[:-1]
    place = position(document, chosen)
    assert [r for i, r in enumerate(new) if i != place] == [r for i, r in enumerate(old) if i != place]
    for one, other in zip(document["bufferViews"], after.json["bufferViews"], strict=False):
        assert {k: v for k, v in one.items() if k not in MOVED} == {k: v for k, v in other.items() if k not in MOVED}
        if one is not document["bufferViews"][chosen]:
            assert (one.get("byteOffset", 0) - other.get("byteOffset", 0)) % 8 == 0, "alignment is kept"


MOVED = ("byteOffset", "byteLength", "extensions")


def position(document: Json, chosen: int) -> int:
    """Where `ranges` has the bytes of a view."""
    return sum(1 + len(view.get("extensions", {})) for view in document["bufferViews"][:chosen])


def test_compacting_drops_what_was_replaced() -> None:
    view = {"buffer": 0, "byteLength": 400}
    glb = Glb.parse(
        pack({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 400}], "bufferViews": [view]}, bytes(400))
    )
    glb.replace_view(0, b"few")
    assert len(glb.to_bytes()) > 500
    glb.compact()
    assert len(glb.to_bytes()) < 250
    assert glb.view(0) == b"few"


def test_a_file_without_a_binary_chunk_gets_one() -> None:
    view = {"buffer": 0, "byteLength": 3}
    buffer = {"byteLength": 3, "uri": "data:application/octet-stream;base64,YWJj"}
    glb = Glb.parse(pack({"asset": {"version": "2.0"}, "buffers": [buffer], "bufferViews": [view]}))
    assert glb.view(0) == b"abc"
    added = glb.append_view(b"def")
    assert Glb.parse(glb.to_bytes()).view(0) == b"abc"
    assert Glb.parse(glb.to_bytes()).view(added) == b"def"


def test_a_range_beyond_its_buffer_is_refused() -> None:
    glb = Glb.parse(
        pack(
            {
                "asset": {"version": "2.0"},
                "buffers": [{"byteLength": 4}],
                "bufferViews": [{"buffer": 0, "byteLength": 9}],
            },
            b"abcd",
        )
    )
    with pytest.raises(Refused, match="leaves its buffer"):
        glb.view(0)
