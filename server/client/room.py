"""The room channel: hello, requests and answers, the clock, poses, events; and coming back after a loss, by resume and else by entering again."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Final, TypeVar

import aiohttp
import msgspec
from numpy.typing import ArrayLike
from yarl import URL

from carrel.avatars.codec import CLIENT_FLAGS, FLAG_JUMP
from carrel.scenes.document import Components, Entity
from carrel.scenes.document import Transform as EntityTransform
from carrel.server.client.arrangement import Arrangement
from carrel.server.client.clock import RoomClock
from carrel.server.client.drags import Drag, drag_message, read_drags
from carrel.server.client.errors import ClientError, Closed, Refused, TimedOut
from carrel.server.client.people import People
from carrel.server.client.poses import IDENTITY, PoseTable, Transform, pose_message
from carrel.server.errors import BadRequest
from carrel.server.wire import frames
from carrel.server.wire import messages as m
from carrel.server.wire.schema import schema_hash

FRAME_BYTES: Final = 1 << 22
ANSWER_S: Final = 10.0
PING_S: Final = 5.0
BACK_OFF_S: Final = (0.1, 0.3, 1.0, 2.0, 5.0)
"""Waits before each try to come back; the last is used for all further ones."""
FINAL_CODES: Final = frozenset({1000, 4001, 4002, 4003, 4004})
"""Left, taken over by another tab, session ended, removed, banned: who is told so does not come back by itself."""
EVENTS_KEPT: Final = 4096
FOR_EVER_S: Final = 1e9

Enter = Callable[[str | None], Awaitable[m.EnterAnswer]]
"""Keeps a place; given an old resume token, for the participant one was."""
Event = m.SharedEvent | m.PrivateEvent
Asked = TypeVar("Asked", bound=m.Request)


class RoomClient:
    """One presence in one room; made by `LibraryClient.room`. Use as `async with`, or `open()` and `leave()`.

    `people`, `poses`, `clock` and `welcome` always show the newest state; `events()` gives what happens. While the connection is lost requests raise
    Closed, and poses go nowhere.
    """

    welcome: m.Welcome

    def __init__(self, http: aiohttp.ClientSession, base: URL, enter: Enter, *, come_back: bool = True) -> None:
        self.people = People()
        self.poses = PoseTable()
        self.arrangement = Arrangement()
        self.drags: dict[int, Drag] = {}
        """By the holder's slot, the newest place of what is held."""
        self.clock = RoomClock()
        self.frames = 0
        self.missed_events = 0
        """Events that nobody took from `events()` in time."""
        self.returns = 0
        """How often the connection was made again."""
        self._http, self._base, self._enter, self._come_back = http, base, enter, come_back
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._room_url = base
        self._answers: dict[int, asyncio.Future[m.Answer]] = {}
        self._next_id = 0
        self._sequence = 0
        self._last_private = 0
        self._last_pose: bytes | None = None
        self._resume: str | None = None
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._stirred = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._pings: dict[int, float] = {}
        self._over: Closed | None = None
        self._following: asyncio.Task[None] | None = None

    # --- coming and going ---

    async def __aenter__(self) -> RoomClient:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.leave()

    async def open(self) -> RoomClient:
        """Enter and say hello. Raises Refused (room_full, banned …), TimedOut, Closed."""
        try:
            await self._arrive()
        except BaseException:
            await self._hang_up()
            raise
        self._tasks.append(asyncio.create_task(self._carry_on()))
        self._tasks.append(asyncio.create_task(self._keep_time()))
        return self

    async def leave(self) -> None:
        """Goodbye: the place is given up at once. Harmless when the room is over already."""
        with contextlib.suppress(ClientError):
            await self.request(m.Leave)
        await self.close()

    async def close(self) -> None:
        """Go without a word: the server keeps the place for a resume."""
        self._finish(Closed(1000, "left"))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._hang_up()

    async def lose(self) -> None:
        """Cut the connection as a bad network would; the client then comes back by itself. For tests and load."""
        if self._socket is not None and not self._socket.closed:
            response = self._socket._response.connection
            if response is not None and response.transport is not None:
                response.transport.abort()

    @property
    def connected(self) -> bool:
        return self._socket is not None and not self._socket.closed

    # --- speaking ---

    async def request(self, kind: type[Asked], **fields: Any) -> m.Answer:
        """Send a request and wait for its answer. Raises Refused, TimedOut, Closed."""
        self._next_id += 1
        request = kind(id=self._next_id, **fields)
        future: asyncio.Future[m.Answer] = asyncio.get_running_loop().create_future()
        self._answers[request.id] = future
        try:
            await self._send(bytes((frames.UP_REQUEST,)) + m.encode(request))
            answer = await asyncio.wait_for(future, ANSWER_S)
        except TimeoutError:
            raise TimedOut(f"no answer to {kind.__name__} in {ANSWER_S:.0f} s") from None
        finally:
            self._answers.pop(request.id, None)
        if isinstance(answer, m.Failure):
            raise Refused(answer.code, answer.message, answer.retry_after_ms)
        return answer

    async def say(self, text: str, scope: m.Scope = "room", to: str | None = None) -> None:
        await self.request(m.Say, scope=scope, text=text, to=to)

    async def react(self, reaction: m.Reaction) -> None:
        await self.request(m.React, reaction=reaction)

    async def raise_hand(self, raised: bool = True) -> None:
        await self.request(m.RaiseHand, raised=raised)

    async def set_away(self, away: bool = True) -> None:
        await self.request(m.SetAway, away=away)

    async def set_look(self, look: m.Look | None = None, name: str | None = None) -> None:
        await self.request(m.SetLook, look=look, name=name)

    async def go_safe(self) -> None:
        await self.request(m.GoSafe)

    async def send_pose(
        self,
        position_m: ArrayLike,
        rotation: ArrayLike = IDENTITY,
        *,
        hands: tuple[Transform, Transform] | None = None,
        flags: int = 0,
    ) -> None:
        """My head in room metres; hands are offsets from it. Keep to `welcome.pacing.pose_hz`. Nothing is sent while the connection is lost."""
        offset = [float(a) - float(b) for a, b in zip(position_m, self.welcome.space.origin, strict=True)]  # type: ignore[arg-type]
        self._sequence += 1
        flags = (flags & CLIENT_FLAGS) | (0 if self._last_pose else FLAG_JUMP)
        self._last_pose = pose_message(offset, rotation, sequence=self._sequence, hands=hands, flags=flags)
        if self.connected:
            with contextlib.suppress(Closed):
                await self._send(self._last_pose)

    # --- the scene ---

    async def arrange(self) -> Arrangement:
        """Fetch what is placed; from now on `arrangement` follows by itself, over losses too. Raises Refused, Closed."""
        if self._following is None:
            self.arrangement.follow()
            await self._fetch_arrangement()
            self._following = asyncio.create_task(self._follow())
            self._tasks.append(self._following)
        return self.arrangement

    async def spawn(self, entity: Entity) -> m.Applied:
        return await self._change(m.Spawn, entity=entity)

    async def patch(self, entity: str, components: Components, unset: Iterable[str] = ()) -> m.Applied:
        return await self._change(m.Patch, entity=entity, set=components, unset=list(unset))

    async def remove(self, entity: str) -> m.Applied:
        return await self._change(m.Remove, entity=entity)

    async def grab(self, entity: str) -> m.Applied:
        return await self._change(m.Grab, entity=entity)

    async def release(self, entity: str, transform: EntityTransform | None = None) -> m.Applied:
        return await self._change(m.Release, entity=entity, transform=transform)

    async def undo(self) -> m.Applied:
        return await self._change(m.Undo)

    async def redo(self) -> m.Applied:
        return await self._change(m.Redo)

    async def drag(self, transform: EntityTransform) -> None:
        """Where I carry what I hold. Keep to `welcome.pacing.pose_hz`. Nothing is sent while the connection is lost."""
        self._sequence += 1
        if self.connected:
            with contextlib.suppress(Closed):
                await self._send(drag_message(transform, self.welcome.space.origin, self._sequence))

    # --- hearing ---

    async def events(self) -> AsyncIterator[Event]:
        """Events as they come, shared and private, each once; ends when the room is over. One taker at a time."""
        while True:
            while self._events:
                yield self._events.popleft()
            if self._over is not None:
                return
            self._stirred.clear()
            await self._stirred.wait()

    async def until(self, condition: Callable[[RoomClient], bool], timeout_s: float = ANSWER_S) -> None:
        """Wait for a state, looked at after each message. Raises TimedOut; Closed when the room is over first."""
        try:
            async with asyncio.timeout(timeout_s):
                while not condition(self):
                    if self._over is not None:
                        raise self._over
                    self._stirred.clear()
                    await self._stirred.wait()
        except TimeoutError:
            raise TimedOut(f"what was waited for did not come in {timeout_s:.0f} s") from None

    @property
    def over(self) -> Closed | None:
        """Why the room is over for this client; None while it is not."""
        return self._over

    # --- inside: the scene ---

    async def _change(self, kind: type[Asked], **fields: Any) -> m.Applied:
        answer = await self.request(kind, **fields)
        assert isinstance(answer, m.Applied)
        return answer

    async def _fetch_arrangement(self) -> None:
        address = self._base.join(URL(self.welcome.space.arrangement_url))
        try:
            async with self._http.get(address) as answer:
                body = await answer.read()
                if answer.status >= 400:
                    raise Refused(f"http_{answer.status}", "the arrangement was not given")
        except aiohttp.ClientError as error:
            raise Closed(1006, str(error)) from error
        self.arrangement.fetched(msgspec.json.decode(body, type=m.Arranged))
        self._stirred.set()

    async def _follow(self) -> None:
        """Fetch again whenever what is known does not lead to what has happened."""
        tries = 0
        while True:
            await self.until(lambda room: room.arrangement.is_stale and room.connected, FOR_EVER_S)
            try:
                await self._fetch_arrangement()
                tries = 0
            except ClientError:
                await asyncio.sleep(BACK_OFF_S[min(tries, len(BACK_OFF_S) - 1)])
                tries += 1

    # --- inside: the connection ---

    async def _arrive(self) -> None:
        """By resume token while the place is kept; else by entering again, where the token proves which participant this was."""
        if self._resume is not None:
            with contextlib.suppress(Refused):
                await self._connect(resume=self._resume)
                return
        entered = await self._enter(self._resume)
        self._room_url = self._base.join(URL(entered.room_url))
        await self._connect(ticket=entered.ticket)

    async def _connect(self, *, ticket: str | None = None, resume: str | None = None) -> None:
        await self._hang_up()
        try:
            self._socket = await self._http.ws_connect(
                self._room_url, origin=str(self._base.origin()), compress=0, max_msg_size=FRAME_BYTES
            )
        except aiohttp.ClientError as error:
            raise Closed(1006, str(error)) from error
        self._next_id += 1
        hello = m.Hello(
            id=self._next_id,
            protocol=m.PROTOCOL_VERSION,
            schema=schema_hash(),
            ticket=ticket,
            resume=resume,
            last_event=max(0, self.people.next_event - 1) if resume else 0,
            last_private=self._last_private if resume else 0,
            pose=self._last_pose,
        )
        await self._send(bytes((frames.UP_REQUEST,)) + m.encode(hello))
        answer = await self._first_answer(self._socket)
        if isinstance(answer, m.Failure):
            raise Refused(answer.code, answer.message, answer.retry_after_ms)
        assert isinstance(answer, m.Welcome)
        if self._resume is not None and answer.epoch_ms != self.welcome.epoch_ms:
            self.clock = RoomClock()
        self.welcome = answer
        self._resume = answer.resume_token
        self.people.welcome(answer)
        self.arrangement.welcome(answer)
        if not answer.resumed:
            self._last_private = max(0, answer.private_sequence - 1)
            self.poses = PoseTable()
            self.drags = {}
        self._stirred.set()

    async def _first_answer(self, socket: aiohttp.ClientWebSocketResponse) -> m.Answer:
        try:
            message = await asyncio.wait_for(socket.receive(), ANSWER_S)
        except TimeoutError:
            raise TimedOut("no answer to hello") from None
        if message.type is not aiohttp.WSMsgType.BINARY:
            raise Closed(socket.close_code or 1006, str(message.extra or "closed before an answer"))
        down = frames.decode_down(message.data)
        if isinstance(down, m.Answer):
            return down
        raise Closed(1002, "the first message is not an answer")

    async def _carry_on(self) -> None:
        """Read until the connection ends, come back, read on; until it is over for good."""
        while self._over is None:
            closed = await self._listen()
            for waiting in self._answers.values():
                if not waiting.done():
                    waiting.set_exception(closed)
            self._stirred.set()
            if closed.code in FINAL_CODES or not self._come_back:
                self._finish(closed)
                return
            await self._return()

    async def _return(self) -> None:
        for attempt in itertools.count():
            await asyncio.sleep(BACK_OFF_S[min(attempt, len(BACK_OFF_S) - 1)])
            try:
                await self._arrive()
            except Refused as refused:
                if refused.retry_after_ms is None and refused.code != "gone":
                    self._finish(Closed(1008, refused.code))
                    return
            except (ClientError, aiohttp.ClientError, OSError, TimeoutError):
                continue
            else:
                self.returns += 1
                return

    async def _listen(self) -> Closed:
        socket = self._socket
        assert socket is not None
        async for message in socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                try:
                    self._hear(frames.decode_down(message.data))
                except BadRequest as error:
                    await socket.close(code=1002)
                    return Closed(1002, str(error))
        return Closed(socket.close_code or 1006, "closed by the server" if socket.close_code else "lost")

    def _hear(self, down: frames.Frame | m.Answer | frames.Pong | frames.Private) -> None:
        match down:
            case frames.Frame():
                self.frames += 1
                for event in self.people.hear(down.event_sequence, down.events):
                    if isinstance(event, m.Left):
                        self.poses.forget(event.slot)
                        self.drags.pop(event.slot, None)
                    elif isinstance(event, m.Released) and (held := self.arrangement.held.get(event.entity)):
                        self.drags.pop(held.slot, None)
                    self.arrangement.hear(event)
                    self._note(event)
                self.poses.hear(down.room_ms, down.sections)
                self.drags |= read_drags(down.sections, self.welcome.space.origin)
            case frames.Pong():
                if (sent := self._pings.pop(down.echo, None)) is not None:
                    self.clock.hear(sent, local_ms(), down.room_ms)
            case frames.Private():
                if down.sequence > self._last_private:
                    self._last_private = down.sequence
                    self._note(down.event)
            case m.Result() | m.Applied() | m.Failure() | m.Welcome():
                waiting = self._answers.get(down.id) if down.id is not None else None
                if waiting is not None and not waiting.done():
                    waiting.set_result(down)
        self._stirred.set()

    def _note(self, event: Event) -> None:
        self.missed_events += len(self._events) == EVENTS_KEPT
        self._events.append(event)

    async def _keep_time(self) -> None:
        """A ping now and then; what is not answered is forgotten."""
        for echo in itertools.count():
            if self.connected:
                self._pings = {echo: local_ms()}
                with contextlib.suppress(Closed):
                    await self._send(frames.PING.pack(frames.UP_PING, echo))
            await asyncio.sleep(PING_S if echo > 4 else 0.2)

    async def _send(self, message: bytes) -> None:
        if self._over is not None:
            raise self._over
        if self._socket is None or self._socket.closed:
            raise Closed(1006, "the connection is lost")
        try:
            await self._socket.send_bytes(message)
        except (aiohttp.ClientError, OSError) as error:
            raise Closed(1006, str(error)) from error

    async def _hang_up(self) -> None:
        if self._socket is not None and not self._socket.closed:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await self._socket.close()

    def _finish(self, why: Closed) -> None:
        self._over = self._over or why
        self._stirred.set()


def local_ms() -> float:
    return time.monotonic_ns() / 1e6
