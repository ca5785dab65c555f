"""People join, leave, lose their line, resume, take over and run out of time, in any order: no ghost, no early slot, no gap in the numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from carrel.server.errors import Gone, RoomFull, TooManyRequests
from carrel.server.rooms.participant import Participant
from carrel.server.settings import Settings
from carrel.server.wire import messages as m

from .core import Core, Recorded
from .world import guest

SETTINGS = Settings(
    room_capacity=6,
    resume_window_ms=10_000,
    slot_quarantine_ms=20_000,
    ticket_ms=5_000,
    event_ring=40,
    participants_per_session=3,
)


@dataclass(eq=False)
class Seat:
    """One person as the test follows them: the token they hold and what they have been told."""

    session: int
    one: Participant
    connection: Recorded
    token: str = ""
    people: dict[str, m.Person] = field(default_factory=dict)
    next_event: int = 0
    read: int = 0

    def catch_up(self) -> None:
        """Read everything new, as a client does."""
        for down in self.connection.down[self.read :]:
            if isinstance(down, m.Welcome):
                self.token = down.resume_token
                if not down.resumed:
                    self.people = {person.participant: person for person in down.people}
                    self.next_event = down.event_sequence
                assert down.event_sequence == self.next_event
            elif hasattr(down, "events"):
                for number, event in enumerate(down.events, down.event_sequence):
                    assert number == self.next_event, "events are numbered without a gap, each once"
                    self.next_event += 1
                    if isinstance(event, m.Arrived):
                        assert event.person.participant not in self.people
                        self.people[event.person.participant] = event.person
                    elif isinstance(event, m.Changed):
                        assert event.person.participant in self.people
                        self.people[event.person.participant] = event.person
                    elif isinstance(event, m.Left):
                        del self.people[event.participant]
        self.read = len(self.connection.down)


class RoomMachine(RuleBasedStateMachine):
    tickets = Bundle("tickets")
    seats = Bundle("seats")

    def __init__(self) -> None:
        super().__init__()
        self.core = Core(SETTINGS)
        self.freed: dict[int, int] = {}
        self.slots: dict[str, int] = {}
        self.alive: list[Seat] = []

    def note_slots(self) -> None:
        """Slots of those who went: when."""
        here = {one.id: one.slot for one in self.core.room.here()}
        for participant, slot in self.slots.items():
            if participant not in here:
                self.freed[slot] = self.core.now_ms
        self.slots = here

    @rule(target=tickets, session=st.integers(0, 4))
    def enter(self, session: int) -> tuple[int, Participant, str] | None:
        try:
            one, ticket = self.core.expect(guest(session))
        except (RoomFull, TooManyRequests):
            return None
        freed = self.freed.get(one.slot)
        assert freed is None or self.core.now_ms - freed >= SETTINGS.slot_quarantine_ms
        return session, one, ticket

    @rule(target=seats, ticket=consumes(tickets))
    def hello(self, ticket: tuple[int, Participant, str] | None) -> Seat | None:
        if ticket is None:
            return None
        session, one, word = ticket
        connection = Recorded()
        try:
            self.core.hello(guest(session), connection, ticket=word)
        except Gone:
            assert one.state == "gone" or self.core.now_ms - one.deadline_ms >= 0
            return None
        with pytest.raises(Gone):
            self.core.hello(guest(session), Recorded(), ticket=word)
        seat = Seat(session, one, connection)
        seat.catch_up()
        self.alive.append(seat)
        self.note_slots()
        return seat

    @rule(ticket=tickets)
    def another_sessions_ticket_is_worth_nothing(self, ticket: tuple[int, Participant, str] | None) -> None:
        if ticket is None or ticket[1].state != "expected":
            return
        with pytest.raises(Gone):
            self.core.hello(guest(99), Recorded(), ticket=ticket[2])

    @rule(seat=seats)
    def lose(self, seat: Seat | None) -> None:
        if seat is not None and seat.one.state == "present":
            seat.catch_up()
            self.core.room.disconnected(seat.one, seat.connection, self.core.now_ms)
            assert seat.one.person.away

    @rule(seat=seats, knows=st.booleans())
    def resume(self, seat: Seat | None, knows: bool) -> None:
        if seat is None or not seat.token:
            return
        seat.catch_up()
        connection, before = Recorded(), seat.connection
        token, last = seat.token, seat.next_event - 1 if knows else 0
        was_present = seat.one.state == "present"
        try:
            one = self.core.hello(guest(seat.session), connection, resume=token, last_event=last)
        except Gone:
            assert not seat.one.here
            return
        assert one is seat.one
        assert before.code == (4001 if was_present else before.code)
        with pytest.raises(Gone):
            self.core.hello(guest(99), Recorded(), resume=token)
        welcome = connection.of(m.Welcome)[0]
        if not knows and welcome.resumed:
            seat.people, seat.next_event = {}, 1
        seat.connection, seat.read = connection, 0
        seat.catch_up()
        if self.core.room.events.holds_from(last + 1):
            assert welcome.resumed
        self.core.room.heard(one)
        with pytest.raises(Gone):
            self.core.hello(guest(seat.session), Recorded(), resume=token)

    @rule(seat=seats)
    def leave(self, seat: Seat | None) -> None:
        if seat is not None and seat.one.here:
            self.core.room.drop(seat.one, "left", self.core.now_ms)
            self.note_slots()

    @rule(seat=seats)
    def logout(self, seat: Seat | None) -> None:
        if seat is None:
            return
        self.core.room.end_session(f"session-{seat.session}", self.core.now_ms)
        self.note_slots()
        with pytest.raises(Gone):
            self.core.hello(guest(seat.session), Recorded(), resume=seat.token or "x" * 20)

    @rule(seat=seats)
    def raise_hand(self, seat: Seat | None) -> None:
        if seat is not None and seat.one.state == "present":
            self.core.ask(seat.one, m.RaiseHand, raised=not seat.one.person.hand_raised)

    @rule(ms=st.sampled_from([50, 1000, 4000, 9000, 21_000]))
    def wait(self, ms: int) -> None:
        self.core.pass_ms(ms)
        self.note_slots()

    @rule()
    def tick(self) -> None:
        self.core.tick()
        self.note_slots()

    @invariant()
    def a_slot_has_one_owner(self) -> None:
        room = self.core.room
        taken = [one.slot for one in room.participants.values()]
        assert len(taken) == len(set(taken))
        assert {one.slot for one in room.here()} == set(room.by_slot)
        assert {int(slot) for slot in room.poses.present.nonzero()[0]} == set(room.by_slot)
        assert len(room.participants) <= SETTINGS.room_capacity

    @invariant()
    def nobody_is_a_ghost(self) -> None:
        for one in self.core.room.participants.values():
            assert (one.connection is not None) == (one.state == "present")
            assert one.state != "gone"

    def teardown(self) -> None:
        self.core.tick(2)
        truth = {one.id: one.person for one in self.core.room.here()}
        for seat in self.alive:
            if seat.one.state == "present":
                seat.catch_up()
                assert seat.people == truth
                assert seat.next_event == self.core.room.events.next_number
        self.core.pass_ms(60_000)
        assert all(one.state == "present" for one in self.core.room.participants.values())


RoomMachine.TestCase.settings = limits(max_examples=150, stateful_step_count=50, deadline=None)
TestRoomMachine = RoomMachine.TestCase
