"""Whom one believes: the logs, the witnesses and the quorum of them that must have cosigned a checkpoint, as a C2SP tlog-policy file."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from carrel.ledger.checkpoint import COSIGNATURE, ED25519, KINDS, Checkpoint, Note, NoteVerifier, verify_checkpoint
from carrel.ledger.errors import BadNote, BadPolicy

NONE: Final = "none"
"""The quorum of those who have no witnesses."""
MAX_POLICY_BYTES: Final = 256 * 1024
MAX_ENTRIES: Final = 256
"""Of logs, of witnesses and of groups, each."""
_FORBIDDEN: Final = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")


@dataclass(frozen=True, slots=True)
class TrustedLog:
    key: NoteVerifier
    """Its name is the log's origin."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class TrustedWitness:
    name: str
    """Within the policy alone."""
    key: NoteVerifier
    url: str = ""
    """Where `add-checkpoint` is below."""


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    threshold: int
    """How many of the members must have seen a checkpoint."""
    members: tuple[str, ...]
    """Witnesses, and groups defined before this one."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint that a policy accepts."""

    checkpoint: Checkpoint
    seen_s: dict[str, int]
    """Witness by its name in the policy → seconds since 1970 at which it cosigned."""


@dataclass(frozen=True)
class Policy:
    """BadPolicy if it contradicts itself."""

    logs: tuple[TrustedLog, ...] = ()
    witnesses: tuple[TrustedWitness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    def __post_init__(self) -> None:
        if max(len(self.logs), len(self.witnesses), len(self.groups)) > MAX_ENTRIES:
            raise BadPolicy(f"Policy: {MAX_ENTRIES} logs, witnesses or groups are the limit.")
        _check_keys("log", [log.key for log in self.logs], ED25519)
        _check_keys("witness", [witness.key for witness in self.witnesses], COSIGNATURE)
        names = {NONE}
        for witness in self.witnesses:
            _define(names, witness.name)
        members: set[str] = set()
        for group in self.groups:
            if not 1 <= group.threshold <= len(group.members):
                raise BadPolicy(f"Policy: group {group.name} cannot ask for {group.threshold} of {len(group.members)}.")
            for member in group.members:
                if member == NONE or member not in names:
                    raise BadPolicy(f"Policy: group {group.name} names {member}, which is not defined before it.")
                _define(members, member)
            _define(names, group.name)
        if self.quorum not in names:
            raise BadPolicy(f"Policy: the quorum {self.quorum} is not defined.")

    def verify(self, note: Note, log: NoteVerifier | None = None) -> Witnessed:
        """BadNote unless the note is a checkpoint of `log` (else of one of the policy's logs) that enough witnesses have cosigned.

        A wrong line by a known witness condemns the note, as C2SP signed-note advises: somebody changed one of the two.
        """
        checkpoint = self._verify_log(note, log)
        seen_s = {
            witness.name: witness.key.verify(note)
            for witness in self.witnesses
            if any(map(witness.key.made, note.signatures))
        }
        if not self.enough(seen_s):
            known = ", ".join(seen_s) or "nobody"
            raise BadNote(f"Checkpoint: the policy's quorum {self.quorum} has not seen it; cosigned by {known}.")
        return Witnessed(checkpoint, seen_s)

    def enough(self, cosigned: Collection[str]) -> bool:
        """Whether these witnesses, by their names here, are the quorum."""
        if self.quorum == NONE:
            return True
        seen = {witness.name for witness in self.witnesses if witness.name in cosigned}
        for group in self.groups:
            if sum(member in seen for member in group.members) >= group.threshold:
                seen.add(group.name)
        return self.quorum in seen

    def encode(self) -> bytes:
        lines = [_line("log", log.key.vkey, log.url) for log in self.logs]
        lines += [_line("witness", witness.name, witness.key.vkey, witness.url) for witness in self.witnesses]
        lines += [_line("group", group.name, str(group.threshold), *group.members) for group in self.groups]
        return "".join([*lines, _line("quorum", self.quorum)]).encode("utf-8", "surrogateescape")

    def _verify_log(self, note: Note, log: NoteVerifier | None) -> Checkpoint:
        if log is None:
            origin = note.text.partition("\n")[0]
            keys = self._logs.get(origin, [])
            log = next((key for key in keys if any(map(key.made, note.signatures))), None)
            if log is None:
                raise BadNote(f"Checkpoint: no log of the policy has signed it as {origin[:100]!r}.")
        return verify_checkpoint(note, log, log.name)

    @cached_property
    def _logs(self) -> dict[str, list[NoteVerifier]]:
        found: dict[str, list[NoteVerifier]] = {}
        for log in self.logs:
            found.setdefault(log.key.name, []).append(log.key)
        return found


def parse_policy(data: bytes) -> Policy:
    """BadPolicy with the line's number."""
    if len(data) > MAX_POLICY_BYTES:
        raise BadPolicy(f"Policy: it has {len(data)} bytes; {MAX_POLICY_BYTES} are the limit.")
    if _FORBIDDEN.search(data):
        raise BadPolicy("Policy: it holds a control character other than tab and newline.")
    logs: list[TrustedLog] = []
    witnesses: list[TrustedWitness] = []
    groups: list[Group] = []
    quorum: list[str] = []
    # Bytes that are no ASCII stand for themselves, so that no table of characters decides which names are equal.
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        match re.split(r"[ \t]+", line.strip(" \t")):
            case [""]:
                continue
            case [first, *_] if first.startswith("#"):
                continue
            case ["log", vkey, *url] if len(url) <= 1:
                logs.append(TrustedLog(_key(vkey, number), "".join(url)))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                witnesses.append(TrustedWitness(name, _key(vkey, number), "".join(url)))
            case ["group", name, threshold, *members] if members:
                groups.append(Group(name, _threshold(threshold, len(members), number), tuple(members)))
                _check_defined(members, witnesses, groups[:-1], number)
            case ["quorum", name] if not quorum:
                quorum.append(name)
                _check_defined([name] if name != NONE else [], witnesses, groups, number)
            case _:
                raise BadPolicy(
                    f"Policy line {number}: a line is 'log VKEY [URL]', 'witness NAME VKEY [URL]', 'group NAME all|any|NUMBER NAME…' or, once, 'quorum NAME'."
                )
    if not quorum:
        raise BadPolicy(f"Policy: it has no quorum line; 'quorum {NONE}' asks for no witness.")
    return Policy(tuple(logs), tuple(witnesses), tuple(groups), quorum[0])


def _key(vkey: str, number: int) -> NoteVerifier:
    try:
        return NoteVerifier.parse(vkey)
    except BadNote as error:
        raise BadPolicy(f"Policy line {number}: {error}") from None


def _threshold(word: str, members: int, number: int) -> int:
    if word in ("all", "any"):
        return members if word == "all" else 1
    if re.fullmatch(r"[1-9][0-9]{0,3}", word):
        return int(word)
    raise BadPolicy(f"Policy line {number}: 'all', 'any' or a number is expected, not {word[:40]!r}.")


def _check_defined(
    names: Collection[str], witnesses: Collection[TrustedWitness], groups: Collection[Group], number: int
) -> None:
    missing = set(names) - {witness.name for witness in witnesses} - {group.name for group in groups}
    if missing:
        raise BadPolicy(f"Policy line {number}: {min(missing)} is not defined on a line before it.")


def _check_keys(what: str, keys: Collection[NoteVerifier], kind: int) -> None:
    for key in keys:
        if key.kind != kind:
            raise BadPolicy(f"Policy: the key of {what} {key.name} should be of kind {KINDS[kind]}.")
    if len({key.key for key in keys}) != len(keys):
        raise BadPolicy(f"Policy: one key stands under two {what} lines.")


def _define(names: set[str], name: str) -> None:
    if name in names:
        raise BadPolicy(f"Policy: {name} is used twice.")
    names.add(name)


def _line(*words: str) -> str:
    found = [word for word in words if word]
    if any(re.search(r"[\s\x00-\x20]", word) for word in found):
        raise BadPolicy("Policy: a name or an address holds a space.")
    return " ".join(found) + "\n"
