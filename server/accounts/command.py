"""What `carrel account` does: open the database for one act and close it again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from carrel.server.accounts.service import Accounts
from carrel.server.accounts.store import Account
from carrel.server.clock import steady_clock
from carrel.server.settings import Settings
from carrel.server.storage import open_database


async def add_account(
    settings: Settings, name: str, password: str, roles: Iterable[str], display_name: str | None
) -> Account:
    """Raises BadRequest, Conflict, StorageError."""
    async with _accounts(settings) as accounts:
        return await accounts.add_account(name, password, roles, display_name)


async def set_password(settings: Settings, name: str, password: str) -> None:
    """Raises NotFound, BadRequest, StorageError."""
    async with _accounts(settings) as accounts:
        await accounts.set_password(await accounts.account_named(name), password)


async def set_roles(settings: Settings, name: str, roles: Iterable[str]) -> None:
    """Raises NotFound, BadRequest, StorageError."""
    async with _accounts(settings) as accounts:
        await accounts.set_roles(await accounts.account_named(name), roles)


@asynccontextmanager
async def _accounts(settings: Settings) -> AsyncIterator[Accounts]:
    database = await open_database(settings)
    try:
        yield Accounts(database, settings, steady_clock())
    finally:
        await database.close()
