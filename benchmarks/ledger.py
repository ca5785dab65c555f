"""The ledger's own measurements and their page, docs/benchmarks-ledger.md: goals, figures, and the floor beside each."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from benchmarks.machine import machine_facts
from carrel.server.bench.generator import BenchmarkError, cache_folder
from carrel.server.bench.ledger import LedgerFigures

PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks-ledger.md"
ENTRIES: Final = 60_000
COMMAND: Final = f"carrel bench ledger --entries {ENTRIES} --dir NEW-FOLDER"
HEAD: Final = """# Benchmarks of the ledger

Written by `make bench`; do not edit. Every figure is one run on the machine below, and promises nothing for another
machine: what counts are the ratios. A floor is the bare work that no log like this can avoid, measured in the same run
in turns with what stands on it: libsodium's verification of the very same signatures on one core, and 4 KiB
appended to a file on the same disk and synced. Entries are of every type, in the mix of a busy library, made and
signed before the clock runs."""
METHOD: Final = """## What is measured

- **in groups**: the bytes of entries in groups of 1,000, eight groups under way at a time → form and canonical encoding,
  signatures, admission by all rules, leaf hashes, durable commit (SQLite, write-ahead log, `synchronous=FULL`);
  and once a second, and at the end of each round, tiles, signed checkpoint and publication. The clock stops when all of it is
  done. Signatures are verified in a process of their own, on the second core if there is one.
- **one after the other**: one entry verified, admitted and durable before the next begins, on one connection.
- **transfers**: entries of so many transfers each, all of them or none, in groups of up to 1,000 entries. Double entry, no overdraft, the limits of
  the rules.
- **audit**: everything from the public files and the key alone: form, signatures, tree, every rule from the first entry
  on. Beside it the verification of the same signatures by as many processes, and nothing else.
- **proof**: one inclusion proof from the hash tiles of ten million leaves (256 synthetic leaf hashes that repeat), those tiles in the reader's cache.
- **acknowledgement**: single entries through the library's service, without HTTP. The largest load is what it takes with 200 entries always under
  way; then half of it arrives by chance, whether or not earlier ones are answered, and waiting counts from the time at which an entry was
  due. **until its proof** in the same way, 20 entries a second: checkpoints come once a second."""


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a run."""

    machine: dict[str, str]
    figures: LedgerFigures


class Goal(NamedTuple):
    words: str
    measured: str
    met: bool


def measure_ledger(entries: int = ENTRIES) -> Ledger:
    """In a process of its own, and a folder beside the results: the system's place for short-lived files may be memory. Raises BenchmarkError."""
    with tempfile.TemporaryDirectory(prefix="carrel-bench-", dir=cache_folder()) as folder:
        command = [sys.executable, "-m", "carrel.server", "bench", "ledger", "--json"]
        made = subprocess.run(
            [*command, "--entries", str(entries), "--dir", folder], stdout=subprocess.PIPE, check=False
        )
        if made.returncode:
            raise BenchmarkError(f"carrel bench ledger ended with {made.returncode}.")
        figures = msgspec.json.decode(made.stdout.splitlines()[-1], type=LedgerFigures)
    return Ledger(machine=machine_facts(), figures=figures)


def measure_ledger_page(alone: AbstractContextManager[None]) -> None:
    """Measure, keep, and write the page. Raises BenchmarkError."""
    with alone:
        measured = measure_ledger()
    _kept().write_bytes(msgspec.json.format(msgspec.json.encode(measured), indent=2))
    rewrite_ledger_page()


def rewrite_ledger_page() -> None:
    """From the last results, if there are some."""
    if _kept().exists():
        PAGE.write_text(write_ledger_page(msgspec.json.decode(_kept().read_bytes(), type=Ledger)), "utf-8")


def _kept() -> Path:
    return cache_folder() / "ledger.json"


