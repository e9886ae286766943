"""Columns of Arrow as the values that the server's checks take."""

import base64
from typing import Any

import pyarrow as pa
import pyarrow.types as is_a

from model_server.columns import Column
from model_server.kinds import Kind


def fits(kind: pa.DataType, column: Column) -> bool:
    """Whether a type of Arrow can hold what a column of a signature takes. Values are checked later."""
    if is_a.is_dictionary(kind):
        kind = kind.value_type
    if is_a.is_null(kind):
        return not column.required
    match column.kind.name:
        case "double" | "float":
            return bool(is_a.is_floating(kind) or is_a.is_integer(kind) or is_a.is_decimal(kind))
        case "long" | "integer":
            return bool(is_a.is_integer(kind))
        case "boolean":
            return bool(is_a.is_boolean(kind))
        case "string":
            return _is_text(kind)
        case "datetime":
            return _is_text(kind) or bool(is_a.is_timestamp(kind) or is_a.is_date(kind))
    return _is_bytes(kind)


def values_of(column: pa.Array) -> Any:
    """An array of numpy for numbers, else a list as JSON holds it: text, moments in ISO 8601, bytes in base64, None for null."""
    if is_a.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if is_a.is_decimal(kind):
        column, kind = column.cast(pa.float64()), pa.float64()
    if is_a.is_floating(kind) or (column.null_count == 0 and (is_a.is_integer(kind) or is_a.is_boolean(kind))):
        return column.to_numpy(zero_copy_only=False)
    if is_a.is_timestamp(kind) or is_a.is_date(kind):
        return column.cast(pa.string()).to_pylist()
    if _is_bytes(kind):
        return [None if value is None else base64.b64encode(value).decode() for value in column.to_pylist()]
    return column.to_pylist()


def of_path(value: str | None, kind: Kind, rows: int) -> list[Any]:
    """A column that stands in the path of a partition, read as a field of CSV is."""
    return [None if value is None else kind.from_text(value)] * rows


def _is_text(kind: pa.DataType) -> bool:
    return bool(is_a.is_string(kind) or is_a.is_large_string(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(is_a.is_binary(kind) or is_a.is_large_binary(kind) or is_a.is_fixed_size_binary(kind))
