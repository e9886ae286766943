"""The types that a column of a signature can have, and which values of JSON, CSV or a tensor fit them."""

import base64
import binascii
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

Array = np.ndarray[Any, Any]

_NOTHING = type(None)
LARGEST = 1e30
"""Nothing that somebody measures is larger, and models fail on what is: they calculate in single precision, or square it."""


class Unfit(Exception):
    """Some value does not fit; `Kind.first_unfit` finds it."""


class Kind:
    """One type of MLflow's signatures. Values come from JSON, or as an array from a tensor."""

    packs = False
    """Columns of this kind make one block of a data frame."""
    direct: frozenset[type] = frozenset()
    """Types of JSON whose values numpy converts as a whole, with nothing lost."""

    def __init__(self, name: str, rule: str, example: Any) -> None:
        self.name = name
        self.rule = rule
        self.example = example

    def matrix(self, rows: Sequence[Sequence[Any]]) -> Array:
        """Rows whose values are all of the types `direct`.

        :raises Unfit: when a value is out of range.
        """
        raise NotImplementedError

    def array(self, values: Sequence[Any] | Array, required: bool) -> Array:
        """One column. Null is allowed where the column is not required and the type has a missing value.

        :raises Unfit: when a value does not fit.
        """
        raise NotImplementedError

    def first_unfit(self, values: Sequence[Any], required: bool) -> tuple[int, str]:
        """The first value that does not fit, and the rule that it breaks."""
        for row in range(len(values)):
            try:
                self.array(values[row : row + 1], required)
            except Unfit:
                break
        return row, self.rule + ("" if required else " or null")

    def from_text(self, text: str) -> Any:
        """A field of CSV as JSON would hold it; what does not fit stays text."""
        return text


class Float(Kind):
    """`double` and `float`: NaN is a missing value; infinity, and what a caller sends to make a model fail, fit nowhere."""

    packs = True
    direct = frozenset((int, float))

    def __init__(self, name: str, dtype: type[np.floating[Any]]) -> None:
        super().__init__(name, f"a number from -1e30 to 1e30 ({name})", 0.0)
        self._dtype = dtype

    def matrix(self, rows: Sequence[Sequence[Any]]) -> Array:
        """See `Kind.matrix`. JSON has no NaN and no infinity, so only the range is checked."""
        wide = np.array(rows, dtype=np.float64)
        if np.abs(wide).max() > LARGEST:
            raise Unfit
        return wide.astype(self._dtype, copy=False)

    def array(self, values: Sequence[Any] | Array, required: bool) -> Array:
        """See `Kind.array`."""
        if isinstance(values, np.ndarray):
            if values.dtype.kind not in "fiu":
                raise Unfit
        else:
            types = set(map(type, values))
            if not types <= (self.direct if required else self.direct | {_NOTHING}):
                raise Unfit
        wide = np.array(values, dtype=np.float64)
        if (np.abs(wide) > LARGEST).any() or (required and np.isnan(wide).any()):
            raise Unfit
        return wide.astype(self._dtype, copy=False)

    def from_text(self, text: str) -> Any:
        """See `Kind.from_text`: an empty field and `nan` are missing values, and infinity is no number."""
        try:
            value = float(text) if text.strip() else math.nan
        except ValueError:
            return text
        return None if math.isnan(value) else value if math.isfinite(value) else text


