"""People's use cases: guests, signing in and out, staff links, pairing a headset. Takes the time from `clock`."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from carrel.server.accounts import tokens
from carrel.server.accounts.cookies import SESSION_COOKIE
from carrel.server.accounts.limits import MINUTE_MS, Tries
from carrel.server.accounts.model import ROLES, Identity, Role
from carrel.server.accounts.passwords import Passwords
from carrel.server.accounts.store import Account, Session, Store
from carrel.server.clock import Clock
from carrel.server.errors import BadRequest, Forbidden, Gone, NotFound, NotSignedIn
from carrel.server.settings import Settings
from carrel.server.storage.database import Database
from carrel.server.text import clean_line, clean_name

WRONG: Final = "That name and password do not belong together. Check both and try again."
"""One sentence for every cause, so that nobody learns which names exist."""
GUEST_NAMES: Final = {"en": "Guest {number}", "zh": "访客 {number}"}
WRONG_CODES: Final = "Too many wrong codes. Wait a few minutes and ask for a new one."
STAFF_NAMES: Final = {"en": "Librarian", "zh": "馆员"}
ADDRESS_SLACK: Final = 12
"""An address may try this many times as often as one session: a classroom sits behind it."""
CACHED_SESSIONS: Final = 4096
CACHE_MS: Final = 5_000
SIGN_IN_CHARS: Final = 64


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was just made: its secret goes into the cookie and nowhere else. `max_age_s` None ends with the browser."""

    token: str
    max_age_s: int | None
    identity: Identity


@dataclass(frozen=True, slots=True)
class SessionRow:
    id: str
    created_ms: int
    expires_ms: int
    shared: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    code: str
    expires_ms: int


