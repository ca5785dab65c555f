"""The log's public files and its latest checkpoint on an object store, in memory and over S3's protocol; one that fails; and one whose answers get lost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import obstore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstore.exceptions import GenericError
from obstore.store import MemoryStore

from carrel.ledger.audit import audit
from carrel.ledger.checkpoint import open_checkpoint
from carrel.ledger.errors import Forked
from carrel.ledger.tiles import TileReader
from carrel.server.errors import ConfigurationError, StorageError
from carrel.server.registry import blobs, parts
from carrel.server.registry.blobs import ObjectFiles, ObjectPlace, open_object_store
from carrel.server.registry.errors import AnotherWriter, NotNow, RolledBack
from carrel.server.registry.parts import Addresses, latest_place, public_files
from carrel.server.registry.recovery import open_log

from .logs import Kept
from .small_s3 import small_s3


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> dict[str, MemoryStore]:
    """By address; each is made when it is first named, and is there after a restart."""
    made: dict[str, MemoryStore] = {}
    monkeypatch.setattr(blobs, "open_object_store", lambda url: made.setdefault(url, MemoryStore()))
    return made


@pytest.fixture
def far(tmp_path: Path, stores: dict[str, MemoryStore]) -> Any:
    kept = Kept(tmp_path / "ledger", Addresses(tiles="s3://library/ledger", latest="s3://library-latest/ledger"))
    yield kept
    kept.log.close()


def test_a_log_whose_files_are_far_away(far: Kept, stores: dict[str, MemoryStore]) -> None:
    far.fill()
    public = ObjectFiles(stores["s3://library/ledger"])
    checkpoint = open_checkpoint(public.read("checkpoint"), far.log.signer.verifier(), far.log.origin)
    assert audit(checkpoint, public.read).size == far.log.size == 16
    assert not (far.folder / "public").exists()
    assert not (far.folder / "latest").exists()
    far.reopen()
    far.accepted(far.person("late").joins())
    far.publish()
    assert (
        TileReader(public.read, 17).root()
        == open_checkpoint(public.read("checkpoint"), far.log.signer.verifier(), far.log.origin).root
    )
    for path, kind in (("checkpoint", "no-cache"), ("tile/0/000.p/17", "immutable")):
        assert kind in obstore.get(stores["s3://library/ledger"], path).attributes["Cache-Control"]


def test_tiles_are_there_before_the_checkpoint(
    far: Kept, stores: dict[str, MemoryStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    put = obstore.put

    def watched(store: Any, path: str, data: Any, **more: Any) -> Any:
        order.append(f"{next(url for url, one in stores.items() if one is store)} {path}")
        return put(store, path, data, **more)

    monkeypatch.setattr(obstore, "put", watched)
    far.accepted(far.person("ana").joins())
    far.publish()
    assert sorted(order[:2]) == ["s3://library/ledger tile/0/000.p/3", "s3://library/ledger tile/entries/000.p/3"]
    assert order[2:] == ["s3://library-latest/ledger checkpoint", "s3://library/ledger checkpoint"]


def test_two_servers_with_one_place_do_not_fork(far: Kept, stores: dict[str, MemoryStore]) -> None:
    far.accepted(far.person("ana").joins())
    other = ObjectPlace(stores["s3://library-latest/ledger"])
    other.swap(far.log.sealed, b"another server's")
    with pytest.raises(AnotherWriter, match="a second server has this log's key"):
        far.log.seal()
    assert other.read() == b"another server's"


def test_a_place_that_is_empty_is_noticed(far: Kept, stores: dict[str, MemoryStore]) -> None:
    far.log.close()
    obstore.delete(stores["s3://library-latest/ledger"], "checkpoint")
    with pytest.raises(RolledBack):
        open_log(far.folder)
    ObjectPlace(stores["s3://library-latest/ledger"]).swap(None, far.log.sealed)
    far.log = open_log(far.folder)


@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from([None, b"a", b"b", b"c"]), st.sampled_from([b"a", b"b", b"c"]))
    )
)
def test_a_place_is_changed_only_from_what_is_there(swaps: list[tuple[int, bytes | None, bytes]]) -> None:
    store = MemoryStore()
    places, there = (ObjectPlace(store), ObjectPlace(store)), None
    for who, expected, value in swaps:
        if expected == there:
            places[who].swap(expected, value)
            there = value
        else:
            with pytest.raises(Forked):
                places[who].swap(expected, value)
        assert places[1 - who].read() == there


@pytest.mark.parametrize("before", [None, b"before"])
def test_between_reading_and_writing_somebody_else_is_noticed(
    before: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ObjectPlace(MemoryStore())
    if before:
        place.swap(None, before)
    put = obstore.put

    def late(store: Any, path: str, data: Any, **more: Any) -> Any:
        put(store, path, b"theirs")
        return put(store, path, data, **more)

    monkeypatch.setattr(obstore, "put", late)
    with pytest.raises(Forked):
        place.swap(before, b"ours")
    assert place.read() == b"theirs"


def test_a_write_whose_answer_was_lost_is_no_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver tries again, and finds its own first try there."""
    place = ObjectPlace(MemoryStore())
    put = obstore.put

    def twice(store: Any, path: str, data: Any, **more: Any) -> Any:
        put(store, path, data, **more)
        return put(store, path, data, **more)

    monkeypatch.setattr(obstore, "put", twice)
    place.swap(None, b"one")
    place.swap(b"one", b"two")
    assert place.read() == b"two"


