"""Keys and the accounts they stand for: registered, replaced, ended, recovered."""

from __future__ import annotations

import hashlib
from typing import Final

from carrel.ledger import ed25519
from carrel.ledger.bodies import KeyRecover, KeyRegister, KeyRevoke, KeyRotate
from carrel.ledger.errors import KeyRevoked, KeyTaken, LimitReached, StalePrev, Unauthorised, UnknownKey
from carrel.ledger.state import AccountRow, KeyRow, State, replace

MOST_KEYS: Final = 32
"""Keys of one account that may sign at the same time."""


def active(state: State, key: str) -> KeyRow:
    """The key's row while it may sign. Raises UnknownKey, KeyRevoked."""
    row = state.get(KeyRow, key)
    if row is None:
        raise UnknownKey(f"The key {key} is not registered in this log. Register it first.")
    if row.until is not None:
        raise KeyRevoked(f"The key {key} ended at entry {row.until}. Sign with another key of the account.")
    return row


def account_of(state: State, key: str) -> AccountRow:
    """The account for which the key may sign. Raises UnknownKey, KeyRevoked."""
    account = state.get(AccountRow, active(state, key).account)
    assert account is not None  # every key row was put together with its account
    return account


def is_of(state: State, key: str, account: str) -> bool:
    """Whether the key may sign for the account now."""
    row = state.get(KeyRow, key)
    return row is not None and row.until is None and row.account == account


def any_of(state: State, keys: tuple[str, ...], account: str) -> bool:
    return any(is_of(state, key, account) for key in keys)


def role_of(state: State, key: str) -> str | None:
    """library, staff or None. Raises UnknownKey, KeyRevoked."""
    return account_of(state, key).role


def commitment(key: str) -> str:
    """How a key that comes later is named beforehand: SHA-256 of its 32 bytes."""
    return hashlib.sha256(bytes.fromhex(key)).hexdigest()


def register(state: State, body: KeyRegister, entry_id: str, _: int) -> None:
    _new_key(state, body.key)
    if body.account is None:
        _register_account(state, body, entry_id)
    else:
        _register_device(state, body, body.account, entry_id)


def _register_account(state: State, body: KeyRegister, entry_id: str) -> None:
    if body.prev is not None:
        raise StalePrev("The first key of an account changes nothing before it: leave `prev` out.")
    if state.size == 0:
        if body.role != "library" or body.by != body.key or body.custodial:
            raise Unauthorised("The first entry of a log registers the library's own key.")
    elif body.role == "library":
        raise Unauthorised("There is one library account, that of entry 0. Add a device to it instead.")
    elif body.role is not None or body.custodial:
        if role_of(state, body.by) != "library":
            raise Unauthorised("Staff keys and keys in the library's custody are vouched for by the library's key.")
    elif body.by != body.key:
        raise Unauthorised("A reader's first key registers itself.")
    state.put(_key_row(state, body.key, body.key, body.next, custodial=body.custodial))
    state.put(
        AccountRow(
            id=body.key, since=state.size, head=entry_id, keys=(body.key,), role=body.role, recovery=body.recovery
        )
    )


def _register_device(state: State, body: KeyRegister, account: str, entry_id: str) -> None:
    if not is_of(state, body.by, account):
        active(state, body.by)
        raise Unauthorised("Another device is added by a key of the same account.")
    if body.role is not None or body.recovery is not None:
        raise Unauthorised("Role and recovery key belong to the account, not to a device.")
    if body.custodial and role_of(state, body.by) != "library" and not _custodial(state, body.by):
        raise Unauthorised("A key in the library's custody is vouched for by the library's key.")
    row = _account(state, account, body.prev)
    if len(row.keys) >= MOST_KEYS:
        raise LimitReached(f"An account has at most {MOST_KEYS} keys at a time. End one of them first.")
    state.put(_key_row(state, body.key, account, body.next, custodial=body.custodial))
    state.put(replace(row, head=entry_id, keys=(*row.keys, body.key)))


def rotate(state: State, body: KeyRotate, entry_id: str, _: int) -> None:
    old = active(state, body.by)
    _new_key(state, body.key)
    if old.next is not None and old.next != commitment(body.key):
        raise Unauthorised("The new key is not the one that was committed to. Use that one, or the recovery key.")
    row = _account(state, old.account, body.prev)
    state.put(replace(old, until=state.size))
    state.put(_key_row(state, body.key, old.account, body.next, custodial=old.custodial))
    state.put(replace(row, head=entry_id, keys=(*_without(row.keys, body.by), body.key)))


def revoke(state: State, body: KeyRevoke, entry_id: str, _: int) -> None:
    """When the library ends a key of its staff, the account's role ends with it: neither another key nor the recovery key brings that back.

    `prev` may be behind, here and in `recover`: else whoever holds a stolen key could hold up its end by changing the account again and again.
    """
    ended, row = active(state, body.key), account_of(state, body.key)
    own = is_of(state, body.by, row.id)
    if not own and not (role_of(state, body.by) == "library" and (ended.custodial or row.role == "staff")):
        raise Unauthorised(
            "A key is ended by a key of the same account; the library ends its own, its staff's and those in its custody."
        )
    state.put(replace(ended, until=state.size))
    keys = _without(row.keys, body.key)
    state.put(replace(row, head=entry_id, keys=keys, role=row.role if own else None))


def recover(state: State, body: KeyRecover, entry_id: str, _: int) -> None:
    row = state.get(AccountRow, body.account)
    if row is None:
        raise UnknownKey(f"There is no account {body.account} in this log.")
    if row.recovery is None or row.recovery != commitment(body.by):
        raise Unauthorised("This is not the account's recovery key.")
    ed25519.check_key(bytes.fromhex(body.by))  # of this one only the hash was seen so far
    _new_key(state, body.key)
    for key in row.keys:
        state.put(replace(active(state, key), until=state.size))
    state.put(_key_row(state, body.key, body.account, body.next))
    state.put(replace(row, head=entry_id, keys=(body.key,), recovery=body.recovery))


def _account(state: State, account: str, prev: str | None) -> AccountRow:
    row = state.get(AccountRow, account)
    assert row is not None
    if row.head != prev:
        raise StalePrev(
            f"The account's keys were last changed by entry {row.head}: look at it, then sign again with it as `prev`."
        )
    return row


def _without(keys: tuple[str, ...], ended: str) -> tuple[str, ...]:
    return tuple(key for key in keys if key != ended)


def _new_key(state: State, key: str) -> None:
    ed25519.check_key(bytes.fromhex(key))
    if state.get(KeyRow, key) is not None:
        raise KeyTaken(f"The key {key} is in this log already. A key is registered once; make a new one.")


def _key_row(state: State, key: str, account: str, after: str | None, *, custodial: bool = False) -> KeyRow:
    return KeyRow(id=key, account=account, since=state.size, next=after, custodial=custodial)


def _custodial(state: State, key: str) -> bool:
    return active(state, key).custodial
