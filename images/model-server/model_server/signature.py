"""Reads the signature of a model, and chooses how its requests are checked."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from .columns import Column, ColumnSignature, shown
from .errors import CallerError, StartError
from .kinds import KINDS
from .tensors import Tensor, TensorSignature

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
"""The input forms of MLflow's scoring protocol."""


class InputSignature(Protocol):
    """Makes the model's input from a request, or refuses the request."""

    enforces: bool
    """The input has been checked, and MLflow need not do it again."""

    def from_form(self, form: str, value: Any) -> Any:
        """The value of one of `FORMS`.

        :raises CallerError: says what does not fit the signature.
        """

    def from_csv(self, header: list[str], rows: list[list[str]]) -> Any:
        """A table of text."""

    def from_arrays(self, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:
        """Tensors of the Open Inference Protocol."""

    def example(self) -> Any:
        """An input made from the signature alone."""


class FrameInput:
    """Plain columns."""

    enforces = True

    def __init__(self, columns: ColumnSignature) -> None:
        self.columns = columns

    def from_form(self, form: str, value: Any) -> Any:
        """See `InputSignature.from_form`."""
        if form == "dataframe_split":
            names, rows = split(value)
            return self.columns.from_rows(rows, names)
        if form == "dataframe_records":
            return self.columns.from_records(value)
        if isinstance(value, dict):
            return self.columns.from_columns(value)
        if isinstance(value, list) and value and type(value[0]) is dict:
            return self.columns.from_records(value)
        if len(self.columns.columns) == 1 and isinstance(value, list) and value and type(value[0]) is not list:
            value = [[item] for item in value]
        return self.columns.from_rows(value)

    def from_csv(self, header: list[str], rows: list[list[str]]) -> Any:
        """See `InputSignature.from_csv`."""
        kinds = {column.name: column.kind for column in self.columns.columns}
        if self.columns.names is None:
            kinds = {name: column.kind for name, column in zip(header, self.columns.columns, strict=False)}
        readers = [kinds[name].from_text if name in kinds else str for name in header]
        for number, row in enumerate(rows, 1):
            if len(row) > len(header):
                raise CallerError(f"Row {number} has {len(row)} fields, and the header has {len(header)}.")
        read = [[reader(text) for reader, text in zip(readers, row, strict=False)] for row in rows]
        return self.columns.from_rows(read, header if self.columns.names is not None else None)

    def from_arrays(self, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:
        """See `InputSignature.from_arrays`: a tensor for each column, or one with all of them side by side."""
        names = self.columns.names or [str(index) for index in range(len(self.columns.columns))]
        wide = next(iter(arrays.values()))
        if len(arrays) == 1 and wide.ndim == 2 and not arrays.keys() <= set(names):
            if wide.shape[1] != len(names):
                raise CallerError(f"The tensor must have the shape [rows, {len(names)}], got {list(wide.shape)}.")
            return self.columns.from_columns(dict(zip(names, wide.T, strict=True)))
        columns = {name: array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array for name, array in arrays.items()}
        for name, array in columns.items():
            if array.ndim != 1:
                raise CallerError(f"The tensor {name!r} must have the shape [rows] or [rows, 1], got {list(array.shape)}.")
        return self.columns.from_columns(columns)

    def example(self) -> Any:
        """See `InputSignature.example`."""
        return self.columns.example()


class TensorInput:
    """Tensors."""

    enforces = True

    def __init__(self, tensors: TensorSignature) -> None:
        self.tensors = tensors

    def from_form(self, form: str, value: Any) -> Any:
        """See `InputSignature.from_form`. A data frame is one tensor, row by row, or a tensor for each column."""
        if form == "inputs":
            return self.tensors.from_value(value)
        if form == "dataframe_split":
            names, value = split(value)
            if self.tensors.single is None and isinstance(names, list) and isinstance(value, list):
                if not all(isinstance(name, str) for name in names):
                    raise CallerError("The columns of dataframe_split must be texts, the names of tensors.")
                value = [dict(zip(names, row, strict=False)) if isinstance(row, list) else row for row in value]
        elif form == "dataframe_records" and self.tensors.single is not None and isinstance(value, list):
            value = [list(row.values()) if isinstance(row, dict) else row for row in value]
        return self.tensors.from_instances(value)

    def from_csv(self, header: list[str], rows: list[list[str]]) -> Any:
        """See `InputSignature.from_csv`."""
        kind = (self.tensors.single or self.tensors.tensors[0]).dtype.kind
        reader = KINDS[{"f": "double", "i": "long", "u": "long", "b": "boolean"}.get(kind, "string")].from_text
        return self.from_form("dataframe_split", {"columns": header, "data": [[reader(text) for text in row] for row in rows]})

    def from_arrays(self, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:
        """See `InputSignature.from_arrays`."""
        if self.tensors.single is None:
            return self.tensors.from_value(arrays)
        if len(arrays) != 1:
            raise CallerError(f"The model takes one tensor, and the request has {len(arrays)}.")
        return self.tensors.from_value(next(iter(arrays.values())))

    def example(self) -> Any:
        """See `InputSignature.example`."""
        return self.tensors.example()


def split(value: Any) -> tuple[Any, Any]:
    """The columns and the rows of `dataframe_split`."""
    if type(value) is not dict:
        raise CallerError(f"'dataframe_split' must be an object with 'columns' and 'data', got {shown(value)}.")
    unknown = value.keys() - {"columns", "data", "index"}
    if unknown or "data" not in value:
        wrong = f"has {min(unknown)!r}" if unknown else "lacks 'data'"
        raise CallerError(f"'dataframe_split' must be an object with 'columns' and 'data', and {wrong}.")
    return value.get("columns"), value["data"]


def input_signature(metadata: Any) -> InputSignature:
    """How the requests of a model are checked.

    :raises StartError: when the model has no signature, because then no request can be told from a wrong one.
    """
    from mlflow.types import DataType

    from .nested import NestedInput

    schema = metadata.get_input_schema()
    if schema is None or not schema.inputs:
        raise StartError(
            "The model has no signature: log it again with an input example, such as "
            "mlflow.sklearn.log_model(model, name='model', input_example=X[:5])"
        )
    if metadata._is_signature_from_type_hint():
        return NestedInput(metadata)
    if schema.is_tensor_spec():
        try:
            return TensorInput(TensorSignature([Tensor(spec.name, spec.type, spec.shape) for spec in schema.inputs]))
        except ValueError as error:
            raise StartError(
                f"The model's signature has {error}, which cannot come as JSON: log it with columns or numbers"
            ) from None
    if all(isinstance(spec.type, DataType) for spec in schema.inputs):
        columns = [Column(spec.name, index, KINDS[spec.type.name], spec.required) for index, spec in enumerate(schema.inputs)]
        return FrameInput(ColumnSignature(columns))
    return NestedInput(metadata)
