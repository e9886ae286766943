"""How far two bodies are from each other, and what two answers come to."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compare_answers.distance import FARTHEST, Difference, difference, distance
from compare_answers.judge import Answer, judge

NUMBERS = st.integers() | st.floats()
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


def of(old: Any, new: Any) -> Difference:
    return difference(json.dumps(old).encode(), json.dumps(new).encode())


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"predictions": [0.5, 0.1]}, {"predictions": [0.25, 0.1]}, (True, 0.25)),
        ([1, 2, 3], [1, 2.0, 7], (True, 4)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, (True, 0)),
        ({"label": "cat", "score": 0.5}, {"label": "dog", "score": 0.75}, (False, 0.25)),
        (["cat"], ["dog"], (False, None)),
        (["cat", {}], ["cat", {}], (True, 0)),
        ([1], [1, 2], (False, None)),
        ([1], {"a": 1}, (False, None)),
        ({"a": 1}, {"b": 1}, (False, None)),
        ([1], ["1"], (False, None)),
        ([1], [True], (False, None)),
        ([True], [False], (False, None)),
        ([0], [None], (False, None)),
        ([math.nan, math.inf], [math.nan, math.inf], (True, 0)),
        ([math.nan, 1], [math.nan, 2], (True, 1)),
        ([math.nan], [1], (True, FARTHEST)),
        ([math.inf], [-math.inf], (True, FARTHEST)),
        ([1e308], [-1e308], (True, FARTHEST)),
        ([10**400], [1.5], (True, FARTHEST)),
        ([2**60 + 1], [2**60], (True, 1)),
    ],
)
def test_bodies(old: Any, new: Any, expected: tuple[bool, float | None]) -> None:
    assert of(old, new) == expected
    assert of(new, old) == expected


def test_what_an_open_inference_answer_tells_of_itself() -> None:
    def answer(version: str, number: float, **more: Any) -> dict[str, Any]:
        output = {"name": "p", "datatype": "FP64", "shape": [1], "data": [number], **more}
        own = {"id": version * 3, "model_version": version, "parameters": {"at": version}}
        return {"model_name": "fraud", "outputs": [output], **own}

    assert of(answer("3", 0.5), answer("4", 0.5)) == (True, 0)
    assert of(answer("3", 0.5), answer("4", 0.75)) == (True, 0.25)
    # Below the top they are the model's own, and so they are where nothing else says that it is this protocol.
    assert of(answer("3", 0.5, id="a"), answer("4", 0.5, id="b")) == (False, 0)
    assert of({"id": "a", "outputs": []}, {"id": "b", "outputs": []}) == (False, None)
    # A protocol of which one lacks an id is still the same answer.
    assert of({"model_name": "m", "outputs": [], "id": "a"}, {"model_name": "m", "outputs": []}) == (True, 0)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"cat", b"cat", (True, 0)),
        (b"cat", b"dog", (False, None)),
        (b"\xff\xfe", b"\xff\xff", (False, None)),
        (b"", b"{}", (False, None)),
        (b"{}", b"{", (False, None)),
        (b'"\\ud800"', b'"\\ud801"', (False, None)),
        (b"1" * 400, b"2" * 400, (True, FARTHEST)),
        # Python reads no number of that many digits.
        (b"1" * 5000, b"2" * 5000, (False, None)),
        (b"1e999", b"0", (True, FARTHEST)),
        (b"[" * 500_000, b"[" * 499_999, (False, None)),
        (b"[" * 900 + b"1" + b"]" * 900, b"[" * 900 + b"2" + b"]" * 900, (True, 1)),
    ],
)
def test_hostile_bodies(old: bytes, new: bytes, expected: tuple[bool, float | None]) -> None:
    assert difference(old, new) == expected


@pytest.mark.parametrize("depth", [1_000, 5_000, 400_000])
def test_a_deep_body_ends_as_unlike_or_as_numbers(depth: int) -> None:
    old, new = (b'{"a":' * depth + number + b"}" * depth for number in (b"1", b"2"))
    assert difference(old, new) in [(False, None), (True, 1)]


@settings(max_examples=500, deadline=None)
@given(VALUES, VALUES)
def test_it_is_symmetric_and_nothing_differs_from_itself(old: Any, new: Any) -> None:
    assert of(old, new) == of(new, old)
    # Other bytes of the same value.
    assert difference(json.dumps(old).encode(), json.dumps(old, indent=1).encode()) == (True, 0)
    found = of(old, new).distance
    assert found is None or 0 <= found <= FARTHEST


@settings(max_examples=500, deadline=None)
@given(NUMBERS, NUMBERS)
def test_distances_are_finite(old: float, new: float) -> None:
    assert 0 <= distance(old, new) <= FARTHEST
    assert distance(old, old) == 0


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=40), st.binary(max_size=40))
def test_any_bytes(old: bytes, new: bytes) -> None:
    assert difference(old, new).alike or old != new


def answer(status: int = 200, version: str | None = "3", body: bytes | None = b"[1.0]") -> Answer:
    return Answer(status, version, body, 0.1)


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        (answer(), answer(), "same"),
        (answer(), answer(body=b"[1.01]"), "same"),
        (answer(), answer(body=b"[1.02]"), "different"),
        (answer(), answer(body=b'["1"]'), "different"),
        (answer(400, body=b"a"), answer(400, body=b"b"), "same"),
        (answer(400, version=None), answer(400, version=None), "same"),
        (answer(400), answer(422), "different"),
        (answer(), answer(400), "different"),
        (answer(), answer(201), "different"),
        (answer(), answer(500), "new_failed"),
        (answer(), None, "new_failed"),
        (answer(400), None, "new_failed"),
        (answer(503), answer(), "old_failed"),
        (None, answer(400), "old_failed"),
        (None, answer(500), "both_failed"),
        (answer(500), answer(500), "both_failed"),
        (None, None, "both_failed"),
        (answer(version=None), answer(), "unreadable"),
        (answer(), answer(version=None), "unreadable"),
        (answer(version=None), answer(400), "unreadable"),
        (answer(version=None), None, "new_failed"),
        (answer(body=None), answer(), "unreadable"),
        (answer(body=None), answer(400), "different"),
    ],
)
def test_outcomes(old: Answer | None, new: Answer | None, outcome: str) -> None:
    assert judge(old, new, 0.0101).outcome == outcome


def test_the_tolerance_itself_is_no_difference() -> None:
    old, new = answer(body=b"[0.5]"), answer(body=b"[0.75]")
    assert judge(old, new, 0.25) == ("same", 0.25)
    assert judge(old, new, 0.2499) == ("different", 0.25)
    assert judge(answer(), answer(), 0) == ("same", 0)
