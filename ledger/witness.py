"""What a witness does, as values: C2SP tlog-witness, `add-checkpoint`.

A server parses a request, looks up what it remembers of that log, asks `consider`, and on 200 replaces what it remembers before it sends the cosignature:
durably, and only if it is still what was considered. So no crash and no race makes it cosign two histories.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from carrel.ledger.checkpoint import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Checkpoint,
    Note,
    NoteSignature,
    NoteSigner,
    NoteVerifier,
    cosign,
    encode_base64,
    parse_checkpoint,
    parse_decimal,
    parse_note,
    parse_signatures,
    verify_checkpoint,
)
from carrel.ledger.errors import BadNote, BadProof
from carrel.ledger.merkle import EMPTY_ROOT, verify_consistency
from carrel.ledger.proof import parse_hash

PATH: Final = "add-checkpoint"
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"
MAX_PROOF_LINES: Final = 63
MAX_REQUEST_BYTES: Final = MAX_NOTE_BYTES + 100 * (MAX_PROOF_LINES + 1)
MAX_ANSWER_BYTES: Final = MAX_NOTE_BYTES


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The request: a checkpoint, and the proof that it continues the one of `old_size` leaves."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint
    """What the note says; not verified."""

    @classmethod
    def of(cls, old_size: int, proof: Iterable[bytes], note: Note) -> AddCheckpoint:
        """BadNote unless the note's text is a checkpoint."""
        return cls(old_size, tuple(proof), note, parse_checkpoint(note.text))

    def encode(self) -> bytes:
        lines = [f"old {self.old_size}", *map(encode_base64, self.proof), "", ""]
        return "\n".join(lines).encode() + self.note.encode()


def parse_request(data: bytes) -> AddCheckpoint:
    """BadNote or BadProof, which a server answers with 400."""
    if len(data) > MAX_REQUEST_BYTES:
        raise BadNote(f"Witness request: it has {len(data)} bytes; {MAX_REQUEST_BYTES} are the limit.")
    head, blank, note = data.partition(b"\n\n")
    try:
        first, *hashes = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise BadNote("Witness request: its head is not ASCII.") from None
    if not blank or not first.startswith("old "):
        raise BadNote("Witness request: 'old SIZE', hashes, an empty line and a checkpoint are expected.")
    if len(hashes) > MAX_PROOF_LINES:
        raise BadProof(f"Witness request: it has {len(hashes)} hashes; {MAX_PROOF_LINES} are the limit.")
    old_size = parse_decimal(first.removeprefix("old "), "Witness request: old size")
    return AddCheckpoint.of(old_size, map(parse_hash, hashes), parse_note(note))


@dataclass(frozen=True, slots=True)
class Remembered:
    """The latest checkpoint of a log that the witness cosigned."""

    origin: str
    size: int
    root: bytes
    """(32,)."""
    note: bytes
    """As the log signed it, without anybody else's lines."""


@dataclass(frozen=True, slots=True)
class Decision:
    status: int
    """200 is an offer: it holds once `remember` is durable. All else is final."""
    body: str = ""
    content_type: str = TEXT_TYPE
    remember: Remembered | None = None
    """What to put in place of what was remembered; with 200 alone."""
    forked: bool = False
    """The log signed two trees of one size: the request and what is remembered prove it. Keep both. The body shows the remembered one, unless it is a size."""


def consider(
    remembered: Remembered | None, request: AddCheckpoint, logs: Mapping[str, Collection[NoteVerifier]]
) -> Decision:
    """What to answer, given the latest checkpoint cosigned for this origin (None: none yet) and the trusted keys by origin."""
    checkpoint = request.checkpoint
    keys = logs.get(checkpoint.origin)
    if not keys:
        return Decision(404, "This witness does not know the log.\n")
    signed = [key for key in keys if any(map(key.made, request.note.signatures))]
    try:
        if not signed:
            raise BadNote("Note: no trusted key of the log has signed it.")
        for key in signed:
            key.verify(request.note)
    except BadNote as error:
        return Decision(403, f"{error}\n")
    if request.old_size > checkpoint.size:
        return Decision(400, "The old size is larger than the checkpoint's.\n")
    latest_size = remembered.size if remembered else 0
    forked = remembered is not None and remembered.size == checkpoint.size and remembered.root != checkpoint.root
    if request.old_size != latest_size:
        return Decision(409, f"{latest_size}\n", SIZE_TYPE, forked=forked)
    if remembered and forked:
        return Decision(409, remembered.note.decode(), forked=True)
    try:
        _check_continuation(remembered, request)
    except BadProof as error:
        return Decision(422, f"{error}\n")
    own = Note(
        request.note.text, tuple(each for each in request.note.signatures if any(key.made(each) for key in signed))
    )
    return Decision(200, remember=Remembered(checkpoint.origin, checkpoint.size, checkpoint.root, own.encode()))


def answer(request: AddCheckpoint, signers: Iterable[NoteSigner], now_s: int) -> str:
    """The body of a 200, to be made only after the decision is durable."""
    return "".join(cosign(signer, request.note.text, now_s).line() for signer in signers)


def parse_answer(body: bytes, text: str, witness: NoteVerifier) -> tuple[NoteSignature, ...]:
    """The witness's lines for a checkpoint's text, verified; lines of unknown keys are left out. BadNote if none remains or one is wrong."""
    if len(body) > MAX_ANSWER_BYTES:
        raise BadNote(f"Witness answer: it has {len(body)} bytes; {MAX_ANSWER_BYTES} are the limit.")
    try:
        lines = parse_signatures(body.decode())
    except UnicodeDecodeError:
        raise BadNote("Witness answer: it is not UTF-8.") from None
    own = tuple(each for each in lines[:MAX_SIGNATURES] if witness.made(each))
    witness.verify(Note(text, own))
    return own


def parse_size(body: bytes) -> int:
    """Of a 409 of type `SIZE_TYPE`: leaves of the latest checkpoint that the witness cosigned. BadNote."""
    if len(body) > 20 or not body.endswith(b"\n"):
        raise BadNote("Witness answer: a size and a newline are expected.")
    return parse_decimal(body[:-1].decode("ascii", "replace"), "Witness answer: size")


def parse_other(body: bytes, checkpoint: Checkpoint, log: NoteVerifier) -> Note:
    """Of a 409 for a fork, the note in it: signed by the log for this size, with another root. BadNote if it is no such thing, and proves nothing."""
    note = parse_note(body)
    other = verify_checkpoint(note, log, checkpoint.origin)
    if other.size != checkpoint.size or other.root == checkpoint.root:
        raise BadNote("Witness answer: the checkpoint in it does not contradict ours.")
    return note


def _check_continuation(remembered: Remembered | None, request: AddCheckpoint) -> None:
    new = request.checkpoint
    if new.size == 0 and new.root != EMPTY_ROOT:
        raise BadProof("Checkpoint: an empty tree has another root.")
    if remembered and remembered.size:
        verify_consistency(remembered.size, new.size, remembered.root, new.root, request.proof)
    elif request.proof:
        raise BadProof("Consistency proof: from an empty tree there is none.")
