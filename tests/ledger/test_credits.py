"""Credits, case by case: the edges that the model would meet only by luck, and what each refusal is called."""

from __future__ import annotations

from typing import Any

import pytest

from carrel.ledger import credits  # noqa: A004 - the ledger's credits, not Python's
from carrel.ledger.bodies import (
    CreditCorrect,
    CreditHold,
    CreditIssue,
    CreditPost,
    CreditTransfer,
    CreditVoid,
    Leg,
    Overdraft,
    RulePublish,
    Transfer,
    WorkDerive,
    WorkTransfer,
)
from carrel.ledger.errors import (
    BadField,
    HoldEnded,
    LimitReached,
    Overdrawn,
    Refused,
    RuleBroken,
    Unauthorised,
    UnknownEntry,
    UnknownKey,
    WrongState,
)
from carrel.ledger.state import DAY_MS, ISSUER, AccountRow, HoldRow, MoveRow, replace

from .worlds import START_MS, World, key_of, snapshot

READERS = ("ada", "ben", "cyd")


@pytest.fixture
def world() -> World:
    made = World()
    made.found(*READERS)
    made.give(ada=20)
    return made


def transfers(**amounts: int) -> tuple[Transfer, ...]:
    return tuple(Transfer(to=key_of(name), amount=amount) for name, amount in amounts.items())


def pay(world: World, by: str, **amounts: int) -> str:
    return world.do(CreditTransfer, by, rule=world.state.rule, transfers=transfers(**amounts))


def issue(world: World, by: str = "clerk", code: str = "publishing", **amounts: int) -> str:
    return world.do(CreditIssue, by, code=code, rule=world.state.rule, transfers=transfers(**amounts))


def hold(world: World, by: str, to: str, amount: int, ms: int = 1_000, **members: Any) -> str:
    return world.do(
        CreditHold, by, rule=world.state.rule, to=world.key(to), amount=amount, expires_ms=world.now_ms + ms, **members
    )


def correct(world: World, corrects: str, *legs: tuple[str, str, int], by: str = "library") -> str:
    """legs: payer, to, amount"""
    back = tuple(Leg(payer=_account(one), to=_account(other), amount=amount) for one, other, amount in legs)
    return world.do(CreditCorrect, by, corrects=corrects, legs=back, reason="mistake")


def _account(name: str) -> str:
    return name if name == ISSUER else key_of(name)


def change_rules(world: World, **changes: Any) -> None:
    rules, last = world.state.rules(), world.state.rule
    assert rules is not None
    version = sum(1 for _, entry in world.entries if isinstance(entry.body, RulePublish)) + 1
    world.do(RulePublish, "library", rules=replace(rules, **changes), version=version, prev=last)


def available(world: World, name: str) -> int:
    return world.account(name).available


def supply(world: World) -> int:
    row = world.state.get(AccountRow, ISSUER)
    return -row.balance if row else 0


# --- issuing ---


def test_credit_comes_from_the_issuer(world: World) -> None:
    assert supply(world) == 20
    issue(world, ben=5, cyd=6)
    assert world.balances(READERS) == {"ada": 20, "ben": 5, "cyd": 6}
    assert supply(world) == 31


@pytest.mark.parametrize(
    ("by", "code", "amounts", "refused"),
    [
        ("ada", "publishing", {"ben": 1}, Unauthorised),
        ("clerk", "publishing", {"clerk": 1}, Unauthorised),
        ("clerk", "publishing", {"ben": 1, "clerk": 1}, Unauthorised),
        ("library", "publishing", {"library": 1}, Unauthorised),
        ("clerk", "reading", {"ben": 1}, RuleBroken),
        ("clerk", "publishing", {"ben": 21}, LimitReached),
        ("clerk", "publishing", {"nobody": 1}, UnknownKey),
        ("clerk", "welcome", {"ben": 10, "nobody": 1}, UnknownKey),
    ],
)
def test_what_is_not_issued(world: World, by: str, code: str, amounts: dict[str, int], refused: type[Refused]) -> None:
    with pytest.raises(refused):
        issue(world, by, code, **amounts)


