"""The power is cut, processes are killed: every acknowledged entry is there again, no two signed checkpoints disagree, and the log goes on."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.server.registry.crash.disk import Image, everything, nothing
from tests.server.registry.crash.lab import KILL, KILL_HALFWAY, Lab, is_sync_of

CUTS = 30
KILLS = 6


def test_the_disk_that_is_followed_is_the_real_one(lab: Lab) -> None:
    code, ops = lab.run(seed=1, acts=25)
    assert code == 0
    lab.follow(ops)
    _same(lab.disk.image(everything), lab.root)
    assert {op.kind for op in ops} == set("ocwtsrumx")


def _same(image: Image, folder: Path) -> None:
    assert {one.name for one in folder.iterdir() if not one.name.endswith("-shm")} == set(image)
    for name, content in image.items():
        if isinstance(content, dict):
            _same(content, folder / name)
        else:
            assert (folder / name).read_bytes() == content


@pytest.mark.parametrize(("seed", "size"), [(1, 0), (2, 250)])
def test_a_power_cut_anywhere(lab: Lab, seed: int, size: int) -> None:
    """Also while the first tiles become full."""
    random = Random(seed)
    code, ops = lab.run(seed, acts=15, size=size)
    assert code == 0
    last = set(random.sample(range(len(ops) // 2 if size else 0, len(ops)), CUTS))
    for number in lab.live(ops):
        if number in last:
            lab.cut_some_way(random)


def test_what_a_killed_process_did_not_sync_is_synced_before_anybody_builds_on_it(lab: Lab) -> None:
    """SQLite shows the next process what the killed one wrote; a client that asks again gets it acknowledged; then the power goes."""
    _, ops = lab.run(seed=3, acts=8)
    steps = list(is_sync_of(ops, "-wal"))
    assert len(steps) > 3
    for step in steps[:: len(steps) // 4]:
        lab.begin()
        code, ops = lab.run(3, 8, (step, KILL, 0))
        assert code == -9
        lab.follow(ops)
        code, ops = lab.run(4, 2)
        assert code == 0
        for number in lab.live(ops):
            if ops[number].kind == "x":
                lab.cut(nothing)


def test_killed_again_and_again_and_then_a_power_cut(lab: Lab) -> None:
    random = Random(4)
    for _ in range(KILLS):
        code, ops = lab.run(random.randrange(10**6), 8, (random.randrange(200), random.choice((KILL, KILL_HALFWAY)), 0))
        assert code in (0, -9)
        lab.follow(ops)
        lab.cut_some_way(random)
