"""Signatures of tensors: nested lists of JSON, or arrays, become the arrays that the model's signature describes."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from .columns import shown
from .errors import CallerError
from .kinds import LARGEST

Array = np.ndarray[Any, Any]

_LEAVES: dict[str, frozenset[type]] = {
    "f": frozenset((int, float)),
    "i": frozenset((int,)),
    "u": frozenset((int,)),
    "b": frozenset((bool,)),
    "U": frozenset((str,)),
    "O": frozenset((str,)),
}
_WORDS = {
    "f": "numbers from -1e30 to 1e30",
    "i": "whole numbers",
    "u": "whole numbers of 0 and above",
    "b": "true or false",
    "U": "text",
    "O": "text",
}


class Tensor:
    """One tensor of a signature; -1 in its shape is any length."""

    def __init__(self, name: str | None, dtype: np.dtype[Any], shape: Sequence[int]) -> None:
        self.name = name
        self.dtype = dtype
        self.shape = tuple(shape)
        self.label = f"tensor {name!r}" if name is not None else "tensor"
        if dtype.kind not in _LEAVES:
            raise ValueError(f"tensors of type {dtype}")

    def array(self, values: Any) -> Array:
        """The values with the type and shape of the signature.

        :raises CallerError: says which of both does not fit.
        """
        array = values if isinstance(values, np.ndarray) else self._parsed(values)
        if array.size == 0:
            raise CallerError("The request has no rows.")
        if len(array.shape) != len(self.shape) or any(
            want not in (-1, got) for want, got in zip(self.shape, array.shape, strict=True)
        ):
            raise CallerError(f"The {self.label} must have the shape {self._any(self.shape)}, got {self._any(array.shape)}.")
        return self._cast(array)

    def example(self) -> Array:
        """Zeros, or empty text, of length 1 where any length fits."""
        return np.zeros([1 if length == -1 else length for length in self.shape], dtype=self.dtype)

    def _parsed(self, values: Any) -> Array:
        try:
            array = np.array(values)
        except (ValueError, OverflowError, RecursionError, TypeError):
            raise CallerError(f"The {self.label} must be lists that are equally long at each level.") from None
        leaves: Any = [values]
        for _ in array.shape:
            leaves = chain.from_iterable(leaves)
        for leaf in set(map(type, leaves)) - _LEAVES[self.dtype.kind]:
            raise CallerError(f"The {self.label} must hold {self._holds()}, and holds {_plural(leaf)}.")
        return array

    def _cast(self, array: Array) -> Array:
        kind = self.dtype.kind
        given = array.dtype.kind
        if kind in "UO":
            if given not in "UO":
                raise CallerError(f"The {self.label} must hold {self._holds()}, got {array.dtype}.")
            try:
                texts = [item.decode() if isinstance(item, bytes) else item for item in array.ravel()]
            except UnicodeDecodeError:
                raise CallerError(f"The {self.label} must hold {self._holds()}, and one value is no UTF-8.") from None
            return np.array(texts, dtype=self.dtype).reshape(array.shape)
        if given not in {"f": "fiu", "i": "iu", "u": "iu", "b": "b"}[kind]:
            raise CallerError(f"The {self.label} must hold {self._holds()}, got {shown(array.ravel()[0])}.")
        with np.errstate(over="ignore", invalid="ignore"):
            cast = array.astype(self.dtype, copy=False)
        lost = not (np.abs(cast) <= LARGEST).all() if kind == "f" else cast.dtype != array.dtype and bool((cast != array).any())
        if lost:
            raise CallerError(f"The {self.label} must hold {self._holds()}, and one value does not fit.")
        return cast

    def _holds(self) -> str:
        return f"{_WORDS[self.dtype.kind]} ({self.dtype})"

    @staticmethod
    def _any(shape: Sequence[int]) -> str:
        return "[" + ", ".join("any" if length == -1 else str(length) for length in shape) + "]"


class TensorSignature:
    """The input of a model whose signature has tensors: one without a name, or several with names."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self.tensors = list(tensors)
        self.single = self.tensors[0] if len(self.tensors) == 1 and self.tensors[0].name is None else None

    def from_value(self, value: Any) -> Array | dict[str, Array]:
        """The value of `inputs`: the tensor, or an object with each of them."""
        if self.single is not None:
            return self.single.array(value)
        if isinstance(value, Mapping):
            return self._named(value)
        if len(self.tensors) == 1:
            return {str(self.tensors[0].name): self.tensors[0].array(value)}
        raise CallerError(f"'inputs' must be an object with the tensors {self._names()}.")

    def from_instances(self, rows: Any) -> Array | dict[str, Array]:
        """The value of `instances`: a tensor, or for each row an object with its part of each tensor."""
        if self.single is not None or not isinstance(rows, list) or not rows or type(rows[0]) is not dict:
            return self.from_value(rows)
        self._none_missing(rows[0])
        try:
            return self._named({str(tensor.name): [row[tensor.name] for row in rows] for tensor in self.tensors})
        except (KeyError, TypeError):
            raise CallerError(f"Each row must be an object with the tensors {self._names()}.") from None

    def example(self) -> Array | dict[str, Array]:
        """A request of zeros."""
        if self.single is not None:
            return self.single.example()
        return {str(tensor.name): tensor.example() for tensor in self.tensors}

    def _named(self, given: Mapping[str, Any]) -> dict[str, Array]:
        self._none_missing(given)
        return {str(tensor.name): tensor.array(given[str(tensor.name)]) for tensor in self.tensors}

    def _none_missing(self, given: Mapping[str, Any]) -> None:
        missing = [tensor.name for tensor in self.tensors if tensor.name not in given]
        if missing:
            raise CallerError(
                f"The request lacks the tensors {', '.join(map(repr, missing))}, which the model's signature requires."
            )

    def _names(self) -> str:
        return ", ".join(repr(tensor.name) for tensor in self.tensors)


def _plural(leaf: type) -> str:
    return {
        int: "whole numbers",
        float: "numbers with a fraction",
        bool: "true or false",
        str: "text",
        type(None): "null",
        dict: "objects",
        list: "lists that are not equally long",
    }.get(leaf, leaf.__name__)
