"""What `carrel account` does: open the database for one act and close it again."""

from __future__ import annotations

from collections.abc import Iterable

from carrel.server.accounts.service import Accounts
from carrel.server.accounts.store import Account
from carrel.server.clock import steady_clock
from carrel.server.settings import Settings
from carrel.server.storage import open_database


async def add_account(
    settings: Settings, name: str, password: str, roles: Iterable[str], display_name: str | None
) -> Account:
    """Raises BadRequest, Conflict, StorageError."""
    database = await open_database(settings)
    try:
        return await Accounts(database, settings, steady_clock()).add_account(name, password, roles, display_name)
    finally:
        await database.close()