@pytest.mark.parametrize("by", ["clerk", "library"])
def test_a_colleague_may_be_given_what_one_may_not_give_oneself(world: World, by: str) -> None:
    issue(world, by, colleague=1)


def test_new_credit_bears_no_royalties(world: World) -> None:
    work = world.work("ada")
    with pytest.raises(BadField):
        world.do(
            CreditIssue, "clerk", code="publishing", rule=world.state.rule,
            transfers=(Transfer(to=key_of("ada"), amount=1, work=work),),
        )  # fmt: skip


def test_a_days_earnings_are_limited_and_a_day_ends_at_midnight_utc(world: World) -> None:
    issue(world, ada=20)
    issue(world, ada=20)
    with pytest.raises(LimitReached):
        issue(world, ada=1)
    issue(world, ben=20)
    issue(world, code="desk", ada=5)
    midnight = (START_MS // DAY_MS + 1) * DAY_MS
    world.now_ms = midnight - 1
    with pytest.raises(LimitReached):
        issue(world, ada=1)
    world.now_ms = midnight
    issue(world, ada=20)


def test_one_entry_counts_as_a_whole(world: World) -> None:
    issue(world, ada=20)
    twice = (*transfers(ada=20), *transfers(ada=1))
    with pytest.raises(LimitReached):
        world.do(CreditIssue, "clerk", code="publishing", rule=world.state.rule, transfers=twice)


def test_supply_is_limited_and_what_went_back_may_be_issued_anew(world: World) -> None:
    change_rules(world, supply_most=60)
    entry = issue(world, ben=20, cyd=20)
    with pytest.raises(LimitReached):
        issue(world, colleague=1)
    back = correct(world, entry, ("ben", ISSUER, 20))
    issue(world, colleague=15)
    with pytest.raises(LimitReached):
        correct(world, back, (ISSUER, "ben", 6))
    correct(world, back, (ISSUER, "ben", 5))
    assert supply(world) == 60


# --- paying ---


def test_all_of_a_group_or_none(world: World) -> None:
    pay(world, "ada", ben=7, cyd=8)
    assert world.balances(READERS) == {"ada": 5, "ben": 7, "cyd": 8}
    for amounts, refused in (
        ({"ben": 5, "cyd": 1}, Overdrawn),
        ({"ben": 1, "nobody": 1}, UnknownKey),
        ({"ben": 1, "ada": 1}, RuleBroken),
    ):
        with pytest.raises(refused):
            pay(world, "ada", **amounts)
    assert world.balances(READERS) == {"ada": 5, "ben": 7, "cyd": 8}


def test_the_issuer_is_nobody_to_pay_or_to_sign(world: World) -> None:
    row = world.state.get(AccountRow, ISSUER)
    assert row is not None
    assert row.keys == ()


def test_an_overdraft_is_what_the_rules_grant(world: World) -> None:
    change_rules(world, overdrafts=(Overdraft(account=key_of("ben"), limit=10),))
    with pytest.raises(Overdrawn):
        pay(world, "ben", cyd=11)
    pay(world, "ben", cyd=6)
    hold(world, "ben", "cyd", 4)
    with pytest.raises(Overdrawn):
        pay(world, "ben", cyd=1)
    change_rules(world, overdrafts=())
    assert available(world, "ben") == -10  # what was granted stays; only nothing more
    issue(world, ben=5)
    with pytest.raises(Overdrawn):
        pay(world, "ben", cyd=1)
    issue(world, ben=6)
    pay(world, "ben", cyd=1)


def test_payments_are_limited_at_once_in_a_day_and_between_two(world: World) -> None:
    change_rules(world, transfer_most=6, spend_day_most=12, pair_day_most=8)
    with pytest.raises(LimitReached):
        pay(world, "ada", ben=7)
    pay(world, "ada", ben=6)
    with pytest.raises(LimitReached):
        pay(world, "ada", ben=3)
    pay(world, "ben", ada=2)
    with pytest.raises(LimitReached):
        pay(world, "ben", ada=1)  # there and back is one
    with pytest.raises(LimitReached):
        pay(world, "ada", ben=1)
    pay(world, "ada", cyd=6)
    with pytest.raises(LimitReached):
        pay(world, "ada", colleague=1)
    world.now_ms += DAY_MS
    pay(world, "ada", ben=6)


def test_a_limit_on_pairs_counts_each_payee_of_a_group(world: World) -> None:
    change_rules(world, pair_day_most=5)
    with pytest.raises(LimitReached):
        world.do(CreditTransfer, "ada", rule=world.state.rule, transfers=(*transfers(ben=3), *transfers(ben=3)))


def test_zero_is_no_limit_of_its_kind(world: World) -> None:
    change_rules(world, transfer_most=0, spend_day_most=0, pair_day_most=0)
    pay(world, "ada", ben=20)
    pay(world, "ben", ada=20)


def test_a_work_is_paid_for_to_its_holder(world: World) -> None:
    work = world.work("ben")
    for to, refused in (("cyd", WrongState), ("ada", RuleBroken)):
        with pytest.raises(refused):
            world.do(
                CreditTransfer, "ada", rule=world.state.rule,
                transfers=(Transfer(to=key_of(to), amount=1, work=work),),
            )  # fmt: skip
    with pytest.raises(UnknownEntry):
        world.do(
            CreditTransfer, "ada", rule=world.state.rule,
            transfers=(Transfer(to=key_of("ben"), amount=1, work="00" * 32),),
        )  # fmt: skip


# --- holding ---


def test_what_is_held_can_be_spent_by_nobody_else(world: World) -> None:
    first = hold(world, "ada", "ben", 15)
    assert (world.account("ada").balance, available(world, "ada")) == (20, 5)
    assert world.account("ben").credits_pending == 15
    with pytest.raises(Overdrawn):
        pay(world, "ada", cyd=6)
    with pytest.raises(Overdrawn):
        hold(world, "ada", "cyd", 6)
    with pytest.raises(Overdrawn):
        pay(world, "ben", cyd=1)
    world.do(CreditPost, "ada", hold=first)
    assert world.balances(READERS) == {"ada": 5, "ben": 15, "cyd": 0}


def test_the_rest_of_a_part_goes_back(world: World) -> None:
    held = hold(world, "ada", "ben", 15)
    with pytest.raises(Overdrawn):
        world.do(CreditPost, "ada", hold=held, amount=16)
    world.do(CreditPost, "ada", hold=held, amount=4)
    assert (available(world, "ada"), available(world, "ben")) == (16, 4)
    assert world.account("ben").credits_pending == 0


@pytest.mark.parametrize("ended", ["posted", "voided", "lapsed"])
@pytest.mark.parametrize("act", [CreditPost, CreditVoid])
def test_a_hold_ends_once(world: World, ended: str, act: type[Any]) -> None:
    held = hold(world, "ada", "ben", 5)
    if ended == "posted":
        world.do(CreditPost, "ada", hold=held)
    elif ended == "voided":
        world.do(CreditVoid, "ben", hold=held)
    else:
        world.now_ms += 1_000
    with pytest.raises(HoldEnded):
        world.do(act, "clerk", hold=held)
    with pytest.raises(UnknownEntry):
        world.do(act, "clerk", hold="00" * 32)


def test_an_account_has_so_many_open_holds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credits, "MOST_HOLDS", 3)
    first, *_ = [hold(world, "ada", "ben", 1) for _ in range(3)]
    with pytest.raises(LimitReached):
        hold(world, "ada", "ben", 1)
    world.do(CreditVoid, "ben", hold=first)
    hold(world, "ada", "ben", 1)
    assert world.account("ada").holds == 3


