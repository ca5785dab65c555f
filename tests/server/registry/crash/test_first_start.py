"""A library's first start is cut short anywhere: the next one makes a whole log of what is there."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

from carrel.server.registry.library_key import FILE
from carrel.server.registry.rebuild import rebuild
from tests.server.registry.crash.disk import KINDS, write_image
from tests.server.registry.crash.lab import KILL, Lab
from tests.server.registry.crash.process import first_start

CUTS, KILLS = 25, 12


def test_a_power_cut_at_the_first_start(lab: Lab, in_memory: Path) -> None:
    random = Random(61)
    code, ops = lab.run(0, 0, founds=True)
    assert code == 0
    last = set(random.sample(range(len(ops)), CUTS))
    for number in lab.live(ops):
        if number in last:
            left = in_memory / "left"
            write_image(lab.disk.image(random.choice(KINDS)(random)), left)
            founded(left)
            shutil.rmtree(left)


def test_killed_at_the_first_start(lab: Lab) -> None:
    random = Random(62)
    for _ in range(KILLS):
        lab.begin()
        code, _ = lab.run(0, 0, (random.randrange(60), KILL, 0), founds=True)
        assert code in (0, -9)
        founded(lab.root)


def founded(root: Path) -> None:
    log = first_start(root)
    assert log.size == 2
    assert log.state.library
    assert log.state.rule
    log.close()
    assert (root / "data" / "ledger" / FILE).exists()
    assert rebuild(root / "data" / "ledger").differences == []
