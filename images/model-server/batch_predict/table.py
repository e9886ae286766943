"""Reads the files of a partition, a few rows at a time: what the model takes, and what is kept beside its predictions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from model_server.columns import Column
from model_server.errors import CallerError, one_line

from .arrow import fits, of_path, values_of
from .errors import PartitionFailed, StoreFailed
from .model import BatchModel
from .partitions import Partition
from .stores import Entry, Store

BUFFER_BYTES = 1024 * 1024
"""Bytes of a column that are read at once: row groups of any size are read in the same memory."""


@dataclass(frozen=True)
class Batch:
    """Some rows of a file."""

    data: Any
    """The input of the model, checked."""
    keys: pa.Table
    """The columns that are kept."""
    label: str
    """File and numbers of the rows, for a sentence."""


class InputTable:
    """The files of one partition. Their footers are read and checked at once.

    :raises PartitionFailed: names the file and the column that do not fit the model or each other.
    """

    def __init__(self, store: Store, partition: Partition, model: BatchModel, keep: Sequence[str]) -> None:
        self._store = store
        self._model = model
        self._path_values = partition.values
        self._keep = keep
        self.rows = 0
        self._keys: pa.Schema | None = None
        self._files: list[tuple[Entry, pq.FileMetaData]] = []
        for entry in partition.files:
            with self._opened(entry) as file:
                self._check(entry, file.schema_arrow)
                self.rows += file.metadata.num_rows
                self._files.append((entry, file.metadata))

    @property
    def keys(self) -> pa.Schema:
        """The columns that are kept."""
        assert self._keys is not None, "a partition has a file"
        return self._keys

    def batches(self, rows: int) -> Iterator[Batch]:
        """All rows, in order, at most `rows` at once.

        :raises PartitionFailed: names file, rows, column and value that do not fit, or the file that cannot be read.
        """
        for entry, metadata in self._files:
            first = 1
            with self._opened(entry, metadata) as file:
                present = set(file.schema_arrow.names)
                wanted = [name for name in (*self._model.inputs, *self.keys.names) if name in present]
                batches = file.iter_batches(rows, columns=list(dict.fromkeys(wanted)), use_threads=False)
                while (batch := self._next(batches, entry)) is not None:
                    if batch.num_rows:
                        yield self._batch(batch, f"{entry.path}, rows {first} to {first + batch.num_rows - 1}")
                        first += batch.num_rows

    def _batch(self, batch: pa.RecordBatch, label: str) -> Batch:
        present = set(batch.schema.names)
        columns: dict[str, Any] = {}
        try:
            for name, column in self._model.inputs.items():
                if name in present:
                    columns[name] = values_of(batch.column(name))
                elif name in self._path_values:
                    columns[name] = of_path(self._path_values[name], column.kind, batch.num_rows)
            data = self._model.checked(columns)
        except CallerError as error:
            raise PartitionFailed(f"{label}: {error.message.rstrip('.')}") from None
        return Batch(data, pa.Table.from_batches([batch]).select(self.keys.names), label)

    def _check(self, entry: Entry, schema: pa.Schema) -> None:
        twice = {name for name in schema.names if schema.names.count(name) > 1}
        if twice:
            raise PartitionFailed(f"{entry.path} has the column {min(twice)!r} twice")
        absent = [
            name
            for name, column in self._model.inputs.items()
            if name not in schema.names and name not in self._path_values and column.required
        ]
        if absent:
            raise PartitionFailed(f"{entry.path} lacks the columns {_listed(absent)}, which the model's signature requires")
        for name, column in self._model.inputs.items():
            if name in schema.names and not fits(schema.field(name).type, column):
                raise PartitionFailed(f"{entry.path} has the column {name!r} of type {schema.field(name).type}, {_takes(column)}")
        self._check_keys(entry, schema)

    def _check_keys(self, entry: Entry, schema: pa.Schema) -> None:
        names = self._keep or [name for name in schema.names if name not in self._model.inputs]
        absent = [name for name in names if name not in schema.names]
        if absent:
            raise PartitionFailed(f"{entry.path} lacks the columns {_listed(absent)}, which BATCH_KEEP names")
        keys = pa.schema([pa.field(name, schema.field(name).type) for name in names])
        taken = self._model.own_columns & set(names)
        if taken:
            raise PartitionFailed(
                f"{entry.path} has the column {min(taken)!r}, which the output has of its own: leave it out of BATCH_KEEP"
            )
        if self._keys is None:
            self._keys = keys
        elif set(keys) != set(self._keys):
            first = self._files[0][0].path
            raise PartitionFailed(f"{entry.path} has other columns to keep, or of other types, than {first}: {_listed(names)}")

    def _opened(self, entry: Entry, metadata: pq.FileMetaData | None = None) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(
                self._store.open(entry), metadata=metadata, buffer_size=BUFFER_BYTES, pre_buffer=False, memory_map=False
            )
        except StoreFailed:
            raise
        except (pa.ArrowException, OSError) as error:
            raise PartitionFailed(f"{entry.path} is no Parquet file that can be read: {one_line(error)}") from error

    @staticmethod
    def _next(batches: Iterator[pa.RecordBatch], entry: Entry) -> pa.RecordBatch | None:
        try:
            return next(batches, None)
        except (pa.ArrowException, OSError) as error:
            raise PartitionFailed(f"{entry.path} is no Parquet file that can be read: {one_line(error)}") from error


def _takes(column: Column) -> str:
    return f"and the model takes {column.kind.rule}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(map(repr, names[:3])) + more
