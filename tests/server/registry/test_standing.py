"""Who is missing, since when, and what is late because of it: on the page and for machines."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from carrel.server.app import make_app
from carrel.server.errors import ConfigurationError
from carrel.server.registry import pipeline
from carrel.server.settings import Settings

from .logs import ORIGIN, Ticking, until
from .witnesses import puppets, quorum


async def test_who_is_missing_is_told_until_the_quorum_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "SEAL_EVERY_S", 0.02)
    clock = Ticking()
    with puppets("north", "south", "east") as three:
        policy = tmp_path / "policy"
        policy.write_bytes(quorum(2, *(one.trusted for one in three)).encode())
        for one in three[1:]:
            one.answer = lambda _: (500, b"<b>closed</b>")
        settings = Settings(data_dir=str(tmp_path / "data"), ledger_origin=ORIGIN, ledger_policy=str(policy))
        library = await make_app(settings, clock)
        async with TestClient(TestServer(library.app)) as client:
            await until(lambda: all(one.asked for one in three))
            clock.now_ms += 60_000
            status = await (await client.get("/ledger/api/status")).json()
            assert (status["size"], status["pending"], status["quorum"]) == (0, 2, "libraries")
            assert 50_000 < status["late_ms"] < 70_000
            north, south, _ = status["witnesses"]
            assert (north["name"], north["url"], north["error"]) == ("north", three[0].url, None)
            assert south["error"] == "It answers 500: <b>closed</b>"
            assert south["failing_since_ms"] < clock.now_ms - 50_000
            for language, missing, late in (("en", "Missing", "due for"), ("zh", "缺席", "逾期")):
                page = await (await client.get("/ledger/witnesses", headers={"Accept-Language": language})).text()
                assert page.count(missing) >= 2
                assert late in page
                assert "&lt;b&gt;closed" in page
            three[1].answer = three[1].cosigns
            await until(lambda: library.ledger.published_size == 2)
            status = await (await client.get("/ledger/api/status")).json()
            assert (status["late_ms"], status["witnesses"][1]["error"]) == (0, None)
            assert status["witnesses"][1]["size"] == 2
            page = await (await client.get("/ledger/witnesses")).text()
            assert "Cosigned 2 entries" in page
            assert "due for" not in page


async def test_a_policy_that_cannot_be_read_keeps_the_library_shut(tmp_path: Path) -> None:
    """Without it nobody would know whose cosignatures are wanted, and the checkpoint would go out without."""
    settings = Settings(data_dir=str(tmp_path), ledger_policy=str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="policy"):
        await make_app(settings, Ticking())
