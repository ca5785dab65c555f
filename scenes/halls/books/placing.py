"""The librarian: which book stands where. Records in their order, sets together, a little air, a few that lean or lie.

A record's cloth and design come from its id alone, so an import changes no other book's looks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from carrel.scenes.halls.books.bays import Bay, Run
from carrel.scenes.halls.books.cloths import COMMON
from carrel.scenes.halls.books.records import Record

DESIGNS = 64
BOOK = np.dtype(
    [
        ("x", "<u2"),  # 0.1 mm along the run to the foot's left front corner
        ("height", "<u2"),  # 0.1 mm
        ("thickness", "u1"),  # 0.5 mm
        ("depth", "u1"),  # 2 mm
        ("y", "u1"),  # 2 mm over the board
        ("back", "u1"),  # 0.5 mm behind the front edge
        ("lean", "i1"),  # 0.25 degrees to the left
        ("how", "u1"),  # bits 0-4: volume, 0 when not of a set; bit 7: lies on its left side
        ("design", "u1"),
        ("cloth", "u1"),
        ("record", "<u4"),  # bits 0-23: record; bits 24-31: the cloth's tint, 128 plain
    ]
)
LIES = 0x80
HAN_VOLUMES = 10  # numbers 11 to 20 of the strip are written 一 to 十
AIR, PILES, LEANS = 0.05, 0.012, 0.05  # chances before a set
_UP_TO = np.cumsum(COMMON)
Placed = tuple[int, int, int, int, int, int, int, int, int, int, int]


def place(bays: Sequence[Bay], records: Sequence[Record], seed: int, *, copies: bool) -> list[list[Placed]]:
    """For each run of each bay its books as rows of `BOOK`.

    With `copies` the records are shelved again and again until the shelves are full; without, each stands once and the
    shelves fill evenly (what finds no room is left out).
    """
    runs = [run for bay in bays for run in bay.runs]
    librarian = _Librarian(records, seed, copies)
    full = 1.0 if copies else _fullness(runs, records)
    return [librarian.fill(run, full) for run in runs]


def _fullness(runs: Sequence[Run], records: Sequence[Record]) -> float:
    """The part of each run that the records take, with the air between them."""
    room = sum(run.width for run in runs)
    needed = sum((_thickness(record, 0.035) + 0.001) * record.volumes for record in records)
    return min(1.0, 1.10 * needed / room + 0.02) if room else 1.0


def _thickness(record: Record, otherwise: float) -> float:
    """Metres, from the pages when they are known."""
    if record.pages is None:
        return otherwise
    return float(np.clip(0.006 + record.pages / record.volumes * 65e-6, 0.008, 0.075))


def _mixed(value: int) -> int:
    """A number's bits well stirred (splitmix64)."""
    value = (value + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return value ^ (value >> 31)


def _is_han(title: str) -> bool:
    return any("\u3400" <= ch <= "\u9fff" for ch in title)


class _Librarian:
    def __init__(self, records: Sequence[Record], seed: int, copies: bool) -> None:
        self.records, self.copies, self.seed = records, copies, seed
        self.rng = np.random.default_rng(seed)
        self.han = [_is_han(record.title) for record in records]
        self.keys = [zlib.crc32(record.id.encode()) for record in records]
        self.waiting = self._order()
        self.next: tuple[int, int] | None = next(self.waiting, None)
        self.height = 0.8  # of a run, while similar books follow each other

    def _order(self) -> Iterator[tuple[int, int]]:
        """(record, copy): as listed, or in another order each time round."""
        if not self.copies:
            yield from ((index, 0) for index in range(len(self.records)))
            return
        copy = 0
        while len(self.records):
            yield from ((int(index), copy) for index in self.rng.permutation(len(self.records)))
            copy += 1

    def fill(self, run: Run, full: float) -> list[Placed]:
        rng, books = self.rng, list[Placed]()
        x, end = float(rng.uniform(0, 0.02)), run.width * full
        while self.next is not None and x < end - 0.012:
            chance = float(rng.random())
            if chance < AIR:
                x += float(rng.uniform(0.03, 0.14))
            if AIR < chance < AIR + PILES and run.width - x > 0.30:
                x = self._pile(run, x, books)
            else:
                after = self._set(run, x, books)
                if after < 0:
                    break
                x = after
        return books

    def _looks(self, index: int, copy: int) -> tuple[int, int, int]:
        """Design, cloth and tint."""
        bits = _mixed(self.keys[index] ^ (self.seed << 32) ^ (copy << 40))
        cloth = int(np.searchsorted(_UP_TO, ((bits >> 8) & 0xFFFF) / 0x10000, side="right"))
        return bits % DESIGNS, cloth, 105 + (bits >> 24) % 43

    def _take(self) -> tuple[int, int]:
        assert self.next is not None
        taken, self.next = self.next, next(self.waiting, None)
        return taken

    def _set(self, run: Run, x: float, books: list[Placed]) -> float:
        """All volumes of the next record. Returns where the next may stand, or -1 when the run has no room for them."""
        assert self.next is not None
        rng, (index, copy) = self.rng, self.next
        record = self.records[index]
        count = record.volumes
        if self.copies and count > 1 and rng.random() < 0.5:
            count = 1
        if rng.random() < 0.15:
            self.height = float(rng.uniform(0.66, 0.95))
        thick = _thickness(record, float(rng.gamma(7, 0.0044)) + 0.010)
        if record.height_mm is None:
            height = run.clear * float(np.clip(self.height + rng.normal(0, 0.10), 0.55, 0.965))
        else:
            height = min(record.height_mm / 1000, run.clear * 0.985)
        lean = float(rng.uniform(3, 9)) if count == 1 and rng.random() < LEANS else 0.0
        aside = height * float(np.sin(np.radians(lean)))
        if x + thick * count * 1.06 + aside > run.width and books:
            return -1
        self._take()
        depth = min(run.depth - 0.02, height * float(rng.uniform(0.62, 0.75)))
        first = (1 + HAN_VOLUMES if self.han[index] else 1) if count > 1 else 0
        design, cloth, tint = self._looks(index, copy)
        for volume in range(count):
            wide = thick * (1 + float(rng.normal(0, 0.06)) if count > 1 else 1)
            if x + wide + aside > run.width:
                break
            back = 0.004 + abs(float(rng.normal(0, 0.006)))
            tall = (height + float(rng.normal(0, 0.0015))) * (0.97 if lean else 1)
            how = first + volume if count > 1 else 0
            books.append(_row(x + aside, 0.0, (wide, tall, depth), back, lean, how, design, cloth, tint, index))
            x += wide * (1.05 if lean else 1) + aside + abs(float(rng.normal(0.0008, 0.001)))
        return x

    def _pile(self, run: Run, x: float, books: list[Placed]) -> float:
        """A few books lying flat."""
        rng, y = self.rng, 0.0
        for _ in range(int(rng.integers(2, 5))):
            if self.next is None:
                break
            index, copy = self.next
            thick, long = (
                _thickness(self.records[index], float(rng.uniform(0.02, 0.05))),
                float(rng.uniform(0.19, 0.27)),
            )
            if y + thick > min(run.clear - 0.02, 0.5) or self.records[index].volumes > 1:
                break
            self._take()
            design, cloth, tint = self._looks(index, copy)
            at = x + long + float(rng.uniform(0, 0.02))
            books.append(_row(at, y, (thick, long, 0.17), 0.01, 0.0, LIES, design, cloth, tint, index))
            y += thick
        return x + 0.30 if y else x + 0.02


def _row(
    x: float,
    y: float,
    size: tuple[float, float, float],
    back: float,
    lean: float,
    how: int,
    design: int,
    cloth: int,
    tint: int,
    record: int,
) -> Placed:
    def units(metres: float, step: float, most: int) -> int:
        return min(most, max(0, round(metres / step)))

    return (
        units(x, 1e-4, 0xFFFF),
        units(size[1], 1e-4, 0xFFFF),
        units(size[0], 5e-4, 0xFF),
        units(size[2], 2e-3, 0xFF),
        units(y, 2e-3, 0xFF),
        units(back, 5e-4, 0xFF),
        round(lean * 4),
        how,
        design,
        cloth,
        record | tint << 24,
    )
