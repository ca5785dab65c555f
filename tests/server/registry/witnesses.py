"""Witnesses for tests: real ones as processes of their own, which can be killed and rolled back, and one in this process that says what a test tells it."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from carrel.ledger.checkpoint import COSIGNATURE, NoteSigner, NoteVerifier, cosign, parse_checkpoint, parse_note
from carrel.ledger.policy import Group, Policy, TrustedWitness
from carrel.ledger.witness import AddCheckpoint, Remembered, consider, parse_request
from carrel.server.registry.log import Log
from carrel.server.registry.witness_commands import create_witness, read_signer
from tests.server_process import free_port

from .small_http import Handler, serving

START_S = 30.0


class WitnessProcess:
    """`carrel ledger witness`. Keeps its folder and port over restarts."""

    def __init__(self, folder: Path, name: str, log: NoteVerifier, *, secure: bool = False) -> None:
        self.folder = folder / name
        self.port = free_port()
        self.url = f"{'https' if secure else 'http'}://127.0.0.1:{self.port}"
        create_witness(self.folder, f"witness.example/{name}")
        self.key = read_signer(self.folder).verifier(COSIGNATURE)
        self.trusted = TrustedWitness(name, self.key, self.url)
        self._logs = folder / f"{name}.logs"
        self._options = ["--tls-cert", "self-signed"] if secure else []
        self._logs.write_text(f"{log.vkey}\n", "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns at once; see `ready`."""
        assert self._process is None
        command = [sys.executable, "-m", "carrel.server", "ledger", "witness"]
        command += ["--dir", str(self.folder), "--logs", str(self._logs), "--port", str(self.port), *self._options]
        with (self.folder.parent / f"{self.folder.name}.out").open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)

    def ready(self) -> WitnessProcess:
        assert self._process is not None
        deadline = time.monotonic() + START_S
        while True:
            try:
                self.seen()
            except OSError:
                assert self._process.poll() is None, (self.folder.parent / f"{self.folder.name}.out").read_text("utf-8")
                assert time.monotonic() < deadline, "the witness does not answer"
                time.sleep(0.02)  # polling another process's port: there is nothing to wait on
            else:
                return self

    def seen(self) -> dict[str, Any]:
        """What it shows of the log."""
        with urllib.request.urlopen(f"{self.url}/witness.json", timeout=5) as answer:
            return json.load(answer)["logs"][0]  # type: ignore[no-any-return]

    def kill(self) -> None:
        """As a crash: no goodbye."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    def copy(self, to: Path) -> None:
        """As a backup does it, while the witness may be writing."""
        shutil.copytree(self.folder / "logs", to, ignore=shutil.ignore_patterns(".*"))

    def put_back(self, copy: Path) -> None:
        """While it is down: what it remembers is again what it was."""
        assert self._process is None
        shutil.rmtree(self.folder / "logs")
        shutil.copytree(copy, self.folder / "logs")


class Puppet:
    """Says what `answer` makes of a request; without one it cosigns whatever it is shown, of whatever history."""

    def __init__(self, name: str) -> None:
        self.signer = NoteSigner(f"witness.example/{name}", hashlib.sha256(name.encode()).digest())
        self.url = ""
        self.name = name
        self.asked: list[AddCheckpoint] = []
        self.keeps_open = True
        self.answer: Callable[[AddCheckpoint], tuple[int, bytes]] = self.cosigns

    @property
    def trusted(self) -> TrustedWitness:
        return TrustedWitness(self.name, self.signer.verifier(COSIGNATURE), self.url)

    def cosigns(self, request: AddCheckpoint) -> tuple[int, bytes]:
        return 200, cosign(self.signer, request.note.text, int(time.time())).line().encode()

    def be_honest(self, log: Log, size: int = 0) -> None:
        """As a witness should be; with a `size`, one that has seen that many leaves, which is all that the log has sealed."""
        trusted = {log.origin: [log.signer.verifier()]}
        seen: list[Remembered | None] = [None]
        if size:
            checkpoint = parse_checkpoint(parse_note(log.sealed).text)
            assert checkpoint.size == size
            seen[0] = Remembered(checkpoint.origin, size, checkpoint.root, log.sealed)

        def answer(request: AddCheckpoint) -> tuple[int, bytes]:
            decision = consider(seen[0], request, trusted)
            if decision.remember is None:
                return decision.status, decision.body.encode()
            seen[0] = decision.remember
            return self.cosigns(request)

        self.answer = answer


@contextmanager
def puppets(*names: str) -> Iterator[list[Puppet]]:
    with ExitStack() as stack:
        yield [stack.enter_context(_served(Puppet(name))) for name in names]


@contextmanager
def _served(puppet: Puppet) -> Iterator[Puppet]:
    class PuppetHandler(Handler):
        def do_POST(self) -> None:  # noqa: N802 - http.server's name
            request = parse_request(self.rfile.read(int(self.headers["Content-Length"])))
            puppet.asked.append(request)
            status, body = puppet.answer(request)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            if puppet.keeps_open:
                self.send_header("Content-Length", str(len(body)))
            else:
                self.send_header("Connection", "close")
            self.end_headers()
            with suppress(ConnectionError):  # who asked may have heard enough
                self.wfile.write(body)

    with serving(PuppetHandler) as puppet.url:
        yield puppet


@contextmanager
def processes(folder: Path, log: NoteVerifier, names: str) -> Iterator[list[WitnessProcess]]:
    made = [WitnessProcess(folder, name, log) for name in names]
    try:
        for one in made:
            one.start()
        yield [one.ready() for one in made]
    finally:
        for one in made:
            one.kill()


def quorum(threshold: int, *witnesses: TrustedWitness) -> Policy:
    return Policy((), witnesses, (Group("libraries", threshold, tuple(one.name for one in witnesses)),), "libraries")
