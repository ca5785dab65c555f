"""The SQL of works, their owners, what was made of them, and uploads."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Row, delete, exists, func, insert, select, update

from carrel.server.publishing.model import Made, Owner, State, Work
from carrel.server.storage.database import Database
from carrel.server.storage.tables import uploads, work_files, work_owners, works


class Store:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def work(self, work: str) -> Work | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(works).where(works.c.id == work))).one_or_none()
        return None if row is None else _work(row)

    async def works_of(self, subject: str) -> list[tuple[Work, str]]:
        """Each with the name that this owner gave it, newest first."""
        wanted = (
            select(works, work_owners.c.name)
            .join(work_owners, work_owners.c.work == works.c.id)
            .where(work_owners.c.subject == subject)
            .order_by(work_owners.c.created_ms.desc(), works.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return [(_work(row), row.name) for row in rows]

    async def owners(self, work: str) -> list[Owner]:
        """The first to bring it comes first."""
        wanted = select(work_owners).where(work_owners.c.work == work).order_by(work_owners.c.created_ms)
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return [Owner(subject=row.subject, name=row.name, licence=row.licence, key=row.key) for row in rows]

    async def files(self, work: str) -> list[Made]:
        wanted = select(work_files).where(work_files.c.work == work).order_by(work_files.c.role)
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return [_made(row) for row in rows]

    async def files_of(self, subject: str) -> dict[str, list[Made]]:
        """Of all the works of this owner at once: work → its files."""
        wanted = (
            select(work_files)
            .join(work_owners, work_owners.c.work == work_files.c.work)
            .where(work_owners.c.subject == subject)
            .order_by(work_files.c.work, work_files.c.role)
        )
        found: dict[str, list[Made]] = {}
        async with self._database.read() as connection:
            for row in await connection.execute(wanted):
                found.setdefault(row.work, []).append(_made(row))
        return found

    async def add(self, work: str, size_bytes: int, owner: Owner, now_ms: int) -> bool:
        """Somebody brought this file. True when it is to be looked at: it is new, or was refused before."""
        async with self._database.begin() as connection:
            state = (await connection.execute(select(works.c.state).where(works.c.id == work))).scalar_one_or_none()
            if state is None:
                new: dict[str, object] = {
                    "id": work,
                    "kind": "",
                    "state": "received",
                    "code": "",
                    "sentence": "",
                    "place": "",
                }
                new |= {"size_bytes": size_bytes, "facts": "{}", "created_ms": now_ms, "changed_ms": now_ms}
                await connection.execute(insert(works).values(new))
            elif state == "refused":
                again = {"state": "received", "code": "", "sentence": "", "place": "", "changed_ms": now_ms}
                await connection.execute(update(works).where(works.c.id == work).values(again))
            mine = (work_owners.c.work == work) & (work_owners.c.subject == owner.subject)
            said = {"name": owner.name, "licence": owner.licence, "key": owner.key}
            if not (await connection.execute(update(work_owners).where(mine).values(said))).rowcount:
                row = said | {"work": work, "subject": owner.subject, "created_ms": now_ms}
                await connection.execute(insert(work_owners).values(row))
        return state in (None, "refused")

    async def waiting(self) -> list[tuple[str, str]]:
        """Works to look at, each with the subject of somebody who brought it, the oldest first."""
        wanted = (
            select(works.c.id, func.coalesce(func.min(work_owners.c.subject), ""))
            .outerjoin(work_owners, work_owners.c.work == works.c.id)
            .where(works.c.state == "received")
            .group_by(works.c.id, works.c.created_ms)
            .order_by(works.c.created_ms, works.c.id)
        )
        async with self._database.read() as connection:
            return [(row[0], row[1]) for row in await connection.execute(wanted)]

    async def take_up_again(self) -> None:
        """After a start: what the last process was looking at when it ended is received once more."""
        async with self._database.begin() as connection:
            await connection.execute(update(works).where(works.c.state == "checking").values(state="received"))

    async def set_state(
        self, work: str, state: State, now_ms: int, code: str = "", sentence: str = "", place: str = ""
    ) -> None:
        values = {"state": state, "code": code, "sentence": sentence, "place": place, "changed_ms": now_ms}
        async with self._database.begin() as connection:
            await connection.execute(update(works).where(works.c.id == work).values(values))

    async def accept(self, work: str, kind: str, facts: dict[str, Any], made: list[Made], now_ms: int) -> bool:
        """False when it was taken away meanwhile."""
        values = {"state": "accepted", "kind": kind, "facts": msgspec.json.encode(facts).decode(), "changed_ms": now_ms}
        async with self._database.begin() as connection:
            if not (await connection.execute(update(works).where(works.c.id == work).values(values))).rowcount:
                return False
            await connection.execute(delete(work_files).where(work_files.c.work == work))
            if made:
                await connection.execute(insert(work_files), [_file(work, one) for one in made])
        return True

    async def put_file(self, work: str, made: Made) -> None:
        """Instead of the one of the same role, if there is one."""
        async with self._database.begin() as connection:
            same = (work_files.c.work == work) & (work_files.c.role == made.role)
            await connection.execute(delete(work_files).where(same))
            await connection.execute(insert(work_files).values(_file(work, made)))

    async def disown(self, work: str, subject: str) -> list[str]:
        """Take one owner away; with the last the work goes, and the names of blobs that nothing refers to any more are returned."""
        async with self._database.begin() as connection:
            await connection.execute(
                delete(work_owners).where((work_owners.c.work == work) & (work_owners.c.subject == subject))
            )
            if (await connection.execute(select(exists().where(work_owners.c.work == work)))).scalar_one():
                return []
            files = (await connection.execute(select(work_files.c.sha256).where(work_files.c.work == work))).scalars()
            names = {work, *files}
            await connection.execute(delete(work_files).where(work_files.c.work == work))
            await connection.execute(delete(works).where(works.c.id == work))
        return await self.unused(names)

    async def unused(self, names: Collection[str]) -> list[str]:
        """Those of these blobs that nothing refers to; the bytes of a refused work are not kept."""
        originals = select(works.c.id).where(works.c.id.in_(names) & (works.c.state != "refused"))
        async with self._database.read() as connection:
            still = set((await connection.execute(originals)).scalars())
            others = select(work_files.c.sha256).where(work_files.c.sha256.in_(names))
            still |= set((await connection.execute(others)).scalars())
        return sorted(set(names) - still)

    async def used(self, subject: str) -> tuple[int, int]:
        """Bytes and count of what this person has brought and is bringing."""
        mine = (
            select(func.coalesce(func.sum(works.c.size_bytes), 0), func.count())
            .join(work_owners, work_owners.c.work == works.c.id)
            .where((work_owners.c.subject == subject) & (works.c.state != "refused"))
        )
        coming = select(func.coalesce(func.sum(uploads.c.size_bytes), 0), func.count()).where(
            (uploads.c.subject == subject) & uploads.c.work.is_(None)
        )
        async with self._database.read() as connection:
            there = (await connection.execute(mine)).one()
            under_way = (await connection.execute(coming)).one()
        return int(there[0]) + int(under_way[0]), int(there[1]) + int(under_way[1])

    # --- uploads ---

    async def add_upload(self, upload: str, size_bytes: int, owner: Owner, expires_ms: int) -> None:
        values: dict[str, object] = {
            "id": upload,
            "subject": owner.subject,
            "name": owner.name,
            "licence": owner.licence,
            "key": owner.key,
        }
        values |= {"size_bytes": size_bytes, "work": None, "expires_ms": expires_ms}
        async with self._database.begin() as connection:
            await connection.execute(insert(uploads).values(values))

    async def upload(self, upload: str) -> Row[Any] | None:
        async with self._database.read() as connection:
            return (await connection.execute(select(uploads).where(uploads.c.id == upload))).one_or_none()

    async def set_upload(self, upload: str, **values: Any) -> None:
        async with self._database.begin() as connection:
            await connection.execute(update(uploads).where(uploads.c.id == upload).values(values))

    async def forget_upload(self, upload: str) -> None:
        async with self._database.begin() as connection:
            await connection.execute(delete(uploads).where(uploads.c.id == upload))

    async def expired_uploads(self, now_ms: int) -> list[str]:
        async with self._database.read() as connection:
            return list(
                (await connection.execute(select(uploads.c.id).where(uploads.c.expires_ms <= now_ms))).scalars()
            )


def _work(row: Row[Any]) -> Work:
    return Work(
        id=row.id,
        kind=row.kind,
        state=row.state,
        code=row.code,
        sentence=row.sentence,
        place=row.place,
        size_bytes=row.size_bytes,
        facts=msgspec.json.decode(row.facts),
        created_ms=row.created_ms,
        changed_ms=row.changed_ms,
    )


def _made(row: Row[Any]) -> Made:
    return Made(row.role, row.sha256, row.content_type, row.size_bytes, msgspec.json.decode(row.facts))


def _file(work: str, made: Made) -> dict[str, Any]:
    return {
        "work": work,
        "role": made.role,
        "sha256": made.sha256,
        "content_type": made.content_type,
        "size_bytes": made.size_bytes,
        "facts": msgspec.json.encode(made.facts).decode(),
    }
