"""How one looks: chosen in the mirror and seen by others; an avatar of one's own, brought, tried on and worn."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.avatars.vrm.figures import vrm_1
from tests.e2e.conftest import DESKTOP, PERSON, Visitor, visitors
from tests.server_process import ServerProcess

pytestmark = pytest.mark.browser

MAKER, PASSWORD = "maker", "only for bringing"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("looks") / "data").start()
    add = [sys.executable, "-m", "carrel.server", "account", "add", MAKER, "--role", "creator", "--password-stdin"]
    subprocess.run([*add, "--data-dir", str(server.data_dir)], input=PASSWORD, text=True, check=True)
    yield server
    server.stop()


@pytest.fixture
def visit(browser: Browser, library: ServerProcess) -> Iterator[Callable[..., Visitor]]:
    with visitors(browser, library) as visitor:
        yield visitor


def mirror(page: Page) -> None:
    """Open the mirror as one finds it: in the settings."""
    page.get_by_role("button", name="Settings").first.click()
    page.locator("#open-look").click()
    page.locator(".look-panel .pills").wait_for()


def test_a_look_chosen_in_the_mirror_is_seen_by_the_other(visit: Callable[..., Visitor]) -> None:
    ada = visit(viewport=DESKTOP).walk_in("Ada", render=False)
    bo = visit(viewport=DESKTOP).walk_in("Bo", render=False)
    bo.sees(ada)
    mirror(ada.page)
    ada.page.get_by_role("tab", name="Readers").click()
    ada.page.get_by_role("radio", name="Kenji").check(force=True)
    ada.page.get_by_role("radio", name="ebony").check(force=True)
    ada.page.get_by_role("button", name="Wear this").click()
    bo.until(
        f"id => {{ const {{ look }} = ({PERSON})(id); return look.id === 'kenji' && !!look.colours.skin; }}",
        ada.participant,
    )


def test_an_avatar_is_brought_accepted_and_worn(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    file = tmp_path / "lin.vrm"
    file.write_bytes(vrm_1(avatarPermission="onlyAuthor").to_bytes())
    maker, bo = visit(viewport=DESKTOP), visit(viewport=DESKTOP).walk_in("Bo", render=False)
    page = maker.open("/login")
    page.get_by_label("Name", exact=True).fill(MAKER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    maker.open("/halls/great-hall?render=off")
    page.get_by_role("button", name="Walk in", exact=True).click()
    maker.until("() => window.carrelHall?.phase === 'present'")
    bo.sees(maker)
    mirror(page)
    page.get_by_role("tab", name="My own").click()
    page.locator("#look-file").set_input_files(file)
    page.get_by_text("By Lin Qiao.").wait_for()
    wear = page.get_by_role("button", name="Try it on")
    assert wear.is_disabled(), "only its author may wear it: one says that one is, or may"
    page.get_by_label("I made it, or its author lets me wear it").check()
    wear.click()
    page.get_by_role("button", name="Wear this").click()
    bo.until(f"id => !!({PERSON})(id).look.model", maker.participant)
    url = bo.page.evaluate(f"id => ({PERSON})(id).look.model.url", maker.participant)
    assert re.fullmatch(r"/api/works/[0-9a-f]{64}/files/[0-9a-f]{64}", url)
    answer = bo.context.request.get(bo.library.url + url)
    assert answer.ok, "whoever stands in the room with it may fetch what is worn"
    assert answer.body()[:4] == b"glTF"
