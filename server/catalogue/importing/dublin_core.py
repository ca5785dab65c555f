"""Dublin Core: fifteen elements and their refinements, in whatever envelope (OAI, RDF, a plain list)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from carrel.server.catalogue.importing.found import Unreadable, clean
from carrel.server.catalogue.importing.marc21 import isbns, unique, year
from carrel.server.catalogue.importing.xml import Node
from carrel.server.catalogue.model import Form, Link, Name, Record, Title

RECORDS: Final = frozenset({"record", "dc", "Description", "metadata"})
_FORMS: Final[dict[str, Form]] = {
    "text": "book",
    "image": "picture",
    "stillimage": "picture",
    "movingimage": "video",
    "sound": "sound",
    "map": "map",
    "physicalobject": "thing",
    "dataset": "electronic",
    "software": "electronic",
    "interactiveresource": "electronic",
}
_NAMES: Final = ("title", "identifier")


def to_record(node: Node, source: str) -> Record | None:
    """None for an envelope without Dublin Core, such as a deleted record's. Raises Unreadable."""
    values: dict[str, list[str]] = {}
    for one in _leaves(node):
        if text := clean(one.value):
            values.setdefault(one.name, []).append(text)
    about = next((value for name, value in node.attributes.items() if name.endswith("about")), "")
    if not values.keys() & {"title", "creator", "subject", "description"}:
        return None
    titles = values.get("title", [])
    if not titles:
        raise Unreadable("no_title", "It has no dc:title.")
    identifiers = values.get("identifier", [])
    dates = [*values.get("date", []), *values.get("issued", []), *values.get("created", [])]
    return Record(
        source=source,
        source_id=(about or next(iter(identifiers), "") or _digest(values))[:200],
        titles=[Title(titles[0]), *(Title(text, "variant") for text in (*titles[1:], *values.get("alternative", [])))],
        creators=[Name(text) for text in values.get("creator", [])],
        contributors=[Name(text) for text in values.get("contributor", [])],
        dates=dates,
        year=year(*dates),
        languages=unique(text.lower()[:20] for text in values.get("language", [])),
        subjects=unique((*values.get("subject", []), *values.get("spatial", []), *values.get("temporal", []))),
        form=next(
            (_FORMS[kind] for one in values.get("type", []) if (kind := one.lower().replace(" ", "")) in _FORMS),
            "other",
        ),
        publisher=next(iter(values.get("publisher", [])), ""),
        isbn=isbns(text[text.lower().find("isbn") :] for text in identifiers if "isbn" in text.lower()),
        notes=[*values.get("description", []), *values.get("abstract", [])],
        links=[
            Link(text) for text in identifiers if text.lower().startswith(("http://", "https://")) and " " not in text
        ],
    )


def _leaves(node: Node) -> Iterator[Node]:
    """Elements without children; what an OAI header says is none of the record's own words, except its identifier."""
    for one in node.children:
        if one.children:
            yield from _leaves(one)
        else:
            yield one


def _digest(values: dict[str, list[str]]) -> str:
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()
