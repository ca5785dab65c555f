"""Policies: the specification's own example, every contradiction refused, and the quorum as anybody would count it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.ledger import checkpoint, policy
from carrel.ledger.checkpoint import COSIGNATURE, NoteSigner
from carrel.ledger.errors import BadNote, BadPolicy
from carrel.ledger.policy import Group, Policy, TrustedLog, TrustedWitness
from tests.ledger import make_vectors
from tests.ledger.make_vectors import LOG, OTHER_LOG, SEEN_S, WITNESSES, Log, cosigned

NAMES = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
KEYS = {
    name: NoteSigner(f"{name}.example", bytes([number]) * 32).verifier(COSIGNATURE)
    for number, name in enumerate(NAMES, 50)
}
EXAMPLE = f"""# who watches
log {LOG.verifier().vkey} https://library.example/ledger

witness X1 {KEYS["X1"].vkey}
witness X2 {KEYS["X2"].vkey}\thttps://x2.example/
 witness  X3 {KEYS["X3"].vkey}
group X-witnesses 2 X1 X2 X3
witness Y1 {KEYS["Y1"].vkey}
witness Y2 {KEYS["Y2"].vkey}
witness Y3 {KEYS["Y3"].vkey}
group Y-witnesses any Y1 Y2 Y3
\t# both
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
NOTE = Log(300).checkpoint(300)


def test_the_specifications_example_counts_as_it_says() -> None:
    found = policy.parse_policy(EXAMPLE.encode())
    for count in range(len(NAMES) + 1):
        for cosigned_by in itertools.combinations(NAMES, count):
            expected = len({"X1", "X2", "X3"} & {*cosigned_by}) >= 2 and bool({"Y1", "Y2", "Y3"} & {*cosigned_by})
            assert found.enough(cosigned_by) is expected
    assert not found.enough(["X-witnesses", "Y-witnesses", "X-and-Y"])


def test_a_policy_comes_back() -> None:
    found = policy.parse_policy(EXAMPLE.encode())
    assert policy.parse_policy(found.encode()) == found
    assert [log.url for log in found.logs] == ["https://library.example/ledger"]
    assert [witness.url for witness in found.witnesses] == ["", "https://x2.example/", "", "", "", ""]


@given(st.binary(min_size=1, max_size=20))
def test_names_are_bytes_and_nothing_else(name: bytes) -> None:
    line = b"witness " + name + b" " + KEYS["X1"].vkey.encode() + b"\nquorum " + name
    if any(byte <= 32 or byte == 127 for byte in name) or name in (b"none", b"#"):
        return
    found = policy.parse_policy(line)
    assert policy.parse_policy(found.encode()) == found
    assert found.enough([found.witnesses[0].name])


W1, W2 = (f"witness {name} {KEYS[name].vkey}\n" for name in ("X1", "X2"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum",
        "quorum missing",
        "quorum none\nquorum none",
        "quorum none none",
        f"quorum X1\n{W1}",
        f"{W1}{W1}quorum X1",
        f"{W1}{W2.replace('X2 ', 'X1 ', 1)}quorum X1",
        f"{W1}witness again {KEYS['X1'].vkey}\nquorum X1",
        f"witness none {KEYS['X1'].vkey}\nquorum none",
        "witness X1\nquorum none",
        f"{W1.strip()} https://a b\nquorum none",
        f"witness X1 {LOG.verifier().vkey}\nquorum none",
        f"log {KEYS['X1'].vkey}\nquorum none",
        f"log {LOG.verifier().vkey}\nlog {LOG.verifier().vkey}\nquorum none",
        f"log {LOG.verifier().vkey[:-1]}\nquorum none",
        f"{W1}group g 1\nquorum g",
        f"{W1}group g 0 X1\nquorum g",
        f"{W1}group g 2 X1\nquorum g",
        f"{W1}group g 01 X1\nquorum g",
        f"{W1}group g some X1\nquorum g",
        f"{W1}group g any X1 X1\nquorum g",
        f"{W1}group g any X1\ngroup h any X1\nquorum h",
        f"{W1}group g any g\nquorum g",
        f"{W1}group g any none\nquorum g",
        f"{W1}group X1 any X1\nquorum X1",
        f"group g any X1\n{W1}quorum g",
        "other line\nquorum none",
        "quorum none\r\n",
        "quorum none\x00",
        "# " + "x" * policy.MAX_POLICY_BYTES,
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(text: str) -> None:
    with pytest.raises(BadPolicy):
        policy.parse_policy(text.encode())


@given(st.binary(max_size=100) | st.text("log witness group quorum none any X1\n\t#", max_size=80).map(str.encode))
def test_foreign_bytes_are_a_policy_or_the_named_error(data: bytes) -> None:
    try:
        found = policy.parse_policy(data)
    except BadPolicy:
        return
    assert policy.parse_policy(found.encode()) == found


def test_a_policy_has_a_size() -> None:
    logs = tuple(TrustedLog(NoteSigner("a", number.to_bytes(32, "big")).verifier()) for number in range(257))
    assert len(Policy(logs[:256]).logs) == 256
    with pytest.raises(BadPolicy, match="limit"):
        Policy(logs)


def test_a_name_with_a_space_is_never_written() -> None:
    with pytest.raises(BadPolicy, match="space"):
        Policy(witnesses=(TrustedWitness("a b", KEYS["X1"]),)).encode()


@pytest.mark.parametrize("count", range(4))
def test_a_checkpoint_needs_its_quorum(count: int) -> None:
    note = cosigned(NOTE, count)
    asked = make_vectors.policy(threshold=2)
    if count < 2:
        with pytest.raises(BadNote, match="quorum libraries"):
            asked.verify(note)
    else:
        assert asked.verify(note).seen_s == {name: SEEN_S + at for at, name in enumerate("abc"[:count])}
        assert asked.verify(note, LOG.verifier()) == asked.verify(note)


def test_without_witnesses_the_logs_signature_is_enough_and_needed() -> None:
    alone = Policy((TrustedLog(LOG.verifier()),))
    assert alone.verify(NOTE).checkpoint.size == 300
    for note in (Log(300).checkpoint(300, OTHER_LOG), cosigned(NOTE, 3)):
        with pytest.raises(BadNote):
            Policy((TrustedLog(WITNESSES[0].verifier()),)).verify(note)
    with pytest.raises(BadNote, match="no log of the policy"):
        alone.verify(Log(300).checkpoint(300, OTHER_LOG))
    with pytest.raises(BadNote):
        Policy().verify(NOTE, OTHER_LOG.verifier())


def test_a_policy_knows_several_keys_of_one_log() -> None:
    both = Policy((TrustedLog(LOG.verifier()), TrustedLog(OTHER_LOG.verifier())))
    for signer in (LOG, OTHER_LOG):
        assert both.verify(Log(300).checkpoint(300, signer)).checkpoint.size == 300


def test_a_wrong_line_of_a_known_witness_condemns_the_note() -> None:
    wrong = checkpoint.cosign(WITNESSES[2], "another text\n", SEEN_S)
    with pytest.raises(BadNote, match="does not fit"):
        make_vectors.policy(threshold=2).verify(cosigned(NOTE, 2).signed_by(wrong))


def test_groups_are_counted_by_hand() -> None:
    nested = Policy(
        (), tuple(TrustedWitness(name, key) for name, key in KEYS.items()), (Group("g", 1, ("X1",)), Group("h", 2, ("g", "X2", "X3"))), "h"
    )  # fmt: skip
    assert nested.enough({"X1", "X3"})
    assert not nested.enough({"X1", "Y1"})
