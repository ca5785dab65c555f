"""What people tried who meant no good: two connections on one upload, many at one moment, other people's bytes, facts without end."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from carrel.scenes.errors import Refused
from carrel.server.accounts.model import Identity
from carrel.server.errors import StorageError
from carrel.server.publishing import uploads
from carrel.server.publishing.ingest import FACT_BYTES, Ingested
from carrel.server.publishing.model import Made
from carrel.server.settings import Settings

from .glbs import model
from .world import TUS, until, world

BYTES = b"bytes of somebody " * 4000


async def test_two_connections_never_write_to_one_file(tmp_path: Path) -> None:
    """Else the slower would go on to write into what has become a work, after it was looked at."""
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        for _ in range(4):
            path = (await lin.begin(len(BYTES))).headers["Location"]
            go = asyncio.Event()

            async def hanging() -> AsyncIterator[bytes]:
                yield b"b"
                await asyncio.Event().wait()  # for ever

            async def late(go: asyncio.Event = go) -> AsyncIterator[bytes]:
                yield b"EVIL"
                await go.wait()
                yield b"E" * (len(BYTES) - 1000)

            async def whole() -> AsyncIterator[bytes]:
                yield BYTES

            hung = asyncio.create_task(lin.send(path, 0, hanging()))
            await until(lambda: bool(library.uploads._writing))
            rivals = [asyncio.create_task(lin.send(path, 0, parts())) for parts in (late, whole)]
            await asyncio.wait(rivals, timeout=0.3)
            go.set()
            statuses = [(await rival).status for rival in rivals]
            assert set(statuses) <= {204, 409}
            hung.cancel()
            await asyncio.gather(hung, return_exceptions=True)
            blob = library.works.blobs.path(hashlib.sha256(BYTES).hexdigest())
            assert blob is None or blob.read_bytes() == BYTES
            await lin.ask("DELETE", path, headers=TUS)


async def test_a_whole_upload_is_finished_once(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        for number in range(4):
            data = BYTES + bytes([number])
            path = (await lin.begin(len(data))).headers["Location"]
            answers = await asyncio.gather(
                *(lin.send(path, 0, data) for _ in range(4)), lin.ask("HEAD", path, headers=TUS)
            )
            assert {answer.status for answer in answers} <= {200, 204, 409}


async def test_a_thread_that_writes_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file's number is not given to another file while somebody's bytes are still on their way to it."""
    write, started, closed = os.write, asyncio.Event(), list[bool]()
    async with world(tmp_path) as library:
        loop = asyncio.get_running_loop()

        def slow(descriptor: int, data: bytes) -> None:
            loop.call_soon_threadsafe(started.set)
            time.sleep(0.2)
            try:
                write(descriptor, data)
                closed.append(False)
            except OSError:
                closed.append(True)

        monkeypatch.setattr(uploads, "_write_all", slow)
        lin = await library.person("lin")
        data = bytes(2 << 20)
        path = (await lin.begin(len(data))).headers["Location"]
        sending = asyncio.create_task(lin.send(path, 0, data))
        await started.wait()
        head = await lin.ask("HEAD", path, headers=TUS)
        assert closed
        assert not any(closed)
        file = next((tmp_path / "works" / "uploads").glob("*.part"))
        assert int(head.headers["Upload-Offset"]) == file.stat().st_size
        await asyncio.gather(sending, return_exceptions=True)


async def test_many_at_one_moment_share_one_quota(tmp_path: Path) -> None:
    async with world(tmp_path, upload_quota_bytes=1000) as library:
        lin = await library.person("lin")
        answers = await asyncio.gather(*(lin.begin(400) for _ in range(8)))
        assert sorted(answer.status for answer in answers) == [201] * 2 + [403] * 6


async def test_room_on_the_disk_is_looked_at_while_bytes_arrive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        path = (await lin.begin(3 << 20)).headers["Location"]
        asked: list[int] = []
        monkeypatch.setattr(library.works, "check_room", asked.append)
        await lin.send(path, 0, bytes(3 << 20))
        assert asked[0] == 3 << 20
        assert len(asked) >= 3, "others may have filled it meanwhile"


