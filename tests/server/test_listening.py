"""Packed bodies: refused by the library, and never unpacked on the way in."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from carrel.server.listening import runner_of
from carrel.server.settings import Settings
from carrel.server.web.middleware import middlewares

PACKED = gzip.compress(bytes(1 << 24))


async def _size(request: web.Request) -> web.Response:
    return web.json_response({"size": len(await request.read())})


def _error_page(request: web.Request, code: str, status: int) -> web.Response:
    return web.Response(status=status)


async def _listening(app: web.Application) -> AsyncIterator[str]:
    app.router.add_post("/api/size", _size)
    runner = runner_of(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def bare() -> AsyncIterator[str]:
    async for url in _listening(web.Application()):
        yield url


@pytest.fixture
async def guarded() -> AsyncIterator[str]:
    async for url in _listening(web.Application(middlewares=middlewares(Settings(), _error_page))):
        yield url


async def test_a_packed_body_is_taken_as_it_is(bare: str) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{bare}/api/size", data=PACKED, headers={"Content-Encoding": "gzip"}) as answer,
    ):
        assert await answer.json() == {"size": len(PACKED)}


@pytest.mark.parametrize("packing", ["gzip", "deflate", "br", "zstd", "GZIP, identity"])
async def test_the_library_refuses_it(guarded: str, packing: str) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"{guarded}/api/size", data=b"not packed at all", headers={"Content-Encoding": packing, "Origin": guarded}
        ) as answer,
    ):
        assert answer.status == 400
        assert (await answer.json())["code"] == "bad_request"


async def test_an_honest_body_passes(guarded: str) -> None:
    headers = {"Content-Encoding": "identity", "Origin": guarded}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{guarded}/api/size", data=b"four", headers=headers) as answer,
    ):
        assert await answer.json() == {"size": 4}
