"""A person's secret key in a file of JSON, readable by its owner alone and sealed with a passphrase unless they chose otherwise:

{"carrel_key": 1, "public": "<hex>", "sealed": {"salt", "ops", "memory_bytes", "box"}}      argon2id, then XSalsa20-Poly1305 (libsodium's secretbox)
{"carrel_key": 1, "public": "<hex>", "seed": "<hex>"}                                       --plain
"""

from __future__ import annotations

import os
import secrets
import unicodedata
from pathlib import Path
from typing import Annotated, Final

import msgspec
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from carrel.ledger import ed25519
from carrel.ledger.bodies import Key
from carrel.server.errors import BadRequest, StorageError

MAX_KEY_FILE_BYTES: Final = 4096
MOST_MEMORY_BYTES: Final = 1024 * 1024 * 1024
MOST_OPS: Final = 16
SHORTEST_PASSPHRASE: Final = 10

_Hex = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{2})*\Z", max_length=400)]


class Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`ops` and `memory_bytes`: what argon2id costs. `box`: nonce and sealed seed."""

    salt: _Hex
    ops: Annotated[int, msgspec.Meta(ge=1, le=MOST_OPS)]
    memory_bytes: Annotated[int, msgspec.Meta(ge=8192, le=MOST_MEMORY_BYTES)]
    box: _Hex


class KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    carrel_key: Annotated[int, msgspec.Meta(ge=1, le=1)]
    public: Key
    seed: Key | None = None
    sealed: Sealed | None = None

    def open(self, passphrase: str | None) -> bytes:
        """The seed (32,). Raises BadRequest for a wrong passphrase or a damaged file."""
        if self.seed is not None:
            seed = bytes.fromhex(self.seed)
        elif self.sealed is not None and passphrase is not None:
            seed = _unseal(self.sealed, passphrase)
        else:
            raise BadRequest("This key is sealed: its passphrase is needed.")
        if ed25519.public_key(seed).hex() != self.public:
            raise BadRequest("The key file is damaged: its two halves do not belong together.")
        return seed


def new_key(
    passphrase: str | None, *, ops: int = argon2id.OPSLIMIT_MODERATE, memory_bytes: int = argon2id.MEMLIMIT_MODERATE
) -> KeyFile:
    """A fresh key; None for the passphrase leaves it unsealed. Raises BadRequest for a short passphrase."""
    return key_of(secrets.token_bytes(ed25519.SEED_BYTES), passphrase, ops=ops, memory_bytes=memory_bytes)


def key_of(
    seed: bytes,
    passphrase: str | None,
    *,
    ops: int = argon2id.OPSLIMIT_MODERATE,
    memory_bytes: int = argon2id.MEMLIMIT_MODERATE,
) -> KeyFile:
    """As `new_key`, of a seed (32,) that one has."""
    public = ed25519.public_key(seed).hex()
    if passphrase is None:
        return KeyFile(carrel_key=1, public=public, seed=seed.hex())
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadRequest(
            f"A passphrase has {SHORTEST_PASSPHRASE} characters or more: whoever has the file can try very many."
        )
    salt = secrets.token_bytes(argon2id.SALTBYTES)
    box = SecretBox(_derive(passphrase, salt, ops, memory_bytes)).encrypt(seed)
    return KeyFile(carrel_key=1, public=public, sealed=Sealed(salt.hex(), ops, memory_bytes, box.hex()))


def write_key(path: Path, key: KeyFile) -> None:
    """Never over a file that is there. Raises StorageError, BadRequest."""
    data = encode_key(key)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise BadRequest(f"{path} is there already. A lost key cannot be made again: take another name.") from None
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def encode_key(key: KeyFile) -> bytes:
    return msgspec.json.format(msgspec.json.encode(key), indent=1) + b"\n"


def read_key(path: Path) -> KeyFile:
    """Raises StorageError, BadRequest."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_KEY_FILE_BYTES + 1)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        found = msgspec.json.decode(data[:MAX_KEY_FILE_BYTES], type=KeyFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"{path} is not a key file: {error}.") from None
    if (found.seed is None) == (found.sealed is None):
        raise BadRequest(f"{path} is not a key file: it holds a `seed` or a `sealed` one.")
    return found


def _unseal(sealed: Sealed, passphrase: str) -> bytes:
    try:
        key = _derive(passphrase, bytes.fromhex(sealed.salt), sealed.ops, sealed.memory_bytes)
        seed = SecretBox(key).decrypt(bytes.fromhex(sealed.box))
    except (CryptoError, ValueError) as error:
        raise BadRequest("The passphrase is wrong, or the key file is damaged.") from error
    if len(seed) != ed25519.SEED_BYTES:
        raise BadRequest("The key file is damaged: what it seals is no key.")
    return seed


def _derive(passphrase: str, salt: bytes, ops: int, memory_bytes: int) -> bytes:
    # the same letters give the same bytes, however a keyboard composes them
    password = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return argon2id.kdf(SecretBox.KEY_SIZE, password, salt, opslimit=ops, memlimit=memory_bytes)
