"""Writes tables as Parquet files of a bounded size, each under a name that only this run uses."""

import re
import time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from model_server.errors import one_line

from .errors import PartitionFailed
from .partitions import Partition
from .stores import Store

GROUP_ROWS = 100_000
GROUP_BYTES = 16 * 1024 * 1024
"""A row group ends with whichever of both comes first."""
FILE_BYTES = 32 * 1024 * 1024
"""A file ends with the row group that makes it this large. It is in memory until then, and written with one step."""
REJECTED = "_rejected"
NAMES = re.compile(
    rf"({REJECTED}/)?part-[0-9]{{8}}T[0-9]{{6}}-[0-9a-f]{{16}}-[0-9]+\.parquet|\._manifest\.json\.[0-9a-f]{{32}}", re.ASCII
)
"""Names that only this program gives, below the folder of a partition."""


class Parts:
    """The files of one kind, predictions or rejected rows, of one run of one partition."""

    def __init__(self, store: Store, partition: Partition, run: str, folder: str = "") -> None:
        self._store = store
        self._partition = partition
        self._name = f"{folder}/part-{run}".removeprefix("/")
        self._waiting: list[pa.Table] = []
        self._schema: pa.Schema | None = None
        self._writer: pq.ParquetWriter | None = None
        self._buffer: pa.BufferOutputStream | None = None
        self._rows = 0
        self.files: list[dict[str, Any]] = []
        """Path below the partition's folder, rows and bytes of each file that may have been written."""
        self.first: float | None = None
        """`time.monotonic()` before the first file was written."""

    @property
    def rows(self) -> int:
        """Rows that were added."""
        return sum(int(file["rows"]) for file in self.files) + self._rows + sum(int(table.num_rows) for table in self._waiting)

    def add(self, table: pa.Table | None) -> None:
        """Add rows.

        :raises PartitionFailed: when their columns are not those of the rows before.
        """
        if table is None:
            return
        self._waiting.append(self._like_the_first(table))
        rows, size = sum(each.num_rows for each in self._waiting), sum(each.nbytes for each in self._waiting)
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            self._write_group()

    def close(self) -> None:
        """Write what waits."""
        if self._waiting:
            self._write_group()
        if self._writer is not None:
            self._write_file()

    def remove(self) -> None:
        """Remove the files again: no manifest names them."""
        for file in self.files:
            self._store.remove(self._partition.below(file["path"]))

    def _like_the_first(self, table: pa.Table) -> pa.Table:
        if self._schema is None:
            # A column that begins with nothing but null is text; numbers that come later would not fit.
            fields = [pa.field(field.name, pa.string() if pa.types.is_null(field.type) else field.type) for field in table.schema]
            self._schema = pa.schema(fields)
        try:
            return table.select(self._schema.names).cast(self._schema)
        except (KeyError, pa.ArrowException, ValueError) as error:
            raise PartitionFailed(
                f"the model answered other columns or types than for the rows before: {one_line(error)}"
            ) from error

    def _write_group(self) -> None:
        assert self._schema is not None, "rows have a schema"
        if self._writer is None:
            self._buffer = pa.BufferOutputStream()
            self._writer = pq.ParquetWriter(self._buffer, self._schema, compression="zstd")
        table = pa.concat_tables(self._waiting)
        self._waiting = []
        self._writer.write_table(table)
        self._rows += table.num_rows
        assert self._buffer is not None, "a writer has a buffer"
        if self._buffer.tell() >= FILE_BYTES:
            self._write_file()

    def _write_file(self) -> None:
        assert self._writer is not None, "a file has a writer"
        assert self._buffer is not None, "a writer has a buffer"
        self._writer.close()
        data = memoryview(self._buffer.getvalue())
        path = f"{self._name}-{len(self.files)}.parquet"
        self.first = self.first or time.monotonic()
        self.files.append({"path": path, "rows": self._rows, "bytes": len(data)})
        self._writer, self._buffer, self._rows = None, None, 0
        self._store.write(self._partition.below(path), data)
