"""Bookcases that come with books on them: plain bindings, as boxes with gilt lines."""

from __future__ import annotations

from carrel.scenes.halls.kit.bookcase import bookcase
from carrel.scenes.halls.kit.model import Model, Shelf
from carrel.scenes.halls.kit.shapes import box, rect

BINDINGS = ("book_red", "book_blue", "book_green", "book_ochre", "book_cream", "book_brown", "leather_red")


def low_bookcase(m: Model) -> None:
    """1.2 m wide with two shelves; things stand on its top."""
    _filled(m, 1.2, (0.32, 0.28), 0.32, 0.62)


def tall_bookcase(m: Model) -> None:
    """1.0 m wide with five shelves."""
    _filled(m, 1.0, (0.36, 0.33, 0.31, 0.29, 0.27), 0.34, 0.5)


def _filled(m: Model, width: float, boards: tuple[float, ...], depth: float, full: float) -> None:
    with m.at((-width / 2, 0, depth / 2)):
        case = bookcase(m, "case", ("", ""), None, width=width, boards=boards, depth=depth, bays=1)
    for shelf in case.shelves:
        _row(m, shelf, full)


def _row(m: Model, shelf: Shelf, full: float) -> None:
    """Books from the left, of a few sets, up to a part of the shelf."""
    rng, end = m.rng, shelf.width * float(m.rng.uniform(full - 0.08, full + 0.22))
    x = 0.01
    while x < min(end, shelf.width - 0.06):
        count, thick = int(rng.integers(1, 5)), float(rng.uniform(0.026, 0.052))
        tall, deep = shelf.clear * float(rng.uniform(0.66, 0.93)), float(rng.uniform(0.16, 0.21))
        binding = BINDINGS[int(rng.integers(len(BINDINGS)))]
        for _ in range(count):
            if x + thick > shelf.width:
                return
            with m.at(shelf.origin, matrix=shelf.matrix):
                box(m, binding, (x + thick / 2, tall / 2, -0.03 - deep / 2), (thick, tall, deep), sub=9, skip="y-z-")
                for part in (0.16, 0.78):
                    rect(m, "gilt", (x + 0.003, tall * part, -0.0293), (thick - 0.006, 0, 0), (0, 0.008, 0))
            x += thick + 0.0012
