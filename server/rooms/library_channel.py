"""The library channel (Socket.IO): letters that follow a person through the library, and the room tunnel.

Every event is answered with an `Acknowledgement`; unknown and malformed ones too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import socketio
import structlog
from aiohttp import web
from engineio.async_drivers.aiohttp import WebSocket as EngineWebSocket

from carrel.server.accounts.model import STAFF, Identity
from carrel.server.bucket import Bucket
from carrel.server.errors import BadRequest, Conflict, Forbidden, NotFound, PeerError, TooManyRequests, WrongOrigin
from carrel.server.rooms.letters import Letters
from carrel.server.rooms.origins import check_origin
from carrel.server.rooms.participant import Participant
from carrel.server.rooms.requests import may_write_to
from carrel.server.rooms.room import Room
from carrel.server.rooms.service import Rooms
from carrel.server.rooms.tunnel import TunnelConnection
from carrel.server.text import clean_line
from carrel.server.wire.messages import Acknowledgement, DirectMessage, InboxRequest, Invitation, Letter

log = structlog.get_logger("carrel.library_channel")

TUNNEL_MESSAGES_PER_S: Final = 60
LINES_PER_SESSION: Final = 16
_PACKET_KINDS: Final = frozenset("0123456")
_OWN_BYTES: Final = 1024
"""What Socket.IO adds to a message."""


class RoomOpening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    room: str


class _PlainWebSocket(EngineWebSocket):  # type: ignore[misc]
    """Engine.IO's driver leaves permessage-deflate on, at 2.7 times the CPU; this one does not offer it."""

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        request = environ["aiohttp.request"]
        self._sock = web.WebSocketResponse(compress=False, max_msg_size=self.server.max_http_buffer_size)
        await self._sock.prepare(request)
        self.environ = environ
        try:
            await self.handler(self)
        except (ValueError, LookupError, RecursionError) as error:
            # Engine.IO stumbles over what is no packet and leaves its own connection half open: end it here.
            log.warning("library_packet_refused", reason=type(error).__name__)
            connection = self.handler.__self__
            await connection.queue.put(None)
            await connection.close(wait=False, abort=True)
            await self._sock.close()
        return self._sock

    async def wait(self) -> str | bytes:
        """The next packet. Raises OSError at the end, and for a kind of packet that there is not."""
        packet: str | bytes = await super().wait()
        if isinstance(packet, str) and packet[:1] not in _PACKET_KINDS:
            raise OSError("no packet of Engine.IO")
        return packet


class _Server(socketio.AsyncServer):  # type: ignore[misc]
    """What is no packet ends its connection with one line in the log; by itself the server would write a traceback and read on."""

    async def _handle_eio_message(self, eio_sid: str, data: object) -> None:
        try:
            await super()._handle_eio_message(eio_sid, data)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            log.warning("library_packet_refused", reason=type(error).__name__)
            await self.eio.disconnect(eio_sid)


@dataclass(slots=True, eq=False)
class _Reader:
    """One Socket.IO connection."""

    sid: str
    identity: Identity
    events: Bucket
    ups: Bucket
    bad: Bucket
    tunnel: TunnelConnection | None = None


