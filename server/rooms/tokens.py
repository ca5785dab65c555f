"""Tickets and resume tokens.

A ticket opens one socket once, within seconds, for the session that asked. A resume token takes a lost place back; it is rotated at each use.
A resume token carries the participant's id and a keyed hash over it, the room and the session, so that a restarted server, which remembers no
tokens, can still tell that this session was this participant. In memory tokens are kept as hashes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

_RANDOM_BYTES: Final = 16
_ID_BYTES: Final = 8
_MAC_BYTES: Final = 16


def new_participant_id() -> str:
    return secrets.token_hex(_ID_BYTES)


def new_ticket() -> str:
    return secrets.token_urlsafe(24)


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


class ResumeTokens:
    """Makes and reads resume tokens under one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the key of resume tokens has 32 bytes")
        self._key = key

    def issue(self, participant: str, room: str, session_id: str) -> str:
        body = secrets.token_bytes(_RANDOM_BYTES) + bytes.fromhex(participant)
        return base64.urlsafe_b64encode(body + self._mac(body, room, session_id)).rstrip(b"=").decode()

    def participant(self, token: str, room: str, session_id: str) -> str | None:
        """Whose token it is; None when it was not made here for this room and session."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return None
        body, mac = raw[: _RANDOM_BYTES + _ID_BYTES], raw[_RANDOM_BYTES + _ID_BYTES :]
        if len(body) != _RANDOM_BYTES + _ID_BYTES or not hmac.compare_digest(mac, self._mac(body, room, session_id)):
            return None
        return body[_RANDOM_BYTES:].hex()

    def _mac(self, body: bytes, room: str, session_id: str) -> bytes:
        where = f"{len(room)}:{room}:{session_id}".encode()
        return hmac.new(self._key, b"carrel resume 1\0" + body + where, hashlib.sha256).digest()[:_MAC_BYTES]


def load_key(path: Path) -> bytes:
    """The key in `path`, made there (readable by its owner only) when missing. Raises OSError, or ValueError for a file of another size."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        key = secrets.token_bytes(32)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
    if len(key) != 32:
        raise ValueError(f"{path} does not hold a key of 32 bytes")
    return key
