"""axe finds nothing serious on any page, in both languages, and no page asks anybody else for anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import DESKTOP, Visitor

pytestmark = pytest.mark.browser

PAGES = ("/", "/login", "/h", "/help", "/account", "/nothing-here", "/halls/great-hall?render=off&quality=low")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
def test_no_serious_barrier(path: str, language: str, visit: Callable[..., Visitor], axe_script: str) -> None:
    visitor = visit(bypass_csp=True)
    page = visitor.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
    page.get_by_role("heading").first.wait_for(state="attached")
    assert page.locator("html").get_attribute("lang") in (("zh", "zh-CN", "zh-Hans") if language == "zh" else ("en",))
    page.evaluate(axe_script)
    violations = page.evaluate("async () => (await axe.run()).violations")
    serious = [
        (violation["id"], [node["html"] for node in violation["nodes"]])
        for violation in violations
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert visitor.foreign == []
    assert visitor.errors == []


def test_the_hall_with_its_panels_open(visit: Callable[..., Visitor], axe_script: str) -> None:
    visitor = visit(bypass_csp=True, viewport=DESKTOP).walk_in("Reader", render=False)
    for panel in ("Chat", "People", "Go to", "Settings"):
        visitor.page.get_by_role("button", name=panel, exact=True).click()
        visitor.page.evaluate(axe_script)
        violations = visitor.page.evaluate("async () => (await axe.run()).violations")
        assert [v["id"] for v in violations if v["impact"] in ("serious", "critical")] == [], panel
        visitor.page.keyboard.press("Escape")
