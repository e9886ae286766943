"""Predicts for some records; where the model fails, for each of them alone."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .dead_letters import Unfit, dead_letter
from .model import Row, RowModel
from .records import Outcome, Record
from .suspects import Suspects


@dataclass
class Predicted:
    """What became of some records, in their order."""

    outcomes: list[Outcome] = field(default_factory=list)
    columns: list[dict[str, list[Any]]] = field(default_factory=list)
    """The predictions of each call by output, for metrics."""


class Predictor:
    """Never fails on a record: what cannot be predicted becomes a dead letter."""

    def __init__(self, model: RowModel, most_bytes: int, suspects: Suspects) -> None:
        self._model = model
        self._most_bytes = most_bytes
        self._suspects = suspects
        self.called_at = 0.0
        """Since when the model has been predicting, seconds of the monotonic clock; 0 while it is not."""

    def predict(self, records: Sequence[Record]) -> Predicted:
        """Predict for records."""
        found: dict[Record, Outcome] = {}
        predicted = Predicted()
        rows = []
        for record in records:
            try:
                self._suspects.check(record)
                rows.append(self._model.row(record))
            except Unfit as unfit:
                found[record] = self._dead(record, unfit)
        if rows:
            self._together(rows, found, predicted)
        predicted.outcomes = [found[record] for record in records]
        return predicted

    def _together(self, rows: list[Row], found: dict[Record, Outcome], predicted: Predicted) -> None:
        try:
            bodies, columns = self._called(rows, self._model.frame(rows))
        except Unfit:
            for row in rows:
                self._alone(row, found, predicted)
            return
        predicted.columns.append(columns)
        found.update((row.record, Outcome(row.record, body)) for row, body in zip(rows, bodies, strict=True))

    def _alone(self, row: Row, found: dict[Record, Outcome], predicted: Predicted) -> None:
        try:
            (body,), columns = self._called([row], self._model.frame([row]))
        except Unfit as unfit:
            found[row.record] = self._dead(row.record, unfit)
            return
        predicted.columns.append(columns)
        found[row.record] = Outcome(row.record, body)

    def _called(self, rows: list[Row], frame: Any) -> tuple[list[bytes], dict[str, list[Any]]]:
        with self._suspects.during([row.record for row in rows]):
            self.called_at = time.monotonic()
            try:
                return self._model.predicted(rows, frame)
            finally:
                self.called_at = 0.0

    def _dead(self, record: Record, unfit: Unfit) -> Outcome:
        return dead_letter(record, unfit, self._model.version, self._most_bytes)