def test_a_hold_lapses_at_its_millisecond_and_not_before(world: World) -> None:
    early, late = hold(world, "ada", "ben", 5, ms=1_000), hold(world, "ada", "ben", 6, ms=1_001)
    world.now_ms += 999
    world.work("cyd")
    assert available(world, "ada") == 9
    world.now_ms += 1
    world.work("cyd")
    rows = [world.state.get(HoldRow, one) for one in (early, late)]
    assert [row and row.standing for row in rows] == ["lapsed", "open"]
    assert available(world, "ada") == 14
    world.do(CreditPost, "ada", hold=late)


def test_an_entry_that_is_refused_lapses_nothing(world: World) -> None:
    hold(world, "ada", "ben", 5)
    world.now_ms += 1_000
    before = snapshot(world.state)
    with pytest.raises(Overdrawn):
        pay(world, "ada", ben=21)
    assert snapshot(world.state) == before
    pay(world, "ada", ben=20)  # what lapses by now can be spent by the same entry


@pytest.mark.parametrize(
    ("ms", "refused"),
    [(0, HoldEnded), (-1, HoldEnded), (1, None), (30 * DAY_MS, None), (30 * DAY_MS + 1, LimitReached)],
)
def test_how_long_credit_may_be_held(world: World, ms: int, refused: type[Refused] | None) -> None:
    if refused is None:
        hold(world, "ada", "ben", 1, ms)
    else:
        with pytest.raises(refused):
            hold(world, "ada", "ben", 1, ms)


