"""Secrets that stand for a session or a right: made here, shown once, stored as hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

PAIRING_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0/O, 1/I/L: read from a screen and typed in a headset."""
PAIRING_CHARS: Final = 6


def new_token() -> str:
    """256 bits."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """128 bits that name something without being a secret."""
    return secrets.token_hex(16)


def new_pairing_code() -> str:
    """30 bits: enough for minutes with few tries, since each wrong one is counted."""
    return "".join(secrets.choice(PAIRING_ALPHABET) for _ in range(PAIRING_CHARS))


def read_pairing_code(typed: str) -> str:
    """What was typed, as codes are written: capitals, no spaces or dashes."""
    return "".join(character for character in typed.upper() if character.isalnum())[: PAIRING_CHARS + 1]


def digest(secret: str) -> bytes:
    """What is stored of a secret: SHA-256, since the secret itself is random."""
    return hashlib.sha256(secret.encode()).digest()


def csrf_token(session_token: str) -> str:
    """Bound to the session, so that no other session's page can make it."""
    return hmac.new(session_token.encode(), b"carrel form", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