class Integer(Kind):
    """`long` and `integer`: whole numbers; they have no missing value."""

    packs = True
    direct = frozenset((int,))

    def __init__(self, name: str, dtype: type[np.signedinteger[Any]]) -> None:
        self._range = np.iinfo(dtype)
        super().__init__(name, f"a whole number from {self._range.min} to {self._range.max} ({name})", 0)
        self._dtype = dtype

    def matrix(self, rows: Sequence[Sequence[Any]]) -> Array:
        """See `Kind.matrix`."""
        try:
            wide = np.array(rows, dtype=np.int64)
        except OverflowError:
            raise Unfit from None
        return self._narrowed(wide)

    def array(self, values: Sequence[Any] | Array, required: bool) -> Array:  # noqa: ARG002 - there is no missing value
        """See `Kind.array`. A float that is whole fits: some callers have no other numbers."""
        if isinstance(values, np.ndarray):
            if values.dtype.kind not in "iu" or (values.dtype == np.uint64 and (values > np.iinfo(np.int64).max).any()):
                raise Unfit
            return self._narrowed(values.astype(np.int64))
        types = set(map(type, values))
        if types <= self.direct:
            return self.matrix(values)
        if types <= {int, float} and all(type(value) is int or value.is_integer() for value in values):
            return self.matrix([int(value) for value in values])  # type: ignore[misc]
        raise Unfit

    def first_unfit(self, values: Sequence[Any], required: bool) -> tuple[int, str]:  # noqa: ARG002 - there is no missing value
        """See `Kind.first_unfit`."""
        return super().first_unfit(values, True)

    def from_text(self, text: str) -> Any:
        """See `Kind.from_text`."""
        try:
            return int(text)
        except ValueError:
            return text

    def _narrowed(self, wide: Array) -> Array:
        if self._dtype is not np.int64 and wide.size and (wide.min() < self._range.min or wide.max() > self._range.max):
            raise Unfit
        return wide.astype(self._dtype, copy=False)


class Boolean(Kind):
    """`boolean`: true and false, and nothing that is taken for them."""

    packs = True
    direct = frozenset((bool,))

    def __init__(self) -> None:
        super().__init__("boolean", "true or false (boolean)", False)

    def matrix(self, rows: Sequence[Sequence[Any]]) -> Array:
        """See `Kind.matrix`."""
        return np.array(rows, dtype=np.bool_)

    def array(self, values: Sequence[Any] | Array, required: bool) -> Array:  # noqa: ARG002 - there is no missing value
        """See `Kind.array`."""
        fits = values.dtype.kind == "b" if isinstance(values, np.ndarray) else set(map(type, values)) <= self.direct
        if not fits:
            raise Unfit
        return np.array(values, dtype=np.bool_)

    def first_unfit(self, values: Sequence[Any], required: bool) -> tuple[int, str]:  # noqa: ARG002
        """See `Kind.first_unfit`."""
        return super().first_unfit(values, True)

    def from_text(self, text: str) -> Any:
        """See `Kind.from_text`."""
        return {"true": True, "false": False}.get(text.lower(), text)


class Objects(Kind):
    """Types whose values are Python objects: text, moments, bytes."""

    def __init__(self, name: str, rule: str, example: Any, convert: Callable[[Sequence[Any]], Array]) -> None:
        super().__init__(name, rule, example)
        self._convert = convert

    def array(self, values: Sequence[Any] | Array, required: bool) -> Array:
        """See `Kind.array`."""
        if isinstance(values, np.ndarray):
            if values.dtype.kind != "O":
                raise Unfit
            values = [_text(value) for value in values]
        if not set(map(type, values)) <= ({str} if required else {str, _NOTHING}):
            raise Unfit
        try:
            return self._convert(values)
        except (ValueError, OverflowError, binascii.Error):
            raise Unfit from None

    def from_text(self, text: str) -> Any:
        """See `Kind.from_text`."""
        return text


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value
    return value


def _objects(values: Sequence[Any]) -> Array:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _moments(values: Sequence[Any]) -> Array:
    moments = pd.to_datetime(list(values), format="ISO8601", utc=True)
    return moments.tz_localize(None).to_numpy(dtype="datetime64[ns]")


def _bytes(values: Sequence[Any]) -> Array:
    return _objects([None if value is None else base64.b64decode(value, validate=True) for value in values])


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Float("double", np.float64),
        Float("float", np.float32),
        Integer("long", np.int64),
        Integer("integer", np.int32),
        Boolean(),
        Objects("string", "text (string)", "", _objects),
        Objects("datetime", "a moment such as '2026-01-31T12:00:00' (datetime)", "2026-01-01T00:00:00", _moments),
        Objects("binary", "bytes as base64 (binary)", "", _bytes),
    )
}
"""By the name that MLflow's signatures use."""