@pytest.mark.parametrize("call", ["get", "put", "delete"])
def test_a_store_that_fails_is_our_fault_and_said(call: str, far: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise GenericError("Generic S3 error: no route\n\nDebug: secrets")

    store = MemoryStore()
    files, place = ObjectFiles(store), ObjectPlace(store)
    monkeypatch.setattr(obstore, call, fail)
    tries = {
        "get": [(OSError, lambda: files.read("a")), (NotNow, place.read), (NotNow, lambda: place.swap(None, b""))],
        "put": [(NotNow, lambda: files.write({"a": b""})), (NotNow, lambda: place.swap(None, b""))],
        "delete": [],
    }
    files.remove(["a"])
    for kind, act in tries[call]:
        with pytest.raises(kind, match="no route") as caught:
            act()
        assert "secrets" not in str(caught.value)


@pytest.mark.parametrize("broken", ["s3://library/ledger", "s3://library-latest/ledger"])
def test_a_store_that_is_away_for_a_while_puts_the_checkpoint_off(
    broken: str, far: Kept, stores: dict[str, MemoryStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    put = obstore.put

    def away(store: Any, path: str, data: Any, **more: Any) -> Any:
        if store is stores[broken]:
            raise GenericError("no route")
        return put(store, path, data, **more)

    with monkeypatch.context() as patch:
        patch.setattr(obstore, "put", away)
        far.accepted(far.person("ana").joins())
        for _ in range(2):
            with pytest.raises(NotNow):
                far.log.seal()
        far.accepted(far.person("ben").joins())
    far.publish()
    assert far.log.sealed_size == far.log.size == 4
    assert far.reopen().size == 4


def test_an_answer_that_was_lost_while_the_write_was_not(far: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    put = obstore.put

    def lost(store: Any, path: str, data: Any, **more: Any) -> Any:
        put(store, path, data, **more)
        if path == "checkpoint":
            raise GenericError("connection reset")

    far.accepted(far.person("ana").joins())
    with monkeypatch.context() as patch:
        patch.setattr(obstore, "put", lost)
        assert far.log.seal() is not None
    assert far.reopen().sealed_size == 3


def test_two_servers_of_one_log_over_the_protocol_of_s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_s3() as (address, objects):
        for name, value in {
            "AWS_ENDPOINT_URL": address,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "here",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }.items():
            monkeypatch.setenv(name, value)
        kept = Kept(tmp_path / "log", Addresses(tiles="s3://public/ledger", latest="s3://apart/ledger"))
        kept.fill()
        kept.log.close()
        assert objects["/apart/ledger/checkpoint"] == objects["/public/ledger/checkpoint"] == kept.log.sealed
        shutil.copytree(kept.folder, tmp_path / "twin", ignore=shutil.ignore_patterns("lock"))
        logs = [open_log(folder) for folder in (kept.folder, tmp_path / "twin")]
        for number, log in enumerate(logs):
            log.append([kept.person(f"late {number}").joins()], kept.clock())
        note = logs[0].seal()
        with pytest.raises(AnotherWriter):
            logs[1].seal()
        assert note is not None
        assert objects["/apart/ledger/checkpoint"] == note.encode()
        public = ObjectFiles(open_object_store("s3://public/ledger"))
        public.remove(["tile/0/000.p/16", "never"])
        with pytest.raises(FileNotFoundError):
            public.read("tile/0/000.p/16")
        place = ObjectPlace(open_object_store("s3://apart/ledger"))
        with pytest.raises(Forked):
            place.swap(b"something else", b"")
        for log in logs:
            log.close()


def test_files_that_are_not_there() -> None:
    files = ObjectFiles(MemoryStore())
    with pytest.raises(FileNotFoundError):
        files.read("tile/0/000")
    files.remove(["tile/0/000.p/1"])
    files.remove([])
    files.write({})


def test_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"s3://bucket/prefix"):
        open_object_store("nonsense://secret")
    assert isinstance(public_files("memory:///", tmp_path), ObjectFiles)
    assert isinstance(latest_place("memory:///", tmp_path), ObjectPlace)
    public_files(str(tmp_path / "deep" / "public"), tmp_path).write({"checkpoint": b"x"})
    assert (tmp_path / "deep" / "public" / "checkpoint").read_bytes() == b"x"
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError):
        public_files(str(tmp_path / "file" / "public"), tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "carrel.server.registry.blobs", None)
    monkeypatch.delattr(__import__("carrel.server.registry", fromlist=["x"]), "blobs")
    with pytest.raises(ConfigurationError, match=r"carrel\[s3\]"):
        parts.public_files("s3://bucket/ledger", tmp_path)


def test_a_log_in_folders_elsewhere(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "log", Addresses(tiles=str(tmp_path / "web" / "ledger"), latest=str(tmp_path / "apart")))
    kept.fill()
    kept.reopen()
    assert (tmp_path / "apart" / "checkpoint").read_bytes() == kept.log.sealed
    assert (tmp_path / "web" / "ledger" / "checkpoint").exists()
    kept.log.close()
