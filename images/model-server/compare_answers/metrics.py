"""The metrics of the comparer, in Prometheus' text format. Their names are in docs/model-server.md."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from .judge import OUTCOMES, Answer, Verdict
from .waiting import REASONS

DISTANCE_BUCKETS = (0, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 10, 100)
SECONDS_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SIDES = ("old", "new")

# They would double the series, and nothing of ours reads them.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """What the comparer counts. A pair is the old and the new version; how many there are is for the caller to bound."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        pair = ["old_version", "new_version"]
        self._answers = Counter("shadow_answers", "Comparisons by outcome.", [*pair, "outcome"], registry=self.registry)
        self._distance = Histogram(
            "shadow_distance",
            "Largest distance between two numbers of two answers.",
            pair,
            buckets=DISTANCE_BUCKETS,
            registry=self.registry,
        )
        self._seconds = Histogram(
            "shadow_answer_seconds",
            "Time from a request to the end of an answer.",
            [*pair, "side"],
            buckets=SECONDS_BUCKETS,
            registry=self.registry,
        )
        self._dropped = Counter("shadow_dropped", "Requests that were not compared.", ["reason"], registry=self.registry)
        for reason in REASONS:
            self._dropped.labels(reason)

    def add_pair(self, old: str, new: str) -> None:
        """Begin all its series at 0: an increase is only seen between two values."""
        for outcome in OUTCOMES:
            self._answers.labels(old, new, outcome)
        self._distance.labels(old, new)
        for side in SIDES:
            self._seconds.labels(old, new, side)

    def remove_pair(self, old: str, new: str) -> None:
        """Remove all its series."""
        for outcome in OUTCOMES:
            self._answers.remove(old, new, outcome)
        self._distance.remove(old, new)
        for side in SIDES:
            self._seconds.remove(old, new, side)

    def compared(self, pair: tuple[str, str], verdict: Verdict, answers: tuple[Answer | None, Answer | None]) -> None:
        """Count one comparison."""
        self._answers.labels(*pair, verdict.outcome).inc()
        if verdict.distance is not None:
            self._distance.labels(*pair).observe(verdict.distance)
        for side, answer in zip(SIDES, answers, strict=True):
            if answer is not None:
                self._seconds.labels(*pair, side).observe(answer.seconds)

    def dropped(self, reason: str) -> None:
        """Count a request that is not compared."""
        self._dropped.labels(reason).inc()

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)
