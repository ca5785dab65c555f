"""What people may ask of a room: one function a request, found by its type. Each raises a PeerError or returns; the answer is then `Result`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from carrel.server.accounts.model import STAFF
from carrel.server.errors import BadRequest, Forbidden, NotFound, PeerError
from carrel.server.rooms.chat import Line
from carrel.server.rooms.moderation import moderate
from carrel.server.rooms.participant import Participant
from carrel.server.rooms.ports import Complaint
from carrel.server.rooms.room import BlockChange, Room
from carrel.server.text import clean_line
from carrel.server.wire import messages as m

_CHANGING_SPENDS_GESTURE: Final = (m.React, m.RaiseHand, m.SetAway, m.SetLook)


def answer(room: Room, one: Participant, request: m.RoomRequest, now_ms: int) -> m.Answer:
    """Carry out a request of somebody present; what must be kept is left in `room.deeds`."""
    quota = one.visitor.quota
    quota.used_ms = now_ms
    try:
        quota.requests.spend(now_ms, "You are asking too fast. Wait a moment.")
        if isinstance(request, _CHANGING_SPENDS_GESTURE):
            quota.gestures.spend(now_ms, "That was often. Wait a moment.")
        _HANDLERS[type(request)](room, one, request, now_ms)
    except PeerError as error:
        return failure(request.id, error)
    return m.Result(id=request.id)


def failure(request_id: int | None, error: PeerError) -> m.Failure:
    return m.Failure(id=request_id, code=error.code, message=error.message, retry_after_ms=error.retry_after_ms)


def may_write_to(one: Participant, other: Participant) -> None:
    """The rules of words between two people. Raises Forbidden with a sentence that does not tell who blocked whom."""
    permissions = one.identity.permissions
    staff = bool(STAFF & other.identity.roles)
    if one.hides(other):
        raise Forbidden("This person cannot be written to.")
    if "direct_to_readers" in permissions and (
        "answer_direct" in other.identity.permissions or STAFF & one.identity.roles
    ):
        return
    if "direct_to_staff" in permissions and staff:
        return
    raise Forbidden("Guests can write to the library's staff only. Sign in to write to other readers.")


def other_one(room: Room, participant: str) -> Participant:
    found = room.participants.get(participant)
    if found is None or not found.here:
        raise NotFound("This person is no longer here.")
    return found


def _hello(room: Room, one: Participant, request: m.Hello, now_ms: int) -> None:
    raise BadRequest("You have said hello already.")


def _say(room: Room, one: Participant, request: m.Say, now_ms: int) -> None:
    if "chat" not in one.identity.permissions or one.person.muted:
        raise Forbidden("A moderator has muted you for a while. Others cannot read you now.")
    if (request.to is not None) != (request.scope == "direct"):
        raise BadRequest("`to` names the reader of a direct line, and goes with no other scope.")
    text = clean_line(request.text)
    reader = other_one(room, request.to) if request.to is not None else None
    if reader is not None:
        may_write_to(one, reader)
    one.visitor.quota.chats.spend(now_ms, "You are writing very fast. Wait a moment.")
    said = m.Said(
        participant=one.id,
        name=one.person.name,
        scope=request.scope,
        text=text,
        room_ms=room.room_ms(now_ms),
        to=request.to,
    )
    readers: frozenset[str] | None = None
    if request.scope == "room":
        room.announce(said)
    else:
        near = [reader, one] if reader is not None else _hearing(room, one)
        told = {
            each.id: each for each in near if each is one or not (each.hides(one) or one.subject in each.visitor.muted)
        }
        for each in told.values():
            room.tell(each, said)
        if reader is not None:
            room.talk(one, reader, now_ms)
        readers = frozenset(told)
    room.chat.add(Line(now_ms, one.subject, readers, said))


def _hearing(room: Room, one: Participant) -> list[Participant]:
    return [
        room.by_slot[slot] for slot in room.poses.within(one.slot, room.settings.hearing_metres) if slot in room.by_slot
    ]


def _react(room: Room, one: Participant, request: m.React, now_ms: int) -> None:
    room.announce(m.Reacted(participant=one.id, reaction=request.reaction))


def _raise_hand(room: Room, one: Participant, request: m.RaiseHand, now_ms: int) -> None:
    room.change(one, hand_raised=request.raised)


def _set_away(room: Room, one: Participant, request: m.SetAway, now_ms: int) -> None:
    one.chosen_away = request.away
    room.poses.set_away(one.slot, request.away, room.tick)
    room.change(one, away=request.away)


def _set_look(room: Room, one: Participant, request: m.SetLook, now_ms: int) -> None:
    if request.name is not None and one.identity.account_id is not None:
        raise Forbidden("Your name comes from your account. Change it there.")
    name = one.person.name if request.name is None else clean_line(request.name)[:40]
    room.change(one, name=name, look=request.look or one.person.look)


def _mute(room: Room, one: Participant, request: m.Mute, now_ms: int) -> None:
    other = other_one(room, request.participant)
    if request.muted:
        one.visitor.muted.add(other.subject)
    else:
        one.visitor.muted.discard(other.subject)
    for each in room.of_session(one.identity.session_id):
        for seen in room.of_subject(other.subject):
            room.tell(each, room.relation(each, seen))


def _block(room: Room, one: Participant, request: m.Block, now_ms: int) -> None:
    other = other_one(room, request.participant)
    if other.subject == one.subject:
        raise BadRequest("You cannot block yourself.")
    room.deeds.append(BlockChange(one.subject, other.subject, request.blocked))
    set_block(room, one.subject, other.subject, request.blocked)


def set_block(room: Room, subject: str, other: str, blocked: bool) -> None:
    """A block was set or lifted, here or in another room: every place of both learns it."""
    ours, theirs = room.of_subject(subject), room.of_subject(other)
    for one in ours:
        if blocked:
            one.blocks.add(other)
        else:
            one.blocks.discard(other)
    for one in ours:
        for each in theirs:
            room.tell(one, room.relation(one, each))
            room.tell(each, room.relation(each, one))


def _report(room: Room, one: Participant, request: m.Report, now_ms: int) -> None:
    if "report" not in one.identity.permissions:
        raise Forbidden("Reports come from people.")
    other = other_one(room, request.participant)
    one.visitor.quota.reports.spend(now_ms, "You have reported often. The moderators will read what you sent.")
    lines = room.chat.said_to(one.id, other.subject, now_ms)
    room.deeds.append(
        Complaint(
            room=room.spec.room,
            reporter=one.subject,
            reporter_name=one.person.name,
            subject=other.subject,
            subject_name=other.person.name,
            reason=request.reason,
            note=clean_line(request.note) if request.note.strip() else "",
            at_ms=now_ms,
            lines=tuple((line.at_ms, line.said.scope, line.said.text) for line in lines),
        )
    )
    room.tell(one, m.Notice(code="reported"))


def _go_safe(room: Room, one: Participant, request: m.GoSafe, now_ms: int) -> None:
    room.move(one, room.spec.safe_place, now_ms)


def _moderate(room: Room, one: Participant, request: m.Moderate, now_ms: int) -> None:
    room.deeds.append(moderate(room, one, other_one(room, request.participant), request, now_ms))


def _leave(room: Room, one: Participant, request: m.Leave, now_ms: int) -> None:
    """Nothing more to decide: the answer is sent before the place is given up (visits.py)."""


_HANDLERS: Final[dict[type[m.RoomRequest], Callable[[Room, Participant, Any, int], None]]] = {
    m.Hello: _hello,
    m.Say: _say,
    m.React: _react,
    m.RaiseHand: _raise_hand,
    m.SetAway: _set_away,
    m.SetLook: _set_look,
    m.Mute: _mute,
    m.Block: _block,
    m.Report: _report,
    m.GoSafe: _go_safe,
    m.Moderate: _moderate,
    m.Leave: _leave,
}
