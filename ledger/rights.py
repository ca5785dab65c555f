"""Works: registered, licensed, derived, passed on, disputed, decided, withdrawn; and what is attested of people and works."""

from __future__ import annotations

from typing import Final

from carrel.ledger import keys
from carrel.ledger.bodies import (
    Attest,
    WorkBytes,
    WorkDecision,
    WorkDerive,
    WorkDispute,
    WorkLicense,
    WorkRegister,
    WorkTerms,
    WorkTransfer,
    WorkWithdraw,
)
from carrel.ledger.errors import (
    BadField,
    ConsentMissing,
    RuleBroken,
    StalePrev,
    Unauthorised,
    UnknownEntry,
    UnknownKey,
    UnknownLicence,
    WrongState,
)
from carrel.ledger.state import AccountRow, Standing, State, WorkRow, replace

_CC: Final = ("by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd")
NO_DERIVATIVES: Final = frozenset(
    f"https://creativecommons.org/licenses/{kind}/{version}/"
    for kind in ("by-nd", "by-nc-nd")
    for version in ("3.0", "4.0")
)
_RIGHTS: Final = (
    "InC",
    "InC-OW-EU",
    "InC-EDU",
    "InC-NC",
    "InC-RUU",
    "NoC-CR",
    "NoC-NC",
    "NoC-OKLR",
    "NoC-US",
    "CNE",
    "UND",
    "NKC",
)
LICENCES: Final = frozenset(
    {
        *(f"https://creativecommons.org/licenses/{kind}/{version}/" for kind in _CC for version in ("3.0", "4.0")),
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "https://creativecommons.org/publicdomain/mark/1.0/",
        *(f"http://rightsstatements.org/vocab/{code}/1.0/" for code in _RIGHTS),
    }
)
"""Creative Commons and rightsstatements.org, in the form in which each of them names itself."""
OPEN: Final = frozenset(licence for licence in LICENCES if "creativecommons.org" in licence) - NO_DERIVATIVES
"""Those that let others make derived works without asking."""

_PEER_CLAIMS: Final = frozenset({"review", "thanks"})
"""What a reader's key may state; every other claim is stated by the library or its staff."""
_MOVES: Final[dict[type, frozenset[Standing]]] = {
    WorkLicense: frozenset({"held"}),
    WorkTransfer: frozenset({"held"}),
    WorkDispute: frozenset({"held"}),
    WorkDecision: frozenset({"disputed"}),
    WorkWithdraw: frozenset({"held", "disputed"}),
}
"""In which standing of a work each type may follow."""


def register(state: State, body: WorkRegister, entry_id: str, _: int) -> None:
    _check_bytes(body)
    _check_terms(body)
    state.put(_new_work(state, body, entry_id))


def derive(state: State, body: WorkDerive, entry_id: str, _: int) -> None:
    _check_bytes(body)
    _check_terms(body)
    if len(set(body.sources)) < len(body.sources):
        raise BadField("A source is named twice.")
    account = keys.account_of(state, body.by)
    for work_id in body.sources:
        source = work(state, work_id)
        if source.standing != "held":
            raise WrongState(f"The source {work_id} is {source.standing}: nothing can be derived from it now.")
        if body.royalty_most_bp is not None and source.royalty_bp > body.royalty_most_bp:
            raise RuleBroken(
                f"The source {work_id} asks for a royalty of {source.royalty_bp} basis points by now, and {body.royalty_most_bp} are accepted: "
                "look at its terms, then sign again."
            )
        if source.holder != account.id and _asks(source) and not keys.any_of(state, body.also, source.holder):
            raise ConsentMissing(
                f"The holder of the source {work_id} is asked first and signs too: add their key to `also`."
            )
    accepted_bp = tuple(work(state, source).royalty_bp for source in body.sources)
    row = _new_work(state, body, entry_id)
    state.put(replace(row, sources=body.sources, accepted_bp=accepted_bp, relation=body.relation))


def license_work(state: State, body: WorkLicense, entry_id: str, _: int) -> None:
    row = _changing(state, body, body.work, body.prev)
    _by_holder(state, body.by, row)
    _check_terms(body)
    state.put(replace(row, head=entry_id, licence=body.licence, royalty_bp=body.royalty_bp, derivation=body.derivation))


def transfer(state: State, body: WorkTransfer, entry_id: str, _: int) -> None:
    row = _changing(state, body, body.work, body.prev)
    _by_holder(state, body.by, row)
    _check_account(state, body.to)
    if body.to == row.holder:
        raise WrongState("The work is held by this account already.")
    if not keys.any_of(state, body.also, body.to):
        raise ConsentMissing("Whoever receives a work signs too: add their key to `also`.")
    state.put(replace(row, head=entry_id, holder=body.to))