def test_a_rule_without_holds(world: World) -> None:
    change_rules(world, hold_most_ms=0)
    with pytest.raises(LimitReached):
        hold(world, "ada", "ben", 1, 1)


def test_nobody_holds_for_themselves(world: World) -> None:
    with pytest.raises(RuleBroken):
        hold(world, "ada", "ada", 1)
    with pytest.raises(UnknownKey):
        hold(world, "ada", "nobody", 1)


PARTIES: dict[tuple[str, str], bool] = {
    # hold from ada to clerk, or from clerk to ada: (act, by) → admitted
    ("post ada→clerk", "ada"): True,
    ("post ada→clerk", "clerk"): False,
    ("post ada→clerk", "colleague"): True,
    ("post ada→clerk", "library"): True,
    ("post ada→clerk", "ben"): False,
    ("void ada→clerk", "ada"): False,
    ("void ada→clerk", "clerk"): True,
    ("void ada→clerk", "colleague"): True,
    ("void ada→clerk", "ben"): False,
    ("post clerk→ada", "clerk"): True,
    ("post clerk→ada", "ada"): False,
    ("post clerk→ada", "library"): True,
    ("void clerk→ada", "clerk"): False,
    ("void clerk→ada", "ada"): True,
    ("void clerk→ada", "library"): True,
}


@pytest.mark.parametrize(("case", "by"), PARTIES)
def test_who_ends_a_hold(world: World, case: str, by: str) -> None:
    act, _, parties = case.partition(" ")
    payer, _, to = parties.partition("→")
    issue(world, "colleague", clerk=5)
    held = hold(world, payer, to, 5)
    kind: type[Any] = {"post": CreditPost, "void": CreditVoid}[act]
    if PARTIES[case, by]:
        world.do(kind, by, hold=held)
    else:
        with pytest.raises(Unauthorised):
            world.do(kind, by, hold=held)


def test_a_hold_keeps_the_rules_under_which_it_was_made(world: World) -> None:
    source = world.work("cyd", royalty_bp=5_000)
    work = world.do(WorkDerive, "ben", kind="text", sealed="00" * 32, sources=(source,))
    held = hold(world, "ada", "ben", 10, work=work)
    change_rules(world, royalty_depth=0, hold_most_ms=0, transfer_most=1)
    world.do(CreditPost, "ada", hold=held)
    assert world.balances(READERS) == {"ada": 10, "ben": 5, "cyd": 5}


