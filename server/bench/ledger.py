"""`carrel bench ledger`: what a log carries on this machine, each figure beside the bare work under it."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from carrel.ledger.bodies import MOST_TRANSFERS
from carrel.ledger.entry import Entry
from carrel.server.bench.generator import BenchmarkError
from carrel.server.bench.ledger_reading import audit_seconds, proof_us
from carrel.server.bench.ledger_waiting import PROOFS_PER_S, Waits, largest_load, open_loop, running, submitted
from carrel.server.bench.ledger_world import linked_transfers, mixed_entries
from carrel.server.bench.ledger_writing import BLOCK, ORIGIN, Turns, fresh_log, grouped, now_ms, single
from carrel.server.bench.target import cores
from carrel.server.registry.recovery import open_log

ROUNDS: Final = 2
OPENING: Final = 1000
SINGLES: Final = 30 * BLOCK
LINKED: Final = {1: 8000, 10: 3000, 100: 600, 500: 160}
"""Transfers under one signature → entries."""
ACCOUNTS: Final = 200
LARGEST_LOAD_ENTRIES: Final = 5000
HALF_LOAD_S: Final = 8.0
PROOFS: Final = 100
OWN_CORE: Final = 0.9
"""Share of the time that a thread which never waits must have had a core, or other work was on the machine."""
Say = Callable[[str], None]


class LedgerFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What one run showed. A floor is the bare work on the same machine in the same minute, taking turns with what stands on it.

    `verify_rate_per_s`: entries whose signatures one core verifies, and nothing else. `append_groups_per_s`: entries in groups of 1,000, from their bytes to a
    durable commit and, once a second and at the end, a published checkpoint. `fdatasync_per_s`: 4 KiB appended to a file and synced. `time_to_proof`: from
    handing in an entry to holding its proof. `transfers_per_s`: by how many stand under one signature. `audit_ratio`: whole audit to its signatures
    alone. `ack`: waiting for the acknowledgement at half of `largest_load_per_s`. `void` names why the run proves little, else it is null.
    """

    entries: int
    signatures: int
    verify_rate_per_s: float
    append_groups_per_s: float
    append_groups_ratio: float
    append_groups_ratios: list[float]
    fdatasync_per_s: float
    single_append_per_s: float
    single_ratio: float
    single_ratios: list[float]
    transfers_per_s: dict[int, int]
    audited: int
    processes: int
    audit_s: float
    audit_signatures_s: float
    audit_ratio: float
    audit_one_core_s: float
    audit_signatures_one_core_s: float
    audit_one_core_ratio: float
    proof_us: float
    largest_load_per_s: float
    ack_load_per_s: float
    ack_p50_ms: float
    ack_p99_ms: float
    time_to_proof_p50_ms: float
    time_to_proof_p99_ms: float
    floor_core_share: float
    took_s: float
    void: str | None


