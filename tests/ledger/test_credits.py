"""Credits issued, paid and corrected, case by case: the edges that the model would meet only by luck, and what each refusal is called."""

from __future__ import annotations

import pytest

from carrel.ledger.bodies import CreditIssue, CreditTransfer, Overdraft, Transfer, WorkDerive
from carrel.ledger.errors import (
    BadField,
    LimitReached,
    Overdrawn,
    Refused,
    RuleBroken,
    Unauthorised,
    UnknownEntry,
    UnknownKey,
    WrongState,
)
from carrel.ledger.state import DAY_MS, ISSUER, AccountRow, MoveRow

from .purses import READERS, available, change_rules, correct, hold, issue, pay, supply, transfers, with_credit
from .worlds import START_MS, World, key_of


@pytest.fixture
def world() -> World:
    return with_credit()


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
