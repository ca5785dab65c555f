"""A library is killed again and again while readers send it entries over HTTP."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec
import pytest

from carrel.ledger import promise
from carrel.ledger.audit import audit
from carrel.ledger.checkpoint import NoteVerifier, open_checkpoint
from carrel.ledger.entry import Entry
from carrel.ledger.merkle import consistency_proof, verify_consistency
from carrel.ledger.policy import Policy, TrustedLog
from carrel.ledger.proof import parse_proof
from carrel.ledger.tiles import TileReader
from carrel.server.clock import steady_clock
from carrel.server.registry.parts import PUBLIC
from carrel.server.registry.rebuild import rebuild
from tests.server.registry.logs import ORIGIN, Person
from tests.server_process import ServerProcess

pytestmark = pytest.mark.proof

KILLS: Final = 40
SENDERS: Final = 8
TRIES_S: Final = 30.0


class Sender:
    """One reader: sends an entry until it is acknowledged, through kills and restarts, then the next. Keeps every receipt and checkpoint."""

    def __init__(self, name: str, url: str, chance: random.Random) -> None:
        self.person = Person(name, steady_clock())
        self.receipts: list[tuple[Entry, dict[str, Any]]] = []
        self.notes: list[bytes] = []
        self.again = 0
        self._url = url
        self._chance = chance

    async def run(self, session: aiohttp.ClientSession, ended: asyncio.Event) -> None:
        entry, count = self.person.joins(), 0
        while not ended.is_set():
            receipt = await self._sent(session, entry)
            self.receipts.append((entry, receipt))
            self.again += receipt["again"]
            count += 1
            entry = self.person.registers(f"{self.person.key} {count}")

    async def _sent(self, session: aiohttp.ClientSession, entry: Entry) -> dict[str, Any]:
        lines = [{"key": one.key.hex(), "signature": one.signature.hex()} for one in entry.signatures]
        wait = "proof" if self._chance.random() < 0.1 else "promise"
        body = msgspec.json.encode({"body": entry.raw.decode(), "signatures": lines, "wait": wait})
        deadline = asyncio.get_running_loop().time() + TRIES_S
        while True:
            assert asyncio.get_running_loop().time() < deadline, "the library did not come back"
            try:
                async with session.post(f"{self._url}/ledger/api/entries", data=body) as answer:
                    found = msgspec.json.decode(await answer.read())
                    if answer.status in (200, 202):
                        return found  # type: ignore[no-any-return]
                    assert answer.status in (429, 503), found
                async with session.get(f"{self._url}/ledger/checkpoint") as answer:
                    self.notes.append(await answer.read())
            except (aiohttp.ClientError, OSError, msgspec.DecodeError):
                pass  # killed: the answer, if there was one, is lost
            await asyncio.sleep(0.02)

    async def look(self, session: aiohttp.ClientSession) -> None:
        async with session.get(f"{self._url}/ledger/checkpoint") as answer:
            self.notes.append(await answer.read())


async def test_no_acknowledged_entry_is_lost_over_http(tmp_path: Path, measured: Callable[..., None]) -> None:
    """Forty kills of a library under load over HTTP: no acknowledged entry lost or moved, every promise kept, one history."""
    chance = random.Random(20)
    server = ServerProcess(tmp_path / "data", ledger_origin=ORIGIN, ledger_entries_per_minute=100_000).start()
    senders = [Sender(f"reader {number}", server.url, chance) for number in range(SENDERS)]
    ended = asyncio.Event()
    try:
        async with aiohttp.ClientSession() as session:
            running = [asyncio.create_task(one.run(session, ended)) for one in senders]
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(0.05, 2.0))
                await senders[0].look(session)
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
            ended.set()
            await asyncio.gather(*running)
            async with session.get(f"{server.url}/ledger/log.json") as answer:
                key = NoteVerifier.parse((await answer.json())["vkey"])
            await check_receipts(session, server.url, senders, key)
            await senders[0].look(session)
    finally:
        await asyncio.to_thread(server.stop)
    folder = tmp_path / "data" / "ledger"

    def read(path: str) -> bytes:
        return (folder / PUBLIC / path).read_bytes()

    checkpoint = open_checkpoint(read("checkpoint"), key, ORIGIN)
    tree = TileReader(read, checkpoint.size)
    for note in {note for one in senders for note in one.notes}:
        earlier = open_checkpoint(note, key, ORIGIN)
        proof = consistency_proof(earlier.size, checkpoint.size, tree.node)
        verify_consistency(earlier.size, checkpoint.size, earlier.root, checkpoint.root, proof)
    assert audit(checkpoint, read).size == checkpoint.size
    assert rebuild(folder).differences == []
    receipts = [receipt for one in senders for _, receipt in one.receipts]
    indexes = {receipt["index"] for receipt in receipts}
    assert indexes == set(range(2, checkpoint.size)), "each entry once, and nothing that nobody sent"
    assert len(indexes) == len(receipts)
    measured(
        kills=KILLS,
        acknowledged_entries=len(receipts),
        whose_first_answer_was_lost=sum(one.again for one in senders),
        checkpoints_seen=len({note for one in senders for note in one.notes}),
    )


async def check_receipts(session: aiohttp.ClientSession, url: str, senders: list[Sender], key: NoteVerifier) -> None:
    policy = Policy(logs=(TrustedLog(key),))
    for sender in senders:
        for entry, receipt in sender.receipts:
            async with session.get(f"{url}/ledger/api/entries/{receipt['index']}") as answer:
                there = await answer.json()
            assert (there["entry"], there["logged_ms"]) == (entry.hash.hex(), receipt["logged_ms"])
            assert there["leaf_hash"] == receipt["leaf_hash"]
            leaf = bytes.fromhex(there["leaf_hash"])
            word = {name: receipt[name] for name in ("promise", "signature")}
            promise.verify(promise.decode(msgspec.json.encode(word)), key.key, [leaf])
            if "proof" in receipt:
                parse_proof(receipt["proof"].encode()).verify(leaf, policy)
        last = sender.receipts[-1][1]
        async with session.get(f"{url}/ledger/api/proof/{last['index']}") as answer:
            if answer.status == 200:
                parse_proof(await answer.read()).verify(bytes.fromhex(last["leaf_hash"]), policy)
