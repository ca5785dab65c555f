"""The librarian: fills shelves with sets, gaps, leaning books and short piles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carrel.scenes.halls.books.cloths import COLOURS, COMMON
from carrel.scenes.halls.books.spines import LARGEST_SET, SpineTitle
from carrel.scenes.halls.kit.arrays import Floats, Ints, floats, rotation_z
from carrel.scenes.halls.kit.model import Shelf

LOOSE = "tables"  # the chunk of books that lie about
SET_SIZES, SET_CHANCES = (1, 2, 3, 4, 6, 10), (0.58, 0.14, 0.12, 0.07, 0.05, 0.04)


@dataclass(frozen=True)
class Book:
    """One book in world space: where its foot's left front corner stands, which way, (thickness, height, depth)."""

    position: Floats
    matrix: Floats
    size: tuple[float, float, float]
    cell: int
    cloth: Floats
    volume: int  # 0: not of a set; else its number in the atlas's strip


@dataclass(frozen=True)
class BookTable:
    """The books of one chunk as columns."""

    positions: Floats
    matrices: Floats
    sizes: Floats
    cells: Ints
    cloths: Floats
    volumes: Ints


@dataclass(frozen=True)
class LitBooks:
    """A chunk's books with H at foot and head."""

    table: BookTable
    foot: Floats
    head: Floats


NO_BOOKS = BookTable(
    np.zeros((0, 3)), np.zeros((0, 3, 3)), np.zeros((0, 3)), np.zeros(0, int), np.zeros((0, 3)), np.zeros(0, int)
)


class Shelver:
    """Puts books into chunks (one a case, and one for the tables)."""

    def __init__(self, cells: tuple[SpineTitle | None, ...], seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.cells = cells
        self.chunks: dict[str, list[Book]] = {}
        titled = [(i, t) for i, t in enumerate(cells) if t is not None]
        self._pools = [
            [i for i, t in titled if not t.han],
            [i for i, t in titled if t.han],
            [i for i, t in enumerate(cells) if t is None],
        ]

    def design(self) -> tuple[int, Floats]:
        """A cell of the atlas and a cloth."""
        weights = floats([0.55, 0.33, 0.12]) * [bool(p) for p in self._pools]
        pool = self._pools[int(self.rng.choice(3, p=weights / weights.sum()))]
        cell = pool[int(self.rng.integers(len(pool)))]
        return cell, COLOURS[self.rng.choice(len(COLOURS), p=COMMON)] * self.rng.uniform(0.82, 1.15)

    def put(self, chunk: str, book: Book) -> None:
        self.chunks.setdefault(chunk, []).append(book)

    def fill(self, shelf: Shelf, full: float = 0.94) -> None:
        """Fill one shelf from the left; nothing stands out of it."""
        rng, x, run = self.rng, float(self.rng.uniform(0, 0.02)), float(self.rng.uniform(0.66, 0.95))
        while x < shelf.width - 0.02:
            if rng.random() > full:  # a gap
                x += float(rng.uniform(0.04, 0.18))
                continue
            if rng.random() < 0.012 and shelf.width - x > 0.30:
                x = self._pile(shelf, x)
                continue
            x = self._set(shelf, x, run)
            if rng.random() < 0.15:
                run = float(rng.uniform(0.66, 0.95))

    def _set(self, shelf: Shelf, x: float, run: float) -> float:
        rng = self.rng
        cell, cloth = self.design()
        title = self.cells[cell]
        count = int(rng.choice(SET_SIZES, p=SET_CHANCES))
        if count > 4 and title is not None and not title.han:
            count = int(rng.integers(1, 4))  # long sets: Chinese or untitled
        thick = float(rng.gamma(7, 0.0052)) + 0.012
        height = shelf.clear * float(np.clip(run + rng.normal(0, 0.10), 0.55, 0.965))
        deep = min(shelf.depth - 0.02, height * float(rng.uniform(0.62, 0.75)))
        first = 1 if title is None or not title.han else 1 + LARGEST_SET
        lean = float(rng.uniform(3, 9)) if count == 1 and rng.random() < 0.10 else 0.0
        for k in range(count):
            wide = thick * (1 + float(rng.normal(0, 0.06)) if count > 1 else 1)
            tall, back = height + float(rng.normal(0, 0.0015)), -0.022 - abs(float(rng.normal(0, 0.006)))
            aside = tall * float(np.sin(np.radians(lean)))
            if x + wide + aside > shelf.width:
                return shelf.width
            volume = first + k if count > 1 else 0
            matrix = shelf.matrix @ rotation_z(lean) if lean else shelf.matrix
            at = shelf.origin + shelf.matrix @ floats([x + aside, 0, back])
            colour = cloth * rng.uniform(0.95, 1.05)
            self.put(shelf.case, Book(at, matrix, (wide, tall * (0.97 if lean else 1), deep), cell, colour, volume))
            x += wide * (1.05 if lean else 1) + aside + abs(float(rng.normal(0.0008, 0.001)))
        return x

    def _pile(self, shelf: Shelf, x: float) -> float:
        """A few books lying flat."""
        rng, y = self.rng, 0.0
        for _ in range(int(rng.integers(2, 5))):
            cell, cloth = self.design()
            thick, long = float(rng.uniform(0.02, 0.05)), float(rng.uniform(0.19, 0.27))
            if y + thick > shelf.clear - 0.02:
                break
            at = shelf.origin + shelf.matrix @ floats([x + long + rng.uniform(0, 0.02), y, -0.03])
            self.put(shelf.case, Book(at, shelf.matrix @ rotation_z(90), (thick, long, 0.17), cell, cloth, 0))
            y += thick
        return x + 0.30

    def table(self, chunk: str) -> BookTable:
        books = self.chunks[chunk]
        return BookTable(
            floats([b.position for b in books]),
            floats([b.matrix for b in books]),
            floats([b.size for b in books]),
            np.array([b.cell for b in books]),
            np.clip(floats([b.cloth for b in books]), 0, 255),
            np.array([b.volume for b in books]),
        )
