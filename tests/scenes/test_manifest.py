"""The manifest covers every shipped file, and its figures are true."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from carrel.scenes.errors import DocumentError
from carrel.scenes.manifest import Note, manifest_of, read

SHIPPED = Path(__file__).parents[2] / "assets" / "gltf"


def test_every_shipped_file_is_covered_and_unchanged() -> None:
    manifest = read((SHIPPED / "manifest.json").read_bytes())
    listed = {entry.path: entry for entry in manifest.files}
    on_disk = {p.relative_to(SHIPPED).as_posix(): p for p in SHIPPED.rglob("*") if p.is_file()}
    on_disk.pop("manifest.json")
    assert set(listed) == set(on_disk)
    for path, entry in listed.items():
        data = on_disk[path].read_bytes()
        assert (entry.size_bytes, entry.sha256) == (len(data), hashlib.sha256(data).hexdigest()), path


def test_the_longest_note_speaks_for_a_file() -> None:
    notes = {"halls/": Note(made_by="a recipe"), "halls/b.jpg": Note(made_by="a picture", author="Ada")}
    first, second = read(manifest_of({"halls/b.jpg": b"b", "halls/a.glb": b"a"}, notes)).files
    assert (first.path, first.made_by, first.licence) == ("halls/a.glb", "a recipe", "CC0-1.0")
    assert (second.author, second.size_bytes) == ("Ada", 1)


def test_a_file_without_a_note_is_refused() -> None:
    with pytest.raises(DocumentError, match="avatars/x"):
        manifest_of({"avatars/x.glb": b""}, {"halls/": Note(made_by="a recipe")})


def test_broken_manifests_are_refused() -> None:
    with pytest.raises(DocumentError, match="refused"):
        read(b'{"files": [{"path": "a"}]}')
