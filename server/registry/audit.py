"""The full audit of a log, its signatures spread over processes."""

from __future__ import annotations

import gc
import multiprocessing
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import Final

from carrel.ledger.audit import Audit, Bundle, Checked, Report, check
from carrel.ledger.errors import LedgerError
from carrel.server.errors import StorageError
from carrel.server.registry.reading import Reading

AHEAD: Final = 4
"""Bundles under way for each process: enough that none waits, few enough to be held."""


def audit_log(reading: Reading, processes: int, progress: Callable[[int], None] = lambda _: None) -> Report:
    """Everything, from the first entry on; `progress` is told the entries that are done. Raises Invalid at the first fault, SourceError."""
    whole = Audit(reading.checkpoint, reading.source.read)
    with _without_collector():
        for bundle, checked in _checked(whole.bundles(), processes):
            whole.add(bundle, checked)
            progress(whole.state.size)
        return whole.finish()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows have no cycles, and looking for some among millions takes a fifth of the replay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _checked(bundles: Iterator[Bundle], processes: int) -> Iterator[tuple[Bundle, Checked]]:
    """In order, and a file that cannot be read is a fault in its turn. One process: here, without another."""
    if processes <= 1:
        yield from ((bundle, check(bundle)) for bundle in bundles)
        return
    # A fork shares what is loaded already; where it is not safe, the platform's own way is taken.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    with ProcessPoolExecutor(processes, context) as pool:
        source = _with_fault(bundles)
        waiting: deque[tuple[Bundle, Future[Checked]] | LedgerError] = deque()

        def send(count: int) -> None:
            for each in islice(source, count):
                waiting.append((each, pool.submit(check, each)) if isinstance(each, Bundle) else each)

        try:
            send(AHEAD * processes)
            while waiting:
                first = waiting.popleft()
                if isinstance(first, LedgerError):
                    raise first
                yield first[0], first[1].result()
                send(1)
        except BrokenProcessPool as error:
            raise StorageError(
                "A process of the audit was ended from outside, perhaps for want of memory: try fewer."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _with_fault(bundles: Iterator[Bundle]) -> Iterator[Bundle | LedgerError]:
    try:
        yield from bundles
    except LedgerError as error:
        yield error
