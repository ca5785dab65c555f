"""The store: one writer, rows as they were written, and every damage found by somebody."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from carrel.ledger.checkpoint import parse_checkpoint, parse_note
from carrel.ledger.errors import LedgerError
from carrel.ledger.state import AccountRow, MoveRow
from carrel.server.errors import ConfigurationError
from carrel.server.registry import store as store_module
from carrel.server.registry import tables
from carrel.server.registry.databases import open_store
from carrel.server.registry.errors import Damaged, LogStopped, OtherFormat
from carrel.server.registry.init import open_library_log
from carrel.server.registry.queries import Queries
from carrel.server.registry.rebuild import rebuild
from carrel.server.registry.recovery import open_log
from carrel.server.registry.store import SqlStore
from carrel.server.settings import Settings

from .logs import Kept


def test_rows_are_what_the_state_has(kept: Kept) -> None:
    kept.fill()
    log = kept.reopen()
    store = open_store(kept.url)
    rows = list(store.rows())
    for row in rows:
        if not isinstance(row, MoveRow):  # those are left to the store
            assert log.state.get(type(row), row.id) == row
    assert sum(isinstance(row, MoveRow) for row in rows) == 2
    store.close()


def test_subjects_are_histories(kept: Kept) -> None:
    ana, *_ = kept.fill()
    store = open_store(kept.url)
    kinds = [one.kind for one in store.history(ana.key, 1 << 40, 100)]
    assert kinds == ["credit.transfer", "credit.issue", "work.register", "work.register", "key.register"]
    found, more = store.sift(ana.key, 1 << 40, 100, ("key.register",))
    assert ([one.kind for one in found], more) == (["key.register"], None)
    assert [one.index for one in store.history(ana.key, 1 << 40, 2)] == [15, 14]
    assert [one.kind for one in store.history(ana.key, 14, 1)] == ["work.register"]
    store.close()


def test_names_that_begin_alike_do_not_stop_the_log(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a hash is little enough to be searched for by somebody who has machines and means harm."""
    monkeypatch.setattr(tables, "SUBJECT_BYTES", 0)
    kept.accepted(kept.person("ana").joins())


def test_a_long_history_is_sifted_in_parts(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "SIFTED", 3)
    ana = kept.person("ana")
    kept.accepted(ana.joins(), *(ana.registers(str(number)) for number in range(7)))
    store = open_store(kept.url)
    for kind, limit, wanted in (
        ("key.register", 2, [2]),
        ("work.register", 2, [9, 8, 7, 6, 5, 4, 3]),
        ("attest", 9, []),
    ):
        seen, before = [], 1 << 40
        for _ in range(8):
            found, more = store.sift(ana.key, before, limit, (kind,))
            seen += [one.index for one in found]
            if more is None:
                break
            before = more
        assert (seen, more) == (wanted, None)
    store.close()


def test_only_sqlite_and_postgresql() -> None:
    with pytest.raises(ConfigurationError):
        open_store("mysql://localhost/ledger")


CHANGES = {
    "integer": "{column} + 1",
    "text": "CASE WHEN {column} LIKE 'a%' THEN 'b' ELSE 'a' END || substr({column}, 2)",
    "blob": "CAST(CASE WHEN substr({column}, 1, 1) = x'41' THEN x'42' ELSE x'41' END || substr({column}, 2) AS BLOB)",
}


def columns() -> list[tuple[str, str, str]]:
    found = []
    for table in tables.metadata.sorted_tables:
        for column in table.columns:
            kind = str(column.type).lower()
            family = "integer" if "int" in kind else "blob" if "blob" in kind or "binary" in kind else "text"
            found.append((table.name, column.name, family))
    return found


