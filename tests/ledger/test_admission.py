"""Admission as a whole: every way to refuse is reached and changes nothing, and whoever replays a log comes to the same state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from carrel.ledger import admission, canonical, entry, errors
from carrel.ledger.admission import FUTURE_MS, PAST_MS
from carrel.ledger.bodies import (
    TYPES,
    Attest,
    CreditCorrect,
    CreditHold,
    CreditIssue,
    CreditPost,
    CreditTransfer,
    KeyRegister,
    KeyRevoke,
    KeyRotate,
    Transfer,
    WorkDerive,
    WorkLicense,
    WorkRegister,
)
from carrel.ledger.entry import Entry, Signature
from carrel.ledger.errors import Refused, TimestampInFuture, TimestampInPast, WrongLog
from carrel.ledger.sequencer import Sequencer
from carrel.ledger.state import AccountRow, State
from carrel.server.bench.ledger_world import mixed_entries

from .worlds import LOG, SEALED, START_MS, World, commitment_of, key_of, snapshot


@pytest.fixture
def world() -> World:
    made = World()
    made.found("ada", "ben")
    made.give(ada=10)
    return made


# --- every refusal ---

HASH = "00" * 32


def _raw(world: World, change: Callable[[bytes], bytes]) -> None:
    body = world.body(WorkRegister, "ada", kind="text", sealed=SEALED)
    entry.parse(change(canonical.encode(body)), ())


def _signed(world: World, change: Callable[[tuple[Signature, ...]], tuple[Signature, ...]]) -> None:
    signed = world.sign(world.body(WorkRegister, "ada", kind="text", sealed=SEALED))
    entry.parse(signed.raw, change(signed.signatures))


def _replayed(world: World) -> None:
    sequencer = Sequencer(world.state, 0, bytes(32))
    first, second = (
        world.sign(world.body(WorkRegister, "ada", kind="text", sealed=seal * 32, id="ab" * 16))
        for seal in ("00", "01")
    )
    _, verdict = sequencer.admit([first, second], {}, world.now_ms)
    assert isinstance(verdict, Refused)
    raise verdict


def _not_a_key(world: World) -> None:
    body = world.body(KeyRotate, "ada", key="01" + "00" * 31, prev=world.account("ada").head)
    admission.admit(world.state, Entry(canonical.encode(body), body, ()), world.now_ms)


def _ended(world: World) -> None:
    world.do(KeyRevoke, "ben", key=key_of("ben"), prev=world.account("ben").head, reason="lost")
    world.work("ben")


def _paid_twice(world: World) -> None:
    held = world.do(CreditHold, "ada", rule=world.state.rule, to=key_of("ben"), amount=1, expires_ms=world.now_ms + 1)
    world.do(CreditPost, "ada", hold=held)
    world.do(CreditPost, "ada", hold=held)


def _pay(world: World, to: str, amount: int, rule: str | None = None) -> None:
    transfers = (Transfer(to=world.key(to), amount=amount),)
    world.do(CreditTransfer, "ada", rule=rule or world.state.rule, transfers=transfers)


WAYS: dict[type[Refused], Callable[[World], Any]] = {
    errors.TooLong: lambda world: _raw(world, lambda raw: raw + b" " * 60_000),
    errors.NotJson: lambda world: _raw(world, lambda raw: raw[1:]),
    errors.NotCanonical: lambda world: _raw(world, lambda raw: raw + b" "),
    errors.FloatFound: lambda world: _raw(world, lambda raw: raw.replace(b'"ts":1', b'"ts":1.')),
    errors.UnknownType: lambda world: _raw(world, lambda raw: raw.replace(b"work.register", b"work.burn")),
    errors.UnknownField: lambda world: _raw(world, lambda raw: raw[:-1] + b',"x":1}'),
    errors.BadField: lambda world: _raw(world, lambda raw: raw.replace(b'"text"', b'"song"')),
    errors.WrongLog: lambda world: world.do(WorkRegister, "ada", kind="text", sealed=SEALED, log="elsewhere"),
    errors.BadSignature: lambda world: _signed(world, lambda given: (Signature(given[0].key, bytes(64)),)),
    errors.MissingSignature: lambda world: _signed(world, lambda _: ()),
    errors.SurplusSignature: lambda world: _signed(world, lambda given: given * 2),
    errors.BadKey: _not_a_key,
    errors.TimestampInFuture: lambda world: world.work("ada", ts=world.now_ms + FUTURE_MS + 1),
    errors.TimestampInPast: lambda world: world.work("ada", ts=world.now_ms - PAST_MS - 1),
    errors.IdReplayed: _replayed,
    errors.UnknownKey: lambda world: world.work("nobody"),
    errors.KeyRevoked: _ended,
    errors.KeyTaken: lambda world: world.register("ada"),
    errors.Unauthorised: lambda world: world.do(Attest, "ada", claim="helped", subject=key_of("ben")),
    errors.ConsentMissing: lambda world: world.do(
        WorkDerive, "ben", kind="text", sealed=SEALED, sources=(world.work("ada", derivation="ask"),)
    ),
    errors.UnknownEntry: lambda world: world.do(CreditPost, "ada", hold=HASH),
    errors.StalePrev: lambda world: world.do(WorkLicense, "ada", work=world.work("ada"), prev=HASH),
    errors.WrongState: lambda world: world.do(
        CreditTransfer, "ada", rule=world.state.rule,
        transfers=(Transfer(to=key_of("ben"), amount=1, work=world.work("ada")),),
    ),
    errors.UnknownLicence: lambda world: world.work("ada", licence="https://example.org/mine/"),
    errors.RuleMissing: lambda world: _pay(world, "ben", 1, HASH),
    errors.RuleBroken: lambda world: _pay(world, "ada", 1),
    errors.Overdrawn: lambda world: _pay(world, "ben", 11),
    errors.HoldEnded: _paid_twice,
    errors.LimitReached: lambda world: world.give(ben=21),
}  # fmt: skip


def refusals(kind: type[Refused] = Refused) -> Iterator[type[Refused]]:
    for below in kind.__subclasses__():
        yield from refusals(below)
    if not kind.__subclasses__():
        yield kind


def test_every_refusal_is_reached_here() -> None:
    assert set(WAYS) == set(refusals())


@pytest.mark.parametrize("kind", WAYS, ids=lambda kind: kind.code)
def test_refusals_have_their_name_and_a_sentence(world: World, kind: type[Refused]) -> None:
    with pytest.raises(Refused) as refused:
        WAYS[kind](world)
    assert refused.type is kind
    assert str(refused.value).endswith(".")


def test_codes_are_used_once() -> None:
    codes = [kind.code for kind in refusals()]
    assert len(set(codes)) == len(codes)


# --- time and place ---


@pytest.mark.parametrize(
    ("ms", "refused"),
    [(FUTURE_MS, None), (FUTURE_MS + 1, TimestampInFuture), (-PAST_MS, None), (-PAST_MS - 1, TimestampInPast)],
)
def test_what_the_client_says_of_time_is_near_the_logs(world: World, ms: int, refused: type[Refused] | None) -> None:
    if refused is None:
        world.work("ada", ts=world.now_ms + ms)
    else:
        with pytest.raises(refused):
            world.work("ada", ts=world.now_ms + ms)


def test_an_entry_stands_in_the_log_for_which_it_was_signed(world: World) -> None:
    signed = world.sign(world.body(WorkRegister, "ada", kind="text", sealed=SEALED))
    other = State("another.example")
    with pytest.raises(WrongLog):
        admission.admit(other, signed, START_MS)


def test_there_is_a_handler_for_every_type() -> None:
    assert set(admission.HANDLERS) == set(TYPES.values())


def test_an_entry_has_an_effect_once_even_without_its_id(world: World) -> None:
    """The same bytes again: their changes name what they change, so that most are refused by themselves; ids do the rest, in the sequencer."""
    first = world.sign(world.body(WorkRegister, "ada", kind="text", sealed=SEALED))
    sequencer = Sequencer(world.state, 0, bytes(32))
    one, again = sequencer.admit([first, first], {}, world.now_ms)
    assert not isinstance(one, Refused)
    assert not isinstance(again, Refused)
    assert (again.record, again.again) == (one.record, True)


# --- replay ---


def mixed(seed: int, count: int) -> list[Entry]:
    """As from outside: read and verified again."""
    return [entry.parse(one.raw, one.signatures) for one in mixed_entries(LOG, seed, count, START_MS)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_replay_comes_to_the_same_state(seed: int) -> None:
    states = State(LOG), State(LOG)
    for state in states:
        for at, one in enumerate(mixed(seed, 400)):
            admission.admit(state, one, one.body.ts + at % 3)
    assert snapshot(states[0]) == snapshot(states[1])
    assert sum(row.balance for row in states[0].rows(AccountRow)) == 0


def test_a_world_has_every_type_soon() -> None:
    for seed in range(10):
        assert {type(one.body) for one in mixed_entries(LOG, seed, 100, START_MS)} == set(TYPES.values())


REPEATABLE: Final = (WorkRegister, WorkDerive, Attest, CreditIssue, CreditTransfer, CreditHold, CreditCorrect)
"""What may well be done twice: only the entry's id tells."""


