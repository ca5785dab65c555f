"""One open log: entries in, a durable commit, tiles and a signed checkpoint out. `append` belongs to one thread, `seal` and `publish` to one; these may be two.

    append   verdicts → one commit → acknowledged: nothing after this loses the entries
    seal     tiles → compare-and-swap of the latest checkpoint
    publish  the checkpoint, with its witnesses' cosignatures, where everybody reads it

Whatever fails in between stops the log: what the disk then holds is for `recovery` at the next start, it is not guessed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Final

from carrel.ledger import promise as promises
from carrel.ledger.checkpoint import Checkpoint, Note, NoteSigner, parse_note
from carrel.ledger.entry import Entry
from carrel.ledger.errors import Forked
from carrel.ledger.promise import SignedPromise
from carrel.ledger.sequencer import Accepted, Sequencer, Verdict
from carrel.ledger.state import Row, State, needs
from carrel.ledger.storage import Batch, Files, Place, Record
from carrel.ledger.tiles import CHECKPOINT_PATH, TILE_WIDTH, TileWriter, parse_path, right_edge
from carrel.server.errors import LocalError
from carrel.server.registry.errors import AnotherWriter, LogStopped, NotNow
from carrel.server.registry.store import SqlStore

MOST_AT_ONCE: Final = 1000
"""Entries of one group, which stay together."""
MOST_IN_COMMIT: Final = 4 * MOST_AT_ONCE
"""Entries of one commit."""


class Log:
    """Made by `recovery.open_log`, which has checked that all the parts agree.

    `sealed`: the latest signed checkpoint's note. `pending`: records that are kept and not yet under it.
    """

    def __init__(
        self,
        signer: NoteSigner,
        store: SqlStore,
        files: Files,
        place: Place,
        sequencer: Sequencer,
        writer: TileWriter,
        sealed: bytes,
        pending: list[Record],
        close: Callable[[], None],
    ) -> None:
        self.signer = signer
        self.store = store
        self.files = files
        self.sealed = sealed
        self.stopped: LogStopped | None = None
        self._place = place
        self._sequencer = sequencer
        self.size = sequencer.state.size
        """Entries acknowledged; the state is ahead of it while a commit runs."""
        self._writer = writer
        self._pending = pending
        self._handover = Lock()
        self._superseded: list[str] = []
        self._close = close

    @property
    def origin(self) -> str:
        return self.signer.name

    @property
    def state(self) -> State:
        return self._sequencer.state

    @property
    def sealed_size(self) -> int:
        """Entries under the latest signed checkpoint."""
        return self._writer.size

    def append(self, entries: Sequence[Entry], now_ms: int) -> list[Verdict]:
        """A verdict each; the accepted ones are durable. At most `MOST_IN_COMMIT`. Raises LogStopped."""
        with self._or_stop():
            verdicts, batch = self.store.together(lambda: self._append(entries, now_ms))
            if batch is not None:
                self.size = batch.head.size
                with self._handover:
                    self._pending.extend(batch.records)
            return verdicts

    def _append(self, entries: Sequence[Entry], now_ms: int) -> tuple[list[Verdict], Batch | None]:
        known = self.store.known([bytes.fromhex(entry.body.id) for entry in entries])
        fetched = self._fetch(entries)
        verdicts = self._sequencer.admit(entries, known, now_ms)
        batch = self._sequencer.batch(verdicts)
        self.state.cool(fetched)  # those that nothing came of too
        if batch is not None:
            self.store.append(batch)
        return verdicts, batch

    def promise(self, verdicts: Sequence[Verdict]) -> SignedPromise | None:
        """The log's signed word for the accepted ones of `append`'s answer, if they stand side by side; None if none was accepted."""
        accepted = [one.record for one in verdicts if isinstance(one, Accepted)]
        if not accepted:
            return None
        hashes = [record.leaf_hash for record in accepted]
        given = promises.promise(self.origin, accepted[0].index, hashes, accepted[0].logged_ms)
        return promises.sign(given, self.signer.seed)

    def seal(self) -> Note | None:
        """Put what is pending under a new signed checkpoint; None when nothing is. Raises LogStopped, NotNow."""
        with self._or_stop():
            with self._handover:
                pending, self._pending = self._pending, []
            if not pending:
                return None
            edge = right_edge(self._writer.size)
            writer, files = self._writer.grow([one.leaf for one in pending], [one.leaf_hash for one in pending])
            note = Checkpoint(self.origin, writer.size, writer.root()).sign([self.signer])
            try:
                self.files.write(files)
                self._place.swap(self.sealed, note.encode())
            except NotNow:
                with self._handover:
                    self._pending = pending + self._pending
                raise
            self._writer, self.sealed = writer, note.encode()
            self._superseded += [path for path in edge if _is_full(path, writer.size)]
            return note

    def publish(self, note: Note) -> None:
        """`note` is a sealed checkpoint, cosigned as far as the log's policy asks. Raises LogStopped, NotNow."""
        with self._or_stop():
            self.files.write({CHECKPOINT_PATH: note.encode()})
            done, self._superseded = self._superseded, []
            self.files.remove(part for path in done for part in _parts_of(path))
            self.store.backfill()

    def published(self) -> Note:
        """What everybody reads. Raises FileNotFoundError before the first."""
        return parse_note(self.files.read(CHECKPOINT_PATH))

    def stop(self, reason: LogStopped) -> None:
        """Nothing is appended or signed any more."""
        self.stopped = self.stopped or reason

    def close(self) -> None:
        self.stop(LogStopped("The log is closed."))
        self.store.close()
        self._close()

    def _fetch(self, entries: Sequence[Entry]) -> list[Row]:
        """Rows that only these entries want, once each."""
        places = {place: None for entry in entries if (place := needs(entry.body)) and not self.state.get(*place)}
        found = self.store.found(places) if places else []
        for row in found:
            self.state.load(row)
        return found

    @contextmanager
    def _or_stop(self) -> Iterator[None]:
        if self.stopped is not None:
            raise self.stopped
        try:
            yield
        except LogStopped as error:
            self.stop(error)
            raise
        except Forked as error:
            self.stop(AnotherWriter(str(error)))
            raise AnotherWriter(str(error)) from error
        except NotNow:
            raise
        except LocalError as error:
            self.stop(LogStopped(f"The ledger stopped, and nothing is acknowledged until it is started again: {error}"))
            raise LogStopped(str(self.stopped)) from error
        except BaseException as error:
            self.stop(LogStopped(f"The ledger stopped on an unforeseen {type(error).__name__}: {error}"))
            raise


def _parts_of(path: str) -> Iterator[str]:
    """This partial file and all narrower ones of the same tile: each checkpoint on the way left one."""
    full, _, width = path.rpartition("/")
    return (f"{full}/{narrower}" for narrower in range(1, int(width) + 1))


def _is_full(path: str, size: int) -> bool:
    """Whether the partial file's full one is in the tree of `size` leaves."""
    level, number, _ = parse_path(path)
    return (number + 1) * TILE_WIDTH <= size >> (8 * (level or 0))
