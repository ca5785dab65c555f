"""People who come and go while a crowd is measured: real clients of both channels, in a process of their own.

`python -m carrel.server.bench.companions URL ROOM COUNT` runs until its standard input closes, then says in one line of JSON what it did.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import Counter
from typing import Final

import msgspec

from carrel.server.client import LibraryClient, RoomClient
from carrel.server.client.errors import ClientError

CHANGES_PER_S: Final = 5.0
CHAT_S: Final = 1.0
POSES_HZ: Final = 10.0
REACH_M: Final = 1.0
GOODBYE_S: Final = 5.0


class Companions:
    """`did` counts joined, resumed, said, heard and failed."""

    def __init__(self, url: str, room: str, count: int) -> None:
        self.url, self.room_id, self.count = url, room, count
        self.did: Counter[str] = Counter()
        self._turn = asyncio.Condition()
        self._next = 0

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._conduct())
            for index in range(self.count):
                group.create_task(self._life(index))

    async def _conduct(self) -> None:
        """Five times a second it is the next one's turn to change."""
        while True:
            await asyncio.sleep(1 / min(CHANGES_PER_S, self.count / 2))
            async with self._turn:
                self._next += 1
                self._turn.notify_all()

    async def _my_turn(self, index: int) -> None:
        async with self._turn:
            await self._turn.wait_for(lambda: self._next % self.count == index)
            await self._turn.wait()

    async def _life(self, index: int) -> None:
        """Every other time leave and join; in between lose the connection and resume."""
        async with LibraryClient(self.url, f"Companion {index}") as library:
            await library.open_channel()
            while True:
                try:
                    async with library.room(self.room_id) as room:
                        self.did["joined"] += 1
                        await self._stay(index, room)
                except ClientError as error:
                    self.did["failed"] += 1
                    self.did[f"failed: {error}"[:120]] += 1
                    await asyncio.sleep(1)

    async def _stay(self, index: int, room: RoomClient) -> None:
        tasks = [asyncio.create_task(self._walk(room)), asyncio.create_task(self._listen(room))]
        if index == 0:
            tasks.append(asyncio.create_task(self._chat(room)))
        try:
            await self._my_turn(index)
            before = room.returns
            await room.lose()
            await room.until(lambda room: room.returns > before)
            self.did["resumed" if room.welcome.resumed else "entered_again"] += 1
            await self._my_turn(index)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _walk(self, room: RoomClient) -> None:
        """To and fro beside the place where one arrived."""
        x, y, z = room.welcome.position
        step = 0
        while True:
            step += 1
            await room.send_pose((x + REACH_M * abs(step % 40 - 20) / 20, max(y, 1.6), z))
            await asyncio.sleep(1 / POSES_HZ)

    async def _listen(self, room: RoomClient) -> None:
        async for _ in room.events():
            self.did["heard"] += 1

    async def _chat(self, room: RoomClient) -> None:
        while True:
            await asyncio.sleep(CHAT_S)
            with contextlib.suppress(ClientError):
                await room.say("The reading room closes at nine.")
                self.did["said"] += 1


async def main(url: str, room: str, count: int) -> None:
    companions = Companions(url, room, count)
    work = asyncio.create_task(companions.run())
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await asyncio.wait({work, asyncio.ensure_future(ended)}, return_when=asyncio.FIRST_COMPLETED)
    sys.stdout.buffer.write(msgspec.json.encode(dict(companions.did)) + b"\n")
    sys.stdout.buffer.flush()
    work.cancel()
    await asyncio.wait({work}, timeout=GOODBYE_S)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
