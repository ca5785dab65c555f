"""An entry in words: its sentence, its members one by one, and the short forms of keys, hashes and licences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Body = Mapping[str, Any]
Shape = Literal["key", "entry", "time", "uri", "rules", "text"]

TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "rights": (
        "work.register",
        "work.derive",
        "work.license",
        "work.transfer",
        "work.dispute",
        "work.decision",
        "work.withdraw",
    ),
    "credits": (
        "credit.issue",
        "credit.transfer",
        "credit.hold",
        "credit.post",
        "credit.void",
        "credit.correct",
        "rule.publish",
    ),
    "keys": ("key.register", "key.rotate", "key.revoke", "key.recover", "attest"),
}
"""Every type, as the page groups them."""

KEYS: Final = frozenset({"by", "also", "key", "account", "to", "subject", "payer"})
ENTRIES: Final = frozenset({"prev", "work", "sources", "rule", "hold", "corrects", "cause"})
TIMES: Final = frozenset({"ts", "expires_ms"})
FIRST: Final = ("type", "by", "also", "key", "account", "work", "ts", "id")
"""Members that everybody looks for; the others follow by name."""
LICENCE: Final = re.compile(r"^https?://creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/([0-9.]+)/?")
STATEMENT: Final = re.compile(r"^http://rightsstatements\.org/vocab/([A-Za-z-]+)/")
PUBLIC_DOMAIN: Final = {"zero": "CC0", "mark": "Public Domain Mark"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One member of a body. `values`: (text, address or None); `shape` says how it is written."""

    name: str
    shape: Shape
    values: Sequence[tuple[Any, str | None]]


def short(digest: str) -> str:
    """A key or hash as people compare it: the first and last four characters."""
    return f"{digest[:4]}…{digest[-4:]}" if len(digest) >= 12 else digest


def licence(uri: str | None) -> str | None:
    """`CC BY 4.0`, `RightsStatements InC`; other addresses without their scheme."""
    if uri is None:
        return None
    if statement := STATEMENT.match(uri):
        return f"RightsStatements {statement[1]}"
    found = LICENCE.match(uri)
    if found is None:
        return re.sub(r"^https?://", "", uri)
    group, name, version = found.groups()
    return f"{PUBLIC_DOMAIN.get(name, name)} {version}" if group == "publicdomain" else f"CC {name.upper()} {version}"


def plain(code: str) -> str:
    """A coded reason as one reads it."""
    return code.replace("_", " ")


def detail(body: Body) -> tuple[str, dict[str, Any]]:
    """The key of the sentence below an entry's type, and its parameters."""
    kind = str(body["type"])
    amount = sum(one.get("amount", 0) for one in body.get("transfers", body.get("legs", ())))
    match kind:
        case "key.register" if body.get("role") is not None:
            return f"ledger.detail.key.register.{body['role']}", {}
        case "key.register" if body.get("account") is not None:
            return "ledger.detail.key.register.device", {"account": short(body["account"])}
        case "key.rotate" | "key.revoke":
            return f"ledger.detail.{kind}", {"which": short(body["key"])}
        case "key.recover":
            return "ledger.detail.key.recover", {"account": short(body["account"])}
        case "work.register" | "work.license":
            known = licence(body.get("licence"))
            return (f"ledger.detail.{kind}", {"licence": known}) if known else (f"ledger.detail.{kind}.reserved", {})
        case "work.derive":
            return "ledger.detail.work.derive", {"count": len(body["sources"])}
        case "work.transfer":
            return "ledger.detail.work.transfer", {"to": short(body["to"])}
        case "work.dispute" | "work.withdraw":
            return f"ledger.detail.{kind}", {"reason": plain(body["reason"])}
        case "work.decision":
            return f"ledger.detail.work.decision.{body['outcome']}", {"reason": plain(body["reason"])}
        case "rule.publish":
            return "ledger.detail.rule.publish", {"version": body["version"]}
        case "credit.issue":
            return "ledger.detail.credit.issue", {"amount": amount, "code": plain(body["code"])}
        case "credit.transfer":
            return "ledger.detail.credit.transfer", {"amount": amount, "to": short(body["transfers"][0]["to"])}
        case "credit.hold":
            return "ledger.detail.credit.hold", {"amount": body["amount"], "to": short(body["to"])}
        case "credit.post" | "credit.void":
            return f"ledger.detail.{kind}", {"hold": short(body["hold"])}
        case "credit.correct":
            return "ledger.detail.credit.correct", {"amount": amount}
        case "attest":
            return "ledger.detail.attest", {"claim": plain(body["claim"]), "subject": short(body["subject"])}
        case _:
            return f"ledger.detail.{kind}", {}


def facts(body: Body) -> list[Fact]:
    """Every member at the top of a body; what is nested, but for published rules, stays in the bytes below it."""
    names = [name for name in FIRST if name in body]
    names += sorted(name for name in body if name not in FIRST and name != "log")
    return [_fact(name, body[name]) for name in names]


def _fact(name: str, value: Any) -> Fact:
    values = value if isinstance(value, list | tuple) else (value,)
    if name in KEYS:
        return Fact(name, "key", [(one, f"/ledger/accounts/{one}") for one in values])
    if name in ENTRIES:
        return Fact(name, "entry", [(one, f"/ledger/entries/{one}") for one in values])
    if name in TIMES:
        return Fact(name, "time", [(value, None)])
    if name == "rules":
        return Fact(name, "rules", [(value, None)])
    if name == "licence":
        return Fact(name, "uri", [(value, None)])
    if any(isinstance(one, Mapping) for one in values):
        return Fact(name, "text", [(len(values), None)])
    return Fact(name, "text", [(one, None) for one in values])
