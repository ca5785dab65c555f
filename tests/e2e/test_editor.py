"""People arrange a room together: each sees what the others do, two hands never hold one thing, and a reload shows the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator

from tests.e2e.conftest import DESKTOP, Visitor, visitors
from tests.server_process import ServerProcess

pytestmark = pytest.mark.browser

PLACED = "window.carrelHall.placed.filter(one => one.id !== 'ghost')"
ONE = f"id => {PLACED}.find(one => one.id === id)"
NEAR_M = 0.01


@pytest.fixture(scope="module")
def open_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A library in whose rooms everybody may place things."""
    server = ServerProcess(tmp_path_factory.mktemp("arranged") / "data", scene_policy="everybody").start()
    yield server
    server.stop()


@pytest.fixture
def visit(browser: Browser, open_library: ServerProcess) -> Iterator[Callable[..., Visitor]]:
    with visitors(browser, open_library) as visitor:
        yield visitor


class Arranger:
    """Somebody who arranges, by the same means as everybody: buttons, keys, pointer."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page

    def deed(self, name: str) -> Locator:
        return self.page.get_by_role("region", name="Arranging").get_by_role("button", name=name, exact=True)

    def begin(self) -> Arranger:
        self.visitor.until("() => window.carrelHall.arranging.known")
        self.page.keyboard.press("b")
        self.visitor.until("() => window.carrelHall.arranging.on")
        return self

    def place(self, piece: str) -> str:
        """Takes a piece of furniture and puts it down where it stands before the person."""
        known = self.ids()
        if not self.page.get_by_role("tab", name="Furniture").is_visible():
            self.deed("Add").click()
        self.page.get_by_role("tab", name="Furniture").click()
        self.page.get_by_role("button", name=piece, exact=True).click()
        self.visitor.until("() => window.carrelHall.arranging.placing !== null")
        self.page.keyboard.press("Enter")
        self.visitor.until(f"known => {PLACED}.some(one => !known.includes(one.id))", known)
        made: str = next(one for one in self.ids() if one not in known)
        self.visitor.until("id => window.carrelHall.arranging.chosen?.id === id", made)
        return made

    def ids(self) -> list[str]:
        found: list[str] = self.page.evaluate(f"() => {PLACED}.map(one => one.id)")
        return found

    def one(self, thing: str) -> dict[str, object]:
        found: dict[str, object] = self.page.evaluate(f"id => ({ONE})(id)", thing)
        return found

    def sees(self, thing: str, transform: dict[str, object]) -> None:
        """Waits until this page shows the thing where another shows it, settled."""
        self.visitor.until(
            f"""([id, at]) => {{
              const one = ({ONE})(id);
              if (!one || !one.settled || one.holder !== null) return false;
              const near = one.position.every((metres, i) => Math.abs(metres - at.position[i]) < {NEAR_M});
              const dot = one.rotation.reduce((sum, part, i) => sum + part * at.rotation[i], 0);
              return near && Math.abs(dot) > 0.9999 && Math.abs(one.scale - at.scale) < 0.005;
            }}""",
            [thing, transform],
        )

    def settled(self, thing: str) -> dict[str, object]:
        self.visitor.until(f"id => {{ const one = ({ONE})(id); return one?.settled && one.holder === null; }}", thing)
        return self.one(thing)


def test_two_people_arrange_a_room(visit: Callable[..., Visitor]) -> None:
    ada = Arranger(visit(viewport=DESKTOP).walk_in("Ada", render=False)).begin()
    bo = Arranger(visit(viewport=DESKTOP).walk_in("Bo", render=False))
    chair = ada.place("Reading chair")
    bo.sees(chair, ada.settled(chair))
