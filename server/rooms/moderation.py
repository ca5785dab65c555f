"""A moderator's acts on somebody present: who may do what to whom, what happens at once, and what is kept."""

from __future__ import annotations

from typing import Final

from carrel.server.accounts.model import Permission, Role
from carrel.server.errors import BadRequest, Forbidden
from carrel.server.rooms.participant import Participant
from carrel.server.rooms.ports import Act
from carrel.server.rooms.room import Room
from carrel.server.wire.messages import Moderate, ModerationAct, Notice

NEEDS: Final[dict[ModerationAct, Permission]] = {
    "warn": "moderate",
    "mute": "moderate",
    "unmute": "moderate",
    "remove": "moderate",
    "ban": "ban",
}
RANKS: Final[dict[Role, int]] = {"admin": 3, "moderator": 2, "librarian": 1}
"""Nobody acts on somebody of their own rank or above; everyone else ranks 0."""
REMOVED_MS: Final = 5 * 60_000
"""Somebody removed may come back after this."""


def rank(one: Participant) -> int:
    return max((RANKS.get(role, 0) for role in one.identity.roles), default=0)


def moderate(room: Room, one: Participant, other: Participant, request: Moderate, now_ms: int) -> Act:
    """Do it, and return what is to be recorded. Raises Forbidden, BadRequest."""
    act, permissions = request.act, one.identity.permissions
    if NEEDS[act] not in permissions:
        raise Forbidden("This needs a moderator.")
    if rank(other) >= rank(one):
        raise Forbidden("You cannot do this to a colleague of your own rank or above.")
    forever = request.minutes == 0
    if forever and act == "mute":
        raise BadRequest("A mute has an end: give its minutes.")
    if forever and act == "ban" and "ban_forever" not in permissions:
        raise Forbidden("Only an administrator can ban without end.")
    until_ms = now_ms + request.minutes * 60_000
    lasting: dict[ModerationAct, int | None] = {
        "mute": until_ms,
        "ban": None if forever else until_ms,
        "remove": now_ms + REMOVED_MS,
    }
    record = Act(
        room=room.spec.room,
        act=act,
        actor=one.subject,
        actor_name=one.person.name,
        subject=other.subject,
        subject_name=other.person.name,
        reason=request.reason,
        at_ms=now_ms,
        until_ms=lasting.get(act),
    )
    carry_out(room, record)
    return record


def carry_out(room: Room, act: Act) -> None:
    """What an act does to those it is about in this room; also for acts of another room or page."""
    match act.act:
        case "warn":
            for each in room.of_subject(act.subject):
                room.tell(each, Notice(code="warned", detail=act.reason))
        case "mute":
            room.silence(act.subject, act.until_ms or 0, act.reason)
        case "unmute":
            room.silence(act.subject, 0, act.reason)
        case "remove":
            room.remove(act.subject, act.at_ms, Notice(code="removed", detail=act.reason), act.at_ms + REMOVED_MS)
        case "ban":
            # Who may come back is asked of the ban's record at each entry; here it only bridges the moment until that is written.
            room.remove(
                act.subject,
                act.at_ms,
                Notice(code="banned", detail=act.reason, until_ms=act.until_ms),
                act.at_ms + 10_000,
            )
