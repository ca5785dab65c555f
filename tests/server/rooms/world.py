"""The in-memory world behind the rooms' ports: sessions by cookie, moderation that remembers, a hall of plain numbers, and a client of the room socket."""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec
import numpy as np
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from carrel.avatars.codec import DESKTOP, encode_positions, encode_rotations, write_up
from carrel.scenes.arrangement.values import Placement
from carrel.server.accounts.cookies import SESSION_COOKIE
from carrel.server.accounts.model import Identity
from carrel.server.rooms import Act, Ban, Complaint, Rooms, RoomSpec, Spawn, attach
from carrel.server.rooms.models import Models
from carrel.server.rooms.scene_policy import Policy
from carrel.server.rooms.scene_ports import Line, SceneFacts, State
from carrel.server.settings import Settings
from carrel.server.wire import frames
from carrel.server.wire import messages as m
from carrel.server.wire.schema import schema_hash

KEY = bytes(range(32))
HALL = RoomSpec(
    room="great-hall",
    title={"en": "Great Hall", "zh": "大厅"},
    scene_url="/scenes/great-hall.json",
    scene_sha256="0" * 64,
    origin=(0.0, 0.0, 0.0),
    bounds_min=(-30.0, 0.0, -30.0),
    bounds_max=(30.0, 10.0, 30.0),
    spawns={"door": Spawn((0.0, 0.0, 10.0)), "desk": Spawn((5.0, 0.0, 0.0), 1.5)},
    safe_place=Spawn((-20.0, 0.0, -20.0), 0.5),
)
Kind = TypeVar("Kind")


def guest(number: int, name: str = "") -> Identity:
    return Identity(f"session-{number}", None, name or f"Guest {number}", frozenset({"guest"}))


def reader(number: int, *roles: Any) -> Identity:
    return Identity(f"session-{number}", f"account-{number}", f"Reader {number}", frozenset(roles or {"reader"}))


class MemorySessions:
    """A cookie's value is looked up in a dictionary."""

    def __init__(self) -> None:
        self.known: dict[str, Identity] = {}

    def add(self, identity: Identity) -> str:
        self.known[f"cookie-{identity.session_id}"] = identity
        return f"cookie-{identity.session_id}"

    async def identify(self, request: web.BaseRequest) -> Identity | None:
        return self.known.get(request.cookies.get(SESSION_COOKIE, ""))


class MemoryModeration:
    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.complaints: list[Complaint] = []
        self.blocks: defaultdict[str, set[str]] = defaultdict(set)
        self.now_ms: Callable[[], int] = lambda: 0

    async def is_banned(self, subject: str, room: str) -> Ban | None:
        for act in self.acts:
            if act.act == "ban" and act.subject == subject and (act.until_ms is None or act.until_ms > self.now_ms()):
                return Ban(act.reason, act.until_ms)
        return None

    async def record(self, act: Act) -> None:
        self.acts.append(act)

    async def report(self, complaint: Complaint) -> None:
        self.complaints.append(complaint)

    async def blocks_of(self, subject: str) -> frozenset[str]:
        return frozenset(self.blocks[subject])

    async def set_block(self, subject: str, other: str, blocked: bool) -> None:
        (self.blocks[subject].add if blocked else self.blocks[subject].discard)(other)


class MemoryScenes:
    """Arrangements that last as long as the test, every state of them."""

    def __init__(self) -> None:
        self.policy: Policy = "open"
        self.lines: list[Line] = []
        self.restored: dict[int, list[Placement]] = {}
        self.failing: Exception | None = None
        self.failing_after: Exception | None = None
        """Raised when everything is kept already."""

    async def facts(self, room: str) -> SceneFacts:
        return SceneFacts(self.policy, None, KEY)

    async def state(self, room: str, op_sequence: int | None = None) -> State | None:
        placed: dict[str, Placement] = {}
        for line in self.lines[:op_sequence]:
            if line.change is None:
                placed = {one.entity.id: one for one in self.restored[line.op_sequence]}
                continue
            for entity in line.change.gone:
                del placed[entity]
            placed |= {one.entity.id: one for one in line.change.put}
        return State(min(len(self.lines), op_sequence or len(self.lines)), list(placed.values()))

    async def keep(self, room: str, lines: Sequence[Line], snapshot: Sequence[Placement] | None) -> None:
        await asyncio.sleep(0)
        if self.failing is not None:
            raise self.failing
        self.lines += lines
        if lines[-1].change is None:
            assert snapshot is not None
            self.restored[lines[-1].op_sequence] = list(snapshot)
        if self.failing_after is not None:
            raise self.failing_after

    async def newest(self, room: str) -> int:
        return len(self.lines)

    async def history(self, room: str, before: int) -> list[Line]:
        return self.lines[: before - 1][:-101:-1]

    async def oldest(self, room: str) -> int:
        return 0


class FreeModels:
    """Works whose SHA-256 begins with 0 are everybody's to show, but for those that are `gone`."""

    gone: frozenset[str] = frozenset()

    async def may_show(self, identity: Identity, work: str, rendition: str | None) -> bool:
        return work.startswith("0") and work not in self.gone

    async def may_wear(self, identity: Identity, work: str, rendition: str) -> bool:
        return work.startswith("0")


FREE_MODELS = Models(Path("/nowhere"), FreeModels())
"""Works whose SHA-256 begins with 0 are everybody's to show."""


