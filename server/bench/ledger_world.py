"""A small world that keeps a ledger busy: valid entries of every type, in an order in which they can be admitted, the same for the same seed.

The world keeps its own books and asks no ledger, so that it can stand before one that is measured or tested. It knows less than the ledger: where it cannot
tell what an account has, it takes the smaller sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Final, Literal, NamedTuple

from carrel.ledger.bodies import (
    MOST_TRANSFERS,
    Attest,
    CreditCorrect,
    CreditHold,
    CreditIssue,
    CreditPost,
    CreditTransfer,
    CreditVoid,
    Earning,
    File,
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
from carrel.ledger.entry import Entry
from carrel.ledger.state import DAY_MS, ISSUER
from carrel.server.bench.ledger_people import Account, Made, People

MOST_LASTING: Final = 32
"""Works that are sold and derived from, and never change."""
MOST_REMEMBERED: Final = 256
"""Works, holds and issues that later entries may change. Older ones rest."""
LONG_HOLD_MS: Final = 30 * DAY_MS
SHORT_HOLD_MS: Final = DAY_MS
ISSUED: Final = 1_000
_CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(eq=False)
class _Work:
    name: str
    head: str
    holder: Account


@dataclass(eq=False)
class _Hold:
    name: str
    payer: Account
    to: Account
    amount: int


class _Issue(NamedTuple):
    name: str
    to: Account


Outcome = Literal["dismissed", "upheld", "reassigned"]


@dataclass(eq=False)
class _World(People):
    version: int = 0
    rule: str = ""
    works: list[_Work] = field(default_factory=list)
    lasting: list[_Work] = field(default_factory=list)
    disputed: list[_Work] = field(default_factory=list)
    holds: list[_Hold] = field(default_factory=list)
    issues: list[_Issue] = field(default_factory=list)

    # --- rights ---

    def register(self) -> Entry:
        holder = self.reader()
        pen = holder.pens[0]
        file = File(bytes=self.random.randrange(1, 10**9), hash=self.hash(), media="model/gltf-binary")
        made = self.entry(
            WorkRegister(
                kind="model",
                files=(file,),
                metadata=self.hash(),
                derivation="open",
                royalty_bp=500,
                **self.head_of(pen),
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
            kind="scene",
            sealed=self.hash(),
            sources=tuple(sorted(sources)),
            royalty_bp=250,
            derivation="open",
            **self.head_of(pen),
        )
        return self._new_work(self.entry(body, pen), holder)

    def _new_work(self, made: Entry, holder: Account) -> Entry:
        name = made.hash.hex()
        lasting = len(self.lasting) < MOST_LASTING and (not self.lasting or self.random.random() < 0.2)
        _remember(self.lasting if lasting else self.works, _Work(name, name, holder))
        return made

    def license_work(self) -> Made:
        work = self.one_of(self.works)
        if work is None:
            return None
        pen = work.holder.pens[0]
        terms: dict[str, Any] = self.random.choice(
            ({"licence": _CC_BY}, {"royalty_bp": 250, "derivation": "open"}, {"derivation": "open"})
        )
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
        pen, heard = by.pens[0], self.staff.pens[0]
        body = WorkDispute(
            work=work.name,
            prev=work.head,
            reason="copied",
            evidence=self.hash(),
            also=(heard.key,),
            **self.head_of(pen),
        )
        return self._changed(work, self.entry(body, pen, heard))

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

    def issue_to(self, to: list[Account]) -> Entry:
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


def _remember(things: list[Any], thing: Any) -> None:
    things.append(thing)
    if len(things) > MOST_REMEMBERED:
        del things[0]
