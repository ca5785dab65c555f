"""tus 1.0: begun, broken off, gone on with, checked, bounded, forgotten."""

from __future__ import annotations

import asyncio
import base64
import errno
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError

from carrel.server.publishing import uploads
from carrel.server.publishing.model import Owner

from .world import BYTES, TUS, World, until, world

JUNK = bytes(range(256)) * 40


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


async def code(answer: Any) -> tuple[int, str]:
    return answer.status, (await answer.json())["code"]


async def test_what_is_spoken_here(library: World) -> None:
    answer = await library.nobody().ask("OPTIONS", "/api/uploads")
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,expiration,termination,checksum"
    assert int(answer.headers["Tus-Max-Size"]) == library.settings.upload_bytes


async def test_only_members_bring_something(library: World) -> None:
    for person in (library.nobody(), await library.guest()):
        assert await code(await person.begin(10)) == (401, "not_signed_in")


async def test_a_page_of_another_site_brings_nothing(library: World) -> None:
    lin = await library.person("lin")
    lin.headers["Origin"] = "https://elsewhere.example"
    assert await code(await lin.begin(10)) == (403, "wrong_origin")
    lin.headers["Origin"] = str(library.server.make_url("/"))[:-1]
    assert (await lin.begin(10)).status == 201


async def test_in_pieces_and_whose_it_is(library: World) -> None:
    lin, ana = await library.person("lin"), await library.person("ana")
    path = (await lin.begin(len(JUNK))).headers["Location"]
    assert (await lin.send(path, 0, JUNK[:1000])).headers["Upload-Offset"] == "1000"
    for other in (ana, library.nobody()):
        assert (await other.ask("HEAD", path, headers=TUS)).status == 404
        assert (await other.send(path, 1000, JUNK[1000:])).status == 404
        assert (await other.ask("DELETE", path, headers=TUS)).status == 404
    assert await code(await lin.send(path, 999, b"x")) == (409, "conflict")
    head = await lin.ask("HEAD", path, headers=TUS)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("1000", str(len(JUNK)))
    assert head.headers["Cache-Control"] == "no-store"
    done = await lin.send(path, 1000, JUNK[1000:])
    assert done.headers["Carrel-Work"] == hashlib.sha256(JUNK).hexdigest()
    assert (await lin.looked_at(done.headers["Carrel-Work"]))["state"] == "refused"
    assert (await lin.ask("HEAD", path, headers=TUS)).headers["Upload-Offset"] == str(len(JUNK))
    assert await code(await lin.send(path, len(JUNK), b"")) == (409, "conflict")


async def test_a_connection_that_breaks_loses_nothing(library: World) -> None:
    lin = await library.person("lin")
    data = JUNK * 300
    path = (await lin.begin(len(data))).headers["Location"]
    file = next((Path(library.settings.data_dir) / "works" / "uploads").glob("*.part"))

    async def most() -> AsyncIterator[bytes]:
        yield data[: len(data) - 5000]
        await asyncio.Event().wait()  # for ever

    sending = asyncio.create_task(lin.send(path, 0, most()))
    await until(lambda: file.stat().st_size > 0)
    # Another connection asks while the first still hangs.
    offset = int((await lin.ask("HEAD", path, headers=TUS)).headers["Upload-Offset"])
    assert 0 < offset == file.stat().st_size < len(data)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    done = await lin.send(path, offset, data[offset:])
    assert done.headers["Carrel-Work"] == hashlib.sha256(data).hexdigest()


async def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        path = (await lin.begin(len(JUNK))).headers["Location"]
        await lin.send(path, 0, JUNK[:5000])
        cookie = lin.headers
    async with world(tmp_path) as library:
        again = library.nobody()
        again.headers = cookie
        assert (await again.ask("HEAD", path, headers=TUS)).headers["Upload-Offset"] == "5000"
        done = await again.send(path, 5000, JUNK[5000:])
        assert (await again.looked_at(done.headers["Carrel-Work"]))["state"] == "refused"


