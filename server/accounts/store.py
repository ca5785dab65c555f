"""The SQL of accounts, sessions and codes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from carrel.server.accounts.model import ROLES, STAFF, Identity, Role
from carrel.server.errors import Conflict, NotSignedIn
from carrel.server.storage.database import Database
from carrel.server.storage.tables import accounts, codes, sessions


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    sign_in_name: str
    name: str
    password_hash: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`identity` is what it stands for now; times are Unix milliseconds."""

    identity: Identity
    shared_computer: bool
    created_ms: int
    expires_ms: int


class Store:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_account(self, account: Account, now_ms: int) -> None:
        """Raises Conflict when the sign-in name is taken."""
        values = {
            "id": account.id,
            "sign_in_name": account.sign_in_name,
            "name": account.name,
            "password_hash": account.password_hash,
            "roles": _join(account.roles),
            "created_ms": now_ms,
        }
        async with self._database.begin() as connection:
            try:
                await connection.execute(insert(accounts).values(values))
            except IntegrityError as error:
                raise Conflict(f"There is an account {account.sign_in_name!r} already.") from error

    async def account_named(self, sign_in_name: str) -> Account | None:
        async with self._database.read() as connection:
            row = (
                await connection.execute(select(accounts).where(accounts.c.sign_in_name == sign_in_name))
            ).one_or_none()
        return (
            None if row is None else Account(row.id, row.sign_in_name, row.name, row.password_hash, _split(row.roles))
        )

    async def has_staff(self) -> bool:
        async with self._database.read() as connection:
            roles = (await connection.execute(select(accounts.c.roles))).scalars().all()
        return any(_split(text) & STAFF for text in roles)

    async def set_password(self, account_id: str, password_hash: str) -> None:
        async with self._database.begin() as connection:
            await connection.execute(
                update(accounts).where(accounts.c.id == account_id).values(password_hash=password_hash)
            )

    async def set_roles(self, account_id: str, roles: frozenset[Role]) -> None:
        async with self._database.begin() as connection:
            await connection.execute(update(accounts).where(accounts.c.id == account_id).values(roles=_join(roles)))

    async def add_session(self, session: Session, token_hash: bytes) -> None:
        """Raises NotSignedIn when its account is gone by now."""
        identity = session.identity
        values = {
            "id": identity.session_id,
            "token_hash": token_hash,
            "account_id": identity.account_id,
            "name": identity.name,
            "roles": _join(identity.roles),
            "language": identity.language,
            "shared_computer": session.shared_computer,
            "created_ms": session.created_ms,
            "expires_ms": session.expires_ms,
            "first_session_id": identity.first_session_id,
        }
        async with self._database.begin() as connection:
            try:
                await connection.execute(insert(sessions).values(values))
            except IntegrityError as error:
                raise NotSignedIn("This account is no longer here.") from error

    async def session(self, token_hash: bytes, now_ms: int) -> Session | None:
        """The living session of a token; a member's name and roles are the account's of now."""
        found = await self._sessions(sessions.c.token_hash == token_hash, now_ms)
        return found[0] if found else None

    async def session_by_id(self, session_id: str, now_ms: int) -> Session | None:
        found = await self._sessions(sessions.c.id == session_id, now_ms)
        return found[0] if found else None

    async def sessions_of(self, account_id: str, now_ms: int) -> list[Session]:
        return await self._sessions(sessions.c.account_id == account_id, now_ms)

    async def sessions_of_guest(self, first_session_id: str, now_ms: int) -> list[Session]:
        which = or_(sessions.c.id == first_session_id, sessions.c.first_session_id == first_session_id)
        return await self._sessions(which, now_ms)

    async def _sessions(self, which: ColumnElement[bool], now_ms: int) -> list[Session]:
        query = (
            select(
                sessions,
                func.coalesce(accounts.c.name, sessions.c.name).label("shown_name"),
                func.coalesce(accounts.c.roles, sessions.c.roles).label("held_roles"),
            )
            .select_from(sessions.outerjoin(accounts, accounts.c.id == sessions.c.account_id))
            .where(which, sessions.c.expires_ms > now_ms)
            .order_by(sessions.c.created_ms)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Session(
                identity=Identity(
                    row.id, row.account_id, row.shown_name, _split(row.held_roles), row.language, row.first_session_id
                ),
                shared_computer=row.shared_computer,
                created_ms=row.created_ms,
                expires_ms=row.expires_ms,
            )
            for row in rows
        ]

    async def set_language(self, session_id: str, language: str) -> None:
        async with self._database.begin() as connection:
            await connection.execute(update(sessions).where(sessions.c.id == session_id).values(language=language))

    async def end_session(self, session_id: str) -> None:
        async with self._database.begin() as connection:
            await connection.execute(delete(codes).where(codes.c.session_id == session_id))
            await connection.execute(delete(sessions).where(sessions.c.id == session_id))

    async def forget_expired(self, now_ms: int) -> list[str]:
        """Delete what has ended; the ids of the sessions among it."""
        async with self._database.begin() as connection:
            await connection.execute(delete(codes).where(codes.c.expires_ms <= now_ms))
            ended = delete(sessions).where(sessions.c.expires_ms <= now_ms).returning(sessions.c.id)
            return list((await connection.execute(ended)).scalars().all())

    async def add_code(self, code_hash: bytes, purpose: str, session_id: str | None, expires_ms: int) -> None:
        """A session has one code of a purpose at a time: a new one ends the old. Raises NotSignedIn when the session has ended."""
        async with self._database.begin() as connection:
            if session_id is not None:
                await connection.execute(
                    delete(codes).where(codes.c.session_id == session_id, codes.c.purpose == purpose)
                )
            else:
                await connection.execute(delete(codes).where(codes.c.purpose == purpose))
            values = {"hash": code_hash, "purpose": purpose, "session_id": session_id, "expires_ms": expires_ms}
            try:
                await connection.execute(insert(codes).values(values))
            except IntegrityError as error:
                raise NotSignedIn("Your session has ended. Open the page again.") from error

    async def use_code(self, code_hash: bytes, purpose: str, now_ms: int) -> tuple[bool, str | None]:
        """(True, its session) exactly once for a living code, however many ask at the same time."""
        taken = (
            delete(codes)
            .where(codes.c.hash == code_hash, codes.c.purpose == purpose)
            .returning(codes.c.session_id, codes.c.expires_ms)
        )
        async with self._database.begin() as connection:
            row = (await connection.execute(taken)).one_or_none()
        return (False, None) if row is None or row.expires_ms <= now_ms else (True, row.session_id)


def _join(roles: frozenset[Role]) -> str:
    return " ".join(sorted(roles))


def _split(text: str) -> frozenset[Role]:
    words = text.split()
    return frozenset(role for role in ROLES if role in words)
