"""A log asks its witnesses: all of them at once, each on a thread of its own, so that a slow one holds up nobody while the others are a quorum.

A checkpoint is published when the policy's quorum has cosigned it. Until then it is asked for again, newer ones in its place as they are made.

What a witness says against the log is believed differently at the start and later. At the start any contradiction keeps the log shut, because the usual cause
is an old copy that was put back, and its operator is there to look. While the log is open one witness that lies must not be able to close it: there a
contradiction stops the log only with a checkpoint that the log's own key has signed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from threading import Condition, Thread
from typing import Final

import structlog

from carrel.ledger.checkpoint import Checkpoint, Note, NoteSignature, NoteVerifier, parse_checkpoint, parse_note
from carrel.ledger.errors import BadNote, BadPolicy, Forked
from carrel.ledger.merkle import consistency_proof
from carrel.ledger.policy import MAX_POLICY_BYTES, Policy, TrustedWitness, parse_policy
from carrel.ledger.tiles import TileReader
from carrel.ledger.witness import AddCheckpoint, parse_answer, parse_other, parse_size
from carrel.server.clock import Clock
from carrel.server.errors import ConfigurationError, StorageError
from carrel.server.registry.errors import LogStopped, RolledBack, Unwitnessed
from carrel.server.registry.files import replace_file, sync_folder
from carrel.server.registry.log import Log
from carrel.server.registry.witness_client import TIMEOUT_S, WitnessClient, WitnessFailed

log = structlog.get_logger("carrel.ledger")

TRIES: Final = 3
"""Requests for one checkpoint: a witness that says it has another size than we thought is asked again from there."""
PATIENCE_S: Final = 2 * TIMEOUT_S + 1
"""A witness may be at an older checkpoint when it is asked for this one."""
GRACE_S: Final = 0.25
"""For those that come a moment after the quorum: readers with other policies may want them."""
FORKS: Final = "forks"
"""Folder of the proofs that the log's key has signed two histories."""

Proof = Callable[[int, Checkpoint], tuple[bytes, ...]]
"""(old size, checkpoint) → that it continues the tree of the old size. Raises Invalid, OSError."""


class Contradicted(WitnessFailed):
    """The witness knows another history of this log. `ahead`: its size, when that is beyond ours. `proof`: the other checkpoint, signed by the log's key."""

    def __init__(self, sentence: str, *, ahead: bool = False, proof: Note | None = None) -> None:
        super().__init__(sentence)
        self.ahead = ahead
        self.proof = proof


@dataclass(slots=True)
class Standing:
    """Of one witness, as far as we know. Times are Unix milliseconds. `size`: what it cosigned last. `error`: what is wrong since `failing_since_ms`."""

    name: str
    url: str
    size: int = 0
    cosigned_ms: int | None = None
    failing_since_ms: int | None = None
    error: str | None = None


@dataclass(slots=True)
class _Work:
    """What a witness is to cosign, and what came of it."""

    note: Note
    checkpoint: Checkpoint
    done: bool = False
    lines: tuple[NoteSignature, ...] = ()
    failure: WitnessFailed | None = None


