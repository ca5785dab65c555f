"""What an entry may say: one struct a type, and nothing beside its members.

Binary is lowercase hex, times are Unix milliseconds, amounts are whole credits, shares are basis points (1/10,000). A member that equals its default is
left out, so that everything can be said in one way only. There is no free text: what people write is referred to by salted commitments.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

MOST_INTEGER: Final = 2**53 - 1
MOST_TRANSFERS: Final = 500
MOST_FILES: Final = 64
MOST_SOURCES: Final = 16
MOST_COSIGNERS: Final = 16
WHOLE_BP: Final = 10_000

Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z", max_length=64)]
"""SHA-256, HMAC-SHA-256, or the id of an entry (the SHA-256 of its body)."""
Key = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z", max_length=64)]
"""An Ed25519 public key, which is its own id. An account is named by its first key."""
Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z", max_length=32)]
"""128 bits made by the client, time-ordered (UUIDv7): saying the same again is answered with the same receipt."""
Origin = Annotated[str, Meta(pattern=r"^[!-*,-~]{1,128}\Z", max_length=128)]
"""The log's name: printable ASCII without spaces or plus, as its checkpoints have it."""
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,39}\Z", max_length=40)]
Uri = Annotated[str, Meta(pattern=r"^https?://[!-~]{1,200}\Z", max_length=208)]
MediaType = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*\Z", max_length=80)]
Count = Annotated[int, Meta(ge=0, le=MOST_INTEGER)]
Amount = Annotated[int, Meta(ge=1, le=10**12)]
Share = Annotated[int, Meta(ge=0, le=WHOLE_BP)]

Derivation = Literal["open", "ask"]
WorkKind = Literal["text", "image", "audio", "video", "pdf", "epub", "model", "avatar", "panorama", "scene", "other"]


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, gc=False):
    """A value inside a body."""


class Body(Part, frozen=True, tag_field="type", kw_only=True):
    """What every entry has. `also`: further keys that sign it, ascending."""

    by: Key
    id: Id
    log: Origin
    ts: Count
    also: Annotated[tuple[Key, ...], Meta(max_length=MOST_COSIGNERS)] = ()


# --- keys ---


class KeyRegister(Body, frozen=True, tag="key.register", kw_only=True):
    """A key comes into use: with `account` as another device of it, without as a new account named by this key.

    `next`: SHA-256 of the key that may replace this one. `recovery`: SHA-256 of the key that may replace all of the account's. `custodial`: the library
    keeps the key for somebody. Signed by `by` and by the key itself.
    """

    key: Key
    account: Key | None = None
    prev: Hash | None = None
    role: Literal["library", "staff"] | None = None
    custodial: bool = False
    next: Hash | None = None
    recovery: Hash | None = None


class KeyRotate(Body, frozen=True, tag="key.rotate", kw_only=True):
    """`key` takes the place of `by`, which ends here. Signed by both."""

    key: Key
    prev: Hash
    next: Hash | None = None


class KeyRevoke(Body, frozen=True, tag="key.revoke", kw_only=True):
    """`key` ends at this entry's index."""

    key: Key
    prev: Hash
    reason: Code


class KeyRecover(Body, frozen=True, tag="key.recover", kw_only=True):
    """The recovery key `by` ends every key of the account and puts `key` in their place. Signed by both."""

    account: Key
    key: Key
    prev: Hash
    next: Hash | None = None
    recovery: Hash | None = None


# --- rights ---


class File(Part, frozen=True, kw_only=True):
    """The original bytes, as the creator's own machine had them."""

    bytes: Count
    hash: Hash
    media: MediaType


class WorkTerms(Body, frozen=True, kw_only=True):
    """What others may do. `licence`: a known URI, or none: all rights reserved. `royalty_bp`: of what a derived work earns.

    `derivation`: ask means that the holder signs a derived work too, open that nobody is asked; left out, it is open where the licence is, else ask.
    """

    licence: Uri | None = None
    royalty_bp: Share = 0
    derivation: Derivation | None = None


class WorkBytes(WorkTerms, frozen=True, kw_only=True):
    """Public `files`, or `sealed`: HMAC-SHA-256(salt, their canonical list) of a work that is not public. `metadata`: likewise of title, names and the rest."""

    kind: WorkKind
    files: Annotated[tuple[File, ...], Meta(max_length=MOST_FILES)] = ()
    sealed: Hash | None = None
    metadata: Hash | None = None


class WorkRegister(WorkBytes, frozen=True, tag="work.register", kw_only=True):
    """A new work. Its id is the id of this entry, its holder the account of `by`."""


class WorkDerive(WorkBytes, frozen=True, tag="work.derive", kw_only=True):
    """A new work made from others. To sign it is to accept the royalties that the sources ask for, each up to `royalty_most_bp`.

    Without that whoever holds a source could ask for more between the signature and its logging.
    """

    sources: Annotated[tuple[Hash, ...], Meta(min_length=1, max_length=MOST_SOURCES)]
    royalty_most_bp: Share | None = None
    relation: Literal["version", "adaptation", "translation", "collection"] = "adaptation"


class WorkLicense(WorkTerms, frozen=True, tag="work.license", kw_only=True):
    """New terms from here on; what was granted before stays granted."""

    work: Hash
    prev: Hash


class WorkTransfer(Body, frozen=True, tag="work.transfer", kw_only=True):
    """To another holder, one of whose keys is in `also`."""

    work: Hash
    prev: Hash
    to: Key


