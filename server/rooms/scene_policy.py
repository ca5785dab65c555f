"""Who may do what with a room's scene: one table."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final, Literal, NamedTuple, cast

from carrel.scenes.arrangement.values import Reach
from carrel.server.accounts.model import STAFF, Identity
from carrel.server.settings import Settings

Policy = Literal["everybody", "open", "staff", "owner"]
Standing = Literal["guest", "reader", "invited", "owner", "staff"]


class Rights(NamedTuple):
    """Placing things, changing (moving, removing) whose, and looking at earlier states and bringing one back."""

    may_place: bool = False
    reach: Reach = "none"
    may_restore: bool = False


_NOTHING: Final = Rights()
_OWN: Final = Rights(may_place=True, reach="own")
_ALL: Final = Rights(may_place=True, reach="any", may_restore=True)
RIGHTS: Final[dict[Policy, dict[Standing, Rights]]] = {
    "everybody": {"guest": _OWN, "reader": _OWN, "invited": _OWN, "owner": _ALL, "staff": _ALL},
    "open": {"guest": _NOTHING, "reader": _OWN, "invited": _OWN, "owner": _ALL, "staff": _ALL},
    "staff": {"guest": _NOTHING, "reader": _NOTHING, "invited": _NOTHING, "owner": _ALL, "staff": _ALL},
    "owner": {
        "guest": _NOTHING,
        "reader": _NOTHING,
        "invited": _OWN,
        "owner": _ALL,
        # Staff answer for what is shown in the house: in a person's own room they may take away, and nothing more.
        "staff": Rights(reach="any"),
    },
}


def default_policy(room: str, settings: Settings) -> Policy:
    """The policy of a room that has none of its own."""
    if any(fnmatchcase(room, pattern) for pattern in settings.open_rooms):
        return "open"
    return cast(Policy, settings.scene_policy)


def standing(identity: Identity, owner: str | None, invited: frozenset[str]) -> Standing:
    """What somebody is to a room. `owner` and `invited` are subjects."""
    if identity.subject == owner:
        return "owner"
    if STAFF & identity.roles:
        return "staff"
    if identity.subject in invited:
        return "invited"
    return "guest" if identity.account_id is None or "bot" in identity.roles else "reader"
