"""A live room without its input and output: who is in it, what happened, in which order.

Everything takes the time as `now_ms`. What must be kept elsewhere (acts, reports, blocks) is left in `deeds` for the service to carry out.

Rules that hold at any time:
- A participant who is here has exactly one slot, and nobody else has it; a slot that was seen rests before it is given again.
- Shared events are numbered without gaps, and each follows from the state before it.
- A participant has one connection at most. A resume token works once, for the session and room it was made for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from math import cos, sin
from typing import Final, NamedTuple

from msgspec import Struct, structs

from carrel.server.accounts.model import STAFF, Identity
from carrel.server.errors import Banned, Gone, OutOfDate, RoomFull, TooManyRequests
from carrel.server.rooms.chat import ChatMemory
from carrel.server.rooms.event_ring import EventRing
from carrel.server.rooms.frame_builder import FrameBuilder
from carrel.server.rooms.model import (
    CLOSE_BANNED,
    CLOSE_CODES,
    CLOSE_NORMAL,
    CLOSE_REMOVED,
    CLOSE_SESSION_ENDED,
    CLOSE_TAKEN_OVER,
    RoomSpec,
    Spawn,
)
from carrel.server.rooms.participant import Participant, Visitor
from carrel.server.rooms.ports import Act, Complaint, Connection
from carrel.server.rooms.pose_table import PoseTable
from carrel.server.rooms.quotas import Quota
from carrel.server.rooms.scene import Scene
from carrel.server.rooms.slots import SlotPool
from carrel.server.rooms.tokens import ResumeTokens, Tickets, digest, matches, new_participant_id
from carrel.server.rooms.welcome import welcome
from carrel.server.settings import Settings
from carrel.server.text import clean_line
from carrel.server.wire import frames
from carrel.server.wire.messages import (
    PROTOCOL_VERSION,
    Arrived,
    Changed,
    EnterRequest,
    Hello,
    LeaveReason,
    Left,
    Look,
    Moved,
    Notice,
    Person,
    Preference,
    PrivateEvent,
    SharedEvent,
    Welcome,
    encode,
)
from carrel.server.wire.schema import schema_hash

SLOTS_PER_PLACE: Final = 8
FEWEST_SLOTS: Final = 2048
"""Slots a room has for each place, and at least: so many that those in quarantine are not missed."""
VISITOR_KEPT_MS: Final = 3_600_000
TALK_MS: Final = 60_000
"""After words between two people each is in the other's first tier for so long."""


class BlockChange(NamedTuple):
    subject: str
    other: str
    blocked: bool


Deed = Act | Complaint | BlockChange


