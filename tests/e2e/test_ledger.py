"""The ledger's pages in a real browser, before a real log: what is true is verified, what is not is told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import STEP_MS, Visitor
from tests.ledger_story import Story
from tests.server_process import ServerProcess

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def told(library: ServerProcess) -> Story:
    return Story(library.data_dir / "ledger").send(library.url)


@pytest.fixture
def reader(visit: Callable[..., Visitor], told: Story) -> Visitor:
    return visit(viewport=DESKTOP)


def checked(page: Page) -> str:
    """How the page's own checks ended: ok, bad or unable."""
    page.wait_for_function("() => document.getElementById('ledger')?.dataset.checked", timeout=STEP_MS)
    return str(page.evaluate("document.getElementById('ledger').dataset.checked"))


def barriers(page: Page, axe_script: str) -> list[tuple[str, list[str]]]:
    page.evaluate(axe_script)
    found = page.evaluate("async () => (await axe.run()).violations")
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]


def test_every_page_is_verified_in_the_browser(reader: Visitor, told: Story) -> None:
    page = reader.open("/ledger")
    assert checked(page) == "ok"
    expect(page.locator(".mark--ok")).to_have_count(page.locator("tr[data-index]").count())
    expect(page.locator("#proof")).to_contain_text("First visit")
    for path in (
        f"/ledger/entries/{told.told['passed']}",
        f"/ledger/works/{told.told['lamp']}",
        f"/ledger/accounts/{told.mei.key}",
        "/ledger/rules",
        "/ledger/witnesses",
    ):
        reader.open(path)
        assert checked(page) == "ok", path
        expect(page.locator("#proof")).to_have_class("proof proof--ok")
    expect(page.locator("[data-step=witnesses]")).to_have_class("is-idle")
    assert (reader.foreign, reader.errors) == ([], [])


def test_an_entry_says_what_was_found_and_gives_its_proof(reader: Visitor, told: Story) -> None:
    page = reader.open(f"/ledger/entries/{told.told['passed']}")
    assert checked(page) == "ok"
    steps = page.locator(".steps")
    for name in ("checkpoint", "tree", "whole", "signed", "included"):
        expect(steps.locator(f"[data-step={name}]")).to_have_class("is-ok")
    expect(page.locator(".means")).to_contain_text("It does not prove who wrote a work")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Proof as a file").click()
    assert Path(waiting.value.path()).read_text().startswith("c2sp.org/tlog-proof@v1\n")


def test_a_page_that_tells_something_else_is_found_out(reader: Visitor, told: Story) -> None:
    """As if the server rendered what is not in its list."""

    def altered(answer: str, old: str, new: str) -> str:
        assert old in answer
        return answer.replace(old, new)

    page = reader.page
    path = f"/ledger/entries/{told.told['licensed']}"
    page.route(
        f"**{path}",
        lambda route: route.fulfill(
            response=(got := route.fetch()),
            body=altered(got.text(), "licenses/by-sa/4.0/&#34;", "licenses/by/4.0/&#34;"),
        ),
    )
    reader.open(path)
    assert checked(page) == "bad"
    expect(page.locator("#proof")).to_have_class("proof proof--bad")
    expect(page.locator("[data-step=whole]")).to_have_class("is-bad")
    expect(page.locator(".means")).to_contain_text("Do not rely on")
    page.route(
        "**/ledger",
        lambda route: route.fulfill(
            response=(got := route.fetch()),
            body=altered(got.text(), 'data-type="work.dispute"', 'data-type="work.withdraw"'),
        ),
    )
    reader.open("/ledger")
    assert checked(page) == "bad"
    expect(page.locator(".mark--bad")).to_have_count(1)
    expect(page.locator("[data-step=rows]")).to_contain_text(
        "the page shows type work.withdraw, the list has work.dispute"
    )