def test_a_hold_for_a_work_that_changed_hands_is_not_paid(world: World) -> None:
    work = world.work("ben")
    held = hold(world, "ada", "ben", 10, work=work)
    world.do(WorkTransfer, "ben", work=work, prev=work, to=key_of("cyd"), also=("cyd",))
    with pytest.raises(WrongState):
        world.do(CreditPost, "ada", hold=held)
    with pytest.raises(WrongState):
        hold(world, "ada", "ben", 1, work=work)
    world.do(CreditVoid, "ben", hold=held)
    assert available(world, "ada") == 20


def test_a_day_counts_what_is_promised(world: World) -> None:
    change_rules(world, spend_day_most=10)
    held = hold(world, "ada", "ben", 8)
    world.do(CreditPost, "ada", hold=held)
    pay(world, "ada", cyd=2)
    with pytest.raises(LimitReached):
        hold(world, "ada", "cyd", 1)


# --- correcting ---


def test_a_correction_runs_against_what_was_moved(world: World) -> None:
    paid = pay(world, "ada", ben=7, cyd=8)
    correct(world, paid, ("ben", "ada", 2))
    correct(world, paid, ("ben", "ada", 5), ("cyd", "ada", 1))
    assert world.balances(READERS) == {"ada": 13, "ben": 0, "cyd": 7}
    row = world.state.get(MoveRow, paid)
    assert row is not None
    assert row.returned == (7, 1)
    with pytest.raises(LimitReached):
        correct(world, paid, ("cyd", "ada", 8))
    for legs in ((("ada", "ben", 1),), (("ben", "cyd", 1),), (("ada", ISSUER, 1),)):
        with pytest.raises(WrongState):
            correct(world, paid, *legs)
    with pytest.raises(UnknownEntry):
        correct(world, "00" * 32, ("ben", "ada", 1))


def test_a_correction_takes_nothing_that_was_spent(world: World) -> None:
    paid = pay(world, "ada", ben=7)
    pay(world, "ben", cyd=4)
    with pytest.raises(Overdrawn):
        correct(world, paid, ("ben", "ada", 4))
    correct(world, paid, ("ben", "ada", 3))


@pytest.mark.parametrize("by", ["ada", "clerk"])
def test_only_the_library_corrects(world: World, by: str) -> None:
    paid = pay(world, "ada", ben=7)
    with pytest.raises(Unauthorised):
        correct(world, paid, ("ben", "ada", 7), by=by)


def test_royalties_are_corrected_like_the_rest_and_so_are_corrections(world: World) -> None:
    work = world.do(WorkDerive, "ben", kind="text", sealed="00" * 32, sources=(world.work("cyd", royalty_bp=1_000),))
    paid = world.do(
        CreditTransfer, "ada", rule=world.state.rule, transfers=(Transfer(to=key_of("ben"), amount=20, work=work),)
    )
    back = correct(world, paid, ("ben", "ada", 18), ("cyd", "ada", 2))
    assert world.balances(READERS) == {"ada": 20, "ben": 0, "cyd": 0}
    again = correct(world, back, ("ada", "cyd", 2))
    assert world.balances(READERS) == {"ada": 18, "ben": 0, "cyd": 2}
    with pytest.raises(LimitReached):
        correct(world, paid, ("cyd", "ada", 1))  # given back once; what followed is the correction's own
    correct(world, again, ("cyd", "ada", 2))


def test_legs_of_one_pair_are_given_back_in_their_order(world: World) -> None:
    twice = (*transfers(ben=3), *transfers(ben=4))
    paid = world.do(CreditTransfer, "ada", rule=world.state.rule, transfers=twice)
    correct(world, paid, ("ben", "ada", 5))
    row = world.state.get(MoveRow, paid)
    assert row is not None
    assert row.returned == (3, 2)
