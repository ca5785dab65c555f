"""A body of one's own: looked up before it is worn, fetched by whom it is shown to, and never a reason to keep somebody outside."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest

from carrel.scenes.document import Model
from carrel.server.settings import Settings
from carrel.server.wire import messages as m

from .world import World, reader, serve

Serve = Callable[..., Awaitable[World]]


@pytest.fixture
async def start() -> AsyncIterator[Serve]:
    async with contextlib.AsyncExitStack() as stack:

        async def make() -> World:
            world, close = await serve(Settings())
            stack.push_async_callback(close)
            return world

        yield make


def own(work: str, url: str = "/api/works/{work}/files/{file}") -> m.Look:
    """A look whose works may be worn when their number begins with 0 (`FreeModels`)."""
    return m.Look(id="mei", model=Model(url=url.format(work=work * 64, file="2" * 64), sha256="2" * 64))


async def test_who_may_wear_it_is_seen_in_it(start: Serve) -> None:
    world = await start()
    ada = await world.join(reader(1))
    assert not world.room.wears("0" * 64)
    answer = await ada.ask(m.SetLook, look=own("0"))
    assert isinstance(answer, m.Result), answer
    (person,) = world.room.participants.values()
    assert person.person.look == own("0")
    assert world.room.wears("0" * 64)
    assert not world.room.wears("1" * 64)
    assert isinstance(await ada.ask(m.SetLook, look=m.Look(id="mei")), m.Result)
    assert not world.room.wears("0" * 64)


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (own("1"), "forbidden"),
        (own("0", "/gltf/furniture/stool.glb"), "bad_request"),
        (own("0", "/api/works/{work}/files/{work}"), "bad_request"),
    ],
)
async def test_what_may_not_be_worn_is_refused_and_the_look_stays(start: Serve, look: m.Look, code: str) -> None:
    world = await start()
    ada = await world.join(reader(1))
    answer = await ada.ask(m.SetLook, look=look)
    assert isinstance(answer, m.Failure), answer
    assert answer.code == code
    (person,) = world.room.participants.values()
    assert person.person.look == m.Look()


async def test_somebody_whose_body_is_gone_comes_in_all_the_same(start: Serve) -> None:
    world = await start()
    await world.join(reader(1), look=msgspec.to_builtins(own("1")))
    (person,) = world.room.participants.values()
    assert person.person.look == m.Look(id="mei")
