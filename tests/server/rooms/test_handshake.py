"""How a room socket opens: what is no handshake, what comes before the handshake's answer is read, and TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from carrel.server import tls
from carrel.server.rooms.websocket_frames import unmask
from carrel.server.settings import Settings
from carrel.server.wire import frames
from carrel.server.wire import messages as m
from carrel.server.wire.schema import schema_hash

from .world import World, guest, pose, reader, serve

PATH = "/api/rooms/great-hall/socket"
UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
KEY = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made, close = await serve()
    yield made
    await close()


def masked(message: bytes) -> bytes:
    size = len(message)
    head = bytes((0x82, 0x80 | size)) if size < 126 else b"\x82\xfe" + size.to_bytes(2, "big")
    return head + b"mask" + unmask(message, b"mask")


def hello(ticket: str) -> bytes:
    request = m.Hello(id=7, protocol=m.PROTOCOL_VERSION, schema=schema_hash(), ticket=ticket)
    return masked(bytes((frames.UP_REQUEST,)) + m.encode(request))


def upgrade(world: World) -> bytes:
    head = {"Host": f"127.0.0.1:{world.http.port}"} | UPGRADE | KEY | world.headers(guest(1))
    request = f"GET {PATH} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head.items()) + "\r\n"
    return request.encode()


async def first_message(stream: asyncio.StreamReader) -> bytes:
    head = await stream.readexactly(2)
    size = head[1]
    if size == 126:
        size = int.from_bytes(await stream.readexactly(2), "big")
    return await stream.readexactly(size)


@pytest.mark.parametrize("with_request_bytes", [0, 40, 1000])
async def test_what_comes_before_the_handshakes_answer_is_read_is_not_lost(
    world: World, with_request_bytes: int
) -> None:
    """A program may send its hello and poses right behind the request: in one piece with it, or cut anywhere."""
    ticket = (await world.enter(guest(1))).ticket
    sent = hello(ticket) + masked(pose(2, 1.6, 3)) + masked(frames.PING.pack(frames.UP_PING, 77))
    stream, writer = await asyncio.open_connection("127.0.0.1", world.http.port)
    writer.write(upgrade(world) + sent[:with_request_bytes])
    await writer.drain()
    writer.write(sent[with_request_bytes:])
    answer = await asyncio.wait_for(stream.readuntil(b"\r\n\r\n"), 10)
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in answer.lower()
    assert b"extensions" not in answer.lower()
    welcome = frames.decode_down(await asyncio.wait_for(first_message(stream), 10))
    assert isinstance(welcome, m.Welcome)
    assert welcome.id == 7
    pong = frames.decode_down(await asyncio.wait_for(first_message(stream), 10))
    assert isinstance(pong, frames.Pong)
    assert pong.echo == 77
    writer.close()


async def test_what_came_whole_before_a_broken_frame_counts(world: World) -> None:
    """However the bytes were cut on their way: the hello is answered, then the frame without a mask is refused."""
    ticket = (await world.enter(guest(1))).ticket
    stream, writer = await asyncio.open_connection("127.0.0.1", world.http.port)
    writer.write(upgrade(world) + hello(ticket) + b"\x82\x01x")
    await asyncio.wait_for(stream.readuntil(b"\r\n\r\n"), 10)
    assert isinstance(frames.decode_down(await asyncio.wait_for(first_message(stream), 10)), m.Welcome)
    assert (await asyncio.wait_for(first_message(stream), 10))[:2] == (1002).to_bytes(2, "big")
    writer.close()


@pytest.mark.parametrize(
    "headers",
    [{}, KEY, UPGRADE, UPGRADE | {"Sec-WebSocket-Key": "short"}, UPGRADE | KEY | {"Sec-WebSocket-Version": "12"}],
    ids=["page", "key alone", "no key", "short key", "old version"],
)
async def test_what_is_no_handshake_is_told_so(world: World, headers: dict[str, str]) -> None:
    async with world.http.get(PATH, headers=world.headers(guest(1)) | headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, "bad_request")
    assert not world.room.participants


async def test_a_hall_over_a_self_signed_certificate(tmp_path: Path) -> None:
    """As a headset on the local network comes: requests, answers, and frames both ways, inside TLS."""
    context = tls.context(Settings(tls_cert=tls.SELF_SIGNED, data_dir=str(tmp_path)))
    assert context is not None
    trusting = ssl.create_default_context(cafile=str(tmp_path / "tls" / "self-signed.crt"))
    world, close = await serve(contexts=(context, trusting))
    try:
        ann, ben = await world.join(guest(1)), await world.join(reader(2))
        assert str(world.http.make_url("/")).startswith("https://")
        await ben.socket.send_bytes(pose(2, 1.6, 3, 5))
        record = await ann.sees(ben.welcome.slot, lambda record: record["sequence"] == 5)
        assert list(record["head"]) == [1000, 800, 1500]
        long = "word " * 190 + "end"
        assert isinstance(await ben.ask(m.Say, scope="room", text=long), m.Result)
        assert (await ann.event(m.Said)).text == long
        assert isinstance(await ben.ask(m.Leave), m.Result)
        assert await ben.closed() == 1000
        await ann.event(m.Left)
    finally:
        await close()
