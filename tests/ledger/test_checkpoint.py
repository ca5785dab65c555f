"""Notes and checkpoints: those of other people open, ours are theirs to the byte, and nothing opens that is not exactly right."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.ledger import checkpoint
from carrel.ledger.checkpoint import COSIGNATURE, Checkpoint, Note, NoteSignature, NoteSigner, NoteVerifier
from carrel.ledger.errors import BadNote
from carrel.ledger.merkle import EMPTY_ROOT
from tests.ledger import published
from tests.ledger.make_vectors import LOG, ORIGIN, SEEN_S, WITNESSES, Log, cosigned, policy

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ledger-notes.json").read_text("utf-8"))
NOTE = Log(300).checkpoint(300)
names = st.text(
    st.characters(codec="utf-8", exclude_characters="+", exclude_categories=["Z", "C"]), min_size=1, max_size=60
)


@pytest.mark.parametrize("case", VECTORS["notes"], ids=lambda case: next(iter(case["vkeys"])).partition("+")[0])
def test_golden_notes_open_and_come_back_to_the_byte(case: dict[str, Any]) -> None:
    data = case["note"].encode()
    note = checkpoint.parse_note(data)
    assert note.encode() == data
    for vkey, seen_s in case["vkeys"].items():
        verifier = NoteVerifier.parse(vkey)
        assert verifier.vkey == vkey
        assert verifier.verify(note) == seen_s


def test_signing_gos_text_with_gos_key_gives_gos_bytes() -> None:
    _, _, name, _, encoded = published.GO_SIGNER.split("+", 4)
    signer = NoteSigner(name, base64.b64decode(encoded)[1:])
    case = published.NOTES[0]
    text = case["note"].rpartition("\n\n")[0] + "\n"
    assert Note(text, (signer.sign(text),)).encode().decode() == case["note"]
    assert [signer.verifier().vkey] == [*case["vkeys"]]


@pytest.mark.parametrize("case", VECTORS["refused_notes"], ids=lambda case: case["why"])
def test_a_malformed_note_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(BadNote):
        NoteVerifier.parse(case["vkey"]).verify(checkpoint.parse_note(case["note"].encode()))


@pytest.mark.parametrize("case", VECTORS["checkpoints"], ids=lambda case: str(case["size"]))
def test_golden_checkpoints(case: dict[str, Any]) -> None:
    found = checkpoint.open_checkpoint(case["note"].encode(), NoteVerifier.parse(case["vkey"]), case["origin"])
    assert found == Checkpoint(case["origin"], case["size"], bytes.fromhex(case["root"]), tuple(case["extensions"]))
    assert found.sign([LOG]).encode().decode() == case["note"]


@pytest.mark.parametrize("case", VECTORS["refused_checkpoints"], ids=lambda case: case["why"])
def test_what_is_signed_and_no_checkpoint_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(BadNote):
        checkpoint.open_checkpoint(case["note"].encode(), NoteVerifier.parse(case["vkey"]), case["origin"])


@pytest.mark.parametrize(
    "vkey", [*VECTORS["refused_vkeys"], "x" * 600, "é+1+\udc80", LOG.verifier().vkey.replace("library", "\udc80")]
)
def test_a_verifier_key_that_is_misspelled_is_refused(vkey: str) -> None:
    with pytest.raises(BadNote):
        NoteVerifier.parse(vkey)


@given(names, st.binary(min_size=32, max_size=32), st.sampled_from([checkpoint.ED25519, COSIGNATURE]))
def test_a_verifier_key_comes_back(name: str, seed: bytes, kind: int) -> None:
    verifier = NoteSigner(name, seed).verifier(kind)
    assert NoteVerifier.parse(verifier.vkey) == verifier


@given(st.integers(0, 2**63 - 1), names, st.binary(min_size=32, max_size=32))
def test_a_cosignature_carries_its_time(seen_s: int, name: str, seed: bytes) -> None:
    witness = NoteSigner(name, seed)
    note = checkpoint.parse_note(NOTE.signed_by(checkpoint.cosign(witness, NOTE.text, seen_s)).encode())
    assert witness.verifier(COSIGNATURE).verify(note) == seen_s
    assert checkpoint.open_checkpoint(note.encode(), LOG.verifier(), ORIGIN).size == 300


@given(names, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(names, max_size=3))
def test_a_checkpoint_comes_back(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    made = Checkpoint(origin, size, root, tuple(extensions))
    assert checkpoint.parse_checkpoint(made.text()) == made


def test_every_changed_bit_of_a_note_is_found() -> None:
    """All witnesses being asked for: a line of somebody unknown proves nothing and may say anything."""
    good = cosigned(NOTE, 3).encode()
    everybody = policy(threshold=3)
    assert everybody.verify(checkpoint.parse_note(good)).seen_s == {"a": SEEN_S, "b": SEEN_S + 1, "c": SEEN_S + 2}
    for position in range(len(good)):
        for bit in (0, position % 7 + 1):
            changed = bytearray(good)
            changed[position] ^= 1 << bit
            with pytest.raises(BadNote):
                everybody.verify(checkpoint.parse_note(bytes(changed)))


@given(st.binary(max_size=300) | st.text("— +=\n\tabAB09/é", max_size=80).map(str.encode))
def test_foreign_bytes_are_a_note_or_the_named_error(data: bytes) -> None:
    for candidate in (data, NOTE.text.encode() + b"\n" + data):
        try:
            note = checkpoint.parse_note(candidate)
        except BadNote:
            continue
        assert note.encode() == candidate


def test_unknown_lines_are_kept_and_prove_nothing() -> None:
    stranger = NoteSignature("stranger.example", b"\x01\x02\x03\x04", b"whatever")
    namesake = NoteSignature(ORIGIN, b"\x01\x02\x03\x04", bytes(64))
    note = checkpoint.parse_note(NOTE.signed_by(stranger, namesake, stranger).encode())
    assert note.signatures[1:] == (stranger, namesake)
    assert checkpoint.verify_checkpoint(note, LOG.verifier(), ORIGIN).size == 300
    with pytest.raises(BadNote, match="no signature by witness"):
        WITNESSES[0].verifier(COSIGNATURE).verify(note)


def test_a_log_signature_is_no_cosignature_and_a_cosignature_no_log_signature() -> None:
    witness = LOG.verifier(COSIGNATURE)
    with pytest.raises(BadNote, match="kind Ed25519"):
        checkpoint.verify_checkpoint(NOTE, witness, ORIGIN)
    disguised = NoteSignature(ORIGIN, witness.key_id, NOTE.signatures[0].signature)
    with pytest.raises(BadNote, match="cosignature by"):
        witness.verify(Note(NOTE.text, (disguised,)))


def test_the_latest_time_of_a_witness_counts_and_each_of_its_lines_must_fit() -> None:
    witness = WITNESSES[0]
    times = [checkpoint.cosign(witness, NOTE.text, seen_s) for seen_s in (5, 9, 7)]
    verifier = witness.verifier(COSIGNATURE)
    assert verifier.verify(NOTE.signed_by(*times)) == 9
    wrong = checkpoint.cosign(witness, "other text\n", 8)
    with pytest.raises(BadNote, match="does not fit"):
        verifier.verify(NOTE.signed_by(*times, wrong))
    late = NoteSignature(witness.name, verifier.key_id, b"\xff" * 8 + bytes(64))
    with pytest.raises(BadNote, match="out of range"):
        verifier.verify(NOTE.signed_by(late))


def test_a_note_has_a_size_and_sixteen_large_signatures_fit() -> None:
    large = [NoteSignature(f"witness.example/{number}", bytes(4), bytes(5000)) for number in range(16)]
    note = NOTE.signed_by(*large)
    assert checkpoint.parse_note(note.encode()) == note
    with pytest.raises(BadNote, match="limit"):
        checkpoint.parse_note(bytes(checkpoint.MAX_NOTE_BYTES + 1))


@pytest.mark.parametrize("text", ["no newline", "", "a\tb\n", "a\x00\n"])
def test_nothing_is_signed_that_cannot_stand_in_a_note(text: str) -> None:
    with pytest.raises(ValueError, match="newline"):
        LOG.sign(text)
    with pytest.raises(ValueError, match="newline"):
        checkpoint.cosign(LOG, text, 1)


@pytest.mark.parametrize(
    "made",
    [
        Checkpoint("", 1, bytes(32)),
        Checkpoint("two\nlines", 1, bytes(32)),
        Checkpoint("x" * 256, 1, bytes(32)),
        Checkpoint("a", -1, bytes(32)),
        Checkpoint("a", 2**63, bytes(32)),
        Checkpoint("a", 1, bytes(31)),
        Checkpoint("a", 1, bytes(32), ("",)),
        Checkpoint("a", 1, bytes(32), ("one\ntwo",)),
    ],
)
def test_no_checkpoint_is_signed_that_would_not_open(made: Checkpoint) -> None:
    with pytest.raises(ValueError, match="Checkpoint"):
        made.sign([LOG])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\u2028b", "a\nb", "x" * 256])
def test_a_key_has_a_name_that_a_line_can_hold(name: str) -> None:
    with pytest.raises(BadNote):
        NoteSigner(name, bytes(32))


def test_a_signer_does_not_show_its_secret() -> None:
    assert "seed" not in repr(LOG)
    assert Checkpoint(ORIGIN, 0, EMPTY_ROOT).sign([LOG]).signatures[0].name == ORIGIN
    with pytest.raises(ValueError, match="time"):
        checkpoint.cosign(LOG, "a\n", -1)
