"""The schema as an AsyncAPI 3 document: both realtime channels, their messages and who sends them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from carrel.server.wire import messages, schema

Kinds = list[type[Struct]]


def asyncapi() -> dict[str, Any]:
    room_up: Kinds = [*messages.UP]
    room_down: Kinds = [*messages.DOWN, *messages.SHARED, *messages.PRIVATE]
    library_up: Kinds = [messages.DirectMessage, messages.Invitation, messages.InboxRequest]
    library_down: Kinds = [messages.Letter, messages.Acknowledgement]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Carrel realtime protocol",
            "version": str(messages.PROTOCOL_VERSION),
            "license": {"name": "Apache-2.0"},
            "description": (
                "Two channels: the room channel, one binary WebSocket a room, and the library channel, Socket.IO. The bytes of frames and poses are in "
                f"`docs/design/protocol.md`. Schema hash {schema.schema_hash()}."
            ),
        },
        "channels": {
            "room": _channel("/rooms/{room}/socket", "The room channel.", [*room_up, *room_down]),
            "library": _channel(
                "/socket.io/",
                "The library channel (Socket.IO 4; each event is acknowledged).",
                [*library_up, *library_down],
            ),
        },
        "operations": {
            "roomRequest": _operation(
                "receive",
                "room",
                room_up,
                "Requests; each is answered with `Result`, `Failure` or `Welcome` of its id.",
            ),
            "roomFrame": _operation("send", "room", room_down, "Answers, shared events inside frames, private events."),
            "libraryRequest": _operation("receive", "library", library_up, "Events `direct`, `invite`, `inbox`."),
            "libraryLetter": _operation(
                "send", "library", library_down, "Event `letter`, and the acknowledgement of each request."
            ),
        },
        "components": {
            "messages": {
                kind.__name__: _message(kind) for kind in _unique([*room_up, *room_down, *library_up, *library_down])
            },
            "schemas": schema.components(),
        },
    }


def _unique(kinds: Iterable[type[Struct]]) -> Kinds:
    return list(dict.fromkeys(kinds))


def _channel(address: str, description: str, kinds: Kinds) -> dict[str, Any]:
    channel: dict[str, Any] = {
        "address": address,
        "description": description,
        "messages": {kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"} for kind in _unique(kinds)},
    }
    if "{room}" in address:
        channel["parameters"] = {"room": {"description": "Id of the room."}}
    return channel


def _operation(action: str, channel: str, kinds: list[type[Struct]], description: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "description": description,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{kind.__name__}"} for kind in _unique(kinds)],
    }


def _message(kind: type[Struct]) -> dict[str, Any]:
    content = "application/json" if kind in messages.LIBRARY else "application/msgpack"
    return {
        "name": kind.__name__,
        "summary": " ".join((kind.__doc__ or kind.__name__).split()),
        "contentType": content,
        "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
    }
