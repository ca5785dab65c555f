"""Sessions: how they begin, what is kept of them, when they end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from carrel.server.accounts import tokens
from carrel.server.accounts.model import Identity
from carrel.server.errors import BadRequest, Forbidden, NotSignedIn, StorageError, TooManyRequests

from .world import ADDRESS, ELSEWHERE, HOUR_MS, PASSWORD, Open


async def test_a_guest_has_a_clean_name_and_few_rights(world: Open) -> None:
    one = await world()
    opened = await one.guest("  Ana\u202e\n Sousa ")
    assert opened.identity.name == "Ana Sousa"
    assert opened.identity.permissions == {"chat", "direct_to_staff", "report"}
    assert await one.accounts.identify_token(opened.token) == opened.identity
    assert (await one.guest(None)).identity.name.startswith("Guest ")
    assert (await one.accounts.open_guest(None, "zh", ADDRESS)).identity.name.startswith("访客 ")
    for name in ("\u200b", "x" * 41, "a\ud800"):
        with pytest.raises(BadRequest):
            await one.guest(name)


async def test_guests_are_limited_by_address_for_a_minute(world: Open) -> None:
    one = await world(sessions_per_minute=3)
    for _ in range(3):
        await one.guest()
    with pytest.raises(TooManyRequests) as refused:
        await one.guest()
    assert refused.value.retry_after_ms == 60_000
    await one.guest(address=ELSEWHERE)
    one.pass_ms(60_000)
    await one.guest()


async def test_a_session_ends_with_its_time_and_rooms_are_told(world: Open) -> None:
    one = await world(guest_session_hours=2)
    opened = await one.guest()
    one.pass_ms(2 * HOUR_MS - 1)
    assert await one.accounts.identify_token(opened.token)
    one.pass_ms(1)
    assert await one.accounts.identify_token(opened.token) is None
    await one.accounts.forget_expired()
    assert one.ended == [opened.identity.session_id]
    await one.accounts.forget_expired()
    assert len(one.ended) == 1


async def test_only_hashes_of_tokens_are_on_disk(world: Open) -> None:
    one = await world()
    await one.accounts.add_account("lin", PASSWORD, ["librarian"])
    guest, member = await one.guest(), await one.sign_in()
    code = await one.accounts.pairing_code(guest.identity, ADDRESS)
    kept = one.bytes_on_disk()
    assert tokens.digest(guest.token) in kept
    assert tokens.digest(code.code) in kept
    for secret in (guest.token, member.token, code.code, PASSWORD):
        assert secret.encode() not in kept
    await one.accounts.sign_out(guest.token)
    await one.database.close()
    assert tokens.digest(guest.token) not in (one.folder / "carrel.db").read_bytes()


@pytest.mark.parametrize("token", ["", "x", "\udcff", "a\x00b", "x" * 200, "' OR 1=1 --"])
async def test_made_up_tokens_are_nobody(world: Open, token: str) -> None:
    one = await world()
    assert await one.accounts.identify_token(token) is None
    await one.accounts.sign_out(token)
    assert one.ended == []


async def test_signing_in_makes_a_new_secret_and_ends_the_old_session(world: Open) -> None:
    one = await world()
    await one.accounts.add_account("lin", PASSWORD, ["reader"])
    guest = await one.guest()
    member = await one.sign_in(old_token=guest.token)
    assert member.token != guest.token
    assert await one.accounts.identify_token(guest.token) is None
    assert one.ended == [guest.identity.session_id]
    with pytest.raises(NotSignedIn):
        await one.sign_in(password="wrong wrong wrong", old_token=member.token)
    assert await one.accounts.identify_token(member.token), "a wrong try ends nothing"


async def test_a_shared_computer_forgets_soon(world: Open) -> None:
    one = await world(shared_session_minutes=10)
    await one.accounts.add_account("lin", PASSWORD, ["reader"])
    kept, shared = await one.sign_in(), await one.sign_in(shared=True)
    assert kept.max_age_s == one.settings.session_hours * 3600
    assert shared.max_age_s is None
    one.pass_ms(10 * 60_000)
    assert await one.accounts.identify_token(shared.token) is None
    assert await one.accounts.identify_token(kept.token)


async def test_signing_out_ends_it_at_once_and_everywhere_means_everywhere(world: Open) -> None:
    one = await world()
    lin = await one.accounts.add_account("lin", PASSWORD, ["reader"])
    first, second, other = await one.sign_in(), await one.sign_in(), await one.guest()
    assert [row.current for row in await one.accounts.sessions_of(second.identity)] == [False, True]
    await one.accounts.identify_token(first.token)
    await one.accounts.sign_out(first.token)
    assert await one.accounts.identify_token(first.token) is None
    third = await one.sign_in()
    await one.accounts.sign_out_everywhere(lin.id)
    assert set(one.ended) == {opened.identity.session_id for opened in (first, second, third)}
    assert await one.accounts.identify_token(second.token) is None
    assert await one.accounts.identify_token(other.token)


async def test_a_reading_under_way_does_not_keep_an_ended_session(world: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session is read, ends, and only then the reader goes on: nothing of it may stay in the cache."""
    one = await world()
    guest = await one.guest()
    store: Any = one.accounts._store
    reading, go_on, read = asyncio.Event(), asyncio.Event(), store.session

    async def slow(hashed: bytes, now_ms: int) -> Any:
        found = await read(hashed, now_ms)
        reading.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(store, "session", slow)
    asked = asyncio.ensure_future(one.accounts.identify_token(guest.token))
    await reading.wait()
    monkeypatch.undo()
    await one.accounts.sign_out(guest.token)
    go_on.set()
    await asked
    assert await one.accounts.identify_token(guest.token) is None


