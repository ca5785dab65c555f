"""Live rooms: who is present, poses and events in frames, chat, moderation; and the library channel beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from carrel.server.rooms.library_channel import LibraryChannel
from carrel.server.rooms.model import RoomSpec, Spawn
from carrel.server.rooms.ports import Act, Ban, Complaint, Moderation, Sessions
from carrel.server.rooms.routes import routes
from carrel.server.rooms.service import Rooms

__all__ = [
    "Act",
    "Ban",
    "Complaint",
    "LibraryChannel",
    "Moderation",
    "RoomSpec",
    "Rooms",
    "Sessions",
    "Spawn",
    "attach",
    "routes",
]


def attach(app: web.Application, rooms: Rooms) -> LibraryChannel:
    """Add the rooms' routes and the library channel to `app`; they live and stop with it."""
    app.add_routes(routes(rooms))
    channel = LibraryChannel(rooms)
    channel.attach(app)

    async def life(app: web.Application) -> AsyncIterator[None]:
        await rooms.start()
        yield

    async def stop(app: web.Application) -> None:
        await rooms.stop()
        await channel.stop()

    app.cleanup_ctx.append(life)
    # Before aiohttp waits for its handlers: the sockets are handlers that end when they are closed.
    app.on_shutdown.append(stop)
    return channel
