"""MARC as bytes (ISO 2709): one record after another from a stream, whatever is broken in between.

A record ends at its terminator, not where its leader says: lengths are wrong wherever a file was converted from one encoding to another. What
the directory says is believed when every field ends where it should, else the fields are taken in their order when there are as many.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from carrel.server.catalogue.importing.encoding import Decoder, Encoding, decoded
from carrel.server.catalogue.importing.found import FIELDS, RECORD_BYTES, Aside, Brought, Found, Unreadable, clean
from carrel.server.catalogue.importing.marc import Field, Marc
from carrel.server.catalogue.model import Record

CHUNK: Final = 1 << 18
_RECORD_END, _FIELD_END, _SUBFIELD = b"\x1d", b"\x1e", b"\x1f"
_LEADER: Final = re.compile(rb"[0-9]{5}[a-z0-9 |#][a-z |#]{2}.{2}[0-9 ]{2}[0-9]{5}.{3}[0-9 ]{4}", re.DOTALL)
_DIRECTORY_ENTRY: Final = 12


def read(stream: BinaryIO, encoding: Encoding | None, to_record: Callable[[Marc], Record]) -> Iterator[Found]:
    """`to_record` raises Unreadable for a record that it cannot take."""
    decoder = Decoder(encoding)
    for number, (position, data, whole) in enumerate(_records(stream), 1):
        try:
            if not whole:
                raise Unreadable(
                    "truncated", f"It has no end within {len(data)} bytes: the file was cut off or is not MARC."
                )
            yield Brought(number, position, to_record(parse(data, decoder)))
        except Unreadable as error:
            yield Aside(number, position, error.code, error.sentence)


def parse(data: bytes, decoder: Decoder) -> Marc:
    """One record without its terminator. Raises Unreadable."""
    if not _LEADER.match(data):
        raise Unreadable("leader", "It does not begin with a MARC leader.")
    parts = _fields(data)
    leader = data[:24].decode("latin-1")
    unimarc = any(tag == "200" for tag, _ in parts) and not any(tag == "245" for tag, _ in parts)
    encoding = decoder.encoding(b"\x1e".join(part for _, part in parts), marc_8=not unimarc)
    fields = []
    for tag, part in parts:
        if tag < "010" and _SUBFIELD not in part:
            fields.append(Field(tag, "", (("", _text(part, encoding)),)))
            continue
        head, *rest = part.split(_SUBFIELD)
        pairs = tuple((chr(one[0]), clean(_text(one[1:], encoding))) for one in rest if one and one[0] < 0x80)
        fields.append(Field(tag, head[:2].decode("latin-1"), pairs))
    return Marc(leader, fields)


def _text(data: bytes, encoding: Encoding) -> str:
    return data.decode() if data.isascii() and b"\x1b" not in data else decoded(data, encoding)


def _fields(data: bytes) -> list[tuple[str, bytes]]:
    """(tag, bytes). Raises Unreadable."""
    directory, end, body = data[24:].partition(_FIELD_END)
    count, rest = divmod(len(directory), _DIRECTORY_ENTRY)
    if not end or rest or not directory.isascii():
        raise Unreadable("directory", "Its directory is broken: the list of its fields has no end or no whole entries.")
    if count > FIELDS:
        raise Unreadable("too_large", f"A record has at most {FIELDS} fields here.")
    entries = [directory[at : at + _DIRECTORY_ENTRY] for at in range(0, len(directory), _DIRECTORY_ENTRY)]
    tags = [entry[:3].decode("ascii") for entry in entries]
    placed = []
    for entry in entries:
        if not entry[3:].isdigit():
            break
        length, start = int(entry[3:7]), int(entry[7:12])
        part = body[start : start + length]
        if part[-1:] != _FIELD_END or _FIELD_END in part[:-1]:
            break
        placed.append(part[:-1])
    if len(placed) < count:
        placed = body.split(_FIELD_END)
        if placed[-1] == b"":
            placed.pop()
        if len(placed) != count:
            raise Unreadable("directory", f"Its directory names {count} fields, and it has {len(placed)}.")
    return list(zip(tags, placed, strict=True))


def _records(stream: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """(position, bytes without the terminator, whether it had one). Of a record that runs into the next one, both."""
    waiting, position = b"", 0
    while chunk := stream.read(CHUNK):
        *whole, waiting = (waiting + chunk).split(_RECORD_END)
        for one in whole:
            yield from _parted(position, one)
            position += len(one) + 1
        if len(waiting) > RECORD_BYTES:
            yield position, waiting[:24], False
            # what follows is looked for again behind the next terminator
            position += len(waiting)
            waiting = b""
            while (chunk := stream.read(CHUNK)) and _RECORD_END not in chunk:
                position += len(chunk)
            before, end, waiting = chunk.partition(_RECORD_END)
            position += len(before) + len(end)
    if waiting.strip(b"\r\n\x1a\0 "):
        yield position, waiting, False


def _parted(position: int, data: bytes) -> Iterator[tuple[int, bytes, bool]]:
    stripped = data.lstrip(b"\r\n\0 ")
    position += len(data) - len(stripped)
    if not stripped:
        return
    told = int(stripped[:5]) if stripped[:5].isdigit() else 0
    if told != len(stripped) + 1:
        for found in _LEADER.finditer(stripped, 24):
            if int(found[0][:5]) == len(stripped) - found.start() + 1:
                yield position, stripped[: found.start()], False
                position += found.start()
                stripped = stripped[found.start() :]
                break
    yield position, stripped, True
