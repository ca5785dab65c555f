"""Rows put, undone, kept and left to the store; and which holds are over, without looking at all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from carrel.ledger.state import ROWS, HoldRow, HoldStanding, State, replace

ACCOUNTS = ("00" * 32, "01" * 32)


def hold(name: str, expires_ms: int, standing: HoldStanding = "open") -> HoldRow:
    payer, to = ACCOUNTS
    return HoldRow(id=name, since=0, payer=payer, to=to, amount=1, expires_ms=expires_ms, rule="", standing=standing)


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.integers(0, 30), st.integers(0, 50)),
        st.tuples(st.sampled_from(("posted", "voided", "lapsed")), st.integers(0, 30), st.just(0)),
        st.tuples(st.sampled_from(("undo", "keep", "take", "look")), st.just(0), st.integers(0, 60)),
    ),
    max_size=200,
)


@given(acts=ACTS)
def test_whatever_is_put_and_undone_the_right_holds_are_over(acts: list[tuple[str, int, int]]) -> None:
    state = State("log")
    kept: dict[str, HoldRow] = {}
    now: dict[str, HoldRow] = {}
    for act, number, ms in acts:
        name = f"{number:02}"
        match act:
            case "open":
                if name not in now:
                    now[name] = hold(name, ms)
                    state.put(now[name])
            case "undo":
                state.undo()
                now = dict(kept)
            case "keep":
                state.keep()
                kept = dict(now)
            case "take":
                state.keep()
                kept = dict(now)
                state.take_changes()
            case "look":
                open_ones = [row for _, row in sorted(now.items()) if row.standing == "open" and row.expires_ms <= ms]
                assert state.expired(ms) == open_ones
            case "posted" | "voided" | "lapsed":
                if name in now and now[name].standing == "open":
                    now[name] = replace(now[name], standing=act)
                    state.put(now[name])
    assert state.expired(100) == [row for _, row in sorted(now.items()) if row.standing == "open"]


def test_a_state_has_every_table_once() -> None:
    assert len({kind.table for kind in ROWS}) == len(ROWS)
