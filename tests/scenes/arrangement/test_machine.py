"""The whole arrangement against a plain model: whatever is asked, in whatever batches, some of which are never kept."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from carrel.scenes.arrangement.arrangement import Arrangement, Draft
from carrel.scenes.arrangement.errors import ArrangementError
from carrel.scenes.arrangement.values import Actor, Operation, Placement, Released
from carrel.scenes.arrangement.values import Grabbed as Taken
from carrel.scenes.document import Components, Transform

from .things import LIMITS, person, thing

numbers = st.integers(0, 7)
people = st.sampled_from([person(1), person(2), person(3, "any"), person(4, "none", may_place=False)])
places = st.integers(-10, 11).map(lambda x: Transform(position=(float(x), 0.0, 0.0)))


class Model:
    """The same rules in the plainest words: dictionaries, copied whole."""

    def __init__(self) -> None:
        self.placed: dict[str, Placement] = {}
        self.holders: dict[str, tuple[str, int]] = {}
        self.past: dict[str, list[tuple[str, Any, Any]]] = {}
        self.future: dict[str, list[tuple[str, Any, Any]]] = {}
        self.operations = 0

    def may(self, who: Actor, key: str, *, hold: bool = True) -> bool:
        one = self.placed.get(key)
        held = self.holders.get(key)
        return (
            one is not None
            and (who.reach == "any" or (who.reach == "own" and one.owner == who.owner))
            and not (hold and held is not None and held[0] != who.participant)
        )

    def has_room(self, who: Actor) -> bool:
        own = sum(one.owner == who.owner for one in self.placed.values())
        return len(self.placed) < LIMITS.entities and (who.reach == "any" or own < LIMITS.entities_per_person)

    def set(self, key: str, value: Placement | None) -> None:
        self.operations += 1
        self.placed.pop(key, None)
        if value is not None:
            self.placed[key] = value
        else:
            self.holders.pop(key, None)

    def change(self, who: Actor, key: str, value: Placement | None) -> bool:
        self.past.setdefault(who.owner, []).append((key, self.placed.get(key), value))
        del self.past[who.owner][: -LIMITS.undo_steps]
        self.future[who.owner] = []
        self.set(key, value)
        return True

    def spawn(self, who: Actor, number: int) -> bool:
        key = thing(number).id
        fits = who.may_place and key not in self.placed and self.has_room(who)
        return fits and self.change(who, key, Placement(entity=thing(number), owner=who.owner))

    def patch(self, who: Actor, number: int, to: Transform) -> bool:
        key = thing(number).id
        if not self.may(who, key) or to.position[0] > 10:
            return False
        before = self.placed[key]
        words = {"id": key, "model": before.entity.model, "transform": to}
        return self.change(who, key, Placement(entity=type(before.entity)(**words), owner=before.owner))

    def remove(self, who: Actor, number: int) -> bool:
        key = thing(number).id
        return self.may(who, key, hold=False) and self.change(who, key, None)

    def grab(self, who: Actor, number: int, now_ms: int) -> bool:
        key = thing(number).id
        mine = [held for held, (holder, _) in self.holders.items() if holder == who.participant]
        if not self.may(who, key) or mine not in ([], [key]):
            return False
        self.holders[key] = (who.participant, now_ms)
        return True

    def release(self, who: Actor, number: int, to: Transform | None) -> bool:
        key = thing(number).id
        if self.holders.get(key, ("", 0))[0] != who.participant or (to is not None and not self.patch(who, number, to)):
            return False
        del self.holders[key]
        return True

    def step(self, who: Actor, source: dict[str, Any], target: dict[str, Any], *, back: bool) -> bool:
        steps = source.get(who.owner, [])
        if not steps:
            return False
        key, before, after = steps[-1]
        now, then = (after, before) if back else (before, after)
        if self.placed.get(key) != now:
            steps.pop()
            return False
        known = now or then
        held = self.holders.get(key, (who.participant, 0))
        reaches = who.reach == "any" or (who.reach == "own" and known.owner == who.owner)
        if not reaches or held[0] != who.participant or (now is None and not self.has_room(who)):
            return False
        target.setdefault(who.owner, []).append(steps.pop())
        self.set(key, then)
        return True

    def undo(self, who: Actor) -> bool:
        return self.step(who, self.past, self.future, back=True)

    def redo(self, who: Actor) -> bool:
        return self.step(who, self.future, self.past, back=False)


class Machine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.room, self.model = Arrangement(LIMITS), Model()
        self.draft: Draft = self.room.draft()
        self.kept = copy.deepcopy(self.model)
        self.seen: dict[str, Placement] = {}
        self.holders: dict[str, str] = {}
        self.now_ms = 0

    def both(self, act: str, who: Actor, *given: Any, core: tuple[Any, ...] | None = None) -> None:
        news, decided = len(self.draft.news), True
        try:
            getattr(self.draft, act)(who, *(given if core is None else core))
        except ArrangementError:
            decided = False
        assert getattr(self.model, act)(who, *given) == decided, act
        assert decided or len(self.draft.news) == news

    @rule(who=people, number=numbers)
    def spawn(self, who: Actor, number: int) -> None:
        self.both("spawn", who, number, core=(thing(number),))

    @rule(who=people, number=numbers, to=places)
    def patch(self, who: Actor, number: int, to: Transform) -> None:
        self.both("patch", who, number, to, core=(thing(number).id, Components(transform=to), ()))

    @rule(who=people, number=numbers)
    def remove(self, who: Actor, number: int) -> None:
        self.both("remove", who, number, core=(thing(number).id,))

    @rule(who=people, number=numbers)
    def grab(self, who: Actor, number: int) -> None:
        self.both("grab", who, number, self.now_ms, core=(thing(number).id, self.now_ms))

    @rule(who=people, number=numbers, to=st.none() | places)
    def release(self, who: Actor, number: int, to: Transform | None) -> None:
        self.both("release", who, number, to, core=(thing(number).id, to))

    @rule(who=people)
    def undo(self, who: Actor) -> None:
        self.both("undo", who)

    @rule(who=people)
    def redo(self, who: Actor) -> None:
        self.both("redo", who)

    @rule(wait_ms=st.integers(1, 700))
    def lapse(self, wait_ms: int) -> None:
        self.now_ms += wait_ms
        self.draft.lapse(self.now_ms)
        held = self.model.holders
        self.model.holders = {key: (who, at) for key, (who, at) in held.items() if at + LIMITS.lease_ms > self.now_ms}

    @rule(who=people)
    def leave(self, who: Actor) -> None:
        self.draft.let_go(who.participant)
        held = self.model.holders
        self.model.holders = {key: one for key, one in held.items() if one[0] != who.participant}

    @rule()
    def keep(self) -> None:
        self.room.adopt(self.draft)
        for news in self.draft.news:
            match news:
                case Operation():
                    for gone in news.gone:
                        del self.seen[gone]
                    self.seen |= {one.entity.id: one for one in news.put}
                case Taken(entity, lease):
                    assert self.holders.setdefault(entity, lease.participant) == lease.participant
                case Released(entity):
                    del self.holders[entity]
        self.draft, self.kept = self.room.draft(), copy.deepcopy(self.model)

    @rule()
    def lose(self) -> None:
        self.draft, self.model = self.room.draft(), copy.deepcopy(self.kept)

    @invariant()
    def what_is_kept_is_the_models(self) -> None:
        assert self.room.placed == self.kept.placed
        assert self.room.op_sequence == self.kept.operations
        assert {key: lease.participant for key, lease in self.room.leases.items()} == {
            key: who for key, (who, _) in self.kept.holders.items()
        }

    @invariant()
    def shares_are_counted(self) -> None:
        assert self.room.shares == Counter(one.owner for one in self.kept.placed.values())

    @invariant()
    def who_follows_the_news_knows_the_same(self) -> None:
        assert self.seen == self.room.placed
        assert self.holders == {key: lease.participant for key, lease in self.room.leases.items()}

    @invariant()
    def the_draft_is_the_models(self) -> None:
        assert self.draft.placed() == self.model.placed
        assert self.draft.op_sequence == self.model.operations


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
