"""`python -m tests.scenes.halls.make_books_vectors`: a small table of books and what a reader must find in it, for both languages of ours."""

from __future__ import annotations

import json
from pathlib import Path

from carrel.scenes.document import Entity, Shelf, Text, Transform
from carrel.scenes.halls.books.bays import bays_of
from carrel.scenes.halls.books.records import Record
from carrel.scenes.halls.books.table import books_table, read_books_table, titles_table

PATH = Path(__file__).parents[2] / "vectors" / "books-table.json"
RECORDS = (
    Record(id="r1", title="Middlemarch", creator="George Eliot", year="1871", language="en", pages=880, volumes=3),
    Record(id="r2", title="史记", creator="司马迁", year="-91", language="zh", call_number="K204.2", height_mm=260),
    Record(id="r3", title="A leaf", pages=24, height_mm=180),
    Record(id="r4", title="", creator="Nobody"),
)


def shelf(name: str, x: float, turn: tuple[float, float, float, float], boards: tuple[float, ...]) -> Entity:
    """A bookcase of two columns, 1.2 m wide."""
    words = Text(en="Poetry", zh="诗歌")
    part = Shelf(label=words, size=(1.2, 1.4, 0.4), bays=2, base_m=0.16, boards_m=boards, zone=1)
    return Entity(id=name, transform=Transform(position=(x, 0.0, -2.0), rotation=turn), shelf=part)


def entities() -> tuple[Entity, ...]:
    return (
        shelf("shelf-a", -1.0, (0.0, 0.0, 0.0, 1.0), (0.34, 0.30)),
        shelf("shelf-b", 2.0, (0.0, 0.70711, 0.0, 0.70711), (0.32,)),
    )


def vectors() -> dict[str, object]:
    bays = bays_of(entities())
    data, titles = books_table(bays, RECORDS, 5, copies=True), titles_table(RECORDS)
    table = read_books_table(data)
    return {
        "books": data.hex(),
        "titles": titles.hex(),
        "bays": [
            {
                "name": bay["name"].decode(),
                "origin": [round(float(v), 5) for v in bay["origin"]],
                "heading": round(float(bay["heading"]), 5),
                "runs": int(bay["runs"]),
                "zone": int(bay["zone"]),
            }
            for bay in table.bays
        ],
        "runs": [
            {"origin": [round(float(v), 5) for v in run["origin"]], "books": int(run["books"])} for run in table.runs
        ],
        "shelved": [
            {
                "x_m": round(int(book["x"]) * 1e-4, 4),
                "thickness_m": round(int(book["thickness"]) * 5e-4, 4),
                "height_m": round(int(book["height"]) * 1e-4, 4),
                "depth_m": round(int(book["depth"]) * 2e-3, 4),
                "y_m": round(int(book["y"]) * 2e-3, 4),
                "lean_degrees": int(book["lean"]) / 4,
                "how": int(book["how"]),
                "design": int(book["design"]),
                "record": int(book["record"]) & 0xFFFFFF,
            }
            for book in table.books
        ],
        "records": [[r.id, r.title, r.creator, r.year, r.language, r.call_number] for r in RECORDS],
    }


def encode(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(encode(vectors()), "utf-8")
