"""What live rooms need from others, as small protocols; and what they hand over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from carrel.server.accounts.model import Identity
from carrel.server.wire.messages import ModerationAct, ReportReason


@dataclass(frozen=True, slots=True)
class Ban:
    """`until_ms` is Unix time, None without end."""

    reason: str
    until_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A moderator's act, to be kept. Subjects are `Identity.subject`; `until_ms` Unix time, None where it does not apply or has no end."""

    room: str
    act: ModerationAct
    actor: str
    actor_name: str
    subject: str
    subject_name: str
    reason: str
    at_ms: int
    until_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A report to the moderators, with the last lines that the reporter could read of the reported person: (Unix ms, scope, text)."""

    room: str
    reporter: str
    reporter_name: str
    subject: str
    subject_name: str
    reason: ReportReason
    note: str
    at_ms: int
    lines: tuple[tuple[int, str, str], ...]


class Sessions(Protocol):
    async def identify(self, request: web.BaseRequest) -> Identity | None:
        """Who the request's `carrel_session` cookie speaks for; None without a living session."""


class Moderation(Protocol):
    """Lasting decisions about people. Subjects are `Identity.subject`."""

    async def is_banned(self, subject: str, room: str) -> Ban | None: ...

    async def record(self, act: Act) -> None: ...

    async def report(self, complaint: Complaint) -> None: ...

    async def blocks_of(self, subject: str) -> frozenset[str]:
        """Whom this subject has blocked."""

    async def set_block(self, subject: str, other: str, blocked: bool) -> None: ...


class Connection(Protocol):
    """One reader's way down. Nothing here waits; nothing raises when the other side is gone."""

    every_ticks: int
    """A frame each so many ticks: 1 on a socket, more through the tunnel."""

    def send(self, message: bytes) -> None:
        """One whole message."""

    def send_frame(self, framed: bytes, head_bytes: int) -> None:
        """A message that already has `head_bytes` of WebSocket header before it."""

    def buffered_bytes(self) -> int:
        """Bytes accepted by `send` that have not gone out yet."""

    def close(self, code: int, reason: str) -> None:
        """Say goodbye and close; later sends go nowhere."""

    def abort(self) -> None:
        """Close at once without a word."""