class Accounts:
    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._store = Store(database)
        self._settings = settings
        self._now_ms = clock
        self._passwords = Passwords()
        self._tries = Tries(clock)
        self._pairing_turn = asyncio.Lock()
        self._cache: dict[bytes, tuple[int, Session]] = {}
        self._forgotten = 0
        self.on_session_end: list[Callable[[str], None]] = []

    # --- who is asking ---

    async def identify(self, request: web.BaseRequest) -> Identity | None:
        """Who the request's cookie speaks for; None without a living session."""
        return await self.identify_token(request.cookies.get(SESSION_COOKIE, ""))

    async def identify_token(self, token: str) -> Identity | None:
        if not token or len(token) > 128:
            return None
        hashed, now_ms, forgotten = tokens.digest(token), self._now_ms(), self._forgotten
        known = self._cache.get(hashed)
        if known is not None and known[0] > now_ms and known[1].expires_ms > now_ms:
            return known[1].identity
        session = await self._store.session(hashed, now_ms)
        if session is None:
            self._cache.pop(hashed, None)
            return None
        if forgotten == self._forgotten:  # else it may have ended while it was being read
            if len(self._cache) >= CACHED_SESSIONS:
                self._cache.clear()
            self._cache[hashed] = (now_ms + CACHE_MS, session)
        return session.identity

    # --- opening and ending sessions ---

    async def open_guest(self, name: str | None, language: str, address: str, old_token: str | None = None) -> Opened:
        """A session that needs a name and nothing else. Raises TooManyRequests, BadRequest.

        Whoever comes with a guest's living session stays the same person under the new name, so that bans and blocks go on.
        """
        self._tries.spend(("guest", address), self._settings.sessions_per_minute)
        shown = clean_name(name) if name else _numbered(GUEST_NAMES, language)
        before = await self.identify_token(old_token or "")
        first = _first_session(before) if before and "guest" in before.roles else None
        seconds = self._settings.guest_session_hours * 3600
        return await self._open(None, shown, frozenset({"guest"}), language, seconds, shared=False, first=first)

    async def sign_in(
        self, name: str, password: str, shared_computer: bool, language: str, address: str, old_token: str | None
    ) -> Opened:
        """Raises NotSignedIn with the same words for every cause, TooManyRequests. The old session ends: its secret is never carried over."""
        per_minute, wanted = self._settings.logins_per_minute, sign_in_name(name)
        before = await self.identify_token(old_token or "")
        # A session's tries count together; without one (any cookie may be made up) it is the name and the address. So nobody
        # locks a name for somebody elsewhere, and no single session uses up what its classroom shares.
        self._tries.spend(("login", before.session_id) if before else ("login", address, wanted), per_minute)
        self._tries.spend(("login-address", address), per_minute * ADDRESS_SLACK)
        account = await self._store.account_named(wanted)
        right = await self._passwords.matches(password, account.password_hash if account else None)
        if account is None or not right:
            raise NotSignedIn(WRONG)
        if old_token:
            await self.sign_out(old_token)
        seconds = self._settings.shared_session_minutes * 60 if shared_computer else self._settings.session_hours * 3600
        return await self._open(account.id, account.name, account.roles, language, seconds, shared=shared_computer)

    async def sign_out(self, token: str) -> None:
        session = await self._store.session(tokens.digest(token), self._now_ms())
        if session is not None:
            await self._end(session.identity.session_id)

    async def sign_out_everywhere(self, account_id: str) -> None:
        # Whatever the clock says, here or in another process: all of them.
        for session in await self._store.sessions_of(account_id, 0):
            await self._end(session.identity.session_id)

    async def sessions_of(self, identity: Identity) -> list[SessionRow]:
        now_ms = self._now_ms()
        if identity.account_id is not None:
            found: Iterable[Session] = await self._store.sessions_of(identity.account_id, now_ms)
        else:
            found = await self._store.sessions_of_guest(_first_session(identity), now_ms)
        return [
            SessionRow(
                one.identity.session_id,
                one.created_ms,
                one.expires_ms,
                one.shared_computer,
                one.identity.session_id == identity.session_id,
            )
            for one in found
        ]

    async def set_language(self, identity: Identity, language: str) -> None:
        await self._store.set_language(identity.session_id, language)
        self._forget({identity.session_id})

    async def forget_expired(self) -> None:
        """Housekeeping, once a minute: what has ended is deleted, and whoever still holds a socket by it is let go."""
        self._tries.forget_silent(max(MINUTE_MS, self._settings.pairing_minutes * MINUTE_MS))
        self._tell(await self._store.forget_expired(self._now_ms()))

    # --- forms ---

    def csrf_token(self, token: str) -> str:
        return tokens.csrf_token(token)

    def check_csrf(self, token: str, given: str) -> None:
        """Raises Forbidden."""
        if not token or not tokens.same(tokens.csrf_token(token), given):
            raise Forbidden("This form was open too long or came from elsewhere. Open the page again and repeat it.")

    # --- rights by link and code ---

    async def staff_link(self, base_url: str) -> str | None:
        """A one-time link that makes a librarian of whoever opens it, while no staff account exists; a new one ends the last."""
        if await self._store.has_staff():
            return None
        secret = tokens.new_token()
        expires_ms = self._now_ms() + self._settings.staff_link_minutes * 60_000
        await self._store.add_code(tokens.digest(secret), "staff", None, expires_ms)
        return f"{base_url}/staff/{secret}"

    async def use_staff_link(self, secret: str, language: str) -> Opened:
        """A librarian's session on this browser. Raises Gone."""
        used, _ = await self._store.use_code(tokens.digest(secret), "staff", self._now_ms())
        if not used or await self._store.has_staff():
            raise Gone(
                "This link was used already, or its time is over. Start the library again for a new one, or sign in."
            )
        name = STAFF_NAMES.get(language, STAFF_NAMES["en"])
        roles: frozenset[Role] = frozenset({"librarian", "moderator"})
        return await self._open(None, name, roles, language, self._settings.session_hours * 3600, shared=False)

    async def pairing_code(self, identity: Identity, address: str) -> Pairing:
        """Six characters by which a headset becomes the same person. Raises TooManyRequests."""
        self._tries.spend(("pairing", identity.session_id), self._settings.logins_per_minute)
        expires_ms = self._now_ms() + self._settings.pairing_minutes * 60_000
        code = tokens.new_pairing_code()
        await self._store.add_code(tokens.digest(code), "pairing", identity.session_id, expires_ms)
        return Pairing(code, expires_ms)

    async def use_pairing_code(self, typed: str, address: str, language: str) -> Opened:
        """A session of its own for the same person. Raises Gone, TooManyRequests.

        Only wrong codes count, since a class with its headsets sits behind one address; so tries take turns.
        """
        key, at_most = ("wrong-code", address), self._settings.pairing_tries
        window_ms = self._settings.pairing_minutes * MINUTE_MS
        async with self._pairing_turn:
            self._tries.check(key, at_most, window_ms=window_ms, sentence=WRONG_CODES)
            hashed = tokens.digest(tokens.read_pairing_code(typed))
            used, session_id = await self._store.use_code(hashed, "pairing", self._now_ms())
            if not used:
                self._tries.spend(key, at_most, window_ms=window_ms, sentence=WRONG_CODES)
        session = await self._store.session_by_id(session_id, self._now_ms()) if session_id else None
        left_s = (session.expires_ms - self._now_ms()) // 1000 if session else 0
        if session is None or left_s < 1:
            raise Gone("That code is not valid, or its time is over. Show a new one in the hall and type it again.")
        one, shared = session.identity, session.shared_computer
        first = None if one.account_id else _first_session(one)
        return await self._open(one.account_id, one.name, one.roles, language, left_s, shared=shared, first=first)

    # --- accounts ---

    async def add_account(
        self, name: str, password: str, roles: Iterable[str], display_name: str | None = None
    ) -> Account:
        """Raises BadRequest for a wrong name, role or password, Conflict when the name is taken."""
        wanted, held, shown = sign_in_name(name), _account_roles(roles), clean_name(display_name or name)
        if not wanted:
            raise BadRequest(f"A sign-in name has 1 to {SIGN_IN_CHARS} characters.")
        account = Account(tokens.new_id(), wanted, shown, await self._passwords.hash(password), held)
        await self._store.add_account(account, self._now_ms())
        return account

    async def account_named(self, name: str) -> Account:
        """Raises NotFound."""
        account = await self._store.account_named(sign_in_name(name))
        if account is None:
            raise NotFound(f"There is no account {name!r}.")
        return account

    async def set_password(self, account: Account, password: str) -> None:
        """A new password ends every session that the old one opened. Raises BadRequest."""
        await self._store.set_password(account.id, await self._passwords.hash(password))
        await self.sign_out_everywhere(account.id)

    async def set_roles(self, account: Account, roles: Iterable[str]) -> None:
        """They hold at the next request; who loses one signs in again, since open rooms go by the roles they were entered with.

        Raises BadRequest.
        """
        held = _account_roles(roles)
        await self._store.set_roles(account.id, held)
        if account.roles - held:
            await self.sign_out_everywhere(account.id)
        else:
            self._forget({one.identity.session_id for one in await self._store.sessions_of(account.id, self._now_ms())})

    # --- inside ---

    async def _open(
        self,
        account_id: str | None,
        name: str,
        roles: frozenset[Role],
        language: str,
        seconds: int,
        *,
        shared: bool,
        first: str | None = None,
    ) -> Opened:
        token, now_ms = tokens.new_token(), self._now_ms()
        identity = Identity(tokens.new_id(), account_id, name, roles, language, first)
        session = Session(
            identity=identity, shared_computer=shared, created_ms=now_ms, expires_ms=now_ms + seconds * 1000
        )
        await self._store.add_session(session, tokens.digest(token))
        return Opened(token, None if shared else seconds, identity)

    async def _end(self, session_id: str) -> None:
        try:
            await self._store.end_session(session_id)
        finally:
            self._tell([session_id])

    def _tell(self, session_ids: list[str]) -> None:
        self._forget(set(session_ids))
        for session_id in session_ids:
            for hear in self.on_session_end:
                hear(session_id)

    def _forget(self, session_ids: set[str]) -> None:
        """From here on these are read anew, also by whoever is reading one just now."""
        self._forgotten += 1
        self._cache = {
            key: known for key, known in self._cache.items() if known[1].identity.session_id not in session_ids
        }


def sign_in_name(name: str) -> str:
    """Names compare without case, outer space, and the width and composition that a keyboard gives; empty for what can be no name."""
    try:
        plain = clean_line(unicodedata.normalize("NFKC", name[: 4 * SIGN_IN_CHARS]).casefold())
    except BadRequest:
        return ""
    return plain if len(plain) <= SIGN_IN_CHARS else ""


def _account_roles(roles: Iterable[str]) -> frozenset[Role]:
    """Raises BadRequest for none and for those that no account has."""
    given = set(roles)
    offered = [role for role in ROLES if role not in ("guest", "bot")]
    held = frozenset(role for role in offered if role in given)
    if not given or given - held:
        unknown = ", ".join(sorted(given - held)) or "given"
        raise BadRequest(f"There is no role {unknown}. Roles: {', '.join(offered)}.")
    return held


def _first_session(identity: Identity) -> str:
    return identity.first_session_id or identity.session_id


def _numbered(names: dict[str, str], language: str) -> str:
    return names.get(language, names["en"]).format(number=100 + secrets.randbelow(900))
