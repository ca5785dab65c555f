"""Who somebody is, and what a role may do. Pure values and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

Role = Literal["guest", "reader", "creator", "librarian", "moderator", "admin", "bot"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

Permission = Literal[
    "chat",
    "direct_to_staff",
    "direct_to_readers",
    "report",
    "moderate",
    "ban",
    "ban_forever",
    "answer_direct",
    "staff_pages",
    "manage_accounts",
]

_EVERYBODY: Final[frozenset[Permission]] = frozenset({"chat", "direct_to_staff", "report"})
_MEMBERS: Final[frozenset[Permission]] = _EVERYBODY.union({"direct_to_readers", "answer_direct"})
_STAFF: Final[frozenset[Permission]] = _MEMBERS.union({"moderate", "staff_pages"})
PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    "guest": _EVERYBODY,
    "reader": _MEMBERS,
    "creator": _MEMBERS,
    "librarian": _STAFF,
    "moderator": _STAFF.union({"ban"}),
    "admin": _STAFF.union({"ban", "ban_forever", "manage_accounts"}),
    "bot": frozenset({"chat"}),
}
"""Direct words between strangers are off for guests, whose age nobody knows: a guest may write to staff, and staff may answer."""

STAFF: Final[frozenset[Role]] = frozenset({"librarian", "moderator", "admin"})
BADGE_ORDER: Final[tuple[Role, ...]] = ("bot", "librarian", "admin", "moderator", "creator", "reader", "guest")
"""Of several roles the first of these is shown as the badge: whom a reader may ask comes before what somebody may do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a request or connection speaks for, as long as its session lives.

    `session_id` names the session without being its secret; `account_id` is None for guests. Of a guest's several sessions
    (a headset that was paired, a new entry from the same browser) the later ones name the first: they are one person.
    """

    session_id: str
    account_id: str | None
    name: str
    roles: frozenset[Role]
    language: str = "en"
    first_session_id: str | None = None

    @property
    def subject(self) -> str:
        """What bans and blocks hold on to: the account, else the guest's first session."""
        return (
            f"account:{self.account_id}" if self.account_id else f"session:{self.first_session_id or self.session_id}"
        )

    @property
    def badge(self) -> Role:
        return next((role for role in BADGE_ORDER if role in self.roles), "guest")

    @property
    def permissions(self) -> frozenset[Permission]:
        return frozenset().union(*(PERMISSIONS[role] for role in self.roles))