async def test_a_refusal_takes_nobody_elses_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was made of one work can be brought as another."""
    async with world(tmp_path) as library:
        lin, eve = await library.person("lin"), await library.person("eve")
        seen = b"what lin's picture looks like"

        async def drawn(*_: object) -> Ingested:
            name = library.works.blobs.put(seen)
            return Ingested("image", {}, [Made("view", name, "image/webp", len(seen), {})], 0, 0)

        monkeypatch.setattr(library.works, "_in_thread", drawn)
        found = await lin.looked_at(await lin.bring(b"lin's picture"))
        monkeypatch.undo()
        assert (await eve.looked_at(await eve.bring(seen)))["state"] == "refused"
        assert await (await lin.ask("GET", found["files"][0]["url"])).read() == seen
        assert (await lin.ask("DELETE", f"/api/works/{found['id']}")).status == 204
        assert not [path for path in (tmp_path / "works" / "blobs").rglob("*") if path.is_file()]


async def test_what_nobody_foresaw_leaves_no_work_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")

        async def broken(*_: object) -> Ingested:
            raise ZeroDivisionError

        monkeypatch.setattr(library.works, "_in_thread", broken)
        found = await lin.looked_at(await lin.bring(b"work"))
        assert (found["state"], found["code"]) == ("refused", "internal")


async def test_facts_are_few_whatever_a_file_says(tmp_path: Path) -> None:
    glb = model(4)
    glb.json["extensionsUsed"] = [f"VENDOR_{number}" + "x" * 60_000 for number in range(40)]
    glb.json["asset"]["copyright"] = "c" * 60_000
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        found = await lin.looked_at(await lin.bring(glb.to_bytes()))
        assert found["state"] == "accepted"
        assert len(msgspec.json.encode(found["facts"])) <= FACT_BYTES // 4


async def test_works_are_closed_to_others_on_the_machine(tmp_path: Path) -> None:
    """A worker under another uid among them, where there is no other wall."""
    (tmp_path / "works").mkdir(mode=0o755)
    async with world(tmp_path):
        assert stat.S_IMODE((tmp_path / "works").stat().st_mode) == 0o700


async def test_an_upload_that_cannot_be_kept_keeps_no_library_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        await lin.begin(5)
        next((tmp_path / "works" / "uploads").glob("*.part")).write_bytes(b"12345")

    async def full(*_: object) -> str:
        raise StorageError("A file cannot be kept: No space left on device.")

    monkeypatch.setattr("carrel.server.publishing.service.Works.bring", full)
    async with world(tmp_path) as library:
        assert (await library.nobody().ask("OPTIONS", "/api/uploads")).status == 204


async def test_a_server_that_stops_waits_for_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does anybody wait long for somebody else's."""
    killed, began = threading.Event(), threading.Event()
    brief: list[int] = []

    class Slow:
        def kill(self) -> None:
            killed.set()

    def slowly(file: Path, folder: Path, settings: Settings, **more: Any) -> Ingested:
        brief.append(settings.ingest_ms)
        more["on_start"](Slow())
        began.set()
        killed.wait(20)
        raise Refused("crashed", "It was ended.")

    async with world(tmp_path) as library:
        lin = await library.person("lin")

        async def heard(*_: object) -> Ingested:
            return Ingested("audio", {}, [], 0, 0)

        monkeypatch.setattr(library.works, "_in_thread", heard)
        found = await lin.looked_at(await lin.bring(b"a sound"))
        monkeypatch.setattr("carrel.server.publishing.service.ingest", slowly)
        identity = Identity("s", "lin", "Lin", frozenset({"reader"}))
        drawing = asyncio.create_task(library.works.put_thumbnail(found["id"], identity, b"picture"))
        await until(began.is_set)
        drawing.cancel()
        await asyncio.gather(drawing, return_exceptions=True)
        assert killed.wait(1)
        assert brief[0] < library.settings.ingest_ms
