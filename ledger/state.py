"""What the entries so far amount to: rows by table and key, which admission reads and changes.

The same rows are kept in memory, in SQL and in an audit. `State.take_changes` gives what one batch changed, so that a store can write just that.
Every row is frozen: a change is a new row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush
from itertools import chain
from typing import ClassVar, Final, Literal, NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from carrel.ledger.bodies import AnyBody, Body, CreditCorrect, CreditPost, CreditVoid, Key, Leg, Rules

DAY_MS: Final = 86_400_000
ISSUER: Final = "issuer"
"""The account where credit comes from: what it owes is what there is."""

Standing = Literal["held", "disputed", "taken_down", "withdrawn"]
HoldStanding = Literal["open", "posted", "voided", "lapsed"]


class Row(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`id` is its key within `table`."""

    table: ClassVar[str]
    id: str


class KeyRow(Row, frozen=True):
    """A public key. It may sign from `since` on and not from `until` on (indexes)."""

    table: ClassVar[str] = "keys"
    account: Key
    since: int
    until: int | None = None
    next: str | None = None
    custodial: bool = False


class AccountRow(Row, frozen=True):
    """Who holds works and credit. `head`: the latest entry about its keys, `keys`: those that may sign now.

    Credits are counted by direction and never down; pending ones are held. `holds`: open ones that it pays.
    """

    table: ClassVar[str] = "accounts"
    since: int
    head: str = ""
    keys: tuple[Key, ...] = ()
    role: Literal["library", "staff"] | None = None
    recovery: str | None = None
    credits_posted: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    debits_pending: int = 0
    holds: int = 0

    @property
    def balance(self) -> int:
        """What came in less what went out, held amounts still counted in."""
        return self.credits_posted - self.debits_posted

    @property
    def available(self) -> int:
        return self.balance - self.debits_pending


class WorkRow(Row, frozen=True):
    """`head`: its latest entry. `sources`: works it was made from; `accepted_bp`: the royalty of each, as it stood when this work was derived."""

    table: ClassVar[str] = "works"
    since: int
    head: str
    kind: str
    holder: Key
    standing: Standing = "held"
    licence: str | None = None
    royalty_bp: int = 0
    derivation: Literal["open", "ask"] | None = None
    disputant: Key | None = None
    sources: tuple[str, ...] = ()
    accepted_bp: tuple[int, ...] = ()
    relation: str | None = None


class HoldRow(Row, frozen=True):
    table: ClassVar[str] = "holds"
    since: int
    payer: Key
    to: Key
    amount: int
    expires_ms: int
    rule: str
    work: str | None = None
    standing: HoldStanding = "open"


class RuleRow(Row, frozen=True):
    table: ClassVar[str] = "rules"
    since: int
    version: int
    rules: Rules


class MoveRow(Row, frozen=True):
    """What one entry moved, royalties included, and how much of each leg corrections took back."""

    table: ClassVar[str] = "moves"
    since: int
    legs: tuple[Leg, ...]
    returned: tuple[int, ...] = ()


class DayRow(Row, frozen=True):
    """A sum of one UTC day, for the limits. `id` says of what: `spent ACCOUNT`, `pair ACCOUNT ACCOUNT` (ascending: both directions), `earned CODE ACCOUNT`."""

    table: ClassVar[str] = "days"
    day: int
    amount: int


ROWS: Final[tuple[type[Row], ...]] = (KeyRow, AccountRow, WorkRow, HoldRow, RuleRow, MoveRow, DayRow)
_NOTED: Final = frozenset({AccountRow, HoldRow, RuleRow})
"""Of which the state keeps more than the rows."""
R = TypeVar("R", bound=Row)
_Place = tuple[type[Row], str]


class Change(NamedTuple):
    """A row as it was, None for a new one, and as it is."""

    before: Row | None
    row: Row


def _is_cold(row: Row) -> bool:
    """Whether only an entry that names it can want it again: what was moved, and holds that ended."""
    return isinstance(row, MoveRow) or (isinstance(row, HoldRow) and row.standing != "open")


_NEEDED: Final[dict[type[Body], tuple[type[Row], str]]] = {
    CreditCorrect: (MoveRow, "corrects"),
    CreditPost: (HoldRow, "hold"),
    CreditVoid: (HoldRow, "hold"),
}
"""The type of row, and the member that names it."""


def needs(body: AnyBody) -> _Place | None:
    """The row that must be loaded before this body is admitted, if the state does not have it."""
    needed = _NEEDED.get(type(body))
    return None if needed is None else (needed[0], getattr(body, needed[1]))