async def test_a_file_that_was_whole_when_the_server_died_becomes_a_work(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        path = (await lin.begin(len(JUNK))).headers["Location"]
        next((tmp_path / "works" / "uploads").glob("*.part")).write_bytes(JUNK)
        cookie = lin.headers
    async with world(tmp_path) as library:
        again = library.nobody()
        again.headers = cookie
        head = await again.ask("HEAD", path, headers=TUS)
        assert head.headers["Carrel-Work"] == hashlib.sha256(JUNK).hexdigest()


async def test_a_work_that_was_being_looked_at_is_looked_at_again(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        work = await lin.bring(JUNK)
        await lin.looked_at(work)
        await library.works.store.set_state(work, "checking", library.now_ms)
        cookie = lin.headers
    async with world(tmp_path) as library:
        again = library.nobody()
        again.headers = cookie
        assert (await again.looked_at(work))["state"] == "refused"


async def test_checksums(library: World) -> None:
    lin = await library.person("lin")
    path = (await lin.begin(len(JUNK))).headers["Location"]
    right = base64.b64encode(hashlib.sha256(JUNK[:100]).digest()).decode()
    assert (await lin.send(path, 0, JUNK[:100], **{"Upload-Checksum": f"sha256 {right}"})).status == 204
    wrong = await lin.send(path, 100, JUNK[:50], **{"Upload-Checksum": f"sha256 {right}"})
    assert await code(wrong) == (460, "wrong_checksum")
    assert (await lin.ask("HEAD", path, headers=TUS)).headers["Upload-Offset"] == "100"
    assert (await lin.send(path, 100, b"x", **{"Upload-Checksum": "md5 AAAA"})).status == 400


MALFORMED: list[tuple[str, dict[str, str], tuple[int, str]]] = [
    ("POST", {"Upload-Length": "5"}, (412, "wrong_protocol")),
    ("POST", TUS, (400, "bad_request")),
    ("POST", TUS | {"Upload-Length": "-1"}, (400, "bad_request")),
    ("POST", TUS | {"Upload-Length": "0"}, (400, "bad_request")),
    ("POST", TUS | {"Upload-Length": "9" * 16}, (400, "bad_request")),
    ("POST", TUS | {"Upload-Length": "999999999999"}, (413, "too_large")),
    ("POST", TUS | {"Upload-Length": "5", "Upload-Metadata": "filename !"}, (400, "bad_request")),
    ("POST", TUS | {"Upload-Length": "5", "Upload-Metadata": "x " * 4000}, (400, "bad_request")),
    ("PATCH", TUS | {"Upload-Offset": "0"}, (415, "unsupported_type")),
    ("PATCH", TUS | BYTES | {"Upload-Offset": "x"}, (400, "bad_request")),
    ("PATCH", TUS | BYTES | {"Upload-Offset": "0"}, (413, "too_large")),
]


async def test_what_is_malformed(library: World) -> None:
    lin = await library.person("lin")
    for method, headers, wanted in MALFORMED:
        path = "/api/uploads" if method == "POST" else (await lin.begin(4)).headers["Location"]
        assert await code(await lin.ask(method, path, headers=headers, data=b"12345")) == wanted, headers


async def test_bounds_of_one_person(tmp_path: Path) -> None:
    async with world(tmp_path, upload_quota_bytes=1000, upload_quota_works=3, uploads_per_hour=4) as library:
        lin, ana = await library.person("lin"), await library.person("ana")
        assert await code(await lin.begin(1001)) == (403, "quota_spent")
        first = await lin.begin(600)
        assert await code(await lin.begin(401)) == (403, "quota_spent"), "what is under way counts"
        assert (await lin.begin(1)).status == 201
        assert (await lin.begin(1)).status == 201
        assert await code(await lin.begin(1)) == (403, "quota_spent"), "as many as one may"
        await lin.ask("DELETE", first.headers["Location"], headers=TUS)
        assert (await lin.begin(1)).status == 201
        await lin.ask("DELETE", first.headers["Location"], headers=TUS)
        assert (await ana.begin(900)).status == 201, "one person's load is nobody else's"
    async with world(tmp_path, uploads_per_hour=1) as library:
        mo = await library.person("mo")
        assert (await mo.begin(1)).status == 201
        late = await mo.begin(1)
        assert await code(late) == (429, "too_many_requests")
        assert (await late.json())["retry_after_ms"] > 0


async def test_a_full_disk_is_said_before_the_bytes_are_sent(tmp_path: Path) -> None:
    async with world(tmp_path, upload_free_bytes=1 << 44) as library:
        lin = await library.person("lin")
        assert await code(await lin.begin(10)) == (507, "disk_full")


async def test_a_disk_that_fills_meanwhile(library: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lin = await library.person("lin")
    path = (await lin.begin(len(JUNK))).headers["Location"]
    await lin.send(path, 0, JUNK[:100])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads, "_write_all", full)
    assert await code(await lin.send(path, 100, JUNK[100:])) == (507, "disk_full")
    monkeypatch.undo()
    assert (await lin.ask("HEAD", path, headers=TUS)).headers["Upload-Offset"] == "100"
    assert (await lin.send(path, 100, JUNK[100:])).status == 204


async def test_a_long_queue_says_when_to_come_back(tmp_path: Path) -> None:
    async with world(tmp_path, ingest_queue=1) as library:
        lin = await library.person("lin")
        await library.works.store.add("0" * 64, 1, Owner(subject="account:somebody", name="waiting"), 0)
        answer = await lin.begin(10)
        assert await code(answer) == (429, "too_many_requests")
        assert (await answer.json())["retry_after_ms"] == 10_000
    async with world(tmp_path, ingest_queue=10) as library:
        ana, ben = await library.person("ana"), await library.person("ben")
        for index in range(2):
            await library.works.store.add(f"{index:064}", 1, Owner(subject="account:ana", name="waiting"), 0)
        assert await code(await ana.begin(10)) == (429, "too_many_requests")
        assert (await ben.begin(10)).status == 201


async def test_an_upload_that_nobody_ends_is_forgotten(library: World) -> None:
    lin = await library.person("lin")
    begun = await lin.begin(len(JUNK))
    await lin.send(begun.headers["Location"], 0, JUNK[:10])
    library.now_ms += 25 * 3_600_000
    assert await code(
        await lin.ask("PATCH", begun.headers["Location"], headers=TUS | BYTES | {"Upload-Offset": "10"})
    ) == (410, "gone")
    await library.uploads.forget_expired()
    assert not list((Path(library.settings.data_dir) / "works" / "uploads").iterdir())
    assert (await lin.ask("HEAD", begun.headers["Location"], headers=TUS)).status == 404


async def test_names_are_lines_of_text(library: World) -> None:
    lin = await library.person("lin")
    work = await lin.bring(JUNK, "C:\\secret\\../\u202egnp.\x1b[31mchair.glb")
    assert (await lin.looked_at(work))["name"] == "gnp. [31mchair.glb"
    with pytest.raises((AssertionError, ClientError)):
        await lin.bring(b"12", "\u200b")
