"""Real browsers against a real server. Tests act by input events and read `window.carrelHall`; they wait on states."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import ADVICE, FLAGS, find
from tests.server_process import ServerProcess

ROOT = Path(__file__).parents[2]
SMALL = {"width": 640, "height": 360}
DESKTOP = {"width": 1280, "height": 720}
"""For pages that render nothing: the interface as most people have it."""
STEP_MS = int(os.environ.get("CARREL_STEP_MS", "60000"))
"""Longest wait for one state: software rendering on two busy cores is slow, and waiting costs nothing when it is quick."""
PERSON = "id => window.carrelHall.people.find(one => one.participant === id)"
"""JavaScript: somebody else in the hall, as this page knows them. People of earlier tests may still be here, away."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find()
    assert path, ADVICE
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield made
        made.close()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("library") / "data").start()
    yield server
    server.stop()


class Visitor:
    """One person's browser: a context of their own, one page, and a list of everything it asked for elsewhere."""

    def __init__(self, context: BrowserContext, library: ServerProcess) -> None:
        self.context = context
        self.library = library
        self.page = context.new_page()
        self.page.set_default_timeout(STEP_MS)
        self.foreign: list[str] = []
        self.errors: list[str] = []
        context.on("request", self._note_request)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith((self.library.url, self.library.url.replace("http", "ws", 1), "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self, path: str) -> Page:
        self.page.goto(self.library.url + path)
        return self.page

    def hall(self) -> Any:
        """A copy of the published state."""
        return self.page.evaluate("() => JSON.parse(JSON.stringify(window.carrelHall))")

    @property
    def participant(self) -> str:
        found: str = self.hall()["self"]["participant"]
        return found

    def sees(self, other: Visitor) -> None:
        """Wait until the other is here, placed, and not away."""
        self.until(f"id => {{ const one = ({PERSON})(id); return !!one?.position && !one.away; }}", other.participant)

    def until(self, expression: str, argument: object = None) -> None:
        """Wait until a JavaScript function of the argument answers true."""
        self.page.wait_for_function(expression, arg=argument, polling=50)

    def walk_in(self, name: str, *, render: bool = True, room: str = "great-hall", quality: str = "low") -> Visitor:
        """Through the entrance as a person does: type a name, press the button, wait until present."""
        self.open(f"/halls/{room}?quality={quality}{'' if render else '&render=off'}")
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_role("button", name="Walk in", exact=True).click()
        self.until("() => window.carrelHall?.phase === 'present'")
        return self

    def close(self) -> None:
        self.context.close()


@contextmanager
def visitors(browser: Browser, library: ServerProcess) -> Iterator[Callable[..., Visitor]]:
    """Make visitors; their contexts close with the block."""
    made: list[Visitor] = []

    def visitor(script: str | None = None, **options: Any) -> Visitor:
        context = browser.new_context(**{"viewport": SMALL, "locale": "en-GB", **options})
        if script:
            context.add_init_script(script)
        made.append(Visitor(context, library))
        return made[-1]

    yield visitor
    for one in made:
        one.close()


@pytest.fixture
def visit(browser: Browser, library: ServerProcess) -> Iterator[Callable[..., Visitor]]:
    """Make visitors for one test."""
    with visitors(browser, library) as visitor:
        yield visitor


@pytest.fixture(scope="session")
def headset_script() -> str:
    return iwer_script()


def iwer_script() -> str:
    """IWER's emulated Quest, installed before the page's own scripts; the client is unchanged."""
    source = (ROOT / "web_client/node_modules/iwer/build/iwer.min.js").read_text("utf-8")
    install = """;(() => {
      const device = new IWER.XRDevice(IWER.metaQuest3);
      device.installRuntime({ forceInstall: true });
      window.xrDevice = device;
    })()"""
    return source + install


@pytest.fixture(scope="session")
def axe_script() -> str:
    return (ROOT / "web_client/node_modules/axe-core/axe.min.js").read_text("utf-8")
