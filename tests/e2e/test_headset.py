"""An emulated headset walks in, teleports and moves its hands; a desktop browser sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import PERSON, Visitor

pytestmark = pytest.mark.browser

POINT_AT_FLOOR = """() => {
  const { right, left } = window.xrDevice.controllers;
  const half = -Math.PI / 8;
  right.position.set(0.2, 1.4, -0.3);
  right.quaternion.set(Math.sin(half), 0, 0, Math.cos(half));
  left.position.set(-0.3, 1.2, -0.3);
  left.quaternion.set(0, 0, 0, 1);
}"""


def test_a_headset_teleports_and_its_hands_are_seen(visit: Callable[..., Visitor], headset_script: str) -> None:
    desktop = visit().walk_in("Desk", render=False)
    headset = visit(headset_script).walk_in("Visor")
    for name in ("More", "Headset", "Enter with this headset"):
        headset.page.get_by_role("button", name=name, exact=True).click()
    headset.until("() => window.carrelHall.headset === 'presenting'")
    headset.page.evaluate(POINT_AT_FLOOR)
    hands, visor = f"id => ({PERSON})(id)?.hands?.right", headset.participant
    desktop.until(hands, visor)

    before = headset.hall()["self"]["position"]
    headset.page.evaluate("() => window.xrDevice.controllers.right.updateAxes('thumbstick', 0, -1)")
    drawn = headset.hall()["rendered"]
    headset.until("count => window.carrelHall.rendered > count + 3", drawn)
    headset.page.evaluate("() => window.xrDevice.controllers.right.updateAxes('thumbstick', 0, 0)")
    headset.until(
        "([x, z]) => { const [nx, , nz] = window.carrelHall.self.position; return Math.hypot(nx - x, nz - z) > 0.5; }",
        [before[0], before[2]],
    )
    after = headset.hall()["self"]["position"]
    desktop.until(
        f"""([id, x, z]) => {{
          const [nx, , nz] = ({PERSON})(id).position;
          return Math.hypot(nx - x, nz - z) < 0.3;
        }}""",
        [visor, after[0], after[2]],
    )

    low = desktop.page.evaluate(hands, visor)
    headset.page.evaluate("() => window.xrDevice.controllers.right.position.set(0.3, 1.9, -0.4)")
    desktop.until(f"([id, y]) => (({hands})(id))[1] > y + 0.3", [visor, low[1]])
    assert headset.foreign == []
    assert headset.errors == []
