"""The metrics of a stream, in Prometheus' text format. Their names are in docs/model-server.md."""

import time
from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from model_server.metrics import Predictions
from model_server.settings import Settings

from .dead_letters import REASONS
from .lag import Lag
from .records import Outcome

# They would double the series, and nothing of ours reads them.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """What is counted about one version of a model. Every series has the labels `model` and `version`."""

    def __init__(self, settings: Settings, lag: Lag, predictions: Predictions) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        labels = {"model": settings.name, "version": settings.version}
        names, values = list(labels), list(labels.values())
        self._rows = Counter("stream_rows", "Rows whose prediction is committed.", names, registry=self.registry).labels(*values)
        dead = Counter("stream_dead_letters", "Dead letters that are committed.", [*names, "reason"], registry=self.registry)
        self._dead = {reason: dead.labels(*values, reason) for reason in REASONS}
        self.failures = Counter(
            "stream_failures", "Times that source or output failed and are tried again.", names, registry=self.registry
        ).labels(*values)
        self._last = Gauge(
            "stream_last_commit_timestamp_seconds", "When records were committed last.", names, registry=self.registry
        ).labels(*values)
        self._last.set_to_current_time()
        self._predictions = predictions
        self.registry.register(predictions)
        self.registry.register(_Behind(labels, lag))

    def committed(self, outcomes: Iterable[Outcome], columns: Iterable[dict[str, list[Any]]]) -> None:
        """Count what was committed."""
        for outcome in outcomes:
            (self._rows if outcome.reason is None else self._dead[outcome.reason]).inc()
        for each in columns:
            self._predictions.observe(each.items())
        self._last.set(time.time())

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)


class _Behind(Collector):
    """The lag at the time of a scrape."""

    def __init__(self, labels: dict[str, str], lag: Lag) -> None:
        self._labels = labels
        self._lag = lag

    def collect(self) -> Iterable[Any]:
        """See `Collector.collect`."""
        behind = GaugeMetricFamily(
            "stream_lag_seconds",
            "Age of the oldest record that may wait for its prediction, by partition.",
            labels=[*self._labels, "partition"],
        )
        for partition, seconds in self._lag.seconds().items():
            behind.add_metric([*self._labels.values(), partition], seconds)
        return [behind]
