"""Words in a room: what a line may hold, and the memory of the last minutes."""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

from carrel.server.wire.messages import Said

NEWCOMER_LINES: Final = 50
"""Room-wide lines that somebody who enters is shown."""
REPORT_LINES: Final = 20
"""Lines that go with a report."""
LINES_LIMIT: Final = 20_000
"""Lines kept of one room at most, however much is said."""


class Line(NamedTuple):
    """`readers` are the participants who could read it; None means everybody."""

    at_ms: int
    subject: str
    readers: frozenset[str] | None
    said: Said


class ChatMemory:
    """What was said in the last `minutes`, never written anywhere."""

    def __init__(self, minutes: int) -> None:
        self._kept_ms = minutes * 60_000
        self._lines: deque[Line] = deque(maxlen=LINES_LIMIT)

    def add(self, line: Line) -> None:
        self._lines.append(line)
        self.forget(line.at_ms)

    def forget(self, now_ms: int) -> None:
        while self._lines and self._lines[0].at_ms < now_ms - self._kept_ms:
            self._lines.popleft()

    def for_newcomer(self, now_ms: int, hidden: frozenset[str]) -> list[Said]:
        """The last room-wide lines, without those of `hidden` subjects."""
        self.forget(now_ms)
        lines = [line.said for line in self._lines if line.readers is None and line.subject not in hidden]
        return lines[-NEWCOMER_LINES:]

    def said_to(self, reader: str, subject: str, now_ms: int) -> list[Line]:
        """The last lines of `subject` that the participant `reader` could read."""
        self.forget(now_ms)
        return [
            line for line in self._lines if line.subject == subject and (line.readers is None or reader in line.readers)
        ][-REPORT_LINES:]
