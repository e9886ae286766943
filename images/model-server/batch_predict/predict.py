"""Predicts for a batch of rows; where the model fails, for each of them alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from model_server.errors import ModelFailure, first_line
from model_server.frame_model import MOMENT, VERSION

from .columns import columns_of
from .errors import PartitionFailed
from .model import ERROR, BatchModel
from .table import Batch

MOMENTS = pa.timestamp("us", "UTC")


@dataclass(frozen=True)
class Predicted:
    """Tables of the output; one without rows is None."""

    good: pa.Table | None
    rejected: pa.Table | None = None


class Predictor:
    """Counts the rows of one partition on which the model fails."""

    def __init__(self, model: BatchModel, most_rejected: float, check: Callable[[], None]) -> None:
        """Make one for a partition.

        :param most_rejected: rows on which the model may fail.
        :param check: raises where nothing more may be begun. It is called before each row that is tried alone.
        """
        self._model = model
        self._most = most_rejected
        self._check = check
        self._rejected = 0

    def predict(self, batch: Batch) -> Predicted:
        """The output of these rows, in their order.

        :raises PartitionFailed: when the model fails on too many rows, or answers what is no prediction of them.
        """
        try:
            answer = self._model.answer(batch.data)
        except ModelFailure:
            return self._one_by_one(batch)
        return Predicted(self._told(batch, self._columns(batch, answer, batch.keys.num_rows), batch.keys))

    def _one_by_one(self, batch: Batch) -> Predicted:
        good: list[pa.Table] = []
        places: list[int] = []
        errors: list[str] = []
        for row in range(batch.keys.num_rows):
            self._check()
            try:
                answer = self._model.answer(batch.data.iloc[row : row + 1].reset_index(drop=True))
            except ModelFailure as failure:
                places.append(row)
                errors.append(first_line(failure))
                self._count(batch, errors[-1])
                continue
            good.append(self._told(batch, self._columns(batch, answer, 1), batch.keys.slice(row, 1)))
        bad = self._told(batch, {ERROR: pa.array(errors, pa.string())}, batch.keys.take(places)) if places else None
        return Predicted(pa.concat_tables(good, promote_options="permissive").combine_chunks() if good else None, bad)

    def _count(self, batch: Batch, error: str) -> None:
        self._rejected += 1
        if self._rejected > self._most:
            raise PartitionFailed(
                f"{batch.label}: the model fails on more rows than BATCH_MAX_REJECTED_SHARE allows ({self._most:g}), here {error}"
            )

    def _columns(self, batch: Batch, answer: object, rows: int) -> dict[str, pa.Array]:
        try:
            return columns_of(answer, self._model.outputs, rows)
        except PartitionFailed as error:
            raise PartitionFailed(f"{batch.label}: {error}") from error

    def _told(self, batch: Batch, columns: dict[str, pa.Array], keys: pa.Table) -> pa.Table:
        rows = keys.num_rows if keys.num_columns else len(next(iter(columns.values())))
        taken = columns.keys() & set(keys.column_names)
        if taken:
            raise PartitionFailed(f"{batch.label}: {min(taken)!r} is a column to keep and an output of the model: set BATCH_KEEP")
        own = {VERSION: pa.repeat(self._model.version, rows), MOMENT: pa.repeat(pa.scalar(datetime.now(UTC), MOMENTS), rows)}
        arrays = {**dict(zip(keys.column_names, keys.columns, strict=True)), **columns, **own}
        return pa.table(arrays)
