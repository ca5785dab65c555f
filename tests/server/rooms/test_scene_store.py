"""Arrangements in the database: any kept state comes back as it was, in as little as is kept."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrel.scenes.arrangement.values import Placement
from carrel.server.errors import StorageError
from carrel.server.rooms.scene_policy import default_policy
from carrel.server.rooms.scene_ports import Change, Line
from carrel.server.rooms.scene_store import SceneStore
from carrel.server.settings import Settings
from carrel.server.storage import Database, open_database
from carrel.server.storage.tables import scene_operations, scene_snapshots
from tests.scenes.arrangement.things import thing

KEPT = 10
ROOMS = itertools.count()


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    made = await open_database(Settings(database_url="sqlite+aiosqlite://"))
    yield made
    await made.close()


def placed(number: int, x: float = 0.0) -> Placement:
    return Placement(entity=thing(number, x), owner=f"{number:016x}")


def line(op_sequence: int, change: Change | None) -> Line:
    return Line(op_sequence, 1000 + op_sequence, "Ada 阿达", "0" * 16, "patch" if change else "restore", None, change)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.integers(0, 4), st.sampled_from("psgr")), min_size=1, max_size=60))
async def test_any_kept_state_comes_back(database: Database, acts: list[tuple[int, str]]) -> None:
    store, name = SceneStore(database, KEPT), f"room-{next(ROOMS)}"
    now: dict[str, Placement] = {}
    states = [dict(now)]
    for at, (number, act) in enumerate(acts, 1):
        entity = thing(number).id
        change: Change | None = Change(put=(placed(number, at / 100),))
        if act == "g":
            change = Change(gone=(entity,))
            now.pop(entity, None)
        elif act == "r":
            change, now = None, dict(states[at // 2])
        else:
            now.pop(entity, None)
            now[entity] = placed(number, at / 100)
        states.append(dict(now))
        await store.keep(name, [line(at, change)], list(now.values()) if act in "rs" else None)
    newest = await store.state(name)
    assert newest is not None
    assert (newest.op_sequence, newest.placed) == (len(acts), list(now.values()))
    oldest = await store.oldest(name)
    assert oldest <= max(0, len(acts) - KEPT)
    for at, whole in enumerate(states):
        found = await store.state(name, at)
        assert (found is None) == (0 < at < oldest), (
            "before the first operation nothing stood here, which needs no keeping"
        )
        assert found is None or found.placed == list(whole.values()), at
    assert await store.state(name, len(acts) + 1) is None
    history = await store.history(name, len(acts) + 1)
    assert [one.op_sequence for one in history] == list(range(len(acts), oldest, -1))
    assert history[0].name == "Ada 阿达"


async def test_what_is_older_than_the_kept_history_is_merged(database: Database) -> None:
    store = SceneStore(database, KEPT)
    for at in range(1, 101):
        await store.keep("hall", [line(at, Change(put=(placed(at % 5, at / 100),)))], [] if at % 10 == 0 else None)
    async with database.read() as connection:
        counts = [
            (await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar()
            for table in (scene_operations, scene_snapshots)
        ]
    assert counts == [KEPT, 2]
    assert await store.oldest("hall") == 90


async def test_a_gap_or_foreign_bytes_in_what_is_kept_are_noticed(database: Database) -> None:
    store = SceneStore(database, KEPT)
    for at in (1, 3):
        await store.keep("gap", [line(at, Change())], None)
    with pytest.raises(StorageError, match="operation 2"):
        await store.state("gap")
    await store.keep("bytes", [line(1, Change())], None)
    async with database.begin() as connection:
        await connection.execute(
            scene_operations.update().where(scene_operations.c.room == "bytes").values(change=b"\x80\x80")
        )
    with pytest.raises(StorageError, match="backup"):
        await store.state("bytes")


async def test_a_rooms_facts_are_made_once_and_can_be_settled(database: Database) -> None:
    store = SceneStore(database, KEPT)
    first = await store.facts("room")
    assert (first.policy, first.owner, first.invited, len(first.secret)) == (None, None, frozenset(), 32)
    await store.settle("room", "owner", "account:1", ["account:2", "account:2", "account:3"])
    again = await SceneStore(database, KEPT).facts("room")
    assert again == first._replace(policy="owner", owner="account:1", invited=frozenset({"account:2", "account:3"}))


def test_rooms_without_a_policy_of_their_own_follow_the_settings() -> None:
    assert default_policy("great-hall", Settings()) == "staff"
    assert default_policy("exhibition", Settings()) == default_policy("readers-room-walnut", Settings()) == "open"
    assert default_policy("great-hall", Settings(scene_policy="everybody")) == "everybody"
    assert default_policy("great-hall", Settings(open_rooms=("great-*",))) == "open"
