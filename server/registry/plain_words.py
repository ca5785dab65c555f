"""What a body says, in one sentence a type, for whoever is about to sign it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from carrel.ledger import bodies
from carrel.ledger.bodies import AnyBody, File, Transfer, WorkBytes, WorkTerms
from carrel.ledger.credential import utc


def plainly(body: AnyBody) -> str:
    return _SENTENCES[type(body)](body)


def _short(name: str) -> str:
    """Enough to compare with another place."""
    return name if len(name) < 20 else f"{name[:16]}…"


def _terms(body: WorkTerms) -> str:
    licence = body.licence or "no licence (all rights reserved)"
    share = f"for {body.royalty_bp / 100:g} % of what that earns"
    consent = {"ask": "asking me first", "open": "without asking", None: "as the licence allows, else asking me first"}
    return f"under {licence}; others may derive from it {consent[body.derivation]}, {share}"


def _files(files: Sequence[File]) -> str:
    return "; ".join(f"{one.media}, {one.bytes} bytes, SHA-256 {_short(one.hash)}" for one in files)


def _work(body: WorkBytes) -> str:
    what = _files(body.files) if body.files else f"sealed, commitment {_short(body.sealed or '')}"
    return f"{body.kind} ({what}) {_terms(body)}"


def _most(body: bodies.WorkDerive) -> str:
    return (
        ", whatever they are" if body.royalty_most_bp is None else f" up to {body.royalty_most_bp / 100:g} % for each"
    )


def _payments(transfers: Sequence[Transfer]) -> str:
    each = [
        f"{one.amount} to {_short(one.to)}" + (f" for the work {_short(one.work)}" if one.work else "")
        for one in transfers[:5]
    ]
    more = (
        [f"and {len(transfers) - 5} more, {sum(one.amount for one in transfers)} in all"] if len(transfers) > 5 else []
    )
    return ", ".join(each + more)


def _register(body: bodies.KeyRegister) -> str:
    kept = " kept by the library" if body.custodial else ""
    what = f"as another key of the account {_short(body.account)}" if body.account else "as a new account"
    role = f" with the role {body.role}" if body.role else ""
    return f"Register the key {_short(body.key)}{kept} {what}{role}."


def _decision(body: bodies.WorkDecision) -> str:
    to = f" to {_short(body.to)}" if body.to else ""
    return f"Decide the dispute about the work {_short(body.work)}: {body.outcome}{to}, for the reason {body.reason}."


def _rules(body: bodies.RulePublish) -> str:
    earned = ", ".join(f"{one.code} ≤ {one.most}" for one in body.rules.earnings) or "nothing"
    return (
        f"Publish version {body.version} of the rules: {body.rules.supply_most} credits at most, earned for {earned}."
    )


def _hold(body: bodies.CreditHold) -> str:
    work = f" for the work {_short(body.work)}" if body.work else ""
    return f"Set {body.amount} credits aside for {_short(body.to)}{work} until {utc(body.expires_ms)}."


def _attest(body: bodies.Attest) -> str:
    work = f" about the work {_short(body.work)}" if body.work else ""
    outcome = f", outcome {body.outcome}" if body.outcome else ""
    files = f", files {_files(body.files)}" if body.files else ""
    return f"State {body.claim} of the account {_short(body.subject)}{work}{outcome}{files}."


_SENTENCES: Final[dict[type, Callable[[Any], str]]] = {
    bodies.KeyRegister: _register,
    bodies.KeyRotate: lambda body: f"Put the key {_short(body.key)} in the place of {_short(body.by)}, which ends.",
    bodies.KeyRevoke: lambda body: f"End the key {_short(body.key)}, for the reason {body.reason}.",
    bodies.KeyRecover: lambda body: (
        f"End every key of the account {_short(body.account)} and put {_short(body.key)} in their place."
    ),
    bodies.WorkRegister: lambda body: f"Register a work as mine: {_work(body)}.",
    bodies.WorkDerive: lambda body: (
        f"Register a work as mine, a {body.relation} of {', '.join(map(_short, body.sources))}, whose royalties I accept{_most(body)}: {_work(body)}."
    ),
    bodies.WorkLicense: lambda body: f"Give the work {_short(body.work)} new terms: {_terms(body)}.",
    bodies.WorkTransfer: lambda body: f"Pass the work {_short(body.work)} on to the account {_short(body.to)}.",
    bodies.WorkDispute: lambda body: f"Dispute the work {_short(body.work)}, for the reason {body.reason}.",
    bodies.WorkDecision: _decision,
    bodies.WorkWithdraw: lambda body: f"Withdraw the work {_short(body.work)}, for the reason {body.reason}.",
    bodies.RulePublish: _rules,
    bodies.CreditIssue: lambda body: f"Issue credit for {body.code}: {_payments(body.transfers)}.",
    bodies.CreditTransfer: lambda body: f"Pay {_payments(body.transfers)}.",
    bodies.CreditHold: _hold,
    bodies.CreditPost: lambda body: (
        f"Pay {'all' if body.amount is None else body.amount} of what was held by entry {_short(body.hold)}."
    ),
    bodies.CreditVoid: lambda body: f"Give back what was held by entry {_short(body.hold)}.",
    bodies.CreditCorrect: lambda body: (
        f"Take back {sum(leg.amount for leg in body.legs)} credits of what entry {_short(body.corrects)} moved, for the reason {body.reason}."
    ),
    bodies.Attest: _attest,
}
