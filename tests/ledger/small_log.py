"""A whole log in memory, made as the writing side makes one: for tests of whoever reads logs."""

from __future__ import annotations

import hashlib
from typing import Any

from carrel.ledger import bodies, rules
from carrel.ledger.admission import admit
from carrel.ledger.bodies import Body, Transfer
from carrel.ledger.checkpoint import Checkpoint, NoteSigner
from carrel.ledger.ed25519 import public_key
from carrel.ledger.entry import Entry, encode_leaf, sign, signers
from carrel.ledger.state import MoveRow, State
from carrel.ledger.tiles import TileWriter

ORIGIN = "library.example/ledger"
START_MS = 1_750_000_000_000


def seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def key(name: str) -> str:
    return public_key(seed(name)).hex()


class SmallLog:
    """`files` are what a web server would show. `add` signs with the keys of the people named."""

    def __init__(self, origin: str = ORIGIN) -> None:
        self.signer = NoteSigner(origin, seed(f"log {origin}"))
        self.state = State(origin)
        self.clock_ms = START_MS
        self.entries: list[Entry] = []
        self.leaves: list[bytes] = []
        self.files: dict[str, bytes] = {}
        self._writer = TileWriter()
        self.count = 0
        self._seeds: dict[str, bytes] = {}
        self._moves: dict[str, MoveRow] = {}

    def read(self, path: str) -> bytes:
        return self.files[path]

    def person(self, name: str) -> str:
        self._seeds[key(name)] = seed(name)
        return key(name)

    def body(self, kind: type[Body], by: str, /, **members: Any) -> Any:
        self.count += 1
        return kind(by=self.person(by), id=f"{self.count:032x}", log=self.state.log, ts=self.clock_ms, **members)

    def add(self, kind: type[Body], by: str, /, **members: Any) -> Entry:
        return self.log(self.signed(self.body(kind, by, **members)))

    def signed(self, body: Any) -> Entry:
        return sign(body, [self._seeds[one] for one in sorted(signers(body))])

    def log(self, entry: Entry, *, judged: bool = True) -> Entry:
        """`judged=False`: a log that lets through what the rules forbid."""
        self.clock_ms += 10
        if judged:
            for row in self._moves.values():
                self.state.load(row)
            admit(self.state, entry, self.clock_ms)
            self._moves.update((row.id, row) for _, row in self.state.take_changes() if isinstance(row, MoveRow))
        self.entries.append(entry)
        self.leaves.append(encode_leaf(entry, self.clock_ms))
        return entry

    def publish(self) -> bytes:
        """Integrates what is new and signs. Returns the checkpoint's note."""
        self._writer, files = self._writer.grow(self.leaves[self._writer.size :])
        self.files.update(files)
        note = Checkpoint(self.state.log, self._writer.size, self._writer.root()).sign([self.signer]).encode()
        self.files["checkpoint"] = note
        return note

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self.state.log, self._writer.size, self._writer.root())


def lively_log(count: int, people: int = 5) -> SmallLog:
    """A log of about `count` entries: keys, rules, works with history, credit issued, paid, held, given back."""
    log = SmallLog()
    log.add(bodies.KeyRegister, "library", key=log.person("library"), role="library")
    rule = log.add(bodies.RulePublish, "library", version=1, rules=rules.default_rules()).hash.hex()
    names = [f"reader {number}" for number in range(people)]
    for name in names:
        log.add(bodies.KeyRegister, name, key=log.person(name))
    welcome = tuple(Transfer(amount=10, to=key(name)) for name in names)
    issued = log.add(bodies.CreditIssue, "library", rule=rule, code="welcome", transfers=welcome[:1])
    log.add(
        bodies.CreditCorrect,
        "library",
        corrects=issued.hash.hex(),
        legs=(bodies.Leg(amount=4, payer=key(names[0]), to="issuer"),),
        reason="mistake",
    )
    work = add_work(log, names[0], "first")
    log.add(bodies.WorkLicense, names[0], work=work, prev=work, royalty_bp=500, derivation="open")
    derived = log.add(bodies.WorkDerive, names[1], sources=(work,), **a_file("derived")).hash.hex()
    held = log.add(
        bodies.CreditHold, names[0], amount=2, expires_ms=log.clock_ms + 86_400_000, rule=rule, to=key(names[1])
    )
    log.add(bodies.CreditPost, names[0], hold=held.hash.hex(), amount=1)
    log.add(bodies.CreditTransfer, names[0], rule=rule, transfers=(Transfer(amount=2, to=key(names[1]), work=derived),))
    while len(log.entries) < count:
        number = len(log.entries)
        if number % 3 == 0:
            add_work(log, names[number % people], f"work {number}")
        else:
            log.add(
                bodies.Attest,
                "library",
                claim="desk",
                subject=key(names[number % people]),
                evidence=hashlib.sha256(str(number).encode()).hexdigest(),
            )
    log.publish()
    return log


def a_file(name: str) -> dict[str, Any]:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {"kind": "text", "files": (bodies.File(bytes=len(name), hash=digest, media="text/plain"),)}


def add_work(log: SmallLog, by: str, name: str) -> str:
    """The work's id."""
    return log.add(bodies.WorkRegister, by, **a_file(name), derivation="open").hash.hex()
