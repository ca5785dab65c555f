"""Passwords, sign-in names, limits of tries, roles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from carrel.server.accounts import command, passwords
from carrel.server.accounts.limits import Tries
from carrel.server.accounts.service import ADDRESS_SLACK, CACHE_MS, WRONG, sign_in_name
from carrel.server.errors import BadRequest, Conflict, NotFound, NotSignedIn, TooManyRequests

from .world import ADDRESS, ELSEWHERE, PASSWORD, Open


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that were verified against."""
    done: list[str] = []
    verify: Callable[..., Any] = passwords._verify

    def counted(hashed: str, password: bytes) -> bool:
        done.append(hashed)
        return bool(verify(hashed, password))

    monkeypatch.setattr(passwords, "_verify", counted)
    return done


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("nobody", PASSWORD),
        ("lin", "wrong wrong wrong"),
        ("lin", ""),
        ("", PASSWORD),
        ("lin", "x" * 100_000),
        ("x" * 100_000, PASSWORD),
        ("lin\x00", "wrong"),
        ("\ud800", "\ud800"),
        ("lin' --", PASSWORD),
    ],
)
async def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(
    world: Open, work: list[str], name: str, password: str
) -> None:
    one = await world()
    await one.accounts.add_account("lin", PASSWORD, ["reader"])
    with pytest.raises(NotSignedIn) as refused:
        await one.sign_in(name, password)
    assert refused.value.message == WRONG
    assert len(work) == 1
    parameters = {text.rsplit("$", 2)[0] for text in (*work, passwords.NOBODY)}
    assert len(parameters) == 1, "the same algorithm, version and cost"


@pytest.mark.parametrize("typed", ["lin", " LIN ", "ｌｉｎ", "Lin", "l\u200bin"])
async def test_a_name_is_found_however_it_is_typed(world: Open, typed: str) -> None:
    one = await world()
    await one.accounts.add_account("Lin", PASSWORD, ["reader"], "Lin Qiao")
    assert (await one.sign_in(typed)).identity.name == "Lin Qiao"
    with pytest.raises(Conflict):
        await one.accounts.add_account(typed, PASSWORD, ["reader"])


async def test_a_password_is_the_same_however_a_keyboard_composes_it(world: Open) -> None:
    one = await world()
    await one.accounts.add_account("zoe", "cafe\u0301 au lait", ["reader"])
    assert await one.sign_in("zoe", "café au lait")


async def test_what_no_account_can_be(world: Open) -> None:
    add = (await world()).accounts.add_account
    for name, password, roles in (
        ("", PASSWORD, ["reader"]),
        ("x" * 65, PASSWORD, ["reader"]),
        ("lin", "short", ["reader"]),
        ("lin", "x" * 257, ["reader"]),
        ("lin", PASSWORD, []),
        ("lin", PASSWORD, ["guest"]),
        ("lin", PASSWORD, ["reader", "king"]),
    ):
        with pytest.raises(BadRequest):
            await add(name, password, roles, "Lin")


async def test_a_name_from_one_address_has_few_tries(world: Open, work: list[str]) -> None:
    one = await world(logins_per_minute=3)
    await one.accounts.add_account("lin", PASSWORD, ["reader"])
    for cookie in (None, "made up", "made up anew"):
        with pytest.raises(NotSignedIn):
            await one.sign_in(password="wrong", old_token=cookie)
    for cookie in (None, "and another"):
        with pytest.raises(TooManyRequests) as refused:
            await one.sign_in(old_token=cookie)
    assert refused.value.retry_after_ms
    assert len(work) == 3
    one.pass_ms(60_000)
    assert await one.sign_in()


async def test_tries_of_one_cannot_lock_out_others(world: Open) -> None:
    one = await world(logins_per_minute=3)
    await one.accounts.add_account("lin", PASSWORD, ["reader"])
    mischief, lin = await one.guest(), await one.guest()
    for number in range(3):
        with pytest.raises(NotSignedIn):
            await one.sign_in("lin" if number else "other", "wrong", old_token=mischief.token)
        with pytest.raises(NotSignedIn):
            await one.sign_in("lin", "wrong", address=ELSEWHERE)
    with pytest.raises(TooManyRequests):
        await one.sign_in("yet another", "wrong", old_token=mischief.token)
    assert await one.sign_in(old_token=lin.token), "in the same classroom, with a session of one's own"
    assert await one.sign_in(), "at the same address, without any"


