"""The metrics of the server, in Prometheus' text format. Their names are in docs/model-server.md.

Every series has the labels `model` and `version`. Their number is bounded: three protocols, four classes of codes, and at most 20
outputs with 101 labels each. All together that is less than 3,000, where Prometheus takes 50,000.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from threading import Lock
from typing import Any

import numpy as np
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from .settings import Settings

PROTOCOLS = ("invocations", "v2", "grpc")
LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Bounds of the latencies, seconds."""
VALUE_BUCKETS = tuple([-(10.0**e) for e in range(6, -1, -1)] + [n / 20 for n in range(21)] + [10.0**e for e in range(1, 7)])
"""Bounds of the predictions where the model names none: steps of 0.05 for probabilities, and powers of ten for the rest."""
BIN_BUCKETS = tuple(bound for bound in VALUE_BUCKETS if not 0 < bound < 1 or round(bound * 20) % 2 == 0)
"""Bounds of the bins in which versions are compared: ten for probabilities. With finer ones two good versions look different."""
MOST_OUTPUTS = 20
MOST_LABELS = 100
OTHER = "other"


# They would double the series, and nothing of ours reads them.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """What the server counts about one version of a model."""

    def __init__(self, settings: Settings) -> None:
        self.registry = CollectorRegistry()
        self._labels = {"model": settings.name, "version": settings.version}
        ProcessCollector(registry=self.registry)
        names = list(self._labels)
        requests = Counter(
            "model_requests", "Answered requests by class of code.", [*names, "protocol", "code"], registry=self.registry
        )
        seconds = Histogram(
            "model_request_seconds",
            "Time from the head of a request to its answer.",
            [*names, "protocol"],
            buckets=LATENCY_BUCKETS,
            registry=self.registry,
        )
        self._requests = {
            (protocol, code): requests.labels(*self._labels.values(), protocol, f"{code}xx")
            for protocol in PROTOCOLS
            for code in range(2, 6)
        }
        self._seconds = {protocol: seconds.labels(*self._labels.values(), protocol) for protocol in PROTOCOLS}

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(name, text, names, registry=self.registry).labels(*self._labels.values())

        self.in_flight = gauge("model_requests_in_flight", "Requests that run or wait.")
        self.load_seconds = gauge("model_load_seconds", "Time from the start of the process to the first prediction.")
        self.ready = gauge("model_ready", "1 once the model has answered a first request, and until the server ends.")
        info = Gauge("model_info", "Where the model came from.", [*names, "uri", "sha256"], registry=self.registry)
        info.labels(*self._labels.values(), settings.uri, settings.sha256).set(1)
        self.predictions = Predictions(self._labels)
        self.registry.register(self.predictions)

    def answered(self, protocol: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests[protocol, min(5, max(2, status // 100))].inc()
        self._seconds[protocol].observe(seconds)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)


class Predictions(Collector):
    """How many rows were predicted, and how the predictions are distributed: numbers in buckets, labels by name.

    A histogram of the client library walks through its buckets for each value; here one row costs a few microseconds.
    """

    def __init__(
        self, labels: dict[str, str], bounds: Sequence[float] = VALUE_BUCKETS, bins: Sequence[float] = BIN_BUCKETS
    ) -> None:
        self._labels = labels
        self._bins = list(bins)
        self._lock = Lock()
        self._rows = 0
        self._labelled: dict[str, dict[str, int]] = {}
        self._counts: dict[str, list[int]] = {}
        self.bounds = list(bounds)

    def observe(self, columns: Iterable[tuple[str | None, Any]]) -> None:
        """Count the outputs of one request; those without a name are called `prediction`."""
        rows = 1
        for name, values in columns:
            array = np.asarray(values) if not isinstance(values, np.ndarray) else values
            rows = len(array) if array.ndim else 1
            if array.ndim == 2 and array.shape[1] > 1:
                for index in range(min(array.shape[1], MOST_OUTPUTS)):
                    self._count(str(index) if name is None else f"{name}.{index}", array[:, index])
            else:
                self._count(name or "prediction", array.ravel())
        with self._lock:
            self._rows += rows

    def _count(self, name: str, values: np.ndarray[Any, Any]) -> None:
        with self._lock:
            known = len(self._counts.keys() | self._labelled.keys())
            if known >= MOST_OUTPUTS and name not in self._counts and name not in self._labelled:
                return
            if values.dtype.kind in "fiu":
                self._count_numbers(name, values)
            elif values.dtype.kind in "bUO":
                self._count_labels(name, values)

    def _count_numbers(self, name: str, values: np.ndarray[Any, Any]) -> None:
        counts = self._counts.setdefault(name, [0] * (len(self.bounds) + 1))
        if len(values) == 1:
            number = float(values[0])
            counts[bisect_left(self.bounds, number)] += number == number
            return
        finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
        for bucket, count in enumerate(np.bincount(np.searchsorted(self.bounds, finite), minlength=len(counts)).tolist()):
            counts[bucket] += count

    def _count_labels(self, name: str, values: np.ndarray[Any, Any]) -> None:
        labels = self._labelled.setdefault(name, {})
        for value in values.tolist():
            if not isinstance(value, str | bool):
                continue
            label = str(value)[:64]
            label = label if label in labels or len(labels) < MOST_LABELS else OTHER
            labels[label] = labels.get(label, 0) + 1

    def _binned(self, counts: Sequence[int]) -> Iterable[tuple[str, int]]:
        """How many numbers lie in each bin, by the bin's upper bound: bins are made of whole buckets."""
        ends = [self.bounds.index(bound) + 1 for bound in self._bins]
        names = [*(str(float(bound)) for bound in self._bins), "+Inf"]
        return [(name, sum(counts[start:end])) for name, start, end in zip(names, [0, *ends], [*ends, None], strict=True)]

    def collect(self) -> Iterable[Any]:
        """See `Collector.collect`."""
        names, values = list(self._labels), list(self._labels.values())
        rows = CounterMetricFamily("model_predictions", "Rows that were predicted.", labels=names)
        numbers = HistogramMetricFamily("model_prediction_value", "Predicted numbers by output.", labels=[*names, "output"])
        bins = CounterMetricFamily(
            "model_prediction_bins",
            "Predicted numbers by output and bin: above the bound before it.",
            labels=[*names, "output", "bin"],
        )
        labelled = CounterMetricFamily(
            "model_prediction_labels", "Predicted labels by output.", labels=[*names, "output", "label"]
        )
        with self._lock:
            rows.add_metric(values, self._rows)
            for name, counts in self._counts.items():
                bounds = [*(str(float(bound)) for bound in self.bounds), "+Inf"]
                # No sum: with bounds below zero it is no counter, and Prometheus would take it for one.
                numbers.add_metric([*values, name], list(zip(bounds, accumulate(counts), strict=True)), sum_value=None)
                # PromQL cannot take a bucket of a histogram from the next one, and a stability index needs each by itself.
                for bound, count in self._binned(counts):
                    bins.add_metric([*values, name, bound], count)
            for name, labels in self._labelled.items():
                for label, count in labels.items():
                    labelled.add_metric([*values, name, label], count)
        return [rows, numbers, bins, labelled]
