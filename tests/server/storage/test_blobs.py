"""Blobs in a folder: named by what they hold, private, whole or absent."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from carrel.server.errors import StorageError
from carrel.server.storage import blobs
from carrel.server.storage.blobs import FolderBlobs


def test_kept_found_and_removed(tmp_path: Path) -> None:
    store = FolderBlobs(tmp_path / "blobs")
    name = store.put(b"words")
    assert name == hashlib.sha256(b"words").hexdigest()
    assert store.put(b"words") == name
    path = store.path(name)
    assert path is not None
    assert path.read_bytes() == b"words"
    assert path.parent.stat().st_mode & 0o077 == 0
    store.remove(name)
    store.remove(name)
    assert store.path(name) is None


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n"])
def test_only_names_of_blobs_are_names(name: str, tmp_path: Path) -> None:
    assert FolderBlobs(tmp_path).path(name) is None


def test_durable_before_it_can_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes are synced before they get their name, the folder after."""
    steps: list[str] = []
    replace, sync = Path.replace, os.fsync
    monkeypatch.setattr(Path, "replace", lambda self, target: steps.append("named") or replace(self, target))
    monkeypatch.setattr(
        blobs.os, "fsync", lambda number: steps.append(Path(f"/dev/fd/{number}").resolve().name) or sync(number)
    )
    store = FolderBlobs(tmp_path / "blobs")
    name = store.put(b"words")
    assert steps[-2:] == ["named", name[:2]]
    assert steps[0].endswith(".half")


def test_a_failing_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(blobs.os, "fsync", broken)
    store = FolderBlobs(tmp_path / "blobs")
    with pytest.raises(StorageError, match="cannot be kept"):
        store.put(b"words")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
