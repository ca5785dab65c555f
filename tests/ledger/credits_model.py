"""The economy once more, in the plainest way: dictionaries and fractions, everything computed anew, nothing shared with the ledger's own code.

Every act returns the names of all rules that it breaks; with none broken it is done. The ledger may report any one of them.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

DAY_MS = 86_400_000
PEOPLE = {"library": "library", "clerk": "staff", "colleague": "staff"}

Move = tuple[str, str, int]
"""payer, to, amount"""


@dataclass
class Terms:
    earnings: dict[str, tuple[int, int]]
    supply: int
    once: int = 0
    day: int = 0
    pair: int = 0
    hold_ms: int = 0
    depth: int = 0
    cap: Fraction = Fraction(0)
    overdrafts: dict[str, int] = field(default_factory=dict)


@dataclass
class Work:
    holder: str
    royalty: Fraction
    sources: list[str] = field(default_factory=list)
    accepted: list[Fraction] = field(default_factory=list)
    standing: str = "held"


@dataclass
class Hold:
    payer: str
    to: str
    amount: int
    expires_ms: int
    terms: Terms
    work: str | None
    standing: str = "open"


@dataclass
class Model:
    terms: Terms
    rule: str
    works: dict[str, Work] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    moves: dict[str, list[Move]] = field(default_factory=dict)
    returned: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    counted: Counter[tuple[str, int]] = field(default_factory=Counter)

    # --- what there is: always the sum of everything that ever happened ---

    def balance(self, who: str) -> int:
        return sum((to == who) * amount - (payer == who) * amount for _, (payer, to, amount) in self.every_move())

    def reserved(self, who: str) -> int:
        return sum(hold.amount for hold in self.holds.values() if hold.standing == "open" and hold.payer == who)

    def announced(self, who: str) -> int:
        return sum(hold.amount for hold in self.holds.values() if hold.standing == "open" and hold.to == who)

    def every_move(self) -> list[tuple[str, Move]]:
        return [(entry, move) for entry, moves in self.moves.items() for move in moves]

    def lapse(self, now_ms: int) -> None:
        for hold in self.holds.values():
            if hold.standing == "open" and hold.expires_ms <= now_ms:
                hold.standing = "lapsed"

    # --- acts ---

    def issue(self, entry: str, rule: str, by: str, code: str, paid: list[tuple[str, int]], now_ms: int) -> set[str]:
        broken = self._rule(rule)
        if by not in PEOPLE or by in {to for to, _ in paid}:
            broken.add("unauthorised")
        if code not in self.terms.earnings:
            return broken | {"rule_broken"}
        most, day_most = self.terms.earnings[code]
        sums: Counter[str] = Counter()
        for to, amount in paid:
            sums[to] += amount
            if amount > most:
                broken.add("limit_reached")
        for to, amount in sums.items():
            broken |= self._over((f"earned {code} {to}", now_ms // DAY_MS), amount, day_most)
        if self.terms.supply < -self.balance("issuer") + sum(sums.values()):
            broken.add("limit_reached")
        if not broken:
            self.moves[entry] = [("issuer", to, amount) for to, amount in paid]
            for to, amount in sums.items():
                self.counted[f"earned {code} {to}", now_ms // DAY_MS] += amount
        return broken

    def pay(self, entry: str, rule: str, by: str, paid: list[tuple[str, int, str | None]], now_ms: int) -> set[str]:
        broken = self._rule(rule)
        moves: list[Move] = []
        for to, amount, work in paid:
            broken |= self._payment(by, to, amount, work)
            moves += self.divided(by, to, amount, work, self.terms) if work else [(by, to, amount)]
        broken |= self._spending(moves, by, now_ms) | self._cover(by, sum(amount for _, amount, _ in paid))
        if not broken:
            self.moves[entry] = moves
            self._count(moves, by, now_ms)
        return broken

    def hold(
        self, entry: str, rule: str, by: str, to: str, amount: int, expires_ms: int, work: str | None, now_ms: int
    ) -> set[str]:
        broken = self._rule(rule) | self._payment(by, to, amount, work) | self._cover(by, amount)
        broken |= self._spending([(by, to, amount)], by, now_ms)
        if expires_ms <= now_ms:
            broken.add("hold_ended")
        if expires_ms - now_ms > self.terms.hold_ms:
            broken.add("limit_reached")
        if not broken:
            self.holds[entry] = Hold(by, to, amount, expires_ms, self.terms, work)
            self._count([(by, to, amount)], by, now_ms)
        return broken

    def post(self, entry: str, by: str, hold_id: str, amount: int | None) -> set[str]:
        hold = self.holds[hold_id]
        broken = self._ends(hold, by, hold.payer, hold.to)
        paid = hold.amount if amount is None else amount
        if paid > hold.amount:
            broken.add("overdrawn")
        if hold.work:
            broken |= self._sold(hold.work, hold.to)
        if not broken:
            hold.standing = "posted"
            self.moves[entry] = (
                self.divided(hold.payer, hold.to, paid, hold.work, hold.terms)
                if hold.work
                else [(hold.payer, hold.to, paid)]
            )
        return broken

    def void(self, by: str, hold_id: str) -> set[str]:
        hold = self.holds[hold_id]
        broken = self._ends(hold, by, hold.to, hold.payer)
        if not broken:
            hold.standing = "voided"
        return broken

    def correct(self, entry: str, by: str, corrects: str, back: list[Move]) -> set[str]:
        broken = set() if by == "library" else {"unauthorised"}
        moved: Counter[tuple[str, str]] = Counter()
        for payer, to, amount in self.moves[corrects]:
            moved[to, payer] += amount
        wanted: Counter[tuple[str, str]] = Counter()
        net: Counter[str] = Counter()
        for payer, to, amount in back:
            wanted[payer, to] += amount
            net[payer] -= amount
            net[to] += amount
        for pair, amount in wanted.items():
            if pair not in moved:
                broken.add("wrong_state")
            elif self.returned[corrects, *pair] + amount > moved[pair]:
                broken.add("limit_reached")
        for who, change in net.items():
            if change < 0 and who == "issuer" and -self.balance("issuer") - change > self.terms.supply:
                broken.add("limit_reached")
            elif change < 0 and who != "issuer":
                broken |= self._cover(who, -change)
        if not broken:
            self.moves[entry] = back
            for pair, amount in wanted.items():
                self.returned[corrects, *pair] += amount
        return broken

    # --- royalties ---

    def divided(self, payer: str, to: str, amount: int, work: str, terms: Terms) -> list[Move]:
        claims: list[tuple[str, Fraction]] = []
        queue, seen = [(work, 0)], {work}
        while queue:
            name, depth = queue.pop(0)
            if depth == terms.depth:
                continue
            for source, accepted in zip(self.works[name].sources, self.works[name].accepted, strict=True):
                if source not in seen:
                    seen.add(source)
                    queue.append((source, depth + 1))
                    other = self.works[source]
                    if other.standing != "taken_down" and other.holder not in (payer, to):
                        claims.append((other.holder, min(accepted, other.royalty)))
        whole = sum((share for _, share in claims), Fraction(0))
        scale = min(Fraction(1), terms.cap / whole) if whole else Fraction(0)
        exact = [amount * share * scale for _, share in claims]
        given = [math.floor(part) for part in exact]
        while sum(given) < math.floor(sum(exact)):
            fractions = [part - got for part, got in zip(exact, given, strict=True)]
            given[fractions.index(max(fractions))] += 1
        moves = [(payer, to, amount - sum(given))]
        moves += [(payer, holder, got) for (holder, _), got in zip(claims, given, strict=True)]
        return [move for move in moves if move[2]]

    # --- what may be broken ---

    def _rule(self, rule: str) -> set[str]:
        return set() if rule == self.rule else {"rule_missing"}

    def _sold(self, work: str, to: str) -> set[str]:
        return set() if self.works[work].standing == "held" and self.works[work].holder == to else {"wrong_state"}

    def _payment(self, by: str, to: str, amount: int, work: str | None) -> set[str]:
        broken = self._sold(work, to) if work else set()
        if to == by:
            broken.add("rule_broken")
        if self.terms.once and amount > self.terms.once:
            broken.add("limit_reached")
        return broken

    def _spending(self, moves: list[Move], by: str, now_ms: int) -> set[str]:
        broken: set[str] = set()
        if self.terms.day:
            broken |= self._over((f"spent {by}", now_ms // DAY_MS), sum(move[2] for move in moves), self.terms.day)
        if self.terms.pair:
            for pair, amount in _by_pair(moves).items():
                broken |= self._over((pair, now_ms // DAY_MS), amount, self.terms.pair)
        return broken

    def _count(self, moves: list[Move], by: str, now_ms: int) -> None:
        if self.terms.day:
            self.counted[f"spent {by}", now_ms // DAY_MS] += sum(move[2] for move in moves)
        if self.terms.pair:
            for pair, amount in _by_pair(moves).items():
                self.counted[pair, now_ms // DAY_MS] += amount

    def _over(self, what: tuple[str, int], amount: int, most: int) -> set[str]:
        return {"limit_reached"} if self.counted[what] + amount > most else set()

    def _cover(self, who: str, amount: int) -> set[str]:
        left = self.balance(who) - self.reserved(who) - amount
        return {"overdrawn"} if left < -self.terms.overdrafts.get(who, 0) else set()

    def _ends(self, hold: Hold, by: str, may: str, other: str) -> set[str]:
        broken = set() if hold.standing == "open" else {"hold_ended"}
        if by != may and (by not in PEOPLE or by == other):
            broken.add("unauthorised")
        return broken


def _by_pair(moves: list[Move]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for payer, to, amount in moves:
        sums["pair " + " ".join(sorted((payer, to)))] += amount
    return sums
