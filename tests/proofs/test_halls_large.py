"""A hall for 100,000 books: built in time, the same every time, small on the wire and cheap to draw; and a hall comes quickly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Route, sync_playwright

from carrel.scenes.halls.books.records import Record
from carrel.scenes.halls.stacks.build import BuiltStacks, build_stacks
from tests.browser import ADVICE, FLAGS, find
from tests.e2e.conftest import Visitor
from tests.server_process import ServerProcess

pytestmark = pytest.mark.proof

BOOKS, SEED = 100_000, 7
BUILD_S, WIRE_BYTES, DRAWS, TRIANGLES = 60.0, 15_000_000, 150, 1_000_000
WALKABLE_S, HALL_WIRE_BYTES = 4.0, 6_000_000
STEP_MS = 240_000
WORDS = (
    "river mountain letter garden winter island mirror harbour lantern orchard city memory road bridge forest".split()  # noqa: SIM905
)


def catalogue() -> tuple[Record, ...]:
    """As many records as books, no two of them alike."""

    def title(k: int) -> str:
        first, second, third = (WORDS[k // step % len(WORDS)] for step in (1, 15, 225))
        return f"The {first} and the {second} of the {third}, part {k // 3375 + 1}"

    return tuple(
        Record(
            id=f"record-{k:06}",
            title=title(k),
            creator=f"Author {k % 7919}",
            year=str(1500 + k % 520),
            pages=80 + k % 640,
        )
        for k in range(BOOKS + 20_000)
    )


@pytest.fixture(scope="module")
def stacks() -> tuple[BuiltStacks, float]:
    records, began = catalogue(), time.process_time()
    return build_stacks(records, BOOKS, SEED, "preview", copies=False), time.process_time() - began


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = find()
    assert path, ADVICE
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("library") / "data").start()
    yield server
    server.stop()


def test_a_hall_of_100000_books_is_built_in_a_minute(
    stacks: tuple[BuiltStacks, float], measured: Callable[..., None]
) -> None:
    """A hall of 100,000 distinct books is built in less than a minute of one core and takes at most 15 MB on the wire."""
    built, seconds = stacks
    measured(
        books=built.statistics["books"],
        core_s=f"{seconds:.0f}",
        wire_MB=f"{built.statistics['gzip_bytes'] / 1e6:.1f}",
    )
    assert built.statistics["books"] >= BOOKS
    assert built.statistics["gzip_bytes"] <= WIRE_BYTES
    assert seconds < BUILD_S


def test_the_same_catalogue_gives_the_same_bytes(stacks: tuple[BuiltStacks, float]) -> None:
    """The same catalogue and seed give the same hall of 100,000 books, byte by byte."""
    assert build_stacks(catalogue(), BOOKS, SEED, "preview", copies=False).files() == stacks[0].files()


@pytest.mark.parametrize("quality", ["low", "high"])
def test_a_hall_of_100000_books_is_cheap_to_draw(
    quality: str,
    stacks: tuple[BuiltStacks, float],
    chromium: Browser,
    library: ServerProcess,
    measured: Callable[..., None],
) -> None:
    """A hall of 100,000 books takes at most 150 draws and a million triangles, from the aisle and before a case."""
    files = stacks[0].files()

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2].partition("?")[0].replace("great_hall", "stacks")
        if name in files:
            route.fulfill(body=files[name], content_type="application/octet-stream")
        else:  # the loading page's picture
            route.continue_()

    context = chromium.new_context(viewport={"width": 640, "height": 360}, locale="en-GB")
    context.route("**/gltf/halls/*", answer)
    visitor = Visitor(context, library)
    visitor.page.set_default_timeout(STEP_MS)
    visitor.walk_in("Reader", quality=quality)
    seen = []
    for place in ("Entrance", "Middle of the stacks"):
        visitor.page.keyboard.press("KeyG")
        visitor.page.get_by_role("button", name=place, exact=True).click()
        drawn = visitor.hall()["rendered"]
        visitor.until("count => window.carrelHall.rendered > count + 3", drawn)
        seen.append(visitor.hall()["renderInfo"])
    context.close()
    measured(
        draws=max(info["calls"] for info in seen),
        triangles=f"{max(info['triangles'] for info in seen):,}",
        quality=quality,
    )
    assert all(0 < info["calls"] <= DRAWS for info in seen)
    assert all(0 < info["triangles"] <= TRIANGLES for info in seen)
    assert visitor.errors == []


def test_the_great_hall_is_walkable_in_four_seconds(
    chromium: Browser, library: ServerProcess, measured: Callable[..., None]
) -> None:
    """From "Walk in" one stands in the Great Hall within four seconds on loopback, after at most 6 MB over the wire."""
    context = chromium.new_context(viewport={"width": 640, "height": 360}, locale="en-GB")
    visitor = Visitor(context, library)
    visitor.page.set_default_timeout(STEP_MS)
    visitor.open("/halls/great-hall?quality=low")
    visitor.page.get_by_label("Your name").fill("Reader")
    began = time.monotonic()
    visitor.page.get_by_role("button", name="Walk in", exact=True).click()
    visitor.until("() => window.carrelHall?.phase === 'present'")
    seconds = time.monotonic() - began
    size: int = visitor.page.evaluate(
        "() => performance.getEntriesByType('resource').reduce((sum, one) => sum + one.encodedBodySize, 0)"
    )
    context.close()
    measured(walkable_s=f"{seconds:.1f}", wire_MB=f"{size / 1e6:.2f}")
    assert size <= HALL_WIRE_BYTES
    assert seconds < WALKABLE_S
