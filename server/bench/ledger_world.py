"""A small world that keeps a ledger busy: valid entries of every type, in an order in which they can be admitted, the same for the same seed.

The world keeps its own books and asks no ledger, so that it can stand before one that is measured or tested. It knows less than the ledger: where it cannot
tell what an account has, it takes the smaller sum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from random import Random
from typing import Any, Final, Literal, NamedTuple

from nacl.bindings import crypto_sign, crypto_sign_seed_keypair

from carrel.ledger import canonical
from carrel.ledger.bodies import (
    MOST_TRANSFERS,
    AnyBody,
    Attest,
    CreditCorrect,
    CreditHold,
    CreditIssue,
    CreditPost,
    CreditTransfer,
    CreditVoid,
    Earning,
    File,
    KeyRecover,
    KeyRegister,
    KeyRevoke,
    KeyRotate,
    Leg,
    RulePublish,
    Rules,
    Transfer,
    WorkDecision,
    WorkDerive,
    WorkDispute,
    WorkLicense,
    WorkRegister,
    WorkTransfer,
    WorkWithdraw,
)
from carrel.ledger.ed25519 import SIGNATURE_BYTES
from carrel.ledger.entry import DOMAIN, Entry, Signature
from carrel.ledger.state import DAY_MS, ISSUER

ENTRIES_PER_MS: Final = 8
"""How fast the world's own clock goes: slower than any ledger takes entries, so that none is dated ahead."""
MOST_READERS: Final = 512
MOST_LASTING: Final = 32
"""Works that are sold and derived from, and never change."""
MOST_REMEMBERED: Final = 256
"""Works, holds and issues that later entries may change. Older ones rest."""
LONG_HOLD_MS: Final = 30 * DAY_MS
SHORT_HOLD_MS: Final = DAY_MS
ISSUED: Final = 1_000
_CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/"


class _Pen(NamedTuple):
    """A key that can sign. `secret` (64,): seed and public key, as libsodium has it."""

    key: str
    secret: bytes

    def sign(self, message: bytes) -> Signature:
        return Signature(self.secret[32:], crypto_sign(message, self.secret)[:SIGNATURE_BYTES])


@dataclass(eq=False)
class _Account:
    """`name`: its first key. `balance`: what it has to spend at least."""

    name: str
    pens: list[_Pen]
    head: str
    recovery: _Pen | None = None
    following: _Pen | None = None
    balance: int = 0


@dataclass(eq=False)
class _Work:
    name: str
    head: str
    holder: _Account


@dataclass(eq=False)
class _Hold:
    name: str
    payer: _Account
    to: _Account
    amount: int


class _Issue(NamedTuple):
    name: str
    to: _Account


Outcome = Literal["dismissed", "upheld", "reassigned"]
Made = Entry | None
"""None: there is nothing now to which such an entry could be made."""