def write_ledger_page(measured: Ledger) -> str:
    seen = measured.figures
    facts = ", ".join(f"{name} {value}" for name, value in measured.machine.items())
    parts = [HEAD, f"Machine: {facts}.{_void(seen)}", _goals(seen), _figures(seen), METHOD, _again(seen)]
    return "\n\n".join(parts) + "\n"


def goals(seen: LedgerFigures) -> Iterator[Goal]:
    groups, single = seen.append_groups_ratio, seen.single_ratio
    yield Goal(
        "full append in groups of 1,000: at least 80 % of bare verification on one core", f"{groups:.0%}", groups >= 0.8
    )
    yield Goal(
        "one append after the other: at least half as fast as the bare sync of 4 KiB", f"{single:.2f} ×", single >= 0.5
    )
    audit = seen.audit_ratio
    yield Goal(
        "full audit: at most 1.1 times its signatures alone, on the same cores", f"{audit:.2f} times", audit <= 1.1
    )
    yield Goal(
        "inclusion proof from ten million leaves, cached: at most 100 µs",
        f"{seen.proof_us:.0f} µs",
        seen.proof_us <= 100,
    )
    yield Goal(
        "acknowledgement at half of the largest load: p99 at most 50 ms",
        f"{seen.ack_p99_ms:.0f} ms",
        seen.ack_p99_ms <= 50,
    )


def _goals(seen: LedgerFigures) -> str:
    rows = ["| goal | measured | |", "|---|---|---|"]
    rows += [f"| {one.words} | {one.measured} | {'met' if one.met else '**not met**'} |" for one in goals(seen)]
    return "## Goals\n\n" + "\n".join(rows)


def _figures(seen: LedgerFigures) -> str:
    by_round = ", ".join(f"{ratio:.0%}" for ratio in seen.append_groups_ratios)
    rows = [
        "| what | measured | floor | |",
        "|---|---|---|---|",
        f"| entries in groups | {seen.append_groups_per_s:,.0f}/s | verified by one core: {seen.verify_rate_per_s:,.0f}/s | "
        f"{seen.append_groups_ratio:.0%} (by round: {by_round}) |",
        f"| entries one after the other | {seen.single_append_per_s:,.0f}/s | synced: {seen.fdatasync_per_s:,.0f}/s | {seen.single_ratio:.2f} × |",
        *(f"| transfers, {legs} under a signature | {rate:,}/s | | |" for legs, rate in seen.transfers_per_s.items()),
        f"| audit of {seen.audited:,} entries, {seen.processes} processes | {seen.audit_s:.1f} s | "
        f"signatures: {seen.audit_signatures_s:.1f} s | {seen.audit_ratio:.2f} × |",
        f"| the same, one process | {seen.audit_one_core_s:.1f} s | signatures: {seen.audit_signatures_one_core_s:.1f} s | {seen.audit_one_core_ratio:.2f} × |",
        f"| inclusion proof | {seen.proof_us:.0f} µs | | |",
        f"| largest load, single entries | {seen.largest_load_per_s:,.0f}/s | | |",
        f"| acknowledgement at {seen.ack_load_per_s:,.0f}/s, p50 / p99 | {seen.ack_p50_ms:.1f} / {seen.ack_p99_ms:.1f} ms | | |",
        f"| until its proof, p50 / p99 | {seen.time_to_proof_p50_ms:.0f} / {seen.time_to_proof_p99_ms:.0f} ms | | |",
    ]
    return f"## Figures\n\n{seen.entries:,} entries in groups, with {seen.signatures:,} signatures.\n\n" + "\n".join(
        rows
    )


def _void(seen: LedgerFigures) -> str:
    return f" **This run proves little: {seen.void}.**" if seen.void else ""


def _again(seen: LedgerFigures) -> str:
    return f"## Again\n\nThis took {seen.took_s / 60:.1f} minutes.\n\n    python -m benchmarks ledger\n    {COMMAND}"
