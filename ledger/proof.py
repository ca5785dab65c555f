"""A proof that a leaf stands in a log, as one text file that can be checked offline: C2SP tlog-proof, `.tlog-proof`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from carrel.ledger.checkpoint import (
    MAX_NOTE_BYTES,
    Checkpoint,
    Note,
    decode_base64,
    encode_base64,
    parse_checkpoint,
    parse_decimal,
    parse_note,
)
from carrel.ledger.errors import BadProof
from carrel.ledger.merkle import HASH_BYTES, verify_inclusion
from carrel.ledger.policy import Policy, Witnessed

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_PATH_HASHES: Final = 63
MAX_EXTRA_BYTES: Final = 128 * 1024
MAX_PROOF_BYTES: Final = MAX_NOTE_BYTES + 2 * MAX_EXTRA_BYTES + 100 * MAX_PATH_HASHES
MEDIA_TYPE: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class TlogProof:
    index: int
    """Of the leaf, from 0."""
    hashes: tuple[bytes, ...]
    """The inclusion proof: (32,) each, from the leaf's sibling up."""
    checkpoint_note: Note
    extra: bytes = b""
    """For the reader's convenience, e.g. the leaf's data. Nothing vouches for it but the leaf's hash."""

    def encode(self) -> bytes:
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines += [f"index {self.index}", *map(encode_base64, self.hashes), "", ""]
        return "\n".join(lines).encode() + self.checkpoint_note.encode()

    def verify(self, leaf: bytes, policy: Policy) -> Witnessed:
        """That the leaf of this hash (32,) is in a tree that one of the policy's logs signed and enough of its witnesses saw. BadNote or BadProof."""
        witnessed = policy.verify(self.checkpoint_note)
        checkpoint = witnessed.checkpoint
        verify_inclusion(leaf, self.index, checkpoint.size, self.hashes, checkpoint.root)
        return witnessed

    def checkpoint(self) -> Checkpoint:
        """What the note states; not verified. BadNote."""
        return parse_checkpoint(self.checkpoint_note.text)


def parse_proof(data: bytes) -> TlogProof:
    """BadProof (BadNote for the checkpoint within) unless `data` is one well-formed proof. Nothing is verified yet."""
    if len(data) > MAX_PROOF_BYTES:
        raise BadProof(f"Proof: it has {len(data)} bytes; {MAX_PROOF_BYTES} are the limit.")
    head, blank, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise BadProof("Proof: its head is not ASCII.") from None
    if not blank or lines.pop(0) != HEADER:
        raise BadProof(f"Proof: '{HEADER}' is its first line, and an empty line comes before the checkpoint.")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "), "Proof: extra", BadProof)
        if not 0 < len(extra) <= MAX_EXTRA_BYTES:
            raise BadProof(f"Proof: extra data has 1 to {MAX_EXTRA_BYTES} bytes, or no line at all.")
    if not lines or not lines[0].startswith("index "):
        raise BadProof("Proof: a line 'index …' is expected.")
    index = parse_decimal(lines.pop(0).removeprefix("index "), "Proof: index", BadProof)
    if len(lines) > MAX_PATH_HASHES:
        raise BadProof(f"Proof: it has {len(lines)} hashes; {MAX_PATH_HASHES} are the limit.")
    return TlogProof(index, tuple(map(parse_hash, lines)), parse_note(note), extra)


def parse_hash(line: str) -> bytes:
    """(32,) of a line of base64. BadProof."""
    found = decode_base64(line, "Proof: hash", BadProof)
    if len(found) != HASH_BYTES:
        raise BadProof(f"Proof: a hash has {HASH_BYTES} bytes.")
    return found
