"""The ledger's service: entries from people in, verdicts, promises and proofs out.

Entries are checked by a few threads at once and groups in a process beside (`group_checker`), appended by one thread and sealed by another (`pipeline`).
Readers ask on connections of their own (`queries`), which see what is committed and nothing else: the writer's rows in memory are ahead of the disk while a
commit runs, so nobody else reads them.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeVar

import structlog
from prometheus_client import CollectorRegistry

from carrel.ledger.bodies import Body
from carrel.ledger.checkpoint import Note, open_checkpoint, parse_checkpoint, parse_note
from carrel.ledger.entry import Entry, Signature, parse
from carrel.ledger.errors import Invalid, Refused
from carrel.ledger.policy import Policy, TrustedLog
from carrel.ledger.promise import INTEGRATE_MS, SignedPromise
from carrel.ledger.sequencer import Accepted, Verdict
from carrel.ledger.storage import Record
from carrel.ledger.tiles import TILE_WIDTH
from carrel.server.clock import Clock
from carrel.server.errors import ConfigurationError, LocalError
from carrel.server.registry.cosigning import Standing
from carrel.server.registry.errors import Damaged, EntryRefused, LogBusy, LogStopped
from carrel.server.registry.group_checker import Given, GroupChecker
from carrel.server.registry.library_key import LibraryKey, read_key
from carrel.server.registry.log import MOST_AT_ONCE, Log
from carrel.server.registry.metrics import LogMetrics
from carrel.server.registry.pipeline import Appender, Cosign, Sealer
from carrel.server.registry.queries import Queries
from carrel.server.registry.recovery import database_of, open_log, read_about

log = structlog.get_logger("carrel.ledger")

T = TypeVar("T")
Wait = Literal["promise", "proof"]

CHECKERS: Final = min(4, os.cpu_count() or 1)
READERS: Final = 4
GROUP: Final = 50
"""Entries that are worth the way to the process beside."""
SCRUB_SHARE: Final = 0.1
"""Of one core's time, for looking through the log after the start."""
PROOF_WAIT_S: Final = 30.0


class Receipt(NamedTuple):
    """`again`: this very entry was there already. `promise`: the log's signed word. `proof`: the bytes of a .tlog-proof, when it was waited for."""

    record: Record
    again: bool
    promise: SignedPromise
    proof: bytes | None = None


class GroupReceipt(NamedTuple):
    """A verdict for each entry, and a promise for each run of accepted ones that stand side by side: one, unless some were there before."""

    verdicts: list[Verdict]
    promises: list[SignedPromise]


@dataclass(frozen=True)
class _Open:
    """What lives while the log is open."""

    log: Log
    library: LibraryKey | None
    queries: Queries
    policy: Policy
    appender: Appender
    sealer: Sealer


