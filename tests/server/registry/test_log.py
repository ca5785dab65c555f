"""One open log: what is acknowledged is kept and promised, and whatever fails stops it."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from carrel.ledger import promise
from carrel.ledger.bodies import CreditCorrect, CreditTransfer, Leg, Transfer
from carrel.ledger.checkpoint import open_checkpoint
from carrel.ledger.entry import Entry, sign
from carrel.ledger.errors import IdReplayed, Overdrawn, Refused, Unauthorised
from carrel.ledger.sequencer import Accepted
from carrel.ledger.state import MoveRow
from carrel.ledger.storage import Batch
from carrel.server.registry import files as files_module
from carrel.server.registry.databases import open_store
from carrel.server.registry.errors import AnotherWriter, LogStopped, NotNow
from carrel.server.registry.recovery import open_log

from .logs import NOW_MS, Kept


def test_the_same_entry_again_has_the_same_place(kept: Kept) -> None:
    entry = kept.person("ana").joins()
    first, second = kept.accepted(entry, entry)
    (third,) = kept.accepted(entry)
    assert (first.again, second.again, third.again) == (False, True, True)
    assert first.record.index == second.record.index == third.record.index == 2
    assert third.record.leaf == first.record.leaf
    assert kept.log.promise([third]) == kept.log.promise([first])
    assert kept.log.size == 3


def test_another_body_under_the_same_id_is_refused(kept: Kept) -> None:
    ana = kept.person("ana")
    entry = ana.joins()
    other = ana.entry(type(entry.body), key=ana.key, id=entry.body.id, ts=entry.body.ts + 1)
    kept.accepted(entry)
    (verdict,) = kept.append(other)
    assert isinstance(verdict, IdReplayed)
    assert "Entry 2" in str(verdict)


def test_of_a_group_the_good_ones_are_kept(kept: Kept) -> None:
    ana, ben = kept.person("ana"), kept.person("ben")
    verdicts = kept.append(ana.joins(), ben.registers("before joining"), ben.joins(), ben.registers("after"))
    assert [isinstance(one, Accepted) for one in verdicts] == [True, False, True, True]
    assert isinstance(verdicts[1], Refused)
    assert kept.reopen().size == 5


def test_a_promise_is_kept(kept: Kept) -> None:
    verdicts = kept.accepted(*(kept.person(f"reader {number}").joins() for number in range(5)))
    signed = kept.log.promise(verdicts)
    assert signed is not None
    key = kept.log.signer.verifier().key
    promise.verify(signed, key, [one.record.leaf_hash for one in verdicts])
    assert (signed.promise.index, signed.promise.count) == (2, 5)
    assert signed.promise.integrate_by_ms - signed.promise.logged_ms == promise.INTEGRATE_MS
    note = kept.log.seal()
    assert note is not None
    assert open_checkpoint(note.encode(), kept.log.signer.verifier(), kept.log.origin).size == 7


def test_logged_time_never_goes_back(kept: Kept) -> None:
    kept.accepted(kept.person("ana").joins())
    clock_ms = kept.log.state.clock_ms
    kept.log.append([kept.person("ben").joins()], clock_ms - 60_000)
    assert kept.log.state.clock_ms == clock_ms


def test_what_is_not_committed_is_not_counted(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers ask the database for what the size says there is."""
    sizes: list[int] = []
    append = kept.log.store.append

    def watched(batch: Batch) -> None:
        sizes.append(kept.log.size)
        append(batch)

    monkeypatch.setattr(kept.log.store, "append", watched)
    kept.accepted(kept.person("ana").joins())
    assert (sizes, kept.log.size) == ([2], 3)


def test_rows_that_only_a_refused_entry_wanted_are_let_go(kept: Kept) -> None:
    """Else anybody fills the memory with old movements by asking to correct them."""
    ana, *_ = kept.fill()
    moved = [row.id for row in kept.log.store.rows() if isinstance(row, MoveRow)]
    assert moved
    back = (Leg(amount=1, payer=ana.key, to="issuer"),)
    for verdict in kept.append(*(ana.entry(CreditCorrect, corrects=one, legs=back, reason="mine") for one in moved)):
        assert isinstance(verdict, Unauthorised)
    assert not list(kept.log.state.rows(MoveRow))


def test_partial_files_go_when_the_full_one_is_published(kept: Kept) -> None:
    """Those of every checkpoint on the way, also of one before a restart: a log that is sealed often would else keep a thousand times its size."""
    for number in range(5):
        if number == 3:
            kept.reopen()
        kept.accepted(*(kept.person(f"reader {number} {one}").joins() for one in range(60)))
        kept.publish()
    public = kept.folder / "public"
    assert kept.log.sealed_size == 302
    assert sorted(str(one.relative_to(public)) for one in public.rglob("*.p/*")) == [
        "tile/0/001.p/46", "tile/1/000.p/1", "tile/entries/001.p/46",
    ]  # fmt: skip
    assert list(public.rglob("000.p")) == [public / "tile/1/000.p"]


