"""Records as shelves need them, and reading a list of them: JSON lines or CSV. What is wrong is named with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from carrel.scenes.errors import CatalogueError

LIST_LIMIT_BYTES = 256 << 20
RECORD_LIMIT = (1 << 24) - 1
LARGEST_SET = 10


class Record(Struct, frozen=True, kw_only=True):
    """One record of a catalogue. `volumes` is how many books it takes on a shelf; sizes may be unknown (None)."""

    id: Annotated[str, Meta(min_length=1, max_length=128)]
    title: Annotated[str, Meta(max_length=300)]
    creator: Annotated[str, Meta(max_length=200)] = ""
    year: Annotated[str, Meta(max_length=32)] = ""
    language: Annotated[str, Meta(max_length=16)] = ""
    call_number: Annotated[str, Meta(max_length=64)] = ""
    height_mm: Annotated[int, Meta(ge=1, le=2000)] | None = None
    pages: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    volumes: Annotated[int, Meta(ge=1, le=LARGEST_SET)] = 1


_DECODER = msgspec.json.Decoder(dict[str, Any])
_NUMBERS = ("height_mm", "pages", "volumes")


def read_records(data: bytes) -> tuple[Record, ...]:
    """Records of a UTF-8 list: a line that begins with `{` makes it JSON lines, anything else CSV with a heading.

    Unknown columns are passed over. Raises CatalogueError naming the line.
    """
    if len(data) > LIST_LIMIT_BYTES:
        raise CatalogueError(f"The list has {len(data)} bytes; at most {LIST_LIMIT_BYTES} are read.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise CatalogueError(f"The list is not UTF-8: byte {fault.start} cannot be read.") from fault
    rows = _json_lines(text) if text.lstrip()[:1] == "{" else _csv(text)
    records: list[Record] = []
    seen: set[str] = set()
    for line, row in rows:
        record = _record(line, row)
        if record.id in seen:
            raise CatalogueError(f"Line {line} has the id {record.id!r} again: every record has its own.")
        seen.add(record.id)
        records.append(record)
        if len(records) > RECORD_LIMIT:
            raise CatalogueError(f"The list has more than {RECORD_LIMIT} records.")
    if not records:
        raise CatalogueError("The list has no records.")
    return tuple(records)


def _json_lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, row in enumerate(text.split("\n"), 1):
        if row.strip():
            try:
                yield line, _DECODER.decode(row)
            except msgspec.DecodeError as fault:
                raise CatalogueError(f"Line {line} is not a JSON object: {fault}.") from fault


def _csv(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not {"id", "title"} <= set(reader.fieldnames or ()):
        raise CatalogueError("The list's first line must name its columns, `id` and `title` among them.")
    rows: Iterable[dict[str | Any, str | Any]] = reader
    try:
        for row in rows:
            yield reader.line_num, {key: value for key, value in row.items() if isinstance(key, str) and value}
    except csv.Error as fault:
        raise CatalogueError(f"Line {reader.line_num} is not CSV: {fault}.") from fault


def _record(line: int, row: dict[str, Any]) -> Record:
    known = {key: row[key] for key in Record.__struct_fields__ if row.get(key) is not None}
    known.setdefault("title", "")
    if isinstance(known.get("year"), int):
        known["year"] = str(known["year"])
    try:
        # CSV has no numbers, so those may come as words
        for key in _NUMBERS:
            if key in known:
                known[key] = msgspec.convert(known[key], int, strict=False)
        return msgspec.convert(known, Record)
    except msgspec.ValidationError as fault:
        raise CatalogueError(f"Line {line} was refused: {fault}.") from fault
