"""A log's database is opened: SQLite through Python's own driver, PostgreSQL through asyncpg on an event loop and a thread of its own.

Both run the same synchronous code of `store`.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Coroutine
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from carrel.server.errors import ConfigurationError
from carrel.server.registry.errors import AnotherWriter
from carrel.server.registry.store import SqlStore, Work
from carrel.server.storage.database import storage_error

T = TypeVar("T")

DATABASE: Final = "ledger.db"
PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-16384",
    # Where `backfill` does not keep up, the commit that reaches so many pages takes them into the database itself: the write-ahead log does not grow for ever.
    "PRAGMA wal_autocheckpoint=16000",
)
WRITER_LOCK: Final = 4270653
"""Advisory lock of a PostgreSQL database's one writer."""


def open_store(url: str) -> SqlStore:
    """By SQLAlchemy address, sqlite:/// or postgresql+asyncpg://. Raises ConfigurationError, StorageError."""
    kind = sa.make_url(url).get_backend_name()
    if kind == "sqlite":
        return _sqlite(url)
    if kind == "postgresql":
        return _postgresql(url)
    raise ConfigurationError("The ledger is kept in SQLite or PostgreSQL.")


def _sqlite(url: str) -> SqlStore:
    path = sa.make_url(url).database
    if path:
        # Never opened if it is there: closing it would end the locks of this process's other connections to it.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    engine = sa.create_engine(url, poolclass=sa.StaticPool, connect_args={"check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        for pragma in PRAGMAS:
            connection.execute(pragma)

    closing = ExitStack()  # which may be closed twice
    closing.callback(engine.dispose)
    try:
        connection = closing.enter_context(engine.connect())
    except (sa.exc.SQLAlchemyError, sqlite3.Error) as error:
        raise storage_error(error) from error

    def run(work: Work[T]) -> T:
        with connection.begin():
            return work(connection)

    beside: list[sqlite3.Connection] = []

    def backfill() -> None:
        for one in beside:
            one.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def claim() -> None:
        """From here on `backfill` has what it needs open: a crowd that takes all descriptors does not hinder it."""
        beside.append(sqlite3.connect(path or "", check_same_thread=False))
        closing.callback(beside[0].close)
        backfill()

    return SqlStore(run, engine.dialect, closing.close, claim, backfill)


def _postgresql(url: str) -> SqlStore:
    engine = create_async_engine(url)
    loop = asyncio.new_event_loop()
    # A thread of its own: whoever asks may be on any thread, and may have a loop running there.
    thread = Thread(target=loop.run_forever, name="ledger-postgresql", daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    closing = ExitStack()  # which may be closed twice
    closing.callback(loop.close)
    closing.callback(thread.join)
    closing.callback(loop.call_soon_threadsafe, loop.stop)
    closing.callback(lambda: run(loop.shutdown_default_executor()))
    closing.callback(lambda: run(engine.dispose()))

    async def transact(work: Work[T]) -> T:
        async with engine.begin() as connection:
            return await connection.run_sync(work)

    async def claim() -> None:
        """On a connection of its own: the lock falls when it ends, however it ends. What then keeps two apart is the head's compare-and-swap."""
        connection = await engine.connect()
        closing.callback(lambda: run(connection.close()))
        for name in ("fsync", "synchronous_commit"):
            if await connection.scalar(sa.select(sa.func.current_setting(name))) == "off":
                raise ConfigurationError(
                    f"The ledger's database runs with {name} off, so that it forgets what it has confirmed. Set it to on."
                )
        taken = await connection.scalar(sa.select(sa.func.pg_try_advisory_lock(WRITER_LOCK)))
        await connection.commit()
        if not taken:
            raise AnotherWriter(
                "Another server writes to this log's database. Stop it first, or speak to it through its address."
            )

    try:
        return SqlStore(
            lambda work: run(transact(work)), engine.sync_engine.dialect, closing.close, lambda: run(claim())
        )
    except BaseException:
        closing.close()
        raise


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{(folder / DATABASE).absolute()}"
