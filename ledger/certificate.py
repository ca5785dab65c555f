"""A certificate: one text file that shows, offline and to anybody, what a log says of a work.

    carrel-certificate@v1
    work <entry id of the work's registration, hex>
    log <vkey>
    witness <vkey>                      one line each, ascending; none without witnesses
    entry <index> <base64 of the leaf>  the registration first, then each entry that changed the work, every one with
    <base64 of a hash>                  its inclusion proof
                                        an empty line, then
    <the signed checkpoint>             signed by exactly these keys, in their order

There is one way to write it, and each byte of it is under a signature or a hash: whatever is changed is found. It names its keys itself, so whoever checks it
decides whether they are the right ones (`Policy`). It proves that these keys signed these entries and that the log holds them; not who is the author, not
that nothing came after the checkpoint, and not that each signer was entitled: that takes an audit of the whole log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from carrel.ledger.bodies import (
    AnyBody,
    WorkDecision,
    WorkDerive,
    WorkDispute,
    WorkLicense,
    WorkRegister,
    WorkTransfer,
    WorkWithdraw,
)
from carrel.ledger.checkpoint import (
    ED25519,
    Checkpoint,
    Note,
    NoteVerifier,
    decode_base64,
    encode_base64,
    parse_decimal,
    parse_note,
)
from carrel.ledger.entry import Entry, open_leaf
from carrel.ledger.errors import BadCertificate, Invalid
from carrel.ledger.merkle import leaf_hash, verify_inclusion
from carrel.ledger.policy import Policy
from carrel.ledger.proof import MAX_PATH_HASHES, TlogProof, parse_hash

HEADER: Final = "carrel-certificate@v1"
MAX_ENTRIES: Final = 1_000
MAX_CERTIFICATE_BYTES: Final = 8 * 1024 * 1024
MEDIA_TYPE: Final = "text/plain; charset=utf-8"
REGISTRATIONS: Final = (WorkRegister, WorkDerive)
CHANGES: Final = (WorkLicense, WorkTransfer, WorkDispute, WorkDecision, WorkWithdraw)

PROVES: Final = (
    "The holder of each key named here signed these entries, byte for byte.",
    "The log holds them at these places, and took them in at the times it states.",
    "The entries named here are the unbroken history of the work from its registration to the last of them.",
    "Nothing in this file was changed since.",
)
PROVES_NOT: Final = (
    "That whoever signed is the author, or owns any right.",
    "Who the people behind the keys are.",
    "That nothing was added to the history after the last entry named here.",
    "That the log shows everybody the same: for that there are its witnesses.",
)


@dataclass(frozen=True, slots=True)
class Logged:
    index: int
    leaf: bytes
    hashes: tuple[bytes, ...]
    """Inclusion proof: (32,) each."""


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the history, as it was read and verified."""

    index: int
    logged_ms: int
    entry: Entry


class Proven(NamedTuple):
    """`seen_s`: witness of the policy → seconds since 1970 at which it saw the checkpoint."""

    checkpoint: Checkpoint
    history: tuple[Step, ...]
    seen_s: dict[str, int]


@dataclass(frozen=True, slots=True)
class Certificate:
    work: str
    log: NoteVerifier
    witnesses: tuple[NoteVerifier, ...]
    entries: tuple[Logged, ...]
    note: Note

    def encode(self) -> bytes:
        lines = [HEADER, f"work {self.work}", f"log {self.log.vkey}"]
        lines += [f"witness {each.vkey}" for each in self.witnesses]
        for each in self.entries:
            lines.append(f"entry {each.index} {encode_base64(each.leaf)}")
            lines += map(encode_base64, each.hashes)
        return ("\n".join(lines) + "\n\n").encode() + self.note.encode()

    def proof(self, position: int) -> TlogProof:
        """That of one entry alone, for other people's tools; it carries the leaf."""
        each = self.entries[position]
        return TlogProof(each.index, each.hashes, self.note, each.leaf)

    def verify(self, policy: Policy) -> Proven:
        """Raises BadCertificate, with what is wrong; so also if the log is none of the policy's or too few of its witnesses saw the checkpoint."""
        try:
            self._check_signatures()
            witnessed = policy.verify(self.note)
            return Proven(witnessed.checkpoint, tuple(self._history(witnessed.checkpoint)), witnessed.seen_s)
        except BadCertificate:
            raise
        except Invalid as error:
            raise BadCertificate(f"Certificate: {error}") from error

    def _check_signatures(self) -> None:
        keys = (self.log, *self.witnesses)
        if len(self.note.signatures) != len(keys):
            raise BadCertificate(
                "Certificate: the checkpoint has one signature of each key that is named, and no other."
            )
        for key, line in zip(keys, self.note.signatures, strict=True):
            if not key.made(line):
                raise BadCertificate(f"Certificate: in the place of the signature by {key.name} there is another.")
            key.verify(self.note)

    def _history(self, checkpoint: Checkpoint) -> Iterable[Step]:
        if checkpoint.origin != self.log.name:
            raise BadCertificate(f"Certificate: the checkpoint is of {checkpoint.origin}, the key of {self.log.name}.")
        head = ""
        for each in self.entries:
            verify_inclusion(leaf_hash(each.leaf), each.index, checkpoint.size, each.hashes, checkpoint.root)
            logged_ms, entry = open_leaf(each.leaf)
            digest = entry.hash.hex()
            if entry.body.log != checkpoint.origin:
                raise BadCertificate(f"Certificate: entry {each.index} was signed for the log {entry.body.log}.")
            if not head and (digest != self.work or not isinstance(entry.body, REGISTRATIONS)):
                raise BadCertificate(f"Certificate: entry {each.index} does not register the work {self.work}.")
            if head and previous(entry.body) != (self.work, head):
                raise BadCertificate(f"Certificate: entry {each.index} does not follow entry {head} of this work.")
            head = digest
            yield Step(each.index, logged_ms, entry)