class _Link:
    """A witness and its thread. Everything it tells stands under the shared condition."""

    def __init__(self, witness: TrustedWitness, log_key: NoteVerifier, prove: Proof, change: Condition, clock: Clock):
        self.witness = witness
        self.standing = Standing(witness.name, witness.url)
        self.work: _Work | None = None
        self.contradicted: tuple[Note, Contradicted] | None = None
        """A checkpoint of ours, and what the witness knows against it: the first that is proven, else the latest."""
        self._log_key = log_key
        self._prove = prove
        self._change = change
        self._now_ms = clock
        self._client = WitnessClient(witness.url)
        self._size = 0
        self._ending = False
        self._thread = Thread(target=self._run, name=f"ledger-witness-{witness.name}", daemon=True)
        self._thread.start()

    def want(self, note: Note, checkpoint: Checkpoint) -> None:
        """Under the condition. What it has cosigned already is not asked for again."""
        if self.work is None or self.work.note.text != note.text or self.work.failure is not None:
            self.work = _Work(note, checkpoint)

    def end(self) -> None:
        """Under the condition."""
        self._ending = True
        self._client.abort()

    def _run(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._ending or (self.work is not None and not self.work.done))
                if self._ending or self.work is None:
                    return
                work = self.work
            try:
                lines, failure = self._cosign(work), None
            except WitnessFailed as error:
                lines, failure = (), error
            except Exception as error:  # this thread goes on, or the witness would be missing for ever
                # Everybody reads how a witness stands: what failed on our side is told to the operator alone.
                log.error("ledger_witness_not_asked", witness=self.standing.name, error=str(error), exc_info=True)
                lines, failure = (), WitnessFailed("It could not be asked: the library's log says why.")
            with self._change:
                work.lines, work.failure, work.done = lines, failure, True
                self._note(work)
                if isinstance(failure, Contradicted) and not (self.contradicted and self.contradicted[1].proof):
                    self.contradicted = work.note, failure
                self._change.notify_all()

    def _cosign(self, work: _Work) -> tuple[NoteSignature, ...]:
        """Raises WitnessFailed, and anything else when our own tiles fail."""
        new = work.checkpoint
        for _ in range(TRIES):
            old_size = min(self._size, new.size)
            proof = self._prove(old_size, new)
            status, body = self._client.add_checkpoint(AddCheckpoint(old_size, proof, work.note, new).encode())
            if status == 200:
                try:
                    lines = parse_answer(body, work.note.text, self.witness.key)
                except BadNote as error:
                    raise WitnessFailed(f"Its cosignature does not fit: {error}") from error
                self._size = new.size
                return lines
            if status == 422:
                raise Contradicted(f"It has cosigned {old_size} entries that this log's {new.size} do not continue.")
            if status != 409:
                raise WitnessFailed(f"It answers {status}: {_printable(body)}")
            self._size = self._told(body, old_size, new)
        raise WitnessFailed("It says another size each time.")

    def _told(self, body: bytes, old_size: int, new: Checkpoint) -> int:
        """The size to begin from, out of a 409. Raises WitnessFailed."""
        try:
            size = parse_size(body)
        except BadNote:
            size = None
        if size is not None and size > new.size:
            raise Contradicted(f"It has cosigned {size} entries of this log, and here are {new.size}.", ahead=True)
        if size is not None and size != old_size:
            return size
        if size is None and old_size == new.size:
            try:
                proof = parse_other(body, new, self._log_key)
            except BadNote:
                proof = None
            raise Contradicted(f"It has cosigned another history of {new.size} entries.", proof=proof)
        raise WitnessFailed(f"It answers 409 to the size that it has: {_printable(body)}")

    def _note(self, work: _Work) -> None:
        now_ms, standing = self._now_ms(), self.standing
        standing.size = self._size
        if work.failure is None:
            if standing.error is not None:
                log.info("ledger_witness_back", witness=standing.name)
            standing.cosigned_ms, standing.failing_since_ms, standing.error = now_ms, None, None
            return
        if standing.error != str(work.failure):
            log.warning("ledger_witness_fails", witness=standing.name, error=str(work.failure))
        standing.error = str(work.failure)
        standing.failing_since_ms = standing.failing_since_ms or now_ms


