"""How a job ends: well, with a refusal that has a name, or killed; and that nothing of it stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

import pytest

from carrel.scenes.errors import Refused
from carrel.server.sandbox import Limits, Worker, WorkerBroke, frames, run
from carrel.server.sandbox.tasks import TASKS

MIB = 1 << 20


def children(parent: int | None = None) -> set[int]:
    """Processes whose parent we are (or `parent`), dead ones that nobody reaped included."""
    found = set()
    for entry in Path("/proc").iterdir() if Path("/proc/self/stat").exists() else ():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (OSError, IndexError):
            continue
        if fields[1] == str(parent or os.getpid()):
            found.add(int(entry.name))
    return found


@pytest.mark.parametrize(
    ("tries", "limits", "code"),
    [
        ({"cpu": None}, Limits(cpu_s=1, wall_ms=20_000), "too_slow"),
        ({"sleep": None}, Limits(wall_ms=400), "too_slow"),
        ({"crash": None}, Limits(), "crashed"),
    ],
    ids=["cpu", "sleep", "crash"],
)
def test_a_bomb_ends_with_a_name(tries: dict[str, None], limits: Limits, code: str, tmp_path: Path) -> None:
    before = children()
    with pytest.raises(Refused) as refused:
        run("walls", [], tmp_path, {"tries": tries}, limits)
    assert refused.value.code == code
    assert refused.value.sentence
    assert children() == before
    assert not list(tmp_path.iterdir())


def test_memory_has_an_end(tmp_path: Path) -> None:
    outcome = run("walls", [], tmp_path, {"tries": {"memory": 400 * MIB}}, Limits(memory_bytes=300 * MIB))
    assert outcome.answer == {"memory": "MemoryError"}
    assert outcome.peak_bytes < 300 * MIB


def test_a_task_that_is_not_in_the_table_is_never_started(tmp_path: Path) -> None:
    before = children()
    with pytest.raises(KeyError):
        Worker("os:system")
    assert children() == before
    assert all(target.startswith("carrel.") for target in TASKS.values())


def test_a_bug_of_ours_is_no_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(WorkerBroke, match="KeyError"):
        run("walls", [], tmp_path, {"tries": {"no such thing": None}})


def test_it_does_not_outlive_who_asked(tmp_path: Path) -> None:
    code = "import sys, os, time\nfrom carrel.server.sandbox import Worker\nw = Worker('walls'); w.ready(); print(w._process.pid, flush=True); time.sleep(60)"
    asker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert asker.stdout is not None
    worker = int(asker.stdout.readline())
    assert Path(f"/proc/{worker}").exists()
    asker.kill()
    asker.wait()
    asker.stdout.close()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{worker}/exe").exists() and _alive(worker):
        assert time.monotonic() < deadline, "the worker lives on"
        time.sleep(0.01)


def _alive(process: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def test_who_waits_learns_when_it_is_killed(tmp_path: Path) -> None:
    worker = Worker("walls", Limits(wall_ms=20_000))
    worker.ready()
    threading.Timer(0.1, worker.kill).start()
    with pytest.raises(Refused) as refused:
        worker.run([], {"tries": {"sleep": None}}, tmp_path)
    assert refused.value.code == "crashed"


class Hostile:
    """A worker that was taken over: it may write anything into its one socket."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = tmp_path
        self._patch = monkeypatch

    def answer(self, data: bytes, limits: Limits | None = None) -> str:
        """How the asker takes it: the refusal's code."""
        worker = Worker("walls", limits or Limits(wall_ms=3000, output_bytes=MIB))
        worker.ready()
        os.kill(worker._process.pid, signal.SIGSTOP)
        import socket

        ours, theirs = socket.socketpair()
        worker._channel.close()
        worker._channel = ours
        threading.Thread(target=_pour, args=(theirs, data), daemon=True).start()
        try:
            worker.run([], {}, self.folder)
        except Refused as refused:
            return refused.code
        return "accepted"


def _pour(channel: object, data: bytes) -> None:
    try:
        channel.sendall(data)  # type: ignore[attr-defined]
    except OSError:
        pass
    finally:
        channel.close()  # type: ignore[attr-defined]


NESTED: Final = b'{"type":"done","answer":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
DEEP: Final = len(NESTED).to_bytes(4, "big") + NESTED


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xff\xff\xff", "crashed"),
        (b"\0\0\0\x02{}", "crashed"),
        (b"\0\0\0\x04nope", "crashed"),
        (DEEP, "crashed"),
        (frames.pack(frames.File("../../etc/passwd", 4)) + b"here", "crashed"),
        (frames.pack(frames.File("a/b", 4)) + b"here", "crashed"),
        (frames.pack(frames.File("x.glb", -1)), "crashed"),
        (frames.pack(frames.File("x.glb", 1)) + b"x" + frames.pack(frames.File("x.glb", 1)) + b"x", "crashed"),
        (frames.pack(frames.File("x.glb", 2 * MIB)), "too_large_answer"),
        (frames.pack(frames.File("x.glb", 100)) + b"short", "crashed"),
        (frames.pack(frames.Ready([])), "crashed"),
        (frames.pack(frames.Refusal("Not A Code\x1b[31m", "red \x1b[31m \u202e text", "")), "refused"),
        (b"", "crashed"),
    ],
)
def test_whatever_a_taken_over_worker_says(
    data: bytes, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = children()
    assert Hostile(tmp_path, monkeypatch).answer(data) == code
    assert children() == before
    assert not (tmp_path.parent / "etc").exists()


def test_a_sentence_of_a_taken_over_worker_is_letters_only(tmp_path: Path) -> None:
    from carrel.server.sandbox.run import _plain

    assert _plain("red \x1b[31m\u202e\n") == "red  [31m"