def test_a_broken_file_and_a_broken_line_are_told_apart(reader: Visitor) -> None:
    page = reader.page
    page.route(
        "**/ledger/tile/0/**", lambda route: route.fulfill(body=b"\0" * 32, content_type="application/octet-stream")
    )
    reader.open("/ledger")
    assert checked(page) == "bad"
    expect(page.locator("[data-step=tree]")).to_have_class("is-bad")
    page.unroute("**/ledger/tile/0/**")
    page.route("**/ledger/tile/**", lambda route: route.abort())
    reader.open("/ledger/rules")
    assert checked(page) == "unable"
    expect(page.locator("#proof")).to_have_class("proof proof--idle")
    page.unroute("**/ledger/tile/**")
    page.get_by_role("button", name="Check again").click()
    expect(page.locator("#proof")).to_have_class("proof proof--ok")


def test_another_history_under_the_same_key_raises_the_alarm(browser: Browser, tmp_path: Path, axe_script: str) -> None:
    """Two servers that share the log's key, as after a stolen key or a disk put back: the second tells another story."""
    first = ServerProcess(tmp_path / "data").start()
    first.stop()
    twin = tmp_path / "twin"
    shutil.copytree(tmp_path / "data", twin)
    first.start()
    Story(first.data_dir / "ledger").send(first.url)
    context = browser.new_context(viewport=DESKTOP, locale="en-GB", bypass_csp=True)
    visitor = Visitor(context, first)
    try:
        page = visitor.open("/ledger")
        assert checked(page) == "ok"
        first.stop()
        other = ServerProcess(twin)
        other.port, other.url = first.port, first.url
        other.start()
        try:
            story = Story(twin / "ledger")
            story.mei, story.otto = story.otto, story.mei
            story.send(other.url)
            visitor.open("/ledger")
            assert checked(page) == "bad"
            alarm = page.get_by_role("alert")
            expect(alarm).to_contain_text("This library has shown two different histories")
            expect(page.locator(".mark--ok")).to_have_count(0)
            with page.expect_download() as waiting:
                alarm.get_by_role("button", name="Save the evidence").click()
            evidence = json.loads(Path(waiting.value.path()).read_text())
            assert evidence["kind"] == "fork"
            assert evidence["remembered"]["signed"] != evidence["shown"]["signed"]
            assert evidence["remembered"]["vkey"] == evidence["shown"]["vkey"]
            assert barriers(page, axe_script) == []
            visitor.open("/ledger/rules")
            assert checked(page) == "bad", "the alarm stays until a person lets go of it"
            alarm.get_by_text("Forget what this browser remembers").first.click()
            alarm.get_by_role("button", name="Forget what this browser remembers").click()
            expect(page.locator("#proof")).to_have_class("proof proof--ok")
        finally:
            other.stop()
    finally:
        context.close()


def test_a_key_is_made_registered_replaced_and_ended(reader: Visitor, library: ServerProcess) -> None:
    page = reader.open("/ledger/keys")
    page.get_by_role("button", name="Make a key").click()
    page.wait_for_selector(".recovery")
    groups = page.locator(".recovery li").all_inner_texts()
    assert len(groups) == 9
    page.get_by_label("The last group of what you wrote").fill("0000" if groups[-1] != "0000" else "1111")
    page.get_by_role("button", name="Register it in the ledger").last.click()
    expect(page.get_by_text("That is not the last group")).to_be_visible()
    page.get_by_label("The last group of what you wrote").fill(groups[-1].lower())
    page.get_by_role("button", name="Register it in the ledger").last.click()
    expect(page.get_by_role("status")).to_contain_text("Done")
    first = page.locator("[data-key]").get_attribute("data-key")
    expect(page.locator(".key-card")).to_have_attribute("data-state", "active")

    page.get_by_role("button", name="Replace it").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.locator(".key-card[data-state=ended]")).to_have_count(1)
    second = page.locator(".key-card[data-state=active] [data-key]").get_attribute("data-key")
    assert second != first

    page.get_by_role("button", name="End it").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.locator(".key-card[data-state=ended]")).to_have_count(2)

    # All devices are lost: the paper brings the account back.
    page.get_by_text("Recover an account").click()
    page.get_by_label("Account (its first key)").fill(first or "")
    page.get_by_label("Recovery key").fill(" ".join(groups))
    page.get_by_role("button", name="Recover", exact=True).click()
    page.wait_for_selector(".recovery")
    again = page.locator(".recovery li").all_inner_texts()
    assert again != groups
    page.get_by_label("The last group of what you wrote").fill(again[-1])
    page.get_by_role("button", name="Register it in the ledger").last.click()
    expect(page.locator(".key-card[data-state=active]")).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("Done")
    reader.open(f"/ledger/accounts/{first}")
    assert checked(page) == "ok"
    expect(page.locator("tr[data-type='key.recover']")).to_have_count(1)
    assert reader.errors == []


