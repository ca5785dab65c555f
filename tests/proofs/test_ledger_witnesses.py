"""A library whose checkpoints two of three witnesses have to cosign, while it and they die, one of them lies or forgets, and somebody with the log's key makes
another history."""

from __future__ import annotations

import json
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from carrel.ledger.audit import audit
from carrel.ledger.checkpoint import Checkpoint, Note, NoteSignature, NoteVerifier, parse_checkpoint, parse_note
from carrel.ledger.errors import BadNote
from carrel.ledger.merkle import consistency_proof, range_root
from carrel.ledger.policy import Policy
from carrel.ledger.tiles import TileReader, TileWriter
from carrel.ledger.witness import AddCheckpoint, parse_answer
from carrel.server.registry.init import make_log
from carrel.server.registry.log import Log
from carrel.server.registry.recovery import open_log, read_about
from carrel.server.registry.witness_client import WitnessClient, WitnessFailed
from tests.server.registry.logs import ORIGIN, Person, Ticking
from tests.server.registry.test_cosigning import LIES
from tests.server.registry.witnesses import WitnessProcess, processes, puppets, quorum
from tests.server_process import ServerProcess

pytestmark = pytest.mark.proof

ROUNDS = 40
ANSWER_S = 30.0
Trouble = Callable[[], None]


class Now(Ticking):
    def __call__(self) -> int:
        self.now_ms = time.time_ns() // 1_000_000
        return self.now_ms


class Library:
    """`carrel serve` with a policy. Remembers what it was promised and shown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "library"
        self.log = self.folder / "ledger"
        make_log(self.log, ORIGIN)
        self.key = NoteVerifier.parse(read_about(self.log).vkey)
        self.promised: dict[int, str] = {}
        self.published: dict[int, Note] = {}
        self.starts = 0
        self._clock = Now()
        self._policy_file = folder / "policy"

    def open(self, policy: Policy) -> None:
        self.policy = policy
        self._policy_file.write_bytes(policy.encode())
        self._process = ServerProcess(
            self.folder, ledger_policy=self._policy_file, ledger_origin=ORIGIN, ledger_entries_per_minute=100_000
        )
        self.start()

    def start(self) -> None:
        self._said = len(self._process.log)
        self._process.start()
        self.starts += 1

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        if hasattr(self, "_process"):
            self.kill()

    def status(self) -> dict[str, Any]:
        return json.loads(self._get("api/status"))  # type: ignore[no-any-return]

    def said(self) -> str:
        """To its operator, since its last start."""
        return self._process.log[self._said :]

    def submit(self) -> None:
        entry = Person(f"reader {len(self.promised)} {self.starts}", self._clock).joins()
        signatures = [{"key": one.key.hex(), "signature": one.signature.hex()} for one in entry.signatures]
        body = json.dumps({"body": entry.raw.decode(), "signatures": signatures}).encode()
        request = urllib.request.Request(
            f"{self._process.url}/ledger/api/entries", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:
            receipt = json.load(answer)
        self.promised[receipt["index"]] = receipt["leaf_hash"]

    def look(self) -> None:
        """What everybody reads is cosigned by a quorum, and there are no two of one size."""
        note = parse_note(self._get("checkpoint"))
        checkpoint = parse_checkpoint(note.text)
        if checkpoint.size == 0:
            return  # made with the log, and the same for every log
        self.policy.verify(note, self.key)
        assert self.published.setdefault(checkpoint.size, note).text == note.text

    def settle(self) -> None:
        """Wait until all that was promised is published."""
        deadline = time.monotonic() + 2 * ANSWER_S
        while self.status()["pending"]:
            assert time.monotonic() < deadline, self.status()
            time.sleep(0.05)  # polling another process
        self.look()

    def check(self) -> Checkpoint:
        """All that was ever published is one history, and every promise is kept in it."""
        note = parse_note((self.log / "public" / "checkpoint").read_bytes())
        final = self.policy.verify(note, self.key).checkpoint
        read = lambda path: (self.log / "public" / path).read_bytes()  # noqa: E731
        audit(final, read)
        tree = TileReader(read, final.size)
        for size, note in self.published.items():
            assert parse_checkpoint(note.text).root == range_root(0, size, tree.node)
        for index, leaf_hash in self.promised.items():
            assert tree.leaf_hash(index).hex() == leaf_hash
        return final

    def _get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self._process.url}/ledger/{path}", timeout=ANSWER_S) as answer:
            return answer.read()  # type: ignore[no-any-return]


class Thief:
    """Has the log's key and its entries up to some point, and wants another history cosigned. `collected`: cosignatures by text."""

    def __init__(self, log: Log, at: int) -> None:
        self._signer = log.signer
        leaves = [one.leaf for one in log.store.records(0, at)]
        leaves += [f"stolen {number}".encode() for number in range(100)]
        files: dict[str, bytes] = {}
        writer = TileWriter()
        for leaf in leaves:
            writer, made = writer.grow([leaf])
            files.update(made)
        self._tree = TileReader(files.__getitem__, writer.size)
        self.sizes = range(at + 1, writer.size)
        self.asked = 0
        self.collected: dict[str, dict[bytes, NoteSignature]] = {}

    def note(self, size: int) -> Note:
        return Checkpoint(self._signer.name, size, range_root(0, size, self._tree.node)).sign([self._signer])

    def ask(self, url: str, key: NoteVerifier, old: int, size: int) -> int:
        note = self.note(size)
        proof = consistency_proof(old, size, self._tree.node) if 0 < old < size else ()
        client = WitnessClient(url)
        try:
            answer = client.add_checkpoint(AddCheckpoint.of(old, proof, note).encode())
        except WitnessFailed:
            return 0
        finally:
            client.abort()
        self.asked += 1
        if answer.status == 200:
            for line in parse_answer(answer.body, note.text, key):
                self.collected.setdefault(note.text, {})[line.key_id] = line
        return answer.status

    def published(self, policy: Policy, key: NoteVerifier) -> list[int]:
        """Sizes of its history that the policy accepts."""
        found = []
        for size in self.sizes:
            note = self.note(size)
            try:
                policy.verify(note.signed_by(*self.collected.get(note.text, {}).values()), key)
            except BadNote:
                continue
            found.append(size)
        return found


