"""The table of a hall's books and the table of what is written on them: two small files, little-endian, versioned.

`docs/design/hall-format.md` names every byte. The browser reads the same vectors as the tests here.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from carrel.scenes.errors import CatalogueError
from carrel.scenes.halls.books.bays import Bay
from carrel.scenes.halls.books.cloths import CLOTHS
from carrel.scenes.halls.books.placing import BOOK, place
from carrel.scenes.halls.books.records import Record

MAGIC, TITLES_MAGIC, VERSION = b"CBKS", b"CBKT", 1
HEAD, TITLES_HEAD = struct.Struct("<4sHHIIIHHII"), struct.Struct("<4sHHII")
NAME_BYTES = 32
BAY = np.dtype(
    [
        ("name", f"S{NAME_BYTES}"),
        ("origin", "<f4", 3),
        ("heading", "<f4"),
        ("width", "<u2"),  # mm
        ("height", "<u2"),
        ("depth", "<u2"),
        ("zone", "<u2"),
        ("first_run", "<u4"),
        ("runs", "<u2"),
        ("base", "<u2"),  # mm
    ]
)
RUN = np.dtype(
    [
        ("origin", "<f4", 3),
        ("first_book", "<u4"),
        ("books", "<u2"),
        ("width", "<u2"),  # mm
        ("clear", "<u2"),
        ("depth", "<u2"),
    ]
)
BETWEEN = "\x1f"  # between the fields of a record in the table of titles
FIELDS = ("id", "title", "creator", "year", "language", "call_number")
Rows = NDArray[Any]


@dataclass(frozen=True)
class BooksTable:
    """A table read back: its parts as structured arrays, and the CRC-32 of the titles it belongs to."""

    cloths: NDArray[np.uint8]
    bays: Rows
    runs: Rows
    books: Rows
    titles_crc: int


def books_table(bays: Sequence[Bay], records: Sequence[Record], seed: int, *, copies: bool = False) -> bytes:
    """Shelve the records on the bays. The same values give the same bytes; `copies` fills the shelves by repeating.

    Raises CatalogueError for a bay whose name is longer than 32 bytes.
    """
    placed = place(bays, records, seed, copies=copies)
    books = np.array([row for run in placed for row in run], BOOK)
    counts = np.array([len(run) for run in placed], "u4")
    runs = np.zeros(len(placed), RUN)
    every = [run for bay in bays for run in bay.runs]
    if every:
        runs["origin"] = [run.origin for run in every]
        runs["first_book"], runs["books"] = np.cumsum(counts) - counts, counts
        for name in ("width", "clear", "depth"):
            runs[name] = [round(getattr(run, name) * 1000) for run in every]
    cases, first = np.zeros(len(bays), BAY), 0
    for k, bay in enumerate(bays):
        called = bay.id.encode()
        if len(called) > NAME_BYTES:
            raise CatalogueError(f"The bay {bay.id!r} has a name of more than {NAME_BYTES} bytes.")
        width, height, depth = (round(length * 1000) for length in bay.size)
        place_of = (width, height, depth, bay.zone, first, len(bay.runs), round(bay.base * 1000))
        cases[k] = (called, bay.origin, bay.heading, *place_of)
        first += len(bay.runs)
    cloths = np.array([[*rgb, 0] for rgb, _ in CLOTHS], "u1")
    body = cloths.tobytes() + cases.tobytes() + runs.tobytes() + books.tobytes()
    crc = zlib.crc32(titles_table(records))
    size = HEAD.size + len(body)
    head = HEAD.pack(MAGIC, VERSION, len(cases), len(runs), len(books), len(records), len(cloths), 0, size, crc)
    return head + body


def titles_table(records: Sequence[Record]) -> bytes:
    """What is written on the spines and cards, by the records' numbers; loaded when somebody comes near a shelf."""
    texts = [BETWEEN.join(str(getattr(r, f)).replace(BETWEEN, " ") for f in FIELDS).encode() for r in records]
    ends = np.cumsum([len(text) for text in texts], dtype="u4") if texts else np.zeros(0, "u4")
    text = b"".join(texts)
    return TITLES_HEAD.pack(TITLES_MAGIC, VERSION, 0, len(texts), len(text)) + ends.astype("<u4").tobytes() + text


def read_books_table(data: bytes) -> BooksTable:
    """A checked table. Raises CatalogueError with a sentence that names the fault."""
    if len(data) < HEAD.size:
        raise CatalogueError(f"A table of books begins with {HEAD.size} bytes; here are {len(data)}.")
    magic, version, bay_count, run_count, book_count, records, cloth_count, _, size, crc = HEAD.unpack_from(data)
    if magic != MAGIC or version != VERSION:
        raise CatalogueError(f"This is no table of books of version {VERSION}.")
    parts = ((cloth_count, np.dtype("<u4")), (bay_count, BAY), (run_count, RUN), (book_count, BOOK))
    wanted = HEAD.size + sum(count * kind.itemsize for count, kind in parts)
    if size != len(data) or size != wanted:
        raise CatalogueError(f"The table says {size} bytes, its counts say {wanted}, and {len(data)} came.")
    at, found = HEAD.size, list[Rows]()
    for count, kind in parts:
        found.append(np.frombuffer(data, kind, count, at))
        at += count * kind.itemsize
    cloths, bays, runs, books = found
    _check_order(bays["first_run"], bays["runs"], run_count, "bays")
    _check_order(runs["first_book"], runs["books"], book_count, "runs")
    if book_count and (int((books["record"] & 0xFFFFFF).max()) >= records or int(books["cloth"].max()) >= cloth_count):
        raise CatalogueError("A book names a record or a cloth that the table does not have.")
    return BooksTable(cloths.view("u1").reshape(-1, 4), bays, runs, books, crc)


def _check_order(first: Rows, counts: Rows, total: int, what: str) -> None:
    """The parts of a table follow each other without gaps."""
    ends = np.cumsum(counts.astype("u8"))
    if len(ends) and (not np.array_equal(ends - counts, first) or int(ends[-1]) != total):
        raise CatalogueError(f"The {what} of the table do not follow each other.")
