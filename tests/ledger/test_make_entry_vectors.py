"""The committed entries are those that the code makes today, they have every type, and each reads back."""

from __future__ import annotations

import json

from carrel.ledger import admission, entry
from carrel.ledger.bodies import TYPES
from carrel.ledger.state import AccountRow, State

from .make_entry_vectors import PATH, encode, vectors


def test_the_vectors_are_fresh() -> None:
    stale = "tests/vectors/ledger-entries.json is stale: run python -m tests.ledger.make_entry_vectors"
    assert PATH.read_text("utf-8") == encode(vectors()), stale


def test_every_type_is_there() -> None:
    assert {each["type"] for each in json.loads(PATH.read_text("utf-8"))["entries"]} == set(TYPES)


def test_the_leaves_alone_lead_to_the_same_balances() -> None:
    content = json.loads(PATH.read_text("utf-8"))
    state = State(content["log"])
    for each in content["entries"]:
        logged_ms, read = entry.open_leaf(bytes.fromhex(each["leaf"]))
        assert (logged_ms, read.hash.hex()) == (each["logged_ms"], each["id"])
        admission.admit(state, read, logged_ms)
    names = {key: name for name, key in content["keys"].items()}
    assert content["balances"] == {names.get(row.id, row.id): row.balance for row in state.rows(AccountRow)}
