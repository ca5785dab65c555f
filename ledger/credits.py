"""Credits: issued, paid, held, corrected, in double entry. Whatever one account is credited another is debited, in the same entry.

Limits of a day count what is promised: a hold when it is made, not when it is paid, and no less when it goes back. Corrections are not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from carrel.ledger import keys, royalties
from carrel.ledger.bodies import (
    CreditCorrect,
    CreditHold,
    CreditIssue,
    CreditPost,
    CreditTransfer,
    CreditVoid,
    Leg,
    Overdraft,
    Rules,
)
from carrel.ledger.errors import (
    BadField,
    HoldEnded,
    LimitReached,
    Overdrawn,
    RuleBroken,
    Unauthorised,
    UnknownEntry,
    UnknownKey,
    WrongState,
)
from carrel.ledger.rights import work as work_of
from carrel.ledger.rules import by_id, in_force
from carrel.ledger.state import DAY_MS, ISSUER, AccountRow, DayRow, HoldRow, HoldStanding, MoveRow, State, replace

MOST_HOLDS: Final = 100
"""Open holds of one payer: whatever lapses at one time lapses before one entry."""
MOST_LEGS: Final = 1_000
"""Movements of one entry, royalties included."""


def issue(state: State, body: CreditIssue, entry_id: str, logged_ms: int) -> None:
    rules = in_force(state, body.rule)
    signer = keys.account_of(state, body.by)
    if signer.role is None:
        raise Unauthorised("Credit is issued by the library's people.")
    earning = next((one for one in rules.earnings if one.code == body.code), None)
    if earning is None:
        raise RuleBroken(f"The rules know no earning {body.code}.")
    earned: dict[str, int] = {}
    for one in body.transfers:
        if one.to == signer.id:
            raise Unauthorised("Nobody issues credit to their own account: let a colleague sign.")
        if one.work is not None:
            raise BadField("New credit pays for no work and bears no royalties: leave `work` out and name a `cause`.")
        if one.amount > earning.most:
            raise LimitReached(f"For {body.code} at most {earning.most} are issued at once.")
        earned[one.to] = earned.get(one.to, 0) + one.amount
    for account, amount in earned.items():
        _count(state, f"earned {body.code} {account}", amount, earning.day_most, logged_ms)
    if state.get(AccountRow, ISSUER) is None:
        state.put(AccountRow(id=ISSUER, since=state.size))
    _move(state, entry_id, [Leg(amount=one.amount, payer=ISSUER, to=one.to) for one in body.transfers], rules)


def transfer(state: State, body: CreditTransfer, entry_id: str, logged_ms: int) -> None:
    rules = in_force(state, body.rule)
    payer = keys.account_of(state, body.by).id
    legs: list[Leg] = []
    for one in body.transfers:
        _check_payment(rules, payer, one.to, one.amount)
        if one.work is None:
            legs.append(Leg(amount=one.amount, payer=payer, to=one.to))
        else:
            legs += _payment(state, rules, payer, one.to, one.amount, one.work)
    _count_spending(state, rules, payer, legs, logged_ms)
    _move(state, entry_id, legs, rules)


def hold(state: State, body: CreditHold, entry_id: str, logged_ms: int) -> None:
    rules = in_force(state, body.rule)
    payer = keys.account_of(state, body.by).id
    if body.expires_ms <= logged_ms:
        raise HoldEnded("The hold would be over before it begins: choose a later time.")
    if body.expires_ms > logged_ms + rules.hold_most_ms:
        raise LimitReached(f"Credit is held for {rules.hold_most_ms} ms at most.")
    _check_payment(rules, payer, body.to, body.amount)
    if body.work is not None:
        _check_holder(state, body.work, body.to)
    _count_spending(state, rules, payer, [Leg(amount=body.amount, payer=payer, to=body.to)], logged_ms)
    row = _account(state, payer)
    _check_cover(row, body.amount, rules)
    if row.holds >= MOST_HOLDS:
        raise LimitReached(
            f"An account has at most {MOST_HOLDS} open holds. Let one of them be paid or given back first."
        )
    _pend(state, payer, body.to, body.amount, 1)
    state.put(
        HoldRow(
            id=entry_id,
            since=state.size,
            payer=payer,
            to=body.to,
            amount=body.amount,
            expires_ms=body.expires_ms,
            rule=body.rule,
            work=body.work,
        )
    )


def post(state: State, body: CreditPost, entry_id: str, _: int) -> None:
    row = _open_hold(state, body.hold)
    _check_signer(state, body.by, may=row.payer, other=row.to, sentence="A hold is paid by its payer")
    amount = row.amount if body.amount is None else body.amount
    if amount > row.amount:
        raise Overdrawn(f"The hold is of {row.amount}; more than that cannot be paid of it.")
    _end_hold(state, row, "posted")
    if row.work is None:
        legs = [Leg(amount=amount, payer=row.payer, to=row.to)]
    else:
        legs = _payment(state, by_id(state, row.rule), row.payer, row.to, amount, row.work)
    _move(state, entry_id, legs, None)  # covered since it was held


def void(state: State, body: CreditVoid, _: str, __: int) -> None:
    row = _open_hold(state, body.hold)
    _check_signer(state, body.by, may=row.to, other=row.payer, sentence="A hold is given back by whom it is for")
    _end_hold(state, row, "voided")


def lapse(state: State, now_ms: int) -> None:
    """Give back what was held until now or earlier. Before every entry, with its logged time."""
    for row in state.expired(now_ms):
        _end_hold(state, row, "lapsed")


def correct(state: State, body: CreditCorrect, entry_id: str, _: int) -> None:
    """A correction may be corrected in its turn. What was spent meanwhile cannot be taken back."""
    if keys.role_of(state, body.by) != "library":
        raise Unauthorised("Corrections are signed with the library's own key.")
    moved = state.get(MoveRow, body.corrects)
    rules = state.rules()
    if moved is None or rules is None:
        raise UnknownEntry(f"No entry {body.corrects} moved credit in this log.")
    returned = list(moved.returned) or [0] * len(moved.legs)
    places: dict[tuple[str, str], list[int]] = {}
    for at, leg in enumerate(moved.legs):
        places.setdefault((leg.to, leg.payer), []).append(at)
    for back in body.legs:
        against = places.get((back.payer, back.to))
        if against is None:
            raise WrongState(f"That entry moved nothing from {back.to} to {back.payer}.")
        left = back.amount
        for at in against:
            taken = min(left, moved.legs[at].amount - returned[at])
            returned[at] += taken
            left -= taken
        if left:
            raise LimitReached(
                f"Of what that entry moved from {back.to} to {back.payer} only {back.amount - left} can still be given back."
            )
    state.put(replace(moved, returned=tuple(returned)))
    _move(state, entry_id, list(body.legs), rules)


def _check_payment(rules: Rules, payer: str, to: str, amount: int) -> None:
    if to == payer:
        raise RuleBroken("Nobody pays themselves.")
    if rules.transfer_most and amount > rules.transfer_most:
        raise LimitReached(f"At most {rules.transfer_most} are paid at once.")


def _check_holder(state: State, work_id: str, to: str) -> None:
    work = work_of(state, work_id)
    if work.standing != "held":
        raise WrongState(f"The work is {work.standing.replace('_', ' ')}: it is not paid for now.")
    if work.holder != to:
        raise WrongState(f"The work is held by {work.holder}: pay that account.")


def _payment(state: State, rules: Rules, payer: str, to: str, amount: int, work_id: str) -> list[Leg]:
    """Payee first, then the royalties in the order of the claims. Who pays or is paid owes themselves nothing."""
    _check_holder(state, work_id, to)
    claims = [
        claim for claim in royalties.claims(state, work_of(state, work_id), rules) if claim.holder not in (payer, to)
    ]
    parts = royalties.shares(amount, [claim.share_bp for claim in claims], rules.royalty_cap_bp)
    legs = [Leg(amount=amount - sum(parts), payer=payer, to=to)]
    legs += [Leg(amount=part, payer=payer, to=claim.holder) for claim, part in zip(claims, parts, strict=True)]
    return [leg for leg in legs if leg.amount]


def _count_spending(state: State, rules: Rules, payer: str, legs: list[Leg], logged_ms: int) -> None:
    if rules.spend_day_most:
        _count(state, f"spent {payer}", sum(leg.amount for leg in legs), rules.spend_day_most, logged_ms)
    if rules.pair_day_most:
        for leg in legs:
            one, other = sorted(
                (leg.payer, leg.to)
            )  # there and back is counted together: credit sent in a ring gains nothing
            _count(state, f"pair {one} {other}", leg.amount, rules.pair_day_most, logged_ms)


def _count(state: State, what: str, amount: int, most: int, logged_ms: int) -> None:
    day = logged_ms // DAY_MS
    total = state.day_sum(what, day) + amount
    if total > most:
        raise LimitReached(f"That would be {total} today; the rules allow {most} a day ({what.partition(' ')[0]}).")
    state.put(DayRow(id=what, day=day, amount=total))


def _move(state: State, entry_id: str, legs: list[Leg], rules: Rules | None) -> None:
    """Post all legs at once. `rules`: whoever pays must have it; None: it was held for this."""
    if len(legs) > MOST_LEGS:
        raise LimitReached(f"With its royalties the entry has more than {MOST_LEGS} movements: divide it.")
    paid: dict[str, int] = {}
    got: dict[str, int] = {}
    for leg in legs:
        payer, to, amount = leg.payer, leg.to, leg.amount
        paid[payer] = paid.get(payer, 0) + amount
        got[to] = got.get(to, 0) + amount
    for name, amount in paid.items():
        row = _account(state, name)
        if rules is not None:
            _check_cover(row, amount, rules)
        state.put(replace(row, debits_posted=row.debits_posted + amount))
    for name, amount in got.items():
        row = _account(state, name)
        state.put(replace(row, credits_posted=row.credits_posted + amount))
    state.put(MoveRow(id=entry_id, since=state.size, legs=tuple(legs)))


def _check_cover(row: AccountRow, amount: int, rules: Rules) -> None:
    left = row.available - amount
    if row.id == ISSUER:
        if -left > rules.supply_most:
            raise LimitReached(f"There would be {-left} credits in all; the rules allow {rules.supply_most}.")
    elif left < 0 and -left > _overdraft(rules.overdrafts, row.id):
        raise Overdrawn(f"The account {row.id} has {row.available} to spend, not {amount}.")


def _overdraft(overdrafts: Iterable[Overdraft], account: str) -> int:
    return next((one.limit for one in overdrafts if one.account == account), 0)


def _open_hold(state: State, hold_id: str) -> HoldRow:
    row = state.get(HoldRow, hold_id)
    if row is None:
        raise UnknownEntry(f"No credit was held by an entry {hold_id}.")
    if row.standing != "open":
        raise HoldEnded(f"This hold is {row.standing} already.")
    return row


def _check_signer(state: State, key: str, *, may: str, other: str, sentence: str) -> None:
    """The party whose decision it is, or the library's people unless they are the other party."""
    signer = keys.account_of(state, key)
    if signer.id != may and (signer.role is None or signer.id == other):
        raise Unauthorised(f"{sentence}, or by the library's people who have no part in it.")


def _pend(state: State, payer: str, to: str, amount: int, holds: int) -> None:
    row = _account(state, payer)
    state.put(replace(row, debits_pending=row.debits_pending + amount, holds=row.holds + holds))
    row = _account(state, to)
    state.put(replace(row, credits_pending=row.credits_pending + amount))


def _end_hold(state: State, row: HoldRow, standing: HoldStanding) -> None:
    _pend(state, row.payer, row.to, -row.amount, -1)
    state.put(replace(row, standing=standing))


def _account(state: State, account: str) -> AccountRow:
    row = state.get(AccountRow, account)
    if row is None:
        raise UnknownKey(f"There is no account {account} in this log. An account is named by its first key.")
    return row
