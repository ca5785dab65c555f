"""Credit that is held, case by case: who may end a hold, when it lapses, and by which rules it is paid."""

from __future__ import annotations

from typing import Any

import pytest

from carrel.ledger import credits  # noqa: A004 - the ledger's credits, not Python's
from carrel.ledger.bodies import CreditPost, CreditVoid, WorkDerive, WorkTransfer
from carrel.ledger.errors import (
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
from carrel.ledger.state import DAY_MS, HoldRow

from .purses import READERS, available, change_rules, hold, issue, pay, with_credit
from .worlds import World, key_of, snapshot


@pytest.fixture
def world() -> World:
    return with_credit()


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
