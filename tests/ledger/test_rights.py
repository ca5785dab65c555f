"""Works: every type of entry, by everybody, in every standing of the work; and the terms under which others may build on it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from carrel.ledger.bodies import (
    TYPES,
    Attest,
    Body,
    File,
    WorkDecision,
    WorkDerive,
    WorkDispute,
    WorkLicense,
    WorkRegister,
    WorkTransfer,
    WorkWithdraw,
)
from carrel.ledger.errors import (
    BadField,
    ConsentMissing,
    KeyRevoked,
    Refused,
    RuleBroken,
    StalePrev,
    Unauthorised,
    UnknownEntry,
    UnknownKey,
    UnknownLicence,
    WrongState,
)
from carrel.ledger.rights import LICENCES, NO_DERIVATIVES, OPEN
from carrel.ledger.state import WorkRow

from .worlds import SEALED, World, key_of

CC = "https://creativecommons.org/licenses/"
BY, BY_ND = f"{CC}by/4.0/", f"{CC}by-nd/4.0/"
IN_COPYRIGHT = "http://rightsstatements.org/vocab/InC/1.0/"
FILE = File(bytes=3, hash="0f" * 32, media="text/plain")


@pytest.fixture
def world() -> World:
    """The holder of works is ada, ben somebody else."""
    made = World()
    made.found("ada", "ben", "cyd")
    made.register("revoked")
    made.do(TYPES["key.revoke"], "revoked", key=key_of("revoked"), prev=made.account("revoked").head, reason="lost")
    return made


def row(world: World, work: str) -> WorkRow:
    found = world.state.get(WorkRow, work)
    assert found is not None
    return found


def bring_to(world: World, work: str, standing: str) -> None:
    """ada's work, from held to another standing."""
    if standing in ("disputed", "taken_down"):
        world.do(WorkDispute, "ben", work=work, prev=row(world, work).head, reason="copied", also=("colleague",))
    if standing == "taken_down":
        world.do(WorkDecision, "clerk", work=work, prev=row(world, work).head, outcome="upheld", reason="proven")
    if standing == "withdrawn":
        world.do(WorkWithdraw, "ada", work=work, prev=row(world, work).head, reason="asked")
    assert row(world, work).standing == standing


# --- (type, who signs, standing) → standing afterwards; all others are refused, and the second table says with what ---

STANDINGS = ("held", "disputed", "taken_down", "withdrawn")
SIGNERS = ("ada", "ben", "clerk", "library", "revoked", "unknown")
CHANGES: dict[str, tuple[type[Body], dict[str, Any]]] = {
    "license": (WorkLicense, {"licence": BY}),
    "transfer": (WorkTransfer, {"to": "cyd", "also": ("cyd",)}),
    "dispute": (WorkDispute, {"reason": "copied", "also": ("colleague",)}),
    "dismiss": (WorkDecision, {"outcome": "dismissed", "reason": "examined"}),
    "uphold": (WorkDecision, {"outcome": "upheld", "reason": "examined"}),
    "reassign": (WorkDecision, {"outcome": "reassigned", "reason": "examined", "to": "ben"}),
    "withdraw": (WorkWithdraw, {"reason": "asked"}),
}
ALLOWED: dict[tuple[str, str, str], str] = {
    ("license", "ada", "held"): "held",
    ("transfer", "ada", "held"): "held",
    ("dispute", "ben", "held"): "disputed",
    ("dispute", "clerk", "held"): "disputed",
    ("dispute", "library", "held"): "disputed",
    **{("dismiss", who, "disputed"): "held" for who in ("clerk", "library")},
    **{("uphold", who, "disputed"): "taken_down" for who in ("clerk", "library")},
    **{("reassign", who, "disputed"): "held" for who in ("clerk", "library")},
    ("withdraw", "ada", "held"): "withdrawn",
    **{("withdraw", who, standing): "taken_down" for who in ("clerk", "library") for standing in ("held", "disputed")},
}


