from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from carrel.server.accounts import passwords

from .world import Open, worlds


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Open]:
    async for make in worlds(tmp_path):
        yield make


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm with the least work."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(passwords, "NOBODY", quick.hash("nobody"))
