"""The database: brought up to date once, one writer after another, and a sentence for everything that can go wrong."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, insert, select, text

from carrel.server.accounts import Accounts
from carrel.server.errors import ConfigurationError, StorageError
from carrel.server.settings import Settings
from carrel.server.storage import Database, database, open_database
from carrel.server.storage.tables import blocks, metadata

Open = Callable[..., Awaitable[Database]]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Open]:
    every: list[Database] = []

    async def make(**settings: str) -> Database:
        every.append(await open_database(Settings(**{"data_dir": str(tmp_path)} | settings)))
        return every[-1]

    yield make
    for one in every:
        await one.close()


def row(number: int) -> dict[str, object]:
    return {"subject": f"account:{number}", "other": "account:x", "at_ms": number}


async def test_the_migrations_make_the_tables_and_repeat_without_harm(opened: Open) -> None:
    def ours(_: object, name: str | None, *__: object) -> bool:
        return not (name or "").startswith(
            "catalogue_index"
        )  # of the database's own kind, with tables of its own beside it

    def differences(connection: Connection) -> list[object]:
        opts = {"compare_type": True, "include_object": ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=opts), metadata))

    first = await opened()
    async with first.begin() as connection:
        await connection.execute(insert(blocks).values(row(1)))
    second = await opened()
    async with second.read() as connection:
        assert await connection.run_sync(differences) == []
        assert (await connection.execute(select(blocks.c.subject))).scalars().all() == ["account:1"]


async def test_two_that_open_an_empty_folder_at_once_migrate_it_once(opened: Open) -> None:
    await asyncio.gather(*(opened() for _ in range(4)))


async def test_a_migration_that_breaks_off_leaves_nothing(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = database.migrate

    def broken(connection: Connection) -> None:
        whole(connection)
        connection.execute(text("SELECT * FROM not_there"))

    monkeypatch.setattr(database, "migrate", broken)
    with pytest.raises(StorageError):
        await opened()
    monkeypatch.undo()
    with sqlite3.connect(tmp_path / "carrel.db") as plain:
        assert plain.execute("SELECT name FROM sqlite_master").fetchall() == []
    await opened()


async def test_files_are_for_one_uid(tmp_path: Path, opened: Open) -> None:
    await opened(data_dir=str(tmp_path / "data"))
    folder = tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = list(folder.iterdir())
    assert {"carrel.db", "carrel.db-wal"} <= {file.name for file in files}
    assert [file.name for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077] == []


async def test_every_commit_is_on_disk_and_deleted_means_overwritten(opened: Open) -> None:
    async with (await opened()).read() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "mysql://somebody:sesame@db/carrel",
        "mysql+aiomysql://somebody:sesame@db/carrel",
        "oracle://somebody:sesame@db/carrel",
        "postgresql+pg8000://somebody:sesame@db/carrel",
        "sqlite:///{folder}/x.db",
        "postgresql+asyncpg://somebody:sesame@db:port/carrel",
    ],
)
async def test_an_address_we_cannot_use_is_named_without_its_password(
    tmp_path: Path, opened: Open, address: str
) -> None:
    with pytest.raises(ConfigurationError, match="database address") as refused:
        await opened(database_url=address.format(folder=tmp_path))
    assert "sesame" not in str(refused.value)
    assert not (tmp_path / "x.db").exists()


async def test_a_database_of_a_newer_carrel_is_left_alone(tmp_path: Path, opened: Open) -> None:
    await opened()
    with sqlite3.connect(tmp_path / "carrel.db") as plain:
        plain.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigurationError, match="newer Carrel"):
        await opened()


async def test_a_file_that_is_no_database(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "carrel.db").write_bytes(b"These are the minutes of the reading circle." * 100)
    with pytest.raises(StorageError, match="something else"):
        await opened()


async def test_a_folder_that_cannot_be(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="data folder"):
        await opened(data_dir=str(tmp_path / "file" / "data"))


async def test_a_full_disk_is_said_and_what_was_there_stays_readable(opened: Open) -> None:
    one = await opened()
    async with one.begin() as connection:
        await connection.execute(insert(blocks).values(row(1)))
    async with one.read() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
    await one.engine.dispose()
    limit_pages(one, pages)
    with pytest.raises(StorageError, match="disk is full"):
        async with one.begin() as connection:
            await connection.execute(insert(blocks), [row(number) for number in range(2, 5000)])
    async with one.read() as connection:
        assert (await connection.execute(select(blocks.c.subject))).scalars().all() == ["account:1"]
    await one.engine.dispose()
    limit_pages(one, pages + 1000)
    async with one.begin() as connection:
        await connection.execute(insert(blocks).values(row(2)))


def limit_pages(one: Database, pages: int) -> None:
    """Connections opened from here on find a disk of this size."""

    @event.listens_for(one.engine.sync_engine, "connect")
    def limit(connection: sqlite3.Connection, record: object) -> None:
        connection.cursor().execute(f"PRAGMA max_page_count={pages}")


async def test_a_database_that_another_program_holds_is_busy(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_SQLITE_PRAGMAS", (*database._SQLITE_PRAGMAS, "PRAGMA busy_timeout=1"))
    one = await opened()
    other = sqlite3.connect(tmp_path / "carrel.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="busy"):
        async with one.begin() as connection:
            await connection.execute(insert(blocks).values(row(1)))
    async with one.read() as connection:
        assert (await connection.execute(select(blocks))).all() == []
    other.execute("COMMIT")
    other.close()
    async with one.begin() as connection:
        await connection.execute(insert(blocks).values(row(1)))


async def test_a_block_that_raises_is_undone_and_gives_the_turn_on(opened: Open) -> None:
    one = await opened()

    async def fail() -> None:
        async with one.begin() as connection:
            await connection.execute(insert(blocks).values(row(1)))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with one.begin() as connection:
        assert (await connection.execute(select(blocks))).all() == []


async def test_a_queue_without_end_is_refused_early(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAITING_AT_MOST", 2)
    one = await opened()

    async def write(number: int) -> None:
        async with one.begin() as connection:
            await connection.execute(insert(blocks).values(row(number)))

    answers = await asyncio.gather(*(write(number) for number in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [type(None)] * 2 + [StorageError] * 3
    await write(9)


async def test_a_thousand_guests_at_once(tmp_path: Path, opened: Open) -> None:
    accounts = Accounts(await opened(), Settings(sessions_per_minute=1000), lambda: 1_000_000)
    guests = await asyncio.gather(*(accounts.open_guest(None, "en", "192.0.2.1") for _ in range(1000)))
    assert len({one.token for one in guests}) == 1000
    assert await accounts.identify_token(guests[-1].token) == guests[-1].identity