def swing(random: Random, witness: WitnessProcess, dead: set[str]) -> None:
    """Dead if it lives, alive if it is dead."""
    if witness.trusted.name in dead:
        witness.start()
        witness.ready()
        dead.discard(witness.trusted.name)
    else:
        witness.kill()
        dead.add(witness.trusted.name)


def test_while_one_lies_and_the_others_die(tmp_path: Path, measured: Callable[..., None]) -> None:
    """With a witness that lies in every way, others that die, and a library that is killed, one history is published and every promise kept."""
    random, dead = Random(7), set[str]()
    lies, refusals = 0, 0
    with (
        closing(Library(tmp_path)) as library,
        processes(tmp_path, library.key, "ab") as honest,
        puppets("c") as (liar,),
    ):
        policy = quorum(2, *(one.trusted for one in honest), liar.trusted)
        library.open(policy)
        for _ in range(ROUNDS):
            match random.choice(["kill the library", "swing", "lie", "lie", "write"]):
                case "kill the library":
                    library.kill()
                    library.start()
                    if library.status()["stopped"]:
                        # It cannot know who is wrong: it stays shut until its operator has taken that witness out, or it behaves.
                        assert "The witness c contradicts" in library.said()
                        refusals += 1
                        library.kill()
                        liar.answer = liar.cosigns
                        library.start()
                case "swing":
                    swing(random, random.choice(honest), dead)
                case "lie":
                    lie = random.choice([*LIES, "cosigns whatever"])
                    liar.answer = LIES[lie](liar) if lie in LIES else liar.cosigns
                    lies += 1
            for _ in range(random.randrange(1, 4)):
                library.submit()
            library.look()
        for name in sorted(dead):
            swing(random, next(one for one in honest if one.trusted.name == name), dead)
        liar.answer = liar.cosigns
        library.settle()
        library.kill()
        final = library.check()
        assert all(set(policy.verify(note, library.key).seen_s) & {"a", "b"} for note in library.published.values())
        thief = _steal(library, final.size // 2)
        for one in honest:
            assert {thief.ask(one.url, one.key, final.size, size) for size in thief.sizes[:60]} <= {400, 409, 422}
        for size in thief.sizes[:60]:
            thief.ask(liar.url, liar.trusted.key, size, size)
        assert thief.published(policy, library.key) == []
        assert all(one.seen()["size"] == final.size for one in honest)
    measured(
        entries=len(library.promised), checkpoints=len(library.published), starts=library.starts, lies=lies,
        starts_refused=refusals, forged_requests=thief.asked,
    )  # fmt: skip


def test_while_one_forgets_and_the_others_die(tmp_path: Path, measured: Callable[..., None]) -> None:
    """With one witness at a time rolled back to what it knew earlier, and a thief who asks it then, one history is published and the other never."""
    random, dead = Random(11), set[str]()
    forgotten = 0
    with closing(Library(tmp_path)) as library, processes(tmp_path, library.key, "abc") as witnesses:
        forgetful, *others = witnesses
        policy = quorum(2, *(one.trusted for one in witnesses))
        library.open(policy)
        library.settle()
        forgetful.copy(tmp_path / "old 0")  # knows no more than what both histories begin with
        copies = 1
        library.submit()
        library.settle()
        thief = _steal(library, 2, running=True)
        for _ in range(ROUNDS):
            match random.choice(["kill the library", "swing", "forget", "forget", "copy"]):
                case "kill the library":
                    library.kill()
                    library.start()
                    if library.status()["stopped"]:
                        # The forgetful one has cosigned the thief's history: at the start that is a reason to look.
                        assert "The witness a contradicts" in library.said()
                        forgetful.kill()
                        library.kill()
                        library.start()
                        forgetful.start()
                        forgetful.ready()
                case "swing":
                    swing(random, random.choice(others), dead)
                case "copy":
                    forgetful.copy(tmp_path / f"old {copies}")
                    copies += 1
                case "forget":
                    forgetful.kill()
                    forgetful.put_back(tmp_path / f"old {random.choice([0, random.randrange(copies)])}")
                    forgetful.start()
                    forgetful.ready()
                    forgotten += 1
            for one in witnesses:
                if one.trusted.name not in dead:
                    seen = one.seen()["size"]
                    thief.ask(one.url, one.key, seen, max(seen + 1, thief.sizes[0]))
                    thief.ask(one.url, one.key, seen, max(seen, thief.sizes[0]))
            library.submit()
            library.look()
            assert thief.published(policy, library.key) == []
        for name in sorted(dead):
            swing(random, next(one for one in others if one.trusted.name == name), dead)
        library.settle()
        library.kill()
        library.check()
        cosigners = {line.name for lines in thief.collected.values() for line in lines.values()}
        assert cosigners <= {"witness.example/a"}
    measured(
        entries=len(library.promised), checkpoints=len(library.published), starts=library.starts, forgot=forgotten,
        forged_requests=thief.asked, forged_cosigned=len(thief.collected),
    )  # fmt: skip


def _steal(library: Library, at: int, *, running: bool = False) -> Thief:
    """A copy of the log's folder, opened elsewhere."""
    stolen = library.folder.with_name("stolen")
    if running:
        library.kill()
    shutil.copytree(library.log, stolen)
    if running:
        library.start()
    log = open_log(stolen)
    try:
        return Thief(log, at)
    finally:
        log.close()
