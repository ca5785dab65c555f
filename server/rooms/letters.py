"""Letters of the library channel: numbered for each person, kept until read, a bounded number of them, in memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Final, Literal

from carrel.server.wire.messages import Letter

MAILBOXES_LIMIT: Final = 20_000
"""People with letters waiting, at most; whoever has not been written to for longest is forgotten first."""


@dataclass(slots=True)
class _Mailbox:
    next_number: int
    letters: deque[Letter] = field(default_factory=deque)


class Letters:
    """Mailboxes by subject. Numbers begin at the Unix second a mailbox is opened, so that they go on rising when the server restarts."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._boxes: OrderedDict[str, _Mailbox] = OrderedDict()

    def post(
        self,
        subject: str,
        kind: Literal["direct", "invitation", "notice"],
        text: str,
        now_ms: int,
        *,
        sender: str | None = None,
        sender_name: str = "",
        room: str | None = None,
    ) -> Letter:
        """Put a letter into the subject's mailbox; the oldest gives way in a full one."""
        box = self._boxes.setdefault(subject, _Mailbox(now_ms // 1000))
        self._boxes.move_to_end(subject)
        if len(self._boxes) > MAILBOXES_LIMIT:
            self._boxes.popitem(last=False)
        letter = Letter(
            number=box.next_number,
            kind=kind,
            sender=sender,
            sender_name=sender_name,
            text=text,
            room=room,
            sent_unix_ms=now_ms,
        )
        box.next_number += 1
        box.letters.append(letter)
        if len(box.letters) > self._kept:
            box.letters.popleft()
        return letter

    def read(self, subject: str, since: int) -> list[Letter]:
        """Letters up to `since` are forgotten; those after it, in order."""
        box = self._boxes.get(subject)
        if box is None:
            return []
        while box.letters and box.letters[0].number <= since:
            box.letters.popleft()
        return list(box.letters)

    def forget(self, subject: str) -> None:
        """Everything of a subject that is no more: a guest's session that ended."""
        self._boxes.pop(subject, None)
