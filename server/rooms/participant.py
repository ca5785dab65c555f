"""Somebody's presence in one room: who, where in its life, and what has been sent to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from carrel.server.accounts.model import Identity
from carrel.server.rooms.event_ring import EventRing
from carrel.server.rooms.model import TRANSITIONS, Happening, Spawn, State
from carrel.server.rooms.ports import Connection
from carrel.server.rooms.quotas import Quota
from carrel.server.wire.messages import Person


@dataclass(slots=True)
class Visitor:
    """What a room remembers of a session over its comings and goings: its quota, and whom it has muted (subjects)."""

    quota: Quota
    muted: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Participant:
    """`deadline_ms` is when an expected or lost one is given up. `next_event` is the number of the next shared event for them, where that is not the room's."""

    identity: Identity
    person: Person
    place: Spawn
    visitor: Visitor
    blocks: set[str]
    private: EventRing
    deadline_ms: int
    state: State = "expected"
    connection: Connection | None = None
    token: bytes = b""
    token_before: bytes = b""
    chosen_away: bool = False
    fresh: bool = True
    behind_since_ms: int | None = None
    next_event: int = 1
    subject: str = field(init=False)

    def __post_init__(self) -> None:
        self.subject = self.identity.subject

    @property
    def id(self) -> str:
        return self.person.participant

    @property
    def slot(self) -> int:
        return self.person.slot

    @property
    def here(self) -> bool:
        """Whether everybody knows of this one: present, or lost and shown as away."""
        return self.state in ("present", "lost")

    def pass_to(self, happening: Happening) -> None:
        """Next state by the table; KeyError for what cannot happen."""
        self.state = TRANSITIONS[self.state, happening]

    def hides(self, other: Participant) -> bool:
        """Whether a block stands between the two, whoever set it."""
        return other.subject in self.blocks or self.subject in other.blocks
