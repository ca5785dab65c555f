"""Works over HTTP: brought, looked at, shown to some and not to others, taken away."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from carrel.server.publishing.ingest import Ingested
from carrel.server.publishing.service import next_of
from carrel.server.sandbox import WorkerBroke
from carrel.server.storage.blobs import FolderBlobs
from tests.server.sandbox.test_run import children

from .glbs import model
from .world import until, world


async def test_a_model_from_the_first_byte_to_its_last(tmp_path: Path) -> None:
    data = model(30, texture=64).to_bytes()
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        work = await lin.bring(data, "my chair.glb", licence="CC-BY-4.0")
        found = await lin.looked_at(work)
        assert (found["state"], found["kind"], found["name"], found["mine"]) == (
            "accepted",
            "model",
            "my chair.glb",
            True,
        )
        assert found["facts"]["triangles"] == 29 * 29 * 2
        files = {file["role"]: file for file in found["files"]}
        assert files.keys() >= {"view", "half", "quarter", "tenth"}
        assert files["tenth"]["facts"]["triangles"] < files["view"]["facts"]["triangles"] / 5

        view = await lin.ask("GET", files["view"]["url"])
        assert (await view.read())[:4] == b"glTF"
        assert view.headers["Content-Type"] == "model/gltf-binary"
        assert view.headers["X-Content-Type-Options"] == "nosniff"
        assert view.headers["Content-Security-Policy"].startswith("sandbox")
        part = await lin.ask("GET", files["view"]["url"], headers={"Range": "bytes=0-3"})
        assert (part.status, await part.read()) == (206, b"glTF")
        again = await lin.ask("GET", files["view"]["url"], headers={"If-None-Match": view.headers["ETag"]})
        assert again.status == 304
        original = await lin.ask("GET", f"/api/works/{work}/files/{work}")
        assert await original.read() == data
        assert original.headers["Content-Disposition"] == "attachment"


async def test_a_hash_is_not_a_password(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin, ana = await library.person("lin"), await library.person("ana")
        guest, staff = await library.guest(), await library.person("mo", "librarian")
        work = await lin.bring(model().to_bytes())
        url = (await lin.looked_at(work))["files"][0]["url"]
        for other in (ana, guest, library.nobody()):
            for path in (f"/api/works/{work}", url, f"/api/works/{work}/files/{work}"):
                assert (await other.ask("GET", path)).status == 404
            assert (await other.ask("DELETE", f"/api/works/{work}")).status == 404
        assert (await staff.ask("GET", url)).status == 200
        library.rooms.shown.add(work)
        assert (await ana.ask("GET", url)).status == 200
        assert (await guest.ask("GET", f"/api/works/{work}")).status == 200
        assert (await ana.ask("GET", f"/api/works/{work}/files/{work}")).status == 404, "originals are the owner's"
        assert (await ana.ask("DELETE", f"/api/works/{work}")).status == 403


async def test_what_is_refused_says_why(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        found = await lin.looked_at(await lin.bring(b"this is no model at all"))
        assert found["state"] == "refused"
        assert found["code"]
        assert found["message"]
        assert not found["files"]
        chinese = await (await lin.ask("GET", f"/api/works/{found['id']}?lang=zh")).json()
        assert chinese["message"].startswith("图书馆无法展示")
        assert found["message"] in chinese["message"]


async def test_who_takes_the_last_copy_away_takes_the_bytes(tmp_path: Path) -> None:
    data = model().to_bytes()
    async with world(tmp_path) as library:
        lin, ana = await library.person("lin"), await library.person("ana")
        work = await lin.bring(data)
        assert await ana.bring(data) == work
        assert (await ana.looked_at(work))["mine"]
        assert (await lin.ask("DELETE", f"/api/works/{work}")).status == 204
        assert (await lin.work(work))["status"] == 404
        assert (await ana.work(work))["state"] == "accepted"
        assert (await ana.ask("DELETE", f"/api/works/{work}")).status == 204
        blobs = tmp_path / "works" / "blobs"
        assert not [path for path in blobs.rglob("*") if path.is_file()]


async def test_a_list_of_ones_own(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        for index, name in enumerate(("one.glb", "two.glb")):
            library.now_ms += 1000
            await lin.looked_at(await lin.bring(model(4 + index).to_bytes(), name))
        listed = await (await lin.ask("GET", "/api/works")).json()
        assert [work["name"] for work in listed["works"]] == ["two.glb", "one.glb"]
        assert (await library.nobody().ask("GET", "/api/works")).status == 401


async def test_two_at_once_and_the_others_in_their_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        go, busy, order = asyncio.Event(), set[Path](), list[Path]()
        most = 0

        async def look(original: Path, *_: object) -> Ingested:
            nonlocal most
            busy.add(original)
            order.append(original)
            most = max(most, len(busy))
            await go.wait()
            busy.remove(original)
            return Ingested("audio", {}, [], 0, 0)

        monkeypatch.setattr(library.works, "_in_thread", look)
        works = []
        for index in range(5):
            library.now_ms += 1
            works.append(await lin.bring(b"work %d" % index))
        await until(lambda: len(busy) == 2)
        assert (await lin.work(works[4]))["state"] == "received"
        go.set()
        for work in works:
            assert (await lin.looked_at(work))["state"] == "accepted"
        assert most == library.settings.ingest_at_once == 2
        assert [path.name for path in order] == works


async def test_a_server_that_stops_does_not_wait_for_a_worker(tmp_path: Path) -> None:
    before = children()
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        work = await lin.bring(model(260, sheets=2).to_bytes())
        await until(lambda: work in library.works.steps)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    await until(lambda: children() == before)


async def test_bytes_that_nothing_refers_to_go(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "works" / "blobs")
    old, new = blobs.put(b"left behind long ago"), blobs.put(b"just now")
    os.utime(tmp_path / "works" / "blobs" / old[:2] / old, (1_600_000_000, 1_600_000_000))
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        work = await lin.bring(model(4).to_bytes())
        url = (await lin.looked_at(work))["files"][0]["url"]
        cookie = lin.headers
    for path in (tmp_path / "works" / "blobs").glob("??/*"):
        if path.name != new:
            os.utime(path, (1_600_000_000, 1_600_000_000))
    async with world(tmp_path) as library:
        again = library.nobody()
        again.headers = cookie
        assert (await again.ask("GET", url)).status == 200
    assert blobs.path(old) is None
    assert blobs.path(new) is not None


async def test_a_bug_of_ours_is_said_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")

        async def broken(*_: object) -> Ingested:
            raise WorkerBroke("a bug")

        monkeypatch.setattr(library.works, "_in_thread", broken)
        data = model(4).to_bytes()
        found = await lin.looked_at(await lin.bring(data))
        assert (found["state"], found["code"]) == ("refused", "internal")
        monkeypatch.undo()
        assert (await lin.looked_at(await lin.bring(data)))["state"] == "accepted", "brought again, looked at again"


def test_many_works_of_one_person_do_not_make_others_wait() -> None:
    waiting = [("a1", "ana"), ("a2", "ana"), ("a3", "ana"), ("b1", "ben")]
    assert next_of(waiting, []) == ("a1", "ana")
    assert next_of(waiting, [("a1", "ana")]) == ("b1", "ben")
    assert next_of(waiting[:3], [("a1", "ana")]) == ("a2", "ana"), "no worker stands idle"
    assert next_of(waiting[1:], [("b1", "ben"), ("a1", "ana")]) == ("a2", "ana")
    assert next_of([("a1", "ana")], [("a1", "ana")]) is None
