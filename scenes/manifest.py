"""The manifest of shipped files: what each is, who made it, under which licence and how."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from carrel.scenes.errors import DocumentError

SCHEMA_VERSION = 1
AUTHOR, LICENCE = "Carrel", "CC0-1.0"
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class Note(Struct, frozen=True, kw_only=True):
    """What a person says about a file; the rest is measured."""

    made_by: str
    author: str = AUTHOR
    licence: str = LICENCE


class ManifestEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file: its path below assets/gltf with forward slashes, its SHA-256, and where it comes from."""

    path: Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9_./-]+$")]
    sha256: Digest
    size_bytes: Annotated[int, Meta(ge=0)]
    author: Annotated[str, Meta(min_length=1, max_length=200)]
    licence: Annotated[str, Meta(min_length=1, max_length=64)]
    made_by: Annotated[str, Meta(min_length=1, max_length=400)]


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    files: tuple[ManifestEntry, ...]
    schema_version: Annotated[int, Meta(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)] = SCHEMA_VERSION


def manifest_of(files: Mapping[str, bytes], notes: Mapping[str, Note]) -> bytes:
    """A manifest of these files, sorted by path. A note's key is a path, or a folder's path that ends in "/".

    The longest matching key counts. Raises DocumentError for a file that no note speaks of.
    """
    entries = [_entry(path, files[path], _note_for(path, notes)) for path in sorted(files)]
    plain = msgspec.to_builtins(Manifest(files=tuple(entries)))
    return msgspec.json.format(msgspec.json.encode(plain, order="sorted"), indent=1) + b"\n"


def read(data: bytes) -> Manifest:
    """A checked manifest. Raises DocumentError with a sentence that names the fault."""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as fault:
        raise DocumentError(f"The manifest was refused: {fault}.") from fault
    paths = [entry.path for entry in manifest.files]
    if len(set(paths)) != len(paths):
        raise DocumentError("The manifest names a file twice.")
    return manifest


def _entry(path: str, data: bytes, note: Note) -> ManifestEntry:
    digest = hashlib.sha256(data).hexdigest()
    return ManifestEntry(
        path=path, sha256=digest, size_bytes=len(data), author=note.author, licence=note.licence, made_by=note.made_by
    )


def _note_for(path: str, notes: Mapping[str, Note]) -> Note:
    fitting = [key for key in notes if path == key or (key.endswith("/") and path.startswith(key))]
    if not fitting:
        raise DocumentError(f"No note says how {path!r} was made.")
    return notes[max(fitting, key=len)]
