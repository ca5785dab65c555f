"""The walls around the worker, put up by itself after it has loaded its libraries and before it sees a byte from outside.

A task's module loads all that it will need: behind the walls another uid may not be able to read Python's own folders.

Each is tried, each stands for itself, and the worker says which of them stand: a container may forbid some, macOS has the limits only.
"""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import socket
import sys
import sysconfig
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from carrel.server.sandbox import kernel, landlock, seccomp
from carrel.server.sandbox.frames import Setup
from carrel.server.sandbox.tasks import Out

ALL: Final = ("limits", "uid", "network", "landlock", "seccomp")
APART: Final = frozenset({"uid", "landlock"})
"""Each of these alone keeps it away from the library's keys."""
FIRST_UID: Final = 50_000
UIDS: Final = 10_000
"""One for each worker, of a range that systems leave free, so that its limit on processes counts its own alone."""
READABLE: Final = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/null",
    "/dev/urandom",
)
"""Libraries load parts of themselves late. There is nobody's secret in these, nor in Python's own folders."""


def put_up(setup: Setup) -> list[str]:
    """The names of the walls that stand now. Raises OSError when not even the limits do."""
    places = readable()  # while Python's own folders can still be asked
    _limits(setup)
    standing = ["limits"]
    if not sys.platform.startswith("linux"):
        return standing
    apart = _network()
    if apart:
        standing.append("network")
    if _other_uid():
        standing.append("uid")
    if apart or "uid" in standing:  # else it would count all that this person runs
        resource.setrlimit(resource.RLIMIT_NPROC, (setup.threads, setup.threads))
    with suppress(OSError):
        kernel.drop_capabilities()
    with suppress(OSError):
        landlock.restrict(places)
        standing.append("landlock")
    with suppress(OSError):
        seccomp.restrict()
        standing.append("seccomp")
    return sorted(standing, key=ALL.index)


def stay_with(parent: int) -> None:
    """End when the asker ends, however it ends. A change of uid undoes this: call it after."""
    if sys.platform.startswith("linux"):
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def readable() -> list[str]:
    """Where code lies that may yet be loaded: Python's folders, its packages, and the server's own rooms."""
    package = Path(__file__).resolve().parents[1]
    rooms = [str(package), *(str(package.parent / room) for room in ("scenes", "avatars"))]
    return [
        *READABLE,
        *{sysconfig.get_path(name) for name in ("stdlib", "platstdlib")},
        *filter(None, sys.path),
        *rooms,
    ]


def _limits(setup: Setup) -> None:
    for what, soft, hard in (
        (resource.RLIMIT_CPU, setup.cpu_s, setup.cpu_s + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, setup.open_files, setup.open_files),
        (resource.RLIMIT_MEMLOCK, 0, 0),
    ):
        resource.setrlimit(what, (soft, hard))
    with suppress(OSError, ValueError):  # macOS knows it and does not keep it
        resource.setrlimit(resource.RLIMIT_AS, (setup.memory_bytes, setup.memory_bytes))


def _network() -> bool:
    """A network of its own, with nothing in it. Who is not root needs a namespace of names for that."""
    flags = kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC
    for more in (0, kernel.CLONE_NEWUSER) if os.geteuid() == 0 else (kernel.CLONE_NEWUSER,):
        with suppress(OSError):
            kernel.unshare(flags | more)
            return True
    return False


def _other_uid() -> bool:
    """Only root can become somebody else."""
    if os.geteuid() != 0:
        return False
    uid = FIRST_UID + os.getpid() % UIDS
    try:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    except OSError:
        return False
    return True


def prove(files: list[BinaryIO], parameters: dict[str, Any], out: Out) -> dict[str, Any]:
    """What of `parameters["tries"]` a task could do; for `carrel doctor` and the tests. A name → "done", or how it was refused."""
    told: dict[str, Any] = {}
    for name, argument in parameters.get("tries", {}).items():
        try:
            TRIES[name](argument)
        except (OSError, MemoryError, RuntimeError) as error:
            told[name] = type(error).__name__
        else:
            told[name] = "done"
    return told


def _connect(port: int) -> None:
    with socket.socket(socket.AF_INET) as connection:
        connection.connect(("127.0.0.1", port))


def _write(path: str) -> None:
    Path(path).write_bytes(b"here")


def _fork(_: object) -> None:
    if os.fork() == 0:
        os._exit(0)


def _burn(_: object) -> None:
    while True:
        pass


def _sleep(_: object) -> None:
    while True:
        signal.pause()


TRIES: Final[dict[str, Callable[[Any], object]]] = {
    "read": lambda path: Path(path).read_bytes(),
    "list": lambda path: os.listdir(path),  # noqa: PTH208 - the system's call is what is tried
    "write": _write,
    "connect": _connect,
    "fork": _fork,
    "program": lambda path: os.execv(path, [path]),  # noqa: S606 - that it cannot is what is proved
    "signal": lambda pid: os.kill(pid, signal.SIGTERM),
    "signal_by_kernel": lambda pid: fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, pid),
    "memory": lambda size: bytearray(size),
    "cpu": _burn,
    "sleep": _sleep,
    "crash": lambda _: os.abort(),
}
