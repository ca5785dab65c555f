"""A short story for a library's log: two readers, a few works, a dispute, some credit; and how their own tools would send it."""

from __future__ import annotations

import hashlib
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from carrel.ledger import ed25519
from carrel.ledger.bodies import (
    AnyBody,
    Attest,
    Body,
    CreditIssue,
    CreditTransfer,
    File,
    KeyRegister,
    Transfer,
    WorkDecision,
    WorkDerive,
    WorkDispute,
    WorkLicense,
    WorkRegister,
    WorkTransfer,
)
from carrel.ledger.entry import Entry, sign
from carrel.server.registry.key_file import read_key
from carrel.server.registry.library_key import new_id

BY = "https://creativecommons.org/licenses/by/4.0/"
BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"


@dataclass
class Person:
    name: str
    seed: bytes = b""
    key: str = ""

    def __post_init__(self) -> None:
        self.seed = self.seed or hashlib.sha256(self.name.encode()).digest()
        self.key = ed25519.public_key(self.seed).hex()


@dataclass
class Story:
    """`folder`: the log's, for the library's own key. `now_ms`: by whose clock the entries are dated. `told`: name → entry id, of `entries` in order."""

    folder: Path
    now_ms: int = 0
    told: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    mei: Person = field(default_factory=lambda: Person("mei"))
    otto: Person = field(default_factory=lambda: Person("otto"))

    def __post_init__(self) -> None:
        self.origin = json.loads((self.folder / "log.json").read_text())["origin"]
        self.library = Person("library", read_key(self.folder / "library.key").open(None))

    def tell(self, rule: str) -> Story:
        """All of it. `rule`: id of the one in force, which has an earning for `desk`."""
        for one in (self.mei, self.otto):
            self.say(one.name, KeyRegister, one, key=one.key)
        lamp = self.say(
            "lamp",
            WorkRegister,
            self.mei,
            kind="text",
            files=(_file("lamp", "text/markdown"),),
            royalty_bp=500,
            derivation="open",
        )
        snow = self.say("snow", WorkRegister, self.otto, kind="panorama", files=(_file("snow", "image/webp"),))
        self.say(
            "claim",
            Attest,
            self.library,
            claim="rendition",
            subject=self.mei.key,
            work=lamp,
            files=(_file("thumb", "image/webp"),),
        )
        score = self.say(
            "score",
            WorkDerive,
            self.otto,
            kind="audio",
            files=(_file("score", "audio/ogg"),),
            licence=BY,
            sources=(lamp,),
        )
        licensed = self.say("licensed", WorkLicense, self.mei, work=lamp, prev=lamp, licence=BY_SA)
        passed = self.say("passed", WorkTransfer, self.otto, self.mei, work=snow, prev=snow, to=self.mei.key)
        dispute = self.say(
            "dispute", WorkDispute, self.otto, self.library, work=lamp, prev=licensed, reason="not_the_author"
        )
        self.say(
            "decision", WorkDecision, self.library, work=lamp, prev=dispute, outcome="dismissed", reason="no_evidence"
        )
        self.say("second", WorkLicense, self.mei, work=snow, prev=passed, licence=BY)
        earned = Transfer(amount=4, to=self.mei.key)
        self.say("earned", CreditIssue, self.library, code="desk", rule=rule, transfers=(earned,))
        self.say(
            "paid", CreditTransfer, self.mei, rule=rule, transfers=(Transfer(amount=2, to=self.otto.key, work=score),)
        )
        return self

    def say(self, name: str, kind: type[Body], by: Person, /, *others: Person, **members: Any) -> str:
        """The entry's id."""
        now_ms = self.now_ms or time.time_ns() // 1_000_000
        also = {"also": tuple(sorted(one.key for one in others))} if others else {}
        body: AnyBody = kind(by=by.key, id=new_id(now_ms), log=self.origin, ts=now_ms, **also, **members)  # type: ignore[assignment]
        entry = sign(body, [one.seed for one in (by, *others)])
        self.entries.append(entry)
        self.told[name] = entry.hash.hex()
        return self.told[name]

    def send(self, url: str) -> Story:
        """Tell it to a running server, which has it in its signed list afterwards."""
        with urllib.request.urlopen(f"{url}/ledger/api/rules", timeout=40) as answer:
            self.tell(json.load(answer)["rule"])
        for entry in self.entries:
            post(url, entry, "proof" if entry is self.entries[-1] else "promise")
        return self


def post(url: str, entry: Entry, wait: str) -> None:
    """AssertionError with the ledger's words when it is refused."""
    signatures = [{"key": one.key.hex(), "signature": one.signature.hex()} for one in entry.signatures]
    given = json.dumps({"body": entry.raw.decode(), "signatures": signatures, "wait": wait}).encode()
    headers = {"Content-Type": "application/json", "Origin": url}
    try:
        urllib.request.urlopen(urllib.request.Request(f"{url}/ledger/api/entries", given, headers), timeout=40).close()
    except urllib.error.HTTPError as error:
        raise AssertionError(error.read().decode()) from error


def _file(name: str, media: str) -> File:
    return File(bytes=1000 + len(name), hash=hashlib.sha256(name.encode()).hexdigest(), media=media)
