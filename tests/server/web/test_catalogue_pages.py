"""Searching and a record over HTTP: in both languages, without script, with people's text as text; and the same as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from carrel.server.app import Library
from carrel.server.catalogue.importer import Importer
from carrel.server.catalogue.store import CatalogueStore
from carrel.server.settings import Settings
from carrel.server.storage import open_database
from tests.server.catalogue.importing.files import CNMARC, DREAM, marc
from tests.server.web.conftest import Visitor

HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture
async def filled(library: Library, settings: Settings, tmp_path: Path) -> Path:
    """A file as a librarian brings it while the library is open."""
    file = tmp_path / "mine.mrc"
    hostile = [("001", "h"), ("245", f"10$a{HOSTILE}"), ("650", f" 0$a{HOSTILE}"), ("856", "4 $ujavascript:alert(1)")]
    file.write_bytes(
        marc(DREAM, status="a") + marc(CNMARC, lambda text: text.encode("gbk")) + marc(hostile) + b"oh\x1d"
    )
    database = await open_database(settings)
    for _ in range(2):
        importer = Importer(CatalogueStore(database), 1)
        report = await importer.bring(file, None, None, "mine")
    await database.close()
    assert (report.added, report.same, report.aside_count) == (0, 3, 1)
    return file


async def test_search_and_record_in_both_languages(visitor: Visitor, filled: Path) -> None:
    for language, told in (("en", "2 records"), ("zh", "共 2 条记录")):
        assert (await visitor.get("/search", params={"q": "紅樓夢", "lang": language})).status == 200
        assert told in visitor.text
        assert visitor.text.count('href="/records/') == 2
        assert "I242.4" in visitor.text
        assert "style=" not in visitor.text
    found = await (await visitor.client.get("/api/search", params={"q": "曹雪芹", "language": "chi"})).json()
    assert (found["total"], found["read_as"]) == (2, "typed")
    for hit in found["records"]:
        assert (await visitor.get(hit["url"])).status == 200
        assert "曹雪芹" in visitor.text
        assert await (await visitor.client.get(f"/api/records/{hit['id']}")).json() == hit


async def test_text_of_records_is_text(visitor: Visitor, filled: Path) -> None:
    await visitor.get("/search", params={"q": "onerror alert"})
    assert "1 record" in visitor.text
    assert HOSTILE not in visitor.text
    hit = (await (await visitor.client.get("/api/search", params={"q": "onerror"})).json())["records"][0]
    await visitor.get(hit["url"])
    assert HOSTILE not in visitor.text
    assert "javascript:" not in visitor.text


async def test_nothing_found_helps_and_an_empty_catalogue_says_so(visitor: Visitor) -> None:
    await visitor.get("/search", params={"q": "anything"})
    assert "has no records yet" in visitor.text
    await visitor.get("/search")
    assert visitor.text.count("<h1>") == 1


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "x" * 201,
        "q=x&page=0",
        "q=x&page=51",
        "q=x&page=two",
        "q=" + "x+" * 25,
        "q=x" + "&form=a" * 1 + "".join(f"&subject={at}" for at in range(9)),
    ],
)
async def test_too_much_is_refused(visitor: Visitor, query: str) -> None:
    for door in ("/search", "/api/search"):
        assert (await visitor.get(f"{door}?{query}")).status == 400


async def test_what_is_not_there(visitor: Visitor) -> None:
    assert (await visitor.get("/records/0123456789abcdef")).status == 404
    assert (await visitor.get("/api/records/0123456789abcdef")).status == 404