def refusal(change: str, signer: str, standing: str) -> type[Refused]:
    if signer == "revoked":
        return KeyRevoked
    if signer == "unknown":
        return UnknownKey
    may_follow = {"license": "held", "transfer": "held", "dispute": "held", "withdraw": "held disputed"}
    if standing not in may_follow.get(change, "disputed").split() or (change, signer) == ("withdraw", "ada"):
        return WrongState
    return Unauthorised


@pytest.mark.parametrize(("change", "signer", "standing"), list(product(CHANGES, SIGNERS, STANDINGS)))
def test_every_change_by_everybody_in_every_standing(world: World, change: str, signer: str, standing: str) -> None:
    work = world.work("ada")
    bring_to(world, work, standing)
    kind, members = CHANGES[change]
    members = {**members, "work": work, "prev": row(world, work).head}
    if "to" in members:
        members["to"] = world.key(members["to"])
    after = ALLOWED.get((change, signer, standing))
    if after is None:
        with pytest.raises(refusal(change, signer, standing)):
            world.do(kind, signer, **members)
        return
    entry = world.do(kind, signer, **members)
    assert (row(world, work).standing, row(world, work).head) == (after, entry)
    holder = {"transfer": "cyd", "reassign": "ben"}.get(change, "ada")
    assert row(world, work).holder == key_of(holder)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_names_the_latest_entry(world: World, change: str) -> None:
    kind, members = CHANGES[change]
    work = world.work("ada")
    first = world.do(WorkLicense, "ada", work=work, prev=work, licence=BY)
    if "to" in members:
        members = {**members, "to": world.key(members["to"])}
    for stale in (work, "00" * 32):
        with pytest.raises(StalePrev):
            world.do(kind, "ada", **members, work=work, prev=stale)
    with pytest.raises(UnknownEntry):
        world.do(kind, "ada", **members, work=first, prev=first)


# --- registering ---


@pytest.mark.parametrize("signer", ["ada", "clerk", "library"])
def test_whoever_has_a_key_registers_works(world: World, signer: str) -> None:
    work = world.work(signer)
    assert row(world, work).holder == key_of(signer)


def test_a_work_is_public_or_sealed(world: World) -> None:
    world.work("ada", sealed=None, files=(FILE,))
    for members in ({"sealed": None}, {"sealed": SEALED, "files": (FILE,)}):
        with pytest.raises(BadField):
            world.work("ada", **members)
        with pytest.raises(BadField):
            world.do(WorkDerive, "ada", kind="text", sources=(world.work("ada"),), **members)


@pytest.mark.parametrize("licence", sorted(LICENCES))
def test_known_licences_are_admitted(world: World, licence: str) -> None:
    assert row(world, world.work("ada", licence=licence)).licence == licence


@pytest.mark.parametrize(
    "licence",
    [
        "http://creativecommons.org/licenses/by/4.0/",
        f"{CC}by/4.0",
        f"{CC}by/5.0/",
        f"{CC}by/4.0/deed.de",
        "https://rightsstatements.org/vocab/InC/1.0/",
        "https://example.org/mine/",
    ],
)
def test_unknown_licences_are_refused(world: World, licence: str) -> None:
    with pytest.raises(UnknownLicence):
        world.work("ada", licence=licence)
    work = world.work("ada")
    with pytest.raises(UnknownLicence):
        world.do(WorkLicense, "ada", work=work, prev=work, licence=licence)


@pytest.mark.parametrize("terms", [{"royalty_bp": 1}, {"derivation": "ask"}])
def test_an_open_licence_asks_for_nothing_beside_it(world: World, terms: dict[str, Any]) -> None:
    for licence in OPEN:
        with pytest.raises(RuleBroken):
            world.work("ada", licence=licence, **terms)
    for licence in (None, IN_COPYRIGHT, *NO_DERIVATIVES):
        world.work("ada", licence=licence, **terms)


# --- deriving ---