def test_a_second_device_joins_the_account(visit: Callable[..., Visitor], told: Story) -> None:
    first, second = visit(viewport=DESKTOP), visit(viewport=PHONE)
    page = first.open("/ledger/keys")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_label("The last group of what you wrote").fill(page.locator(".recovery li").last.inner_text())
    page.get_by_role("button", name="Register it in the ledger").last.click()
    expect(page.get_by_role("status").first).to_contain_text("Done")
    account = page.locator("[data-key]").get_attribute("data-key")

    other = second.open("/ledger/keys")
    other.get_by_role("button", name="Add this device to an account that you have").click()
    other.get_by_text("The ledger does not know this key yet.").wait_for()
    key = other.locator("[data-key]").get_attribute("data-key") or ""

    page.get_by_label("The other device’s key").fill("0" * 64)
    page.get_by_role("button", name="Add it to the account").click()
    expect(page.get_by_role("alert")).to_contain_text("not an Ed25519 public key")
    page.get_by_label("The other device’s key").fill(key)
    page.get_by_role("button", name="Add it to the account").click()
    half = page.get_by_role("textbox", name="Signed here").input_value()

    field = other.get_by_label("Text from the device that vouches")
    field.fill(half.replace(key, "1" * 64))
    other.get_by_role("button", name="Register it in the ledger").last.click()
    expect(other.get_by_role("alert")).to_contain_text("not for the key of this device")
    other.get_by_role("button", name="Check with the ledger").click()
    field.fill(half)
    other.get_by_role("button", name="Register it in the ledger").last.click()
    expect(other.locator(".key-card")).to_have_attribute("data-state", "active")
    second.open(f"/ledger/accounts/{account}")
    assert checked(other) == "ok"
    expect(other.locator("#account-keys + ul > li")).to_have_count(2)
    assert (first.errors, second.errors) == ([], [])


@pytest.mark.parametrize(("viewport", "language"), [(DESKTOP, "en"), (PHONE, "zh")])
def test_axe_finds_nothing_and_a_phone_needs_no_scrolling_sideways(
    visit: Callable[..., Visitor], told: Story, axe_script: str, viewport: dict[str, int], language: str
) -> None:
    visitor = visit(viewport=viewport, bypass_csp=True)
    page = visitor.page
    for path in (
        "/ledger",
        f"/ledger/entries/{told.told['score']}",
        f"/ledger/works/{told.told['lamp']}",
        f"/ledger/accounts/{told.mei.key}",
        "/ledger/rules",
        "/ledger/witnesses",
        "/ledger/keys",
    ):
        visitor.open(f"{path}?lang={language}")
        assert checked(page) == "ok", path
        assert barriers(page, axe_script) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_by_keyboard_alone(reader: Visitor) -> None:
    """From the list to an entry, and on to the next one."""
    page = reader.open("/ledger")
    assert checked(page) == "ok"
    page.locator("#find").focus()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ledger/entries/2")
    assert checked(page) == "ok"
    page.get_by_role("link", name="Entry 3").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/ledger/entries/3")
    assert checked(page) == "ok"


def test_without_script_the_pages_say_what_the_server_says(
    browser: Browser, library: ServerProcess, told: Story
) -> None:
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{library.url}/ledger/entries/{told.told['passed']}")
    expect(page.locator("h1")).to_have_text("Work passed on")
    expect(page.locator("#proof")).to_contain_text("Not checked yet")
    expect(page.locator("#proof")).to_contain_text("This is what the server says")
    page.goto(f"{library.url}/ledger/keys")
    expect(page.locator("#keys")).to_contain_text("Making keys needs JavaScript")
    context.close()
