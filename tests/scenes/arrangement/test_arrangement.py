"""The rules of arranging: one at a time here, all together in the state machine."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.scenes.arrangement import errors
from carrel.scenes.arrangement.arrangement import PEOPLE_REMEMBERED, Arrangement, Draft
from carrel.scenes.arrangement.values import Grabbed, Operation, Released
from carrel.scenes.document import Caption, Components, Desk, Entity, Media, Portal, Seat, SpawnPoint, Text, Transform

from .things import LIMITS, person, thing

ADA, LIN, STAFF, GUEST = person(1), person(2), person(3, "any"), person(4, "none", may_place=False)


@pytest.fixture
def room() -> Arrangement:
    return Arrangement(LIMITS)


def do(room: Arrangement, *acts: Callable[[Draft], object]) -> list[object]:
    draft = room.draft()
    for act in acts:
        act(draft)
    room.adopt(draft)
    return list(draft.news)


def test_what_a_dropped_draft_decided_never_was(room: Arrangement) -> None:
    do(room, lambda d: d.spawn(ADA, thing(1)))
    draft = room.draft()
    draft.patch(ADA, thing(1).id, Components(transform=Transform(position=(3.0, 0.0, 0.0))), ())
    draft.spawn(ADA, thing(2))
    draft.grab(ADA, thing(2).id, 0)
    draft.undo(ADA)
    assert room.placed == {thing(1).id: room.placed[thing(1).id]}
    assert room.placed[thing(1).id].entity == thing(1)
    assert (room.op_sequence, room.leases) == (1, {})
    assert len(room.memories[ADA.owner].past) == 1


def test_people_change_their_own_things_and_staff_anybodys(room: Arrangement) -> None:
    do(room, lambda d: d.spawn(ADA, thing(1)))
    here = Components(transform=Transform(position=(1.0, 0.0, 1.0)))
    for act in (
        lambda d: d.patch(LIN, thing(1).id, here, ()),
        lambda d: d.remove(LIN, thing(1).id),
        lambda d: d.grab(LIN, thing(1).id, 0),
        lambda d: d.spawn(GUEST, thing(2)),
    ):
        with pytest.raises(errors.NotYours):
            do(room, act)
    do(room, lambda d: d.patch(STAFF, thing(1).id, here, ()))
    assert room.placed[thing(1).id].owner == ADA.owner, "it stays hers"
    do(room, lambda d: d.remove(STAFF, thing(1).id))
    assert room.placed == {}


@pytest.mark.parametrize(
    "components",
    [
        Components(portal=Portal(target="hall", label=Text(en="a", zh="b"), is_open=True, size=(1.0, 2.0))),
        Components(desk=Desk(label=Text(en="a", zh="b"), reach_m=2.0)),
        Components(spawn_point=SpawnPoint(heading_degrees=0.0)),
        Components(transform=Transform(position=(10.5, 0.0, 0.0))),
        Components(transform=Transform(position=(math.nan, 0.0, 0.0))),
        Components(transform=Transform(position=(0.0, 0.0, 0.0), rotation=(0.5, 0.0, 0.0, 0.0))),
        Components(transform=Transform(position=(0.0, 0.0, 0.0), rotation=(0.0, 0.0, 0.0, math.nan))),
        Components(transform=Transform(position=(0.0, 0.0, 0.0), scale=20.5)),
        Components(media=Media(kind="image", work="0" * 64, size=(21.0, 1.0))),
        Components(media=Media(kind="image", work="0" * 64, size=(math.inf, 1.0))),
        Components(seat=Seat(heading_degrees=math.nan)),
    ],
)
def test_what_does_not_fit_is_refused_whoever_asks(room: Arrangement, components: Components) -> None:
    do(room, lambda d: d.spawn(STAFF, thing(1)))
    with pytest.raises(errors.Unfit):
        do(room, lambda d: d.patch(STAFF, thing(1).id, components, ()))


def test_a_thing_shows_something_and_its_id_is_a_placed_things(room: Arrangement) -> None:
    for entity in (
        Entity(id="t-000000000001", transform=Transform(position=(0.0, 0.0, 0.0))),
        Entity(id="desk", transform=thing(1).transform, model=thing(1).model),
        Entity(id="t-00000000000g", transform=thing(1).transform, model=thing(1).model),
    ):
        with pytest.raises(errors.Unfit):
            do(room, lambda d, entity=entity: d.spawn(ADA, entity))
    do(room, lambda d: d.spawn(ADA, thing(1)))
    for unset in (["model"], ["transform"], ["id"], ["nothing"]):
        with pytest.raises(errors.Unfit):
            do(room, lambda d, unset=unset: d.patch(ADA, thing(1).id, Components(), unset))
    words = Components(caption=Caption(text="A stool", language="en"))
    do(room, lambda d: d.patch(ADA, thing(1).id, words, ["model"]))
    assert room.placed[thing(1).id].entity.model is None


def test_a_description_has_a_size() -> None:
    small = Arrangement(replace(LIMITS, entity_bytes=100))
    with pytest.raises(errors.Unfit, match="bytes"):
        small.draft().spawn(ADA, thing(1))


def test_a_full_room_takes_no_more_not_even_by_undo(room: Arrangement) -> None:
    for number in range(LIMITS.entities):
        do(room, lambda d, number=number: d.spawn(ADA if number < 3 else STAFF, thing(number)))
    with pytest.raises(errors.Full):
        do(room, lambda d: d.spawn(LIN, thing(99)))
    with pytest.raises(errors.Occupied):
        do(room, lambda d: d.spawn(LIN, thing(0)))
    do(room, lambda d: d.remove(ADA, thing(0).id), lambda d: d.spawn(LIN, thing(99)))
    with pytest.raises(errors.Full):
        do(room, lambda d: d.undo(ADA))


def test_nobody_fills_a_room_alone_but_who_answers_for_it(room: Arrangement) -> None:
    for number in range(LIMITS.entities_per_person):
        do(room, lambda d, number=number: d.spawn(ADA, thing(number)))
    with pytest.raises(errors.OverShare, match="4 things"):
        do(room, lambda d: d.spawn(ADA, thing(98)))
    do(room, lambda d: d.spawn(LIN, thing(98)), lambda d: d.remove(ADA, thing(0).id), lambda d: d.spawn(ADA, thing(9)))
    with pytest.raises(errors.OverShare):
        do(room, lambda d: d.remove(ADA, thing(1).id), lambda d: d.undo(ADA), lambda d: d.spawn(ADA, thing(97)))
    again = room.again(room.placed.values(), room.op_sequence)
    with pytest.raises(errors.OverShare):
        do(again, lambda d: d.spawn(ADA, thing(97)))
    for one in list(room.placed)[:4]:
        do(room, lambda d, one=one: d.remove(STAFF, one))
    for number in range(5):
        do(room, lambda d, number=number: d.spawn(STAFF, thing(20 + number)))


@given(st.lists(st.sampled_from([1, 2, 3, 4, 5]), min_size=2, max_size=20))
def test_of_all_who_grab_one_thing_exactly_the_first_has_it(grabbers: list[int]) -> None:
    room = Arrangement(LIMITS)
    do(room, lambda d: d.spawn(STAFF, thing(1)))
    draft = room.draft()
    won = set()
    for number in grabbers:
        try:
            draft.grab(person(number, "any"), thing(1).id, 5)
            won.add(number)
        except errors.Held:
            pass
    room.adopt(draft)
    assert won == {grabbers[0]}
    assert [type(news) for news in draft.news] == [Grabbed]
    assert room.leases[thing(1).id].participant == person(grabbers[0]).participant


def test_a_held_thing_is_changed_by_its_holder_alone_and_taken_away_by_who_may(room: Arrangement) -> None:
    do(room, lambda d: d.spawn(ADA, thing(1)), lambda d: d.spawn(ADA, thing(2)), lambda d: d.grab(ADA, thing(1).id, 0))
    here = Transform(position=(1.0, 0.0, 1.0))
    with pytest.raises(errors.Held):
        do(room, lambda d: d.patch(STAFF, thing(1).id, Components(transform=here), ()))
    with pytest.raises(errors.Held):
        do(room, lambda d: d.grab(ADA, thing(2).id, 0))
    with pytest.raises(errors.NotHeld):
        do(room, lambda d: d.release(STAFF, thing(1).id, here))
    news = do(room, lambda d: d.release(ADA, thing(1).id, here))
    assert [type(one) for one in news] == [Operation, Released]
    assert room.placed[thing(1).id].entity.transform == here
    do(room, lambda d: d.grab(ADA, thing(1).id, 0))
    news = do(room, lambda d: d.remove(STAFF, thing(1).id))
    assert [type(one) for one in news] == [Operation, Released]
    assert room.leases == {}


def test_a_refused_release_keeps_the_hold(room: Arrangement) -> None:
    do(room, lambda d: d.spawn(ADA, thing(1)), lambda d: d.grab(ADA, thing(1).id, 0))
    with pytest.raises(errors.Unfit):
        do(room, lambda d: d.release(ADA, thing(1).id, Transform(position=(50.0, 0.0, 0.0))))
    assert list(room.leases) == [thing(1).id]


def test_a_hold_ends_when_nobody_renews_it_or_one_leaves(room: Arrangement) -> None:
    do(room, lambda d: d.spawn(ADA, thing(1)), lambda d: d.grab(ADA, thing(1).id, 0))
    room.renew(thing(1).id, 600)
    assert room.lapses_ms(thing(1).id) == 1600
    assert do(room, lambda d: d.lapse(1599)) == []
    assert [type(one) for one in do(room, lambda d: d.lapse(1600))] == [Released]
    do(room, lambda d: d.grab(ADA, thing(1).id, 2000))
    assert room.lapses_ms(thing(1).id) == 3000, "an older renewal does not count"
    assert [type(one) for one in do(room, lambda d: d.let_go(ADA.participant))] == [Released]


def test_undo_and_redo_are_ones_own_and_stop_at_somebody_elses_change(room: Arrangement) -> None:
    there = Components(transform=Transform(position=(4.0, 0.0, 0.0)))
    do(room, lambda d: d.spawn(ADA, thing(1)), lambda d: d.spawn(LIN, thing(2)))
    do(room, lambda d: d.patch(ADA, thing(1).id, there, ()))
    do(room, lambda d: d.undo(ADA))
    assert room.placed[thing(1).id].entity == thing(1)
    do(room, lambda d: d.redo(ADA))
    assert room.placed[thing(1).id].entity.transform == there.transform
    do(room, lambda d: d.patch(STAFF, thing(1).id, Components(caption=Caption(text="?", language="en")), ()))
    draft = room.draft()
    with pytest.raises(errors.Overtaken):
        draft.undo(ADA)
    with pytest.raises(errors.Overtaken):
        draft.undo(ADA)
    with pytest.raises(errors.NothingLeft):
        draft.undo(ADA)
    room.adopt(draft)
    do(room, lambda d: d.undo(LIN))
    assert list(room.placed) == [thing(1).id]
    do(room, lambda d: d.redo(LIN))
    assert room.placed[thing(2).id].owner == LIN.owner


def test_a_new_change_forgets_what_could_be_done_again_and_steps_are_bounded(room: Arrangement) -> None:
    do(room, lambda d: d.spawn(ADA, thing(1)))
    do(room, lambda d: d.undo(ADA), lambda d: d.spawn(ADA, thing(2)))
    with pytest.raises(errors.NothingLeft):
        do(room, lambda d: d.redo(ADA))
    for x in range(2 * LIMITS.undo_steps):
        here = Components(transform=Transform(position=(float(x), 0.0, 0.0)))
        do(room, lambda d, here=here: d.patch(ADA, thing(2).id, here, ()))
    assert len(room.memories[ADA.owner].past) == LIMITS.undo_steps


def test_an_undo_needs_the_right_that_one_has_now(room: Arrangement) -> None:
    do(room, lambda d: d.spawn(STAFF, thing(1)))
    with pytest.raises(errors.NotYours):
        do(room, lambda d: d.undo(person(3, "none")))
    do(room, lambda d: d.undo(STAFF))


def test_so_many_people_are_remembered(room: Arrangement) -> None:
    for number in range(PEOPLE_REMEMBERED + 10):
        do(room, lambda d, n=number: d.spawn(person(n), thing(1)), lambda d, n=number: d.remove(person(n), thing(1).id))
    assert len(room.memories) == PEOPLE_REMEMBERED
    assert person(9).owner not in room.memories


def test_a_restore_is_one_operation_that_frees_what_is_gone(room: Arrangement) -> None:
    do(room, lambda d: d.spawn(ADA, thing(1)), lambda d: d.spawn(ADA, thing(2)))
    before = dict(room.placed)
    do(
        room,
        lambda d: d.remove(ADA, thing(1).id),
        lambda d: d.spawn(ADA, thing(3)),
        lambda d: d.grab(ADA, thing(3).id, 0),
    )
    news = do(room, lambda d: d.restore(STAFF, before))
    assert [type(one) for one in news] == [Operation, Released]
    operation = news[0]
    assert isinstance(operation, Operation)
    assert [one.entity.id for one in operation.put] == [thing(1).id]
    assert operation.gone == (thing(3).id,)
    assert (room.placed, room.op_sequence) == (before, 5)