@pytest.mark.parametrize(
    ("terms", "asked"),
    [
        ({"derivation": None}, True),
        ({"derivation": "open"}, False),
        ({"derivation": "ask"}, True),
        ({"licence": BY}, False),
        ({"licence": BY_ND}, True),
        ({"licence": IN_COPYRIGHT}, True),
        ({"licence": BY_ND, "derivation": "open"}, False),
        ({"royalty_bp": 500}, False),
        ({"royalty_bp": 500, "derivation": "ask"}, True),
    ],
)
def test_consent_where_it_is_asked_for(world: World, terms: dict[str, Any], asked: bool) -> None:
    source = world.work("ada", **terms)
    made = {"kind": "text", "sealed": SEALED, "sources": (source,)}
    if asked:
        for also in ((), ("cyd",), ("clerk",)):
            with pytest.raises(ConsentMissing):
                world.do(WorkDerive, "ben", **made, also=also)
        with pytest.raises(KeyRevoked):
            world.do(WorkDerive, "ben", **made, also=("revoked",))
    else:
        world.do(WorkDerive, "ben", **made)
    world.do(WorkDerive, "ada", **made)
    work = world.do(WorkDerive, "ben", **made, also=("ada",), relation="translation")
    derived = row(world, work)
    assert (derived.sources, derived.relation) == ((source,), "translation")
    assert derived.accepted_bp == (terms.get("royalty_bp", 0),)


def test_every_source_is_asked(world: World) -> None:
    sources = (world.work("ada", derivation="ask"), world.work("ben", derivation="ask"), world.work("cyd"))
    made = {"kind": "text", "sealed": SEALED, "sources": sources}
    with pytest.raises(ConsentMissing):
        world.do(WorkDerive, "cyd", **made, also=("ada",))
    world.do(WorkDerive, "cyd", **made, also=("ada", "ben"))


@pytest.mark.parametrize("standing", ["disputed", "taken_down", "withdrawn"])
def test_nothing_is_derived_from_a_work_that_is_not_held(world: World, standing: str) -> None:
    source = world.work("ada")
    bring_to(world, source, standing)
    with pytest.raises(WrongState):
        world.do(WorkDerive, "ben", kind="text", sealed=SEALED, sources=(source,))


def test_sources_are_works_and_each_is_named_once(world: World) -> None:
    source = world.work("ada")
    with pytest.raises(BadField):
        world.do(WorkDerive, "ben", kind="text", sealed=SEALED, sources=(source, source))
    with pytest.raises(UnknownEntry):
        world.do(WorkDerive, "ben", kind="text", sealed=SEALED, sources=(source, "00" * 32))


# --- passing on and deciding ---


@pytest.mark.parametrize(
    ("to", "also", "refused"),
    [
        ("ben", (), ConsentMissing),
        ("ben", ("cyd",), ConsentMissing),
        ("ben", ("revoked",), KeyRevoked),
        ("ben", ("unknown",), UnknownKey),
        ("unknown", ("ben",), UnknownKey),
        ("ada", (), WrongState),
    ],
)
def test_a_work_goes_to_who_takes_it(world: World, to: str, also: tuple[str, ...], refused: type[Refused]) -> None:
    work = world.work("ada")
    with pytest.raises(refused):
        world.do(WorkTransfer, "ada", work=work, prev=work, to=world.key(to), also=also)


def test_only_a_new_holder_is_named_in_a_decision(world: World) -> None:
    for outcome, to in (("dismissed", key_of("ben")), ("upheld", key_of("ben")), ("reassigned", None)):
        work = world.work("ada")
        bring_to(world, work, "disputed")
        with pytest.raises(BadField):
            world.do(
                WorkDecision, "clerk", work=work, prev=row(world, work).head, outcome=outcome, reason="examined", to=to
            )
    with pytest.raises(UnknownKey):
        world.do(
            WorkDecision, "clerk", work=work, prev=row(world, work).head, outcome="reassigned", reason="examined",
            to=key_of("unknown"),
        )  # fmt: skip


