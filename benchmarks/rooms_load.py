"""A full room over real sockets: a server process, and this process as everybody in it.

    python benchmarks/rooms_load.py [people] [seconds]

Each person sends 20 poses a second (30 % headsets) and reads 20 frames a second. Prints the server's CPU as a share of one core.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import select
import socket
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np

from carrel.server.rooms.websocket_frames import unmask
from carrel.server.wire import frames
from carrel.server.wire.messages import PROTOCOL_VERSION, EnterAnswer, Hello, encode
from carrel.server.wire.schema import schema_hash

MASK = b"\x11\x22\x33\x44"


def masked(message: bytes) -> bytes:
    size = len(message)
    head = bytes((0x82, 0x80 | size)) if size < 126 else bytes((0x82, 0xFE)) + size.to_bytes(2, "big")
    return head + MASK + unmask(message, MASK)


def serve(port: int, tls: str = "") -> None:
    """The server process: rooms with one big hall, and sessions by number."""
    import uvloop
    from aiohttp import web

    from carrel.server.accounts.model import Identity
    from carrel.server.rooms import Rooms, RoomSpec, Spawn, attach
    from carrel.server.rooms.models import Models, NoWorks
    from carrel.server.rooms.scene_ports import SceneFacts
    from carrel.server.settings import Settings

    class Open:
        async def identify(self, request: web.BaseRequest) -> Identity | None:
            number = request.cookies.get("carrel_session", "0")
            return Identity(f"s{number}", None, f"Guest {number}", frozenset({"guest"}))

        async def is_banned(self, subject: str, room: str) -> None:
            return None

        async def blocks_of(self, subject: str) -> frozenset[str]:
            return frozenset()

        async def facts(self, room: str) -> SceneFacts:
            return SceneFacts(None, None, bytes(32))

        async def state(self, room: str, op_sequence: int | None = None) -> None:
            return None

    hall = RoomSpec(
        room="hall", title={}, scene_url="", scene_sha256="", origin=(0, 0, 0), bounds_min=(-31, 0, -31), bounds_max=(31, 5, 31),
        spawns={"door": Spawn((0, 0, 0))}, safe_place=Spawn((0, 0, 0)),
    )  # fmt: skip

    async def run() -> None:
        open_house = Open()
        rooms = Rooms(
            Settings(room_capacity=2000, teleports_per_minute=600),
            [hall],
            open_house,
            open_house,
            open_house,
            Models(Path("/nowhere"), NoWorks()),
            key=bytes(32),
        )  # type: ignore[arg-type]
        app = web.Application()
        attach(app, rooms)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, backlog=2048).start()
        print("ready", flush=True)
        while sys.stdin.readable():
            line = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
            if not line:
                break
            registry = rooms.metrics.registry
            names = (
                "ticks_total",
                "late_ticks_total",
                "tick_seconds_sum",
                "skipped_poses_total",
                "dropped_slow_clients_total",
                "bytes_out_total",
            )
            values = [registry.get_sample_value(f"carrel_room_{name}") for name in names]
            print(*values, time.process_time(), flush=True)
        await runner.cleanup()

    uvloop.run(run())


def join(port: int, number: int) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    common = f"Host: 127.0.0.1:{port}\r\nCookie: carrel_session={number}\r\n"
    link.sendall(f"POST /api/rooms/hall/enter HTTP/1.1\r\n{common}Content-Length: 2\r\n\r\n{{}}".encode())
    answer = b""
    while b"}" not in answer.partition(b"\r\n\r\n")[2]:
        answer += link.recv(65536)
    ticket = msgspec.json.decode(answer.partition(b"\r\n\r\n")[2], type=EnterAnswer).ticket
    link.sendall(
        f"GET /api/rooms/hall/socket HTTP/1.1\r\n{common}Upgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += link.recv(65536)
    hello = Hello(id=1, protocol=PROTOCOL_VERSION, schema=schema_hash(), ticket=ticket)
    link.sendall(masked(bytes((frames.UP_REQUEST,)) + encode(hello)))
    link.setblocking(False)
    return link


def main(people: int, seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = str(Path(__file__).resolve())
    server = subprocess.Popen(
        [sys.executable, here, "serve", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin
    assert server.stdout
    server.stdout.readline()

    def read() -> list[float]:
        assert server.stdin
        assert server.stdout
        server.stdin.write("\n")
        server.stdin.flush()
        return [float(value) for value in server.stdout.readline().split()]

    epoll = select.epoll()
    links: list[socket.socket] = []
    by_number: dict[int, socket.socket] = {}
    buffer = memoryview(bytearray(1 << 16))
    random = np.random.default_rng(1)
    where = random.uniform(-14000, 14000, (people, 2))
    speed = random.normal(0, 30, (people, 2))
    headset = random.random(people) < 0.3
    got = sent = 0
    measuring: list[float] | None = None
    began = end = 0.0
    turn = 0
    start = time.monotonic()
    while True:
        now = time.monotonic()
        if len(links) < people:
            link = join(port, len(links))
            links.append(link)
            by_number[link.fileno()] = link
            epoll.register(link.fileno(), select.EPOLLIN)
            start, turn = now, 0
        elif measuring is None and now - start > 2:
            measuring, began, end = read(), time.monotonic(), time.monotonic() + seconds
            own, got, sent = time.process_time(), 0, 0
        elif measuring is not None and now > end:
            break
        due = (now - start) * 20 * len(links) if len(links) == people else turn
        while turn < due:
            one = turn % people
            where[one] += speed[one]
            if not (where[one] > -15000).all() or not (where[one] < 15000).all():
                speed[one] *= -1
                where[one] += speed[one]
            x, z = where[one].astype(int).tolist()
            body = (
                bytes((1, 7 if headset[one] else 0, turn // people & 255))
                + x.to_bytes(2, "little", signed=True)
                + b"\x20\x03"
            )
            body += z.to_bytes(2, "little", signed=True) + os.urandom(4) + (bytes(20) if headset[one] else b"")
            with contextlib.suppress(BlockingIOError):
                links[one].send(bytes((0x82, 0x80 | len(body), 0, 0, 0, 0)) + body)
            turn += 1
            sent += 1
        for number, _ in epoll.poll(0 if len(links) < people else 0.001):
            try:
                got += by_number[number].recv_into(buffer)
            except BlockingIOError:
                continue
    took = time.monotonic() - began
    assert measuring
    after = read()
    ticks, late, tick_s, skipped, dropped, sent_bytes, cpu = (b - a for a, b in zip(measuring, after, strict=True))
    print(
        f"{people} people, {took:.1f} s: server {cpu / took:.2f} of one core; {ticks / took:.1f} ticks/s, "
        f"{late:.0f} late, {tick_s / max(1, ticks) * 1000:.1f} ms a tick; "
        f"{sent / took / people:.1f} poses/s up and {got / took / people / 1000:.1f} KB/s down a person (written {sent_bytes / took / people / 1000:.1f}); "
        f"skipped {skipped:.0f}, dropped {dropped:.0f}; load {(time.process_time() - own) / took:.2f} of the other core"
    )
    server.stdin.close()
    server.terminate()
    server.wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, float(sys.argv[2]) if len(sys.argv) > 2 else 8.0)
