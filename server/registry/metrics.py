"""What the ledger counts for operators (prometheus-client)."""

from __future__ import annotations

from collections import Counter as Counted
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from carrel.ledger.errors import Refused
from carrel.ledger.sequencer import Accepted, Verdict


class LogMetrics:
    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self.verdicts = Counter(
            "carrel_ledger_entries", "Entries by verdict: accepted, again or refused.", ["verdict"], registry=registry
        )
        self.commit_seconds = Histogram(
            "carrel_ledger_commit_seconds",
            "Time of one durable commit, verdicts included.",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
            registry=registry,
        )
        self.waiting = Gauge("carrel_ledger_waiting", "Entries that wait for their verdict.", registry=registry)
        self.size = Gauge("carrel_ledger_size", "Entries acknowledged.", registry=registry)
        self.unsealed = Gauge("carrel_ledger_unsealed", "Of them, not under a signed checkpoint.", registry=registry)
        self.unpublished = Gauge(
            "carrel_ledger_unpublished", "Of them, not under the published checkpoint.", registry=registry
        )
        self.scrubbed = Gauge(
            "carrel_ledger_scrubbed", "Entries compared with the tiles since the start.", registry=registry
        )
        self.stopped = Gauge(
            "carrel_ledger_stopped", "1 when the log has stopped: look at the library's log.", registry=registry
        )

    def count(self, verdicts: Iterable[Verdict]) -> None:
        for word, count in Counted(map(_word, verdicts)).items():
            self.verdicts.labels(word).inc(count)


def _word(verdict: Verdict) -> str:
    if isinstance(verdict, Refused):
        return "refused"
    assert isinstance(verdict, Accepted)
    return "again" if verdict.again else "accepted"