class Room:
    def __init__(self, spec: RoomSpec, settings: Settings, tokens: ResumeTokens, now_ms: int) -> None:
        self.spec = spec
        self.settings = settings
        self.epoch_ms = now_ms
        self.tick = 0
        self.capacity = min(spec.capacity or settings.room_capacity, settings.room_capacity)
        slots = min(65_535, max(FEWEST_SLOTS, self.capacity * SLOTS_PER_PLACE))
        self.poses = PoseTable(slots, spec, settings)
        self.builder = FrameBuilder(self.poses, settings)
        self.scene = Scene(spec, self.poses.bounds, settings)
        self.events = EventRing(settings.event_ring)
        self.chat = ChatMemory(settings.chat_minutes)
        self.participants: dict[str, Participant] = {}
        self.by_slot: dict[int, Participant] = {}
        self.deeds: deque[Deed] = deque()
        self.silenced: dict[str, int] = {}
        """Subject → Unix ms until which a moderator has muted it."""
        self.kept_out: dict[str, int] = {}
        """Subject → Unix ms until which it may not come back after being removed."""
        self.talks: dict[tuple[int, int], int] = {}
        """Pairs of slots in conversation → until when."""
        self._slots = SlotPool(slots, settings.slot_quarantine_ms)
        self._tokens = tokens
        self._tickets = Tickets(settings.ticket_ms)
        self._visitors: dict[str, Visitor] = {}

    # --- who is here ---

    def here(self) -> Iterable[Participant]:
        """Those whom everybody knows of."""
        return (one for one in self.participants.values() if one.here)

    @property
    def people(self) -> int:
        return sum(1 for _ in self.here())

    def of_session(self, session_id: str) -> list[Participant]:
        return [one for one in self.participants.values() if one.identity.session_id == session_id]

    def of_subject(self, subject: str) -> list[Participant]:
        return [one for one in self.participants.values() if one.subject == subject]

    def wears(self, work: str) -> bool:
        """Whether somebody here goes about in this work (SHA-256 of its original)."""
        worn = (one.person.look.model for one in self.participants.values() if one.here)
        return any(model is not None and model.url.startswith(f"/api/works/{work}/") for model in worn)

    # --- coming in ---

    def expect(
        self, identity: Identity, blocks: Iterable[str], wish: EnterRequest, now_ms: int
    ) -> tuple[Participant, str]:
        """Keep a place for somebody; the participant and the ticket. Raises RoomFull, Banned, TooManyRequests, BadRequest."""
        kept_out_ms = self.kept_out.get(identity.subject, 0)
        if kept_out_ms > now_ms:
            raise Banned(
                "A moderator has asked you to leave this room. Come back in a few minutes.", until_ms=kept_out_ms
            )
        known = self._proven(wish.resume, identity)
        if isinstance(known, Participant):
            known.deadline_ms = max(known.deadline_ms, now_ms + self.settings.ticket_ms)
            return known, self._tickets.issue(known.id, identity.session_id, now_ms)
        self._make_way(identity.session_id, now_ms)
        if len(self.participants) >= self.capacity or (slot := self._slots.take(now_ms)) is None:
            raise RoomFull(
                "This room is full just now. Try again in a moment, or choose another.",
                retry_after_ms=self._room_in_ms(now_ms),
            )
        name = clean_line(wish.name)[:40] if wish.name and identity.account_id is None else identity.name
        person = Person(
            participant=known or new_participant_id(),
            slot=slot,
            name=name,
            role=identity.badge,
            look=wish.look or Look(),
            muted=self.silenced.get(identity.subject, 0) > now_ms,
        )
        one = Participant(
            identity=identity,
            person=person,
            place=self._apart(self.spec.spawn(wish.spawn), slot),
            visitor=self._visitor(identity.session_id, now_ms),
            blocks=set(blocks),
            private=EventRing(self.settings.private_ring),
            deadline_ms=now_ms + self.settings.ticket_ms,
        )
        self.participants[one.id] = one
        return one, self._tickets.issue(one.id, identity.session_id, now_ms)

    def hello(self, connection: Connection, identity: Identity, hello: Hello, now_ms: int) -> Participant:
        """Let a connection in by ticket or resume token, answer it with Welcome and what it missed. Raises OutOfDate, Gone."""
        if hello.protocol != PROTOCOL_VERSION or hello.schema != schema_hash():
            raise OutOfDate("This page is older or newer than the library. Reload it.")
        one = self._by_ticket(hello.ticket, identity, now_ms) or self._by_token(hello.resume, identity)
        if one is None:
            raise Gone("This ticket or token is used up or too old. Enter the room again.")
        first = one.state == "expected"
        if one.connection is not None:
            one.connection.send(parting(one, Notice(code="taken_over")))
            one.connection.close(CLOSE_TAKEN_OVER, CLOSE_CODES[CLOSE_TAKEN_OVER])
        one.pass_to("hello")
        one.connection = connection
        resumed = (
            not first
            and hello.resume is not None
            and self.events.holds_from(hello.last_event + 1)
            and one.private.holds_from(hello.last_private + 1)
        )
        if first:
            self._appear(one, hello.pose, now_ms)
        else:
            self._show(one)
        one.fresh, one.behind_since_ms = True, None
        self.scene.drags.show_all()
        one.next_event = hello.last_event + 1 if resumed else self.events.next_number
        private_from = hello.last_private + 1 if resumed else one.private.next_number
        connection.send(frames_answer(self._welcome(one, hello.id, resumed, private_from, now_ms)))
        for number, event in enumerate(one.private.since(private_from), private_from):
            connection.send(frames.PRIVATE.pack(frames.DOWN_PRIVATE, number) + event)
        if first:
            self._tell_blocks(one)
        return one

    def heard(self, one: Participant) -> None:
        """Something came up after Welcome: the new token has arrived, so the one before is dead."""
        one.token_before = b""

    def disconnected(self, one: Participant, connection: Connection, now_ms: int) -> None:
        """A connection ended without goodbye: the place is kept for the resume window."""
        if one.connection is not connection or one.state != "present":
            return
        one.pass_to("disconnect")
        one.connection = None
        one.deadline_ms = now_ms + self.settings.resume_window_ms
        self._show(one)

    def drop(self, one: Participant, reason: LeaveReason, now_ms: int, code: int = CLOSE_NORMAL) -> None:
        """Take somebody out for good."""
        seen = one.here
        if one.state == "gone":
            return
        one.pass_to("leave" if seen else "expire")
        if one.connection is not None:
            one.connection.close(code, CLOSE_CODES[code])
            one.connection = None
        one.token = one.token_before = b""
        del self.participants[one.id]
        if seen:
            del self.by_slot[one.slot]
            self.poses.leave(one.slot)
            self.builder.pinned[one.slot] = False
            self.scene.forget(one.id)
            self._slots.give_back(one.slot, now_ms)
            self.announce(Left(participant=one.id, slot=one.slot, reason=reason))
        else:
            self._slots.give_back_unused(one.slot)

    def end_session(self, session_id: str, now_ms: int) -> None:
        """Logout: every place of the session is given up and its tokens die."""
        self._tickets.end_session(session_id)
        for one in self.of_session(session_id):
            self.drop(one, "left", now_ms, CLOSE_SESSION_ENDED)

    def remove(self, subject: str, now_ms: int, notice: Notice, until_ms: int) -> None:
        """A moderator's removal or ban: out, with a word, and not back before `until_ms`."""
        self.kept_out[subject] = until_ms
        for one in self.of_subject(subject):
            self.tell(one, notice)
            self.drop(one, "removed", now_ms, CLOSE_BANNED if notice.code == "banned" else CLOSE_REMOVED)

    def sweep(self, now_ms: int) -> None:
        """What time alone ends. Called about once a second."""
        for one in [
            one for one in self.participants.values() if one.state in ("expected", "lost") and one.deadline_ms <= now_ms
        ]:
            self.drop(one, "lost", now_ms)
        self._tickets.sweep(now_ms)
        self.talks = {pair: until for pair, until in self.talks.items() if until > now_ms}
        self.kept_out = {subject: until for subject, until in self.kept_out.items() if until > now_ms}
        self.chat.forget(now_ms)
        for subject in [subject for subject, until in self.silenced.items() if until <= now_ms]:
            self.silence(subject, 0, "")
        sessions = {one.identity.session_id for one in self.participants.values()}
        old = now_ms - VISITOR_KEPT_MS
        self._visitors = {
            key: visitor for key, visitor in self._visitors.items() if key in sessions or visitor.quota.used_ms > old
        }

    # --- telling people ---

    def announce(self, event: SharedEvent) -> None:
        """To everybody, in the next frame."""
        self.events.add(event)

    def tell(self, one: Participant, event: PrivateEvent) -> None:
        """To one participant, now; kept for a resume."""
        number = one.private.add(event)
        one.private.trim()
        if one.connection is not None:
            one.connection.send(frames.PRIVATE.pack(frames.DOWN_PRIVATE, number) + one.private.since(number)[0])

    def change(self, one: Participant, **new: object) -> None:
        """Replace what everybody knows of somebody."""
        person = structs.replace(one.person, **new)
        if person != one.person:
            one.person = person
            if one.here:
                self.announce(Changed(person))

    def relation(self, one: Participant, other: Participant) -> Preference:
        """How `other` stands with `one`, as `one` is told it."""
        return Preference(participant=other.id, muted=other.subject in one.visitor.muted, blocked=one.hides(other))

    def move(self, one: Participant, place: Spawn, now_ms: int) -> None:
        self.poses.move(one.slot, place, self.tick, now_ms)
        self.tell(one, Moved(position=place.position, heading=place.heading, reason="safe_place"))

    def talk(self, one: Participant, other: Participant, now_ms: int) -> None:
        """The two are in conversation: each sees the other in full, wherever they stand."""
        if one is not other:
            self.talks[min(one.slot, other.slot), max(one.slot, other.slot)] = now_ms + TALK_MS

    def silence(self, subject: str, until_ms: int, reason: str) -> None:
        """A moderator's mute until Unix `until_ms`; 0 ends it."""
        code: Final = "muted" if until_ms else "unmuted"
        if until_ms:
            self.silenced[subject] = until_ms
        else:
            self.silenced.pop(subject, None)
        for one in self.of_subject(subject):
            self.change(one, muted=bool(until_ms))
            self.tell(one, Notice(code=code, detail=reason, until_ms=until_ms or None))

    def room_ms(self, now_ms: int) -> int:
        return now_ms - self.epoch_ms

    # --- inside ---

    def _proven(self, token: str | None, identity: Identity) -> Participant | str | None:
        """The participant still here whose current token this is, or one who entered with it and has not come yet; else the id that a token of an
        earlier process proves; else None."""
        if token is None or (known := self._tokens.participant(token, self.spec.room, identity.session_id)) is None:
            return None
        one = self.participants.get(known)
        if one is None:
            return known
        return one if one.state == "expected" or matches(token, (one.token, one.token_before)) else None

    def _by_ticket(self, ticket: str | None, identity: Identity, now_ms: int) -> Participant | None:
        found = None if ticket is None else self._tickets.take(ticket, identity.session_id, now_ms)
        return None if found is None else self.participants.get(found)

    def _by_token(self, token: str | None, identity: Identity) -> Participant | None:
        found = self._proven(token, identity)
        return found if isinstance(found, Participant) and found.here else None

    def _make_way(self, session_id: str, now_ms: int) -> None:
        """One session's places are counted; unused ones give way first."""
        places = self.of_session(session_id)
        if len(places) < self.settings.participants_per_session:
            return
        unused = next((one for one in places if one.state == "expected"), None)
        if unused is None:
            raise TooManyRequests(
                "You are in this room in too many tabs. Close one of them first.",
                retry_after_ms=self.settings.resume_window_ms,
            )
        self.drop(unused, "left", now_ms)

    def _room_in_ms(self, now_ms: int) -> int:
        """A guess at when a place may be free: the nearest deadline, at least a second."""
        waits = [one.deadline_ms - now_ms for one in self.participants.values() if one.state != "present"]
        rest_ms = self._slots.wait_ms(now_ms)
        if rest_ms is not None and len(self.participants) < self.capacity:
            waits.append(rest_ms)
        return max(1000, min(waits, default=10_000))

    def _visitor(self, session_id: str, now_ms: int) -> Visitor:
        visitor = self._visitors.setdefault(session_id, Visitor(Quota(self.settings, now_ms)))
        visitor.quota.used_ms = now_ms
        return visitor

    def _apart(self, spawn: Spawn, slot: int) -> Spawn:
        """People who arrive at one place stand around it, not in each other: a sunflower of 24 places, 0.6 m apart."""
        turn, reach = (slot % 24) * 2.399963, 0.35 * (slot % 24) ** 0.5
        x, y, z = spawn.position
        return Spawn((x + reach * cos(turn), y, z + reach * sin(turn)), spawn.heading)

    def _appear(self, one: Participant, pose: bytes | None, now_ms: int) -> None:
        self.by_slot[one.slot] = one
        self.poses.enter(one.slot, one.place, pose, self.tick, now_ms)
        self.builder.pinned[one.slot] = bool(STAFF & one.identity.roles)
        self.builder.place(one.slot)
        self.announce(Arrived(one.person))

    def _show(self, one: Participant) -> None:
        """Bring `away` up to date where people see it."""
        away = one.chosen_away or one.state == "lost"
        self.poses.set_away(one.slot, away, self.tick)
        self.change(one, away=away)

    def _tell_blocks(self, one: Participant) -> None:
        """Those here learn at once that somebody they should not see has come."""
        for other in list(self.here()):
            if other is not one and (other.hides(one) or one.subject in other.visitor.muted):
                self.tell(other, self.relation(other, one))

    def _welcome(self, one: Participant, request_id: int, resumed: bool, private_from: int, now_ms: int) -> Welcome:
        one.token_before = one.token
        token = self._tokens.issue(one.id, self.spec.room, one.identity.session_id)
        one.token = digest(token)
        return welcome(self, one, token, request_id, resumed, private_from, now_ms)


def frames_answer(answer: Struct) -> bytes:
    """An answer as a whole message."""
    return bytes((frames.DOWN_ANSWER,)) + encode(answer)


def parting(one: Participant, event: PrivateEvent) -> bytes:
    """The last private event of a connection: it has the next number but is not kept, for what replaces this connection need not hear it."""
    return frames.PRIVATE.pack(frames.DOWN_PRIVATE, one.private.next_number) + encode(event)
