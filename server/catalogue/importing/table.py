"""CSV: a first line that names the columns, in English or Chinese; several values in one cell are parted by `|` or `;`."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, Final, get_args

from carrel.server.catalogue.importing.encoding import Decoder, Encoding, decoded
from carrel.server.catalogue.importing.found import RECORD_BYTES, Aside, Brought, Found, Unreadable, clean
from carrel.server.catalogue.importing.marc21 import isbns, unique, year
from carrel.server.catalogue.model import CallNumber, Form, Holding, Link, Name, Record, Scheme, Title

COLUMNS: Final = {
    "id": "id 编号 記錄號 记录号 控制号",
    "title": "title 题名 題名 书名 書名 标题",
    "original": "original_title 原题名",
    "transliteration": "transliteration pinyin 拼音",
    "creator": "creator author 作者 著者 责任者 責任者",
    "contributor": "contributor 其他责任者",
    "date": "date year 出版年 日期 出版日期",
    "language": "language 语种 語種 语言",
    "subject": "subject subjects keywords 主题 主題 主题词 关键词",
    "ddc": "ddc dewey 杜威",
    "lcc": "lcc",
    "clc": "clc 中图分类号 中圖分類號 分类号",
    "call_number": "call_number 索书号 索書號",
    "form": "form type 类型",
    "publisher": "publisher 出版社 出版者",
    "place": "place 出版地",
    "isbn": "isbn",
    "note": "note notes description 附注 简介 提要",
    "location": "location holding 馆藏地 馆藏",
    "link": "link url 链接",
}
_CALLED: Final = {called: column for column, names in COLUMNS.items() for called in names.split()}
_PARTS: Final = re.compile(r"\s*[|;；]\s*")


def read(stream: BinaryIO, encoding: Encoding | None, source: str) -> Iterator[Found]:
    """Raises Unreadable for a table without a title column."""
    lines = _lines(stream, Decoder(encoding))
    first = next(lines, "")
    delimiter = max(",\t;", key=first.count)
    rows = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    csv.field_size_limit(RECORD_BYTES)
    names = [_CALLED.get(name.strip().lower().replace(" ", "_")) for name in next(rows, [])]
    if "title" not in names:
        raise Unreadable("no_title", "The first line names no column `title` (or 题名).")
    number = 0
    while True:
        number += 1
        line = rows.line_num + 1
        try:
            row = next(rows)
            if any(cell.strip() for cell in row):
                yield Brought(number, line, _record(names, row, source))
        except StopIteration:
            return
        except csv.Error as error:
            yield Aside(number, line, "row", f"The row cannot be read: {error}.")
        except Unreadable as error:
            yield Aside(number, line, error.code, error.sentence)


def _record(names: list[str | None], row: list[str], source: str) -> Record:
    if len(row) > len(names):
        raise Unreadable("row", f"The row has {len(row)} cells and the first line names {len(names)}.")
    cells = {name: clean(cell) for name, cell in zip(names, row, strict=False) if name and cell.strip()}
    values = {name: [part for part in _PARTS.split(cell) if part] for name, cell in cells.items()}
    title = cells.get("title")
    if not title:
        raise Unreadable("no_title", "The row has no title.")
    titles = [Title(title)]
    titles += [Title(cells[kind], kind) for kind in ("original", "transliteration") if kind in cells]
    schemes: tuple[Scheme, ...] = ("ddc", "lcc", "clc")
    form = cells.get("form", "book").lower()
    return Record(
        source=source,
        source_id=cells.get("id", hashlib.sha256("\0".join(row).encode()).hexdigest())[:200],
        titles=titles,
        creators=[Name(text) for text in values.get("creator", [])],
        contributors=[Name(text) for text in values.get("contributor", [])],
        dates=[cells["date"]] if "date" in cells else [],
        year=year(cells.get("date", "")),
        languages=unique(text.lower()[:20] for text in values.get("language", [])),
        subjects=unique(values.get("subject", [])),
        call_numbers=[CallNumber(scheme, text) for scheme in schemes for text in values.get(scheme, [])]
        + [CallNumber("local", text) for text in values.get("call_number", [])],
        form=form if form in get_args(Form) else "other",  # type: ignore[arg-type]
        publisher=cells.get("publisher", ""),
        place=cells.get("place", ""),
        isbn=isbns(values.get("isbn", [])),
        notes=[cells["note"]] if "note" in cells else [],
        holdings=[Holding(text, cells.get("call_number", "")) for text in values.get("location", [])],
        links=[
            Link(text)
            for text in values.get("link", [])
            if text.lower().startswith(("http://", "https://")) and " " not in text
        ],
    )


def _lines(stream: BinaryIO, decoder: Decoder) -> Iterator[str]:
    """In the encoding that the file's beginning shows; a line that is not in it raises in its place by an unwritable sign, which `clean` names."""
    head = stream.read(1 << 16)
    start = head.rpartition(b"\n")[0] or head
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield from io.TextIOWrapper(io.BufferedReader(_Rest(head, stream)), "utf-16", errors="replace", newline="")
        return
    encoding = decoder.encoding(start.removeprefix(b"\xef\xbb\xbf"), marc_8=False)
    decoded(start, encoding)
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    yield from io.TextIOWrapper(io.BufferedReader(_Rest(head, stream)), codec, errors="replace", newline="")


class _Rest(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] or self._stream.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)