class WorkDispute(Body, frozen=True, tag="work.dispute", kw_only=True):
    """Opened together with the library's people: one of their keys is `by` or in `also`."""

    work: Hash
    prev: Hash
    reason: Code
    evidence: Hash | None = None


class WorkDecision(Body, frozen=True, tag="work.decision", kw_only=True):
    """Ends a dispute. upheld: the work is taken down; reassigned: it is held by `to` from here on."""

    work: Hash
    prev: Hash
    outcome: Literal["dismissed", "upheld", "reassigned"]
    reason: Code
    to: Key | None = None


class WorkWithdraw(Body, frozen=True, tag="work.withdraw", kw_only=True):
    """By the holder, or by the library's people with a public reason."""

    work: Hash
    prev: Hash
    reason: Code


# --- rules and credits ---


class Earning(Part, frozen=True, kw_only=True):
    """What may be earned for `code`: at most `most` at once and `day_most` in a day (UTC) for one account."""

    code: Code
    day_most: Amount
    most: Amount


class Overdraft(Part, frozen=True, kw_only=True):
    account: Key
    limit: Amount


class Rules(Part, frozen=True, kw_only=True):
    """The economy's public constants. Days are UTC days of logged time; `earnings` by ascending code, `overdrafts` by ascending account.

    `supply_most`: credits in all; 0: none. `transfer_most`, `spend_day_most` (of one payer), `pair_day_most` (between two accounts, there and back): 0 is no
    such limit. `hold_most_ms`: 0 is no holds. Royalties reach `royalty_depth` derivations back and are at most `royalty_cap_bp` of a payment together.
    """

    earnings: Annotated[tuple[Earning, ...], Meta(max_length=64)] = ()
    overdrafts: Annotated[tuple[Overdraft, ...], Meta(max_length=64)] = ()
    supply_most: Count = 0
    transfer_most: Count = 0
    spend_day_most: Count = 0
    pair_day_most: Count = 0
    hold_most_ms: Count = 0
    royalty_depth: Annotated[int, Meta(ge=0, le=8)] = 0
    royalty_cap_bp: Share = 0


class RulePublish(Body, frozen=True, tag="rule.publish", kw_only=True):
    """Version 1, 2, 3 … each in force from its index to the next one's."""

    rules: Rules
    version: Annotated[int, Meta(ge=1, le=10**6)]
    prev: Hash | None = None


class Transfer(Part, frozen=True, kw_only=True):
    """With `work`: a payment for it, to its holder, of which its sources have their royalties."""

    amount: Amount
    to: Key
    work: Hash | None = None


Transfers = Annotated[tuple[Transfer, ...], Meta(min_length=1, max_length=MOST_TRANSFERS)]


class CreditIssue(Body, frozen=True, tag="credit.issue", kw_only=True):
    """New credit, for the earning `code` of the rule. All of the transfers or none."""

    code: Code
    rule: Hash
    transfers: Transfers
    cause: Hash | None = None


class CreditTransfer(Body, frozen=True, tag="credit.transfer", kw_only=True):
    """From the account of `by`. All of the transfers or none."""

    rule: Hash
    transfers: Transfers


class CreditHold(Body, frozen=True, tag="credit.hold", kw_only=True):
    """Set aside until `expires_ms` of logged time, when it goes back. The hold's id is the id of this entry."""

    amount: Amount
    expires_ms: Count
    rule: Hash
    to: Key
    work: Hash | None = None


class CreditPost(Body, frozen=True, tag="credit.post", kw_only=True):
    """Pay what was held, or `amount` of it and the rest goes back."""

    hold: Hash
    amount: Amount | None = None


class CreditVoid(Body, frozen=True, tag="credit.void", kw_only=True):
    hold: Hash


class Leg(Part, frozen=True, kw_only=True):
    """One movement. `payer` and `to` are accounts; `issuer` is where credit comes from and ends."""

    amount: Amount
    payer: Annotated[str, Meta(pattern=r"^([0-9a-f]{64}|issuer)\Z", max_length=64)]
    to: Annotated[str, Meta(pattern=r"^([0-9a-f]{64}|issuer)\Z", max_length=64)]


class CreditCorrect(Body, frozen=True, tag="credit.correct", kw_only=True):
    """Gives back what the entry `corrects` moved, whole or in part: each leg runs against one of its legs."""

    corrects: Hash
    legs: Annotated[tuple[Leg, ...], Meta(min_length=1, max_length=MOST_TRANSFERS)]
    reason: Code


class Attest(Body, frozen=True, tag="attest", kw_only=True):
    """A signed statement about an account, or about the renditions (`files`) that the library made of a work."""

    claim: Code
    subject: Key
    work: Hash | None = None
    outcome: Code | None = None
    evidence: Hash | None = None
    files: Annotated[tuple[File, ...], Meta(max_length=MOST_FILES)] = ()


AnyBody = (
    KeyRegister
    | KeyRotate
    | KeyRevoke
    | KeyRecover
    | WorkRegister
    | WorkDerive
    | WorkLicense
    | WorkTransfer
    | WorkDispute
    | WorkDecision
    | WorkWithdraw
    | RulePublish
    | CreditIssue
    | CreditTransfer
    | CreditHold
    | CreditPost
    | CreditVoid
    | CreditCorrect
    | Attest
)
TYPES: Final[dict[str, type[Body]]] = {str(kind.__struct_config__.tag): kind for kind in AnyBody.__args__}


def schema() -> dict[str, object]:
    """JSON Schema of every type, for documents and for other implementations."""
    (reference,), definitions = msgspec.json.schema_components((AnyBody,), ref_template="#/$defs/{name}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **reference, "$defs": definitions}
