"""Royalties: how a payment is divided, to the last credit, and how the derivation graph is walked."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.ledger.bodies import WHOLE_BP, CreditTransfer, Transfer, WorkDerive, WorkLicense, WorkTransfer, WorkWithdraw
from carrel.ledger.errors import LimitReached
from carrel.ledger.royalties import MOST_CLAIMS, claims, shares
from carrel.ledger.rules import default_rules
from carrel.ledger.state import DAY_MS, MoveRow, WorkRow, replace

from .worlds import SEALED, World, key_of

SHARE_BP = st.integers(0, WHOLE_BP)


@given(amount=st.integers(1, 10**12), wanted=st.lists(SHARE_BP, max_size=MOST_CLAIMS), cap_bp=SHARE_BP)
def test_division_is_exact(amount: int, wanted: list[int], cap_bp: int) -> None:
    parts = shares(amount, wanted, cap_bp)
    whole = sum(wanted)
    scale = min(Fraction(1), Fraction(cap_bp, whole)) if whole else Fraction(0)
    exact = [Fraction(amount * share, WHOLE_BP) * scale for share in wanted]
    assert sum(parts) == floor(sum(exact)) <= floor(Fraction(amount * cap_bp, WHOLE_BP))
    assert all(floor(want) <= part <= floor(want) + 1 for want, part in zip(exact, parts, strict=True))
    raised = [want - floor(want) for want, part in zip(exact, parts, strict=True) if part > want]
    waiting = [want - floor(want) for want, part in zip(exact, parts, strict=True) if part <= want]
    assert min(raised, default=Fraction(1)) >= max(waiting, default=Fraction(0)) or not raised


@pytest.mark.parametrize(
    ("amount", "wanted", "cap_bp", "parts"),
    [
        (10, [], 10_000, []),
        (10, [0, 0], 10_000, [0, 0]),
        (10, [5_000], 0, [0]),
        (10, [1_000], 10_000, [1]),
        (9, [1_000], 10_000, [0]),
        (10, [3_333, 3_333, 3_333], 10_000, [3, 3, 3]),
        (100, [3_333, 3_333, 3_333], 10_000, [33, 33, 33]),
        (1, [5_000, 5_000], 10_000, [1, 0]),
        (3, [5_000, 5_000], 10_000, [2, 1]),
        (7, [2_000, 3_000, 5_000], 10_000, [1, 2, 4]),
        (7, [10_000, 10_000, 10_000], 5_000, [1, 1, 1]),
        (11, [10_000, 10_000, 10_000], 5_000, [2, 2, 1]),
        (10**12, [10_000, 1], 10_000, [999_900_009_999, 99_990_001]),
    ],
)
def test_division_by_hand(amount: int, wanted: list[int], cap_bp: int, parts: list[int]) -> None:
    assert shares(amount, wanted, cap_bp) == parts


# --- the walk ---


def found(world: World, **rules: int) -> World:
    """ada, ben, cyd, dee and the rich buyer, under rules of royalties alone."""
    world.found(
        "ada", "ben", "cyd", "dee", "buyer",
        rules=replace(default_rules(), transfer_most=0, spend_day_most=0, pair_day_most=0, **rules),
    )  # fmt: skip
    for _ in range(3):
        world.give(buyer=20)
    return world


def derived(world: World, by: str, *sources: str, royalty_bp: int = 0) -> str:
    return world.do(
        WorkDerive, by, kind="text", sealed=SEALED, sources=sources, royalty_bp=royalty_bp, derivation="open"
    )


def bought(world: World, work: str, amount: int = 20, by: str = "buyer") -> list[tuple[str, int]]:
    """(who, how much) in order."""
    row = world.state.get(WorkRow, work)
    assert row is not None
    transfers = (Transfer(to=row.holder, amount=amount, work=work),)
    entry = world.do(CreditTransfer, by, rule=world.state.rule, transfers=transfers)
    moved = world.state.get(MoveRow, entry)
    assert moved is not None
    assert {leg.payer for leg in moved.legs} == {key_of(by)}
    return [(world.names[leg.to], leg.amount) for leg in moved.legs]


def test_sources_and_their_sources_have_their_part_nearest_first() -> None:
    world = found(World(), royalty_depth=3, royalty_cap_bp=10_000)
    first = world.work("ada", royalty_bp=1_000)
    second = derived(world, "ben", first, royalty_bp=2_000)
    third = derived(world, "cyd", second)
    assert bought(world, third) == [("cyd", 14), ("ben", 4), ("ada", 2)]
    assert bought(world, second) == [("ben", 18), ("ada", 2)]
    assert bought(world, first) == [("ada", 20)]


@pytest.mark.parametrize(
    ("depth", "paid"),
    [(0, [("dee", 20)]), (1, [("dee", 16), ("cyd", 4)]), (2, [("dee", 14), ("cyd", 4), ("ben", 2)])],
)
def test_the_rules_say_how_deep(depth: int, paid: list[tuple[str, int]]) -> None:
    world = found(World(), royalty_depth=depth, royalty_cap_bp=10_000)
    first = world.work("ada", royalty_bp=500)
    second = derived(world, "ben", first, royalty_bp=1_000)
    third = derived(world, "cyd", second, royalty_bp=2_000)
    assert bought(world, derived(world, "dee", third)) == paid


def test_each_work_is_paid_once_where_it_is_met_first() -> None:
    world = found(World(), royalty_depth=3, royalty_cap_bp=10_000)
    root = world.work("ada", royalty_bp=1_000)
    left, right = derived(world, "ben", root, royalty_bp=500), derived(world, "cyd", root, royalty_bp=1_500)
    assert bought(world, derived(world, "dee", right, left, root)) == [("dee", 14), ("cyd", 3), ("ben", 1), ("ada", 2)]
    assert bought(world, derived(world, "dee", left, right)) == [("dee", 14), ("ben", 1), ("cyd", 3), ("ada", 2)]


def test_together_they_have_no_more_than_the_cap() -> None:
    world = found(World(), royalty_depth=3, royalty_cap_bp=5_000)
    sources = [world.work(name, royalty_bp=9_000) for name in ("ada", "ben", "cyd")]
    assert bought(world, derived(world, "dee", *sources)) == [("dee", 10), ("ada", 4), ("ben", 3), ("cyd", 3)]


def test_payer_and_payee_owe_themselves_nothing_and_others_do_not_gain_by_it() -> None:
    world = found(World(), royalty_depth=3, royalty_cap_bp=5_000)
    sources = [world.work(name, royalty_bp=2_500) for name in ("ada", "buyer", "dee")]
    assert bought(world, derived(world, "dee", *sources)) == [("dee", 15), ("ada", 5)]


def test_all_of_it_may_go_to_the_sources() -> None:
    world = found(World(), royalty_depth=1, royalty_cap_bp=10_000)
    work = derived(world, "ben", world.work("ada", royalty_bp=10_000))
    assert bought(world, work) == [("ada", 20)]


def test_terms_bind_as_they_were_accepted_and_never_become_harder() -> None:
    world = found(World(), royalty_depth=1, royalty_cap_bp=10_000)
    source = world.work("ada", royalty_bp=1_000)
    old = derived(world, "ben", source)
    raised = world.do(WorkLicense, "ada", work=source, prev=source, royalty_bp=5_000, derivation="open")
    assert bought(world, old) == [("ben", 18), ("ada", 2)]
    assert bought(world, derived(world, "cyd", source)) == [("cyd", 10), ("ada", 10)]
    world.do(WorkLicense, "ada", work=source, prev=raised, royalty_bp=500, derivation="open")
    assert bought(world, old) == [("ben", 19), ("ada", 1)]


def test_who_holds_the_source_now_has_its_royalty() -> None:
    world = found(World(), royalty_depth=1, royalty_cap_bp=10_000)
    source = world.work("ada", royalty_bp=1_000)
    work = derived(world, "ben", source)
    moved = world.do(WorkTransfer, "ada", work=source, prev=source, to=key_of("cyd"), also=("cyd",))
    assert bought(world, work) == [("ben", 18), ("cyd", 2)]
    world.do(WorkWithdraw, "cyd", work=source, prev=moved, reason="asked")
    assert bought(world, work) == [("ben", 18), ("cyd", 2)]


def test_what_was_taken_down_earns_nothing_but_its_sources_do() -> None:
    world = found(World(), royalty_depth=2, royalty_cap_bp=10_000)
    root = world.work("ada", royalty_bp=1_000)
    copied = derived(world, "ben", root, royalty_bp=5_000)
    work = derived(world, "cyd", copied)
    world.do(WorkWithdraw, "clerk", work=copied, prev=copied, reason="copied")
    assert bought(world, work) == [("cyd", 18), ("ada", 2)]


def test_a_payment_looks_at_a_limited_part_of_the_graph() -> None:
    world = found(World(), royalty_depth=8, royalty_cap_bp=10_000)
    level = [world.work("ada", royalty_bp=1) for _ in range(16)]
    for _ in range(2):
        level = [derived(world, "ben", *level, royalty_bp=1) for _ in range(16)]
    top = world.state.get(WorkRow, derived(world, "cyd", *level))
    rules = world.state.rules()
    assert top is not None
    assert rules is not None
    walked = claims(world.state, top, rules)
    assert [world.names[claim.holder] for claim in walked] == ["ben"] * MOST_CLAIMS


def test_a_group_with_too_many_royalties_is_to_be_divided() -> None:
    world = found(World(), royalty_depth=1, royalty_cap_bp=10_000)
    names = [f"source {at}" for at in range(16)]
    for name in names:
        world.register(name)
    work = derived(world, "cyd", *(world.work(name, royalty_bp=625) for name in names))
    for _ in range(50):
        world.now_ms += DAY_MS
        world.give(buyer=20)
    most = (Transfer(to=key_of("cyd"), amount=16, work=work),) * 62 + (Transfer(to=key_of("ada"), amount=1),) * 8
    with pytest.raises(LimitReached, match="divide it"):
        world.do(CreditTransfer, "buyer", rule=world.state.rule, transfers=(*most, most[-1]))
    world.do(CreditTransfer, "buyer", rule=world.state.rule, transfers=most)
    assert world.account("cyd").balance == 0
