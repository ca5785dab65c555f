"""The published rules: one version after another, each within sane bounds."""

from __future__ import annotations

from typing import Any

import pytest

from carrel.ledger.bodies import CreditTransfer, Earning, Overdraft, RulePublish, Rules, Transfer
from carrel.ledger.errors import BadField, Refused, RuleMissing, StalePrev, Unauthorised, UnknownKey
from carrel.ledger.rules import MOST_HOLD_MS, MOST_SUPPLY, default_rules
from carrel.ledger.state import RuleRow, replace

from .worlds import World, key_of


@pytest.fixture
def world() -> World:
    made = World()
    made.found("ada", "ben")
    return made


def publish(world: World, by: str = "library", **members: Any) -> str:
    return world.do(RulePublish, by, **{"rules": default_rules(), "version": 2, "prev": world.state.rule, **members})


def test_the_first_version_has_nothing_before_it() -> None:
    world = World()
    world.register("library", role="library")
    with pytest.raises(StalePrev):
        publish(world, version=1, prev="00" * 32)
    with pytest.raises(StalePrev):
        publish(world, version=2, prev=None)
    first = publish(world, version=1, prev=None)
    assert world.state.rule == first


def test_versions_follow_one_another(world: World) -> None:
    first = world.state.rule
    for members in ({"version": 1}, {"version": 3}, {"prev": None}, {"prev": "00" * 32}):
        with pytest.raises(StalePrev):
            publish(world, **members)
    second = publish(world, rules=replace(default_rules(), supply_most=10**6 + 1))
    with pytest.raises(StalePrev):
        publish(world, version=3, prev=first)
    third = publish(world, version=3)
    assert [row.id for row in world.state.rows(RuleRow)] == [first, second, third]
    assert world.state.rule == third


@pytest.mark.parametrize("signer", ["ada", "clerk"])
def test_only_the_library_publishes(world: World, signer: str) -> None:
    with pytest.raises(Unauthorised):
        publish(world, by=signer)


def test_what_is_done_names_the_rules_in_force(world: World) -> None:
    first = world.state.rule
    world.give(ada=10)
    pay: dict[str, Any] = {"transfers": (Transfer(to=key_of("ben"), amount=1),)}
    world.do(CreditTransfer, "ada", rule=first, **pay)
    second = publish(world)
    for rule in (first, "00" * 32):
        with pytest.raises(RuleMissing):
            world.do(CreditTransfer, "ada", rule=rule, **pay)
    world.do(CreditTransfer, "ada", rule=second, **pay)


def test_without_rules_no_credit_moves() -> None:
    world = World()
    world.register("library", role="library")
    world.register("ada")
    with pytest.raises(RuleMissing):
        world.do(CreditTransfer, "ada", rule="00" * 32, transfers=(Transfer(to=key_of("library"), amount=1),))


DESK = Earning(code="desk", most=1, day_most=1)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"earnings": (DESK, DESK)}, BadField),
        ({"earnings": (replace(DESK, code="tour"), DESK)}, BadField),
        ({"earnings": (replace(DESK, most=2),)}, BadField),
        ({"earnings": (DESK,), "supply_most": 0}, BadField),
        ({"supply_most": MOST_SUPPLY + 1}, BadField),
        ({"hold_most_ms": MOST_HOLD_MS + 1}, BadField),
        ({"overdrafts": (Overdraft(account=key_of("ada"), limit=2 * 10**6),)}, BadField),
        ({"overdrafts": (Overdraft(account=key_of("nobody"), limit=1),)}, UnknownKey),
        ({"overdrafts": (Overdraft(account=key_of("ada"), limit=1),) * 2}, BadField),
    ],
)
def test_rules_have_bounds(world: World, changes: dict[str, Any], refused: type[Refused]) -> None:
    with pytest.raises(refused):
        publish(world, rules=replace(default_rules(), **changes))


@pytest.mark.parametrize(
    "rules",
    [
        Rules(),
        default_rules(),
        Rules(supply_most=MOST_SUPPLY, hold_most_ms=MOST_HOLD_MS, royalty_depth=8, royalty_cap_bp=10_000),
        Rules(supply_most=1, earnings=(DESK,), overdrafts=(Overdraft(account=key_of("ada"), limit=1),)),
    ],
)
def test_rules_within_them_are_published(world: World, rules: Rules) -> None:
    publish(world, rules=rules)
    assert world.state.rules() == rules


def test_the_default_economy_pays_neither_for_reading_nor_for_attending() -> None:
    assert {earning.code for earning in default_rules().earnings} == {"desk", "publishing", "review", "tour", "welcome"}
