"""An entry as a file of JSON, finished or waiting for signatures:

    {"body": {…}, "signatures": [{"key": "<hex, 64 digits>", "signature": "<hex, 128 digits>"}, …]}

`body` is the entry's body (ledger/bodies.py). How it is spaced and ordered does not matter: what is signed are its canonical bytes.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from carrel.ledger import canonical
from carrel.ledger.bodies import Key
from carrel.ledger.credential import utc
from carrel.ledger.entry import Entry, Signature, decode_leaf, encode_leaf, open_leaf, parse
from carrel.ledger.errors import BadEntry, Refused
from carrel.server.errors import BadRequest

MAX_ENTRY_FILE_BYTES: Final = 1024 * 1024


class SignatureLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: Key
    signature: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{128}\Z", max_length=128)]


class EntryFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    body: dict[str, Any]
    signatures: Annotated[list[SignatureLine], msgspec.Meta(max_length=64)] = []

    def parts(self) -> tuple[bytes, list[Signature]]:
        """(canonical body, signatures). Raises BadRequest for values that no entry has."""
        try:
            raw = canonical.plain_form(self.body)
        except Refused as error:
            raise BadRequest(f"The entry's body: {error}") from error
        return raw, [Signature(bytes.fromhex(one.key), bytes.fromhex(one.signature)) for one in self.signatures]


def read_entry_file(data: bytes) -> EntryFile:
    """Raises BadRequest."""
    if len(data) > MAX_ENTRY_FILE_BYTES:
        raise BadRequest(f"A file with an entry has {MAX_ENTRY_FILE_BYTES} bytes at most.")
    try:
        return msgspec.json.decode(data, type=EntryFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f'This is no file with an entry, {{"body": …, "signatures": […]}}: {error}.') from None


def write_entry_file(raw: bytes, signatures: list[Signature]) -> bytes:
    """`raw` are the canonical bytes of the body."""
    lines = [SignatureLine(one.key.hex(), one.signature.hex()) for one in sorted(signatures)]
    data = msgspec.json.encode(EntryFile(msgspec.json.decode(raw), lines))
    return msgspec.json.format(data, indent=1) + b"\n"


def entry_file(leaf: bytes) -> bytes:
    """The entry of a leaf. Raises BadEntry."""
    _, raw, signatures = decode_leaf(leaf)
    return write_entry_file(raw, list(signatures))


def leaf_of(given: EntryFile, carried: bytes) -> bytes:
    """The leaf of the given entry, logged when the carried leaf was. Raises BadEntry if the two are different entries."""
    raw, signatures = given.parts()
    try:
        entry: Entry = parse(raw, signatures)
    except Refused as error:
        raise BadEntry(f"The entry is not in order: {error}") from error
    leaf = encode_leaf(entry, decode_leaf(carried).logged_ms)
    if leaf != carried:
        raise BadEntry("The proof is about another entry.")
    return leaf


def describe(leaf: bytes) -> dict[str, Any]:
    """What a person wants to see of an entry. Raises BadEntry."""
    logged_ms, entry = open_leaf(leaf)
    return {
        "entry": entry.hash.hex(),
        "type": str(entry.body.__struct_config__.tag),
        "logged": utc(logged_ms),
        "signed_by": [one.key.hex() for one in entry.signatures],
        "body": msgspec.json.decode(entry.raw),
    }
