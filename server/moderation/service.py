"""The lasting side of moderation, behind the rooms' port; and what the staff page shows and undoes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from carrel.server.accounts.model import Identity
from carrel.server.clock import Clock
from carrel.server.errors import NotFound
from carrel.server.rooms.ports import Act, Ban, Complaint
from carrel.server.storage.database import Database
from carrel.server.storage.tables import acts, bans, blocks, reports, sessions

SHOWN: Final = 200
"""Rows of a list at most, newest first."""
BLOCKS_KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class BanRow:
    id: int
    subject_name: str
    reason: str
    made_ms: int
    until_ms: int | None


@dataclass(frozen=True, slots=True)
class ActRow:
    room: str
    act: str
    actor_name: str
    subject_name: str
    reason: str
    at_ms: int
    until_ms: int | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """`lines` are (Unix ms, scope, text): the last words that the reporter could read of the reported person."""

    id: int
    room: str
    reporter_name: str
    subject_name: str
    reason: str
    note: str
    lines: list[tuple[int, str, str]]
    at_ms: int
    closed: bool


class Moderation:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._now_ms = clock

    # --- the rooms' port ---

    async def is_banned(self, subject: str, room: str) -> Ban | None:
        """The ban that keeps a subject out longest; bans hold in every room."""
        query = select(bans).where(bans.c.subject == subject, bans.c.lifted_ms.is_(None), self._lasting())
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        if not rows:
            return None
        longest = max(rows, key=lambda row: float("inf") if row.until_ms is None else row.until_ms)
        return Ban(longest.reason, longest.until_ms)

    async def record(self, act: Act) -> None:
        """Keep an act; a ban holds from here on."""
        names = [name for name in acts.c.keys() if name != "id"]  # noqa: SIM118 - columns, not a dict
        values = fitted(acts, {name: getattr(act, name) for name in names})
        async with self._database.begin() as connection:
            await connection.execute(insert(acts).values(values))
            if act.act == "ban":
                ban = {name: values[name] for name in ("subject", "subject_name", "reason", "until_ms")}
                ban["made_ms"] = act.at_ms
                await connection.execute(insert(bans).values(ban))

    async def report(self, complaint: Complaint) -> None:
        values = {
            "room": complaint.room,
            "reporter": complaint.reporter,
            "reporter_name": complaint.reporter_name,
            "subject": complaint.subject,
            "subject_name": complaint.subject_name,
            "reason": complaint.reason,
            "note": complaint.note,
            "lines": msgspec.json.encode(complaint.lines).decode(),
            "at_ms": complaint.at_ms,
        }
        async with self._database.begin() as connection:
            await connection.execute(insert(reports).values(fitted(reports, values)))

    async def blocks_of(self, subject: str) -> frozenset[str]:
        """Whom this subject has blocked."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(blocks.c.other).where(blocks.c.subject == subject))
        return frozenset(rows.scalars().all())

    async def set_block(self, subject: str, other: str, blocked: bool) -> None:
        """Of one subject's blocks the newest BLOCKS_KEPT are kept."""
        mine = blocks.c.subject == subject
        newest = select(blocks.c.other).where(mine).order_by(blocks.c.at_ms.desc(), blocks.c.other).limit(BLOCKS_KEPT)
        async with self._database.begin() as connection:
            if not blocked:
                await connection.execute(delete(blocks).where(mine, blocks.c.other == other))
                return
            try:
                async with connection.begin_nested():
                    await connection.execute(insert(blocks).values(subject=subject, other=other, at_ms=self._now_ms()))
            except IntegrityError:
                return  # blocked already
            await connection.execute(delete(blocks).where(mine, blocks.c.other.not_in(newest)))

    async def forget_ended(self) -> None:
        """Housekeeping: blocks by and of guests end with the last session of the guest."""
        living = select(literal("session:") + func.coalesce(sessions.c.first_session_id, sessions.c.id))
        ended = [
            and_(column.startswith("session:"), column.not_in(living)) for column in (blocks.c.subject, blocks.c.other)
        ]
        async with self._database.begin() as connection:
            await connection.execute(delete(blocks).where(or_(*ended)))

    # --- the staff page ---

    async def bans(self) -> list[BanRow]:
        """Those that hold now."""
        query = (
            select(bans).where(bans.c.lifted_ms.is_(None), self._lasting()).order_by(bans.c.made_ms.desc()).limit(SHOWN)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [BanRow(row.id, row.subject_name, row.reason, row.made_ms, row.until_ms) for row in rows]

    async def acts(self) -> list[ActRow]:
        query = select(acts).order_by(acts.c.at_ms.desc(), acts.c.id.desc()).limit(SHOWN)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            ActRow(row.room, row.act, row.actor_name, row.subject_name, row.reason, row.at_ms, row.until_ms)
            for row in rows
        ]

    async def reports(self) -> list[ReportRow]:
        """Open ones first."""
        query = select(reports).order_by(reports.c.closed_ms.is_not(None), reports.c.at_ms.desc()).limit(SHOWN)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            ReportRow(
                row.id,
                row.room,
                row.reporter_name,
                row.subject_name,
                row.reason,
                row.note,
                msgspec.json.decode(row.lines, type=list[tuple[int, str, str]]),
                row.at_ms,
                row.closed_ms is not None,
            )
            for row in rows
        ]

    async def lift(self, ban_id: int, actor: Identity) -> None:
        """Undo a ban; the undoing is an act like any other. Raises NotFound."""
        now_ms = self._now_ms()
        taken = (
            update(bans).where(bans.c.id == ban_id, bans.c.lifted_ms.is_(None)).values(lifted_ms=now_ms).returning(bans)
        )
        async with self._database.begin() as connection:
            row = (await connection.execute(taken)).one_or_none()
            if row is None:
                raise NotFound("That ban was lifted already.")
            act = {
                "room": "",
                "act": "unban",
                "actor": actor.subject,
                "actor_name": actor.name,
                "subject": row.subject,
                "subject_name": row.subject_name,
                "reason": row.reason,
                "at_ms": now_ms,
                "until_ms": None,
            }
            await connection.execute(insert(acts).values(act))

    async def close_report(self, report_id: int, actor: Identity) -> None:
        """Raises NotFound."""
        query = (
            update(reports)
            .where(reports.c.id == report_id, reports.c.closed_ms.is_(None))
            .values(closed_ms=self._now_ms())
        )
        async with self._database.begin() as connection:
            if (await connection.execute(query)).rowcount == 0:
                raise NotFound("That report was closed already.")

    def _lasting(self) -> ColumnElement[bool]:
        return or_(bans.c.until_ms.is_(None), bans.c.until_ms > self._now_ms())


def fitted(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """Texts cut to their columns: composing may lengthen what was measured before, and an act must not be lost for it."""
    lengths = {name: getattr(column.type, "length", None) for name, column in table.c.items()}
    return {name: value[: lengths[name]] if isinstance(value, str) else value for name, value in values.items()}
