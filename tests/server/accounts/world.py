"""Accounts over a real database and a clock that goes when it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from carrel.server.accounts import Accounts
from carrel.server.settings import Settings
from carrel.server.storage import Database, open_database

ADDRESS = "192.0.2.1"
ELSEWHERE = "198.51.100.9"
PASSWORD = "correct horse battery"
HOUR_MS = 3_600_000


class World:
    def __init__(self, folder: Path, database: Database, settings: Settings) -> None:
        self.folder = folder
        self.database = database
        self.settings = settings
        self.now_ms = 1_700_000_000_000
        self.accounts = Accounts(database, settings, lambda: self.now_ms)
        self.ended: list[str] = []
        self.accounts.on_session_end.append(self.ended.append)

    def pass_ms(self, time_ms: int) -> None:
        self.now_ms += time_ms

    async def guest(self, name: str | None = None, address: str = ADDRESS, old_token: str | None = None) -> Any:
        return await self.accounts.open_guest(name, "en", address, old_token)

    async def sign_in(
        self,
        name: str = "lin",
        password: str = PASSWORD,
        *,
        shared: bool = False,
        address: str = ADDRESS,
        old_token: str | None = None,
    ) -> Any:
        return await self.accounts.sign_in(name, password, shared, "en", address, old_token)

    def bytes_on_disk(self) -> bytes:
        return b"".join(file.read_bytes() for file in self.folder.rglob("*") if file.is_file())


Open = Callable[..., Awaitable[World]]


async def worlds(folder: Path) -> AsyncIterator[Open]:
    opened: list[Database] = []

    async def make(**settings: Any) -> World:
        made = Settings(data_dir=str(folder), **settings)
        opened.append(await open_database(made))
        return World(folder, opened[-1], made)

    yield make
    for one in opened:
        await one.close()
