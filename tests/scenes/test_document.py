"""Scene documents: canonical bytes, limits, and faults named in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.scenes import document as d
from carrel.scenes.errors import DocumentError

coordinates = st.floats(min_value=-60, max_value=60, allow_nan=False, width=32)
positions = st.tuples(coordinates, coordinates, coordinates)
words = st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=40)
texts = st.builds(d.Text, en=words, zh=words)
lengths = st.floats(min_value=0.01, max_value=100, allow_nan=False)
degrees = st.floats(min_value=-360, max_value=360, allow_nan=False)
components = st.fixed_dictionaries(
    {},
    optional={
        "seat": st.builds(d.Seat, heading_degrees=degrees),
        "place": st.builds(d.Place, name=texts, heading_degrees=degrees, order=st.integers(0, 99)),
        "board": st.builds(d.Board, size=st.tuples(lengths, lengths)),
        "panel": st.builds(d.Panel, page=st.just("/search"), size=st.tuples(lengths, lengths)),
        "portal": st.builds(
            d.Portal, target=st.just("room"), label=texts, is_open=st.booleans(), size=st.tuples(lengths, lengths)
        ),
        "light": st.builds(d.Light, colour=st.just((1.0, 0.5, 0.2)), reach_m=st.floats(0.1, 50)),
        "spawn_point": st.builds(d.SpawnPoint, heading_degrees=degrees, is_safe=st.booleans()),
        "model": st.builds(d.Model, url=st.just("x.glb"), sha256=st.just("0" * 64)),
    },
)


def entity(name: str, position: tuple[float, float, float] = (0, 0, 0), **parts: Any) -> d.Entity:
    return d.Entity(id=name, transform=d.Transform(position=position), **parts)


def scene(*entities: d.Entity) -> d.SceneDocument:
    arrival = entity("arrival", spawn_point=d.SpawnPoint(heading_degrees=0))
    return d.SceneDocument(
        id="room",
        title=d.Text(en="Room", zh="房间"),
        environment=d.Environment(model=d.Model(url="room.glb", sha256="a" * 64)),
        bounds=d.Bounds(low=(-64, -64, -64), high=(64, 64, 64)),
        entities=(arrival, *entities),
    )


@given(st.lists(st.tuples(positions, components), max_size=8))
def test_round_trip(rows: list[tuple[tuple[float, float, float], dict[str, Any]]]) -> None:
    document = scene(*(entity(f"e{k}", position, **parts) for k, (position, parts) in enumerate(rows)))
    data = d.encode(document)
    assert d.decode(data) == document
    assert d.encode(d.decode(data)) == data


def test_canonical_bytes() -> None:
    data = d.encode(scene())
    assert (
        data == json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    )
    assert b'"schema_version":1' in data


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("schema_version",), 2, "schema_version"),
        (("title", "zh"), "", r"\$.title.zh"),
        (("surprise",), 1, "surprise"),
        (("entities", 0, "transform", "position"), [0, 0, 70], "position"),
        (("entities", 0, "transform", "position"), [0, 0], "length 3"),
        (("entities", 0, "transform", "rotation"), [0, 0, 0, 0.5], "unit quaternion"),
        (("entities", 0, "id"), "Not An Id", r"\.id"),
        (("entities", 0, "spawn_point"), None, "no spawn point"),
        (("environment", "model", "sha256"), "abc", "sha256"),
        (("bounds", "low"), [64, 0, 0], "empty"),
        (("bounds", "low"), [1, -1, -1], "'arrival' stands outside"),
    ],
)
def test_faults_are_named(path: tuple[Any, ...], value: Any, says: str) -> None:
    plain = json.loads(d.encode(scene()))
    place = plain
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(DocumentError, match=says):
        d.decode(json.dumps(plain).encode())


def test_two_entities_of_one_name_are_refused() -> None:
    with pytest.raises(DocumentError, match="'twin'"):
        d.encode(scene(entity("twin"), entity("twin")))


def test_a_document_made_in_code_is_checked_too() -> None:
    with pytest.raises(DocumentError, match="heading_degrees"):
        d.encode(scene(entity("chair", seat=d.Seat(heading_degrees=999))))


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'"x"', b"null", b"\xff\xfe"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        d.decode(data)


def test_too_many_bytes_are_refused_before_reading() -> None:
    with pytest.raises(DocumentError, match="at most"):
        d.decode(b" " * (d.SIZE_LIMIT_BYTES + 1))
