"""Of what is paid for a derived work, the part that goes to the works it was made from."""

from __future__ import annotations

from typing import Final, NamedTuple

from carrel.ledger.bodies import WHOLE_BP, Rules
from carrel.ledger.state import State, WorkRow

MOST_CLAIMS: Final = 32
"""Works looked at for one payment, nearest first: the graph may be of any size, an entry's time not."""


class Claim(NamedTuple):
    """A source's share in basis points, for the account that holds it now."""

    holder: str
    share_bp: int


def claims(state: State, work: WorkRow, rules: Rules) -> list[Claim]:
    """Breadth first in the order of `sources`, each work once, where it is met first.

    The share is what the deriving signature accepted, or less if the source asks for less by now: terms never become harder afterwards, and a waiver
    holds for everyone. A source that was taken down has no share; what it was made from has.
    """
    found: list[Claim] = []
    seen = {work.id}
    level = [work]
    for _ in range(rules.royalty_depth):
        below: list[WorkRow] = []
        for derived in level:
            for source_id, accepted_bp in zip(derived.sources, derived.accepted_bp, strict=True):
                if source_id in seen:
                    continue
                if len(seen) > MOST_CLAIMS:
                    return found
                seen.add(source_id)
                source = state.get(WorkRow, source_id)
                assert source is not None  # a work is derived from works of this log
                below.append(source)
                share_bp = min(accepted_bp, source.royalty_bp)
                if share_bp and source.standing != "taken_down":
                    found.append(Claim(source.holder, share_bp))
        level = below
    return found


def shares(amount: int, wanted_bp: list[int], cap_bp: int) -> list[int]:
    """Whole credits for each claim on `amount`; the rest is the payee's.

    All together have the sum of the shares, at most `cap_bp`, rounded down. Each has its part of that in proportion; what rounding leaves goes to the
    largest fractions, one credit each, the earlier claim first among equals.
    """
    sum_bp = sum(wanted_bp)
    if not sum_bp:
        return [0] * len(wanted_bp)
    pool_bp = min(sum_bp, cap_bp)
    whole = sum_bp * WHOLE_BP
    parts, fractions = zip(*(divmod(amount * pool_bp * share_bp, whole) for share_bp in wanted_bp), strict=True)
    left = amount * pool_bp // WHOLE_BP - sum(parts)
    favoured = sorted(range(len(parts)), key=lambda at: -fractions[at])[:left]
    return [part + (at in favoured) for at, part in enumerate(parts)]
