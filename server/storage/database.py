"""The database: opened, brought up to date, and asked through one door that names what went wrong."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from carrel.server.errors import ConfigurationError, StorageError
from carrel.server.settings import Settings

MIGRATIONS: Final = Path(__file__).resolve().parent.parent / "migrations"
BUSY_MS: Final = 5000
WAITING_AT_MOST: Final = 4096
OPEN_TRIES: Final = 20
OPEN_PAUSE_S: Final = 0.1
_SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
)
_MIGRATION_TURN: Final = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(4270652)"}
_SAYINGS: Final = (
    ("disk is full", "The library's disk is full: nothing more can be written until its operator makes room."),
    (
        "disk i/o error",
        "The library's disk does not read or write as it should: look at the disk before anything else.",
    ),
    ("locked", "The library's database is busy with something else. Try again in a moment."),
    ("readonly", "The library's database cannot be written: its files are read-only."),
    ("unable to open", "The library's database cannot be opened: look at its folder and who may read it."),
    ("malformed", "The library's database file is damaged: put back the last backup."),
    ("not a database", "The library's database file is something else: look at its path, or put back the last backup."),
)


class Database:
    """A SQLAlchemy engine whose failures are StorageError, a broken constraint apart (IntegrityError passes).

    SQLite has one writer at a time and lets the others poll for their turn; here they queue for it, first come, first served.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._turn = asyncio.Lock() if engine.dialect.name == "sqlite" else None
        self._waiting = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """One writing transaction: kept when the block ends well, undone when anything is raised."""
        if self._waiting >= WAITING_AT_MOST:
            raise StorageError("The library's database has more to write than it can. Try again in a moment.")
        self._waiting += 1
        try:
            async with self._turn or nullcontext(), self.read() as connection:
                yield connection
        finally:
            self._waiting -= 1

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that only asks; beside others and beside the one that writes."""
        try:
            async with self.engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except (SQLAlchemyError, OSError) as error:
            raise storage_error(error) from error

    async def close(self) -> None:
        await self.engine.dispose()


def storage_error(error: Exception) -> StorageError:
    """What happened in a sentence; the cause stays attached."""
    text = str(error).lower()
    sentence = next((saying for part, saying in _SAYINGS if part in text), "The library's database did not answer.")
    return StorageError(sentence)


def database_url(settings: Settings) -> str:
    if settings.database_url:
        return settings.database_url
    return f"sqlite+aiosqlite:///{Path(settings.data_dir).absolute() / 'carrel.db'}"


async def open_database(settings: Settings) -> Database:
    """Open and migrate. Raises ConfigurationError for an address that makes no sense, StorageError when it cannot be opened."""
    try:
        url = make_url(database_url(settings))
        if url.get_backend_name() not in _MIGRATION_TURN:
            raise ValueError(url.get_backend_name())
        engine = create_async_engine(url)
        if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
            _make_file(Path(url.database))
    except (SQLAlchemyError, ImportError, ValueError) as error:
        # The library's own words only: an address may hold a password.
        raise ConfigurationError(
            "The database address is not right. It begins with sqlite+aiosqlite:/// or postgresql+asyncpg:// and its driver is installed."
        ) from error
    except OSError as error:
        raise StorageError(f"The data folder cannot be made: {error.strerror}.") from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    database = Database(engine)
    try:
        await _bring_up_to_date(engine)
    except CommandError as error:
        await engine.dispose()
        raise ConfigurationError(
            "This database was written by a newer Carrel. Start that one, or put back a backup."
        ) from error
    except (SQLAlchemyError, OSError) as error:
        await engine.dispose()
        raise storage_error(error) from error
    return database


async def _bring_up_to_date(engine: AsyncEngine) -> None:
    """One migration at a time, whole or not at all; Python's driver would commit each CREATE TABLE by itself."""
    for left in reversed(range(OPEN_TRIES)):
        try:
            async with engine.begin() as connection:
                await connection.exec_driver_sql(_MIGRATION_TURN[engine.dialect.name])
                await connection.run_sync(migrate)
            return
        except OperationalError as error:
            # Two that open a new file at once: SQLite does not wait its busy time for the change to a write-ahead log.
            if not left or "locked" not in str(error):
                raise
            await asyncio.sleep(OPEN_PAUSE_S)


def migrate(connection: Connection) -> None:
    """Bring the database to the newest revision; nothing happens when it is there already."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _make_file(path: Path) -> None:
    """In a folder and with rights for one uid alone: SQLite gives its side files the rights of the first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: Any, record: Any) -> None:
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
