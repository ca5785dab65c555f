"""A ledger's service under load, to be killed: each line that it reads is a life, led in a child of its own until somebody ends it.

What it promises goes at once into a pipe, to a process that is not killed (`keeper`).
"""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from carrel.ledger.bodies import KeyRegister
from carrel.ledger.checkpoint import Note
from carrel.ledger.ed25519 import public_key
from carrel.ledger.entry import Entry, sign
from carrel.ledger.promise import SignedPromise
from carrel.ledger.sequencer import Accepted
from carrel.server.bench.ledger_world import mixed_entries
from carrel.server.registry import pipeline
from carrel.server.registry.service import Registry
from tests.server.registry.crash.process import ORIGIN, START_MS

MIXED: Final = 2_000
"""Entries that follow from each other, sent by one client in groups."""
JOINS: Final = 4_000
"""Entries that need nothing but the first, sent by several clients one by one."""
CLIENTS: Final = 8
SEAL_EVERY_S: Final = 0.03
"""Far more often than a library seals, so that most kills hit it."""


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """`folder`: of the log. `mixed`, `joins`: how many are acknowledged already; what was on its way then is sent again."""

    folder: str
    mixed: int
    joins: int


class Heard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A promise with the leaf hashes that it is about, from which number of `source` on; or a `note` that was shown to a witness."""

    promise: SignedPromise | None = None
    leaf_hashes: tuple[str, ...] = ()
    source: str = ""
    next: int = 0
    note: str = ""


def joins() -> list[Entry]:
    seeds = [sha256(f"joins {number}".encode()).digest() for number in range(JOINS)]
    keys = [public_key(seed).hex() for seed in seeds]
    bodies = [
        KeyRegister(by=key, key=key, id=f"{number + 1:032x}", log=ORIGIN, ts=START_MS)
        for number, key in enumerate(keys)
    ]
    return [sign(body, [seed]) for body, seed in zip(bodies, seeds, strict=True)]


def tell(pipe: int, heard: Heard) -> None:
    os.write(pipe, msgspec.json.encode(heard) + b"\n")


async def live(life: Life, mixed: list[Entry], newcomers: list[Entry], pipe: int) -> None:
    def cosign(note: Note) -> Note:
        tell(pipe, Heard(note=note.encode().decode()))
        return note

    registry = Registry(Path(life.folder), lambda: START_MS + 1000, cosign=cosign)
    await registry.start()

    async def send(some: list[Entry], source: str, upto: int) -> None:
        answer = await registry.submit_group([(one.raw, one.signatures) for one in some])
        accepted = iter([one for one in answer.verdicts if isinstance(one, Accepted)])
        assert all(isinstance(one, Accepted) for one in answer.verdicts), answer.verdicts
        for promise in answer.promises:
            hashes = tuple(next(accepted).record.leaf_hash.hex() for _ in range(promise.promise.count))
            tell(pipe, Heard(promise=promise, leaf_hashes=hashes, source=source, next=upto))

    async def groups() -> None:
        for at in range(life.mixed, len(mixed), 5):
            await send(mixed[at : at + 5], "mixed", min(at + 5, len(mixed)))

    queue = iter(range(life.joins, len(newcomers)))

    async def client() -> None:
        for number in queue:
            await send([newcomers[number]], "joins", number + 1)

    await send(mixed[:1], "first", 0)
    await asyncio.gather(groups(), *(client() for _ in range(CLIENTS)))


def main(pipe: int) -> None:
    mixed, newcomers = list(mixed_entries(ORIGIN, 7, MIXED, START_MS)), joins()
    pipeline.SEAL_EVERY_S = SEAL_EVERY_S  # type: ignore[misc]
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            code = 2
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the service's own words
            try:
                asyncio.run(live(msgspec.json.decode(line, type=Life), mixed, newcomers, pipe))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
