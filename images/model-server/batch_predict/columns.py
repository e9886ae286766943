"""What a model answered, as columns of Arrow."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from model_server.errors import one_line
from model_server.frame_model import outputs_of

from .errors import PartitionFailed


def columns_of(prediction: Any, names: Sequence[str], rows: int) -> dict[str, pa.Array]:
    """A column for each output by name; `prediction` where there is only one.

    :param names: outputs of the signature, where it has several.
    :raises PartitionFailed: when the model answered another number of rows, other outputs, or what Parquet cannot hold.
    """
    try:
        outputs = outputs_of(prediction, names)
    except ValueError as error:
        raise PartitionFailed(str(error)) from error
    try:
        columns = {name: _array(values) for name, values in outputs.items()}
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise PartitionFailed(f"the model answered what Parquet cannot hold: {one_line(error)}") from error
    for values in columns.values():
        if len(values) != rows:
            raise PartitionFailed(f"the model answered {len(values)} rows to {rows}")
    return columns


def _array(values: Any) -> pa.Array:
    """NaN, which only an output that is not required may have, becomes null."""
    if isinstance(values, np.ndarray) and values.ndim > 1:
        if values.ndim == 2 and values.dtype.kind in "fiub":
            return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
        values = values.tolist()
    if isinstance(values, np.ndarray):
        values = np.ascontiguousarray(values)
    array = pa.array(values, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
