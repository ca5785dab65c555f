"""The one who changes a room's scene.

Requests wait in a queue and are decided one after another, in the order in which they came: each on top of those before it. What a batch has decided
is written in one transaction, and only then does it hold, is told to everybody and answered. Nothing is decided while a write is under way; what comes
meanwhile is the next batch. So the order of operations is the order of their durability, a failed write takes back the whole batch and nothing else,
and many requests of one moment cost one flush of the disk. The other way, to decide on what is not durable yet, would be quicker by part of
a write, and would have to take back what others have built on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, NamedTuple

import structlog

from carrel.scenes.arrangement.arrangement import Draft
from carrel.scenes.arrangement.errors import ArrangementError
from carrel.scenes.arrangement.values import EntityId, Operation, Placement
from carrel.server.errors import PeerError, StorageError, TooManyRequests
from carrel.server.rooms.models import Models
from carrel.server.rooms.room import Room
from carrel.server.rooms.scene_errors import NotKept, told
from carrel.server.rooms.scene_ports import Change, Line, Scenes
from carrel.server.wire.messages import Operated, Sequence

log = structlog.get_logger("carrel.scenes")

BATCH: Final = 512
SNAPSHOT_EVERY: Final = 1000
"""Operations between two snapshots, so that a start reads few."""
WAITING_AT_MOST: Final = 4096
RETRY_MS: Final = 5000

Decide = Callable[[Draft], Awaitable[EntityId | None]]
"""Decides on the draft; which thing it was about. Raises ArrangementError or PeerError."""
Hear = Callable[["Outcome"], None]


class Done(NamedTuple):
    """It is durable."""

    op_sequence: Sequence
    entity: EntityId | None


Outcome = Done | PeerError | None
"""What the one who asked hears; None when something broke here."""


class _Waiting(NamedTuple):
    decide: Decide
    hear: Hear
    name: str
    is_restore: bool


class SceneWriter:
    """One a room. `spawn` runs a coroutine beside everything else."""

    def __init__(
        self,
        room: Room,
        store: Scenes,
        models: Models,
        now_ms: Callable[[], int],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self.store = store
        self.models = models
        self._room = room
        self._now_ms = now_ms
        self._spawn = spawn
        self._queue: deque[_Waiting] = deque()
        self._busy = False
        self._snapshot_at = 0
        self._in_doubt = False
        """The last write failed and what is on the disk could not be asked either."""

    async def open(self) -> None:
        """Read what is kept. Raises StorageError."""
        name, scene = self._room.spec.room, self._room.scene
        state = await self.store.state(name)
        scene.open(await self.store.facts(name), state)
        self._in_doubt = False
        self._snapshot_at = 0 if state is None else state.op_sequence - state.op_sequence % SNAPSHOT_EVERY

    async def refresh(self) -> None:
        """Who may what may have been said anew, by another process too. Raises StorageError."""
        self._room.scene.facts = await self.store.facts(self._room.spec.room)

    def ask(self, decide: Decide, hear: Hear, name: str, *, is_restore: bool = False) -> None:
        """Put a request of the person `name` into the queue; `hear` is called once. Raises TooManyRequests when too many wait."""
        if len(self._queue) >= WAITING_AT_MOST:
            raise TooManyRequests("Very much is being changed here. Try again in a moment.", retry_after_ms=1000)
        self._queue.append(_Waiting(decide, hear, name, is_restore))
        if not self._busy:
            self._busy = True
            self._spawn(self._work())

    def tend(self, now_ms: int) -> None:
        """End the holds of those who have left, and those that were not renewed. Called at every tick; costs nothing while nothing is held."""
        scene = self._room.scene
        if scene.arrangement.leases and scene.is_due(now_ms):
            left, scene.left = scene.left, []

            async def end(draft: Draft) -> None:
                for participant in left:
                    draft.let_go(participant)
                draft.lapse(self._now_ms())

            self.ask(end, _nobody, "")

    async def _work(self) -> None:
        try:
            while self._queue:
                batch = self._next()
                try:
                    await self._batch(batch)
                except Exception as error:
                    # Ours: nobody is left without an answer, and what is on the disk counts.
                    self._in_doubt = True
                    _refuse(batch, error)
        finally:
            self._busy = False

    def _next(self) -> list[_Waiting]:
        """What is decided together. A restore is the last of its batch: the snapshot that keeps it is the state after that."""
        batch: list[_Waiting] = []
        while self._queue and len(batch) < BATCH and not (batch and batch[-1].is_restore):
            batch.append(self._queue.popleft())
        return batch

    async def _batch(self, batch: list[_Waiting]) -> None:
        scene = self._room.scene
        if self._in_doubt and not await self._look_again(batch):
            return
        draft = scene.arrangement.draft()
        outcomes: list[Outcome] = []
        names: list[str] = []
        for waiting in batch:
            outcomes.append(await _decided(draft, waiting))
            names += [waiting.name] * (draft.op_sequence - scene.arrangement.op_sequence - len(names))
        operations = [news for news in draft.news if isinstance(news, Operation)]
        if operations:
            try:
                await self._keep(draft, operations, names)
            except Exception as error:
                # A connection may break after the database has kept it: what is there counts, not what was heard of it.
                if not await self._was_kept(draft):
                    _refuse(batch, error)
                    return
        for event in scene.adopt(draft, self._now_ms()):
            self._room.announce(event)
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.hear(outcome)

    async def _was_kept(self, draft: Draft) -> bool:
        """After a failed write: whether it is there all the same."""
        try:
            newest = await self.store.newest(self._room.spec.room)
        except StorageError as error:
            log.error("scene_in_doubt", error=str(error))
            self._in_doubt = True
            return False
        # Anything else than before or after is another writer's, which there must not be: start from what is there.
        self._in_doubt = newest not in (self._room.scene.arrangement.op_sequence, draft.op_sequence)
        return newest == draft.op_sequence

    async def _look_again(self, batch: list[_Waiting]) -> bool:
        """Start from what is on the disk, and tell everybody when that is not what they know."""
        known = self._room.scene.arrangement.op_sequence
        try:
            await self.open()
        except Exception as error:
            _refuse(batch, error)
            return False
        now = self._room.scene.arrangement.op_sequence
        if now != known:
            self._room.announce(Operated(op_sequence=now, by=None, reload=True))
        return True

    async def _keep(self, draft: Draft, operations: list[Operation], names: list[str]) -> None:
        now_ms = self._now_ms()
        lines = [
            Line(
                operation.op_sequence,
                now_ms,
                name[:40],
                operation.actor.owner,
                operation.kind,
                operation.entity,
                None if operation.kind == "restore" else Change(put=operation.put, gone=operation.gone),
            )
            for operation, name in zip(operations, names, strict=True)
        ]
        snapshot: list[Placement] | None = None
        if operations[-1].kind == "restore" or draft.op_sequence - self._snapshot_at >= SNAPSHOT_EVERY:
            snapshot = list(draft.placed().values())
        await self.store.keep(self._room.spec.room, lines, snapshot)
        if snapshot is not None:
            self._snapshot_at = draft.op_sequence


async def _decided(draft: Draft, waiting: _Waiting) -> Outcome:
    try:
        entity = await waiting.decide(draft)
    except ArrangementError as error:
        return told(error)
    except PeerError as error:
        return error
    except Exception:
        log.exception("scene_request_failed")
        return None
    return Done(draft.op_sequence, entity)


def _refuse(batch: list[_Waiting], error: Exception) -> None:
    """Everybody whose request was in the batch hears that nothing came of it."""
    failure = None
    if isinstance(error, StorageError):
        log.error("scene_not_kept", error=str(error))
        failure = NotKept(f"{error} Nothing has changed.", retry_after_ms=RETRY_MS)
    else:
        log.error("scene_not_kept", exc_info=error)
    for waiting in batch:
        waiting.hear(failure)


def _nobody(outcome: Outcome) -> None:
    """Nobody waits for the end of a hold."""
