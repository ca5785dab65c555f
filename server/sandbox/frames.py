"""What goes between the asker and its worker: a length, one small JSON value, and for a file its bytes."""

from __future__ import annotations

import socket
from typing import Any, Final

import msgspec
from msgspec import Struct

HEADER_BYTES: Final = 4
MESSAGE_BYTES: Final = 4 << 20
BLOCK_BYTES: Final = 1 << 20


class Setup(Struct, frozen=True, tag="setup"):
    """To the worker, first: what to load before the walls go up."""

    task: str
    memory_bytes: int
    cpu_s: int
    threads: int
    open_files: int


class Job(Struct, frozen=True, tag="job"):
    """To the worker, with its input files open beside it."""

    files: int
    parameters: dict[str, Any]


class Ready(Struct, frozen=True, tag="ready"):
    """From the worker: which walls stand."""

    walls: list[str]


class Step(Struct, frozen=True, tag="step"):
    name: str


class File(Struct, frozen=True, tag="file"):
    """`size` bytes follow."""

    name: str
    size: int


class Done(Struct, frozen=True, tag="done"):
    answer: dict[str, Any]


class Refusal(Struct, frozen=True, tag="refusal"):
    """The file is at fault: the sentence is for its creator."""

    code: str
    sentence: str
    where: str


class Failure(Struct, frozen=True, tag="failure"):
    """The task is at fault: the text is for the log."""

    text: str


ToWorker = Setup | Job
FromWorker = Ready | Step | File | Done | Refusal | Failure


def pack(message: ToWorker | FromWorker) -> bytes:
    body = msgspec.json.encode(message)
    return len(body).to_bytes(HEADER_BYTES, "big") + body


def receive(channel: socket.socket, count: int) -> bytearray:
    """Raises EOFError when the other side ends first."""
    data = bytearray(count)
    view = memoryview(data)
    while view:
        got = channel.recv_into(view, min(len(view), BLOCK_BYTES))
        if not got:
            raise EOFError
        view = view[got:]
    return data


def message_length(header: bytes | bytearray) -> int:
    """Raises ValueError for one that nobody of ours would send."""
    length = int.from_bytes(header, "big")
    if not 0 < length <= MESSAGE_BYTES:
        raise ValueError("a message of impossible length")
    return length
