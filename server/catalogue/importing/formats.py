"""Which format a file is in, and its reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, Final, Literal, get_args

from carrel.server.catalogue.importing import dublin_core, iso2709, marc21, marcxml, table, unimarc, xml
from carrel.server.catalogue.importing.encoding import Encoding
from carrel.server.catalogue.importing.found import Found, Unreadable
from carrel.server.catalogue.importing.marc import Marc
from carrel.server.catalogue.importing.xml import Node
from carrel.server.catalogue.model import Record

Format = Literal["marc", "marc21", "unimarc", "marcxml", "dc", "csv"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)
HEAD_BYTES: Final = 8192
_SUFFIXES: Final[dict[str, Format]] = {".csv": "csv", ".tsv": "csv", ".mrc": "marc", ".marc": "marc", ".iso": "marc"}


def format_of(head: bytes, suffix: str) -> Format:
    """By its first bytes, then by its name's end. Raises Unreadable."""
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t\0")
    if re.match(rb"\d{5}.{5}[0-9 ]{2}\d{5}", start, re.DOTALL):
        return "marc"
    if start.startswith(b"<") or head.startswith((b"\xff\xfe<", b"\xfe\xff\0<")):
        plain = head.replace(b"\0", b"")
        if b"controlfield" in plain or b"datafield" in plain or b"MARC21/slim" in plain or b"marcxchange" in plain:
            return "marcxml"
        return "dc"
    if suffix.lower() in _SUFFIXES:
        return _SUFFIXES[suffix.lower()]
    raise Unreadable("format", f"The file's format is not known: say it with --format ({', '.join(FORMATS)}).")


def read(stream: BinaryIO, form: Format, encoding: Encoding | None, source: str) -> Iterator[Found]:
    """Everything in the file, in its order. Raises Unreadable when there is no beginning."""
    to_record = partial(_to_record, form=form, source=source)
    match form:
        case "marc" | "marc21" | "unimarc":
            return iso2709.read(stream, encoding, to_record)
        case "marcxml":
            return xml.read(stream, marcxml.RECORDS, partial(_from_xml, source=source))
        case "dc":
            return xml.read(stream, dublin_core.RECORDS, partial(dublin_core.to_record, source=source))
        case "csv":
            return table.read(stream, encoding, source)


def _from_xml(node: Node, source: str) -> Record | None:
    marc = marcxml.parse(node)
    return None if marc is None else _to_record(marc, "marc", source)


def _to_record(marc: Marc, form: Format, source: str) -> Record:
    """UNIMARC has its title in 200, MARC 21 in 245."""
    tags = {one.tag for one in marc.fields}
    if form == "unimarc" or (form == "marc" and "200" in tags and "245" not in tags):
        return unimarc.to_record(marc, source)
    return marc21.to_record(marc, source)
