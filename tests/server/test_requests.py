"""What is read of a request: bodies within limits, addresses only from those we trust, a language."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct
from multidict import CIMultiDict

from carrel.server import requests
from carrel.server.errors import ConfigurationError, PeerError
from carrel.server.requests import address_of, is_secure, json_answer, json_body, language_of, networks
from carrel.server.settings import Settings

PROXIES = ("10.0.0.0/8", "2001:db8:ffff::/48")


def asked(
    peer: str | None = "192.0.2.1", *headers: tuple[str, str], path: str = "/", transport: Any = None
) -> web.Request:
    request = make_mocked_request("GET", path, headers=CIMultiDict(headers))
    return request.clone(remote=peer) if peer is not None else request


def forwarded(*lines: str) -> list[tuple[str, str]]:
    return [("X-Forwarded-For", line) for line in lines]


@pytest.mark.parametrize(
    ("peer", "lines", "address"),
    [
        ("192.0.2.1", ["203.0.113.5"], "192.0.2.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.5"], "203.0.113.5"),
        ("10.0.0.1", ["198.51.100.66, 203.0.113.5"], "203.0.113.5"),
        ("10.0.0.1", ["198.51.100.66", "203.0.113.5"], "203.0.113.5"),
        ("10.0.0.1", ["198.51.100.66, 203.0.113.5, 10.9.9.9"], "203.0.113.5"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["203.0.113.5, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.5,,"], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["203.0.113.5"], "203.0.113.5"),
        ("2001:db8:ffff::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("unix:", [], "unknown"),
        ("", [], "unknown"),
    ],
)
def test_whom_limits_count(peer: str, lines: list[str], address: str) -> None:
    assert address_of(asked(peer, *forwarded(*lines)), Settings(trusted_proxies=PROXIES)) == address


def test_without_trusted_proxies_nobody_speaks_for_others() -> None:
    for peer in ("127.0.0.1", "10.0.0.1"):
        assert address_of(asked(peer, *forwarded("203.0.113.5")), Settings()) == peer


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60), max_size=4))
def test_no_header_breaks_the_address(lines: list[str]) -> None:
    assert address_of(asked("10.0.0.1", *forwarded(*lines)), Settings(trusted_proxies=PROXIES))


def test_a_network_that_is_none_stops_the_start() -> None:
    with pytest.raises(ConfigurationError, match="trusted_proxies"):
        networks(("10.0.0.0/8", "10.0.0.0/99"))


@pytest.mark.parametrize(
    ("settings", "peer", "proto", "secure"),
    [
        (Settings(), "192.0.2.1", "https", False),
        (Settings(trusted_proxies=PROXIES), "192.0.2.1", "https", False),
        (Settings(trusted_proxies=PROXIES), "10.0.0.1", "https", True),
        (Settings(trusted_proxies=PROXIES), "10.0.0.1", "https, http", False),
        (Settings(trusted_proxies=PROXIES), "10.0.0.1", "http", False),
        (Settings(public_url="https://library.example"), "192.0.2.1", "http", True),
        (Settings(public_url="http://library.example", trusted_proxies=PROXIES), "10.0.0.1", "https", False),
    ],
)
def test_secure_is_what_the_readers_browser_speaks(settings: Settings, peer: str, proto: str, secure: bool) -> None:
    assert is_secure(asked(peer, ("X-Forwarded-Proto", proto)), settings) is secure


@pytest.mark.parametrize(
    ("path", "cookie", "accept", "language"),
    [
        ("/", "", "", "en"),
        ("/", "", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("/", "", "fr-FR, en;q=0.5", "en"),
        ("/", "zh", "en", "zh"),
        ("/?lang=zh", "en", "en", "zh"),
        ("/?lang=<script>", "xx", "zh", "zh"),
        ("/", "", "x" * 100_000 + ",zh", "en"),
    ],
)
def test_a_language_is_asked_for_chosen_or_ours(path: str, cookie: str, accept: str, language: str) -> None:
    assert (
        language_of(asked(None, ("Cookie", f"carrel_language={cookie}"), ("Accept-Language", accept), path=path))
        == language
    )


class Wish(Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(max_length=5)] = "none"


@pytest.fixture
async def http() -> AsyncIterator[TestClient[Any, Any]]:
    async def echo(request: web.Request) -> web.StreamResponse:
        try:
            return json_answer((await json_body(request, Wish, 100)).name)
        except PeerError as error:
            return json_answer(error.code, error.status)

    app = web.Application()
    app.router.add_post("/", echo)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        (b"", 200, "none"),
        (b'{"name": "Ana"}', 200, "Ana"),
        (b'{"name": "\xe4\xbd\xa0"}', 200, "你"),
        (b'{"name": "too long"}', 400, "bad_request"),
        (b'{"name": 5}', 400, "bad_request"),
        (b'{"surprise": 1}', 400, "bad_request"),
        (b'{"name": "\\ud800"}', 400, "bad_request"),
        (b'{"name": "\xff"}', 400, "bad_request"),
        (b"[]", 400, "bad_request"),
        (b"{", 400, "bad_request"),
        (b"[" * 100, 400, "bad_request"),
        (b" " * 101, 413, "too_large"),
    ],
)
async def test_bodies(http: TestClient[Any, Any], body: bytes, status: int, answer: str) -> None:
    got = await http.post("/", data=body)
    assert (got.status, await got.json()) == (status, answer)
    assert got.headers["Cache-Control"] == "no-store"


async def test_a_body_without_a_length_stops_at_the_limit(http: TestClient[Any, Any]) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 50

    assert (await http.post("/", data=endless())).status == 413


async def test_a_small_body_that_unpacks_large_is_too_large(http: TestClient[Any, Any]) -> None:
    packed = gzip.compress(b" " * 50_000)
    assert len(packed) < 100
    got = await http.post("/", data=packed, headers={"Content-Encoding": "gzip"})
    assert got.status == 413


async def test_a_body_that_never_ends_is_waited_for_so_long(
    http: TestClient[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "BODY_TIMEOUT_S", 0.01)
    sent = asyncio.Event()

    async def drops() -> AsyncIterator[bytes]:
        yield b'{"name'
        await sent.wait()

    answer = await http.post("/", data=drops())
    sent.set()
    assert answer.status == 400
