"""The worker's own side: load the task, put up the walls, take one job, answer, end.

Started by `run.py` as `python -I -B -m carrel.server.sandbox.worker CHANNEL PARENT`: the number of its one socket, and who must live.
"""

from __future__ import annotations

import os
import socket
import sys
import traceback
from typing import BinaryIO, TypeVar

import msgspec

from carrel.scenes.errors import Refused
from carrel.server.sandbox import frames, walls
from carrel.server.sandbox.tasks import Task, load

T = TypeVar("T")
FAILURE_CHARS = 4000


class Channel:
    """An `Out`, and how a job arrives."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def file(self, name: str, data: bytes | memoryview) -> None:
        self.send(frames.File(name, memoryview(data).nbytes))
        self._channel.sendall(data)

    def step(self, name: str) -> None:
        self.send(frames.Step(name))

    def send(self, message: frames.FromWorker) -> None:
        self._channel.sendall(frames.pack(message))

    def wait(self) -> None:
        """Until the asker has looked at what this took, and ends it."""
        self._channel.recv(1)

    def receive(self, kind: type[T]) -> T:
        length = frames.message_length(frames.receive(self._channel, frames.HEADER_BYTES))
        return msgspec.json.decode(frames.receive(self._channel, length), type=kind)

    def receive_files(self, count: int) -> list[BinaryIO]:
        if not count:
            return []
        _, descriptors, _, _ = socket.recv_fds(self._channel, 1, count)
        return [os.fdopen(descriptor, "rb") for descriptor in descriptors]


def main(descriptor: int, parent: int) -> None:
    channel = Channel(socket.socket(fileno=descriptor))
    setup = channel.receive(frames.Setup)
    task = load(setup.task)
    nothing = os.open(os.devnull, os.O_RDWR)
    standing = walls.put_up(setup)
    walls.stay_with(parent)
    # Libraries talk to the terminal; from here on nobody listens.
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    channel.send(frames.Ready(standing))
    job = channel.receive(frames.Job)
    channel.send(_answer(task, channel.receive_files(job.files), job, channel))
    channel.wait()


def _answer(task: Task, files: list[BinaryIO], job: frames.Job, channel: Channel) -> frames.FromWorker:
    try:
        return frames.Done(task(files, job.parameters, channel))
    except Refused as refused:
        return frames.Refusal(refused.code, refused.sentence, refused.where)
    except MemoryError:
        pass  # its frames still hold what was taken: they go before anything is said
    except Exception:
        return frames.Failure(traceback.format_exc()[-FAILURE_CHARS:])
    return frames.Refusal(
        "too_much_memory", "Looking at this file takes more memory than a file may. Make it smaller.", ""
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
