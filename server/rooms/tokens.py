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
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

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


def matches(token: str, digests: Iterable[bytes]) -> bool:
    """Whether the token is one of those kept; empty digests match nothing."""
    hashed = digest(token)
    return any(known and hmac.compare_digest(hashed, known) for known in digests)


class Ticket(NamedTuple):
    participant: str
    session_id: str
    expires_ms: int


class Tickets:
    """The unused tickets of one room, valid for `valid_ms`."""

    def __init__(self, valid_ms: int) -> None:
        self._valid_ms = valid_ms
        self._tickets: dict[bytes, Ticket] = {}

    def issue(self, participant: str, session_id: str, now_ms: int) -> str:
        ticket = new_ticket()
        self._tickets[digest(ticket)] = Ticket(participant, session_id, now_ms + self._valid_ms)
        return ticket

    def take(self, ticket: str, session_id: str, now_ms: int) -> str | None:
        """Use it up; whose it is, None when it is unknown, too old or another session's."""
        key = digest(ticket)
        found = self._tickets.get(key)
        if found is None or found.session_id != session_id or found.expires_ms <= now_ms:
            return None
        del self._tickets[key]
        return found.participant

    def end_session(self, session_id: str) -> None:
        self._tickets = {key: ticket for key, ticket in self._tickets.items() if ticket.session_id != session_id}

    def sweep(self, now_ms: int) -> None:
        self._tickets = {key: ticket for key, ticket in self._tickets.items() if ticket.expires_ms > now_ms}


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
