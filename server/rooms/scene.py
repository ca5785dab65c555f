"""A room's scene as the live room has it, without input and output: what is arranged, who holds what, who may do what."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

import numpy as np

from carrel.avatars.checks import Bounds
from carrel.scenes.arrangement import values
from carrel.scenes.arrangement.arrangement import Arrangement, Draft
from carrel.scenes.arrangement.values import Actor, EntityId, Limits, Operation, Owner
from carrel.server.accounts.model import Identity
from carrel.server.rooms.drags import Drags
from carrel.server.rooms.model import RoomSpec
from carrel.server.rooms.participant import Participant
from carrel.server.rooms.scene_policy import RIGHTS, Rights, default_policy, standing
from carrel.server.rooms.scene_ports import SceneFacts, State
from carrel.server.settings import Settings
from carrel.server.wire.messages import Grabbed, Operated, Released, SharedEvent

TOLD_AT_MOST: Final = 64
"""Things changed by one operation that an event names; of more it says that the arrangement is to be fetched again."""


class Scene:
    """Until `open` was called nobody may do anything, and nothing is placed."""

    def __init__(self, spec: RoomSpec, bounds: Bounds, settings: Settings) -> None:
        self._default = default_policy(spec.room, settings)
        self.facts = SceneFacts(None, None, b"")
        """Who may what here: the room's own, as last read."""
        self.limits = Limits(
            low=spec.bounds_min,
            high=spec.bounds_max,
            entities=settings.scene_entities,
            entities_per_person=settings.scene_entities_per_person,
            entity_bytes=settings.scene_entity_bytes,
            lease_ms=settings.scene_lease_ms,
        )
        self.arrangement = Arrangement(self.limits)
        self.drags = Drags(bounds, settings.drag_metres_per_s)
        self.left: list[str] = []
        """Participants who have gone since the scene was last looked after."""
        self._works: tuple[int, frozenset[str]] = (0, frozenset())

    def open(self, facts: SceneFacts, state: State | None) -> None:
        self.facts = facts
        if state is not None and state.op_sequence != self.arrangement.op_sequence:
            self.arrangement = self.arrangement.again(state.placed, state.op_sequence)

    # --- people ---

    def rights(self, identity: Identity) -> Rights:
        if not self.facts.secret:
            return Rights()
        policy = self.facts.policy or self._default
        return RIGHTS[policy][standing(identity, self.facts.owner, self.facts.invited)]

    def owner(self, identity: Identity) -> Owner:
        """The mark on somebody's things in this room. It cannot be led back to them, nor to their things in another room."""
        subject = identity.subject.encode()
        return hmac.new(self.facts.secret, b"carrel owner 1\0" + subject, hashlib.sha256).hexdigest()[:16]

    def actor(self, one: Participant) -> Actor:
        """As somebody in the room; who is muted puts nothing up either."""
        rights = Rights() if one.person.muted else self.rights(one.identity)
        return Actor(
            owner=self.owner(one.identity),
            participant=one.id,
            slot=one.slot,
            may_place=rights.may_place,
            reach=rights.reach,
        )

    def drag(self, one: Participant, up: np.void, now_ms: int) -> None:
        """A drag by anybody but the holder, or after the hold has ended, is not an error: it was under way."""
        if (entity := self.drags.move(one.id, up, now_ms)) is not None:
            self.arrangement.renew(entity, now_ms)

    def forget(self, participant: str) -> None:
        """Somebody has left the room for good."""
        self.drags.drop(participant)
        if self.arrangement.held_by(participant) is not None:
            self.left.append(participant)

    def held(self) -> list[Grabbed]:
        return [_grabbed(entity, lease) for entity, lease in self.arrangement.leases.items()]

    def is_due(self, now_ms: int) -> bool:
        """Whether a hold ends by itself now."""
        leases = self.arrangement.leases
        return bool(self.left) or any(self.arrangement.lapses_ms(entity) <= now_ms for entity in leases)

    # --- what happened ---

    def adopt(self, draft: Draft, now_ms: int) -> list[SharedEvent]:
        """The draft holds: what to tell everybody."""
        self.arrangement.adopt(draft)
        events: list[SharedEvent] = []
        for news in draft.news:
            match news:
                case Operation():
                    events.append(operated(news))
                case values.Grabbed(entity, lease):
                    self.drags.take(lease.participant, lease.slot, entity, now_ms)
                    events.append(_grabbed(entity, lease))
                case values.Released(entity, lease):
                    self.drags.drop(lease.participant)
                    events.append(Released(entity))
        return events

    def works(self) -> frozenset[str]:
        """The originals (SHA-256) that something placed here shows; reckoned anew when something has changed."""
        at = self.arrangement.op_sequence
        if self._works[0] != at:
            shown = (works_of(one) for one in self.arrangement.placed.values())
            self._works = (at, frozenset().union(*shown))
        return self._works[1]


WORK_URL: Final = "/api/works/"


def works_of(placement: values.Placement) -> set[str]:
    """The originals that a thing shows."""
    entity = placement.entity
    shown = {entity.media.work} if entity.media is not None else set()
    if entity.model is not None and entity.model.url.startswith(WORK_URL):
        shown.add(entity.model.url.removeprefix(WORK_URL).partition("/")[0])
    return shown


def operated(operation: Operation) -> Operated:
    by = operation.actor.participant or None
    if len(operation.put) + len(operation.gone) > TOLD_AT_MOST:
        return Operated(op_sequence=operation.op_sequence, by=by, reload=True)
    return Operated(op_sequence=operation.op_sequence, by=by, put=list(operation.put), gone=list(operation.gone))


def _grabbed(entity: EntityId, lease: values.Lease) -> Grabbed:
    return Grabbed(entity=entity, participant=lease.participant, slot=lease.slot)
