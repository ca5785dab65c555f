"""The ledger's rules at length: many invented economies against the plain model, and one long log that keeps its sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from carrel.ledger import admission
from carrel.ledger.state import AccountRow, HoldRow, Row, State, needs
from carrel.server.bench.ledger_world import mixed_entries
from tests.ledger.test_credits_model import Economy
from tests.ledger.worlds import LOG, START_MS, snapshot

pytestmark = pytest.mark.proof

EXAMPLES = 2_000
ENTRIES = 200_000
EVERY = 1_000
A_DAY_MS = 86_400_000


def test_economies(measured: Callable[..., None]) -> None:
    """In thousands of invented economies the ledger does what the plain model of its rules does, refusals included, and replays come to the same rows."""
    seen: Counter[bool] = Counter()

    class Counted(Economy):
        def both(self, *positional: Any, **members: Any) -> str | None:
            entry = super().both(*positional, **members)
            seen[entry is not None] += 1
            return entry

    run_state_machine_as_test(Counted, settings=settings(max_examples=EXAMPLES, stateful_step_count=60, deadline=None))
    measured(economies=EXAMPLES, admitted=seen[True], refused=seen[False])


def test_a_long_log(measured: Callable[..., None]) -> None:
    """Over 200,000 entries of every type credits and debits stay equal, whether all rows are at hand or a store keeps the old ones; holds lapse on the way."""
    whole, stored = State(LOG), State(LOG)
    store: dict[tuple[type[Row], str], Row] = {}
    started_s = perf_counter()
    for at, one in enumerate(mixed_entries(LOG, 7, ENTRIES, START_MS)):
        logged_ms = one.body.ts + at * A_DAY_MS // ENTRIES  # a day passes, and short holds end
        admission.admit(whole, one, logged_ms)
        wanted = needs(one.body)
        if wanted is not None and stored.get(*wanted) is None:
            stored.load(store[wanted])
        admission.admit(stored, one, logged_ms)
        if at % EVERY == 0:
            store |= {(type(change.row), change.row.id): change.row for change in stored.take_changes()}
            whole.drop_changes()
            rows = list(whole.rows(AccountRow))
            assert sum(row.balance for row in rows) == 0
            assert sum(row.credits_pending - row.debits_pending for row in rows) == 0
    store |= {(type(change.row), change.row.id): change.row for change in stored.take_changes()}
    whole.drop_changes()
    assert all(whole.get(kind, name) == row for (kind, name), row in store.items())
    whole.cool()
    assert snapshot(whole) == snapshot(stored)
    lapsed = sum(isinstance(row, HoldRow) and row.standing == "lapsed" for row in store.values())
    assert lapsed > 0
    measured(entries=ENTRIES, lapsed_holds=lapsed, entries_per_s=round(ENTRIES / (perf_counter() - started_s)))
