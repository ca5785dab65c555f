"""People arrange a room together: each sees what the others do, two hands never hold one thing, and a reload shows the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.e2e.conftest import DESKTOP, Visitor, visitors
from tests.server_process import ServerProcess

pytestmark = pytest.mark.browser

PLACED = "window.carrelHall.placed.filter(one => one.id !== 'ghost')"
ONE = f"id => {PLACED}.find(one => one.id === id)"
NEAR_M = 0.01
KEEPER, PASSWORD = "keeper", "only for arranging"


@pytest.fixture(scope="module")
def open_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A library in whose rooms everybody may place things."""
    server = ServerProcess(tmp_path_factory.mktemp("arranged") / "data", scene_policy="everybody").start()
    add = [sys.executable, "-m", "carrel.server", "account", "add", KEEPER, "--role", "librarian", "--password-stdin"]
    subprocess.run([*add, "--data-dir", str(server.data_dir)], input=PASSWORD, text=True, check=True)
    yield server
    server.stop()


@pytest.fixture
def visit(browser: Browser, open_library: ServerProcess) -> Iterator[Callable[..., Visitor]]:
    with visitors(browser, open_library) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def keeper_session(browser: Browser, open_library: ServerProcess) -> Iterator[BrowserContext]:
    """The library's staff, signed in as people do."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{open_library.url}/login")
    page.get_by_label("Name", exact=True).fill(KEEPER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    page.close()
    yield context
    context.close()


@pytest.fixture(autouse=True)
def empty_room(keeper_session: BrowserContext, open_library: ServerProcess) -> None:
    """What the test before has left is taken away by bringing the first state back."""
    room = f"{open_library.url}/api/rooms/great-hall"
    if keeper_session.request.get(f"{room}/history").json()["op_sequence"]:
        answer = keeper_session.request.post(
            f"{room}/restore", data={"op_sequence": 0}, headers={"Origin": open_library.url}
        )
        assert answer.ok, answer.text()


@pytest.fixture
def keeper(keeper_session: BrowserContext, open_library: ServerProcess) -> Iterator[Visitor]:
    visitor = Visitor(keeper_session, open_library)
    yield visitor
    visitor.page.close()


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

    def one(self, thing: str) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(f"id => ({ONE})(id)", thing)
        return found

    def sees(self, thing: str, transform: dict[str, Any]) -> None:
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

    def settled(self, thing: str) -> dict[str, Any]:
        self.visitor.until(f"id => {{ const one = ({ONE})(id); return one?.settled && one.holder === null; }}", thing)
        return self.one(thing)


def moved(before: dict[str, Any], after: dict[str, Any]) -> float:
    return float(np.hypot(*(np.subtract(after["position"], before["position"])[[0, 2]])))


def yaw(thing: dict[str, Any]) -> float:
    return float(np.degrees(2 * np.arctan2(thing["rotation"][1], thing["rotation"][3])))


def drag(page: Page, handle: str, dx: int, dy: int) -> None:
    box = page.locator(f".arrange-handle[data-kind={handle}]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()


def test_two_people_arrange_a_room(visit: Callable[..., Visitor]) -> None:
    """Placing, handles, keys, copy, caption, deleting, undo and redo: what Ada does Bo sees, and again after a reload."""
    ada = Arranger(visit(viewport=DESKTOP).walk_in("Ada", render=False)).begin()
    bo = Arranger(visit(viewport=DESKTOP).walk_in("Bo", render=False))
    chair = ada.place("Reading chair")
    placed = ada.settled(chair)
    bo.sees(chair, placed)

    drag(ada.page, "move", -160, 30)
    by_hand = ada.settled(chair)
    assert moved(placed, by_hand) > 0.3
    bo.sees(chair, by_hand)

    for key, change in (
        ("ArrowRight", lambda a, b: moved(a, b) == pytest.approx(0.05, abs=0.03)),
        ("Shift+ArrowUp", lambda a, b: moved(a, b) == pytest.approx(0.5, abs=0.03)),
        ("PageUp", lambda a, b: b["position"][1] - a["position"][1] == pytest.approx(0.05, abs=0.03)),
        ("[", lambda a, b: (yaw(b) - yaw(a)) % 360 == pytest.approx(15, abs=0.5)),
        ("+", lambda a, b: b["scale"] == pytest.approx(a["scale"] + 0.05, abs=0.01)),
    ):
        before = ada.one(chair)
        ada.page.keyboard.press(key)
        ada.visitor.until(f"id => ({ONE})(id).holder !== null", chair)
        after = ada.settled(chair)
        assert change(before, after), (key, before, after)
    bo.sees(chair, ada.one(chair))

    ada.page.keyboard.press("Control+d")
    ada.visitor.until(f"() => {PLACED}.length === 2")
    bo.visitor.until(f"() => {PLACED}.length === 2")
    copy = next(one for one in ada.ids() if one != chair)

    ada.page.keyboard.press("Enter")
    ada.page.get_by_label("Words on its card").fill("Sit here 请坐")
    ada.page.get_by_role("button", name="Keep the caption").click()
    bo.visitor.until(f"id => ({ONE})(id).caption === 'Sit here 请坐'", copy)

    ada.page.get_by_label("Right (m)").fill("1.25")
    ada.page.get_by_label("Right (m)").press("Enter")
    bo.visitor.until(f"id => Math.abs(({ONE})(id).position[0] - 1.25) < {NEAR_M}", copy)

    ada.page.keyboard.press("Escape")
    ada.page.keyboard.press("Delete")
    bo.visitor.until(f"() => {PLACED}.length === 1")
    ada.page.keyboard.press("Control+z")
    bo.visitor.until(f"() => {PLACED}.length === 2")
    ada.page.keyboard.press("Control+Shift+Z")
    bo.visitor.until(f"() => {PLACED}.length === 1")

    truth = ada.settled(chair)
    ada.page.reload()
    ada.visitor.until("() => window.carrelHall?.phase === 'present' && window.carrelHall.arranging.known")
    ada.sees(chair, truth)
    assert ada.ids() == bo.ids() == [chair]
    for one in (ada, bo):
        assert one.visitor.errors == []
        assert one.visitor.foreign == []


def test_one_thing_has_one_holder(visit: Callable[..., Visitor], keeper: Visitor) -> None:
    """Both reach for one table: one has it, the other is told who, and both end with the same picture."""
    ada = Arranger(visit(viewport=DESKTOP).walk_in("Ada", render=False)).begin()
    table = ada.place("Round table")
    bo = Arranger(keeper.walk_in("Bo", render=False)).begin()
    bo.sees(table, ada.settled(table))
    bo.page.get_by_role("tab", name="Here").click()
    bo.page.locator(f"#arrange-row-{table}").click()
    bo.page.keyboard.press("Escape")
    bo.visitor.until("() => window.carrelHall.arranging.chosen !== null")
    for one in (ada, bo):
        one.page.keyboard.press("Shift+ArrowRight")
    for one in (ada, bo):
        one.visitor.until(f"id => ({ONE})(id).holder !== null || ({ONE})(id).settled", table)
    refused = [one for one in (ada, bo) if one.page.get_by_text("moving this").count()]
    assert len(refused) == 1
    end = ada.settled(table)
    bo.sees(table, end)


def touch_drag(page: Page, handle: str, dx: int, dy: int) -> None:
    box = page.locator(f".arrange-handle[data-kind={handle}]").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    steps = ((0.0, "touchStart"), (0.5, "touchMove"), (1.0, "touchMove"))
    for share, kind in steps:
        points = [{"x": x + share * dx, "y": y + share * dy}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_thumb_arranges(visit: Callable[..., Visitor]) -> None:
    phone = Arranger(
        visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).walk_in("Thumb", render=False)
    )
    phone.visitor.until("() => window.carrelHall.arranging.known")
    phone.page.get_by_role("button", name="More", exact=True).tap()
    phone.page.locator("#panel").get_by_role("button", name="Arrange", exact=True).tap()
    phone.page.get_by_role("button", name="Stool", exact=True).tap()
    phone.deed("Place here").tap()
    phone.visitor.until("() => window.carrelHall.arranging.chosen !== null")
    (stool,) = phone.ids()
    placed = phone.settled(stool)
    touch_drag(phone.page, "move", 60, 40)
    carried = phone.settled(stool)
    assert moved(placed, carried) > 0.1
    touch_drag(phone.page, "turn", 50, 0)
    assert yaw(phone.settled(stool)) == pytest.approx(45, abs=0.5)
    phone.deed("Delete").tap()
    phone.visitor.until(f"() => {PLACED}.length === 0")
    assert phone.visitor.errors == []


AIM_LOW = """([yaw]) => {
  const { right } = window.xrDevice.controllers;
  right.position.set(0, 1.4, 0);
  const [half, turn] = [-Math.atan2(0.9, 3) / 2, yaw / 2];
  // First down, then about the vertical.
  right.quaternion.set(
    Math.cos(turn) * Math.sin(half), Math.sin(turn) * Math.cos(half),
    -Math.sin(turn) * Math.sin(half), Math.cos(turn) * Math.cos(half),
  );
}"""
SQUEEZE = "value => window.xrDevice.controllers.right.updateButtonValue('squeeze', value)"


def test_a_hand_in_a_headset_moves_a_thing(visit: Callable[..., Visitor], headset_script: str) -> None:
    headset = Arranger(visit(headset_script).walk_in("Visor")).begin()
    chair = headset.place("Reading chair")
    desktop = Arranger(visit().walk_in("Desk", render=False))
    before = headset.settled(chair)
    desktop.sees(chair, before)
    headset.page.keyboard.press("Escape")
    headset.page.locator("#dock-more").dispatch_event("click")
    for name in ("Headset", "Enter with this headset"):
        headset.page.get_by_role("button", name=name, exact=True).dispatch_event("click")
    headset.visitor.until("() => window.carrelHall.headset === 'presenting'")
    headset.page.evaluate(AIM_LOW, [0])
    # The panel stands in the way until it is put away.
    for value in (1, 0):
        headset.page.evaluate("value => window.xrDevice.controllers.right.updateButtonValue('b-button', value)", value)
        frames(headset.visitor)
    headset.page.evaluate(SQUEEZE, 1)
    desktop.visitor.until(f"id => ({ONE})(id).holder !== null", chair)
    headset.page.evaluate(AIM_LOW, [0.4])
    desktop.visitor.until(f"([id, x]) => Math.abs(({ONE})(id).position[0] - x) > 0.5", [chair, before["position"][0]])
    headset.page.evaluate(SQUEEZE, 0)
    after = headset.settled(chair)
    assert yaw(after) == pytest.approx(yaw(before) + 30, abs=16)
    desktop.sees(chair, after)
    assert headset.visitor.errors == []


def frames(visitor: Visitor, count: int = 3) -> None:
    drawn = visitor.hall()["rendered"]
    visitor.until("count => window.carrelHall.rendered > count", drawn + count)


DROP_PHOTO = """async ([x, y]) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const context = canvas.getContext("2d");
  context.fillStyle = "#2f6f8f";
  context.fillRect(0, 0, 640, 480);
  const blob = await new Promise(done => canvas.toBlob(done, "image/png"));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([blob], "harbour.png", { type: "image/png" }));
  for (const type of ["dragover", "drop"])
    window.dispatchEvent(new DragEvent(type, { dataTransfer, clientX: x, clientY: y, bubbles: true, cancelable: true }));
}"""


def test_a_photo_hangs_where_it_is_dropped(visit: Callable[..., Visitor], keeper: Visitor) -> None:
    """A file dropped on the picture goes to the library by tus, is looked at, and hangs on the wall that was under the pointer."""
    ada = keeper.walk_in("Ada", render=False)
    bo = visit(viewport=DESKTOP).walk_in("Bo", render=False)
    ada.until("() => window.carrelHall.arranging.known && window.carrelHall.arranging.rights.place")
    ada.page.evaluate(DROP_PHOTO, [1180, 300])
    ada.until(f"() => {PLACED}.some(one => one.kind === 'image' && one.settled)")
    (photo,) = (one for one in ada.hall()["placed"] if one["kind"] == "image")
    assert photo["position"][1] > 0.3
    bo.until(f"id => ({ONE})(id)?.label === 'harbour.png'", photo["id"])
    assert ada.hall()["arranging"]["uploads"] == []
    assert ada.errors == []
    assert ada.foreign == []


def test_arranging_has_no_barrier(visit: Callable[..., Visitor], axe_script: str) -> None:
    ada = Arranger(visit(viewport=DESKTOP, bypass_csp=True).walk_in("Ada", render=False)).begin()
    ada.place("Side table")
    ada.deed("Add").click()
    for tab in ("Furniture", "Chosen"):
        ada.page.get_by_role("tab", name=tab).click()
        ada.page.evaluate(axe_script)
        violations = ada.page.evaluate("async () => (await axe.run()).violations")
        serious = [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in violations]
        assert [one for one, v in zip(serious, violations, strict=True) if v["impact"] in ("serious", "critical")] == []
    ada.deed("Delete").click()
