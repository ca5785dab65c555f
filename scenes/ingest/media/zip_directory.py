"""The directory of a ZIP archive, read strictly: what it says at its end must be what stands in it from the first byte on.

No names that lead elsewhere, no links, no encryption, no overlaps, no bytes that belong to nobody before the first file.
"""

from __future__ import annotations

import struct
import unicodedata
import zlib
from typing import NamedTuple

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.limits import MediaLimits

_END, _CENTRAL, _LOCAL = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_CHUNK = 1 << 20
STORED, DEFLATED = 0, 8


class Member(NamedTuple):
    """A file of the archive; `start` is where its stored bytes begin."""

    name: str
    method: int
    crc: int
    packed_bytes: int
    size_bytes: int
    start: int


def read_directory(data: memoryview, limits: MediaLimits) -> list[Member]:
    """The files in the order in which they stand. Raises Refused."""
    try:
        return _read(data, limits)
    except struct.error as fault:
        raise Refused("zip_truncated", "The archive ends too early: it was cut. Send it again.") from fault


def _read(data: memoryview, limits: MediaLimits) -> list[Member]:
    tail = bytes(data[-(22 + 65_535) :])
    at = tail.rfind(_END)
    if at < 0:
        raise Refused("zip_truncated", "The archive has no directory at its end: it was cut. Send it again.")
    disk, first, here, count, size, offset, comment = struct.unpack_from("<4H2IH", tail, at + 4)
    end = len(data) - len(tail) + at
    if at + 22 + comment != len(tail):
        raise Refused("zip_trailing", "Something follows the end of the archive: save it again without.")
    if disk or first or here != count or 0xFFFF in (count,) or 0xFFFFFFFF in (size, offset):
        raise Refused("zip_kind", "The archive is split or too large: make it again as a plain ZIP.")
    if count > limits.epub_files:
        raise Refused("zip_count", f"The archive has {count} files; at most {limits.epub_files} are allowed.")
    if offset + size != end:
        raise Refused("zip_directory", "The archive's directory does not stand where it should.")
    members: list[Member] = []
    spans: list[tuple[int, int]] = []
    for _ in range(count):
        member, span, offset = _member(data, offset, limits)
        members.append(member)
        spans.append(span)
    if offset != end:
        raise Refused("zip_directory", "The archive's directory is not as long as it says.")
    _check_spans(spans, end - size)
    _check_names(members)
    return sorted(members, key=lambda member: member.start)


def _member(data: memoryview, offset: int, limits: MediaLimits) -> tuple[Member, tuple[int, int], int]:
    """One entry of the directory, the span of bytes it takes, and where the next entry begins."""
    if bytes(data[offset : offset + 4]) != _CENTRAL:
        raise Refused("zip_directory", f"The archive's directory is broken at byte {offset}.")
    made_by, _, flags, method, _, _, crc, packed, size = struct.unpack_from("<6H3I", data, offset + 4)
    name_bytes, extra, comment, disk, _, mode, local = struct.unpack_from("<5H2I", data, offset + 28)
    raw = bytes(data[offset + 46 : offset + 46 + name_bytes])
    try:
        name = raw.decode("utf-8" if flags & 0x800 else "ascii")
    except UnicodeDecodeError as fault:
        raise Refused("zip_name", "A file of the archive has a name that is not clean UTF-8.") from fault
    if flags & 0x2041:
        raise Refused("zip_encrypted", "The archive is locked with a password: save it without.")
    if method not in (STORED, DEFLATED):
        raise Refused("zip_method", f"{name[:80]!r} is compressed in an unusual way: make the archive again.")
    if disk or 0xFFFFFFFF in (packed, size, local):
        raise Refused("zip_kind", "The archive is split or too large: make it again as a plain ZIP.")
    if made_by >> 8 == 3 and (mode >> 16) & 0o170000 not in (0, 0o100000, 0o040000):
        raise Refused("zip_link", f"{name[:80]!r} is a link and not a file.")
    if size > limits.epub_unpacked_bytes or (size > _CHUNK and size > packed * limits.epub_ratio):
        raise Refused("zip_bomb", f"{name[:80]!r} would unpack to {size} bytes out of {packed}.")
    start, end = _local(data, local, raw, method, packed, name)
    return Member(name, method, crc, packed, size, start), (local, end), offset + 46 + name_bytes + extra + comment