@dataclass
class Cosigning:
    """The policy at work. `watch` a log, then call it as the log's `Cosign`. Raises ConfigurationError for a policy that cannot be met."""

    policy: Policy
    clock: Clock
    folder: Path
    """The log's; proofs of a fork are kept below it."""
    _log_key: NoteVerifier = field(init=False)
    _links: list[_Link] = field(default_factory=list)
    _change: Condition = field(default_factory=Condition)

    def __post_init__(self) -> None:
        reachable = [witness.name for witness in self.policy.witnesses if witness.url]
        if not self.policy.enough(reachable):
            raise ConfigurationError(
                f"The quorum {self.policy.quorum} of the ledger's policy needs witnesses for which the policy gives no address."
            )
        for witness in self.policy.witnesses:
            if witness.url:
                WitnessClient(witness.url)

    def watch(self, opened: Log) -> Log:
        """Ask every witness about the latest checkpoint. Raises RolledBack or Forked, and closes the log, when one contradicts it."""
        key = opened.signer.verifier()
        listed = [known.key for known in self.policy.logs if known.key.name == key.name]
        try:
            if listed and key not in listed:
                raise ConfigurationError(
                    f"The ledger's policy gives another key for {key.name}: this log has {key.vkey}."
                )
            self._log_key = key
            self._links = [
                _Link(witness, key, _prover(opened), self._change, self.clock)
                for witness in self.policy.witnesses
                if witness.url
            ]
            self._check(parse_note(opened.sealed))
        except BaseException:
            self.close()
            opened.close()
            raise
        return opened

    def __call__(self, note: Note) -> Note:
        """With the cosignatures that there are, a quorum of them. Raises Unwitnessed, LogStopped for a proven fork."""
        if self._accepted(note) or not self._links:
            return note
        note = Note(note.text, tuple(line for line in note.signatures if self._log_key.made(line)))
        checkpoint = parse_checkpoint(note.text)
        with self._change:
            for link in self._links:
                link.want(note, checkpoint)
            self._change.notify_all()
            self._change.wait_for(lambda: self._enough(self._gathered(note)) or self._all_done(note), PATIENCE_S)
            self._change.wait_for(lambda: self._all_done(note), GRACE_S)
            found = self._gathered(note)
            proven = [link for link in self._links if link.contradicted and link.contradicted[1].proof]
        for link in proven:
            raise LogStopped(str(self._forked(link)))
        if not self._enough(found):
            raise Unwitnessed(self._missing(checkpoint))
        return found

    def standings(self) -> list[Standing]:
        """Of every witness of the policy, as it is now."""
        with self._change:
            known = {link.witness.name: replace(link.standing) for link in self._links}
        return [
            known.get(one.name)
            or Standing(one.name, one.url, error=None if one.url else "The policy gives no address.")
            for one in self.policy.witnesses
        ]

    def close(self) -> None:
        with self._change:
            for link in self._links:
                link.end()
            self._change.notify_all()

    def _check(self, note: Note) -> None:
        checkpoint = parse_checkpoint(note.text)
        with self._change:
            for link in self._links:
                link.want(note, checkpoint)
            self._change.notify_all()
            self._change.wait_for(lambda: self._all_done(note), PATIENCE_S)
            against = [link for link in self._links if link.contradicted]
        for link in against:
            raise self._forked(link)

    def _forked(self, link: _Link) -> RolledBack | Forked:
        assert link.contradicted is not None
        note, found = link.contradicted
        said = f"The witness {link.witness.name} contradicts this log. {found}"
        if found.proof is not None:
            self._keep(note, found.proof)
            return Forked(
                f"{said} It showed that checkpoint, signed by this log's key: somebody else has the key, or two servers wrote. "
                f"Both notes are kept in {self.folder / FORKS}."
            )
        advice = (
            "Put back the newest copy of the log. If this is the newest, ask the witness what it has; "
            "when it is the witness that is wrong, take it out of the policy."
        )
        if found.ahead:
            return RolledBack(f"{said} An old copy was put back here, or the witness is wrong. {advice}")
        return Forked(f"{said} {advice}")

    def _keep(self, ours: Note, other: Note) -> None:
        folder = self.folder / FORKS
        try:
            folder.mkdir(exist_ok=True)
            replace_file(folder / sha256(other.text.encode()).hexdigest(), ours.encode() + b"\n" + other.encode())
            sync_folder(folder)
            sync_folder(self.folder)
        except OSError as error:
            raise StorageError(f"The proof of a fork cannot be written: {error.strerror}.") from error

    def _accepted(self, note: Note) -> bool:
        """Whether it was cosigned earlier, by a quorum of the policy as it is now."""
        try:
            seen = self.policy.verify(note, self._log_key).seen_s
        except BadNote:
            return False
        return bool(seen)

    def _gathered(self, note: Note) -> Note:
        lines = [line for link in self._links if _is_at(link, note) and link.work for line in link.work.lines]
        return note.signed_by(*lines)

    def _all_done(self, note: Note) -> bool:
        return all(_is_at(link, note) and link.work is not None and link.work.done for link in self._links)

    def _enough(self, note: Note) -> bool:
        return self.policy.enough(
            [one.name for one in self.policy.witnesses if any(map(one.key.made, note.signatures))]
        )

    def _missing(self, checkpoint: Checkpoint) -> str:
        failing = [f"{one.name}: {one.error}" for one in self.standings() if one.error]
        return (
            f"The checkpoint of {checkpoint.size} entries is not published: the quorum {self.policy.quorum} of witnesses is missing. "
            + " ".join(failing)
        )


def read_policy(path: str) -> Policy:
    """Raises ConfigurationError."""
    try:
        with Path(path).open("rb") as file:
            return parse_policy(file.read(MAX_POLICY_BYTES + 1))
    except OSError as error:
        raise ConfigurationError(f"The ledger's policy {path} cannot be read: {error.strerror}.") from error
    except BadPolicy as error:
        raise ConfigurationError(f"{path}: {error}") from error


def _prover(opened: Log) -> Proof:
    def prove(old_size: int, new: Checkpoint) -> tuple[bytes, ...]:
        if old_size in (0, new.size):
            return ()
        return tuple(consistency_proof(old_size, new.size, TileReader(opened.files.read, new.size).node))

    return prove


def _is_at(link: _Link, note: Note) -> bool:
    return link.work is not None and link.work.note.text == note.text


def _printable(body: bytes) -> str:
    text = body[:200].decode("ascii", "replace")
    return "".join(mark if " " <= mark <= "~" else " " for mark in text).strip() or "nothing"
