"""What a model answered, as columns of Arrow."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from .errors import PartitionFailed, one_line
from .model import SINGLE


def columns_of(prediction: Any, names: Sequence[str], rows: int) -> dict[str, pa.Array]:
    """A column for each output by name; `prediction` where there is only one.

    :param names: outputs of the signature, where it has several.
    :raises PartitionFailed: when the model answered another number of rows, other outputs, or what Parquet cannot hold.
    """
    try:
        columns = {name: _array(values) for name, values in _named(prediction, names).items()}
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise PartitionFailed(f"the model answered what Parquet cannot hold: {one_line(error)}") from error
    if len(columns) == 1:
        columns = {SINGLE: next(iter(columns.values()))}
    if names and set(columns) != set(names):
        raise PartitionFailed(f"the model answered the outputs {sorted(columns)}, and its signature names {sorted(names)}")
    for values in columns.values():
        if len(values) != rows:
            raise PartitionFailed(f"the model answered {len(values)} rows to {rows}")
    return columns


def _named(prediction: Any, names: Sequence[str]) -> dict[str, Any]:
    if isinstance(prediction, pd.DataFrame):
        return {str(name): values for name, values in prediction.items()}
    if isinstance(prediction, dict):
        return {str(name): values for name, values in prediction.items()}
    if isinstance(prediction, np.ndarray) and prediction.ndim == 2 and prediction.shape[1] == (len(names) or 1):
        return dict(zip(names or [SINGLE], prediction.T, strict=True))
    return {SINGLE: prediction}


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
