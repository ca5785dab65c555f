from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from carrel.ledger.entry import Entry, Signature, parse
from carrel.ledger.errors import BadSignature, NotJson
from carrel.server.bench.ledger_world import mixed_entries
from carrel.server.registry import group_checker
from carrel.server.registry.group_checker import Given, GroupChecker

ENTRIES = list(mixed_entries("example.org/log", 5, 60, 1_790_000_000_000))
GIVEN: list[Given] = [(one.raw, one.signatures) for one in ENTRIES]


@pytest.fixture
def checker() -> Iterator[GroupChecker]:
    made = GroupChecker()
    yield made
    made.close()


def test_a_group_is_what_its_entries_are_alone(checker: GroupChecker) -> None:
    assert checker.check([]) == []
    assert checker.check(GIVEN) == [parse(*one) for one in GIVEN] == ENTRIES


def test_each_wrong_one_is_named_and_holds_up_no_other(checker: GroupChecker) -> None:
    forged: list[Given] = list(GIVEN)
    both = next(at for at, one in enumerate(ENTRIES) if len(one.signatures) == 2)
    for at in (0, both, 59):
        raw, signatures = GIVEN[at]
        forged[at] = raw, [Signature(one.key, bytes(64)) for one in signatures]
    forged[7] = b"not JSON", ()
    found = checker.check(forged)
    wrong = {at: type(one) for at, one in enumerate(found) if not isinstance(one, Entry)}
    assert wrong == {0: BadSignature, both: BadSignature, 59: BadSignature, 7: NotJson}


def test_a_checker_whose_process_was_ended_goes_on(checker: GroupChecker) -> None:
    checker.check(GIVEN)
    worker = checker._worker
    assert worker is not None
    worker.process.kill()
    worker.process.wait()
    assert checker.check(GIVEN) == ENTRIES
    assert checker.check(GIVEN) == ENTRIES
    assert checker._worker not in (None, worker)


def test_an_answer_that_cannot_be_read_is_not_believed_and_none_stays_behind(
    checker: GroupChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged: list[Given] = [(raw, [Signature(one.key, bytes(64)) for one in signed]) for raw, signed in GIVEN]
    for answer in (b"\xc1", b"\xa1x"):
        monkeypatch.setattr(group_checker, "receive", lambda _, answer=answer: answer)
        assert {type(one) for one in checker.check(forged)} == {BadSignature}
        monkeypatch.undo()
        assert checker.check(GIVEN) == ENTRIES


def test_groups_of_several_threads_get_their_own_answers(checker: GroupChecker) -> None:
    def forged(at: int) -> list[Given]:
        raw, signatures = GIVEN[at]
        return [*GIVEN[:at], (raw, [Signature(one.key, bytes(64)) for one in signatures]), *GIVEN[at + 1 :]]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(checker.check, map(forged, range(len(GIVEN)))))
    wrong = [[at for at, one in enumerate(found) if not isinstance(one, Entry)] for found in answers]
    assert wrong == [[at] for at in range(len(GIVEN))]
