from __future__ import annotations

from pathlib import Path

import pytest

from carrel.ledger.entry import Entry
from carrel.ledger.merkle import EMPTY_ROOT, inclusion_proof, verify_inclusion
from carrel.ledger.tiles import TileReader
from carrel.server.bench import ledger
from carrel.server.bench.generator import BenchmarkError
from carrel.server.bench.ledger_reading import audit_seconds, proof_us, synthetic_tiles
from carrel.server.bench.ledger_world import mixed_entries
from carrel.server.bench.ledger_writing import ORIGIN, Turns, fresh_log, grouped, now_ms, single
from carrel.server.registry.recovery import open_log


def _entries(count: int) -> list[Entry]:
    return list(mixed_entries(ORIGIN, 3, count, now_ms()))


def test_turns_are_summed_before_they_are_compared() -> None:
    turns = Turns([1.0, 3.0], [2.0, 3.0], [])
    assert turns.ratio == pytest.approx(0.8)
    assert turns.ratios == [0.5, 1.0]


def test_groups_are_in_the_log_sealed_and_published(tmp_path: Path) -> None:
    entries = _entries(1500)
    turns = grouped(tmp_path / "log", entries[:100], [entries[100:1200], entries[1200:]])
    assert len(turns.floor_s) == len(turns.ours_s) == 2
    opened = open_log(tmp_path / "log")
    assert (opened.size, opened.sealed_size) == (1500, 1500)
    opened.close()
    whole_s, signatures_s = audit_seconds(tmp_path / "log", 1)
    assert whole_s > signatures_s > 0


def test_an_entry_that_the_log_refuses_ends_the_benchmark(tmp_path: Path) -> None:
    entries = _entries(60)
    with pytest.raises(BenchmarkError, match="refused"):
        grouped(tmp_path / "log", entries[:10], [entries[30:]])


def test_single_entries_wait_for_nothing_but_their_commit(tmp_path: Path) -> None:
    entries = _entries(60)
    with fresh_log(tmp_path / "log") as opened:
        turns = single(opened, entries, tmp_path / "floor")
        assert opened.size == 60
        assert opened.sealed_size == 0
    assert len(turns.ours_s) == 2
    assert not (tmp_path / "floor").exists()


@pytest.mark.parametrize("leaves", [1, 256, 257, 65_536, 200_001])
def test_synthetic_tiles_are_a_tree(leaves: int) -> None:
    tree = TileReader(synthetic_tiles(leaves), leaves)
    root = tree.root()
    assert root != EMPTY_ROOT
    for index in {0, leaves // 2, leaves - 1}:
        verify_inclusion(tree.leaf_hash(index), index, leaves, inclusion_proof(index, leaves, tree.node), root)


def test_the_whole_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = {"OPENING": 60, "SINGLES": 20, "LINKED": {1: 20, 500: 2}, "ACCOUNTS": 12, "LARGEST_LOAD_ENTRIES": 60, "HALF_LOAD_S": 0.2, "PROOFS": 2}  # fmt: skip
    for name, value in small.items():
        monkeypatch.setattr(ledger, name, value)
    monkeypatch.setattr(ledger, "proof_us", lambda: proof_us(70_000))
    seen = ledger.measure(tmp_path / "new", 400)
    assert (seen.entries, seen.audited, set(seen.transfers_per_s)) == (400, 480, {1, 500})
    assert seen.append_groups_per_s == pytest.approx(seen.verify_rate_per_s * seen.append_groups_ratio, rel=0.05)
    assert 0 < seen.ack_p50_ms <= seen.ack_p99_ms < seen.time_to_proof_p99_ms
    with pytest.raises(BenchmarkError, match="not empty"):
        ledger.measure(tmp_path / "new", 400)