async def test_when_the_disk_refuses_a_sign_out_rooms_end_all_the_same(
    world: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await world()
    guest = await one.guest()

    async def full(session_id: str) -> None:
        raise StorageError("full")

    monkeypatch.setattr(one.accounts._store, "end_session", full)
    with pytest.raises(StorageError):
        await one.accounts.sign_out(guest.token)
    assert one.ended == [guest.identity.session_id]


async def test_many_sessions_that_end_together_are_forgotten_in_one_pass(world: Open) -> None:
    one = await world(sessions_per_minute=500)
    guests = await asyncio.gather(*(one.guest() for _ in range(300)))
    for guest in guests:
        await one.accounts.identify_token(guest.token)
    one.pass_ms(one.settings.guest_session_hours * HOUR_MS)
    await one.accounts.forget_expired()
    assert set(one.ended) == {guest.identity.session_id for guest in guests}
    assert one.accounts._cache == {}


async def test_the_language_of_a_session_holds_at_once(world: Open) -> None:
    one = await world()
    guest = await one.guest()
    await one.accounts.identify_token(guest.token)
    await one.accounts.set_language(guest.identity, "zh")
    found = await one.accounts.identify_token(guest.token)
    assert found is not None
    assert found.language == "zh"


async def test_a_guest_with_a_new_name_on_the_same_browser_is_the_same_person(world: Open) -> None:
    one = await world()
    await one.accounts.add_account("lin", PASSWORD, ["reader"])
    first = await one.guest("Ana")
    again = await one.guest("Bea", old_token=first.token)
    third = await one.guest("Cleo", old_token=again.token)
    assert again.token != first.token
    assert {first.identity.subject} == {again.identity.subject, third.identity.subject}
    found = await one.accounts.identify_token(third.token)
    assert found is not None
    assert found.subject == first.identity.subject
    assert len(await one.accounts.sessions_of(third.identity)) == 3
    member = await one.sign_in()
    assert (await one.guest("Dora", old_token=member.token)).identity.first_session_id is None
    assert (await one.guest("Eve", old_token="made up")).identity.first_session_id is None


async def test_forms_are_bound_to_their_session(world: Open) -> None:
    one = await world()
    accounts = one.accounts
    ana, ben = await one.guest(), await one.guest()
    accounts.check_csrf(ana.token, accounts.csrf_token(ana.token))
    for token, given in (
        (ana.token, accounts.csrf_token(ben.token)),
        (ana.token, ""),
        (ana.token, "\udcff"),
        ("", accounts.csrf_token("")),
    ):
        with pytest.raises(Forbidden):
            accounts.check_csrf(token, given)
    assert ana.token not in accounts.csrf_token(ana.token)


def test_without_a_known_role_somebody_is_a_guest_without_rights() -> None:
    nobody = Identity("s", None, "Old", frozenset())
    assert nobody.badge == "guest"
    assert nobody.permissions == frozenset()
