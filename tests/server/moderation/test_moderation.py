"""The lasting side of moderation, over a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from carrel.server.accounts import Accounts
from carrel.server.accounts.model import Identity
from carrel.server.errors import NotFound
from carrel.server.moderation import Moderation, service
from carrel.server.rooms.ports import Act, Ban, Complaint
from carrel.server.settings import Settings
from carrel.server.storage import Database, open_database

NOW_MS = 1_700_000_000_000
MIRA = Identity("m", "mira", "Mira", frozenset({"moderator"}))
BAN = Act(
    room="great-hall",
    act="ban",
    actor="account:mira",
    actor_name="Mira",
    subject="session:ben",
    subject_name="Ben",
    reason="threats",
    at_ms=NOW_MS,
    until_ms=NOW_MS + 60_000,
)


class Clock:
    now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(Settings(data_dir=str(tmp_path)))
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def moderation(database: Database, clock: Clock) -> Moderation:
    return Moderation(database, clock)


async def test_a_ban_holds_in_every_room_until_its_end(moderation: Moderation, clock: Clock) -> None:
    await moderation.record(BAN)
    assert await moderation.is_banned("session:ben", "great-hall") == Ban("threats", BAN.until_ms)
    assert await moderation.is_banned("session:ben", "another-room") is not None
    assert await moderation.is_banned("session:bena", "great-hall") is None
    clock.now_ms = NOW_MS + 60_000
    assert await moderation.is_banned("session:ben", "great-hall") is None
    assert await moderation.bans() == []


async def test_of_several_bans_the_longest_is_told_and_no_end_is_longest(moderation: Moderation) -> None:
    for reason, until_ms in (("long", NOW_MS + 90_000), ("short", NOW_MS + 10_000)):
        await moderation.record(replace(BAN, reason=reason, until_ms=until_ms))
    assert await moderation.is_banned("session:ben", "great-hall") == Ban("long", NOW_MS + 90_000)
    await moderation.record(replace(BAN, reason="for good", until_ms=None))
    assert await moderation.is_banned("session:ben", "great-hall") == Ban("for good", None)
    assert len(await moderation.bans()) == 3


async def test_lifting_one_ban_leaves_the_others_and_is_an_act(moderation: Moderation) -> None:
    await moderation.record(BAN)
    await moderation.record(replace(BAN, reason="for good", until_ms=None))
    endless = next(row for row in await moderation.bans() if row.until_ms is None)
    await moderation.lift(endless.id, MIRA)
    assert await moderation.is_banned("session:ben", "great-hall") == Ban("threats", BAN.until_ms)
    newest = (await moderation.acts())[0]
    assert (newest.act, newest.actor_name, newest.subject_name, newest.reason) == ("unban", "Mira", "Ben", "for good")
    with pytest.raises(NotFound):
        await moderation.lift(endless.id, MIRA)
    with pytest.raises(NotFound):
        await moderation.lift(10**9, MIRA)


async def test_of_many_that_lift_at_once_one_does(moderation: Moderation) -> None:
    await moderation.record(BAN)
    ban = (await moderation.bans())[0]
    answers = await asyncio.gather(*(moderation.lift(ban.id, MIRA) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(answer, NotFound) for answer in answers) == 9
    assert [row.act for row in await moderation.acts()] == ["unban", "ban"]
    assert await moderation.is_banned("session:ben", "great-hall") is None


@pytest.mark.parametrize("act", ["warn", "mute", "unmute", "remove"])
async def test_other_acts_are_logged_and_ban_nobody(moderation: Moderation, act: str) -> None:
    await moderation.record(replace(BAN, act=act))  # type: ignore[arg-type]
    assert [(row.act, row.reason, row.at_ms) for row in await moderation.acts()] == [(act, "threats", NOW_MS)]
    assert await moderation.is_banned("session:ben", "great-hall") is None


async def test_words_longer_than_their_column_lose_their_end_and_not_the_ban(moderation: Moderation) -> None:
    await moderation.record(replace(BAN, reason="\ufb2c" * 500, subject_name="x" * 100))
    ban = await moderation.is_banned("session:ben", "great-hall")
    assert ban is not None
    assert len(ban.reason) == 200
    assert len((await moderation.acts())[0].subject_name) == 40


async def test_a_report_keeps_its_lines_until_it_is_closed_once(moderation: Moderation) -> None:
    complaint = Complaint(
        room="great-hall",
        reporter="session:ana",
        reporter_name="Ana",
        subject="session:ben",
        subject_name="<b>Ben</b>",
        reason="harassment",
        note="again; '); DROP TABLE reports;--",
        at_ms=NOW_MS,
        lines=((NOW_MS - 5, "nearby", "go away \u2028 \x00"), (NOW_MS - 1, "hall", "你好")),
    )
    await moderation.report(complaint)
    await moderation.report(replace(complaint, note="later", at_ms=NOW_MS + 1, lines=()))
    later, first = await moderation.reports()
    assert (first.note, first.subject_name, first.closed) == (complaint.note, "<b>Ben</b>", False)
    assert first.lines == list(complaint.lines)
    answers = await asyncio.gather(*(moderation.close_report(later.id, MIRA) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(answer, NotFound) for answer in answers) == 4
    assert [row.id for row in await moderation.reports()] == [first.id, later.id], "open ones first"


async def test_blocks_are_one_way_and_repeat_without_harm(moderation: Moderation) -> None:
    await asyncio.gather(*(moderation.set_block("account:ana", "session:ben", True) for _ in range(10)))
    await moderation.set_block("account:ana", "account:cleo", True)
    assert await moderation.blocks_of("account:ana") == {"session:ben", "account:cleo"}
    assert await moderation.blocks_of("session:ben") == frozenset()
    for _ in range(2):
        await moderation.set_block("account:ana", "session:ben", False)
    assert await moderation.blocks_of("account:ana") == {"account:cleo"}


async def test_nobody_fills_the_disk_with_blocks(
    moderation: Moderation, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BLOCKS_KEPT", 3)
    for number in range(6):
        clock.now_ms += 1
        await moderation.set_block("account:ana", f"account:{number}", True)
    assert await moderation.blocks_of("account:ana") == {"account:3", "account:4", "account:5"}


async def test_blocks_of_guests_end_with_the_last_session_of_the_guest(
    moderation: Moderation, database: Database, clock: Clock
) -> None:
    accounts = Accounts(database, Settings(), clock)
    ana = await accounts.open_guest("Ana", "en", "192.0.2.1")
    again = await accounts.open_guest("Ana", "en", "192.0.2.1", ana.token)
    await moderation.set_block(ana.identity.subject, "account:cleo", True)
    await moderation.set_block("account:cleo", ana.identity.subject, True)
    await moderation.set_block("account:cleo", "account:dora", True)
    await accounts.sign_out(ana.token)
    await moderation.forget_ended()
    assert await moderation.blocks_of(again.identity.subject) == {"account:cleo"}
    await accounts.sign_out(again.token)
    await moderation.forget_ended()
    assert await moderation.blocks_of(again.identity.subject) == frozenset()
    assert await moderation.blocks_of("account:cleo") == {"account:dora"}


async def test_a_ban_follows_a_guest_to_the_next_name_and_to_the_headset(
    moderation: Moderation, database: Database, clock: Clock
) -> None:
    accounts = Accounts(database, Settings(), clock)
    ben = await accounts.open_guest("Ben", "en", "192.0.2.1")
    code = (await accounts.pairing_code(ben.identity, "192.0.2.1")).code
    await moderation.record(replace(BAN, subject=ben.identity.subject))
    innocent = await accounts.open_guest("Not Ben", "en", "192.0.2.1", ben.token)
    headset = await accounts.use_pairing_code(code, "192.0.2.77", "en")
    classmate = await accounts.open_guest("Cleo", "en", "192.0.2.1")
    banned = [await moderation.is_banned(one.identity.subject, "great-hall") for one in (ben, innocent, headset)]
    assert None not in banned
    assert await moderation.is_banned(classmate.identity.subject, "great-hall") is None
