"""Forms: signing in and out, codes and links; with the attacks that they must stand."""

from __future__ import annotations

import pytest

from carrel.server.accounts.cookies import SESSION_COOKIE
from carrel.server.app import Library
from carrel.server.web.forms import FORM_BYTES, FORM_COOKIE
from tests.server.web.conftest import PASSWORD, START_MS, Clock, Visitor


def cookie(visitor: Visitor, name: str) -> str:
    found = visitor.client.session.cookie_jar.filter_cookies(visitor.client.make_url("/"))
    return found[name].value if name in found else ""


@pytest.fixture
async def reader(library: Library) -> str:
    await library.accounts.add_account("mei", PASSWORD, ["reader"])
    return "mei"


async def sign_in(visitor: Visitor, name: str, password: str = PASSWORD, **fields: str) -> int:
    await visitor.get("/login?lang=en")
    return (await visitor.post("/login", {"name": name, "password": password, **fields})).status


async def test_sign_in_rotates_and_sign_out_ends(visitor: Visitor, reader: str) -> None:
    await visitor.client.post("/api/session", json={"name": "Guest"})
    before = cookie(visitor, SESSION_COOKIE)
    assert await sign_in(visitor, reader) == 303
    after = cookie(visitor, SESSION_COOKIE)
    assert after
    assert after != before
    await visitor.get("/account")
    assert "mei" in visitor.text
    gone = await visitor.post("/logout", {})
    assert gone.status == 303
    assert cookie(visitor, SESSION_COOKIE) == ""
    await visitor.get("/account")
    assert "There is no visit in this browser" in visitor.text


@pytest.mark.parametrize(("fields", "cleared"), [({}, False), ({"shared": "on"}, True), (None, True)])
async def test_what_the_browser_kept_goes_unless_it_is_one_s_own(
    visitor: Visitor, reader: str, fields: dict[str, str] | None, cleared: bool
) -> None:
    if fields is None:
        await visitor.client.post("/api/session", json={"name": "Guest"})
        await visitor.get("/logout")
    else:
        await sign_in(visitor, reader, **fields)
        await visitor.get("/account")
    gone = await visitor.post("/logout", {})
    assert ("Clear-Site-Data" in gone.headers) is cleared


async def test_cookie_is_kept_from_scripts(visitor: Visitor, reader: str) -> None:
    await visitor.get("/login")
    response = await visitor.post("/login", {"name": reader, "password": PASSWORD})
    written = response.headers["Set-Cookie"]
    assert "HttpOnly" in written
    assert "SameSite=Lax" in written
    assert "Max-Age" in written
    await visitor.get("/logout")
    await visitor.post("/logout", {})
    await visitor.get("/login")
    shared = await visitor.post("/login", {"name": reader, "password": PASSWORD, "shared": "on"})
    assert "Max-Age" not in shared.headers["Set-Cookie"]


async def test_same_words_for_every_wrong_sign_in(visitor: Visitor, reader: str) -> None:
    assert await sign_in(visitor, reader, "wrong") == 401
    known = visitor.text.replace('value="mei"', "")
    assert await sign_in(visitor, "nobody", "wrong") == 401
    unknown = visitor.text.replace('value="nobody"', "")
    assert known == unknown


async def test_too_many_tries(visitor: Visitor, reader: str) -> None:
    statuses = [await sign_in(visitor, reader, "wrong") for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert "Wait a minute" in visitor.text


async def test_goes_on_only_within_the_library(visitor: Visitor, reader: str) -> None:
    await visitor.get("/login")
    response = await visitor.post("/login", {"name": reader, "password": PASSWORD, "next": "//evil.example"})
    assert response.headers["Location"] == "/account"


async def test_forms_need_their_secret(visitor: Visitor, reader: str) -> None:
    fields = {"name": reader, "password": PASSWORD}
    bare = await visitor.client.post("/login", data=fields, allow_redirects=False)
    assert bare.status == 403
    await visitor.get("/login")
    assert cookie(visitor, FORM_COOKIE)
    foreign = await visitor.client.post("/login", data={**fields, "form": "x" * 43}, allow_redirects=False)
    assert foreign.status == 403
    await sign_in(visitor, reader)
    forged = await visitor.client.post("/account/everywhere", data={}, allow_redirects=False)
    assert forged.status == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://library.example:1"])
async def test_other_sites_may_not_act(visitor: Visitor, origin: str) -> None:
    await visitor.get("/login?lang=en")
    response = await visitor.post("/login", {"name": "a", "password": "b"}, headers={"Origin": origin})
    assert response.status == 403
    session = await visitor.client.post("/api/session", json={}, headers={"Origin": origin})
    assert session.status == 403
    assert (await session.json())["code"] == "wrong_origin"


async def test_bodies_are_bounded(visitor: Visitor) -> None:
    await visitor.get("/login?lang=en")
    response = await visitor.post("/login", {"name": "a" * FORM_BYTES, "password": "b"})
    assert response.status == 413
    assert "Too long" in visitor.text
    many = await visitor.client.post("/login", data={f"f{n}": "" for n in range(100)})
    assert many.status == 400


async def test_headset_joins_once_as_the_same_person(visitor: Visitor, stranger: Visitor) -> None:
    await visitor.client.post("/api/session", json={"name": "Ada"})
    code = (await (await visitor.client.post("/api/pairing")).json())["code"]
    await stranger.get("/h?lang=en")
    response = await stranger.post("/h", {"code": f" {code[:3].lower()}-{code[3:]} "})
    assert response.status == 303
    assert response.headers["Location"] == "/halls/great-hall"
    await stranger.get("/account")
    assert "Ada" in stranger.text
    assert cookie(stranger, SESSION_COOKIE) != cookie(visitor, SESSION_COOKIE)
    await stranger.get("/h")
    assert (await stranger.post("/h", {"code": code})).status == 410


async def test_headset_codes_end_and_tries_are_counted(visitor: Visitor, stranger: Visitor, clock: Clock) -> None:
    await visitor.client.post("/api/session", json={"name": "Ada"})
    code = (await (await visitor.client.post("/api/pairing")).json())["code"]
    clock.now_ms = START_MS + 5 * 60_000 + 1
    statuses = []
    for _ in range(4):
        await stranger.get("/h?lang=en")
        statuses.append((await stranger.post("/h", {"code": code})).status)
    assert statuses == [410, 410, 410, 429]


async def test_staff_link_works_once(library: Library, visitor: Visitor, stranger: Visitor) -> None:
    link = await library.staff_link("")
    assert link
    await visitor.get(f"{link}?lang=en")
    await stranger.get(f"{link}?lang=en")
    assert (await visitor.post(link, {})).status == 303
    page = await visitor.get("/account")
    assert page.status == 200
    assert "You are on the staff here" in visitor.text
    assert (await visitor.get("/admin/moderation")).status == 200
    assert (await stranger.post(link, {})).status == 410
    assert "That has expired" in stranger.text


async def test_looking_at_the_staff_link_does_not_use_it(library: Library, visitor: Visitor, clock: Clock) -> None:
    link = await library.staff_link("")
    assert link
    await visitor.get(link)
    await visitor.get(link)
    clock.now_ms = START_MS + 60 * 60_000 + 1
    assert (await visitor.post(link, {})).status == 410


async def test_reports_are_for_staff(visitor: Visitor) -> None:
    await visitor.client.post("/api/session", json={"name": "Ada"})
    assert (await visitor.get("/admin/moderation?lang=en")).status == 403
    assert (await visitor.client.post("/admin/moderation/bans/1/lift")).status == 403