class Registry:
    """Made, then `start`ed. Whatever stops its log, it stays and says so. `queue_entries`: how many may wait for their verdict."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        opener: Callable[[], Log] | None = None,
        passphrase: str | None = None,
        queue_entries: int = 4000,
        policy: Policy | None = None,
        cosign: Cosign | None = None,
        standings: Callable[[], list[Standing]] = list,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self.folder = folder
        self.metrics = LogMetrics(registry)
        self._now_ms = clock
        self._opener = opener or (lambda: open_log(folder, passphrase=passphrase))
        self._passphrase = passphrase
        self._queue_entries = queue_entries
        self._policy = policy
        self._cosign: Cosign = cosign or (lambda note: note)
        self.standings = standings
        """How each witness stands, where there are some."""
        self._open: _Open | None = None
        self._failed: LogStopped | None = LogStopped("The ledger is not open yet.")
        self._told = False
        self._waiting = 0
        self._published: tuple[Note, int] | None = None
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        self._scrubbing: asyncio.Task[None] | None = None
        self._checkers = ThreadPoolExecutor(CHECKERS, "ledger-check")
        self._groups = GroupChecker()
        self._group_thread = ThreadPoolExecutor(1, "ledger-group")
        self._readers = ThreadPoolExecutor(READERS, "ledger-read")

    # --- life ---

    async def start(self) -> None:
        """Open the log and begin. What stops the log is kept as `stopped`, not raised: the library opens without it. Raises ConfigurationError."""
        self._loop = asyncio.get_running_loop()
        try:
            self._open = await asyncio.to_thread(self._begin)
        except ConfigurationError:
            raise
        except (LocalError, Invalid, OSError) as error:
            self._failed = error if isinstance(error, LogStopped) else LogStopped(str(error))
            self._tell()
            return
        self._failed = None
        self._scrubbing = asyncio.create_task(self._scrub(self._open))
        log.info("ledger_open", origin=self._open.log.origin, size=self._open.log.size)

    def _begin(self) -> _Open:
        opened = self._opener()
        try:
            library = read_key(self.folder, opened.origin, self._now_ms, self._passphrase)
            verifier = opened.signer.verifier()
            with suppress(OSError, Invalid):  # else it is published anew
                note = opened.published()
                self._published = note, open_checkpoint(note.encode(), verifier, opened.origin).size
            sealer = Sealer(opened, self._cosign, self._on_published, self._on_stopped)
            appender = Appender(opened, self._now_ms, self.metrics, lambda: self._on_committed(sealer))
            queries = Queries(verifier, database_of(read_about(self.folder), self.folder), opened.files)
            policy = replace(self._policy or Policy(), logs=(TrustedLog(verifier),))
            return _Open(opened, library, queries, policy, appender, sealer)
        except BaseException:
            opened.close()
            raise

    async def close(self) -> None:
        """Finish what was taken, seal and publish it, and let go of the log."""
        if self._scrubbing is not None:
            self._scrubbing.cancel()
            await asyncio.gather(self._scrubbing, return_exceptions=True)
        closing = LogStopped("The library is closing.")
        self._failed = self._failed or closing
        if self._open is not None:
            await asyncio.to_thread(self._end, self._open)
        self._release(closing)
        for pool in (self._checkers, self._group_thread):
            await asyncio.to_thread(pool.shutdown)
        await asyncio.to_thread(self._groups.close)

    def _end(self, opened: _Open) -> None:
        opened.appender.end()
        opened.sealer.end()
        self._readers.shutdown()
        opened.queries.close()
        opened.log.close()

    @property
    def stopped(self) -> LogStopped | None:
        """Why nothing is taken, None while all is well."""
        return self._failed or (self._open.log.stopped if self._open else None)

    # --- writing ---

    async def submit(self, raw: bytes, signatures: Sequence[Signature], wait: Wait = "promise") -> Receipt:
        """One entry. The very same again has the same receipt. Raises EntryRefused, LogBusy, LogStopped."""
        verdicts, promises = await self.submit_group([(raw, signatures)])
        verdict = verdicts[0]
        if isinstance(verdict, Refused):
            raise EntryRefused(verdict)
        receipt = Receipt(verdict.record, verdict.again, promises[0])
        return receipt if wait == "promise" else receipt._replace(proof=await self.proof(verdict.record.index))

    async def submit_group(self, given: Sequence[Given]) -> GroupReceipt:
        """1 to `MOST_AT_ONCE` entries, committed together; one that is refused does not hold up the others. Raises LogBusy, LogStopped."""
        if not 0 < len(given) <= MOST_AT_ONCE:
            raise ValueError(f"A group has 1 to {MOST_AT_ONCE} entries.")
        opened = self._running()
        self._count_waiting(len(given), opened)
        try:
            parsed = await self._parse(given)
            entries = [one for one in parsed if isinstance(one, Entry)]
            found: list[Verdict] = await asyncio.wrap_future(opened.appender.put(entries)) if entries else []
        finally:
            self._waiting -= len(given)
            self.metrics.waiting.set(self._waiting)
        answers = iter(found)
        verdicts = [next(answers) if isinstance(one, Entry) else one for one in parsed]
        return GroupReceipt(verdicts, _promises(opened.log, verdicts))

    async def act(self, kind: type[Body], /, *, wait: Wait = "promise", **members: Any) -> Receipt:
        """An entry of the library itself, signed with its key. Raises as `submit`."""
        library = self._running().library
        if library is None:
            raise LogStopped("The library's key is not here: entries of the library are signed elsewhere.")
        entry = library.entry(kind, **members)
        return await self.submit(entry.raw, entry.signatures, wait)

    async def proof(self, index: int) -> bytes:
        """A .tlog-proof of the entry, once it is under a published checkpoint. Raises LogStopped, LogBusy when that takes long."""
        while self.published_size <= index:
            self._running()
            waiter = self._loop.create_future()
            self._waiters.append((index + 1, waiter))
            try:
                await asyncio.wait_for(waiter, PROOF_WAIT_S)
            except TimeoutError:
                raise LogBusy(
                    "The entry is kept, and its checkpoint waits for the witnesses. Ask for the proof later.",
                    retry_after_ms=5000,
                ) from None
        note = self.published
        return await self.read(lambda queries: queries.proof(note, index))

    # --- reading ---

    async def read(self, question: Callable[[Queries], T]) -> T:
        """Ask on a reader's thread. Raises LogStopped, and what the question raises."""
        opened = self._running()
        try:
            return await self._loop.run_in_executor(self._readers, question, opened.queries)
        except Damaged as error:
            opened.log.stop(error)
            self._tell()
            raise

    @property
    def log(self) -> Log:
        """Raises LogStopped."""
        return self._running().log

    @property
    def policy(self) -> Policy:
        """Who must have seen a checkpoint. Raises LogStopped."""
        return self._running().policy

    @property
    def published(self) -> Note:
        """The latest checkpoint that everybody reads. Raises LogStopped before the first."""
        if self._published is None:
            raise self.stopped or LogStopped("No checkpoint is published yet.")
        return self._published[0]

    @property
    def published_size(self) -> int:
        return self._published[1] if self._published else 0

    async def late_ms(self) -> int:
        """For how long the oldest promise that is not kept yet has been due; 0 when none is. Raises LogStopped."""
        first = self.published_size
        if first >= self.size:
            return 0
        logged_ms: int = (await self.read(lambda queries: queries.entry(str(first))))["logged_ms"]
        return max(0, self._now_ms() - logged_ms - INTEGRATE_MS)

    @property
    def size(self) -> int:
        """Entries acknowledged."""
        return self._open.log.size if self._open else 0

    # --- inside ---

    def _running(self) -> _Open:
        if self.stopped is not None or self._open is None:
            raise self.stopped or LogStopped("The ledger is not open yet.")
        return self._open

    def _count_waiting(self, count: int, opened: _Open) -> None:
        if self._waiting + count > self._queue_entries:
            raise LogBusy(
                "The ledger has more to write than it can just now. Send it again in a moment.",
                retry_after_ms=50 + int(1000 * self._waiting / opened.appender.rate_per_s),
            )
        self._waiting += count
        self.metrics.waiting.set(self._waiting)

    async def _parse(self, given: Sequence[Given]) -> list[Entry | Refused]:
        if len(given) < GROUP:
            return await self._loop.run_in_executor(self._checkers, _parse_all, given)
        return await self._loop.run_in_executor(self._group_thread, self._groups.check, given)

    async def _scrub(self, opened: _Open) -> None:
        """Look once through all that was sealed at the start. A difference between database and tiles stops the log."""
        checkpoint = parse_checkpoint(parse_note(opened.log.sealed).text)
        try:
            for number in range(-(-checkpoint.size // TILE_WIDTH)):
                began = time.monotonic()
                count = await self.read(lambda queries, number=number: queries.check(checkpoint, number))  # type: ignore[misc]
                self.metrics.scrubbed.inc(count)
                await asyncio.sleep((time.monotonic() - began) * (1 / SCRUB_SHARE - 1))
        except LogStopped:
            pass  # it was told
        except LocalError as error:
            log.error("ledger_scrub_failed", error=str(error))

    def _on_committed(self, sealer: Sealer) -> None:
        """On the appender's thread."""
        sealer.wake()
        self._loop.call_soon_threadsafe(self._after_commit)

    def _after_commit(self) -> None:
        if self._open is None:
            return
        self._gauge(self._open.log)
        if self._open.log.stopped is not None:
            self._tell()

    def _on_published(self, note: Note, size: int) -> None:
        """On the sealer's thread."""
        self._published = note, size
        self._loop.call_soon_threadsafe(self._after_publication)

    def _after_publication(self) -> None:
        if self._open is not None:
            self._gauge(self._open.log)
        waiting, size = self._waiters, self.published_size
        self._waiters = [one for one in waiting if one[0] > size and not one[1].done()]
        for wanted, waiter in waiting:
            if wanted <= size and not waiter.done():
                waiter.set_result(None)

    def _gauge(self, opened: Log) -> None:
        self.metrics.size.set(opened.size)
        self.metrics.unsealed.set(opened.size - opened.sealed_size)
        self.metrics.unpublished.set(opened.size - self.published_size)

    def _on_stopped(self) -> None:
        """On the sealer's thread."""
        self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        """Say loudly, once, why the log has stopped, and let nobody wait for it."""
        reason = self.stopped
        if reason is None or self._told or (self._failed is not None and self._open is not None):
            return
        self._told = True
        self.metrics.stopped.set(1)
        log.critical("ledger_stopped", reason=str(reason), folder=str(self.folder))
        self._release(reason)

    def _release(self, reason: LogStopped) -> None:
        waiting, self._waiters = self._waiters, []
        for _, waiter in waiting:
            if not waiter.done():
                waiter.set_exception(reason)


def _parse_all(given: Sequence[Given]) -> list[Entry | Refused]:
    found: list[Entry | Refused] = []
    for raw, signatures in given:
        try:
            found.append(parse(raw, signatures))
        except Refused as refused:
            found.append(refused)
    return found


def _promises(opened: Log, verdicts: Iterable[Verdict]) -> list[SignedPromise]:
    runs: list[list[Accepted]] = []
    for verdict in verdicts:
        if not isinstance(verdict, Accepted):
            continue
        record = verdict.record
        if runs and (runs[-1][-1].record.index + 1, runs[-1][-1].record.logged_ms) == (record.index, record.logged_ms):
            runs[-1].append(verdict)
        else:
            runs.append([verdict])
    return [promise for run in runs if (promise := opened.promise(run)) is not None]
