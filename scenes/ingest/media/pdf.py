"""The gate for PDF: header, cross references, pages, and nothing that acts. Pages are only ever rendered, in the sandbox.

What is looked for is looked for in every object outside of content streams, those in compressed object streams too.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.container import Bytes
from carrel.scenes.ingest.door import door
from carrel.scenes.ingest.limits import MEDIA_LIMITS, MediaLimits

_HEADER = re.compile(rb"%PDF-([12]\.\d)\s")
_START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
_TABLE = re.compile(rb"\s*xref\s")
_STREAM_HEAD = re.compile(rb"\s*\d{1,10}\s+\d{1,5}\s+obj\s*<<")
_STREAM = re.compile(rb"\bstream\r?\n")
_PREVIOUS = re.compile(rb"/(?:Prev|XRefStm)\s+(\d{1,12})")
_SIZE = re.compile(rb"/Size\s+(\d{1,12})")
_OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm\b")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_COUNT = re.compile(rb"/Type\s*/Pages(?![A-Za-z])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME_END = rb"(?![A-Za-z0-9_.\-])"
_TAIL_BYTES = 2048
_DICTIONARY_BYTES = 65_536

# Names that make a document act, and what they would do.
ACTIONS = {
    "JavaScript": "runs a program",
    "JS": "runs a program",
    "Launch": "starts another program",
    "EmbeddedFile": "carries other files inside",
    "EmbeddedFiles": "carries other files inside",
    "RichMedia": "plays embedded media",
    "XFA": "is a form that rewrites itself",
    "SubmitForm": "sends what is typed into it elsewhere",
    "ImportData": "reads other files",
    "GoToE": "opens other files",
}
_ACTION = re.compile(rb"/(" + b"|".join(name.encode() for name in ACTIONS) + rb")" + _NAME_END)
_LOCKED = re.compile(rb"/Encrypt" + _NAME_END)


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """Version of the format, and how many pages the file describes."""

    version: str
    pages: int


@door
def check_pdf(data: Bytes, limits: MediaLimits = MEDIA_LIMITS) -> PdfFacts:
    """Raises Refused, and nothing else, for any bytes."""
    if len(data) > limits.pdf_bytes:
        raise Refused("file_size", f"The document has {len(data)} bytes; at most {limits.pdf_bytes} are allowed.")
    whole = bytes(data)
    header = _HEADER.match(whole)
    if header is None:
        raise Refused("pdf_header", "This is not a PDF file: it does not begin with “%PDF-”.", "byte 0")
    _check_references(whole, limits)
    pages = 0
    for part in _objects(whole, limits):
        plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part) if b"#" in part else part
        if _LOCKED.search(plain):
            raise Refused("pdf_locked", "The document is locked with a password: save it without.")
        action = _ACTION.search(plain)
        if action:
            text = f"The document {ACTIONS[action[1].decode()]} (/{action[1].decode()})"
            raise Refused("pdf_action", f"{text}: print it to a new PDF.")
        pages += len(_PAGE.findall(plain))
        if pages > limits.pdf_pages:
            raise Refused("pdf_pages", f"The document has more than {limits.pdf_pages} pages: split it.")
    if not pages:
        raise Refused("pdf_pages", "The document has no pages.")
    return PdfFacts(header[1].decode(), pages)


def _check_references(data: bytes, limits: MediaLimits) -> None:
    """Follow the cross references from the end of the file: each lies inside, none twice, none too large."""
    tail = data[-_TAIL_BYTES:]
    starts = list(_START.finditer(tail))
    if not starts:
        raise Refused("pdf_truncated", "The document has no end (startxref, %%EOF): it was cut. Send it again.")
    if tail[starts[-1].end() :].strip(b"\r\n\t \0"):
        raise Refused("pdf_trailing", "Something follows the end of the document: save it again without.")
    todo, seen = [int(starts[-1][1])], set[int]()
    while todo:
        offset = todo.pop()
        if offset in seen:
            raise Refused("pdf_references", "The document's cross references run in a circle.")
        seen.add(offset)
        if len(seen) > limits.pdf_revisions:
            raise Refused(
                "pdf_references", f"The document was changed more than {limits.pdf_revisions} times: save a copy."
            )
        dictionary = _trailer(data, offset)
        size = _SIZE.search(dictionary)
        if size is None or int(size[1]) > limits.pdf_objects:
            text = f"The document has more than {limits.pdf_objects} objects, or does not say how many."
            raise Refused("pdf_objects", text)
        todo += [int(found[1]) for found in _PREVIOUS.finditer(dictionary)]


def _trailer(data: bytes, offset: int) -> bytes:
    """The dictionary that ends a table of cross references, or heads a stream of them."""
    if offset >= len(data):
        raise Refused("pdf_references", f"The document's cross references would begin at byte {offset}, past its end.")
    if _TABLE.match(data, offset):
        at = data.find(b"trailer", offset)
        end = data.find(b"startxref", offset)
        if at < 0 or end < at:
            raise Refused("pdf_references", "The document's table of cross references has no trailer.")
        return data[at : min(end, at + _DICTIONARY_BYTES)]
    if _STREAM_HEAD.match(data, offset):
        stream = _STREAM.search(data, offset, offset + _DICTIONARY_BYTES)
        if stream is not None and b"/XRef" in data[offset : stream.start()]:
            return data[offset : stream.start()]
    raise Refused(
        "pdf_references", f"There are no cross references at byte {offset}, where the document says they are."
    )


def _objects(data: bytes, limits: MediaLimits) -> Iterator[bytes]:
    """What stands outside of streams, and what compressed object streams hold; unpacked within the limit."""
    offset, unpacked = 0, 0
    while True:
        stream = _STREAM.search(data, offset)
        part = data[offset : stream.start() if stream else len(data)]
        yield part
        if stream is None:
            return
        end = data.find(b"endstream", stream.end())
        if end < 0:
            raise Refused("pdf_truncated", f"A stream of the document never ends (byte {stream.start()}).")
        if _OBJECT_STREAM.search(part, max(0, part.rfind(b" obj"))):
            inner = _inflated(data[stream.end() : end], limits.pdf_unpacked_bytes - unpacked)
            unpacked += len(inner)
            yield inner
        offset = end + len(b"endstream")


def _inflated(packed: bytes, room: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        made = unpacker.decompress(packed, max(1, room))
    except zlib.error as fault:
        raise Refused("pdf_damaged", "Compressed objects of the document are damaged: save it again.") from fault
    if unpacker.unconsumed_tail:
        raise Refused("pdf_bomb", "The document's objects unpack to far more than a document needs.")
    return made
