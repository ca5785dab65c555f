"""The service: promises, proofs, groups, waiting in line, and what a stopped log says to everybody."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from carrel.ledger import promise
from carrel.ledger.bodies import Attest
from carrel.ledger.checkpoint import Note, open_checkpoint, parse_note
from carrel.ledger.entry import Entry
from carrel.ledger.errors import BadSignature, Refused
from carrel.ledger.merkle import leaf_hash
from carrel.ledger.proof import parse_proof
from carrel.ledger.sequencer import Accepted
from carrel.server.errors import StorageError
from carrel.server.registry import pipeline
from carrel.server.registry.errors import EntryRefused, LogBusy, LogStopped, NoLog, NotNow, RolledBack, Unwitnessed
from carrel.server.registry.group_checker import Given
from carrel.server.registry.queries import Queries
from carrel.server.registry.recovery import open_log
from carrel.server.registry.service import Registry

from .logs import Kept, until

Start = Callable[..., Any]


@pytest.fixture
async def start(kept: Kept) -> AsyncIterator[Start]:
    """A service of the log, started; each closes the one before."""
    made: list[Registry] = []

    async def begin(**options: Any) -> Registry:
        for one in made:
            await one.close()
        kept.log.close()
        made.append(Registry(kept.folder, kept.clock, **options))
        await made[-1].start()
        return made[-1]

    yield begin
    for one in made:
        await one.close()


def given(entry: Entry) -> Given:
    return entry.raw, entry.signatures


async def test_a_promise_and_then_a_proof(kept: Kept, start: Start) -> None:
    service = await start()
    entry = kept.person("ana").joins()
    receipt = await service.submit(*given(entry))
    promise.verify(receipt.promise, service.log.signer.verifier().key, [receipt.record.leaf_hash])
    assert (receipt.record.index, receipt.again, receipt.proof) == (2, False, None)
    proved = await service.submit(*given(entry), wait="proof")
    assert (proved.record.index, proved.again) == (2, True)
    assert proved.promise == receipt.promise
    proof = parse_proof(proved.proof)
    assert leaf_hash(proof.extra) == receipt.record.leaf_hash
    assert proof.verify(receipt.record.leaf_hash, service.policy).checkpoint.size == 3


async def test_a_group_has_one_promise(kept: Kept, start: Start) -> None:
    service = await start()
    people = [kept.person(f"reader {number}") for number in range(120)]
    entries = [one.joins() for one in people]
    raw, signatures = given(entries[7])
    broken = [*map(given, entries)]
    broken[7] = raw.replace(b'"type"', b'"typo"'), signatures
    verdicts, promises = await service.submit_group(broken)
    assert [index for index, one in enumerate(verdicts) if isinstance(one, Refused)] == [7]
    accepted = [one.record for one in verdicts if isinstance(one, Accepted)]
    (signed,) = promises
    promise.verify(signed, service.log.signer.verifier().key, [one.leaf_hash for one in accepted])
    assert [one.index for one in accepted] == list(range(2, 121))
    again = await service.submit_group(broken)
    assert again.promises == promises
    mixed = await service.submit_group([given(entries[3]), given(kept.person("late").joins()), given(entries[4])])
    assert [one.promise.index for one in mixed.promises] == [5, 121, 6]


async def test_what_is_refused_says_why(kept: Kept, start: Start) -> None:
    service = await start()
    raw, signatures = given(kept.person("ana").joins())
    with pytest.raises(EntryRefused) as refused:
        await service.submit(raw.replace(b'"ts":1', b'"ts":2'), signatures)
    assert refused.value.reason == BadSignature.code
    with pytest.raises(EntryRefused) as refused:
        await service.submit(*given(kept.person("ben").registers("a work")))
    assert refused.value.reason == "unknown_key"
    assert service.size == 2


async def test_the_library_speaks_for_itself(kept: Kept, start: Start) -> None:
    service = await start()
    ana = kept.person("ana")
    await service.submit(*given(ana.joins()))
    receipt = await service.act(Attest, claim="desk", subject=ana.key)
    assert receipt.record.kind == "attest"
    (kept.folder / "library.key").unlink()
    service = await start()
    with pytest.raises(LogStopped, match="key is not here"):
        await service.act(Attest, claim="desk", subject=ana.key)
    assert service.stopped is None


async def test_what_waits_too_long_is_sent_away_and_comes_back(kept: Kept, start: Start) -> None:
    service = await start(queue_entries=3)
    gate = threading.Event()
    commit = service.log.append
    service.log.append = lambda *arguments: (gate.wait(), commit(*arguments))[1]
    entries = [kept.person(f"reader {number}").joins() for number in range(6)]
    first = [asyncio.create_task(service.submit(*given(entry))) for entry in entries[:3]]
    await until(lambda: service._waiting == 3)
    for entry in entries[3:]:
        with pytest.raises(LogBusy) as busy:
            await service.submit(*given(entry))
        assert busy.value.retry_after_ms > 0
    with pytest.raises(LogBusy):
        await service.submit_group([given(entry) for entry in entries])
    gate.set()
    assert sorted(one.record.index for one in await asyncio.gather(*first)) == [2, 3, 4]
    assert (await service.submit(*given(entries[3]))).record.index == 5


async def test_what_gathers_while_a_commit_runs_goes_in_the_next(kept: Kept, start: Start) -> None:
    service = await start()
    gate, sizes = threading.Event(), []
    commit = service.log.append

    def slowly(entries: list[Entry], now_ms: int) -> Any:
        sizes.append(len(entries))
        gate.wait()
        return commit(entries, now_ms)

    service.log.append = slowly
    entries = [kept.person(f"reader {number}").joins() for number in range(40)]
    first = asyncio.create_task(service.submit(*given(entries[0])))
    await until(lambda: sizes)
    others = [asyncio.create_task(service.submit(*given(entry))) for entry in entries[1:]]
    await until(lambda: len(service._open.appender._jobs) == 39)
    gate.set()
    assert sorted(one.record.index for one in await asyncio.gather(first, *others)) == list(range(2, 42))
    assert sizes == [1, 39]


async def test_who_goes_away_does_not_undo(kept: Kept, start: Start) -> None:
    service = await start()
    entry = kept.person("ana").joins()
    gate = threading.Event()
    commit = service.log.append
    service.log.append = lambda *arguments: (gate.wait(), commit(*arguments))[1]
    asking = asyncio.create_task(service.submit(*given(entry)))
    await until(lambda: service.metrics.waiting._value.get())
    await until(lambda: service._checkers._work_queue.empty())
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    gate.set()
    receipt = await service.submit(*given(entry))
    assert receipt.record.index == 2
    assert service.metrics.waiting._value.get() == 0


async def test_a_failing_disk_answers_everybody(kept: Kept, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    service = await start()
    ana = kept.person("ana").joins()
    with monkeypatch.context() as broken:
        broken.setattr(service.log.store, "_run", _failing(errno.ENOSPC))
        with pytest.raises(LogStopped, match="started again"):
            await service.submit(*given(ana))
    for question in (
        service.submit(*given(ana)),
        service.submit_group([given(ana)]),
        service.act(Attest, claim="desk", subject=service._open.library.key),
        service.proof(0),
        service.read(lambda queries: queries.supply()),
    ):
        with pytest.raises(LogStopped):
            await question
    await until(lambda: service.metrics.stopped._value.get())
    service = await start()
    assert service.stopped is None
    assert (await service.submit(*given(ana))).record.index == 2


async def test_those_who_wait_for_a_proof_hear_that_the_log_stopped(
    kept: Kept, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = await start()
    await service.submit(*given(kept.person("ana").joins()), wait="proof")
    monkeypatch.setattr(service.log.files, "write", _failing(errno.EIO))
    with pytest.raises(LogStopped, match="Input/output error"):
        await service.submit(*given(kept.person("ben").joins()), wait="proof")
    monkeypatch.undo()
    service = await start()
    assert service.size == 4
    await service.proof(3)


async def test_a_crowd_puts_off_the_checkpoint_and_no_more(
    kept: Kept, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "SEAL_EVERY_S", 0.01)
    service = await start()
    write, tries = service.log.files.write, []

    def crowded(files: Any) -> None:
        tries.append(files)
        if len(tries) < 4:
            raise NotNow("Too many open files.")
        write(files)

    monkeypatch.setattr(service.log.files, "write", crowded)
    receipt = await service.submit(*given(kept.person("ana").joins()), wait="proof")
    assert parse_proof(receipt.proof).index == receipt.record.index
    assert len(tries) > 4
    assert service.stopped is None


async def test_closing_finishes_what_was_taken(kept: Kept, start: Start) -> None:
    service = await start()
    entries = [kept.person(f"reader {number}").joins() for number in range(30)]
    receipts = [asyncio.create_task(service.submit(*given(entry))) for entry in entries]
    await until(lambda: service.size > 2)
    await service.close()
    answers = await asyncio.gather(*receipts, return_exceptions=True)
    kept_ones = [one for one in answers if not isinstance(one, Exception)]
    assert all(isinstance(one, LogStopped) for one in answers if isinstance(one, Exception))
    log = open_log(kept.folder)
    assert log.size == log.sealed_size >= 2 + len(kept_ones)
    assert open_checkpoint(log.published().encode(), log.signer.verifier(), log.origin).size == log.size
    log.close()


async def test_a_log_that_cannot_open_says_why(kept: Kept, start: Start, tmp_path: Path) -> None:
    none = Registry(tmp_path / "none", kept.clock)
    assert isinstance(none.stopped, LogStopped)
    await none.start()
    assert isinstance(none.stopped, NoLog)
    with pytest.raises(NoLog):
        await none.read(lambda queries: queries.supply())
    await none.close()
    kept.log.close()
    (kept.folder / "latest" / "checkpoint").unlink()
    service = await start()
    assert isinstance(service.stopped, RolledBack)


async def test_damage_inside_is_found_after_the_start(kept: Kept, start: Start) -> None:
    kept.fill()
    kept.log.close()
    kept.sql('UPDATE ledger_entries SET logged_ms = logged_ms + 1 WHERE "index" = 3')
    service = await start()
    await asyncio.gather(service._scrubbing, return_exceptions=True)
    assert "Entry 3" in str(service.stopped)
    with pytest.raises(LogStopped):
        await service.submit(*given(kept.person("late").joins()))


async def test_a_good_log_is_looked_through(kept: Kept, start: Start) -> None:
    kept.fill()
    service = await start()
    await service._scrubbing
    assert service.stopped is None
    assert service.metrics.scrubbed._value.get() == 16


async def test_a_disk_that_cannot_be_read_just_now_is_no_damage(
    kept: Kept, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise StorageError("The library's database is busy with something else.")

    monkeypatch.setattr(Queries, "check", fail)
    service = await start()
    await service._scrubbing
    assert service.stopped is None


async def test_a_checkpoint_waits_for_its_witnesses(kept: Kept, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SEAL_EVERY_S", 0.01)
    asked: list[str] = []
    away = threading.Event()

    def cosign(note: Note) -> Note:
        asked.append(note.text.split("\n")[1])
        if not away.is_set():
            raise Unwitnessed("Nobody answered.")
        return note

    service = await start(cosign=cosign)
    receipt = await service.submit(*given(kept.person("ana").joins()))
    await until(lambda: len(asked) >= 3)
    assert (service.size, service.published_size) == (3, 2)
    assert service.stopped is None
    away.set()
    await service.proof(receipt.record.index)
    assert asked[-1] == "3"


async def test_the_lost_public_folder_comes_back(kept: Kept, start: Start) -> None:
    kept.fill()
    kept.log.close()
    shutil.rmtree(kept.folder / "public")
    service = await start()
    assert service.stopped is None
    proof = parse_proof(await service.proof(4))
    record = await service.read(lambda queries: queries.entry("4"))
    proof.verify(bytes.fromhex(record["leaf_hash"]), service.policy)


async def test_metrics_tell(kept: Kept, start: Start) -> None:
    registry = CollectorRegistry()
    service = await start(registry=registry)
    entry = kept.person("ana").joins()
    await service.submit(*given(entry), wait="proof")
    await service.submit(*given(entry))
    value = registry.get_sample_value
    await until(lambda: value("carrel_ledger_unpublished") == 0 and value("carrel_ledger_commit_seconds_count") == 2)
    assert value("carrel_ledger_size") == 3
    assert value("carrel_ledger_entries_total", {"verdict": "accepted"}) == 1
    assert value("carrel_ledger_entries_total", {"verdict": "again"}) == 1
    assert value("carrel_ledger_unpublished") == 0
    assert value("carrel_ledger_stopped") == 0
    assert value("carrel_ledger_commit_seconds_count") == 2


async def test_the_published_file_is_the_one_proofs_carry(kept: Kept, start: Start) -> None:
    service = await start()
    receipt = await service.submit(*given(kept.person("ana").joins()), wait="proof")
    there = parse_note((kept.folder / "public" / "checkpoint").read_bytes())
    assert parse_proof(receipt.proof).checkpoint_note == there == service.published


def _failing(code: int) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise OSError(code, os.strerror(code))

    return fail
