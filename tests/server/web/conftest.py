"""A whole library over HTTP, with a clock that tests set and a client build of two files."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from carrel.server import web as pages_of
from carrel.server.accounts import passwords
from carrel.server.app import Library, make_app
from carrel.server.settings import Settings

PASSWORD = "a long enough password"
START_MS = 1_800_000_000_000


class Clock:
    def __init__(self) -> None:
        self.now_ms = START_MS

    def __call__(self) -> int:
        return self.now_ms


class Visitor:
    """A browser: cookies, and the secret of the last page's forms."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.text = ""

    async def get(self, path: str, **more: object) -> ClientResponse:
        response = await self.client.get(path, **more)  # type: ignore[arg-type]
        self.text = await response.text()
        return response

    async def post(self, path: str, fields: dict[str, str], **more: object) -> ClientResponse:
        """As the page on screen would send it."""
        found = re.search(r'name="form" value="([^"]+)"', self.text)
        assert found, "the page on screen has no form"
        response = await self.client.post(path, data={"form": found[1], **fields}, allow_redirects=False, **more)  # type: ignore[arg-type]
        self.text = await response.text()
        return response


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm with the least work."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(passwords, "NOBODY", quick.hash("nobody"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=str(tmp_path / "data"), logins_per_minute=5, pairing_tries=3)


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A client build as Vite leaves it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "assets" / "pages-1.js").write_text("export {};\n" * 100)
    (folder / "assets" / "common-1.css").write_text("body { margin: 0 }\n")
    entry = {"file": "assets/pages-1.js", "css": ["assets/common-1.css"]}
    manifest = {"src/pages/main.ts": entry, "src/hall/main.ts": entry, "src/ledger/page/main.ts": entry}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setattr(pages_of, "CLIENT", folder)
    return folder


@pytest.fixture
async def library(settings: Settings, clock: Clock, built: Path) -> Library:
    return await make_app(settings, clock)


@pytest.fixture
async def visitor(library: Library) -> AsyncIterator[Visitor]:
    async with TestClient(TestServer(library.app)) as client:
        yield Visitor(client)


@pytest.fixture
async def stranger(library: Library, visitor: Visitor) -> AsyncIterator[Visitor]:
    """Another browser at the same library."""
    client = TestClient(visitor.client.server)
    yield Visitor(client)
    await client.session.close()
