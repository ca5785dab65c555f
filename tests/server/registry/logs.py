"""Logs on disk for tests: founded, with readers who sign, and opened again as a restart would."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from carrel.ledger import ed25519
from carrel.ledger.bodies import Body, CreditIssue, CreditTransfer, File, KeyRegister, Transfer, WorkRegister
from carrel.ledger.checkpoint import NoteSigner, parse_note
from carrel.ledger.entry import Entry, sign
from carrel.ledger.policy import Policy, TrustedLog
from carrel.ledger.sequencer import Accepted, Verdict
from carrel.server.clock import Clock
from carrel.server.registry.databases import open_store
from carrel.server.registry.init import found, make_log
from carrel.server.registry.library_key import LibraryKey, new_id, read_key
from carrel.server.registry.log import Log
from carrel.server.registry.parts import LOCAL, Addresses
from carrel.server.registry.recovery import database_of, open_log, read_about

ORIGIN: Final = "library.example/ledger"
NOW_MS: Final = 1_750_000_000_000


class Ticking:
    """A clock that goes on by a millisecond at each look."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        self.now_ms += 1
        return self.now_ms


class Person:
    """Somebody with one key, which names their account."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.seed = hashlib.sha256(name.encode()).digest()
        self.key = ed25519.public_key(self.seed).hex()
        self._clock = clock

    def entry(self, kind: type[Body], /, **members: Any) -> Entry:
        now_ms = self._clock()
        head = {"by": self.key, "id": new_id(now_ms), "log": ORIGIN, "ts": now_ms}
        return sign(kind(**{**head, **members}), [self.seed])

    def joins(self) -> Entry:
        return self.entry(KeyRegister, key=self.key)

    def registers(self, name: str) -> Entry:
        digest = hashlib.sha256(name.encode()).hexdigest()
        files = (File(bytes=len(name), hash=digest, media="text/plain"),)
        return self.entry(WorkRegister, kind="text", derivation="open", files=files)


class Kept:
    """A founded log in `folder`. `log` is open; `reopen` is what a restart does."""

    def __init__(self, folder: Path, addresses: Addresses = LOCAL) -> None:
        self.folder = folder
        self.clock = Ticking()
        make_log(folder, ORIGIN, None, addresses)
        self.log = open_log(folder)
        found(self.log, folder, self.clock)
        self.publish()

    @property
    def library(self) -> LibraryKey:
        key = read_key(self.folder, ORIGIN, self.clock)
        assert key is not None
        return key

    @property
    def policy(self) -> Policy:
        return Policy(logs=(TrustedLog(self.log.signer.verifier()),))

    @property
    def url(self) -> str:
        """Of its database."""
        return database_of(read_about(self.folder), self.folder)

    @property
    def database(self) -> Path:
        return self.folder / "ledger.db"

    def person(self, name: str) -> Person:
        return Person(name, self.clock)

    def append(self, *entries: Entry) -> list[Verdict]:
        return self.log.append(entries, self.clock())

    def accepted(self, *entries: Entry) -> list[Accepted]:
        verdicts = self.append(*entries)
        assert all(isinstance(one, Accepted) for one in verdicts), verdicts
        return [one for one in verdicts if isinstance(one, Accepted)]

    def publish(self) -> None:
        note = self.log.seal()
        self.log.publish(note or parse_note(self.log.sealed))

    def fill(self, people: int = 4, works: int = 2) -> list[Person]:
        """Readers with works and ten credits each, some of which move."""
        all_of_them = [self.person(f"reader {number}") for number in range(people)]
        self.accepted(*(one.joins() for one in all_of_them))
        self.accepted(*(one.registers(f"{one.key} {number}") for one in all_of_them for number in range(works)))
        rule = self.log.state.rule
        assert rule is not None
        gifts = tuple(Transfer(amount=10, to=one.key) for one in all_of_them)
        self.accepted(self.library.entry(CreditIssue, code="welcome", rule=rule, transfers=gifts))
        first, second = all_of_them[:2]
        self.accepted(first.entry(CreditTransfer, rule=rule, transfers=(Transfer(amount=3, to=second.key),)))
        self.publish()
        return all_of_them

    def reopen(self) -> Log:
        self.log.close()
        self.log = open_log(self.folder)
        return self.log

    def sql(self, statement: str, *values: object) -> None:
        """Behind the log's back, while it is closed. `values` for SQLite alone."""
        if not self.url.startswith("sqlite"):
            store = open_store(self.url)
            store._transact(lambda connection: connection.exec_driver_sql(statement))
            store.close()
            return
        with sqlite3.connect(self.database) as connection:
            connection.execute(statement, values)
        connection.close()


async def until(condition: Callable[[], object]) -> None:
    """Other threads bring it about."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.001)


def kept_logs(folder: Path, addresses: Addresses = LOCAL) -> Iterator[Kept]:
    kept = Kept(folder, addresses)
    yield kept
    kept.log.close()


def other_signer(name: str = ORIGIN) -> NoteSigner:
    return NoteSigner(name, hashlib.sha256(b"another key").digest())
