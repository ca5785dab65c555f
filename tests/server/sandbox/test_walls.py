"""What a task behind the walls cannot do. Each wall is also tried alone, as a container or an ordinary user would have it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from carrel.server.sandbox import Limits, Worker, run

LINUX = sys.platform.startswith("linux")
pytestmark = pytest.mark.skipif(not LINUX, reason="the walls are Linux's; elsewhere there are limits only")


@pytest.fixture
def tries(tmp_path: Path) -> dict[str, Any]:
    """Everything a file could want to do, with things that are really there."""
    secret = tmp_path / "keys" / "log.key"
    secret.parent.mkdir(mode=0o755)
    secret.write_text("secret")
    secret.chmod(0o644)
    tmp_path.chmod(0o777)
    return {
        "read": str(secret),
        "list": str(tmp_path),
        "write": str(tmp_path / "written"),
        "fork": None,
        "program": "/bin/true",
        "signal": os.getpid(),
        "signal_by_kernel": os.getpid(),
    }


def test_nothing_is_open_to_it(tmp_path: Path, tries: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        tries["connect"] = door.getsockname()[1]
        told = run("walls", [], tmp_path, {"tries": tries}).answer
    assert told.keys() == tries.keys()
    assert "done" not in told.values(), told
    assert not (tmp_path / "written").exists()


ALONE = """
import json, os, sys
from carrel.server.sandbox import frames, landlock, seccomp, walls
setup = frames.Setup("walls", 2 << 30, 60, 16, 64)
blocked, tries = json.loads(sys.argv[1]), json.loads(sys.argv[2])
def absent(*_):
    raise OSError("not here")
for name in blocked:
    {"landlock": lambda: setattr(landlock, "restrict", absent), "seccomp": lambda: setattr(seccomp, "restrict", absent),
     "network": lambda: setattr(walls, "_network", lambda: False), "uid": lambda: setattr(walls, "_other_uid", lambda: False)}[name]()
print(json.dumps([walls.put_up(setup), walls.prove([], {"tries": tries}, None)]), flush=True)
"""


@pytest.mark.parametrize(
    ("absent", "refused"),
    [
        (["seccomp", "network", "uid"], {"read", "write", "list", "connect", "program"}),
        (["landlock", "network", "uid"], {"fork", "program", "signal", "signal_by_kernel", "connect", "write"}),
        (["landlock", "seccomp", "network"], {"write"}),
        (["landlock", "seccomp", "uid"], {"connect", "write"}),
    ],
    ids=["landlock", "seccomp", "uid", "network"],
)
def test_each_wall_stands_for_itself(absent: list[str], refused: set[str], tries: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        wanted = {"connect": door.getsockname()[1]} | {name: tries[name] for name in tries if "signal" not in name}
        if "seccomp" not in absent:
            wanted["signal"] = wanted["signal_by_kernel"] = os.getpid()
        if "seccomp" in absent:
            del wanted["program"]
        command = [sys.executable, "-c", ALONE, json.dumps(absent), json.dumps(wanted)]
        out = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    standing, told = json.loads(out)
    assert not set(standing) & set(absent)
    missing = {"limits", "uid", "network", "landlock", "seccomp"} - set(absent) - set(standing)
    if missing:
        pytest.skip(f"this machine has no {', '.join(missing)}")
    assert {name for name in refused & wanted.keys() if told[name] == "done"} == set()


def test_an_ordinary_user_has_walls_too(tries: dict[str, Any]) -> None:
    """As whoever runs a server without being root: all but the change of uid."""
    if os.getuid() != 0:
        pytest.skip("this is that user: the test above has shown it")
    become = (
        "walls.readable(); os.setgroups([]); os.setresgid(12345, 12345, 12345); os.setresuid(12345, 12345, 12345)\n"
    )
    code = ALONE.replace("def absent", become + "def absent")
    command = [sys.executable, "-c", code, "[]", json.dumps(tries)]
    standing, told = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)
    assert set(standing) >= {"limits", "landlock", "seccomp"}
    assert "uid" not in standing
    assert "done" not in told.values(), told


def test_a_worker_says_which_walls_it_has(tmp_path: Path) -> None:
    worker = Worker("walls", Limits())
    assert worker.ready()[0] == "limits"
    worker.run([], {}, tmp_path)
