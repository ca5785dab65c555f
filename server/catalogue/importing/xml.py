"""XML as a stream of small trees: no document type, so no entity and no network, and never more of a file than one record.

A file is read to the first place where it is not well-formed; what follows cannot be understood, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final
from xml.parsers import expat

from carrel.server.catalogue.importing.found import FIELDS, RECORD_BYTES, Aside, Brought, Found, Unreadable
from carrel.server.catalogue.model import Record

CHUNK: Final = 1 << 16
DEPTH: Final = 32


class Node:
    """An element: its name without namespace, attributes, text and children."""

    __slots__ = ("attributes", "children", "line", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.text: list[str] = []
        self.children: list[Node] = []

    @property
    def value(self) -> str:
        return "".join(self.text)


def read(stream: BinaryIO, wanted: frozenset[str], to_record: Callable[[Node], Record | None]) -> Iterator[Found]:
    """`to_record` is asked for each outermost element with a wanted name; it raises Unreadable, or gives None for what is no record."""
    number = 0
    for one in _nodes(stream, wanted):
        number += 1
        if isinstance(one, Aside):
            yield Aside(number, one.position, one.code, one.sentence)
            continue
        try:
            record = to_record(one)
        except Unreadable as error:
            yield Aside(number, one.line, error.code, error.sentence)
            continue
        if record is None:
            number -= 1
        else:
            yield Brought(number, one.line, record)


def _nodes(stream: BinaryIO, wanted: frozenset[str]) -> Iterator[Node | Aside]:
    parser = expat.ParserCreate(namespace_separator="}")
    builder = _Builder(wanted, parser)
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
            yield from builder.ready
            builder.ready.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        yield from builder.ready
        sentence = f"The file is not well-formed XML here ({expat.ErrorString(error.code)}); nothing after it was read."
        yield Aside(0, error.lineno, "xml", sentence)
    except Unreadable as error:
        yield from builder.ready
        yield Aside(0, parser.CurrentLineNumber, error.code, f"{error.sentence} Nothing after it was read.")
    else:
        yield from builder.ready


class _Builder:
    def __init__(self, wanted: frozenset[str], parser: expat.XMLParserType) -> None:
        self.ready: list[Node | Aside] = []
        self._wanted = wanted
        self._parser = parser
        self._open: list[Node] = []
        self._characters = self._count = 0
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise Unreadable("xml", "The file has a document type, which may hold entities: it is not read.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2]
        if not self._open:
            if local not in self._wanted:
                return
            self._characters = self._count = 0
        node = Node(local, attributes, self._parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(node)
        self._open.append(node)
        self._count += 1
        self._characters += sum(map(len, attributes.values()))
        self._check()

    def _end(self, _: str) -> None:
        if self._open:
            node = self._open.pop()
            if not self._open:
                self.ready.append(node)

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].text.append(text)
            self._characters += len(text)
            self._check()

    def _check(self) -> None:
        if self._characters > RECORD_BYTES or self._count > 4 * FIELDS or len(self._open) > DEPTH:
            raise Unreadable(
                "too_large", f"A record has at most {RECORD_BYTES >> 10} KiB of text and {FIELDS} fields here."
            )
