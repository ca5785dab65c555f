"""Who may do what with a scene: the table, and the command that gives a room its policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from carrel.server.accounts.command import add_account
from carrel.server.accounts.model import Identity
from carrel.server.errors import BadRequest, NotFound
from carrel.server.rooms.policy_command import settle
from carrel.server.rooms.scene_policy import RIGHTS, Rights, standing
from carrel.server.rooms.scene_store import SceneStore
from carrel.server.settings import Settings
from carrel.server.storage import open_database
from carrel.server.wire import messages as m
from tests.scenes.arrangement.things import thing

from .world import MemoryScenes, guest, reader, serve

OWNER, INVITED = reader(1), reader(2)


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        (OWNER, "owner"),
        (INVITED, "invited"),
        (reader(3), "reader"),
        (reader(3, "creator"), "reader"),
        (reader(3, "moderator"), "staff"),
        (reader(3, "bot"), "guest"),
        (guest(1), "guest"),
        (Identity("session-1", None, "A bot", frozenset({"bot"})), "guest"),
    ],
)
def test_what_somebody_is_to_a_room(who: Identity, wanted: str) -> None:
    assert standing(who, OWNER.subject, frozenset({INVITED.subject})) == wanted


def test_guests_get_nothing_but_from_one_policy_and_nobody_restores_but_owner_and_staff() -> None:
    for policy, rights in RIGHTS.items():
        assert (rights["guest"] == Rights()) == (policy != "everybody")
        assert not any(rights[one].may_restore for one in ("guest", "reader", "invited"))
        assert rights["owner"].may_restore
    assert RIGHTS["owner"]["staff"] == Rights(reach="any"), "staff take away in a person's room, and nothing more"


async def test_a_policy_is_given_by_the_command_line(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path))
    ada = await add_account(settings, "ada", "a long passphrase", ["reader"], None)
    for name, policy, owner, error in (
        ("walnut", "closed", None, BadRequest),
        ("walnut", "owner", None, BadRequest),
        ("walnut", "owner", "nobody", NotFound),
    ):
        with pytest.raises(error):
            await settle(settings, name, policy, owner, [])
    await settle(settings, "walnut", "owner", "ada", ["ada"])
    database = await open_database(settings)
    facts = await SceneStore(database, 100).facts("walnut")
    await database.close()
    assert facts[:2] == ("owner", f"account:{ada.id}")
    await settle(settings, "walnut", "default", None, [])


async def test_a_new_policy_holds_from_the_next_entry_on() -> None:
    scenes = MemoryScenes()
    world, close = await serve(scenes=scenes)
    try:
        scenes.policy = "staff"
        ada = await world.join(reader(1))
        assert (ada.welcome.space.may_place, ada.welcome.space.may_change) == (False, "none")
        answer = await ada.ask(m.Spawn, entity=thing(1))
        assert isinstance(answer, m.Failure)
        staff = await world.join(reader(2, "librarian"))
        assert staff.welcome.space.may_restore
    finally:
        await close()
