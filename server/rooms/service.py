"""The live rooms of this process: entering, ticking, ending, and what others may ask of them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from prometheus_client import CollectorRegistry

from carrel.server.accounts.model import Identity
from carrel.server.bucket import Bucket
from carrel.server.clock import Clock, steady_clock
from carrel.server.errors import Banned, NotFound, NotSignedIn, PeerError
from carrel.server.rooms.broadcast import Broadcast
from carrel.server.rooms.metrics import RoomMetrics
from carrel.server.rooms.model import CLOSE_CODES, CLOSE_RESTART, CLOSE_SESSION_ENDED, RoomSpec
from carrel.server.rooms.models import Models
from carrel.server.rooms.moderation import carry_out
from carrel.server.rooms.participant import Participant
from carrel.server.rooms.ports import Act, Complaint, Moderation, Sessions
from carrel.server.rooms.requests import set_block
from carrel.server.rooms.room import Deed, Room, parting
from carrel.server.rooms.scene_ports import Scenes
from carrel.server.rooms.scene_writer import SceneWriter
from carrel.server.rooms.ticker import Ticker
from carrel.server.rooms.tokens import ResumeTokens, load_key
from carrel.server.rooms.visits import Visit, VisitConnection
from carrel.server.settings import Settings
from carrel.server.wire.messages import PROTOCOL_VERSION, EnterAnswer, EnterRequest, Notice, RoomSummary
from carrel.server.wire.schema import schema_hash

log = structlog.get_logger("carrel.rooms")

RESTORES_PER_MINUTE: Final = 6
ENDED_KEPT_MS: Final = 120_000
"""An ended session is remembered so long, for requests that were under way when it ended."""


@dataclass(slots=True, eq=False)
class LiveRoom:
    room: Room
    broadcast: Broadcast
    writer: SceneWriter
    visits: set[Visit] = field(default_factory=set)


class Rooms:
    """`specs` are the rooms to keep open; `key` (32 bytes) makes resume tokens and is kept in the data folder when not given."""

    def __init__(
        self,
        settings: Settings,
        specs: Iterable[RoomSpec],
        sessions: Sessions,
        moderation: Moderation,
        scenes: Scenes,
        models: Models,
        clock: Clock | None = None,
        *,
        key: bytes | None = None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self.settings = settings
        self.sessions = sessions
        self.moderation = moderation
        self.now_ms = clock or steady_clock()
        self.metrics = RoomMetrics(registry)
        tokens = ResumeTokens(key or load_key(Path(settings.data_dir) / "keys" / "resume.key"))
        now_ms = self.now_ms()
        self._live: dict[str, LiveRoom] = {}
        for spec in specs:
            room = Room(spec, settings, tokens, now_ms)
            writer = SceneWriter(room, scenes, models, self.now_ms, self.spawn)
            self._live[spec.room] = LiveRoom(room, Broadcast(room, self.metrics), writer)
        self.session_ends: list[Callable[[str], None]] = []
        """Called with each session that ends."""
        self._enters: dict[str, Bucket] = {}
        self._restores: dict[str, Bucket] = {}
        self._ended: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ticker = Ticker(1 / settings.tick_hz, self.tick, self.metrics.late_ticks.inc)
        self._checked_ms = now_ms
        self._emptied = asyncio.Event()

    # --- life ---

    async def start(self) -> None:
        """Read what is arranged in each room, and begin to tick on the running loop. Raises StorageError."""
        for live in self._live.values():
            await live.writer.open()
        self._ticker.start()

    async def stop(self) -> None:
        """Tell everybody that the server restarts, close their connections and finish what is being kept."""
        self._ticker.stop()
        visits = [visit for live in self._live.values() for visit in live.visits]
        for visit in visits:
            if visit.participant is not None:
                visit.connection.send(parting(visit.participant, Notice(code="restarting")))
            visit.connection.close(CLOSE_RESTART, CLOSE_CODES[CLOSE_RESTART])
        deadline = asyncio.get_running_loop().time() + self.settings.drain_ms / 1000
        while any(live.visits for live in self._live.values()) and asyncio.get_running_loop().time() < deadline:
            self._emptied.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), deadline - asyncio.get_running_loop().time())
        for visit in [visit for live in self._live.values() for visit in live.visits]:
            visit.connection.abort()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self.settings.drain_ms / 1000)

    def tick(self) -> None:
        """One tick of every room; the ticker's, and tests'."""
        began = time.perf_counter()
        now_ms = self.now_ms()
        for live in self._live.values():
            live.writer.tend(now_ms)
            live.broadcast.tick(now_ms)
        if now_ms - self._checked_ms >= 1000:
            self._checked_ms = now_ms
            self._check(now_ms)
        self.metrics.ticks.inc()
        self.metrics.tick_seconds.observe(time.perf_counter() - began)

    # --- for routes and channels ---

    async def enter(self, identity: Identity, room_id: str, wish: EnterRequest) -> EnterAnswer:
        """Keep a place. Raises NotFound, NotSignedIn, TooManyRequests, Banned, RoomFull, BadRequest."""
        now_ms = self.now_ms()
        bucket = self._enters.setdefault(
            identity.session_id, Bucket(self.settings.enters_per_minute, 60_000, at_ms=now_ms)
        )
        bucket.spend(now_ms, "You are coming and going very fast. Wait a moment.")
        live = self.live(room_id)
        room = live.room
        ban = await self.moderation.is_banned(identity.subject, room_id)
        if ban is not None:
            raise Banned(f"You are banned from this room: {ban.reason}", until_ms=ban.until_ms)
        blocks = await self.moderation.blocks_of(identity.subject)
        await live.writer.refresh()
        wish = await self._wearable(live.writer.models, identity, wish)
        self.still_signed_in(identity)
        one, ticket = room.expect(identity, blocks, wish, self.now_ms())
        return EnterAnswer(
            room_url=f"/api/rooms/{room_id}/socket",
            tunnel=True,
            ticket=ticket,
            ticket_ms=self.settings.ticket_ms,
            participant=one.id,
            slot=one.slot,
            epoch_ms=room.epoch_ms,
            protocol=PROTOCOL_VERSION,
            schema=schema_hash(),
        )

    def spend_restore(self, identity: Identity) -> None:
        """Each restore keeps a whole state: they are counted. Raises TooManyRequests."""
        now_ms = self.now_ms()
        bucket = self._restores.setdefault(identity.subject, Bucket(RESTORES_PER_MINUTE, 60_000, at_ms=now_ms))
        bucket.spend(now_ms, "That was often. Wait a moment before you bring back another state.")

    def visit(self, identity: Identity, room_id: str, connection: VisitConnection) -> Visit:
        """A connection has opened: what it says goes to the returned visit. Raises NotFound, NotSignedIn."""
        live = self.live(room_id)
        self.still_signed_in(identity)
        visit = Visit(self, live.room, live.writer, identity, connection, partial(self._visit_over, live))
        live.visits.add(visit)
        return visit

    def summaries(self) -> list[RoomSummary]:
        return [
            RoomSummary(
                room=room_id, title=dict(live.room.spec.title), people=live.room.people, capacity=live.room.capacity
            )
            for room_id, live in self._live.items()
        ]

    def room(self, room_id: str) -> Room:
        """Raises NotFound."""
        return self.live(room_id).room

    def live(self, room_id: str) -> LiveRoom:
        """Raises NotFound."""
        live = self._live.get(room_id)
        if live is None:
            raise NotFound("There is no such room.")
        return live

    def find(self, participant: str) -> tuple[Room, Participant] | None:
        """Somebody present anywhere, and their room."""
        for live in self._live.values():
            one = live.room.participants.get(participant)
            if one is not None and one.here:
                return live.room, one
        return None

    def places_of(self, session_id: str) -> list[tuple[Room, Participant]]:
        """Where a session is present now."""
        return [
            (live.room, one) for live in self._live.values() for one in live.room.of_session(session_id) if one.here
        ]

    # --- for the library's other services ---

    def is_shown_to(self, session_id: str, work: str) -> bool:
        """Whether this session is in a room where something shows the work or somebody wears it (SHA-256 of its original)."""
        return any(work in room.scene.works() or room.wears(work) for room, _ in self.places_of(session_id))

    async def _wearable(self, models: Models, identity: Identity, wish: EnterRequest) -> EnterRequest:
        """A body that is gone, or not theirs, keeps nobody outside: they come in the shipped one."""
        if wish.look is not None and wish.look.model is not None:
            try:
                await models.check_look(identity, wish.look)
            except PeerError:
                return msgspec.structs.replace(wish, look=msgspec.structs.replace(wish.look, model=None))
        return wish

    def end_session(self, session_id: str) -> None:
        """Logout or the end of a session: its sockets are closed with a reason, its tickets and resume tokens die."""
        now_ms = self.now_ms()
        self._ended[session_id] = now_ms + ENDED_KEPT_MS
        for live in self._live.values():
            live.room.end_session(session_id, now_ms)
            for visit in [visit for visit in live.visits if visit.identity.session_id == session_id]:
                visit.connection.close(CLOSE_SESSION_ENDED, CLOSE_CODES[CLOSE_SESSION_ENDED])
        for hear in self.session_ends:
            hear(session_id)

    def apply(self, act: Act, except_room: str | None = None) -> None:
        """A moderator's act, wherever it was made, holds in every room; `remove` and `warn` in theirs only."""
        for room_id, live in self._live.items():
            if room_id != except_room and (room_id == act.room or act.act in ("ban", "mute", "unmute")):
                carry_out(live.room, act)

    # --- House (visits.py) ---

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def carry_out(self, deeds: list[Deed]) -> None:
        for deed in deeds:
            if isinstance(deed, Act):
                self.apply(deed, except_room=deed.room)
                await self.moderation.record(deed)
            elif isinstance(deed, Complaint):
                await self.moderation.report(deed)
            else:
                for live in self._live.values():
                    if deed.blocked != any(deed.other in one.blocks for one in live.room.of_subject(deed.subject)):
                        set_block(live.room, *deed)
                await self.moderation.set_block(*deed)

    def note_bad_message(self) -> None:
        self.metrics.bad_messages.inc()

    # --- inside ---

    def _visit_over(self, live: LiveRoom, visit: Visit) -> None:
        live.visits.discard(visit)
        self._emptied.set()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("deed_failed", exc_info=error)

    def still_signed_in(self, identity: Identity) -> None:
        if identity.session_id in self._ended:
            raise NotSignedIn("Your session has ended. Sign in again.")

    def _check(self, now_ms: int) -> None:
        for room_id, live in self._live.items():
            self.metrics.people.labels(room_id).set(live.room.people)
            for visit in list(live.visits):
                visit.check(now_ms)
        self._ended = {session: until for session, until in self._ended.items() if until > now_ms}
        self._enters, self._restores = _in_use(self._enters, now_ms), _in_use(self._restores, now_ms)


def _in_use(buckets: dict[str, Bucket], now_ms: int) -> dict[str, Bucket]:
    return {key: bucket for key, bucket in buckets.items() if now_ms - bucket.at_ms < bucket.refill_ms}
