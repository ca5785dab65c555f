"""The naive relay: one Socket.IO event in, the same event out to everybody else in the room. Usage: relay.py PORT

What the field's tutorials build with python-socketio, at its best: uvloop, WebSocket only, no compression (no client asks
for it), and a compact array instead of an object with names.
"""

from __future__ import annotations

import sys
from typing import Any

import socketio
import uvloop
from aiohttp import web

server = socketio.AsyncServer(async_mode="aiohttp", transports=["websocket"], http_compression=False, ping_interval=60)


async def connect(sid: str, environ: dict[str, Any]) -> None:
    await server.enter_room(sid, "hall")


async def pose(sid: str, record: list[int]) -> None:
    await server.emit("pose", record, room="hall", skip_sid=sid)


server.on("connect", connect)
server.on("pose", pose)

if __name__ == "__main__":
    uvloop.install()
    app = web.Application()
    server.attach(app)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