class World:
    """A running server with one hall."""

    def __init__(
        self, rooms: Rooms, sessions: MemorySessions, moderation: MemoryModeration, http: TestClient[Any, Any]
    ) -> None:
        self.rooms = rooms
        self.sessions = sessions
        self.moderation = moderation
        self.http = http

    @property
    def room(self) -> Any:
        return self.rooms.room("great-hall")

    def headers(self, identity: Identity) -> dict[str, str]:
        return {"Cookie": f"{SESSION_COOKIE}={self.sessions.add(identity)}"}

    async def enter(self, identity: Identity, **wish: Any) -> m.EnterAnswer:
        answer = await self.http.post("/api/rooms/great-hall/enter", json=wish, headers=self.headers(identity))
        body = await answer.read()
        assert answer.status == 200, body
        return msgspec.json.decode(body, type=m.EnterAnswer)

    async def open(self, identity: Identity) -> RoomClient:
        socket = await self.http.ws_connect("/api/rooms/great-hall/socket", headers=self.headers(identity), compress=0)
        return RoomClient(socket)

    async def join(self, identity: Identity, **wish: Any) -> RoomClient:
        entered = await self.enter(identity, **wish)
        client = await self.open(identity)
        client.welcome = await client.hello(ticket=entered.ticket)
        return client


async def serve(
    settings: Settings | None = None,
    spec: RoomSpec = HALL,
    contexts: tuple[ssl.SSLContext, ssl.SSLContext] | None = None,
    **rooms: Any,
) -> tuple[World, Callable[[], Any]]:
    """A world and what closes it. `contexts` are the server's and the client's for TLS."""
    sessions, moderation = MemorySessions(), MemoryModeration()
    scenes = rooms.pop("scenes", None) or MemoryScenes()
    made = Rooms(settings or Settings(), [spec], sessions, moderation, scenes, FREE_MODELS, key=KEY, **rooms)
    moderation.now_ms = made.now_ms
    app = web.Application()
    attach(app, made)
    server = TestServer(app)
    await server.start_server(**({"ssl": contexts[0]} if contexts else {}))
    client = TestClient(server, connector=aiohttp.TCPConnector(ssl=contexts[1]) if contexts else None)
    return World(made, sessions, moderation, client), client.close


def pose(x: float, y: float, z: float, sequence: int = 0, flags: int = 0) -> bytes:
    """A desktop pose message."""
    record = np.zeros(1, DESKTOP)
    record["head"] = encode_positions(np.array([[x, y, z]]))
    record["rotation"] = encode_rotations(np.array([[0.0, 0.0, 0.0, 1.0]]))
    record["sequence"], record["flags"] = sequence, flags
    return write_up(record[0])


class RoomClient:
    """A client that waits for what it is told, never for time."""

    welcome: m.Welcome

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.events: list[tuple[int, m.SharedEvent]] = []
        self.private: list[frames.Private] = []
        self.frames: list[frames.Frame] = []
        self._numbers = 0

    async def receive(self) -> Any:
        """The next message, noted. Raises ConnectionError at the end of the socket."""
        message = await asyncio.wait_for(self.socket.receive(), 10)
        if message.type is not aiohttp.WSMsgType.BINARY:
            raise ConnectionError(f"{message.type.name} {message.data} {message.extra}")
        down = frames.decode_down(message.data)
        if isinstance(down, frames.Frame):
            self.frames.append(down)
            self.events += enumerate(down.events, down.event_sequence)
        elif isinstance(down, frames.Private):
            self.private.append(down)
        return down

    async def until(self, kind: type[Kind], test: Callable[[Kind], bool] = lambda down: True) -> Kind:
        """Read on to the first message of `kind` that passes `test`."""
        while True:
            down = await self.receive()
            if isinstance(down, kind) and test(down):
                return down

    async def event(self, kind: type[Kind], test: Callable[[Kind], bool] = lambda event: True) -> Kind:
        """Read on to a shared event."""
        seen = 0
        while True:
            for _, event in self.events[seen:]:
                if isinstance(event, kind) and test(event):
                    return event
            seen = len(self.events)
            await self.receive()

    async def told(self, kind: type[Kind], test: Callable[[Kind], bool] = lambda event: True) -> Kind:
        """Read on to a private event."""
        seen = 0
        while True:
            for one in self.private[seen:]:
                if isinstance(one.event, kind) and test(one.event):
                    return one.event
            seen = len(self.private)
            await self.receive()

    async def hello(self, **fields: Any) -> Any:
        return await self.ask(
            m.Hello,
            protocol=fields.pop("protocol", m.PROTOCOL_VERSION),
            schema=fields.pop("schema", schema_hash()),
            **fields,
        )

    async def ask(self, kind: type[Any], **fields: Any) -> Any:
        """Send a request and wait for its answer."""
        self._numbers += 1
        await self.socket.send_bytes(bytes((frames.UP_REQUEST,)) + m.encode(kind(id=self._numbers, **fields)))
        while True:
            down = await self.receive()
            if isinstance(down, m.Answer) and down.id == self._numbers:
                return down

    async def answer(self) -> Any:
        """The next answer, whatever it answers."""
        while True:
            down = await self.receive()
            if isinstance(down, m.Answer):
                return down

    async def sees(self, slot: int, test: Callable[[Any], bool] = lambda record: True) -> Any:
        """Read on to a frame with a record of `slot` that passes `test`."""
        while True:
            frame = await self.until(frames.Frame)
            for section in frame.sections:
                for record in section.records:
                    if record["slot"] == slot and test(record):
                        return record

    async def closed(self) -> int:
        """Read on to the close; its code."""
        while True:
            message = await asyncio.wait_for(self.socket.receive(), 10)
            if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
                return int(self.socket.close_code or 0)
            if message.type is aiohttp.WSMsgType.BINARY:
                down = frames.decode_down(message.data)
                if isinstance(down, frames.Private):
                    self.private.append(down)