def test_refused_entries_in_between_leave_no_trace() -> None:
    """Old entries are sent again all the time: the state is that of a log that never saw them."""
    alone, disturbed = State(LOG), State(LOG)
    entries = mixed(4, 300)
    for at, one in enumerate(entries):
        admission.admit(alone, one, one.body.ts)
        admission.admit(disturbed, one, one.body.ts)
        before = snapshot(disturbed)
        for other in (entries[at // 2], entries[at]):
            body = other.body
            if isinstance(body, REPEATABLE):
                continue
            with pytest.raises(Refused):
                admission.admit(disturbed, other, one.body.ts)
            assert snapshot(disturbed) == before
    assert snapshot(alone) == snapshot(disturbed)


def test_a_store_is_told_of_each_changed_row_once(world: World) -> None:
    world.state.take_changes()
    with pytest.raises(Refused):
        world.give(ben=1, ada=21)
    assert world.state.take_changes() == []
    world.give(ben=1)
    world.give(ben=1)
    rows = [change.row for change in world.state.take_changes()]
    assert len({(row.table, row.id) for row in rows}) == len(rows)
    assert {row.id for row in rows if isinstance(row, AccountRow)} == {"issuer", key_of("ben")}


def test_rows_come_back_from_a_store_as_they_were(world: World) -> None:
    """A state that was loaded goes on as the one that was kept."""
    world.do(KeyRegister, "ada", key=world.key("tablet"), account=key_of("ada"), prev=world.account("ada").head)
    world.register("dee", recovery=commitment_of("offline"))
    world.do(CreditHold, "ada", rule=world.state.rule, to=key_of("ben"), amount=1, expires_ms=world.now_ms + 5)
    loaded = State(LOG)
    for change in world.state.take_changes():
        loaded.load(change.row)
    loaded.cool()
    loaded.size, loaded.clock_ms = world.state.size, world.state.clock_ms
    loaded_before, kept_before = snapshot(loaded), snapshot(world.state)
    assert loaded_before == kept_before
    signed = world.sign(world.body(WorkRegister, "tablet", kind="text", sealed=SEALED))
    for state in (loaded, world.state):
        admission.admit(state, signed, world.now_ms + 5)
    assert snapshot(loaded) == snapshot(world.state)
