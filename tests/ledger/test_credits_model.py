"""The ledger's credits against a plain model of the same economy, step by step, whatever hypothesis thinks of."""

from __future__ import annotations

import copy
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from carrel.ledger import admission
from carrel.ledger.bodies import (
    CreditCorrect,
    CreditHold,
    CreditIssue,
    CreditPost,
    CreditTransfer,
    CreditVoid,
    Earning,
    Leg,
    Overdraft,
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
from carrel.ledger.errors import Refused
from carrel.ledger.state import ISSUER, AccountRow, HoldRow, MoveRow, RuleRow, State, WorkRow

from .credits_model import Hold, Model, Terms, Work
from .worlds import LOG, SEALED, World, snapshot

READERS = ("ada", "ben", "cyd", "dee")
EVERYBODY = (*READERS, "clerk", "colleague", "library")
WHO = st.sampled_from(READERS + READERS + EVERYBODY)
AMOUNT = st.one_of(st.integers(1, 4), st.integers(1, 12), st.integers(1, 60))
SHARES = st.sampled_from((0, 1, 333, 500, 1_250, 3_333, 9_999, 10_000))
PICK = st.integers(0, 2**16)


@st.composite
def economies(draw: st.DrawFn) -> Rules:
    overdrawn = sorted(draw(st.sets(st.sampled_from(READERS), max_size=1)))
    return Rules(
        earnings=(Earning(code="desk", most=40, day_most=90), Earning(code="publishing", most=60, day_most=120)),
        overdrafts=tuple(Overdraft(account=World().key(name), limit=20) for name in overdrawn),
        supply_most=draw(st.sampled_from((250, 500))),
        transfer_most=draw(st.sampled_from((0, 0, 30))),
        spend_day_most=draw(st.sampled_from((0, 0, 70))),
        pair_day_most=draw(st.sampled_from((0, 0, 40))),
        hold_most_ms=draw(st.sampled_from((0, 5_000, 5_000, 10**9))),
        royalty_depth=draw(st.integers(0, 3)),
        royalty_cap_bp=draw(st.sampled_from((0, 1_000, 5_000, 7_777, 10_000))),
    )


class Economy(RuleBasedStateMachine):
    @initialize(rules=economies())
    def found(self, rules: Rules) -> None:
        self.world = World()
        self.allowed: dict[str, int] = {}
        first = self.world.found(*READERS, rules=rules)
        self.model = Model(self.terms(rules), first)
        self.issue("clerk", "publishing", [(name, 50) for name in READERS])
        self.register("ada", 1_250)

    def terms(self, rules: Rules) -> Terms:
        names = self.world.names
        overdrafts = {names[one.account]: one.limit for one in rules.overdrafts}
        self.allowed |= overdrafts
        return Terms(
            earnings={one.code: (one.most, one.day_most) for one in rules.earnings},
            supply=rules.supply_most,
            once=rules.transfer_most,
            day=rules.spend_day_most,
            pair=rules.pair_day_most,
            hold_ms=rules.hold_most_ms,
            depth=rules.royalty_depth,
            cap=Fraction(rules.royalty_cap_bp, 10_000),
            overdrafts=overdrafts,
        )

    def name(self, account: str) -> str:
        return account if account == ISSUER else self.world.names[account]

    def account(self, name: str) -> str:
        return name if name == ISSUER else self.world.key(name)

    def both(self, act: Callable[[Model, str], set[str]], kind: type[Any], by: str, /, **members: Any) -> str | None:
        """Let the model and the ledger do the same. Both do it, or neither does and the ledger's reason is one of the model's."""
        signed = self.world.sign(self.world.body(kind, by, **members))
        entry = signed.hash.hex()
        after = copy.deepcopy(self.model)
        after.lapse(self.world.now_ms)
        broken = act(after, entry)
        if broken:
            with pytest.raises(Refused) as refused:
                self.world.log(signed)
            assert refused.value.code in broken
            return None
        self.world.log(signed)
        self.model = after
        return entry

    def pick(self, things: Any, at: int) -> Any:
        some = list(things)
        return some[at % len(some)]

    # --- credits ---

    @rule(ms=st.sampled_from((1, 100, 100, 2_500, 5_000, 40_000_000)))
    def wait(self, ms: int) -> None:
        self.world.now_ms += ms

    @rule(
        by=st.sampled_from(("clerk", "colleague", "library", "ada")),
        code=st.sampled_from(("desk", "publishing", "publishing", "reading")),
        paid=st.lists(st.tuples(WHO, AMOUNT), min_size=1, max_size=4),
    )
    def issue(self, by: str, code: str, paid: list[tuple[str, int]]) -> None:
        rule, now_ms = self.model.rule, self.world.now_ms
        transfers = tuple(Transfer(to=self.account(to), amount=amount) for to, amount in paid)
        self.both(
            lambda model, entry: model.issue(entry, rule, by, code, paid, now_ms),
            CreditIssue, by, rule=rule, code=code, transfers=transfers,
        )  # fmt: skip

    @rule(by=WHO, paid=st.lists(st.tuples(WHO, AMOUNT), min_size=1, max_size=4), stale=st.integers(0, 9))
    def pay(self, by: str, paid: list[tuple[str, int]], stale: int) -> None:
        now_ms, legs = self.world.now_ms, [(to, amount, None) for to, amount in paid]
        rule = self.pick(self.rule_ids(), stale) if stale == 0 else self.model.rule
        transfers = tuple(Transfer(to=self.account(to), amount=amount) for to, amount in paid)
        self.both(
            lambda model, entry: model.pay(entry, rule, by, list(legs), now_ms),
            CreditTransfer, by, rule=rule, transfers=transfers,
        )  # fmt: skip

    def rule_ids(self) -> list[str]:
        return [row.id for row in self.world.state.rows(RuleRow)]

    @rule(by=WHO, bought=st.lists(st.tuples(PICK, AMOUNT), min_size=1, max_size=3), wrong=st.integers(0, 9))
    def buy(self, by: str, bought: list[tuple[int, int]], wrong: int) -> None:
        rule, now_ms = self.model.rule, self.world.now_ms
        paid = []
        for at, amount in bought:
            work = self.pick(self.model.works, at)
            paid.append((by if wrong == 0 else self.model.works[work].holder, amount, work))
        transfers = tuple(Transfer(to=self.account(to), amount=amount, work=work) for to, amount, work in paid)
        self.both(
            lambda model, entry: model.pay(entry, rule, by, list(paid), now_ms),
            CreditTransfer, by, rule=rule, transfers=transfers,
        )  # fmt: skip

    @rule(
        by=st.sampled_from(READERS),
        to=WHO,
        amount=st.integers(1, 9),
        ms=st.sampled_from((0, 1, 5_001, 10**8)),
        usual=st.integers(0, 4),
        work=PICK,
    )
    def hold(self, by: str, to: str, amount: int, ms: int, usual: int, work: int) -> None:
        ms = 5_000 if usual else ms
        to = "library" if usual and to == by else to
        rule, now_ms = self.model.rule, self.world.now_ms
        sold = self.pick(self.model.works, work) if work % 3 == 0 else None
        to = self.model.works[sold].holder if sold else to
        self.both(
            lambda model, entry: model.hold(entry, rule, by, to, amount, now_ms + ms, sold, now_ms),
            CreditHold, by, rule=rule, to=self.account(to), amount=amount, expires_ms=now_ms + ms, work=sold,
        )  # fmt: skip

    def likely(self, first: str, by: str, at: int) -> str:
        return by if at % 3 == 0 else first

    def some_hold(self, at: int) -> tuple[str, Hold]:
        open_ones = [name for name, hold in self.model.holds.items() if hold.standing == "open"]
        name = self.pick(open_ones if open_ones and at % 4 else self.model.holds, at // 4)
        return name, self.model.holds[name]

    @precondition(lambda self: self.model.holds)
    @rule(at=PICK, by=WHO, amount=st.none() | st.integers(1, 9))
    def post(self, at: int, by: str, amount: int | None) -> None:
        name, hold = self.some_hold(at)
        by = self.likely(hold.payer, by, at)
        self.both(lambda model, entry: model.post(entry, by, name, amount), CreditPost, by, hold=name, amount=amount)

    @precondition(lambda self: self.model.holds)
    @rule(at=PICK, by=WHO)
    def void(self, at: int, by: str) -> None:
        name, hold = self.some_hold(at)
        by = self.likely(hold.to, by, at)
        self.both(lambda model, _: model.void(by, name), CreditVoid, by, hold=name)

    @precondition(lambda self: self.model.moves)
    @rule(at=PICK, by=WHO, picks=st.lists(st.tuples(PICK, AMOUNT), min_size=1, max_size=4), astray=st.integers(0, 9))
    def correct(self, at: int, by: str, picks: list[tuple[int, int]], astray: int) -> None:
        entry = self.pick(self.model.moves, at)
        by = self.likely("library", by, at)
        back = []
        for which, amount in picks:
            payer, to, moved = self.pick(self.model.moves[entry], which)
            back.append((to if astray else payer, payer if astray else to, min(amount, moved) if which % 3 else amount))
        legs = tuple(Leg(payer=self.account(one), to=self.account(other), amount=much) for one, other, much in back)
        self.both(
            lambda model, made: model.correct(made, by, entry, list(back)),
            CreditCorrect, by, corrects=entry, legs=legs, reason="mistake",
        )  # fmt: skip

    # --- rules and works, only as they are allowed: their own refusals have their own tests ---

    @rule(rules=economies(), often=st.integers(0, 4))
    def publish(self, rules: Rules, often: int) -> None:
        if often:
            return
        version = len(self.rule_ids()) + 1
        terms = self.terms(rules)

        def act(model: Model, entry: str) -> set[str]:
            model.terms, model.rule = terms, entry
            return set()

        self.both(act, RulePublish, "library", rules=rules, version=version, prev=self.model.rule)

    @rule(by=st.sampled_from(READERS), royalty_bp=SHARES)
    def register(self, by: str, royalty_bp: int) -> None:
        def act(model: Model, entry: str) -> set[str]:
            model.works[entry] = Work(by, Fraction(royalty_bp, 10_000))
            return set()

        self.both(act, WorkRegister, by, kind="text", sealed=SEALED, royalty_bp=royalty_bp, derivation="open")

    @precondition(lambda self: any(work.standing == "held" for work in self.model.works.values()))
    @rule(by=st.sampled_from(READERS), royalty_bp=SHARES, picks=st.lists(PICK, min_size=1, max_size=3))
    def derive(self, by: str, royalty_bp: int, picks: list[int]) -> None:
        held = [name for name, work in self.model.works.items() if work.standing == "held"]
        sources = list(dict.fromkeys(self.pick(held, at) for at in picks))

        def act(model: Model, entry: str) -> set[str]:
            accepted = [model.works[source].royalty for source in sources]
            model.works[entry] = Work(by, Fraction(royalty_bp, 10_000), sources, accepted)
            return set()

        self.both(
            act,
            WorkDerive,
            by,
            kind="text",
            sealed=SEALED,
            royalty_bp=royalty_bp,
            derivation="open",
            sources=tuple(sources),
        )

    @precondition(lambda self: any(work.standing == "held" for work in self.model.works.values()))
    @rule(
        at=PICK,
        what=st.sampled_from(("license", "transfer", "withdraw", "take down", "none yet", "dismissed", "upheld")),
        royalty_bp=SHARES,
        to=st.sampled_from(READERS),
    )
    def change(self, at: int, what: str, royalty_bp: int, to: str) -> None:
        if what in ("none yet", "dismissed", "upheld"):
            self.dispute(at, what)
            return
        name = self.pick([name for name, work in self.model.works.items() if work.standing == "held"], at)
        holder = self.model.works[name].holder
        row = self.world.state.get(WorkRow, name)
        assert row is not None
        members: dict[str, Any] = {"work": name, "prev": row.head}

        def act(model: Model, _: str) -> set[str]:
            work = model.works[name]
            match what:
                case "license":
                    work.royalty = Fraction(royalty_bp, 10_000)
                case "transfer":
                    work.holder = to
                case _:
                    work.standing = {"withdraw": "withdrawn", "take down": "taken_down"}[what]
            return set()

        if what == "license":
            self.both(act, WorkLicense, holder, royalty_bp=royalty_bp, derivation="open", **members)
        elif what == "transfer" and to != holder:
            self.both(act, WorkTransfer, holder, to=self.account(to), also=(to,), **members)
        elif what != "transfer":
            self.both(act, WorkWithdraw, holder if what == "withdraw" else "clerk", reason="asked", **members)

    def dispute(self, at: int, outcome: str) -> None:
        name = self.pick([name for name, work in self.model.works.items() if work.standing == "held"], at)
        row = self.world.state.get(WorkRow, name)
        assert row is not None

        def act(standing: str) -> Callable[[Model, str], set[str]]:
            def now(model: Model, _: str) -> set[str]:
                model.works[name].standing = standing
                return set()

            return now

        entry = self.both(act("disputed"), WorkDispute, "colleague", work=name, prev=row.head, reason="copied")
        if outcome != "none yet":
            after = {"dismissed": "held", "upheld": "taken_down"}[outcome]
            self.both(act(after), WorkDecision, "clerk", work=name, prev=entry, outcome=outcome, reason="examined")

    # --- what always holds ---

    @invariant()
    def books_balance(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = list(self.world.state.rows(AccountRow))
        assert sum(row.balance for row in rows) == 0
        assert sum(row.credits_pending - row.debits_pending for row in rows) == 0
        assert all(row.credits_pending >= 0 and row.debits_pending >= 0 for row in rows)

    @invariant()
    def as_the_model_has_it(self) -> None:
        if not hasattr(self, "model"):
            return
        for row in self.world.state.rows(AccountRow):
            name = self.name(row.id)
            assert row.balance == self.model.balance(name), name
            assert row.debits_pending == self.model.reserved(name), name
            assert row.credits_pending == self.model.announced(name), name
            if name != ISSUER:
                assert row.available >= -self.allowed.get(name, 0), name
        holds = {row.id: row.standing for row in self.world.state.rows(HoldRow)}
        assert holds == {name: hold.standing for name, hold in self.model.holds.items()}

    @invariant()
    def every_movement_is_kept(self) -> None:
        if not hasattr(self, "model"):
            return
        moves = {
            row.id: [(self.name(leg.payer), self.name(leg.to), leg.amount) for leg in row.legs]
            for row in self.world.state.rows(MoveRow)
        }
        assert moves == self.model.moves

    def teardown(self) -> None:
        """Whoever replays the same entries comes to the same rows."""
        if not hasattr(self, "model"):
            return
        again = State(LOG)
        for logged_ms, entry in self.world.entries:
            admission.admit(again, entry, logged_ms)
        assert snapshot(again) == snapshot(self.world.state)


TestEconomy = Economy.TestCase
TestEconomy.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
