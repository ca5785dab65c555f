"""Groups of entries are checked beside the library: form here, signatures in one process of their own.

Threads would not do: Python's lock is wanted again after each signature, and whoever appends meanwhile holds it for much longer than a signature takes.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from threading import Lock

import msgspec
import structlog

from carrel.ledger.ed25519 import Signed, wrong_ones
from carrel.ledger.entry import Entry, Signature, parse
from carrel.ledger.errors import BadSignature, Refused
from carrel.server.registry import signature_worker
from carrel.server.registry.signature_worker import receive, send

log = structlog.get_logger("carrel.ledger")
Given = tuple[bytes, Sequence[Signature]]
"""A body's bytes and its signatures, as somebody sent them."""


class GroupChecker:
    """The process begins with the first group and ends with `close`, or with this one."""

    def __init__(self) -> None:
        self._worker: _Worker | None = None
        self._turn = Lock()

    def check(self, given: Sequence[Given]) -> list[Entry | Refused]:
        """As `entry.parse` says of each. Waits; for any thread."""
        found: list[Entry | Refused] = []
        signed: list[Signed] = []
        whose: list[int] = []

        def later(key: bytes, message: bytes, signature: bytes) -> None:
            signed.append((key, message, signature))
            whose.append(len(found))

        for raw, signatures in given:
            try:
                found.append(parse(raw, signatures, verify=later))
            except Refused as refused:
                found.append(refused)
        for at in self._wrong_ones(signed):
            found[whose[at]] = BadSignature("The signature does not fit the bytes and the key.")
        return found

    def close(self) -> None:
        with self._turn:
            if self._worker is not None:
                self._worker.end()
            self._worker = None

    def _wrong_ones(self, signed: list[Signed]) -> list[int]:
        worker = None
        try:
            with self._turn:
                worker = self._worker = self._worker or _Worker()
            return worker.ask(signed)
        except Exception as error:  # whatever it was: this process is asked nothing more
            log.warning("ledger_checker_ended", error=f"{type(error).__name__} {error}")
        with self._turn:
            if worker is not None:
                worker.end()
            if self._worker is worker:
                self._worker = None
        return wrong_ones(signed)


class _Worker:
    """One process. After the first thing that goes wrong no answer is taken from it: what is left in a pipe must not pass for the answer to something else."""

    def __init__(self) -> None:
        # -P: nothing out of the folder we happen to be in
        command = [sys.executable, "-P", "-m", signature_worker.__name__]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own
        self._sending = Lock()
        self._receiving = Lock()
        self._half_sent = self._half_received = False

    def ask(self, signed: list[Signed]) -> list[int]:
        """Hand over hand: the next group is sent while this one is verified, and answers come in the order of the groups."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self._sending:
            if self._half_sent:
                raise EOFError("an earlier group was not sent whole")
            self._half_sent = True
            send(self.process.stdin, signed)
            self._half_sent = False
            self._receiving.acquire()
        try:
            if self._half_received:
                raise EOFError("an earlier answer was not understood")
            self._half_received = True
            wrong = msgspec.msgpack.decode(receive(self.process.stdout), type=list[int])
            self._half_received = False
            return wrong
        finally:
            self._receiving.release()

    def end(self) -> None:
        self.process.kill()  # it keeps nothing
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
