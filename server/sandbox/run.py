"""The asker's side: start a worker, hand it open files, take its answer, and end it with all it holds.

These wait; a server calls them in a thread. The worker ends with the *thread* that started it, by a rule of the kernel, so that thread stays until the end.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from carrel.scenes.errors import Refused
from carrel.server.errors import LocalError
from carrel.server.sandbox import frames
from carrel.server.sandbox.limits import MIB, Limits
from carrel.server.sandbox.tasks import TASKS

START_MS: Final = 30_000
GOODBYE_MS: Final = 2_000
ENVIRONMENT: Final = {
    "LANG": "C.UTF-8",
    # One thread, so that walls can go up around it, and so that two workers are two cores.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_PEAK: Final = re.compile(r"VmHWM:\s+(\d+) kB")
_SENTENCE_CHARS: Final = 1000


class WorkerBroke(LocalError):
    """The worker failed though the file is not at fault: a bug, or a machine that cannot start it."""


@dataclass(slots=True)
class Outcome:
    """What came back. `peak_bytes` is the worker's resident memory at most, `cpu_ms` its processor time."""

    answer: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    peak_bytes: int = 0
    cpu_ms: int = 0


class Worker:
    """One process for one job. `ready()` may be called long before `run`, so that a job finds it warm."""

    def __init__(self, task: str, limits: Limits | None = None) -> None:
        """Raises WorkerBroke when it cannot be started, KeyError for a task that is not in the table."""
        if task not in TASKS:
            raise KeyError(task)
        self.limits = limits or Limits()
        self.walls: list[str] = []
        self.outcome = Outcome()
        self._deadline = _now_ms() + START_MS
        ours, theirs = socket.socketpair()
        self._channel = ours
        try:
            # Everything in the command is ours; the environment is empty but for what is written above.
            self._process = subprocess.Popen(  # noqa: S603
                [
                    sys.executable,
                    "-I",
                    "-B",
                    "-m",
                    "carrel.server.sandbox.worker",
                    str(theirs.fileno()),
                    str(os.getpid()),
                ],
                env=ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise WorkerBroke(f"No worker can be started: {error.strerror}.") from error
        finally:
            theirs.close()
        wanted = self.limits
        self._send(frames.Setup(task, wanted.memory_bytes, wanted.cpu_s, wanted.threads, wanted.open_files))

    def ready(self) -> list[str]:
        """Wait until it has its walls; their names. Raises WorkerBroke."""
        if not self.walls:
            try:
                message = self._receive()
            except (OSError, EOFError, ValueError, msgspec.MsgspecError) as error:
                raise WorkerBroke(f"The worker did not start: {self.end() or error}") from error
            if not isinstance(message, frames.Ready):
                self.end()
                raise WorkerBroke("The worker did not start as it should.")
            self.walls = message.walls
        return self.walls

    def run(
        self,
        inputs: Sequence[Path],
        parameters: dict[str, Any],
        folder: Path,
        on_step: Callable[[str], None] = lambda _: None,
    ) -> Outcome:
        """The job's answer, its files in `folder`; the worker has ended when this returns or raises.

        Raises Refused (the file's fault, or its appetite: `too_much_memory`, `too_slow`, `too_large_answer`, `crashed`), WorkerBroke, OSError of the
        inputs and of `folder`.
        """
        files = []
        try:
            files = [path.open("rb") for path in inputs]
            self.ready()
            self._deadline = _now_ms() + self.limits.wall_ms
            self._send(frames.Job(len(files), parameters))
            if files:
                socket.send_fds(self._channel, [b"."], [file.fileno() for file in files])
            self.outcome.answer = self._listen(folder, on_step)
            return self.outcome
        except TimeoutError:
            raise Refused(
                "too_slow",
                f"Looking at this file takes longer than {self.limits.wall_ms // 1000} seconds. Make it smaller.",
            ) from None
        except (EOFError, ConnectionError):
            raise self._ended() from None
        except (ValueError, RecursionError, msgspec.MsgspecError) as error:
            raise Refused("crashed", "This file confuses the programs that look at it, so it stays out.") from error
        finally:
            for file in files:
                file.close()
            self.end()

    def kill(self) -> None:
        """From another thread: who waits in `run` learns of it."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> str:
        """Whatever it does: it and all of its session are gone, and nothing waits to be reaped. What it complained of while starting."""
        process = self._process
        self._channel.close()
        if process.returncode is not None:
            return ""
        self._note_peak()
        self.kill()
        self._reap()
        said = process.stderr.read(4000) if process.stderr else b""
        if process.stderr:
            process.stderr.close()
        return said.decode("utf-8", "replace").strip()

    def _note_peak(self) -> None:
        """While it still is: what the system tells of an ended process counts the memory of who started it too."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text("ascii", "replace")
        except OSError:
            return
        found = _PEAK.search(status)
        self.outcome.peak_bytes = int(found[1]) * 1024 if found else 0

    def _reap(self) -> None:
        _, status, used = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        if not self.outcome.peak_bytes:
            self.outcome.peak_bytes = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        self.outcome.cpu_ms = round((used.ru_utime + used.ru_stime) * 1000)

    def _listen(self, folder: Path, on_step: Callable[[str], None]) -> dict[str, Any]:
        left = self.limits.output_bytes
        while True:
            message = self._receive()
            match message:
                case frames.Step(name):
                    on_step(name[:64])
                case frames.File(name, size):
                    left -= size
                    if left < 0 or len(self.outcome.files) >= self.limits.output_files:
                        raise Refused(
                            "too_large_answer",
                            "What is made of this file is larger than a file may be. Make it smaller.",
                        )
                    if size < 0 or not _NAME.fullmatch(name) or name in self.outcome.files:
                        raise ValueError(name)
                    self.outcome.files[name] = self._keep(folder / name, size)
                case frames.Done(answer):
                    return answer
                case frames.Refusal(code, sentence, where):
                    raise Refused(code if _CODE.fullmatch(code) else "refused", _plain(sentence), _plain(where))
                case frames.Failure(text):
                    raise WorkerBroke("\n".join(_plain(line) for line in text.splitlines()))
                case _:
                    raise ValueError("ready twice")

    def _keep(self, path: Path, size: int) -> Path:
        with path.open("xb") as file:
            while size:
                self._patience()
                part = self._channel.recv(min(size, MIB))
                if not part:
                    raise EOFError
                file.write(part)
                size -= len(part)
        return path

    def _receive(self) -> frames.FromWorker:
        length = frames.message_length(self._exactly(frames.HEADER_BYTES))
        return msgspec.json.decode(self._exactly(length), type=frames.FromWorker)  # type: ignore[no-any-return]

    def _exactly(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            self._patience()
            part = self._channel.recv(count - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)

    def _send(self, message: frames.ToWorker) -> None:
        self._patience()
        try:
            self._channel.sendall(frames.pack(message))
        except OSError:
            return  # it has ended: what it answers, or does not, says why

    def _patience(self) -> None:
        """Each wait is at most what is left of the whole."""
        left_ms = self._deadline - _now_ms()
        if left_ms <= 0:
            raise TimeoutError
        self._channel.settimeout(left_ms / 1000)

    def _ended(self) -> Exception:
        """Why it ended without a last word."""
        limit_s = time.monotonic() + GOODBYE_MS / 1000
        while os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > limit_s:
                break
            time.sleep(0.005)
        else:
            self._reap()
        self.end()
        code = self._process.returncode
        if code == -signal.SIGXCPU or (code == -signal.SIGKILL and self.outcome.cpu_ms >= self.limits.cpu_s * 1000):
            return Refused(
                "too_slow",
                f"Looking at this file takes more than {self.limits.cpu_s} seconds of work. Make it smaller.",
            )
        return Refused("crashed", "The programs that look at files broke over this one, so it stays out.")


def run(
    task: str,
    inputs: Sequence[Path],
    folder: Path,
    parameters: dict[str, Any] | None = None,
    limits: Limits | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """One job in a worker of its own; see `Worker.run`."""
    return Worker(task, limits).run(inputs, parameters or {}, folder, on_step)


def _plain(text: str) -> str:
    """A worker that was taken over may answer anything; terminals and pages get letters."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:_SENTENCE_CHARS]).strip()


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
