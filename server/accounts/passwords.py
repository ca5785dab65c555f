"""Passwords by argon2id, off the event loop, and never more at once than the cores can bear."""

from __future__ import annotations

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from carrel.server.errors import BadRequest

SHORTEST: Final = 10
LONGEST: Final = 256
_AT_ONCE: Final = 2
_hasher: Final = PasswordHasher()
NOBODY: Final = _hasher.hash("the hash of no account, so that an unknown name takes as long as a wrong password")


class Passwords:
    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """Raises BadRequest when it is too short or too long."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadRequest(f"A password has {SHORTEST} to {LONGEST} characters.")
        async with self._turn:
            return await asyncio.to_thread(_hasher.hash, password)

    async def matches(self, password: str, hashed: str | None) -> bool:
        """True when it is right; None for the hash takes the same time and answers False."""
        if len(password) > LONGEST:
            password, hashed = "", None
        async with self._turn:
            right = await asyncio.to_thread(_verify, hashed or NOBODY, password)
        return right and hashed is not None


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