class State:
    """`size`: entries so far. `clock_ms`: logged time of the last one. `rule`: id of the rule in force. `library`: the account of entry 0."""

    def __init__(self, log: str) -> None:
        self.log = log
        self.size = 0
        self.clock_ms = 0
        self.library: str | None = None
        self.rule: str | None = None
        self._rows: dict[type[Row], dict[str, Row]] = {kind: {} for kind in ROWS}
        self._open: dict[str, int] = {}
        self._by_expiry: list[tuple[int, str]] = []
        self._touched: dict[_Place, Row | None] = {}
        """What was put since `take_changes`: the row before."""
        self._undo: list[tuple[_Place, Row | None, bool]] = []
        """What was put since `keep`: the row before, and whether this touched it first."""

    def get(self, kind: type[R], key: str) -> R | None:
        return self._rows[kind].get(key)  # type: ignore[return-value]

    def rows(self, kind: type[R]) -> Iterator[R]:
        yield from self._rows[kind].values()  # type: ignore[misc]

    def put(self, row: Row) -> None:
        kind, name = type(row), row.id
        place, rows = (kind, name), self._rows[kind]
        before = rows.get(name)
        first = place not in self._touched
        if first:
            self._touched[place] = before
        self._undo.append((place, before, first))
        rows[name] = row
        if kind in _NOTED:
            self._note(row)

    def keep(self) -> None:
        """What was put since the last `keep` stays."""
        self._undo.clear()

    def undo(self) -> None:
        """What was put since the last `keep` never was."""
        while self._undo:
            place, before, first = self._undo.pop()
            if before is not None:
                self.load(before)
            else:
                self._forget(self._rows[place[0]].pop(place[1]))
            if first:
                del self._touched[place]

    def load(self, row: Row) -> None:
        """A row as a store kept it: not touched."""
        self._rows[type(row)][row.id] = row
        if type(row) in _NOTED:
            self._note(row)

    def _note(self, row: Row) -> None:
        if isinstance(row, AccountRow):
            if row.role == "library":
                self.library = row.id
        elif isinstance(row, HoldRow):
            self._note_expiry(row)
        elif isinstance(row, RuleRow) and row.version > self._version():
            self.rule = row.id

    def take_changes(self) -> list[Change]:
        """What changed since the last call, each row once. Rows that no later entry needs at hand are then left to the store (`needs`)."""
        changes = [Change(before, self._rows[kind][name]) for (kind, name), before in self._touched.items()]
        self._touched = {}
        self.cool(change.row for change in changes)
        return changes

    def drop_changes(self) -> None:
        """For a replay that stores nothing: every row stays at hand."""
        self._touched = {}

    def cool(self, rows: Iterable[Row] | None = None) -> None:
        """Of these rows, or of all, forget what `take_changes` would have forgotten."""
        for row in list(self._every_row() if rows is None else rows):
            if _is_cold(row):
                self._rows[type(row)].pop(row.id, None)

    def rules(self) -> Rules | None:
        row = self.get(RuleRow, self.rule) if self.rule else None
        return row.rules if row else None

    def expired(self, now_ms: int) -> list[HoldRow]:
        """Open holds whose time is over, in the order of their ids: all machines lapse them alike."""
        if not self._by_expiry or self._by_expiry[0][0] > now_ms:
            return []
        due: set[str] = set()
        while self._by_expiry and self._by_expiry[0][0] <= now_ms:
            expires_ms, hold = heappop(self._by_expiry)
            if self._open.get(hold) == expires_ms:
                due.add(hold)
        for hold in due:  # they end by being put, and an undo may open them again
            heappush(self._by_expiry, (self._open[hold], hold))
        return [row for hold in sorted(due) if (row := self.get(HoldRow, hold))]

    def day_sum(self, what: str, day: int) -> int:
        row = self.get(DayRow, what)
        return row.amount if row and row.day == day else 0

    def _every_row(self) -> Iterator[Row]:
        return chain.from_iterable(rows.values() for rows in self._rows.values())

    def _forget(self, row: Row) -> None:
        match row:
            case HoldRow():
                self._note_expiry(replace(row, standing="voided"))
            case RuleRow():
                self.rule = max(self.rows(RuleRow), key=lambda rule: rule.version).id if self._rows[RuleRow] else None
            case AccountRow(role="library"):
                self.library = None
            case _:
                pass

    def _note_expiry(self, row: HoldRow) -> None:
        """A heap of the open holds, in which those that ended may lie for a while."""
        if row.standing != "open":
            self._open.pop(row.id, None)
        elif row.id not in self._open:
            self._open[row.id] = row.expires_ms
            heappush(self._by_expiry, (row.expires_ms, row.id))
        if len(self._by_expiry) > 2 * len(self._open) + 64:
            self._by_expiry = [(expires_ms, hold) for hold, expires_ms in self._open.items()]
            heapify(self._by_expiry)

    def _version(self) -> int:
        row = self.get(RuleRow, self.rule) if self.rule else None
        return row.version if row else 0


__all__ = [
    "DAY_MS",
    "ISSUER",
    "ROWS",
    "AccountRow",
    "Change",
    "DayRow",
    "HoldRow",
    "KeyRow",
    "MoveRow",
    "Row",
    "RuleRow",
    "State",
    "WorkRow",
    "needs",
    "replace",
]
