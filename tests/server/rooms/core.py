"""A room without a network: recorded connections and a clock that is moved by hand."""

from __future__ import annotations

from typing import Any

from carrel.server.accounts.model import Identity
from carrel.server.rooms.broadcast import Broadcast
from carrel.server.rooms.metrics import RoomMetrics
from carrel.server.rooms.model import RoomSpec
from carrel.server.rooms.participant import Participant
from carrel.server.rooms.requests import answer
from carrel.server.rooms.room import Room
from carrel.server.rooms.tokens import ResumeTokens
from carrel.server.settings import Settings
from carrel.server.wire import frames
from carrel.server.wire import messages as m
from carrel.server.wire.schema import schema_hash

from .world import HALL, KEY


class Recorded:
    """A connection that keeps what it is sent, decoded."""

    def __init__(self, every_ticks: int = 1) -> None:
        self.every_ticks = every_ticks
        self.down: list[Any] = []
        self.buffered = 0
        self.code: int | None = None

    def send(self, message: bytes) -> None:
        if self.code is None:
            self.down.append(frames.decode_down(message))

    def send_frame(self, framed: bytes, head_bytes: int) -> None:
        self.send(framed[head_bytes:])

    def buffered_bytes(self) -> int:
        return self.buffered

    def close(self, code: int, reason: str) -> None:
        self.code = code if self.code is None else self.code

    def abort(self) -> None:
        self.close(1006, "")

    def of(self, kind: type[Any]) -> list[Any]:
        return [down for down in self.down if isinstance(down, kind)]

    def private(self, kind: type[Any] = object) -> list[Any]:
        return [down.event for down in self.of(frames.Private) if isinstance(down.event, kind)]

    def shared(self) -> list[tuple[int, m.SharedEvent]]:
        return [item for frame in self.of(frames.Frame) for item in enumerate(frame.events, frame.event_sequence)]


class Core:
    def __init__(self, settings: Settings | None = None, spec: RoomSpec = HALL) -> None:
        self.now_ms = 1_000_000
        self.settings = settings or Settings()
        self.tokens = ResumeTokens(KEY)
        self.room = Room(spec, self.settings, self.tokens, self.now_ms)
        self.metrics = RoomMetrics()
        self.broadcast = Broadcast(self.room, self.metrics)

    def tick(self, count: int = 1, step_ms: int = 50) -> None:
        for _ in range(count):
            self.now_ms += step_ms
            self.broadcast.tick(self.now_ms)

    def pass_ms(self, wait_ms: int) -> None:
        """Time passes; the room sweeps once at its end."""
        self.now_ms += wait_ms
        self.room.sweep(self.now_ms)

    def expect(self, identity: Identity, **wish: Any) -> tuple[Participant, str]:
        return self.room.expect(identity, (), m.EnterRequest(**wish), self.now_ms)

    def hello(self, identity: Identity, connection: Recorded, **fields: Any) -> Participant:
        return self.room.hello(
            connection,
            identity,
            m.Hello(id=0, protocol=m.PROTOCOL_VERSION, schema=schema_hash(), **fields),
            self.now_ms,
        )

    def join(self, identity: Identity, **wish: Any) -> tuple[Participant, Recorded]:
        _, ticket = self.expect(identity, **wish)
        connection = Recorded()
        return self.hello(identity, connection, ticket=ticket), connection

    def ask(self, one: Participant, kind: type[Any], **fields: Any) -> m.Answer:
        return answer(self.room, one, kind(id=1, **fields), self.now_ms)
