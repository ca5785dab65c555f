"""Rights that a link or a code carries: once, briefly, and never by guessing."""

from __future__ import annotations

import asyncio

import pytest

from carrel.server.accounts import Opened, tokens
from carrel.server.errors import Gone, NotSignedIn, TooManyRequests

from .world import ADDRESS, ELSEWHERE, HOUR_MS, PASSWORD, Open, World


async def staff_secret(one: World) -> str:
    link = await one.accounts.staff_link("https://library.example")
    assert link is not None
    base, _, secret = link.rpartition("/")
    assert base == "https://library.example/staff"
    return secret


async def test_a_staff_link_works_once(world: Open) -> None:
    one = await world()
    secret = await staff_secret(one)
    assert secret.encode() not in one.bytes_on_disk()
    opened = await one.accounts.use_staff_link(secret, "zh")
    assert opened.identity.name == "馆员"
    assert opened.identity.roles == {"librarian", "moderator"}
    with pytest.raises(Gone):
        await one.accounts.use_staff_link(secret, "zh")


async def test_of_many_at_once_one_gets_in_by_a_staff_link(world: Open) -> None:
    one = await world()
    secret = await staff_secret(one)
    answers = await asyncio.gather(
        *(one.accounts.use_staff_link(secret, "en") for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(answer, Opened) for answer in answers) == 1
    assert sum(isinstance(answer, Gone) for answer in answers) == 19


async def test_a_staff_link_ends_with_its_time_and_with_the_next(world: Open) -> None:
    one = await world(staff_link_minutes=5)
    first = await staff_secret(one)
    second = await staff_secret(one)
    with pytest.raises(Gone):
        await one.accounts.use_staff_link(first, "en")
    one.pass_ms(5 * 60_000)
    with pytest.raises(Gone):
        await one.accounts.use_staff_link(second, "en")


@pytest.mark.parametrize("role", ["librarian", "moderator", "admin"])
async def test_a_staff_link_is_dead_as_soon_as_there_is_staff(world: Open, role: str) -> None:
    one = await world()
    secret = await staff_secret(one)
    await one.accounts.add_account("ana", PASSWORD, ["reader", "creator"])
    await one.accounts.add_account("lin", PASSWORD, [role])
    with pytest.raises(Gone):
        await one.accounts.use_staff_link(secret, "en")
    assert await one.accounts.staff_link("https://library.example") is None


@pytest.mark.parametrize("secret", ["", "x", "\udcff", "\x00", "x" * 10_000])
async def test_made_up_staff_links(world: Open, secret: str) -> None:
    one = await world()
    await staff_secret(one)
    with pytest.raises(Gone):
        await one.accounts.use_staff_link(secret, "en")


def test_pairing_codes_are_read_from_a_screen() -> None:
    codes = {tokens.new_pairing_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {6}
    assert set("".join(codes)) == set(tokens.PAIRING_ALPHABET)
    assert not set("01OIL") & set(tokens.PAIRING_ALPHABET)
    assert len(tokens.PAIRING_ALPHABET) ** 6 > 2**29
    for typed in ("ABC234", " abc-234 ", "ａｂｃ２３４", "a b c 2 3 4"):
        assert tokens.read_pairing_code(typed) == "ABC234"
    assert tokens.read_pairing_code("ABC2345") != "ABC234"


async def test_a_headset_becomes_the_same_person_once(world: Open) -> None:
    one = await world()
    guest = await one.guest("Ana")
    code = (await one.accounts.pairing_code(guest.identity, ADDRESS)).code
    answers = await asyncio.gather(
        *(one.accounts.use_pairing_code(code, f"192.0.2.{last}", "en") for last in range(20)), return_exceptions=True
    )
    headset = [answer for answer in answers if isinstance(answer, Opened)]
    assert len(headset) == 1
    assert headset[0].token != guest.token
    assert headset[0].identity.subject == guest.identity.subject, "a ban or a block of one is one of the other"
    assert headset[0].identity.name == "Ana"
    assert len(await one.accounts.sessions_of(guest.identity)) == 2


async def test_pairing_lends_no_time(world: Open) -> None:
    one = await world(guest_session_hours=1, shared_session_minutes=5)
    await one.accounts.add_account("lin", PASSWORD, ["reader"])
    guest, shared = await one.guest(), await one.sign_in(shared=True)
    one.pass_ms(4 * 60_000 + 30_000)
    headset = await one.accounts.use_pairing_code(
        (await one.accounts.pairing_code(shared.identity, ADDRESS)).code, ADDRESS, "en"
    )
    assert headset.max_age_s is None
    one.pass_ms(30_000)
    assert await one.accounts.identify_token(headset.token) is None
    one.pass_ms(HOUR_MS - 5 * 60_000 - 500)
    code = (await one.accounts.pairing_code(guest.identity, ADDRESS)).code
    with pytest.raises(Gone):
        await one.accounts.use_pairing_code(code, ADDRESS, "en")


async def test_a_code_ends_with_its_time_its_session_and_the_next_code(world: Open) -> None:
    one = await world(pairing_minutes=2)
    guest = await one.guest()
    old = (await one.accounts.pairing_code(guest.identity, ADDRESS)).code
    late = await one.accounts.pairing_code(guest.identity, ADDRESS)
    with pytest.raises(Gone):
        await one.accounts.use_pairing_code(old, ADDRESS, "en")
    one.pass_ms(2 * 60_000)
    assert late.expires_ms == one.now_ms
    with pytest.raises(Gone):
        await one.accounts.use_pairing_code(late.code, ADDRESS, "en")
    ended = (await one.accounts.pairing_code(guest.identity, ADDRESS)).code
    await one.accounts.sign_out(guest.token)
    with pytest.raises(Gone):
        await one.accounts.use_pairing_code(ended, ADDRESS, "en")
    with pytest.raises(NotSignedIn):
        await one.accounts.pairing_code(guest.identity, ADDRESS)


async def test_a_staff_secret_is_no_pairing_code_nor_the_other_way(world: Open) -> None:
    one = await world()
    guest = await one.guest()
    code = (await one.accounts.pairing_code(guest.identity, ADDRESS)).code
    with pytest.raises(Gone):
        await one.accounts.use_staff_link(code, "en")
    assert await one.accounts.use_pairing_code(code, ADDRESS, "en")


async def test_wrong_codes_are_counted_by_address_and_right_ones_are_not(world: Open) -> None:
    one = await world(pairing_tries=3, logins_per_minute=100)
    guest = await one.guest()
    for _ in range(10):
        await one.accounts.use_pairing_code(
            (await one.accounts.pairing_code(guest.identity, ADDRESS)).code, ADDRESS, "en"
        )
    wrong = await asyncio.gather(
        *(one.accounts.use_pairing_code(f"WRNG{n}2", ADDRESS, "en") for n in range(2, 9)), return_exceptions=True
    )
    assert [type(answer) for answer in wrong] == [Gone] * 3 + [TooManyRequests] * 4
    code = (await one.accounts.pairing_code(guest.identity, ADDRESS)).code
    with pytest.raises(TooManyRequests):
        await one.accounts.use_pairing_code(code, ADDRESS, "en")
    assert await one.accounts.use_pairing_code(code, ELSEWHERE, "en")
    one.pass_ms(one.settings.pairing_minutes * 60_000)
    with pytest.raises(Gone):
        await one.accounts.use_pairing_code("WRNG22", ADDRESS, "en")


async def test_a_session_asks_for_few_codes(world: Open) -> None:
    one = await world(logins_per_minute=2)
    guest = await one.guest()
    for _ in range(2):
        await one.accounts.pairing_code(guest.identity, ADDRESS)
    with pytest.raises(TooManyRequests):
        await one.accounts.pairing_code(guest.identity, ADDRESS)
