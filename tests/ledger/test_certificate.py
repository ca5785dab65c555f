"""Certificates: what they show, and that no byte of one can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.ledger import bodies
from carrel.ledger.certificate import (
    CHANGES,
    HEADER,
    MAX_CERTIFICATE_BYTES,
    MAX_ENTRIES,
    Certificate,
    Logged,
    make_certificate,
    parse_certificate,
    previous,
)
from carrel.ledger.checkpoint import COSIGNATURE, NoteSigner, cosign, parse_note
from carrel.ledger.errors import BadCertificate
from carrel.ledger.merkle import inclusion_proof, leaf_hash
from carrel.ledger.policy import Policy, TrustedLog, TrustedWitness
from carrel.ledger.proof import parse_proof
from carrel.ledger.tiles import TileReader
from tests.ledger.small_log import SmallLog, a_file, add_work, key, seed

WITNESSES = [NoteSigner(f"witness-{name}.example", seed(f"witness {name}")) for name in ("a", "b")]


def storied_work(extra: int = 20) -> tuple[SmallLog, str]:
    """A work that was licensed, passed on and disputed, among others; and its id."""
    log = SmallLog()
    log.add(bodies.KeyRegister, "library", key=log.person("library"), role="library")
    for name in ("ann", "ben"):
        log.add(bodies.KeyRegister, name, key=log.person(name))
    for number in range(extra // 2):
        add_work(log, "ben", f"early {number}")
    work = add_work(log, "ann", "the work")
    head = log.add(bodies.WorkLicense, "ann", work=work, prev=work, royalty_bp=300).hash.hex()
    add_work(log, "ann", "another")
    head = log.add(bodies.WorkTransfer, "ann", work=work, prev=head, to=key("ben"), also=(key("ben"),)).hash.hex()
    head = log.add(
        bodies.WorkDispute, "ann", work=work, prev=head, reason="authorship", also=(key("library"),)
    ).hash.hex()
    log.add(bodies.WorkDecision, "library", work=work, prev=head, outcome="dismissed", reason="unfounded")
    for number in range(extra // 2):
        add_work(log, "ben", f"late {number}")
    log.publish()
    return log, work


def logged(log: SmallLog, index: int) -> Logged:
    size = log.checkpoint().size
    path = inclusion_proof(index, size, TileReader(log.read, size).node)
    return Logged(index, log.leaves[index], tuple(path))


def entries_of(log: SmallLog, work: str) -> list[Logged]:
    return [
        logged(log, index)
        for index, entry in enumerate(log.entries)
        if entry.hash.hex() == work or (previous(entry.body) or ("",))[0] == work
    ]


def certificate_of(log: SmallLog, work: str, witnesses: Sequence[NoteSigner] = ()) -> Certificate:
    note = parse_note(log.files["checkpoint"])
    note = note.signed_by(*(cosign(each, note.text, 1_760_000_000) for each in reversed(witnesses)))
    note = note.signed_by(NoteSigner("unknown.example", seed("unknown")).sign(note.text))
    keys = [each.verifier(COSIGNATURE) for each in WITNESSES]
    return make_certificate(work, log.signer.verifier(), keys, entries_of(log, work), note)


def policy_of(log: SmallLog, witnesses: Sequence[NoteSigner] = ()) -> Policy:
    known = tuple(TrustedWitness(each.name, each.verifier(COSIGNATURE)) for each in witnesses)
    return Policy((TrustedLog(log.signer.verifier()),), known, quorum=witnesses[0].name if witnesses else "none")


def test_a_works_history() -> None:
    log, work = storied_work()
    certificate = certificate_of(log, work, WITNESSES)
    data = certificate.encode()
    assert parse_certificate(data) == certificate
    proven = parse_certificate(data).verify(policy_of(log, WITNESSES))
    assert [step.entry.body.__struct_config__.tag for step in proven.history] == [
        "work.register",
        "work.license",
        "work.transfer",
        "work.dispute",
        "work.decision",
    ]
    assert proven.checkpoint == log.checkpoint()
    assert proven.seen_s == {each.name: 1_760_000_000 for each in WITNESSES}


def test_each_entry_as_a_proof_for_other_tools() -> None:
    log, work = storied_work()
    certificate = certificate_of(log, work)
    for position, each in enumerate(certificate.entries):
        proof = parse_proof(certificate.proof(position).encode())
        proof.verify(leaf_hash(each.leaf), policy_of(log))
        assert proof.extra == each.leaf


def test_every_flipped_bit_is_found() -> None:
    log, work = storied_work(extra=4)
    data = certificate_of(log, work, WITNESSES[:1]).encode()
    policy = policy_of(log)
    parse_certificate(data).verify(policy)
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        with pytest.raises(BadCertificate):
            parse_certificate(bytes(changed)).verify(policy)


SAMPLE_LOG, SAMPLE_WORK = storied_work()
SAMPLE = certificate_of(SAMPLE_LOG, SAMPLE_WORK, WITNESSES).encode()


@settings(deadline=None)
@given(st.data())
def test_whatever_is_changed_is_found(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SAMPLE)))
    end = data.draw(st.integers(start, min(len(SAMPLE), start + 80)))
    piece = data.draw(
        st.one_of(st.binary(max_size=4), st.sampled_from([SAMPLE[:end], b"\n", b" ", b"=", b"\r\n", b"witness "]))
    )
    changed = SAMPLE[:start] + piece + SAMPLE[end:]
    if changed == SAMPLE:
        return
    with pytest.raises(BadCertificate):
        parse_certificate(changed).verify(policy_of(SAMPLE_LOG))


@given(st.binary(max_size=300))
def test_noise_is_no_certificate(data: bytes) -> None:
    with pytest.raises(BadCertificate):
        parse_certificate(data)


def lines_moved(change: str) -> bytes:
    lines = SAMPLE.decode().split("\n")
    first = next(at for at, line in enumerate(lines) if line.startswith("entry "))
    match change:
        case "witnesses exchanged":
            lines[3], lines[4] = lines[4], lines[3]
        case "a witness twice":
            lines.insert(3, lines[3])
        case "a witness named who did not sign":
            lines[3] = f"witness {NoteSigner('a.example', seed('a')).verifier(COSIGNATURE).vkey}"
        case "a log as witness":
            lines[3] = "witness" + lines[2].removeprefix("log")
        case "a witness as log":
            lines[2] = "log" + lines[3].removeprefix("witness")
        case "no entries":
            del lines[first : lines.index("")]
        case "a hash too many":
            lines.insert(first + 1, lines[first + 1])
        case "very many hashes":
            lines[first + 1 : first + 1] = [lines[first + 1]] * 80
        case "a hash before the entries":
            lines.insert(first, lines[first + 1])
        case "an entry left out":
            second = next(at for at in range(first + 1, len(lines)) if lines[at].startswith("entry "))
            third = next(at for at in range(second + 1, len(lines)) if lines[at].startswith("entry "))
            del lines[second:third]
        case "the registration left out":
            second = next(at for at in range(first + 1, len(lines)) if lines[at].startswith("entry "))
            del lines[first:second]
        case "signatures exchanged":
            lines[-2], lines[-3] = lines[-3], lines[-2]
        case "a signature twice":
            lines.insert(len(lines) - 1, lines[-2])
        case "a signature left out":
            del lines[-2]
        case "very many entries":
            lines[first:first] = [lines[first]] * MAX_ENTRIES
        case _:
            lines.append(" " * MAX_CERTIFICATE_BYTES)
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    "change",
    [
        "witnesses exchanged",
        "a witness twice",
        "a witness named who did not sign",
        "a log as witness",
        "a witness as log",
        "no entries",
        "a hash too many",
        "very many hashes",
        "a hash before the entries",
        "an entry left out",
        "the registration left out",
        "signatures exchanged",
        "a signature twice",
        "a signature left out",
        "very many entries",
        "too long",
    ],
)
def test_lines_in_the_wrong_place(change: str) -> None:
    with pytest.raises(BadCertificate):
        parse_certificate(lines_moved(change)).verify(policy_of(SAMPLE_LOG))


def test_who_signed_must_be_trusted() -> None:
    other = SmallLog("other.example/ledger")
    with pytest.raises(BadCertificate, match="no log of the policy"):
        parse_certificate(SAMPLE).verify(policy_of(other))
    alone = certificate_of(SAMPLE_LOG, SAMPLE_WORK)
    with pytest.raises(BadCertificate, match="quorum"):
        alone.verify(policy_of(SAMPLE_LOG, WITNESSES))


def test_another_work_under_the_same_certificate() -> None:
    found = parse_certificate(SAMPLE)
    for changed in (
        replace(found, work="0" * 64),
        replace(found, entries=found.entries[1:]),
        replace(found, entries=(*found.entries, found.entries[-1])),
        replace(found, entries=(*found.entries, logged(SAMPLE_LOG, 2))),
    ):
        with pytest.raises(BadCertificate):
            changed.verify(policy_of(SAMPLE_LOG))


def test_an_entry_signed_for_another_log() -> None:
    elsewhere = SmallLog("elsewhere.example")
    stray = elsewhere.signed(elsewhere.body(bodies.WorkRegister, "ann", **a_file("stray")))
    log = SmallLog()
    log.log(stray, judged=False)
    log.publish()
    certificate = make_certificate(
        stray.hash.hex(), log.signer.verifier(), (), [logged(log, 0)], parse_note(log.files["checkpoint"])
    )
    with pytest.raises(BadCertificate, match=r"signed for the log elsewhere\.example"):
        certificate.verify(policy_of(log))


def test_it_says_what_it_is() -> None:
    assert SAMPLE.startswith(HEADER.encode() + b"\n")
    assert all("prev" in kind.__struct_fields__ and "work" in kind.__struct_fields__ for kind in CHANGES)
