"""XML from outside: no document type, no entities, nothing fetched; size, depth and number of elements are bounded."""

from __future__ import annotations

import re
from typing import cast
from xml.etree import ElementTree
from xml.parsers import expat

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.limits import MediaLimits

_TYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)


def read_xml(data: bytes, name: str, limits: MediaLimits) -> ElementTree.Element:
    """The root element of a small document in UTF-8. Raises Refused."""
    if len(data) > limits.xml_bytes:
        raise Refused("xml_size", f"{name} has more than {limits.xml_bytes} bytes.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refused("xml_utf8", f"{name} is not UTF-8 text: save the book as UTF-8.") from fault
    if _TYPE.search(data):
        raise Refused("xml_entities", f"{name} declares a document type or entities, which are not read here.")
    found: list[ElementTree.Element] = []
    depth = 0
    parser: ElementTree.XMLPullParser[ElementTree.Element] = ElementTree.XMLPullParser(("start", "end"))
    try:
        for at in range(0, len(text), 65_536):
            parser.feed(text[at : at + 65_536])
            for event in parser.read_events():
                kind, element = cast(tuple[str, ElementTree.Element], event)
                depth += 1 if kind == "start" else -1
                if kind == "start":
                    found.append(element)
                if depth > limits.xml_depth or len(found) > limits.xml_elements:
                    raise Refused("xml_bomb", f"{name} is nested too deep or has too many elements.")
        parser.close()
    except (ElementTree.ParseError, expat.ExpatError, ValueError, LookupError) as fault:
        raise Refused("xml_syntax", f"{name} is not well-formed XML: {str(fault)[:120]}.") from fault
    if not found:
        raise Refused("xml_syntax", f"{name} is empty.")
    return found[0]
