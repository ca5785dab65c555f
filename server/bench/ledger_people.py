"""The people of a busy ledger: their keys, and what they do with them. `ledger_world` has their works and credits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, NamedTuple

from nacl.bindings import crypto_sign, crypto_sign_seed_keypair

from carrel.ledger import canonical
from carrel.ledger.bodies import AnyBody, KeyRecover, KeyRegister, KeyRevoke, KeyRotate
from carrel.ledger.ed25519 import SIGNATURE_BYTES
from carrel.ledger.entry import DOMAIN, Entry, Signature

ENTRIES_PER_MS: Final = 8
"""How fast the world's own clock goes: slower than any ledger takes entries, so that none is dated ahead."""
MOST_READERS: Final = 512

Made = Entry | None
"""None: there is nothing now to which such an entry could be made."""


class Pen(NamedTuple):
    """A key that can sign. `secret` (64,): seed and public key, as libsodium has it."""

    key: str
    secret: bytes

    def sign(self, message: bytes) -> Signature:
        return Signature(self.secret[32:], crypto_sign(message, self.secret)[:SIGNATURE_BYTES])


@dataclass(eq=False)
class Account:
    """`name`: its first key. `balance`: what it has to spend at least."""

    name: str
    pens: list[Pen]
    head: str
    recovery: Pen | None = None
    following: Pen | None = None
    balance: int = 0


@dataclass(eq=False)
class People:
    """`count`: entries so far."""

    log: str
    seed: int
    start_ms: int
    random: Random = field(init=False)
    count: int = 0
    pens_made: int = 0
    readers: list[Account] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # the same world for the same seed: nothing secret comes of it
        self.library = self._account()
        self.staff = self._account()

    # --- the parts of an entry ---

    def pen(self) -> Pen:
        self.pens_made += 1
        seed = hashlib.sha256(f"carrel ledger world {self.seed} {self.pens_made}".encode()).digest()
        key, secret = crypto_sign_seed_keypair(seed)
        return Pen(key.hex(), secret)

    def _account(self) -> Account:
        pen = self.pen()
        return Account(pen.key, [pen], "")

    def hash(self) -> str:
        return f"{self.random.getrandbits(256):064x}"

    def head_of(self, by: Pen) -> dict[str, Any]:
        """What every body has. The id is a UUIDv7."""
        ms = self.start_ms + self.count // ENTRIES_PER_MS
        made = ms << 80 | 7 << 76 | self.random.getrandbits(12) << 64 | 2 << 62 | self.random.getrandbits(62)
        return {"by": by.key, "id": f"{made:032x}", "log": self.log, "ts": ms}

    def entry(self, body: AnyBody, *pens: Pen) -> Entry:
        self.count += 1
        raw = canonical.encode(body)
        message = DOMAIN + raw
        return Entry(raw, body, tuple(sorted(pen.sign(message) for pen in pens)))

    def reader(self) -> Account:
        return self.random.choice(self.readers)

    def two_readers(self) -> tuple[Account, Account]:
        one, other = self.random.sample(self.readers, 2)
        return one, other

    def one_of(self, things: list[Any]) -> Any:
        return self.random.choice(things) if things else None

    # --- keys ---

    def found(self) -> Entry:
        pen = self.library.pens[0]
        made = self.entry(KeyRegister(key=pen.key, role="library", **self.head_of(pen)), pen)
        self.library.head = made.hash.hex()
        return made

    def employ(self) -> Entry:
        pen, library = self.staff.pens[0], self.library.pens[0]
        made = self.entry(KeyRegister(key=pen.key, role="staff", **self.head_of(library)), pen, library)
        self.staff.head = made.hash.hex()
        return made

    def join(self) -> Entry:
        account = self._account()
        account.recovery, account.following = self.pen(), self.pen()
        pen = account.pens[0]
        made = self.entry(
            KeyRegister(
                key=pen.key,
                next=_commitment(account.following),
                recovery=_commitment(account.recovery),
                **self.head_of(pen),
            ),
            pen,
        )
        account.head = made.hash.hex()
        self.readers.append(account)
        return made

    def join_while_few(self) -> Made:
        return self.join() if len(self.readers) < MOST_READERS else None

    def add_device(self) -> Made:
        account, pen = self.reader(), self.pen()
        if len(account.pens) > 3:
            return None
        by = account.pens[0]
        made = self.entry(
            KeyRegister(key=pen.key, account=account.name, prev=account.head, **self.head_of(by)), by, pen
        )
        account.head = made.hash.hex()
        account.pens.append(pen)
        return made

    def rotate(self) -> Entry:
        account = self.reader()
        old, new, following = account.pens[0], account.following or self.pen(), self.pen()
        made = self.entry(
            KeyRotate(key=new.key, prev=account.head, next=_commitment(following), **self.head_of(old)), old, new
        )
        account.head, account.pens[0], account.following = made.hash.hex(), new, following
        return made

    def revoke(self) -> Made:
        account = self.reader()
        if len(account.pens) < 2:
            return None
        ended, by = account.pens.pop(), account.pens[0]
        made = self.entry(KeyRevoke(key=ended.key, prev=account.head, reason="lost", **self.head_of(by)), by)
        account.head = made.hash.hex()
        return made

    def recover(self) -> Made:
        account = self.reader()
        by, new, recovery = account.recovery, self.pen(), self.pen()
        if by is None:
            return None
        body = KeyRecover(
            account=account.name, key=new.key, prev=account.head, recovery=_commitment(recovery), **self.head_of(by)
        )
        made = self.entry(body, by, new)
        account.head, account.pens, account.recovery, account.following = made.hash.hex(), [new], recovery, None
        return made


def _commitment(pen: Pen) -> str:
    return hashlib.sha256(bytes.fromhex(pen.key)).hexdigest()
