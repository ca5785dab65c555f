"""Keys: who may register, add, replace, end and recover them, and from which index on."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from carrel.ledger import canonical, ed25519, keys
from carrel.ledger.bodies import Attest, KeyRecover, KeyRegister, KeyRevoke, KeyRotate, WorkRegister
from carrel.ledger.entry import Signature, parse, signers
from carrel.ledger.errors import (
    BadKey,
    BadSignature,
    KeyRevoked,
    KeyTaken,
    LimitReached,
    Refused,
    StalePrev,
    Unauthorised,
    UnknownKey,
)
from carrel.ledger.keys import MOST_KEYS
from carrel.ledger.state import AccountRow, KeyRow

from .worlds import SEALED, World, commitment_of, key_of


@pytest.fixture
def world() -> World:
    made = World()
    made.found("ada", "ben")
    return made


def head(world: World, name: str) -> str:
    return world.account(name).head


def row(world: World, name: str) -> KeyRow:
    found = world.state.get(KeyRow, world.key(name))
    assert found is not None
    return found


def works(world: World, name: str) -> bool:
    """Whether the key may sign anything."""
    try:
        world.do(WorkRegister, name, kind="text", sealed=SEALED)
    except (UnknownKey, KeyRevoked):
        return False
    return True


# --- the first entry ---


def test_the_first_entry_makes_the_library() -> None:
    world = World()
    world.register("library", role="library")
    account = world.account("library")
    assert (account.role, account.since, account.keys) == ("library", 0, (key_of("library"),))
    assert world.state.library == account.id


@pytest.mark.parametrize("members", [{}, {"role": "staff"}, {"role": "library", "custodial": True}])
def test_the_first_entry_is_nothing_else(members: dict[str, Any]) -> None:
    with pytest.raises(Unauthorised):
        World().register("library", **members)


def test_the_first_entry_is_of_that_type() -> None:
    with pytest.raises(Unauthorised):
        World().work("ada")
    with pytest.raises(Unauthorised):
        World().register("ada", by="library", role="library")


# --- who vouches for whom: (signer, members) → refusal or none, over every role and standing ---

SIGNERS = ("library", "clerk", "ada", "custodial", "revoked", "unknown")
ACCOUNTS: dict[str, dict[str, type[Refused] | None]] = {
    # what is registered: by whom it is admitted, or why not
    "reader": dict.fromkeys(SIGNERS, Unauthorised),
    "staff": {
        "library": None,
        "clerk": Unauthorised,
        "ada": Unauthorised,
        "custodial": Unauthorised,
        "revoked": KeyRevoked,
        "unknown": UnknownKey,
    },
    "in custody": {
        "library": None,
        "clerk": Unauthorised,
        "ada": Unauthorised,
        "custodial": Unauthorised,
        "revoked": KeyRevoked,
        "unknown": UnknownKey,
    },
    "library": dict.fromkeys(SIGNERS, Unauthorised),
}
MEMBERS: dict[str, dict[str, Any]] = {
    "reader": {},
    "staff": {"role": "staff"},
    "in custody": {"custodial": True},
    "library": {"role": "library"},
}


def people(world: World) -> None:
    """Somebody for each of SIGNERS."""
    world.register("custodial", by="library", custodial=True)
    world.register("revoked")
    world.do(KeyRevoke, "revoked", key=world.key("revoked"), prev=head(world, "revoked"), reason="lost")


@pytest.mark.parametrize("kind", ACCOUNTS)
@pytest.mark.parametrize("signer", SIGNERS)
def test_who_may_open_an_account_for_somebody(world: World, kind: str, signer: str) -> None:
    people(world)
    refusal = ACCOUNTS[kind][signer]
    if refusal is None:
        world.register("new", by=signer, **MEMBERS[kind])
        assert world.account("new").role == MEMBERS[kind].get("role")
        assert row(world, "new").custodial is MEMBERS[kind].get("custodial", False)
    else:
        with pytest.raises(refusal):
            world.register("new", by=signer, **MEMBERS[kind])


def test_a_reader_opens_their_own_account(world: World) -> None:
    world.register("dee")
    assert world.account("dee").keys == (key_of("dee"),)
    with pytest.raises(UnknownKey):
        world.register("eve", role="staff")


def test_a_key_is_registered_once(world: World) -> None:
    with pytest.raises(KeyTaken):
        world.register("ada")
    with pytest.raises(KeyTaken):
        world.do(KeyRegister, "ada", key=key_of("ben"), account=key_of("ada"), prev=head(world, "ada"))
    with pytest.raises(KeyTaken):
        world.do(KeyRotate, "ada", key=key_of("ben"), prev=head(world, "ada"))


def test_the_first_key_of_an_account_has_no_prev(world: World) -> None:
    with pytest.raises(StalePrev):
        world.register("dee", prev=head(world, "ada"))


# --- devices ---


def test_devices_of_one_account_sign_for_it(world: World) -> None:
    world.do(KeyRegister, "ada", key=world.key("tablet"), account=key_of("ada"), prev=head(world, "ada"))
    assert world.account("ada").keys == (key_of("ada"), key_of("tablet"))
    assert row(world, "tablet").account == key_of("ada")
    world.do(KeyRegister, "tablet", key=world.key("phone"), account=key_of("ada"), prev=head(world, "ada"))
    assert works(world, "phone")


@pytest.mark.parametrize(
    ("signer", "members", "refusal"),
    [
        ("ben", {}, Unauthorised),
        ("clerk", {}, Unauthorised),
        ("library", {}, Unauthorised),
        ("unknown", {}, UnknownKey),
        ("revoked", {}, KeyRevoked),
        ("ada", {"role": "staff"}, Unauthorised),
        ("ada", {"recovery": "00" * 32}, Unauthorised),
        ("ada", {"custodial": True}, Unauthorised),
        ("ada", {"prev": "00" * 32}, StalePrev),
        ("ada", {"prev": None}, StalePrev),
    ],
)
def test_who_may_not_add_a_device(world: World, signer: str, members: dict[str, Any], refusal: type[Refused]) -> None:
    people(world)
    with pytest.raises(refusal):
        world.do(
            KeyRegister, signer, key=world.key("new"), account=key_of("ada"), **{"prev": head(world, "ada"), **members}
        )


def test_custody_is_passed_on_by_a_key_in_custody(world: World) -> None:
    people(world)
    world.do(
        KeyRegister, "custodial", key=world.key("second"), account=key_of("custodial"), prev=head(world, "custodial"),
        custodial=True,
    )  # fmt: skip
    assert row(world, "second").custodial


def test_an_account_has_a_limited_number_of_keys(world: World) -> None:
    for at in range(MOST_KEYS - 1):
        world.do(KeyRegister, "ada", key=world.key(f"device {at}"), account=key_of("ada"), prev=head(world, "ada"))
    with pytest.raises(LimitReached):
        world.do(KeyRegister, "ada", key=world.key("one more"), account=key_of("ada"), prev=head(world, "ada"))
    world.do(KeyRevoke, "ada", key=key_of("device 0"), prev=head(world, "ada"), reason="old")
    world.do(KeyRegister, "ada", key=world.key("one more"), account=key_of("ada"), prev=head(world, "ada"))


# --- rotation ---


def test_a_rotated_key_ends_and_the_new_one_goes_on(world: World) -> None:
    at = world.state.size
    world.do(KeyRotate, "ada", key=world.key("ada 2"), prev=head(world, "ada"))
    assert (row(world, "ada").until, row(world, "ada 2").since) == (at, at)
    assert world.account("ada").keys == (key_of("ada 2"),)
    assert not works(world, "ada")
    assert works(world, "ada 2")


def test_a_committed_key_is_the_only_one_that_follows(world: World) -> None:
    world.register("dee", next=commitment_of("dee 2"))
    with pytest.raises(Unauthorised):
        world.do(KeyRotate, "dee", key=world.key("thief"), prev=head(world, "dee"))
    world.do(KeyRotate, "dee", key=world.key("dee 2"), prev=head(world, "dee"), next=commitment_of("dee 3"))
    with pytest.raises(Unauthorised):
        world.do(KeyRotate, "dee 2", key=world.key("dee 4"), prev=head(world, "dee"))


def test_custody_does_not_end_by_rotation(world: World) -> None:
    people(world)
    world.do(KeyRotate, "custodial", key=world.key("second"), prev=head(world, "custodial"))
    assert row(world, "second").custodial


@pytest.mark.parametrize(
    ("signer", "prev", "refusal"),
    [("ada", "00" * 32, StalePrev), ("unknown", "00" * 32, UnknownKey), ("revoked", "00" * 32, KeyRevoked)],
)
def test_who_may_not_rotate(world: World, signer: str, prev: str, refusal: type[Refused]) -> None:
    people(world)
    with pytest.raises(refusal):
        world.do(KeyRotate, signer, key=world.key("new"), prev=prev)


# --- ending ---

ENDS: dict[tuple[str, str], type[Refused] | None] = {
    # (signer, whose key): admitted or why not
    ("ada", "ada"): None,
    ("ada tablet", "ada"): None,
    ("ada", "ada tablet"): None,
    ("ada", "ben"): Unauthorised,
    ("ada", "custodial"): Unauthorised,
    ("ada", "clerk"): Unauthorised,
    ("ada", "library"): Unauthorised,
    ("ada", "revoked"): KeyRevoked,
    ("ada", "unknown"): UnknownKey,
    ("custodial", "custodial"): None,
    ("custodial", "ada"): Unauthorised,
    ("clerk", "clerk"): None,
    ("clerk", "ada"): Unauthorised,
    ("clerk", "colleague"): Unauthorised,
    ("clerk", "custodial"): Unauthorised,
    ("clerk", "library"): Unauthorised,
    ("library", "library"): None,
    ("library", "clerk"): None,
    ("library", "custodial"): None,
    ("library", "ada"): Unauthorised,
    ("library", "revoked"): KeyRevoked,
    ("revoked", "revoked"): KeyRevoked,
    ("unknown", "ada"): UnknownKey,
}


@pytest.mark.parametrize(("signer", "whose"), ENDS)
def test_who_may_end_whose_key(world: World, signer: str, whose: str) -> None:
    people(world)
    world.do(KeyRegister, "ada", key=world.key("ada tablet"), account=key_of("ada"), prev=head(world, "ada"))
    found = world.state.get(KeyRow, world.key(whose))
    account = world.state.get(AccountRow, found.account) if found else None
    prev = account.head if account else "00" * 32
    refusal, at = ENDS[signer, whose], world.state.size
    if refusal is None:
        world.do(KeyRevoke, signer, key=key_of(whose), prev=prev, reason="lost")
        assert row(world, whose).until == at
        assert not works(world, whose)
    else:
        with pytest.raises(refusal):
            world.do(KeyRevoke, signer, key=key_of(whose), prev=prev, reason="lost")


def test_a_key_ends_at_an_index_and_not_at_a_time(world: World) -> None:
    """The clock may stand still: what came before in the log stays, what comes after is refused, however it is dated."""
    early = world.sign(world.body(WorkRegister, "ada", kind="text", sealed=SEALED))
    late = world.sign(world.body(WorkRegister, "ada", kind="text", sealed=SEALED, ts=world.now_ms - 3_600_000))
    world.log(early)
    world.do(KeyRevoke, "ada", key=key_of("ada"), prev=head(world, "ada"), reason="stolen")
    with pytest.raises(KeyRevoked):
        world.log(late)


def test_the_role_of_staff_ends_with_a_key_that_the_library_ends(world: World) -> None:
    """Nothing that the account has left brings it back: not another device, nor its recovery key."""
    world.register("dee", by="library", role="staff", recovery=commitment_of("offline"))
    world.do(KeyRegister, "dee", key=world.key("dee tablet"), account=key_of("dee"), prev=head(world, "dee"))
    world.do(Attest, "dee tablet", claim="helped", subject=key_of("ada"))
    world.do(KeyRevoke, "library", key=key_of("dee"), prev=head(world, "dee"), reason="left")
    assert works(world, "dee tablet")
    with pytest.raises(Unauthorised):
        world.do(Attest, "dee tablet", claim="helped", subject=key_of("ada"))
    world.do(KeyRecover, "offline", account=key_of("dee"), key=world.key("dee 2"), prev=head(world, "dee"))
    with pytest.raises(Unauthorised):
        world.do(Attest, "dee 2", claim="helped", subject=key_of("ada"))


def test_the_role_of_staff_stays_when_they_end_a_key_themselves(world: World) -> None:
    world.do(KeyRegister, "clerk", key=world.key("clerk 2"), account=key_of("clerk"), prev=head(world, "clerk"))
    world.do(KeyRevoke, "clerk 2", key=key_of("clerk"), prev=head(world, "clerk"), reason="lost")
    assert world.account("clerk").role == "staff"


def test_who_is_quick_does_not_hold_up_the_end_of_a_key(world: World) -> None:
    """A thief changes the account once more before each entry of its holder arrives."""
    world.register("dee", recovery=commitment_of("offline"))
    seen = head(world, "dee")
    world.do(KeyRegister, "dee", key=world.key("thief"), account=key_of("dee"), prev=seen)
    world.do(KeyRevoke, "dee", key=key_of("thief"), prev=seen, reason="stolen")
    assert not works(world, "thief")
    world.do(KeyRegister, "dee", key=world.key("thief 2"), account=key_of("dee"), prev=head(world, "dee"))
    world.do(KeyRecover, "offline", account=key_of("dee"), key=world.key("dee 2"), prev=seen)
    assert [works(world, name) for name in ("dee", "thief 2", "dee 2")] == [False, False, True]


def test_an_ended_key_consents_to_nothing(world: World) -> None:
    people(world)
    with pytest.raises(KeyRevoked):
        world.do(Attest, "clerk", claim="helped", subject=key_of("ada"), also=("revoked",))
    with pytest.raises(UnknownKey):
        world.do(Attest, "clerk", claim="helped", subject=key_of("ada"), also=("unknown",))


@pytest.mark.parametrize("also", ["unknown", "revoked"])
def test_a_new_key_is_witnessed_by_keys_that_may_sign(world: World, also: str) -> None:
    people(world)
    world.register("dee", also=("ada",))
    with pytest.raises((UnknownKey, KeyRevoked)):
        world.register("eve", also=(also,))


# --- recovery ---


def test_recovery_ends_every_key_and_puts_one_in_their_place(world: World) -> None:
    world.register("dee", recovery=commitment_of("offline"))
    world.do(KeyRegister, "dee", key=world.key("stolen"), account=key_of("dee"), prev=head(world, "dee"))
    at = world.state.size
    world.do(
        KeyRecover, "offline", account=key_of("dee"), key=world.key("dee 2"), prev=head(world, "dee"),
        recovery=commitment_of("offline 2"),
    )  # fmt: skip
    assert [row(world, name).until for name in ("dee", "stolen", "dee 2")] == [at, at, None]
    assert world.account("dee").keys == (key_of("dee 2"),)
    assert [works(world, name) for name in ("dee", "stolen", "offline", "dee 2")] == [False, False, False, True]
    with pytest.raises(Unauthorised):  # a recovery key is for once
        world.do(KeyRecover, "offline", account=key_of("dee"), key=world.key("dee 3"), prev=head(world, "dee"))
    world.do(KeyRecover, "offline 2", account=key_of("dee"), key=world.key("dee 3"), prev=head(world, "dee"))


def test_recovery_works_when_no_key_is_left(world: World) -> None:
    world.register("dee", recovery=commitment_of("offline"))
    world.do(KeyRevoke, "dee", key=key_of("dee"), prev=head(world, "dee"), reason="lost")
    assert world.account("dee").keys == ()
    world.do(KeyRecover, "offline", account=key_of("dee"), key=world.key("dee 2"), prev=head(world, "dee"))
    assert works(world, "dee 2")


@pytest.mark.parametrize(
    ("account", "signer", "key", "prev", "refusal"),
    [
        ("dee", "thief", "dee 2", None, Unauthorised),
        ("dee", "library", "dee 2", None, Unauthorised),
        ("dee", "dee", "dee 2", None, Unauthorised),
        ("ada", "offline", "dee 2", None, Unauthorised),
        ("nobody", "offline", "dee 2", "00" * 32, UnknownKey),
        ("dee", "offline", "ada", None, KeyTaken),
        ("dee", "offline", "dee", None, KeyTaken),
    ],
)
def test_who_may_not_recover(
    world: World, account: str, signer: str, key: str, prev: str | None, refusal: type[Refused]
) -> None:
    world.register("dee", recovery=commitment_of("offline"))
    with pytest.raises(refusal):
        world.do(KeyRecover, signer, account=world.key(account), key=world.key(key), prev=prev or head(world, account))


# --- keys that are none ---

POINTS: dict[str, str] = {
    "neutral element": "01" + "00" * 31,
    "order 2": "ec" + "ff" * 30 + "7f",
    "order 4": "00" * 32,
    "order 8": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "neutral element, not its shortest form": "ee" + "ff" * 30 + "7f",
    "neutral element with a sign": "01" + "00" * 30 + "80",
    "not on the curve": "02" + "00" * 31,
    "not its shortest form": "f0" + "ff" * 30 + "7f",
}


@pytest.mark.parametrize("key", POINTS.values(), ids=POINTS)
def test_what_is_no_key_is_never_registered(world: World, key: str) -> None:
    with pytest.raises(BadKey):
        ed25519.check_key(bytes.fromhex(key))
    with pytest.raises(BadSignature):
        ed25519.verify(bytes.fromhex(key), b"", bytes.fromhex("01" + "00" * 63))
    body = world.body(KeyRotate, "ada", key=key, prev=head(world, "ada"))
    with pytest.raises(BadKey):
        keys.rotate(world.state, body, "00" * 32, world.now_ms)
    world.state.undo()
    signed = [Signature(bytes.fromhex(one), bytes(64)) for one in signers(body)]
    with pytest.raises(BadKey):
        parse(canonical.encode(body), signed, verify=lambda *_: None)


def test_a_recovery_key_is_a_key_too(world: World) -> None:
    """It is registered nowhere: only its hash was known."""
    point = bytes.fromhex(POINTS["order 8"])
    recovery = hashlib.sha256(point).hexdigest()
    world.register("dee", recovery=recovery)
    body = world.body(
        KeyRecover, "dee", by=point.hex(), account=key_of("dee"), key=key_of("new"), prev=head(world, "dee")
    )
    with pytest.raises(BadKey):
        keys.recover(world.state, body, "00" * 32, world.now_ms)
