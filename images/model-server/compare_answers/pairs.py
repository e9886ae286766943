"""The pairs of versions that are compared, or were not long ago."""

from typing import Any

from .metrics import Metrics
from .report import Report

KEPT = 3
"""Pairs with series and a report: the present one, and those whose last answers may still come."""

Pair = tuple[str, str]
"""The old and the new version."""


class Pairs:
    """A report for each pair; the present pair is the last."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._reports: dict[Pair, Report] = {}
        self._nothing = Report()

    @property
    def present(self) -> Pair | None:
        """What was compared last."""
        return next(reversed(self._reports), None)

    def told(self) -> dict[str, Any]:
        """The report of the present pair, as JSON takes it."""
        present = self.present
        return (self._reports[present] if present else self._nothing).told()

    def report(self, pair: Pair) -> Report:
        """The report of this pair, which is the present one from now on."""
        report = self._reports.pop(pair, None)
        if report is None:
            self._metrics.add_pair(*pair)
            report = Report(*pair)
        self._reports[pair] = report
        while len(self._reports) > KEPT:
            forgotten = next(iter(self._reports))
            del self._reports[forgotten]
            self._metrics.remove_pair(*forgotten)
        return report

    def begin(self, pair: Pair) -> None:
        """A release of this pair has begun: what an earlier one found is not its own. Counters go on, as counters do."""
        self.report(pair)
        self._reports[pair] = Report(*pair)