class LibraryChannel:
    def __init__(self, rooms: Rooms) -> None:
        settings = rooms.settings
        self._rooms = rooms
        self._settings = settings
        self._letters = Letters(settings.letters_kept)
        self._readers: dict[str, _Reader] = {}
        self._by_subject: dict[str, set[str]] = {}
        self.server = _Server(
            async_mode="aiohttp",
            async_handlers=False,
            cors_allowed_origins=self._origin_allowed,
            max_http_buffer_size=settings.request_bytes + _OWN_BYTES,
            http_compression=False,
            ping_interval=20,
            ping_timeout=20,
        )
        self.server.eio._async = {**self.server.eio._async, "websocket": _PlainWebSocket}
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        self.server.on("*", self._event)
        rooms.session_ends.append(self._end_session)
        self._handlers: dict[str, tuple[type[Any], Callable[[_Reader, Any], Awaitable[Any]]]] = {
            "direct": (DirectMessage, self._direct),
            "invite": (Invitation, self._invite),
            "inbox": (InboxRequest, self._inbox),
            "room_open": (RoomOpening, self._room_open),
        }

    def attach(self, app: web.Application) -> None:
        self.server.attach(app)

    async def stop(self) -> None:
        await self.server.shutdown()

    async def post(self, subject: str, text: str) -> None:
        """A notice from the house to one person, wherever they are."""
        await self._deliver(subject, self._letters.post(subject, "notice", text, self._rooms.now_ms()))

    # --- connections ---

    def _origin_allowed(self, origin: str | None, environ: dict[str, Any]) -> bool:
        try:
            check_origin(environ["aiohttp.request"], self._settings)
        except WrongOrigin:
            return False
        return True

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        request = environ["aiohttp.request"]
        try:
            check_origin(request, self._settings)
            identity = await self._rooms.sessions.identify(request)
            if identity is None:
                raise socketio.exceptions.ConnectionRefusedError("not_signed_in", {"code": "not_signed_in"})
            self._rooms.still_signed_in(identity)
        except PeerError as error:
            raise socketio.exceptions.ConnectionRefusedError(
                error.code, {"code": error.code, "message": error.message}
            ) from error
        lines = (self._readers[one].identity.session_id for one in self._by_subject.get(identity.subject, ()))
        if sum(session_id == identity.session_id for session_id in lines) >= LINES_PER_SESSION:
            raise socketio.exceptions.ConnectionRefusedError("too_many_requests", {"code": "too_many_requests"})
        now_ms, per_s = self._rooms.now_ms(), self._settings.library_events_per_s
        self._readers[sid] = _Reader(
            sid,
            identity,
            events=Bucket(2 * per_s, 2000, at_ms=now_ms),
            ups=Bucket(2 * TUNNEL_MESSAGES_PER_S, 2000, at_ms=now_ms),
            bad=Bucket(self._settings.bad_messages_per_minute, 60_000, at_ms=now_ms),
        )
        self._by_subject.setdefault(identity.subject, set()).add(sid)

    async def _disconnect(self, sid: str, reason: object = None) -> None:
        reader = self._readers.pop(sid, None)
        if reader is None:
            return
        sids = self._by_subject.get(reader.identity.subject, set())
        sids.discard(sid)
        if not sids:
            self._by_subject.pop(reader.identity.subject, None)
        if reader.tunnel is not None:
            reader.tunnel.lost()

    def _end_session(self, session_id: str) -> None:
        for reader in [reader for reader in self._readers.values() if reader.identity.session_id == session_id]:
            if reader.identity.account_id is None:
                self._letters.forget(reader.identity.subject)
            self._rooms.spawn(self.server.disconnect(reader.sid))

    # --- events ---

    async def _event(self, event: str, sid: str, *arguments: Any) -> dict[str, Any] | None:
        reader = self._readers.get(sid)
        if reader is None:
            return None
        now_ms = self._rooms.now_ms()
        try:
            done = await self._answered(reader, event, arguments, now_ms)
        except PeerError as error:
            done = Acknowledgement(
                ok=False, code=error.code, message=error.message, retry_after_ms=error.retry_after_ms
            )
            if isinstance(error, BadRequest | TooManyRequests) and reader.bad.take(now_ms):
                self._rooms.spawn(self.server.disconnect(sid))
        except Exception:
            log.exception("library_event_failed", event_name=event[:64])
            done = Acknowledgement(
                ok=False, code="internal", message="Something broke here. It has been noted; try again later."
            )
        answer: dict[str, Any] = msgspec.to_builtins(done)
        return answer

    async def _answered(self, reader: _Reader, event: str, arguments: tuple[Any, ...], now_ms: int) -> Acknowledgement:
        if event == "room_up":
            reader.ups.spend(now_ms, "Too many messages through the tunnel. Send fewer poses.")
            self._room_up(reader, arguments)
            return Acknowledgement(ok=True)
        reader.events.spend(now_ms, "You are asking too fast. Wait a moment.")
        kind, handle = self._handlers.get(event, (None, None))
        if kind is None or handle is None:
            raise BadRequest("There is no such event.")
        if len(arguments) != 1:
            raise BadRequest("An event has one payload.")
        try:
            payload = msgspec.convert(arguments[0], kind)
        except (msgspec.ValidationError, UnicodeError, RecursionError) as error:
            raise BadRequest(f"Not a payload of this event: {error}") from error
        return Acknowledgement(ok=True, data=await handle(reader, payload))

    async def _direct(self, reader: _Reader, message: DirectMessage) -> None:
        text = clean_line(message.text)
        _, one, other = self._between(reader, message.to)
        one.visitor.quota.chats.spend(self._rooms.now_ms(), "You are writing very fast. Wait a moment.")
        await self._send(one, other, "direct", text, None)

    async def _invite(self, reader: _Reader, invitation: Invitation) -> None:
        room, one, other = self._between(reader, invitation.to)
        one.visitor.quota.gestures.spend(self._rooms.now_ms(), "That was often. Wait a moment.")
        await self._send(one, other, "invitation", "", room.spec.room)

    async def _inbox(self, reader: _Reader, request: InboxRequest) -> dict[str, int]:
        letters = self._letters.read(reader.identity.subject, request.since)
        for letter in letters:
            await self.server.emit("letter", msgspec.to_builtins(letter), to=reader.sid)
        return {"count": len(letters)}

    async def _room_open(self, reader: _Reader, opening: RoomOpening) -> None:
        self._rooms.room(opening.room)
        if reader.tunnel is not None:
            reader.tunnel.lost()
        every = max(1, self._settings.tick_hz // self._settings.tunnel_hz)

        def over() -> None:
            if reader.tunnel is connection:
                reader.tunnel = None

        connection = TunnelConnection(_SocketIoLine(self.server, reader.sid), every, over)
        connection.attach(self._rooms.visit(reader.identity, opening.room, connection))
        reader.tunnel = connection

    def _room_up(self, reader: _Reader, arguments: tuple[Any, ...]) -> None:
        if reader.tunnel is None:
            raise Conflict("Open a room first: `room_open`.")
        if len(arguments) != 1 or not isinstance(arguments[0], bytes):
            raise BadRequest("A message through the tunnel is one binary payload.")
        reader.tunnel.receive(arguments[0])

    # --- inside ---

    def _between(self, reader: _Reader, to: str) -> tuple[Room, Participant, Participant]:
        """The writer's room, the writer as a participant, and the person written to. Raises when words may not pass."""
        places = self._rooms.places_of(reader.identity.session_id)
        if not places:
            raise Conflict("Enter a room first, so that people can see who writes.")
        found = self._rooms.find(to)
        if found is None:
            raise NotFound("This person is no longer here.")
        room, one = places[0]
        if one.person.muted or "chat" not in one.identity.permissions:
            raise Forbidden("A moderator has muted you for a while. Others cannot read you now.")
        may_write_to(one, found[1])
        return room, one, found[1]

    async def _send(self, one: Participant, other: Participant, kind: Any, text: str, room: str | None) -> None:
        if one.subject in other.visitor.muted and not STAFF & one.identity.roles:
            return
        letter = self._letters.post(
            other.subject, kind, text, self._rooms.now_ms(), sender=one.id, sender_name=one.person.name, room=room
        )
        await self._deliver(other.subject, letter)

    async def _deliver(self, subject: str, letter: Letter) -> None:
        for sid in list(self._by_subject.get(subject, ())):
            await self.server.emit("letter", msgspec.to_builtins(letter), to=sid)


class _SocketIoLine:
    """One Socket.IO connection, as the tunnel sees it."""

    def __init__(self, server: Any, sid: str) -> None:
        self._server = server
        self._sid = sid

    async def emit(self, event: str, data: object) -> None:
        await self._server.emit(event, data, to=self._sid)

    def waiting_packets(self) -> int:
        socket = self._server.eio.sockets.get(self._server.manager.eio_sid_from_sid(self._sid, "/"))
        return 0 if socket is None else int(socket.queue.qsize())
