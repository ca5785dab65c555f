"""The audit: a log in order passes; one change anywhere ends it, with the place named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.ledger import bodies, rules
from carrel.ledger.audit import Audit, Bundle, Checked, audit, check, check_balance
from carrel.ledger.checkpoint import Checkpoint
from carrel.ledger.entry import Entry, Signature, encode_leaf
from carrel.ledger.errors import BadEntry, BadTile, Invalid
from carrel.ledger.merkle import Frontier, leaf_hash
from carrel.ledger.state import AccountRow, State
from carrel.ledger.tiles import TileWriter, decode_bundle, encode_bundle
from tests.ledger.small_log import ORIGIN, SmallLog, a_file, add_work, key, lively_log

FULL = lively_log(600)
"""Two full bundles and a part of a third."""
SHORT = lively_log(262)


def resealed(log: SmallLog, leaves: list[bytes]) -> SmallLog:
    """A log by the same key that holds these leaves instead: every hash is right, so that only the entries are wrong."""
    forged = SmallLog(log.state.log)
    forged.leaves = leaves
    forged.publish()
    return forged


def test_a_log_in_order() -> None:
    report = audit(FULL.checkpoint(), FULL.read)
    assert (report.origin, report.size, report.root) == (ORIGIN, 600, FULL.checkpoint().root)
    assert report.signatures == 600
    assert report.types["credit.correct"] == 1
    assert sum(report.types.values()) == 600
    assert report.accounts == sum(1 for row in FULL.state.rows(AccountRow) if row.id != "issuer")
    assert report.supply == 6
    assert report.clock_ms == FULL.clock_ms


@pytest.mark.parametrize("size", [0, 1, 2, 20, 255, 256, 257, 511, 512])
def test_every_size_of_tree(size: int) -> None:
    log = resealed(FULL, FULL.leaves[:size])
    assert audit(log.checkpoint(), log.read).size == size


@pytest.mark.parametrize("damaged", [None, "tile/1/000"])
def test_upper_tiles_are_compared_as_they_fill(damaged: str | None) -> None:
    """65,536 leaves that stand for entries: what `check` would say of their bundles is enough for the tiles above."""
    _, files = TileWriter().grow([number.to_bytes(4) for number in range(65_536)])
    if damaged:
        files[damaged] = files[damaged][:-1] + b"\0"
    whole = Audit(Checkpoint(ORIGIN, 65_536, bytes(32)), files.__getitem__)
    roots = [files["tile/1/000"][at : at + 32] for at in range(0, 8192, 32)]
    roots[-1] = Frontier().extend(leaf_hash(number.to_bytes(4)) for number in range(65_280, 65_536)).root()
    for number, root in enumerate(roots[:-1]):
        whole.add(Bundle(number * 256, [], b""), Checked(root, 0))
    last = Bundle(255 * 256, [], b""), Checked(roots[-1], 0)
    if damaged:
        with pytest.raises(BadTile, match="tile/1/000"):
            whole.add(*last)
    else:
        whole.add(*last)


def test_partial_files_may_be_gone_when_full_ones_are_there() -> None:
    log = SmallLog()
    log.leaves = FULL.leaves[:300]
    log.publish()
    old = log.checkpoint()
    log.leaves = list(FULL.leaves)
    log.publish()
    for path in [path for path in log.files if ".p/44" in path]:
        del log.files[path]
    assert audit(old, log.read).size == 300


def test_leftovers_of_older_checkpoints_do_no_harm() -> None:
    log = SmallLog()
    for size in (10, 100, 280, 600):
        log.leaves = FULL.leaves[:size]
        log.publish()
    assert audit(log.checkpoint(), log.read).size == 600


def needed_files(log: SmallLog) -> list[str]:
    return sorted(path for path in log.files if path.startswith("tile/"))


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_any_changed_byte_of_any_file(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(needed_files(SHORT)))
    original = SHORT.files[path]
    at = data.draw(st.integers(0, len(original) - 1))
    changed = bytearray(original)
    changed[at] ^= data.draw(st.integers(1, 255))
    files = {**SHORT.files, path: bytes(changed)}
    with pytest.raises(Invalid, match=r"(?i)entry|tile/"):
        audit(SHORT.checkpoint(), files.__getitem__)


@pytest.mark.parametrize("path", needed_files(FULL))
def test_a_missing_or_cut_or_longer_file(path: str) -> None:
    for data in (None, FULL.files[path][:-1], FULL.files[path] + b"\0", b""):
        files = {**FULL.files, path: data} if data is not None else {k: v for k, v in FULL.files.items() if k != path}
        with pytest.raises(BadTile, match="tile/"):
            audit(FULL.checkpoint(), files.__getitem__)


def test_another_root() -> None:
    with pytest.raises(BadTile, match="root"):
        audit(replace(FULL.checkpoint(), root=bytes(32)), FULL.read)


def test_a_consistent_rewrite_of_the_tiles_is_found_by_the_entry() -> None:
    """Tiles that fit each other and the signed root, with an entry beside them that does not."""
    leaves = decode_bundle(FULL.files["tile/entries/001"], 256)
    other = encode_bundle([*leaves[:7], leaves[8], leaves[7], *leaves[9:]])
    with pytest.raises(BadTile, match="Entry 263: its hash"):
        audit(FULL.checkpoint(), {**FULL.files, "tile/entries/001": other}.__getitem__)


# --- entries that no log should have let in, under hashes that are all right ---


def a_log() -> SmallLog:
    log = SmallLog()
    log.add(bodies.KeyRegister, "library", key=log.person("library"), role="library")
    log.add(bodies.RulePublish, "library", version=1, rules=rules.default_rules())
    log.add(bodies.KeyRegister, "ann", key=log.person("ann"))
    return log


def spoilt(change: str) -> tuple[SmallLog, int]:
    """A log with one fault, and the index of the entry that has it."""
    log = a_log()
    good = log.signed(log.body(bodies.WorkRegister, "ann", **a_file("a")))
    index = len(log.leaves)
    match change:
        case "signature":
            one = good.signatures[0]
            wrong = Signature(one.key, one.signature[:40] + bytes([one.signature[40] ^ 1]) + one.signature[41:])
            log.log(Entry(good.raw, good.body, (wrong,)), judged=False)
        case "form":
            raw = good.raw.replace(b'{"by"', b'{ "by"')
            log.log(Entry(raw, good.body, log.signed(good.body).signatures), judged=False)
        case "surplus signature":
            log.log(Entry(good.raw, good.body, (*good.signatures, *log.entries[0].signatures)), judged=False)
        case "no signature":
            log.log(Entry(good.raw, good.body, ()), judged=False)
        case "id":
            log.log(good)
            index += 1
            log.log(log.signed(msgspec.structs.replace(good.body, metadata="0" * 64)), judged=False)
        case "the very same entry twice":
            log.log(good)
            index += 1
            log.log(good, judged=False)
        case "order of times":
            log.log(good)
            index += 1
            log.clock_ms -= 15
            log.log(log.signed(log.body(bodies.WorkRegister, "ann", **a_file("b"))), judged=False)
        case "rule":
            rule = log.entries[1].hash.hex()
            pay = (bodies.Transfer(amount=1, to=key("library")),)
            log.log(log.signed(log.body(bodies.CreditTransfer, "ann", rule=rule, transfers=pay)), judged=False)
        case "stranger":
            log.log(log.signed(log.body(bodies.WorkRegister, "eve", **a_file("b"))), judged=False)
        case "another log":
            elsewhere = SmallLog("elsewhere.example")
            elsewhere.count = 100
            log.log(elsewhere.signed(elsewhere.body(bodies.WorkRegister, "ann", **a_file("c"))), judged=False)
        case "leaf":
            log.leaves.append(encode_leaf(good, log.clock_ms) + b"\0")
    log.leaves.append(encode_leaf(log.signed(log.body(bodies.WorkRegister, "ann", **a_file("z"))), log.clock_ms + 10))
    log.publish()
    return log, index


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("signature", "bad_signature"),
        ("form", "bad_signature"),  # the signature is of other bytes too
        ("surplus signature", "bad_signature|surplus_signature"),
        ("no signature", "missing_signature"),
        ("id", "was used before"),
        ("the very same entry twice", "was used before"),
        ("order of times", "logged before"),
        ("rule", "overdrawn"),
        ("stranger", "unknown_key"),
        ("another log", "wrong_log"),
        ("leaf", "length"),
    ],
)
def test_what_should_not_have_been_let_in(change: str, reason: str) -> None:
    log, index = spoilt(change)
    with pytest.raises(BadEntry, match=rf"Entry {index}: .*({reason})"):
        audit(log.checkpoint(), log.read)


def test_the_first_of_two_faults_is_named() -> None:
    """A forbidden entry before a wrongly signed one, in the same bundle."""
    log = a_log()
    log.log(log.signed(log.body(bodies.WorkRegister, "eve", **a_file("b"))), judged=False)
    good = log.signed(log.body(bodies.WorkRegister, "ann", **a_file("a")))
    log.log(Entry(good.raw, good.body, (Signature(good.signatures[0].key, bytes(64)),)), judged=False)
    log.publish()
    with pytest.raises(BadEntry, match=r"Entry 3: .*unknown_key"):
        audit(log.checkpoint(), log.read)


def test_an_audit_that_ends_early_does_not_pass() -> None:
    whole = Audit(FULL.checkpoint(), FULL.read)
    first = next(iter(whole.bundles()))
    whole.add(first, check(first))
    with pytest.raises(BadEntry, match="256 entries; the checkpoint has 600"):
        whole.finish()


def test_books_that_do_not_balance() -> None:
    state = State(ORIGIN)
    state.put(AccountRow(id=key("ann"), since=0, credits_posted=1))
    with pytest.raises(BadEntry, match="do not balance"):
        check_balance(state)
    state.put(AccountRow(id=key("ann"), since=0, debits_pending=1))
    state.put(AccountRow(id=key("ben"), since=0, credits_pending=1))
    with pytest.raises(BadEntry, match="do not balance"):
        check_balance(state)


def test_hashes_are_those_of_the_leaves() -> None:
    for number, bundle in enumerate(Audit(FULL.checkpoint(), FULL.read).bundles()):
        assert bundle.first == number * 256
        assert bundle.tile == b"".join(map(leaf_hash, bundle.leaves))
        assert check(bundle).fault is None


def test_work_is_done_where_it_is_called() -> None:
    """The half that is spread over processes asks for nothing but signatures."""
    seen: list[bytes] = []
    verify: Callable[[bytes, bytes, bytes], None] = lambda one, _, __: seen.append(one)  # noqa: E731
    bundle = next(iter(Audit(FULL.checkpoint(), FULL.read).bundles()))
    assert check(bundle, verify).signatures == len(seen) == 256


def test_a_log_may_grow_between_two_audits() -> None:
    log = lively_log(260)
    add_work(log, "reader 0", "later")
    log.publish()
    assert audit(log.checkpoint(), log.read).size == 261
