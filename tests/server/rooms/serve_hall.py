"""A server process with one hall, for proofs: `python -m tests.server.rooms.serve_hall`.

Prints its port, then for each line read: resident bytes, people, late ticks.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
from pathlib import Path

from aiohttp import web

from carrel.server.accounts.model import Identity
from carrel.server.rooms import Rooms, attach
from carrel.server.settings import Settings

from .world import FREE_MODELS, HALL, KEY, MemoryModeration, MemoryScenes, guest

SETTINGS = Settings(
    resume_window_ms=4000,
    slot_quarantine_ms=8000,
    ticket_ms=4000,
    enters_per_minute=1000,
    participants_per_session=4,
    silent_client_ms=20_000,
)


class ByNumber:
    """The cookie is the guest's number."""

    async def identify(self, request: web.BaseRequest) -> Identity | None:
        return guest(int(request.cookies.get("carrel_session", "0")))


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


async def main() -> None:
    rooms = Rooms(SETTINGS, [HALL], ByNumber(), MemoryModeration(), MemoryScenes(), FREE_MODELS, key=KEY)
    app = web.Application()
    attach(app, rooms)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    print(site._server.sockets[0].getsockname()[1], flush=True)  # type: ignore[attr-defined]
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        gc.collect()
        late = rooms.metrics.registry.get_sample_value("carrel_room_late_ticks_total")
        print(resident_bytes(), rooms.summaries()[0].people, int(late or 0), flush=True)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
