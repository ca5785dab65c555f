"""The load generator: its plan, its compilation at first use, one run, and its tally."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from carrel.server.bench.crowd import STEP_HZ, Steps
from carrel.server.errors import LocalError

MAGIC: Final = 0x31474C43
DIALECTS: Final = {"carrel": 1, "tick": 2, "relay": 3, "colyseus": 4}
PAIR: Final = np.dtype(
    [
        ("sequence", "u1"),
        ("known", "u1"),
        ("count", "<u2"),
        ("first_ms", "<u2"),
        ("last_ms", "<u2"),
        ("longest_ms", "<u2"),
    ]
)
COMPILE: Final = ("-O2", "-std=gnu11", "-Wall", "-Wextra")
RUN_S: Final = 120.0


class BenchmarkError(LocalError):
    """A measurement cannot be made here; the sentence says what is missing."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody of the crowd: what their connections begin with. `first` is the first message in the room, not yet framed; empty where a server wants none."""

    slot: int
    upgrade: bytes
    first: bytes = b""
    library: bytes = b""


class Said(msgspec.Struct, frozen=True):
    """The generator's own words about a run."""

    seconds: float
    age_p50_ms: float
    age_p99_ms: float
    lag_p99_ms: float
    core_share: float
    frames: int
    odd: int
    unsent: int
    hung_up: int


@dataclass(frozen=True, slots=True)
class Tally:
    """`shown` (windows, readers, senders, 2): new updates a second [in full, in any way]; `sent` (windows, senders); `bytes` (readers);
    `pairs` (readers, senders)."""

    shown: NDArray[np.uint8]
    sent: NDArray[np.uint32]
    bytes: NDArray[np.uint64]
    pairs: NDArray[np.void]


def upgrade_request(host: str, path: str, headers: Sequence[tuple[str, str]] = ()) -> bytes:
    """The HTTP request that opens a WebSocket. The key is the RFC's own example: it protects nothing here."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def plan_bytes(
    dialect: str,
    guests: Sequence[Guest],
    headset: NDArray[np.bool_],
    path: Steps,
    *,
    warm_steps: int,
    windows: int,
    stalled: int = 0,
    at_once: int = 32,
) -> bytes:
    """What loadgen/plan.c reads. The last `stalled` of the guests stop reading once they are in."""
    head = struct.pack(
        "<8I", MAGIC, DIALECTS[dialect], len(guests), len(path), 1_000_000 // STEP_HZ, warm_steps, windows, at_once
    )
    parts = [head]
    for index, guest in enumerate(guests):
        facts = guest.slot | int(headset[index]) << 16 | (index >= len(guests) - stalled) << 17
        parts.append(struct.pack("<I", facts))
        parts += [struct.pack("<I", len(text)) + text for text in (guest.upgrade, guest.first, guest.library)]
    return b"".join(parts) + np.ascontiguousarray(path, "<i2").tobytes()


def sources() -> Path:
    """The folder of the C files: beside the package in an installation, benchmarks/loadgen in a checkout."""
    here = Path(__file__).resolve()
    for folder in (here.parent / "loadgen", here.parents[2] / "benchmarks" / "loadgen"):
        if (folder / "loadgen.c").exists():
            return folder
    raise BenchmarkError("The load generator's C files are not in this installation: measure from a checkout.")


def compiled() -> Path:
    """The generator for this machine, compiled when its sources changed. Raises BenchmarkError without a C compiler."""
    return compile_c(sorted(sources().glob("*.c")), sorted(sources().glob("*.h")), "loadgen")


def compile_c(files: Sequence[Path], headers: Sequence[Path], name: str) -> Path:
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in [*files, *headers])).hexdigest()[:12]
    target = cache_folder() / f"{name}-{digest}"
    if target.exists():
        return target
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise BenchmarkError(
            "Measuring needs a C compiler: install gcc or clang (on Debian `apt-get install gcc libc6-dev`)."
        )
    made = subprocess.run(  # noqa: S603 - our own sources, the machine's compiler
        [compiler, *COMPILE, "-o", f"{target}.new", *map(str, files)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise BenchmarkError(f"{name} does not compile here:\n{made.stderr[-2000:]}")
    Path(f"{target}.new").replace(target)
    return target


def cache_folder() -> Path:
    """benchmarks/out in a checkout, else the person's cache."""
    checkout = Path(__file__).resolve().parents[2] / "benchmarks"
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = checkout / "out" if checkout.is_dir() else Path(base) / "carrel"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run(
    plan: bytes,
    people: int,
    windows: int,
    address: tuple[str, int],
    *,
    on_measure: Callable[[], Any],
    on_done: Callable[[], Any],
    cores: set[int],
) -> tuple[Said, Tally]:
    """One run of the generator. Raises BenchmarkError with its words when it fails."""
    with tempfile.TemporaryDirectory(prefix="carrel-load-") as folder:
        plan_file, tally_file = Path(folder) / "plan", Path(folder) / "tally"
        plan_file.write_bytes(plan)
        process = subprocess.Popen(  # noqa: S603 - our own program
            [str(compiled()), address[0], str(address[1]), str(plan_file), str(tally_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        place(process.pid, cores, nice=-10)
        _punctual(process.pid)
        try:
            said = _follow(process, on_measure, on_done)
        finally:
            process.kill()
            process.wait()
        return said, _tally(tally_file.read_bytes(), people, windows)


def _punctual(pid: int) -> None:
    """Let the generator go before everything else on its core, where the system lets us: its lateness would be taken for the server's."""
    if hasattr(os, "sched_setscheduler"):
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(pid, os.SCHED_RR, os.sched_param(1))


def _follow(process: subprocess.Popen[str], on_measure: Callable[[], Any], on_done: Callable[[], Any]) -> Said:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    said = None
    for line in process.stdout:
        match line.strip():
            case "ready":
                process.stdin.write("go\n")
                process.stdin.flush()
            case "measure":
                on_measure()
            case "done":
                on_done()
            case text:
                said = msgspec.json.decode(text, type=Said)
    if process.wait(RUN_S) or said is None:
        raise BenchmarkError(process.stderr.read().strip() or "the load generator ended without a word")
    return said


def _tally(raw: bytes, people: int, windows: int) -> Tally:
    at = 0

    def take(kind: Any, *shape: int) -> NDArray[Any]:
        nonlocal at
        count = int(np.prod(shape))
        found = np.frombuffer(raw, kind, count, at).reshape(shape)
        at += found.nbytes
        return found

    return Tally(
        take(np.uint8, windows, people, people, 2),
        take(np.uint32, windows, people),
        take(np.uint64, people),
        take(PAIR, people, people),
    )


def place(pid: int, cores: set[int], nice: int = 0) -> None:
    """Pin a process to cores and set its priority, as far as the system lets us."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, cores)
    if nice:
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, pid, nice)
