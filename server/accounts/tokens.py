"""Secrets that stand for a session or a right: made here, shown once, stored as hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
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
    """What was typed, as codes are written: capitals, no spaces or dashes, no wide letters of an input method."""
    plain = unicodedata.normalize("NFKC", typed[:64]).upper()
    return "".join(character for character in plain if character.isalnum())[: PAIRING_CHARS + 1]


def digest(secret: str) -> bytes:
    """What is stored of a secret: SHA-256, since the secret itself is random."""
    return hashlib.sha256(_bytes(secret)).digest()


def csrf_token(session_token: str) -> str:
    """Bound to the session, so that no other session's page can make it."""
    return hmac.new(_bytes(session_token), b"carrel form", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: str) -> bytes:
    """Headers and forms from hostile hands hold halves of surrogate pairs: they have bytes like any text, only never the right ones."""
    return text.encode("utf-8", "surrogatepass")
