"""Worlds for tests: people with keys, and a log's state that admits what they sign."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from carrel.ledger import admission, ed25519, entry
from carrel.ledger.bodies import AnyBody, CreditIssue, KeyRegister, RulePublish, Rules, Transfer, WorkRegister
from carrel.ledger.entry import Entry
from carrel.ledger.errors import Refused
from carrel.ledger.rules import default_rules
from carrel.ledger.state import ROWS, AccountRow, State

LOG: Final = "ledger.carrel.example"
START_MS: Final = 1_700_000_000_000
SEALED: Final = "5e" * 32


def seed_of(name: str) -> bytes:
    return hashlib.sha256(f"carrel test key {name}".encode()).digest()


def key_of(name: str) -> str:
    """The public key of everybody called so, in hex."""
    return ed25519.public_key(seed_of(name)).hex()


def commitment_of(name: str) -> str:
    return hashlib.sha256(bytes.fromhex(key_of(name))).hexdigest()


@dataclass
class World:
    """People by name. `now_ms` is the log's clock; every entry gets an id of its own."""

    state: State = field(default_factory=lambda: State(LOG))
    now_ms: int = START_MS
    names: dict[str, str] = field(default_factory=dict)
    entries: list[tuple[int, Entry]] = field(default_factory=list)
    made: int = 0

    def key(self, name: str) -> str:
        key = key_of(name)
        self.names[key] = name
        return key

    def body(self, kind: type[Any], by: str, /, **members: Any) -> Any:
        """`also` may be names."""
        self.made += 1
        members["also"] = tuple(sorted(self.key(name) for name in members.get("also", ())))
        head = {"by": self.key(by), "id": f"{self.made:032x}", "log": LOG, "ts": self.now_ms}
        return kind(**{**head, **members})

    def sign(self, body: AnyBody) -> Entry:
        """By everybody whose signature it bears, read again as from outside."""
        signed = entry.sign(body, [seed_of(self.names[key]) for key in entry.signers(body)])
        return entry.parse(signed.raw, signed.signatures)

    def log(self, signed: Entry) -> str:
        """Admit it now; its id. Raises Refused, and proves that nothing was changed then."""
        before = snapshot(self.state)
        try:
            admission.admit(self.state, signed, self.now_ms)
        except Refused:
            assert snapshot(self.state) == before
            raise
        self.entries.append((self.now_ms, signed))
        return signed.hash.hex()

    def do(self, kind: type[Any], by: str, /, **members: Any) -> str:
        return self.log(self.sign(self.body(kind, by, **members)))

    # --- what most tests begin with ---

    def register(self, name: str, *, by: str | None = None, **members: Any) -> str:
        return self.do(KeyRegister, by or name, key=self.key(name), **members)

    def found(self, *readers: str, rules: Rules | None = None) -> str:
        """The library, clerk and colleague of its staff, the readers, and the rules, whose id is returned."""
        self.register("library", role="library")
        for name in ("clerk", "colleague"):
            self.register(name, by="library", role="staff")
        for name in readers:
            self.register(name)
        return self.do(RulePublish, "library", rules=rules or default_rules(), version=1)

    def give(self, **amounts: int) -> str:
        """New credit for publishing."""
        transfers = tuple(Transfer(to=self.key(name), amount=amount) for name, amount in amounts.items())
        return self.do(CreditIssue, "clerk", code="publishing", rule=self.state.rule, transfers=transfers)

    def work(self, by: str, **members: Any) -> str:
        """From which anybody may derive, unless `members` say something of that."""
        terms = {} if "licence" in members else {"derivation": "open"}
        return self.do(WorkRegister, by, **{"kind": "text", "sealed": SEALED, **terms, **members})

    def account(self, name: str) -> AccountRow:
        row = self.state.get(AccountRow, self.key(name))
        assert row is not None
        return row

    def balances(self, names: Iterable[str]) -> dict[str, int]:
        return {name: self.account(name).balance for name in names}


def snapshot(state: State) -> bytes:
    """Every row and every member of a state as bytes: two states with the same bytes go on alike."""
    rows = {kind.table: list(state.rows(kind)) for kind in ROWS}
    rest = (state.size, state.clock_ms, state.library, state.rule, [row.id for row in state.expired(2**60)])
    return msgspec.json.encode((rows, rest, sorted((kind.table, key) for kind, key in state._touched)))
