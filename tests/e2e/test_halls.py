"""What a hall costs to draw, from the renderer's own figures: a table of halls, at both qualities and in a headset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.conftest import DESKTOP, Visitor

pytestmark = pytest.mark.browser

SETTLED_FRAMES = 3
LOAD_MS = 240_000


@dataclass(frozen=True)
class Cost:
    """At most, for one eye, from where people arrive; bytes over the wire until one stands there."""

    room: str
    draws: int
    triangles: int
    wire_bytes: int


GREAT_HALL = Cost("great-hall", 60, 150_000, 6_000_000)
# rooms on one floor: seen at the dearest quality, without a headset (it draws them at the same levels)
SMALL_HALLS = (
    Cost("readers-room-walnut", 30, 60_000, 4_000_000),
    Cost("readers-room-garden", 30, 60_000, 4_000_000),
    Cost("readers-room-loft", 30, 60_000, 4_000_000),
    Cost("data-sea", 30, 120_000, 4_000_000),
    Cost("ancient-books-room", 30, 90_000, 4_000_000),
    Cost("consultation-room", 30, 60_000, 4_000_000),
    Cost("exhibition-room", 30, 40_000, 4_000_000),
)


def settled(visitor: Visitor) -> dict[str, Any]:
    """What a frame costs once levels and titles are chosen."""
    drawn = visitor.hall()["rendered"]
    visitor.until("count => window.carrelHall.rendered > count", drawn + SETTLED_FRAMES)
    info: dict[str, Any] = visitor.hall()["renderInfo"]
    return info


def wire_bytes(visitor: Visitor) -> int:
    """Of everything that came over the wire, compressed as it came."""
    sizes: list[int] = visitor.page.evaluate(
        "() => performance.getEntriesByType('resource').map(one => one.encodedBodySize)"
    )
    return sum(sizes)


def test_the_great_hall_keeps_its_budget_at_low_quality(visit: Callable[..., Visitor]) -> None:
    visitor = visit(device_scale_factor=1)
    visitor.page.set_default_timeout(LOAD_MS)
    visitor.walk_in("Reader")
    info = settled(visitor)
    assert 0 < info["calls"] <= GREAT_HALL.draws, info
    assert 0 < info["triangles"] <= GREAT_HALL.triangles, info
    assert visitor.errors == []


@pytest.mark.parametrize(
    "cost",
    # Every hall is drawn in `make prove`; here the largest.
    [GREAT_HALL, *(pytest.param(cost, marks=pytest.mark.proof) for cost in SMALL_HALLS)],
    ids=lambda cost: cost.room,
)
def test_a_hall_keeps_its_budget_at_high_quality(cost: Cost, visit: Callable[..., Visitor]) -> None:
    visitor = visit(viewport={"width": 320, "height": 200}, device_scale_factor=1)
    visitor.page.set_default_timeout(LOAD_MS)
    visitor.walk_in("Reader", room=cost.room, quality="high")
    info = settled(visitor)
    assert 0 < info["calls"] <= cost.draws, info
    assert 0 < info["triangles"] <= cost.triangles, info
    assert wire_bytes(visitor) <= cost.wire_bytes
    assert visitor.errors == []


def test_a_headset_draws_no_more_for_each_eye(visit: Callable[..., Visitor], headset_script: str) -> None:
    visitor = visit(headset_script)
    visitor.page.set_default_timeout(LOAD_MS)
    visitor.walk_in("Visor")
    for name in ("More", "Headset", "Enter with this headset"):
        visitor.page.get_by_role("button", name=name, exact=True).dispatch_event("click")
    visitor.until("() => window.carrelHall.headset === 'presenting'")
    info = settled(visitor)
    # Two eyes: every draw is counted twice.
    assert info["calls"] <= 2 * GREAT_HALL.draws, info
    assert info["triangles"] <= 2 * GREAT_HALL.triangles, info


def test_a_reader_finds_a_book_by_keyboard_and_reads_its_card(visit: Callable[..., Visitor]) -> None:
    visitor = visit(viewport=DESKTOP).walk_in("Reader", render=False)
    page = visitor.page
    page.get_by_role("button", name="Go to", exact=True).click()
    page.get_by_role("button", name="Shelves: sciences, geography", exact=True).click()
    row = page.locator(".near__list button", has_text="·").first
    row.wait_for(state="attached")
    label = row.inner_text()
    row.focus()
    page.keyboard.press("Enter")
    card = page.get_by_role("dialog")
    card.wait_for()
    title = card.get_by_role("heading").inner_text()
    assert label.startswith(title)
    assert visitor.hall()["books"]["card"] == title
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    assert visitor.errors == []


def test_titles_are_painted_on_the_spines_one_stands_before(visit: Callable[..., Visitor]) -> None:
    visitor = visit(device_scale_factor=1)
    visitor.page.set_default_timeout(LOAD_MS)
    visitor.walk_in("Reader")
    # The small page has no room for the dock's "Go to".
    visitor.page.keyboard.press("KeyG")
    visitor.page.get_by_role("button", name="Shelves: sciences, geography", exact=True).click()
    visitor.until("() => window.carrelHall.books.painted >= 40")
    info = settled(visitor)
    assert info["calls"] <= GREAT_HALL.draws
    assert info["triangles"] <= GREAT_HALL.triangles
    assert visitor.errors == []


@pytest.mark.parametrize(
    ("room", "door", "behind"),
    [
        ("ancient-books-room", "Exhibition Room", "exhibition-room"),
        ("exhibition-room", "Ancient Books Room", "ancient-books-room"),
        ("consultation-room", "Great Hall", "great-hall"),
    ],
)
def test_one_sits_down_in_a_room_and_leaves_by_a_door(
    room: str, door: str, behind: str, visit: Callable[..., Visitor]
) -> None:
    visitor = visit().walk_in("Reader", render=False, room=room)
    page = visitor.page
    near = page.locator(".near__list button")
    near.filter(has_text="Seat").first.dispatch_event("click")
    visitor.until("() => window.carrelHall.seated")
    near.filter(has_text=door).first.dispatch_event("click")
    page.wait_for_url(f"**/halls/{behind}")
    assert visitor.errors == []