def measure(folder: Path, entries: int, say: Say = lambda words: None) -> LedgerFigures:
    """Makes its logs in the new folder `folder`, and leaves them there. Raises BenchmarkError, StorageError."""
    if folder.exists() and any(folder.iterdir()):
        raise BenchmarkError(f"{folder} is not empty. Name a folder that the benchmark may fill.")
    began_s = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    mixed = folder / "mixed"
    say(f"signing {entries + SINGLES} entries")
    world = mixed_entries(ORIGIN, 1, OPENING + entries + SINGLES, now_ms())
    opening = list(islice(world, OPENING))
    rounds = [list(islice(world, entries // ROUNDS)) for _ in range(ROUNDS)]
    one_by_one = list(world)
    gc.collect()
    gc.freeze()  # what the benchmark holds ready is nobody's garbage: no collector looks through it while the clock runs
    say("groups of 1,000")
    groups = grouped(mixed, opening, rounds)
    taken = sum(map(len, rounds))
    core_share = sum(groups.floor_cpu_s) / sum(groups.floor_s)
    say("one entry after the other")
    singles = _singles(mixed, one_by_one)
    say("linked transfers")
    linked = {legs: _transfers_per_s(folder / f"linked-{legs}", legs, count) for legs, count in LINKED.items()}
    say("audit")
    processes = len(cores()[0] | cores()[1])
    one_s, one_floor_s = _best(mixed, 1)
    all_s, all_floor_s = _best(mixed, processes)
    say("proofs from ten million leaves")
    proof = proof_us()
    say("waiting")
    largest, ack, until_proof = asyncio.run(_waits(folder / "waiting"))
    gc.unfreeze()
    return LedgerFigures(
        entries=taken,
        signatures=sum(len(one.signatures) for some in rounds for one in some),
        verify_rate_per_s=round(taken / sum(groups.floor_s)),
        append_groups_per_s=round(taken / sum(groups.ours_s)),
        append_groups_ratio=round(groups.ratio, 3),
        append_groups_ratios=groups.ratios,
        fdatasync_per_s=round(len(one_by_one) / sum(singles.floor_s)),
        single_append_per_s=round(len(one_by_one) / sum(singles.ours_s)),
        single_ratio=round(singles.ratio, 3),
        single_ratios=singles.ratios,
        transfers_per_s=linked,
        audited=OPENING + taken + len(one_by_one),
        processes=processes,
        audit_s=round(all_s, 2),
        audit_signatures_s=round(all_floor_s, 2),
        audit_ratio=round(all_s / all_floor_s, 2),
        audit_one_core_s=round(one_s, 2),
        audit_signatures_one_core_s=round(one_floor_s, 2),
        audit_one_core_ratio=round(one_s / one_floor_s, 2),
        proof_us=round(proof, 1),
        largest_load_per_s=round(largest),
        ack_load_per_s=round(ack.load_per_s),
        ack_p50_ms=round(ack.p50_ms, 1),
        ack_p99_ms=round(ack.p99_ms, 1),
        time_to_proof_p50_ms=round(until_proof.p50_ms),
        time_to_proof_p99_ms=round(until_proof.p99_ms),
        floor_core_share=round(core_share, 3),
        void=_why_void(core_share, processes, one_floor_s / all_floor_s),
        took_s=round(time.monotonic() - began_s, 1),
    )


def _best(folder: Path, processes: int) -> tuple[float, float]:
    """Of two turns of each: other work only ever makes slower."""
    turns = [audit_seconds(folder, processes) for _ in range(2)]
    return min(whole_s for whole_s, _ in turns), min(floor_s for _, floor_s in turns)


def _why_void(core_share: float, processes: int, faster: float) -> str | None:
    """`faster`: how many times faster so many processes verify than one."""
    if core_share < OWN_CORE:
        return f"other work had {1 - core_share:.0%} of the core that verified"
    if processes > 1 and faster < OWN_CORE * processes / 1.25:
        return f"{processes} processes verified only {faster:.2f} times as fast as one: other work had the other cores"
    return None


def _singles(folder: Path, entries: Sequence[Entry]) -> Turns:
    opened = open_log(folder)
    try:
        turns = single(opened, entries, folder / "floor")
        note = opened.seal()
        if note is not None:
            opened.publish(note)
    finally:
        opened.close()
    return turns


def _transfers_per_s(folder: Path, legs: int, count: int) -> int:
    """In groups as large as groups can be."""
    entries = list(linked_transfers(ORIGIN, legs, count, legs, now_ms(), accounts=ACCOUNTS))
    turns = grouped(folder, entries[:-count], [entries[-count:]])
    return round(count * legs / sum(turns.ours_s))


async def _waits(folder: Path) -> tuple[float, Waits, Waits]:
    """(largest load, acknowledgement at half of it, proof)."""
    with fresh_log(folder):
        pass
    world = linked_transfers(ORIGIN, 1, 10**9, 2, now_ms(), accounts=ACCOUNTS)
    async with running(folder) as registry:
        for one in islice(world, 3 + ACCOUNTS + -(-ACCOUNTS // MOST_TRANSFERS)):  # until everybody has credit
            await submitted(registry, one)
        largest = await largest_load(registry, list(islice(world, LARGEST_LOAD_ENTRIES)))
        count = round(largest / 2 * HALF_LOAD_S)
        ack = await open_loop(registry, list(islice(world, count)), largest / 2, "promise", seed=1)
        proof = await open_loop(registry, list(islice(world, PROOFS)), PROOFS_PER_S, "proof", seed=2)
    return largest, ack, proof
