"""A witness: each answer of the protocol, and no order of requests in which it cosigns two histories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.ledger import checkpoint, merkle, witness
from carrel.ledger.checkpoint import COSIGNATURE, Checkpoint, Note
from carrel.ledger.errors import BadNote, Invalid
from carrel.ledger.witness import AddCheckpoint, Decision, Remembered
from tests.ledger.make_vectors import LOG, ORIGIN, OTHER_LOG, SEEN_S, WITNESSES, Log
from tests.ledger.rfc6962 import NaiveTree

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ledger-proofs.json").read_text("utf-8"))
LEDGER = Log(300)
KEYS = {ORIGIN: [LOG.verifier()]}
AT_200 = Remembered(ORIGIN, 200, LEDGER.root(200), LEDGER.checkpoint(200).encode())
EMPTY = Remembered(ORIGIN, 0, merkle.EMPTY_ROOT, LEDGER.checkpoint(0).encode())
FORGED = Checkpoint(ORIGIN, 200, bytes(32)).sign([LOG])


def request(old: int, new: int, *, note: Note | None = None, proof: tuple[bytes, ...] | None = None) -> AddCheckpoint:
    if proof is None:
        proof = LEDGER.consistency(old, new) if 0 < old <= new else ()
    return AddCheckpoint.of(old, proof, note or LEDGER.checkpoint(new))


def test_the_golden_request() -> None:
    data = VECTORS["request"]["body"].encode()
    found = witness.parse_request(data)
    assert found.encode() == data
    assert found == request(200, 300)
    assert AT_200.root.hex() == VECTORS["request"]["old_root"]


@pytest.mark.parametrize(
    ("remembered", "asked"),
    [
        (None, request(0, 300)),
        (None, request(0, 0)),
        (EMPTY, request(0, 0)),
        (EMPTY, request(0, 300)),
        (AT_200, request(200, 300)),
        (AT_200, request(200, 200)),
    ],
)
def test_a_continuation_is_cosigned(remembered: Remembered | None, asked: AddCheckpoint) -> None:
    decision = witness.consider(remembered, asked, KEYS)
    size = asked.checkpoint.size
    assert decision == Decision(
        200, remember=Remembered(ORIGIN, size, LEDGER.root(size), LEDGER.checkpoint(size).encode())
    )
    body = witness.answer(asked, WITNESSES[:1], SEEN_S)
    lines = witness.parse_answer(body.encode(), asked.note.text, WITNESSES[0].verifier(COSIGNATURE))
    assert WITNESSES[0].verifier(COSIGNATURE).verify(asked.note.signed_by(*lines)) == SEEN_S


@pytest.mark.parametrize(
    ("status", "remembered", "asked"),
    [
        (404, AT_200, request(200, 300, note=Checkpoint("other.example", 300, bytes(32)).sign([LOG]))),
        (403, AT_200, request(200, 300, note=LEDGER.checkpoint(300, OTHER_LOG))),
        (403, AT_200, request(200, 300, note=Note(LEDGER.checkpoint(300).text, LEDGER.checkpoint(299).signatures))),
        (403, AT_200, request(200, 300, note=LEDGER.checkpoint(300).signed_by(*LEDGER.checkpoint(299).signatures))),
        (400, AT_200, request(201, 200)),
        (409, AT_200, request(0, 300)),
        (409, AT_200, request(100, 300)),
        (409, None, request(100, 300)),
        (409, AT_200, request(100, 150)),
        (409, AT_200, request(200, 200, note=FORGED)),
        (409, AT_200, request(0, 200, note=FORGED)),
        (422, AT_200, request(200, 300, proof=())),
        (422, AT_200, request(200, 300, proof=LEDGER.consistency(199, 300))),
        (422, AT_200, request(200, 300, note=Checkpoint(ORIGIN, 300, bytes(32)).sign([LOG]))),
        (422, AT_200, request(200, 200, proof=(bytes(32),))),
        (422, None, request(0, 300, proof=(bytes(32),))),
        (422, EMPTY, request(0, 300, proof=(bytes(32),))),
        (422, None, request(0, 0, note=Checkpoint(ORIGIN, 0, bytes(32)).sign([LOG]))),
    ],
)
def test_all_else_is_refused_with_its_code(status: int, remembered: Remembered | None, asked: AddCheckpoint) -> None:
    decision = witness.consider(remembered, asked, KEYS)
    assert (decision.status, decision.remember) == (status, None)
    assert decision.body.endswith("\n")
    assert decision.forked is (asked.note == FORGED)
    if decision.forked and asked.old_size == 200:
        assert witness.parse_other(decision.body.encode(), asked.checkpoint, LOG.verifier()) == LEDGER.checkpoint(200)


def test_who_is_behind_is_told_the_size() -> None:
    for remembered, size in ((AT_200, 200), (None, 0)):
        decision = witness.consider(remembered, request(100, 300), KEYS)
        assert (decision.body, decision.content_type) == (f"{size}\n", "text/x.tlog.size")
        assert witness.parse_size(decision.body.encode()) == size


@pytest.mark.parametrize("body", [b"", b"5", b"05\n", b"-5\n", b"5\n\n", b"five\n", b"\xff\n", b"9" * 30 + b"\n"])
def test_a_size_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(BadNote):
        witness.parse_size(body)


@pytest.mark.parametrize(
    "body", [b"", LEDGER.checkpoint(200).encode(), LEDGER.checkpoint(199).encode(), FORGED.encode()[:-9]]
)
def test_a_claim_of_another_history_that_shows_none_is_no_proof(body: bytes) -> None:
    with pytest.raises(BadNote):
        witness.parse_other(body, request(200, 200).checkpoint, LOG.verifier())


def test_what_is_remembered_holds_the_logs_own_lines_alone() -> None:
    note = LEDGER.checkpoint(300)
    stranger = checkpoint.cosign(WITNESSES[2], note.text, 5)
    decision = witness.consider(None, AddCheckpoint.of(0, (), note.signed_by(stranger)), KEYS)
    assert decision.remember
    assert decision.remember.note == note.encode()


def test_a_log_may_have_several_keys() -> None:
    keys = {ORIGIN: [LOG.verifier(), OTHER_LOG.verifier()]}
    both = LEDGER.checkpoint(300).signed_by(*LEDGER.checkpoint(300, OTHER_LOG).signatures)
    for note in (LEDGER.checkpoint(300), LEDGER.checkpoint(300, OTHER_LOG), both):
        assert witness.consider(None, AddCheckpoint.of(0, (), note), keys).status == 200


def test_every_changed_bit_of_a_request_is_found() -> None:
    good = request(200, 300).encode()
    assert witness.consider(AT_200, witness.parse_request(good), KEYS).status == 200
    for position in range(len(good)):
        changed = bytearray(good)
        changed[position] ^= 1 << position % 8
        try:
            asked = witness.parse_request(bytes(changed))
        except Invalid:
            continue
        assert witness.consider(AT_200, asked, KEYS).status != 200


@given(st.binary(max_size=200) | st.text("old 0123456789=\nAB—", max_size=60).map(str.encode))
def test_foreign_bytes_are_a_request_or_the_named_error(data: bytes) -> None:
    for candidate in (data, b"old 2\n" + data + b"\n\n" + LEDGER.checkpoint(3).encode()):
        try:
            found = witness.parse_request(candidate)
        except Invalid:
            continue
        assert found.encode() == candidate


def test_a_request_has_limits() -> None:
    with pytest.raises(Invalid, match="63 are the limit"):
        witness.parse_request(request(1, 300, proof=tuple([bytes(32)] * 64)).encode())
    with pytest.raises(Invalid, match="limit"):
        witness.parse_request(bytes(witness.MAX_REQUEST_BYTES + 1))
    with pytest.raises(Invalid, match="limit"):
        witness.parse_answer(bytes(witness.MAX_ANSWER_BYTES + 1), "a\n", WITNESSES[0].verifier(COSIGNATURE))


def test_an_answer_is_believed_from_the_witness_alone() -> None:
    asked = request(0, 300)
    text, verifier = asked.note.text, WITNESSES[0].verifier(COSIGNATURE)
    body = witness.answer(asked, WITNESSES[:2], SEEN_S)
    assert [line.name for line in witness.parse_answer(body.encode(), text, verifier)] == [WITNESSES[0].name]
    for wrong in (witness.answer(asked, WITNESSES[1:], SEEN_S), "", "\n", "\udcff", "— a b\n"):
        with pytest.raises(BadNote):
            witness.parse_answer(wrong.encode("utf-8", "surrogateescape"), text, verifier)
    with pytest.raises(BadNote, match="does not fit"):
        witness.parse_answer(witness.answer(request(0, 299), WITNESSES[:1], SEEN_S).encode(), text, verifier)


SHARED, LONGEST = 11, 40
HISTORIES = [
    NaiveTree([f"{index} {name if index >= SHARED else ''}".encode() for index in range(LONGEST)])
    for name in ("true", "forked")
]
sizes = st.integers(0, LONGEST)


@given(st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from([0, 1]), sizes, sizes, st.booleans()), max_size=30))
@settings(deadline=None)
def test_no_order_of_requests_makes_it_cosign_two_histories(steps: list[tuple[int, int, int, int, bool]]) -> None:
    """A log that signs two histories, proofs from either of them, requests decided one after another or upon what was true before."""
    remembered: Remembered | None = None
    before: Remembered | None = None
    cosigned: list[tuple[int, bytes]] = []
    for told, proved, old, new, late in steps:
        seen = before if late else remembered
        latest = seen.size if seen else 0
        # Mostly what goes through: from the right size on, and often to the very same.
        old = latest if old % 3 else old
        new = latest if new % 4 == 0 else new
        note = Checkpoint(ORIGIN, new, HISTORIES[told].mth(0, new)).sign([LOG])
        proof = tuple(HISTORIES[proved].proof(old, new)) if 0 < old <= new else ()
        decision = witness.consider(seen, AddCheckpoint.of(old, proof, note), KEYS)
        if decision.remember and seen == remembered:  # the server's compare-and-swap
            before, remembered = remembered, decision.remember
            cosigned.append((decision.remember.size, decision.remember.root))
    assert any(all(root == history.mth(0, size) for size, root in cosigned) for history in HISTORIES)
    assert [size for size, _ in cosigned] == sorted(size for size, _ in cosigned)
