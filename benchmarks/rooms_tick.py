"""CPU of the room's own work, without sockets: a tick for a full room, and one arriving pose.

python benchmarks/rooms_tick.py [people …]
"""

from __future__ import annotations

import asyncio
import sys
import time

import numpy as np

from carrel.avatars.codec import HEADSET, encode_positions, encode_rotations, write_up
from carrel.server.accounts.model import Identity
from carrel.server.rooms.broadcast import Broadcast
from carrel.server.rooms.metrics import RoomMetrics
from carrel.server.rooms.model import RoomSpec, Spawn
from carrel.server.rooms.room import Room
from carrel.server.rooms.tokens import ResumeTokens
from carrel.server.rooms.websocket_frames import unmask
from carrel.server.rooms.websocket_protocol import RoomProtocol
from carrel.server.settings import Settings
from carrel.server.wire.messages import PROTOCOL_VERSION, EnterRequest, Hello
from carrel.server.wire.schema import schema_hash

TICKS = 100


class Sink:
    """A transport and connection that swallows everything."""

    every_ticks = 1

    def __init__(self) -> None:
        self.size_bytes = 0

    def send(self, message: bytes) -> None: ...

    def send_frame(self, framed: bytes, head_bytes: int) -> None:
        self.size_bytes += len(framed)

    def buffered_bytes(self) -> int:
        return 0

    get_write_buffer_size = buffered_bytes

    def close(self, code: int, reason: str) -> None: ...

    def abort(self) -> None: ...


def spec(side_m: float) -> RoomSpec:
    half = side_m / 2 + 1
    return RoomSpec(
        room="bench", title={}, scene_url="", scene_sha256="", origin=(0, 0, 0), bounds_min=(-half, 0, -half), bounds_max=(half, 5, half),
        spawns={"door": Spawn((0, 0, 0))}, safe_place=Spawn((0, 0, 0)),
    )  # fmt: skip


def filled(people: int, side_m: float) -> tuple[Room, Broadcast, list[Sink]]:
    room = Room(spec(side_m), Settings(room_capacity=2000, teleports_per_minute=600), ResumeTokens(bytes(32)), 0)
    sinks = []
    for number in range(people):
        identity = Identity(f"s{number}", None, f"Guest {number}", frozenset({"guest"}))
        _, ticket = room.expect(identity, (), EnterRequest(), 0)
        sinks.append(Sink())
        room.hello(sinks[-1], identity, Hello(id=0, protocol=PROTOCOL_VERSION, schema=schema_hash(), ticket=ticket), 0)
    return room, Broadcast(room, RoomMetrics()), sinks


def measure(people: int, side_m: float) -> None:
    random = np.random.default_rng(1)
    room, broadcast, sinks = filled(people, side_m)
    where, speed = random.uniform(-side_m / 2, side_m / 2, (people, 3)), random.normal(0, 0.06, (people, 3))
    where[:, 1], speed[:, 1] = 1.6, 0
    headset = random.random(people) < 0.3
    rotation = encode_rotations(random.normal(size=(people, 4)))
    spent = []
    start_bytes = 0
    for tick in range(TICKS + 40):
        where = np.clip(where + speed, [-side_m / 2, 1.6, -side_m / 2], [side_m / 2, 1.6, side_m / 2])
        records = np.zeros(people, HEADSET)
        records["head"], records["rotation"], records["sequence"] = encode_positions(where), rotation, tick % 256
        for slot in range(people):
            message = write_up(records[slot])
            room.poses.put(slot, message if headset[slot] else message[:13])
        began = time.thread_time()
        broadcast.tick(tick * 50)
        spent.append(time.thread_time() - began)
        if tick == 39:
            start_bytes = sum(sink.size_bytes for sink in sinks)
    rate = (sum(sink.size_bytes for sink in sinks) - start_bytes) / people / TICKS * 20 / 1000
    took = np.array(spent[40:]) * 1000
    print(
        f"{people} people, {side_m:.0f} m: tick {took.mean():.2f} ms CPU (worst {took.max():.2f}), "
        f"{rate:.1f} KB/s a reader, {room.builder.neighbourhoods} frames"
    )


async def arriving() -> None:
    room, _, _ = filled(1, 10)
    protocol = RoomProtocol(Sink(), 16_384, lambda error: None)  # type: ignore[arg-type]
    protocol.take_poses(room.poses, 0)
    message = bytes((1,)) + bytes(32)
    mask = b"\x11\x22\x33\x44"
    packet = bytes((0x82, 0x80 | len(message))) + mask + unmask(message, mask)
    for name, data, each in (("one pose a packet", packet, 1), ("two poses a packet", packet * 2, 2)):
        began = time.thread_time()
        for _ in range(100_000):
            protocol.data_received(data)
        print(f"{name}: {(time.thread_time() - began) / 100_000 / each * 1e9:.0f} ns a pose")


if __name__ == "__main__":
    for count in [int(argument) for argument in sys.argv[1:]] or [50, 200, 1000]:
        for side in (60.0, 8.0):
            measure(count, side)
    asyncio.run(arriving())
