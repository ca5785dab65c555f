"""Pages answer in both languages, bind the browser to us, and show people's text as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from carrel.server.app import Library
from carrel.server.web.files import entry
from carrel.server.web.forms import safe_path
from carrel.server.web.middleware import HEADERS
from tests.server.web.conftest import Visitor

PAGES = ("/", "/login", "/logout", "/account", "/h", "/help", "/halls/great-hall", "/staff/anything")
HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.mark.parametrize("path", PAGES)
async def test_page_in_both_languages(visitor: Visitor, path: str) -> None:
    for language, tag in (("en", "en"), ("zh", "zh-Hans")):
        response = await visitor.get(path, params={"lang": language})
        assert response.status == 200
        assert f'<html lang="{tag}">' in visitor.text
        assert "style=" not in visitor.text
        assert "onclick" not in visitor.text


async def test_language_is_kept_and_asked_of_the_browser(visitor: Visitor) -> None:
    await visitor.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert "请进" in visitor.text
    await visitor.get("/?lang=en")
    await visitor.get("/", headers={"Accept-Language": "zh-CN"})
    assert "Come in" in visitor.text


async def test_unknown_language_falls_back(visitor: Visitor) -> None:
    await visitor.get("/?lang=xx", headers={"Accept-Language": "fr"})
    assert '<html lang="en">' in visitor.text


@pytest.mark.parametrize(
    "path", [*PAGES, "/nothing", "/static/assets/pages-1.js", "/gltf/manifest.json", "/api/rooms", "/look.css"]
)
async def test_headers_on_every_answer(visitor: Visitor, path: str) -> None:
    response = await visitor.get(path)
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert "Server" not in response.headers


async def test_kind_pages_for_errors(visitor: Visitor) -> None:
    missing = await visitor.get("/halls/nowhere?lang=zh")
    assert missing.status == 404
    assert "这里没有内容" in visitor.text
    closed = await visitor.get("/admin/moderation?lang=en")
    assert closed.status == 401
    assert "/login?next=/admin/moderation" in visitor.text
    wrong_method = await visitor.client.put("/help")
    assert wrong_method.status == 405
    machine = await visitor.get("/api/nothing")
    assert machine.status == 404
    assert (await machine.json())["code"] == "not_found"


async def test_a_room_says_few_without_saying_who(visitor: Visitor) -> None:
    await visitor.get("/?lang=en")
    assert "Nobody is inside just now" in visitor.text


async def test_hall_shell_carries_what_the_client_reads(visitor: Visitor) -> None:
    await visitor.get("/halls/great-hall?lang=zh")
    assert 'data-room="great-hall"' in visitor.text
    assert 'data-language="zh"' in visitor.text
    assert '<div id="hall"></div>' in visitor.text
    assert "/static/assets/pages-1.js" in visitor.text


async def test_names_are_text(visitor: Visitor) -> None:
    opened = await visitor.client.post("/api/session", json={"name": HOSTILE[:40]})
    assert opened.status == 200
    await visitor.get("/account")
    assert "<img src=x" not in visitor.text
    assert "&lt;img src=x" in visitor.text
    await visitor.get("/login", params={"next": HOSTILE})
    assert "<img src=x" not in visitor.text


async def test_shipped_files(visitor: Visitor) -> None:
    script = await visitor.get("/static/assets/pages-1.js")
    assert script.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert script.headers["Content-Encoding"] == "gzip"
    again = await visitor.get("/static/assets/pages-1.js", headers={"If-None-Match": script.headers["ETag"]})
    assert again.status == 304
    model = await visitor.get("/gltf/manifest.json")
    assert model.headers["Cache-Control"] == "no-cache"
    named = await visitor.get("/gltf/manifest.json?v=1")
    assert "immutable" in named.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/static/..%2fmanifest", "/static/%00", "/gltf/..%2f..%2fpyproject.toml", "/static/assets"]
)
async def test_nothing_outside_the_folders(visitor: Visitor, path: str) -> None:
    assert (await visitor.get(path)).status == 404


async def test_without_a_build_pages_say_so(visitor: Visitor, built: Path) -> None:
    (built / "manifest.json").unlink()
    response = await visitor.get("/?lang=en")
    assert response.status == 500
    assert "Something broke on our side" in visitor.text


async def test_a_full_disk_is_a_clear_answer(
    visitor: Visitor, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from carrel.server.errors import StorageError

    async def full(*_: object) -> None:
        raise StorageError("disk full")

    monkeypatch.setattr(library.accounts, "identify", full)
    page = await visitor.get("/account?lang=en")
    assert page.status == 500
    assert "Something broke on our side" in visitor.text
    assert "disk full" not in visitor.text


def test_shared_sheets_come_before_an_entry_s_own(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        '{"a.ts": {"file": "a.js", "css": ["a.css", "common.css"]}, "_common.css": {"file": "common.css"}}'
    )
    assert entry(tmp_path, "a.ts").styles == ["/static/common.css", "/static/a.css"]


def test_entry_follows_shared_chunks(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        '{"a.ts": {"file": "a.js", "css": ["a.css"], "imports": ["_b.js"]}, "_b.js": {"file": "b.js", "imports": ["_c.js"]},'
        ' "_c.js": {"file": "c.js", "css": ["c.css"]}}'
    )
    found = entry(tmp_path, "a.ts")
    assert found.script == "/static/a.js"
    assert found.styles == ["/static/c.css", "/static/a.css"]
    assert found.preloads == ["/static/c.js", "/static/b.js"]


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\nb"]
)
def test_only_our_own_paths_to_go_on_to(wanted: str) -> None:
    assert safe_path(wanted, "/account") == "/account"
    assert safe_path("/halls/great-hall", "/account") == "/halls/great-hall"
