"""What a room does with requests: words, silence, blocks, acts, places. No network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from carrel.avatars.codec import FLAG_AWAY, FLAG_JUMP
from carrel.server.errors import BadRequest, Banned, Gone, OutOfDate, RoomFull, TooManyRequests
from carrel.server.rooms.ports import Act, Complaint
from carrel.server.rooms.room import BlockChange
from carrel.server.settings import Settings
from carrel.server.text import clean_line
from carrel.server.wire import messages as m

from .core import Core, Recorded
from .world import guest, pose, reader


@pytest.fixture
def core() -> Core:
    return Core()


def failed(answer: m.Answer) -> str:
    assert isinstance(answer, m.Failure)
    assert answer.message
    return answer.code


def test_words_reach_those_they_are_for(core: Core) -> None:
    ann, ann_line = core.join(guest(1))
    ben, ben_line = core.join(guest(2))
    far, far_line = core.join(guest(3), spawn="desk")
    core.room.poses.put(far.slot, pose(-25, 1.6, -25))
    core.tick()
    assert isinstance(core.ask(ann, m.Say, scope="nearby", text="psst"), m.Result)
    assert [said.text for said in ben_line.private(m.Said)] == ["psst"]
    assert ann_line.private(m.Said)
    assert not far_line.private(m.Said)
    core.ask(ann, m.Say, scope="room", text="all")
    core.tick()
    assert [event.text for _, event in far_line.shared() if isinstance(event, m.Said)] == ["all"]
    assert ben.person.away is False


def test_guests_write_to_staff_only_and_staff_may_answer(core: Core) -> None:
    ann, _ = core.join(guest(1))
    ben, _ = core.join(guest(2))
    librarian, line = core.join(reader(3, "librarian"))
    readers = [core.join(reader(4))[0], core.join(reader(5))[0]]
    assert failed(core.ask(ann, m.Say, scope="direct", to=ben.id, text="hi")) == "forbidden"
    assert isinstance(core.ask(ann, m.Say, scope="direct", to=librarian.id, text="help"), m.Result)
    assert line.private(m.Said)[0].to == librarian.id
    assert isinstance(core.ask(librarian, m.Say, scope="direct", to=ann.id, text="yes?"), m.Result)
    assert isinstance(core.ask(readers[0], m.Say, scope="direct", to=readers[1].id, text="hello"), m.Result)
    assert failed(core.ask(readers[0], m.Say, scope="direct", to=ann.id, text="hello")) == "forbidden"


def test_what_a_say_must_be(core: Core) -> None:
    ann, _ = core.join(guest(1))
    assert failed(core.ask(ann, m.Say, scope="direct", text="hi")) == "bad_request"
    assert failed(core.ask(ann, m.Say, scope="room", to="0" * 16, text="hi")) == "bad_request"
    assert failed(core.ask(ann, m.Say, scope="direct", to="0" * 16, text="hi")) == "not_found"
    assert failed(core.ask(ann, m.Say, scope="room", text=" \u202e\u200b ")) == "bad_request"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a\nb\tc", "a b c"),
        ("\u202eevil\u202c", "evil"),
        ("e\u0301", "é"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("a\x00b\x1b[31m", "a b [31m"),
        (" 图书 ", "图书"),
    ],
)
def test_text_is_cleaned(given: str, shown: str) -> None:
    assert clean_line(given) == shown


def test_blank_text_is_refused() -> None:
    with pytest.raises(BadRequest):
        clean_line("\u2066\u2069\n")


def test_blocks_hold_both_ways_and_are_told(core: Core) -> None:
    ann, ann_line = core.join(guest(1))
    ben, ben_line = core.join(guest(2))
    core.ask(ann, m.Block, participant=ben.id, blocked=True)
    assert core.room.deeds.pop() == BlockChange(ann.subject, ben.subject, True)
    assert ann_line.private(m.Preference)[-1] == m.Preference(participant=ben.id, muted=False, blocked=True)
    assert ben_line.private(m.Preference)[-1] == m.Preference(participant=ann.id, muted=False, blocked=True)
    core.ask(ben, m.Say, scope="nearby", text="anyone?")
    assert not ann_line.private(m.Said)
    core.ask(ann, m.Say, scope="nearby", text="hm")
    assert [said.text for said in ben_line.private(m.Said)] == ["anyone?"]
    # Somebody blocked who comes again is known at once, on both sides.
    core.room.drop(ben, "left", core.now_ms)
    again, line = core.join(guest(2))
    assert line.of(m.Welcome)[0].blocked == [ann.id]
    assert ann_line.private(m.Preference)[-1].participant == again.id
    core.ask(ann, m.Block, participant=again.id, blocked=False)
    assert line.private(m.Preference)[-1].blocked is False
    assert failed(core.ask(ann, m.Block, participant=ann.id, blocked=True)) == "bad_request"


def test_a_mute_is_the_listeners_alone(core: Core) -> None:
    ann, ann_line = core.join(guest(1))
    ben, ben_line = core.join(guest(2))
    core.ask(ann, m.Mute, participant=ben.id, muted=True)
    assert ann_line.private(m.Preference)[-1].muted
    assert not ben_line.private(m.Preference)
    core.ask(ben, m.Say, scope="nearby", text="la la")
    assert not ann_line.private(m.Said)
    core.ask(ann, m.Mute, participant=ben.id, muted=False)
    core.ask(ben, m.Say, scope="nearby", text="la")
    assert ann_line.private(m.Said)


def test_a_report_carries_what_its_reader_could_read(core: Core) -> None:
    ann, ann_line = core.join(guest(1))
    ben, _ = core.join(guest(2))
    librarian, _ = core.join(reader(3, "librarian"))
    core.ask(ben, m.Say, scope="room", text="to all")
    core.ask(ben, m.Say, scope="direct", to=librarian.id, text="secret")
    core.ask(ben, m.Say, scope="nearby", text="close")
    core.ask(ann, m.Report, participant=ben.id, reason="spam", note="look")
    complaint = core.room.deeds.pop()
    assert isinstance(complaint, Complaint)
    assert [text for _, _, text in complaint.lines] == ["to all", "close"]
    assert ann_line.private(m.Notice)[-1].code == "reported"
    core.now_ms += 16 * 60_000
    core.ask(ann, m.Report, participant=ben.id, reason="spam")
    forgotten = core.room.deeds.pop()
    assert isinstance(forgotten, Complaint)
    assert forgotten.lines == ()


@pytest.mark.parametrize(
    ("actor", "target", "act", "minutes", "code"),
    [
        ("reader", "guest", "warn", 60, "forbidden"),
        ("librarian", "librarian", "warn", 60, "forbidden"),
        ("librarian", "guest", "ban", 60, "forbidden"),
        ("moderator", "admin", "remove", 60, "forbidden"),
        ("moderator", "guest", "ban", 0, "forbidden"),
        ("moderator", "guest", "mute", 0, "bad_request"),
        ("librarian", "reader", "mute", 60, None),
        ("moderator", "librarian", "ban", 60, None),
        ("admin", "moderator", "ban", 0, None),
    ],
)
def test_who_may_do_what_to_whom(core: Core, actor: Any, target: Any, act: Any, minutes: int, code: str | None) -> None:
    one, _ = core.join(reader(1, actor))
    other, line = core.join(reader(2, target))
    answer = core.ask(one, m.Moderate, participant=other.id, act=act, reason="because", minutes=minutes)
    if code is not None:
        assert failed(answer) == code
        assert not core.room.deeds
        return
    assert isinstance(answer, m.Result)
    record = core.room.deeds.pop()
    assert isinstance(record, Act)
    assert (record.act, record.subject, record.reason) == (act, other.subject, "because")
    assert line.private(m.Notice)[-1].detail == "because"


def test_a_silenced_person_is_not_read_until_it_ends_and_coming_again_does_not_help(core: Core) -> None:
    moderator, _ = core.join(reader(1, "moderator"))
    ben, line = core.join(guest(2))
    core.ask(moderator, m.Moderate, participant=ben.id, act="mute", reason="shouting", minutes=5)
    assert ben.person.muted
    assert failed(core.ask(ben, m.Say, scope="room", text="still")) == "forbidden"
    core.room.drop(ben, "left", core.now_ms)
    again, line = core.join(guest(2))
    assert failed(core.ask(again, m.Say, scope="room", text="still")) == "forbidden"
    core.pass_ms(5 * 60_000)
    assert isinstance(core.ask(again, m.Say, scope="room", text="sorry"), m.Result)
    assert line.private(m.Notice)[-1].code == "unmuted"


@pytest.mark.parametrize(("act", "code"), [("remove", 4003), ("ban", 4004)])
def test_who_is_put_out_stays_out(core: Core, act: Any, code: int) -> None:
    moderator, _ = core.join(reader(1, "moderator"))
    ben, line = core.join(guest(2))
    token = line.of(m.Welcome)[0].resume_token
    core.ask(moderator, m.Moderate, participant=ben.id, act=act, reason="enough", minutes=5)
    assert line.code == code
    with pytest.raises(Gone):
        core.hello(guest(2), Recorded(), resume=token)
    with pytest.raises(Banned):
        core.expect(guest(2))


def test_a_full_room_says_when_to_come_back() -> None:
    core = Core(Settings(room_capacity=2))
    core.join(guest(1))
    core.expect(guest(2))
    with pytest.raises(RoomFull) as full:
        core.expect(guest(3))
    assert full.value.retry_after_ms is not None
    core.pass_ms(core.settings.ticket_ms)
    core.join(guest(3))


def test_one_session_has_a_few_places_and_unused_ones_give_way() -> None:
    core = Core(Settings(participants_per_session=2))
    core.join(guest(1))
    first, ticket = core.expect(guest(1))
    core.expect(guest(1))
    assert first.state == "gone"
    with pytest.raises(Gone):
        core.hello(guest(1), Recorded(), ticket=ticket)
    core.join(guest(1))
    with pytest.raises(TooManyRequests):
        core.expect(guest(1))


@pytest.mark.parametrize("wrong", [{"protocol": 99}, {"schema": "0123"}])
def test_another_protocol_is_told_to_reload(core: Core, wrong: dict[str, Any]) -> None:
    _, ticket = core.expect(guest(1))
    hello = {"protocol": 1, "schema": "", "ticket": ticket} | wrong
    with pytest.raises(OutOfDate):
        core.room.hello(Recorded(), guest(1), m.Hello(id=1, **hello), core.now_ms)


def test_after_a_restart_the_token_proves_who_one_was() -> None:
    before, after = Core(), Core()
    ann, line = before.join(guest(1), name="Ann", look={"id": "mira"})
    token = line.of(m.Welcome)[0].resume_token
    with pytest.raises(Gone):
        after.hello(guest(1), Recorded(), resume=token)
    again, _ = after.expect(guest(1), name="Ann", look={"id": "mira"}, resume=token)
    assert again.id == ann.id
    twice, ticket = after.expect(guest(1), resume=token)
    assert twice is again, "an entry whose answer was lost keeps nobody from coming as before"
    connection = Recorded()
    after.hello(guest(1), connection, ticket=ticket, pose=pose(3, 1.6, 4))
    welcome = connection.of(m.Welcome)[0]
    assert welcome.participant == ann.id
    assert welcome.position == pytest.approx((3, 0, 4), abs=0.01)
    stranger, _ = after.expect(guest(2), resume=token)
    assert stranger.id != ann.id


@pytest.mark.parametrize("offered", [b"", b"\x01", b"\x01" * 64, pose(100, 1.6, 0), pose(0, -1, 0)])
def test_an_offered_pose_that_cannot_be_is_left(core: Core, offered: bytes) -> None:
    _, ticket = core.expect(guest(1))
    connection = Recorded()
    core.hello(guest(1), connection, ticket=ticket, pose=offered)
    assert connection.of(m.Welcome)[0].position[2] > 5


def test_a_reload_takes_the_same_place_and_the_first_tab_is_told(core: Core) -> None:
    ann, first = core.join(guest(1))
    token = first.of(m.Welcome)[0].resume_token
    same, ticket = core.expect(guest(1), resume=token)
    assert same is ann
    second = Recorded()
    core.hello(guest(1), second, ticket=ticket)
    assert first.code == 4001
    assert first.private(m.Notice)[-1].code == "taken_over"
    assert not second.private()
    core.room.disconnected(ann, first, core.now_ms)
    assert ann.state == "present"
    core.tick()
    assert sum(isinstance(event, m.Arrived) for _, event in first.shared() + second.shared()) == 0
    assert core.room.people == 1


def test_the_old_token_holds_until_the_new_one_has_arrived(core: Core) -> None:
    ann, line = core.join(guest(1))
    token = line.of(m.Welcome)[0].resume_token
    core.room.disconnected(ann, line, core.now_ms)
    unlucky = Recorded()
    core.hello(guest(1), unlucky, resume=token)
    core.room.disconnected(ann, unlucky, core.now_ms)
    lucky = Recorded()
    assert core.hello(guest(1), lucky, resume=token) is ann
    core.room.heard(ann)
    with pytest.raises(Gone):
        core.hello(guest(1), Recorded(), resume=token)


def test_a_resume_replays_exactly_what_was_missed(core: Core) -> None:
    ann, line = core.join(guest(1))
    ben, _ = core.join(guest(2))
    core.tick()
    last = line.shared()[-1][0] if line.shared() else line.of(m.Welcome)[0].event_sequence - 1
    core.room.disconnected(ann, line, core.now_ms)
    core.ask(ben, m.Say, scope="room", text="one")
    core.tick(3)
    core.ask(ben, m.Say, scope="room", text="two")
    core.ask(ben, m.Say, scope="nearby", text="near")
    back = Recorded()
    core.hello(guest(1), back, resume=line.of(m.Welcome)[0].resume_token, last_event=last, last_private=0)
    welcome = back.of(m.Welcome)[0]
    assert (welcome.resumed, welcome.people, welcome.event_sequence) == (True, [], last + 1)
    core.tick()
    numbers = [number for number, _ in back.shared()]
    assert numbers == list(range(last + 1, core.room.events.next_number))
    assert [event.text for _, event in back.shared() if isinstance(event, m.Said)] == ["one", "two"]
    assert [said.text for said in back.private(m.Said)] == ["near"]


def test_too_long_away_starts_from_everybody() -> None:
    core = Core(Settings(event_ring=16))
    ann, line = core.join(guest(1))
    ben, _ = core.join(guest(2))
    core.room.disconnected(ann, line, core.now_ms)
    for _ in range(20):
        core.ask(ben, m.React, reaction="wave")
        core.tick()
    back = Recorded()
    core.hello(guest(1), back, resume=line.of(m.Welcome)[0].resume_token, last_event=1)
    welcome = back.of(m.Welcome)[0]
    assert not welcome.resumed
    assert {person.participant for person in welcome.people} == {ann.id, ben.id}
    core.tick()
    assert not back.shared()


def test_a_newcomer_reads_the_last_lines(core: Core) -> None:
    ann, _ = core.join(guest(1))
    core.ask(ann, m.Say, scope="room", text="welcome all")
    core.ask(ann, m.Say, scope="nearby", text="not this")
    _, line = core.join(guest(2))
    assert [said.text for said in line.of(m.Welcome)[0].chat] == ["welcome all"]


def test_going_safe_holds_against_poses_under_way(core: Core) -> None:
    ann, line = core.join(guest(1))
    core.ask(ann, m.GoSafe)
    moved = line.private(m.Moved)[0]
    assert (moved.reason, moved.position) == ("safe_place", (-20.0, 0.0, -20.0))
    core.room.poses.put(ann.slot, pose(0, 1.6, 10))
    core.tick()
    assert core.room.poses.standing(ann.slot) == pytest.approx((-20, 0, -20), abs=0.01)
    core.room.poses.put(ann.slot, pose(-19.5, 1.6, -20))
    core.tick()
    assert core.room.poses.standing(ann.slot)[0] == pytest.approx(-19.5, abs=0.01)


def test_poses_out_of_bounds_are_put_right_and_the_away_flag_is_ours(core: Core) -> None:
    ann, line = core.join(guest(1))
    core.room.poses.put(ann.slot, pose(50, 1.6, 0))
    core.tick()
    assert line.private(m.Moved)[0].reason == "corrected"
    core.room.poses.put(ann.slot, pose(50, 1.6, 0))
    core.tick()
    assert len(line.private(m.Moved)) == 1
    core.room.poses.put(ann.slot, pose(0, 1.6, 10, flags=FLAG_AWAY))
    core.tick()
    assert not core.room.poses.records["flags"][ann.slot] & FLAG_AWAY
    core.ask(ann, m.SetAway, away=True)
    core.room.poses.put(ann.slot, pose(0.1, 1.6, 10))
    core.tick()
    assert core.room.poses.records["flags"][ann.slot] & FLAG_AWAY
    assert ann.person.away


def test_teleports_are_flagged_and_run_out() -> None:
    core = Core(Settings(teleports_per_minute=2))
    ann, line = core.join(guest(1))
    for x in (10, -10):
        core.room.poses.put(ann.slot, pose(x, 1.6, 0))
        core.tick()
        assert core.room.poses.records["flags"][ann.slot] & FLAG_JUMP
    core.room.poses.put(ann.slot, pose(10, 1.6, 0))
    core.tick()
    assert line.private(m.Moved)[0].position[0] == pytest.approx(-10, abs=0.01)


def test_too_many_poses_are_dropped_and_a_flood_ends_the_connection() -> None:
    core = Core(Settings(poses_per_s=10, bad_messages_per_minute=2))
    ann, line = core.join(guest(1))
    for tick in range(200):
        if line.code is not None:
            break
        for _ in range(20):
            core.room.poses.put(ann.slot, pose(0, 1.6, 10, sequence=tick))
        core.tick()
    assert line.code == 4000


def test_somebody_who_stands_still_costs_little(core: Core) -> None:
    ann, _ = core.join(guest(1))
    _, line = core.join(guest(2))
    core.tick(2)
    line.down.clear()
    for sequence in range(80):
        core.room.poses.put(ann.slot, pose(0, 1.6, 10, sequence=sequence))
        core.tick()
    seen = sum(
        (section.records["slot"] == ann.slot).sum()
        for frame in line.of(object)
        if hasattr(frame, "sections")
        for section in frame.sections
    )
    assert 2 <= seen <= 4


def test_requests_have_a_rate_and_say_when_to_come_back() -> None:
    core = Core(Settings(chats_per_minute=3, requests_per_s=5))
    ann, _ = core.join(guest(1))
    answers = [core.ask(ann, m.Say, scope="room", text="hi") for _ in range(4)]
    assert [type(answer) for answer in answers] == [m.Result] * 3 + [m.Failure]
    last = answers[-1]
    assert isinstance(last, m.Failure)
    assert last.code == "too_many_requests"
    assert last.retry_after_ms is not None
    core.now_ms += last.retry_after_ms
    assert isinstance(core.ask(ann, m.Say, scope="room", text="hi"), m.Result)
    # Leaving and coming again gives no second allowance.
    core.room.drop(ann, "left", core.now_ms)
    again, _ = core.join(guest(1))
    assert failed(core.ask(again, m.Say, scope="room", text="hi")) == "too_many_requests"


def test_a_name_is_a_guests_own_and_an_accounts_is_not(core: Core) -> None:
    ann, _ = core.join(guest(1))
    ben, _ = core.join(reader(2))
    core.ask(ann, m.SetLook, name="\u202eAnn ", look=m.Look(id="mira"))
    assert (ann.person.name, ann.person.look.id) == ("Ann", "mira")
    assert failed(core.ask(ben, m.SetLook, name="Somebody")) == "forbidden"


def test_a_thousand_people_are_all_seen_once_a_second_within_the_budget() -> None:
    core = Core(
        Settings(
            room_capacity=400,
            full_frame_people=20,
            client_bytes_per_s=12_000,
            first_tier_bytes_per_s=6_000,
            second_tier_people=40,
        )
    )
    random = np.random.default_rng(3)
    people = [core.join(guest(number)) for number in range(300)]
    where = random.uniform(-25, 25, (300, 2))
    core.tick(25)
    for _, line in people:
        line.down.clear()
    for _ in range(40):
        where = np.clip(where + random.normal(0, 0.1, (300, 2)), -28, 28)
        for (one, _), (x, z) in zip(people, where.tolist(), strict=True):
            core.room.poses.put(one.slot, pose(x, 1.6, z))
        core.tick()
    for _, line in people[::29]:
        gaps = np.zeros(300)
        since = np.zeros(300)
        for frame in line.down:
            since += 1
            seen = [record["slot"] for section in getattr(frame, "sections", ()) for record in section.records]
            assert len(seen) == len(set(seen)), "nobody stands twice in one frame"
            gaps[seen] = np.maximum(gaps[seen], since[seen])
            since[seen] = 0
        assert np.maximum(gaps, since).max() <= 21
        size = sum(
            20 + 4 + sum(4 + len(section.records) * section.records.dtype.itemsize for section in frame.sections)
            for frame in line.down
        )
        assert size / 2 <= 12_000 * 1.02