def previous(body: AnyBody) -> tuple[str, str] | None:
    """(work, the entry that it follows), if it changes a work."""
    return (body.work, body.prev) if isinstance(body, CHANGES) else None


def make_certificate(
    work: str, log: NoteVerifier, witnesses: Iterable[NoteVerifier], entries: Sequence[Logged], note: Note
) -> Certificate:
    """Takes from the note the signatures of the log and of those of the witnesses that signed. BadCertificate unless it then verifies."""
    signed = [each for each in witnesses if any(map(each.made, note.signatures))]
    keys = (log, *sorted(signed, key=lambda each: each.vkey))
    lines = [next((line for line in note.signatures if key.made(line)), None) for key in keys]
    found = Note(note.text, tuple(line for line in lines if line))
    made = Certificate(work, log, keys[1:], tuple(entries), found)
    made._check_signatures()
    if parse_certificate(made.encode()) != made:
        raise BadCertificate("Certificate: its parts do not make one.")
    return made


def parse_certificate(data: bytes) -> Certificate:
    """BadCertificate unless `data` is one certificate in the one form that it has. Nothing is verified yet."""
    if len(data) > MAX_CERTIFICATE_BYTES:
        raise BadCertificate(f"Certificate: it has {len(data)} bytes; {MAX_CERTIFICATE_BYTES} are the limit.")
    head, blank, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise BadCertificate("Certificate: its head is not ASCII.") from None
    if not blank or lines[0] != HEADER or len(lines) < 4:
        raise BadCertificate(
            f"Certificate: '{HEADER}' is its first line, and an empty line comes before the checkpoint."
        )
    try:
        found = _parse(lines, note)
    except BadCertificate:
        raise
    except Invalid as error:
        raise BadCertificate(f"Certificate: {error}") from error
    if found.encode() != data:
        raise BadCertificate("Certificate: it is not written in the one way that there is.")
    return found


def _parse(lines: list[str], note: bytes) -> Certificate:
    work, log = _word(lines[1], "work"), NoteVerifier.parse(_word(lines[2], "log"))
    if log.kind != ED25519:
        raise BadCertificate("Certificate: a log's key is of kind Ed25519.")
    at = 3
    witnesses = []
    while at < len(lines) and lines[at].startswith("witness "):
        witnesses.append(NoteVerifier.parse(_word(lines[at], "witness")))
        at += 1
    names = [each.vkey for each in witnesses]
    if sorted(set(names)) != names or any(each.kind == ED25519 for each in witnesses):
        raise BadCertificate("Certificate: witnesses are named once each, ascending, by their cosignature keys.")
    entries: list[Logged] = []
    hashes: list[bytes] = []
    for line in lines[at:]:
        if line.startswith("entry "):
            hashes = []
            index, _, leaf = line.removeprefix("entry ").partition(" ")
            where = f"entry {index[:20]}"
            entries.append(Logged(parse_decimal(index, where), decode_base64(leaf, where), ()))
        elif entries and len(hashes) < MAX_PATH_HASHES:
            hashes.append(parse_hash(line))
            entries[-1] = Logged(entries[-1].index, entries[-1].leaf, tuple(hashes))
        else:
            raise BadCertificate(f"Certificate: the line {line[:40]!r} has no place here.")
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise BadCertificate(f"Certificate: it holds 1 to {MAX_ENTRIES} entries.")
    return Certificate(work, log, tuple(witnesses), tuple(entries), parse_note(note))


def _word(line: str, name: str) -> str:
    if not line.startswith(f"{name} "):
        raise BadCertificate(f"Certificate: a line '{name} …' is expected.")
    return line[len(name) + 1 :]
