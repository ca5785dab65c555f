"""The log's side of witnesses: what it asks, whom it believes, and when it publishes. The witnesses here are puppets; test_witnesses.py has real ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from carrel.ledger import witness as protocol
from carrel.ledger.checkpoint import Checkpoint, Note, parse_note
from carrel.ledger.errors import Forked
from carrel.ledger.policy import Policy, TrustedLog, TrustedWitness
from carrel.ledger.witness import AddCheckpoint
from carrel.server.errors import ConfigurationError
from carrel.server.registry import cosigning, witness_client
from carrel.server.registry.cosigning import Cosigning, read_policy
from carrel.server.registry.errors import LogStopped, RolledBack, Unwitnessed
from carrel.server.registry.witness_client import WitnessClient, WitnessFailed

from .logs import Kept, other_signer
from .witnesses import Puppet, puppets, quorum


@pytest.fixture
def three() -> Iterator[list[Puppet]]:
    with puppets("a", "b", "c") as made:
        yield made


@pytest.fixture
def watching(kept: Kept, three: list[Puppet]) -> Iterator[Callable[..., Cosigning]]:
    """Two of the three have to cosign, or another policy; each closes the one before."""
    made: list[Cosigning] = []

    def watch(policy: Policy | None = None) -> Cosigning:
        for one in made:
            one.close()
        made.append(Cosigning(policy or quorum(2, *(one.trusted for one in three)), kept.clock, kept.folder))
        made[-1].watch(kept.log)
        return made[-1]

    yield watch
    for one in made:
        one.close()


def grow(kept: Kept, name: str) -> Note:
    kept.accepted(kept.person(name).joins())
    note = kept.log.seal()
    assert note is not None
    return note


def refuses(_: AddCheckpoint) -> tuple[int, bytes]:
    return 500, b"out of order\n"


def test_a_quorum_is_enough_and_who_is_missing_is_told(
    kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning]
) -> None:
    for one in three:
        one.be_honest(kept.log)
    asking = watching()
    three[2].answer = refuses
    policy = quorum(2, *(one.trusted for one in three))
    for number in range(3):
        note = asking(grow(kept, f"reader {number}"))
        assert set(policy.verify(note, kept.log.signer.verifier()).seen_s) == {"a", "b"}
    a, b, c = asking.standings()
    assert (a.size, a.error, b.failing_since_ms) == (5, None, None)
    assert (c.size, c.error) == (2, "It answers 500: out of order")
    assert c.failing_since_ms is not None
    three[2].be_honest(kept.log)
    assert len(asking(grow(kept, "late")).signatures) == 4
    assert asking.standings()[2].error is None


def test_without_a_quorum_nothing_is_published_and_it_is_asked_again(
    kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning]
) -> None:
    for one in three:
        one.be_honest(kept.log)
    asking = watching()
    three[1].answer = three[2].answer = refuses
    first = grow(kept, "ana")
    with pytest.raises(Unwitnessed, match="b: It answers 500"):
        asking(first)
    newer = grow(kept, "bo")
    three[1].be_honest(kept.log)
    assert len(asking(newer).signatures) == 3
    assert [(each.old_size, each.checkpoint.size) for each in three[0].asked] == [(0, 2), (2, 3), (3, 4)], (
        "each once, and from the one that was cosigned, published or not"
    )


def test_what_was_cosigned_enough_is_not_asked_again(
    kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning]
) -> None:
    asking = watching()
    note = asking(parse_note(kept.log.sealed))
    asked = len(three[0].asked)
    assert asking(note) == note
    assert len(three[0].asked) == asked
    bent = Note(note.text, (*note.signatures[:2], three[1].signer.sign("other\n")))
    assert len(asking(bent).signatures) == 4, "lines that are no cosignatures are not believed because they stand there"


def test_witnesses_at_different_sizes_each_get_their_proof(
    kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning]
) -> None:
    three[0].be_honest(kept.log)
    three[1].be_honest(kept.log, 2)
    kept.fill()
    three[2].be_honest(kept.log, kept.log.sealed_size)
    asking = watching()
    assert len(asking(grow(kept, "ana")).signatures) == 4


LIES: dict[str, Callable[[Puppet], Callable[[AddCheckpoint], tuple[int, bytes]]]] = {
    "nothing": lambda _: lambda _: (200, b""),
    "noise": lambda _: lambda _: (200, b"\xff\x00" * 100),
    "too much": lambda _: lambda _: (200, b"x" * (protocol.MAX_ANSWER_BYTES + 1)),
    "a line of a stranger": lambda _: lambda asked: (200, (other_signer("stranger").sign(asked.note.text).line()).encode()),
    "a plain signature": lambda one: lambda asked: (200, one.signer.sign(asked.note.text).line().encode()),
    "a cosignature of something else": lambda one: lambda asked: one.cosigns(
        AddCheckpoint(0, (), Checkpoint(asked.checkpoint.origin, 9, bytes(32)).sign([one.signer]), asked.checkpoint)
    ),
    "one good line and one bad": lambda one: lambda asked: (
        200,
        one.cosigns(asked)[1] + one.cosigns(asked)[1].replace(b"A", b"B", 1),
    ),
    "a smaller size each time": lambda _: lambda asked: (409, b"%d\n" % (asked.old_size - 1 if asked.old_size else 1)),
    "the same size": lambda _: lambda asked: (409, b"%d\n" % asked.old_size),
    "a larger size": lambda _: lambda asked: (409, b"999999\n"),
    "a size that is none": lambda _: lambda asked: (409, b"-1\n"),
    "another history, unproven": lambda _: lambda asked: (409, b"another root\n"),
    "no continuation": lambda _: lambda asked: (422, b"no\n"),
    "a redirect": lambda _: lambda asked: (302, b""),
    "a closed door": lambda _: lambda asked: (0, b""),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_one_that_lies_neither_publishes_nor_stops_the_log(
    lie: str, kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning]
) -> None:
    for one in three:
        one.be_honest(kept.log)
    asking = watching()
    three[0].answer = LIES[lie](three[0])
    note = asking(grow(kept, "ana"))
    assert set(quorum(2, *(one.trusted for one in three)).verify(note, kept.log.signer.verifier()).seen_s) == {"b", "c"}
    assert asking.standings()[0].error
    three[1].answer = refuses
    with pytest.raises(Unwitnessed):
        asking(grow(kept, "bo"))


def test_a_slow_one_holds_up_nobody(
    kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cosigning, "GRACE_S", 0.01)
    asking = watching()
    go_on = threading.Event()

    def slowly(request: AddCheckpoint) -> tuple[int, bytes]:
        go_on.wait(20)
        return three[0].cosigns(request)

    three[0].answer = slowly
    for name in ("ana", "bo", "cy"):
        assert len(asking(grow(kept, name)).signatures) == 3
    go_on.set()


def test_connections_that_are_closed_are_opened_again(
    kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning]
) -> None:
    three[0].be_honest(kept.log)
    three[0].keeps_open = False
    asking = watching(quorum(1, three[0].trusted))
    asking(grow(kept, "ana"))
    three[0].keeps_open = True
    asking(grow(kept, "bo"))
    asking(grow(kept, "cy"))
    asking._links[0]._client._open.socket.shutdown(2)  # as a server that was started again
    assert len(asking(grow(kept, "di")).signatures) == 2


def test_one_that_never_ends_its_answer_is_left(
    monkeypatch: pytest.MonkeyPatch, three: list[Puppet], kept: Kept
) -> None:
    go_on = threading.Event()
    three[0].answer = lambda _: (go_on.wait(20), (0, b""))[1]
    request = AddCheckpoint.of(0, (), parse_note(kept.log.sealed)).encode()
    with pytest.raises(WitnessFailed, match="cannot be reached"):
        WitnessClient(three[0].url, timeout_s=0.2).add_checkpoint(request)
    go_on.set()


@pytest.mark.parametrize("lie", ["a larger size", "another history, unproven", "no continuation"])
def test_at_the_start_a_contradiction_keeps_the_log_shut(
    lie: str, kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning]
) -> None:
    three[1].be_honest(kept.log, 2)
    size = kept.log.sealed_size
    told = LIES[lie](three[0])
    three[0].answer = lambda asked: (
        told(asked) if asked.old_size == size else (409, b"%d\n" % (999 if "larger" in lie else size))
    )
    with pytest.raises(
        RolledBack if lie == "a larger size" else Forked, match=r"The witness a contradicts .* out of the policy"
    ):
        watching()
    assert kept.log.stopped is not None
    assert not (kept.folder / "forks").exists()
    kept.reopen()
    watching(quorum(2, three[1].trusted, three[2].trusted))


def test_at_the_start_witnesses_that_are_away_are_no_reason_to_stay_shut(
    kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning]
) -> None:
    for one in three:
        one.answer = refuses
    asking = watching()
    assert [one.error for one in asking.standings()] == ["It answers 500: out of order"] * 3


def test_a_proven_fork_stops_the_log_and_both_notes_are_kept(
    kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning]
) -> None:
    for one in three:
        one.be_honest(kept.log)
    asking = watching()
    note = grow(kept, "ana")
    other = Checkpoint(kept.log.origin, 3, bytes(32)).sign([kept.log.signer])
    three[0].answer = lambda asked: (409, b"3\n" if asked.old_size < 3 else other.encode())
    with pytest.raises(LogStopped, match="signed by this log's key"):
        asking(note)
    (proof,) = (kept.folder / "forks").iterdir()
    assert proof.read_bytes() == note.encode() + b"\n" + other.encode()
    with pytest.raises(Forked, match="Both notes"):
        watching()


def test_a_proof_of_a_fork_that_comes_late_stops_the_log_all_the_same(
    kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cosigning, "GRACE_S", 0.01)
    for one in three:
        one.be_honest(kept.log)
    asking = watching()
    other = Checkpoint(kept.log.origin, 3, bytes(32)).sign([kept.log.signer])
    shown = threading.Event()

    def late(asked: AddCheckpoint) -> tuple[int, bytes]:
        if asked.old_size < 3:
            return 409, b"3\n"
        if asked.checkpoint.size > 3:
            return 422, b"no\n"
        shown.wait(20)
        return 409, other.encode()

    three[0].answer = late
    asking(grow(kept, "ana"))
    newer = grow(kept, "bo")
    asking(newer)
    shown.set()

    def go_on() -> None:
        for number in range(100):
            asking(grow(kept, f"reader {number}"))

    with pytest.raises(LogStopped, match="signed by this log's key"):
        go_on()
    (proof,) = (kept.folder / "forks").iterdir()
    assert proof.read_bytes().endswith(other.encode())


def test_policies_that_cannot_work_are_refused(kept: Kept, three: list[Puppet], tmp_path: Path) -> None:
    nowhere = TrustedWitness("a", three[0].trusted.key)
    with pytest.raises(ConfigurationError, match="no address"):
        Cosigning(quorum(1, nowhere), kept.clock, kept.folder)
    for url in (
        "ftp://host",
        "http://",
        "http://user@host",
        "http://host/?q",
        "http://host/#f",
        "http://ho st",
        "x",
        "http://host:0",
    ):
        with pytest.raises(ConfigurationError):
            Cosigning(quorum(1, TrustedWitness("a", three[0].trusted.key, url)), kept.clock, kept.folder)
    wrong = Policy(
        (TrustedLog(other_signer(kept.log.origin).verifier()),), *_parts(quorum(2, *(one.trusted for one in three)))
    )
    with pytest.raises(ConfigurationError, match="another key"):
        Cosigning(wrong, kept.clock, kept.folder).watch(kept.log)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_policy(str(tmp_path / "none"))
    (tmp_path / "policy").write_bytes(b"quorum nobody\n")
    with pytest.raises(ConfigurationError, match="not defined"):
        read_policy(str(tmp_path / "policy"))


def _parts(policy: Policy) -> tuple[tuple[TrustedWitness, ...], tuple[object, ...], str]:
    return policy.witnesses, policy.groups, policy.quorum


def test_a_quorum_of_none_publishes_at_once_and_takes_what_comes(
    kept: Kept, three: list[Puppet], watching: Callable[..., Cosigning]
) -> None:
    asking = watching(Policy(witnesses=tuple(one.trusted for one in three)))
    assert len(asking(grow(kept, "ana")).signatures) == 4
    for one in three:
        one.answer = refuses
    assert len(asking(grow(kept, "bo")).signatures) == 1


@pytest.mark.parametrize(
    ("host", "address", "may"),
    [
        ("witness.example", "93.184.216.34", True),
        ("witness.example", "2606:4700::1111", True),
        ("witness.example", "10.0.0.7", False),
        ("witness.example", "127.0.0.1", False),
        ("witness.example", "169.254.169.254", False),
        ("witness.example", "::1", False),
        ("witness.example", "fe80::1%eth0", False),
        ("witness.example", "::ffff:10.0.0.7", False),
        ("witness.example", "224.0.0.1", False),
        ("10.0.0.7", "10.0.0.7", True),
        ("fd00::7", "fd00::7", True),
        ("10.0.0.7", "10.0.0.8", False),
        ("localhost", "127.0.0.1", True),
        ("localhost", "10.0.0.7", False),
    ],
)
def test_addresses_of_an_own_network_are_asked_only_as_the_operator_wrote_them(
    host: str, address: str, may: bool
) -> None:
    assert witness_client._may_ask(host, address) is may


def test_a_name_that_leads_home_is_refused(three: list[Puppet], monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(three[0].url.rpartition(":")[2])
    found = [(2, 1, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(witness_client.socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(WitnessFailed, match="own network"):
        WitnessClient(f"http://witness.example:{port}").add_checkpoint(b"")
    assert three[0].asked == []
