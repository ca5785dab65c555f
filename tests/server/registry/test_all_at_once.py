"""Whatever is sent at once, in whatever pieces and how often: one order, each entry once, and everything adds up."""

from __future__ import annotations

import asyncio
import random
import tempfile
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.ledger import promise
from carrel.ledger.audit import audit
from carrel.ledger.checkpoint import NoteVerifier, open_checkpoint
from carrel.ledger.entry import Entry
from carrel.ledger.errors import Refused
from carrel.ledger.proof import parse_proof
from carrel.server.bench.ledger_world import mixed_entries
from carrel.server.registry import pipeline
from carrel.server.registry.errors import EntryRefused
from carrel.server.registry.library_key import new_id
from carrel.server.registry.parts import PUBLIC
from carrel.server.registry.rebuild import rebuild
from carrel.server.registry.recovery import create_log, read_about
from carrel.server.registry.service import GroupReceipt, Receipt, Registry

from .logs import NOW_MS, ORIGIN, Ticking

ENTRIES = 120


async def send_all(folder: Path, entries: list[Entry], chance: random.Random) -> None:
    service = Registry(folder, Ticking(), queue_entries=100_000)
    await service.start()
    try:
        await send_to(service, entries, chance)
    finally:
        await service.close()


async def send_to(service: Registry, entries: list[Entry], chance: random.Random) -> None:
    opening, rest = entries[:60], entries[60:] * 2
    assert all(not isinstance(one, Refused) for one in (await service.submit_group(list(map(sent, opening)))).verdicts)
    chance.shuffle(rest)
    asked = []
    while rest:
        count = chance.choice((1, 1, 1, 2, 7))
        some, rest = rest[:count], rest[count:]
        wait = service.submit(*sent(some[0])) if len(some) == 1 else service.submit_group(list(map(sent, some)))
        asked.append(wait)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    key = service.log.signer.verifier().key
    places: dict[bytes, int] = {}
    for answer in answers:
        if isinstance(answer, EntryRefused):
            continue  # it came before what it builds on
        assert isinstance(answer, Receipt | GroupReceipt), answer
        verdicts = (
            [answer]
            if isinstance(answer, Receipt)
            else [one for one in answer.verdicts if not isinstance(one, Refused)]
        )
        for one in verdicts:
            assert places.setdefault(one.record.hash, one.record.index) == one.record.index
        if isinstance(answer, Receipt):
            promise.verify(answer.promise, key, [answer.record.leaf_hash])
            proof = parse_proof(await service.proof(answer.record.index))
            proof.verify(answer.record.leaf_hash, service.policy)
    assert sorted(places.values()) == list(range(60, service.size))


def sent(entry: Entry) -> tuple[bytes, tuple[object, ...]]:
    return entry.raw, entry.signatures


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**16), order=st.randoms(use_true_random=False))
def test_one_order_and_everything_adds_up(seed: int, order: random.Random) -> None:
    entries = list(mixed_entries(ORIGIN, seed, ENTRIES, NOW_MS))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "ledger"
        create_log(folder, ORIGIN, b"\7" * 32)
        with patch.object(pipeline, "SEAL_EVERY_S", 0.01):
            asyncio.run(send_all(folder, entries, order))
        found = rebuild(folder)
        assert found.differences == []
        checkpoint = open_checkpoint((folder / PUBLIC / "checkpoint").read_bytes(), verifier(folder), ORIGIN)
        assert audit(checkpoint, lambda path: (folder / PUBLIC / path).read_bytes()).size == found.entries


def verifier(folder: Path) -> NoteVerifier:
    return NoteVerifier.parse(read_about(folder).vkey)


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1))
def test_ids_are_uuids_of_their_time(one_ms: int, other_ms: int) -> None:
    one, other = UUID(new_id(one_ms)), UUID(new_id(other_ms))
    assert (one.version, one.variant, one.int >> 80) == (7, "specified in RFC 4122", one_ms)
    assert one != other
    if one_ms != other_ms:
        assert (one < other) == (one_ms < other_ms)


async def test_a_group_has_its_limits(tmp_path: Path) -> None:
    service = Registry(tmp_path, Ticking())
    for count in (0, 1001):
        with pytest.raises(ValueError, match="1 to 1000"):
            await service.submit_group([(b"", ())] * count)
    await service.close()
