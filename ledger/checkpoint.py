"""Signed notes, checkpoints and cosignatures, to the byte as C2SP signed-note, tlog-checkpoint and tlog-cosignature have them.

A note is text with signature lines. A checkpoint is a note whose text states a log's name, size and root. A cosignature is a witness's line under it, which
signs the text together with a time. Lines by keys that one does not know are kept and prove nothing.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from carrel.ledger import ed25519
from carrel.ledger.errors import BadKey, BadNote, BadSignature, Invalid
from carrel.ledger.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE

ED25519: Final = 0x01
"""A plain signature over the note's text."""
COSIGNATURE: Final = 0x04
"""cosignature/v1: a time in seconds, and a signature over that time and the text."""
KINDS: Final = {ED25519: "Ed25519", COSIGNATURE: "cosignature/v1"}

MAX_NOTE_BYTES: Final = 128 * 1024
"""Room for sixteen post-quantum signatures of nearly 5 kB beside our own."""
MAX_SIGNATURES: Final = 64
MAX_NAME_BYTES: Final = 255
"""Of a key's name, and of a log's origin."""
MAX_TIMESTAMP_S: Final = 2**63 - 1
KEY_ID_BYTES: Final = 4
_DASH: Final = "\u2014 "


@dataclass(frozen=True, slots=True)
class NoteSignature:
    name: str
    key_id: bytes
    """(4,)."""
    signature: bytes
    """What the key made: for a cosignature, the time in eight bytes before it."""

    def line(self) -> str:
        """With its newline."""
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    """With its last newline."""
    signatures: tuple[NoteSignature, ...] = ()

    def encode(self) -> bytes:
        return (self.text + "\n" + "".join(each.line() for each in self.signatures)).encode()

    def signed_by(self, *signatures: NoteSignature) -> Note:
        """The note with these lines after its own; a line that it has already is not repeated."""
        return replace(self, signatures=tuple(dict.fromkeys(self.signatures + signatures)))


def parse_note(data: bytes) -> Note:
    """BadNote unless `data` is one well-formed note with at least one signature line. Nothing is verified yet."""
    if len(data) > MAX_NOTE_BYTES:
        raise BadNote(f"Note: it has {len(data)} bytes; {MAX_NOTE_BYTES} are the limit.")
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise BadNote("Note: it is not UTF-8.") from None
    if any(character < " " and character != "\n" for character in whole):
        raise BadNote("Note: it holds a control character.")
    before, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise BadNote("Note: a text, an empty line and signature lines are expected.")
    return Note(before + "\n", parse_signatures(lines))


def parse_signatures(lines: str) -> tuple[NoteSignature, ...]:
    """Signature lines, each with its newline; also what a witness answers. BadNote."""
    if not lines.endswith("\n"):
        raise BadNote("Note: the last signature line has no end.")
    found = lines[:-1].split("\n")
    if len(found) > MAX_SIGNATURES:
        raise BadNote(f"Note: it has {len(found)} signatures; {MAX_SIGNATURES} are the limit.")
    return tuple(_parse_signature(line, number) for number, line in enumerate(found, 1))


