"""A library that takes works, over HTTP, with people who are signed in, and a clock that goes when it is told."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from carrel.server.accounts import Accounts
from carrel.server.accounts.cookies import SESSION_COOKIE
from carrel.server.accounts.model import Role
from carrel.server.accounts.store import Account
from carrel.server.publishing.attach import open_publishing
from carrel.server.publishing.service import Works
from carrel.server.publishing.uploads import Uploads
from carrel.server.settings import Settings
from carrel.server.storage import open_database
from carrel.server.web.middleware import middlewares

PASSWORD = "correct horse battery"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while True:
            if holds():
                return
            await asyncio.sleep(0.005)


class Rooms:
    """A `Placed` that tests fill: (session, work)."""

    def __init__(self) -> None:
        self.shown: set[str] = set()

    def is_shown_to(self, session_id: str, work: str) -> bool:
        return work in self.shown


class World:
    def __init__(
        self, settings: Settings, accounts: Accounts, works: Works, uploads: Uploads, server: TestServer
    ) -> None:
        self.settings = settings
        self.accounts = accounts
        self.works = works
        self.uploads = uploads
        self.server = server
        self.rooms = Rooms()
        works.placed = self.rooms
        self.now_ms = 1_700_000_000_000
        self._browsers: list[Browser] = []

    async def person(self, name: str, role: str = "reader") -> Browser:
        """Somebody who has an account and is signed in; without a password, whose hash would take its time."""
        account = Account(name, name, name, "", frozenset({cast(Role, role)}))
        await self.accounts._store.add_account(account, self.now_ms)
        opened = await self.accounts._open(account.id, name, account.roles, "en", 90 * 86_400, shared=False)
        return self._browser(opened.token)

    async def guest(self) -> Browser:
        return self._browser((await self.accounts.open_guest("Guest", "en", "192.0.2.1")).token)

    def nobody(self) -> Browser:
        return self._browser("")

    def _browser(self, token: str) -> Browser:
        self._browsers.append(Browser(TestClient(self.server, cookie_jar=CookieJar(unsafe=True)), token))
        return self._browsers[-1]

    async def close(self) -> None:
        for browser in self._browsers:
            await browser.http.session.close()


class Browser:
    """One person's requests."""

    def __init__(self, http: TestClient[Any, Any], token: str) -> None:
        self.http = http
        self.headers = {"Cookie": f"{SESSION_COOKIE}={token}"}

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        headers = self.headers | more.pop("headers", {})
        answer = await self.http.request(method, path, headers=headers, **more)
        await answer.read()
        return answer

    async def begin(self, size: int, filename: str = "model.glb", **said: str) -> Any:
        pairs = {"filename": filename} | said
        metadata = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in pairs.items())
        return await self.ask(
            "POST", "/api/uploads", headers=TUS | {"Upload-Length": str(size), "Upload-Metadata": metadata}
        )

    async def send(self, path: str, offset: int, data: Any, **headers: str) -> Any:
        return await self.ask("PATCH", path, headers=TUS | BYTES | {"Upload-Offset": str(offset)} | headers, data=data)

    async def bring(self, data: bytes, filename: str = "model.glb", **said: str) -> str:
        """A whole upload; the work's id."""
        begun = await self.begin(len(data), filename, **said)
        assert begun.status == 201, await begun.text()
        done = await self.send(begun.headers["Location"], 0, data)
        assert done.status == 204, await done.text()
        return str(done.headers["Carrel-Work"])

    async def work(self, work: str) -> dict[str, Any]:
        answer = await self.ask("GET", f"/api/works/{work}")
        return dict(await answer.json()) | {"status": answer.status}

    async def looked_at(self, work: str) -> dict[str, Any]:
        """The work, once its state is final."""
        async with asyncio.timeout(60):
            while True:
                found = await self.work(work)
                if not found.get("retry_after_ms"):
                    return found
                await asyncio.sleep(0.02)


@asynccontextmanager
async def world(folder: Path, **settings: Any) -> AsyncIterator[World]:
    made = Settings(data_dir=str(folder), **{"upload_free_bytes": 0} | settings)
    database = await open_database(made)
    times: list[World] = []

    def clock() -> int:
        return times[0].now_ms if times else 1_700_000_000_000

    accounts = Accounts(database, made, clock)
    works = Works(database, made, clock)
    page = web.Response(status=500)
    app = web.Application(middlewares=middlewares(made, lambda *_: page))
    uploads = open_publishing(app, works, made, accounts, clock)
    server = TestServer(app)
    times.append(World(made, accounts, works, uploads, server))
    await server.start_server()
    try:
        yield times[0]
    finally:
        await times[0].close()
        await server.close()
        await database.close()
