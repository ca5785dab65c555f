"""The gate for books in EPUB 2 and 3: a strict archive, its container, its package; every file unpacked once and counted."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.container import Bytes
from carrel.scenes.ingest.door import door
from carrel.scenes.ingest.limits import MEDIA_LIMITS, MediaLimits
from carrel.scenes.ingest.media.xml_text import read_xml
from carrel.scenes.ingest.media.zip_directory import STORED, Member, read_directory, unpack

CONTAINER, LOCKS = "META-INF/container.xml", "META-INF/encryption.xml"
PACKAGE_TYPE = "application/oebps-package+xml"
_HIDDEN_FONTS = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_OCF = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ENC = "{http://www.w3.org/2001/04/xmlenc#}"
_TEXT = 300


@dataclass(frozen=True, slots=True)
class EpubFacts:
    """A book: what its package says, as text that nobody has checked for sense."""

    version: str
    title: str
    language: str
    chapters: int
    pictures: int
    unpacked_bytes: int


@door
def check_epub(data: Bytes, limits: MediaLimits = MEDIA_LIMITS) -> EpubFacts:
    """Raises Refused, and nothing else, for any bytes."""
    if len(data) > limits.epub_bytes:
        raise Refused("file_size", f"The book has {len(data)} bytes; at most {limits.epub_bytes} are allowed.")
    view = memoryview(data)
    members = read_directory(view, limits)
    files = {member.name: member for member in members if not member.name.endswith("/")}
    total = sum(member.size_bytes for member in members)
    if total > limits.epub_unpacked_bytes:
        text = f"Unpacked, the book has {total} bytes; at most {limits.epub_unpacked_bytes} are allowed."
        raise Refused("zip_bomb", text)
    _check_type(view, members)
    kept = {name: unpack(view, files[name], limits.xml_bytes + 1) for name in (CONTAINER, LOCKS) if name in files}
    if CONTAINER not in kept:
        raise Refused("epub_container", f"The book has no {CONTAINER}: it is not an EPUB.")
    if LOCKS in kept:
        _check_locks(read_xml(kept[LOCKS], LOCKS, limits))
    package = _package_name(read_xml(kept[CONTAINER], CONTAINER, limits), files)
    facts = _check_package(
        read_xml(unpack(view, files[package], limits.xml_bytes + 1), package, limits), package, files, limits
    )
    for name, member in files.items():
        if name not in kept and name != package:
            unpack(view, member)
    return EpubFacts(*facts, unpacked_bytes=total)


def _check_type(data: memoryview, members: list[Member]) -> None:
    first = members[0] if members else None
    if first is None or first.name != "mimetype" or first.method != STORED:
        raise Refused("epub_mimetype", "The first file of an EPUB must be “mimetype”, stored as it is.")
    if first.size_bytes > 64 or unpack(data, first, 64).strip() != b"application/epub+zip":
        raise Refused("epub_mimetype", "The archive does not say that it is an EPUB.")


def _check_locks(root: ElementTree.Element) -> None:
    for method in root.iter(f"{_ENC}EncryptionMethod"):
        if method.get("Algorithm") not in _HIDDEN_FONTS:
            raise Refused("epub_locked", "The book is locked by its seller (DRM) and cannot be shown here.")


def _package_name(root: ElementTree.Element, files: dict[str, Member]) -> str:
    for found in root.iter(f"{_OCF}rootfile"):
        if found.get("media-type") == PACKAGE_TYPE:
            name = found.get("full-path", "")
            if name not in files:
                raise Refused("epub_package", f"The book's package {name[:80]!r} is not in it.")
            return name
    raise Refused("epub_package", f"{CONTAINER} names no package.")


def _check_package(
    root: ElementTree.Element, name: str, files: dict[str, Member], limits: MediaLimits
) -> tuple[str, str, str, int, int]:
    version = root.get("version", "")
    if root.tag != f"{_OPF}package" or version[:2] not in ("2.", "3."):
        raise Refused("epub_package", "The book's package is of no known version: save it as EPUB 3.")
    folder = posixpath.dirname(name)
    items: dict[str, str] = {}
    pictures = 0
    for item in root.iter(f"{_OPF}item"):
        href, kind = item.get("href", ""), item.get("media-type", "")
        try:
            parts = urlsplit(href)
        except ValueError as fault:
            raise Refused("epub_remote", f"The book lists {href[:80]!r}, which is no address.") from fault
        if parts.scheme or parts.netloc:
            if "remote-resources" in item.get("properties", "") or kind.startswith(("audio/", "video/")):
                continue  # not fetched, not shown
            raise Refused("epub_remote", f"The book needs {href[:80]!r}, which is not in it.")
        path = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
        if path not in files:
            raise Refused("epub_missing", f"The book lists {path[:80]!r}, which is not in it.")
        items[item.get("id", "")] = path
        pictures += kind.startswith("image/")
    chapters = [found.get("idref", "") for found in root.iter(f"{_OPF}itemref")]
    if not chapters or len(chapters) > limits.epub_chapters:
        raise Refused(
            "epub_chapters", f"The book has {len(chapters)} chapters; 1 to {limits.epub_chapters} are allowed."
        )
    missing = [chapter for chapter in chapters if chapter not in items]
    if missing:
        raise Refused("epub_missing", f"A chapter called {missing[0][:80]!r} is not in the book's list.")
    title, language = (_first(root, f"{_DC}{word}") for word in ("title", "language"))
    return version[:8], title, language, len(chapters), pictures


def _first(root: ElementTree.Element, tag: str) -> str:
    found = next(root.iter(tag), None)
    return " ".join("".join(found.itertext()).split())[:_TEXT] if found is not None else ""
