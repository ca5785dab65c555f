"""From messages to the room: one visit a connection, the same for sockets and the tunnel."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import msgspec

from carrel.avatars.codec import UP_DRAG, UP_POSE, read_drag
from carrel.avatars.errors import PoseError
from carrel.scenes.arrangement.arrangement import Draft
from carrel.scenes.arrangement.values import EntityId
from carrel.server.accounts.model import Identity
from carrel.server.bucket import Bucket
from carrel.server.errors import BadRequest, Gone, PeerError
from carrel.server.rooms import requests
from carrel.server.rooms.model import CLOSE_BAD_MESSAGES, CLOSE_CODES, CLOSE_NO_HELLO
from carrel.server.rooms.participant import Participant
from carrel.server.rooms.pose_table import PoseTable
from carrel.server.rooms.room import Deed, Room, frames_answer
from carrel.server.rooms.scene_requests import SceneRequest, cleaned, components_of, decide, decide_step
from carrel.server.rooms.scene_writer import Done, Outcome, SceneWriter
from carrel.server.wire import frames
from carrel.server.wire.messages import (
    Answer,
    Applied,
    Failure,
    Hello,
    Leave,
    Look,
    Redo,
    Result,
    RoomRequest,
    SetLook,
    Undo,
    request_decoder,
)


class VisitConnection(Protocol):
    """A `Connection` (ports.py) that also carries a visit."""

    every_ticks: int
    heard: bool

    def send(self, message: bytes) -> None: ...

    def send_frame(self, framed: bytes, head_bytes: int) -> None: ...

    def buffered_bytes(self) -> int: ...

    def close(self, code: int, reason: str) -> None: ...

    def abort(self) -> None: ...

    def ping(self) -> None: ...

    def take_poses(self, table: PoseTable, slot: int) -> None: ...


class House(Protocol):
    """What a visit needs of the service around it."""

    def now_ms(self) -> int: ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that must wait; its errors go to the log."""

    async def carry_out(self, deeds: list[Deed]) -> None:
        """Keep what a request decided."""

    def note_bad_message(self) -> None: ...


class _Numbered(msgspec.Struct):
    id: int | None = None


