"""The servers that are measured on one workload: how each is started, entered, and spoken to."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from carrel.server.bench.generator import BenchmarkError, Guest, compile_c, upgrade_request
from carrel.server.bench.target import Target, free_port, started

HERE = Path(__file__).parent
PEERS = HERE / "peers"


@dataclass(frozen=True, slots=True)
class System:
    """A peer. `dialect` is the load generator's word for its protocol; `at_once` how many may enter at the same time."""

    name: str
    about: str
    dialect: str
    command: Callable[[int], Sequence[str]]
    guests: Callable[[str, int], list[Guest]]
    facts: Callable[[], str]
    start_at: int
    at_once: int = 32
    on_node: bool = False


@contextmanager
def running(system: System) -> Iterator[Target]:
    if system.on_node:
        install_peers()
    port = free_port()
    with started(system.command(port), port, {"NODE_ENV": "production"}, "/") as target:
        yield target


def node() -> str:
    found = shutil.which("node")
    if found is None:
        raise BenchmarkError("The peers need Node 20 or newer on the PATH.")
    return found


def install_peers() -> None:
    """The locked packages, once. Not by `npm ci`: it wants every platform's optional packages in the lock, and not all of them can be had everywhere."""
    stamp, lock = PEERS / "node_modules" / ".package-lock.json", PEERS / "package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise BenchmarkError("The peers need npm on the PATH.")
    done = subprocess.run(
        [npm, "install", "--no-save", "--ignore-scripts"], cwd=PEERS, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchmarkError(f"The peers' packages cannot be installed:\n{done.stderr[-2000:]}")
    stamp.touch()


def package_version(name: str) -> str:
    return str(json.loads((PEERS / "node_modules" / name / "package.json").read_text("utf-8"))["version"])


def node_version() -> str:
    return subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout.strip()


def _floor(port: int) -> list[str]:
    return [str(compile_c([HERE / "floor" / "floor.c"], [], "floor")), str(port)]


def _by_slot(url: str, people: int) -> list[Guest]:
    host = url.removeprefix("http://")
    return [Guest(slot, upgrade_request(host, f"/?slot={slot}")) for slot in range(people)]


def _socket_io(url: str, people: int) -> list[Guest]:
    host = url.removeprefix("http://")
    request = upgrade_request(host, "/socket.io/?EIO=4&transport=websocket")
    return [Guest(slot, request) for slot in range(people)]


def _seats(url: str, people: int) -> list[Guest]:
    """Colyseus reserves a seat by HTTP; the WebSocket then takes it."""
    guests = []
    for slot in range(people):
        request = urllib.request.Request(
            f"{url}/matchmake/joinOrCreate/hall", b"{}", {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            seat = json.loads(answer.read())
        room = seat.get("room", seat)
        path = f"/{room['processId']}/{room['roomId']}?sessionId={seat['sessionId']}"
        guests.append(Guest(slot, upgrade_request(url.removeprefix("http://"), path)))
    return guests


SYSTEMS = (
    System(
        "relay",
        "naive python-socketio relay: every pose goes to everybody at once",
        "relay",
        lambda port: [sys.executable, str(PEERS / "relay.py"), str(port)],
        _socket_io,
        lambda: (
            f"python-socketio {version('python-socketio')}, aiohttp {version('aiohttp')}, uvloop {version('uvloop')}"
        ),
        40,
    ),
    System(
        "colyseus",
        "Colyseus room with a binary schema, patches every 50 ms",
        "colyseus",
        lambda port: [node(), str(PEERS / "colyseus.mjs"), str(port)],
        _seats,
        lambda: (
            f"@colyseus/core {package_version('@colyseus/core')}, @colyseus/schema "
            f"{package_version('@colyseus/schema')}, Node {node_version()}"
        ),
        400,
        at_once=1,
        on_node=True,
    ),
    System(
        "ws",
        "Node `ws`, one pre-built frame a tick",
        "tick",
        lambda port: [node(), str(PEERS / "ws_tick.mjs"), str(port)],
        _by_slot,
        lambda: f"ws {package_version('ws')}, Node {node_version()}",
        800,
        on_node=True,
    ),
    System(
        "floor",
        "C and epoll, one pre-built frame a tick, nothing else: the floor",
        "tick",
        _floor,
        _by_slot,
        lambda: "compiled with the machine's cc -O2",
        1000,
    ),
)
