"""Signatures of plain columns: rows of JSON become the data frame that the model's signature describes.

MLflow enforces a signature on a ready data frame, column by column, which takes longer than most predictions. Here the values are
checked as they come from JSON, and the frame is built once, in one piece where all columns have one type.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from .errors import CallerError
from .kinds import Kind, Unfit

Row = Sequence[Any]


class Column:
    """One column of a signature."""

    def __init__(self, name: str | None, index: int, kind: Kind, required: bool) -> None:
        self.name = name
        self.kind = kind
        self.required = required
        self.label = f"column {name!r}" if name is not None else f"column {index + 1}"

    def array(self, values: Sequence[Any]) -> np.ndarray[Any, Any]:
        """The values as the type of the column.

        :raises CallerError: names the row that does not fit, the column, and what it takes.
        """
        try:
            return self.kind.array(values, self.required)
        except Unfit:
            row, rule = self.kind.first_unfit(values, self.required)
            raise CallerError(f"Row {row + 1} of {self.label} is {shown(values[row])}, and must be {rule}.") from None


class ColumnSignature:
    """The input of a model whose signature has plain columns only."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = list(columns)
        named = all(column.name is not None for column in columns)
        self.names: list[str] | None = [str(column.name) for column in columns] if named else None
        self._index = pd.Index(self.names) if self.names is not None else pd.RangeIndex(len(columns))
        kinds = {column.kind for column in columns}
        self._uniform = self.columns[0].kind if len(kinds) == 1 and next(iter(kinds)).packs else None
        self._required = all(column.required for column in columns)
        self._pick = _picker(list(self.names or []))

    def from_rows(self, rows: Any, names: Any = None) -> pd.DataFrame:
        """Lists of values, in the order of `names`, or of the signature where there are no names."""
        _must_be_list(rows, "The rows", "lists, one for each row")
        picked: Sequence[Row] = rows
        width = len(self.columns)
        if names is not None and names != self.names:
            _must_be_list(names, "'columns'", "the names of the columns", empty=True)
            if self.names is not None:
                picked, width = self._reordered(rows, names), len(names)
            elif len(names) < width:
                raise CallerError(f"The model takes {width} columns, and the request has {len(names)}.")
            else:
                width = len(names)
        _check_rows(rows, width)
        if self.names is None and width > len(self.columns):
            picked = [row[: len(self.columns)] for row in rows]
        elif picked is not rows:
            picked = list(picked)
        return self._frame(picked)

    def from_records(self, records: Any) -> pd.DataFrame:
        """Objects with a value for each column."""
        _must_be_list(records, "The records", "objects, one for each row")
        for row, record in enumerate(records):
            if type(record) is not dict:
                raise CallerError(f"Row {row + 1} is {shown(record)}, and must be an object with a value for each column.")
        if self.names is None:
            return self.from_rows([list(record.values()) for record in records])
        try:
            return self._frame([self._pick(record) for record in records])
        except KeyError:
            pass
        optional = {str(column.name) for column in self.columns if not column.required}
        for row, record in enumerate(records):
            self._none_missing(record.keys() | optional, f"Row {row + 1}")
        return self._frame([[record.get(name) for name in self.names] for record in records])

    def from_columns(self, columns: Mapping[str, Any]) -> pd.DataFrame:
        """A list of values for each column."""
        if self.names is None:
            arrays = list(columns.values())
            if len(arrays) < len(self.columns):
                raise CallerError(f"The model takes {len(self.columns)} columns, and the request has {len(arrays)}.")
        else:
            optional = {str(column.name) for column in self.columns if not column.required}
            self._none_missing(columns.keys() | optional, "The request")
            arrays = [columns.get(name) for name in self.names]
        lists = [values for values in arrays if isinstance(values, list | np.ndarray)]
        lengths = set(map(len, lists))
        if len(lengths) != 1 or len(lists) + sum(values is None for values in arrays) != len(arrays):
            raise CallerError("Each column must be a list, and all of them equally long.")
        length = lengths.pop()
        if length == 0:
            raise CallerError("The request has no rows.")
        return self._assembled([[None] * length if values is None else values for values in arrays])

    def example(self) -> pd.DataFrame:
        """One row of zeros, or of what comes next to it."""
        return self._assembled([[column.kind.example] for column in self.columns])

    def _frame(self, rows: Sequence[Row]) -> pd.DataFrame:
        if self._uniform is not None:
            types = set(map(type, chain.from_iterable(rows)))
            if types <= self._uniform.direct:
                try:
                    return pd.DataFrame(self._uniform.matrix(rows), columns=self._index, copy=False)
                except Unfit:
                    pass
        return self._assembled(list(zip(*rows, strict=True)))

    def _assembled(self, columns: Sequence[Sequence[Any]]) -> pd.DataFrame:
        arrays = [column.array(values) for column, values in zip(self.columns, columns, strict=True)]
        if self._uniform is not None:
            return pd.DataFrame(np.column_stack(arrays), columns=self._index, copy=False)
        return pd.DataFrame(dict(zip(self._index, arrays, strict=True)), copy=False)

    def _reordered(self, rows: Sequence[Row], names: Sequence[Any]) -> Any:
        if any(not isinstance(name, str) for name in names):
            raise CallerError("'columns' must be a list of names, and the model's columns have names that are text.")
        place = {name: index for index, name in enumerate(names)}
        if len(place) != len(names):
            raise CallerError("'columns' names a column twice.")
        optional = {str(column.name) for column in self.columns if not column.required}
        self._none_missing(place.keys() | optional, "'columns'")
        assert self.names is not None
        places = [place.get(name) for name in self.names]
        if None in places:
            return ([None if at is None else row[at] for at in places] for row in rows)
        return map(_picker(places), rows)

    def _none_missing(self, given: Any, who: str) -> None:
        missing = [name for name in self.names or [] if name not in given]
        if missing:
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            raise CallerError(
                f"{who} lacks the columns {', '.join(map(repr, missing[:3]))}{more}, which the model's signature requires."
            )


def shown(value: Any) -> str:
    """A value of JSON as a sentence shows it, cut where it is long."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | np.ndarray):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    text = repr(value if not isinstance(value, np.generic) else value.item())
    return text if len(text) <= 60 else text[:57] + "..."


def _picker(keys: Sequence[Any]) -> Any:
    """Takes the values of these keys out of a row: `itemgetter`, which gives no tuple for a single key."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda row: tuple(row[key] for key in keys)


def _must_be_list(value: Any, what: str, of: str, *, empty: bool = False) -> None:
    if type(value) is not list:
        raise CallerError(f"{what} must be a list of {of}, got {shown(value)}.")
    if not value and not empty:
        raise CallerError("The request has no rows.")


def _check_rows(rows: Sequence[Any], width: int) -> None:
    if set(map(type, rows)) == {list} and set(map(len, rows)) == {width}:
        return
    for row, values in enumerate(rows):
        if type(values) is not list:
            raise CallerError(f"Row {row + 1} is {shown(values)}, and must be a list of {width} values.")
        if len(values) != width:
            raise CallerError(f"Row {row + 1} has {len(values)} values, and must have {width}.")
