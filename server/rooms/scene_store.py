"""Where arrangements are kept: operations in their order, and a snapshot now and then to start from.

The state after an operation is the newest snapshot up to it and the operations since. A restore changes too much for a row, so it is kept as a
snapshot of its own. What is older than the kept history is merged into the oldest snapshot.
"""

from __future__ import annotations

import asyncio
import secrets
import zlib
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from carrel.scenes.arrangement.values import Placement
from carrel.server.errors import StorageError
from carrel.server.rooms.scene_policy import Policy
from carrel.server.rooms.scene_ports import HISTORY_LINES, Change, Line, SceneFacts, State
from carrel.server.storage.database import Database
from carrel.server.storage.tables import scene_invited, scene_operations, scene_rooms, scene_snapshots

_ZLIB_LEVEL: Final = 1


_encode = msgspec.msgpack.Encoder().encode
_change = msgspec.msgpack.Decoder(Change)
_placed = msgspec.msgpack.Decoder(list[Placement])


class SceneStore:
    """`Scenes` in the library's database. `history_operations` is how many are kept at least."""

    def __init__(self, database: Database, history_operations: int) -> None:
        self._database = database
        self._history = history_operations

    async def facts(self, room: str) -> SceneFacts:
        async with self._database.read() as connection:
            found = await _facts(connection, room)
        if found is not None:
            return found
        async with self._database.begin() as connection:
            found = await _facts(connection, room)
            if found is None:
                found = SceneFacts(None, None, secrets.token_bytes(32))
                await connection.execute(scene_rooms.insert().values(room=room, secret=found.secret))
        return found

    async def settle(self, room: str, policy: Policy | None, owner: str | None, invited: Iterable[str] = ()) -> None:
        """Give a room its policy, owner and those invited (subjects), in place of what was said before."""
        await self.facts(room)
        async with self._database.begin() as connection:
            await connection.execute(
                scene_rooms.update().where(scene_rooms.c.room == room).values(policy=policy, owner=owner)
            )
            await connection.execute(scene_invited.delete().where(scene_invited.c.room == room))
            if rows := [{"room": room, "subject": subject} for subject in sorted(set(invited))]:
                await connection.execute(scene_invited.insert(), rows)

    async def state(self, room: str, op_sequence: int | None = None) -> State | None:
        snapshots, operations = scene_snapshots.c, scene_operations.c
        async with self._database.read() as connection:
            query = sa.select(snapshots.op_sequence, snapshots.placed).where(snapshots.room == room)
            if op_sequence is not None:
                query = query.where(snapshots.op_sequence <= op_sequence)
            base = (await connection.execute(query.order_by(snapshots.op_sequence.desc()).limit(1))).one_or_none()
            start = 0 if base is None else base.op_sequence
            query = sa.select(operations.op_sequence, operations.change).where(
                operations.room == room, operations.op_sequence > start
            )
            if op_sequence is not None:
                query = query.where(operations.op_sequence <= op_sequence)
            rows = [(row[0], row[1]) for row in await connection.execute(query.order_by(operations.op_sequence))]
        at = rows[-1][0] if rows else start
        if op_sequence is not None and op_sequence != at:
            return None
        return State(at, await asyncio.to_thread(_replay, room, start, None if base is None else base.placed, rows))

    async def keep(self, room: str, lines: Sequence[Line], snapshot: Sequence[Placement] | None) -> None:
        rows = [
            {
                **line._asdict(),
                "room": room,
                "change": b"" if line.change is None else _encode(line.change),
            }
            for line in lines
        ]
        packed = None if snapshot is None else await asyncio.to_thread(_pack, snapshot)
        async with self._database.begin() as connection:
            await connection.execute(scene_operations.insert(), rows)
            if packed is not None:
                newest = lines[-1].op_sequence
                await connection.execute(scene_snapshots.insert().values(room=room, op_sequence=newest, placed=packed))
                await self._forget(connection, room, newest - self._history)

    async def history(self, room: str, before: int) -> list[Line]:
        columns = scene_operations.c
        query = (
            sa.select(
                columns.op_sequence, columns.at_ms, columns.name, columns.owner, columns.kind, columns.entity, sa.null()
            )
            .where(columns.room == room, columns.op_sequence < before)
            .order_by(columns.op_sequence.desc())
            .limit(HISTORY_LINES)
        )
        async with self._database.read() as connection:
            return [Line(*row) for row in await connection.execute(query)]

    async def newest(self, room: str) -> int:
        async with self._database.read() as connection:
            query = sa.select(sa.func.max(scene_operations.c.op_sequence)).where(scene_operations.c.room == room)
            return (await connection.execute(query)).scalar() or 0

    async def oldest(self, room: str) -> int:
        async with self._database.read() as connection:
            query = sa.select(sa.func.min(scene_operations.c.op_sequence)).where(scene_operations.c.room == room)
            first = (await connection.execute(query)).scalar()
        return 0 if first is None else first - 1

    async def _forget(self, connection: AsyncConnection, room: str, until: int) -> None:
        """Merge what is older than `until` into the newest snapshot before it."""
        snapshots, operations = scene_snapshots.c, scene_operations.c
        query = sa.select(sa.func.max(snapshots.op_sequence)).where(
            snapshots.room == room, snapshots.op_sequence <= until
        )
        base = (await connection.execute(query)).scalar()
        if base is None:
            return
        await connection.execute(scene_snapshots.delete().where(snapshots.room == room, snapshots.op_sequence < base))
        await connection.execute(
            scene_operations.delete().where(operations.room == room, operations.op_sequence <= base)
        )


async def _facts(connection: AsyncConnection, room: str) -> SceneFacts | None:
    row = (await connection.execute(sa.select(scene_rooms).where(scene_rooms.c.room == room))).one_or_none()
    if row is None:
        return None
    invited = await connection.scalars(sa.select(scene_invited.c.subject).where(scene_invited.c.room == room))
    return SceneFacts(row.policy, row.owner, row.secret, frozenset(invited))


def _pack(placed: Sequence[Placement]) -> bytes:
    return zlib.compress(_encode(placed), _ZLIB_LEVEL)


def _replay(room: str, start: int, packed: bytes | None, rows: list[tuple[int, bytes]]) -> list[Placement]:
    try:
        placed = {} if packed is None else {one.entity.id: one for one in _placed.decode(zlib.decompress(packed))}
        for number, (op_sequence, data) in enumerate(rows, start + 1):
            if op_sequence != number:
                raise StorageError(f"The history of {room!r} has no operation {number}: put back the last backup.")
            change = _change.decode(data)
            for entity in change.gone:
                placed.pop(entity, None)
            for one in change.put:
                placed.pop(one.entity.id, None)
                placed[one.entity.id] = one
    except (msgspec.MsgspecError, zlib.error) as error:
        raise StorageError(f"The arrangement of {room!r} cannot be read: put back the last backup.") from error
    return list(placed.values())
