"""Passwords by argon2id, off the event loop, and never more at once than the cores can bear."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from carrel.server.errors import BadRequest, TooManyRequests

T = TypeVar("T")
SHORTEST: Final = 10
LONGEST: Final = 256
_AT_ONCE: Final = 2
_WAITING_AT_MOST: Final = 64
"""About the number that is answered in two seconds; whoever comes later is told so instead of waiting longer and longer."""
_hasher: Final = PasswordHasher()
NOBODY: Final = _hasher.hash("the hash of no account, so that an unknown name takes as long as a wrong password")


class Passwords:
    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """Raises BadRequest when it is too short or too long."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadRequest(f"A password has {SHORTEST} to {LONGEST} characters.")
        return await self._in_turn(_hasher.hash, _prepared(password))

    async def matches(self, password: str, hashed: str | None) -> bool:
        """True when it is right; None for the hash takes the same time and answers False. Raises TooManyRequests when too many wait."""
        if len(password) > LONGEST:
            password, hashed = "", None
        right = await self._in_turn(_verify, hashed or NOBODY, _prepared(password))
        return right and hashed is not None

    async def _in_turn(self, work: Callable[..., T], *given: object) -> T:
        if self._waiting >= _WAITING_AT_MOST:
            raise TooManyRequests(
                "Very many people are signing in just now. Try again in a moment.", retry_after_ms=5_000
            )
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *given)
        finally:
            self._waiting -= 1


def _prepared(password: str) -> bytes:
    """The same letters give the same bytes, however a keyboard composes them."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _verify(hashed: str, password: bytes) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
