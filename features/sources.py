"""Where the rows of features lie: Parquet under `FEATURES_DATA`, a folder here or `s3://<data store>/features` in the cluster."""

import os

from feast import FileSource
from feast.data_format import ParquetFormat

DATA = os.environ.get("FEATURES_DATA", "data")


def parquet(name: str) -> FileSource:
    """A folder of Parquet files. `event_timestamp` is when something was true, `created` when the row was written."""
    return FileSource(
        name=name,
        path=f"{DATA}/{name}",
        file_format=ParquetFormat(),
        timestamp_field="event_timestamp",
        created_timestamp_column="created",
    )
