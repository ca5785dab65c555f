"""The replay finds whatever differs from the entries, and makes it anew."""

from __future__ import annotations

import pytest

from carrel.ledger.errors import BadEntry
from carrel.ledger.tiles import tile_path
from carrel.server.registry.errors import AnotherWriter, Damaged
from carrel.server.registry.rebuild import rebuild, summed_up
from carrel.server.registry.recovery import open_log

from .logs import Kept


def test_a_good_log_has_no_differences(kept: Kept) -> None:
    kept.fill()
    kept.accepted(kept.person("late").joins())  # not signed yet
    kept.log.close()
    found = rebuild(kept.folder)
    assert found.differences == []
    assert (found.entries, found.rows > 15, found.files) == (17, True, 2)
    assert list(summed_up(found))[-1] == "Everything is as the entries say."


def test_it_waits_for_nobody(kept: Kept) -> None:
    with pytest.raises(AnotherWriter):
        rebuild(kept.folder)


def test_what_differs_is_told_and_made_anew(kept: Kept) -> None:
    ana, ben, *_ = kept.fill()
    kept.log.close()
    kept.sql("UPDATE ledger_rows SET value = x'80' WHERE kind = 'accounts' AND id = ?", ana.key)
    kept.sql("DELETE FROM ledger_rows WHERE kind = 'keys' AND id = ?", ben.key)
    kept.sql("INSERT INTO ledger_rows (kind, id, value) VALUES ('works', 'surplus', x'80')")
    kept.sql('DELETE FROM ledger_subjects WHERE "index" = 2')
    tile = kept.folder / "public" / tile_path(0, 0, 16)
    tile.write_bytes(tile.read_bytes()[:-1] + b"\0")
    with pytest.raises(Damaged):
        open_log(kept.folder)
    found = rebuild(kept.folder).differences
    assert {(one.where, one.what) for one in found} == {
        ("accounts", "other"),
        ("keys", "missing"),
        ("works", "surplus"),
        ("subjects", "missing"),
        ("files", "other"),
    }
    assert {one.key for one in found} >= {ana.key, ben.key, "surplus", tile_path(0, 0, 16)}
    assert rebuild(kept.folder, write=True).differences == found
    assert rebuild(kept.folder).differences == []
    log = open_log(kept.folder)
    assert log.sealed_size == log.size == 16
    log.close()


def test_a_changed_entry_is_named_and_left(kept: Kept) -> None:
    kept.fill()
    kept.log.close()
    kept.sql("UPDATE ledger_entries SET leaf = CAST(x'01' || substr(leaf, 2) AS BLOB) WHERE \"index\" = 7")
    with pytest.raises(BadEntry, match="Entry 7"):
        rebuild(kept.folder, write=True)


def test_a_missing_entry_is_named(kept: Kept) -> None:
    kept.fill()
    kept.log.close()
    kept.sql('DELETE FROM ledger_entries WHERE "index" = 5')
    with pytest.raises(BadEntry, match="Entry 5 is missing"):
        rebuild(kept.folder)