@pytest.mark.parametrize(("table", "column", "family"), columns(), ids=lambda part: str(part))
def test_every_changed_column_is_found(kept: Kept, table: str, column: str, family: str) -> None:
    """By the look at each start, by the one that goes through all tiles, or by the replay."""
    kept.fill()
    kept.log.close()
    row = _middle_row(kept.database, table)
    change = CHANGES[family].format(column=f'"{column}"')
    if (table, column) in (("ledger_entries", "index"), ("ledger_subjects", "index")):
        change = f'"{column}" + 1000'  # the next one is taken
    kept.sql(f'UPDATE {table} SET "{column}" = {change} WHERE {row}')
    if (table, column) == ("ledger_head", "id"):
        open_log(kept.folder).close()  # it names the one row that there is, and says nothing
        return
    assert _looked_at(kept)


def _middle_row(database: Path, table: str) -> str:
    with sqlite3.connect(database) as connection:
        keys = [one[1] for one in connection.execute(f"PRAGMA table_info({table})") if one[5]]
        rows = connection.execute(f"SELECT {', '.join(repr_name(key) for key in keys)} FROM {table}").fetchall()
    connection.close()
    values = rows[len(rows) // 2]
    return " AND ".join(f"{repr_name(key)} = {_literal(value)}" for key, value in zip(keys, values, strict=True))


def _literal(value: object) -> str:
    return f"x'{value.hex()}'" if isinstance(value, bytes) else repr(value)


def repr_name(name: str) -> str:
    return f'"{name}"'


def _looked_at(kept: Kept) -> bool:
    try:
        log = open_log(kept.folder)
    except LogStopped:
        return True
    checkpoint = parse_checkpoint(parse_note(log.sealed).text)
    queries = Queries(log.signer.verifier(), kept.url, log.files)
    try:
        queries.check(checkpoint, 0)
    except Damaged:
        return True
    finally:
        queries.close()
        log.close()
    try:
        return bool(rebuild(kept.folder).differences)
    except (LogStopped, LedgerError):
        return True


def test_a_row_under_another_name_is_damaged(kept: Kept) -> None:
    ana, *_ = kept.fill()
    kept.log.close()
    kept.sql("UPDATE ledger_rows SET id = ? WHERE kind = 'accounts' AND id = ?", "x" * 64, ana.key)
    store = open_store(kept.url)
    with pytest.raises(Damaged, match="carrel ledger rebuild"):
        store.row(AccountRow, "x" * 64)
    with pytest.raises(Damaged):
        list(store.rows())
    store.close()


def test_rows_of_another_format_are_made_anew(kept: Kept) -> None:
    kept.fill()
    kept.log.close()
    kept.sql("UPDATE ledger_head SET format = format + 1")
    kept.sql("DROP TABLE ledger_subjects")
    kept.sql("CREATE TABLE ledger_subjects (what TEXT, it INTEGER, was TEXT)")
    with pytest.raises(OtherFormat, match="carrel ledger rebuild"):
        open_log(kept.folder)
    assert [one.where for one in rebuild(kept.folder, write=True).differences] == ["head"]
    assert rebuild(kept.folder).differences == []
    open_log(kept.folder).close()


def test_a_newer_carrel_makes_the_rows_anew_by_itself(kept: Kept) -> None:
    kept.fill()
    kept.log.close()
    folder = kept.folder.rename(kept.folder.parent / "ledger")
    kept.sql("UPDATE ledger_head SET format = format + 1")
    log = open_library_log(Settings(data_dir=str(folder.parent)), kept.clock)
    assert log.size == 16
    log.close()
    assert rebuild(folder).differences == []


def test_making_rows_anew_that_was_cut_short_goes_on(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.fill()
    kept.log.close()
    kept.sql("UPDATE ledger_head SET format = format + 1")
    with monkeypatch.context() as cut:
        cut.setattr(SqlStore, "replace_rows", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            rebuild(kept.folder, write=True)
    with pytest.raises(OtherFormat):
        open_log(kept.folder)
    rebuild(kept.folder, write=True)
    assert rebuild(kept.folder).differences == []