def _parse_signature(line: str, number: int) -> NoteSignature:
    where = f"Note: signature line {number}"
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise BadNote(f"{where}: it is not '— name base64'.")
    check_name(name, where)
    data = decode_base64(encoded, where)
    if len(data) <= KEY_ID_BYTES:
        raise BadNote(f"{where}: there is no signature in it.")
    return NoteSignature(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


@dataclass(frozen=True, slots=True)
class NoteVerifier:
    """A key that one has decided to trust. `verify` raises BadNote."""

    name: str
    key: bytes
    """(32,)."""
    kind: int = ED25519

    def __post_init__(self) -> None:
        check_name(self.name, "Verifier key")
        if self.kind not in KINDS:
            raise BadNote(f"Verifier key {self.name}: kind {self.kind} is none of {', '.join(KINDS.values())}.")
        try:
            ed25519.check_key(self.key)
        except BadKey as error:
            raise BadNote(f"Verifier key {self.name}: {error}") from None

    @property
    def key_id(self) -> bytes:
        """(4,)."""
        return sha256(self.name.encode() + b"\n" + bytes((self.kind,)) + self.key).digest()[:KEY_ID_BYTES]

    @property
    def vkey(self) -> str:
        """`<name>+<key id, hex>+<base64 of kind and key>`."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes((self.kind,)) + self.key)}"

    @classmethod
    def parse(cls, vkey: str) -> NoteVerifier:
        """BadNote unless `vkey` is spelled exactly as `vkey` would be."""
        parts = vkey.split("+", 2)
        if len(vkey) > 2 * MAX_NAME_BYTES or len(parts) != 3:
            raise BadNote(f"Verifier key {vkey[:100]!r}: '<name>+<key id>+<base64>' is expected.")
        data = decode_base64(parts[2], f"Verifier key {parts[0]}")
        if not data:
            raise BadNote(f"Verifier key {parts[0]}: it holds no key.")
        found = cls(parts[0], data[1:], data[0])
        if found.vkey != vkey:
            raise BadNote(f"Verifier key {parts[0]}: {parts[1]} is not the id of this key; it has been mistyped.")
        return found

    def made(self, signature: NoteSignature) -> bool:
        """Whether the line claims to be this key's."""
        return signature.name == self.name and signature.key_id == self.key_id

    def verify(self, note: Note) -> int:
        """Every line of this key, of which there must be one. For a cosignature its latest time in seconds, else 0."""
        lines = [each for each in note.signatures if self.made(each)]
        if not lines:
            raise BadNote(f"Note: there is no signature by {self.name} ({KINDS[self.kind]}, key {self.key_id.hex()}).")
        return max(self._verify_line(note.text, each.signature) for each in lines)

    def _verify_line(self, text: str, signature: bytes) -> int:
        message, timestamp_s = text.encode(), 0
        if self.kind == COSIGNATURE:
            timestamp_s, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            if timestamp_s > MAX_TIMESTAMP_S:
                raise BadNote(f"Note: the time in the cosignature by {self.name} is out of range.")
            message = _cosigned(text, timestamp_s)
        try:
            ed25519.verify(self.key, message, signature)
        except BadSignature:
            raise BadNote(
                f"Note: the signature by {self.name} does not fit the text: one of the two was changed."
            ) from None
        return timestamp_s


@dataclass(frozen=True, slots=True)
class NoteSigner:
    name: str
    seed: bytes = field(repr=False)
    """(32,): the secret."""

    def __post_init__(self) -> None:
        check_name(self.name, "Signer")

    def verifier(self, kind: int = ED25519) -> NoteVerifier:
        return NoteVerifier(self.name, ed25519.public_key(self.seed), kind)

    def sign(self, text: str) -> NoteSignature:
        """The line for a note's text. ValueError if the text cannot stand in a note."""
        _check_text(text)
        return NoteSignature(self.name, self.verifier().key_id, ed25519.sign(self.seed, text.encode()))


def cosign(signer: NoteSigner, text: str, timestamp_s: int) -> NoteSignature:
    """A witness's line for a checkpoint's text: it says that at that time this was the largest tree seen, and an extension of all before."""
    _check_text(text)
    if not 0 <= timestamp_s <= MAX_TIMESTAMP_S:
        raise ValueError("This time cannot be written.")
    signature = ed25519.sign(signer.seed, _cosigned(text, timestamp_s))
    return NoteSignature(signer.name, signer.verifier(COSIGNATURE).key_id, timestamp_s.to_bytes(8, "big") + signature)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    origin: str
    """The log's name."""
    size: int
    """Leaves."""
    root: bytes
    """(32,)."""
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note's text. ValueError if this is no checkpoint."""
        text = "\n".join((self.origin, str(self.size), encode_base64(self.root), *self.extensions)) + "\n"
        try:
            same = parse_checkpoint(text) == self
        except BadNote as error:
            raise ValueError(str(error)) from None
        if not same:
            raise ValueError("Checkpoint: a line of it holds a newline.")
        return text

    def sign(self, signers: Iterable[NoteSigner]) -> Note:
        text = self.text()
        return Note(text, tuple(signer.sign(text) for signer in signers))


def parse_checkpoint(text: str) -> Checkpoint:
    """BadNote unless a note's text is exactly a checkpoint's."""
    _check_text(text, BadNote)
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise BadNote("Checkpoint: it has three lines or more, none of them empty.")
    origin, size, root, *extensions = lines
    if len(origin.encode()) > MAX_NAME_BYTES:
        raise BadNote(f"Checkpoint: the origin is longer than {MAX_NAME_BYTES} bytes.")
    found = decode_base64(root, "Checkpoint: root")
    if len(found) != HASH_BYTES:
        raise BadNote(f"Checkpoint: the root has {len(found)} bytes and should have {HASH_BYTES}.")
    return Checkpoint(origin, parse_decimal(size, "Checkpoint: size"), found, tuple(extensions))


def open_checkpoint(data: bytes, log: NoteVerifier, origin: str) -> Checkpoint:
    """The checkpoint of the log `origin`, signed by its key. BadNote."""
    return verify_checkpoint(parse_note(data), log, origin)


def verify_checkpoint(note: Note, log: NoteVerifier, origin: str) -> Checkpoint:
    """As `open_checkpoint`, of a note that is parsed already."""
    if log.kind != ED25519:
        raise BadNote(f"Verifier key {log.name}: a log's key is of kind {KINDS[ED25519]}.")
    log.verify(note)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != origin:
        raise BadNote(f"Checkpoint: it is of the log {checkpoint.origin}, not of {origin}.")
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise BadNote("Checkpoint: an empty tree has another root.")
    return checkpoint


def check_name(name: str, where: str) -> None:
    """BadNote unless `name` may name a key."""
    try:
        size_bytes = len(name.encode())
    except UnicodeEncodeError:
        raise BadNote(f"{where}: a name is UTF-8.") from None
    if not 1 <= size_bytes <= MAX_NAME_BYTES:
        raise BadNote(f"{where}: a name has 1 to {MAX_NAME_BYTES} bytes.")
    if any(character.isspace() or character < " " or character == "+" for character in name):
        raise BadNote(f"{where}: a name has no space and no plus sign in it.")


def parse_decimal(text: str, where: str, error: type[Invalid] = BadNote) -> int:
    """0 … 2^63 − 1 without leading zeros."""
    if len(text) <= 19 and text.isascii() and text.isdigit() and (text == "0" or text[0] != "0"):
        number = int(text)
        if number <= MAX_SIZE:
            return number
    raise error(f"{where}: {text[:40]!r} is not a decimal number without leading zeros.")


def encode_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str, where: str, error: type[Invalid] = BadNote) -> bytes:
    """Standard base64 with its padding, in the one spelling that encoding gives."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = None
    if data is None or encode_base64(data) != text:
        raise error(f"{where}: {text[:60]!r} is not base64 as it should be spelled.")
    return data


def _cosigned(text: str, timestamp_s: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp_s}\n{text}".encode()


def _check_text(text: str, error: type[Exception] = ValueError) -> None:
    if not text.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise error("Note: its text ends with a newline and holds no other control character.")
