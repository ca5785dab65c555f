"""The verdict on an entry: state + entry → the state with it, or Refused and nothing changed.

The same function admits, replays and audits, so that whoever replays the log comes to the same state. Signatures were checked before, by `entry.parse`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from carrel.ledger import credits, keys, rights, rules  # noqa: A004 - the ledger's credits, not Python's
from carrel.ledger.bodies import (
    Attest,
    Body,
    CreditCorrect,
    CreditHold,
    CreditIssue,
    CreditPost,
    CreditTransfer,
    CreditVoid,
    KeyRecover,
    KeyRegister,
    KeyRevoke,
    KeyRotate,
    RulePublish,
    WorkDecision,
    WorkDerive,
    WorkDispute,
    WorkLicense,
    WorkRegister,
    WorkTransfer,
    WorkWithdraw,
)
from carrel.ledger.entry import Entry
from carrel.ledger.errors import Refused, TimestampInFuture, TimestampInPast, Unauthorised, WrongLog
from carrel.ledger.state import State

FUTURE_MS: Final = 5 * 60_000
"""How far the client's clock may be ahead of the log's."""
PAST_MS: Final = 24 * 3_600_000
"""How long an entry may lie between signing and logging."""

Handler = Callable[[State, Any, str, int], None]
"""(state, body, the entry's id, logged_ms): puts rows, or raises Refused at any point: what it put is then undone."""
HANDLERS: Final[dict[type[Body], Handler]] = {
    KeyRegister: keys.register,
    KeyRotate: keys.rotate,
    KeyRevoke: keys.revoke,
    KeyRecover: keys.recover,
    WorkRegister: rights.register,
    WorkDerive: rights.derive,
    WorkLicense: rights.license_work,
    WorkTransfer: rights.transfer,
    WorkDispute: rights.dispute,
    WorkDecision: rights.decide,
    WorkWithdraw: rights.withdraw,
    RulePublish: rules.publish,
    CreditIssue: credits.issue,
    CreditTransfer: credits.transfer,
    CreditHold: credits.hold,
    CreditPost: credits.post,
    CreditVoid: credits.void,
    CreditCorrect: credits.correct,
    Attest: rights.attest,
}
_SELF_INTRODUCED: Final = (KeyRegister, KeyRecover)
"""Whose `by` need not be a registered key: their handlers look at it."""


def admit(state: State, entry: Entry, logged_ms: int) -> str:
    """Add the entry at index `state.size`; its id. `logged_ms` is never before the last one's. Raises Refused, and then the state is as before."""
    body = entry.body
    entry_id = entry.hash.hex()
    if body.log != state.log:
        raise WrongLog(f"This entry is for the log {body.log}; this one is {state.log}.")
    if body.ts > logged_ms + FUTURE_MS:
        raise TimestampInFuture("The entry is dated after now. Set the clock of the machine that signs it right.")
    if body.ts < logged_ms - PAST_MS:
        raise TimestampInPast("The entry was signed too long ago. Sign it again.")
    if state.size == 0 and not isinstance(body, KeyRegister):
        raise Unauthorised("The first entry of a log registers the library's own key.")
    if not isinstance(body, _SELF_INTRODUCED):
        keys.active(state, body.by)
    for key in body.also:
        keys.active(state, key)
    try:
        credits.lapse(state, logged_ms)
        HANDLERS[type(body)](state, body, entry_id, logged_ms)
    except Refused:
        state.undo()
        raise
    state.keep()
    state.clock_ms = logged_ms
    state.size += 1
    return entry_id
