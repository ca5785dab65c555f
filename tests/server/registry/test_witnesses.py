"""Three witnesses as processes of their own, two of whom have to cosign: one dies, one is rolled back, and a log's key signs two histories."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from carrel.ledger.checkpoint import Checkpoint, parse_note
from carrel.ledger.errors import BadNote, Forked
from carrel.ledger.merkle import consistency_proof
from carrel.ledger.policy import Policy
from carrel.ledger.tiles import TileReader, TileWriter
from carrel.ledger.witness import AddCheckpoint
from carrel.server.registry import pipeline
from carrel.server.registry.cosigning import Cosigning
from carrel.server.registry.errors import LogStopped
from carrel.server.registry.recovery import open_log
from carrel.server.registry.service import Registry
from carrel.server.registry.witness_client import WitnessClient

from .logs import Kept, until
from .witnesses import WitnessProcess, processes, quorum


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SEAL_EVERY_S", 0.05)


@pytest.fixture
def three(kept: Kept, tmp_path: Path) -> Iterator[list[WitnessProcess]]:
    with processes(tmp_path, kept.log.signer.verifier(), "abc") as made:
        yield made


@pytest.fixture
def one(kept: Kept, tmp_path: Path) -> Iterator[WitnessProcess]:
    with processes(tmp_path, kept.log.signer.verifier(), "a") as made:
        yield made[0]


@asynccontextmanager
async def library(kept: Kept, policy: Policy) -> AsyncIterator[tuple[Registry, Cosigning]]:
    """Open until the block ends; a second one is a restart."""
    kept.log.close()
    cosigning = Cosigning(policy, kept.clock, kept.folder)
    registry = Registry(
        kept.folder,
        kept.clock,
        opener=lambda: cosigning.watch(open_log(kept.folder)),
        policy=policy,
        cosign=cosigning,
        standings=cosigning.standings,
    )
    await registry.start()
    try:
        yield registry, cosigning
    finally:
        await registry.close()
        cosigning.close()


async def publish(kept: Kept, registry: Registry, name: str) -> set[str]:
    """An entry with its proof; who has seen it."""
    entry = kept.person(name).joins()
    await registry.submit(entry.raw, entry.signatures, wait="proof")
    return set(registry.policy.verify(registry.published).seen_s)


async def test_publishing_goes_on_while_one_is_dead_and_waits_while_two_are(
    kept: Kept, three: list[WitnessProcess]
) -> None:
    _, b, c = three
    policy = quorum(2, *(one.trusted for one in three))
    async with library(kept, policy) as (registry, cosigning):
        assert registry.stopped is None
        assert await publish(kept, registry, "ana") == {"a", "b", "c"}
        c.kill()
        assert await publish(kept, registry, "bo") == {"a", "b"}
        b.kill()
        entry = kept.person("cy").joins()
        receipt = await registry.submit(entry.raw, entry.signatures)
        await until(lambda: [one.name for one in cosigning.standings() if one.error] == ["b", "c"])
        assert registry.published_size == receipt.record.index
    # A restart with two of them dead: what was promised is kept, and still waits for its quorum.
    async with library(kept, policy) as (registry, _):
        assert registry.stopped is None
        assert (registry.size, registry.published_size) == (5, 4)
        b.start()
        b.ready()
        await registry.proof(receipt.record.index)
        assert set(policy.verify(registry.published, registry.log.signer.verifier()).seen_s) == {"a", "b"}
        c.start()
        c.ready()
        assert await publish(kept, registry, "di") == {"a", "b", "c"}, "who comes back gets the proof from its old size"
    assert {one.seen()["size"] for one in three} == {6}


async def test_a_witness_that_was_rolled_back_goes_on_from_there_and_can_then_sign_what_it_forgot(
    kept: Kept, three: list[WitnessProcess], tmp_path: Path
) -> None:
    """Rolled back, it cosigns no second continuation of what it still knows; but between there and what it forgot, it has no memory to defend."""
    a = three[0]
    policy = quorum(2, *(one.trusted for one in three))
    async with library(kept, policy) as (registry, _):
        a.kill()
        a.copy(tmp_path / "old")
        a.start()
        a.ready()
        await publish(kept, registry, "ana")
    histories = Histories(kept)
    a.kill()
    a.put_back(tmp_path / "old")
    a.start()
    a.ready()
    assert a.seen()["size"] == 2
    # What it still knows it defends.
    assert ask(a, histories.other(2, 2)) == 409
    assert ask(a, histories.other(2, 0)) == 409
    # What it forgot it can sign again in another form. The quorum is there for that: the two others have not forgotten.
    assert ask(a, histories.other(3, 2)) == 200
    assert [ask(one, histories.other(3, 3)) for one in three[1:]] == [409, 409]
    assert ask(a, histories.ours(3, 3)) == 409
    assert len(a.seen()["forks"]) == 2, "of the second entry another, and of the third"


async def test_a_forked_log_cannot_have_both_histories_cosigned(
    kept: Kept, three: list[WitnessProcess], tmp_path: Path
) -> None:
    policy = quorum(2, *(one.trusted for one in three))
    async with library(kept, policy) as (registry, _):
        await publish(kept, registry, "ana")
        ours = registry.published
    histories = Histories(kept)
    other = histories.other(3, 3).note
    for one in three:
        assert ask(one, histories.other(3, 3)) == 409
        assert ask(one, histories.other(3, 0)) == 409
        assert ask(one, histories.other(4, 3)) == 422
        seen = one.seen()
        assert (seen["size"], len(seen["forks"]), len(seen["unproven"])) == (3, 1, 1)
    key = kept.log.signer.verifier()
    assert len(policy.verify(ours, key).seen_s) >= 2
    with pytest.raises(BadNote, match="quorum"):
        policy.verify(other, key)


async def test_a_twin_with_the_same_key_is_told_at_its_start_and_keeps_the_proof(
    kept: Kept, one: WitnessProcess, tmp_path: Path
) -> None:
    policy = quorum(1, one.trusted)
    kept.log.close()
    shutil.copytree(kept.folder, tmp_path / "twin")
    async with library(kept, policy) as (registry, _):
        await publish(kept, registry, "ana")
        ours = registry.published
    twin = open_log(tmp_path / "twin")
    twin.append([kept.person("bo").joins()], kept.clock())
    other = twin.seal()
    assert other is not None
    cosigning = Cosigning(policy, kept.clock, tmp_path / "twin")
    with pytest.raises(Forked, match="another history of 3 entries"):
        cosigning.watch(twin)
    (proof,) = (tmp_path / "twin" / "forks").iterdir()
    data = proof.read_bytes()
    assert data.startswith(other.encode() + b"\n")
    theirs = parse_note(data.removeprefix(other.encode() + b"\n"))
    twin.signer.verifier().verify(theirs)
    assert theirs.text == ours.text


async def test_an_old_disk_that_was_put_back_is_noticed(kept: Kept, one: WitnessProcess, tmp_path: Path) -> None:
    policy = quorum(1, one.trusted)
    kept.log.close()
    shutil.copytree(kept.folder, tmp_path / "old")
    async with library(kept, policy) as (registry, _):
        await publish(kept, registry, "ana")
    shutil.rmtree(kept.folder)
    shutil.copytree(tmp_path / "old", kept.folder)
    async with library(kept, policy) as (registry, _):
        assert "3 entries of this log, and here are 2" in str(registry.stopped)
        entry = kept.person("bo").joins()
        with pytest.raises(LogStopped, match="old copy"):
            await registry.submit(entry.raw, entry.signatures)


async def test_a_witness_behind_tls(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = WitnessProcess(tmp_path, "a", kept.log.signer.verifier(), secure=True)
    try:
        one.start()
        monkeypatch.setenv("SSL_CERT_FILE", str(one.folder / "tls" / "self-signed.crt"))
        one.ready()
        async with library(kept, quorum(1, one.trusted)) as (registry, _):
            assert await publish(kept, registry, "ana") == {"a"}
        monkeypatch.delenv("SSL_CERT_FILE")
        async with library(kept, quorum(1, one.trusted)) as (registry, _):
            assert "certificate" in str(registry.standings()[0].error).lower()
    finally:
        one.kill()


class Histories:
    """Two of one log, signed by its key: its own, and another from its third entry on."""

    def __init__(self, kept: Kept) -> None:
        with_key = open_log(kept.folder)
        self._signer = with_key.signer
        records = list(with_key.store.records(0, with_key.size))
        with_key.close()
        leaves = [one.leaf for one in records]
        self._ours = _tree(leaves)
        self._other = _tree([*leaves[:2], b"another entry", b"and one more"])
        self._same_two = _tree([leaves[0], b"another second entry"])

    def ours(self, size: int, old: int) -> AddCheckpoint:
        return self._request(self._ours, size, old)

    def other(self, size: int, old: int) -> AddCheckpoint:
        return self._request(self._other if size > 2 else self._same_two, size, old)

    def _request(self, read: Callable[[str], bytes], size: int, old: int) -> AddCheckpoint:
        tree = TileReader(read, size)
        note = Checkpoint(self._signer.name, size, tree.root()).sign([self._signer])
        return AddCheckpoint.of(old, consistency_proof(old, size, tree.node) if 0 < old < size else (), note)


def _tree(leaves: list[bytes]) -> Callable[[str], bytes]:
    files: dict[str, bytes] = {}
    writer = TileWriter()
    for leaf in leaves:
        writer, made = writer.grow([leaf])
        files.update(made)
    return files.__getitem__


def ask(witness: WitnessProcess, request: AddCheckpoint) -> int:
    client = WitnessClient(witness.url)
    try:
        return client.add_checkpoint(request.encode()).status
    finally:
        client.abort()