@dataclass(eq=False)
class _World:
    log: str
    seed: int
    start_ms: int
    random: Random = field(init=False)
    count: int = 0
    version: int = 0
    rule: str = ""
    pens_made: int = 0
    readers: list[_Account] = field(default_factory=list)
    works: list[_Work] = field(default_factory=list)
    lasting: list[_Work] = field(default_factory=list)
    disputed: list[_Work] = field(default_factory=list)
    holds: list[_Hold] = field(default_factory=list)
    issues: list[_Issue] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # the same world for the same seed: nothing secret comes of it
        self.library = self._account()
        self.staff = self._account()

    # --- the parts of an entry ---

    def pen(self) -> _Pen:
        self.pens_made += 1
        seed = hashlib.sha256(f"carrel ledger world {self.seed} {self.pens_made}".encode()).digest()
        key, secret = crypto_sign_seed_keypair(seed)
        return _Pen(key.hex(), secret)

    def _account(self) -> _Account:
        pen = self.pen()
        return _Account(pen.key, [pen], "")

    def hash(self) -> str:
        return f"{self.random.getrandbits(256):064x}"

    def head_of(self, by: _Pen) -> dict[str, Any]:
        """What every body has. The id is a UUIDv7."""
        ms = self.start_ms + self.count // ENTRIES_PER_MS
        made = ms << 80 | 7 << 76 | self.random.getrandbits(12) << 64 | 2 << 62 | self.random.getrandbits(62)
        return {"by": by.key, "id": f"{made:032x}", "log": self.log, "ts": ms}

    def entry(self, body: AnyBody, *pens: _Pen) -> Entry:
        self.count += 1
        raw = canonical.encode(body)
        message = DOMAIN + raw
        return Entry(raw, body, tuple(sorted(pen.sign(message) for pen in pens)))

    def reader(self) -> _Account:
        return self.random.choice(self.readers)

    def two_readers(self) -> tuple[_Account, _Account]:
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

    # --- rights ---

    def register(self) -> Entry:
        holder = self.reader()
        pen = holder.pens[0]
        file = File(bytes=self.random.randrange(1, 10**9), hash=self.hash(), media="model/gltf-binary")
        made = self.entry(
            WorkRegister(
                kind="model", files=(file,), metadata=self.hash(), licence=None, royalty_bp=500, **self.head_of(pen)
            ),
            pen,
        )
        return self._new_work(made, holder)

    def derive(self) -> Made:
        sources = {work.name for work in (self.one_of(self.works), self.one_of(self.lasting)) if work}
        if not sources:
            return None
        holder = self.reader()
        pen = holder.pens[0]
        body = WorkDerive(
            kind="scene", sealed=self.hash(), sources=tuple(sorted(sources)), royalty_bp=250, **self.head_of(pen)
        )
        return self._new_work(self.entry(body, pen), holder)

    def _new_work(self, made: Entry, holder: _Account) -> Entry:
        name = made.hash.hex()
        lasting = len(self.lasting) < MOST_LASTING and (not self.lasting or self.random.random() < 0.2)
        _remember(self.lasting if lasting else self.works, _Work(name, name, holder))
        return made

    def license_work(self) -> Made:
        work = self.one_of(self.works)
        if work is None:
            return None
        pen = work.holder.pens[0]
        terms: dict[str, Any] = self.random.choice(({"licence": _CC_BY}, {"royalty_bp": 250}, {}))
        return self._changed(
            work, self.entry(WorkLicense(work=work.name, prev=work.head, **terms, **self.head_of(pen)), pen)
        )

    def hand_over(self) -> Made:
        work = self.one_of(self.works)
        to = self.reader()
        if work is None or work.holder is to:
            return None
        pen, receiving = work.holder.pens[0], to.pens[0]
        body = WorkTransfer(work=work.name, prev=work.head, to=to.name, also=(receiving.key,), **self.head_of(pen))
        work.holder = to
        return self._changed(work, self.entry(body, pen, receiving))

    def dispute(self) -> Made:
        work = self.one_of(self.works)
        by = self.reader()
        if work is None or work.holder is by:
            return None
        self.works.remove(work)
        _remember(self.disputed, work)
        pen = by.pens[0]
        body = WorkDispute(work=work.name, prev=work.head, reason="copied", evidence=self.hash(), **self.head_of(pen))
        return self._changed(work, self.entry(body, pen))

    def decide(self) -> Made:
        if not self.disputed:
            return None
        work = self.disputed.pop()
        outcome: Outcome = self.random.choice(("dismissed", "upheld", "reassigned"))
        to = self.reader() if outcome == "reassigned" else None
        pen = self.staff.pens[0]
        body = WorkDecision(
            work=work.name,
            prev=work.head,
            outcome=outcome,
            reason="examined",
            to=to.name if to else None,
            **self.head_of(pen),
        )
        if outcome != "upheld":
            work.holder = to or work.holder
            _remember(self.works, work)
        return self._changed(work, self.entry(body, pen))

    def withdraw(self) -> Made:
        if not self.works:
            return None
        work = self.works.pop(0)
        pen = self.random.choice((work.holder, self.staff)).pens[0]
        return self.entry(WorkWithdraw(work=work.name, prev=work.head, reason="asked", **self.head_of(pen)), pen)

    def _changed(self, work: _Work, made: Entry) -> Entry:
        work.head = made.hash.hex()
        return made

    def attest(self) -> Entry:
        pen = self.staff.pens[0]
        return self.entry(
            Attest(claim="helped", subject=self.reader().name, evidence=self.hash(), **self.head_of(pen)), pen
        )

    # --- credits ---

    def publish_rules(self) -> Entry:
        pen = self.library.pens[0]
        rules = Rules(
            earnings=(Earning(code="publishing", most=10**6, day_most=10**9),),
            supply_most=10**12,
            hold_most_ms=2 * LONG_HOLD_MS,
            royalty_depth=3,
            royalty_cap_bp=5_000,
        )
        self.version += 1
        body = RulePublish(rules=rules, version=self.version, prev=self.rule or None, **self.head_of(pen))
        made = self.entry(body, pen)
        self.rule = made.hash.hex()
        return made

    def issue(self) -> Entry:
        return self.issue_to(self.random.sample(self.readers, 4))

    def issue_to(self, to: list[_Account]) -> Entry:
        pen = self.staff.pens[0]
        transfers = tuple(Transfer(amount=ISSUED, to=one.name) for one in to)
        made = self.entry(CreditIssue(code="publishing", rule=self.rule, transfers=transfers, **self.head_of(pen)), pen)
        for one in to:
            one.balance += ISSUED
        _remember(self.issues, _Issue(made.hash.hex(), to[0]))
        return made

    def pay(self, legs: int = 2, most: int = 8) -> Made:
        at, others = self.random.randrange(len(self.readers)), len(self.readers) - 1
        payer, amount = self.readers[at], self.random.randint(1, most)
        if payer.balance < amount * legs:
            return None
        pen = payer.pens[0]
        payees = [self.readers[at - 1 - self.random.randrange(others)] for _ in range(legs)]
        transfers = tuple(Transfer(amount=amount, to=one.name) for one in payees)
        made = self.entry(CreditTransfer(rule=self.rule, transfers=transfers, **self.head_of(pen)), pen)
        payer.balance -= amount * legs
        for one in payees:
            one.balance += amount
        return made

    def buy(self) -> Made:
        work, payer = self.one_of(self.lasting), self.reader()
        amount = self.random.randrange(1, 60)
        if work is None or work.holder is payer or payer.balance < amount:
            return None
        pen = payer.pens[0]
        payer.balance -= amount  # what the holder has of it depends on royalties: not counted
        return self.entry(
            CreditTransfer(
                rule=self.rule,
                transfers=(Transfer(amount=amount, to=work.holder.name, work=work.name),),
                **self.head_of(pen),
            ),
            pen,
        )

    def hold(self) -> Made:
        payer, to = self.two_readers()
        amount = self.random.randrange(1, 30)
        if payer.balance < amount:
            return None
        payer.balance -= amount
        pen, head = payer.pens[0], self.head_of(payer.pens[0])
        short = len(self.holds) > 1 and self.random.random() < 0.1
        body = CreditHold(
            amount=amount,
            expires_ms=head["ts"] + (SHORT_HOLD_MS if short else LONG_HOLD_MS),
            rule=self.rule,
            to=to.name,
            **head,
        )
        made = self.entry(body, pen)
        if not short:  # those are left to lapse
            _remember(self.holds, _Hold(made.hash.hex(), payer, to, amount))
        return made

    def post(self) -> Made:
        if not self.holds:
            return None
        hold = self.holds.pop()
        paid = self.random.randrange(1, hold.amount + 1)
        hold.to.balance += paid
        hold.payer.balance += hold.amount - paid
        pen = hold.payer.pens[0]
        part = None if paid == hold.amount else paid
        return self.entry(CreditPost(hold=hold.name, amount=part, **self.head_of(pen)), pen)

    def void(self) -> Made:
        if not self.holds:
            return None
        hold = self.holds.pop(0)
        hold.payer.balance += hold.amount
        pen = hold.to.pens[0]
        return self.entry(CreditVoid(hold=hold.name, **self.head_of(pen)), pen)

    def correct(self) -> Made:
        if not self.issues or self.issues[0].to.balance < 1:
            return None
        issue = self.issues.pop(0)
        issue.to.balance -= 1
        pen = self.library.pens[0]
        leg = Leg(amount=1, payer=issue.to.name, to=ISSUER)
        return self.entry(CreditCorrect(corrects=issue.name, legs=(leg,), reason="mistake", **self.head_of(pen)), pen)

    # --- the order of things ---

    def opening(self, readers: int) -> Iterator[Entry]:
        """What has to be there first; everybody has some credit."""
        yield self.found()
        yield self.employ()
        for _ in range(readers):
            yield self.join()
        yield self.publish_rules()
        for at in range(0, readers, MOST_TRANSFERS):
            yield self.issue_to(self.readers[at : at + MOST_TRANSFERS])

    def one_of_each(self) -> Iterator[Entry]:
        for act in (
            self.register, self.register, self.derive, self.buy, self.add_device, self.rotate, self.revoke, self.recover, self.license_work, self.hand_over,
            self.dispute, self.decide, self.pay, self.hold, self.post, self.hold, self.void, self.correct, self.attest, self.register, self.withdraw,
        ):  # fmt: skip
            while (made := act()) is None:  # chance decides who acts, and it may be the wrong one
                yield self.register()
            yield made

    def usual(self) -> Iterator[Entry]:
        acts = {
            self.pay: 300, self.buy: 60, self.issue: 60, self.hold: 70, self.post: 40, self.void: 20, self.correct: 5,
            self.register: 120, self.derive: 60, self.license_work: 20, self.hand_over: 15, self.dispute: 6, self.decide: 6, self.withdraw: 6,
            self.join_while_few: 40, self.add_device: 30, self.rotate: 20, self.revoke: 15, self.recover: 5, self.attest: 60, self.publish_rules: 1,
        }  # fmt: skip
        while True:
            for act in self.random.choices(list(acts), weights=list(acts.values()), k=256):
                yield from _if_made(act())


def mixed_entries(log: str, seed: int, count: int, start_ms: int) -> Iterator[Entry]:
    """`count` entries from the log's first one on, every type among the first 100, dated from `start_ms`.

    They are admitted in this order, logged at their dates or within hours after.
    """
    world = _World(log, seed, start_ms)
    everything = chain(world.opening(readers=8), world.one_of_each(), world.usual())
    return islice(everything, count)


def linked_transfers(
    log: str, seed: int, count: int, legs: int, start_ms: int, *, accounts: int = 1_000
) -> Iterator[Entry]:
    """An opening in which `accounts` join and get credit, then `count` entries of `legs` transfers each, under one signature."""
    world = _World(log, seed, start_ms)
    yield from world.opening(accounts)
    for _ in range(count):
        while (made := world.pay(legs, most=1)) is None:  # together they always have enough: somebody can
            pass
        yield made


def _if_made(made: Made) -> Iterator[Entry]:
    if made is not None:
        yield made


def _commitment(pen: _Pen) -> str:
    return hashlib.sha256(bytes.fromhex(pen.key)).hexdigest()


def _remember(things: list[Any], thing: Any) -> None:
    things.append(thing)
    if len(things) > MOST_REMEMBERED:
        del things[0]
