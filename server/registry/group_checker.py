"""Groups of entries are checked beside the library: form here, signatures in one process of their own.

Threads would not do: Python's lock is wanted again after each signature, and whoever appends meanwhile holds it for much longer than a signature takes.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Lock

from carrel.ledger.ed25519 import Signed, wrong_ones
from carrel.ledger.entry import Entry, Signature, parse
from carrel.ledger.errors import BadSignature, Refused

Given = tuple[bytes, Sequence[Signature]]
"""A body's bytes and its signatures, as somebody sent them."""


class GroupChecker:
    """The process begins with the first group and ends with `close`."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
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
        for at in self._wrong(signed):
            found[whose[at]] = BadSignature("The signature does not fit the bytes and the key.")
        return found

    def _wrong(self, signed: list[Signed]) -> list[int]:
        with self._turn:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
            pool = self._pool
        try:
            return pool.submit(wrong_ones, signed).result()
        except BrokenProcessPool:  # ended from outside: the next group has a new one
            with self._turn:
                self._pool = None if self._pool is pool else self._pool
            return wrong_ones(signed)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()
