"""The economy's published rules: versions one after another, each in force from its index on."""

from __future__ import annotations

from typing import Final

from carrel.ledger import keys
from carrel.ledger.bodies import Earning, RulePublish, Rules
from carrel.ledger.errors import BadField, RuleMissing, StalePrev, Unauthorised, UnknownKey
from carrel.ledger.state import DAY_MS, AccountRow, RuleRow, State

MOST_SUPPLY: Final = 10**12
MOST_HOLD_MS: Final = 366 * DAY_MS


def publish(state: State, body: RulePublish, entry_id: str, _: int) -> None:
    if keys.role_of(state, body.by) != "library":
        raise Unauthorised("Rules are published with the library's own key.")
    last = state.get(RuleRow, state.rule) if state.rule else None
    if body.prev != (last.id if last else None):
        raise StalePrev(
            f"The rules in force are entry {last.id}: look at them, then sign again with it as `prev`."
            if last
            else "These are the first rules of this log: leave `prev` out."
        )
    if body.version != (last.version if last else 0) + 1:
        raise StalePrev(f"The next version of the rules is {(last.version if last else 0) + 1}.")
    _check(state, body.rules)
    state.put(RuleRow(id=entry_id, since=state.size, version=body.version, rules=body.rules))


def in_force(state: State, rule: str) -> Rules:
    """The rules, if they are those that entry `rule` published. Raises RuleMissing."""
    if state.rule is None:
        raise RuleMissing("No rules are published yet, and without them no credit moves.")
    if rule != state.rule:
        raise RuleMissing(f"The rules in force are entry {state.rule}: read them, then sign again with it as `rule`.")
    return by_id(state, rule)


def by_id(state: State, rule: str) -> Rules:
    """Of any version that was ever in force."""
    row = state.get(RuleRow, rule)
    assert row is not None  # whoever names a rule was admitted under it
    return row.rules


def default_rules() -> Rules:
    """A modest economy to begin with. Nothing is earned by reading or by attending, nor is anything essential paid for."""
    return Rules(
        earnings=(
            Earning(code="desk", most=5, day_most=50),
            Earning(code="publishing", most=20, day_most=60),
            Earning(code="review", most=3, day_most=15),
            Earning(code="tour", most=10, day_most=30),
            Earning(code="welcome", most=10, day_most=10),
        ),
        supply_most=1_000_000,
        transfer_most=500,
        spend_day_most=1_000,
        pair_day_most=500,
        hold_most_ms=30 * DAY_MS,
        royalty_depth=3,
        royalty_cap_bp=5_000,
    )


def _check(state: State, rules: Rules) -> None:
    _ascending("earnings", [earning.code for earning in rules.earnings])
    _ascending("overdrafts", [overdraft.account for overdraft in rules.overdrafts])
    if rules.supply_most > MOST_SUPPLY:
        raise BadField(f"`supply_most` is at most {MOST_SUPPLY}.")
    if rules.hold_most_ms > MOST_HOLD_MS:
        raise BadField(f"`hold_most_ms` is at most {MOST_HOLD_MS}: a leap year.")
    for earning in rules.earnings:
        if not earning.most <= earning.day_most <= rules.supply_most:
            raise BadField(f"The earning {earning.code} has `most` ≤ `day_most` ≤ `supply_most`.")
    for overdraft in rules.overdrafts:
        if overdraft.limit > rules.supply_most:
            raise BadField("The limit of an overdraft is at most `supply_most`.")
        if state.get(AccountRow, overdraft.account) is None:
            raise UnknownKey(f"There is no account {overdraft.account} in this log to overdraw.")


def _ascending(what: str, names: list[str]) -> None:
    if sorted(set(names)) != names:
        raise BadField(f"`{what}` names each once, in ascending order.")