def test_publishing_spares_commits_the_way_from_the_write_ahead_log(kept: Kept) -> None:
    kept.accepted(kept.person("ana").joins())
    kept.publish()
    with closing(sqlite3.connect(f"file:{kept.database}?immutable=1", uri=True)) as without_it:
        assert without_it.execute("SELECT count(*) FROM ledger_entries").fetchone() == (kept.log.size,)


def test_nothing_new_makes_no_new_checkpoint(kept: Kept) -> None:
    before = kept.log.sealed
    assert kept.log.seal() is None
    assert kept.log.sealed == before


def test_a_second_server_on_the_folder_is_refused(kept: Kept) -> None:
    with pytest.raises(AnotherWriter, match="has this log open"):
        open_log(kept.folder)


def test_a_second_writer_on_the_database_is_noticed(kept: Kept) -> None:
    """As on a database that two machines share, where the folder's lock does not reach."""
    other = open_store(kept.url)
    size = kept.log.size
    head = other.head()
    assert head is not None
    kept.accepted(kept.person("ana").joins())
    with pytest.raises(AnotherWriter, match=f"this one thought {size}"):
        other.append(Batch(size, [], [], head))
    other.close()


def test_the_writer_that_is_behind_stops(kept: Kept) -> None:
    kept.sql("UPDATE ledger_head SET size = size + 1")
    with pytest.raises(AnotherWriter):
        kept.append(kept.person("ana").joins())
    with pytest.raises(AnotherWriter):
        kept.append(kept.person("ben").joins())
    assert kept.log.stopped is not None


def test_a_checkpoint_signed_elsewhere_stops_the_log(kept: Kept) -> None:
    kept.accepted(kept.person("ana").joins())
    (kept.folder / "latest" / "checkpoint").write_bytes(b"another")
    with pytest.raises(AnotherWriter, match="a second server has this log's key"):
        kept.log.seal()
    with pytest.raises(AnotherWriter):
        kept.append(kept.person("ben").joins())


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_a_failing_disk_stops_the_log_and_loses_nothing(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    kept.accepted(kept.person("ana").joins())
    with monkeypatch.context() as broken:
        if call == "replace":
            broken.setattr(Path, "replace", _failing(code))
        else:
            broken.setattr(files_module.os, call, _failing(code))
        with pytest.raises(LogStopped, match=os.strerror(code)):
            kept.log.seal()
    with pytest.raises(LogStopped):
        kept.append(kept.person("ben").joins())
    with pytest.raises(LogStopped):
        kept.log.seal()
    assert kept.reopen().size == 3
    kept.publish()
    assert kept.log.sealed_size == 3
    kept.accepted(kept.person("ben").joins())


@pytest.mark.parametrize("fails_at", range(6))
def test_too_many_open_files_only_put_off_sealing(kept: Kept, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
    """A crowd of connections must not be able to stop the log."""
    kept.accepted(kept.person("ana").joins())
    before, calls, really = kept.log.sealed, iter(range(100)), os.open

    def crowded(*arguments: Any, **options: Any) -> int:
        if next(calls) == fails_at:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return really(*arguments, **options)

    with monkeypatch.context() as broken:
        broken.setattr(files_module.os, "open", crowded)
        with pytest.raises(NotNow, match="Too many open files"):
            kept.log.seal()
    assert (kept.log.stopped, kept.log.sealed, kept.log.sealed_size) == (None, before, 2)
    kept.accepted(kept.person("ben").joins())
    kept.publish()
    assert kept.log.sealed_size == 4
    assert kept.reopen().size == 4


def test_a_failing_database_stops_the_log_and_loses_nothing(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.accepted(kept.person("ana").joins())
    with monkeypatch.context() as broken:
        broken.setattr(kept.log.store, "_run", _failing(errno.ENOSPC))
        with pytest.raises(LogStopped, match="nothing is acknowledged until it is started again"):
            kept.append(kept.person("ben").joins())
    assert kept.log.stopped is not None
    assert kept.reopen().size == 3


def test_nobody_spends_more_than_they_have(kept: Kept) -> None:
    first, second, *_ = kept.fill()
    rule = kept.log.state.rule
    payments = [
        first.entry(CreditTransfer, rule=rule, transfers=(Transfer(amount=2, to=second.key),)) for _ in range(10)
    ]
    verdicts = kept.append(*payments)
    assert sum(isinstance(one, Accepted) for one in verdicts) == 3  # of seven credits
    assert {type(one) for one in verdicts} == {Accepted, Overdrawn}


def test_entries_of_another_time_are_refused(kept: Kept) -> None:
    ana = kept.person("ana")
    for ts, code in ((NOW_MS + 10 * 60_000, "timestamp_in_future"), (NOW_MS - 25 * 3_600_000, "timestamp_in_past")):
        (verdict,) = kept.append(_dated(ana.joins(), ts, ana.seed))
        assert isinstance(verdict, Refused)
        assert verdict.code == code


def _dated(entry: Entry, ts: int, seed: bytes) -> Entry:
    return sign(replace(entry.body, ts=ts), [seed])


def _failing(code: int) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise OSError(code, os.strerror(code))

    return fail
