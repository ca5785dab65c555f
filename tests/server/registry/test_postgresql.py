"""The log on a real PostgreSQL: the tests of the store, the log and its recovery once more, and two servers that want the same database."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from carrel.ledger.audit import audit
from carrel.ledger.checkpoint import open_checkpoint
from carrel.server.errors import ConfigurationError, StorageError
from carrel.server.registry.databases import open_store
from carrel.server.registry.errors import AnotherWriter, LogStopped
from carrel.server.registry.log import Log
from carrel.server.registry.parts import Addresses
from carrel.server.registry.recovery import open_log
from carrel.server.registry.service import Registry
from carrel.server.registry.store import SqlStore
from tests import postgresql
from tests.server_process import free_port

from .logs import Kept, kept_logs
from .test_log import (  # noqa: F401 - the same tests, with this module's `kept`
    test_a_promise_is_kept,
    test_a_second_server_on_the_folder_is_refused,
    test_a_second_writer_on_the_database_is_noticed,
    test_another_body_under_the_same_id_is_refused,
    test_nobody_spends_more_than_they_have,
    test_of_a_group_the_good_ones_are_kept,
    test_the_same_entry_again_has_the_same_place,
    test_the_writer_that_is_behind_stops,
)
from .test_rebuild import test_a_good_log_has_no_differences, test_a_missing_entry_is_named  # noqa: F401
from .test_recovery import (  # noqa: F401
    test_a_crash_between_signing_and_publishing,
    test_a_lost_place_of_the_checkpoint_is_refused,
    test_a_signed_root_that_the_database_does_not_have,
    test_lost_or_damaged_tiles_are_made_again,
    test_what_was_acknowledged_before_a_crash_is_signed_after_it,
)
from .test_store import (  # noqa: F401
    test_a_long_history_is_sifted_in_parts,
    test_rows_are_what_the_state_has,
    test_subjects_are_histories,
)

pytestmark = pytest.mark.skipif(
    postgresql.programs() is None and not os.environ.get("CI"), reason="no PostgreSQL here; apt-get install postgresql"
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql.running() as address:
        yield address


@pytest.fixture
def database(server: str) -> str:
    """Emptied."""
    ask(f"{server}/postgres", "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return f"{server}/postgres"


@pytest.fixture
def kept(tmp_path: Path, database: str) -> Iterator[Kept]:
    yield from kept_logs(tmp_path / "ledger", Addresses(database=database))


def ask(url: str, statement: str) -> Any:
    async def run() -> Any:
        parts = urlsplit(url)
        connection = await asyncpg.connect(
            host=parts.hostname, port=parts.port, user=parts.username, database=parts.path[1:]
        )
        try:
            return await (connection.fetchval if statement.startswith("SELECT") else connection.execute)(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


@pytest.fixture
def twin(kept: Kept, tmp_path: Path) -> Path:
    """The folder on a second machine: everything but the lock."""
    shutil.copytree(kept.folder, tmp_path / "twin", ignore=shutil.ignore_patterns("lock"))
    return tmp_path / "twin"


def test_a_second_machine_is_told_at_its_start(kept: Kept, twin: Path) -> None:
    with pytest.raises(AnotherWriter, match="Another server writes to this log's database"):
        open_log(twin)
    kept.accepted(kept.person("ana").joins())
    kept.log.close()
    other = open_log(twin)
    assert other.size == 3
    other.close()


def test_the_lock_of_a_server_that_lost_its_connections_is_free_and_nothing_forks(kept: Kept, twin: Path) -> None:
    """The lock is a courtesy; what keeps two writers apart is the head's compare-and-swap."""
    kept.accepted(kept.person("ana").joins())
    kept.publish()
    shutil.copytree(kept.folder / "latest", twin / "latest", dirs_exist_ok=True)
    shutil.copytree(kept.folder / "public", twin / "public", dirs_exist_ok=True)
    ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'"
    assert ask(kept.url, ended) == 1
    other = open_log(twin)
    other.append([kept.person("ben").joins()], kept.clock())
    with pytest.raises(AnotherWriter):
        kept.append(kept.person("cy").joins())
    with pytest.raises(LogStopped):
        kept.log.seal()
    note = other.seal()
    assert note is not None
    checkpoint = open_checkpoint(note.encode(), other.signer.verifier(), other.origin)
    assert audit(checkpoint, other.files.read).size == 4
    other.close()


def test_of_writers_at_the_same_size_one_goes_on(kept: Kept) -> None:
    """Each begins from what it read, and all append at once: round after round one is accepted."""
    kept.log.close()
    stores = [open_store(kept.url) for _ in range(4)]
    logs = [_beside(store, kept) for store in stores]
    size = logs[0].size

    def one(log: Log) -> bool:
        try:
            log.append([kept.person(f"reader {log.size} {id(log)}").joins()], kept.clock())
        except LogStopped:
            return False
        return True

    for round_ in range(5):
        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(one, logs)) == 1
        logs = [_beside(store, kept) for store in stores]
        assert {log.size for log in logs} == {size + round_ + 1}
    for store in stores:
        store.close()


def _beside(store: SqlStore, kept: Kept) -> Log:
    """A writer that took no lock: as two servers are for a moment when one has lost its own."""
    from carrel.server.registry.recovery import assemble, files_of, place_of, read_about

    about = read_about(kept.folder)
    return assemble(kept.log.signer, store, files_of(about, kept.folder), place_of(about, kept.folder), lambda: None)


def test_a_database_that_went_away_stops_the_log_and_loses_nothing(kept: Kept) -> None:
    kept.accepted(kept.person("ana").joins())
    ask(
        kept.url,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    with pytest.raises(LogStopped):
        kept.append(kept.person("ben").joins())
    assert kept.reopen().size == 3
    kept.accepted(kept.person("ben").joins())


@pytest.mark.parametrize("setting", ["synchronous_commit"])
def test_a_database_that_forgets_is_refused(setting: str, kept: Kept) -> None:
    name = kept.url.rpartition("/")[2]
    kept.log.close()
    ask(kept.url, f"ALTER DATABASE {name} SET {setting} = off")
    with pytest.raises(ConfigurationError, match=f"{setting} off"):
        open_log(kept.folder)
    ask(kept.url, f"ALTER DATABASE {name} RESET {setting}")
    kept.reopen()


def test_readers_ask_beside_the_writer(kept: Kept) -> None:
    from carrel.server.registry.queries import Queries

    kept.fill()
    queries = Queries(kept.log.signer.verifier(), kept.url, kept.log.files)
    ask_one: Callable[[int], Any] = lambda index: queries.entry(str(index))["index"]  # noqa: E731
    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(ask_one, range(kept.log.size))) == list(range(kept.log.size))
    queries.close()


async def test_the_whole_service(kept: Kept) -> None:
    """Its threads take turns at the store's event loop."""
    kept.log.close()
    for name in ("ana", "ben"):
        service = Registry(kept.folder, kept.clock)
        await service.start()
        entry = kept.person(name).joins()
        receipt = await service.submit(entry.raw, entry.signatures, wait="proof")
        assert receipt.proof
        await service.close()
    assert service.size == service.published_size == 4


def test_a_database_that_is_not_there_is_said(kept: Kept, tmp_path: Path) -> None:
    threads = threading.active_count()
    for url in (
        f"{kept.url}_none",
        kept.url.replace("//carrel@", "//nobody@"),
        f"postgresql+asyncpg://carrel@127.0.0.1:{free_port()}/x",
    ):
        with pytest.raises(StorageError, match="database did not answer"):
            open_store(url)
    assert threading.active_count() == threads
