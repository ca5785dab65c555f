"""What is made from the schema is committed and fresh, valid, and read alike by independent libraries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgpack
import msgspec
import pytest

from carrel.server import errors
from carrel.server.wire import frames, messages, schema
from carrel.server.wire.asyncapi import asyncapi
from carrel.server.wire.generate import generated

ROOT = Path(__file__).parents[3]
FILES = generated()
VECTORS: dict[str, list[dict[str, Any]]] = {
    name: json.loads(text) for name, text in FILES.items() if name.startswith("tests/vectors/")
}


def plain(value: Any) -> Any:
    """As JSON knows it: tuples are lists."""
    return json.loads(msgspec.json.encode(value))


@pytest.mark.parametrize("name", FILES)
def test_committed_file_is_fresh(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == FILES[name], f"{name} is stale: run `make generate`"


def entries(name: str) -> list[Any]:
    return [pytest.param(entry, id=entry["name"]) for entry in VECTORS[f"tests/vectors/{name}.json"]]


@pytest.mark.parametrize("entry", entries("requests"))
def test_requests_decode_alike_in_msgspec_and_msgpack(entry: dict[str, Any]) -> None:
    data = bytes.fromhex(entry["hex"])
    assert data[0] == frames.UP_REQUEST
    assert plain(messages.request_decoder.decode(data[1:])) == entry["value"]
    assert msgpack.unpackb(data[1:]) == entry["value"]


@pytest.mark.parametrize("entry", entries("answers"))
def test_answers_decode(entry: dict[str, Any]) -> None:
    message = frames.decode_down(bytes.fromhex(entry["hex"]))
    if isinstance(message, frames.Private):
        assert plain(message.event) == entry["value"]["event"]
    elif isinstance(message, frames.Pong):
        assert message == (entry["value"]["echo"], entry["value"]["room_ms"])
    else:
        assert plain(message) == entry["value"]


@pytest.mark.parametrize("entry", entries("frames"))
def test_frames_decode_and_encode_to_the_same_bytes(entry: dict[str, Any]) -> None:
    data = bytes.fromhex(entry["hex"])
    frame = frames.decode_frame(data)
    assert (frame.flags, frame.tick, frame.room_ms, frame.event_sequence) == tuple(
        entry["value"][key] for key in ("flags", "tick", "room_ms", "event_sequence")
    )
    assert plain(frame.events) == entry["value"]["events"]
    assert [len(section.records) for section in frame.sections] == [
        len(section["records"]) for section in entry["value"]["sections"]
    ]
    assert frames.encode_frame(frame) == data


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_cut_or_padded_frames_are_refused(cut: int) -> None:
    data = bytes.fromhex(VECTORS["tests/vectors/frames.json"][2]["hex"])
    for broken in (data[:-cut], data + bytes(cut)):
        with pytest.raises(errors.BadRequest):
            frames.decode_frame(broken)


def test_asyncapi_references_resolve_and_schemas_are_valid() -> None:
    document = asyncapi()
    for component in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(component)

    def follow(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                node: Any = document
                for part in value["$ref"].removeprefix("#/").split("/"):
                    node = node[part.replace("~1", "/")]
                assert node
            for inner in value.values():
                follow(inner)
        elif isinstance(value, list):
            for inner in value:
                follow(inner)

    follow(document)


def test_every_request_has_limits_on_its_text() -> None:
    for kind in messages.UP:
        for name, field in schema.components()[kind.__name__]["properties"].items():
            if field.get("type") == "string":
                assert "maxLength" in field or "pattern" in field or "enum" in field, f"{kind.__name__}.{name}"


def test_wire_codes_are_distinct_where_their_meaning_is() -> None:
    codes = [kind.code for kind in errors.peer_errors() if kind is not errors.PeerError]
    assert len(codes) == len(set(codes))
    assert all(400 <= kind.status < 600 for kind in errors.peer_errors())
