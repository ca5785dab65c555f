"""Groups of entries are checked beside the library: form here, signatures in one process of their own.

Threads would not do: Python's lock is wanted again after each signature, and whoever appends meanwhile holds it for much longer than a signature takes.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
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
        self._process: subprocess.Popen[bytes] | None = None
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
            self._end()

    def _wrong_ones(self, signed: list[Signed]) -> list[int]:
        with self._turn:
            try:
                return self._ask(signed)
            except (
                Exception
            ) as error:  # whatever it was: an answer that stayed behind in a pipe must not pass for the next one
                log.warning("ledger_checker_ended", error=f"{type(error).__name__} {error}")
                self._end()
        return wrong_ones(signed)

    def _ask(self, signed: list[Signed]) -> list[int]:
        if self._process is None:
            command = [
                sys.executable,
                "-P",
                "-m",
                signature_worker.__name__,
            ]  # nothing out of the folder we happen to be in
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        send(self._process.stdin, signed)
        return msgspec.msgpack.decode(receive(self._process.stdout), type=list[int])

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()  # it keeps nothing
            self._process.communicate()
            self._process = None
