"""Sessions over HTTP: cookies, limits, malformed wishes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from carrel.server.accounts import routes
from carrel.server.accounts.cookies import SESSION_COOKIE, set_session_cookie
from carrel.server.errors import PeerError
from carrel.server.requests import json_answer

from .world import PASSWORD, Open, World

Serve = Callable[..., Awaitable[tuple[World, TestClient[Any, Any]]]]


@web.middleware
async def named(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        answer: web.StreamResponse = await handler(request)
    except PeerError as error:
        return json_answer({"code": error.code}, error.status)
    return answer


@pytest.fixture
async def serve(world: Open) -> AsyncIterator[Serve]:
    clients: list[TestClient[Any, Any]] = []

    async def make(**settings: Any) -> tuple[World, TestClient[Any, Any]]:
        one = await world(**settings)
        app = web.Application(middlewares=[named])
        app.add_routes(routes(one.accounts, one.settings))
        clients.append(TestClient(TestServer(app)))
        await clients[-1].start_server()
        return one, clients[-1]

    yield make
    for client in clients:
        await client.close()


def cookie_of(answer: Any) -> Any:
    return SimpleCookie(answer.headers["Set-Cookie"])[SESSION_COOKIE]


async def test_a_session_over_http_from_beginning_to_end(serve: Serve) -> None:
    one, http = await serve()
    assert (await http.get("/api/session")).status == 401
    opened = await http.post("/api/session", json={"name": "Ana", "language": "zh"})
    said = {
        "name": "Ana",
        "role": "guest",
        "guest": True,
        "permissions": ["chat", "direct_to_staff", "report"],
        "language": "zh",
    }
    assert await opened.json() == said
    assert await (await http.get("/api/session")).json() == said
    pairing = await (await http.post("/api/pairing")).json()
    assert pairing["url"] == f"http://127.0.0.1:{http.port}/h"
    assert pairing["expires_unix_ms"] == one.now_ms + one.settings.pairing_minutes * 60_000
    ended = await http.post("/api/session/end")
    assert cookie_of(ended)["max-age"] == "0"
    assert (await http.get("/api/session")).status == 401
    assert (await http.post("/api/session/end")).status == 200
    assert len(one.ended) == 1


@pytest.mark.parametrize(("url", "secure"), [("", False), ("https://library.example", True)])
async def test_the_cookie_is_bound_to_us(serve: Serve, url: str, secure: bool) -> None:
    _, http = await serve(public_url=url)
    for answer in (await http.post("/api/session"), await http.post("/api/session/end")):
        cookie = cookie_of(answer)
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], bool(cookie["secure"])) == (
            True,
            "Lax",
            "/",
            secure,
        )
        assert cookie["domain"] == ""


async def test_on_a_shared_computer_the_cookie_ends_with_the_browser(world: Open) -> None:
    one = await world()
    await one.accounts.add_account("lin", PASSWORD, ["reader"])
    for shared, max_age in ((True, ""), (False, str(one.settings.session_hours * 3600))):
        response = web.Response()
        set_session_cookie(response, await one.sign_in(shared=shared), secure=True)
        cookie = response.cookies[SESSION_COOKIE]
        assert (str(cookie.get("max-age", "")), cookie.get("expires", "")) == (max_age, "")


async def test_a_guest_who_opens_again_gets_a_new_secret_and_stays_the_same_person(serve: Serve) -> None:
    one, http = await serve()
    first = cookie_of(await http.post("/api/session")).value
    second = cookie_of(await http.post("/api/session")).value
    assert first != second
    before, after = [await one.accounts.identify_token(token) for token in (first, second)]
    assert before is not None
    assert after is not None
    assert before.subject == after.subject


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/session", b'{"name": 5}', 400),
        ("POST", "/api/session", b'{"language": "xx"}', 400),
        ("POST", "/api/session", b'{"language": "zh\\n"}', 400),
        ("POST", "/api/session", b'{"role": "admin"}', 400),
        ("POST", "/api/session", b'{"name": "\\u200b"}', 400),
        ("POST", "/api/session", b'{"name": "' + b"x" * 41 + b'"}', 400),
        ("POST", "/api/session", b"x" * 9000, 413),
        ("POST", "/api/session", b"name=Ana", 400),
        ("POST", "/api/pairing", b"", 401),
        ("PUT", "/api/session", b"", 405),
        ("GET", "/api/session/end", b"", 405),
        ("GET", "/api/pairing", b"", 405),
    ],
)
async def test_wishes_that_are_refused(serve: Serve, method: str, path: str, body: bytes, status: int) -> None:
    _, http = await serve()
    answer = await http.request(method, path, data=body)
    assert answer.status == status
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("cookie", [b"\xff\xfe", b"x" * 5000, b'"quoted"', b"a=b; carrel_session=c", b"%00"])
async def test_cookies_from_hostile_hands_are_nobody(serve: Serve, cookie: bytes) -> None:
    _, http = await serve()
    value = SESSION_COOKIE + "=" + cookie.decode("utf-8", "surrogateescape")
    assert (await http.get("/api/session", headers={"Cookie": value})).status == 401
    assert (await http.post("/api/session/end", headers={"Cookie": value})).status == 200


async def test_limits_of_an_address_are_not_widened_by_a_header(serve: Serve) -> None:
    _, http = await serve(sessions_per_minute=2)
    answers = [await http.post("/api/session", headers={"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]


async def test_a_librarian_by_staff_link_is_no_guest(serve: Serve) -> None:
    one, http = await serve()
    link = await one.accounts.staff_link("")
    assert link is not None
    opened = await one.accounts.use_staff_link(link.rpartition("/")[2], "en")
    answer = await http.get("/api/session", headers={"Cookie": f"{SESSION_COOKIE}={opened.token}"})
    body = await answer.json()
    assert (body["guest"], body["role"]) == (False, "librarian")
    assert "moderate" in body["permissions"]
