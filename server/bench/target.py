"""What is measured: a server process on a core of its own, its CPU time and its counters."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from carrel.server.bench.generator import BenchmarkError, place
from carrel.server.settings import PREFIX

START_S: Final = 30.0
LIFTED: Final = {
    "sessions_per_minute": 100_000,
    "enters_per_minute": 1000,
    "ticket_ms": 120_000,
    "chats_per_minute": 600,
    "log_level": "warning",
}
"""Limits that protect a library from one address, and here the crowd is one address."""


def cores() -> tuple[set[int], set[int]]:
    """One core for the server, the others for the load; the same one where there is only one."""
    have = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    return {have[0]}, set(have[1:]) or {have[0]}


def _cpu_clock(pid: int) -> int:
    """The clock of a process's CPU time, as clock_getcpuclockid(3) makes it on Linux."""
    return (~pid << 3) | 2


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Target:
    """A server at `url`; `pid` is None where it was started by somebody else on another machine."""

    url: str
    pid: int | None

    def cpu_s(self) -> tuple[float, float]:
        """Seconds on a core so far, of ended threads too, and seconds that the living threads waited for one; zeros when the process cannot be seen."""
        if not self.pid:
            return 0.0, 0.0
        try:
            ran_s = time.clock_gettime(_cpu_clock(self.pid))
        except OSError:
            return 0.0, 0.0
        waited_ns = 0
        for task in Path(f"/proc/{self.pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):  # a thread that has ended meanwhile
                waited_ns += int(task.read_text("ascii").split()[1])
        return ran_s, waited_ns / 1e9

    def late_ticks(self) -> int | None:
        """The server's own count; None when it does not tell."""
        try:
            with urllib.request.urlopen(f"{self.url}/metrics", timeout=5) as answer:  # noqa: S310 - http to our own server
                found = re.search(rb"^carrel_(?:room_)?late_ticks_total (\S+)", answer.read(), re.MULTILINE)
        except OSError:
            return None
        return int(float(found[1])) if found else None


@contextmanager
def started(command: Sequence[str], port: int, environment: Mapping[str, str], health: str) -> Iterator[Target]:
    """A server as a process, until the block ends. Raises BenchmarkError with its log when it does not answer at `health`."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env={**os.environ, **environment}
        )
        place(process.pid, cores()[0])
        try:
            _wait(process, f"http://127.0.0.1:{port}{health}")
            yield Target(f"http://127.0.0.1:{port}", process.pid)
        except Exception as error:
            log.seek(0)
            if words := log.read().decode("utf-8", "replace").strip():
                error.add_note(f"The server said:\n{words[-2000:]}")
            raise
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BenchmarkError(f"the server ended at once with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 - http to our own server
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise BenchmarkError(f"the server did not answer in {START_S:.0f} s")


@contextmanager
def carrel(interest: str, capacity: int) -> Iterator[Target]:
    """A real `carrel serve` with an empty data folder on a core of its own."""
    port = free_port()
    chosen = {**LIFTED, "interest": interest, "room_capacity": capacity}
    environment = {f"{PREFIX}{name.upper()}": str(value) for name, value in chosen.items()}
    with tempfile.TemporaryDirectory(prefix="carrel-bench-") as folder:
        serve = [sys.executable, "-m", "carrel.server", "serve", "--host", "127.0.0.1"]
        command = [*serve, "--port", str(port), "--data-dir", folder]
        with started(command, port, environment, "/api/health") as target:
            yield target
