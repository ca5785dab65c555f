"""Real sessions and tickets for a whole crowd, and the bytes with which each of them begins."""

from __future__ import annotations

import asyncio
from typing import Final

from carrel.server.bench.crowd import Hall
from carrel.server.bench.generator import Guest, upgrade_request
from carrel.server.client import LibraryClient
from carrel.server.wire import frames
from carrel.server.wire import messages as m

AT_ONCE: Final = 16
LIBRARY_PATH: Final = "/socket.io/?EIO=4&transport=websocket"


async def hall_of(url: str, room: str) -> Hall:
    """The room's measures, as somebody learns them who enters."""
    async with LibraryClient(url, "Surveyor") as library, library.room(room) as visit:
        space = visit.welcome.space
        return Hall(space.origin, space.bounds_min, space.bounds_max)


async def enter_all(url: str, room: str, people: int, *, library_channel: bool) -> list[Guest]:
    """A session, a place and a ticket for each. Raises Refused when the server will not have them."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(index: int) -> Guest:
        async with gate, LibraryClient(url, f"Reader {index}") as library:
            return guest(library, await library.enter(room), library_channel=library_channel)

    return list(await asyncio.gather(*(one(index) for index in range(people))))


def guest(library: LibraryClient, entered: m.EnterAnswer, *, library_channel: bool) -> Guest:
    cookie = "; ".join(f"{name}={value}" for name, value in library.cookies.items())
    headers = (("Origin", str(library.base.origin())), ("Cookie", cookie))
    host = f"{library.base.host}:{library.base.port}"
    hello = m.Hello(id=1, protocol=entered.protocol, schema=entered.schema, ticket=entered.ticket)
    return Guest(
        slot=entered.slot,
        upgrade=upgrade_request(host, entered.room_url, headers),
        first=bytes((frames.UP_REQUEST,)) + m.encode(hello),
        library=upgrade_request(host, LIBRARY_PATH, headers) if library_channel else b"",
    )
