"""What `carrel room` does: who may place and change things in a room."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, get_args

import typer

from carrel.server.accounts import Accounts
from carrel.server.clock import steady_clock
from carrel.server.errors import BadRequest, NotFound
from carrel.server.rooms.scene_policy import Policy
from carrel.server.rooms.scene_store import SceneStore
from carrel.server.settings import Settings, load
from carrel.server.shipped import room_specs
from carrel.server.storage import open_database

room = typer.Typer(help="Rooms: who may place and change things.", no_args_is_help=True)


@room.callback()
def _group() -> None:
    """Commands about one room each."""


@room.command("policy")
def policy_command(
    name: Annotated[str, typer.Argument(help="The room, like great-hall.")],
    policy: Annotated[str, typer.Argument(help="everybody, open, staff, owner; or default: what the settings say.")],
    owner: Annotated[str | None, typer.Option(help="The account whose room it is.")] = None,
    invite: Annotated[
        list[str] | None, typer.Option(help="An account that may place things there too; repeatable.")
    ] = None,
    data_dir: Annotated[str | None, typer.Option(help="Folder of the database.")] = None,
) -> None:
    """Say who may place and change things in a room, in place of what was said before. It holds from the next entry into the room on."""
    if name not in (known := sorted(spec.room for spec in room_specs())):
        raise NotFound(f"There is no room {name!r}. There are: {', '.join(known)}.")
    asyncio.run(settle(load({"data_dir": data_dir}), name, policy, owner, invite or []))
    typer.echo(f"{name}: {policy}.")


async def settle(settings: Settings, name: str, policy: str, owner: str | None, invited: Sequence[str]) -> None:
    """Accounts by the names they sign in with. Raises BadRequest, NotFound, StorageError."""
    wanted = next((known for known in get_args(Policy) if known == policy), None)
    if wanted is None and policy != "default":
        raise BadRequest(f"There is no policy {policy!r}: choose everybody, open, staff, owner or default.")
    if wanted == "owner" and owner is None:
        raise BadRequest("Whose room is it? Name the account with --owner.")
    database = await open_database(settings)
    try:
        accounts = Accounts(database, settings, steady_clock())

        async def subject(account: str) -> str:
            return f"account:{(await accounts.account_named(account)).id}"

        store = SceneStore(database, settings.scene_history_operations)
        whose = None if owner is None else await subject(owner)
        await store.settle(name, wanted, whose, [await subject(account) for account in invited])
    finally:
        await database.close()
