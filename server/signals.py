"""How a process of ours is told to stop: by its terminal or by whoever keeps it running."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress


async def told_to_stop() -> None:
    """Returns at SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows' loops: Ctrl-C then ends the process by itself
            loop.add_signal_handler(number, told.set)
    await told.wait()
