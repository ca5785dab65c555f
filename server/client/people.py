"""Who is in the room: built from Welcome and the shared events, in order, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from carrel.server.wire.messages import Arrived, Changed, Left, Person, SharedEvent, Welcome


class People:
    """`next_event` is the number of the event that has to come next."""

    def __init__(self) -> None:
        self.next_event = 0
        self.by_slot: dict[int, Person] = {}
        self._by_id: dict[str, Person] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_id.values())

    def __contains__(self, participant: object) -> bool:
        return participant in self._by_id

    def get(self, participant: str) -> Person | None:
        return self._by_id.get(participant)

    def welcome(self, welcome: Welcome) -> None:
        """Everybody, as complete at `welcome.event_sequence`. After a resume what is known still holds, and the missed events follow."""
        if not welcome.resumed:
            self._by_id = {person.participant: person for person in welcome.people}
            self.by_slot = {person.slot: person for person in welcome.people}
        self.next_event = welcome.event_sequence

    def hear(self, first: int, events: Sequence[SharedEvent]) -> Sequence[SharedEvent]:
        """Apply events numbered from `first` on; returns those that are new. A gap is accepted: what was missed cannot come any more."""
        fresh = events[max(0, self.next_event - first) :]
        for event in fresh:
            match event:
                case Arrived(person) | Changed(person):
                    self._put(person)
                case Left(participant=participant):
                    self._take(participant)
        self.next_event = max(self.next_event, first + len(events))
        return fresh

    def _put(self, person: Person) -> None:
        self._take(person.participant)
        self._by_id[person.participant] = person
        self.by_slot[person.slot] = person

    def _take(self, participant: str) -> None:
        gone = self._by_id.pop(participant, None)
        if gone is not None and self.by_slot.get(gone.slot) is gone:
            del self.by_slot[gone.slot]
