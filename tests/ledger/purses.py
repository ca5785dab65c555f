"""What people of a world do with credit, in a word each."""

from __future__ import annotations

from typing import Any

from carrel.ledger.bodies import CreditCorrect, CreditHold, CreditIssue, CreditTransfer, Leg, RulePublish, Transfer
from carrel.ledger.state import ISSUER, AccountRow, replace

from .worlds import World, key_of

READERS = ("ada", "ben", "cyd")


def with_credit() -> World:
    """Three readers, of whom ada has 20."""
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
