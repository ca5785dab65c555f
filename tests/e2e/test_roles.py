"""Roles, safety and pairing, as people meet them: two browsers side by side, no 3D drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import DESKTOP, PERSON, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def people(visit: Callable[..., Visitor]) -> Callable[[str], Visitor]:
    """Walk somebody in under a name; nothing is drawn."""
    return lambda name: visit(viewport=DESKTOP).walk_in(name, render=False)


def open_person(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_role("button", name="People", exact=True).click()
    visitor.page.get_by_role("button", name=f"More about {name}").click()


def say(visitor: Visitor, words: str) -> None:
    visitor.page.keyboard.press("Enter")
    box = visitor.page.get_by_role("textbox", name="Message")
    box.fill(words)
    box.press("Enter")
    visitor.page.get_by_role("log").get_by_text(words).wait_for(state="attached")
    visitor.page.keyboard.press("Escape")


def test_the_staff_link_makes_a_librarian_who_shows_a_reader_out(
    visit: Callable[..., Visitor], people: Callable[[str], Visitor]
) -> None:
    staff = visit(viewport=DESKTOP)
    link = staff.library.staff_link.replace(staff.library.url, "")
    staff.open(link).get_by_role("button", name="Become the librarian").click()
    staff.page.wait_for_url(lambda url: "/staff/" not in url)
    staff.walk_in("Librarian", render=False)

    reader = people("Rude")
    reader.sees(staff)
    assert reader.page.evaluate(f"id => ({PERSON})(id).role", staff.participant) in ("librarian", "moderator")

    open_person(staff, "Rude")
    staff.page.get_by_role("button", name="Moderate", exact=True).click()
    staff.page.get_by_text("Show out", exact=True).click()
    staff.page.get_by_label("Reason, which Rude reads").fill("Shouting in the hall")
    staff.page.get_by_role("button", name="Do it").click()
    reader.page.get_by_role("heading", name="A moderator has shown you out").wait_for()
    reader.page.get_by_text("Shouting in the hall").first.wait_for()

    page = staff.open("/admin/moderation")
    page.get_by_text("Shouting in the hall").first.wait_for()

    other = visit(viewport=DESKTOP)
    assert other.open(link).get_by_role("button", name="Become the librarian").count() == 1
    other.page.get_by_role("button", name="Become the librarian").click()
    other.page.get_by_role("heading").first.wait_for()
    assert other.page.request.get(staff.library.url + "/admin/moderation").status in (401, 403), "the link works once"


def test_a_blocked_person_is_not_heard(people: Callable[[str], Visitor]) -> None:
    calm, loud = people("Calm"), people("Loud")
    calm.sees(loud)
    loud.sees(calm)
    open_person(calm, "Loud")
    calm.page.get_by_role("button", name="Block", exact=True).click()
    calm.page.get_by_role("button", name="Unblock", exact=True).wait_for()
    calm.page.keyboard.press("Escape")
    say(loud, "can you hear me")
    third = people("Third")
    third.sees(loud)
    say(third, "good evening")
    calm.page.keyboard.press("Enter")
    calm.page.get_by_role("log").get_by_text("good evening").wait_for(state="attached")
    assert calm.page.get_by_role("log").get_by_text("can you hear me").count() == 0


def test_leaving_to_the_safe_place_is_one_key(people: Callable[[str], Visitor]) -> None:
    one = people("Shy")
    before = one.hall()["self"]["position"]
    one.page.keyboard.press("Shift+Escape")
    one.until(
        "([x, z]) => { const [nx, , nz] = window.carrelHall.self.position; return Math.hypot(nx - x, nz - z) > 1; }",
        [before[0], before[2]],
    )


def test_a_headset_joins_by_six_characters(visit: Callable[..., Visitor], people: Callable[[str], Visitor]) -> None:
    desk = people("Paired")
    desk.page.get_by_role("button", name="Headset", exact=True).click()
    desk.page.get_by_role("button", name="Get a code").click()
    code = desk.page.locator("dd.code").inner_text().replace("\u2009", "")
    assert len(code) == 6
    headset = visit(viewport=DESKTOP)
    page = headset.open("/h")
    page.get_by_label("Six characters").fill("AAAAAA")
    page.get_by_role("button", name="Walk in").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("Six characters").fill(f"{code[:3]} {code[3:]}".lower())
    page.get_by_role("button", name="Walk in").click()
    page.wait_for_url("**/halls/**")
    page.get_by_label("Your name").wait_for()
    assert page.request.get(headset.library.url + "/api/session").json()["name"] == "Paired"


def test_signing_in_and_out(visit: Callable[..., Visitor]) -> None:
    one = visit(viewport=DESKTOP)
    one.library.add_account("lin", "a long enough phrase", "librarian")
    page = one.open("/login")
    page.get_by_label("Name").fill("lin")
    page.get_by_label("Password").fill("not the phrase at all")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("Password").fill("a long enough phrase")
    page.get_by_label("This is a shared computer").check()
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    cookie = next(cookie for cookie in one.context.cookies() if cookie["name"] == "carrel_session")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert cookie["expires"] == -1, "on a shared computer it ends with the browser"
    one.open("/logout").get_by_role("button", name="End this visit").click()
    one.page.get_by_role("heading", name="Your visit has ended").wait_for()
    assert one.page.request.get(one.library.url + "/api/session").status == 401
