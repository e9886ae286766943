"""How far two bodies are from each other."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

FARTHEST = 1e300
"""Distance of a number to infinity or NaN: it can be summed up and written as JSON."""
OF_THE_ANSWER = frozenset({"id", "model_version", "parameters"})
"""Keys at the top of an Open Inference Protocol answer that tell of the answer itself."""
_NOT_JSON: Any = object()
_END = (_NOT_JSON, _NOT_JSON)


class Difference(NamedTuple):
    """What was found between two bodies."""

    alike: bool
    """Whether all but the numbers is equal."""
    distance: float | None
    """Largest distance between two numbers, from 0 to `FARTHEST`. None when they are not alike and no numbers were compared."""


def difference(old: bytes, new: bytes) -> Difference:
    """Compare as JSON when both are JSON, else byte by byte."""
    if old == new:
        return Difference(True, 0.0)
    old_value, new_value = _parsed(old), _parsed(new)
    if old_value is _NOT_JSON or new_value is _NOT_JSON:
        return Difference(False, None)
    if _of_open_inference(old_value) and _of_open_inference(new_value):
        old_value, new_value = _without_its_own(old_value), _without_its_own(new_value)
    return _walked(old_value, new_value)


def distance(old: float, new: float) -> float:
    """Distance of two numbers, at most `FARTHEST`. NaN is as far from NaN as infinity from itself: 0."""
    if old == new or (old != old and new != new):
        return 0.0
    try:
        apart = float(abs(old - new))
    except OverflowError:
        return FARTHEST
    return min(apart, FARTHEST) if apart == apart else FARTHEST


def _walked(old: Any, new: Any) -> Difference:
    """Walk both together. Without recursion, for a hostile answer may be deep, and without a copy, for it may be large."""
    farthest: float | None = None
    alike = True
    levels: list[Iterator[tuple[Any, Any]]] = [iter(((old, new),))]
    while levels:
        one, other = next(levels[-1], _END)
        if one is _NOT_JSON:
            levels.pop()
        elif _is_number(one) and _is_number(other):
            farthest = max(farthest or 0.0, distance(one, other))
        elif type(one) is not type(other):
            return Difference(False, None)
        elif isinstance(one, dict):
            if one.keys() != other.keys():
                return Difference(False, None)
            levels.append(zip(one.values(), map(other.__getitem__, one), strict=True))
        elif isinstance(one, list):
            if len(one) != len(other):
                return Difference(False, None)
            levels.append(zip(one, other, strict=True))
        elif one != other:
            alike = False
    return Difference(alike, farthest if farthest is not None or not alike else 0.0)


def _is_number(value: Any) -> bool:
    kind = type(value)
    return kind is float or kind is int


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        pass
    try:
        # Python's own servers write NaN and Infinity, which are no JSON.
        return json.loads(body)
    except (ValueError, RecursionError):
        return _NOT_JSON


def _of_open_inference(value: Any) -> bool:
    return isinstance(value, dict) and "model_name" in value and isinstance(value.get("outputs"), list)


def _without_its_own(value: dict[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if key not in OF_THE_ANSWER}
