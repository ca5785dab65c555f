"""The database: opened, brought up to date, and asked through one door that names what went wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from carrel.server.errors import ConfigurationError, StorageError
from carrel.server.settings import Settings

MIGRATIONS: Final = Path(__file__).resolve().parent.parent / "migrations"
BUSY_MS: Final = 5000
_SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
)
_SAYINGS: Final = (
    ("disk is full", "The library's disk is full: nothing more can be written until its operator makes room."),
    ("database or disk is full", "The library's disk is full: nothing more can be written until its operator makes room."),
    ("locked", "The library's database is busy with something else. Try again in a moment."),
    ("readonly", "The library's database cannot be written: its files are read-only."),
    ("unable to open", "The library's database cannot be opened: look at its folder and who may read it."),
    ("malformed", "The library's database file is damaged: put back the last backup."),
)


class Database:
    """A SQLAlchemy engine whose failures are StorageError, a broken constraint apart (IntegrityError passes)."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: kept when the block ends well, undone when anything is raised."""
        try:
            async with self.engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
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
        if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = create_async_engine(url)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise ConfigurationError(f"The database address is not right: {error}") from error
    except OSError as error:
        raise StorageError(f"The data folder cannot be made: {error.strerror}.") from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    database = Database(engine)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
    except (SQLAlchemyError, OSError) as error:
        await engine.dispose()
        raise storage_error(error) from error
    return database


def migrate(connection: Connection) -> None:
    """Bring the database to the newest revision; nothing happens when it is there already."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _prepare_sqlite(connection: Any, record: Any) -> None:
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