class Visit:
    def __init__(
        self,
        house: House,
        room: Room,
        writer: SceneWriter,
        identity: Identity,
        connection: VisitConnection,
        on_over: Callable[[Visit], None],
    ) -> None:
        now_ms = house.now_ms()
        self.identity = identity
        self.connection = connection
        self.room = room
        self._house = house
        self._writer = writer
        self._on_over = on_over
        self._one: Participant | None = None
        self._bad = Bucket(room.settings.bad_messages_per_minute, 60_000, at_ms=now_ms)
        self._opened_ms = self._heard_ms = now_ms
        self._pinged = False
        self._look: Look | None = None
        self._kinds: dict[int, Callable[[bytes, int], None]] = {
            UP_POSE: self._on_pose,
            frames.UP_REQUEST: self._on_request,
            frames.UP_PING: self._on_ping,
            UP_DRAG: self._on_drag,
        }

    @property
    def participant(self) -> Participant | None:
        """Whom this visit speaks for now; None before hello and after another connection took over."""
        one = self._one
        return one if one is not None and one.connection is self.connection else None

    def on_message(self, message: bytes) -> None:
        now_ms = self._house.now_ms()
        try:
            handle = self._kinds.get(message[0]) if message else None
            if handle is None:
                raise BadRequest("An unknown kind of message." if message else "An empty message.")
            handle(message, now_ms)
        except PeerError as error:
            self._refuse(None, error, now_ms)

    def on_lost(self) -> None:
        if self._one is not None:
            self.room.disconnected(self._one, self.connection, self._house.now_ms())
        self._on_over(self)

    def check(self, now_ms: int) -> None:
        """What time alone asks of a connection. Called about once a second."""
        settings, connection = self.room.settings, self.connection
        one = self.participant
        if connection.heard:
            connection.heard, self._heard_ms, self._pinged = False, now_ms, False
            if one is not None:
                self.room.heard(one)
        silent_ms = now_ms - self._heard_ms
        if self._one is None and now_ms - self._opened_ms > settings.hello_ms:
            connection.close(CLOSE_NO_HELLO, CLOSE_CODES[CLOSE_NO_HELLO])
        elif silent_ms > settings.silent_client_ms:
            connection.abort()
            if one is not None:
                self.room.disconnected(one, connection, now_ms)
        elif silent_ms > settings.silent_client_ms // 2 and not self._pinged:
            self._pinged = True
            connection.ping()

    def _on_pose(self, message: bytes, now_ms: int) -> None:
        one = self.participant
        if one is None:
            raise BadRequest("Say hello first.")
        try:
            self.room.poses.put(one.slot, message)
        except PoseError as error:
            raise BadRequest(str(error)) from error

    def _on_drag(self, message: bytes, now_ms: int) -> None:
        one = self.participant
        if one is None:
            raise BadRequest("Say hello first.")
        one.visitor.quota.drags.spend(now_ms, "As many drags as poses are enough.")
        try:
            self.room.scene.drag(one, read_drag(message), now_ms)
        except PoseError as error:
            raise BadRequest(str(error)) from error

    def _on_ping(self, message: bytes, now_ms: int) -> None:
        if len(message) != frames.PING.size:
            raise BadRequest(f"A ping has {frames.PING.size} bytes.")
        one = self.participant
        if one is None:
            raise BadRequest("Say hello first.")
        one.visitor.quota.pings.spend(now_ms, "Ten pings a second are enough.")
        _, echo = frames.PING.unpack(message)
        self.connection.send(frames.PONG.pack(frames.DOWN_PONG, echo, self.room.room_ms(now_ms) & 0xFFFFFFFF))

    def _on_request(self, message: bytes, now_ms: int) -> None:
        try:
            request: RoomRequest = request_decoder.decode(memoryview(message)[1:])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            self._refuse(_number_of(message), BadRequest(f"Not a request of this protocol: {error}"), now_ms)
            return
        one = self.participant
        if one is None:
            self._before_hello(request, now_ms)
            return
        if isinstance(request, SceneRequest):
            self._on_scene(one, request, now_ms)
            return
        if isinstance(request, SetLook) and request.look is not None:
            self._look = request.look
            if request.look.model is not None:
                self._house.spawn(self._wear(one, request, request.look, now_ms))
                return
        answer = requests.answer(self.room, one, request, now_ms)
        if isinstance(answer, Failure):
            if answer.code == "too_many_requests":
                self._count_bad(now_ms)
            self._send(answer)
        elif isinstance(request, Leave):
            self._send(answer)
            self.room.drop(one, "left", now_ms)
        elif self.room.deeds:
            deeds = list(self.room.deeds)
            self.room.deeds.clear()
            self._house.spawn(self._answer_after(deeds, answer))
        else:
            self._send(answer)

    def _on_scene(self, one: Participant, request: SceneRequest, now_ms: int) -> None:
        """Into the writer's queue; answered when it is durable."""
        quota = one.visitor.quota
        quota.used_ms = now_ms
        room, models = self.room, self._writer.models

        async def decided(draft: Draft) -> EntityId | None:
            if one.state == "gone":
                raise Gone("You have left this room.")
            actor = room.scene.actor(one)
            if isinstance(request, Undo | Redo):
                return await decide_step(draft, actor, one.identity, request, models)
            components = components_of(request)
            if components is not None:
                await models.check(one.identity, components)
            return decide(draft, room.scene.actor(one), request, self._house.now_ms())

        try:
            quota.requests.spend(now_ms, "You are asking too fast. Wait a moment.")
            quota.changes.spend(now_ms, "You have changed very much in a short time. Wait a moment.")
            request = cleaned(request, room.settings.caption_chars)
            self._writer.ask(decided, lambda outcome: self._send(scene_answer(request.id, outcome)), one.person.name)
        except PeerError as error:
            self._send(requests.failure(request.id, error))
            if error.code == "too_many_requests":
                self._count_bad(now_ms)

    def _before_hello(self, request: RoomRequest, now_ms: int) -> None:
        if not isinstance(request, Hello):
            over = "This place was taken over elsewhere." if self._one is not None else "Say hello first."
            self._refuse(request.id, BadRequest(over), now_ms)
            return
        try:
            self._one = self.room.hello(self.connection, self.identity, request, now_ms)
        except PeerError as error:
            self._refuse(request.id, error, now_ms)
            return
        self.connection.heard = False
        self._heard_ms = now_ms
        self.connection.take_poses(self.room.poses, self._one.slot)

    async def _wear(self, one: Participant, request: SetLook, look: Look, now_ms: int) -> None:
        """A body of one's own is looked up first; by then another look may have been asked for, and that one stays."""
        answer: Answer = _broken(request.id)
        try:
            one.visitor.quota.requests.spend(now_ms, "You are asking too fast. Wait a moment.")
            await self._writer.models.check_look(one.identity, look)
            answer = Result(id=request.id)
            if look is self._look and one.state != "gone":
                answer = requests.answer(self.room, one, request, self._house.now_ms())
        except PeerError as error:
            answer = requests.failure(request.id, error)
        finally:
            self._send(answer)

    async def _answer_after(self, deeds: list[Deed], answer: Answer) -> None:
        """Nobody is told that something is kept before it is."""
        try:
            await self._house.carry_out(deeds)
        except Exception:
            # Whatever broke is ours: the one who asked hears so, and the cause goes to the log.
            self._send(_broken(answer.id))
            raise
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.connection.send(frames_answer(answer))

    def _refuse(self, request_id: int | None, error: PeerError, now_ms: int) -> None:
        self._send(requests.failure(request_id, error))
        self._count_bad(now_ms)

    def _count_bad(self, now_ms: int) -> None:
        self._house.note_bad_message()
        bad = self._bad if self._one is None else self._one.visitor.quota.bad
        if bad.take(now_ms):
            self.connection.close(CLOSE_BAD_MESSAGES, CLOSE_CODES[CLOSE_BAD_MESSAGES])


def scene_answer(request_id: int, outcome: Outcome) -> Answer:
    if isinstance(outcome, Done):
        return Applied(id=request_id, op_sequence=outcome.op_sequence, entity=outcome.entity)
    return _broken(request_id) if outcome is None else requests.failure(request_id, outcome)


def _broken(request_id: int | None) -> Failure:
    return Failure(id=request_id, code="internal", message="Something broke here. It has been noted; try again later.")


def _number_of(message: bytes) -> int | None:
    """The id of a request that is otherwise not understood, where it has one."""
    try:
        number = msgspec.msgpack.decode(memoryview(message)[1:], type=_Numbered).id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return number if number is not None and 0 <= number <= 0xFFFFFFFF else None