async def test_an_address_has_its_own_bound(world: Open) -> None:
    one = await world(logins_per_minute=1)
    await one.accounts.add_account("lin", PASSWORD, ["reader"])
    for number in range(ADDRESS_SLACK):
        with pytest.raises(NotSignedIn):
            await one.sign_in(f"name {number}", "wrong")
    with pytest.raises(TooManyRequests):
        await one.sign_in()
    assert await one.sign_in(address=ELSEWHERE)


async def test_a_crowd_of_passwords_is_told_to_wait(world: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_WAITING_AT_MOST", 4)
    one = await world()
    await one.accounts.add_account("lin", PASSWORD, ["reader"])
    answers = await asyncio.gather(
        *(one.sign_in(address=f"192.0.2.{last}") for last in range(30)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, TooManyRequests)]
    assert 0 < len(refused) < 30
    assert await one.sign_in()


async def test_roles_that_are_given_hold_at_once(world: Open) -> None:
    one = await world()
    lin = await one.accounts.add_account("lin", PASSWORD, ["reader"])
    opened = await one.sign_in()
    await one.accounts.identify_token(opened.token)
    await one.accounts.set_roles(lin, ["reader", "librarian"])
    found = await one.accounts.identify_token(opened.token)
    assert found is not None
    assert found.roles == {"reader", "librarian"}
    assert one.ended == []


async def test_who_loses_a_role_signs_in_again(world: Open) -> None:
    one = await world()
    lin = await one.accounts.add_account("lin", PASSWORD, ["moderator", "reader"])
    opened = await one.sign_in()
    await one.accounts.set_roles(lin, ["reader"])
    assert await one.accounts.identify_token(opened.token) is None
    assert one.ended == [opened.identity.session_id]
    assert (await one.sign_in()).identity.roles == {"reader"}
    with pytest.raises(BadRequest):
        await one.accounts.set_roles(lin, ["king"])


async def test_a_new_password_ends_what_the_old_one_opened(world: Open) -> None:
    one = await world()
    await one.accounts.add_account("lin", PASSWORD, ["reader"])
    opened = await one.sign_in()
    await one.accounts.set_password(await one.accounts.account_named("LIN"), "another good one")
    assert await one.accounts.identify_token(opened.token) is None
    with pytest.raises(NotSignedIn):
        await one.sign_in()
    assert await one.sign_in(password="another good one")
    with pytest.raises(NotFound):
        await one.accounts.account_named("nobody")


async def test_an_operator_changes_accounts_from_the_command_line(world: Open) -> None:
    one = await world()
    await command.add_account(one.settings, "lin", PASSWORD, ["moderator"], "Lin Qiao")
    opened = await one.sign_in()
    await command.set_roles(one.settings, "LIN", ["reader"])
    one.pass_ms(CACHE_MS)
    assert await one.accounts.identify_token(opened.token) is None
    assert (await one.sign_in()).identity.roles == {"reader"}
    await command.set_password(one.settings, "lin", "another good one")
    assert await one.sign_in(password="another good one")
    with pytest.raises(NotFound):
        await command.set_roles(one.settings, "nobody", ["reader"])


def test_names_are_compared_by_what_they_say() -> None:
    assert sign_in_name(" ＬＩＮ   Qiao ") == "lin qiao"
    assert sign_in_name("STRASSE") == sign_in_name("straße")
    assert sign_in_name("x" * 65) == sign_in_name("\u200b") == sign_in_name("\ud800") == ""


def test_tries_slide_and_leave_nothing_behind() -> None:
    now_ms = 0
    tries = Tries(lambda: now_ms)
    tries.spend(("a",), 2)
    now_ms = 30_000
    tries.spend(("a",), 2)
    with pytest.raises(TooManyRequests) as refused:
        tries.spend(("a",), 2)
    assert refused.value.retry_after_ms == 30_000
    now_ms = 60_000
    tries.spend(("a",), 2)
    with pytest.raises(TooManyRequests):
        tries.spend(("a",), 2)
    now_ms = 200_000
    tries.forget_silent(60_000)
    assert tries._times == {}


def test_tries_are_bounded_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carrel.server.accounts.limits.KEYS_AT_MOST", 10)
    tries = Tries(lambda: 0)
    for number in range(100):
        tries.spend(("login", ADDRESS, str(number)), 5)
    assert len(tries._times) == 10
