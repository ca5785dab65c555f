"""The rooms that are measured as a person would feel them, for longer than the comparisons."""

from __future__ import annotations

from typing import Final, NamedTuple


class Scenario(NamedTuple):
    title: str
    people: int
    seconds: int
    spread: str
    interest: str
    stalled: int = 0

    @property
    def command(self) -> str:
        stalled = f" --stalled {self.stalled}" if self.stalled else ""
        return (
            f"carrel bench room --people {self.people} --seconds {self.seconds} --spread {self.spread} "
            f"--interest {self.interest}{stalled}"
        )


SEMINAR: Final = Scenario("a seminar's worth, everybody to everybody", 200, 8, "walk", "off")
WALK: Final = Scenario("a thousand walking about", 1000, 10, "walk", "auto")
SPOT: Final = Scenario("a thousand on one spot of 8 m", 1000, 10, "crowd", "auto")
STALLED: Final = Scenario(
    "the same thousand walking, twenty of whom stop reading", 1000, 10, "walk", "auto", stalled=20
)
SCENARIOS: Final = (SEMINAR, WALK, SPOT, STALLED)
