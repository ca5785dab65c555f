"""The ledger's errors.

LedgerError
├── Refused                  an entry that may not be added: the sender's fault, with a code of its own and a sentence that says what to do
│   ├── Malformed                the bytes themselves
│   │   ├── TooLong, NotJson, NotCanonical, FloatFound, UnknownType, UnknownField, BadField, WrongLog
│   │   └── BadSignature, MissingSignature, SurplusSignature, BadKey
│   ├── OutOfTime                TimestampInFuture, TimestampInPast
│   ├── IdReplayed               the same id with another body
│   ├── NotEntitled              UnknownKey, KeyRevoked, KeyTaken, Unauthorised, ConsentMissing
│   ├── Misplaced                UnknownEntry, StalePrev, WrongState
│   ├── BadTerms                 UnknownLicence, RuleMissing, RuleBroken
│   └── Uncovered                Overdrawn, HoldEnded, LimitReached
└── Invalid                  something that claims to be part of a log and is not: evidence, with the place where it was found
    ├── BadNote, BadProof, BadTile, BadEntry, BadCertificate, BadPolicy
    └── Forked                   two histories under one name
"""

from __future__ import annotations

from typing import ClassVar


class LedgerError(Exception):
    """Root. `str(error)` is a sentence; `code` is for machines."""

    code: ClassVar[str] = "ledger"


class Refused(LedgerError):
    code = "refused"


class Malformed(Refused):
    code = "malformed"


class TooLong(Malformed):
    code = "too_long"


class NotJson(Malformed):
    code = "not_json"


class NotCanonical(Malformed):
    code = "not_canonical"


class FloatFound(Malformed):
    code = "float_found"


class UnknownType(Malformed):
    code = "unknown_type"


class UnknownField(Malformed):
    code = "unknown_field"


class BadField(Malformed):
    code = "bad_field"


class WrongLog(Malformed):
    code = "wrong_log"


class BadSignature(Malformed):
    code = "bad_signature"


class MissingSignature(Malformed):
    code = "missing_signature"


class SurplusSignature(Malformed):
    code = "surplus_signature"


class BadKey(Malformed):
    """Not a point, not its shortest form, or of small order."""

    code = "bad_key"


class OutOfTime(Refused):
    code = "out_of_time"


class TimestampInFuture(OutOfTime):
    code = "timestamp_in_future"


class TimestampInPast(OutOfTime):
    code = "timestamp_in_past"


class IdReplayed(Refused):
    code = "id_replayed"


class NotEntitled(Refused):
    code = "not_entitled"


class UnknownKey(NotEntitled):
    code = "unknown_key"


class KeyRevoked(NotEntitled):
    code = "key_revoked"


class KeyTaken(NotEntitled):
    code = "key_taken"


class Unauthorised(NotEntitled):
    code = "unauthorised"


class ConsentMissing(NotEntitled):
    code = "consent_missing"


class Misplaced(Refused):
    code = "misplaced"


class UnknownEntry(Misplaced):
    code = "unknown_entry"


class StalePrev(Misplaced):
    """`prev` is not the latest entry of what this one changes: somebody was first."""

    code = "stale_prev"


class WrongState(Misplaced):
    code = "wrong_state"


class BadTerms(Refused):
    code = "bad_terms"


class UnknownLicence(BadTerms):
    code = "unknown_licence"


class RuleMissing(BadTerms):
    """No rule, or not the one in force."""

    code = "rule_missing"


class RuleBroken(BadTerms):
    code = "rule_broken"


class Uncovered(Refused):
    code = "uncovered"


class Overdrawn(Uncovered):
    code = "overdrawn"


class HoldEnded(Uncovered):
    code = "hold_ended"


class LimitReached(Uncovered):
    code = "limit_reached"


class Invalid(LedgerError):
    code = "invalid"


class BadNote(Invalid):
    code = "bad_note"


class BadProof(Invalid):
    code = "bad_proof"


class BadTile(Invalid):
    code = "bad_tile"


class BadEntry(Invalid):
    code = "bad_entry"


class BadCertificate(Invalid):
    code = "bad_certificate"


class BadPolicy(Invalid):
    code = "bad_policy"


class Forked(Invalid):
    code = "forked"
