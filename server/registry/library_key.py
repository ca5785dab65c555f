"""The library's own key: it founds the log, publishes its rules, issues credit. Kept beside the log's key and apart from it: the two can be changed apart."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any, Final, TypeVar

from carrel.ledger import ed25519
from carrel.ledger.bodies import Body, KeyRegister, RulePublish
from carrel.ledger.entry import Entry, sign, uuid7
from carrel.ledger.rules import default_rules
from carrel.ledger.sequencer import Accepted, Verdict
from carrel.server.clock import Clock
from carrel.server.errors import BadRequest, StorageError
from carrel.server.registry.errors import Damaged, LogStopped
from carrel.server.registry.files import replace_file, sync_folder
from carrel.server.registry.key_file import encode_key, new_key
from carrel.server.registry.key_file import read_key as read_key_file
from carrel.server.registry.log import Log

FILE: Final = "library.key"
B = TypeVar("B", bound=Body)


class LibraryKey:
    """`key` is its id. Entries that it makes are dated by `clock`."""

    def __init__(self, seed: bytes, origin: str, clock: Clock) -> None:
        self.key = ed25519.public_key(seed).hex()
        self._seed = seed
        self._origin = origin
        self._now_ms = clock

    def entry(self, kind: type[Body], /, **members: Any) -> Entry:
        """One that the library's key alone signs."""
        now_ms = self._now_ms()
        body: Any = kind(by=self.key, id=new_id(now_ms), log=self._origin, ts=now_ms, **members)
        return sign(body, [self._seed])

    def found(self, log: Log, recovery: str | None = None) -> None:
        """A log's first two entries: who the library is, and its rules. Nothing happens where they are. Raises LogStopped."""
        if log.size == 0:
            self._append(log, self.entry(KeyRegister, key=self.key, role="library", recovery=recovery))
        if log.state.rule is None and log.state.library == self.key:
            self._append(log, self.entry(RulePublish, version=1, rules=default_rules()))

    def _append(self, log: Log, entry: Entry) -> None:
        verdict: Verdict = log.append([entry], self._now_ms())[0]
        if not isinstance(verdict, Accepted):
            raise LogStopped(f"The log cannot be founded: {verdict}") from verdict


def make_key(folder: Path, passphrase: str | None = None) -> None:
    """A new one in the folder, unless one is there. Raises StorageError."""
    path = folder / FILE
    if path.exists():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, encode_key(new_key(passphrase)), mode=0o600)
        sync_folder(folder)
    except OSError as error:
        raise StorageError(f"The library's key {path} cannot be made: {error.strerror}.") from error


def read_key(folder: Path, origin: str, clock: Clock, passphrase: str | None = None) -> LibraryKey | None:
    """None where it is not kept: the log then takes entries of others only. Raises StorageError, Damaged."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        return LibraryKey(read_key_file(path).open(passphrase), origin, clock)
    except BadRequest as error:
        raise Damaged(f"The library's key {path}: {error}") from error


def new_id(now_ms: int) -> str:
    return uuid7(now_ms, secrets.token_bytes(10))
