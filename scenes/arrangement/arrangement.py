"""A room's arrangement and the rules of changing it.

Changes are decided on a `Draft`, one after another; what it decided holds only once `Arrangement.adopt` is called, which the caller does when
everything is durable. A draft that is dropped has changed nothing. There is one draft at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

from carrel.scenes.arrangement.checks import fit
from carrel.scenes.arrangement.errors import (
    Full,
    Held,
    Missing,
    NotHeld,
    NothingLeft,
    NotYours,
    Occupied,
    OverShare,
    Overtaken,
    Unfit,
)
from carrel.scenes.arrangement.layer import Layer
from carrel.scenes.arrangement.values import (
    Actor,
    EntityId,
    Grabbed,
    Kind,
    Lease,
    Limits,
    Memory,
    News,
    Operation,
    Owner,
    Placement,
    Released,
    Step,
)
from carrel.scenes.document import Components, Entity, Transform

PEOPLE_REMEMBERED: Final = 256
"""So many people can undo; of more, those who have changed nothing for longest are forgotten."""


class Arrangement:
    """What holds: durable things, who holds which of them, and what people could undo."""

    def __init__(self, limits: Limits, placed: Iterable[Placement] = (), op_sequence: int = 0) -> None:
        self.limits = limits
        self.op_sequence = op_sequence
        self.placed: dict[EntityId, Placement] = {one.entity.id: one for one in placed}
        self.shares: dict[Owner, int] = dict(Counter(one.owner for one in self.placed.values()))
        """How many things each person has here; nobody has none."""
        self.leases: dict[EntityId, Lease] = {}
        self.renewed_ms: dict[EntityId, int] = {}
        """When a hold was last renewed by a drag; no change of the scene, so it holds at once."""
        self.memories: dict[Owner, Memory] = {}

    def again(self, placed: Iterable[Placement], op_sequence: int) -> Arrangement:
        """Another state of the same room; holds on what is there go on, as do the steps of undo."""
        other = Arrangement(self.limits, placed, op_sequence)
        other.leases = {entity: lease for entity, lease in self.leases.items() if entity in other.placed}
        other.renewed_ms, other.memories = self.renewed_ms, self.memories
        return other

    def draft(self) -> Draft:
        return Draft(self)

    def adopt(self, draft: Draft) -> None:
        """What the draft decided holds from now on."""
        draft.settle()
        self.op_sequence = draft.op_sequence
        self.renewed_ms = {entity: at for entity, at in self.renewed_ms.items() if entity in self.leases}
        for owner in list(self.memories)[: max(0, len(self.memories) - PEOPLE_REMEMBERED)]:
            del self.memories[owner]

    def renew(self, entity: EntityId, now_ms: int) -> None:
        self.renewed_ms[entity] = now_ms

    def lapses_ms(self, entity: EntityId) -> int:
        """When the hold on this thing ends unless it is renewed."""
        return max(self.leases[entity].since_ms, self.renewed_ms.get(entity, 0)) + self.limits.lease_ms

    def held_by(self, participant: str) -> EntityId | None:
        return next((entity for entity, lease in self.leases.items() if lease.participant == participant), None)


class Draft:
    """Decisions that do not hold yet.

    Every method decides one request: it adds to `news` and returns the thing concerned, or raises an ArrangementError and leaves no trace
    (but for Overtaken, with which a step is forgotten).
    """

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self._limits = arrangement.limits
        self._placed = Layer(arrangement.placed)
        self._shares = Layer(arrangement.shares)
        self._leases = Layer(arrangement.leases)
        self._memories = Layer(arrangement.memories)
        self.op_sequence = arrangement.op_sequence
        self.news: list[News] = []

    def settle(self) -> None:
        for layer in (self._placed, self._shares, self._leases, self._memories):
            layer.settle()

    def placed(self) -> dict[EntityId, Placement]:
        """Everything as it would be; a copy."""
        return self._placed.values()

    # --- changes ---

    def spawn(self, actor: Actor, entity: Entity) -> EntityId:
        if not actor.may_place:
            raise NotYours("You may not place things in this room.")
        fit(entity, self._limits)
        if self._placed.get(entity.id) is not None:
            raise Occupied("A thing with this id stands here already. Take another id.")
        self._room_for_one(actor)
        return self._change("spawn", actor, entity.id, Placement(entity=entity, owner=actor.owner))

    def patch(self, actor: Actor, entity: EntityId, components: Components, unset: Iterable[str]) -> EntityId:
        before = self._changeable(actor, entity)
        after = msgspec.structs.replace(before, entity=patched(before.entity, components, unset))
        fit(after.entity, self._limits)
        return self._change("patch", actor, entity, after)

    def remove(self, actor: Actor, entity: EntityId) -> EntityId:
        """Also what somebody else holds: a held thing is not out of reach of who may take it away."""
        self._reachable(actor, entity)
        self._change("remove", actor, entity, None)
        self._free(entity)
        return entity

    def restore(self, actor: Actor, placed: Mapping[EntityId, Placement]) -> None:
        """Let exactly these things be here. Who may is the caller's to say."""
        now = self.placed()
        put = tuple(one for entity, one in placed.items() if now.get(entity) != one)
        gone = tuple(entity for entity in now if entity not in placed)
        self._tell("restore", actor, None, put, gone)
        for entity in gone:
            self._free(entity)

    # --- holding ---

    def grab(self, actor: Actor, entity: EntityId, now_ms: int) -> EntityId:
        """Compare and set: of two who grab one thing the first has it. One's own hold is renewed."""
        self._changeable(actor, entity)
        held = self._held(actor.participant)
        if held not in (None, entity):
            raise Held("You hold something else. Put that down first.")
        lease = Lease(actor.participant, actor.slot, now_ms)
        self._leases.put(entity, lease)
        if held is None:
            self.news.append(Grabbed(entity, lease))
        return entity

    def release(self, actor: Actor, entity: EntityId, transform: Transform | None) -> EntityId:
        """Put down; at `transform`, which is then a change like any other, or where it stood."""
        lease = self._leases.get(entity)
        if lease is None or lease.participant != actor.participant:
            raise NotHeld("You do not hold this any more. It stands where it stood before.")
        if transform is not None:
            self.patch(actor, entity, Components(transform=transform), ())
        self._free(entity)
        return entity

    def let_go(self, participant: str) -> None:
        """Somebody has left: what they hold is free."""
        if (entity := self._held(participant)) is not None:
            self._free(entity)

    def lapse(self, now_ms: int) -> None:
        """Holds that nobody has renewed in time end."""
        known = self._arrangement.renewed_ms
        for entity, lease in self._leases.values().items():
            if max(lease.since_ms, known.get(entity, 0)) + self._limits.lease_ms <= now_ms:
                self._free(entity)

    # --- undo ---

    def next_step(self, actor: Actor, kind: Literal["undo", "redo"]) -> tuple[Placement | None, Placement | None]:
        """The thing as it is here now, and as the next undo or redo would have it; None is its absence, also where there is no step."""
        memory = self._memories.get(actor.owner) or Memory()
        steps = memory.past if kind == "undo" else memory.future
        if not steps:
            return None, None
        step = steps[-1]
        return self._placed.get(step.entity), step.before if kind == "undo" else step.after

    def forget_step(self, actor: Actor, kind: Literal["undo", "redo"]) -> None:
        """The next step may not be taken any more: it is forgotten, lest it bar the way to those before it."""
        memory = self._memories.get(actor.owner) or Memory()
        if kind == "undo":
            self._remember(actor, memory._replace(past=memory.past[:-1]))
        else:
            self._remember(actor, memory._replace(future=memory.future[:-1]))

    def undo(self, actor: Actor) -> EntityId:
        memory = self._memories.get(actor.owner) or Memory()
        if not memory.past:
            raise NothingLeft("There is nothing of yours to undo.")
        step = memory.past[-1]
        self._retrace(actor, "undo", step.entity, step.after, step.before, memory._replace(past=memory.past[:-1]))
        self._remember(actor, Memory(memory.past[:-1], (*memory.future, step)))
        return step.entity

    def redo(self, actor: Actor) -> EntityId:
        memory = self._memories.get(actor.owner) or Memory()
        if not memory.future:
            raise NothingLeft("There is nothing of yours to do again.")
        step = memory.future[-1]
        self._retrace(actor, "redo", step.entity, step.before, step.after, memory._replace(future=memory.future[:-1]))
        self._remember(actor, Memory((*memory.past, step), memory.future[:-1]))
        return step.entity

    # --- inside ---

    def _retrace(
        self, actor: Actor, kind: Kind, entity: EntityId, now: Placement | None, then: Placement | None, without: Memory
    ) -> None:
        """From `now` to `then`, if `now` is still what is there; if not, the step is forgotten, lest it bar the way to those before it."""
        if self._placed.get(entity) != now:
            self._remember(actor, without)
            raise Overtaken(
                "Somebody has changed this since. That step is left as it is; you can go on to the one before."
            )
        known = now or then
        if known is not None and not _reaches(actor, known):
            raise NotYours("This is no longer yours to change.")
        self._free_for(actor, entity)
        if now is None:
            self._room_for_one(actor)
        self._tell(kind, actor, entity, *((then,), ()) if then is not None else ((), (entity,)))
        if then is None:
            self._free(entity)

    def _change(self, kind: Kind, actor: Actor, entity: EntityId, after: Placement | None) -> EntityId:
        before = self._placed.get(entity)
        memory = self._memories.get(actor.owner) or Memory()
        past = (*memory.past, Step(entity, before, after))[-self._limits.undo_steps :]
        self._remember(actor, Memory(past))
        self._tell(kind, actor, entity, *((after,), ()) if after is not None else ((), (entity,)))
        return entity

    def _tell(
        self,
        kind: Kind,
        actor: Actor,
        entity: EntityId | None,
        put: tuple[Placement, ...],
        gone: tuple[EntityId, ...],
    ) -> None:
        for one in put:
            self._place(one.entity.id, one)
        for absent in gone:
            self._place(absent, None)
        self.op_sequence += 1
        self.news.append(
            Operation(op_sequence=self.op_sequence, kind=kind, actor=actor, entity=entity, put=put, gone=gone)
        )

    def _place(self, entity: EntityId, after: Placement | None) -> None:
        before = self._placed.get(entity)
        self._placed.put(entity, after)
        for one, more in ((before, -1), (after, 1)):
            if one is not None:
                self._shares.put(one.owner, ((self._shares.get(one.owner) or 0) + more) or None)

    def _remember(self, actor: Actor, memory: Memory) -> None:
        self._memories.put(actor.owner, memory)

    def _reachable(self, actor: Actor, entity: EntityId) -> Placement:
        placement = self._placed.get(entity)
        if placement is None:
            raise Missing("This thing is not here any more.")
        if not _reaches(actor, placement):
            raise NotYours("This is somebody else's. You may change your own things only.")
        return placement

    def _changeable(self, actor: Actor, entity: EntityId) -> Placement:
        placement = self._reachable(actor, entity)
        self._free_for(actor, entity)
        return placement

    def _free_for(self, actor: Actor, entity: EntityId) -> None:
        lease = self._leases.get(entity)
        if lease is not None and lease.participant != actor.participant:
            raise Held("Somebody holds this just now. Try again in a moment.")

    def _room_for_one(self, actor: Actor) -> None:
        if self._placed.count >= self._limits.entities:
            raise Full(
                f"This room holds {self._limits.entities} things, and they are all here. Take something away first."
            )
        share = self._limits.entities_per_person
        if actor.reach != "any" and (self._shares.get(actor.owner) or 0) >= share:
            raise OverShare(f"You have {share} things in this room, which is one person's share. Take one away first.")

    def _held(self, participant: str) -> EntityId | None:
        held = self._leases.values().items()
        return next((entity for entity, lease in held if lease.participant == participant), None)

    def _free(self, entity: EntityId) -> None:
        lease = self._leases.get(entity)
        if lease is not None:
            self._leases.put(entity, None)
            self.news.append(Released(entity, lease))


def patched(entity: Entity, components: Components, unset: Iterable[str]) -> Entity:
    """The entity with those components replaced and those taken away. Raises Unfit for a name that is no component, or the transform."""
    given = {
        field: value for field in Components.__struct_fields__ if (value := getattr(components, field)) is not None
    }
    taken = dict.fromkeys(unset)
    for field in taken:
        if field not in Components.__struct_fields__ or field == "transform" or field in given:
            raise Unfit(f"{field!r} cannot be taken away.")
    return msgspec.structs.replace(entity, **given, **taken)


def _reaches(actor: Actor, placement: Placement) -> bool:
    return actor.reach == "any" or (actor.reach == "own" and placement.owner == actor.owner)