def test_nobody_decides_about_their_own_work(world: World) -> None:
    mine = world.work("clerk")
    disputed = world.do(WorkDispute, "library", work=mine, prev=mine, reason="copied")
    decision = {"work": mine, "prev": disputed, "reason": "examined"}
    with pytest.raises(Unauthorised):
        world.do(WorkDecision, "library", **decision, outcome="upheld")
    with pytest.raises(Unauthorised):
        world.do(WorkDecision, "clerk", **decision, outcome="dismissed")
    with pytest.raises(Unauthorised):
        world.do(WorkDecision, "colleague", **decision, outcome="reassigned", to=key_of("colleague"))
    world.do(WorkDecision, "colleague", **decision, outcome="reassigned", to=key_of("ben"))


# --- attesting ---

CLAIMS: dict[tuple[str, str], type[Refused] | None] = {
    ("library", "helped"): None,
    ("clerk", "helped"): None,
    ("clerk", "course"): None,
    ("ada", "helped"): Unauthorised,
    ("ada", "rendition"): Unauthorised,
    ("ada", "thanks"): None,
    ("ada", "review"): None,
    ("revoked", "thanks"): KeyRevoked,
    ("unknown", "thanks"): UnknownKey,
}


@pytest.mark.parametrize(("signer", "claim"), CLAIMS)
def test_who_may_attest_what(world: World, signer: str, claim: str) -> None:
    refused = CLAIMS[signer, claim]
    if refused is None:
        world.do(Attest, signer, claim=claim, subject=key_of("ben"))
    else:
        with pytest.raises(refused):
            world.do(Attest, signer, claim=claim, subject=key_of("ben"))


def test_no_more_royalty_is_owed_than_the_deriving_signature_accepts(world: World) -> None:
    """Else who holds the source asks for more between the signature and its logging."""
    source = world.work("ada", royalty_bp=100)
    seen = world.body(WorkDerive, "ben", kind="text", sealed=SEALED, sources=(source,), royalty_most_bp=100)
    world.do(WorkDerive, "ben", kind="text", sealed=SEALED, sources=(source,), royalty_most_bp=100)
    world.do(WorkLicense, "ada", work=source, prev=source, royalty_bp=9_000, derivation="open")
    with pytest.raises(RuleBroken, match="9000"):
        world.log(world.sign(seen))
    world.do(WorkDerive, "ben", kind="text", sealed=SEALED, sources=(source,))


@pytest.mark.parametrize("signer", ["library", "clerk", "ada"])
def test_nobody_attests_to_themselves(world: World, signer: str) -> None:
    with pytest.raises(Unauthorised, match="themselves"):
        world.do(Attest, signer, claim="thanks", subject=key_of(signer))


def test_the_library_lists_the_renditions_of_its_own_works(world: World) -> None:
    work = world.work("clerk")
    world.do(Attest, "clerk", claim="rendition", subject=key_of("clerk"), work=work, files=(FILE,))


def test_attestations_speak_of_what_is_there(world: World) -> None:
    work = world.work("ada")
    world.do(Attest, "clerk", claim="rendition", subject=key_of("ada"), work=work, files=(FILE,))
    with pytest.raises(Unauthorised):
        world.do(Attest, "ada", claim="review", subject=key_of("ada"), work=work)
    with pytest.raises(UnknownKey):
        world.do(Attest, "clerk", claim="helped", subject=key_of("unknown"))
    with pytest.raises(UnknownEntry):
        world.do(Attest, "clerk", claim="review", subject=key_of("ada"), work="00" * 32)
    for members in ({"claim": "rendition"}, {"claim": "review", "work": work}):
        with pytest.raises(BadField):
            world.do(Attest, "clerk", subject=key_of("ada"), files=(FILE,), **members)


def test_registering_says_what_it_proves_and_no_more(world: World) -> None:
    """The same bytes may be claimed twice: the log says who claimed when, and people decide."""
    first = world.work("ada", sealed=None, files=(FILE,))
    second = world.do(WorkRegister, "ben", kind="text", files=(FILE,))
    assert row(world, first).since < row(world, second).since