def _local(data: memoryview, offset: int, raw: bytes, method: int, packed: int, name: str) -> tuple[int, int]:
    """Where the stored bytes begin and end; the header before them must say what the directory says."""
    if bytes(data[offset : offset + 4]) != _LOCAL:
        raise Refused("zip_directory", f"{name[:80]!r} does not stand where the directory says.")
    _, flags, own_method, _, _, _, own_packed, _ = struct.unpack_from("<5H3I", data, offset + 4)
    name_bytes, extra = struct.unpack_from("<2H", data, offset + 26)
    start = offset + 30 + name_bytes + extra
    is_later = bool(flags & 8)  # sizes stand behind the data
    if bytes(data[offset + 30 : offset + 30 + name_bytes]) != raw or own_method != method:
        raise Refused("zip_two_faces", f"{name[:80]!r} is another file inside than the directory says.")
    if own_packed != packed and not (is_later and own_packed == 0):
        raise Refused("zip_two_faces", f"{name[:80]!r} has another size inside than the directory says.")
    if start + packed > len(data):
        raise Refused("zip_truncated", f"{name[:80]!r} reaches beyond the end of the archive.")
    return start, start + packed


def _check_spans(spans: list[tuple[int, int]], directory: int) -> None:
    last = 0
    for number, (start, end) in enumerate(sorted(spans)):
        if number == 0 and start:
            raise Refused("zip_prefix", "Something stands before the first file of the archive: save it again without.")
        if start < last or end > directory:
            raise Refused("zip_overlap", "Two files of the archive share the same bytes.")
        last = end


def _check_names(members: list[Member]) -> None:
    seen: set[str] = set()
    for member in members:
        name = member.name
        parts = name.rstrip("/").split("/")
        is_wrong = not name or any(part in ("", ".", "..") for part in parts) or any(c in name for c in "\\:")
        if is_wrong or len(name) > 512 or any(unicodedata.category(c) == "Cc" for c in name):
            raise Refused("zip_path", f"{name[:80]!r} is not the name of a file inside the archive.")
        plain = unicodedata.normalize("NFC", name).casefold()
        if plain in seen:
            raise Refused("zip_twice", f"Two files of the archive are called {name[:80]!r}.")
        seen.add(plain)


def unpack(data: memoryview, member: Member, keep_bytes: int = 0) -> bytes:
    """Unpack a file to its end, never more than it declares; returns its first bytes (up to `keep_bytes`). Raises Refused."""
    kept, size, crc = bytearray(), 0, 0
    packed = data[member.start : member.start + member.packed_bytes]
    unpacker = zlib.decompressobj(-15) if member.method == DEFLATED else None
    for at in range(0, len(packed), _CHUNK):
        rest: bytes | memoryview = packed[at : at + _CHUNK]
        while True:
            try:
                made: bytes | memoryview = rest if unpacker is None else unpacker.decompress(rest, _CHUNK)
            except zlib.error as fault:
                raise Refused("zip_damaged", f"{member.name[:80]!r} is damaged: send the file again.") from fault
            size, crc = size + len(made), zlib.crc32(made, crc)
            kept += bytes(made[: max(0, keep_bytes - len(kept))])
            if size > member.size_bytes:
                raise Refused("zip_lies", f"{member.name[:80]!r} unpacks to more than it declares.")
            rest = b"" if unpacker is None else unpacker.unconsumed_tail
            if not rest and (unpacker is None or len(made) < _CHUNK):
                break
    if size != member.size_bytes or crc != member.crc or (unpacker is not None and not unpacker.eof):
        raise Refused("zip_damaged", f"{member.name[:80]!r} does not match its checksum: send the file again.")
    return bytes(kept)