def dispute(state: State, body: WorkDispute, entry_id: str, _: int) -> None:
    row = _changing(state, body, body.work, body.prev)
    if keys.is_of(state, body.by, row.holder):
        raise Unauthorised("A work is disputed by somebody else than its holder. Withdraw it instead.")
    if not any(keys.role_of(state, key) for key in (body.by, *body.also)):
        # Who disputes freezes somebody else's work: the library hears the reasons first.
        raise ConsentMissing("A dispute is opened together with the library's people: one of them signs too.")
    state.put(replace(row, head=entry_id, standing="disputed", disputant=keys.account_of(state, body.by).id))


def decide(state: State, body: WorkDecision, entry_id: str, _: int) -> None:
    row = _changing(state, body, body.work, body.prev)
    _by_the_library(state, body.by, "A dispute is decided by the library's people.")
    if (body.to is not None) != (body.outcome == "reassigned"):
        raise BadField("`to` is named when the outcome is reassigned, and only then.")
    if body.to is not None:
        _check_account(state, body.to)
    if keys.account_of(state, body.by).id in (row.holder, row.disputant, body.to):
        raise Unauthorised("Nobody decides about their own work or their own dispute: let a colleague sign.")
    decided = replace(row, head=entry_id, standing="held", disputant=None)
    outcomes: dict[str, WorkRow] = {
        "dismissed": decided,
        "upheld": replace(decided, standing="taken_down"),
        "reassigned": replace(decided, holder=body.to or row.holder),
    }
    state.put(outcomes[body.outcome])


def withdraw(state: State, body: WorkWithdraw, entry_id: str, _: int) -> None:
    row = _changing(state, body, body.work, body.prev)
    if keys.is_of(state, body.by, row.holder):
        if row.standing == "disputed":
            raise WrongState("The work is disputed: it cannot be withdrawn before the decision.")
        state.put(replace(row, head=entry_id, standing="withdrawn"))
    else:
        _by_the_library(state, body.by, "A work is withdrawn by its holder, or taken down by the library's people.")
        state.put(replace(row, head=entry_id, standing="taken_down"))


def attest(state: State, body: Attest, _: str, __: int) -> None:
    signer = keys.account_of(state, body.by)
    _check_account(state, body.subject)
    if body.work is not None:
        work(state, body.work)
    if signer.role is None and body.claim not in _PEER_CLAIMS:
        raise Unauthorised(
            f"{body.claim} is attested by the library's people; readers attest {' and '.join(sorted(_PEER_CLAIMS))}."
        )
    if body.subject == signer.id and body.claim != "rendition":
        raise Unauthorised("Nobody attests to themselves: let a colleague sign.")
    if body.files and (body.claim != "rendition" or body.work is None):
        raise BadField("Files are listed for the renditions of a work: claim `rendition`, with `work`.")


def work(state: State, work_id: str) -> WorkRow:
    """Raises UnknownEntry."""
    row = state.get(WorkRow, work_id)
    if row is None:
        raise UnknownEntry(f"No work was registered by an entry {work_id}.")
    return row


def _changing(state: State, body: object, work_id: str, prev: str) -> WorkRow:
    row = work(state, work_id)
    if row.head != prev:
        raise StalePrev(
            f"The work was last changed by entry {row.head}: look at it, then sign again with it as `prev`."
        )
    if row.standing not in _MOVES[type(body)]:
        raise WrongState(f"The work is {row.standing.replace('_', ' ')}: this cannot follow.")
    return row


def _new_work(state: State, body: WorkBytes, entry_id: str) -> WorkRow:
    return WorkRow(
        id=entry_id,
        since=state.size,
        head=entry_id,
        kind=body.kind,
        holder=keys.account_of(state, body.by).id,
        licence=body.licence,
        royalty_bp=body.royalty_bp,
        derivation=body.derivation,
    )


def _check_bytes(body: WorkBytes) -> None:
    if bool(body.files) == (body.sealed is not None):
        raise BadField("A work has public `files`, or `sealed` for one that is not public: one of the two.")


def _check_terms(body: WorkTerms) -> None:
    if body.licence is not None and body.licence not in LICENCES:
        raise UnknownLicence(
            "The licence is a Creative Commons or rightsstatements.org address in its canonical form, or is left out."
        )
    if body.licence in OPEN and (body.royalty_bp or body.derivation == "ask"):
        raise RuleBroken("This licence lets everybody derive freely: no royalty and no consent can be asked beside it.")


def _asks(source: WorkRow) -> bool:
    """Whether who derives needs the holder's signature: as the holder says, else unless the licence allows it by itself."""
    return source.derivation == "ask" if source.derivation else source.licence not in OPEN


def _by_holder(state: State, key: str, row: WorkRow) -> None:
    if not keys.is_of(state, key, row.holder):
        raise Unauthorised("This is signed by the work's holder.")


def _by_the_library(state: State, key: str, sentence: str) -> None:
    if keys.role_of(state, key) is None:
        raise Unauthorised(sentence)


def _check_account(state: State, account: str) -> None:
    if state.get(AccountRow, account) is None:
        raise UnknownKey(f"There is no account {account} in this log. An account is named by its first key.")
