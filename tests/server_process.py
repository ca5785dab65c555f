"""A real `carrel serve` as a process of its own, for tests that kill it, restart it and look at it from outside."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

START_S = 30.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    """This process's, without settings of a library of its own, and with compiled modules kept: a restart is to be a quick one."""
    left_out = ("CARREL_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}


class ServerProcess:
    """Keeps its port and data folder over restarts. Settings are given as `CARREL_*` names without the prefix."""

    def __init__(self, data_dir: Path, **settings: object) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.data_dir = data_dir
        self._log_path = data_dir.parent / f"{data_dir.name}.log"
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> ServerProcess:
        assert self._process is None
        environment = _environment() | {f"CARREL_{name.upper()}": str(value) for name, value in self._settings.items()}
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "carrel.server",
                    "serve",
                    "--port",
                    str(self.port),
                    "--data-dir",
                    str(self.data_dir),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
            )
        self._wait_until_healthy()
        return self

    def _wait_until_healthy(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended with {self._process.returncode}:\n{self.log}")
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/health", timeout=1).close()
            except OSError:
                time.sleep(0.05)  # polling another process's port: there is nothing to wait on
            else:
                return
        raise RuntimeError(f"the server did not answer in {START_S} s:\n{self.log}")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log_path.read_text("utf-8", "replace") if self._log_path.exists() else ""

    @property
    def staff_link(self) -> str:
        """The one-time link that the first start prints, soon after it has begun to answer."""
        deadline = time.monotonic() + START_S
        while (found := re.search(r"https?://\S+/staff/[A-Za-z0-9_-]+(?=\s)", self.log)) is None:
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)  # polling another process's words: there is nothing to wait on
        return found.group(0)

    def add_account(self, name: str, password: str, role: str) -> None:
        """As an operator does it on the command line, while the library is open."""
        command = [sys.executable, "-m", "carrel.server", "account", "add", name, "--role", role]
        command += ["--password-stdin", "--data-dir", str(self.data_dir)]
        subprocess.run(command, input=password + "\n", text=True, check=True, capture_output=True, env=_environment())

    def memory_kb(self) -> int:
        """Resident memory of the process now."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])  # type: ignore[index]

    def kill(self) -> None:
        """As a crash: no goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator does it."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None
