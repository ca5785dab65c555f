"""What is kept elsewhere breaks: nobody is told that it was kept, the room goes on, and the cause stands in the log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog

from carrel.server.errors import NotFound, StorageError
from carrel.server.wire import messages as m

from .world import World, guest, reader, serve

FAULTS = [
    OSError("no space left"),
    StorageError("the database is locked"),
    NotFound("no such row"),
    ZeroDivisionError(),
    TimeoutError(),
]
REQUESTS: list[tuple[str, type[Any], dict[str, Any]]] = [
    ("record", m.Moderate, {"act": "warn", "reason": "shouting", "minutes": 5}),
    ("record", m.Moderate, {"act": "ban", "reason": "threats", "minutes": 5}),
    ("report", m.Report, {"reason": "spam", "note": ""}),
    ("set_block", m.Block, {"blocked": True}),
]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made, close = await serve()
    yield made
    await close()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize(("port", "kind", "fields"), REQUESTS, ids=["warn", "ban", "report", "block"])
async def test_a_broken_port_is_answered_with_internal(
    world: World, monkeypatch: pytest.MonkeyPatch, port: str, kind: type[Any], fields: dict[str, Any], fault: Exception
) -> None:
    async def broken(*_: object) -> None:
        raise fault

    monkeypatch.setattr(world.moderation, port, broken)
    moderator, ben = await world.join(reader(1, "moderator")), await world.join(guest(2))
    with structlog.testing.capture_logs() as logs:
        answer = await moderator.ask(kind, participant=ben.welcome.participant, **fields)
        assert (type(answer), answer.code) == (m.Failure, "internal")
        assert isinstance(await moderator.ask(m.React, reaction="wave"), m.Result), "the room goes on"
    assert [(entry["event"], entry["exc_info"]) for entry in logs] == [("deed_failed", fault)]
