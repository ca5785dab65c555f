"""MARCXML (and MARC 21 or UNIMARC in the same clothes) as fields."""

from __future__ import annotations

from typing import Final

from carrel.server.catalogue.importing.found import Unreadable, clean
from carrel.server.catalogue.importing.marc import Field, Marc
from carrel.server.catalogue.importing.xml import Node

RECORDS: Final = frozenset({"record"})


def parse(node: Node) -> Marc | None:
    """None for an element that only shares the name, such as an OAI envelope: its content is looked through for the record within."""
    inner = _record(node)
    if inner is None:
        return None
    leader, fields = "", []
    for one in inner.children:
        if one.name == "leader":
            leader = one.value
        elif one.name == "controlfield":
            fields.append(Field(_tag(one), "", (("", one.value),)))
        elif one.name == "datafield":
            indicators = one.attributes.get("ind1", " ")[:1] + one.attributes.get("ind2", " ")[:1]
            pairs = tuple((part.attributes.get("code", "")[:1], clean(part.value)) for part in one.children)
            fields.append(Field(_tag(one), indicators, pairs))
    return Marc(leader.strip("\n\r\t").ljust(24), fields)


def _record(node: Node) -> Node | None:
    if any(one.name in ("controlfield", "datafield", "leader") for one in node.children):
        return node
    return next((found for one in node.children if (found := _record(one)) is not None), None)


def _tag(node: Node) -> str:
    tag = node.attributes.get("tag", "")
    if len(tag) != 3 or not tag.isalnum() or not tag.isascii():
        raise Unreadable("directory", f"A field has the tag {tag[:20]!r}, which is none.")
    return tag
